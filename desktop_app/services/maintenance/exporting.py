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


def export(context: Context, kind: str, path: Path, watch: Watch | None = None) -> int:
    """Write `students`, `courses` or `ledger` as .csv or .xlsx; return the rows written.

    Raises:
        InvalidInputError: another kind, or another kind of file.
    """
    if path.suffix.lower() not in {".csv", ".xlsx"}:
        raise InvalidInputError("file", "The file's name ends in .csv or .xlsx.")
    reader = context.store.reader
    if kind == "students":
        return _write(context, path, STUDENT_COLUMNS, reader.exports.students(), watch)
    if kind == "courses":
        return _write(context, path, COURSE_COLUMNS, reader.exports.courses(), watch)
    if kind == "ledger":
        return _write(context, path, LEDGER_COLUMNS, _ledger(context), watch)
    raise InvalidInputError("kind", "There are students, courses and ledger to export.")


def _write(
    context: Context,
    path: Path,
    columns: tuple[str, ...],
    rows: Iterator[Mapping[str, object]],
    watch: Watch | None,
) -> int:
    return context.documents.write_rows(
        path, columns, ([row[name] for name in columns] for row in watched(rows, watch))
    )


def _ledger(context: Context) -> Iterator[Mapping[str, object]]:
    offset = 0
    read = context.store.reader.payments.page
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
                "refunded": format_decimal(row.refunded)
                if row.refunded
                else format_decimal(Money(0)),
                "utr": row.rrn or "",
                "payment_id": row.payment_id or "",
                "late": "yes" if row.is_late else "no",
            }
        offset += PAGE
