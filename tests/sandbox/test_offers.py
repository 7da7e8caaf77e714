"""Offers: who gets which discount, and what the order, the payment and the books show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.sandbox.server import SandboxServer

from .sandbox_client import SandboxClient, upi_body
from .test_money_control import events, listen, rows_of

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]
NOT_ELIGIBLE = "Payment method used is not eligible for offer."


def offer(client: SandboxClient, **fields: object) -> Json:
    return client.control("offers", fields)


def paid_by(client: SandboxClient, order: Json, method: str = "card", **more: object) -> Json:
    wanted = {"order_id": order["id"], "method": method, **more}
    return client.control("checkout/pay", wanted)


def test_an_order_is_paid_in_full_by_the_discounted_amount(client: SandboxClient) -> None:
    listen(client, "payment.captured", "order.paid")
    made = offer(client, percent_rate=1000, name="Ten percent")
    order = client.order(50_000, offer_id=made["id"])
    assert (order["offer_id"], order["offers"]) == (made["id"], [made["id"]])
    payment = paid_by(client, order)
    assert (payment["amount"], payment["offer_id"]) == (45_000, made["id"])
    assert (payment["fee"], payment["tax"]) == (1062, 162)
    after = client.ok("GET", f"/v1/orders/{order['id']}")
    assert (after["status"], after["amount"], after["amount_due"]) == ("paid", 50_000, 0)
    expanded = client.ok("GET", f"/v1/payments/{payment['id']}", **{"expand[]": "offers"})
    assert expanded["offers"]["items"] == [{"id": made["id"]}]
    assert {each["amount"] for each in events(client, "payment")} == {45_000}

    client.control("settlements", {})
    [row] = rows_of(client, client.now())
    assert (row["amount"], row["credit"]) == (45_000, 43_938)
    refund = client.ok("POST", f"/v1/payments/{payment['id']}/refund", {})
    assert refund["amount"] == 45_000


@pytest.mark.parametrize(
    ("fields", "amount"),
    [
        ({"flat_cashback": 5000}, 45_000),
        ({"percent_rate": 1250}, 43_750),
        ({"percent_rate": 5000, "max_cashback": 700}, 49_300),
        ({"flat_cashback": 60_000}, 100),
        ({"flat_cashback": 5000, "type": "already_discounted"}, 50_000),
        ({"flat_cashback": 5000, "payment_method": "card", "payment_network": "Visa"}, 45_000),
        ({"flat_cashback": 5000, "payment_method": "card", "payment_network": "RuPay"}, 50_000),
        (
            {"flat_cashback": 5000, "payment_method": "card", "payment_method_type": "credit"},
            50_000,
        ),
        ({"flat_cashback": 5000, "payment_method": "upi"}, 50_000),
        ({"flat_cashback": 5000, "min_amount": 50_000}, 45_000),
        ({"flat_cashback": 5000, "min_amount": 50_001}, 50_000),
    ],
)
def test_a_discount_follows_the_offers_rules(
    client: SandboxClient, fields: Json, amount: int
) -> None:
    order = client.order(50_000, offers=[offer(client, **fields)["id"]])
    assert paid_by(client, order)["amount"] == amount
    assert client.ok("GET", f"/v1/orders/{order['id']}")["status"] == "paid"


def test_a_bank_or_wallet_has_its_offer(client: SandboxClient) -> None:
    made = offer(client, flat_cashback=500, payment_method="netbanking", issuer="HDFC")
    for bank, amount in (("HDFC", 9500), ("SBIN", 10_000)):
        order = client.order(10_000, offers=[made["id"]])
        assert paid_by(client, order, "netbanking", details={"bank": bank})["amount"] == amount


def test_the_payer_gets_the_best_or_the_one_that_is_chosen(client: SandboxClient) -> None:
    small, large = offer(client, flat_cashback=100), offer(client, flat_cashback=900)
    named = [small["id"], large["id"]]
    best = client.order(10_000, offers=named)
    assert paid_by(client, best)["amount"] == 9100
    assert client.ok("GET", f"/v1/orders/{best['id']}")["offer_id"] == large["id"]
    chosen = client.order(10_000, offers=named)
    assert paid_by(client, chosen, offer_id=small["id"])["amount"] == 9900


def test_an_offer_of_every_checkout_needs_no_name(client: SandboxClient) -> None:
    offer(client, flat_cashback=100, checkout_display=True)
    assert paid_by(client, client.order(10_000))["amount"] == 9900
    assert client.intent(order := client.order(10_000))["link"].count("am=99.00") == 1
    assert client.pay(client.state()["payments"][-1]["_qr"])["amount"] == 9900
    assert client.ok("GET", f"/v1/orders/{order['id']}")["status"] == "paid"


@pytest.mark.parametrize("how", ["chosen", "forced", "blocking", "api"])
def test_an_offer_that_does_not_fit_is_refused_where_it_is_insisted_on(
    client: SandboxClient, how: str
) -> None:
    made = offer(
        client, flat_cashback=100, payment_method="card", payment_network="RuPay",
        block=how == "blocking",
    )  # fmt: skip
    order = client.order(10_000, offers=[made["id"]], force_offer=how == "forced")
    if how == "api":
        body = {**upi_body(order), "offer_id": made["id"]}
        error = client.refused("POST", "/v1/payments/create/upi", body)
    else:
        more = {"offer_id": made["id"]} if how == "chosen" else {}
        wanted = {"order_id": order["id"], "method": "card", **more}
        status, answer = client.try_control("checkout/pay", wanted)
        assert status == 400
        error = answer["error"]
    assert error["description"].startswith(NOT_ELIGIBLE)
    assert client.state()["payments"] == []
    assert client.ok("GET", f"/v1/orders/{order['id']}")["attempts"] == 0


def test_an_offer_ends_by_its_time_its_uses_and_by_hand(client: SandboxClient) -> None:
    now = client.now()
    times = offer(client, flat_cashback=100, starts_at=now + 60, ends_at=now + 120)
    amounts = []
    for _ in range(3):
        amounts.append(paid_by(client, client.order(10_000, offers=[times["id"]]))["amount"])
        client.advance(75)
    assert amounts == [10_000, 9900, 10_000]

    once = offer(client, flat_cashback=100, max_payment_count=1)
    order = client.order(10_000, offers=[once["id"]])
    assert paid_by(client, order, outcome="failure")["amount"] == 9900, "a failure is no use"
    assert paid_by(client, order)["amount"] == 9900
    assert paid_by(client, client.order(10_000, offers=[once["id"]]))["amount"] == 10_000

    many = offer(client, flat_cashback=100)
    assert client.control(f"offers/{many['id']}", {"active": False})["active"] is False
    assert paid_by(client, client.order(10_000, offers=[many["id"]]))["amount"] == 10_000


def test_parts_and_unknown_offers_get_no_discount(client: SandboxClient) -> None:
    made = offer(client, flat_cashback=100)
    parts = client.order(10_000, partial_payment=True, offers=[made["id"]])
    assert paid_by(client, parts, amount=4000)["amount"] == 4000
    assert paid_by(client, parts)["amount"] == 6000
    strange = client.order(10_000, offer_id="offer_AAAAAAAAAAAAAA", force_offer=True)
    assert paid_by(client, strange)["amount"] == 10_000


def test_a_discounted_payment_is_captured_by_its_own_amount(client: SandboxClient) -> None:
    made = offer(client, flat_cashback=1000)
    order = client.order(10_000, offer_id=made["id"], payment_capture=0)
    payment = paid_by(client, order)
    assert payment["status"] == "authorized"
    path = f"/v1/payments/{payment['id']}/capture"
    assert "must be equal" in client.refusal("POST", path, {"amount": 10_000, "currency": "INR"})
    captured = client.ok("POST", path, {"amount": 9000, "currency": "INR"})
    assert (captured["status"], captured["amount"]) == ("captured", 9000)
    assert client.ok("GET", f"/v1/orders/{order['id']}")["amount_due"] == 0


def test_a_links_offers_are_those_of_its_options(client: SandboxClient) -> None:
    made = offer(client, flat_cashback=700)
    link = client.link(7000, options={"order": {"offers": [made["id"]]}})
    assert client.pay(link["short_url"])["amount"] == 6300
    shown = client.ok("GET", f"/v1/payment_links/{link['id']}")
    assert (shown["status"], shown["payments"][0]["amount"]) == ("paid", 6300)


def test_a_page_names_the_offers_before_the_payer_chooses(client: SandboxClient) -> None:
    made = offer(client, percent_rate=1000, display_text="<10%> off", payment_method="netbanking")
    link = client.link(7000, options={"order": {"offers": [made["id"]]}})
    path = link["short_url"].removeprefix(client.server.url)
    page = client.send("GET", path)[2].decode()
    assert "&lt;10%&gt; off" in page
    assert "Continue" in page
    client.control(f"offers/{made['id']}", {"active": False})
    page = client.send("GET", path)[2].decode()
    assert "off</p>" not in page
    assert "Pay ₹70.00" in page


WRONG = [
    {},
    {"percent_rate": 0},
    {"percent_rate": 10_001},
    {"percent_rate": 100, "flat_cashback": 100},
    {"flat_cashback": 100, "max_cashback": 10},
    {"flat_cashback": 100, "payment_method": "cash"},
    {"flat_cashback": 100, "payment_network": "Visa"},
    {"flat_cashback": 100, "payment_method": "upi", "payment_method_type": "debit"},
    {"flat_cashback": 100, "issuer": "BANK"},
    {"flat_cashback": 100, "min_amount": 99},
    {"flat_cashback": 100, "ends_at": 1},
    {"flat_cashback": 100, "type": "gift"},
    {"flat_cashback": 100, "block": "maybe"},
    {"flat_cashback": 100, "name": ""},
    {"flat_cashback": 100, "name": "x" * 51},
    {"flat_cashback": 100, "max_payment_count": 0},
    {"flat_cashback": 100, "colour": 1},
]


@pytest.mark.parametrize("fields", WRONG)
def test_wrong_offers_are_refused(client: SandboxClient, fields: Json) -> None:
    status, answer = client.try_control("offers", fields)
    assert (status, list(answer)) == (400, ["error"])
    assert client.state()["offers"] == []


def test_wrong_names_of_offers_are_refused(client: SandboxClient) -> None:
    assert client.try_control("offers/offer_AAAAAAAAAAAAAA", {"active": True})[0] == 400
    made = offer(client, flat_cashback=100)
    for body in ({}, {"active": None}, {"active": True, "name": "x"}):
        assert client.try_control(f"offers/{made['id']}", body)[0] == 400
    for options in ({"order": {"offers": "x"}}, {"order": {"offers": ["x"]}}, {"order": 1}, 1):
        client.refused("POST", "/v1/payment_links", {"amount": 100, "options": options})
    body = {**upi_body(client.order()), "offer_id": "x"}
    assert client.refusal("POST", "/v1/payments/create/upi", body) == "x is not a valid id"


def test_offers_outlive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with SandboxServer(state_file=path) as server:
        client = SandboxClient(server)
        made = offer(client, flat_cashback=100, max_payment_count=2)
        link = client.link(7000, options={"order": {"offers": [made["id"]]}})
        order = client.order(10_000, offer_id=made["id"], force_offer=True)
        paid_by(client, client.order(10_000, offer_id=made["id"]))
    with SandboxServer(state_file=path) as server:
        client = SandboxClient(server)
        assert client.state()["offers"] == [{**made, "used": 1}]
        code = client.ok("GET", f"/v1/payment_links/{link['id']}")["short_url"]
        assert client.pay(code)["amount"] == 6900
        wanted = {"order_id": order["id"], "method": "card"}
        assert client.try_control("checkout/pay", wanted)[0] == 400, "its uses are over"
