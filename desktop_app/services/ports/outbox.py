"""The outbox inside a unit of work, as use-cases see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from desktop_app.domain.outbox import CommandKind
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.ports.records import OutboxCommand


class OutboxRepository(Protocol):
    """What must still be said to the gateway; one errand for each attempt or refund."""

    def add(self, uid: str, kind: CommandKind, *, remote_id: str, key_id: str) -> None:
        """Add one, to be sent at once; the one that is there already stays."""
        ...

    def close(self, attempt: Attempt) -> None:
        """Add the errand that closes what an attempt made payable, where it may be open."""
        ...

    def revive(self, uid: str) -> None:
        """Let one that was refused for good be tried again, because a person asked."""
        ...

    def get(self, uid: str) -> OutboxCommand | None:
        """Read one."""
        ...

    def save(self, errand: OutboxCommand) -> bool:
        """Store where one stands, unless it came to its end meanwhile."""
        ...
