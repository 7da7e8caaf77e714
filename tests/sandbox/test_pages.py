"""The pages without a browser: content, accepted input and refusals."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.sandbox.pages.checkout_sessions import text_colour_on
from desktop_app.sandbox.pages.rendering import rupees

from .page_client import CARD, FORM, PageClient, check_policy, signed

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient


@pytest.fixture
def parent(client: SandboxClient) -> PageClient:
    return PageClient(client)


# Payment links


def test_a_link_fails_then_pays_by_app(client: SandboxClient, parent: PageClient) -> None:
    link = client.link(71550, description="<b>Fee</b>", reference_id="T1")
    home = parent.open(link)
    _, _, raw = client.send("GET", home)
    assert b"&lt;b&gt;Fee&lt;/b&gt;" in raw
    page = parent.read(home)
    assert "₹715.50" in page
    assert "T1" in page
    assert "order_id" in client.ok("GET", f"/v1/payment_links/{link['id']}")

    bank = parent.press(f"{home}/pay", method="app", app="phonepe")
    assert "PhonePe on your phone" in parent.read(bank)
    assert parent.press(bank, outcome="failure", reason="incorrect_pin", vpa="a@ybl") == home
    assert "incorrect PIN" in parent.read(home)

    bank = parent.press(f"{home}/pay", method="app", app="phonepe")
    assert parent.press(bank, outcome="success", vpa="asha@ybl") == home
    paid = parent.read(home)
    assert "Paid. Thank you." in paid
    assert "<form" not in paid
    assert client.ok("GET", f"/v1/payment_links/{link['id']}")["status"] == "paid"
    assert (parent.latest()["vpa"], parent.latest()["description"]) == (
        "asha@ybl",
        f"#{link['id'][6:]}",
    )
    assert parent.press(bank, outcome="failure") == home
    assert parent.latest()["status"] == "captured"


def test_a_qr_on_the_page_is_paid_by_the_phone(client: SandboxClient, parent: PageClient) -> None:
    home = parent.open(client.link(71550))
    bank = parent.press(f"{home}/pay", method="upi")
    page = parent.read(bank)
    picture = re.search(r'class="qr" src="([^"]+)"', page)
    assert picture is not None
    status, headers, svg = client.send("GET", picture[1])
    assert (status, headers["Content-Type"]) == (200, "image/svg+xml")
    text = read_svg(svg.decode())
    assert parent.read_json(f"{bank}/state") == {"waits": True, "paid": False}
    assert parent.leads(f"{bank}/next") == bank
    assert client.pay(text)["captured"] is True
    assert parent.read_json(f"{bank}/state") == {"waits": False, "paid": True}
    assert parent.leads(f"{bank}/next") == home
    assert parent.leads(bank) == home


def read_svg(svg: str) -> str:
    """Decode the QR code of the sandbox's SVG: squares of one module."""
    side = int(re.findall(r'viewBox="0 0 (\d+) ', svg)[0]) * 4
    pixels = bytearray(b"\xff" * side * side)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1", svg):
        for row in range(int(y) * 4, int(y) * 4 + 4):
            at = row * side + int(x) * 4
            pixels[at : at + 4] = bytes(4)
    (code,) = zxingcpp.read_barcodes(memoryview(pixels).cast("B", (side, side)))
    return str(code.text)


def test_a_card_asks_for_a_password(client: SandboxClient, parent: PageClient) -> None:
    home = parent.open(client.link())
    bank = parent.press(f"{home}/pay", **CARD, holder="Asha <R>", contact="98450 12345")
    page = parent.read(bank)
    assert "Visa card ending 1007" in page
    assert "Enter the one-time password" in parent.press(bank, 400, outcome="success", otp="x")
    assert parent.press(bank, outcome="success", otp="1234") == home
    payment = parent.latest()
    assert (payment["method"], payment["captured"]) == ("card", True)
    assert (payment["vpa"], payment["contact"]) == (None, "+919845012345")
    card = client.ok("GET", f"/v1/payments/{payment['id']}/card")
    assert (card["last4"], card["network"], card["name"]) == ("1007", "Visa", "Asha <R>")
    assert "4100280000001007" not in json.dumps(client.state())


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
def test_an_error_is_shown_at_its_field(
    client: SandboxClient, parent: PageClient, form: dict[str, str], field: str
) -> None:
    home = parent.open(client.link())
    page = parent.press(f"{home}/pay", 400, **form)
    assert f'id="{field}-complaint"' in page
    assert "98765" not in page
    assert client.state()["payments"] == []


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ({"method": "netbanking", "bank": "SBIN"}, "State Bank of India"),
        ({"method": "wallet", "wallet": "payzapp"}, "PayZapp"),
    ],
)
def test_banks_and_wallets_pay_and_fail(
    client: SandboxClient, parent: PageClient, form: dict[str, str], name: str
) -> None:
    home = parent.open(client.link())
    bank = parent.press(f"{home}/pay", **form)
    assert name in parent.read(bank)
    assert parent.press(bank, outcome="failure", reason="payment_cancelled") == home
    assert "Payment failed." in parent.read(home)
    bank = parent.press(f"{home}/pay", **form)
    assert parent.press(bank, outcome="success") == home
    kept = form.get("bank") or form["wallet"]
    assert kept in (parent.latest()["bank"], parent.latest()["wallet"])
    assert parent.latest()["captured"] is True


def test_a_phone_on_the_link_leaves_a_card_alone(client: SandboxClient, parent: PageClient) -> None:
    link = client.link()
    card = parent.press(f"{parent.open(link)}/pay", **CARD)
    assert client.pay(link["short_url"])["method"] == "upi"
    assert parent.state_of(card) == "created"


