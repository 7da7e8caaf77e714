"""Cells of spreadsheets, and the escaping of text that would run as a formula.

Spreadsheets run any text that begins with `=`, `+`, `-`, `@`, a tab or a line break. In CSV such
text is prefixed with an apostrophe, which is removed when the file is read.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from desktop_app.domain.money import PAISE_PER_RUPEE, Money, format_decimal
from desktop_app.domain.receipt import IST

Cell: TypeAlias = str | int | Decimal | Money | date | datetime | bool | None
"""Money is written in rupees with two decimals, instants in Indian time."""

_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠−")  # noqa: RUF001 - full-width signs run, too
_BEFORE_A_SIGN = " \u00a0\u2009\u3000"


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet would run a text as a formula."""
    return text.lstrip(_BEFORE_A_SIGN).startswith(_FORMULA_STARTS)


def escape_formula(text: str) -> str:
    """Return a text, prefixed with an apostrophe if a spreadsheet would run it."""
    return f"'{text}" if is_formula(text.lstrip("'")) else text


def unescape_formula(text: str) -> str:
    """Remove the apostrophe added by `escape_formula`, so that a file reads as it was written."""
    return text[1:] if text.startswith("'") and is_formula(text.lstrip("'")) else text


def csv_text(cell: Cell) -> str:
    """Return a cell's text for CSV; numbers stay numbers, text cannot run."""
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
    """Return a cell's value for Excel, without control characters, which are illegal there."""
    if isinstance(cell, str):
        return "".join(letter for letter in cell if letter >= " " or letter in "\t\n")
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Money):
        return Decimal(cell.paise) / PAISE_PER_RUPEE
    if isinstance(cell, datetime):
        return cell.astimezone(IST).replace(tzinfo=None)
    return cell
