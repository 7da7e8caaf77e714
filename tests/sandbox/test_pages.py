"""The pages without a browser: what they say, what they take, and whom they refuse."""

from __future__ import annotations

import hashlib
import hmac
import html
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.sandbox.pages.rendering import rupees
from desktop_app.sandbox.pages.sessions import ink_on

if TYPE_CHECKING:
    from .till import Till

Json = dict[str, Any]
FORM = "application/x-www-form-urlencoded"

CARD = {"method": "card", "number": "4100 2800 0000 1007", "expiry": "12/30", "cvv": "123"}
MERCHANT = "http://127.0.0.1:4321"


class Parent:
    """Reads pages and presses buttons, as a browser without scripts."""

    def __init__(self, till: Till) -> None:
        self.till = till

    def read(self, path: str, status: int = 200) -> str:
        given, headers, body = self.till.send("GET", path)
        assert given == status, body
        if status == 200:
            check_policy(headers)
        return html.unescape(body.decode())

    def press(self, path: str, status: int = 303, /, **form: str) -> str:
        """Send a form; give where it leads, or the page that complains."""
        raw = urlencode(form).encode()
        given, headers, body = self.till.send(
            "POST", path, raw, Content_Type=FORM, Origin=self.till.server.url
        )
        assert given == status, body
        return headers["Location"] if status == 303 else html.unescape(body.decode())

    def open(self, link: Json) -> str:
        return str(link["short_url"]).removeprefix(self.till.server.url)

    def checkout(self, status: int = 303, origin: str = MERCHANT, **options: object) -> str:
        """Open Checkout as a merchant's page does; give its path, or the page that refuses."""
        asked = {"key": self.till.server.key_id, **options}
        raw = urlencode({"options": json.dumps(asked)}).encode()
        given, headers, body = self.till.send(
            "POST", "/v1/checkout/public", raw, Content_Type=FORM, Origin=origin
        )
        assert given == status, body
        return headers["Location"] if status == 303 else html.unescape(body.decode())

    def leads(self, path: str) -> str:
        """Read a page that leads elsewhere; give where."""
        status, headers, _ = self.till.send("GET", path)
        assert status == 303
        return str(headers["Location"])

    def read_json(self, path: str) -> Json:
        status, _, body = self.till.send("GET", path)
        assert status == 200
        told: Json = json.loads(body)
        return told

    def state_of(self, bank: str) -> str:
        key = bank.partition("/bank/")[2].partition("?")[0]
        return str(self.till.ok("GET", f"/v1/payments/pay_{key}")["status"])

    def latest(self) -> Json:
        latest: Json = self.till.state()["payments"][-1]
        return latest


@pytest.fixture
def parent(till: Till) -> Parent:
    return Parent(till)


def check_policy(headers: Json) -> None:
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def message(page: str) -> Json:
    """Read what a page tells the merchant's page."""
    found = re.search(r'data-message="(\{.*\})"', page)
    assert found is not None
    told: Json = json.loads(found[1])
    return told


# Payment links


def test_a_link_fails_then_pays_by_app(till: Till, parent: Parent) -> None:
    link = till.link(71550, description="<b>Fee</b>", reference_id="T1")
    home = parent.open(link)
    _, _, raw = till.send("GET", home)
    assert b"&lt;b&gt;Fee&lt;/b&gt;" in raw
    page = parent.read(home)
    assert "₹715.50" in page
    assert "T1" in page
    assert "order_id" in till.ok("GET", f"/v1/payment_links/{link['id']}")

    bank = parent.press(f"{home}/pay", method="app", app="phonepe")
    assert "PhonePe on your phone" in parent.read(bank)
    assert parent.press(bank, outcome="failure", reason="incorrect_pin", vpa="a@ybl") == home
    assert "incorrect PIN" in parent.read(home)

    bank = parent.press(f"{home}/pay", method="app", app="phonepe")
    assert parent.press(bank, outcome="success", vpa="asha@ybl") == home
    paid = parent.read(home)
    assert "Paid. Thank you." in paid
    assert "<form" not in paid
    assert till.ok("GET", f"/v1/payment_links/{link['id']}")["status"] == "paid"
    assert (parent.latest()["vpa"], parent.latest()["description"]) == (
        "asha@ybl",
        f"#{link['id'][6:]}",
    )
    assert parent.press(bank, outcome="failure") == home
    assert parent.latest()["status"] == "captured"


