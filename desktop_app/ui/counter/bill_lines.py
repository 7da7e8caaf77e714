"""The lines of a bill as they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.money import format_plain, total
from desktop_app.ui.core.formatting import one_line, title_of
from desktop_app.ui.core.i18n import N_, tr

if TYPE_CHECKING:
    from desktop_app.domain.money import Money
    from desktop_app.services.views.enrolment import Bill


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
