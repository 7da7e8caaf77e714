"""The reader: each query is one snapshot on a reading that cannot write."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from desktop_app.domain.audit import AuditEntry, Head, Link
from desktop_app.storage import export_queries
from desktop_app.storage.enrolment import course_queries, student_queries
from desktop_app.storage.mapping import read_instant
from desktop_app.storage.payments import attempt_queries, exception_queries, payment_queries
from desktop_app.storage.row_seals import first_unsealed, unguarded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.ports.records import OutboxCommand
    from desktop_app.services.views.enrolment import (
        CourseRow,
        StudentDetail,
        StudentPage,
        StudentSummary,
    )
    from desktop_app.services.views.outbox import ErrandView
    from desktop_app.services.views.payments import PaymentFilter, PaymentPage, PaymentRow
    from desktop_app.services.views.receipts import ReceiptView
    from desktop_app.services.views.refunds import DisputeView
    from desktop_app.services.views.unapplied import FamilyDue
    from desktop_app.storage.read_connections import ReadConnection, ReadConnections


class SqlReader:
    """Queries on the newest committed state."""

    def __init__(self, readers: ReadConnections) -> None:
        self._readers = readers

    def search_students(self, typed: str, limit: int) -> tuple[StudentSummary, ...]:
        """Find students, best first; those served last for an empty text."""
        with self._readers.reading() as reading:
            return student_queries.search(reading, typed, limit)

    def student_page(self, typed: str, offset: int, limit: int) -> StudentPage:
        """List students by roll number, or those that match a text."""
        with self._readers.reading() as reading:
            return student_queries.page(reading, typed, offset, limit)

    def student_detail(self, uid: str) -> StudentDetail | None:
        """A student in full with the history."""
        with self._readers.reading() as reading:
            return course_queries.student_detail(reading, uid)

    def students_by(self, roll_no: str, phone: str) -> tuple[StudentSummary, ...]:
        """Those with exactly this roll number, else with exactly this phone (ten digits)."""
        with self._readers.reading() as reading:
            rows = reading.execute(student_queries.BY_ROLL, {"roll": roll_no}).all()
            if not rows and phone:
                low = phone[::-1]
                rows = reading.execute(
                    student_queries.BY_PHONE,
                    {"low": low, "high": low + student_queries.HIGHEST, "limit": 20},
                ).all()
            return tuple(student_queries.hit_of(row) for row in rows)

    def newest_roll_no(self) -> str | None:
        """The roll number added last."""
        with self._readers.reading() as reading:
            return reading.execute("SELECT roll_no FROM students ORDER BY id DESC LIMIT 1").scalar()

    def has_roll_no(self, roll_no: str) -> bool:
        """Whether a roll number is taken, whatever its case."""
        with self._readers.reading() as reading:
            found = reading.execute(
                "SELECT 1 FROM students WHERE roll_no = :roll", {"roll": roll_no}
            )
            return found.first() is not None

    def courses(self, typed: str, limit: int) -> tuple[CourseRow, ...]:
        """Find courses on offer, best first; by code for an empty text."""
        with self._readers.reading() as reading:
            return course_queries.find(reading, typed, limit, registered=_is_registered(reading))

    def course(self, *, uid: str = "", code: str = "") -> CourseRow | None:
        """One course on offer by uid or exact code."""
        with self._readers.reading() as reading:
            return course_queries.one(
                reading, uid=uid, code=code, registered=_is_registered(reading)
            )

    def payments(
        self, which: PaymentFilter, offset: int, limit: int, *, summed: bool = True
    ) -> PaymentPage:
        """List payments, newest first."""
        with self._readers.reading() as reading:
            return payment_queries.page(reading, which, offset, limit, summed=summed)

    def recent_payments(self, limit: int) -> tuple[PaymentRow, ...]:
        """The newest payments, newest first."""
        with self._readers.reading() as reading:
            return payment_queries.recent(reading, limit)

    def find_payment(
        self, *, utr: str, vpa: str, phone: str, amount: Money | None, since: datetime
    ) -> PaymentRow | None:
        """The newest payment recorded since then that has every clue given."""
        with self._readers.reading() as reading:
            return payment_queries.find(
                reading, utr=utr, vpa=vpa, phone=phone, amount=amount, since=since
            )

    def family_dues(self, student_uid: str) -> tuple[FamilyDue, ...]:
        """Open dues of a student and of those who share a phone, newest first."""
        with self._readers.reading() as reading:
            return exception_queries.family_dues(reading, student_uid)

    def receipt(self, uid: str) -> ReceiptView | None:
        """A receipt as it was issued."""
        with self._readers.reading() as reading:
            return payment_queries.receipt(reading, uid)

    def receipt_of_attempt(self, attempt_uid: str) -> ReceiptView | None:
        """The receipt of an attempt's money."""
        with self._readers.reading() as reading:
            return payment_queries.receipt_of_attempt(reading, attempt_uid)

    def latest_receipt(self) -> ReceiptView | None:
        """The receipt issued last."""
        with self._readers.reading() as reading:
            return payment_queries.latest_receipt(reading)

    def live_attempts(self) -> tuple[Attempt, ...]:
        """Every live attempt, oldest first."""
        with self._readers.reading() as reading:
            return attempt_queries.live(reading)

    def open_attempts(self, since: datetime) -> tuple[Attempt, ...]:
        """Live attempts, and those given up since then that may have reached the gateway."""
        with self._readers.reading() as reading:
            return (*attempt_queries.live(reading), *attempt_queries.given_up(reading, since))

    def watched_attempts(self, since: datetime) -> tuple[Attempt, ...]:
        """Every attempt to look at, oldest first."""
        with self._readers.reading() as reading:
            return attempt_queries.watched(reading, since)

    def attempt(self, uid: str) -> tuple[Attempt, str, bool]:
        """An attempt, its newest failed try in words, and whether its money came late."""
        with self._readers.reading() as reading:
            return attempt_queries.one(reading, uid)

    def has_open_refunds(self) -> bool:
        """Whether a refund has not come to its end."""
        with self._readers.reading() as reading:
            found = reading.execute(
                "SELECT 1 FROM refunds WHERE state IN ('intent','unknown','pending') LIMIT 1"
            )
            return found.first() is not None

    def may_hold_money(self) -> bool:
        """Whether anything may wait for a decision; refunds are few and are gone through."""
        with self._readers.reading() as reading:
            found = reading.execute(
                "SELECT 1 WHERE EXISTS (SELECT 1 FROM payments "
                "WHERE placement IN ('surplus','no_seat')) "
                "OR EXISTS (SELECT 1 FROM refunds WHERE state = 'failed') "
                "OR EXISTS (SELECT 1 FROM strays WHERE state = 'held')"
            )
            return found.first() is not None

    def is_booked(self, payment_id: str, refunded_paise: int) -> bool:
        """Whether a payment is booked with at least so much of it refunded."""
        with self._readers.reading() as reading:
            booked = reading.execute(
                "SELECT (SELECT coalesce(sum(amount_paise), 0) FROM refunds r "
                "WHERE r.payment_uid = p.uid AND r.state NOT IN ('failed', 'rejected')) "
                "FROM payments p WHERE p.payment_id = :id",
                {"id": payment_id},
            ).scalar()
        return booked is not None and int(booked) >= refunded_paise

    def dues_of(self, amount: Money) -> tuple[FamilyDue, ...]:
        """Open dues of exactly an amount, newest first."""
        with self._readers.reading() as reading:
            return exception_queries.dues_of(reading, amount)

    def attempt_like(self, *, phone: str, amount: Money | None, since: datetime) -> Attempt | None:
        """The newest attempt at the gateway that has every clue given."""
        with self._readers.reading() as reading:
            return attempt_queries.like(reading, phone, amount.paise if amount else 0, since)

    def is_known_money(self, payment_id: str) -> bool:
        """Whether a payment of the gateway is booked, or held as money of an unknown fee."""
        with self._readers.reading() as reading:
            found = reading.execute(
                "SELECT 1 FROM payments WHERE payment_id = :id "
                "UNION SELECT 1 FROM strays WHERE payment_id = :id",
                {"id": payment_id},
            )
            return found.first() is not None

    def last_written(self) -> datetime | None:
        """When the newest entry of the audit trail was written, None in a new book."""
        with self._readers.reading() as reading:
            at = reading.execute("SELECT at FROM audit_entries ORDER BY id DESC LIMIT 1").scalar()
        return None if at is None else read_instant(str(at))

    def due_of_order(self, order_id: str) -> str | None:
        """The due that an order of ours is for; None where it is none of ours."""
        with self._readers.reading() as reading:
            found = reading.execute(
                "SELECT due_uid FROM orders WHERE order_id = :id", {"id": order_id}
            )
            return found.scalar()

    def names_of(self, enrollment_uid: str) -> tuple[str, str, str, str]:
        """(student uid, student name, roll number, course label) of an enrolment."""
        with self._readers.reading() as reading:
            row = reading.execute(
                "SELECT s.uid, s.name, s.roll_no, e.course_label FROM enrollments e "
                "JOIN students s ON s.uid = e.student_uid WHERE e.uid = :uid",
                {"uid": enrollment_uid},
            ).one()
            return row[0], row[1], row[2], row[3]

    def open_errands(self) -> tuple[OutboxCommand, ...]:
        """Errands that are not over, those due first before others."""
        with self._readers.reading() as reading:
            return exception_queries.open_errands(reading)

    def errands(self, since: datetime) -> tuple[ErrandView, ...]:
        """Errands that are not done; of those refused for good, the ones since then."""
        with self._readers.reading() as reading:
            return exception_queries.errands(reading, since)

    def disputes(self) -> tuple[DisputeView, ...]:
        """Disputes that were noticed, newest first."""
        with self._readers.reading() as reading:
            return exception_queries.disputes(reading)

    def settings(self) -> Mapping[str, str]:
        """Every setting as stored."""
        with self._readers.reading() as reading:
            return {row[0]: row[1] for row in reading.execute("SELECT * FROM settings")}

    def ledger(self) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Everything for `ledger --json`."""
        with self._readers.reading() as reading:
            return export_queries.ledger(reading)

    def student_rows(self) -> Iterator[Mapping[str, Any]]:
        """Every student by the CSV contract's columns."""
        with self._readers.reading() as reading:
            yield from export_queries.student_rows(reading)

    def course_rows(self) -> Iterator[Mapping[str, Any]]:
        """Every course on offer by the CSV contract's columns."""
        with self._readers.reading() as reading:
            yield from export_queries.course_rows(reading)

    def audit_links(self) -> Iterator[Link]:
        """Every audit row, oldest first."""
        with self._readers.reading() as reading:
            rows = reading.execute("SELECT * FROM audit_entries ORDER BY id")
            for row in rows:
                entry = AuditEntry(
                    row.at, row.desk_id, row.action, row.subject, json.loads(row.detail)
                )
                yield Link(row.id, entry, row.previous_hash, row.hash)

    def audit_head(self) -> Head | None:
        """The newest audit row, None without one."""
        with self._readers.reading() as reading:
            row = reading.execute(
                "SELECT id, hash FROM audit_entries ORDER BY id DESC LIMIT 1"
            ).first()
        return None if row is None else Head(row.id, row.hash)

    def unsealed(self) -> str | None:
        """Say which row of money is not as it was sealed, None when all are."""
        with self._readers.reading() as reading:
            return first_unsealed(reading)

    def has_link(self, head: Head) -> bool:
        """Whether the audit chain contains a row as it was seen before."""
        with self._readers.reading() as reading:
            found = reading.execute(
                "SELECT hash FROM audit_entries WHERE id = :id", {"id": head.number}
            )
            return bool(found.scalar() == head.hash)

    def rewound_at(self) -> datetime | None:
        """When it was last noticed that rows were gone, None when it never was."""
        with self._readers.reading() as reading:
            at = reading.execute(
                "SELECT at FROM audit_entries WHERE action = 'trail.rewound' "
                "ORDER BY id DESC LIMIT 1"
            ).scalar()
        return None if at is None else read_instant(str(at))

    def problems(self) -> tuple[str, ...]:
        """What the database's own check finds wrong; empty when it is sound."""
        with self._readers.reading() as reading:
            lines = [str(row[0]) for row in reading.execute("PRAGMA integrity_check(10)")]
            broken = reading.execute("PRAGMA foreign_key_check").all()
            unlocked = unguarded(reading)
        found = [line for line in lines if line != "ok"]
        found += [f"the lock on {name} was taken off" for name in unlocked]
        return (*found, *(f"a row of {row[0]} refers to nothing" for row in broken[:10]))


def _is_registered(reading: ReadConnection) -> bool:
    value = reading.execute("SELECT value FROM settings WHERE key = 'centre.gstin'").scalar()
    return bool(value)
