"""Kinds and states of outbox commands."""

from __future__ import annotations

from enum import StrEnum


class ErrandKind(StrEnum):
    """What is to be said to the gateway."""

    CLOSE_QR = "close_qr"
    CANCEL_LINK = "cancel_link"
    REFUND = "refund"


class ErrandState(StrEnum):
    """Where an errand of the outbox stands."""

    PENDING = "pending"
    """Waits for its turn or for the line."""
    SENDING = "sending"
    """Under way; after a crash it is asked again."""
    DONE = "done"
    DEAD = "dead"
    """Refused for good: a person has to look."""
