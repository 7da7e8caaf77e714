"""Asks for the amount and the reason of a refund, and states in one sentence what it will do.

The presenter sends it, and its answer closes the dialog. If the dialog is closed earlier, the
answer becomes a notice: a refund that was sent is never cancelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QWidget

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import format_plain, parse_rupees
from desktop_app.domain.payment import Placement
from desktop_app.domain.reasons import ReasonKind
from desktop_app.domain.refund import checked_amount
from desktop_app.domain.tender import ReturnPath
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.domain.text import require_reason
from desktop_app.ui.core.formatting import short_rupees
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.forms.choices import Choices
from desktop_app.ui.forms.form import FormDialog
from desktop_app.ui.widgets.labels import ElidedLabel, label, set_tone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.money import Money
    from desktop_app.services.views.payments import PaymentRow
    from desktop_app.services.views.refunds import EndingEnrolment
    from desktop_app.ui.core.jobs import JobRunner

_HOW: Mapping[ReturnPath, N_] = {
    ReturnPath.GATEWAY: N_(
        "Razorpay refunds {amount} for {name} to the original payment method, usually in 5 to 7 "
        "working days. You can't undo a refund."
    ),
    ReturnPath.DRAWER: N_(
        "Take {amount} from the drawer and hand it to {name}. You can't undo a refund."
    ),
    ReturnPath.BANK: N_(
        "Send {amount} to {name} from your bank account. Pravesh only records the refund. "
        "You can't undo a refund."
    ),
    ReturnPath.BOOKS: N_("You can't refund credit."),
}
_WAITS = N_("You're offline. We'll send the refund once you're back online.")
_ENDS = N_("The refund ends the enrolment in {courses}.")
_FREES = N_("The seat becomes free.")
_STAYS = N_("{names} will stay enrolled. The fee will be due again.")
_PART = N_("The enrolment stays. The fee goes down by {amount}.")


class RefundDialog(FormDialog):
    """A refund before it is requested.

    Signals:
        asked: an amount (`Money`), a reason, and the enrolments that it ends and that are meant
            to stay.

    Args:
        runner: runs what blocks.
        parent: the window it belongs to.
        row: the payment.
        left: the amount that may still be refunded.
        offline: whether the connection is known to be down.
    """

    asked = Signal(object, str, object)

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
        self._ending: tuple[EndingEnrolment, ...] = ()
        self._build()
        self.setMinimumWidth(480)
        self.settle()
        self._say()
        self.reason.setFocus()

    def _build(self) -> None:
        who = ElidedLabel(f"{self._row.student_name} · {self._row.course_label}", "strong")
        self.body.addWidget(who, 0, 0, 1, 2)
        self.part = Choices(
            "refundPart", N_("How much"), (("all", N_("All of it")), ("part", N_("Part of it")))
        )
        self.part.chosen.connect(self._choose)
        self.body.addWidget(self.part, 1, 0, 1, 2)
        self.amount = self.add_line("amount", N_("&Amount in rupees"), (2, 0), span=2)
        self.amount.setText(format_plain(self._left))
        self.amount.setEnabled(False)
        self.amount.textChanged.connect(self._say)
        self.reason = self.add_reason(
            ReasonKind.REFUND,
            (3, 0),
            placeholder=N_("e.g. left the course"),
            hint=N_("For your records only. The parent doesn't see this reason."),
        )
        self.end_enrolment = QCheckBox()
        self.end_enrolment.setObjectName("refundEndsEnrolment")
        bind_text(self.end_enrolment, "text", N_("End the enrolment"))
        self.end_enrolment.setChecked(True)
        self.end_enrolment.hide()
        self.end_enrolment.toggled.connect(self._say_ending)
        self.ending = label("", "small", name="refundEnding", wrap=True, tone="attention")
        self.summary = label("", "small", name="refundSummary", wrap=True)
        self.waits = label(_WAITS, "small", name="refundWaits", wrap=True, tone="attention")
        self.waits.setVisible(False)
        self.body.addWidget(self.end_enrolment, 4, 0, 1, 2)
        self.body.addWidget(self.ending, 5, 0, 1, 2)
        self.body.addWidget(self.summary, 6, 0, 1, 2)
        self.body.addWidget(self.waits, 7, 0, 1, 2)
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
            self._show_ending(())
            return
        self._read_ending(amount)
        words = _HOW[tender_of(self._row.method).return_path]
        shown = short_rupees(amount)
        self.summary.setText(tr(words, amount=shown, name=self._row.student_name))
        self.waits.setVisible(self._is_waiting)
        self.show_action(N_("Refund {amount}"), amount=shown)
        self.grow()

    def _read_ending(self, amount: Money) -> None:
        uid = self._row.uid
        self.runner.local(
            lambda desk: desk.refunds.ending(uid, amount),
            self._show_ending,
            owner=self,
            replaces="ending",
        )

    def _show_ending(self, ending: tuple[EndingEnrolment, ...]) -> None:
        """Show which enrolments this amount ends, and offer to keep them."""
        self._ending = ending
        self.end_enrolment.setVisible(bool(ending))
        self._say_ending()

    def _say_ending(self, _checked: object = None) -> None:
        courses = ", ".join(dict.fromkeys(each.course_label for each in self._ending))
        names = ", ".join(dict.fromkeys(each.student_name for each in self._ending))
        if not self._ending:
            is_part = self.summary.text() and self._row.placement is Placement.APPLIED
            said = tr(_PART, amount=short_rupees(self._money())) if is_part else ""
        elif self.end_enrolment.isChecked():
            said = f"{tr(_ENDS, courses=courses)} {tr(_FREES)}"
        else:
            said = tr(_STAYS, names=names)
        self.ending.setText(said)
        self.ending.setVisible(bool(said))
        set_tone(self.ending, "attention" if self._ending else "quiet")
        self.grow()

    def save(self) -> None:
        """Check the fields and ask for the refund."""
        amount = self._money()
        reason = require_reason(self.reason.text())
        self.be_busy(busy=True)
        kept = () if self.end_enrolment.isChecked() else self._ending
        self.asked.emit(amount, reason, kept)

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
