"""Students inside a transaction."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

from desktop_app.domain.students import Student, StudentNames
from desktop_app.services.errors import DuplicateError, UnknownStudentError
from desktop_app.storage.enrolment.bulk_upsert import bulk_upsert
from desktop_app.storage.enrolment.name_words import add_name_words
from desktop_app.storage.mapping import columns_of, instant, record_of, writing
from desktop_app.storage.repository import SqlRepository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from desktop_app.services.ports.records import ImportCounts

_CHANGE = """
    UPDATE students SET roll_no = :roll_no, name = :name, phone = :phone, email = :email,
        guardian_name = :guardian_name, guardian_phone = :guardian_phone,
        date_of_birth = :date_of_birth, state = :state, phone_reversed = :phone_reversed,
        guardian_phone_reversed = :guardian_phone_reversed, updated_at = :now
    WHERE uid = :uid
"""
_SERVE = "UPDATE students SET served_at = :at WHERE uid = :uid"
PREFIX = "student_"
BESIDE = ", ".join([f"s.{column} AS {PREFIX}{column}" for column in writing(StudentNames)[0]])
"""The names of the student `s` beside those of a due, for rows that the transaction keeps."""

_NAMES = "SELECT roll_no, name, guardian_name, state FROM students WHERE uid = :uid"
_MOST_OF_A_FAMILY = 8
"""More students than this share the phone of an institution."""
_ADD_FAMILIES = f"""
    INSERT INTO families (uid, desk_id, name, phone, email, language, wants_whatsapp, wants_email,
                          wants_sms, note, created_at, updated_at)
    SELECT lower(hex(randomblob(16))), :desk_id, max(guardian_name), guardian_phone, '', '',
           0, 0, 0, '', :now, :now
    FROM students WHERE guardian_phone_reversed IN (SELECT value FROM json_each(:reversed))
    GROUP BY guardian_phone HAVING count(*) BETWEEN 2 AND {_MOST_OF_A_FAMILY}
    ON CONFLICT DO NOTHING RETURNING uid
"""
_JOIN = """
    UPDATE students SET family_uid = f.uid FROM families f
    WHERE f.phone = students.guardian_phone AND students.family_uid IS NOT f.uid
    AND students.guardian_phone_reversed IN (SELECT value FROM json_each(:reversed))
"""
_LEAVE = """
    UPDATE students SET family_uid = NULL
    WHERE roll_no IN (SELECT value FROM json_each(:rolls)) AND family_uid IS NOT NULL
    AND family_uid NOT IN (SELECT f.uid FROM families f WHERE f.phone = students.guardian_phone)
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
        add_name_words(self._connection, _names_of(student))
        self._join_families({student.guardian_phone}, at)

    def change(self, uid: str, student: Student, at: datetime) -> None:
        """Replace one. Raises DuplicateError, UnknownStudentError."""
        self._seals.add("students", uid)
        self._beside.clear()
        try:
            is_known = self._change(_CHANGE, **_columns_of(student), uid=uid, now=instant(at))
        except sqlite3.IntegrityError as error:
            raise DuplicateError(f"roll number {student.roll_no} is taken") from error
        if not is_known:
            raise UnknownStudentError(uid)
        add_name_words(self._connection, _names_of(student))
        self._join_families({student.guardian_phone}, at, [student.roll_no])

    def get(self, uid: str) -> Student | None:
        """Return one."""
        row = self._first("SELECT * FROM students WHERE uid = :uid", uid=uid)
        return None if row is None else record_of(Student, row)

    def names(self, uid: str) -> StudentNames | None:
        """Return the names of one; those beside a due that the transaction read are at hand."""
        if uid in self._beside:
            return record_of(StudentNames, self._beside[uid], PREFIX)
        row = self._first(_NAMES, uid=uid)
        return None if row is None else record_of(StudentNames, row)

    def mark_served(self, uid: str, at: datetime) -> None:
        """Record that the student was just at the counter."""
        self._change(_SERVE, uid=uid, at=instant(at))

    def upsert_all(
        self, students: Iterable[Student], at: datetime, new_uid: Callable[[], str]
    ) -> ImportCounts:
        """Add or replace many by roll number."""
        new = {"desk_id": self._desk_id, "created_at": instant(at), "updated_at": instant(at)}
        phones: set[str] = set()
        names: set[str] = set()
        rolls: list[str] = []

        def row_of(student: Student) -> dict[str, str | int | None]:
            phones.add(student.guardian_phone)
            names.update(_names_of(student))
            rolls.append(student.roll_no)
            return {**_columns_of(student), "uid": new_uid(), **new}

        self._beside.clear()
        rows = map(row_of, students)
        counts = bulk_upsert(self._connection, self._seals, "students", "roll_no", rows)
        add_name_words(self._connection, names)
        self._join_families(phones, at, rolls)
        return counts

    def _join_families(self, phones: set[str], at: datetime, changed: Sequence[str] = ()) -> None:
        """Make one family of the students who share a guardian's phone.

        Args:
            phones: the phones of guardians that were written.
            at: now.
            changed: roll numbers of students who may have had another phone, and so a family.
        """
        if changed:
            self._change(_LEAVE, rolls=json.dumps(changed))
        wanted = json.dumps([phone[::-1] for phone in phones if phone])
        now = {"now": instant(at), "desk_id": self._desk_id}
        for made in self._all(_ADD_FAMILIES, reversed=wanted, **now):
            self._seals.add("families", made.uid)
        self._change(_JOIN, reversed=wanted)


def _names_of(student: Student) -> tuple[str, str]:
    return student.name, student.guardian_name


def _columns_of(student: Student) -> dict[str, str | int | None]:
    return {
        **columns_of(student),
        "phone_reversed": student.phone[::-1],
        "guardian_phone_reversed": student.guardian_phone[::-1],
    }
