"""Quotes for courses: lines and tax as residuals, so that the parts always sum to the paisa.

Rules: GST on coaching is 18 %, SAC 999293, CGST and SGST in halves where the service is performed
in the centre (IGST Act s.12(5)); a centre without a GSTIN charges none. Totals are never rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.money import ZERO, Money, net_of_inclusive, share_of

if TYPE_CHECKING:
    from desktop_app.domain.courses import Course

SAC_COACHING = "999293"


@dataclass(frozen=True, slots=True)
class Tax:
    """The parts of an amount: `taxable + cgst + sgst == total`, always."""

    taxable: Money
    cgst: Money
    sgst: Money
    rate_bp: int

    @property
    def amount(self) -> Money:
        """The total tax."""
        return self.cgst + self.sgst

    @property
    def total(self) -> Money:
        """The net amount plus tax."""
        return self.taxable + self.cgst + self.sgst


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
        first = QuoteLine(self.label, self.tax.taxable)
        if not self.registered or not self.tax.rate_bp:
            return (first,)
        half = format_rate(self.tax.rate_bp, halves=2)
        cgst = QuoteLine(f"CGST {half}", self.tax.cgst)
        sgst = QuoteLine(f"SGST {half}", self.tax.sgst)
        return first, cgst, sgst


def format_rate(rate_bp: int, *, halves: int = 1) -> str:
    """Return a rate in basis points as percent: 1,800 in two halves is `9 %`."""
    hundredths = rate_bp * 10 // halves
    whole, rest = divmod(hundredths, 1000)
    decimals = f"{rest:03d}".rstrip("0")
    return f"{whole}{'.' + decimals if decimals else ''} %"


def tax_on(fee: Money, rate_bp: int, *, inclusive: bool) -> Tax:
    """Split a fee into net, CGST and SGST.

    CGST is half the tax rounded down to the paisa when the tax is odd; SGST is the residual, so
    the parts sum exactly and the halves differ by at most one paisa.
    """
    if inclusive:
        net = net_of_inclusive(fee, rate_bp)
        tax = fee - net
    else:
        net = fee
        tax = share_of(fee, rate_bp)
    cgst = Money(tax.paise // 2)
    return Tax(taxable=net, cgst=cgst, sgst=tax - cgst, rate_bp=rate_bp)


def quote(course: Course, *, registered: bool) -> Quote:
    """Return the quote for a course's full fee.

    Args:
        course: the course.
        registered: whether the centre has a GSTIN; without one the fee is the total.
    """
    label = f"{course.title} · {course.batch}" if course.batch else course.title
    if not registered:
        return Quote(label, Tax(course.fee, ZERO, ZERO, 0), registered=False)
    return Quote(
        label, tax_on(course.fee, course.gst_bp, inclusive=course.tax_inclusive), registered=True
    )
