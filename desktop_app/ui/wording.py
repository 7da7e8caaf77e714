"""Small wordings that several widgets share: times, amounts, ways of paying as people say them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from desktop_app.domain.money import PAISE_PER_RUPEE, format_rupees
from desktop_app.domain.payment import Method
from desktop_app.domain.receipt import IST

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from desktop_app.domain.money import Money

METHODS: Mapping[Method, str] = {
    Method.AUTO: "UPI QR (automatic)",
    Method.UPI_INTENT: "UPI QR, by intent",
    Method.QR_CODE: "UPI QR, by QR Codes",
    Method.PAYMENT_LINK: "Payment link",
    Method.CASH: "Cash",
}
"""In the order in which they are offered."""

SHORT_METHODS: Mapping[Method, str] = {
    Method.AUTO: "UPI",
    Method.UPI_INTENT: "UPI",
    Method.QR_CODE: "UPI",
    Method.PAYMENT_LINK: "Link",
    Method.CASH: "Cash",
}

MINUTE = 60
HOUR = 3600
TAIL = 4


def clock(seconds: float) -> str:
    """Show a countdown as m:ss, rounded up so that it ends at 0:00 and not before."""
    whole = max(0, math.ceil(seconds))
    return f"{whole // MINUTE}:{whole % MINUTE:02d}"


def ago(seconds: float) -> str:
    """Say how long ago something was, in the largest unit that fits."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return f"{whole} s ago"
    if whole < HOUR:
        return f"{whole // MINUTE} min ago"
    return f"{whole // HOUR} h ago"


def local_time(at: datetime) -> str:
    """Show an instant as Indian time of day, for today's lists."""
    return at.astimezone(IST).strftime("%H:%M")


def short_rupees(amount: Money) -> str:
    """Show an amount without its paise where there are none: ₹11,800 for chips and buttons."""
    text = format_rupees(amount)
    return text[:-3] if amount.paise % PAISE_PER_RUPEE == 0 else text


def utr_ending(rrn: str | None) -> str:
    """Name a UTR by its last digits, which is how parents read it out."""
    return f"UTR ending {rrn[-TAIL:]}" if rrn else ""
