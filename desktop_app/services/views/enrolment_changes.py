"""Read models of replanning, transfers and changes of course."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.money import ZERO

if TYPE_CHECKING:
    from desktop_app.domain.money import Money
    from desktop_app.services.views.enrolment import DueRow
    from desktop_app.services.views.plans import LaterPart


class ChangedEnrolment(NamedTuple):
    """An enrolment after a change, with its open dues."""

    enrollment_uid: str
    dues: tuple[DueRow, ...]
    credit: Money


class DuesPreview(NamedTuple):
    """The open dues before a change and after it; nothing is written yet.

    Attributes:
        before, after: the open dues, by date.
        late_before, late_after: the late fee by rule, were it paid today.
        ends: whether the enrolment ends, because nothing is left to collect.
    """

    before: tuple[LaterPart, ...]
    after: tuple[LaterPart, ...]
    late_before: Money = ZERO
    late_after: Money = ZERO
    ends: bool = False


class ChangeQuote(NamedTuple):
    """The figures of a change of course, before anything is written.

    Attributes:
        keep: what of the old course's fee stays.
        charge: what the new course costs.
        paid: what was paid for the old one.
        owed: what is still to be paid, in `parts`; zero where more was paid.
        credit: what was paid too much.
        before: the open dues that `parts` take the place of.
    """

    keep: Money
    charge: Money
    paid: Money
    owed: Money
    credit: Money
    parts: tuple[LaterPart, ...]
    before: tuple[LaterPart, ...] = ()
