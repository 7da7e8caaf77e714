"""Money that the control plane moves: fees, balances, settlements, adjustments and refunds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.sandbox.banking_days import day_of, next_moment, settles_at
from desktop_app.sandbox.server import SandboxServer

from .sandbox_client import SandboxClient

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]
START = 100_000_000
DAY = 86_400


def balance(client: SandboxClient, channel: str = "online") -> int:
    """Return how much a channel's balance changed since the start."""
    return int(client.control("balances")[channel]["balance"]) - START


def unsettled(client: SandboxClient, channel: str = "online") -> int:
    return int(client.control("balances")[channel]["unsettled"])


def settlements(client: SandboxClient) -> list[Json]:
    """Return all settlements, oldest first."""
    return list(client.state()["settlements"])


def rows_of(client: SandboxClient, at: int) -> list[Json]:
    day = day_of(at)
    asked = {"year": day.year, "month": day.month, "day": day.day, "count": 1000}
    return list(client.ok("GET", "/v1/settlements/recon/combined", **asked)["items"])


def net(rows: list[Json]) -> int:
    return sum(row["credit"] - row["debit"] for row in rows)


def until(client: SandboxClient, at: int) -> None:
    client.advance(at - client.now())


def listen(client: SandboxClient, *events: str) -> None:
    """Record events at an endpoint that nobody answers."""
    hook = {"url": "http://127.0.0.1:9/x", "secret": "s", "events": list(events)}
    client.control("webhooks", hook)


def events(client: SandboxClient, kind: str) -> list[Json]:
    """Return the entities of a kind in the recorded events, oldest first, with their names."""
    sent = [delivery["payload"] for delivery in client.state()["deliveries"]]
    return [{"event": each["event"], **each["payload"][kind]["entity"]} for each in sent]


# Fees


def test_a_fee_depends_on_the_method_and_can_be_set(client: SandboxClient) -> None:
    by_upi = client.pay(client.code(1_416_000)[1])
    assert (by_upi["fee"], by_upi["tax"]) == (0, 0)
    by_card = client.checkout(1_416_000)
    assert (by_card["fee"], by_card["tax"]) == (33_418, 5098)
    changed = client.control("account", {"fees": {"netbanking": 190, "wallet": 0}})
    assert changed["fees"] == {"upi": 0, "card": 200, "netbanking": 190, "wallet": 0}
    by_bank = client.checkout(100_000, "netbanking")
    assert (by_bank["fee"], by_bank["tax"]) == (2242, 342)
    assert client.checkout(100_000, "wallet")["fee"] == 0


@pytest.mark.parametrize(
    ("bearer", "amount", "fee", "tax", "credit"),
    [
        ("platform", 100_000, 2360, 360, 97_640),
        ("customer_added", 102_360, 2360, 360, 100_000),
        ("customer_beside", 100_000, 0, 0, 100_000),
    ],
)
def test_the_merchant_gets_what_the_bearer_of_the_fee_leaves(
    client: SandboxClient, bearer: str, amount: int, fee: int, tax: int, credit: int
) -> None:
    client.control("account", {"fee_bearer": bearer})
    payment = client.checkout(100_000)
    assert (payment["amount"], payment["fee"]) == (amount, 2360)
    assert balance(client) == unsettled(client) == credit
    made = client.control("settlements", {})
    [row] = rows_of(client, client.now())
    assert (row["amount"], row["fee"], row["credit"]) == (amount, fee, credit)
    assert (row["tax"], made["amount"], made["fees"], made["tax"]) == (tax, credit, fee, tax)
    assert balance(client) == unsettled(client) == 0


# Balances, channels, adjustments


def test_machine_money_is_kept_and_settled_separately(client: SandboxClient) -> None:
    online = client.checkout(100_000)
    machine = client.control("pos/pay", {"amount": 50_000, "method": "card"})
    assert (machine["status"], machine["order_id"], machine["fee"]) == ("captured", None, 1180)
    rent = {"amount": 5000, "type": "debit", "description": "Device rent", "channel": "in_person"}
    client.control("adjustments", rent)
    assert balance(client) == unsettled(client) == 97_640
    assert balance(client, "in_person") == unsettled(client, "in_person") == 43_820

    until(client, settles_at(machine["created_at"], 1))
    [first] = settlements(client)
    assert (first["amount"], first["_channel"]) == (43_820, "in_person")
    kinds = {row["type"]: row for row in rows_of(client, client.now())}
    assert kinds["payment"]["entity_id"] == machine["id"]
    assert (kinds["adjustment"]["debit"], kinds["adjustment"]["description"]) == (
        5000,
        "Device rent",
    )
    until(client, settles_at(online["created_at"]))
    [_, second] = settlements(client)
    assert (second["amount"], "_channel" in second) == (97_640, False)
    assert first["utr"] != second["utr"]


