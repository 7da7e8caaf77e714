"""Fee plans: the dates and amounts in which a course is paid.

After enrolment every amount includes its tax. A plan divides the gross of each head, so that gross
amounts always sum exactly; the tax of a due is backed out of the gross of that due.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.allocation import LEAST_DUE
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.fee_heads import TUITION, Treatment
from desktop_app.domain.fees import Quote
from desktop_app.domain.money import BASIS_POINTS, ZERO, Money, total
from desktop_app.domain.tax import Tax, gross_of_net, tax_of_gross

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from desktop_app.domain.fee_heads import FeeHead

MOST_PARTS = 24
UNITS = (Money(1), Money(100), Money(1_000), Money(10_000))
"""The units that parts may be rounded down to: a paisa, ₹1, ₹10, ₹100."""
RUPEE = Money(100)
LAST_DAY = 31


class PlanKind(StrEnum):
    """How a plan divides a fee."""

    SINGLE = "single"
    """Once, on the day of enrolment."""
    EQUAL = "equal"
    """In equal parts, the first of which may be a down payment."""
    PERCENT = "percent"
    """In shares."""
    DATES = "dates"
    """On fixed dates, in equal parts or in shares."""
    MONTHLY = "monthly"
    """Every month on one day, from the month in which the course starts."""


class Spread(StrEnum):
    """When a head of a plan is due."""

    PLAN = "plan"
    """In the parts of the plan."""
    FIRST = "first"
    """With the first part."""
    ON_DATE = "on_date"
    """By itself, on a date."""


@dataclass(frozen=True, slots=True)
class PlanPart:
    """A part of a plan: its share and its date, where they do not follow from the plan.

    Attributes:
        share_bp: basis points; zero where the parts are equal.
        due_on: a fixed date.
        due_after_days: days after the enrolment.
        due_after_start_days: days after the start of the course.
    """

    share_bp: int = 0
    due_on: date | None = None
    due_after_days: int | None = None
    due_after_start_days: int | None = None

    @property
    def has_date(self) -> bool:
        """Whether the part itself is dated."""
        dates = (self.due_on, self.due_after_days, self.due_after_start_days)
        return any(each is not None for each in dates)


@dataclass(frozen=True, slots=True)
class PlanHead:
    """A head of a plan with its price.

    Attributes:
        amount: as `tax_inclusive` has it.
        due_on: the date of a head that is due by itself.
    """

    head_code: str
    amount: Money
    tax_inclusive: bool = True
    spread: Spread = Spread.PLAN
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class FeePlan:
    """A plan of a course.

    Attributes:
        parts: how many.
        down: the first part, where it is not like the others.
        unit: every part but the last is a multiple of it.
        day_of_month: of monthly parts; None for the day on which they begin.
        late_rule_code: the late-fee rule; None for no late fee.
        offered_from, offered_to: the days on which it may be chosen, inclusive.
        rows: shares and dates of the parts; empty where both follow from the plan.
        heads: what it asks for besides the course's own fee, or in its place where tuition is one
            of them.
    """

    code: str
    title: str
    kind: PlanKind
    parts: int = 1
    down: Money = ZERO
    unit: Money = RUPEE
    day_of_month: int | None = None
    is_default: bool = False
    late_rule_code: str | None = None
    offered_from: date | None = None
    offered_to: date | None = None
    rows: tuple[PlanPart, ...] = ()
    heads: tuple[PlanHead, ...] = ()

    @property
    def shares(self) -> tuple[int, ...]:
        """The shares of the parts; empty where they are equal."""
        shares = tuple(row.share_bp for row in self.rows)
        return shares if any(shares) else ()

    def is_offered(self, on: date) -> bool:
        """Return whether the plan may be chosen on a day."""
        return (self.offered_from or on) <= on <= (self.offered_to or on)


@dataclass(frozen=True, slots=True)
class HeadPrice:
    """A head with its whole price, tax included, and how a plan spreads it."""

    head: FeeHead
    gross: Money
    rate_bp: int
    spread: Spread = Spread.PLAN
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class JoinDates:
    """The days that a schedule depends on: of the enrolment, and of the course where known."""

    joined_on: date
    starts_on: date | None = None


@dataclass(frozen=True, slots=True)
class PlannedDue:
    """A due that enrolling by a plan makes.

    Attributes:
        instalment_no: parents see instalments; the books see their dues.
    """

    instalment_no: int
    head: FeeHead
    due_on: date
    quote: Quote

    @property
    def amount(self) -> Money:
        """The amount asked, tax included."""
        return self.quote.total


@dataclass(frozen=True, slots=True)
class Instalment:
    """The dues of one number."""

    number: int
    due_on: date
    dues: tuple[PlannedDue, ...] = field(repr=False)

    @property
    def amount(self) -> Money:
        """The amount that the parent pays."""
        return total(due.amount for due in self.dues)


def equal_parts(amount: Money, parts: int, unit: Money) -> tuple[Money, ...]:
    """Return an amount in equal parts, rounded down to a unit; the last takes the rest."""
    part = amount.paise // parts // unit.paise * unit.paise
    return (*(Money(part),) * (parts - 1), Money(amount.paise - part * (parts - 1)))


def percent_parts(amount: Money, shares: Sequence[int], unit: Money) -> tuple[Money, ...]:
    """Return an amount by shares in basis points, rounded down; the last takes the rest."""
    first = [amount.paise * bp // BASIS_POINTS // unit.paise * unit.paise for bp in shares[:-1]]
    return (*map(Money, first), Money(amount.paise - sum(first)))


def down_parts(amount: Money, down: Money, parts: int, unit: Money) -> tuple[Money, ...]:
    """Return a down payment and the rest in equal parts."""
    return (down, *equal_parts(amount - down, parts - 1, unit))


def monthly(first: date, months: int, day: int) -> Iterator[date]:
    """Yield a day of every month from the month of a date; a short month has its last day."""
    for number in range(months):
        years, month = divmod(first.month - 1 + number, 12)
        year, month = first.year + years, month + 1
        yield date(year, month, min(day, calendar.monthrange(year, month)[1]))


def part_dates(plan: FeePlan, days: JoinDates) -> tuple[date, ...]:
    """Return the due dates of a plan's parts; none lies before the enrolment.

    A part that fell due before the student joined is due on that day: who joins late owes what
    others have paid.
    """
    start = days.joined_on
    if plan.kind is PlanKind.MONTHLY and days.starts_on is not None:
        start = days.starts_on
    if plan.rows and plan.rows[0].has_date:
        dates = tuple(_date_of(row, days) for row in plan.rows)
    else:
        dates = tuple(monthly(start, plan.parts, plan.day_of_month or start.day))
    return tuple(max(day, days.joined_on) for day in dates)


def _date_of(row: PlanPart, days: JoinDates) -> date:
    if row.due_on is not None:
        return row.due_on
    if row.due_after_start_days is not None:
        anchor = days.starts_on or days.joined_on
        return anchor + timedelta(days=row.due_after_start_days)
    return days.joined_on + timedelta(days=row.due_after_days or 0)


def head_amounts(plan: FeePlan, prices: Sequence[HeadPrice]) -> tuple[tuple[Money, ...], ...]:
    """Return the parts of each head that a plan spreads, in the order of the heads.

    A down payment is shared by the heads in proportion to their prices.
    """
    if plan.kind is PlanKind.SINGLE:
        return tuple((each.gross,) for each in prices)
    if plan.shares:
        return tuple(percent_parts(each.gross, plan.shares, plan.unit) for each in prices)
    if not plan.down:
        return tuple(equal_parts(each.gross, plan.parts, plan.unit) for each in prices)
    downs = _in_proportion(plan.down, [each.gross for each in prices], plan.unit)
    return tuple(
        down_parts(each.gross, down, plan.parts, plan.unit)
        for each, down in zip(prices, downs, strict=True)
    )


def _in_proportion(amount: Money, wholes: Sequence[Money], unit: Money) -> tuple[Money, ...]:
    whole = total(wholes).paise
    first = [amount.paise * each.paise // whole // unit.paise * unit.paise for each in wholes[:-1]]
    return (*map(Money, first), Money(amount.paise - sum(first)))


def schedule(
    plan: FeePlan, prices: Iterable[HeadPrice], days: JoinDates, label: str, *, registered: bool
) -> tuple[PlannedDue, ...]:
    """Return the dues that enrolling by a plan makes, by instalment and the priority of heads.

    Args:
        plan: the plan.
        prices: its heads with their prices, tax included.
        days: when the student joins, and the course starts.
        label: of the course; each due is named after it.
        registered: whether the centre charges GST.

    Raises:
        InvalidInputError: a part would be less than a rupee.
    """
    by_priority = sorted(prices, key=lambda each: each.head.priority)
    spread = [each for each in by_priority if each.spread is Spread.PLAN]
    dates = part_dates(plan, days)
    made: list[PlannedDue] = []
    for number, (day, amounts) in enumerate(
        zip(dates, zip(*head_amounts(plan, spread), strict=True), strict=True), start=1
    ):
        of_part = f"{number}/{len(dates)}" if len(dates) > 1 else ""
        made += [
            _due(price, amount, number, day, (label, of_part), registered=registered)
            for price, amount in zip(spread, amounts, strict=True)
        ]
        if number == 1:
            made += [
                _due(each, each.gross, number, day, (label,), registered=registered)
                for each in by_priority
                if each.spread is Spread.FIRST
            ]
    dated = [each for each in by_priority if each.spread is Spread.ON_DATE]
    for number, each in enumerate(dated, start=len(dates) + 1):
        day = max(each.due_on or days.joined_on, days.joined_on)
        made.append(_due(each, each.gross, number, day, (label,), registered=registered))
    return tuple(sorted(made, key=lambda due: (due.instalment_no, due.head.priority)))


def _due(
    price: HeadPrice, amount: Money, number: int, day: date, words: tuple[str, ...], *,
    registered: bool,
) -> PlannedDue:  # fmt: skip
    if amount < LEAST_DUE:
        raise InvalidInputError(
            "unit",
            "Instalment {number} would be less than ₹1. Use fewer instalments.",
            number=number,
        )
    rate = price.rate_bp if registered else 0
    tax = tax_of_gross(amount, rate) if rate else Tax(amount, ZERO, ZERO, 0)
    named = words if price.head.code == TUITION else (price.head.title, *words)
    label = " · ".join(word for word in named if word)
    return PlannedDue(number, price.head, day, Quote(label, tax, registered=registered))


def instalments(dues: Iterable[PlannedDue]) -> tuple[Instalment, ...]:
    """Return dues by their instalment, in order."""
    by_number: dict[int, list[PlannedDue]] = {}
    for due in dues:
        by_number.setdefault(due.instalment_no, []).append(due)
    return tuple(
        Instalment(number, found[0].due_on, tuple(found))
        for number, found in sorted(by_number.items())
    )


def due_first(dues: Sequence[PlannedDue], on: date) -> tuple[PlannedDue, ...]:
    """Return what is collected at enrolment: what is due by a day, else the first instalment."""
    now = tuple(due for due in dues if due.due_on <= on)
    return now or tuple(due for due in dues if due.instalment_no == dues[0].instalment_no)


def price_of(
    head: FeeHead, asked: PlanHead, rate_bp: int | None = None, *, registered: bool
) -> HeadPrice:
    """Return a head's whole price with tax.

    Args:
        head: the head.
        asked: its price in a plan.
        rate_bp: the rate where another than the head's holds: that of the course for tuition.
        registered: whether the centre charges GST.
    """
    rate = head.gst_bp if rate_bp is None else rate_bp
    if head.treatment is not Treatment.TAXABLE or not registered:
        rate = 0
    gross = asked.amount if asked.tax_inclusive else gross_of_net(asked.amount, rate)
    return HeadPrice(head, gross, rate, asked.spread, asked.due_on)
