"""Customers, disputes and downtimes: what a client may do, and what control brings about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .sandbox_client import Till

ASHA = {"name": "Asha Rao", "email": "asha@example.com", "contact": "+919000000001"}


def test_a_customer_is_made_once(till: Till) -> None:
    made = till.ok("POST", "/v1/customers", {**ASHA, "notes": {"a": "b"}})
    assert made["notes"] == {"a": "b"}
    assert till.ok("GET", f"/v1/customers/{made['id']}") == made
    again = {**ASHA, "name": "Asha R"}
    assert till.why("POST", "/v1/customers", again) == "Customer already exists for the merchant"
    for no in ("0", 0, False):
        assert till.ok("POST", "/v1/customers", {**again, "fail_existing": no}) == made
    assert till.ok("GET", "/v1/customers")["items"] == [made]


def test_a_customer_is_edited(till: Till) -> None:
    made = till.ok("POST", "/v1/customers", ASHA)
    other = till.ok("POST", "/v1/customers", {"contact": "9000000002"})
    path = f"/v1/customers/{made['id']}"
    assert till.ok("PUT", path, {"name": "Asha"})["email"] == ASHA["email"]
    assert till.ok("GET", path)["name"] == "Asha"
    same = {"contact": "9000000002"}
    assert till.ok("PUT", f"/v1/customers/{other['id']}", same)["contact"] == "9000000002"
    clash = {k: ASHA[k] for k in ("email", "contact")}
    assert "already exists" in till.why("PUT", f"/v1/customers/{other['id']}", clash)


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
def test_wrong_customers_are_refused(till: Till, body: dict[str, object], field: str) -> None:
    assert till.refused("POST", "/v1/customers", body)["field"] == field


def test_a_dispute_is_contested_and_won(till: Till) -> None:
    payment = till.pay(till.code(50000)[1])
    opened = till.control("disputes", {"payment_id": payment["id"], "phase": "fraud"})
    assert (opened["status"], opened["phase"], opened["amount"]) == ("open", "fraud", 50000)
    path = f"/v1/disputes/{opened['id']}"
    draft = {"summary": "was taught", "shipping_proof": ["doc_EFtmUsbwpXwBH9"], "amount": 40000}
    kept = till.ok("PATCH", f"{path}/contest", draft)
    assert (kept["status"], kept["evidence"]["amount"]) == ("open", 40000)
    sent = till.ok("PATCH", f"{path}/contest", {"action": "submit"})
    assert sent["status"] == "under_review"
    assert sent["evidence"]["submitted_at"] == till.now()
    assert "under_review" in till.why("POST", f"{path}/accept")
    till.control(f"disputes/{opened['id']}", {"status": "won"})
    assert till.ok("GET", "/v1/disputes")["items"][0]["status"] == "won"
    assert till.ok("GET", path, **{"expand[]": "payment"})["payment"]["id"] == payment["id"]
    assert till.refused("GET", path, **{"expand[]": "x"})["field"] == "expand.0"
    assert till.try_control(f"disputes/{opened['id']}", {"status": "lost"})[0] == 400


def test_a_dispute_nobody_answers_is_lost(till: Till) -> None:
    payment = till.pay(till.code(50000)[1])
    opened = till.control("disputes", {"payment_id": payment["id"], "amount": 100})
    till.advance(7 * 86_400)
    lost = till.ok("GET", f"/v1/disputes/{opened['id']}")
    assert (lost["status"], lost["amount_deducted"]) == ("lost", 100)


@pytest.mark.parametrize(
    "body",
    [
        {"summary": 5},
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
def test_wrong_evidence_is_refused(till: Till, body: dict[str, object]) -> None:
    payment = till.pay(till.code(50000)[1])
    opened = till.control("disputes", {"payment_id": payment["id"]})
    till.refused("PATCH", f"/v1/disputes/{opened['id']}/contest", body)


def test_downtimes_come_and_go(till: Till) -> None:
    down = till.control("downtimes", {"method": "netbanking", "instrument": {"bank": "HDFC"}})
    assert till.ok("GET", "/v1/payments/downtimes")["items"] == [down]
    till.control(f"downtimes/{down['id']}", {"status": "resolved"})
    assert till.ok("GET", "/v1/payments/downtimes")["count"] == 0
    gone = till.ok("GET", f"/v1/payments/downtimes/{down['id']}")
    assert (gone["status"], gone["end"]) == ("resolved", gone["updated_at"])
    assert till.try_control(f"downtimes/{down['id']}", {})[0] == 400
    planned = {"scheduled": True, "begin": till.now() + 100}
    assert till.control("downtimes", planned)["status"] == "scheduled"
    for wrong in ({"method": "x"}, {"instrument": 5}, {"begin": "x"}, {"x": 1}, {"severity": 1}):
        assert till.try_control("downtimes", wrong)[0] == 400


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
    till: Till, method: str, details: dict[str, str], shown: dict[str, object]
) -> None:
    order = till.order(50000)
    wanted = {"order_id": order["id"], "method": method, "details": details}
    failed = till.control("checkout/pay", {**wanted, "outcome": "failure"})
    assert (failed["status"], failed["error_reason"]) == ("failed", "payment_failed")
    paid = till.control("checkout/pay", wanted)
    assert (paid["status"], paid["method"]) == ("captured", method)
    assert shown.items() <= paid.items()
    assert ("upi" in paid) == (method == "upi")
    assert till.ok("GET", f"/v1/orders/{order['id']}")["status"] == "paid"
    status, answer = till.try_control("checkout/pay", wanted)
    assert (status, answer["error"]["reason"]) == (400, "order_already_paid")
    card = till.api("GET", f"/v1/payments/{paid['id']}/card")[1]
    assert card.get("last4") == ("1005" if method == "card" else None)
    if method == "card":
        expanded = till.ok("GET", f"/v1/payments/{paid['id']}", **{"expand[]": "card"})
        assert expanded["card"] == card == {**card, "network": "RuPay"}
        assert "number" not in str(till.state())


@pytest.mark.parametrize(
    ("method", "details"),
    [
        ("cash", {}),
        ("card", {"number": "4111111111111112"}),
        ("card", {"number": 5}),
        ("card", {"pin": 5}),
        ("netbanking", {"bank": "X"}),
        ("wallet", {"wallet": []}),
        ("upi", {"vpa": "x"}),
        ("upi", []),
    ],
)
def test_impossible_ways_to_pay_are_refused(till: Till, method: str, details: object) -> None:
    order = till.order()
    wanted = {"order_id": order["id"], "method": method, "details": details}
    assert till.try_control("checkout/pay", wanted)[0] == 400
    assert till.ok("GET", f"/v1/orders/{order['id']}")["attempts"] == 0


def test_what_is_not_answered_yet_is_in_progress(till: Till) -> None:
    payment = till.pay(till.code(50000)[1])
    path, key = f"/v1/payments/{payment['id']}/refund", "refund-of-asha-1"
    headers = {**till.auth, "X_Refund_Idempotency": key}
    till.spoil("POST", path, "slow", delay_s=0.5)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(till.send, "POST", path, b'{"amount": 100}', **headers)
        while till.state()["refunds"] == []:
            pass
        status, _, body = till.send("POST", path, b'{"amount": 100}', **headers)
        assert status == 409
        assert b"still in progress" in body
        done = first.result()[2]
    assert till.send("POST", path, b'{"amount": 100}', **headers)[2] == done


def test_orders_are_filtered_by_what_was_authorised(till: Till) -> None:
    orders = [till.order() for _ in range(4)]
    till.pay(till.intent(orders[0])["link"])
    till.pay(till.intent(orders[2])["link"], "authorized")
    till.pay(till.intent(orders[3])["link"], "failure")
    found = {
        flag: [o["id"] for o in till.ok("GET", "/v1/orders", authorized=flag)["items"]]
        for flag in (0, 1)
    }
    assert found[1] == [orders[2]["id"], orders[0]["id"]]
    assert found[0] == [orders[3]["id"], orders[1]["id"]]
