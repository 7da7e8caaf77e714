"""Queries of attempts and orders, each by its own index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop_app.domain.capture import CaptureStep, newest_notes
from desktop_app.domain.checkout import proofs_in
from desktop_app.domain.payment import Attempt, AttemptDue
from desktop_app.domain.tenders.registry import COUNTER_TENDERS
from desktop_app.storage.enrolment.seats import IS_LIVE
from desktop_app.storage.mapping import instant, read_instant, record_of
from desktop_app.storage.read_connections import Queries

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.domain.checkout import Proofs
    from desktop_app.domain.money import Money
    from desktop_app.storage.read_connections import ReadConnection

ATTEMPT = """
    SELECT a.*, o.receipt AS order_receipt
    FROM attempts a LEFT JOIN orders o ON o.order_id = a.order_id
"""
ORDER = "ORDER BY a.created_at, a.uid"
PARTS = """
    SELECT due_uid, amount_paise FROM attempt_dues WHERE attempt_uid = :attempt ORDER BY rowid
"""
"""The dues of an attempt that covers several, in the order in which they were offered."""
NOTES = "SELECT note FROM attempt_events WHERE attempt_uid = :attempt AND note != '' ORDER BY id"
NOTES_ON_ORDER = """
    SELECT e.attempt_uid, e.note, e.at FROM attempts a JOIN attempts b ON b.order_id = a.order_id
    JOIN attempt_events e ON e.attempt_uid = b.uid WHERE a.uid = :attempt AND e.note != ''
    ORDER BY e.id
"""
IS_KNOWN = "SELECT 1 FROM payments WHERE payment_id = :id"
AT_COUNTER = ", ".join(f"'{each.value}'" for each in COUNTER_TENDERS)
AT_GATEWAY = f"a.method NOT IN ({AT_COUNTER}) AND a.sent = 1"
LIVE = f"{ATTEMPT} WHERE {IS_LIVE} AND a.method NOT IN ({AT_COUNTER}) {ORDER}"
"""Cheques wait for the bank, for days: nothing about them is shown or asked for."""
GIVEN_UP = f"""
    {ATTEMPT} WHERE a.state IN ('expired','cancelled') AND a.created_at >= :since
    AND a.sent = 1 {ORDER}
"""
ONE = """
    SELECT a.*, o.receipt AS order_receipt,
           EXISTS (SELECT 1 FROM payments p WHERE p.attempt_uid = a.uid AND p.is_late) AS came_late
    FROM attempts a LEFT JOIN orders o ON o.order_id = a.order_id WHERE a.uid = :uid
"""
RECENT = f"{ATTEMPT} WHERE a.created_at >= :since AND a.state != 'rejected' AND {AT_GATEWAY}"
OLDER_LIVE = f"{ATTEMPT} WHERE a.created_at < :since AND {IS_LIVE} AND {AT_GATEWAY}"
OLDER_GIVEN_UP = f"""
    {ATTEMPT} WHERE a.created_at < :since AND a.state IN ('expired','cancelled') AND {AT_GATEWAY}
"""


NAMES = """
    SELECT s.uid, s.name, s.roll_no, e.course_label FROM attempt_dues p
    JOIN dues d ON d.uid = p.due_uid JOIN enrollments e ON e.uid = d.enrollment_uid
    JOIN students s ON s.uid = e.student_uid WHERE p.attempt_uid = :uid ORDER BY p.rowid
"""
DUES_OF_ORDER = """
    SELECT due_uid FROM orders WHERE order_id = :id AND due_uid IS NOT NULL
    UNION SELECT p.due_uid FROM orders o JOIN attempts a ON a.order_id = o.order_id
    JOIN attempt_dues p ON p.attempt_uid = a.uid WHERE o.order_id = :id
"""
AWAITING = f"""
    {ATTEMPT} WHERE {IS_LIVE} AND a.state = 'awaiting' AND a.method NOT IN ({AT_COUNTER})
    AND (:phone = '' OR EXISTS (
        SELECT 1 FROM attempt_dues p JOIN dues d ON d.uid = p.due_uid
        JOIN enrollments e ON e.uid = d.enrollment_uid JOIN students s ON s.uid = e.student_uid
        WHERE p.attempt_uid = a.uid AND :phone IN (s.phone, s.guardian_phone)))
    AND (:paise = 0 OR a.amount_paise = :paise)
    ORDER BY a.created_at DESC LIMIT 1
