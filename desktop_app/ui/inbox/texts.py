"""What is said after a decision about held money: done, or why it was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.errors import NoSeatError
from desktop_app.domain.money import format_rupees
from desktop_app.services.errors import DuplicateError, UnknownPaymentError
from desktop_app.ui.core.error_notices import describe
from desktop_app.ui.core.i18n import T
from desktop_app.ui.core.notice import Notice, Tone
from desktop_app.ui.inbox.presenter import Way
from desktop_app.ui.tables.tags import REFUND_NEXT, REFUNDS

if TYPE_CHECKING:
    from desktop_app.ui.inbox.presenter import Decided

_DONE = {
    Way.ENROL: T("{name} is enrolled in {course}; {amount} pays the fee."),
    Way.PUT_AGAINST: T("{amount} of {name} pays the other fee of the family."),
    Way.REFUND: T("{amount} goes back to the payer of {name}: {state}."),
}


def said_of(decided: Decided) -> Notice:
    """Say what was done."""
    held, refund = decided.held, decided.refund
    tag = REFUNDS[refund.state] if refund is not None else None
    is_wrong = tag is not None and tag.tone == "wrong"
    return Notice(
        what=_DONE[decided.way],
        todo=REFUND_NEXT[refund.state] if refund is not None else "",
        values={
            "name": held.student_name,
            "course": held.course_label,
            "amount": format_rupees(held.amount),
            "state": tag.word if tag is not None else "",
        },
        tone=Tone.ATTENTION if is_wrong else Tone.GOOD,
        key=f"held {held.uid}",
        stays=is_wrong,
    )


def refusal(error: Exception, *, is_about_money: bool) -> Notice:
    """Say why nothing was done."""
    if is_about_money and isinstance(error, UnknownPaymentError | DuplicateError):
        return Notice(
            what=T("This money was decided about already."),
            money=T("Nothing was done a second time."),
            todo=T("See what became of it under Payments."),
            tone=Tone.ATTENTION,
            key="held",
        )
    if is_about_money and isinstance(error, NoSeatError):
        return Notice(
            what=T("The seat is gone: the course is full, or the fee was paid otherwise."),
            money=T("The money is still held."),
            todo=T("Put it against another fee of the family, or refund it."),
            tone=Tone.ATTENTION,
            key="held",
        )
    return describe(error)
