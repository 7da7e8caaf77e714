"""Students and courses inside a writing transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError

from desktop_app.services.errors import DuplicateError, UnknownStudentError
from desktop_app.storage.enrolment.bulk_upsert import bulk_upsert, stamped
from desktop_app.storage.mapping import (
    instant,
    student_of,
    student_values,
)
from desktop_app.storage.prepared_statements import PreparedStatement
from desktop_app.storage.repository import SqlRepository
from desktop_app.storage.schema.enrolment import students

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from desktop_app.domain.students import Student
    from desktop_app.services.ports.records import ImportCounts

_STUDENT = PreparedStatement(select(students).where(students.c.uid == bindparam("wanted")))
_SERVED = PreparedStatement(
    update(students).where(students.c.uid == bindparam("wanted")), ("served_at",)
)


class SqlStudentRepository(SqlRepository):
    """The roll of students, in one transaction."""

    def add(self, uid: str, student: Student, at: datetime) -> None:
        """Add one. Raises DuplicateError."""
        self._seals.touch("students")
        values = stamped(uid, self._desk_id, student_values(student), at)
        try:
            self._connection.execute(students.insert().values(values))
        except IntegrityError as error:
            raise DuplicateError(f"roll number {student.roll_no} is taken") from error

    def change(self, uid: str, student: Student, at: datetime) -> None:
        """Replace one. Raises DuplicateError, UnknownStudentError."""
        self._seals.touch("students")
        values = {**student_values(student), "updated_at": instant(at)}
        try:
            done = self._connection.execute(
                update(students).where(students.c.uid == uid).values(values)
            )
        except IntegrityError as error:
            raise DuplicateError(f"roll number {student.roll_no} is taken") from error
        if not done.rowcount:
            raise UnknownStudentError(uid)

    def get(self, uid: str) -> Student | None:
        """Read one."""
        row = _STUDENT.first(self._connection, {"wanted": uid})
        return None if row is None else student_of(row)

    def note_served(self, uid: str, at: datetime) -> None:
        """Remember that the student was just at the counter."""
        _SERVED.run(self._connection, {"wanted": uid, "served_at": instant(at)})

    def take_all(
        self, students_: Iterable[Student], at: datetime, new_uid: Callable[[], str]
    ) -> ImportCounts:
        """Add or replace many by roll number."""
        self._seals.touch("students")
        rows = (stamped(new_uid(), self._desk_id, student_values(each), at) for each in students_)
        return bulk_upsert(self._connection, students, "roll_no", rows, instant(at))
