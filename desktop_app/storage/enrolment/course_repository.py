"""Courses inside a unit of work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, func, select, update
from sqlalchemy.exc import IntegrityError

from desktop_app.domain.courses import free_seats
from desktop_app.domain.payment import LIVE_STATES
from desktop_app.services.errors import DuplicateError, UnknownCourseError
from desktop_app.storage.enrolment.bulk_upsert import bulk_upsert, stamped
from desktop_app.storage.mapping import (
    course_of,
    course_values,
    instant,
)
from desktop_app.storage.schema.enrolment import courses, enrollments
from desktop_app.storage.schema.payments import attempts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sqlalchemy import Connection

    from desktop_app.domain.courses import Course
    from desktop_app.services.ports.records import ImportCounts


class SqlCourseRepository:
    """The courses, in one transaction."""

    def __init__(self, connection: Connection, desk_id: str, written: set[str]) -> None:
        self._connection = connection
        self._desk_id = desk_id
        self._written = written

    def add(self, uid: str, course: Course, at: datetime) -> None:
        """Add one. Raises DuplicateError."""
        self._written.add("courses")
        values = stamped(uid, self._desk_id, course_values(course), at)
        try:
            self._connection.execute(courses.insert().values(values))
        except IntegrityError as error:
            raise DuplicateError(f"course code {course.code} is taken") from error

    def change(self, uid: str, course: Course, at: datetime) -> None:
        """Replace one. Raises DuplicateError, UnknownCourseError."""
        self._written.add("courses")
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
        self._written.add("courses")
        on_offer = (courses.c.uid == uid) & courses.c.withdrawn_at.is_(None)
        done = self._connection.execute(
            update(courses).where(on_offer).values(withdrawn_at=instant(at))
        )
        return bool(done.rowcount)

    def has_free_seat(self, uid: str, *, besides: str = "") -> bool:
        """Whether a seat is neither taken nor held by a live attempt, leaving one enrolment out."""
        is_held = (
            select(attempts.c.uid)
            .where(
                attempts.c.enrollment_uid == enrollments.c.uid,
                attempts.c.state.in_([state.value for state in LIVE_STATES]),
            )
            .exists()
        )
        taken = select(func.count()).where(
            enrollments.c.course_uid == uid,
            enrollments.c.uid != besides,
            (enrollments.c.state == "active") | ((enrollments.c.state == "pending") & is_held),
        )
        is_limited = courses.c.seats.is_not(None)
        row = self._connection.execute(
            select(courses.c.seats, case((is_limited, taken.scalar_subquery()), else_=0)).where(
                courses.c.uid == uid
            )
        ).one()
        return free_seats(row[0], row[1]) != 0

    def take_all(
        self, courses_: Iterable[Course], at: datetime, new_uid: Callable[[], str]
    ) -> ImportCounts:
        """Add or replace many by code."""
        self._written.add("courses")
        rows = (stamped(new_uid(), self._desk_id, course_values(each), at) for each in courses_)
        return bulk_upsert(self._connection, courses, "code", rows, instant(at))