def test_a_qr_on_the_page_is_paid_by_the_phone(till: Till, parent: Parent) -> None:
    home = parent.open(till.link(71550))
    bank = parent.press(f"{home}/pay", method="upi")
    page = parent.read(bank)
    picture = re.search(r'class="qr" src="([^"]+)"', page)
    assert picture is not None
    status, headers, svg = till.send("GET", picture[1])
    assert (status, headers["Content-Type"]) == (200, "image/svg+xml")
    text = read_svg(svg.decode())
    assert parent.read_json(f"{bank}/state") == {"waits": True, "paid": False}
    assert parent.leads(f"{bank}/next") == bank
    assert till.pay(text)["captured"] is True
    assert parent.read_json(f"{bank}/state") == {"waits": False, "paid": True}
    assert parent.leads(f"{bank}/next") == home
    assert parent.leads(bank) == home


def read_svg(svg: str) -> str:
    """Read the code out of our own drawing: squares of one module."""
    side = int(re.findall(r'viewBox="0 0 (\d+) ', svg)[0]) * 4
    pixels = bytearray(b"\xff" * side * side)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1", svg):
        for row in range(int(y) * 4, int(y) * 4 + 4):
            at = row * side + int(x) * 4
            pixels[at : at + 4] = bytes(4)
    (code,) = zxingcpp.read_barcodes(memoryview(pixels).cast("B", (side, side)))
    return str(code.text)


def test_a_card_asks_for_a_password(till: Till, parent: Parent) -> None:
    home = parent.open(till.link())
    bank = parent.press(f"{home}/pay", **CARD, holder="Asha <R>", contact="98450 12345")
    page = parent.read(bank)
    assert "Visa card ending 1007" in page
    assert "any four digits" in parent.press(bank, 400, outcome="success", otp="12")
    assert parent.press(bank, outcome="success", otp="1234") == home
    payment = parent.latest()
    assert (payment["method"], payment["captured"]) == ("card", True)
    assert (payment["vpa"], payment["contact"]) == (None, "+919845012345")
    card = till.ok("GET", f"/v1/payments/{payment['id']}/card")
    assert (card["last4"], card["network"], card["name"]) == ("1007", "Visa", "Asha <R>")
    assert "4100280000001007" not in json.dumps(till.state())


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"method": "card", "number": "4242424242424242"}, "number"),
        ({**CARD, "expiry": "13/30"}, "expiry"),
        ({**CARD, "expiry": "01/20"}, "expiry"),
        ({**CARD, "cvv": "98765"}, "cvv"),
        ({"method": "netbanking"}, "bank"),
        ({"method": "wallet", "wallet": "x"}, "wallet"),
        ({"method": "app", "app": "x"}, "app"),
        ({"method": "upi", "contact": "12"}, "contact"),
        ({"method": "upi", "email": "x"}, "email"),
    ],
)
def test_a_mistake_is_told_at_its_field(
    till: Till, parent: Parent, form: dict[str, str], field: str
) -> None:
    home = parent.open(till.link())
    page = parent.press(f"{home}/pay", 400, **form)
    assert f'id="{field}-complaint"' in page
    assert "98765" not in page
    assert till.state()["payments"] == []


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ({"method": "netbanking", "bank": "SBIN"}, "State Bank of India"),
        ({"method": "wallet", "wallet": "payzapp"}, "PayZapp"),
    ],
)
def test_banks_and_wallets_pay_and_fail(
    till: Till, parent: Parent, form: dict[str, str], name: str
) -> None:
    home = parent.open(till.link())
    bank = parent.press(f"{home}/pay", **form)
    assert name in parent.read(bank)
    assert parent.press(bank, outcome="failure", reason="payment_cancelled") == home
    assert "Payment failed." in parent.read(home)
    bank = parent.press(f"{home}/pay", **form)
    assert parent.press(bank, outcome="success") == home
    kept = form.get("bank") or form["wallet"]
    assert kept in (parent.latest()["bank"], parent.latest()["wallet"])
    assert parent.latest()["captured"] is True


