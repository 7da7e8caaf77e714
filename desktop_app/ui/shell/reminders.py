"""Unasked reminders: attempts pending at the start, fees kept to collect.

It posts notices and leads to the payment; it changes nothing.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.domain.payment import AttemptState
from desktop_app.ui.core.formatting import one_line, short_rupees
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.views.payments import AttemptView, ReconcileReport
    from desktop_app.ui.core.attempts import Attempts
    from desktop_app.ui.shell.connectivity_presenter import ConnectivityPresenter
    from desktop_app.ui.widgets.notice_area import NoticeArea

PENDING = "pending"
TO_COLLECT = "to collect"
_SAFE = N_("Nothing is lost; nothing is made twice.")


class Reminders(QObject):
    """Reminds.

    Args:
        show: brings the attempt of a uid on screen.
    """

    def __init__(
        self,
        attempts: Attempts,
        line: ConnectivityPresenter,
        notices: NoticeArea,
        show: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._attempts = attempts
        self._notices = notices
        self._show = show
        self._is_checking = self._was_checked = False
        attempts.found_open.connect(self._found_open)
        line.reconciled.connect(self._reconciled)
        line.back.connect(self._line_is_back)

    def _found_open(self, views: tuple[AttemptView, ...]) -> None:
        """Post at the start that payments are pending and being checked."""
        count = len([view for view in views if view.state is not AttemptState.INTENT])
        if not count or self._was_checked:
            return
        self._is_checking = True
        what = N_("{count} payment was pending: checking…")
        if count > 1:
            what = N_("{count} payments were pending: checking…")
        self._notices.note(what, money=_SAFE, values={"count": count}, key=PENDING)

    def _reconciled(self, report: ReconcileReport) -> None:
        """Withdraw the reminder, or post that Razorpay could not be asked yet."""
        self._was_checked = self._was_checked or report.is_complete
        if not self._is_checking:
            return
        self._notices.withdraw(PENDING)
        if report.is_complete:
            self._is_checking = False
            return
        self._notices.note(
            N_("What was pending could not be checked yet."),
            money=_SAFE,
            todo=N_("It is looked at as soon as Razorpay answers."),
            key=PENDING,
        )

    def _line_is_back(self) -> None:
        """Offer what was kept while the line was down."""
        kept = [view for view in self._attempts.live() if view.state is AttemptState.INTENT]
        if not kept:
            return
        first = kept[0]
        what = N_("The line is back: {count} fee is to be collected.")
        if len(kept) > 1:
            what = N_("The line is back: {count} fees are to be collected.")
        self._notices.note(
            what,
            todo=N_("{name}, {amount} was kept first."),
            tone=Tone.GOOD,
            key=TO_COLLECT,
            actions=((N_("Show it"), partial(self._show, first.uid)),),
            values={
                "count": len(kept),
                "name": one_line(first.student_name, 40),
                "amount": short_rupees(first.amount),
            },
        )
