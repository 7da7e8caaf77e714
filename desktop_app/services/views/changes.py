"""The subjects that writes changed; screens decide from it what to read again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changes:
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
        return self.students or self.courses or self.payments or self.settings

    def __or__(self, other: Changes) -> Changes:
        return Changes(
            students=self.students or other.students,
            courses=self.courses or other.courses,
            payments=self.payments or other.payments,
            settings=self.settings or other.settings,
        )

    def overlap(self, other: Changes) -> bool:
        """Return whether both name the same subject."""
        return (
            (self.students and other.students)
            or (self.courses and other.courses)
            or (self.payments and other.payments)
            or (self.settings and other.settings)
        )
