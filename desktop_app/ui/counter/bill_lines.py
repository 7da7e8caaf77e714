"""The lines of a bill as they are shown, and the warning below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.money import ZERO, format_plain, format_rupees, total
from desktop_app.ui.core.formatting import one_line, short_rupees, title_of
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.counter.days import short_date

if TYPE_CHECKING:
    from desktop_app.domain.money import Money
    from desktop_app.services.views.enrolment import Bill, CoveringCheque

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


def warning_of(bill: Bill | None, *, is_over_limit: bool, has_limited_seats: bool) -> str:
    """Return the warning against collecting a bill; empty for none."""
    if bill is None or bill.is_paid:
        return ""
    if not bill.can_collect:
        return obstacle_of(bill) if bill.cheque is None else covered_of(bill.cheque)
    if is_over_limit:
        return tr(
            N_("Over the UPI limit of {limit}. Choose Link or Cash."),
            limit=short_rupees(bill.upi_limit),
        )
    if bill.open_attempt_uid:
        return tr(
            N_("A payment for this fee is already pending. You can continue with that payment.")
        )
    if not bill.is_kept:
        return ""
    words = N_("Already enrolled. Fee due: {amount}.")
    if has_limited_seats:
        words = N_("Fee due: {amount}. The seat isn't reserved until the parent pays.")
    return tr(words, amount=short_rupees(bill.total))


def covered_of(cheque: CoveringCheque) -> str:
    """Return that a cheque covers a fee, and what happens to the cheque next."""
    from desktop_app.domain.instruments import InstrumentState  # few fees have one
    from desktop_app.domain.tender import InstrumentKind

    covers = N_("A cheque for {amount} covers this fee (slip {slip}).")
    if cheque.kind is InstrumentKind.DRAFT:
        covers = N_("A demand draft for {amount} covers this fee (slip {slip}).")
    then, day = N_("Deposit it by {day}."), cheque.last_day
    if cheque.state is not InstrumentState.IN_HAND:
        then = N_("The bank hasn't credited it yet.")
    elif cheque.held_until is not None:
        then, day = N_("You can deposit it from {day}."), cheque.held_until
    first = tr(covers, amount=short_rupees(cheque.amount), slip=cheque.slip_no)
    return f"{first} {tr(then, day=short_date(day))}"
