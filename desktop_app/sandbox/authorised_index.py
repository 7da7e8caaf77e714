"""Index of the orders that have, or lack, an authorised payment.

Flags are kept in blocks with a count each, so blocks without a match are skipped. A flag is never
cleared: a payment that is refunded later was still authorised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = 512


class AuthorisedOrderIndex:
    """One flag per order, in order of creation."""

    def __init__(self) -> None:
        self._flags = bytearray()
        self._counts: list[int] = []
        self._places: dict[str, int] = {}

    def add(self, key: str) -> None:
        """Append an order without payments."""
        if len(self._flags) % BLOCK == 0:
            self._counts.append(0)
        self._places[key] = len(self._flags)
        self._flags.append(0)

    def drop_last(self, key: str) -> None:
        """Remove the latest order, whose creation was rolled back."""
        del self._places[key]
        self._flags.pop()
        if len(self._flags) % BLOCK == 0:
            self._counts.pop()

    def mark(self, key: str) -> None:
        """Record that a payment of an order was authorised."""
        place = self._places.get(key)
        if place is not None and not self._flags[place]:
            self._flags[place] = 1
            self._counts[place // BLOCK] += 1

    def positions(self, low: int, high: int, *, wanted: bool) -> Iterator[int]:
        """Yield the positions in [low, high) whose flag is `wanted`, latest first."""
        for block in range((high - 1) // BLOCK, low // BLOCK - 1, -1):
            first, end = block * BLOCK, min((block + 1) * BLOCK, len(self._flags))
            marked = self._counts[block]
            if marked == (0 if wanted else end - first):
                continue
            for place in range(min(end, high) - 1, max(first, low) - 1, -1):
                if self._flags[place] == wanted:
                    yield place
