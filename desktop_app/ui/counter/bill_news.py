"""News of a bill whose sitting is over: what was paid, and its receipts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desktop_app.domain.bills import BillState
from desktop_app.services.views.bills import bill_name
from desktop_app.ui.core.formatting import one_line, short_rupees
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Tone

if TYPE_CHECKING:
    from desktop_app.services.views.bills import BillView
    from desktop_app.ui.core.page import PageContext


def say_over(context: PageContext, bill: BillView) -> None:
    """Post that a bill has ended, or that its receipts are there, with a way to print them."""
    waiting = [each.uid for each in bill.receipts if not each.is_printed]
    is_ended = bill.state is BillState.ABANDONED
    context.notices.note(
        N_("Bill {bill} is closed. Paid: {paid}. Still due: {rest}.")
        if is_ended
        else N_("The receipts for bill {bill} are ready. Paid: {paid}."),
        todo=N_("Seats for unpaid new courses are free again.") if is_ended else "",
        tone=Tone.ATTENTION if is_ended else Tone.GOOD,
        values={
            "bill": bill_name(bill.number),
            "paid": short_rupees(bill.paid),
            "rest": short_rupees(bill.rest),
        },
        key=f"bill {bill.uid}",
        actions=((N_("Print receipts"), partial(_print, context, waiting)),) if waiting else (),
    )


def say_left_out(context: PageContext, course: str) -> None:
    """Post that a course that was chosen is not on a bill that takes no more lines."""
    context.notices.note(
        N_("{course} isn't on this bill, which is already open."),
        todo=N_("Collect this bill first, then choose the course again."),
        tone=Tone.ATTENTION,
        values={"course": one_line(course, 60)},
        key="left out",
    )


def say_lacking(context: PageContext, lacking: int, *, has_bill: bool) -> None:
    """Post that so many fees that were selected elsewhere are not on the bill."""
    if has_bill:
        context.notices.say(
            N_("This family has a bill that isn't fully paid."),
            N_("Collect the rest of this bill, or close it in Held bills (Ctrl+H)."),
        )
        return
    context.notices.note(
        N_("{count} selected fee isn't ticked.", "{count} selected fees aren't ticked."),
        todo=N_("It may belong to another family, or be in a pending payment."),
        values={"count": lacking},
        stays=False,
        key="not ticked",
    )


def _print(context: PageContext, receipts: list[str]) -> None:
    context.printer.print_receipts(receipts)
