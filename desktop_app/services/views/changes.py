"""The subjects that writes changed; screens decide from it what to read again."""

from __future__ import annotations

from operator import and_, or_
from typing import NamedTuple


class Changes(NamedTuple):
    """The subjects that were written; false where nothing was.

    Attributes:
        students: the student list, with what each is enrolled in and owes.
        courses: the course list, or the seats taken.
        payments: attempts, payments, receipts, refunds, or what waits in the inbox.
        settings: settings or API keys.
    """

    students: bool = False
    courses: bool = False
    payments: bool = False
    settings: bool = False

    def __bool__(self) -> bool:
        return any(self)

    def __or__(self, other: Changes) -> Changes:
        return Changes(*map(or_, self, other))

    def overlap(self, other: Changes) -> bool:
        """Return whether both name the same subject."""
        return any(map(and_, self, other))
