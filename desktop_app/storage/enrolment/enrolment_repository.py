"""Enrolments and their dues inside a transaction."""

from __future__ import annotations

import json
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from desktop_app.domain.compiled import json_writer
from desktop_app.domain.enrollment import ENROLLMENT_TABLE, DueState, EnrollmentState
from desktop_app.domain.fees import Quote
from desktop_app.domain.money import Money
from desktop_app.domain.state_machine import advance
from desktop_app.services.ports.records import (
    DueChange,
    DueRecord,
    EnrollmentRecord,
    EnrollmentTerms,
)
from desktop_app.storage.enrolment.student_repository import BESIDE
from desktop_app.storage.mapping import columns_of, instant, record_of, text_of
from desktop_app.storage.repository import SqlRepository, Step, own_columns
from desktop_app.storage.row_seals import Columns
from desktop_app.storage.tax_columns import TAX_COLUMNS, tax_of, tax_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from desktop_app.domain.courses import Course
    from desktop_app.services.ports.records import EnrollmentMove
    from desktop_app.storage.repository import Transaction

_CURRENT = """
    SELECT * FROM enrollments WHERE student_uid = :student AND course_uid = :course
    AND state IN ('pending','active')
"""
_ADVANCE = Step("enrollments", "state", "updated_at")
_OFF = """
    CASE WHEN b.asked_paise = d.amount_paise THEN 0 ELSE coalesce((
        SELECT -sum(x.delta_paise) FROM due_changes x
        WHERE x.due_uid = d.uid AND x.kind = 'concession'), 0) END AS off_paise
"""
_SETTLED = """
    CASE WHEN b.paid_paise > 0 AND b.balance_paise = 0 AND b.asked_paise != d.amount_paise THEN (
        SELECT json_array(sum(a.taxable_paise), sum(a.cgst_paise), sum(a.sgst_paise),
                          sum(a.igst_paise))
        FROM allocations a WHERE a.due_uid = d.uid) END AS settled
"""
_DUE_COLUMNS = f"""
    d.*, b.paid_paise, b.asked_paise, b.due_on AS payable_on, t.late_rule, {_OFF}, {_SETTLED}
"""
_DUE_TABLES = """dues d JOIN due_balances b ON b.due_uid = d.uid
    LEFT JOIN enrollment_terms t ON t.enrollment_uid = d.enrollment_uid"""
_DUE = f"SELECT {_DUE_COLUMNS} FROM {_DUE_TABLES}"
_DUE_BY_UID = f"{_DUE} WHERE d.uid = :uid"
_ENROLLMENT = Columns("enrollments", (
    "uid", "desk_id", "student_uid", "course_uid", "course_code", "course_label", "amount_paise",
    "state", "created_at", "updated_at",
))  # fmt: skip
"""Every column of an enrolment."""
_OF_ENROLLMENT = attrgetter(*(f"enrollment_{column}" for column in _ENROLLMENT.names))
_WITH_ENROLLMENT = f"""
    SELECT {_DUE_COLUMNS}, {
    ", ".join(f"e.{column} AS enrollment_{column}" for column in _ENROLLMENT.names[1:])
}, {BESIDE}
    FROM {_DUE_TABLES} JOIN enrollments e ON e.uid = d.enrollment_uid
    JOIN students s ON s.uid = e.student_uid WHERE d.uid
"""
_DUE_WITH_ENROLLMENT = f"{_WITH_ENROLLMENT} = :uid"
_DUES_WITH_ENROLLMENTS = f"{_WITH_ENROLLMENT} IN (SELECT value FROM json_each(:uids))"
_json = json_writer(separators=(",", ":"), sort_keys=False)
_DUES_OF = f"{_DUE} WHERE d.enrollment_uid = :uid ORDER BY d.sequence"
_JOINED = {"paid_paise", "asked_paise", "off_paise", "payable_on", "late_rule"}
"""Kept by triggers in `due_balances`, in the terms of the enrolment, or summed up."""
_TERMS = "SELECT * FROM enrollment_terms WHERE enrollment_uid = :uid"
_MOVE = """
    UPDATE enrollments SET course_uid = :new, course_code = :code, course_label = :label,
        updated_at = :now
    WHERE uid = :uid AND course_uid = :old AND state IN ('pending','active') RETURNING *
"""
_ADVANCE_DUE = Step("dues", "state")


