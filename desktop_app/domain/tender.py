"""Tenders: who vouches for money. How the gateway is asked for it is a channel."""

from __future__ import annotations

from enum import StrEnum


class Verification(StrEnum):
    """Whose word it is that money came; nothing typed is ever called verified."""

    VERIFIED = "verified"
    """The gateway's, by an authenticated fetch."""
    COUNTED = "counted"
    """The drawer's."""
    CLAIMED = "claimed"
    """A person's; not seen in the bank yet."""
    MATCHED = "matched"
    """The bank's: a claim that was found there."""
    REVERSED = "reversed"
    """A claim that was taken back."""
    INTERNAL = "internal"
    """Our own books': credit, opening balances."""
    IN_CLEARING = "in_clearing"
    REALISED = "realised"
    BOUNCED = "bounced"
