"""What the clock brings about. It is moved, never waited for."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .sandbox_client import Till

DAY = 86_400


def test_times_and_the_date_header_follow_the_clock(till: Till) -> None:
    before = till.now()
    till.advance(10 * DAY)
    assert till.order()["created_at"] - before >= 10 * DAY

    _, headers, _ = till.send("GET", "/v1/orders", **till.auth)
    date = parsedate_to_datetime(headers["Date"]).timestamp()
    assert abs(date - till.now()) <= 2


@pytest.mark.parametrize("body", [{}, {"advance_s": -1}, {"advance_s": 1.5}, {"advance_s": True}])
def test_the_clock_goes_forward_in_whole_seconds(till: Till, body: dict[str, object]) -> None:
    status, answer = till.try_control("clock", body)
    assert (status, list(answer)) == (400, ["error"])


def test_the_clock_has_an_end(till: Till) -> None:
    assert till.try_control("clock", {"advance_s": 10**10})[0] == 400


def test_an_unanswered_payment_fails_after_ten_minutes(till: Till) -> None:
    _, code = till.code()
    assert till.pay(code, "timeout")["status"] == "created"
    key = till.state()["payments"][0]["id"]

    till.advance(595)
    assert till.ok("GET", f"/v1/payments/{key}")["status"] == "created"
    till.advance(5)
    failed = till.ok("GET", f"/v1/payments/{key}")
    assert (failed["status"], failed["error_reason"]) == ("failed", "payment_timed_out")
    assert till.pay(code)["status"] == "captured"


def test_late_money_is_captured_in_its_time(till: Till) -> None:
    order, code = till.code()
    assert till.pay(code, "late", after_s=2 * DAY)["status"] == "failed"

    till.advance(2 * DAY - 10)
    assert till.ok("GET", f"/v1/orders/{order['id']}")["status"] == "attempted"
    till.advance(10)
    payment = till.ok("GET", f"/v1/orders/{order['id']}/payments")["items"][0]
    assert (payment["status"], payment["captured"]) == ("captured", True)
    assert till.ok("GET", f"/v1/orders/{order['id']}")["status"] == "paid"


def test_late_money_for_a_paid_order_goes_back(till: Till) -> None:
    order, code = till.code()
    late = till.pay(code, "late", after_s=DAY)
    till.pay(till.intent(order)["link"])
    till.advance(DAY)

    payment = till.ok("GET", f"/v1/payments/{late['id']}")
    assert (payment["status"], payment["captured"]) == ("refunded", True)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("success", "captured"), ("failure", "failed"), ("authorized", "authorized")],
)
def test_an_outcome_may_come_after_some_seconds(till: Till, outcome: str, status: str) -> None:
    _, code = till.code()
    payment = till.pay(code, outcome, after_s=30)
    assert payment["status"] == "created"
    till.advance(30)
    assert till.ok("GET", f"/v1/payments/{payment['id']}")["status"] == status


def test_a_slow_success_may_come_after_the_time_out(till: Till) -> None:
    _, code = till.code()
    key = till.pay(code, after_s=700)["id"]
    till.advance(650)
    assert till.ok("GET", f"/v1/payments/{key}")["status"] == "failed"
    till.advance(50)
    assert till.ok("GET", f"/v1/payments/{key}")["status"] == "captured"


def test_an_uncaptured_payment_goes_back_after_three_days(till: Till) -> None:
    order, code = till.code()
    key = till.pay(code, "authorized")["id"]
    till.advance(3 * DAY - 10)
    assert till.ok("GET", f"/v1/payments/{key}")["status"] == "authorized"
    till.advance(10)

    payment = till.ok("GET", f"/v1/payments/{key}")
    assert (payment["status"], payment["captured"]) == ("refunded", False)
    assert till.ok("GET", f"/v1/orders/{order['id']}")["status"] == "attempted"


def test_an_orders_own_patience(till: Till) -> None:
    rule = {"capture": "manual", "capture_options": {"manual_expiry_period": 20}}
    _, code = till.code(payment=rule)
    key = till.pay(code)["id"]
    till.advance(20 * 60)
    assert till.ok("GET", f"/v1/payments/{key}")["status"] == "refunded"


def test_a_late_yes_is_not_captured_by_the_orders_own_rule(till: Till) -> None:
    options = {"automatic_expiry_period": 12, "manual_expiry_period": 60}
    _, code = till.code(payment={"capture": "automatic", "capture_options": options})
    key = till.pay(code, "late", after_s=13 * 60)["id"]
    till.advance(13 * 60)
    assert till.ok("GET", f"/v1/payments/{key}")["status"] == "authorized"
    till.advance(60 * 60)
    assert till.ok("GET", f"/v1/payments/{key}")["status"] == "refunded"


def test_a_qr_code_closes_at_its_time(till: Till) -> None:
    qr = till.qr_code(close_by=till.now() + 600)
    till.advance(610)
    closed = till.ok("GET", f"/v1/payments/qr_codes/{qr['id']}")
    assert closed["status"] == "closed"
    assert (closed["closed_at"], closed["close_reason"]) == (qr["close_by"], None)


def test_a_link_expires_at_its_time(till: Till) -> None:
    link = till.link(expire_by=till.now() + 1000)
    till.advance(1001)
    expired = till.ok("GET", f"/v1/payment_links/{link['id']}")
    assert (expired["status"], expired["expired_at"]) == ("expired", link["expire_by"])


def test_a_refund_arrives_within_the_hour(till: Till) -> None:
    _, code = till.code()
    payment = till.pay(code)
    refund = till.ok("POST", f"/v1/payments/{payment['id']}/refund", {})
    assert refund["status"] == "pending"
    till.advance(3600)
    done = till.ok("GET", f"/v1/refunds/{refund['id']}")
    assert done["status"] == "processed"
    assert done["acquirer_data"]["arn"]


def test_things_happen_in_their_order_in_one_jump(till: Till) -> None:
    order, code = till.code()
    other = till.intent(order)["link"]
    second = till.pay(other, "late", after_s=7200)["id"]
    first = till.pay(code, "late", after_s=3600)["id"]
    till.advance(DAY)

    assert till.ok("GET", f"/v1/payments/{first}")["status"] == "captured"
    assert till.ok("GET", f"/v1/payments/{second}")["status"] == "refunded"
    refund = till.ok("GET", "/v1/refunds")["items"][0]
    assert refund["status"] == "processed"
    assert 7190 <= refund["created_at"] - order["created_at"] <= 7210
