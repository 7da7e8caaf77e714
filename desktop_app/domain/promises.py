"""Promises of a family to pay an amount by a day, and what of its dues they cover.

Money keeps the promise that falls due first. A promise is judged when the desk opens for the day:
kept as soon as its amount came, broken once its day has passed without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO
from desktop_app.domain.promise_state import PromiseState as PromiseState  # noqa: PLC0414 - theirs
from desktop_app.domain.receipt import day_in_india

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from desktop_app.domain.money import Money

MOST_OPEN = 3
"""Open promises of one family."""
MOST_DAYS = 60
"""From today to the day promised."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise of a family.

    Attributes:
        by_on: the last day in India on which the money keeps it.
    """

    uid: str
    amount: Money
    by_on: date
    noted_at: datetime
    state: PromiseState = PromiseState.OPEN


@dataclass(frozen=True, slots=True)
class MoneyIn:
    """Money that came for the dues of a family; negative where it went back."""

    at: datetime
    amount: Money


def check_promise(amount: Money, by_on: date, *, today: date, open_now: int, due: Money) -> None:
    """Check a promise before it is noted.

    Args:
        amount: what the family promises.
        by_on: the last day for it.
        today: the day in India.
        open_now: how many promises of the family are open.
        due: all that the family owes.

    Raises:
        InvalidInputError: `field` is `amount` or `by_on`.
    """
    if amount <= ZERO:
        raise InvalidInputError("amount", "Enter an amount above ₹0.")
    if amount > due:
        raise InvalidInputError(
            "amount", "This family has {due} due. Enter that amount or less.", due=due
        )
    if by_on < today:
        raise InvalidInputError("by_on", "This date has passed. Enter today or a later date.")
    last = today + timedelta(days=MOST_DAYS)
    if by_on > last:
        raise InvalidInputError(
            "by_on", "Enter a date within the next {days} days.", days=MOST_DAYS
        )
    if open_now >= MOST_OPEN:
        raise InvalidInputError(
            "amount",
            "This family already has {count} promises to pay. Cancel a promise first.",
            count=open_now,
        )


def judged(
    promises: Iterable[Promise], money: Sequence[MoneyIn], today: date
) -> Mapping[str, PromiseState]:
    """Return the state of each open promise of a family on a day, by uid.

    Money keeps one promise only: of those noted before it came, the one that falls due first.
    Promises that were kept before keep their money.

    Args:
        promises: those of the family.
        money: what came for its dues, oldest first.
        today: the day in India.
    """
    left = _net(money)
    found: dict[str, PromiseState] = {}
    for promise in sorted(promises, key=lambda each: (each.by_on, each.noted_at, each.uid)):
        if promise.state not in {PromiseState.OPEN, PromiseState.KEPT}:
            continue
        taken = _taken(promise, left)
        is_kept = sum(taken.values()) >= promise.amount.paise
        is_over = promise.by_on < today
        if is_kept or not is_over or promise.state is PromiseState.KEPT:
            for at, paise in taken.items():
                left[at] = left[at][0], left[at][1] - paise
        if promise.state is PromiseState.OPEN:
            late = PromiseState.BROKEN if is_over else PromiseState.OPEN
            found[promise.uid] = PromiseState.KEPT if is_kept else late
    return found


def _net(money: Sequence[MoneyIn]) -> list[tuple[datetime, int]]:
    """Return what stayed, with what went back taken off the money that came before it."""
    left: list[tuple[datetime, int]] = []
    for each in money:
        paise = each.amount.paise
        for at in range(len(left) - 1, -1, -1):
            if paise >= 0:
                break
            cut = min(left[at][1], -paise)
            left[at] = left[at][0], left[at][1] - cut
            paise += cut
        left.append((each.at, max(0, paise)))
    return left


def _taken(promise: Promise, left: Sequence[tuple[datetime, int]]) -> dict[int, int]:
    """Return how much of which money a promise takes, by its place."""
    wanted, taken = promise.amount.paise, {}
    for place, (at, paise) in enumerate(left):
        if promise.noted_at <= at and day_in_india(at) <= promise.by_on and paise and wanted:
            taken[place] = min(paise, wanted)
            wanted -= taken[place]
    return taken


def covered_dues(promised: Money, balances: Mapping[str, Money]) -> frozenset[str]:
    """Return the dues that open promises cover whole, by uid.

    Args:
        promised: the sum of the family's open promises.
        balances: what is open of each due, by uid; the first is covered first.
    """
    covered, left = set(), promised
    for uid, balance in balances.items():
        if balance > left:
            break
        covered.add(uid)
        left -= balance
    return frozenset(covered)
