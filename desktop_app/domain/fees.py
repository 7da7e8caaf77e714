"""Quotes for courses, and the lines of a bill.

Rules: GST on coaching is 18 %, SAC 999293, CGST and SGST in halves where the service is performed
in the centre (IGST Act s.12(5)); a centre without a GSTIN charges none. Totals are never rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from desktop_app.domain.compiled import quickly_made
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.tax import Tax, gross_of_net, sum_of_parts, tax_of_gross

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop_app.domain.courses import Course

SAC_COACHING = "999293"


@quickly_made
@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line of a bill: label and amount before tax; that of a concession is negative.

    Attributes:
        label_hi: in Hindi, where it is no name that someone typed.
    """

    label: str
    amount: Money
    label_hi: str = ""

    def named(self, language: str) -> str:
        """Return the label in a language."""
        return self.label_hi if language == "hi" and self.label_hi else self.label


@quickly_made
@dataclass(frozen=True, slots=True)
class Quote:
    """The price of a course for a student, with its lines.

    Attributes:
        registered: whether the centre charges GST.
        listed: the tax of the list price, where a concession reduced it.
        conceded: the titles of the concessions, in English and in Hindi.
    """

    label: str
    tax: Tax
    registered: bool
    listed: Tax | None = None
    conceded: tuple[str, str] = ("", "")

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
        lines += untaxed_lines(each)
        if each.registered:
            taxes.setdefault(each.tax.rate_bp, []).append(each.tax)
    for same_rate in taxes.values():
        lines += tax_lines(sum_of_parts(same_rate[0], same_rate))
    return tuple(lines)


def untaxed_lines(quote: Quote) -> tuple[QuoteLine, ...]:
    """Return the line of a price before tax, and that of its concessions."""
    if quote.listed is None:
        return (QuoteLine(quote.label, quote.tax.taxable),)
    titles, titles_hi = quote.conceded
    return (
        QuoteLine(quote.label, quote.listed.taxable),
        QuoteLine(
            f"Concession: {titles}" if titles else "Concession",
            quote.tax.taxable - quote.listed.taxable,
            f"छूट: {titles_hi}" if titles_hi else "छूट",
        ),
    )


def tax_lines(tax: Tax) -> tuple[QuoteLine, ...]:
    """Return the lines of a tax: IGST, or CGST and SGST; none at rate zero."""
    if not tax.rate_bp:
        return ()
    if tax.igst:
        return (QuoteLine(f"IGST {format_rate(tax.rate_bp)}", tax.igst),)
    half = format_rate(tax.rate_bp, halves=2)
    return QuoteLine(f"CGST {half}", tax.cgst), QuoteLine(f"SGST {half}", tax.sgst)


@lru_cache(maxsize=16)
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
