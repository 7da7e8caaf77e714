"""Double-entry ledger: each movement of money is two entries that sum to zero."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.domain.money import Money


class Account(StrEnum):
    """A ledger account."""

    CASH = "cash"
    """The cash drawer."""
    GATEWAY = "gateway"
    """Collected by Razorpay, not yet in the bank."""
    FEES = "fees"
    """Fees received, tax included."""
    TO_RETURN = "to_return"
    """Received, but owed to the payer."""
    DISPUTED = "disputed"
    """Withdrawn by the payer's bank through a lost dispute."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One side of a movement: positive is debit, negative credit."""

    account: Account
    amount: Money


def receiving(amount: Money, into: Account, *, owed_back: bool) -> tuple[Entry, Entry]:
    """Return the entries for money received, as fees or as money owed to the payer."""
    credited = Account.TO_RETURN if owed_back else Account.FEES
    return Entry(into, amount), Entry(credited, -amount)


def returning(amount: Money, out_of: Account, *, was_fees: bool) -> tuple[Entry, Entry]:
    """Return the entries for money returned to the payer."""
    debited = Account.FEES if was_fees else Account.TO_RETURN
    return Entry(debited, amount), Entry(out_of, -amount)


def disputed(amount: Money) -> tuple[Entry, Entry]:
    """Return the entries for money the gateway withheld for a dispute; negative if it paid back."""
    return Entry(Account.DISPUTED, amount), Entry(Account.GATEWAY, -amount)
