"""The outbox inside a transaction: commands that the gateway must still get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.channels import channel_of
from desktop_app.domain.outbox import CommandState
from desktop_app.services.ports.records import OutboxCommand
from desktop_app.storage.mapping import columns_of, record_of
from desktop_app.storage.outbox_queries import OPEN
from desktop_app.storage.repository import SqlRepository, insert

if TYPE_CHECKING:
    from desktop_app.domain.outbox import CommandKind
    from desktop_app.domain.payment import Attempt

_REVIVE = """
    UPDATE errands SET state = 'pending', tries = 0, due_at = :now, updated_at = :now
    WHERE uid = :uid AND (state = 'dead' OR state = 'done' AND kind = 'refund')
"""
_UNTRIED_REFUNDS = """
    SELECT uid FROM errands WHERE kind = 'refund' AND state IN ('pending', 'sending') AND tries = 0
"""
_SAVE = """
    UPDATE errands SET state = :state, tries = :tries, due_at = :due_at, problem = :problem,
        updated_at = :now
    WHERE uid = :uid AND state IN ('pending', 'sending')
"""


class SqlOutboxRepository(SqlRepository):
    """Commands, in one transaction."""

    def add(self, uid: str, kind: CommandKind, *, remote_id: str, key_id: str) -> None:
        """Add one, to be sent at once; the one that is there already stays."""
        self._seals.add("errands", uid)
        now = self._now
        command = OutboxCommand(
            uid=uid,
            kind=kind,
            state=CommandState.PENDING,
            remote_id=remote_id,
            key_id=key_id,
            tries=0,
            due_at=now,
            problem="",
            created_at=now,
            updated_at=now,
        )
        columns = {**columns_of(command), "desk_id": self._desk_id}
        self._change(f"{insert('errands', *columns)} ON CONFLICT (uid) DO NOTHING", **columns)

    def close(self, attempt: Attempt) -> None:
        """Add the command that closes what an attempt made payable, where it may be open."""
        channel = channel_of(attempt.method)
        if channel is None or channel.closed_by is None:
            return
        if attempt.is_remote_open and attempt.remote_id:
            self.add(
                attempt.uid, channel.closed_by, remote_id=attempt.remote_id, key_id=attempt.key_id
            )

    def revive(self, uid: str) -> None:
        """Retry one that was refused for good, or a refund that failed, because a person asked."""
        self._seals.add("errands", uid)
        self._change(_REVIVE, uid=uid, now=self._stamp())

    def suspect_refunds(self) -> None:
        """Count every open refund as tried: the book was restored, so it may have been sent."""
        for row in self._all(_UNTRIED_REFUNDS):
            self._seals.add("errands", row.uid)
            self._change("UPDATE errands SET tries = 1 WHERE uid = :uid", uid=row.uid)

    def get(self, uid: str) -> OutboxCommand | None:
        """Return one."""
        row = self._first("SELECT * FROM errands WHERE uid = :uid", uid=uid)
        return None if row is None else record_of(OutboxCommand, row)

    def unfinished(self) -> tuple[OutboxCommand, ...]:
        """Return those that are neither done nor refused for good."""
        return tuple(record_of(OutboxCommand, row) for row in self._all(OPEN))

    def save(self, command: OutboxCommand) -> bool:
        """Store the progress of one, unless it is final by now."""
        self._seals.add("errands", command.uid)
        return self._change(_SAVE, **columns_of(command), now=self._stamp())
