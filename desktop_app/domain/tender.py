"""Vocabulary of paying: methods, tenders, channels, and who vouches for money.

A *tender* says who vouches for the money, a *channel* how the gateway is asked for it. A *method*
is the word of the counter and of the command line: it names a channel or a tender of the counter.
The rules of a tender are a class in `domain/tenders/`, the traits of a channel a row in
`domain/channels.py`.
"""

from __future__ import annotations

from enum import Enum, StrEnum


class Method(StrEnum):
    """How a fee is collected; `auto` is resolved to a channel before sending."""

    AUTO = "auto"
    UPI_INTENT = "upi_intent"
    QR_CODE = "qr_code"
    PAYMENT_LINK = "payment_link"
    CASH = "cash"


class Tender(StrEnum):
    """The kind of money, by who vouches for it."""

    GATEWAY = "gateway"
    """Razorpay's authenticated answer."""
    CASH = "cash"
    """The drawer, counted."""


class Channel(StrEnum):
    """How the gateway is asked for something payable."""

    UPI_INTENT = "upi_intent"
    QR_CODE = "qr_code"
    PAYMENT_LINK = "payment_link"


class Verification(StrEnum):
    """How sure the money of a payment is."""

    VERIFIED = "verified"
    """An authenticated fetch from the gateway shows it."""
    COUNTED = "counted"
    """Counted into the drawer."""
    CLAIMED = "claimed"
    """A person's word; becomes matched or reversed."""
    MATCHED = "matched"
    """A claimed payment, found on the bank's side."""
    REVERSED = "reversed"
    """A claimed payment that never came."""
    IN_CLEARING = "in_clearing"
    """A cheque booked on receipt; becomes realised or bounced."""
    REALISED = "realised"
    """A cheque that the bank has credited."""
    BOUNCED = "bounced"
    """A cheque that the bank has returned."""
    INTERNAL = "internal"
    """Moved within the books: credit, opening balances."""


class Beginning(Enum):
    """The course of a fee that is begun by a tender."""

    POSTED = "posted"
    """It is paid, and posted by the transaction that begins it."""
    ASKED = "asked"
    """The gateway is asked for something payable; a verified fetch posts it."""


class ReturnPath(Enum):
    """How money of a tender goes back to its payer."""

    DRAWER = "drawer"
    """Out of the drawer, by the transaction that decides it."""
    GATEWAY = "gateway"
    """By a refund that the outbox sends to the gateway."""
