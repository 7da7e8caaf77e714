"""How the fee on the bill is divided: the plan, today's part, the next dates and a late fee."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.domain.receipt import IST
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import one_line, short_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.counter.days import short_date
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from desktop_app.services.views.enrolment import Bill
    from desktop_app.services.views.plans import BillPlan
    from desktop_app.ui.counter.student_fees import StudentFee

NAMED_DAYS = 3
"""As many of the later dates are named; the others are counted."""
LONGEST = 40


class PlanStrip(QWidget):
    """The plan of a fee; hidden where the fee is one payment that isn't late.

    Signals:
        wanted: the code of the plan to choose next.
        offered: whether another plan may be chosen.
        more_wanted: collect the next instalment too.
    """

    wanted = Signal(str)
    more_wanted = Signal()
    offered = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._bill: Bill | None = None
        self.choose = Button(
            kind="compact", icon="calendar", name="planButton", tip=N_("Choose another plan (P)")
        )
        self.choose.clicked.connect(self.choose_next)
        self.words = label("", "small", name="planLine", wrap=True)
        self.more = Button(
            N_("Add the next instalment"), kind="link", name="nextPartButton",
            tip=N_("Collect the next instalment too (Ctrl+Enter)"),
        )  # fmt: skip
        self.more.clicked.connect(self.add_next)
        row = hbox(self.choose, self.more, STRETCH)
        fill(vbox(inside=self, gap=theme.GRID), theme.GRID, row, self.words)
        self.hide()

    def show_bill(self, bill: Bill | None) -> None:
        """Show how a bill is divided; one that is paid or can't be collected is not."""
        self._bill = bill
        plan = self._plan
        late = self._late_words()
        self.setVisible(plan is not None or bool(late))
        self._offer()
        chosen = plan.chosen if plan is not None else None
        self.choose.setVisible(chosen is not None)
        self.choose.setEnabled(self.can_choose)
        if chosen is not None:
            title = one_line(chosen.title, LONGEST)
            self.choose.show_text(f"{title}   P" if self.can_choose else title)
        self.more.setVisible(self.can_add)
        divided = self._sentence(plan) if plan is not None else ""
        self.words.setText(" ".join(filter(None, (divided, late))))

    @property
    def can_choose(self) -> bool:
        """Whether another plan may be chosen."""
        plan = self._plan
        return plan is not None and len(plan.choices) > 1

    @property
    def can_add(self) -> bool:
        """Whether another instalment may be collected besides."""
        plan = self._plan
        return plan is not None and bool(plan.later) and plan.can_add

    def add_next(self) -> None:
        """Collect the next instalment too."""
        if self.can_add and self.isVisible():
            self.more_wanted.emit()

    def choose_next(self) -> None:
        """Choose the plan after the one that is shown."""
        plan = self._plan
        if plan is None or plan.chosen is None or len(plan.choices) <= 1:
            return
        at = plan.choices.index(plan.chosen) if plan.chosen in plan.choices else -1
        self.wanted.emit(plan.choices[(at + 1) % len(plan.choices)].code)

    def showEvent(self, event: QShowEvent) -> None:
        """Offer the key that chooses another plan."""
        super().showEvent(event)
        self._offer()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave the key to others: a P beside a payment begins a name."""
        super().hideEvent(event)
        self.offered.emit(False)  # noqa: FBT003 - a Qt signal's argument

    def _offer(self) -> None:
        self.offered.emit(self.can_choose and self.isVisible())

    def retranslate(self) -> None:
        """Show the plan in the current language."""
        self.show_bill(self._bill)

    @property
    def _plan(self) -> BillPlan | None:
        bill = self._bill
        return None if bill is None or bill.obstacle else bill.plan

    def _late_words(self) -> str:
        """Return that a late fee follows the payment, so that the parent hears it before."""
        bill = self._bill
        if bill is None or bill.obstacle or not bill.late_fee:
            return ""
        words = N_("When this is paid today, a late fee of {amount} is added.")
        return tr(words, amount=short_rupees(bill.late_fee))

    def _sentence(self, plan: BillPlan) -> str:
        bill = self._bill
        amount = short_rupees(bill.total) if bill is not None else ""
        whole, now = short_rupees(plan.whole), datetime.now(IST).date()
        if plan.ahead:
            words = N_("Now: {amount} of {whole}.")
        elif plan.first_due_on > now:
            words = N_("Next instalment, due {day}: {amount} of {whole}.")
        elif not plan.later and plan.chosen is not None and bill and bill.total == plan.whole:
            words = N_("The whole fee is due today.")
        elif plan.first_due_on < now and bill is not None and bill.is_enrolled:
            words = N_("Due since {day}: {amount} of {whole}.")
        else:
            words = N_("Today: {amount} of {whole}.")
        first = tr(words, amount=amount, whole=whole, day=short_date(plan.first_due_on))
        return " ".join(filter(None, (first, self._later(plan))))

    def _later(self, plan: BillPlan) -> str:
        if not plan.later:
            return ""
        days = ", ".join(short_date(part.due_on) for part in plan.later[:NAMED_DAYS])
        more = len(plan.later) - NAMED_DAYS
        if more > 0:
            return tr(N_("Then {days} and {count} more.", "Then {days} and {count} more."),
                      days=days, count=more)  # fmt: skip
        return tr(N_("Then {days}."), days=days)


def settled_words(fee: StudentFee) -> str:
    """Return the course of a fee of which nothing is due, and its next instalment."""
    course = one_line(fee.label)
    if fee.later_on is None:
        return course
    words = N_("{course} · next due {day}")
    return tr(words, course=course, day=short_date(fee.later_on))
