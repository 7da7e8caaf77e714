"""Quotes for courses, and the lines of a bill.

Rules: GST on coaching is 18 %, SAC 999293, CGST and SGST in halves where the service is performed
in the centre (IGST Act s.12(5)); a centre without a GSTIN charges none. Totals are never rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.tax import Tax, gross_of_net, sum_of_parts, tax_of_gross

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop_app.domain.courses import Course

SAC_COACHING = "999293"


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of a bill: label and amount before tax."""

    label: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of a course for a student, with its lines.

    Attributes:
        registered: whether the centre charges GST.
    """

    label: str
    tax: Tax
    registered: bool

    @property
    def total(self) -> Money:
        """The amount to pay."""
        return self.tax.total

    @property
    def lines(self) -> tuple[QuoteLine, ...]:
        """The bill's lines; they sum to the total."""
        return lines_of([self])


def lines_of(quotes: Iterable[Quote]) -> tuple[QuoteLine, ...]:
    """Return a line before tax for each quote, and the lines of the tax summed by rate."""
    lines: list[QuoteLine] = []
    taxes: dict[int, list[Tax]] = {}
    for each in quotes:
        lines.append(QuoteLine(each.label, each.tax.taxable))
        if each.registered:
            taxes.setdefault(each.tax.rate_bp, []).append(each.tax)
    for same_rate in taxes.values():
        lines += tax_lines(sum_of_parts(same_rate[0], same_rate))
    return tuple(lines)


def tax_lines(tax: Tax) -> tuple[QuoteLine, ...]:
    """Return the lines of a tax: IGST, or CGST and SGST; none at rate zero."""
    if not tax.rate_bp:
        return ()
    if tax.igst:
        return (QuoteLine(f"IGST {format_rate(tax.rate_bp)}", tax.igst),)
    half = format_rate(tax.rate_bp, halves=2)
    return QuoteLine(f"CGST {half}", tax.cgst), QuoteLine(f"SGST {half}", tax.sgst)


def format_rate(rate_bp: int, *, halves: int = 1) -> str:
    """Return a rate in basis points as percent: 1,800 in two halves is `9 %`."""
    hundredths = rate_bp * 10 // halves
    whole, rest = divmod(hundredths, 1000)
    decimals = f"{rest:03d}".rstrip("0")
    return f"{whole}{'.' + decimals if decimals else ''} %"


def quote(course: Course, *, registered: bool) -> Quote:
    """Return the quote for a course's full fee.

    Args:
        course: the course.
        registered: whether the centre has a GSTIN; without one the fee is the total.
    """
    label = f"{course.title} · {course.batch}" if course.batch else course.title
    if not registered:
        return Quote(label, Tax(course.fee, ZERO, ZERO, 0), registered=False)
    fee, rate = course.fee, course.gst_bp
    gross = fee if course.tax_inclusive else gross_of_net(fee, rate)
    return Quote(label, tax_of_gross(gross, rate), registered=True)
