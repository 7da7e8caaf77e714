"""The reports of the desk as sheets, columns as the CSV contract names them.

A new report is a row in `REPORTS` and its query.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.instruments import InstrumentState
from desktop_app.domain.money import Money, format_decimal
from desktop_app.domain.receipt import IST, day_in_india
from desktop_app.services.maintenance.import_columns import COURSE_COLUMNS, STUDENT_COLUMNS
from desktop_app.services.maintenance.import_sheet import watched
from desktop_app.services.output_paths import check_output
from desktop_app.services.views.dues import DueChoice
from desktop_app.services.views.payments import PaymentFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from desktop_app.services.context import Context
    from desktop_app.services.maintenance.import_sheet import Watch
    from desktop_app.services.ports.reader import Reader
    from desktop_app.services.views.dues import FamilyAccount

    Row = Mapping[str, object]
    About = Sequence[tuple[str, str]]

LEDGER_COLUMNS = (
    "received_at", "receipt_no", "roll_no", "name", "course", "method", "amount", "refunded",
    "utr", "payment_id", "late", "mode", "verification", "placement",
)  # fmt: skip
BALANCE_COLUMNS = (
    "roll_no", "name", "guardian_name", "guardian_phone", "asked", "paid", "verified", "counted",
    "claimed", "in_clearing", "balance", "overdue", "next_due_on", "credit",
)  # fmt: skip
CONCESSION_COLUMNS = (
    "given_on", "roll_no", "name", "course", "kind", "promo_code", "list_price", "asked", "given",
    "reason", "proof", "taken_back",
)  # fmt: skip
DUE_COLUMNS = (
    "roll_no", "name", "guardian_name", "course", "head", "instalment", "due_on", "days_overdue",
    "amount", "balance", "covered", "late_fee", "promised", "promised_by",
)  # fmt: skip
STATEMENT_COLUMNS = (
    "at", "entry", "name", "about", "receipt_no", "amount", "balance", "verification",
)  # fmt: skip
CHEQUE_COLUMNS = (
    "dated_on", "roll_no", "name", "course", "kind", "bank", "number", "drawer", "amount", "state",
    "received_on", "slip_no", "deposit_slip", "bank_reason", "receipt_no",
)  # fmt: skip
INBOX_COLUMNS = (
    "at", "kind", "roll_no", "name", "course", "method", "amount", "currency", "state",
    "reference", "verification",
)  # fmt: skip
PAGE = 500


@dataclass(frozen=True, slots=True)
class Report:
    """One kind of report.

    Attributes:
        title: its name in a sentence, for the help of the command line.
        columns: the columns, in order.
        rows: yields the rows by column.
        file_name: the name that the window suggests, without a suffix; Latin in every language.
        has_about: whether the command line, too, writes first rows about what is shown. A file
            that is imported, or that scripts read by its columns, begins with their names.
    """

    title: str
    columns: tuple[str, ...]
    rows: Callable[[Reader], Iterator[Row]]
    file_name: str
    has_about: bool = False


def _ledger(reader: Reader) -> Iterator[Row]:
    return _chosen_payments(reader, PaymentFilter())


def _chosen_payments(reader: Reader, which: PaymentFilter) -> Iterator[Row]:
    offset = 0
    read = reader.payments.page
    while rows := read(which, offset, PAGE, summed=False).rows:
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
                "mode": row.mode.value,
                "verification": row.verification.value if row.verification else "",
                "placement": row.placement.value,
            }
        offset += PAGE


def _dues(reader: Reader) -> Iterator[Row]:
    return _chosen_dues(reader, DueChoice(), datetime.now(IST).date(), 0)


def _chosen_dues(reader: Reader, which: DueChoice, today: date, days: int) -> Iterator[Row]:
    offset = 0
    while rows := reader.due_list.page(which, today, days, offset, PAGE).rows:
        for row in rows:
            promise = row.promise
            yield {
                "roll_no": row.roll_no,
                "name": row.student_name,
                "guardian_name": row.family,
                "course": row.course_label,
                "head": row.head,
                "instalment": row.instalment,
                "due_on": row.due_on.isoformat(),
                "days_overdue": max(0, row.days),
                "amount": row.amount,
                "balance": row.balance,
                "covered": row.covered,
                "late_fee": row.late_fee,
                "promised": promise.amount if promise else "",
                "promised_by": promise.by_on.isoformat() if promise else "",
            }
        offset += PAGE


def _cheques(reader: Reader) -> Iterator[Row]:
    return _chosen_cheques(reader, tuple(InstrumentState), "", datetime.now(IST).date())


def _chosen_cheques(
    reader: Reader, states: Sequence[InstrumentState], text: str, today: date
) -> Iterator[Row]:
    for row in reader.tenders.cheques(states, today, text):
        yield {
            "dated_on": row.dated_on.isoformat(),
            "roll_no": row.roll_no,
            "name": row.student_name,
            "course": row.course_labels,
            "kind": row.kind.value,
            "bank": row.bank,
            "number": row.number,
            "drawer": row.drawer,
            "amount": row.amount,
            "state": row.state.value,
            "received_on": row.received_on.isoformat(),
            "slip_no": row.slip_no,
            "deposit_slip": "" if row.slip_number is None else row.slip_number,
            "bank_reason": row.reason if row.bounces else "",
            "receipt_no": row.receipt_no,
        }


def _statement(account: FamilyAccount) -> Iterator[Row]:
    for line in account.lines:
        yield {
            "at": line.at.astimezone(IST).isoformat(timespec="seconds"),
            "entry": line.kind.value,
            "name": line.student_name,
            "about": line.about,
            "receipt_no": line.reference,
            "amount": line.amount,
            "balance": line.balance,
            "verification": line.verification.value if line.verification else "",
        }


REPORTS: dict[str, Report] = {
    "students": Report(
        "students", STUDENT_COLUMNS, lambda reader: reader.exports.students(), "students"
    ),
    "courses": Report(
        "courses", COURSE_COLUMNS, lambda reader: reader.exports.courses(), "courses"
    ),
    "ledger": Report("the ledger", LEDGER_COLUMNS, _ledger, "payments"),
    "balances": Report(
        "balances",
        BALANCE_COLUMNS,
        lambda reader: reader.exports.balances(),
        "balances",
        has_about=True,
    ),
    "concessions": Report(
        "concessions",
        CONCESSION_COLUMNS,
        lambda reader: reader.exports.concessions(),
        "concessions",
        has_about=True,
    ),
    "dues": Report("open dues", DUE_COLUMNS, _dues, "dues", has_about=True),
    "cheques": Report("cheques", CHEQUE_COLUMNS, _cheques, "cheques", has_about=True),
}
"""Kind → report, in the order in which the command line lists them."""


class Exports:
    """Writes reports to files. All local."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def write(
        self,
        kind: str,
        path: Path,
        watch: Watch | None = None,
        about: About = (),
        only: Collection[str] | None = None,
    ) -> int:
        """Write a report as .csv or .xlsx; return the rows written.

        Args:
            kind: which of `REPORTS`.
            path: the file; its name ends in .csv or .xlsx.
            watch: called with how many rows were written; what it raises stops the export.
            about: rows before the columns: what is listed, and when that was.
            only: the roll numbers, or the codes of courses, that a list shows; None for all.

        Raises:
            InvalidInputError: another kind, or another kind of file.
        """
        report = REPORTS.get(kind)
        if report is None:
            raise InvalidInputError("kind", "You can export {kinds}.", kinds=listed(REPORTS))
        rows = report.rows(self._context.store.reader)
        if only is not None:
            key = "roll_no" if "roll_no" in report.columns else "code"
            rows = (row for row in rows if row[key] in only)
        return self._write(path, report.columns, rows, watch, about)

    def dues(self, which: DueChoice, about: About, path: Path, watch: Watch | None = None) -> int:
        """Write the open dues that a list shows; otherwise like `write`.

        Args:
            which: which dues.
            about: see `write`.
            path: the file.
            watch: see `write`.
        """
        days = int(self._context.settings().texts["defaulter_days"])
        today = day_in_india(self._context.now())
        rows = _chosen_dues(self._context.store.reader, which, today, days)
        return self._write(path, DUE_COLUMNS, rows, watch, about)

    def payments(
        self, which: PaymentFilter, about: About, path: Path, watch: Watch | None = None
    ) -> int:
        """Write the payments that a list shows; otherwise like `dues`."""
        rows = _chosen_payments(self._context.store.reader, which)
        return self._write(path, LEDGER_COLUMNS, rows, watch, about)

    def cheques(
        self,
        states: Sequence[InstrumentState],
        text: str,
        about: About,
        path: Path,
        watch: Watch | None = None,
    ) -> int:
        """Write the cheques in some states that match a text; otherwise like `dues`."""
        today = day_in_india(self._context.now())
        rows = _chosen_cheques(self._context.store.reader, states, text, today)
        return self._write(path, CHEQUE_COLUMNS, rows, watch, about)

    def inbox(
        self, found: Iterator[Row], about: About, path: Path, watch: Watch | None = None
    ) -> int:
        """Write what the inbox shows, as `inbox_rows` returns it; otherwise like `dues`."""
        return self._write(path, INBOX_COLUMNS, found, watch, about)

    def statement(
        self, account: FamilyAccount, about: About, path: Path, watch: Watch | None = None
    ) -> int:
        """Write the statement of a family's account; otherwise like `dues`."""
        return self._write(path, STATEMENT_COLUMNS, _statement(account), watch, about)

    def _write(
        self,
        path: Path,
        columns: tuple[str, ...],
        rows: Iterator[Row],
        watch: Watch | None,
        about: About = (),
    ) -> int:
        if path.suffix.lower() not in {".csv", ".xlsx"}:
            raise InvalidInputError("file", "Choose a file name that ends in .csv or .xlsx.")
        check_output(path, self._context.folder)
        cells = ([row[name] for name in columns] for row in watched(rows, watch))
        return self._context.documents.write_rows(path, columns, cells, about)


def listed(words: Iterable[str], last: str = "and") -> str:
    """Return words as one list of a sentence, like `a, b and c`."""
    *first, final = words
    return f"{', '.join(first)} {last} {final}"
