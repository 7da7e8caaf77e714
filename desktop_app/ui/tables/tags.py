"""The words, icons and tones of states in tables and details: never a colour alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.enrollment import EnrollmentState
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.payment import Placement
from desktop_app.domain.refund import RefundState
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.tables.columns import Tag

if TYPE_CHECKING:
    from desktop_app.services.views.enrolment import CourseRow, EnrollmentRow
    from desktop_app.services.views.payments import PaymentRow

HELD = {
    Placement.SURPLUS: N_(
        "Held, to be returned: this fee had been paid already. Decide in the Inbox."
    ),
    Placement.NO_SEAT: N_(
        "Held, to be decided: the course was full when this money came. Decide in the Inbox."
    ),
    Placement.MISFIT: N_("Held: this is not the amount that was asked for. Decide in the Inbox."),
    Placement.RETURNED: N_("This money has been returned to the payer."),
}
"""The next step for money that pays no fee."""

DECIDED = {
    "enrolled": N_("Decided in the Inbox: it pays the fee it was asked for."),
    "applied as a part": N_("Decided in the Inbox: it pays a part of its fee."),
    "put against another due": N_("Decided in the Inbox: it pays another fee of the family."),
}
"""The decision about money that paid nothing, by the desk's word for it."""

REFUND_MARKS = {
    "asked": Tag(N_("Refund requested"), "waiting", "attention"),
    "sent": Tag(N_("Refund on its way"), "waiting", "accent"),
}
"""A payment's refund that has not ended, by the desk's word for its state."""

CAME_BACK = N_("Held again: the bank could not give this money back. Decide in the Inbox.")
TEST_MONEY = N_("Paid with test keys. It isn't real money and isn't in any total.")
FEW_SEATS = 3

_ENROLLMENT = {
    EnrollmentState.PENDING: Tag(N_("Due"), "waiting", "attention"),
    EnrollmentState.ACTIVE: Tag(N_("Paid"), "paid", "paid"),
    EnrollmentState.CANCELLED: Tag(N_("Cancelled"), "cross", "quiet"),
}
_TEST_ENROLLMENT = {
    EnrollmentState.ACTIVE: Tag(N_("Test: paid"), "training", "attention"),
    EnrollmentState.CANCELLED: Tag(N_("Test: cancelled"), "training", "quiet"),
}
"""State of an enrolment that was paid with test keys."""
_TEST_HELD = Tag(N_("Test: held"), "training", "attention")
_TEST_REFUND = Tag(N_("Test: refund"), "training", "attention")
_TEST_REFUNDED = Tag(N_("Test: refunded"), "training", "quiet")
_TEST_PAID = Tag(N_("Test: paid"), "training", "attention")
_NOTED = {"pending": N_("to pay"), "active": N_("paid"), "cancelled": N_("cancelled")}
"""State of a student's newest enrolment, by the word its note ends with."""


def enrollment_tag(row: EnrollmentRow) -> Tag:
    """Return the state of an enrolment."""
    found = _ENROLLMENT[row.state]
    return _TEST_ENROLLMENT.get(row.state, found) if row.mode is MoneyMode.TEST else found


def course_note(note: str) -> str:
    """Return the newest enrolment of a student in words: `Physics XI · to pay`."""
    course, _, state = note.rpartition(" · ")
    return f"{course} · {tr(_NOTED[state])}" if course and state in _NOTED else note


def is_held(row: PaymentRow) -> bool:
    """Return whether a payment's money waits for a decision in the inbox."""
    is_out = row.placement in (Placement.SURPLUS, Placement.NO_SEAT, Placement.MISFIT)
    is_open = is_out and row.decision in ("", "refund") and row.state != "refunded"
    return is_open or row.came_back


def explained(row: PaymentRow) -> N_:
    """Return what is unusual about a payment; empty for nothing."""
    if row.came_back:
        return CAME_BACK
    if row.decision in DECIDED:
        return DECIDED[row.decision]
    if row.placement is Placement.RETURNED and row.refund_state:
        return N_("This money is on its way back to the payer.")
    if is_held(row) or row.placement is Placement.RETURNED:
        return HELD[row.placement]
    return N_("Paid after its QR had expired or was cancelled.") if row.is_late else N_("")


def payment_tag(row: PaymentRow) -> Tag:
    """Return the state of a payment: it pays a fee, was returned, or is held."""
    if row.mode is MoneyMode.TEST:
        return _test_tag(row)
    if is_held(row):
        return Tag(N_("Held"), "attention", "attention")
    if row.refund_state:
        return REFUND_MARKS[row.refund_state]
    if row.placement is Placement.RETURNED or row.state == "refunded":
        return Tag(N_("Refunded"), "refund", "quiet")
    if row.state == "partly refunded":
        return Tag(N_("Partly refunded"), "refund", "attention")
    return Tag(N_("Paid late"), "late", "paid") if row.is_late else Tag(N_("Paid"), "paid", "paid")


def _test_tag(row: PaymentRow) -> Tag:
    """Return the state of a payment of test keys, shorter: it is no money."""
    if is_held(row):
        return _TEST_HELD
    if row.refund_state:
        return _TEST_REFUND
    is_gone = row.placement is Placement.RETURNED or row.state != "captured"
    return _TEST_REFUNDED if is_gone else _TEST_PAID


REFUNDS = {
    RefundState.INTENT: Tag(N_("Waits for the line"), "waiting", "attention"),
    RefundState.UNKNOWN: Tag(N_("Being looked up"), "refresh", "attention"),
    RefundState.PENDING: Tag(N_("On its way"), "waiting", "accent"),
    RefundState.PROCESSED: Tag(N_("Given back"), "check", "paid"),
    RefundState.FAILED: Tag(N_("Failed, still held"), "wrong", "wrong"),
    RefundState.REJECTED: Tag(N_("Refused"), "wrong", "wrong"),
}
"""State of a refund → tag."""

REFUND_NEXT = {
    RefundState.INTENT: N_("It is sent as soon as the line is back; see the Inbox."),
    RefundState.UNKNOWN: N_("Its answer was lost; it is asked for again and never made twice."),
    RefundState.PENDING: N_("The bank usually gives it back within 5 to 7 working days."),
    RefundState.PROCESSED: N_("The money has gone back to the payer."),
    RefundState.FAILED: N_("The money is still held. Ask Razorpay's support, then try again."),
    RefundState.REJECTED: N_("No money has moved. Check the payment on Razorpay's dashboard."),
}
"""State of a refund → what comes next."""


def seats_text(row: CourseRow) -> str:
    """Return how many seats are left, in words."""
    if row.seats_left is None:
        return tr(N_("No limit"))
    if not row.seats_left:
        return tr(N_("Full"))
    return tr(N_("{left} of {seats}"), left=row.seats_left, seats=row.course.seats)


def seats_tag(row: CourseRow) -> Tag | None:
    """Return a tag for a course that is full or nearly full."""
    if row.seats_left is None or row.seats_left > FEW_SEATS:
        return None
    if not row.seats_left:
        return Tag(N_("Full"), "wrong", "wrong")
    return Tag(seats_text(row), "attention", "attention")
