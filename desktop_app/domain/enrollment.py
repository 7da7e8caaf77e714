"""An enrolment: a student in a course, pending until paid."""

from __future__ import annotations

from enum import StrEnum


class EnrollmentState(StrEnum):
    """Where an enrolment stands."""

    PENDING = "pending"
    """Made at the counter, fee not received."""
    ACTIVE = "active"
    """Fee received; the seat is the student's."""
    CANCELLED = "cancelled"
    """Given up; holds no seat."""


ENROLLMENT_TABLE: dict[EnrollmentState, frozenset[EnrollmentState]] = {
    EnrollmentState.PENDING: frozenset({EnrollmentState.ACTIVE, EnrollmentState.CANCELLED}),
    EnrollmentState.ACTIVE: frozenset({EnrollmentState.CANCELLED}),
    EnrollmentState.CANCELLED: frozenset(),
}


class DueState(StrEnum):
    """Whether an amount asked for has come."""

    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"
