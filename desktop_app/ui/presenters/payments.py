"""The payments page's work: which payments are listed. Touches no widget, blocks never."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.receipt import IST
from desktop_app.services.views import PaymentFilter
from desktop_app.ui.models.paged_table import PagedTable
from desktop_app.ui.models.pager import Pager
from desktop_app.ui.models.tables import PAYMENTS

if TYPE_CHECKING:
    from desktop_app.services.api import Desk, Receipts
    from desktop_app.services.views import PaymentPage, PaymentRow
    from desktop_app.ui.jobs import JobRunner


class PaymentsPresenter(QObject):
    """Reads payments for the page.

    Signals:
        listed: a new list is in the model (`PaymentPage`).
        failed: an error.
    """

    listed = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self.model: PagedTable[PaymentRow] = PagedTable(PAYMENTS, self)
        self.desk: Desk | None = None
        self.is_today = True
        self._text = ""
        self._method = ""
        self._pager = Pager(self.model, runner, self)
        self._pager.restarted.connect(self.listed)
        self._pager.failed.connect(self.failed)

    def attach(self, desk: Desk) -> None:
        """Take the open desk, and read the list."""
        self.desk = desk
        self.refresh()

    def narrow(
        self, *, text: str | None = None, method: str | None = None, today: bool | None = None
    ) -> None:
        """Change what is listed: by text, by method (`upi`, `cash`, empty), by day."""
        self._text = self._text if text is None else text
        self._method = self._method if method is None else method
        self.is_today = self.is_today if today is None else today
        self.refresh()

    def refresh(self) -> None:
        """Read the list anew."""
        if self.desk is None:
            return
        since = start_of_day(datetime.now(IST)) if self.is_today else None
        which = PaymentFilter(since=since, method=self._method, text=self._text)
        self._pager.start(partial(_page, self.desk.receipts, which))


def start_of_day(now: datetime) -> datetime:
    """Tell when the Indian day of an aware instant began."""
    return now.astimezone(IST).replace(hour=0, minute=0, second=0, microsecond=0)


def _page(receipts: Receipts, which: PaymentFilter, offset: int, limit: int) -> PaymentPage:
    return receipts.payments(which, offset=offset, limit=limit)
