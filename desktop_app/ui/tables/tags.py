"""The words, icons and tones of states in tables and details: never a colour alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.enrollment import EnrollmentState
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.payment import Placement
from desktop_app.domain.refund import RefundState
from desktop_app.domain.tender import Verification
from desktop_app.ui.core.formatting import short_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.tables.columns import Level, Tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.services.views.enrolment import CourseRow, EnrollmentRow, StudentSummary
    from desktop_app.services.views.payments import PaymentRow

HELD = {
    Placement.SURPLUS: N_("This fee was already paid. Decide what to do in the Inbox."),
    Placement.NO_SEAT: N_(
        "The course was full when this payment arrived. Decide what to do in the Inbox."
    ),
    Placement.MISFIT: N_("The amount doesn't match the fee. Decide what to do in the Inbox."),
    Placement.RETURNED: N_("Razorpay has refunded this payment."),
}
"""The next step for money that pays no fee."""

DECIDED = {
    "enrolled": N_("In the Inbox, you applied this payment to its fee."),
    "applied as a part": N_("In the Inbox, you applied this payment to part of its fee."),
    "put against another due": N_("In the Inbox, you used this payment for another fee."),
}
"""The decision about money that paid nothing, by the desk's word for it."""

REFUND_MARKS = {
    "asked": Tag(N_("Refund requested"), "waiting", "attention"),
    "sent": Tag(N_("Refund on its way"), "waiting", "accent"),
}
"""A payment's refund that has not ended, by the desk's word for its state."""

CAME_BACK = N_("The bank couldn't deliver this refund. Decide what to do in the Inbox.")
TEST_MONEY = N_("Paid with test keys. The money isn't real, so we don't count it.")
FEW_SEATS = 3

BANK_TAGS: Mapping[Verification | None, Tag] = {
    Verification.CLAIMED: Tag(N_("Not verified"), "waiting", "attention"),
    Verification.MATCHED: Tag(N_("Verified"), "paid", "paid"),
    Verification.IN_CLEARING: Tag(N_("In clearing"), "waiting", "attention"),
    Verification.REALISED: Tag(N_("Cleared"), "paid", "paid"),
    Verification.REVERSED: Tag(N_("Not received"), "wrong", "wrong"),
    Verification.BOUNCED: Tag(N_("Cheque returned"), "wrong", "wrong"),
}
"""How sure money of the counter is that no drawer holds."""
BANK_NOTES: Mapping[Verification | None, N_] = {
    Verification.CLAIMED: N_(
        "Recorded, not verified. Match the payment with the bank in the Inbox."
    ),
    Verification.IN_CLEARING: N_("The bank hasn't credited this cheque yet."),
    Verification.REVERSED: N_("You removed this payment. The fee is due again."),
    Verification.BOUNCED: N_("The bank returned this cheque. The fee is due again."),
}

_PAID, _PAID_LATE = Tag(N_("Paid"), "paid", "paid"), Tag(N_("Paid late"), "late", "paid")
_ENROLLMENT = {
    EnrollmentState.PENDING: Tag(N_("Fee due"), "waiting", "attention"),
    EnrollmentState.ACTIVE: Tag(N_("Paid"), "paid", "paid"),
    EnrollmentState.CANCELLED: Tag(N_("Cancelled"), "cross", "quiet"),
}
_PARTLY_PAID = Tag(N_("Partly paid"), "waiting", "attention")
_UP_TO_DATE = Tag(N_("Up to date"), "paid", "paid")
"""Every instalment that is due by now is paid, and others follow."""
_TEST_ENROLLMENT = {
    EnrollmentState.ACTIVE: Tag(N_("Test: paid"), "training", "attention"),
    EnrollmentState.CANCELLED: Tag(N_("Test: cancelled"), "training", "quiet"),
}
"""State of an enrolment that was paid with test keys."""
_NOTED = {"pending": N_("fee due"), "active": N_("paid"), "cancelled": N_("cancelled")}
"""State of a student's newest enrolment, by the word its note ends with."""
_TEST_HELD = Tag(N_("Test: held"), "training", "attention")
_TEST_REFUND = Tag(N_("Test: refund"), "training", "attention")
_TEST_REFUNDED = Tag(N_("Test: refunded"), "training", "quiet")
_TEST_PAID = Tag(N_("Test: paid"), "training", "attention")


