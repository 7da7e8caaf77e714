"""Enrolments and their dues inside a writing transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from desktop_app.domain.enrollment import ENROLLMENT_TABLE, DueState, EnrollmentState
from desktop_app.domain.state_machine import advance
from desktop_app.storage.mapping import due_of, enrollment_of, instant
from desktop_app.storage.prepared_statements import PreparedStatement
from desktop_app.storage.repository import SqlRepository
from desktop_app.storage.schema.enrolment import dues, enrollments

if TYPE_CHECKING:
    from desktop_app.services.ports.records import DueRecord, EnrollmentRecord


_ENROLLMENT = PreparedStatement(select(enrollments).where(enrollments.c.uid == bindparam("wanted")))
_DUE = PreparedStatement(select(dues).where(dues.c.uid == bindparam("wanted")))
_DUE_OF = PreparedStatement(
    select(dues).where(dues.c.enrollment_uid == bindparam("wanted"), dues.c.sequence == 1)
)
_ADD_ENROLLMENT = PreparedStatement(enrollments.insert().inline(), enrollments.c.keys())
_ADD_DUE = PreparedStatement(dues.insert().inline(), dues.c.keys())
_ADVANCE = PreparedStatement(
    update(enrollments).where(
        enrollments.c.uid == bindparam("wanted"), enrollments.c.state == bindparam("expected")
    ),
    ("state", "updated_at"),
)
_ADVANCE_DUE = PreparedStatement(
    update(dues).where(dues.c.uid == bindparam("wanted"), dues.c.state == bindparam("expected")),
    ("state",),
)


class SqlEnrollmentRepository(SqlRepository):
    """Enrolments and dues, in one transaction."""

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
        row = _ENROLLMENT.first(self._connection, {"wanted": uid})
        if row is None:
            raise KeyError(uid)
        return enrollment_of(row)

    def add(self, enrollment: EnrollmentRecord, due: DueRecord) -> None:
        """Add one with its due."""
        created = instant(enrollment.created_at)
        self._seals.note("enrollments", enrollment.uid)
        self._seals.note("dues", due.uid)
        _ADD_ENROLLMENT.run(
            self._connection,
            {
                "uid": enrollment.uid,
                "desk_id": self._desk_id,
                "student_uid": enrollment.student_uid,
                "course_uid": enrollment.course_uid,
                "course_code": enrollment.course_code,
                "course_label": enrollment.course_label,
                "state": enrollment.state.value,
                "amount_paise": enrollment.amount.paise,
                "created_at": created,
                "updated_at": created,
            },
        )
        tax = due.quote.tax
        _ADD_DUE.run(
            self._connection,
            {
                "uid": due.uid,
                "desk_id": self._desk_id,
                "enrollment_uid": due.enrollment_uid,
                "sequence": 1,
                "state": due.state.value,
                "label": due.quote.label,
                "amount_paise": due.quote.total.paise,
                "taxable_paise": tax.taxable.paise,
                "cgst_paise": tax.cgst.paise,
                "sgst_paise": tax.sgst.paise,
                "gst_bp": tax.rate_bp,
                "registered": int(due.quote.registered),
                "created_at": created,
            },
        )

    def advance(self, uid: str, expected: EnrollmentState, following: EnrollmentState) -> bool:
        """Change the state if it is the expected one; False when it was not."""
        advance(ENROLLMENT_TABLE, expected, following)
        self._seals.note("enrollments", uid)
        values = {"wanted": uid, "expected": expected.value, "state": following.value}
        return bool(_ADVANCE.run(self._connection, {**values, "updated_at": instant(self._now())}))

    def due_of(self, enrollment_uid: str) -> DueRecord:
        """The due of an enrolment. Raises KeyError."""
        row = _DUE_OF.first(self._connection, {"wanted": enrollment_uid})
        if row is None:
            raise KeyError(enrollment_uid)
        return due_of(row)

    def due(self, due_uid: str) -> DueRecord:
        """Read a due. Raises KeyError."""
        row = _DUE.first(self._connection, {"wanted": due_uid})
        if row is None:
            raise KeyError(due_uid)
        return due_of(row)

    def advance_due(self, uid: str, expected: DueState, following: DueState) -> bool:
        """Change a due's state if it is the expected one; False when it was not."""
        self._seals.note("dues", uid)
        values = {"wanted": uid, "expected": expected.value, "state": following.value}
        return bool(_ADVANCE_DUE.run(self._connection, values))
