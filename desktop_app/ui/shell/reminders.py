"""Unasked reminders: payments pending at the start, QRs that can be shown again.

It posts notices and leads to the payment; it changes nothing.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.domain.payment import AttemptState
from desktop_app.ui.core.formatting import one_line, short_rupees
from desktop_app.ui.core.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.views.payments import AttemptView, ReconcileReport
    from desktop_app.ui.core.attempts import Attempts
    from desktop_app.ui.shell.connectivity_presenter import ConnectivityPresenter
    from desktop_app.ui.widgets.notice_area import NoticeArea

PENDING = "pending"
WITHOUT_QR = "no qr"
_SAFE = N_("If the parent paid in the meantime, the payment will show here.")


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
        self._is_offering = False
        attempts.found_open.connect(self._found_open)
        attempts.changed.connect(self._follow)
        line.reconciled.connect(self._reconciled)
        line.back.connect(self._line_is_back)

    def _found_open(self, views: tuple[AttemptView, ...]) -> None:
        """Post at the start that payments are pending and being checked."""
        were_sent = any(view.state is not AttemptState.INTENT for view in views)
        if not were_sent or self._was_checked:
            return
        self._is_checking = True
        what = N_("Checking {count} pending payment…", "Checking {count} pending payments…")
        self._notices.note(what, money=_SAFE, values={"count": len(views)}, key=PENDING)

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
            N_("Couldn't check pending payments."),
            money=_SAFE,
            todo=N_("We'll check again once you're online."),
            key=PENDING,
        )

    def _line_is_back(self) -> None:
        """Offer to show the QRs that could not be made offline."""
        without = [view for view in self._attempts.live() if view.state is AttemptState.INTENT]
        self._is_offering = bool(without)
        if not without:
            self._notices.withdraw(WITHOUT_QR)
            return
        first = without[0]
        self._notices.note(
            N_(
                "You're back online. {count} payment has no QR yet: {name}, {amount}.",
                "You're back online. {count} payments have no QR yet. The first is {name}, "
                "{amount}.",
            ),
            key=WITHOUT_QR,
            stays=True,
            actions=((N_("Show"), partial(self._show, first.uid)),),
            values={
                "count": len(without),
                "name": one_line(first.student_name, 40),
                "amount": short_rupees(first.amount),
            },
        )

    def _follow(self, _changed: object) -> None:
        """Offer the QRs still missing, and nothing once each is dealt with."""
        if self._is_offering:
            self._line_is_back()
