"""Bills: what a family pays at once, its states, and how money fills its lines.

A draft costs nothing. Once a bill is offered its lines stay; each tender fills them from the top,
and what it pays is fixed when the tender is offered.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.allocation import LEAST_DUE, allocate, check_part
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.payment import LIVE_STATES, AttemptState

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_LINES = 40
"""As many lines as a bill has, and dues as a payment covers: their ids fit into its notes."""


LONGEST_HOLD = timedelta(minutes=240)
"""The most that a centre can set; a bill that is held for longer was offered by a later clock."""


class BillState(StrEnum):
    """The state of a bill."""

    DRAFT = "draft"
    """Put together at the counter: nobody is enrolled, no seat is held, it has no number."""
    OFFERED = "offered"
    """Its students are enrolled; nothing is paid."""
    PART_PAID = "part_paid"
    """A tender is paid; the seats of the other lines are held for a while."""
    PAID = "paid"
    """Nothing more is due of it, and something of it is paid."""
    ABANDONED = "abandoned"
    """Ended with lines that are not paid, or with nothing paid; what was paid stays."""


BILL_TABLE: Mapping[BillState, frozenset[BillState]] = {
    BillState.DRAFT: frozenset({BillState.OFFERED, BillState.ABANDONED}),
    BillState.OFFERED: frozenset({BillState.PART_PAID, BillState.PAID, BillState.ABANDONED}),
    BillState.PART_PAID: frozenset({BillState.PAID, BillState.ABANDONED}),
    BillState.PAID: frozenset(),
    BillState.ABANDONED: frozenset(),
}
OPEN_BILLS = frozenset({BillState.OFFERED, BillState.PART_PAID})
"""States in which a bill takes money."""


class TenderState(StrEnum):
    """The state of a tender of a bill, which follows from its attempt."""

    PLANNED = "planned"
    """Not begun."""
    LIVE = "live"
    """Its attempt is open."""
    PAID = "paid"
    """Its money is here."""
    ENDED = "ended"
    """Its attempt has ended without money; late money may still pay it."""


def tender_state(attempt: AttemptState | None) -> TenderState:
    """Return the state of a tender by that of its attempt; None where it has none yet."""
    if attempt is None:
        return TenderState.PLANNED
    if attempt is AttemptState.PAID:
        return TenderState.PAID
    return TenderState.LIVE if attempt in LIVE_STATES else TenderState.ENDED


def check_line_part(balance: Money, part: Money, least: Money) -> None:
    """Check a part that a line asks for instead of the whole balance of its due.

    Args:
        balance: what is open of the due.
        part: what the line asks for.
        least: the least part that the centre takes; of a smaller balance, all of it.

    Raises:
        InvalidInputError: it is more than the balance, too small, or would leave less than ₹1.
    """
    check_part(balance, part)
    if part < min(least, balance):
        raise InvalidInputError("amount", "Enter at least {least}.", least=least)


def check_line_count(count: int) -> None:
    """Check how many lines a bill has. Raises InvalidInputError for none, or for too many."""
    if not count:
        raise InvalidInputError("bill", "The bill is empty. Add a fee or a course.")
    if count > MOST_LINES:
        raise InvalidInputError("bill", "A bill can have at most {most} fees.", most=MOST_LINES)


def fill_lines(amount: Money, rests: Mapping[str, Money]) -> Mapping[str, Money]:
    """Return what a tender pays of each line, from the top.

    Args:
        amount: the tender.
        rests: what is not paid yet of each line, by the uid of its due, in the bill's order.

    Raises:
        InvalidInputError: it is nothing, more than the rest of the bill, or so close to it that
            less than ₹1 would stay.
    """
    rest = total(rests.values())
    if amount <= ZERO:
        raise InvalidInputError("amount", "Enter an amount above ₹0.")
    if amount > rest:
        raise InvalidInputError(
            "amount", "This bill has {rest} left to pay. Enter that amount or less.", rest=rest
        )
    filled = allocate(amount, rests)
    if filled.rest:
        raise InvalidInputError(
            "amount",
            "This amount would leave less than ₹1 due. Enter {rest}, or at most {most}.",
            rest=rest,
            most=amount - filled.rest,
        )
    return filled.parts


def tenders_within(amount: Money, limit: Money) -> tuple[Money, ...]:
    """Return the amounts of payments, one after another, none of them above a limit.

    The last is never under one rupee, which the gateway does not take.
    """
    amounts: list[Money] = []
    rest = amount
    while rest > limit:
        part = limit if rest - limit >= LEAST_DUE else rest - LEAST_DUE
        amounts.append(part)
        rest -= part
    return (*amounts, rest)
