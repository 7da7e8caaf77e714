"""Concessions: what each kind takes off a price, how they add up, and where the sum is taken off.

Every percentage is of the list price, never of a price that another concession reduced, so that
the order in which concessions are entered makes no difference. Of a group only the largest counts.
A discount given before the supply and shown on the document is no part of the taxable value (CGST
Act s.15(3)(a)): where a price has no tax in it, the discount is taken off before tax is added.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.allocation import LEAST_DUE
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import BASIS_POINTS, ZERO, Money, fraction_of, split, total
from desktop_app.domain.tax import gross_of_net

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAISA = Money(1)
DEFAULT_CAP_BP = 4_000
"""All concessions of an enrolment together: 40 % of the list price."""


class ConcessionGroup(StrEnum):
    """The cause of a concession; of one group only the largest counts."""

    FAMILY = "family"
    MERIT = "merit"
    EARLY = "early"
    PROMO = "promo"
    OTHER = "other"


class ConcessionMeasure(StrEnum):
    """The meaning of a concession's value."""

    PERCENT = "percent"
    """Basis points of the list price."""
    AMOUNT = "amount"
    """Paise off the list price."""
    FIXED_PRICE = "fixed_price"
    """The price in paise that is left; no other concession counts on these heads."""


class ConcessionSpread(StrEnum):
    """Which of several dues a concession is taken off."""

    PROPORTIONAL = "proportional"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class HeadPrice:
    """The list price of a fee head.

    Attributes:
        amount: without tax where `is_net`.
        rate_bp: the rate of its tax; zero where the centre charges none.
        is_net: whether tax is added to the price.
    """

    amount: Money
    rate_bp: int = 0
    is_net: bool = False

    def off_the_bill(self, before: Money, after: Money) -> Money:
        """Return how much less is asked, tax included, when `before` given becomes `after`."""
        if not self.is_net:
            return after - before
        return gross_of_net(self.amount - before, self.rate_bp) - gross_of_net(
            self.amount - after, self.rate_bp
        )


