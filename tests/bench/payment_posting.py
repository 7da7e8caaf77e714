"""Posting a payment: every row, one durable transaction, against raw sqlite3 with the same rows.

Once for the due of one student, once for a cart: three dues of two students, paid together. Ours is
the path of a polled payment: read the attempt in the transaction, post, commit. The control writes
exactly the same rows, precomputed, to a copy of the file with the same pragmas; it reads and
computes nothing. The rows of a payment are read before its round, and the two take turns at being
the first: which goes second finds its processor cold after the other waited for the disk. Both stay
on one processor, where the system can promise that: one that has moved finds none of its memory in
the caches, and the ratio is then another in each run. As in the window, no garbage is collected
while a payment is recorded.
"""

from __future__ import annotations

import gc
import os
import sqlite3
import statistics
import sys
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from desktop_app.domain.payment import AttemptState, Method, PaymentFact
from desktop_app.services.enrolment.quoting import ensure_enrolled, standing
from desktop_app.services.payments.begin import begin, begin_dues
from desktop_app.services.posting.payments import post_payment
from desktop_app.storage.write_connection import PRAGMAS

from .desks import FEE, fill, folder, opened
from .figures import Figure, milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from desktop_app.bootstrap import OpenDesk
    from desktop_app.domain.payment import Attempt

ROUNDS = 300
TARGET = 1.8

SERIES = """
    INSERT INTO receipt_series (series, year, last) VALUES (?, ?, 1)
    ON CONFLICT (series, year) DO UPDATE SET last = last + 1
"""
ACTIVE = "UPDATE enrollments SET state = 'active', updated_at = ? WHERE uid = ?"
SERVED = "UPDATE students SET served_at = ? WHERE uid = ?"
GENERATED = {"tender", "channel"}
"""Columns that SQLite computes."""

Rows = list[tuple[str, tuple[Any, ...]]]


def run() -> Iterator[Figure]:
    """Measure."""
    yield _measured("record", _single_attempts)
    yield _measured("record_cart", _cart_attempts)


def _measured(name: str, attempts_of: Callable[[OpenDesk], list[Attempt]]) -> Figure:
    with folder() as data, opened(data) as desk:
        attempts = attempts_of(desk)
        with closing(_copy(desk.store.path, data / "control.sqlite3")) as control:
            with _undisturbed():
                pairs = list(_pairs(desk, control, attempts))
    warm = pairs[ROUNDS // 10 :]
    return Figure(
        name,
        statistics.median(ours for ours, _ in warm),
        TARGET,
        statistics.median(raw for _, raw in warm),
    )


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Stay on one processor and collect no garbage."""
    allowed = os.sched_getaffinity(0) if sys.platform == "linux" else set()
    gc.collect()
    gc.disable()
    try:
        if allowed:
            os.sched_setaffinity(0, {max(allowed)})
        yield
    finally:
        if allowed:
            os.sched_setaffinity(0, allowed)
        gc.enable()


def _single_attempts(desk: OpenDesk) -> list[Attempt]:
    """Begin a payment of the course's fee for each of many students."""
    uids, (course,) = fill(desk, ROUNDS)
    return [
        _awaiting(desk, begin(desk.context, uid, course, Method.UPI_INTENT, FEE)[0]) for uid in uids
    ]


def _cart_attempts(desk: OpenDesk) -> list[Attempt]:
    """Begin payments for two students each, of whom the first attends two courses."""
    uids, (physics, chemistry) = fill(desk, 2 * ROUNDS, courses=2)
    return [
        _awaiting(
            desk,
            begin_dues(
                desk.context,
                dict.fromkeys(
                    _enrolled(desk, (first, physics), (first, chemistry), (second, physics))
                ),
                Method.UPI_INTENT,
            )[0],
        )
        for first, second in zip(uids[::2], uids[1::2], strict=True)
    ]


def _enrolled(desk: OpenDesk, *fees: tuple[str, str]) -> list[str]:
    """Enrol students in courses; return the dues."""
    with desk.store.writing() as work:
        dues = [
            due
            for each in fees
            for due in ensure_enrolled(desk.context, work, standing(work, *each))
        ]
        work.commit()
    return dues


def _awaiting(desk: OpenDesk, attempt: Attempt) -> Attempt:
    """Return an attempt in the state after its QR was shown."""
    order_id = f"order_{attempt.uid[-12:]}"
    at = int(attempt.created_at.timestamp())
    shown = replace(
        attempt,
        state=AttemptState.AWAITING,
        order_id=order_id,
        order_receipt=attempt.reference,
        remote_id=f"pay_{attempt.uid[-12:]}",
        qr_text=f"upi://pay?tr={attempt.uid}",
        gateway_created_at=at,
        expires_at=attempt.created_at + timedelta(minutes=10),
    )
    with desk.store.writing() as work:
        work.attempts.add_order(shown, attempt.created_at)
        work.attempts.save(shown, AttemptState.INTENT)
        work.commit()
    return shown


def _copy(source: Path, target: Path) -> sqlite3.Connection:
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(target)) as copy:
        reading.backup(copy)
    control = sqlite3.connect(target, isolation_level=None)
    for pragma in ("journal_mode=WAL", *PRAGMAS):
        control.execute(f"PRAGMA {pragma}")
    return control


