"""Index of orders by a part of their receipt.

Receipts are joined in blocks and a block is searched at the speed of `in`; only blocks with the
wanted text are searched one by one. Can return false positives, never misses: the caller checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = 512


class ReceiptIndex:
    """The receipts of all orders, in order of creation."""

    def __init__(self) -> None:
        self._all: list[str] = []
        self._blocks: list[str] = []

    def add(self, receipt: str | None) -> None:
        """Append an order's receipt."""
        self._all.append(receipt or "")
        if len(self._all) % BLOCK == 0:
            self._blocks.append("\n".join(self._all[-BLOCK:]))

    def drop_last(self) -> None:
        """Remove the latest order, whose creation was rolled back."""
        if len(self._all) % BLOCK == 0:
            self._blocks.pop()
        self._all.pop()

    def positions(self, wanted: str, low: int, high: int) -> Iterator[int]:
        """Yield the positions in [low, high) that may contain the text, latest first."""
        for block in range((high - 1) // BLOCK, low // BLOCK - 1, -1):
            if block < len(self._blocks) and wanted not in self._blocks[block]:
                continue
            first, end = max(low, block * BLOCK), min(high, (block + 1) * BLOCK)
            yield from range(end - 1, first - 1, -1)
