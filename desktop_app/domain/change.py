"""Change for cash: the fewest pieces that the drawer has, and the next rupee above an amount.

A drawer holds so many of each piece and no more, so the largest piece first is often wrong: of
one ₹500, three ₹200 and one ₹50, ₹600 is three of ₹200.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import PAISE_PER_RUPEE, ZERO, Money, format_plain, parse_rupees

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_CHANGE = Money(2_000_00)
"""No note is so large that more comes back; above it a smaller note is asked for."""


PIECES = tuple(
    Money(paise) for paise in (500_00, 200_00, 100_00, 50_00, 20_00, 10_00, 5_00, 2_00, 1_00, 50)
)
"""Notes and coins that are in use; ₹2,000 is legal tender and withdrawn from circulation."""
_COUNTED = re.compile(r"(\d{1,4}) ?[x\u00d7*] ?(\d{1,4}(?:\.\d{1,2})?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tendered:
    """Cash on the counter for an amount.

    Attributes:
        tendered: what was handed over.
        amount: what of it stays.
    """

    tendered: Money
    amount: Money

    @property
    def change(self) -> Money:
        """The change that is due."""
        return self.tendered - self.amount


def take(amount: Money, tendered: Money | None) -> Tendered:
    """Return cash tendered for an amount; exactly the amount where nothing else was typed.

    Raises:
        InvalidInputError: it is less than the amount, or so much more that a wrong key is likely.
    """
    if tendered is None:
        return Tendered(amount, amount)
    if tendered < amount:
        raise InvalidInputError(
            "tendered", "The cash is {short} short. Ask for {amount}.",
            short=amount - tendered, amount=amount,
        )  # fmt: skip
    if tendered - amount > MOST_CHANGE:
        raise InvalidInputError(
            "tendered", "The change would be {change}. Ask for smaller notes.",
            change=tendered - amount,
        )  # fmt: skip
    return Tendered(tendered, amount)


def is_counted(text: str) -> bool:
    """Return whether notes and coins were typed one by one, not a sum."""
    return _COUNTED.search(text) is not None


def count_pieces(text: str) -> Mapping[Money, int]:
    """Return how many of each note and coin were typed: `2x500 1x200` is ₹1,200.

    Raises:
        InvalidInputError: it is written otherwise, or there is no such note or coin.
    """
    counted: dict[Money, int] = {}
    for count, rupees in _COUNTED.findall(text):
        piece = parse_rupees(rupees)
        if piece not in PIECES:
            raise InvalidInputError("tendered", "There's no {piece} note or coin.", piece=piece)
        counted[piece] = counted.get(piece, 0) + int(count)
    if not counted or re.sub(r"[\s,+]", "", _COUNTED.sub("", text)):
        raise InvalidInputError("tendered", "Enter the notes and coins, e.g. 2x500 1x200.")
    return dict(sorted(counted.items(), reverse=True))


def worth(counted: Mapping[Money, int]) -> Money:
    """Return the sum of counted notes and coins."""
    return Money(sum(piece.paise * count for piece, count in counted.items()))


def pieces_text(counted: Mapping[Money, int]) -> str:
    """Return counted notes and coins as they are typed, the largest first."""
    return " ".join(
        f"{count}x{format_plain(piece).removesuffix('.00')}" for piece, count in counted.items()
    )


def make_change(amount: Money, drawer: Mapping[int, int]) -> Mapping[int, int] | None:
    """Return the fewest pieces of a drawer that make up an amount; None where none do.

    Args:
        amount: zero to `MOST_CHANGE`.
        drawer: how many it has of each piece, by its paise.

    Raises:
        ValueError: the amount is negative or above `MOST_CHANGE`.
    """
    if not ZERO <= amount <= MOST_CHANGE:
        raise ValueError("change is between nothing and the largest note")
    held = {piece: count for piece, count in drawer.items() if count > 0 < piece <= amount.paise}
    unit = gcd(*held) if held else 1
    if amount.paise % unit:
        return None
    goal, lots = amount.paise // unit, [*_lots(held, unit)]
    fewest: list[int | None] = [0, *[None] * goal]
    used: list[bytearray] = []
    for weight, count, _ in lots:
        taken = bytearray(goal + 1)
        for at in range(goal, weight - 1, -1):
            before, now = fewest[at - weight], fewest[at]
            if before is not None and (now is None or before + count < now):
                fewest[at], taken[at] = before + count, 1
        used.append(taken)
    return None if fewest[goal] is None else _pieces(goal, lots, used)


def _lots(held: Mapping[int, int], unit: int) -> Iterator[tuple[int, int, int]]:
    """Yield each piece in lots of 1, 2, 4, … and the rest: any number is a sum of some of them.

    Weight in units, count and piece, the largest piece first.
    """
    for piece, count in sorted(held.items(), reverse=True):
        size, left = 1, count
        while left:
            lot = min(size, left)
            yield lot * piece // unit, lot, piece
            left, size = left - lot, size * 2


def _pieces(
    goal: int, lots: list[tuple[int, int, int]], used: list[bytearray]
) -> Mapping[int, int]:
    found: dict[int, int] = {}
    at = goal
    for (weight, count, piece), taken in zip(reversed(lots), reversed(used), strict=True):
        if taken[at]:
            found[piece] = found.get(piece, 0) + count
            at -= weight
    return dict(sorted(found.items(), reverse=True))


def next_rupee(amount: Money) -> Tendered:
    """Return the next whole rupee above an amount with paise, of which the rest becomes credit.

    Nothing is ever rounded: the exact amount can be taken as well.
    """
    rest = -amount.paise % PAISE_PER_RUPEE
    return Tendered(amount + Money(rest), amount)
