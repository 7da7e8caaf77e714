"""Field checks of API calls, with refusals in Razorpay's words.

Must not touch the store. Scalars are read as leniently as scalars.py allows. Lengths are counted in
characters.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .clock import EARLIEST, LATEST
from .errors import bad_request, extra_field, invalid_id
from .ids import is_id
from .scalars import as_integer, as_switch, as_text

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
    """One call of the API: body, query, path parameters and headers."""

    body: Json
    query: list[tuple[str, str]] = field(default_factory=list)
    path: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def asked(self, name: str) -> str | None:
        """Return a query parameter, the last one if it is repeated."""
        found = [value for key, value in self.query if key == name]
        return found[-1] if found else None

    def expands(self) -> set[str]:
        """Return the fields to expand, in every spelling that PHP reads as a list."""
        return {value for key, value in self.query if is_expand(key)}


def is_expand(key: str) -> bool:
    """Return whether a parameter is `expand`, `expand[]`, `expand[0]` or `expand[expand]`."""
    return key == "expand" or (key.startswith("expand[") and key.endswith("]"))


def known_id(text: str, prefix: str) -> str:
    """Return an id from a path or a field; refuse a malformed one."""
    if not is_id(text, prefix):
        raise invalid_id(text)
    return text


def check_fields(given: Iterable[str], allowed: Iterable[str]) -> None:
    """Refuse unknown fields."""
    extra = sorted(set(given) - set(allowed))
    if extra:
        raise extra_field(", ".join(name[:100] for name in extra))


def integer(body: Json, name: str) -> int | None:
    """Return an integer field, or None if it is missing or null."""
    value = as_integer(body.get(name))
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise bad_request(f"The {name} must be an integer.", name)
    return value


def boolean(body: Json, name: str) -> bool | None:
    """Return a boolean field, or None if it is missing or null."""
    value = as_switch(body.get(name))
    if value is not None and not isinstance(value, bool):
        raise bad_request(f"The {name} field must be true or false.", name)
    return value


def text(body: Json, name: str, longest: int | None = None) -> str | None:
    """Return a text field, or None if it is missing or null."""
    value = as_text(body.get(name))
    if value is None:
        return None
    if not isinstance(value, str):
        shown = json.dumps(value)[:100]
        raise bad_request(f"expected string but provided {shown}", name)
    if longest is not None and len(value) > longest:
        raise bad_request(f"{name}: the length must be no more than {longest}.", name)
    return value


def mapping(body: Json, name: str) -> Json | None:
    """Return an object field, or None if it is missing or null."""
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise bad_request(f"The {name} must be an array.", name)
    return value


def required(value: Any, name: str) -> Any:
    """Return a required value; refuse None."""
    if value is None:
        raise bad_request(f"The {name.replace('_', ' ')} field is required.", name)
    return value


def one_of(value: str | None, choices: Iterable[str], name: str) -> str | None:
    """Return one of the choices or None; refuse any other text."""
    if value is not None and value not in choices:
        raise bad_request(f"The selected {name} is invalid.", name)
    return value


def notes(body: Json) -> Json | None:
    """Return the notes, or None: at most 15 pairs of 256 characters each."""
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
    written = note if isinstance(note, str) else json.dumps(note)
    if max(len(written), len(key)) > MAX_NOTE_CHARACTERS:
        raise bad_request("notes: the length must be no more than 256.", "notes")


def with_country_code(contact: str) -> str:
    """Return a phone number, prefixed with +91 if it has only ten digits."""
    return f"+91{contact}" if re.fullmatch(r"[0-9]{10}", contact) else contact


def currency(body: Json) -> str:
    """Return the currency, which must be INR."""
    value = text(body, "currency")
    if value is None:
        raise bad_request("currency: is required.", "currency")
    if value != "INR":
        raise bad_request("The selected currency is invalid.", "currency")
    return value


@dataclass(frozen=True, slots=True)
class PageQuery:
    """The requested part of a list."""

    start: int | None
    end: int | None
    count: int
    skip: int


PAGE_FIELDS = ("from", "to", "count", "skip")


def page_query(call: Call, *more: str) -> PageQuery:
    """Return the paging parameters of a list; `more` are its other parameters."""
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
    """Return an integer of the query, or None if it is missing."""
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
    """Refuse a time outside the range that Razorpay accepts."""
    if not EARLIEST <= value <= LATEST:
        raise bad_request(f"{name} must be between {EARLIEST} and {LATEST}", name)
