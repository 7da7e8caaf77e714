"""Students and courses inside a writing transaction."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError

from desktop_app.domain.payment import LIVE_STATES
from desktop_app.services.errors import DuplicateError, UnknownCourseError, UnknownStudentError
from desktop_app.services.ports.records import ImportCounts
from desktop_app.storage.mapping import (
    course_of,
    course_values,
    instant,
    student_of,
    student_values,
)
from desktop_app.storage.prepared import Prepared
from desktop_app.storage.tables import attempts, courses, enrollments, students

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Table

    from desktop_app.domain.courses import Course
    from desktop_app.domain.students import Student

CHUNK = 5_000
_STUDENT = Prepared(select(students).where(students.c.uid == bindparam("wanted")))
_SERVED = Prepared(update(students).where(students.c.uid == bindparam("wanted")), ("served_at",))


class SqlStudents:
    """The roll of students, in one transaction."""

    def __init__(self, connection: Connection, desk_id: str) -> None:
        self._connection = connection
        self._desk_id = desk_id

    def add(self, uid: str, student: Student, at: datetime) -> None:
        """Add one. Raises DuplicateError."""
        values = _added(uid, self._desk_id, student_values(student), at)
        try:
            self._connection.execute(students.insert().values(values))
        except IntegrityError as error:
            raise DuplicateError(f"roll number {student.roll_no} is taken") from error

    def change(self, uid: str, student: Student, at: datetime) -> None:
        """Replace one. Raises DuplicateError, UnknownStudentError."""
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
        rows = (_added(new_uid(), self._desk_id, student_values(each), at) for each in students_)
        return _take_all(self._connection, students, "roll_no", rows, instant(at))


class SqlCourses:
    """The courses, in one transaction."""

    def __init__(self, connection: Connection, desk_id: str) -> None:
        self._connection = connection
        self._desk_id = desk_id

    def add(self, uid: str, course: Course, at: datetime) -> None:
        """Add one. Raises DuplicateError."""
        values = _added(uid, self._desk_id, course_values(course), at)
        try:
            self._connection.execute(courses.insert().values(values))
        except IntegrityError as error:
            raise DuplicateError(f"course code {course.code} is taken") from error

    def change(self, uid: str, course: Course, at: datetime) -> None:
        """Replace one. Raises DuplicateError, UnknownCourseError."""
        values = {**course_values(course), "updated_at": instant(at)}
        on_offer = (courses.c.uid == uid) & courses.c.withdrawn_at.is_(None)
        try:
            done = self._connection.execute(update(courses).where(on_offer).values(values))
        except IntegrityError as error:
            raise DuplicateError(f"course code {course.code} is taken") from error
        if not done.rowcount:
            raise UnknownCourseError(uid)

    def get(self, uid: str) -> Course | None:
        """Read one that is on offer; None when unknown or withdrawn."""
        row = self._connection.execute(
            select(courses).where(courses.c.uid == uid, courses.c.withdrawn_at.is_(None))
        ).first()
        return None if row is None else course_of(row)

    def withdraw(self, uid: str, at: datetime) -> bool:
        """Take one off the list; False when it was not there."""
        on_offer = (courses.c.uid == uid) & courses.c.withdrawn_at.is_(None)
        done = self._connection.execute(
            update(courses).where(on_offer).values(withdrawn_at=instant(at))
        )
        return bool(done.rowcount)

    def seats(self, uid: str) -> int | None:
        """How many seats a course has, withdrawn or not; None is without limit."""
        return self._connection.execute(
            select(courses.c.seats).where(courses.c.uid == uid)
        ).scalar()

    def seats_taken(self, uid: str, *, besides: str = "") -> int:
        """Count enrolments that are active or held by a live attempt, leaving one out."""
        held = (
            select(attempts.c.uid)
            .where(
                attempts.c.enrollment_uid == enrollments.c.uid,
                attempts.c.state.in_([state.value for state in LIVE_STATES]),
            )
            .exists()
        )
        counted = select(func.count()).where(
            enrollments.c.course_uid == uid,
            enrollments.c.uid != besides,
            (enrollments.c.state == "active") | ((enrollments.c.state == "pending") & held),
        )
        return int(self._connection.execute(counted).scalar_one())

    def take_all(
        self, courses_: Iterable[Course], at: datetime, new_uid: Callable[[], str]
    ) -> ImportCounts:
        """Add or replace many by code."""
        rows = (_added(new_uid(), self._desk_id, course_values(each), at) for each in courses_)
        return _take_all(self._connection, courses, "code", rows, instant(at))


def _added(
    uid: str, desk_id: str, values: dict[str, Any], at: datetime
) -> dict[str, str | int | None]:
    now = instant(at)
    return {"uid": uid, "desk_id": desk_id, **values, "created_at": now, "updated_at": now}


def _take_all(
    connection: Connection,
    table: Table,
    key: str,
    rows: Iterator[dict[str, Any]],
    now: str,
) -> ImportCounts:
    """Insert new rows; of known ones change only those in which something differs."""
    added = updated = unchanged = 0
    on_offer = [table.c.withdrawn_at.is_(None)] if "withdrawn_at" in table.c else []
    kept = {"uid", "desk_id", "created_at", "updated_at"}
    while chunk := list(islice(rows, CHUNK)):
        columns = [name for name in chunk[0] if name not in kept]
        asked = select(table).where(table.c[key].in_([row[key] for row in chunk]), *on_offer)
        known = {_fold(getattr(row, key)): row for row in connection.execute(asked)}
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for row in chunk:
            there = known.get(_fold(row[key]))
            if there is None:
                new.append(row)
            elif any(row[name] != getattr(there, name) for name in columns):
                changed.append(
                    {f"new_{name}": row[name] for name in columns}
                    | {"at": now, "known_uid": there.uid}
                )
        if new:
            connection.execute(insert(table), new)
        if changed:
            settings: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
            connection.execute(
                update(table)
                .where(table.c.uid == bindparam("known_uid"))
                .values({**settings, "updated_at": bindparam("at")}),
                changed,
            )
        added += len(new)
        updated += len(changed)
        unchanged += len(chunk) - len(new) - len(changed)
    return ImportCounts(added, updated, unchanged)


def _fold(text: str) -> str:
    """Fold case as SQLite's NOCASE does: ASCII letters only."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)
