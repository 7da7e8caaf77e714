"""Small wordings that several widgets share: times, amounts, ways of paying as people say them."""

from __future__ import annotations

import math
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtWidgets import QApplication

from desktop_app.domain.money import INR, PAISE_PER_RUPEE, format_in, format_rupees
from desktop_app.domain.payment import Method
from desktop_app.domain.receipt import IST
from desktop_app.domain.words import amount_in_words
from desktop_app.ui.core.i18n import N_, current_language, tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from desktop_app.domain.money import Money
    from desktop_app.services.views.enrolment import StudentSummary
    from desktop_app.services.views.payments import HeldCount

NONE = "–"  # noqa: RUF001 - an en dash for a cell without a value
_NOTED = N_("Recorded, not verified")
_UTR, _RRN = N_("UTR"), N_("RRN")
_COLLECT, _COLLECT_AMOUNT, _PAID = N_("Collect"), N_("Collect {amount}"), N_("Paid")


class MethodText(NamedTuple):
    """How the window names a payment method.

    Attributes:
        choice: where it is chosen at the counter.
        short: within a sentence.
        listed: in the list of payments.
        icon: on the button that begins it.
        take: the button that begins it, before there is a bill.
        take_amount: the same with the bill's amount.
        paid: over what was paid.
        reference: what the bank calls a payment.
    """

    choice: N_
    short: N_
    listed: N_
    icon: str = "qr"
    take: N_ = _COLLECT
    take_amount: N_ = _COLLECT_AMOUNT
    paid: N_ = _PAID
    reference: N_ = _UTR


METHODS: Mapping[Method, MethodText] = {
    Method.AUTO: MethodText(N_("UPI QR"), N_("UPI"), N_("UPI")),
    Method.CHECKOUT: MethodText(
        N_("Card, netbanking or wallet"), N_("Online"), N_("Card, netbanking or wallet"),
        icon="payments",
    ),
    Method.UPI_INTENT: MethodText(N_("UPI QR (UPI intent)"), N_("UPI"), N_("UPI")),
    Method.QR_CODE: MethodText(
        N_("UPI QR (Razorpay QR codes)"), N_("UPI"), N_("UPI QR code")
    ),
    Method.PAYMENT_LINK: MethodText(
        N_("Payment link"), N_("Link"), N_("Payment link"), icon="link"
    ),
    Method.CASH: MethodText(
        N_("Cash"), N_("Cash"), N_("Cash"), icon="cash", take=N_("Collect in cash"),
        take_amount=N_("Collect {amount} in cash"), paid=N_("Paid in cash"),
    ),
    Method.CHEQUE: MethodText(
        N_("Cheque"), N_("Cheque"), N_("Cheque"), icon="cheques", reference=N_("Cheque no.")
    ),
    Method.DRAFT: MethodText(
        N_("Demand draft"), N_("Draft"), N_("Demand draft"), icon="cheques",
        reference=N_("Draft no."),
    ),
    Method.CARD_MACHINE: MethodText(
        N_("Card machine"), N_("Card"), N_("Card machine"), icon="payments", paid=_NOTED,
        reference=_RRN,
    ),
    Method.NEFT: MethodText(N_("NEFT"), N_("NEFT"), N_("NEFT"), icon="payments", paid=_NOTED),
    Method.RTGS: MethodText(N_("RTGS"), N_("RTGS"), N_("RTGS"), icon="payments", paid=_NOTED),
    Method.IMPS: MethodText(
        N_("IMPS"), N_("IMPS"), N_("IMPS"), icon="payments", paid=_NOTED, reference=_RRN
    ),
    Method.UPI_STATIC: MethodText(
        N_("QR on the wall"), N_("Wall QR"), N_("UPI, QR on the wall"), icon="qr", paid=_NOTED,
        reference=_RRN,
    ),
    Method.CREDIT: MethodText(N_("Credit"), N_("Credit"), N_("Credit"), icon="refund"),
    Method.OPENING: MethodText(
        N_("Opening balance"), N_("Opening"), N_("Opening balance"), icon="refund"
    ),
}  # fmt: skip
"""In the order in which they are offered."""

MINUTE = 60
HOUR = 3600
TAIL = 4
_BIDI = {"\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068"}
_ISOLATE, _END = "\u2068", "\u2069"


def clock(seconds: float) -> str:
    """Show a countdown as m:ss, rounded up so that it ends at 0:00 and not before."""
    whole = max(0, math.ceil(seconds))
    return f"{whole // MINUTE}:{whole % MINUTE:02d}"


