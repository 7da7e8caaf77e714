"""Settlements: created by the clock on banks' working days, with sums exact to the paisa."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.sandbox.banking_days import (
    INDIA,
    day_of,
    is_working,
    next_moment,
    settles_at,
    start_of,
)

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=INDIA).timestamp())


@pytest.mark.parametrize(
    ("captured", "settled"),
    [
        ("2026-11-16 12:00", "2026-11-18 10:00"),  # Monday: Wednesday
        ("2026-11-19 23:59", "2026-11-21 10:00"),  # Thursday: the third Saturday, a working day
        ("2026-11-12 12:00", "2026-11-16 10:00"),  # Thursday: not the second Saturday, but Monday
        ("2026-11-27 12:00", "2026-12-01 10:00"),  # Friday: over the fourth Saturday and Sunday
        ("2026-11-15 12:00", "2026-11-17 10:00"),  # Sunday: Monday and Tuesday are the two
    ],
)
def test_two_working_days_later(captured: str, settled: str) -> None:
    assert settles_at(instant(captured)) == instant(settled)


def test_next_moments_fall_on_working_days() -> None:
    at = instant("2026-11-13 09:59")
    assert next_moment(at) == instant("2026-11-13 10:00")
    assert next_moment(next_moment(at)) == instant("2026-11-16 10:00")
    assert not is_working(date(2026, 11, 28))
    assert is_working(date(2026, 11, 7))
    assert start_of(day_of(at)) == instant("2026-11-13 00:00")


def recon(client: SandboxClient, **query: object) -> list[dict[str, Any]]:
    listed = client.ok("GET", "/v1/settlements/recon/combined", **query)
    assert listed["count"] == len(listed["items"])
    return list(listed["items"])


def settle(client: SandboxClient, days: int = 8) -> None:
    client.advance(days * 86_400)


def month_of(at: int) -> dict[str, object]:
    day = day_of(at)
    return {"year": day.year, "month": f"{day.month:02d}"}


def test_a_payment_reaches_the_bank(client: SandboxClient) -> None:
    order = client.order(100000, receipt="R-1")
    paid_by = {"order_id": order["id"], "method": "card", "payer": {"notes": {"row": "1"}}}
    payment = client.control("checkout/pay", paid_by)
    assert client.ok("GET", "/v1/settlements")["count"] == 0
    settle(client)
    (settlement,) = client.ok("GET", "/v1/settlements")["items"]
    assert settlement["amount"] == 100000 - payment["fee"] == 100000 - 2360
    assert (settlement["fees"], settlement["tax"]) == (2360, 360)
    assert settlement["created_at"] == settles_at(payment["created_at"])
    assert client.ok("GET", f"/v1/settlements/{settlement['id']}") == settlement

    asked = month_of(settlement["created_at"])
    (row,) = recon(client, **asked)
    assert row["entity_id"] == payment["id"]
    assert (row["credit"], row["debit"], row["amount"]) == (97640, 0, 100000)
    assert (row["order_id"], row["order_receipt"]) == (order["id"], "R-1")
    assert (row["settlement_id"], row["settlement_utr"]) == (settlement["id"], settlement["utr"])
    assert json.loads(row["notes"]) == payment["notes"]
    day = day_of(settlement["created_at"])
    assert recon(client, **asked, day=day.day) == [row]
    other = day - timedelta(days=1)
    assert recon(client, year=other.year, month=other.month, day=other.day) == []


def test_refunds_and_lost_disputes_are_taken_off(client: SandboxClient) -> None:
    first = client.checkout(100000)
    client.checkout(300000)
    client.ok("POST", f"/v1/payments/{first['id']}/refund", {"amount": 5000})
    dispute = client.control("disputes", {"payment_id": first["id"], "amount": 7000})
    client.ok("POST", f"/v1/disputes/{dispute['id']}/accept")
    settle(client)
    rows = [
        row
        for s in client.ok("GET", "/v1/settlements")["items"]
        for row in recon(client, **month_of(s["created_at"]), count=100)
        if row["settlement_id"] == s["id"]
    ]
    net = sum(s["amount"] for s in client.ok("GET", "/v1/settlements")["items"])
    assert sum(r["credit"] - r["debit"] for r in rows) == net
    assert net == 400000 - (2360 + 7080) - 5000 - 7000
    assert sorted(r["type"] for r in rows) == ["adjustment", "payment", "payment", "refund"]
    (adjustment,) = (r for r in rows if r["type"] == "adjustment")
    assert adjustment["dispute_id"] == dispute["id"]
    assert adjustment["entity_id"].startswith("adj_")


def test_nothing_is_settled_that_would_be_a_debt(client: SandboxClient) -> None:
    payment = client.checkout(1000)
    client.ok("POST", f"/v1/payments/{payment['id']}/refund")
    settle(client, 30)
    assert client.ok("GET", "/v1/settlements")["count"] == 0
    client.checkout(50000)
    settle(client)
    (settlement,) = client.ok("GET", "/v1/settlements")["items"]
    assert settlement["amount"] == (1000 - 24) + (50000 - 1180) - 1000


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"year": 2026}, "The month field is required."),
        ({"month": 1}, "The year field is required."),
        ({"year": 2026, "month": 13}, "The month is not a valid month."),
        ({"year": 2026, "month": 2, "day": 30}, "The day is not a valid day."),
        ({"year": 1, "month": 2}, "The year is not a valid year."),
        ({"year": 2026, "month": 2, "count": 1001}, "The count may not be greater than 1000."),
        ({"year": 2026, "month": 2, "count": 0}, "The count must be at least 1."),
        ({"year": 2026, "month": "x"}, "The month must be an integer."),
    ],
)
def test_recon_refuses(client: SandboxClient, query: dict[str, object], words: str) -> None:
    assert client.refusal("GET", "/v1/settlements/recon/combined", **query) == words
