"""An enrolment: a student in a course, pending until paid."""

from __future__ import annotations

from enum import StrEnum


class EnrollmentState(StrEnum):
    """The state of an enrolment."""

    PENDING = "pending"
    """Created at the counter; fee not received."""
    ACTIVE = "active"
    """Fee received; the seat belongs to the student."""
    CANCELLED = "cancelled"
    """Cancelled; holds no seat."""


ENROLLMENT_TABLE: dict[EnrollmentState, frozenset[EnrollmentState]] = {
    EnrollmentState.PENDING: frozenset({EnrollmentState.ACTIVE, EnrollmentState.CANCELLED}),
    EnrollmentState.ACTIVE: frozenset({EnrollmentState.CANCELLED}),
    EnrollmentState.CANCELLED: frozenset({EnrollmentState.PENDING}),
}
"""A cancelled enrolment is pending again where its fee, which was written off, is restored."""


class DueState(StrEnum):
    """The state of a due."""

    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"
    WRITTEN_OFF = "written_off"
    """It will not be collected; it may be restored."""


class DueKind(StrEnum):
    """The reason why a due is asked."""

    FEE = "fee"
    LATE_FEE = "late_fee"
    BOUNCE = "bounce"
    DEPOSIT = "deposit"
    OTHER = "other"


class DueChangeKind(StrEnum):
    """Why another amount is asked than was agreed, or on another day."""

    CONCESSION = "concession"
    WAIVE = "waive"
    REPRICE = "reprice"
    CANCEL = "cancel"
    WRITE_OFF = "write_off"
    RESTORE = "restore"
    MOVE_DATE = "move_date"