def test_a_phone_on_the_link_leaves_a_card_alone(till: Till, parent: Parent) -> None:
    link = till.link()
    card = parent.press(f"{parent.open(link)}/pay", **CARD)
    assert till.pay(link["short_url"])["method"] == "upi"
    assert parent.state_of(card) == "created"


def test_leaving_keeps_the_payment_open(till: Till, parent: Parent) -> None:
    home = parent.open(till.link())
    bank = parent.press(f"{home}/pay", method="netbanking", bank="HDFC")
    assert parent.press(bank, outcome="leave") == home
    assert "Not decided yet." in parent.read(home)
    assert "Press one of the buttons" in parent.press(bank, 400, outcome="x")
    assert "reason must be" in parent.press(bank, 400, outcome="failure", reason="x")
    till.advance(600)
    assert parent.leads(bank) == home
    assert "Payment failed." in parent.read(home)


def test_the_browser_goes_back_with_a_signature(till: Till, parent: Parent) -> None:
    link = till.link(
        reference_id="T1", callback_url="https://shop.example/done?a=1", callback_method="get"
    )
    home = parent.open(link)
    _, headers, _ = till.send("GET", home)
    assert "form-action 'self' https://shop.example;" in headers["Content-Security-Policy"]
    bank = parent.press(f"{home}/pay", method="upi")
    address = urlsplit(parent.press(bank, outcome="success"))
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert (address.netloc, query["a"]) == ("shop.example", "1")
    said = f"{link['id']}|T1|paid|{query['razorpay_payment_id']}"
    assert query["razorpay_signature"] == signed(till, said)


