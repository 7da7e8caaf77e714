"""The outbox, disputes and strays inside a unit of work, as use-cases see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from desktop_app.domain.outbox import CommandKind
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.ports.records import DisputeRecord, OutboxCommand, UnmatchedRecord


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


class UnmatchedRepository(Protocol):
    """What the gateway brought up by itself: disputes, and money of unknown fees."""

    def dispute(self, dispute_id: str) -> DisputeRecord | None:
        """A dispute by the gateway's id."""
        ...

    def put_dispute(self, dispute: DisputeRecord) -> None:
        """Add a dispute, or store how it stands now."""
        ...

    def add(self, stray: UnmatchedRecord) -> None:
        """Keep money whose fee is not in this book."""
        ...

    def find(self, reference: str) -> UnmatchedRecord | None:
        """One by our own id or the gateway's payment id."""
        ...

    def held(self) -> tuple[UnmatchedRecord, ...]:
        """Those that wait for a decision, oldest first."""
        ...

    def settle(self, uid: str, state: str) -> bool:
        """Note what was decided; False when it was decided before."""
        ...
