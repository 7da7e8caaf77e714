"""The outbox and disputes in words: commands not yet sent to Razorpay, and what it reports.

Widgets only: they show views and emit which button was pressed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.domain.money import format_in, format_rupees
from desktop_app.domain.outbox import CommandKind, CommandState
from desktop_app.ui.core.formatting import day_text, when_text
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.widgets.badge import StatusBadge
from desktop_app.ui.widgets.boxes import STRETCH, fill, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.detail_pane import DetailPane
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.services.views.outbox import OutboxCommandView
    from desktop_app.services.views.refunds import DisputeView
    from desktop_app.services.views.unapplied import ReturningPayment

PANE_PX = 400
KINDS = {
    CommandKind.CLOSE_QR: N_("Close a QR code"),
    CommandKind.CANCEL_LINK: N_("Cancel a payment link"),
    CommandKind.REFUND: N_("Refund of {amount}"),
}
STATES = {
    CommandState.PENDING: (N_("Pending"), "waiting", "attention"),
    CommandState.SENDING: (N_("Sending"), "refresh", "accent"),
    CommandState.DONE: (N_("Done"), "check", "paid"),
    CommandState.DEAD: (N_("Needs attention"), "wrong", "wrong"),
}
DISPUTES = {
    "open": (N_("Answer needed"), "attention", "attention"),
    "under_review": (N_("Under review"), "waiting", "accent"),
    "won": (N_("Dispute won"), "check", "paid"),
    "lost": (N_("Dispute lost"), "cross", "quiet"),
    "closed": (N_("Closed"), "check", "quiet"),
}
_UNKNOWN = (N_("New"), "info", "quiet")


class CommandLine(QWidget):
    """One command of the outbox."""

    def __init__(self, errand: OutboxCommandView) -> None:
        super().__init__()
        self.errand = errand
        self.setObjectName("errandLine")
        self.what = label("", "strong", name="errandKind")
        self.badge = StatusBadge(name="errandState")
        self.about = ElidedLabel(role="small", name="errandAbout")
        self.tried = label("", "caption", name="errandTried", wrap=True)
        _stack(self, self.what, self.badge, self.about, self.tried)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts in the current language."""
        errand = self.errand
        amount = "" if errand.amount is None else format_in(errand.amount, errand.currency)
        self.what.setText(tr(KINDS[errand.kind], amount=amount))
        self.badge.show_state(*STATES[errand.state])
        self.about.show_text(errand.about)
        said = [tr(N_("since {when}"), when=when_text(errand.since))]
        if errand.tries:
            words = N_("tried once", "tried {count} times")
            said.append(tr(words, count=errand.tries))
        problem = problem_words(errand.problem)
        if problem:
            said.append(tr(problem))
        self.tried.setText(" · ".join(said))


class DisputeLine(QWidget):
    """One dispute, with the day by which it wants an answer."""

    def __init__(self, dispute: DisputeView) -> None:
        super().__init__()
        self.dispute = dispute
        self.setObjectName("disputeLine")
        self.what = label(format_rupees(dispute.amount), "strong", name="disputeAmount")
        self.badge = StatusBadge(name="disputeState")
        self.about = ElidedLabel(role="small", name="disputeAbout")
        self.until = label("", "caption", name="disputeUntil", wrap=True)
        _stack(self, self.what, self.badge, self.about, self.until)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts in the current language."""
        dispute = self.dispute
        self.badge.show_state(*DISPUTES.get(dispute.status, _UNKNOWN))
        self.about.show_text(f"{dispute.student_name} · {dispute.payment_id}")
        if dispute.status == "open" and dispute.respond_by is not None:
            day = day_text(dispute.respond_by)
            words = N_("Answer by {day} on Razorpay's dashboard, under Disputes.")
            if dispute.respond_by < datetime.now(UTC).date():
                words = N_("The last day to answer was {day}. See Razorpay's dashboard.")
            self.until.setText(tr(words, day=day))
        else:
            noticed = when_text(dispute.noticed_at)
            self.until.setText(tr(N_("since {when}"), when=noticed))


class ReturningLine(QWidget):
    """One payment that was not due: it returns by itself."""

    def __init__(self, returning: ReturningPayment) -> None:
        super().__init__()
        self.returning = returning
        self.setObjectName("returningLine")
        self.what = label(format_rupees(returning.amount), "strong", name="returningAmount")
        self.badge = StatusBadge(name="returningState")
        self.about = ElidedLabel(role="small", name="returningAbout")
        self.noticed = label("", "caption", name="returningNoticed", wrap=True)
        _stack(self, self.what, self.badge, self.about, self.noticed)
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts in the current language."""
        returning = self.returning
        self.badge.show_state(N_("Returning"), "refresh", "quiet")
        self.about.show_text(f"{returning.student_name} · {returning.course_label}")
        noticed = when_text(returning.noticed_at)
        self.noticed.setText(
            tr(N_("This fee wasn't due, so we didn't take the payment ({when})."), when=noticed)
        )