def test_qr_codes_are_in_person_where_the_account_says_so(client: SandboxClient) -> None:
    client.pay(client.qr_code()["image_content"])
    client.control("account", {"qr_channel": "in_person"})
    client.pay(client.qr_code()["image_content"])
    assert balance(client) == balance(client, "in_person") == 30_000


def test_a_machine_can_decline(client: SandboxClient) -> None:
    wanted = {"amount": 5000, "outcome": "failure", "reason": "payment_declined"}
    failed = client.control("pos/pay", wanted)
    assert (failed["status"], failed["error_reason"]) == ("failed", "payment_declined")
    assert unsettled(client, "in_person") == 0


def test_machine_money_needs_no_capture(client: SandboxClient) -> None:
    client.control("account", {"auto_capture": False})
    paid = client.control("pos/pay", {"amount": 5000, "method": "upi"})
    assert (paid["status"], paid["vpa"]) == ("captured", "parent@okaxis")


def test_a_refund_draws_on_the_balance_of_its_channel(client: SandboxClient) -> None:
    machine = client.control("pos/pay", {"amount": 50_000})
    client.control("account", {"in_person_balance": 100, "balance": 10**9})
    path = f"/v1/payments/{machine['id']}/refund"
    assert "enough balance" in client.refusal("POST", path, {"amount": 20_000})
    client.control("account", {"in_person_balance": 20_000})
    client.ok("POST", path, {"amount": 20_000})
    assert client.control("balances")["in_person"]["balance"] == 0
    assert client.control("account")["balance"] == 10**9


def test_a_lost_dispute_and_an_instant_settlement_reduce_the_balance(
    client: SandboxClient,
) -> None:
    payment = client.pay(client.code(100_000)[1])
    dispute = client.control("disputes", {"payment_id": payment["id"], "amount": 7000})
    assert balance(client) == 100_000
    client.ok("POST", f"/v1/disputes/{dispute['id']}/accept")
    assert balance(client) == unsettled(client) == 93_000
    client.ok("POST", "/v1/settlements/ondemand", {"amount": 40_000})
    assert balance(client) == unsettled(client) == 53_000


def test_adjustments_go_both_ways_in_one_settlement(client: SandboxClient) -> None:
    """A UPI and a card payment, a refund and 10.12 in the merchant's favour: 25,995.94."""
    client.pay(client.code(1_416_000)[1])
    card = client.checkout(1_416_000)
    client.control("refunds", {"payment_id": card["id"], "amount": 200_000, "after_s": 0})
    made = client.control("adjustments", {"amount": 1012, "description": "test reason"})
    assert (made["type"], made["amount"], made["settlement_id"]) == ("credit", 1012, None)
    client.control("adjustments", {"amount": 500, "type": "debit"})
    client.control("adjustments", {"amount": 500})
    assert client.control("settlements", {})["amount"] == 2_599_594
    rows = rows_of(client, client.now())
    assert net(rows) == 2_599_594
    [row] = (r for r in rows if r["entity_id"] == made["id"])
    assert (row["type"], row["credit"], row["debit"], row["amount"]) == (
        "adjustment",
        1012,
        0,
        1012,
    )
    assert (row["description"], row["settlement_utr"]) == ("test reason", None)
    assert "credit_type" not in row
    assert balance(client) == 0


# Settlements


@pytest.mark.parametrize("most", [80_000, 90_000])
def test_a_settlement_is_limited_and_the_rest_goes_out_the_next_day(
    client: SandboxClient, most: int
) -> None:
    """500, 300 and 200 are paid and 100 returned: 500 + 300 settle, then 200 - 100."""
    first, *_ = [client.pay(client.code(paise)[1]) for paise in (50_000, 30_000, 20_000)]
    client.control("refunds", {"payment_id": first["id"], "amount": 10_000})
    client.control("account", {"settlements": {"most": most}})
    moment = settles_at(first["created_at"])
    until(client, moment)
    [part] = settlements(client)
    assert part["amount"] == 80_000
    assert (unsettled(client), balance(client)) == (10_000, 10_000)
    until(client, next_moment(moment))
    [_, rest] = settlements(client)
    assert rest["amount"] == 10_000
    assert sorted(row["type"] for row in rows_of(client, client.now())) == ["payment", "refund"]
    assert unsettled(client) == balance(client) == 0