class SqlEnrollmentRepository(SqlRepository):
    """Enrolments and dues, in one transaction."""

    def __init__(self, given: Transaction) -> None:
        super().__init__(given)
        self._read: dict[str, Any] = {}

    def current(self, student_uid: str, course_uid: str) -> EnrollmentRecord | None:
        """Return the pending or active enrolment of a student in a course."""
        row = self._first(_CURRENT, student=student_uid, course=course_uid)
        return None if row is None else record_of(EnrollmentRecord, row)

    def get(self, uid: str) -> EnrollmentRecord:
        """Return one. Raises KeyError."""
        row = self._one("SELECT * FROM enrollments WHERE uid = :uid", uid)
        return record_of(EnrollmentRecord, row)

    def add(self, enrollment: EnrollmentRecord, *dues: DueRecord) -> None:
        """Add one with its dues."""
        columns = columns_of(enrollment)
        created = columns["created_at"]
        self._add_sealed("enrollments", columns, updated_at=created)
        for due in dues:
            self._add_due(due, created)

    def add_dues(self, dues: Iterable[DueRecord], at: datetime) -> None:
        """Add dues to an enrolment that is there already."""
        for due in dues:
            self._add_due(due, instant(at))

    def _add_due(self, due: DueRecord, created: str | int | None) -> None:
        written = {name: value for name, value in columns_of(due).items() if name not in _JOINED}
        self._add_sealed(
            "dues",
            written,
            label=due.quote.label,
            **dict(zip(TAX_COLUMNS, tax_values(due.quote.tax), strict=True)),
            gst_bp=due.quote.tax.rate_bp,
            registered=int(due.quote.registered),
            created_at=created,
        )

    def add_terms(self, terms: EnrollmentTerms) -> None:
        """Freeze what was agreed at enrolment."""
        self._seals.add("enrollment_terms", terms.enrollment_uid)
        self._add("enrollment_terms", columns_of(terms))

    def terms_of(self, enrollment_uid: str) -> EnrollmentTerms | None:
        """Return what was agreed; None for an enrolment without a plan."""
        row = self._first(_TERMS, uid=enrollment_uid)
        return None if row is None else record_of(EnrollmentTerms, row)

    def move(self, move: EnrollmentMove, course: Course, at: datetime) -> bool:
        """Move an enrolment to another course; False when it was not in the one it left."""
        label = " · ".join(part for part in (course.title, course.batch) if part)
        is_moved = self._change_sealed(
            "enrollments",
            _MOVE,
            uid=move.enrollment_uid,
            old=move.from_course_uid,
            new=move.to_course_uid,
            code=course.code,
            label=label,
            now=instant(at),
        )
        if is_moved:
            self._seals.add("enrollment_moves", move.enrollment_uid)
            self._add("enrollment_moves", columns_of(move))
        return is_moved

    def advance(self, uid: str, expected: EnrollmentState, following: EnrollmentState) -> bool:
        """Change the state if it is the expected one; False when it was not."""
        advance(ENROLLMENT_TABLE, expected, following)
        row = self._read.get(uid)
        return self._advance(
            _ADVANCE,
            None if row is None else (_ENROLLMENT, _OF_ENROLLMENT(row)),
            uid,
            text_of(expected),
            text_of(following),
            self._stamp(),
        )

    def due_of(self, enrollment_uid: str) -> DueRecord:
        """Return the first due of an enrolment. Raises KeyError."""
        return _due_of(self._one(_DUES_OF, enrollment_uid))

    def dues_of(self, enrollment_uid: str) -> tuple[DueRecord, ...]:
        """Return every due of an enrolment, in its order."""
        return tuple(map(_due_of, self._all(_DUES_OF, uid=enrollment_uid)))

    def due(self, due_uid: str) -> DueRecord:
        """Return a due. Raises KeyError."""
        return _due_of(self._one(_DUE_BY_UID, due_uid))

    def due_with_enrollment(self, due_uid: str) -> tuple[DueRecord, EnrollmentRecord]:
        """Return a due and its enrolment. Raises KeyError."""
        return self._with_enrollment(self._one(_DUE_WITH_ENROLLMENT, due_uid))

    def dues_with_enrollments(
        self, due_uids: Sequence[str]
    ) -> tuple[tuple[DueRecord, EnrollmentRecord], ...]:
        """Return dues with their enrolments, in this order. Raises KeyError."""
        if len(due_uids) == 1:
            return (self.due_with_enrollment(due_uids[0]),)
        rows = self._all(_DUES_WITH_ENROLLMENTS, uids=_json(due_uids))
        found = {row.uid: row for row in rows}
        return tuple([self._with_enrollment(found[uid]) for uid in due_uids])

    def _with_enrollment(self, row: Any) -> tuple[DueRecord, EnrollmentRecord]:
        self._read[row.uid] = self._read[row.enrollment_uid] = row
        self._beside[row.enrollment_student_uid] = row
        return _due_of(row), record_of(EnrollmentRecord, row, "enrollment_")

    def change_due(self, change: DueChange) -> None:
        """Record a change of what is asked. Raises sqlite3.IntegrityError below what is paid."""
        self._seals.add("due_changes", change.due_uid)
        self._add("due_changes", columns_of(change))

    def advance_due(self, uid: str, expected: DueState, following: DueState) -> bool:
        """Change a due's state if it is the expected one; False when it was not."""
        row = self._read.get(uid)
        return self._advance(
            _ADVANCE_DUE,
            None if row is None else own_columns(row, "dues", before="paid_paise"),
            uid,
            text_of(expected),
            text_of(following),
        )

    def _one(self, sql: str, uid: str) -> Any:
        row = self._first(sql, uid=uid)
        if row is None:
            raise KeyError(uid)
        return row


def _due_of(row: Any) -> DueRecord:
    agreed = tax_of(row)
    settled = None
    if row.settled is not None:
        taxable, cgst, sgst, igst = map(Money, json.loads(row.settled))
        settled = replace(agreed, taxable=taxable, cgst=cgst, sgst=sgst, igst=igst)
    quote = Quote(row.label, agreed, registered=bool(row.registered))
    return record_of(DueRecord, row, quote=quote, settled=settled)