@dataclass(frozen=True, slots=True)
class Concession:
    """A concession that is wanted or was given, as it counts in a sum.

    Attributes:
        key: its identity; of two that are worth the same the lower counts.
        value: basis points, or paise.
        heads: the fee heads that it reduces.
        most: no more than this is given; None without such a limit.
        ignores_cap: whether it is given beyond the cap, as a scholarship is.
    """

    key: str
    group: ConcessionGroup
    measure: ConcessionMeasure
    value: int
    heads: frozenset[str]
    most: Money | None = None
    ignores_cap: bool = False

    def worth(self, prices: Mapping[str, HeadPrice], unit: Money = PAISA) -> Money:
        """Return what it takes off list prices: half a paisa up, then down to the unit."""
        price = self._price(prices)
        if self.measure is ConcessionMeasure.PERCENT:
            amount = fraction_of(price, self.value, BASIS_POINTS)
        elif self.measure is ConcessionMeasure.AMOUNT:
            amount = Money(self.value)
        else:
            amount = max(ZERO, price - Money(self.value))
        if self.measure is not ConcessionMeasure.AMOUNT:
            amount = Money(amount.paise // unit.paise * unit.paise)
        return min(amount, price, self.most if self.most is not None else amount)

    def _price(self, prices: Mapping[str, HeadPrice]) -> Money:
        return total(prices[head].amount for head in self.heads if head in prices)

    def divided(self, given: Money, prices: Mapping[str, HeadPrice]) -> Mapping[str, Money]:
        """Return what is given by head, in proportion to the list prices.

        Nothing is of heads that ask for nothing any more.
        """
        heads = sorted(head for head in self.heads if head in prices)
        weights = [prices[head].amount.paise for head in heads]
        parts = split(given, weights) if any(weights) else (ZERO,) * len(heads)
        return dict(zip(heads, parts, strict=True))


@dataclass(frozen=True, slots=True)
class Given:
    """The sum of a set of concessions.

    Attributes:
        asked: the sum of those that count, before any limit.
        given: what is given in fact.
        parts: what of that each gives, by key; nothing for one that does not count.
        cap: the limit that was applied; above what is given where it made no difference.
    """

    asked: Money
    given: Money
    parts: Mapping[str, Money]
    cap: Money

    @property
    def is_limited(self) -> bool:
        """Whether less is given than was asked."""
        return self.given < self.asked


def give(
    wanted: Sequence[Concession],
    prices: Mapping[str, HeadPrice],
    cap_bp: int = DEFAULT_CAP_BP,
    unit: Money = PAISA,
) -> Given:
    """Return what concessions come to together, whatever their order.

    The largest of each group counts and groups add up. A fixed price replaces everything else on
    its heads. The sum is at most the cap, and at most the list price; concessions that ignore the
    cap come on top of it.

    Args:
        wanted: the concessions, with different keys.
        prices: the list prices of the heads that a concession may reduce.
        cap_bp: the limit of all together, in basis points of the list prices.
        unit: what percentages are rounded down to.
    """
    worths = {each: each.worth(prices, unit) for each in sorted(wanted, key=lambda e: e.key)}
    counted = {each: worths[each] for each in _counted(worths)}
    price = total(each.amount for each in prices.values())
    cap = Money(price.paise * cap_bp // BASIS_POINTS)
    capped = {each: worth for each, worth in counted.items() if not each.ignores_cap}
    beyond = {each: worth for each, worth in counted.items() if each.ignores_cap}
    within = _cut(capped, cap)
    left = price - total(beyond.values())
    parts = _cut(beyond, price) | _cut(within, max(ZERO, left))
    return Given(
        asked=total(counted.values()),
        given=total(parts.values()),
        parts={each.key: parts.get(each, ZERO) for each in worths},
        cap=cap,
    )


def _counted(worths: Mapping[Concession, Money]) -> Sequence[Concession]:
    """Return those that count: the largest of each group, or what has a fixed price."""
    fixed = [each for each in worths if each.measure is ConcessionMeasure.FIXED_PRICE]
    fixed.sort(key=lambda each: -worths[each].paise)
    taken: set[str] = set()
    counted: list[Concession] = []
    for each in fixed:
        if not taken & each.heads:
            counted.append(each)
            taken |= each.heads
    best: dict[ConcessionGroup, Concession] = {}
    for each in worths:
        if each in fixed or taken & each.heads:
            continue
        known = best.get(each.group)
        if known is None or worths[each] > worths[known]:
            best[each.group] = each
    return [*counted, *best.values()]


def _cut(parts: Mapping[Concession, Money], most: Money) -> dict[Concession, Money]:
    """Return the parts of a sum, each cut in proportion where it would be above a limit."""
    if total(parts.values()) <= most:
        return dict(parts)
    cut = split(most, [part.paise for part in parts.values()])
    return dict(zip(parts, cut, strict=True))


def spread(
    amount: Money,
    balances: Sequence[Money],
    unit: Money = PAISA,
    how: ConcessionSpread = ConcessionSpread.PROPORTIONAL,
) -> tuple[Money, ...]:
    """Return the part of an amount that is taken off each due.

    No part is more than its balance. Where one would leave less than a rupee of a due, so much
    less is taken off that a rupee stays; the parts then sum to less than the amount.

    Args:
        amount: at most the sum of the balances.
        balances: what is open of each due, in the order of their dates.
        unit: proportional parts but the last are rounded down to it.
        how: which dues are reduced.

    Raises:
        ValueError: the amount is more than the balances.
    """
    if amount > total(balances):
        raise ValueError("a concession is at most what is open")
    if how is ConcessionSpread.PROPORTIONAL:
        parts = _proportional(amount, balances, unit)
    elif how is ConcessionSpread.FIRST:
        parts = _in_turn(amount, balances)
    else:
        parts = list(reversed(_in_turn(amount, list(reversed(balances)))))
    return tuple(map(_leaving_a_rupee, parts, balances))


def _proportional(amount: Money, balances: Sequence[Money], unit: Money) -> list[Money]:
    whole = total(balances).paise
    if not whole:
        return [ZERO for _ in balances]
    first = [
        Money(amount.paise * each.paise // whole // unit.paise * unit.paise)
        for each in balances[:-1]
    ]
    parts = [*first, amount - total(first)]
    excess = max(ZERO, parts[-1] - balances[-1])
    parts[-1] -= excess
    for at in reversed(range(len(first))):
        more = min(excess, balances[at] - parts[at])
        parts[at] += more
        excess -= more
    return parts


def _in_turn(amount: Money, balances: Sequence[Money]) -> list[Money]:
    parts = []
    for balance in balances:
        part = min(amount, balance)
        parts.append(part)
        amount -= part
    return parts


def _leaving_a_rupee(part: Money, balance: Money) -> Money:
    left = balance - part
    if not part or not left or left >= LEAST_DUE:
        return part
    return max(ZERO, balance - LEAST_DUE)


def check_limit(given: Money, prices: Mapping[str, HeadPrice], limit_bp: int, most: Money) -> None:
    """Check a sum of concessions against what the desk may give.

    Args:
        given: the sum.
        prices: the list prices.
        limit_bp: the most, in basis points of the list prices.
        most: the most in rupees; zero without such a limit.

    Raises:
        InvalidInputError: it is more.
    """
    price = total(each.amount for each in prices.values())
    allowed = Money(price.paise * limit_bp // BASIS_POINTS)
    if most:
        allowed = min(allowed, most)
    if given > allowed:
        raise InvalidInputError(
            "concession",
            "This concession is {given}. You can give at most {allowed}.",
            allowed=allowed,
            given=given,
        )