def _pairs(
    desk: OpenDesk, control: sqlite3.Connection, attempts: list[Attempt]
) -> Iterator[tuple[float, float]]:
    """Time a payment of ours beside the control's writing of the payment before, for each."""
    before: Rows = []
    for number, attempt in enumerate(attempts):
        fact = _fact(attempt)
        book, write = _booking(desk, attempt, fact), partial(_write, control, before)
        if number % 2:
            ours, raw = milliseconds(book), milliseconds(write)
        else:
            raw, ours = milliseconds(write), milliseconds(book)
        if before:
            yield ours, raw
        before = _rows(desk.store.path, fact.payment_id)


def _fact(attempt: Attempt) -> PaymentFact:
    return PaymentFact(
        payment_id=attempt.remote_id or "",
        order_id=attempt.order_id,
        amount_paise=attempt.amount.paise,
        currency="INR",
        status="captured",
        captured=True,
        created_at=attempt.gateway_created_at or 0,
        rrn="123456789012",
        vpa="parent@okaxis",
        fee_paise=0,
        tax_paise=0,
        method="upi",
    )


def _booking(desk: OpenDesk, attempt: Attempt, fact: PaymentFact) -> Callable[[], None]:
    def book() -> None:
        with desk.store.writing() as work:
            (owner,) = work.attempts.of_order(attempt.order_id or "")
            post_payment(desk.context, work, owner, fact)
            work.commit()

    return book


def _rows(path: Path, payment_id: str) -> Rows:
    """Return the statements that write the rows of a posted payment.

    The triggers of the schema write the control's balances as they write ours.
    """
    with closing(sqlite3.connect(path)) as reading:
        reading.row_factory = sqlite3.Row

        def rows(sql: str, *found: object) -> list[sqlite3.Row]:
            return reading.execute(sql, found).fetchall()

        (payment,) = rows("SELECT * FROM payments WHERE payment_id = ?", payment_id)
        uid, attempt_uid, at = payment["uid"], payment["attempt_uid"], payment["recorded_at"]
        added = {
            "payments": [payment],
            "movements": rows("SELECT * FROM movements WHERE source_uid = ?", uid),
            "ledger_entries": rows("SELECT * FROM ledger_entries WHERE payment_uid = ?", uid),
            "allocations": rows("SELECT * FROM allocations WHERE payment_uid = ?", uid),
            "receipts": rows(
                "SELECT * FROM receipts WHERE uid IN "
                "(SELECT receipt_uid FROM receipt_lines WHERE payment_uid = ?)",
                uid,
            ),
            "receipt_lines": rows("SELECT * FROM receipt_lines WHERE payment_uid = ?", uid),
            "attempt_events": rows("SELECT * FROM attempt_events ORDER BY id DESC LIMIT 1"),
            "audit_entries": rows(  # the payment, and the seals of its rows
                "SELECT * FROM (SELECT * FROM audit_entries ORDER BY id DESC LIMIT 2) ORDER BY id"
            ),
        }
        paid = rows(
            "SELECT d.uid, e.uid AS enrollment_uid, e.student_uid FROM attempt_dues t "
            "JOIN dues d ON d.uid = t.due_uid JOIN enrollments e ON e.uid = d.enrollment_uid "
            "WHERE t.attempt_uid = ?",
            attempt_uid,
        )
    return [
        *(_insert(table, row) for table, found in added.items() for row in found),
        *(("UPDATE dues SET state = 'paid' WHERE uid = ?", (each["uid"],)) for each in paid),
        *((ACTIVE, (at, each["enrollment_uid"])) for each in paid),
        *((SERIES, (each["series"], each["year"])) for each in added["receipts"]),
        ("UPDATE attempts SET state = 'paid', updated_at = ? WHERE uid = ?", (at, attempt_uid)),
        *((SERVED, (at, student)) for student in {each["student_uid"] for each in paid}),
    ]


def _insert(table: str, row: sqlite3.Row) -> tuple[str, tuple[Any, ...]]:
    names = [name for name in tuple(row.keys()) if name not in GENERATED]
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", tuple(
        row[name] for name in names
    )


def _write(control: sqlite3.Connection, rows: Rows) -> None:
    control.execute("BEGIN IMMEDIATE")
    for sql, values in rows:
        control.execute(sql, values)
    control.execute("COMMIT")
