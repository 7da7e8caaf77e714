"""Courses on offer with their seats, and what a student's history shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop_app.domain.courses import free_seats
from desktop_app.domain.enrollment import EnrollmentState
from desktop_app.domain.fees import quote
from desktop_app.domain.money import Money
from desktop_app.domain.text import clean_line
from desktop_app.services.views.enrolment import CourseRow, EnrollmentRow, StudentDetail
from desktop_app.storage.mapping import course_of, read_instant, student_of

if TYPE_CHECKING:
    from desktop_app.storage.read_connections import ReadConnection

COURSE = """
    SELECT c.*,
        (SELECT count(*) FROM enrollments e WHERE e.course_uid = c.uid AND e.state = 'active')
        + (SELECT count(*) FROM enrollments e WHERE e.course_uid = c.uid AND e.state = 'pending'
           AND EXISTS (SELECT 1 FROM attempts a WHERE a.enrollment_uid = e.uid
                       AND a.state IN ('intent','unknown','ordered','awaiting'))) AS taken
    FROM courses c
"""
BY_CODE = f"{COURSE} WHERE c.code = :code AND c.withdrawn_at IS NULL"
BY_UID = f"{COURSE} WHERE c.uid = :uid AND c.withdrawn_at IS NULL"
MATCHING = f"""
    {COURSE} WHERE c.withdrawn_at IS NULL
    AND (:like = '' OR c.code || ' ' || c.title || ' ' || c.batch LIKE :like ESCAPE '\\')
    ORDER BY c.code LIMIT :most
"""
HISTORY = """
    SELECT e.*, r.number, r.uid AS receipt_uid FROM enrollments e
    LEFT JOIN payments p ON p.enrollment_uid = e.uid AND p.placement = 'due'
    LEFT JOIN receipts r ON r.payment_uid = p.uid
    WHERE e.student_uid = :uid ORDER BY e.created_at DESC
"""
STUDENT = "SELECT * FROM students WHERE uid = :uid"
MOST = 2_000


def find(
    reading: ReadConnection, typed: str, limit: int, *, registered: bool
) -> tuple[CourseRow, ...]:
    """Find courses on offer: exact code, code's beginning, title's beginning, any part."""
    wanted = clean_line(typed)
    escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    like = "%" + "%".join(escaped.split()) + "%" if wanted else ""
    rows = reading.execute(MATCHING, {"like": like, "most": MOST})
    courses = [course_row(row, registered=registered) for row in rows]
    folded = wanted.casefold()
    return tuple(sorted(courses, key=lambda row: _rank(row, folded))[:limit])


def _rank(row: CourseRow, folded: str) -> tuple[int, str]:
    code, title = row.course.code.casefold(), row.course.title.casefold()
    if code == folded:
        return 0, code
    if code.startswith(folded):
        return 1, code
    return (2 if title.startswith(folded) else 3), code


def one(reading: ReadConnection, *, uid: str, code: str, registered: bool) -> CourseRow | None:
    """One course on offer by uid or exact code."""
    if uid:
        row = reading.execute(BY_UID, {"uid": uid}).first()
    else:
        row = reading.execute(BY_CODE, {"code": code}).first()
    return None if row is None else course_row(row, registered=registered)


def course_row(row: Any, *, registered: bool) -> CourseRow:
    """A course of a row with its count of taken seats."""
    course = course_of(row)
    return CourseRow(
        uid=row.uid,
        course=course,
        total=quote(course, registered=registered).total,
        seats_taken=row.taken,
        seats_left=free_seats(course.seats, row.taken),
    )


def student_detail(reading: ReadConnection, uid: str) -> StudentDetail | None:
    """A student in full with the history."""
    row = reading.execute(STUDENT, {"uid": uid}).first()
    if row is None:
        return None
    history = reading.execute(HISTORY, {"uid": uid})
    return StudentDetail(uid, student_of(row), tuple(_enrollment_of(each) for each in history))


def _enrollment_of(row: Any) -> EnrollmentRow:
    return EnrollmentRow(
        uid=row.uid,
        course_uid=row.course_uid,
        course_code=row.course_code,
        course_label=row.course_label,
        state=EnrollmentState(row.state),
        amount=Money(row.amount_paise),
        created_at=read_instant(row.created_at),
        receipt_no=row.number,
        receipt_uid=row.receipt_uid,
    )
