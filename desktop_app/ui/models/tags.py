"""The words, icons and tones of states in tables and details: never a colour alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.enrollment import EnrollmentState
from desktop_app.domain.payment import Method, Placement
from desktop_app.ui.models.columns import Tag

if TYPE_CHECKING:
    from desktop_app.services.views import CourseRow, EnrollmentRow, PaymentRow

METHODS = {
    Method.AUTO: "UPI",
    Method.UPI_INTENT: "UPI",
    Method.QR_CODE: "UPI QR code",
    Method.PAYMENT_LINK: "Payment link",
    Method.CASH: "Cash",
}
"""How a payment came, in words."""

HELD = {
    Placement.SURPLUS: (
        "Held, to be returned: this fee had been paid already. Refund it to the payer."
    ),
    Placement.NO_SEAT: (
        "Held, to be decided: the course was full when this money came. "
        "Enrol in another batch, or return it."
    ),
    Placement.RETURNED: "This money has been returned to the payer.",
}
"""What is to be done about money that pays no fee."""

FEW_SEATS = 3

_ENROLLMENT = {
    EnrollmentState.PENDING: Tag("To pay", "waiting", "attention"),
    EnrollmentState.ACTIVE: Tag("Paid", "paid", "paid"),
    EnrollmentState.CANCELLED: Tag("Cancelled", "cross", "quiet"),
}


def enrollment_tag(row: EnrollmentRow) -> Tag:
    """Show where an enrolment stands."""
    return _ENROLLMENT[row.state]


def payment_tag(row: PaymentRow) -> Tag:
    """Show what became of a payment: whether it pays a fee, was returned, or is held."""
    if row.placement is Placement.RETURNED or row.state == "refunded":
        return Tag("Refunded", "arrow", "quiet")
    if row.placement in (Placement.SURPLUS, Placement.NO_SEAT):
        return Tag("Held", "attention", "attention")
    if row.state == "partly refunded":
        return Tag("Partly refunded", "arrow", "attention")
    return Tag("Paid late", "late", "paid") if row.is_late else Tag("Paid", "paid", "paid")


def seats_text(row: CourseRow) -> str:
    """Say how many seats are left."""
    if row.seats_left is None:
        return "No limit"
    return f"{row.seats_left} of {row.course.seats}" if row.seats_left else "Full"


def seats_tag(row: CourseRow) -> Tag | None:
    """Mark a course that is full or nearly so."""
    if row.seats_left is None or row.seats_left > FEW_SEATS:
        return None
    if not row.seats_left:
        return Tag("Full", "wrong", "wrong")
    return Tag(seats_text(row), "attention", "attention")
