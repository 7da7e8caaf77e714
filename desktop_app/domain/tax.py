"""GST inside an amount, and inside the parts in which an amount is paid.

CGST and SGST are each half the rate of the value (CGST Act s.9 and the States' acts alike), so the
two are equal. IGST takes their place between States (IGST Act s.5). After enrolment every amount
includes its tax: a price without tax is grossed up once, on the quote.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from desktop_app.domain.compiled import quickly_made
from desktop_app.domain.money import BASIS_POINTS, ZERO, Money, fraction_of

if TYPE_CHECKING:
    from collections.abc import Iterable


class SplitRule(IntEnum):
    """How the tax of a due was divided; a due keeps the rule it was made with."""

    RESIDUAL = 1  # version 0.1: CGST is half the tax rounded down, SGST the rest
    EQUAL = 2


@quickly_made
@dataclass(frozen=True, slots=True)
class Tax:
    """The components of an amount: `taxable + cgst + sgst + igst == total`, always.

    Attributes:
        rate_bp: the whole rate in basis points; 0 without GST.
        igst: zero unless the supply is interstate; then CGST and SGST are zero.
    """

    taxable: Money
    cgst: Money
    sgst: Money
    rate_bp: int
    igst: Money = ZERO
    split_rule: SplitRule = SplitRule.EQUAL

    @property
    def amount(self) -> Money:
        """The total tax."""
        return Money(self.cgst.paise + self.sgst.paise + self.igst.paise)

    @property
    def total(self) -> Money:
        """The net amount plus tax."""
        return Money(self.taxable.paise + self.cgst.paise + self.sgst.paise + self.igst.paise)


def gross_of_net(net: Money, rate_bp: int) -> Money:
    """Return a price with its tax added, in equal halves.

    `tax_of_gross` finds `net` in it again, to the paisa.
    """
    half = fraction_of(net, rate_bp, 2 * BASIS_POINTS)
    return net + half + half


def tax_of_gross(gross: Money, rate_bp: int, *, is_interstate: bool = False) -> Tax:
    """Return the tax that an amount includes.

    Args:
        gross: the amount with tax.
        rate_bp: the whole rate in basis points (1,800 is 18 %).
        is_interstate: whether the place of supply is in another State.
    """
    if is_interstate:
        taxable = fraction_of(gross, BASIS_POINTS, BASIS_POINTS + rate_bp)
        return Tax(taxable, ZERO, ZERO, rate_bp, igst=gross - taxable)
    half = fraction_of(gross, rate_bp, 2 * (BASIS_POINTS + rate_bp))
    return Tax(gross - half - half, half, half, rate_bp)


def tax_of_changed(agreed: Tax, asked: Money, paid: Tax | None = None) -> Tax:
    """Return the tax of what is asked where it is no longer the amount agreed.

    Where exactly that was paid before the change, no part is left that could take the rest of the
    tax: it is the tax of the parts, as their receipts show it. A due of version 0.1 keeps the
    proportions of its unequal halves.

    Args:
        agreed: the tax of the amount agreed.
        asked: the amount asked now.
        paid: the sum of the parts that are paid; see `sum_of_parts`. None where it is not known.
    """
    if asked == agreed.total:
        return agreed
    if paid is not None and paid.total == asked:
        return paid
    if agreed.split_rule is SplitRule.EQUAL:
        return tax_of_gross(asked, agreed.rate_bp, is_interstate=bool(agreed.igst))
    cgst = fraction_of(agreed.cgst, asked.paise, agreed.total.paise)
    sgst = fraction_of(agreed.sgst, asked.paise, agreed.total.paise)
    return replace(agreed, taxable=asked - cgst - sgst, cgst=cgst, sgst=sgst)


def tax_of_part(due: Tax, before: Tax, part: Money) -> Tax:
    """Return the tax of a part payment as the difference of cumulative shares.

    The parts of a due sum to its own components, whatever their number, size and order: the part
    that pays the rest takes what is left of each. Each component has its own cumulative share, so a
    due of version 0.1 keeps its unequal halves. Where every part, and every balance that it leaves,
    is at least one rupee (see `allocation`), nothing becomes negative.

    Args:
        due: the tax of the whole due.
        before: the sum of the due's parts so far; see `sum_of_parts`.
        part: what is paid now.

    Raises:
        ValueError: the part is not positive, or more than the balance.
    """
    paid = before.total + part
    if part <= ZERO or paid > due.total:
        raise ValueError("a part is more than zero and at most the balance")

    def share(whole: Money, so_far: Money, most: int) -> Money:
        if paid == due.total:
            return whole - so_far
        wanted = fraction_of(whole, paid.paise, due.total.paise) - so_far
        return min(max(wanted, ZERO), Money(most))

    cgst = share(due.cgst, before.cgst, part.paise // 2)
    sgst = share(due.sgst, before.sgst, part.paise // 2)
    igst = share(due.igst, before.igst, part.paise)
    return replace(due, taxable=part - cgst - sgst - igst, cgst=cgst, sgst=sgst, igst=igst)


def sum_of_parts(due: Tax, parts: Iterable[Tax]) -> Tax:
    """Return the sum of a due's parts, reversed ones being negative; zero for none."""
    taxable = cgst = sgst = igst = 0
    for part in parts:
        taxable += part.taxable.paise
        cgst += part.cgst.paise
        sgst += part.sgst.paise
        igst += part.igst.paise
    return Tax(Money(taxable), Money(cgst), Money(sgst), due.rate_bp, Money(igst), due.split_rule)