def ago(seconds: float) -> str:
    """Return how long ago something was, in the largest unit that fits."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return tr(N_("{count} s ago"), count=whole)
    if whole < HOUR:
        return tr(N_("{count} min ago"), count=whole // MINUTE)
    return tr(N_("{count} h ago"), count=whole // HOUR)


def local_time(at: datetime) -> str:
    """Show an instant as Indian time of day, for today's lists."""
    return at.astimezone(IST).strftime("%H:%M")


def moment_text(at: datetime) -> str:
    """Return an instant as day and time in India: 20 Nov 2026 10:42."""
    local = at.astimezone(IST)
    return f"{day_text(local.date())} {local:%H:%M}"


_MONTHS = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"), N_("Jul"), N_("Aug"),
    N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip


def day_text(on: date, *, has_year: bool = True) -> str:
    """Return a day in text: 20 Nov 2026, or 20 Nov."""
    day = f"{on.day} {tr(_MONTHS[on.month - 1])}"
    return f"{day} {on.year}" if has_year else day


def when_text(at: datetime) -> str:
    """Return an instant in India, as short as is clear: 10:42, 20 Nov 10:42 or 20 Nov 2025."""
    local, now = at.astimezone(IST), datetime.now(IST)
    if local.date() == now.date():
        return f"{local:%H:%M}"
    if local.year == now.year:
        return f"{day_text(local, has_year=False)} {local:%H:%M}"
    return day_text(local.date())


def held_words(held: HeldCount) -> str:
    """Return how many bills were left, and how many of them are paid in part."""
    words = tr(N_("{count} held bill", "{count} held bills"), count=held.bills)
    part = tr(N_("{count} partly paid"), count=held.part_paid)
    return f"{words} · {part}" if held.part_paid else words


def short_rupees(amount: Money) -> str:
    """Show an amount without its paise where there are none: ₹11,800 for chips and buttons."""
    text = format_rupees(amount)
    return text[:-3] if amount.paise % PAISE_PER_RUPEE == 0 else text


def short_in(amount: Money, currency: str) -> str:
    """Show an amount in its currency, rupees without paise where there are none."""
    return short_rupees(amount) if currency == INR else format_in(amount, currency)


def amount_words(amount: Money) -> str:
    """Return an amount in words, in the language of the window."""
    app = QApplication.instance()
    return amount_in_words(amount, current_language(app) if isinstance(app, QApplication) else "en")


def title_of(title: str, title_hi: str) -> str:
    """Return a title that is kept in both languages, in the language of the window."""
    app = QApplication.instance()
    language = current_language(app) if isinstance(app, QApplication) else "en"
    return title_hi if language == "hi" and title_hi else title


def reference_ending(method: Method, number: str | None) -> str:
    """Name a payment by its last digits at the bank, which is how parents read it out."""
    words = N_("{name} ending in {digits}")
    name = tr(METHODS[method].reference)
    return tr(words, name=name, digits=number[-TAIL:]) if number else ""


def one_line(text: str, longest: int = 0) -> str:
    """Keep what somebody else wrote on one line, and to itself.

    Breaks and control characters become spaces. Letters that turn the direction of writing are
    shown, but closed in, so that they turn nothing beside them.

    Args:
        text: a name, or what was typed.
        longest: cut it to so many characters, with an ellipsis; 0 cuts nothing.
    """
    line = "".join(
        " " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter for letter in text
    )
    if longest and len(line) > longest:
        line = f"{line[: longest - 1].rstrip()}…"
    turns = any(
        letter in _BIDI or unicodedata.bidirectional(letter) in {"R", "AL"} for letter in line
    )
    return f"{_ISOLATE}{line}{_END}" if turns else line


_DAYS = {0: N_("Backup today {time}"), 1: N_("Backup yesterday {time}")}


def backup_words(at: datetime | None) -> str:
    """Return when the newest good backup was made, in the current language."""
    if at is None:
        return tr(N_("No backup yet"))
    local = at.astimezone(IST)
    days = (datetime.now(IST).date() - local.date()).days
    text = _DAYS.get(days, N_("Backup {date} {time}"))
    return tr(text, date=day_text(local.date()), time=f"{local:%H:%M}")


def named_students(students: Iterable[StudentSummary]) -> str:
    """Return names with their roll numbers: `Asha Rao · R001`."""
    return ", ".join(f"{one_line(each.name, 40)} · {each.roll_no}" for each in students)
