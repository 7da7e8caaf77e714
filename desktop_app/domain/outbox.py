"""Kinds and states of outbox commands."""

from __future__ import annotations

from enum import StrEnum


class CommandKind(StrEnum):
    """The operation that a command requests from the gateway."""

    CLOSE_QR = "close_qr"
    CANCEL_LINK = "cancel_link"
    REFUND = "refund"


class CommandState(StrEnum):
    """The state of an outbox command."""

    PENDING = "pending"
    """Waiting for its turn or for a connection."""
    SENDING = "sending"
    """In progress; retried after a crash."""
    DONE = "done"
    DEAD = "dead"
    """Refused permanently: staff must decide."""
