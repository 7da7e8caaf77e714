"""What a cell of a sheet may hold, and how text is kept from being run as a formula.

Spreadsheets run any text that begins with `=`, `+`, `-`, `@`, a tab or a line end. Such text gets
an apostrophe in front when it is written to CSV, and loses it when it is read again.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from desktop_app.domain.money import PAISE_PER_RUPEE, Money, format_decimal
from desktop_app.domain.receipt import IST

Cell: TypeAlias = str | int | Decimal | Money | date | datetime | bool | None
"""Money is written in rupees with two decimals, an instant in Indian time."""

_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠−")  # noqa: RUF001 - full-width signs run, too
_BEFORE_A_SIGN = " \u00a0\u2009\u3000"


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet would take this text for a formula."""
    return text.lstrip(_BEFORE_A_SIGN).startswith(_FORMULA_STARTS)


def escape_formula(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run."""
    return f"'{text}" if is_formula(text.lstrip("'")) else text


def unescape_formula(text: str) -> str:
    """Take back what `guard` put in front, so that a file can be read as it was written."""
    return text[1:] if text.startswith("'") and is_formula(text.lstrip("'")) else text


def csv_text(cell: Cell) -> str:
    """Write a cell for CSV; numbers stay numbers, text cannot run."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return escape_formula(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Money):
        return format_decimal(cell)
    if isinstance(cell, datetime):
        return cell.astimezone(IST).strftime("%Y-%m-%d %H:%M:%S")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def sheet_value(cell: Cell) -> str | int | Decimal | date | None:
    """Turn a cell into what an Excel cell holds; control characters, illegal there, go."""
    if isinstance(cell, str):
        return "".join(letter for letter in cell if letter >= " " or letter in "\t\n")
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Money):
        return Decimal(cell.paise) / PAISE_PER_RUPEE
    if isinstance(cell, datetime):
        return cell.astimezone(IST).replace(tzinfo=None)
    return cell
