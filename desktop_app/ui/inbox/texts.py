"""Notices after a decision about held money: what was done, or why it was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.errors import NoSeatError
from desktop_app.domain.money import format_in
from desktop_app.services.errors import (
    AlreadyDecidedError,
    DuplicateError,
    UnknownPaymentError,
)
from desktop_app.ui.core.error_notices import describe
from desktop_app.ui.core.formatting import short_rupees
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Notice, Tone
from desktop_app.ui.inbox.presenter import Decision
from desktop_app.ui.tables.tags import REFUND_NEXT, REFUNDS

if TYPE_CHECKING:
    from desktop_app.services.views.unapplied import AppliedMoney, UnappliedPayment
    from desktop_app.ui.inbox.presenter import Decided

_DONE = {
    Decision.ENROL: N_("{name} is enrolled in {course}. The {amount} payment covers the fee."),
    Decision.APPLY: N_("We used {paid} from {name} for {course}. {due} is still due."),
    Decision.PUT_AGAINST: N_("We used {amount} from {name} for the other fee."),
    Decision.REFUND: N_("Refund of {amount} for {name}: {state}."),
}


def said_of(decided: Decided) -> Notice:
    """Return the notice of a booked decision."""
    if decided.applied is not None:
        return _applied(decided.held, decided.applied)
    held, refund = decided.held, decided.refund
    tag = REFUNDS[refund.state] if refund is not None else None
    is_wrong = tag is not None and tag.tone == "wrong"
    return Notice(
        what=_DONE[decided.way],
        todo=REFUND_NEXT[refund.state] if refund is not None else "",
        values={
            "name": held.student_name,
            "course": held.course_label,
            "amount": format_in(held.amount, held.currency),
            "state": tag.word if tag is not None else "",
        },
        tone=Tone.ATTENTION if is_wrong else Tone.GOOD,
        key=f"held {held.uid}",
        stays=is_wrong,
    )


def _applied(held: UnappliedPayment, applied: AppliedMoney) -> Notice:
    """Return the notice of money that pays its fee as a part, or in full."""
    words = N_("{paid} from {name} covers the fee for {course} in full.")
    return Notice(
        what=_DONE[Decision.APPLY] if applied.due else words,
        todo=N_("{held} is left over. Refund it in the Inbox.") if applied.held else "",
        values={
            "name": held.student_name,
            "course": held.course_label,
            "paid": short_rupees(applied.paid),
            "due": short_rupees(applied.due),
            "held": short_rupees(applied.held),
        },
        tone=Tone.GOOD,
        key=f"held {held.uid}",
    )


def refusal(error: Exception, *, is_about_money: bool) -> Notice:
    """Return the notice of a refused decision."""
    if isinstance(error, AlreadyDecidedError):
        return describe(error)
    if is_about_money and isinstance(error, UnknownPaymentError | DuplicateError):
        return Notice(
            what=N_("Someone already handled this payment."),
            money=N_("We haven't used the payment twice."),
            todo=N_("See the result in Payments."),
            tone=Tone.ATTENTION,
            key="held",
        )
    if is_about_money and isinstance(error, NoSeatError):
        return Notice(
            what=N_("The course is full."),
            money=N_("The payment is still in the Inbox."),
            todo=N_("Use the payment for another fee, or refund it."),
            tone=Tone.ATTENTION,
            key="held",
        )
    return describe(error)
