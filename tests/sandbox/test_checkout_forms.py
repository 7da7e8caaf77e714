"""Checkout's other ways in: whole pages, payments by a merchant's form, and the display."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from desktop_app.sandbox.pages.checkout_display import offered
from desktop_app.sandbox.pages.payment_form import CARDS, read_direct

from .page_client import CARD, FORM, MERCHANT, Json, PageClient, message, signed

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient

BACK = f"{MERCHANT}/back?row=7"


@pytest.fixture
def parent(client: SandboxClient) -> PageClient:
    return PageClient(client)


def fields(page: str) -> dict[str, str]:
    """Return the form that goes back to the merchant."""
    return dict(re.findall(r'<input type="hidden" name="(.*?)" value="(.*?)">', page, re.DOTALL))


@pytest.mark.parametrize("kind", ["embedded", "hosted"])
def test_a_checkout_of_its_own_page_posts_the_proof_back(
    client: SandboxClient, parent: PageClient, kind: str
) -> None:
    order = client.order(49900)
    sent = {
        "order_id": order["id"],
        "amount": "49900",
        "name": "Asha's Classes",
        "prefill[contact]": "9845012345",
        "prefill[email]": "a@b.in",
        "notes[row]": "7",
        "callback_url": BACK,
        "cancel_url": f"{MERCHANT}/cart",
    }
    home = parent.fill_window(kind, **sent)
    page = parent.read(home)
    assert f'href="{MERCHANT}/cart" id="close"' in page
    assert 'value="9845012345"' in page
    _, headers, _ = client.send("GET", home)
    policy = headers["Content-Security-Policy"]
    assert f"form-action 'self' {MERCHANT};" in policy
    assert "frame-ancestors 'none'" in policy
    bank = parent.press(f"{home}/pay", **CARD)
    page = parent.read(parent.press(bank, outcome="success", otp="1234"))
    payment = parent.latest()
    assert payment["notes"] == {"row": "7"}
    assert f'action="{BACK}" id="back" data-at-once' in page
    assert fields(page) == {
        "razorpay_payment_id": payment["id"],
        "razorpay_order_id": order["id"],
        "razorpay_signature": signed(client, f"{order['id']}|{payment['id']}"),
    }


def test_a_failure_of_a_checkout_page_is_tried_again_or_taken_back(
    client: SandboxClient, parent: PageClient
) -> None:
    order = client.order()
    sent = {"order_id": order["id"], "callback_url": BACK, "retry[enabled]": "0"}
    home = parent.fill_window(**sent)
    parent.press(parent.press(f"{home}/pay", method="upi"), outcome="failure")
    page = parent.read(home)
    told = fields(page)
    assert told["error[code]"] == "BAD_REQUEST_ERROR"
    assert told["error[reason]"] == "payment_failed"
    assert order["id"] in told["error[metadata]"]
    assert "data-at-once" not in page


def test_a_checkout_page_without_addresses_stays_where_it_is(parent: PageClient) -> None:
    home = parent.fill_window(amount="500", callback_url="javascript:alert(1)")
    page = parent.read(home)
    assert "Cancel" not in page
    done = parent.press(parent.press(f"{home}/pay", method="upi"), outcome="success")
    assert 'id="back"' not in parent.read(done)


def test_a_checkout_page_refuses(client: SandboxClient, parent: PageClient) -> None:
    assert "api key provided is invalid" in parent.fill_window(status=400, key_id="x", amount="500")
    assert "at least INR 1.00" in parent.fill_window(status=400)
    raw = client.send("POST", "/v1/checkout/hosted", b"amount=%ff", Content_Type=FORM)
    assert (raw[0], b"not a valid form" in raw[2]) == (400, True)


# Options


def test_what_is_fixed_cannot_be_changed_and_what_is_hidden_is_not_shown(
    client: SandboxClient, parent: PageClient
) -> None:
    home = parent.checkout(
        amount=500,
        prefill={"email": "asha@example.com", "contact": "9845012345"},
        readonly={"email": True, "contact": False},
        hidden={"contact": "true"},
    )
    page = parent.read(home)
    assert re.search(r'id="email"[^>]*readonly', page)
    assert 'id="contact"' not in page
    forged = {"email": "x@y.in", "contact": "9000000009"}
    parent.press(f"{home}/pay", method="upi", **forged)
    payment = parent.latest()
    assert (payment["email"], payment["contact"]) == ("asha@example.com", "+919845012345")


def test_a_field_is_only_fixed_if_it_is_filled(parent: PageClient) -> None:
    home = parent.checkout(amount=500, readonly={"email": True})
    assert "readonly" not in parent.read(home)


ONE_BLOCK: Json = {"banks": {"instruments": [{"method": "netbanking", "banks": ["HDFC"]}]}}
ALL = ["upi", "app", "card", "netbanking", "wallet"]
DISPLAYS: list[tuple[Json, list[str]]] = [
    ({}, ALL),
    ({"hide": [{"method": "upi"}, {"method": "card"}]}, ["netbanking", "wallet"]),
    ({"sequence": ["wallet", "card"]}, ["wallet", "card", "upi", "app", "netbanking"]),
    (
        {
            "blocks": ONE_BLOCK,
            "sequence": ["block.banks", "upi"],
            "preferences": {"show_default_blocks": False},
        },
        ["netbanking", "upi", "app"],
    ),
    ({"blocks": ONE_BLOCK, "preferences": {"show_default_blocks": False}}, ["netbanking"]),
    (
        {"sequence": [1, "moon", None], "hide": "x", "blocks": []},
        ["upi", "app", "card", "netbanking", "wallet"],
    ),
]


@pytest.mark.parametrize(("display", "codes"), DISPLAYS)
def test_methods_are_shown_as_the_page_asks(display: Json, codes: list[str]) -> None:
    assert list(offered({"config": {"display": display}}, None)) == codes


def test_the_orders_method_and_a_switch_narrow_the_display() -> None:
    assert offered({"config": {"display": {"sequence": ["card"]}}}, "upi") == ("upi", "app")
    assert offered({"method": {"upi": "0"}}, "upi") == ()


def test_a_subscription_is_refused_by_name(parent: PageClient) -> None:
    assert "serves no subscriptions" in parent.checkout(400, subscription_id="sub_A")


# Payments by the merchant's own form


def test_a_payment_is_created_without_the_choice_of_methods(
    client: SandboxClient, parent: PageClient
) -> None:
    order = client.order()
    card = {
        "card[number]": "4111 1111 1111 1111",
        "card[name]": "Asha",
        "card[expiry_month]": "1",
        "card[expiry_year]": 40,
        "card[cvv]": "123",
    }
    bank = parent.checkout(order_id=order["id"], payment={"method": "card", **card})
    assert "card ending 1111" in parent.read(bank)
    done = parent.press(bank, outcome="success", otp="1234")
    assert message(parent.read(done))["data"]["razorpay_payment_id"] == parent.latest()["id"]


def test_a_upi_address_of_the_form_is_the_payers(client: SandboxClient, parent: PageClient) -> None:
    direct = {"method": "upi", "vpa": "failure@razorpay"}
    bank = parent.checkout(order_id=client.order()["id"], payment=direct)
    assert 'value="failure@razorpay"' in parent.read(bank)


def test_a_wrong_payment_is_told_to_the_page(parent: PageClient) -> None:
    page = parent.checkout(400, amount=500, payment={"method": "card", "card": {"number": 1}})
    sent = message(page)
    assert sent["event"] == "failed"
    assert "test cards" in sent["data"]["error"]["description"]


def test_a_card_comes_flat_or_nested() -> None:
    nested = read_direct({"method": "card", "card": {"number": "4", "expiry_month": 5}})
    assert nested == read_direct({"method": "card", "card[number]": "4", "card[expiry_month]": "5"})
    assert nested["expiry"] == "05/"


# Razorpay's test data


@pytest.mark.parametrize(
    ("vpa", "status"), [("failure@razorpay", "failed"), ("success@razorpay", "captured")]
)
def test_razorpays_test_addresses(client: SandboxClient, vpa: str, status: str) -> None:
    assert client.pay(client.code()[1], vpa=vpa)["status"] == status
    wanted = {"order_id": client.order()["id"], "method": "upi", "details": {"vpa": vpa}}
    paid = client.control("checkout/pay", wanted)
    assert (paid["status"], paid["vpa"]) == (status, vpa)


def test_the_failing_address_fails_on_the_page(client: SandboxClient, parent: PageClient) -> None:
    home = parent.checkout(order_id=client.order()["id"])
    bank = parent.press(f"{home}/pay", method="upi")
    assert parent.press(bank, outcome="success", vpa="failure@razorpay") == home
    assert parent.latest()["error_reason"] == "payment_failed"


def test_a_short_password_fails_the_card(client: SandboxClient, parent: PageClient) -> None:
    home = parent.checkout(order_id=client.order()["id"])
    bank = parent.press(f"{home}/pay", **CARD)
    assert parent.press(bank, outcome="success", otp="12") == home
    assert parent.latest()["error_reason"] == "invalid_otp"


@pytest.mark.parametrize("number", CARDS)
def test_every_documented_card_pays(client: SandboxClient, parent: PageClient, number: str) -> None:
    home = parent.checkout(order_id=client.order()["id"])
    bank = parent.press(f"{home}/pay", **{**CARD, "number": number})
    parent.press(bank, outcome="success", otp="1234")
    payment = parent.latest()
    assert payment["status"] == "captured"
    assert payment["international"] is (number[:4] in ("5555", "5105", "4012"))
