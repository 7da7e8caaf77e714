"""The fee that the dialog of concessions is about."""

from __future__ import annotations

from typing import NamedTuple


class ConcededFee(NamedTuple):
    """A course for a student, by a plan; None for the default plan."""

    student_uid: str
    course_uid: str
    plan_code: str | None
    who: str
