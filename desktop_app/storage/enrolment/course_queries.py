"""Courses on offer with their seats."""

from __future__ import annotations

import json
import re
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
           {seats_taken("c.uid")} AS taken,
           (SELECT group_concat(title, char(31)) FROM (
               SELECT title FROM fee_plans p
               WHERE p.course_uid = c.uid AND p.withdrawn_at IS NULL
               ORDER BY p.is_default DESC, p.code)) AS plans
    FROM courses c
"""
BY_CODE = f"{COURSE} WHERE c.code = :code AND c.withdrawn_at IS NULL"
BY_UID = f"{COURSE} WHERE c.uid = :uid"
MATCHING = f"""
    {COURSE} WHERE c.withdrawn_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM json_each(:parts) WHERE
        c.code || ' ' || c.title || ' ' || c.batch NOT LIKE value ESCAPE '\\')
    ORDER BY c.code LIMIT :most
"""
MOST = 2_000


class SqlCourseQueries(Queries):
    """Queries of courses on offer."""

    def search(self, typed: str, limit: int) -> tuple[CourseRow, ...]:
        """Return courses that have every typed word, best first, of equals by code.

        Exact code, start of the code, start of the title, starts of words, any part.
        """
        wanted = clean_line(typed)
        escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        parts = json.dumps([f"%{part}%" for part in escaped.split()])
        courses = [_course_of(row) for row in self._all(MATCHING, parts=parts, most=MOST)]
        folded = wanted.casefold()
        return tuple(sorted(courses, key=lambda row: _rank(row, folded))[:limit])

    def get(self, *, uid: str = "", code: str = "") -> CourseRow | None:
        """Return one course by uid, archived or not, or one on offer by exact code."""
        row = self._first(BY_UID, uid=uid) if uid else self._first(BY_CODE, code=code)
        return None if row is None else _course_of(row)


def _rank(row: CourseRow, folded: str) -> tuple[int, str]:
    code, title = row.course.code.casefold(), row.course.title.casefold()
    if code.startswith(folded):
        return int(code != folded), code
    if title.startswith(folded):
        return 2, code
    words = re.split(r"[\s,·/()-]+", f"{code} {title} {row.course.batch.casefold()}")
    begun = all(any(word.startswith(part) for word in words) for part in folded.split())
    return (3 if begun else 4), code


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
        plans=tuple(row.plans.split("\x1f")) if row.plans else (),
    )