def enrollment_tag(row: EnrollmentRow) -> Tag:
    """Return the state of an enrolment."""
    if row.due and row.state is EnrollmentState.ACTIVE:
        return _PARTLY_PAID
    if row.later and row.state is EnrollmentState.ACTIVE and row.mode is not MoneyMode.TEST:
        return _UP_TO_DATE
    found = _ENROLLMENT[row.state]
    return _TEST_ENROLLMENT.get(row.state, found) if row.mode is MoneyMode.TEST else found


def course_note(note: str) -> str:
    """Return the newest enrolment of a student in words: `Physics XI · fee due`."""
    course, _, state = note.rpartition(" · ")
    return f"{course} · {tr(_NOTED[state])}" if course and state in _NOTED else note


def course_of(note: str) -> str:
    """Return the course of a student's newest enrolment, without its state."""
    return note.rpartition(" · ")[0] or note


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
        return N_("The refund is on its way.")
    if is_held(row) or row.placement is Placement.RETURNED:
        return HELD[row.placement]
    if row.verification in BANK_NOTES:
        return BANK_NOTES[row.verification]
    return (
        N_("The parent paid after the QR or link had expired or been cancelled.")
        if row.is_late
        else N_("")
    )


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
    return BANK_TAGS.get(row.verification, _PAID_LATE if row.is_late else _PAID)


def _test_tag(row: PaymentRow) -> Tag:
    """Return the state of a payment of test keys, shorter: it is no money."""
    if is_held(row):
        return _TEST_HELD
    if row.refund_state:
        return _TEST_REFUND
    is_gone = row.placement is Placement.RETURNED or row.state != "captured"
    return _TEST_REFUNDED if is_gone else _TEST_PAID


REFUNDS = {
    RefundState.INTENT: Tag(N_("Not sent yet"), "waiting", "attention"),
    RefundState.UNKNOWN: Tag(N_("Not confirmed yet"), "refresh", "attention"),
    RefundState.PENDING: Tag(N_("On its way"), "waiting", "accent"),
    RefundState.PROCESSED: Tag(N_("Refunded"), "check", "paid"),
    RefundState.FAILED: Tag(N_("Failed"), "wrong", "wrong"),
    RefundState.REJECTED: Tag(N_("Rejected"), "wrong", "wrong"),
}
"""State of a refund → tag."""

REFUND_NEXT = {
    RefundState.INTENT: N_(
        "We'll send the refund once you're back online. Until then, find it in the Inbox."
    ),
    RefundState.UNKNOWN: N_(
        "We're checking whether Razorpay received the refund request. We won't send it twice."
    ),
    RefundState.PENDING: N_("The refund usually takes 5 to 7 working days."),
    RefundState.PROCESSED: N_("The refund is complete."),
    RefundState.FAILED: N_(
        "Razorpay didn't return the money. Contact Razorpay support, then try again."
    ),
    RefundState.REJECTED: N_(
        "Razorpay didn't return the money. Check the payment on Razorpay's dashboard."
    ),
}
"""State of a refund → what comes next."""


def seats_text(row: CourseRow) -> str:
    """Return how many seats are left, in words."""
    if row.seats_left is None:
        return tr(N_("No limit"))
    if not row.seats_left:
        return tr(N_("Full"))
    return tr(N_("{count} left"), count=row.seats_left)


def seats_level(row: CourseRow) -> Level | None:
    """Return how full a course is; None where seats are without limit."""
    left, seats = row.seats_left, row.course.seats
    if left is None or not seats:
        return None
    tone = "wrong" if not left else "attention" if left <= FEW_SEATS < seats else "accent"
    return Level((seats - left) / seats, tone)


def fee_tag(row: StudentSummary) -> Tag:
    """Return whether the fees of a student are paid, as far as they are due."""
    if row.due:
        return Tag(tr(N_("{amount} due"), amount=short_rupees(row.due)), "waiting", "attention")
    if row.next_due is not None:
        return _UP_TO_DATE
    if row.is_enrolled:
        return Tag(N_("Paid"), "paid", "paid")
    return Tag(N_("Not enrolled"), "cross", "quiet")