def signed(till: Till, said: str) -> str:
    return hmac.new(till.server.key_secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def test_a_part_in_rupees(till: Till, parent: Parent) -> None:
    link = till.link(accept_partial=True, first_min_partial_amount=20000)
    home = parent.open(link)
    for typed in ("x", "10", "700.01", "1.234"):
        page = parent.press(f"{home}/pay", 400, method="upi", rupees=typed)
        assert 'id="rupees-complaint"' in page
        assert f'value="{typed}"' in page
    bank = parent.press(f"{home}/pay", method="upi", rupees="200.5")
    assert parent.press(bank, outcome="success") == home
    assert till.ok("GET", f"/v1/payment_links/{link['id']}")["amount_paid"] == 20050
    assert "₹200.50 of ₹700.00 is paid; ₹499.50 is left." in parent.read(home)


def test_links_that_take_nothing_say_so(till: Till, parent: Parent) -> None:
    link = till.link()
    home = parent.open(link)
    bank = parent.press(f"{home}/pay", method="upi")
    till.ok("POST", f"/v1/payment_links/{link['id']}/cancel")
    assert "This link is cancelled." in parent.read(home)
    assert "This link is cancelled." in parent.press(f"{home}/pay", 400, method="upi")
    parent.press(bank, outcome="leave")
    never_opened = till.link()
    till.ok("POST", f"/v1/payment_links/{never_opened['id']}/cancel")
    parent.press(f"{parent.open(never_opened)}/pay", 400, method="upi")
    assert len(till.state()["payments"]) == 1
    till.control("account", {"auto_capture": False})
    waiting = parent.open(till.link())
    parent.press(parent.press(f"{waiting}/pay", method="upi"), outcome="success")
    assert "has yet to accept" in parent.read(waiting)


def test_nothing_for_strangers(till: Till, parent: Parent) -> None:
    assert parent.read("/l/AAAAAAAAAAAAAA", 404) == "There is no such page.\n"
    for path in ("/i/x", "/_pages/x", "/_pages/qr/x", "/_pages/qr/order_x", "/checkout/x"):
        assert till.send("GET", path)[0] == 404
    home, other = parent.open(till.link()), parent.open(till.link())
    bank = parent.press(f"{home}/pay", method="upi")
    assert parent.read(bank.replace(home, other), 404) == "There is no such payment.\n"
    for path in (f"{home}/pay", bank, "/_pages/phone", "/_pages/clock"):
        given = till.send("POST", path, b"outcome=success", Origin="https://evil.example")
        assert given[0] == 403
    assert till.send("GET", "/", Host="evil.example")[0] == 403
    assert till.send("POST", "/v1/checkout/public", b"", Host="evil.example")[0] == 403
    assert parent.latest()["status"] == "created"


# Checkout


def test_checkout_pays_with_a_proof_that_verifies(till: Till, parent: Parent) -> None:
    order = till.order(51234)
    home = parent.checkout(
        order_id=order["id"],
        amount=1,
        name="Shop <1>",
        description="Boots",
        notes={"a": "b"},
        prefill={"email": "asha@example.com", "contact": "9845012345", "method": "card"},
        theme={"color": "#FFEE00"},
    )
    page = parent.read(home)
    assert "Shop <1>" in page
    assert "₹512.34" in page
    assert 'value="asha@example.com"' in page
    assert 'data-accent="#FFEE00" data-on-accent="#000000"' in page
    assert f'data-parent="{MERCHANT}"' in page
    assert re.search(r'value="card" id="method-card"\s+checked', page)
    _, headers, _ = till.send("GET", home)
    assert f"frame-ancestors 'self' {MERCHANT}" in headers["Content-Security-Policy"]
    bank = parent.press(f"{home}/pay", **CARD)
    done = parent.press(bank, outcome="success", otp="4321")
    told = message(parent.read(done))
    payment = parent.latest()
    assert told == {
        "event": "success",
        "data": {
            "razorpay_payment_id": payment["id"],
            "razorpay_order_id": order["id"],
            "razorpay_signature": signed(till, f"{order['id']}|{payment['id']}"),
        },
    }
    assert payment["notes"] == {"a": "b"}
    assert payment["email"] == "asha@example.com"
    assert till.ok("GET", f"/v1/orders/{order['id']}")["status"] == "paid"
    assert "already paid" in parent.checkout(400, order_id=order["id"])
    assert parent.leads(home) == done


def test_checkout_of_an_order_paid_elsewhere_takes_nothing(till: Till, parent: Parent) -> None:
    order = till.order()
    home = parent.checkout(order_id=order["id"])
    bank = parent.press(f"{home}/pay", method="upi")
    till.pay(till.intent(order)["link"])
    assert "already paid" in parent.read(home, 400)
    assert "already paid" in parent.press(f"{home}/pay", 400, method="upi")
    assert parent.press(bank, outcome="success") == home
    assert parent.state_of(bank) == "refunded"


def test_checkout_fails_and_tells_why(till: Till, parent: Parent) -> None:
    order = till.order()
    home = parent.checkout(order_id=order["id"], retry={"enabled": True, "max_count": 1})
    for left in (True, False):
        bank = parent.press(f"{home}/pay", method="netbanking", bank="HDFC")
        assert parent.press(bank, outcome="failure", reason="insufficient_funds") == home
        page = parent.read(home)
        told = message(page)
        assert told["event"] == "failed"
        error = told["data"]["error"]
        assert error["reason"] == "insufficient_funds"
        assert error["metadata"] == {"order_id": order["id"], "payment_id": parent.latest()["id"]}
        assert set(error) == {"code", "description", "source", "step", "reason", "metadata"}
        assert ("<form" in page) is left
    none = parent.checkout(order_id=order["id"], retry={"enabled": False})
    parent.press(parent.press(f"{none}/pay", method="upi"), outcome="failure")
    assert "No more tries" in parent.read(none)


def test_checkout_without_an_order_is_not_captured(till: Till, parent: Parent) -> None:
    home = parent.checkout(amount="5000", currency="INR", origin="null")
    page = parent.read(home)
    assert 'data-parent="*"' in page
    done = parent.press(parent.press(f"{home}/pay", method="upi"), outcome="success")
    assert message(parent.read(done))["data"] == {"razorpay_payment_id": parent.latest()["id"]}
    assert parent.latest()["status"] == "authorized"
    till.advance(3 * 86_400)
    assert parent.latest()["status"] == "refunded"
    assert parent.leads(done) == home


def test_checkout_offers_what_it_may(till: Till, parent: Parent) -> None:
    page = parent.read(parent.checkout(amount=500, method={"card": False, "upi": 0, "wallet": "0"}))
    assert re.findall(r'name="method" value="(\w+)"', page) == ["netbanking"]
    order = till.order(method="card")
    page = parent.read(parent.checkout(order_id=order["id"]))
    assert re.findall(r'name="method" value="(\w+)"', page) == ["card"]
    home = parent.checkout(order_id=order["id"])
    assert "Choose how you would like to pay" in parent.press(f"{home}/pay", 400, method="upi")
    assert "No payment method" in parent.checkout(400, order_id=order["id"], method={"card": False})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"key": "rzp_test_x", "amount": 500}, "api key provided is invalid"),
        ({"amount": 99}, "at least INR 1.00"),
        ({"amount": True}, "at least INR 1.00"),
        ({"order_id": "order_AAAAAAAAAAAAAA"}, "does not exist"),
        ({"order_id": {"a": 1}}, "does not exist"),
        ({"amount": 500, "notes": {str(n): "" for n in range(16)}}, "15"),
    ],
)
def test_checkout_refuses(parent: Parent, options: Json, words: str) -> None:
    assert words in parent.checkout(400, **options)


