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
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import moment_text
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.widgets.badge import StatusBadge
from desktop_app.ui.widgets.boxes import STRETCH, fill, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import rule
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
    CommandState.PENDING: (N_("Waits for the line"), "waiting", "attention"),
    CommandState.SENDING: (N_("Being sent"), "refresh", "accent"),
    CommandState.DONE: (N_("Done"), "check", "paid"),
    CommandState.DEAD: (N_("Needs a look"), "wrong", "wrong"),
}
DISPUTES = {
    "open": (N_("Answer it"), "attention", "attention"),
    "under_review": (N_("Under review"), "waiting", "accent"),
    "won": (N_("Won"), "check", "paid"),
    "lost": (N_("Lost"), "cross", "quiet"),
    "closed": (N_("Closed"), "check", "quiet"),
}
_UNKNOWN = (N_("Noticed"), "info", "quiet")


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
        said = [tr(N_("since {when}"), when=moment_text(errand.since))]
        if errand.tries:
            words = N_("tried once") if errand.tries == 1 else N_("tried {count} times")
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
            day = dispute.respond_by.strftime("%d-%m-%Y")
            words = N_("Answer it by {day} on Razorpay's dashboard, under Disputes.")
            if dispute.respond_by < datetime.now(UTC).date():
                words = N_("The day to answer it was {day}. See Razorpay's dashboard.")
            self.until.setText(tr(words, day=day))
        else:
            noticed = moment_text(dispute.noticed_at)
            self.until.setText(tr(N_("noticed {when}"), when=noticed))


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
        self.badge.show_state(N_("Returns by itself"), "refresh", "quiet")
        self.about.show_text(f"{returning.student_name} · {returning.course_label}")
        noticed = moment_text(returning.noticed_at)
        self.noticed.setText(tr(N_("It wasn't due, so we didn't take it ({when})."), when=noticed))


class OutboxPane(DetailPane):
    """Errands and disputes beside the held money."""

    def __init__(self) -> None:
        super().__init__("outboxPane", PANE_PX)
        self.errands: list[CommandLine] = []
        self.disputes: list[DisputeLine] = []
        self.run_button = Button(
            N_("&Try now"), icon="refresh", name="errandsRunButton",
            tip=N_("Say now to Razorpay what is still to be said"),
        )  # fmt: skip
        self.none = label(
            N_("Everything was said. What cannot be said while the line is down waits here."),
            "secondary", name="errandsNone", wrap=True,
        )  # fmt: skip
        self.none_disputed = label(N_("None noticed."), "secondary", name="disputesNone")
        self.returning: list[ReturningLine] = []
        self.returning_title = label(N_("Payments that return by themselves"), "strong")
        self._errand_list, self._dispute_list = QVBoxLayout(), QVBoxLayout()
        self._returning_list = QVBoxLayout()
        for each in (self._errand_list, self._dispute_list, self._returning_list):
            each.setSpacing(12)
        column = self.column
        column.addWidget(label(N_("Still to be said to Razorpay"), "strong"))
        fill(column, self.none, self._errand_list)
        fill(column, (self.run_button, Qt.AlignmentFlag.AlignLeft), theme.GAP, rule(), theme.GAP)
        fill(column, label(N_("Disputes"), "strong"), self.none_disputed, self._dispute_list)
        fill(column, theme.GAP, self.returning_title, self._returning_list, STRETCH)
        self.returning_title.hide()

    def show_errands(self, errands: tuple[OutboxCommandView, ...]) -> None:
        """Show the commands that are not done."""
        still = [each for each in errands if each.state is not CommandState.DONE]
        _empty(self._errand_list, self.errands)
        self.errands = [CommandLine(each) for each in still]
        for line in self.errands:
            self._errand_list.addWidget(line)
        self.none.setVisible(not still)
        self.run_button.setVisible(bool(still))

    def show_disputes(self, disputes: tuple[DisputeView, ...]) -> None:
        """Show what was noticed."""
        _empty(self._dispute_list, self.disputes)
        self.disputes = [DisputeLine(each) for each in disputes]
        for line in self.disputes:
            self._dispute_list.addWidget(line)
        self.none_disputed.setVisible(not disputes)

    def show_returning(self, returning: tuple[ReturningPayment, ...]) -> None:
        """Show the payments that were left; without one there is no heading either."""
        _empty(self._returning_list, self.returning)
        self.returning = [ReturningLine(each) for each in returning]
        for line in self.returning:
            self._returning_list.addWidget(line)
        self.returning_title.setVisible(bool(returning))

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
        return N_("It did not work.") if problem else ""
    return next((str(TABLE[each].what) for each in kind.__mro__ if each in TABLE), "")


def _stack(line: QWidget, what: QWidget, badge: QWidget, about: QWidget, more: QWidget) -> None:
    vbox(flowing(what, badge, spread=True), about, more, inside=line, gap=2)


def _empty(column: QVBoxLayout, lines: Sequence[QWidget]) -> None:
    for line in lines:
        column.removeWidget(line)
        line.hide()
        line.deleteLater()
