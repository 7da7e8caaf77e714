"""Asks for the amount and the reason of a refund, and states in one sentence what it will do.

The presenter sends it, and its answer closes the dialog. If the dialog is closed earlier, the
answer becomes a notice: a refund that was sent is never cancelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QWidget

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import format_plain, format_rupees, parse_rupees
from desktop_app.domain.refund import checked_amount
from desktop_app.domain.tender import ReturnPath
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.domain.text import require_line
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.forms.choices import Choices
from desktop_app.ui.forms.form import FormDialog
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.money import Money
    from desktop_app.services.views.payments import PaymentRow
    from desktop_app.ui.core.jobs import JobRunner

_HOW: Mapping[ReturnPath, N_] = {
    ReturnPath.GATEWAY: N_(
        "{amount} goes back to {name} the way it came, usually within 5 to 7 working days. "
        "A refund cannot be called back."
    ),
    ReturnPath.DRAWER: N_(
        "{amount} is given to {name} in cash: take it from the drawer. "
        "A refund cannot be called back."
    ),
}
_WAITS = N_("The line is down: the refund is written down now and sent when the line is back.")


class RefundDialog(FormDialog):
    """A refund before it is requested.

    Signals:
        asked: an amount (`Money`) and a reason; the amount is None for everything left.

    Args:
        runner: runs what blocks.
        parent: the window it belongs to.
        row: the payment.
        left: the amount that may still be refunded.
        offline: whether the connection is known to be down.
    """

    asked = Signal(object, str)

    def __init__(
        self,
        runner: JobRunner,
        parent: QWidget | None,
        *,
        row: PaymentRow,
        left: Money,
        offline: bool = False,
    ) -> None:
        super().__init__(runner, parent, title=N_("Refund"), action=N_("Refund"))
        self.setObjectName("refundDialog")
        self._row, self._left = row, left
        self._is_waiting = offline and tender_of(row.method).refund_needs_gateway
        self._build()
        self.setMinimumWidth(480)
        self.settle()
        self._say()
        self.reason.setFocus()

    def _build(self) -> None:
        who = ElidedLabel(f"{self._row.student_name} · {self._row.course_label}", "strong")
        self.body.addWidget(who, 0, 0, 1, 2)
        self.part = Choices(
            "refundPart", N_("How much"), (("all", N_("All of it")), ("part", N_("A part of it")))
        )
        self.part.chosen.connect(self._choose)
        self.body.addWidget(self.part, 1, 0, 1, 2)
        self.amount = self.add_line("amount", N_("&Amount in rupees"), (2, 0), span=2)
        self.amount.setText(format_plain(self._left))
        self.amount.setEnabled(False)
        self.amount.textChanged.connect(self._say)
        self.reason = self.add_line(
            "reason",
            N_("&Reason"),
            (3, 0),
            placeholder=N_("like: left the course"),
            hint=N_("For the books; Razorpay and the parent do not see it."),
            span=2,
        )
        self.summary = label("", "small", name="refundSummary", wrap=True)
        self.waits = label(_WAITS, "small", name="refundWaits", wrap=True, tone="attention")
        self.waits.setVisible(False)
        self.body.addWidget(self.summary, 4, 0, 1, 2)
        self.body.addWidget(self.waits, 5, 0, 1, 2)
        # Enter moves from field to field and never sends money by itself
        self.save_button.setDefault(False)
        self.amount.returnPressed.connect(self.reason.setFocus)
        self.reason.returnPressed.connect(self.save_button.setFocus)

    def _choose(self, part: str) -> None:
        self.amount.setEnabled(part == "part")
        if part == "all":
            self.amount.setText(format_plain(self._left))
        else:
            self.amount.setFocus()
            self.amount.selectAll()

    def _money(self) -> Money:
        return checked_amount(parse_rupees(self.amount.text()), self._left)

    def _say(self) -> None:
        """Show what will happen, once the amount can be read."""
        try:
            amount = self._money()
        except InvalidInputError:
            self.summary.setText("")
            self.show_action(N_("Refund"))
            return
        words = _HOW[tender_of(self._row.method).return_path]
        shown = format_rupees(amount)
        self.summary.setText(tr(words, amount=shown, name=self._row.student_name))
        self.waits.setVisible(self._is_waiting)
        self.show_action(N_("Refund {amount}"), amount=shown)
        self.grow()

    def save(self) -> None:
        """Check the fields and ask for the refund."""
        amount = self._money()
        reason = require_line("reason", "The reason", self.reason.text())
        self.be_busy(busy=True)
        self.asked.emit(amount, reason)

    def succeed(self) -> None:
        """Close after the refund was requested."""
        self.be_busy(busy=False)
        self.settle()
        self.accept()

    def reject(self) -> None:
        """Close, even while it is being sent: the answer then becomes a notice."""
        if self.is_busy:
            QDialog.reject(self)
            return
        super().reject()

    def retranslate(self) -> None:
        """Write the summary in the present language."""
        super().retranslate()
        self._say()