@pytest.mark.parametrize("sent", ["", "x", "[]", "null", "[" * 5000, '{"a": "\\ud800"}'])
def test_checkout_survives_any_options(till: Till, sent: str) -> None:
    raw = urlencode({"options": sent}).encode()
    given = till.send("POST", "/v1/checkout/public", raw, Content_Type=FORM)
    assert given[0] == 400


def test_odd_options_are_cut_to_size(till: Till, parent: Parent) -> None:
    home = parent.checkout(
        amount=500,
        name="x" * 500 + "\ud800",
        description={"a": 1},
        prefill="x",
        theme={"color": "red; }"},
        retry={"max_count": -5},
        method=[1],
        customer_id=True,
    )
    page = parent.read(home)
    assert "x" * 101 not in page
    assert 'data-accent=""' in page


def test_a_partial_order_takes_a_part(till: Till, parent: Parent) -> None:
    order = till.order(partial_payment=True, first_payment_min_amount=10000)
    home = parent.checkout(order_id=order["id"])
    assert "from ₹100.00 to ₹500.00" in parent.press(f"{home}/pay", 400, method="upi", rupees="50")
    done = parent.press(parent.press(f"{home}/pay", method="upi", rupees="100"), outcome="success")
    assert "₹100.00" in parent.read(done)
    assert till.ok("GET", f"/v1/orders/{order['id']}")["amount_due"] == 40000


def test_the_script_and_the_style_are_served(till: Till) -> None:
    for path, kind in (
        ("/v1/checkout.js", "text/javascript; charset=utf-8"),
        ("/_pages/page.js", "text/javascript; charset=utf-8"),
        ("/_pages/page.css", "text/css; charset=utf-8"),
    ):
        status, headers, body = till.send("GET", path)
        assert (status, headers["Content-Type"]) == (200, kind)
        assert body


