"""Timed changes. The clock is moved, never waited for."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient

DAY = 86_400


def test_times_and_the_date_header_follow_the_clock(client: SandboxClient) -> None:
    before = client.now()
    client.advance(10 * DAY)
    assert client.order()["created_at"] - before >= 10 * DAY

    _, headers, _ = client.send("GET", "/v1/orders", **client.auth)
    date = parsedate_to_datetime(headers["Date"]).timestamp()
    assert abs(date - client.now()) <= 2


@pytest.mark.parametrize("body", [{}, {"advance_s": -1}, {"advance_s": 1.5}, {"advance_s": True}])
def test_the_clock_goes_forward_in_whole_seconds(
    client: SandboxClient, body: dict[str, object]
) -> None:
    status, answer = client.try_control("clock", body)
    assert (status, list(answer)) == (400, ["error"])


def test_the_clock_has_an_end(client: SandboxClient) -> None:
    assert client.try_control("clock", {"advance_s": 10**10})[0] == 400


def test_an_unanswered_payment_fails_after_ten_minutes(client: SandboxClient) -> None:
    _, code = client.code()
    assert client.pay(code, "timeout")["status"] == "created"
    key = client.state()["payments"][0]["id"]

    client.advance(595)
    assert client.ok("GET", f"/v1/payments/{key}")["status"] == "created"
    client.advance(5)
    failed = client.ok("GET", f"/v1/payments/{key}")
    assert (failed["status"], failed["error_reason"]) == ("failed", "payment_timed_out")
    assert client.pay(code)["status"] == "captured"


def test_late_money_is_captured_in_its_time(client: SandboxClient) -> None:
    order, code = client.code()
    assert client.pay(code, "late", after_s=2 * DAY)["status"] == "failed"

    client.advance(2 * DAY - 10)
    assert client.ok("GET", f"/v1/orders/{order['id']}")["status"] == "attempted"
    client.advance(10)
    payment = client.ok("GET", f"/v1/orders/{order['id']}/payments")["items"][0]
    assert (payment["status"], payment["captured"]) == ("captured", True)
    assert client.ok("GET", f"/v1/orders/{order['id']}")["status"] == "paid"


def test_late_money_for_a_paid_order_goes_back(client: SandboxClient) -> None:
    order, code = client.code()
    late = client.pay(code, "late", after_s=DAY)
    client.pay(client.intent(order)["link"])
    client.advance(DAY)

    payment = client.ok("GET", f"/v1/payments/{late['id']}")
    assert (payment["status"], payment["captured"]) == ("refunded", True)


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("success", "captured"), ("failure", "failed"), ("authorized", "authorized")],
)
def test_an_outcome_may_come_after_some_seconds(
    client: SandboxClient, outcome: str, status: str
) -> None:
    _, code = client.code()
    payment = client.pay(code, outcome, after_s=30)
    assert payment["status"] == "created"
    client.advance(30)
    assert client.ok("GET", f"/v1/payments/{payment['id']}")["status"] == status


def test_a_slow_success_may_come_after_the_time_out(client: SandboxClient) -> None:
    _, code = client.code()
    key = client.pay(code, after_s=700)["id"]
    client.advance(650)
    assert client.ok("GET", f"/v1/payments/{key}")["status"] == "failed"
    client.advance(50)
    assert client.ok("GET", f"/v1/payments/{key}")["status"] == "captured"


def test_an_uncaptured_payment_goes_back_after_three_days(client: SandboxClient) -> None:
    order, code = client.code()
    key = client.pay(code, "authorized")["id"]
    client.advance(3 * DAY - 10)
    assert client.ok("GET", f"/v1/payments/{key}")["status"] == "authorized"
    client.advance(10)

    payment = client.ok("GET", f"/v1/payments/{key}")
    assert (payment["status"], payment["captured"]) == ("refunded", False)
    assert client.ok("GET", f"/v1/orders/{order['id']}")["status"] == "attempted"


def test_an_orders_own_patience(client: SandboxClient) -> None:
    rule = {"capture": "manual", "capture_options": {"manual_expiry_period": 20}}
    _, code = client.code(payment=rule)
    key = client.pay(code)["id"]
    client.advance(20 * 60)
    assert client.ok("GET", f"/v1/payments/{key}")["status"] == "refunded"


def test_a_late_yes_is_not_captured_by_the_orders_own_rule(client: SandboxClient) -> None:
    options = {"automatic_expiry_period": 12, "manual_expiry_period": 60}
    _, code = client.code(payment={"capture": "automatic", "capture_options": options})
    key = client.pay(code, "late", after_s=13 * 60)["id"]
    client.advance(13 * 60)
    assert client.ok("GET", f"/v1/payments/{key}")["status"] == "authorized"
    client.advance(60 * 60)
    assert client.ok("GET", f"/v1/payments/{key}")["status"] == "refunded"


def test_a_qr_code_closes_at_its_time(client: SandboxClient) -> None:
    qr = client.qr_code(close_by=client.now() + 600)
    client.advance(610)
    closed = client.ok("GET", f"/v1/payments/qr_codes/{qr['id']}")
    assert closed["status"] == "closed"
    assert (closed["closed_at"], closed["close_reason"]) == (qr["close_by"], None)


def test_a_link_expires_at_its_time(client: SandboxClient) -> None:
    link = client.link(expire_by=client.now() + 1000)
    client.advance(1001)
    expired = client.ok("GET", f"/v1/payment_links/{link['id']}")
    assert (expired["status"], expired["expired_at"]) == ("expired", link["expire_by"])


def test_a_refund_arrives_within_the_hour(client: SandboxClient) -> None:
    _, code = client.code()
    payment = client.pay(code)
    refund = client.ok("POST", f"/v1/payments/{payment['id']}/refund", {})
    assert refund["status"] == "pending"
    client.advance(3600)
    done = client.ok("GET", f"/v1/refunds/{refund['id']}")
    assert done["status"] == "processed"
    assert done["acquirer_data"]["arn"]


def test_things_happen_in_their_order_in_one_jump(client: SandboxClient) -> None:
    order, code = client.code()
    other = client.intent(order)["link"]
    second = client.pay(other, "late", after_s=7200)["id"]
    first = client.pay(code, "late", after_s=3600)["id"]
    client.advance(DAY)

    assert client.ok("GET", f"/v1/payments/{first}")["status"] == "captured"
    assert client.ok("GET", f"/v1/payments/{second}")["status"] == "refunded"
    refund = client.ok("GET", "/v1/refunds")["items"][0]
    assert refund["status"] == "processed"
    assert 7190 <= refund["created_at"] - order["created_at"] <= 7210