def test_a_limit_below_the_oldest_payment_holds_everything_back(client: SandboxClient) -> None:
    client.pay(client.code(50_000)[1])
    client.control("account", {"settlements": {"most": 49_999}})
    client.advance(30 * DAY)
    assert settlements(client) == []
    client.control("account", {"settlements": {"most": None}})
    client.advance(4 * DAY)
    assert [s["amount"] for s in settlements(client)] == [50_000]


def test_a_failed_settlement_is_processed_later(client: SandboxClient) -> None:
    listen(client, "settlement.processed")
    client.control("account", {"settlements": {"outcome": "failed", "after_s": DAY}})
    payment = client.checkout(100_000)
    until(client, settles_at(payment["created_at"]))
    [failed] = settlements(client)
    made_at = client.now()
    assert failed["status"] == "failed"
    assert rows_of(client, made_at) == []
    assert (balance(client), unsettled(client)) == (97_640, 0)
    assert events(client, "settlement") == []

    client.advance(DAY)
    [done] = settlements(client)
    assert done["utr"] != failed["utr"]
    assert done == {**failed, "status": "processed", "utr": done["utr"]}
    assert rows_of(client, made_at) == []
    [row] = rows_of(client, client.now())
    assert (row["settled_at"], row["settlement_utr"]) == (made_at + DAY, done["utr"])
    assert balance(client) == 0
    assert events(client, "settlement") == [{"event": "settlement.processed", **done}]
    assert client.ok("GET", f"/v1/settlements/{done['id']}") == done


def test_a_settlement_on_its_way_is_decided_by_hand(client: SandboxClient) -> None:
    client.control("account", {"settlements": {"outcome": "created"}})
    client.checkout(100_000)
    made = client.control("settlements", {"channel": "online"})
    assert (made["status"], made["utr"]) == ("created", None)
    assert balance(client) == 0
    path = f"settlements/{made['id']}"
    assert client.control(path, {"status": "failed"})["status"] == "failed"
    assert balance(client) == 97_640
    client.advance(30 * DAY)
    assert client.ok("GET", f"/v1/settlements/{made['id']}")["status"] == "failed"
    assert client.control(path, {"status": "processed"})["status"] == "processed"
    assert balance(client) == 0
    for status in ("processed", "failed"):
        code, answer = client.try_control(path, {"status": status})
        assert (code, answer) == (400, {"error": "the settlement is processed already"})


def test_rows_of_a_settlement_come_in_two_parts(client: SandboxClient) -> None:
    client.control("account", {"settlements": {"recon_delay_s": 3600}})
    for paise in (10_000, 20_000, 30_000):
        client.pay(client.code(paise)[1])
    made = client.control("settlements", {})
    at = client.now()
    assert [row["credit"] for row in rows_of(client, at)] == [10_000]
    client.advance(3000)  # its clock runs on in the meantime
    assert len(rows_of(client, at)) == 1
    client.advance(600)
    rows = rows_of(client, at)
    assert net(rows) == made["amount"] == 60_000
    assert {row["settled_at"] for row in rows} == {at}


def test_nothing_to_settle_is_said(client: SandboxClient) -> None:
    assert client.try_control("settlements", {}) == (400, {"error": "nothing is to settle"})
    payment = client.pay(client.code(1000)[1])
    client.control("refunds", {"payment_id": payment["id"], "after_s": 0})
    assert client.try_control("settlements", {})[0] == 400


# Refunds from the dashboard


def refunded(client: SandboxClient, **more: object) -> tuple[Json, Json]:
    """Pay 500 by UPI and refund 200 from the dashboard."""
    listen(client, "refund.created", "refund.processed", "refund.failed")
    payment = client.pay(client.code(50_000)[1])
    refund = client.control("refunds", {"payment_id": payment["id"], "amount": 20_000, **more})
    return payment, refund


def check_payment(client: SandboxClient, payment: Json, *, refunded: int) -> None:
    now = client.ok("GET", f"/v1/payments/{payment['id']}")
    assert (now["amount_refunded"], now["status"]) == (refunded, "captured")
    assert now["refund_status"] == ("partial" if refunded else None)
    assert client.ok("GET", f"/v1/orders/{payment['order_id']}")["status"] == "paid"
    assert balance(client) == 50_000 - refunded


