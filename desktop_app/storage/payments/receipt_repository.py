"""Receipts and their series inside a transaction: numbers without gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert

from desktop_app.storage.mapping import instant
from desktop_app.storage.prepared_statements import PreparedStatement
from desktop_app.storage.repository import SqlRepository
from desktop_app.storage.schema.receipts import receipt_prints, receipt_series, receipts

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.services.ports.records import ReceiptRecord

_NEXT = PreparedStatement(
    insert(receipt_series)
    .values(last=1)
    .on_conflict_do_update(
        index_elements=["series", "year"], set_={"last": receipt_series.c.last + 1}
    )
    .returning(receipt_series.c.last),
    ("series", "year"),
)
_ADD = PreparedStatement(receipts.insert().inline(), receipts.c.keys())


class SqlReceiptRepository(SqlRepository):
    """Receipts, in one transaction."""

    def next_sequence(self, series: str, year: str) -> int:
        """Take the next number of a receipt series; a rolled back transaction gives it back."""
        self._seals.note("receipt_series", series, year)
        (taken,) = _NEXT.rows(self._connection, {"series": series, "year": year})
        return int(taken.last)

    def last_sequence(self, series: str, year: str) -> int:
        """The last number of a series that was taken, 0 before the first."""
        found = self._connection.execute(
            select(receipt_series.c.last).where(
                receipt_series.c.series == series, receipt_series.c.year == year
            )
        )
        return int(found.scalar() or 0)

    def advance_series(self, series: str, year: str, upto: int) -> int:
        """Let a series go on after a number at least; return the number it goes on after."""
        self._seals.note("receipt_series", series, year)
        skipped = insert(receipt_series).values(series=series, year=year, last=upto)
        self._connection.execute(
            skipped.on_conflict_do_update(
                index_elements=["series", "year"],
                set_={"last": func.max(receipt_series.c.last, upto)},
            )
        )
        return self.last_sequence(series, year)

    def add(self, receipt: ReceiptRecord) -> None:
        """Add one."""
        self._seals.note("receipts", receipt.uid)
        _ADD.run(
            self._connection,
            {
                "uid": receipt.uid,
                "desk_id": self._desk_id,
                "number": receipt.number,
                "series": receipt.series,
                "year": receipt.year,
                "sequence": receipt.sequence,
                "payment_uid": receipt.payment_uid,
                "amount_paise": receipt.amount.paise,
                "issued_at": instant(receipt.issued_at),
                "content": receipt.content,
            },
        )

    def add_print(self, receipt_uid: str, paper: str, at: datetime) -> None:
        """Count one print of a receipt."""
        self._seals.note("receipt_prints", receipt_uid)
        self._connection.execute(
            receipt_prints.insert(),
            {"receipt_uid": receipt_uid, "paper": paper, "at": instant(at)},
        )
