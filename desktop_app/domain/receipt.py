"""Receipt numbers: one series per desk and financial year, sixteen characters at most.

Rule 46(b) of the CGST Rules: consecutive, one or multiple series, letters, digits, hyphen and
slash, unique for a financial year, at most sixteen characters.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from desktop_app.domain.errors import InvalidInputError, ReceiptSeriesFullError

LONGEST_NUMBER = 16
FIRST_MONTH = 4
IST = timezone(timedelta(hours=5, minutes=30), "IST")
_DESK_ID = re.compile(r"[A-Z0-9]{1,3}")


def normalise_desk_id(text: str) -> str:
    """Return a desk's id in normal form: one to three capital letters or digits.

    Raises:
        InvalidInputError: it is anything else.
    """
    letters = text.strip().upper()
    if not _DESK_ID.fullmatch(letters):
        raise InvalidInputError("desk.id", "A desk id is one to three letters or digits, like D1.")
    return letters


def financial_year(on: date) -> str:
    """Return the Indian financial year of a day in India: 2026-11-20 is in `26-27`."""
    first = on.year if on.month >= FIRST_MONTH else on.year - 1
    return f"{first % 100:02d}-{(first + 1) % 100:02d}"


def day_in_india(at: datetime) -> date:
    """Return the calendar day in India at an aware instant."""
    return at.astimezone(IST).date()


def series_name(desk_id: str, *, training: bool) -> str:
    """Return the name of a desk's series; training's own series is marked by a T and still fits."""
    return f"{desk_id[:2]}T" if training else desk_id


SKIPPED_A_DAY = 1_000
"""More receipts than a desk can issue in a day: one per minute for sixteen hours."""


def sequence_after_restore(last: int, days: int, *, seen: int = 0) -> int:
    """Return the number after which a series continues, so that no number is issued twice.

    Receipts issued after the backup are unknown, so the series skips every number they could have.

    Args:
        last: the last number in the backup.
        days: days since the backup, including partial ones.
        seen: the last number in the damaged database, if readable.
    """
    reached = max(last + SKIPPED_A_DAY * max(1, days), seen)
    return -(-reached // SKIPPED_A_DAY) * SKIPPED_A_DAY


def receipt_number(series: str, year: str, sequence: int) -> str:
    """Return a receipt number such as `D1/26-27/000123`.

    Raises:
        ReceiptSeriesFullError: it would exceed sixteen characters.
    """
    number = f"{series}/{year}/{sequence:06d}"
    if len(number) > LONGEST_NUMBER:
        raise ReceiptSeriesFullError(f"{number} is longer than {LONGEST_NUMBER} characters")
    return number