def test_a_refund_pends_until_it_is_decided(client: SandboxClient) -> None:
    payment, refund = refunded(client, outcome="pending", notes={"by": "dashboard"})
    assert refund["notes"] == {"by": "dashboard"}
    client.advance(7200)
    shown = client.ok("GET", f"/v1/refunds/{refund['id']}")
    assert (shown["status"], shown["acquirer_data"]) == ("pending", {"arn": None})
    check_payment(client, payment, refunded=20_000)
    done = client.control(f"refunds/{refund['id']}", {"status": "processed"})
    assert done["status"] == "processed"
    assert done["acquirer_data"]["arn"]
    check_payment(client, payment, refunded=20_000)
    names = [each["event"] for each in events(client, "refund")]
    assert names == ["refund.created", "refund.processed"]


def test_a_refund_fails_when_it_was_told_to(client: SandboxClient) -> None:
    payment, refund = refunded(client, outcome="failed", after_s=7200)
    client.advance(7199)
    check_payment(client, payment, refunded=20_000)
    client.advance(1)
    assert client.ok("GET", f"/v1/refunds/{refund['id']}")["status"] == "failed"
    check_payment(client, payment, refunded=0)
    [_, event] = events(client, "refund")
    assert (event["event"], event["status"]) == ("refund.failed", "failed")
    assert client.control("settlements", {})["amount"] == 50_000


def test_a_refund_fails_after_it_was_processed(client: SandboxClient) -> None:
    payment, refund = refunded(client, after_s=0)
    assert refund["status"] == "processed"
    check_payment(client, payment, refunded=20_000)
    failed = client.control(f"refunds/{refund['id']}", {"status": "failed"})
    assert failed["status"] == "failed"
    check_payment(client, payment, refunded=0)
    names = [each["event"] for each in events(client, "refund")]
    assert names == ["refund.created", "refund.processed", "refund.failed"]
    assert client.control("settlements", {})["amount"] == 50_000
    assert [row["type"] for row in rows_of(client, client.now())] == ["payment"]
    for status in ("failed", "processed"):
        code, answer = client.try_control(f"refunds/{refund['id']}", {"status": status})
        assert (code, answer) == (400, {"error": "the refund is failed already"})


def test_a_refund_that_fails_after_its_settlement_comes_back_as_an_adjustment(
    client: SandboxClient,
) -> None:
    payment, refund = refunded(client, after_s=0)
    assert client.control("settlements", {})["amount"] == 30_000
    assert balance(client) == 0
    client.control(f"refunds/{refund['id']}", {"status": "failed"})
    assert (balance(client), unsettled(client)) == (20_000, 20_000)
    assert client.ok("GET", f"/v1/payments/{payment['id']}")["amount_refunded"] == 0
    assert client.control("settlements", {})["amount"] == 20_000
    rows = [r for r in rows_of(client, client.now()) if r["type"] == "adjustment"]
    assert [(row["credit"], row["description"]) for row in rows] == [
        (20_000, f"Reversal of refund {refund['id']}")
    ]


def test_a_refund_of_the_api_is_decided_by_hand_too(client: SandboxClient) -> None:
    payment = client.pay(client.code(50_000)[1])
    refund = client.ok("POST", f"/v1/payments/{payment['id']}/refund", {})
    assert client.ok("GET", f"/v1/payments/{payment['id']}")["status"] == "refunded"
    client.control(f"refunds/{refund['id']}", {"status": "failed"})
    assert client.ok("GET", f"/v1/payments/{payment['id']}")["status"] == "captured"
    again = client.ok("POST", f"/v1/payments/{payment['id']}/refund", {"speed": "optimum"})
    assert (again["amount"], again["status"]) == (50_000, "processed")
    assert balance(client) == 0


def test_an_instant_refund_can_pend_and_fail(client: SandboxClient) -> None:
    payment, _ = refunded(client, speed="optimum", outcome="failed")
    check_payment(client, payment, refunded=0)
    body = {"payment_id": payment["id"], "speed": "optimum", "amount": 5000}
    for plan in ({"outcome": "pending"}, {"outcome": "pending", "after_s": 0}, {"after_s": 60}):
        assert client.control("refunds", {**body, **plan})["status"] == "pending"
    client.advance(7200)
    ends = [refund["status"] for refund in client.state()["refunds"]]
    assert ends == ["failed", "pending", "pending", "processed"]


def test_the_dashboard_is_refused_what_the_api_is(client: SandboxClient) -> None:
    payment = client.pay(client.code(50_000)[1], "authorized")
    status, answer = client.try_control("refunds", {"payment_id": payment["id"]})
    assert status == 400
    assert answer["error"]["description"].startswith("The payment status should be captured")


