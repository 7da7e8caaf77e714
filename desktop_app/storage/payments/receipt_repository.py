"""Receipts and their series inside a transaction: numbers without gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.storage.mapping import instant
from desktop_app.storage.repository import SqlRepository
from desktop_app.storage.row_seals import Columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from desktop_app.services.ports.records import ReceiptLine, ReceiptRecord

_NEXT = """
    INSERT INTO receipt_series (series, year, last) VALUES (:series, :year, 1)
    ON CONFLICT (series, year) DO UPDATE SET last = last + 1 RETURNING last
"""
_ADVANCE = """
    INSERT INTO receipt_series (series, year, last) VALUES (:series, :year, :upto)
    ON CONFLICT (series, year) DO UPDATE SET last = max(last, :upto) RETURNING last
"""
_LAST = "SELECT last FROM receipt_series WHERE series = :series AND year = :year"
_ALL_LAST = "SELECT series || '/' || year, last FROM receipt_series ORDER BY rowid DESC"
_SERIES = Columns("receipt_series", ("series", "year", "last"))
_LINE = Columns("receipt_lines", ("receipt_uid", "payment_uid", "due_uid", "amount_paise"))
_HAS_ANY = "SELECT 1 FROM receipt_lines WHERE payment_uid = :uid LIMIT 1"
_ADD_PRINT = "INSERT INTO receipt_prints (receipt_uid, paper, at) VALUES (:uid, :paper, :at)"


class SqlReceiptRepository(SqlRepository):
    """Receipts, in one transaction."""

    def next_sequence(self, series: str, year: str) -> int:
        """Allocate the next number of a series; rolling back frees it again."""
        return self._sealed_last(_NEXT, series=series, year=year)

    def last_sequence(self, series: str, year: str) -> int:
        """Return the last allocated number of a series, 0 before the first."""
        return int(self._scalar(_LAST, series=series, year=year) or 0)

    def last_sequences(self) -> dict[str, int]:
        """Return the last number by series and year, such as `D1/26-27`, newest series first."""
        return dict(self._all(_ALL_LAST))

    def advance_series(self, series: str, year: str, upto: int) -> int:
        """Advance a series to at least `upto`; return its new last number."""
        return self._sealed_last(_ADVANCE, series=series, year=year, upto=upto)

    def _sealed_last(self, sql: str, *, series: str, year: str, **values: int) -> int:
        last = int(self._scalar(sql, series=series, year=year, **values) or 0)
        self._seals.add_rows(_SERIES, (series, year), [(series, year, last)])
        self._seals.series[f"{series}/{year}"] = last
        return last

    def add(self, receipt: ReceiptRecord, lines: Sequence[ReceiptLine]) -> None:
        """Add one with its lines."""
        self._add_record("receipts", receipt)
        rows = [(receipt.uid, each.payment_uid, each.due_uid, each.amount.paise) for each in lines]
        self._add_numbered(_LINE, (receipt.uid,), rows)

    def has_any(self, payment_uid: str) -> bool:
        """Return whether a receipt shows a part of a payment."""
        return bool(self._scalar(_HAS_ANY, uid=payment_uid))

    def add_print(self, receipt_uid: str, paper: str, at: datetime) -> None:
        """Record one print of a receipt."""
        self._seals.add("receipt_prints", receipt_uid)
        self._change(_ADD_PRINT, uid=receipt_uid, paper=paper, at=instant(at))