class OutboxPane(DetailPane):
    """Commands on their way to Razorpay, and what it reports, beside the held money.

    Attributes:
        none: the line in its place while there is nothing.
    """

    def __init__(self) -> None:
        super().__init__("outboxPane", PANE_PX)
        self.errands: list[CommandLine] = []
        self.disputes: list[DisputeLine] = []
        self.run_button = Button(
            N_("&Try now"), icon="refresh", name="errandsRunButton",
            tip=N_("Send all pending requests to Razorpay now"),
        )  # fmt: skip
        self.none = label(
            N_("There are no pending requests to Razorpay and no disputes."),
            "caption", name="errandsNone", wrap=True,
        )  # fmt: skip
        self.sending_title = label(N_("Requests to Razorpay"), "strong")
        self.disputes_title = label(N_("Disputes"), "strong")
        self.returning: list[ReturningLine] = []
        self.returning_title = label(N_("Payments returned automatically"), "strong")
        self._errand_list, self._dispute_list = QVBoxLayout(), QVBoxLayout()
        self._returning_list = QVBoxLayout()
        for each in (self._errand_list, self._dispute_list, self._returning_list):
            each.setSpacing(12)
        column = self.column
        column.setSpacing(12)
        fill(column, self.sending_title, self._errand_list)
        fill(column, (self.run_button, Qt.AlignmentFlag.AlignLeft))
        fill(column, self.disputes_title, self._dispute_list)
        fill(column, self.returning_title, self._returning_list, STRETCH)
        self._show_titles()

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.errands or self.disputes or self.returning)

    def _show_titles(self) -> None:
        for title, lines in (
            (self.sending_title, self.errands),
            (self.disputes_title, self.disputes),
            (self.returning_title, self.returning),
        ):
            title.setVisible(bool(lines))
        self.run_button.setVisible(bool(self.errands))

    def show_errands(self, errands: tuple[OutboxCommandView, ...]) -> None:
        """Show the commands that are not done."""
        still = [each for each in errands if each.state is not CommandState.DONE]
        _empty(self._errand_list, self.errands)
        self.errands = [CommandLine(each) for each in still]
        for line in self.errands:
            self._errand_list.addWidget(line)
        self._show_titles()

    def show_disputes(self, disputes: tuple[DisputeView, ...]) -> None:
        """Show what was noticed."""
        _empty(self._dispute_list, self.disputes)
        self.disputes = [DisputeLine(each) for each in disputes]
        for line in self.disputes:
            self._dispute_list.addWidget(line)
        self._show_titles()

    def show_returning(self, returning: tuple[ReturningPayment, ...]) -> None:
        """Show the payments that were left to return."""
        _empty(self._returning_list, self.returning)
        self.returning = [ReturningLine(each) for each in returning]
        for line in self.returning:
            self._returning_list.addWidget(line)
        self._show_titles()

    def show_running(self, *, running: bool) -> None:
        """Disable the button while commands are being sent."""
        self.run_button.setDisabled(running)
        self.run_button.show_text(N_("Trying…") if running else N_("&Try now"))


def problem_words(problem: str) -> str:
    """Put an error's class name into the words of the table of notices; empty for none."""
    from desktop_app.services import errors
    from desktop_app.ui.core.error_notices import TABLE

    kind = getattr(errors, problem, None) if problem else None
    if not isinstance(kind, type):
        return N_("The last try failed.") if problem else ""
    return next((str(TABLE[each].what) for each in kind.__mro__ if each in TABLE), "")


def _stack(line: QWidget, what: QWidget, badge: QWidget, about: QWidget, more: QWidget) -> None:
    vbox(flowing(what, badge, spread=True), about, more, inside=line, gap=2)


def _empty(column: QVBoxLayout, lines: Sequence[QWidget]) -> None:
    for line in lines:
        column.removeWidget(line)
        line.hide()
        line.deleteLater()
