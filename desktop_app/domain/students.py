"""Students: fields and validation."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from desktop_app.domain.compiled import quickly_made
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.text import clean_line, optional_line, require_line

PHONE_DIGITS = 10
MASKED_TAIL = 4
_EMAIL = re.compile(r"[^@\s<>\"(),;:\\\[\]]+@[^@\s<>\"(),;:\\\[\].]+(\.[^@\s<>\"(),;:\\\[\].]+)+")

STATES = {
    "AN": "35", "AP": "37", "AR": "12", "AS": "18", "BR": "10", "CG": "22", "CH": "04",
    "DD": "26", "DL": "07", "DN": "26", "GA": "30", "GJ": "24", "HP": "02", "HR": "06",
    "JH": "20", "JK": "01", "KA": "29", "KL": "32", "LA": "38", "LD": "31", "MH": "27",
    "ML": "17", "MN": "14", "MP": "23", "MZ": "15", "NL": "13", "OD": "21", "PB": "03",
    "PY": "34", "RJ": "08", "SK": "11", "TN": "33", "TR": "16", "TS": "36", "UK": "05",
    "UP": "09", "WB": "19",
}  # fmt: skip
"""Two-letter GST abbreviation of a State → its two-digit GST code."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Student:
    """A student; unknown texts are empty, never None."""

    roll_no: str
    name: str
    phone: str = ""
    email: str = ""
    guardian_name: str = ""
    guardian_phone: str = ""
    date_of_birth: date | None = None
    state: str = ""


@quickly_made
@dataclass(frozen=True, slots=True)
class StudentNames:
    """The names of a student on a receipt, with the State on which its tax depends."""

    roll_no: str
    name: str
    guardian_name: str
    state: str


def normalise_phone(text: str, field: str = "phone") -> str:
    """Return the ten digits of an Indian mobile or landline number; empty stays empty.

    Accepts a prefix +91, 0091, 91 or 0, and spaces, dots, dashes and brackets.

    Raises:
        InvalidInputError: ten digits do not remain.
    """
    typed = unicodedata.normalize("NFKC", clean_line(text))
    if not typed:
        return ""
    bare = re.sub(r"[\s().\-/]", "", typed)
    if not re.fullmatch(r"\+?\d+", bare):
        raise InvalidInputError(field, "Enter a 10-digit phone number, with or without +91.")
    digits = "".join(str(unicodedata.digit(digit)) for digit in bare.lstrip("+"))
    international = bare.startswith("+")
    if digits.startswith("0091"):
        digits = digits[4:]
    elif len(digits) == PHONE_DIGITS + 2 and digits.startswith("91"):
        digits = digits[2:]
    elif len(digits) == PHONE_DIGITS + 3 and digits.startswith("910"):
        digits = digits[3:]  # both the country code and the trunk prefix 0
    elif len(digits) == PHONE_DIGITS + 1 and digits.startswith("0") and not international:
        digits = digits[1:]
    if len(digits) != PHONE_DIGITS or digits.startswith("0"):
        raise InvalidInputError(field, "Enter a 10-digit phone number, with or without +91.")
    return digits


def mask_phone(digits: str) -> str:
    """Return a phone number with all but the last four digits masked: `••••••2345`."""
    return "•" * max(0, len(digits) - MASKED_TAIL) + digits[-MASKED_TAIL:] if digits else ""


def normalise_email(text: str) -> str:
    """Return an e-mail address if its shape is valid; empty stays empty.

    Raises:
        InvalidInputError: it cannot be an address.
    """
    address = clean_line(text)
    if address and (len(address) > 254 or not _EMAIL.fullmatch(address)):  # noqa: PLR2004 - RFC 5321
        raise InvalidInputError("email", "Enter an email address, e.g. name@example.com.")
    return address


def normalise_state(text: str) -> str:
    """Return a State's two-letter GST abbreviation; empty stays empty.

    Raises:
        InvalidInputError: there is no such State.
    """
    letters = clean_line(text).upper()
    if letters and letters not in STATES:
        raise InvalidInputError(
            "state",
            "{letters} isn't a state code. Enter two letters, e.g. RJ.",
            letters=letters,
        )
    return letters


def parse_date(text: str, field: str, label: str) -> date | None:
    """Parse an ISO date (2007-03-14); empty is None.

    Raises:
        InvalidInputError: it is not an ISO date.
    """
    typed = clean_line(text)
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise InvalidInputError(
            field, "{label} isn't a valid date. Enter year-month-day, e.g. 2007-03-14.", label=label
        ) from None


def make_student(
    *,
    roll_no: str,
    name: str,
    phone: str = "",
    email: str = "",
    guardian_name: str = "",
    guardian_phone: str = "",
    date_of_birth: date | str | None = None,
    state: str = "",
) -> Student:
    """Return a student from typed or imported values.

    Raises:
        InvalidInputError: a field is missing or invalid; `field` names it.
    """
    born = (
        parse_date(date_of_birth, "date_of_birth", "Date of birth")
        if isinstance(date_of_birth, str)
        else date_of_birth
    )
    if born is not None and born.year < 1900:  # noqa: PLR2004 - a typing slip, not a student
        raise InvalidInputError("date_of_birth", "The birth year is before 1900. Check the date.")
    return Student(
        roll_no=require_line("roll_no", "Roll number", roll_no, 40),
        name=require_line("name", "Name", name),
        phone=normalise_phone(phone),
        email=normalise_email(email),
        guardian_name=optional_line("guardian_name", "Parent's name", guardian_name),
        guardian_phone=normalise_phone(guardian_phone, "guardian_phone"),
        date_of_birth=born,
        state=normalise_state(state),
    )
