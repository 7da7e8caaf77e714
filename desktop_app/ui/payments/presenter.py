"""Which payments the payments page lists, and what they sum to. Touches no widget, never blocks."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal

from desktop_app.domain.receipt import IST
from desktop_app.services.views.payments import PaymentFilter, PaymentRow
from desktop_app.ui.payments.rows import PAYMENTS, read
from desktop_app.ui.tables.list_presenter import ListPresenter

if TYPE_CHECKING:
    from desktop_app.services.views.payments import PaymentPage
    from desktop_app.ui.core.jobs import JobRunner

PAINTING_MS = 50
"""The sum of a million payments, read by another thread, doubles the time that the rows take to be
painted, unless a processor is idle."""


class PaymentsPresenter(ListPresenter[PaymentRow]):
    """Payments that match a text, a method and a state, of today or of all days.

    Signals:
        summed: what the list that is shown sums to (`PaymentPage`).
    """

    summed = Signal(object)

    def __init__(self, runner: JobRunner) -> None:
        super().__init__(runner, PAYMENTS, read)
        self.is_today = True
        self._method = ""
        self._state = ""
        self._is_painted = QTimer(self, singleShot=True, interval=PAINTING_MS)
        self._is_painted.timeout.connect(self._sum_up)
        self.listed.connect(self._sum_up_later)

    def narrow(self, *, today: bool, method: str, state: str) -> None:
        """Set the day, the method and the state, each as `PaymentFilter` has it."""
        self.is_today, self._method, self._state = today, method, state
        self.refresh()

    def wanted(self) -> PaymentFilter:
        """Return the filter."""
        since = start_of_day(datetime.now(IST)) if self.is_today else None
        return PaymentFilter(since=since, method=self._method, text=self.text, state=self._state)

    def _sum_up_later(self, page: PaymentPage) -> None:
        """Read the sum after the rows, unless they came with it: it takes all that match."""
        self._is_painted.stop()
        if page.sum is None:
            self._is_painted.start()

    def _sum_up(self) -> None:
        which = self.wanted()
        self._runner.local(
            lambda desk: desk.receipts.payments(which, limit=0),
            self.summed.emit,
            owner=self,
            replaces="sum",
        )


def start_of_day(now: datetime) -> datetime:
    """Return when the Indian day of an aware instant began."""
    return now.astimezone(IST).replace(hour=0, minute=0, second=0, microsecond=0)
