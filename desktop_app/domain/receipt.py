"""Receipt numbers: one series per desk and financial year, sixteen characters at most.

Rule 46(b) of the CGST Rules: consecutive, one or multiple series, letters, digits, hyphen and
slash, unique for a financial year, at most sixteen characters.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

from desktop_app.domain.errors import InvalidInputError, ReceiptSeriesFullError

LONGEST_NUMBER = 16
FIRST_MONTH = 4
TEST_MARK = "T"
IST = timezone(timedelta(hours=5, minutes=30), "IST")
_DESK_ID = re.compile(r"[A-Z0-9]{1,3}")


def normalise_desk_id(text: str) -> str:
    """Return a desk's id in normal form: one to three capital letters or digits.

    Raises:
        InvalidInputError: it is anything else, or it ends with the mark of practice receipts.
    """
    letters = text.strip().upper()
    if not _DESK_ID.fullmatch(letters):
        raise InvalidInputError("desk.id", "Enter 1 to 3 letters or digits, e.g. D1.")
    if is_marked_as_test(letters):
        raise InvalidInputError(
            "desk.id", "The desk ID can't end with T, which marks practice receipts."
        )
    return letters


def is_marked_as_test(series: str) -> bool:
    """Return whether the receipts of a series look like those of test money."""
    return series.endswith(TEST_MARK)


@lru_cache(maxsize=4)
def financial_year(on: date) -> str:
    """Return the Indian financial year of a day in India: 2026-11-20 is in `26-27`."""
    first = on.year if on.month >= FIRST_MONTH else on.year - 1
    return f"{first % 100:02d}-{(first + 1) % 100:02d}"


def day_in_india(at: datetime) -> date:
    """Return the calendar day in India at an aware instant."""
    return at.astimezone(IST).date()


def series_name(desk_id: str, *, is_real: bool) -> str:
    """Return the name of a desk's series; that of money that is not real has a T and still fits.

    Desks whose ids share their first two characters share the series with the T.
    """
    return desk_id if is_real else f"{desk_id[:2]}{TEST_MARK}"


SKIPPED_A_DAY = 1_000
"""More receipts than a desk can issue in a day: one per minute for sixteen hours."""
DAYS_A_YEAR = 366


def issuing_days(since: datetime, at: datetime) -> dict[str, int]:
    """Return, by financial year, on how many days receipts may have been issued.

    A series begins on 1 April, so a wrong clock adds no more than one year's days. Where the
    instants are in the wrong order one of the clocks was wrong: then both years count in full,
    as far as they have gone by.

    Args:
        since: when the backup was made, by the clock of that time.
        at: now.
    """
    first, last = day_in_india(since), day_in_india(at)
    if first > last + timedelta(days=1):
        current = (last - _first_of_april(last)).days + 1
        return {financial_year(first): DAYS_A_YEAR, financial_year(last): current}
    days: dict[str, int] = {}
    while first <= last:
        begun = _first_of_april(first)
        following = begun.replace(year=begun.year + 1)
        days[financial_year(first)] = (min(last + timedelta(days=1), following) - first).days
        first = following
    return days or {financial_year(last): 1}


def _first_of_april(on: date) -> date:
    """Return the first day of the financial year of a day."""
    return date(on.year if on.month >= FIRST_MONTH else on.year - 1, FIRST_MONTH, 1)


def sequence_after_restore(
    series: str, year: str, last: int, days: int, *, seen: int = 0, claimed: int = 0
) -> int:
    """Return the number after which a series continues, so that no number is issued twice.

    Receipts issued after the backup are unknown, so the series skips every number they could have.
    It never skips more than a year's, nor beyond the last number that fits.

    Args:
        series: the series.
        year: its financial year.
        last: the last number in the backup.
        days: days since the backup on which numbers may have been issued, including partial ones.
        seen: the highest number that a genuine anchor knows.
        claimed: the highest number in a source that may be damaged or forged; believed as far as
            a year's receipts can go.
    """
    believed = claimed if claimed <= last + SKIPPED_A_DAY * DAYS_A_YEAR else 0
    reached = max(last + SKIPPED_A_DAY * days, *(n + 1 for n in (seen, believed) if n > last), last)
    if reached == last:
        return last
    return min(-(-reached // SKIPPED_A_DAY) * SKIPPED_A_DAY, last_number(series, year))


def last_number(series: str, year: str) -> int:
    """Return the highest number of a series that fits into sixteen characters."""
    return int("9" * (LONGEST_NUMBER - len(receipt_prefix(series, year))))


def receipt_prefix(series: str, year: str) -> str:
    """Return what precedes the number on the receipts of a series."""
    return f"{series}/{year}/"


def receipt_number(series: str, year: str, sequence: int) -> str:
    """Return a receipt number such as `D1/26-27/000123`.

    Raises:
        ReceiptSeriesFullError: it would exceed sixteen characters.
    """
    number = f"{receipt_prefix(series, year)}{sequence:06d}"
    if len(number) > LONGEST_NUMBER:
        raise ReceiptSeriesFullError(
            f"the receipt numbers {series}/{year} are used up, so choose another desk ID"
        )
    return number
