"""Students inside a transaction."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from desktop_app.domain.students import Student
from desktop_app.services.errors import DuplicateError, UnknownStudentError
from desktop_app.storage.enrolment.bulk_upsert import bulk_upsert
from desktop_app.storage.mapping import columns_of, instant, record_of
from desktop_app.storage.repository import SqlRepository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from desktop_app.services.ports.records import ImportCounts

_CHANGE = """
    UPDATE students SET roll_no = :roll_no, name = :name, phone = :phone, email = :email,
        guardian_name = :guardian_name, guardian_phone = :guardian_phone,
        date_of_birth = :date_of_birth, state = :state, phone_reversed = :phone_reversed,
        guardian_phone_reversed = :guardian_phone_reversed, updated_at = :now
    WHERE uid = :uid
"""


class SqlStudentRepository(SqlRepository):
    """Students, in one transaction."""

    def add(self, uid: str, student: Student, at: datetime) -> None:
        """Add one. Raises DuplicateError."""
        self._seals.add("students", uid)
        now = instant(at)
        try:
            self._add("students", _columns_of(student), uid=uid, created_at=now, updated_at=now)
        except sqlite3.IntegrityError as error:
            raise DuplicateError(f"roll number {student.roll_no} is taken") from error

    def change(self, uid: str, student: Student, at: datetime) -> None:
        """Replace one. Raises DuplicateError, UnknownStudentError."""
        self._seals.add("students", uid)
        try:
            is_known = self._change(_CHANGE, **_columns_of(student), uid=uid, now=instant(at))
        except sqlite3.IntegrityError as error:
            raise DuplicateError(f"roll number {student.roll_no} is taken") from error
        if not is_known:
            raise UnknownStudentError(uid)

    def get(self, uid: str) -> Student | None:
        """Return one."""
        row = self._first("SELECT * FROM students WHERE uid = :uid", uid=uid)
        return None if row is None else record_of(Student, row)

    def mark_served(self, uid: str, at: datetime) -> None:
        """Record that the student was just at the counter."""
        self._change(
            "UPDATE students SET served_at = :at WHERE uid = :uid", uid=uid, at=instant(at)
        )

    def upsert_all(
        self, students: Iterable[Student], at: datetime, new_uid: Callable[[], str]
    ) -> ImportCounts:
        """Add or replace many by roll number."""
        new = {"desk_id": self._desk_id, "created_at": instant(at), "updated_at": instant(at)}
        rows = ({**_columns_of(each), "uid": new_uid(), **new} for each in students)
        return bulk_upsert(self._connection, self._seals, "students", "roll_no", rows)


def _columns_of(student: Student) -> dict[str, str | int | None]:
    return {
        **columns_of(student),
        "phone_reversed": student.phone[::-1],
        "guardian_phone_reversed": student.guardian_phone[::-1],
    }
