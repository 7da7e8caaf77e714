"""The warning that cash comes near to what the law allows, after a payment in cash."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desktop_app.domain.cash_limits import CashBarrier
from desktop_app.domain.money import format_rupees
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.cash_limits import CashRoom
    from desktop_app.ui.core.page import PageContext

_LAW: Mapping[CashBarrier, N_] = {
    CashBarrier.DAY: N_(
        "The law doesn't allow ₹2,00,000 or more in cash from one family in a day."
    ),
    CashBarrier.ENROLLMENT: N_("The law doesn't allow ₹2,00,000 or more in cash for one course."),
}
_LEFT: Mapping[CashBarrier, N_] = {
    CashBarrier.DAY: N_("You can take at most {amount} more in cash from this family today."),
    CashBarrier.ENROLLMENT: N_("You can take at most {amount} more in cash for this course."),
}
_NOTHING_LEFT = N_("Take the rest by UPI, bank transfer or cheque.")


def warn_of_cash(context: PageContext, attempt_uid: str) -> None:
    """Post how much more cash the law allows, where a payment in cash comes near to its limit."""
    context.runner.local(lambda desk: desk.payments.cash_near(attempt_uid), partial(_warn, context))


def _warn(context: PageContext, near: tuple[CashRoom, ...]) -> None:
    for room in sorted(near, key=lambda each: each.most)[:1]:
        context.notices.note(
            _LAW[room.barrier],
            todo=_LEFT[room.barrier] if room.most else _NOTHING_LEFT,
            values={"amount": format_rupees(room.most)},
            tone=Tone.ATTENTION,
            key="cash limit",
        )
