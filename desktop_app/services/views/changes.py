"""The subjects that writes changed; screens decide from it what to read again."""

from __future__ import annotations

from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Changes:
    """The subjects that were written; false where nothing was.

    Attributes:
        students: the student list.
        courses: the course list, or the seats taken.
        payments: attempts, payments, receipts, refunds, or what waits in the inbox.
        settings: settings or API keys.
    """

    students: bool = False
    courses: bool = False
    payments: bool = False
    settings: bool = False

    def __bool__(self) -> bool:
        return any(astuple(self))

    def __or__(self, other: Changes) -> Changes:
        return Changes(*(a or b for a, b in zip(astuple(self), astuple(other), strict=True)))

    def overlap(self, other: Changes) -> bool:
        """Return whether both name the same subject."""
        return any(a and b for a, b in zip(astuple(self), astuple(other), strict=True))
