"""Read models of replanning, transfers and changes of course."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from desktop_app.domain.money import Money
    from desktop_app.services.views.enrolment import DueRow


class ChangedEnrolment(NamedTuple):
    """An enrolment after a change, with its open dues."""

    enrollment_uid: str
    dues: tuple[DueRow, ...]
    credit: Money


class ChangeQuote(NamedTuple):
    """The figures of a change of course, before anything is written.

    Attributes:
        keep: what of the old course's fee stays.
        charge: what the new course costs.
        paid: what was paid for the old one.
        owed: what is still to be paid, in `parts`; zero where more was paid.
        credit: what was paid too much.
    """

    keep: Money
    charge: Money
    paid: Money
    owed: Money
    credit: Money
    parts: tuple[tuple[date, Money], ...]
