"""Read models of upkeep: checks, imports, backups. Frozen, complete, without behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from desktop_app.domain.errors import InvalidInputError


class Health(StrEnum):
    """How one check went."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True)
class CheckResult:
    """One check of the doctor.

    Attributes:
        name: stable, for scripts: `database`, `keys`, `gateway`, `clock`, `printers`, …
        template: what was found, one sentence in English, with its values as `{name}`.
        advice: what to do on the command line, empty when there is nothing to do.
        values: what stands for the names.
    """

    name: str
    health: Health
    template: str
    advice: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def finding(self) -> str:
        """The whole sentence in English."""
        return self.template.format(**self.values) if self.values else self.template


@dataclass(frozen=True)
class RowProblem:
    """A row of an import that cannot be taken, by its line in the file.

    Attributes:
        problem: what is wrong, in English.
        error: the same to be translated, None where it is no entry's fault.
    """

    line: int
    problem: str
    error: InvalidInputError | None = None


@dataclass(frozen=True)
class ImportReport:
    """What an import did; with problems nothing was imported at all.

    Attributes:
        unknown_columns: columns of the file that mean nothing to the desk.
    """

    added: int
    updated: int
    unchanged: int
    problems: tuple[RowProblem, ...]
    unknown_columns: tuple[str, ...]


@dataclass(frozen=True)
class BackupReport:
    """A backup, opened and counted after it was made."""

    path: Path
    made_at: datetime
    students: int
    payments: int
    receipts: int
