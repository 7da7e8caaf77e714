"""Read models of health checks, imports and backups."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from desktop_app.domain.audit import Head
    from desktop_app.domain.errors import InvalidInputError
    from desktop_app.domain.money import Money


class Health(StrEnum):
    """How one check went."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True)
class CheckResult:
    """The result of one health check.

    Attributes:
        name: stable, for scripts: `database`, `keys`, `gateway`, `clock`, `printers`, …
        template: the finding, one sentence in English, with its values as `{name}`.
        advice: the remedy on the command line, empty when none is needed.
        values: the values by name.
    """

    name: str
    health: Health
    template: str
    advice: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def finding(self) -> str:
        """Return the whole sentence in English."""
        return self.template.format(**self.values) if self.values else self.template


class UnlistedMoney(NamedTuple):
    """Money of a payment that the books owe or are owed, and that no list shows.

    Attributes:
        payment: the gateway's id; our own where it has none.
        is_overdrawn: whether more went back than was taken back from what the payment paid.
    """

    payment: str
    student_name: str
    roll_no: str
    amount: Money
    is_overdrawn: bool


class TestFees(NamedTuple):
    """Payments made with test keys that pay fees, and how much."""

    payments: int
    paid: Money


class RowProblem(NamedTuple):
    """A row of an import that cannot be imported, by its line in the file.

    Attributes:
        problem: the problem, in English.
        error: the same to be translated, None where no entry is at fault.
    """

    line: int
    problem: str
    error: InvalidInputError | None = None


class ImportReport(NamedTuple):
    """The result of an import; with problems nothing was imported at all.

    Attributes:
        unknown_columns: columns of the file that the desk does not know.
    """

    added: int
    updated: int
    unchanged: int
    problems: tuple[RowProblem, ...]
    unknown_columns: tuple[str, ...]


class ImportPreview(NamedTuple):
    """The first rows of a file to import.

    Attributes:
        columns: the columns that are imported, in the order of the file.
        rows: their cells.
        unknown: columns of the file that are not imported.
        missing: columns that an import needs and the file lacks.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]


class BackupReport(NamedTuple):
    """A backup, opened and counted after it was made."""

    path: Path
    made_at: datetime
    students: int
    payments: int
    receipts: int


class BookContents(NamedTuple):
    """The contents of a database file, by the newest entry of its audit trail.

    Attributes:
        kind: `live` or `training`; None where nothing in the file proves either.
        head: the newest entry of the audit trail, None without one.
        at: when that entry was written, ISO-8601 UTC; empty without one.
    """

    path: Path
    schema: int
    kind: str | None
    head: Head | None
    at: str
