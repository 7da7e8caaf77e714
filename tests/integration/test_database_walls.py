"""The constraints and triggers of money rows alone: what no desk writes is refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from desktop_app.storage.store import DATABASE
from tests.integration.test_second_shape_attacks import filled
from tests.integration.test_several_dues import Cart, cart

if TYPE_CHECKING:
    from tests.integration.conftest import Counter

__all__ = ["cart"]

OPEN = "(SELECT uid FROM dues WHERE state = 'open')"
ALLOCATED = "INSERT INTO allocations SELECT 'x', desk_id, movement_uid, payment_uid, NULL, "
PAYMENT = (
    "INSERT INTO payments (uid, desk_id, attempt_uid, enrollment_uid, student_uid, method, "
    "payment_id, amount_paise, is_late, placement, received_at, recorded_at, mode, verification, "
    "typed_key) SELECT 'x' || {0}, desk_id, {1}, NULL, student_uid, method, NULL, 1, 0, {2}, "
    "received_at, recorded_at, {3}, {4}, {5} FROM payments WHERE method = 'cash'"
)


def payment(
    attempt: str = "attempt_uid", placement: str = "'applied'", mode: str = "'live'",
    verification: str = "'counted'", typed: str = "NULL", uid: str = "1",
) -> str:  # fmt: skip
    return PAYMENT.format(uid, attempt, placement, mode, verification, typed)


REFUSED = {
    "a row of allocations is changed": "UPDATE allocations SET amount_paise = 1",
    "a row of allocations is removed": "DELETE FROM allocations",
    "a movement is changed": "UPDATE movements SET kind = 'payment'",
    "a movement is removed": "DELETE FROM movements",
    "a change of a due is changed": "UPDATE due_changes SET delta_paise = 0",
    "a change of a due is removed": "DELETE FROM due_changes",
    "a line of a receipt is changed": "UPDATE receipt_lines SET amount_paise = 1",
    "a line of a receipt is removed": "DELETE FROM receipt_lines",
    "the amount of a due is changed": "UPDATE dues SET amount_paise = amount_paise, list_paise = 1",
    "the day of a due is changed": "UPDATE dues SET due_on = '2030-01-01'",
    "a due moves to another enrolment": "UPDATE dues SET enrollment_uid = 'x'",
    "more is allocated than a due asks": (
        f"{ALLOCATED}{OPEN}, 99999999, 99999999, 0, 0, 0, 2, NULL, created_at FROM allocations "
        "LIMIT 1"
    ),
    "more is taken back than a due was paid": (
        f"{ALLOCATED}{OPEN}, -99999999, -99999999, 0, 0, 0, 2, NULL, created_at FROM allocations "
        "LIMIT 1"
    ),
    "halves of a tax differ": (
        f"{ALLOCATED}{OPEN}, 100, 97, 1, 2, 0, 2, NULL, created_at FROM allocations LIMIT 1"
    ),
    "a tax does not sum": (
        f"{ALLOCATED}{OPEN}, 100, 97, 1, 1, 0, 2, NULL, created_at FROM allocations LIMIT 1"
    ),
    "a tax is of two kinds": (
        f"{ALLOCATED}{OPEN}, 100, 97, 1, 1, 1, 2, NULL, created_at FROM allocations LIMIT 1"
    ),
    "an allocation has no source": (
        "INSERT INTO allocations SELECT 'x', desk_id, movement_uid, NULL, NULL, due_uid, 1, 1, 0, "
        "0, 0, 2, NULL, created_at FROM allocations LIMIT 1"
    ),
    "less is asked than was paid": (
        "INSERT INTO due_changes SELECT 'x', desk_id, due_uid, 'reprice', -99999999, NULL, '', "
        "NULL, created_at FROM due_changes LIMIT 1"
    ),
    "a due changes in an unknown way": (
        "INSERT INTO due_changes SELECT 'x', desk_id, due_uid, 'forget', 0, NULL, '', "
        "NULL, created_at FROM due_changes LIMIT 1"
    ),
    "a due is in two live attempts": (
        "UPDATE attempt_dues SET is_live = 1 WHERE rowid = 1;"
        "INSERT INTO attempt_dues SELECT (SELECT uid FROM attempts WHERE uid != attempt_uid), "
        "due_uid, 1, 1 FROM attempt_dues WHERE rowid = 1"
    ),
    "an attempt covers a due with nothing": "UPDATE attempt_dues SET amount_paise = 0",
    "a payment has no origin": payment(attempt="NULL"),
    "a payment is placed nowhere": payment(placement="'due'"),
    "a payment has another mode": payment(mode="'play'"),
    "a payment is vouched for by nobody": payment(verification="'hoped'"),
    "a slip is typed twice": (
        f"{payment(attempt='NULL', typed=chr(39) + 'rrn:1' + chr(39))};"
        f"{payment(attempt='NULL', typed=chr(39) + 'rrn:1' + chr(39), uid='2')}"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_refuses_it(counter: Counter, cart: Cart, what: str) -> None:
    filled(counter, cart)
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as raw:
        *before, last = REFUSED[what].split(";")
        for statement in before:
            assert raw.execute(statement).rowcount == 1
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute(last)


@pytest.mark.parametrize(
    "statement",
    [
        payment(),
        payment(attempt="NULL", typed="'rrn:1'"),
        f"{ALLOCATED}{OPEN}, 100, 98, 1, 1, 0, 2, NULL, created_at FROM allocations LIMIT 1",
        f"{ALLOCATED}{OPEN}, 100, 97, 1, 2, 0, 1, NULL, created_at FROM allocations LIMIT 1",
    ],
)
def test_what_only_resembles_it_is_written(counter: Counter, cart: Cart, statement: str) -> None:
    filled(counter, cart)
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as raw:
        assert raw.execute(statement).rowcount == 1
