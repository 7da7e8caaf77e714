"""Parsing of form input besides names and money: days, percentages, seats; names of States."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.students import STATES
from desktop_app.domain.text import clean_line
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from PySide6.QtWidgets import QComboBox


STATE_NAMES = {
    "AN": N_("Andaman and Nicobar"),
    "AP": N_("Andhra Pradesh"),
    "AR": N_("Arunachal Pradesh"),
    "AS": N_("Assam"),
    "BR": N_("Bihar"),
    "CG": N_("Chhattisgarh"),
    "CH": N_("Chandigarh"),
    "DD": N_("Daman and Diu"),
    "DL": N_("Delhi"),
    "DN": N_("Dadra and Nagar Haveli"),
    "GA": N_("Goa"),
    "GJ": N_("Gujarat"),
    "HP": N_("Himachal Pradesh"),
    "HR": N_("Haryana"),
    "JH": N_("Jharkhand"),
    "JK": N_("Jammu and Kashmir"),
    "KA": N_("Karnataka"),
    "KL": N_("Kerala"),
    "LA": N_("Ladakh"),
    "LD": N_("Lakshadweep"),
    "MH": N_("Maharashtra"),
    "ML": N_("Meghalaya"),
    "MN": N_("Manipur"),
    "MP": N_("Madhya Pradesh"),
    "MZ": N_("Mizoram"),
    "NL": N_("Nagaland"),
    "OD": N_("Odisha"),
    "PB": N_("Punjab"),
    "PY": N_("Puducherry"),
    "RJ": N_("Rajasthan"),
    "SK": N_("Sikkim"),
    "TN": N_("Tamil Nadu"),
    "TR": N_("Tripura"),
    "TS": N_("Telangana"),
    "UK": N_("Uttarakhand"),
    "UP": N_("Uttar Pradesh"),
    "WB": N_("West Bengal"),
}
"""Two-letter GST abbreviation → the State's name."""

_INDIAN_DAY = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_PERCENT = re.compile(r"\d{1,3}(?:\.(\d{1,9}))?")
_DAY_HINT = N_("Enter a date, e.g. 14-03-2007.")


def parse_day(text: str, field: str) -> date | None:
    """Return a day typed as in India (14-03-2007) or in ISO; None for an empty text.

    Raises:
        InvalidInputError: no such day.
    """
    typed = clean_line(text)
    if not typed:
        return None
    matched = _INDIAN_DAY.fullmatch(typed)
    try:
        if matched:
            return date(int(matched[3]), int(matched[2]), int(matched[1]))
        return date.fromisoformat(typed)
    except ValueError:
        raise InvalidInputError(field, _DAY_HINT) from None


def day_typed(day: date | None) -> str:
    """Return a day as it is typed."""
    return day.strftime("%d-%m-%Y") if day else ""


def parse_percent(text: str, field: str) -> int:
    """Return a percentage (`18`, `18 %`, `2.5`) in basis points; 0 for an empty text.

    Raises:
        InvalidInputError: no percentage, or more than two decimals.
    """
    typed = clean_line(text).removesuffix("%").strip() or "0"
    matched = _PERCENT.fullmatch(typed)
    if not matched:
        raise InvalidInputError(field, "Enter a percentage, e.g. 18.")
    if len(matched[1] or "") > 2:  # noqa: PLR2004 - basis points have no more
        raise InvalidInputError(field, "Enter at most 2 decimal places, e.g. 2.5.")
    return int(Decimal(typed) * 100)


def percent_typed(points: int) -> str:
    """Return basis points as a percentage is typed."""
    return f"{Decimal(points) / 100:f}" if points else "0"


def parse_seats(text: str, field: str) -> int | None:
    """Return a number of seats; None, no limit, for an empty text.

    Raises:
        InvalidInputError: not a whole number.
    """
    typed = clean_line(text).replace(",", "")
    if not typed:
        return None
    if not re.fullmatch(r"-?\d{1,9}", typed):
        raise InvalidInputError(field, "Enter a whole number. Leave the field empty for no limit.")
    return int(typed)


def states_box() -> QComboBox:
    """Return a list of the States; its first entry stands for none."""
    named = [(STATE_NAMES.get(letters, N_(letters)), letters) for letters in STATES]
    named.sort(key=lambda each: tr(each[0]))
    box = Select(((N_("Not given"), ""), *named))
    box.setMaxVisibleItems(12)
    return box