"""


class SqlAttemptQueries(Queries):
    """Queries of attempts and orders."""

    def live(self) -> tuple[Attempt, ...]:
        """Return every live attempt, oldest first."""
        with self._connections.reading() as reading:
            return tuple(_attempt_of(reading, row) for row in reading.execute(LIVE).all())

    def open_since(self, since: datetime) -> tuple[Attempt, ...]:
        """Return live attempts, and those ended since then that may have reached the gateway."""
        with self._connections.reading() as reading:
            rows = [*reading.execute(LIVE), *reading.execute(GIVEN_UP, {"since": instant(since)})]
            return tuple(_attempt_of(reading, row) for row in rows)

    def watched(self, since: datetime) -> tuple[Attempt, ...]:
        """Return every attempt to check at the gateway, oldest first; see the port."""
        values = {"since": instant(since)}
        with self._connections.reading() as reading:
            found = {
                row.uid: _attempt_of(reading, row)
                for sql in (OLDER_GIVEN_UP, OLDER_LIVE, RECENT)
                for row in reading.execute(sql, values).all()
            }
        return tuple(sorted(found.values(), key=lambda each: (each.created_at, each.uid)))

    def get(self, uid: str) -> tuple[Attempt, str, bool]:
        """Return an attempt, its newest failure and whether its payment was late.

        Raises:
            KeyError: there is none.
        """
        with self._connections.reading() as reading:
            row = reading.execute(ONE, {"uid": uid}).first()
            if row is None:
                raise KeyError(uid)
            return _attempt_of(reading, row), row.failure, bool(row.came_late)

    def awaiting(self, *, phone: str, amount: Money | None) -> Attempt | None:
        """Return the newest attempt that can be paid now and matches every clue."""
        values = {"phone": phone, "paise": amount.paise if amount else 0}
        with self._connections.reading() as reading:
            row = reading.execute(AWAITING, values).first()
            return None if row is None else _attempt_of(reading, row)

    def names_of(self, uid: str) -> tuple[str, str, str, str]:
        """Return uid, name, roll number and course of an attempt's student.

        Of several dues: the first student's uid, and each other name once. Raises KeyError.
        """
        rows = self._all(NAMES, uid=uid)
        if not rows:
            raise KeyError(uid)
        name, roll_no, label = joined_names(rows)
        return rows[0].uid, name, roll_no, label

    def proofs(self, uid: str) -> Proofs:
        """Return the proofs of the checkout that an attempt got; see the port."""
        proofs = proofs_in(row.note for row in self._all(NOTES, attempt=uid))
        if not proofs.genuine:
            return proofs
        events = self._all(NOTES_ON_ORDER, attempt=uid)
        notes = newest_notes((row.attempt_uid, row.note, read_instant(row.at)) for row in events)
        gone = {each.payment_id for each in notes.values() if each.step is not CaptureStep.ASKED}
        posted = {each for each in proofs.genuine - gone if self._scalar(IS_KNOWN, id=each)}
        return proofs._replace(genuine=proofs.genuine - gone - posted)

    def dues_of_order(self, order_id: str) -> frozenset[str]:
        """Return the dues that an order of ours is for; none for other orders."""
        return frozenset(row.due_uid for row in self._all(DUES_OF_ORDER, id=order_id))


def joined_names(rows: list[Any]) -> tuple[str, str, str]:
    """Return name, roll number and course of rows of `NAMES`, each once."""
    names, rolls, labels = (dict.fromkeys(each) for each in list(zip(*rows, strict=True))[1:])
    return ", ".join(names), ", ".join(rolls), ", ".join(labels)


def _attempt_of(reading: ReadConnection, row: Any) -> Attempt:
    if row.due_uid is not None:
        return record_of(Attempt, row)
    parts = reading.execute(PARTS, {"attempt": row.uid})
    return record_of(Attempt, row, dues=tuple(record_of(AttemptDue, each) for each in parts))
