"""The lines of a bill as they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.money import ZERO, format_plain, format_rupees, total
from desktop_app.ui.core.formatting import one_line, title_of
from desktop_app.ui.core.i18n import N_, tr

if TYPE_CHECKING:
    from desktop_app.domain.money import Money
    from desktop_app.services.views.enrolment import Bill

_NO_TOTAL = "₹ —"


def bill_lines(bill: Bill | None) -> list[tuple[str, str]]:
    """Return the lines and their amounts, which add up to what is to pay."""
    if bill is None or bill.obstacle:
        return []
    lines = [
        (one_line(title_of(line.label, line.label_hi)), _figures(line.amount))
        for line in bill.lines
    ]
    paid = total(line.amount for line in bill.lines) - bill.total
    if paid.paise > 0:
        lines.append((tr(N_("Paid so far")), f"\N{MINUS SIGN}{format_plain(paid)}"))
    return lines


def _figures(amount: Money) -> str:
    text = format_plain(amount)
    return f"\N{MINUS SIGN}{text[1:]}" if text.startswith("-") else text


def total_of(bill: Bill | None) -> str:
    """Return what is to pay: nothing once the fee is paid."""
    if bill is None:
        return _NO_TOTAL
    return format_rupees(ZERO if bill.is_paid else bill.total)


def obstacle_of(bill: Bill) -> str:
    """Return in the current language why nothing can be collected."""
    already = N_("{name} is already enrolled in this course.")
    if bill.obstacle == already.format(name=bill.student_name):
        return tr(already, name=one_line(bill.student_name, 60))
    return tr(bill.obstacle)
