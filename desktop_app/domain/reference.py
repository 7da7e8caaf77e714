"""References at the gateway: the desk's code, a tag of its book and the attempt's id.

`D1-7k2m9qx4-` and 26 letters: 40 characters at most, which is what Razorpay keeps of an order's
receipt and of a link's reference. The tag distinguishes two desks with one code, since every desk
is `D1` until somebody changes it. Attempts older than tags have references without one.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 40
_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Without letters that are misread: i, l, o and u."""
_TAG = 8
_UID = 26
_TAGGED = re.compile(rf"([A-Z0-9]{{1,3}})-([{_DIGITS}]{{{_TAG}}})-[{_DIGITS}]{{{_UID}}}")
_ATTEMPT = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
_UNTAGGED = re.compile(r"([A-Z0-9]{1,3})-[0-9a-f]{32}")


def book_tag(book_id: str) -> str:
    """Return the short tag of a book: eight characters, forty bits of its id's digest."""
    digest = hashlib.sha256(book_id.encode(errors="replace")).digest()
    return _spell(int.from_bytes(digest[:5]), _TAG)


def make_reference(code: str, book_id: str, attempt_uid: str) -> str:
    """Return the reference of an attempt.

    Args:
        code: the desk's code.
        book_id: the id of its book.
        attempt_uid: the attempt's UUID.
    """
    number = int(attempt_uid.replace("-", ""), 16)
    return f"{code}-{book_tag(book_id)}-{_spell(number, _UID)}"


def is_of_book(reference: str | None, book_id: str) -> bool:
    """Return whether a reference carries the tag of a book, under whatever code."""
    found = _TAGGED.fullmatch(reference or "")
    return found is not None and found[2] == book_tag(book_id)


def is_untagged(reference: str | None, code: str) -> bool:
    """Return whether a reference is of a code, and older than tags."""
    found = _UNTAGGED.fullmatch(reference or "")
    return found is not None and found[1] == code


def is_of_code(reference: str | None, code: str) -> bool:
    """Return whether a reference is of a code, of whichever book."""
    found = _TAGGED.fullmatch(reference or "") or _UNTAGGED.fullmatch(reference or "")
    return found is not None and found[1] == code


def attempt_in_notes(reference: str | None, notes: Mapping[str, str] | None) -> str | None:
    """Return the attempt that notes at the gateway name, where their reference is of no desk.

    A link's reference may be edited on the dashboard; one that a desk wrote counts, not the notes.
    """
    uid = (notes or {}).get("attempt", "")
    return uid if _ATTEMPT.fullmatch(uid) and code_of(reference) is None else None


def code_of(reference: str | None) -> str | None:
    """Return the desk code in a reference; None in what no desk of this kind wrote."""
    found = _TAGGED.fullmatch(reference or "") or _UNTAGGED.fullmatch(reference or "")
    return found[1] if found else None


def _spell(number: int, length: int) -> str:
    letters = [_DIGITS[number >> 5 * place & 31] for place in reversed(range(length))]
    return "".join(letters)
