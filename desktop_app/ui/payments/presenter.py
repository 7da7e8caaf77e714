"""The payments page's work: which payments are listed. Touches no widget, blocks never."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.receipt import IST
from desktop_app.services.views.payments import PaymentFilter
from desktop_app.ui.core.jobs import CancelToken, Lane
from desktop_app.ui.payments.rows import PAYMENTS
from desktop_app.ui.tables.paged_table import PagedTable
from desktop_app.ui.tables.pager import Pager

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk, Receipts
    from desktop_app.services.views.payments import PaymentPage, PaymentRow
    from desktop_app.ui.core.jobs import JobRunner


class PaymentsPresenter(QObject):
    """Reads payments for the page.

    Signals:
        listed: a new list is in the model (`PaymentPage`), maybe without its sum.
        summed: what the list that is shown sums to (`PaymentPage`).
        failed: an error.
    """

    listed = Signal(object)
    summed = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self.model: PagedTable[PaymentRow] = PagedTable(PAYMENTS, self)
        self.desk: Desk | None = None
        self.is_today = True
        self._text = ""
        self._method = ""
        self._state = ""
        self._runner = runner
        self._summing = CancelToken()
        self._pager = Pager(self.model, runner, self)
        self._pager.restarted.connect(self._listed)
        self._pager.failed.connect(self.failed)

    def attach(self, desk: Desk) -> None:
        """Take the open desk, and read the list."""
        self.desk = desk
        self.refresh()

    def narrow(
        self,
        *,
        text: str | None = None,
        method: str | None = None,
        state: str | None = None,
        today: bool | None = None,
    ) -> None:
        """Change what is listed, each as `PaymentFilter` has it, and by day."""
        self._text = self._text if text is None else text
        self._method = self._method if method is None else method
        self._state = self._state if state is None else state
        self.is_today = self.is_today if today is None else today
        self.refresh()

    def refresh(self) -> None:
        """Read the list anew."""
        if self.desk is None:
            return
        self._summing.cancel()
        self._pager.start(partial(_page, self.desk.receipts, self._which()))

    def _which(self) -> PaymentFilter:
        since = start_of_day(datetime.now(IST)) if self.is_today else None
        return PaymentFilter(since=since, method=self._method, text=self._text, state=self._state)

    def _listed(self, page: PaymentPage) -> None:
        self.listed.emit(page)
        if page.sum is None and self.desk is not None:
            self._summing.cancel()
            self._summing = self._runner.submit(
                Lane.LOCAL,
                partial(self.desk.receipts.payments, self._which(), limit=0),
                owner=self,
                on_done=self.summed.emit,
                on_error=self.failed.emit,
            )


def start_of_day(now: datetime) -> datetime:
    """Tell when the Indian day of an aware instant began."""
    return now.astimezone(IST).replace(hour=0, minute=0, second=0, microsecond=0)


def _page(receipts: Receipts, which: PaymentFilter, offset: int, limit: int) -> PaymentPage:
    return receipts.payments(which, offset=offset, limit=limit, summed=False)
