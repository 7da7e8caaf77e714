"""Double-entry ledger: each movement of money is two entries that sum to zero."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.compiled import quickly_made
from desktop_app.domain.money import INR, ZERO

if TYPE_CHECKING:
    from desktop_app.domain.money import Money


class Account(StrEnum):
    """A ledger account."""

    CASH = "cash"
    """The cash drawer."""
    GATEWAY = "gateway"
    """Collected by Razorpay, not yet in the bank."""
    BANK = "bank"
    """Seen in the centre's bank account."""
    CHEQUES = "cheques"
    """Cheques in hand or in clearing that were booked when they were handed in."""
    CARD_MACHINE = "card_machine"
    """Collected by the card machine, not yet in the bank."""
    CLAIMED = "claimed"
    """A reference was typed for it; not yet seen in the bank."""
    CREDIT = "credit"
    """Money of students that pays no due yet."""
    ADJUSTMENTS = "adjustments"
    """Imported from the centre's earlier books."""
    FEES = "fees"
    """Fees received, tax included."""
    TO_RETURN = "to_return"
    """Received, but owed to the payer."""
    DISPUTED = "disputed"
    """Withdrawn by the payer's bank through a lost dispute."""
    FOREIGN_GATEWAY = "foreign_gateway"
    """Collected by Razorpay in another currency, in its smallest unit."""
    FOREIGN_TO_RETURN = "foreign_to_return"
    """Received in another currency and owed to the payer."""
    FOREIGN_DISPUTED = "foreign_disputed"
    """Withdrawn in another currency through a lost dispute."""


class MovementKind(StrEnum):
    """Why the entries of a movement were made."""

    PAYMENT = "payment"
    """Money came."""
    REFUND = "refund"
    """Money goes back."""
    REFUND_FAILED = "refund_failed"
    """The gateway could not deliver a refund: the money is here again."""
    DECISION = "decision"
    """Held money was applied to a due."""
    DISPUTE = "dispute"
    """A lost dispute took money, or a won one gave it back."""
    CREDIT = "credit"
    """Credit paid a due, came from it, or was moved to a brother or sister."""
    REVERSAL = "reversal"
    """A payment never came after all: it is taken out of the books."""
    BANKED = "banked"
    """The bank has credited money that was in the books already."""


@quickly_made
@dataclass(frozen=True, slots=True)
class Entry:
    """One side of a movement: positive is debit, negative credit."""

    account: Account
    amount: Money


def receiving(
    amount: Money, into: Account, *, owed_back: bool, on_credit: Money = ZERO
) -> tuple[Entry, ...]:
    """Return the entries for money received, as fees or as money owed to the payer.

    Args:
        amount: all that came.
        into: the account it came to.
        owed_back: whether it pays nothing and is owed to the payer.
        on_credit: what of it pays no due and stays the student's.
    """
    credited = Account.TO_RETURN if owed_back else Account.FEES
    entries = [Entry(into, amount)]
    if amount != on_credit:
        entries.append(Entry(credited, on_credit - amount))
    if on_credit:
        entries.append(Entry(Account.CREDIT, -on_credit))
    return tuple(entries)


def returning(
    amount: Money, out_of: Account, *, from_fees: Money, from_credit: Money = ZERO
) -> tuple[Entry, ...]:
    """Return the entries for money returned to the payer.

    Args:
        amount: all that is returned.
        out_of: the account it leaves.
        from_fees: how much of it had paid dues.
        from_credit: how much of it was credit; the rest was owed to the payer.
    """
    owed = amount - from_fees - from_credit
    parts = ((Account.FEES, from_fees), (Account.CREDIT, from_credit), (Account.TO_RETURN, owed))
    debits = tuple(Entry(account, part) for account, part in parts if part)
    return *debits, Entry(out_of, -amount)


_FOREIGN = {
    Account.GATEWAY: Account.FOREIGN_GATEWAY,
    Account.TO_RETURN: Account.FOREIGN_TO_RETURN,
    Account.DISPUTED: Account.FOREIGN_DISPUTED,
}
"""Accounts of money that is in no total of rupees; it pays no fee."""


def in_currency(entries: tuple[Entry, ...], currency: str) -> tuple[Entry, ...]:
    """Return the entries of money in a currency: one that is not rupees has its own accounts."""
    if currency == INR:
        return entries
    return tuple(Entry(_FOREIGN[each.account], each.amount) for each in entries)


def using_credit(amount: Money) -> tuple[Entry, Entry]:
    """Return the entries for credit of a student that pays a due; no money comes."""
    return Entry(Account.CREDIT, amount), Entry(Account.FEES, -amount)


def banked(amount: Money, out_of: Account) -> tuple[Entry, ...]:
    """Return the entries for money that the bank has credited; none where it is there already."""
    if out_of is Account.BANK:
        return ()
    return Entry(Account.BANK, amount), Entry(out_of, -amount)


def reversed_(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Return the entries that take a movement back."""
    return tuple(Entry(each.account, -each.amount) for each in entries)


def disputed(amount: Money) -> tuple[Entry, Entry]:
    """Return the entries for money the gateway withheld for a dispute; negative if it paid back."""
    return Entry(Account.DISPUTED, amount), Entry(Account.GATEWAY, -amount)
