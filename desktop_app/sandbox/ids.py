"""Ids in Razorpay's form (a prefix and 14 letters or digits), and reference numbers of banks.

Every id is derived from a seed and a counter: a restart continues the series, and the same seed
returns the same ids for the same calls. Must not be used for secrets once a seed was set.
"""

from __future__ import annotations

import hashlib
import re
import secrets

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
TAIL = re.compile(r"[0-9A-Za-z]{14}")


class SandboxIdSource:
    """A repeatable stream of ids."""

    def __init__(self, seed: str | None = None) -> None:
        self.seeded = seed is not None
        self.seed = seed if seed is not None else secrets.token_hex(16)
        self.count = 0

    def _number(self, purpose: str) -> int:
        self.count += 1
        digest = hashlib.sha256(f"{self.seed}/{self.count}/{purpose}".encode()).digest()
        return int.from_bytes(digest, "big")

    def new(self, prefix: str) -> str:
        """Return a new id such as `order_` + 14 letters or digits."""
        number, tail = self._number(prefix), ""
        for _ in range(14):
            number, digit = divmod(number, 62)
            tail += ALPHABET[digit]
        return f"{prefix}_{tail}"

    def rrn(self) -> str:
        """Return a new UPI reference number (RRN) of 12 digits."""
        return f"{self._number('rrn') % 10**12:012d}"

    def upi_transaction(self) -> str:
        """Return a new UPI transaction id: 32 upper-case hexadecimal digits."""
        return f"{self._number('upi') % 16**32:032X}"

    def code(self) -> str:
        """Return a new code for an address; without a seed nobody can guess it."""
        return f"{self._number('code'):064x}"[:20]

    def resumed(self, count: int) -> int:
        """Return where to go on after a return to `count`; without a seed, no id is repeated."""
        return count if self.seeded else max(count, self.count)


def characters(count: int, seed: str | None, purpose: str) -> str:
    """Return letters and digits for a key, the same ones for the same seed and purpose."""
    if seed is None:
        return "".join(secrets.choice(ALPHABET) for _ in range(count))
    number, found = int.from_bytes(hashlib.sha512(f"{seed}/{purpose}".encode()).digest(), "big"), ""
    for _ in range(count):
        number, digit = divmod(number, len(ALPHABET))
        found += ALPHABET[digit]
    return found


def is_id(text: object, prefix: str) -> bool:
    """Return whether a text has the form of an id with this prefix."""
    if not isinstance(text, str) or not text.startswith(f"{prefix}_"):
        return False
    return TAIL.fullmatch(text[len(prefix) + 1 :]) is not None
