"""The ledger: every movement of money as a pair of entries that sum to nought."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.domain.money import Money


class Account(StrEnum):
    """Where money is, or whose it is."""

    CASH = "cash"
    """The drawer."""
    GATEWAY = "gateway"
    """Collected by Razorpay, not yet in the bank."""
    FEES = "fees"
    """Fees received, tax included."""
    TO_RETURN = "to_return"
    """Received, but owed back to the payer."""
    DISPUTED = "disputed"
    """Taken back by the payer's bank through a dispute that was lost."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One side of a movement; positive is debit, negative credit, in paise."""

    account: Account
    amount: Money


def receiving(amount: Money, into: Account, *, owed_back: bool) -> tuple[Entry, Entry]:
    """Book money that came in, as fees or as money owed back."""
    credited = Account.TO_RETURN if owed_back else Account.FEES
    return Entry(into, amount), Entry(credited, -amount)


def returning(amount: Money, out_of: Account, *, was_fees: bool) -> tuple[Entry, Entry]:
    """Book money that went back to the payer."""
    debited = Account.FEES if was_fees else Account.TO_RETURN
    return Entry(debited, amount), Entry(out_of, -amount)


def disputed(amount: Money) -> tuple[Entry, Entry]:
    """Book money that the gateway took for a dispute; negative where it gave some back."""
    return Entry(Account.DISPUTED, amount), Entry(Account.GATEWAY, -amount)
