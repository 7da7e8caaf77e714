"""Reads what a caller sent, field by field, and refuses it in Razorpay's words.

Must not touch the store. Integers are integers: true, "5" and 5.0 are none. Lengths are counted
in characters.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .clock import EARLIEST, LATEST
from .errors import bad_request, extra_field, invalid_id
from .ids import is_id

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = dict[str, Any]

EMAIL = re.compile(r"[^@\s]{1,128}@[^@\s]{1,128}")
CONTACT = re.compile(r"\+?[0-9]{8,14}")
MAX_NOTES = 15
MAX_NOTE_CHARACTERS = 256
MAX_COUNT = 100
MAX_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the API: what was sent, and what its path named."""

    body: Json
    query: list[tuple[str, str]] = field(default_factory=list)
    path: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def asked(self, name: str) -> str | None:
        """Give a query parameter, the last where it is repeated."""
        found = [value for key, value in self.query if key == name]
        return found[-1] if found else None

    def expands(self) -> set[str]:
        """Give what is to be expanded, in every spelling that PHP reads as a list."""
        return {value for key, value in self.query if is_expand(key)}


def is_expand(key: str) -> bool:
    """Tell `expand[]`, `expand[0]`, `expand[expand]` and `expand` from other parameters."""
    return key == "expand" or (key.startswith("expand[") and key.endswith("]"))


def known_id(text: str, prefix: str) -> str:
    """Check the form of an id in a path or a field."""
    if not is_id(text, prefix):
        raise invalid_id(text)
    return text


def check_fields(given: Iterable[str], allowed: Iterable[str]) -> None:
    """Refuse what the call does not take."""
    extra = sorted(set(given) - set(allowed))
    if extra:
        raise extra_field(", ".join(name[:100] for name in extra))


def is_int(value: object) -> bool:
    """Tell an integer from a boolean, which Python takes for one."""
    return isinstance(value, int) and not isinstance(value, bool)


def integer(body: Json, name: str) -> int | None:
    """Give an integer field, or None where it is missing or null."""
    value = body.get(name)
    if value is None:
        return None
    if not is_int(value):
        raise bad_request(f"The {name} must be an integer.", name)
    return int(value)


def boolean(body: Json, name: str) -> bool | None:
    """Give a true-or-false field, or None where it is missing or null."""
    value = body.get(name)
    if value is not None and not isinstance(value, bool):
        raise bad_request(f"The {name} field must be true or false.", name)
    return value


def text(body: Json, name: str, longest: int | None = None) -> str | None:
    """Give a text field, or None where it is missing or null."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        shown = json.dumps(value)[:100]
        raise bad_request(f"expected string but provided {shown}", name)
    if longest is not None and len(value) > longest:
        raise bad_request(f"{name}: the length must be no more than {longest}.", name)
    return value


def mapping(body: Json, name: str) -> Json | None:
    """Give an object field, or None where it is missing or null."""
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise bad_request(f"The {name} must be an array.", name)
    return value


def required(value: Any, name: str) -> Any:
    """Refuse the absence of a field."""
    if value is None:
        raise bad_request(f"The {name.replace('_', ' ')} field is required.", name)
    return value


def one_of(value: str | None, choices: Iterable[str], name: str) -> str | None:
    """Refuse a text that is none of the choices."""
    if value is not None and value not in choices:
        raise bad_request(f"The selected {name} is invalid.", name)
    return value


def notes(body: Json) -> Json | None:
    """Give the notes, None where there are none: 15 pairs, 256 characters each."""
    value = body.get("notes")
    if value is None or value == []:
        return None
    if not isinstance(value, dict):
        raise bad_request("The notes must be an array.", "notes")
    if len(value) > MAX_NOTES:
        raise bad_request("Number of fields in notes should be less than or equal to 15", "notes")
    for key, note in value.items():
        _check_note(key, note)
    return value or None


def _check_note(key: str, note: object) -> None:
    if isinstance(note, dict | list):
        raise bad_request("notes values themselves should not be an array", "notes")
    said = note if isinstance(note, str) else json.dumps(note)
    if max(len(said), len(key)) > MAX_NOTE_CHARACTERS:
        raise bad_request("notes: the length must be no more than 256.", "notes")


def with_country_code(contact: str) -> str:
    """Return a phone number with +91 where it has only ten digits."""
    return f"+91{contact}" if re.fullmatch(r"[0-9]{10}", contact) else contact


def currency(body: Json) -> str:
    """Give the currency, which is INR."""
    value = text(body, "currency")
    if value is None:
        raise bad_request("currency: is required.", "currency")
    if value != "INR":
        raise bad_request("The selected currency is invalid.", "currency")
    return value


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which part of a list was asked for."""

    start: int | None
    end: int | None
    count: int
    skip: int


PAGE_FIELDS = ("from", "to", "count", "skip")


def page_query(call: Call, *more: str) -> PageQuery:
    """Read the paging parameters of a list; `more` names its other ones."""
    check_fields((key for key, _ in call.query if not is_expand(key)), (*PAGE_FIELDS, *more))
    count, skip = count_and_skip(call, MAX_COUNT)
    return PageQuery(_moment(call, "from"), _moment(call, "to"), count, skip)


def count_and_skip(call: Call, most: int) -> tuple[int, int]:
    """Return how many rows to list (10 by default) and how many to skip before them."""
    count, skip = query_int(call, "count"), query_int(call, "skip") or 0
    if count is not None and count > most:
        raise bad_request(f"The count may not be greater than {most}.", "count")
    if count is not None and count < 1:
        raise bad_request("The count must be at least 1.", "count")
    if skip < 0:
        raise bad_request("The skip must be at least 0.", "skip")
    return count or 10, skip


def query_int(call: Call, name: str) -> int | None:
    """Give a whole number from the query."""
    given = call.asked(name)
    if given is None:
        return None
    digits = given.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS):
        raise bad_request(f"The {name} must be an integer.", name)
    return int(given)


def _moment(call: Call, name: str) -> int | None:
    value = query_int(call, name)
    if value is not None:
        check_moment(value, name)
    return value


def check_moment(value: int, name: str) -> None:
    """Refuse a time outside the years that Razorpay takes."""
    if not EARLIEST <= value <= LATEST:
        raise bad_request(f"{name} must be between {EARLIEST} and {LATEST}", name)
