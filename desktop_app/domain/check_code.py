"""Check codes: a keyed code that proves a receipt genuine without a network.

A code binds number, day and amount by HMAC-SHA256 with a key that only the centre's desks have.
The QR's content is readable text, in the characters that a small QR encodes best. This module
stores no keys and does not know the receipt's layout.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money, format_decimal

if TYPE_CHECKING:
    from collections.abc import Sequence

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U, which are misread and mistyped."""
SECRET_BYTES = 16
KEY_ID_LETTERS = 4
CODE_LETTERS = 12
"""Sixty bits: a guess is right once in 10^18, and the code is short enough to dictate by phone."""
_SUM_LETTERS = 2
_GROUP = 4
_LOOK_ALIKES = str.maketrans("OIL", "011")
_PURPOSE = b"pravesh receipt 1"
_WORDS = "PRAVESH RECEIPT"
_STAMP = re.compile(
    r"(?P<number>[A-Z0-9]{1,4}/\d\d-\d\d/\d{4,8})\s+"
    r"(?P<day>\d\d)[-./](?P<month>\d\d)[-./](?P<year>\d{4})\s+"
    r"(?:RS\.?|INR|₹)?\s*(?P<rupees>[\d,]{1,20})(?:\.(?P<paise>\d\d))?\s+"
    r"(?:CHECK\s*:?\s*)?(?P<code>[A-Z0-9][A-Z0-9 -]*)"
)
_LONGEST_TYPED = 200


class Verdict(Enum):
    """The result of checking a receipt's code."""

    GENUINE = "genuine"
    """This centre issued a receipt with exactly this number, day and amount."""
    FORGED = "not_genuine"
    """The code carries this centre's key id but does not match the receipt's content."""
    FOREIGN = "other_key"
    """Made with a key this desk does not have: another centre's, or one replaced earlier."""
    TRAINING = "training"
    """Made in training: not a receipt."""
    TEST = "test"
    """This centre issued it for money of test keys: not a receipt."""
    NO_KEY = "no_key"
    """This desk has no key to check with."""


@dataclass(frozen=True, slots=True)
class CentreKey:
    """A receipt key of the centre.

    Attributes:
        secret: sixteen random bytes.
        since: receipts issued from this instant (aware UTC) on use it.
    """

    secret: bytes
    since: datetime

    @property
    def key_id(self) -> str:
        """Four letters that identify the key and reveal nothing of it."""
        return _letters(hashlib.sha256(b"pravesh key id" + self.secret).digest(), KEY_ID_LETTERS)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A receipt's number, day and amount with their check code."""

    number: str
    on: date
    amount: Money
    key_id: str
    code: str

    @property
    def spelled(self) -> str:
        """The code as printed: four groups of four, the key's id first."""
        return grouped(self.key_id + self.code)

    @property
    def text(self) -> str:
        """The content of the receipt's QR code."""
        return (
            f"{_WORDS} {self.number} {self.on:%d-%m-%Y} RS {format_decimal(self.amount)} "
            f"CHECK {self.spelled}"
        )


def stamped(key: CentreKey, number: str, on: date, amount: Money) -> Stamp:
    """Return the stamp of a receipt.

    Args:
        key: the centre's key.
        number: the receipt's number.
        on: the day of issue in India.
        amount: the amount received.
    """
    return Stamp(number, on, amount, key.key_id, _code(key.secret, number, on, amount))


