"""Courses inside a transaction, and the one count of their seats."""

from __future__ import annotations

import sqlite3
from functools import cache
from typing import TYPE_CHECKING

from desktop_app.domain.courses import Course
from desktop_app.domain.seats import free_seats
from desktop_app.services.errors import DuplicateError, UnknownCourseError
from desktop_app.storage.enrolment.bulk_upsert import bulk_upsert
from desktop_app.storage.enrolment.seats import seats_taken
from desktop_app.storage.mapping import columns_of, instant, record_of
from desktop_app.storage.repository import SqlRepository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from desktop_app.services.ports.records import ImportCounts

_GET = "SELECT * FROM courses WHERE uid = :uid AND withdrawn_at IS NULL"
_CHANGE = """
    UPDATE courses SET code = :code, title = :title, batch = :batch, fee_paise = :fee_paise,
        gst_bp = :gst_bp, tax_inclusive = :tax_inclusive, seats = :seats, starts_on = :starts_on,
        ends_on = :ends_on, updated_at = :now
    WHERE uid = :uid AND withdrawn_at IS NULL
"""
_ON_OFFER = """
    SELECT c.*, EXISTS (
        SELECT 1 FROM fee_plans p WHERE p.course_uid = c.uid AND p.withdrawn_at IS NULL
    ) AS has_plans
    FROM courses c WHERE c.uid = :uid AND c.withdrawn_at IS NULL
"""
_ARCHIVED = "SELECT * FROM courses WHERE uid = :uid AND withdrawn_at IS NOT NULL"
_WITHDRAW = "UPDATE courses SET withdrawn_at = :now WHERE uid = :uid AND withdrawn_at IS NULL"


@cache
def _seats_sql(without: int) -> str:
    names = ", ".join(f":e{number}" for number in range(without))
    taken = seats_taken(":uid", besides=names, now=":now")
    return f"SELECT seats, {taken} AS taken FROM courses WHERE uid = :uid"


class SqlCourseRepository(SqlRepository):
    """Courses, in one transaction."""

    def add(self, uid: str, course: Course, at: datetime) -> None:
        """Add one. Raises DuplicateError."""
        now = instant(at)
        try:
            self._add_sealed("courses", columns_of(course), uid=uid, created_at=now, updated_at=now)
        except sqlite3.IntegrityError as error:
            raise DuplicateError(f"course code {course.code} is taken") from error

    def change(self, uid: str, course: Course, at: datetime) -> None:
        """Replace one. Raises DuplicateError, UnknownCourseError."""
        self._seals.add("courses", uid)
        try:
            is_on_offer = self._change(_CHANGE, **columns_of(course), uid=uid, now=instant(at))
        except sqlite3.IntegrityError as error:
            raise DuplicateError(f"course code {course.code} is taken") from error
        if not is_on_offer:
            raise UnknownCourseError(uid)

    def get(self, uid: str) -> Course | None:
        """Return one that is on offer; None when unknown or withdrawn."""
        row = self._first(_GET, uid=uid)
        return None if row is None else record_of(Course, row)

    def on_offer(self, uid: str) -> tuple[Course, bool] | None:
        """Return one that is on offer, and whether it has fee plans, by one statement."""
        row = self._first(_ON_OFFER, uid=uid)
        return None if row is None else (record_of(Course, row), bool(row.has_plans))

    def archived(self, uid: str) -> Course | None:
        """Return one that was withdrawn from the list."""
        row = self._first(_ARCHIVED, uid=uid)
        return None if row is None else record_of(Course, row)

    def withdraw(self, uid: str, at: datetime) -> bool:
        """Withdraw one from the list; False when it was not there."""
        self._seals.add("courses", uid)
        return self._change(_WITHDRAW, uid=uid, now=instant(at))

    def has_free_seats(self, uid: str, enrollments: Sequence[str]) -> bool:
        """Return whether a course, withdrawn or not, has seats for enrolments, or for a new one."""
        named = {f"e{number}": each for number, each in enumerate(enrollments)}
        row = self._first(_seats_sql(len(named)), uid=uid, now=self._stamp(), **named)
        free = None if row is None else free_seats(row.seats, row.taken)
        return free is None or free >= max(1, len(named))

    def upsert_all(
        self, courses: Iterable[Course], at: datetime, new_uid: Callable[[], str]
    ) -> ImportCounts:
        """Add or replace many by code."""
        new = {"desk_id": self._desk_id, "created_at": instant(at), "updated_at": instant(at)}
        rows = ({**columns_of(each), "uid": new_uid(), **new} for each in courses)
        on_offer = "AND withdrawn_at IS NULL"
        return bulk_upsert(self._connection, self._seals, "courses", "code", rows, only=on_offer)
