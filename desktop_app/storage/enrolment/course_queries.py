"""Courses on offer with their seats."""

from __future__ import annotations

from typing import Any

from desktop_app.domain.courses import Course
from desktop_app.domain.fees import quote
from desktop_app.domain.seats import free_seats
from desktop_app.domain.text import clean_line
from desktop_app.services.views.enrolment import CourseRow
from desktop_app.storage.enrolment.seats import seats_taken
from desktop_app.storage.mapping import record_of
from desktop_app.storage.read_connections import Queries

COURSE = f"""
    SELECT c.*, (SELECT value FROM settings WHERE key = 'centre.gstin') AS gstin,
           {seats_taken("c.uid")} AS taken
    FROM courses c
"""
BY_CODE = f"{COURSE} WHERE c.code = :code AND c.withdrawn_at IS NULL"
BY_UID = f"{COURSE} WHERE c.uid = :uid AND c.withdrawn_at IS NULL"
MATCHING = f"""
    {COURSE} WHERE c.withdrawn_at IS NULL
    AND (:like = '' OR c.code || ' ' || c.title || ' ' || c.batch LIKE :like ESCAPE '\\')
    ORDER BY c.code LIMIT :most
"""
MOST = 2_000


class SqlCourseQueries(Queries):
    """Queries of courses on offer."""

    def search(self, typed: str, limit: int) -> tuple[CourseRow, ...]:
        """Return courses: exact code, start of the code, start of the title, any part; by code."""
        wanted = clean_line(typed)
        escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        like = "%" + "%".join(escaped.split()) + "%" if wanted else ""
        courses = [_course_of(row) for row in self._all(MATCHING, like=like, most=MOST)]
        folded = wanted.casefold()
        return tuple(sorted(courses, key=lambda row: _rank(row, folded))[:limit])

    def get(self, *, uid: str = "", code: str = "") -> CourseRow | None:
        """Return one course by uid or exact code."""
        row = self._first(BY_UID, uid=uid) if uid else self._first(BY_CODE, code=code)
        return None if row is None else _course_of(row)


def _rank(row: CourseRow, folded: str) -> tuple[int, str]:
    code, title = row.course.code.casefold(), row.course.title.casefold()
    if code == folded:
        return 0, code
    if code.startswith(folded):
        return 1, code
    return (2 if title.startswith(folded) else 3), code


def _course_of(row: Any) -> CourseRow:
    course = record_of(Course, row)
    price = quote(course, registered=bool(row.gstin))
    return CourseRow(
        uid=row.uid,
        course=course,
        total=price.total,
        taxable=price.tax.taxable,
        seats_taken=row.taken,
        seats_left=free_seats(course.seats, row.taken),
    )
