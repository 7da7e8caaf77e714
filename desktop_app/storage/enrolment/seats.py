"""Which enrolments hold a seat of their course: one rule for lists, offers and the last seat."""

from __future__ import annotations

IS_LIVE = "a.state IN ('intent','unknown','ordered','awaiting')"
"""The condition of the partial index of live attempts, letter by letter."""


def seats_taken(course: str, *, besides: str = "") -> str:
    """Return the SQL that counts enrolments which are active or have a live attempt.

    Args:
        course: SQL of the course's uid.
        besides: SQL of the uid of an enrolment that is not counted.
    """
    of = f"SELECT count(*) FROM enrollments o WHERE o.course_uid = {course}"
    if besides:
        of = f"{of} AND o.uid != {besides}"
    held = f"SELECT 1 FROM attempts a WHERE a.enrollment_uid = o.uid AND {IS_LIVE}"
    return f"(({of} AND o.state = 'active') + ({of} AND o.state = 'pending' AND EXISTS ({held})))"
