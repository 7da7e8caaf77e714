"""Views of a book's identity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class BookQuestion:
    """A book that was moved or copied here, and nobody has said which.

    Attributes:
        folder: where it is now.
        place: where it was last known to be; None where this installation has not seen it.
        code: the desk code in it.
        new_code: the code that a copy would get.
    """

    folder: Path
    place: Path | None
    code: str
    new_code: str


@dataclass(frozen=True, slots=True)
class CopyReport:
    """A copy that is a desk by itself now.

    Attributes:
        code: its desk code.
        attempts: payments that were open or watched; they stay with the original.
        commands: what waited to be sent to Razorpay; the original sends it.
        held: payments that waited for a decision; the original decides.
    """

    code: str
    attempts: int
    commands: int
    held: int


@dataclass(frozen=True, slots=True)
class TrialCounts:
    """Counts of a trial with test keys, and of the enrolments that a clean book leaves behind.

    Attributes:
        attempts: payments begun with test keys, also those that nobody paid.
    """

    enrollments: int
    payments: int
    receipts: int
    attempts: int

    @property
    def is_trial(self) -> bool:
        """Whether anything was tried with test keys."""
        return bool(self.payments or self.receipts or self.attempts)


@dataclass(frozen=True, slots=True)
class CleanBook:
    """A clean book, just begun.

    Attributes:
        book_id: its id.
        code: the desk code, as before.
        archive: the backup of the book before.
        counts: what is only there.
    """

    book_id: str
    code: str
    archive: Path
    counts: TrialCounts
