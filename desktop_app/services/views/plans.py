"""Read models of fee plans and their previews."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.money import total

if TYPE_CHECKING:
    from datetime import date

    from desktop_app.domain.fee_heads import FeeHead
    from desktop_app.domain.late_fee import LateRule
    from desktop_app.domain.money import Money
    from desktop_app.domain.plans import FeePlan
    from desktop_app.domain.tax import Tax


class PlanRow(NamedTuple):
    """A plan of a course; `total` is what it asks in all, tax included."""

    uid: str
    course_uid: str
    plan: FeePlan
    total: Money


class PreviewPart(NamedTuple):
    """An instalment of a plan for a student who joins on a day."""

    number: int
    due_on: date
    amount: Money
    taxable: Money
    cgst: Money
    sgst: Money
    igst: Money


@dataclass(frozen=True, slots=True)
class PlanPreview:
    """The instalments of a plan for a student who joins on a day.

    Attributes:
        plan_code: empty where the course has no plan: its whole price is due at once.
    """

    course_code: str
    plan_code: str
    parts: tuple[PreviewPart, ...]

    @property
    def total(self) -> Money:
        """The sum of all instalments."""
        return total(part.amount for part in self.parts)


class FeeHeadRow(NamedTuple):
    """A fee head, as it ships or as the centre has it."""

    head: FeeHead
    is_archived: bool


class LateRuleRow(NamedTuple):
    """A late-fee rule that plans can use."""

    code: str
    title: str
    rule: LateRule


class PlanChoice(NamedTuple):
    """A plan that may be chosen at the counter."""

    code: str
    title: str


class LaterPart(NamedTuple):
    """An instalment that is not collected now."""

    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class BillPlan:
    """How the fee of a bill is divided.

    Attributes:
        chosen: the plan; None where the enrolment was made by one that is no longer offered.
        choices: the plans that may be chosen; empty once the student is enrolled.
        whole: what all instalments come to.
        later: the instalments after those of the bill, the next one first.
        first_due_on: when what the bill collects is due.
        ahead: how many instalments it collects besides what is due.
        can_add: whether another one may be added.
    """

    chosen: PlanChoice | None
    choices: tuple[PlanChoice, ...]
    whole: Money
    later: tuple[LaterPart, ...]
    first_due_on: date
    ahead: int = 0
    can_add: bool = True


def preview_part(number: int, due_on: date, taxes: list[Tax]) -> PreviewPart:
    """Return an instalment with the sums of the taxes of its dues."""
    return PreviewPart(
        number,
        due_on,
        total(tax.total for tax in taxes),
        total(tax.taxable for tax in taxes),
        total(tax.cgst for tax in taxes),
        total(tax.sgst for tax in taxes),
        total(tax.igst for tax in taxes),
    )