def read_stamp(typed: str) -> Stamp:
    """Parse a stamp that was scanned or typed: any case, spaces, O for 0, I and L for 1.

    Raises:
        InvalidInputError: number, date, amount or code is missing or malformed.
    """
    upper = " ".join(typed[:_LONGEST_TYPED].upper().split())
    found = _STAMP.search(upper)
    if found is None:
        raise InvalidInputError(
            "check",
            "Scan the QR on the receipt, or enter the receipt's number, date, "
            "amount and check code.",
        )
    letters = _plain(found["code"])
    if len(letters) != KEY_ID_LETTERS + CODE_LETTERS or set(letters) - set(ALPHABET):
        raise InvalidInputError("check", "Enter all 16 letters and digits of the check code.")
    try:
        on = date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError as problem:
        raise InvalidInputError(
            "check", "Enter the date as day-month-year, e.g. 20-11-2026."
        ) from problem
    rupees = int(found["rupees"].replace(",", "") or "0")
    amount = Money(rupees * 100 + int(found["paise"] or "0"))
    return Stamp(found["number"], on, amount, letters[:KEY_ID_LETTERS], letters[KEY_ID_LETTERS:])


def judge(stamp: Stamp, keys: Sequence[CentreKey]) -> Verdict:
    """Return the verdict on a stamp, given every key the centre has had."""
    if stamp.key_id == TRAINING_KEY.key_id:
        return Verdict.TRAINING
    if not keys:
        return Verdict.NO_KEY
    named = [key for key in keys if key.key_id == stamp.key_id]
    if not named:
        return Verdict.FOREIGN
    codes = (_code(key.secret, stamp.number, stamp.on, stamp.amount) for key in named)
    fits = any(hmac.compare_digest(code, stamp.code) for code in codes)
    return Verdict.GENUINE if fits else Verdict.FORGED


def key_at(keys: Sequence[CentreKey], issued_at: datetime) -> CentreKey | None:
    """Return the key valid at a receipt's issue, so that a reprint shows the same code."""
    return max(
        (key for key in keys if key.since <= issued_at), key=lambda key: key.since, default=None
    )


def spell_key(key: CentreKey) -> str:
    """Return a key as text for the centre's other desks: seven groups of four with a checksum."""
    letters = _letters(key.secret + b"\0\0\0", 26)
    return grouped(letters + _sum(key.secret))


def read_key(typed: str, since: datetime) -> CentreKey:
    """Parse a key written by `spell_key`, or typed by a person.

    Raises:
        InvalidInputError: it is misspelt or incomplete.
    """
    letters = _plain(typed.upper())
    wrong = InvalidInputError(
        "receipt-key",
        "This receipt key is incomplete or has a wrong character. Copy the whole key again.",
    )
    if len(letters) != 26 + _SUM_LETTERS or set(letters) - set(ALPHABET):
        raise wrong
    number = 0
    for letter in letters[:26]:
        number = number << 5 | ALPHABET.index(letter)
    secret = (number >> 2).to_bytes(SECRET_BYTES + 1, "big")[1:]
    key = CentreKey(secret, since)
    if grouped(letters) != spell_key(key):
        raise wrong
    return key


def grouped(letters: str) -> str:
    """Return letters with a hyphen after every four."""
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def _code(secret: bytes, number: str, on: date, amount: Money) -> str:
    said = b"\n".join((_PURPOSE, number.encode(), on.isoformat().encode(), b"%d" % amount.paise))
    return _letters(hmac.new(secret, said, hashlib.sha256).digest(), CODE_LETTERS)


def _sum(secret: bytes) -> str:
    return _letters(hashlib.sha256(b"pravesh key sum" + secret).digest(), _SUM_LETTERS)


def _letters(digest: bytes, count: int) -> str:
    """Return the first `count` letters of a digest, five bits each."""
    number = int.from_bytes(digest, "big")
    bits = len(digest) * 8
    return "".join(ALPHABET[number >> (bits - 5 * (at + 1)) & 31] for at in range(count))


def _plain(text: str) -> str:
    return "".join(text.split()).replace("-", "").translate(_LOOK_ALIKES)


TRAINING_KEY = CentreKey(
    hashlib.sha256(b"pravesh training").digest()[:SECRET_BYTES],
    datetime.fromisoformat("2000-01-01T00:00:00+00:00"),
)
"""Training's key is public: it marks training receipts as such anywhere."""