def test_leaving_keeps_the_payment_open(client: SandboxClient, parent: PageClient) -> None:
    home = parent.open(client.link())
    bank = parent.press(f"{home}/pay", method="netbanking", bank="HDFC")
    assert parent.press(bank, outcome="leave") == home
    assert "No answer yet." in parent.read(home)
    assert "Press one of the buttons" in parent.press(bank, 400, outcome="x")
    assert "reason must be" in parent.press(bank, 400, outcome="failure", reason="x")
    client.advance(600)
    assert parent.leads(bank) == home
    assert "Payment failed." in parent.read(home)


def test_the_browser_goes_back_with_a_signature(client: SandboxClient, parent: PageClient) -> None:
    link = client.link(
        reference_id="T1", callback_url="https://shop.example/done?a=1", callback_method="get"
    )
    home = parent.open(link)
    _, headers, _ = client.send("GET", home)
    assert "form-action 'self' https://shop.example;" in headers["Content-Security-Policy"]
    bank = parent.press(f"{home}/pay", method="upi")
    address = urlsplit(parent.press(bank, outcome="success"))
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert (address.netloc, query["a"]) == ("shop.example", "1")
    said = f"{link['id']}|T1|paid|{query['razorpay_payment_id']}"
    assert query["razorpay_signature"] == signed(client, said)


def test_a_part_in_rupees(client: SandboxClient, parent: PageClient) -> None:
    link = client.link(accept_partial=True, first_min_partial_amount=20000)
    home = parent.open(link)
    for typed in ("x", "10", "700.01", "1.234"):
        page = parent.press(f"{home}/pay", 400, method="upi", rupees=typed)
        assert 'id="rupees-complaint"' in page
        assert f'value="{typed}"' in page
    bank = parent.press(f"{home}/pay", method="upi", rupees="200.5")
    assert parent.press(bank, outcome="success") == home
    assert client.ok("GET", f"/v1/payment_links/{link['id']}")["amount_paid"] == 20050
    assert "₹200.50 of ₹700.00 is paid. ₹499.50 is left." in parent.read(home)


def test_links_that_take_nothing_say_so(client: SandboxClient, parent: PageClient) -> None:
    link = client.link()
    home = parent.open(link)
    bank = parent.press(f"{home}/pay", method="upi")
    client.ok("POST", f"/v1/payment_links/{link['id']}/cancel")
    assert "This link is cancelled." in parent.read(home)
    assert "This link is cancelled." in parent.press(f"{home}/pay", 400, method="upi")
    parent.press(bank, outcome="leave")
    never_opened = client.link()
    client.ok("POST", f"/v1/payment_links/{never_opened['id']}/cancel")
    parent.press(f"{parent.open(never_opened)}/pay", 400, method="upi")
    assert len(client.state()["payments"]) == 1
    client.control("account", {"auto_capture": False})
    waiting = parent.open(client.link())
    parent.press(parent.press(f"{waiting}/pay", method="upi"), outcome="success")
    assert "accepted the payment yet" in parent.read(waiting)


def test_nothing_for_strangers(client: SandboxClient, parent: PageClient) -> None:
    assert parent.read("/l/AAAAAAAAAAAAAA", 404) == "Page not found.\n"
    for path in ("/i/x", "/_pages/x", "/_pages/qr/x", "/_pages/qr/order_x", "/checkout/x"):
        assert client.send("GET", path)[0] == 404
    home, other = parent.open(client.link()), parent.open(client.link())
    bank = parent.press(f"{home}/pay", method="upi")
    assert parent.read(bank.replace(home, other), 404) == "Payment not found.\n"
    for path in (f"{home}/pay", bank):
        given = client.send("POST", path, b"outcome=success", Origin="https://evil.example")
        assert given[0] == 403
    assert client.send("GET", "/", Host="evil.example")[0] == 403
    assert client.send("POST", "/v1/checkout/public", b"", Host="evil.example")[0] == 403
    assert parent.latest()["status"] == "created"


FIELDS = st.sampled_from(
    "method app bank wallet number expiry cvv holder email contact rupees outcome otp vpa reason "
    "options qr amount usage count unit home".split()
)
VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["upi", "app", "card", "netbanking", "success", "failure", "leave", "1234"]),
    st.dictionaries(
        st.sampled_from("key order_id amount name prefill notes theme method retry".split()),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=10),
            lambda inner: (
                st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=3)
            ),
            max_leaves=4,
        ),
    ).map(json.dumps),
)


def test_no_form_breaks_a_page(client: SandboxClient, parent: PageClient) -> None:
    link = parent.open(client.link(accept_partial=True))
    checkout = parent.checkout(amount=500)
    places = [
        f"{link}/pay",
        parent.press(f"{link}/pay", method="upi"),
        f"{checkout}/pay",
        parent.press(f"{checkout}/pay", **CARD),
        "/v1/checkout/public",
        "/_pages/board/clock/do/advance",
        "/_pages/board/orders/do/create",
        "/_pages/board/qr-codes/do/create",
    ]

    @settings(
        max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(form=st.dictionaries(FIELDS, VALUES, max_size=5))
    def check(form: dict[str, str]) -> None:
        raw = urlencode(form, errors="replace").encode()
        for path in places:
            status, headers, body = client.send("POST", path, raw, Content_Type=FORM)
            assert status in (303, 400), (path, status, body)
            if status == 400:
                check_policy(headers)

    check()
    assert client.order()["status"] == "created"


# Amounts and colours


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
    assert text_colour_on(colour) == ink
