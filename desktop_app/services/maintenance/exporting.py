"""Students, courses and the ledger as sheets, columns as the CSV contract names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money, format_decimal
from desktop_app.services.maintenance.importing import COURSE_COLUMNS, STUDENT_COLUMNS, watched
from desktop_app.services.views.payments import PaymentFilter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from desktop_app.services.context import Context
    from desktop_app.services.maintenance.importing import Watch

LEDGER_COLUMNS = (
    "received_at", "receipt_no", "roll_no", "name", "course", "method", "amount", "refunded",
    "utr", "payment_id", "late",
)  # fmt: skip
PAGE = 500


class Exports:
    """Writes lists to files. All local."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def write(self, kind: str, path: Path, watch: Watch | None = None) -> int:
        """Write `students`, `courses` or `ledger` as .csv or .xlsx; return the rows written.

        Args:
            kind: which list.
            path: the file; its name ends in .csv or .xlsx.
            watch: called with how many rows were written; what it raises stops the export.

        Raises:
            InvalidInputError: another kind, or another kind of file.
        """
        if path.suffix.lower() not in {".csv", ".xlsx"}:
            raise InvalidInputError("file", "The file's name ends in .csv or .xlsx.")
        reader = self._context.store.reader
        if kind == "students":
            return self._write(path, STUDENT_COLUMNS, reader.exports.students(), watch)
        if kind == "courses":
            return self._write(path, COURSE_COLUMNS, reader.exports.courses(), watch)
        if kind == "ledger":
            return self._write(path, LEDGER_COLUMNS, self._ledger(), watch)
        raise InvalidInputError("kind", "There are students, courses and ledger to export.")

    def _write(
        self,
        path: Path,
        columns: tuple[str, ...],
        rows: Iterator[Mapping[str, object]],
        watch: Watch | None,
    ) -> int:
        return self._context.documents.write_rows(
            path, columns, ([row[name] for name in columns] for row in watched(rows, watch))
        )

    def _ledger(self) -> Iterator[Mapping[str, object]]:
        offset = 0
        read = self._context.store.reader.payments.page
        while rows := read(PaymentFilter(), offset, PAGE, summed=False).rows:
            for row in rows:
                yield {
                    "received_at": row.at.isoformat(timespec="seconds"),
                    "receipt_no": row.receipt_no or "",
                    "roll_no": row.roll_no,
                    "name": row.student_name,
                    "course": row.course_label,
                    "method": row.method.value,
                    "amount": format_decimal(row.amount),
                    "refunded": format_decimal(row.refunded or Money(0)),
                    "utr": row.rrn or "",
                    "payment_id": row.payment_id or "",
                    "late": "yes" if row.is_late else "no",
                }
            offset += PAGE
