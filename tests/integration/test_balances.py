"""Rows that follow from others: each query of the doctor names the one that differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services.maintenance.health_checks import HealthChecks
from desktop_app.services.views.maintenance import Health
from desktop_app.storage.payments.balance_queries import CHECKS
from desktop_app.storage.store import DATABASE
from tests.composed_desk import EmptyKeyVault
from tests.integration.test_second_shape_attacks import filled
from tests.integration.test_several_dues import Cart, cart
from tests.proofs.tamper_edits import sql_shell

if TYPE_CHECKING:
    from tests.integration.conftest import Counter

__all__ = ["cart"]

OPEN = "(SELECT uid FROM dues WHERE state = 'open')"
PAID = "(SELECT max(uid) FROM dues WHERE state = 'paid')"
EDITS = {
    "due": (
        f"DELETE FROM due_balances WHERE due_uid = {OPEN}",
        f"UPDATE due_balances SET state = 'paid' WHERE due_uid = {OPEN}",
        f"UPDATE due_balances SET student_uid = '' WHERE due_uid = {OPEN}",
        f"UPDATE due_balances SET course_uid = '' WHERE due_uid = {OPEN}",
        f"UPDATE due_balances SET due_on = '2030-01-01' WHERE due_uid = {OPEN}",
        f"UPDATE due_balances SET balance_paise = 1 WHERE due_uid = {OPEN}",
        ("UPDATE due_balances SET asked_paise = asked_paise + 1, balance_paise = balance_paise + 1 "
        f"WHERE due_uid = {OPEN}"),
        ("UPDATE due_balances SET paid_paise = paid_paise + 1, balance_paise = balance_paise - 1 "
        f"WHERE due_uid = {OPEN}"),
        (f"UPDATE dues SET state = 'paid' WHERE uid = {OPEN};"
        "UPDATE due_balances SET state = 'paid' WHERE state = 'open'"),
        (f"UPDATE due_balances SET state = 'open' WHERE due_uid = {PAID};"
        f"UPDATE dues SET state = 'open' WHERE uid = {PAID}"),
    ),
    "payment": (
        ("UPDATE ledger_entries SET account = 'to_return' WHERE id = (SELECT max(id) "
        "FROM ledger_entries WHERE account = 'fees' AND amount_paise < 0)"),
        "UPDATE refunds SET state = 'failed'",
        ("INSERT INTO disputes SELECT 'x', desk_id, 'disp_x', uid, 1, 1, '', '', '', NULL, "
        "recorded_at, recorded_at FROM payments WHERE payment_id IS NOT NULL"),
    ),
    "movement": (
        "UPDATE ledger_entries SET amount_paise = 1 WHERE account = 'gateway' AND amount_paise > 0",
    ),
    "credit of student": (
        "INSERT INTO credit_balances SELECT uid, 100 FROM students WHERE roll_no = 'R002'",
    ),
    "credit of movement": (
        ("UPDATE ledger_entries SET account = 'credit' WHERE id = (SELECT max(id) "
        "FROM ledger_entries WHERE account = 'fees')"),
    ),
    "cheque": (
        ("INSERT INTO instruments SELECT 'x', desk_id, uid, (SELECT min(uid) FROM students), NULL, "
        "NULL, 'cheque', 'K1', '', '', '', '', '', '', '', '', NULL, 1, 'in_hand', '', '', '' "
        "FROM attempts WHERE state = 'paid' LIMIT 1"),
    ),
    "attempt": ("UPDATE attempt_dues SET is_live = 1 WHERE rowid = 1",),
    "mode of payment": ("UPDATE payments SET mode = 'test' WHERE rowid = 1",),
    "verification of payment": (
        "UPDATE payments SET verification = 'verified' WHERE method = 'cash'",
        "UPDATE payments SET verification = 'counted' WHERE method != 'cash'",
    ),
    "receipt": (
        "UPDATE receipt_lines SET amount_paise = amount_paise + 1 WHERE id = 1",
        "DELETE FROM receipt_lines WHERE id = 1",
    ),
    "mode of receipt": ("UPDATE receipts SET mode = 'training' WHERE rowid = 1",),
    "family of student": (
        "UPDATE students SET family_uid = NULL WHERE roll_no = 'R002'",
        "UPDATE students SET guardian_phone = '' WHERE roll_no = 'R002'",
    ),
    "concession": (
        ("INSERT INTO due_changes SELECT 'x', desk_id, uid, 'concession', -1, NULL, '', NULL, "
        f"created_at FROM dues WHERE uid = {OPEN}"),
        ("INSERT INTO promo_codes VALUES ('p', 'D1', 'JEE10', 'percent', 1, '', 'tuition', NULL, "
        "NULL, 0, NULL, 0, 0, 1, '', NULL, '', '');INSERT INTO promo_holds SELECT 'h', 'D1', 'p', "
        f"enrollment_uid, NULL, 'held', '', '' FROM dues WHERE uid = {OPEN}"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "edit"), [(kind, edit) for kind, edits in EDITS.items() for edit in edits]
)
def test_a_row_that_differs_is_named(counter: Counter, cart: Cart, kind: str, edit: str) -> None:
    filled(counter, cart)
    assert counter.context.store.reader.balances.differences() == ()
    with sql_shell(counter.context.folder / DATABASE) as raw:
        raw.execute("PRAGMA ignore_check_constraints=ON")
        for statement in edit.split(";"):
            assert raw.execute(statement).rowcount == 1
    named = counter.context.store.reader.balances.differences()
    assert any(each.startswith(f"{kind} ") for each in named)


def test_money_that_is_owed_and_not_in_the_inbox_is_named(counter: Counter) -> None:
    payment_id = counter.pay(counter.shown(Method.UPI_INTENT))
    counter.polling.run()
    counter.gateway.refund_on_dashboard(
        payment_id, counter.gateway.payments[payment_id].amount_paise
    )
    counter.clock.advance(60)
    assert counter.polling.reconcile().is_complete
    assert counter.context.store.reader.balances.unlisted() == ()
    with sql_shell(counter.context.folder / DATABASE) as raw:
        raw.execute(
            "INSERT INTO ledger_entries (desk_id, movement_uid, at, payment_uid, account, "
            "amount_paise) SELECT desk_id, movement_uid, at, payment_uid, 'to_return', -700 "
            "FROM ledger_entries WHERE account = 'gateway' AND amount_paise > 0"
        )
    [found] = counter.context.store.reader.balances.unlisted()
    assert (found.payment, found.amount) == (payment_id, Money(700))
    assert not found.is_overdrawn
    results = HealthChecks(counter.context, counter.connection, EmptyKeyVault(), ()).run()
    result = next(each for each in results if each.name == "lists")
    assert result.health is Health.BAD
    assert "Inbox" in result.finding
    assert payment_id in result.finding


def test_every_query_has_an_edit_that_it_names() -> None:
    assert EDITS.keys() == CHECKS.keys()