FIELDS = st.sampled_from(
    "method app bank wallet number expiry cvv holder email contact rupees outcome otp vpa reason "
    "options qr step".split()
)
VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["upi", "app", "card", "netbanking", "success", "failure", "leave", "1234"]),
    st.dictionaries(
        st.sampled_from("key order_id amount name prefill notes theme method retry".split()),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=10),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner),
            max_leaves=4,
        ),
    ).map(json.dumps),
)


def test_no_form_breaks_a_page(till: Till, parent: Parent) -> None:
    link = parent.open(till.link(accept_partial=True))
    checkout = parent.checkout(amount=500)
    places = [
        f"{link}/pay",
        parent.press(f"{link}/pay", method="upi"),
        f"{checkout}/pay",
        parent.press(f"{checkout}/pay", **CARD),
        "/v1/checkout/public",
        "/_pages/phone",
        "/_pages/clock",
    ]

    @settings(
        max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(path=st.sampled_from(places), form=st.dictionaries(FIELDS, VALUES, max_size=5))
    def check(path: str, form: dict[str, str]) -> None:
        raw = urlencode(form, errors="replace").encode()
        status, headers, body = till.send("POST", path, raw, Content_Type=FORM)
        assert status in (303, 400), (status, body)
        if status == 400:
            check_policy(headers)

    check()
    assert till.order()["status"] == "created"


# The owner's page


def test_the_owners_page_shows_and_pays(till: Till, parent: Parent) -> None:
    assert "Nothing." in parent.read("/")
    till.spoil("POST", "/v1/orders", "status_500", times=3, skip=2)
    _, code = till.code(11_800_000, notes={"a": "b"})
    till.qr_code()
    till.qr_code(usage="multiple_use", fixed_amount=False, payment_amount=None)
    link = till.link()
    page = parent.read("/")
    assert till.server.key_secret not in page
    assert till.server.key_id in page
    assert "₹1,18,000.00" in page
    assert "Any amount" in page
    assert "status_500" in page
    assert link["short_url"] in page
    assert page.count('class="qr"') == 4
    where = parent.press("/_pages/phone", qr=code)
    assert "₹1,18,000.00 is captured" in parent.read(where)
    open_code = next(q["_qr"] for q in till.state()["qr_codes"] if not q["fixed_amount"])
    assert "has no amount" in parent.press("/_pages/phone", 400, qr=open_code)
    assert "Write an amount" in parent.press("/_pages/phone", 400, qr=open_code, rupees="x")
    parent.press("/_pages/phone", qr=open_code, rupees="75")
    assert parent.latest()["amount"] == 7500
    assert "no code of this sandbox" in parent.press("/_pages/phone", 400, qr="x")
    assert parent.read("/").count('class="qr"') == 3


def test_the_owners_page_moves_the_clock(till: Till, parent: Parent) -> None:
    before = till.now()
    assert parent.press("/_pages/clock", step="86400") == "/"
    assert till.now() - before >= 86_400
    assert "86400 s ahead" in parent.read("/")
    assert "cannot go that far" in parent.press("/_pages/clock", 400, step="-5")


@pytest.mark.parametrize(
    ("paise", "shown"),
    [
        (0, "₹0.00"),
        (99_999, "₹999.99"),
        (100_000, "₹1,000.00"),
        (11_800_000, "₹1,18,000.00"),
        (1_234_567_890, "₹1,23,45,678.90"),
    ],
)
def test_rupees_are_grouped_as_in_india(paise: int, shown: str) -> None:
    assert rupees(paise) == shown


@pytest.mark.parametrize(("colour", "ink"), [("#3A3FB8", "#ffffff"), ("#F37254", "#000000")])
def test_ink_is_readable_on_any_colour(colour: str, ink: str) -> None:
    assert ink_on(colour) == ink
