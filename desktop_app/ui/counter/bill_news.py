"""News of a bill whose sitting is over: what was paid, and its receipts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desktop_app.domain.bills import BillState
from desktop_app.services.views.bills import bill_name
from desktop_app.ui.core.formatting import short_rupees
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


def _print(context: PageContext, receipts: list[str]) -> None:
    context.printer.print_receipts(receipts)
