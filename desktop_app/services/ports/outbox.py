"""The outbox as use-cases see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from desktop_app.domain.outbox import CommandKind
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.ports.records import OutboxCommand


class OutboxRepository(Protocol):
    """Commands for the gateway, at most one for each attempt or refund."""

    def add(self, uid: str, kind: CommandKind, *, remote_id: str, key_id: str) -> None:
        """Add one, to be sent at once; the one that is there already stays."""

    def close(self, attempt: Attempt) -> None:
        """Add the command that closes what an attempt made payable, where it may be open."""

    def revive(self, uid: str) -> None:
        """Retry one that was refused for good, or a refund that failed, because a person asked."""

    def suspect_refunds(self) -> None:
        """Count every open refund as tried: the book was restored, so it may have been sent."""

    def get(self, uid: str) -> OutboxCommand | None:
        """Return one."""

    def unfinished(self) -> tuple[OutboxCommand, ...]:
        """Return those that are neither done nor refused for good."""

    def save(self, command: OutboxCommand) -> bool:
        """Store the progress of one, unless it is final by now."""
