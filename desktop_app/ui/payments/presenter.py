"""Which payments the payments page lists, and what they sum to. Touches no widget, never blocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal

from desktop_app.domain.receipt import IST
from desktop_app.services.views.payments import PaymentFilter, PaymentPage, PaymentRow
from desktop_app.ui.payments.rows import PAYMENTS, read
from desktop_app.ui.tables.list_presenter import ListPresenter

if TYPE_CHECKING:
    from desktop_app.services.views.payments import PaymentTotals
    from desktop_app.ui.core.jobs import JobRunner

PAINTING_MS = 50
"""The sum of a million payments, read by another thread, doubles the time that the rows take to be
painted, unless a processor is idle."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are listed, the last one included; None where nothing bounds them."""

    first: date | None = None
    last: date | None = None

    @property
    def since(self) -> datetime | None:
        """The instant at which they begin, in India."""
        return None if self.first is None else datetime.combine(self.first, time(), IST)

    @property
    def until(self) -> datetime | None:
        """The instant at which they are over, in India."""
        if self.last is None:
            return None
        return datetime.combine(self.last + timedelta(days=1), time(), IST)


def span_of(kind: str, today: date) -> Span:
    """Return the days of `today`, `yesterday`, `month` or `all`."""
    if kind == "today":
        return Span(today)
    if kind == "yesterday":
        return Span(today - timedelta(days=1), today - timedelta(days=1))
    return Span(today.replace(day=1)) if kind == "month" else Span()


@dataclass(frozen=True, slots=True)
class Summary:
    """The sums of the days that are listed, and the first page of the list."""

    totals: PaymentTotals
    listed: PaymentPage


class PaymentsPresenter(ListPresenter[PaymentRow]):
    """Payments that match a text, a method and a state, of some days or of all.

    Signals:
        summed: what the list that is shown sums to (`Summary`).
    """

    summed = Signal(object)

    def __init__(self, runner: JobRunner) -> None:
        super().__init__(runner, PAYMENTS, read)
        self.days = "today"
        self._chosen = Span()
        self._method = ""
        self._state = ""
        self._head = ""
        self._listed = PaymentPage((), 0, None)
        self._is_painted = QTimer(self, singleShot=True, interval=PAINTING_MS)
        self._is_painted.timeout.connect(self._sum_up)
        self.listed.connect(self._sum_up_later)

    @property
    def is_narrow(self) -> bool:
        """Whether more than the days narrows the list."""
        return bool(self.text or self._method or self._state or self._head)

    def narrow(self, *, days: str, method: str, state: str, head: str, chosen: Span) -> None:
        """Set the days, and the rest as `PaymentFilter` has it.

        Args:
            days: `today`, `yesterday`, `month`, `all`, or `range` for the days chosen.
            method: see `PaymentFilter`.
            state: see `PaymentFilter`.
            head: see `PaymentFilter`.
            chosen: the days of `range`.
        """
        self.days, self._chosen = days, chosen
        self._method, self._state, self._head = method, state, head
        self.refresh()

    def span(self) -> Span:
        """Return the days to list; those of today follow the clock."""
        is_chosen = self.days == "range"
        return self._chosen if is_chosen else span_of(self.days, datetime.now(IST).date())

    def wanted(self) -> PaymentFilter:
        """Return the filter."""
        span = self.span()
        return PaymentFilter(
            span.since, self._method, self.text, self._state, span.until, self._head
        )

    def _sum_up_later(self, page: PaymentPage) -> None:
        """Read the sums of the days after the rows, which the screen waits for."""
        self._listed = page
        self._is_painted.start()

    def _sum_up(self) -> None:
        listed, span = self._listed, self.span()
        self._runner.local(
            lambda desk: Summary(desk.receipts.totals(span.since, span.until), listed),
            self.summed.emit,
            owner=self,
            replaces="sum",
        )
