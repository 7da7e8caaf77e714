"""Checks of a typed fee plan: a value that does not fit is named, and nothing is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.allocation import LEAST_DUE
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.fee_heads import TUITION
from desktop_app.domain.money import BASIS_POINTS, ZERO, Money, total
from desktop_app.domain.plans import LAST_DAY, MOST_PARTS, UNITS, PlanKind, Spread, head_amounts
from desktop_app.domain.text import require_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.domain.plans import FeePlan, HeadPrice


def check_plan(plan: FeePlan, prices: Sequence[HeadPrice], fee: Money) -> FeePlan:
    """Return a typed plan that divides its fee.

    Args:
        plan: as it was typed.
        prices: its heads, tuition among them.
        fee: the course's price, tax included.

    Raises:
        InvalidInputError: a value does not fit; `field` names it.
    """
    require_line("code", "Plan code", plan.code, 40)
    require_line("title", "Title", plan.title, 80)
    _check_counts(plan)
    _check_dates(plan)
    _check_heads(plan, prices, fee)
    spread = [each for each in prices if each.spread is Spread.PLAN]
    whole = total(each.gross for each in spread)
    if plan.down >= whole > ZERO:
        raise InvalidInputError("down", "Enter a down payment below the fee of {fee}.", fee=whole)
    for each in head_amounts(plan, spread):
        _check_amounts(plan, each)
    return plan


def _check_counts(plan: FeePlan) -> None:
    if not 1 <= plan.parts <= MOST_PARTS:
        raise InvalidInputError("parts", "Enter 1 to {most} instalments.", most=MOST_PARTS)
    if plan.kind is PlanKind.SINGLE and plan.parts != 1:
        raise InvalidInputError("parts", "Enter 1 instalment for a single payment.")
    if plan.unit not in UNITS:
        raise InvalidInputError("unit", "Round to 1 paisa, ₹1, ₹10 or ₹100.")
    if plan.rows and len(plan.rows) != plan.parts:
        raise InvalidInputError(
            "parts",
            "The plan has {parts} instalments, but the table has {rows}. Enter the same "
            "number in both.",
            parts=plan.parts,
            rows=len(plan.rows),
        )
    if plan.down < ZERO:
        raise InvalidInputError("down", "The down payment can't be negative.")
    if plan.down and (plan.shares or plan.parts == 1):
        raise InvalidInputError("down", "Instalments after a down payment must be equal.")
    _check_shares(plan)
    if plan.day_of_month is not None and not 1 <= plan.day_of_month <= LAST_DAY:
        raise InvalidInputError("day", "Enter a day of the month from 1 to 31.")


def _check_shares(plan: FeePlan) -> None:
    if plan.kind is PlanKind.PERCENT and not plan.shares:
        raise InvalidInputError("shares", "Enter a share for each instalment.")
    if not plan.shares:
        return
    if min(plan.shares) <= 0:
        raise InvalidInputError("shares", "Enter a share above 0 % for each instalment.")
    if sum(plan.shares) != BASIS_POINTS:
        raise InvalidInputError(
            "shares", "The shares add up to {sum} % instead of 100 %.",
            sum=format_share(sum(plan.shares)),
        )  # fmt: skip


def _check_dates(plan: FeePlan) -> None:
    dated = [row.has_date for row in plan.rows]
    if plan.kind is PlanKind.DATES and not (dated and all(dated)):
        raise InvalidInputError("dates", "Enter a date for each instalment.")
    if any(dated) and not all(dated):
        raise InvalidInputError("dates", "Enter dates for all instalments or for none of them.")
    fixed = [row.due_on.toordinal() for row in plan.rows if row.due_on]
    joined = [row.due_after_days for row in plan.rows if row.due_after_days is not None]
    start = [row.due_after_start_days for row in plan.rows if row.due_after_start_days is not None]
    if min((*joined, *start), default=0) < 0:
        raise InvalidInputError("dates", "Enter 0 days or more.")
    if any(sorted(set(found)) != found for found in (fixed, joined, start)):
        raise InvalidInputError("dates", "Enter the dates in order, earliest first.")
    if plan.offered_from and plan.offered_to and plan.offered_to < plan.offered_from:
        raise InvalidInputError("offered_to", "The last day of the plan can't be before the first.")


def _check_heads(plan: FeePlan, prices: Sequence[HeadPrice], fee: Money) -> None:
    for head in plan.heads:
        if head.amount < LEAST_DUE:
            raise InvalidInputError("heads", "Enter at least ₹1 for each fee head.")
        if head.spread is Spread.ON_DATE and head.due_on is None:
            raise InvalidInputError("heads", "Enter the due date of this fee head.")
    if not any(each.spread is Spread.PLAN for each in prices):
        raise InvalidInputError("heads", "Spread at least one fee head across the instalments.")
    whole = total(each.gross for each in prices)
    if any(head.head_code == TUITION for head in plan.heads) and whole != fee:
        raise InvalidInputError(
            "heads", "The fee heads add up to {sum}, but the course fee is {fee}.", sum=whole,
            fee=fee,
        )  # fmt: skip


def _check_amounts(plan: FeePlan, amounts: Sequence[Money]) -> None:
    """Refuse parts of nothing, and a last part that the rounding makes too large."""
    for number, amount in enumerate(amounts, start=1):
        if amount < LEAST_DUE:
            raise InvalidInputError(
                "unit",
                "Instalment {number} would be {amount}. Use fewer instalments, or round to a "
                "smaller amount.",
                number=number,
                amount=amount,
            )
    if len(amounts) == 1:
        return
    expected = amounts[-2]
    if plan.shares:
        whole = total(amounts)
        expected = Money(whole.paise * plan.shares[-1] // BASIS_POINTS)
    if plan.down and len(amounts) <= 2:  # noqa: PLR2004 - the rest is one part
        return
    if amounts[-1].paise > 2 * expected.paise:
        raise InvalidInputError(
            "unit",
            "The last instalment would be {last}, more than twice the others. Round to a "
            "smaller amount.",
            last=amounts[-1],
        )


def format_share(bp: int) -> str:
    """Return basis points as percent without its sign: 3333 becomes `33.33`."""
    whole, rest = divmod(bp, 100)
    decimals = f"{rest:02d}".rstrip("0")
    return f"{whole}.{decimals}" if decimals else str(whole)