def test_a_return_of_uncaptured_money_cannot_fail(client: SandboxClient) -> None:
    client.pay(client.code(2468)[1], "authorized")
    client.advance(4 * DAY)
    [refund] = client.state()["refunds"]
    assert refund["status"] == "processed"
    status, answer = client.try_control(f"refunds/{refund['id']}", {"status": "failed"})
    assert (status, list(answer)) == (400, ["error"])


# Bad input, the state file


WRONG = [
    ("settlements", {"channel": "moon"}),
    ("settlements", {"at": 1}),
    ("settlements/setl_AAAAAAAAAAAAAA", {"status": "processed"}),
    ("adjustments", {}),
    ("adjustments", {"amount": 0}),
    ("adjustments", {"amount": -5}),
    ("adjustments", {"amount": 5, "type": "gift"}),
    ("adjustments", {"amount": 5, "channel": []}),
    ("adjustments", {"amount": 5, "description": "x" * 256}),
    ("adjustments", {"amount": 5, "colour": 1}),
    ("refunds", {}),
    ("refunds", {"payment_id": "pay_AAAAAAAAAAAAAA"}),
    ("refunds", {"payment_id": "PAID", "outcome": "lost"}),
    ("refunds", {"payment_id": "PAID", "after_s": -1}),
    ("refunds", {"payment_id": "PAID", "amount": 50_001}),
    ("refunds", {"payment_id": "PAID", "colour": 1}),
    ("refunds/rfnd_AAAAAAAAAAAAAA", {"status": "failed"}),
    ("pos/pay", {"amount": 99}),
    ("pos/pay", {"amount": 5000, "method": "cash"}),
    ("pos/pay", {"amount": 5000, "outcome": "late"}),
    ("pos/pay", {"amount": 5000, "reason": "bored"}),
    ("pos/pay", {"amount": 5000, "details": {"number": "1"}}),
    ("pos/pay", {"amount": 5000, "vpa": "x@y"}),
]


@pytest.mark.parametrize(("path", "body"), WRONG)
def test_wrong_input_changes_nothing(client: SandboxClient, path: str, body: Json) -> None:
    paid = client.pay(client.code(50_000)[1])
    before = client.state()
    named = {k: paid["id"] if v == "PAID" else v for k, v in body.items()}
    status, answer = client.try_control(path, named)
    assert (status, list(answer)) == (400, ["error"])
    assert client.state() == before


@pytest.mark.parametrize("status", ["created", "lost", None])
def test_refunds_and_settlements_become_processed_or_failed(
    client: SandboxClient, status: str | None
) -> None:
    client.control("account", {"settlements": {"outcome": "created"}})
    payment, refund = refunded(client, outcome="pending")
    made = client.control("settlements", {})
    for path in (f"refunds/{refund['id']}", f"settlements/{made['id']}"):
        assert client.try_control(path, {"status": status})[0] == 400
        assert client.try_control(path, {"status": "processed", "at": 1})[0] == 400
    assert payment["id"] == refund["payment_id"]


def test_a_restart_changes_no_plan_and_no_balance(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with SandboxServer(state_file=path) as server:
        client = SandboxClient(server)
        plan = {"most": 60_000, "outcome": "failed", "after_s": 7200, "recon_delay_s": 60}
        client.control("account", {"settlements": plan, "fees": {"card": 300}})
        first = client.pay(client.code(50_000)[1])
        client.checkout(40_000)
        client.control("pos/pay", {"amount": 30_000})
        client.control("adjustments", {"amount": 700, "type": "debit"})
        client.control("refunds", {"payment_id": first["id"], "outcome": "pending", "amount": 1000})
        client.control(
            "refunds", {"payment_id": first["id"], "outcome": "failed", "after_s": 90 * DAY}
        )
        until(client, settles_at(first["created_at"]))
        before = (client.state(), client.control("balances"), client.control("account"))
    with SandboxServer(state_file=path) as server:
        client = SandboxClient(server)
        after = (client.state(), client.control("balances"), client.control("account"))
        assert before[1:] == after[1:]
        assert before[0]["settlements"] == after[0]["settlements"]
        assert before[0]["adjustments"] == after[0]["adjustments"]
        client.advance(9 * DAY)
        done = [s["status"] for s in settlements(client)]
        assert done[0] == done[1] == "processed"
        client.advance(90 * DAY)
        assert [r["status"] for r in client.state()["refunds"]] == ["pending", "failed"]
