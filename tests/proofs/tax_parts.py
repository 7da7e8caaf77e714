"""Tax: halves are equal, and the parts of a due sum to its own tax in every order.

Random dues with equal halves, IGST and the halves of version 0.1 are paid in random parts of a
rupee or more; some parts are reversed and paid again. The controls: version 0.1's halves, each part
rounded by itself, and parts that may leave less than a rupee.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

from desktop_app.domain.allocation import LEAST_DUE, check_part
from desktop_app.domain.money import BASIS_POINTS, ZERO, Money
from desktop_app.domain.tax import SplitRule, Tax, sum_of_parts, tax_of_gross, tax_of_part

from .report_figures import count_figure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .report_figures import Figure

SEED = 11
DUES = 200_000
DUES_SHORT = 600
SHORT_STEP = 7
FEES = range(1, 50_000)
RATES = (0, 25, 500, 1_200, 1_800, 2_800, BASIS_POINTS)
MOST_PARTS = 8


def prove(*, long: bool) -> Iterable[Figure]:
    """Compare the halves of whole-rupee fees, then the parts of random dues."""
    fees = [Money(rupees * 100) for rupees in (FEES if long else FEES[::SHORT_STEP])]
    yield count_figure(
        "tax.unequal_halves",
        sum(each.cgst != each.sgst for each in (tax_of_gross(fee, 1_800) for fee in fees)),
        control=sum(each.cgst != each.sgst for each in (first_version(f, 1_800) for f in fees)),
    )
    dice = random.Random(SEED)
    seen: Counter[str] = Counter()
    for _ in range(DUES if long else DUES_SHORT):
        _pay(random_due(dice), dice, seen)
    print(f"tax: {seen['dues']:,} dues, {seen['parts']:,} parts, {seen['reversed']:,} reversed")
    yield count_figure("tax.wrong_sums", seen["wrong"], control=seen["wrong by itself"])
    yield count_figure("tax.negative_parts", seen["negative"], control=seen["negative unguarded"])


def first_version(gross: Money, rate_bp: int) -> Tax:
    """Return a split as version 0.1 made it: SGST is the rest of the tax."""
    whole = BASIS_POINTS + rate_bp
    net = (2 * gross.paise * BASIS_POINTS + whole) // (2 * whole)
    tax = gross.paise - net
    cgst = Money(tax // 2)
    rest = Money(tax - tax // 2)
    return Tax(Money(net), cgst, rest, rate_bp, split_rule=SplitRule.RESIDUAL)


def random_due(dice: random.Random) -> Tax:
    """Return a due of a rupee or more; small ones are as frequent as large ones."""
    most = int(10 ** dice.uniform(2, 6.4))
    gross = Money(dice.randint(LEAST_DUE.paise, max(LEAST_DUE.paise, most)))
    rate = dice.choice((*RATES, dice.randint(0, BASIS_POINTS)))
    kind = dice.choice(("equal", "interstate", "first version"))
    if kind == "first version":
        return first_version(gross, rate)
    return tax_of_gross(gross, rate, is_interstate=kind == "interstate")


def random_parts(whole: Money, dice: random.Random, least: Money) -> list[Money]:
    """Return parts that sum to an amount, each of at least `least`, and so each balance."""
    parts: list[Money] = []
    balance = whole
    while len(parts) < MOST_PARTS - 1 and balance >= least + least:
        part = Money(dice.randint(least.paise, balance.paise - least.paise))
        parts.append(part)
        balance -= part
    return [*parts, balance]


def _pay(due: Tax, dice: random.Random, seen: Counter[str]) -> None:
    parts = random_parts(due.total, dice, LEAST_DUE)
    for order in (parts, dice.sample(parts, len(parts))):
        found = _in_parts(due, order, dice, seen)
        seen["wrong"] += sum_of_parts(due, found) != due
        seen["negative"] += sum(_is_negative(each) for each in found)
    alone = [tax_of_gross(part, due.rate_bp, is_interstate=bool(due.igst)) for part in parts]
    seen["wrong by itself"] += sum_of_parts(due, alone) != due
    paid: list[Tax] = []
    for part in random_parts(due.total, dice, Money(1)):
        paid.append(tax_of_part(due, sum_of_parts(due, paid), part))
    seen["negative unguarded"] += any(_is_negative(each) for each in paid)
    seen["dues"] += 1


def _in_parts(due: Tax, parts: list[Money], dice: random.Random, seen: Counter[str]) -> list[Tax]:
    """Return the taxes of parts paid in turn; some are reversed and paid again."""
    paid: list[Tax] = []
    waiting = list(parts)
    while waiting:
        before = sum_of_parts(due, paid)
        part = waiting.pop(0)
        check_part(due.total - before.total, part)
        paid.append(tax_of_part(due, before, part))
        if dice.random() < 0.1:
            back = paid.pop(dice.randrange(len(paid)))
            waiting.append(back.total)
            seen["reversed"] += 1
    seen["parts"] += len(paid)
    return paid


def _is_negative(tax: Tax) -> bool:
    return min(tax.taxable, tax.cgst, tax.sgst, tax.igst) < ZERO
