"""Payment links: the resource, its refusals, and the hosted page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.sandbox.banking_days import day_of

if TYPE_CHECKING:
    from .sandbox_client import SandboxClient

BASE = "/v1/payment_links"


def test_a_link_looks_like_razorpays(client: SandboxClient) -> None:
    link = client.link(
        20000,
        reference_id="ENR-1",
        description="Fee",
        customer={"contact": "+919876543210", "email": "parent@example.com"},
        notify={"sms": False, "email": False},
        reminder_enable=False,
    )
    assert re.fullmatch(r"plink_[0-9A-Za-z]{14}", link["id"])
    assert link["short_url"].startswith(client.server.url)
    assert link["created_at"] == link["updated_at"]
    rest = {k: link[k] for k in set(link) - {"id", "short_url", "created_at", "updated_at"}}
    assert rest == {
        "accept_partial": False,
        "amount": 20000,
        "amount_paid": 0,
        "cancelled_at": 0,
        "currency": "INR",
        "customer": {"contact": "+919876543210", "email": "parent@example.com"},
        "description": "Fee",
        "expire_by": 0,
        "expired_at": 0,
        "first_min_partial_amount": 0,
        "notes": None,
        "notify": {"email": False, "sms": False},
        "payments": None,
        "reference_id": "ENR-1",
        "reminder_enable": False,
        "reminders": [],
        "status": "created",
        "upi_link": False,
        "user_id": "",
    }


def test_the_order_is_made_when_somebody_opens_the_link(client: SandboxClient) -> None:
    link = client.link()
    assert "order_id" not in client.ok("GET", f"{BASE}/{link['id']}")
    seen = client.control("upi/scan", {"qr": link["short_url"]})
    assert (seen["payable"], seen["amount"]) == (True, 70000)
    order_id = client.ok("GET", f"{BASE}/{link['id']}")["order_id"]
    assert client.ok("GET", f"/v1/orders/{order_id}")["amount"] == 70000


def test_paying_a_link(client: SandboxClient) -> None:
    link = client.link(notes={"a": "b"})
    failed = client.pay(link["short_url"], "failure")
    payment = client.pay(link["short_url"])

    assert payment["id"] == failed["id"]
    assert payment["notes"] == {"a": "b"}
    paid = client.ok("GET", f"{BASE}/{link['id']}")
    assert (paid["status"], paid["amount_paid"]) == ("paid", 70000)
    assert paid["order_id"] == payment["order_id"]
    (row,) = paid["payments"]
    assert row.pop("created_at") >= link["created_at"]
    assert row == {
        "amount": 70000,
        "method": "upi",
        "payment_id": payment["id"],
        "status": "captured",
    }
    assert client.pay(link["short_url"])["status"] == "refunded"


def test_parts_of_a_link(client: SandboxClient) -> None:
    link = client.link(accept_partial=True, first_min_partial_amount=20000)
    small = {"qr": link["short_url"], "amount": 10000}
    assert client.try_control("upi/pay", small)[0] == 400
    client.pay(link["short_url"], amount=20000)
    part = client.ok("GET", f"{BASE}/{link['id']}")
    assert (part["status"], part["amount_paid"]) == ("partially_paid", 20000)
    assert client.refusal("POST", f"{BASE}/{link['id']}/cancel").startswith(
        "cannot cancel or expire an"
    )
    client.pay(link["short_url"])
    assert client.ok("GET", f"{BASE}/{link['id']}")["status"] == "paid"


def test_each_part_of_a_link_is_told_and_settled(client: SandboxClient) -> None:
    hook = {"url": "http://127.0.0.1:9/x", "secret": "s", "events": ["*"]}
    client.control("webhooks", hook)
    link = client.link(accept_partial=True, reference_id="R-7")
    parts = [client.pay(link["short_url"], amount=paise) for paise in (10000, 25000)]
    parts.append(client.pay(link["short_url"]))
    assert [part["amount"] for part in parts] == [10000, 25000, 35000]
    told = [d["payload"] for d in client.state()["deliveries"] if "payment_link." in d["event"]]
    seen = [(t["event"], t["payload"]["payment_link"]["entity"]["amount_paid"]) for t in told]
    assert seen == [
        ("payment_link.partially_paid", 10000),
        ("payment_link.partially_paid", 35000),
        ("payment_link.paid", 70000),
    ]
    shown = client.ok("GET", f"{BASE}/{link['id']}")
    assert [row["payment_id"] for row in shown["payments"]] == [part["id"] for part in parts]
    [order] = client.ok("GET", "/v1/orders")["items"]
    assert (order["id"], order["status"], order["attempts"]) == (shown["order_id"], "paid", 3)
    assert client.control("settlements", {})["amount"] == 70000
    day = day_of(client.now())
    asked = {"year": day.year, "month": day.month, "day": day.day}
    rows = client.ok("GET", "/v1/settlements/recon/combined", **asked)["items"]
    assert {row["order_receipt"] for row in rows} == {"R-7"}


def test_the_first_part_has_its_least_amount_by_any_method(client: SandboxClient) -> None:
    link = client.link(accept_partial=True, first_min_partial_amount=20000)
    client.control("upi/scan", {"qr": link["short_url"]})
    order_id = client.ok("GET", f"{BASE}/{link['id']}")["order_id"]
    wanted = {"order_id": order_id, "method": "card"}
    assert client.try_control("checkout/pay", {**wanted, "amount": 19999})[0] == 400
    client.control("checkout/pay", {**wanted, "amount": 20000})
    client.control("checkout/pay", {**wanted, "amount": 100})
    assert client.ok("GET", f"{BASE}/{link['id']}")["amount_paid"] == 20100


def test_parts_are_allowed_and_forbidden_after_the_link_was_opened(client: SandboxClient) -> None:
    link = client.link()
    client.control("upi/scan", {"qr": link["short_url"]})
    path = f"{BASE}/{link['id']}"
    wanted = {
        "order_id": client.ok("GET", path)["order_id"], "method": "card", "amount": 10000,
    }  # fmt: skip
    assert client.try_control("checkout/pay", wanted)[0] == 400
    client.ok("PATCH", path, {"accept_partial": True})
    client.control("checkout/pay", wanted)
    client.ok("PATCH", path, {"accept_partial": False})
    assert client.try_control("checkout/pay", wanted)[0] == 400
    assert client.ok("GET", path)["status"] == "partially_paid"


def test_a_link_that_expires_keeps_the_parts_that_it_got(client: SandboxClient) -> None:
    link = client.link(accept_partial=True, expire_by=client.now() + 1000)
    client.pay(link["short_url"], amount=10000)
    client.advance(1000)
    shown = client.ok("GET", f"{BASE}/{link['id']}")
    assert (shown["status"], shown["amount_paid"]) == ("expired", 10000)
    assert client.try_control("upi/pay", {"qr": link["short_url"]})[0] == 400
    assert client.control("balances")["online"]["unsettled"] == 10000


def test_lists_stand_under_their_own_name(client: SandboxClient) -> None:
    first, second = client.link(reference_id="A"), client.link(reference_id="AB")
    payment = client.pay(first["short_url"])

    def ids(**query: object) -> list[str]:
        answer = client.ok("GET", BASE, **query)
        assert list(answer) == ["payment_links"]
        return [link["id"] for link in answer["payment_links"]]

    assert ids() == [second["id"], first["id"]]
    assert ids(reference_id="A") == [first["id"]]
    assert ids(reference_id="none") == []
    assert ids(payment_id=payment["id"]) == [first["id"]]


def test_changes(client: SandboxClient) -> None:
    path = f"{BASE}/{client.link(reference_id='A')['id']}"
    client.link(reference_id="B")
    expiry = client.now() + 2000
    changed = client.ok(
        "PATCH", path, {"reference_id": "C", "expire_by": expiry, "notes": {"x": "y"}}
    )
    assert (changed["reference_id"], changed["expire_by"]) == ("C", expiry)
    assert changed["notes"] == {"x": "y"}
    assert client.refusal("PATCH", path, {"reference_id": "B"}).startswith(
        "payment link creation with"
    )
    assert client.refusal("PATCH", path, {"amount": 1}).startswith("amount is/are not required")


def test_cancelling(client: SandboxClient) -> None:
    link = client.link()
    path = f"{BASE}/{link['id']}"
    cancelled = client.ok("POST", f"{path}/cancel")
    assert cancelled["status"] == "cancelled"
    assert cancelled["cancelled_at"] > 0
    assert client.try_control("upi/pay", {"qr": link["short_url"]})[0] == 400
    words = client.refusal("PATCH", path, {"notes": {}})
    assert words == "update can only be made in created or partially paid state"


def test_cancelling_too_late(client: SandboxClient) -> None:
    paid, expired = client.link(), client.link(expire_by=client.now() + 1000)
    client.pay(paid["short_url"])
    client.advance(1001)
    assert client.refusal("POST", f"{BASE}/{paid['id']}/cancel") == (
        "cannot cancel or expire an already paid/partially paid link"
    )
    assert client.refusal("POST", f"{BASE}/{expired['id']}/cancel") == (
        "cannot cancel or expire an expired link"
    )


def test_messages(client: SandboxClient) -> None:
    path = f"{BASE}/{client.link()['id']}/notify_by"
    assert client.ok("POST", f"{path}/sms") == {"success": True}
    assert client.refusal("POST", f"{path}/pigeon") == "not a valid notification medium"
    words = client.refusal("POST", f"{BASE}/link_QX7wiVUHdcOOoW/notify_by/sms")
    assert words == "invalid input [id] = [link_QX7wiVUHdcOOoW]"


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"amount": None}, "amount: cannot be blank."),
    ({"amount": 99}, "amount: must be no less than 100."),
    ({"amount": 50_000_001}, "amount exceeds maximum amount allowed."),
    ({"amount": "1,00"}, 'amount: expected integer but provided "1,00"'),
    ({"reference_id": "x" * 41}, "reference_id: the length must be no more than 40."),
    ({"description": "x" * 2049}, "description: the length must be no more than 2048."),
    ({"notes": {"a": "x" * 256}}, "value: the length must not be greater than 255."),
    ({"expire_by": 1_000_000_000}, "expire_by: timestamp must be atleast 15 minutes in future"),
    ({"upi_link": True}, "UPI Payment Links is not supported in Test Mode."),
    ({"upi_link": True, "accept_partial": True}, "partial payment not supported in upi link"),
    (
        {"upi_link": True, "currency": "USD"},
        "upi is currently supported only in indian currency",
    ),
    ({"colour": 1}, "colour is/are not required and should not be sent"),
    ({"customer": []}, "customer: expected object but provided []"),
    ({"callback_url": "javascript:1"}, "callback_url: must be a valid URL."),
    ({"callback_url": "http://a\r\nX: y"}, "callback_url: must be a valid URL."),
    ({"first_min_partial_amount": 100}, "first_min_partial_amount: accept_partial must be true."),
]


@pytest.mark.parametrize(("change", "words"), REFUSALS)
def test_wrong_links_are_refused_in_that_services_way(
    client: SandboxClient, change: dict[str, Any], words: str
) -> None:
    error = client.refused("POST", BASE, {"amount": 70000, "currency": "INR", **change})
    assert error["description"].startswith(words)
    assert (error["metadata"], error["reason"], error["source"]) == ([], None, None)


def test_a_reference_is_used_once(client: SandboxClient) -> None:
    client.link(reference_id="A")
    asked = {"amount": 70000, "currency": "INR", "reference_id": "A"}
    words = client.refusal("POST", BASE, asked)
    assert words == "payment link creation with reference ID already attempted"


@pytest.mark.parametrize("end", ["cancelled", "expired"])
def test_money_that_comes_after_the_end_goes_back(client: SandboxClient, end: str) -> None:
    link = client.link(expire_by=client.now() + 1000)
    key = client.pay(link["short_url"], after_s=2000)["id"]
    if end == "cancelled":
        client.ok("POST", f"/v1/payment_links/{link['id']}/cancel")
    client.advance(2000)
    over = client.ok("GET", f"/v1/payment_links/{link['id']}")
    assert (over["status"], over["amount_paid"], over["payments"]) == (end, 0, [])
    late = client.ok("GET", f"/v1/payments/{key}")
    assert (late["status"], late["captured"], late["refund_status"]) == ("refunded", True, "full")
