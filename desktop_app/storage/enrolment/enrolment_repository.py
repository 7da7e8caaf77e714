"""Enrolments and their dues inside a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.enrollment import ENROLLMENT_TABLE, DueState, EnrollmentState
from desktop_app.domain.fees import Quote
from desktop_app.domain.money import Money
from desktop_app.domain.state_machine import advance
from desktop_app.domain.tax import SplitRule, Tax
from desktop_app.services.ports.records import DueRecord, EnrollmentRecord
from desktop_app.storage.mapping import columns_of, record_of
from desktop_app.storage.repository import SqlRepository

if TYPE_CHECKING:
    from typing import Any

_CURRENT = """
    SELECT * FROM enrollments WHERE student_uid = :student AND course_uid = :course
    AND state IN ('pending','active')
"""
_ADVANCE = """
    UPDATE enrollments SET state = :following, updated_at = :now
    WHERE uid = :uid AND state = :expected
"""
_DUE_OF = "SELECT * FROM dues WHERE enrollment_uid = :uid AND sequence = 1"
_ADVANCE_DUE = "UPDATE dues SET state = :following WHERE uid = :uid AND state = :expected"


class SqlEnrollmentRepository(SqlRepository):
    """Enrolments and dues, in one transaction."""

    def current(self, student_uid: str, course_uid: str) -> EnrollmentRecord | None:
        """Return the pending or active enrolment of a student in a course."""
        row = self._first(_CURRENT, student=student_uid, course=course_uid)
        return None if row is None else record_of(EnrollmentRecord, row)

    def get(self, uid: str) -> EnrollmentRecord:
        """Return one. Raises KeyError."""
        row = self._one("SELECT * FROM enrollments WHERE uid = :uid", uid)
        return record_of(EnrollmentRecord, row)

    def add(self, enrollment: EnrollmentRecord, due: DueRecord) -> None:
        """Add one with its due."""
        self._seals.add("enrollments", enrollment.uid)
        self._seals.add("dues", due.uid)
        columns = columns_of(enrollment)
        created = columns["created_at"]
        self._add("enrollments", columns, updated_at=created)
        tax = due.quote.tax
        self._add(
            "dues",
            columns_of(due),
            sequence=1,
            label=due.quote.label,
            amount_paise=due.quote.total.paise,
            taxable_paise=tax.taxable.paise,
            cgst_paise=tax.cgst.paise,
            sgst_paise=tax.sgst.paise,
            gst_bp=tax.rate_bp,
            registered=int(due.quote.registered),
            created_at=created,
        )

    def advance(self, uid: str, expected: EnrollmentState, following: EnrollmentState) -> bool:
        """Change the state if it is the expected one; False when it was not."""
        advance(ENROLLMENT_TABLE, expected, following)
        self._seals.add("enrollments", uid)
        states = {"expected": expected.value, "following": following.value}
        return self._change(_ADVANCE, uid=uid, now=self._stamp(), **states)

    def due_of(self, enrollment_uid: str) -> DueRecord:
        """Return the due of an enrolment. Raises KeyError."""
        return _due_of(self._one(_DUE_OF, enrollment_uid))

    def due(self, due_uid: str) -> DueRecord:
        """Return a due. Raises KeyError."""
        return _due_of(self._one("SELECT * FROM dues WHERE uid = :uid", due_uid))

    def advance_due(self, uid: str, expected: DueState, following: DueState) -> bool:
        """Change a due's state if it is the expected one; False when it was not."""
        self._seals.add("dues", uid)
        states = {"expected": expected.value, "following": following.value}
        return self._change(_ADVANCE_DUE, uid=uid, **states)

    def _one(self, sql: str, uid: str) -> Any:
        row = self._first(sql, uid=uid)
        if row is None:
            raise KeyError(uid)
        return row


def _due_of(row: Any) -> DueRecord:
    tax = Tax(
        taxable=Money(row.taxable_paise),
        cgst=Money(row.cgst_paise),
        sgst=Money(row.sgst_paise),
        rate_bp=row.gst_bp,
        # Unequal halves come only from version 0.1.
        split_rule=(SplitRule.EQUAL if row.cgst_paise == row.sgst_paise else SplitRule.RESIDUAL),
    )
    return record_of(DueRecord, row, quote=Quote(row.label, tax, registered=bool(row.registered)))
