"""`python -m tests.proofs upgrade`: a book of an older schema keeps its sums, receipts and seals.

Ten thousand fees of every fate are written as the first and the second schema left them, and opened
by this program. The control is the same book with one amount edited before the upgrade: its seal
must not be renewed.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from desktop_app.domain.audit import first_break
from desktop_app.domain.money import Money
from desktop_app.storage.store import DATABASE, open_store
from tests.proofs import old_book
from tests.proofs.old_book import FATES, FEE, fate_of
from tests.proofs.proof_desk import temporary_folder
from tests.proofs.report_figures import count_figure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.proofs.report_figures import Figure

SUMS = "SELECT account, sum(amount_paise) FROM ledger_entries GROUP BY account"
RECEIPTS = "SELECT number, amount_paise, issued_at, content FROM receipts ORDER BY number"


def prove(*, long: bool) -> Iterator[Figure]:
    """Upgrade; yield what differs."""
    count = 10_000 * len(FATES) if long else 500
    wrong = 0
    for revision in (1, 2):
        with temporary_folder() as folder:
            try:
                check_upgrade(folder, count, revision)
            except AssertionError as error:
                wrong += 1
                print(error)
    with temporary_folder() as folder:
        found = int(_is_found(folder))
    yield count_figure("upgrade.books_that_differ", wrong, control=found)


def check_upgrade(folder: Path, count: int, revision: int) -> None:
    """Open a book of an older schema. Raises AssertionError where anything differs."""
    path = folder / DATABASE
    old_book.write(path, count, revision)
    before = [_rows(path, sql) for sql in (SUMS, RECEIPTS)]
    store = open_store(folder)
    try:
        assert [_rows(path, sql) for sql in (SUMS, RECEIPTS)] == before
        unissued = sum(fate_of(n) in {"returned", "pending"} for n in range(count))
        assert len(before[1]) == count - unissued
        assert store.reader.balances.differences() == ()
        assert store.reader.audit.first_unsealed() is None
        assert first_break(store.reader.audit.links(), None) is None
        assert store.reader.audit.altered_schema() is None
        with store.reading() as books:
            held = {each.uid for each in books.unapplied.held()}
            assert held == {f"p{n}" for n in range(count) if fate_of(n) == "held"}
            part = books.enrollments.due("d3")
            assert (part.asked, part.paid) == (Money(FEE - 3_333),) * 2
            allocated = [each.amount for each in books.allocations.of_due("d3")]
            assert allocated == [Money(FEE), Money(-3_333)]
            decided = books.payments.find("pay_7")
            assert decided is not None
            assert books.payments.due_paid_by(decided) == "d7"
            assert books.enrollments.due("d4").asked == Money(0)
            assert books.enrollments.due("d9").balance == Money(FEE)
    finally:
        store.close()


def _is_found(folder: Path) -> bool:
    path = folder / DATABASE
    old_book.write(path, 100, 2)
    with closing(sqlite3.connect(path)) as book:
        book.execute("DROP TRIGGER payments_no_update")
        book.execute("UPDATE payments SET amount_paise = amount_paise - 1 WHERE uid = 'p1'")
        book.execute(
            "CREATE TRIGGER payments_no_update BEFORE UPDATE ON payments "
            "BEGIN SELECT RAISE(ABORT, 'payments is append-only'); END"
        )
        book.commit()
    store = open_store(folder)
    try:
        return store.reader.audit.first_unsealed() == "a row of payments was changed or removed"
    finally:
        store.close()


def _rows(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as book:
        return book.execute(sql).fetchall()
