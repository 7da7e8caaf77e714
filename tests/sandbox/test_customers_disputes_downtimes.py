"""Customers, disputes and downtimes: calls of the API and of the control plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient

ASHA = {"name": "Asha Rao", "email": "asha@example.com", "contact": "+919000000001"}


def test_a_customer_is_made_once(client: SandboxClient) -> None:
    made = client.ok("POST", "/v1/customers", {**ASHA, "notes": {"a": "b"}})
    assert made["notes"] == {"a": "b"}
    assert client.ok("GET", f"/v1/customers/{made['id']}") == made
    again = {**ASHA, "name": "Asha R"}
    assert (
        client.refusal("POST", "/v1/customers", again) == "Customer already exists for the merchant"
    )
    for no in ("0", 0, False):
        assert client.ok("POST", "/v1/customers", {**again, "fail_existing": no}) == made
    assert client.ok("GET", "/v1/customers")["items"] == [made]


def test_a_customer_is_edited(client: SandboxClient) -> None:
    made = client.ok("POST", "/v1/customers", ASHA)
    other = client.ok("POST", "/v1/customers", {"contact": "9000000002"})
    path = f"/v1/customers/{made['id']}"
    assert client.ok("PUT", path, {"name": "Asha"})["email"] == ASHA["email"]
    assert client.ok("GET", path)["name"] == "Asha"
    same = {"contact": "9000000002"}
    assert client.ok("PUT", f"/v1/customers/{other['id']}", same)["contact"] == "9000000002"
    clash = {k: ASHA[k] for k in ("email", "contact")}
    assert "already exists" in client.refusal("PUT", f"/v1/customers/{other['id']}", clash)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "contact"),
        ({"name": "ab"}, "name"),
        ({"name": 5}, "name"),
        ({"email": "x"}, "email"),
        ({"contact": "12"}, "contact"),
        ({"contact": "9000000001", "gstin": "x"}, "gstin"),
        ({"contact": "9000000001", "fail_existing": "x"}, "fail_existing"),
    ],
)
def test_wrong_customers_are_refused(
    client: SandboxClient, body: dict[str, object], field: str
) -> None:
    assert client.refused("POST", "/v1/customers", body)["field"] == field


def test_a_dispute_is_contested_and_won(client: SandboxClient) -> None:
    payment = client.pay(client.code(50000)[1])
    opened = client.control("disputes", {"payment_id": payment["id"], "phase": "fraud"})
    assert (opened["status"], opened["phase"], opened["amount"]) == ("open", "fraud", 50000)
    path = f"/v1/disputes/{opened['id']}"
    draft = {"summary": "was taught", "shipping_proof": ["doc_EFtmUsbwpXwBH9"], "amount": 40000}
    kept = client.ok("PATCH", f"{path}/contest", draft)
    assert (kept["status"], kept["evidence"]["amount"]) == ("open", 40000)
    sent = client.ok("PATCH", f"{path}/contest", {"action": "submit"})
    assert sent["status"] == "under_review"
    assert sent["evidence"]["submitted_at"] == client.now()
    assert "under_review" in client.refusal("POST", f"{path}/accept")
    assert client.try_control(f"disputes/{opened['id']}", {"status": []})[0] == 400
    client.control(f"disputes/{opened['id']}", {"status": "won"})
    assert client.ok("GET", "/v1/disputes")["items"][0]["status"] == "won"
    assert client.ok("GET", path, **{"expand[]": "payment"})["payment"]["id"] == payment["id"]
    assert client.refused("GET", path, **{"expand[]": "x"})["field"] == "expand.0"
    assert client.try_control(f"disputes/{opened['id']}", {"status": "lost"})[0] == 400


def test_a_dispute_nobody_answers_is_lost(client: SandboxClient) -> None:
    payment = client.pay(client.code(50000)[1])
    opened = client.control("disputes", {"payment_id": payment["id"], "amount": 100})
    client.advance(7 * 86_400)
    lost = client.ok("GET", f"/v1/disputes/{opened['id']}")
    assert (lost["status"], lost["amount_deducted"]) == ("lost", 100)


@pytest.mark.parametrize(
    "body",
    [
        {"summary": [5]},
        {"amount": 0},
        {"amount": 10**9},
        {"shipping_proof": "x"},
        {"shipping_proof": ["x"]},
        {"others": [{"document_ids": []}]},
        {"others": {}},
        {"action": "x"},
        {"action": "submit"},
        {"action": "submit", "summary": "x"},
        {"x": 1},
    ],
)
def test_wrong_evidence_is_refused(client: SandboxClient, body: dict[str, object]) -> None:
    payment = client.pay(client.code(50000)[1])
    opened = client.control("disputes", {"payment_id": payment["id"]})
    client.refused("PATCH", f"/v1/disputes/{opened['id']}/contest", body)


def test_downtimes_come_and_go(client: SandboxClient) -> None:
    down = client.control("downtimes", {"method": "netbanking", "instrument": {"bank": "HDFC"}})
    assert client.ok("GET", "/v1/payments/downtimes")["items"] == [down]
    client.control(f"downtimes/{down['id']}", {"status": "resolved"})
    assert client.ok("GET", "/v1/payments/downtimes")["count"] == 0
    gone = client.ok("GET", f"/v1/payments/downtimes/{down['id']}")
    assert (gone["status"], gone["end"]) == ("resolved", gone["updated_at"])
    assert client.try_control(f"downtimes/{down['id']}", {})[0] == 400
    planned = {"scheduled": True, "begin": client.now() + 100}
    assert client.control("downtimes", planned)["status"] == "scheduled"
    for wrong in ({"method": "x"}, {"instrument": 5}, {"begin": "x"}, {"x": 1}, {"severity": 1}):
        assert client.try_control("downtimes", wrong)[0] == 400
    for name in ("begin", "end"):
        assert client.try_control("downtimes", {name: 10**12})[0] == 400  # no page can show it


@pytest.mark.parametrize(
    ("method", "details", "shown"),
    [
        ("upi", {"vpa": "asha@okaxis"}, {"vpa": "asha@okaxis"}),
        ("netbanking", {"bank": "ICIC"}, {"bank": "ICIC"}),
        ("wallet", {"wallet": "payzapp"}, {"wallet": "payzapp"}),
        ("card", {"number": "6527 6589 0000 1005"}, {"bank": None}),
    ],
)
def test_an_order_is_paid_by_any_method(
    client: SandboxClient, method: str, details: dict[str, str], shown: dict[str, object]
) -> None:
    order = client.order(50000)
    wanted = {"order_id": order["id"], "method": method, "details": details}
    failed = client.control("checkout/pay", {**wanted, "outcome": "failure"})
    assert (failed["status"], failed["error_reason"]) == ("failed", "payment_failed")
    paid = client.control("checkout/pay", wanted)
    assert (paid["status"], paid["method"]) == ("captured", method)
    assert shown.items() <= paid.items()
    assert ("upi" in paid) == (method == "upi")
    assert client.ok("GET", f"/v1/orders/{order['id']}")["status"] == "paid"
    status, answer = client.try_control("checkout/pay", wanted)
    assert (status, answer["error"]["reason"]) == (400, "order_already_paid")
    card = client.api("GET", f"/v1/payments/{paid['id']}/card")[1]
    assert card.get("last4") == ("1005" if method == "card" else None)
    if method == "card":
        expanded = client.ok("GET", f"/v1/payments/{paid['id']}", **{"expand[]": "card"})
        assert expanded["card"] == card == {**card, "network": "RuPay"}
        assert "number" not in str(client.state())


@pytest.mark.parametrize(
    ("method", "details"),
    [
        ("cash", {}),
        ("card", {"number": "4111111111111112"}),
        ("card", {"number": 5}),
        ("card", {"pin": 5}),
        ("netbanking", {"bank": "X"}),
        ("netbanking", {"bank": []}),
        ("wallet", {"wallet": []}),
        ("upi", {"vpa": "x"}),
        ("upi", []),
    ],
)
def test_impossible_ways_to_pay_are_refused(
    client: SandboxClient, method: str, details: object
) -> None:
    order = client.order()
    wanted = {"order_id": order["id"], "method": method, "details": details}
    assert client.try_control("checkout/pay", wanted)[0] == 400
    assert client.ok("GET", f"/v1/orders/{order['id']}")["attempts"] == 0


def test_what_is_not_answered_yet_is_in_progress(client: SandboxClient) -> None:
    payment = client.pay(client.code(50000)[1])
    path, key = f"/v1/payments/{payment['id']}/refund", "refund-of-asha-1"
    headers = {**client.auth, "X_Refund_Idempotency": key}
    client.arm_fault("POST", path, "slow", delay_s=0.5)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.send, "POST", path, b'{"amount": 100}', **headers)
        while client.state()["refunds"] == []:
            pass
        status, _, body = client.send("POST", path, b'{"amount": 100}', **headers)
        assert status == 409
        assert b"still in progress" in body
        done = first.result()[2]
    assert client.send("POST", path, b'{"amount": 100}', **headers)[2] == done


def test_orders_are_filtered_by_what_was_authorised(client: SandboxClient) -> None:
    orders = [client.order() for _ in range(4)]
    client.pay(client.intent(orders[0])["link"])
    client.pay(client.intent(orders[2])["link"], "authorized")
    client.pay(client.intent(orders[3])["link"], "failure")
    found = {
        flag: [o["id"] for o in client.ok("GET", "/v1/orders", authorized=flag)["items"]]
        for flag in (0, 1)
    }
    assert found[1] == [orders[2]["id"], orders[0]["id"]]
    assert found[0] == [orders[3]["id"], orders[1]["id"]]
