"""One enrolment of a student: its fee, what of it is due, and the way to collect it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from desktop_app.domain.enrollment import EnrollmentState
from desktop_app.domain.receipt import IST
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import day_text, short_rupees
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.tables.tags import enrollment_tag
from desktop_app.ui.widgets.badge import StatusBadge
from desktop_app.ui.widgets.boxes import fill, hbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from desktop_app.services.views.enrolment import EnrollmentRow


class FeeCard(Card):
    """One fee.

    Signals:
        collect: collect what is due (`EnrollmentRow`).
        receipt: show the receipt (`EnrollmentRow`).
    """

    collect = Signal(object)
    receipt = Signal(object)

    def __init__(self, row: EnrollmentRow) -> None:
        super().__init__("well", margin=12)
        self.row = row
        self.setObjectName("feeCard")
        self.course = ElidedLabel(row.course_label, "strong", name="feeCourse")
        self.badge = StatusBadge(name="feeState")
        self.about = label("", "small", name="feeAbout", wrap=True)
        self.collect_button = Button(
            kind="compact", icon="qr", name="feeCollectButton",
            tip=N_("Collect this fee at the counter"),
        )  # fmt: skip
        self.receipt_button = Button(
            N_("Receipt…"), kind="compact", icon="payments", name="studentReceiptButton",
            tip=N_("Show the receipt"),
        )  # fmt: skip
        self._lay_out()
        self.collect_button.clicked.connect(self._collect)
        self.receipt_button.clicked.connect(self._receipt)
        self.retranslate()

    def _lay_out(self) -> None:
        buttons = (self.collect_button, self.receipt_button)
        fill(self.column, hbox((self.course, 1), self.badge, gap=theme.GAP), self.about)
        self.collect_button.setVisible(self.can_collect)
        self.receipt_button.setVisible(bool(self.row.receipt_uid))
        if self.can_collect or self.row.receipt_uid:
            self.column.addWidget(flowing(*buttons))

    @property
    def can_collect(self) -> bool:
        """Whether something is due."""
        return bool(self.row.due) and self.row.state is not EnrollmentState.CANCELLED

    def retranslate(self) -> None:
        """Set the texts in the current language."""
        row, tag = self.row, enrollment_tag(self.row)
        self.badge.show_state(tr(tag.word), tag.icon, tag.tone)
        said = [short_rupees(row.asked)]
        if self.can_collect and row.due != row.asked:
            said.append(tr(N_("{amount} due"), amount=short_rupees(row.due)))
        if self.can_collect and row.due_on is not None:
            said.append(tr(N_("due since {day}"), day=day_text(row.due_on)))
        elif row.later_on is not None:
            said.append(tr(N_("next due {day}"), day=day_text(row.later_on)))
        else:
            said.append(day_text(row.created_at.astimezone(IST).date()))
        if row.is_free:
            said.append(tr(N_("free with concession")))
        if row.receipt_no:
            said.append(row.receipt_no)
        self.about.setText(" · ".join(said))
        amount = short_rupees(row.due)
        bind_text(self.collect_button, "text", N_("Collect {amount}"), amount=amount)
        bind_text(self.collect_button, "accessibleDescription", row.course_label)

    def _collect(self) -> None:
        self.collect.emit(self.row)

    def _receipt(self) -> None:
        self.receipt.emit(self.row)
