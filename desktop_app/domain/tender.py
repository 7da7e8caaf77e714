"""Vocabulary of paying: methods, tenders, channels, and who vouches for money.

A *tender* says who vouches for the money, a *channel* how the gateway is asked for it. A *method*
is the word of the counter and of the command line: it names a channel or a tender of the counter.
The rules of a tender are a class in `domain/tenders/`, the traits of a channel a row in
`domain/channels.py`.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Method(StrEnum):
    """How a fee is collected; `auto` is resolved to a channel before sending."""

    AUTO = "auto"
    UPI_INTENT = "upi_intent"
    QR_CODE = "qr_code"
    PAYMENT_LINK = "payment_link"
    CHECKOUT = "checkout"
    CASH = "cash"
    CHEQUE = "cheque"
    DRAFT = "draft"
    CARD_MACHINE = "card_machine"
    NEFT = "neft"
    RTGS = "rtgs"
    IMPS = "imps"
    UPI_STATIC = "upi_static"
    CREDIT = "credit"
    OPENING = "opening"


class Tender(StrEnum):
    """The kind of money, by who vouches for it."""

    GATEWAY = "gateway"
    """Razorpay's authenticated answer."""
    CASH = "cash"
    """The drawer, counted."""
    CHEQUE = "cheque"
    """The bank, once it has credited it."""
    DRAFT = "draft"
    """The bank, once it has credited it."""
    CARD_MACHINE = "card_machine"
    """The slip of the centre's card machine, until the bank shows the money."""
    NEFT = "neft"
    """The reference that the payer shows, until the bank shows the money."""
    RTGS = "rtgs"
    """The reference that the payer shows, until the bank shows the money."""
    IMPS = "imps"
    """The reference that the payer shows, until the bank shows the money."""
    UPI_STATIC = "upi_static"
    """The centre's own QR on the wall: the payer's phone, until the bank shows the money."""
    CREDIT = "credit"
    """Money of the student that pays no due yet."""
    OPENING = "opening"
    """The centre's earlier books, for what was paid before this desk began."""


class Channel(StrEnum):
    """How the gateway is asked for something payable."""

    UPI_INTENT = "upi_intent"
    QR_CODE = "qr_code"
    PAYMENT_LINK = "payment_link"
    CHECKOUT = "checkout"


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


VERIFICATION_TABLE: Mapping[Verification, frozenset[Verification]] = {
    Verification.VERIFIED: frozenset(),
    Verification.COUNTED: frozenset(),
    Verification.CLAIMED: frozenset({Verification.MATCHED, Verification.REVERSED}),
    Verification.MATCHED: frozenset(),
    Verification.REVERSED: frozenset(),
    Verification.IN_CLEARING: frozenset({Verification.REALISED, Verification.BOUNCED}),
    Verification.REALISED: frozenset({Verification.BOUNCED}),
    Verification.BOUNCED: frozenset(),
    Verification.INTERNAL: frozenset(),
}


class Beginning(Enum):
    """The course of a fee that is begun by a tender."""

    POSTED = "posted"
    """It is paid, and posted by the transaction that begins it."""
    ASKED = "asked"
    """The gateway is asked for something payable; a verified fetch posts it."""
    HANDED_IN = "handed_in"
    """A cheque is handed in: it covers the dues until the bank has credited or returned it."""
    SETTLED = "settled"
    """Credit of the student pays it: no money comes, so there is no payment and no receipt."""


class ReturnPath(Enum):
    """How money of a tender goes back to its payer."""

    DRAWER = "drawer"
    """Out of the drawer, by the transaction that decides it."""
    GATEWAY = "gateway"
    """By a refund that the outbox sends to the gateway."""
    BANK = "bank"
    """Out of the centre's bank account, by a transfer or a cheque that a person makes."""
    BOOKS = "books"
    """Not as money: it never came as money to this desk."""


class Evidence(Enum):
    """The evidence of a counter tender, which a person types."""

    NONE = "none"
    TENDERED = "tendered"
    """The cash on the counter."""
    INSTRUMENT = "instrument"
    """The writing on a cheque or a draft."""
    CARD_SLIP = "card_slip"
    """RRN, terminal, authorisation code and last four digits of the card."""
    TRANSFER = "transfer"
    """Reference, day, and last four digits of the account."""
    WALL_QR = "wall_qr"
    """RRN, and the payer's UPI ID or name."""
    NOTE = "note"
    """Its place in the centre's earlier books."""


class ReferenceShape(Enum):
    """The shape of a typed reference."""

    RRN = "rrn"
    """Retrieval reference number of UPI or IMPS."""
    CARD_RRN = "card"
    """Retrieval reference number on the slip of a card machine."""
    NEFT = "neft"
    """Unique transaction reference of NEFT."""
    RTGS = "rtgs"
    """Unique transaction reference of RTGS."""


class InstrumentKind(StrEnum):
    """The paper that is handed in."""

    CHEQUE = "cheque"
    DRAFT = "demand_draft"


AWAITING_BANK = frozenset({Verification.CLAIMED, Verification.IN_CLEARING})
"""Money that the bank has not shown yet."""
NEVER_CAME = frozenset({Verification.REVERSED, Verification.BOUNCED})
"""Money that was taken back out of the books, because it did not come."""
