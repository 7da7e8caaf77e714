"""The part of a student's credit whose money is gone, or was never real.

Credit has no marks on it. Of what is used or moved, sound money goes first, so that what is left
pays nothing that no money is there for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.money import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class CreditMove(NamedTuple):
    """A row of credit: positive where it came, negative where it went.

    Attributes:
        payment_uid: the payment that brought it, or went back with it.
        is_moved: whether it was moved to a brother or sister: two rows, the giver's first.
        is_opening: whether it was brought in as an opening balance.
    """

    student_uid: str
    movement_uid: str
    amount: Money
    payment_uid: str | None
    is_moved: bool
    is_opening: bool


def gone_credit(moves: Iterable[CreditMove], gone: Mapping[str, Money]) -> dict[str, Money]:
    """Return how much of the credit that students have now is gone, by student.

    Args:
        moves: all rows of the students, and of those who moved credit to them, the oldest first.
        gone: how much of the money of payments is gone, by payment.
    """
    rows = tuple(moves)
    walk = _Walk(_brought(rows, gone))
    for row in rows:
        walk.balances[row.student_uid] = walk.balances.get(row.student_uid, ZERO) + row.amount
        more = -walk.went(row) if row.amount < ZERO else walk.came(row)
        walk.left[row.student_uid] = walk.left.get(row.student_uid, ZERO) + more
    return walk.left


@dataclass
class _Walk:
    """The state after some rows.

    Attributes:
        brought: gone money that is still to come, by payment and student.
        left: what of the credit of each student is gone.
        used: how much of it has paid fees.
        moved: how much of it is in each movement, until its taker's row.
    """

    brought: dict[tuple[str | None, str], Money]
    left: dict[str, Money] = field(default_factory=dict)
    balances: dict[str, Money] = field(default_factory=dict)
    used: dict[str, Money] = field(default_factory=dict)
    moved: dict[str, Money] = field(default_factory=dict)

    def went(self, row: CreditMove) -> Money:
        """Return how much of what went is gone money: what sound money does not cover."""
        student = row.student_uid
        part = max(ZERO, self.left.get(student, ZERO) - self.balances[student])
        if row.is_moved:
            self.moved[row.movement_uid] = part
        elif row.payment_uid is None:
            self.used[student] = self.used.get(student, ZERO) + part
        return part

    def came(self, row: CreditMove) -> Money:
        """Return how much of what came is gone money."""
        key = (row.payment_uid, row.student_uid)
        if row.payment_uid is not None:
            part = min(row.amount, self.brought.get(key, ZERO))
            self.brought[key] = self.brought.get(key, ZERO) - part
            return part
        if row.is_moved:
            return self.moved.pop(row.movement_uid, ZERO)
        if row.is_opening:
            return ZERO
        part = min(row.amount, self.used.get(row.student_uid, ZERO))  # of a fee that is open again
        self.used[row.student_uid] = self.used.get(row.student_uid, ZERO) - part
        return part


def _brought(
    rows: Iterable[CreditMove], gone: Mapping[str, Money]
) -> dict[tuple[str | None, str], Money]:
    """Return what of the gone money came as credit and did not go back, by payment and student."""
    net: dict[tuple[str | None, str], Money] = {}
    for row in rows:
        if row.payment_uid in gone:
            key = (row.payment_uid, row.student_uid)
            net[key] = net.get(key, ZERO) + row.amount
    brought: dict[tuple[str | None, str], Money] = {}
    for payment, amount in gone.items():
        left = amount
        for (uid, student), had in net.items():
            if uid == payment:
                brought[uid, student] = max(ZERO, min(had, left))
                left -= brought[uid, student]
    return brought
