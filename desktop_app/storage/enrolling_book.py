"""Enrolments and their dues inside a writing transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from desktop_app.domain.enrollment import ENROLLMENT_TABLE, DueState, EnrollmentState
from desktop_app.domain.lifecycle import advance
from desktop_app.storage.mapping import due_of, enrollment_of, instant
from desktop_app.storage.tables import dues, enrollments

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from desktop_app.services.records import DueRecord, EnrollmentRecord


class SqlEnrollments:
    """Enrolments and dues, in one transaction."""

    def __init__(self, connection: Connection, desk_id: str, now: Callable[[], datetime]) -> None:
        self._connection = connection
        self._desk_id = desk_id
        self._now = now

    def current(self, student_uid: str, course_uid: str) -> EnrollmentRecord | None:
        """The pending or active enrolment of a student in a course."""
        row = self._connection.execute(
            select(enrollments).where(
                enrollments.c.student_uid == student_uid,
                enrollments.c.course_uid == course_uid,
                enrollments.c.state.in_(["pending", "active"]),
            )
        ).first()
        return None if row is None else enrollment_of(row)

    def get(self, uid: str) -> EnrollmentRecord:
        """Read one. Raises KeyError."""
        row = self._connection.execute(select(enrollments).where(enrollments.c.uid == uid)).first()
        if row is None:
            raise KeyError(uid)
        return enrollment_of(row)

    def add(self, enrollment: EnrollmentRecord, due: DueRecord) -> None:
        """Add one with its due."""
        created = instant(enrollment.created_at)
        self._connection.execute(
            enrollments.insert().values(
                uid=enrollment.uid,
                desk_id=self._desk_id,
                student_uid=enrollment.student_uid,
                course_uid=enrollment.course_uid,
                course_code=enrollment.course_code,
                course_label=enrollment.course_label,
                state=enrollment.state.value,
                amount_paise=enrollment.amount.paise,
                created_at=created,
                updated_at=created,
            )
        )
        tax = due.quote.tax
        self._connection.execute(
            dues.insert().values(
                uid=due.uid,
                desk_id=self._desk_id,
                enrollment_uid=due.enrollment_uid,
                sequence=1,
                state=due.state.value,
                label=due.quote.label,
                amount_paise=due.quote.total.paise,
                taxable_paise=tax.taxable.paise,
                cgst_paise=tax.cgst.paise,
                sgst_paise=tax.sgst.paise,
                gst_bp=tax.rate_bp,
                registered=int(due.quote.registered),
                created_at=created,
            )
        )

    def advance(self, uid: str, expected: EnrollmentState, following: EnrollmentState) -> bool:
        """Change the state if it is the expected one; False when it was not."""
        advance(ENROLLMENT_TABLE, expected, following)
        done = self._connection.execute(
            update(enrollments)
            .where(enrollments.c.uid == uid, enrollments.c.state == expected.value)
            .values(state=following.value, updated_at=instant(self._now()))
        )
        return bool(done.rowcount)

    def due_of(self, enrollment_uid: str) -> DueRecord:
        """The due of an enrolment. Raises KeyError."""
        row = self._connection.execute(
            select(dues).where(dues.c.enrollment_uid == enrollment_uid, dues.c.sequence == 1)
        ).first()
        if row is None:
            raise KeyError(enrollment_uid)
        return due_of(row)

    def due(self, due_uid: str) -> DueRecord:
        """Read a due. Raises KeyError."""
        row = self._connection.execute(select(dues).where(dues.c.uid == due_uid)).first()
        if row is None:
            raise KeyError(due_uid)
        return due_of(row)

    def advance_due(self, uid: str, expected: DueState, following: DueState) -> bool:
        """Change a due's state if it is the expected one; False when it was not."""
        done = self._connection.execute(
            update(dues)
            .where(dues.c.uid == uid, dues.c.state == expected.value)
            .values(state=following.value)
        )
        return bool(done.rowcount)
