"""The outbox inside a writing transaction: what must still be said to the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from desktop_app.domain.outbox import CommandKind, CommandState
from desktop_app.storage.mapping import errand_of, instant
from desktop_app.storage.prepared_statements import PreparedStatement
from desktop_app.storage.repository import SqlRepository
from desktop_app.storage.schema.system import errands

if TYPE_CHECKING:
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.ports.records import OutboxCommand

_ADD = insert(errands).on_conflict_do_nothing(index_elements=["uid"])
_ONE = PreparedStatement(select(errands).where(errands.c.uid == bindparam("wanted")))
_OPEN = ("pending", "sending")


class SqlOutboxRepository(SqlRepository):
    """Errands, in one transaction."""

    def add(self, uid: str, kind: CommandKind, *, remote_id: str, key_id: str) -> None:
        """Add one, to be sent at once; the one that is there already stays."""
        self._seals.note("errands", uid)
        now = instant(self._now())
        self._connection.execute(
            _ADD,
            {
                "uid": uid,
                "desk_id": self._desk_id,
                "kind": kind.value,
                "state": CommandState.PENDING.value,
                "remote_id": remote_id,
                "key_id": key_id,
                "tries": 0,
                "due_at": now,
                "problem": "",
                "created_at": now,
                "updated_at": now,
            },
        )

    def close(self, attempt: Attempt) -> None:
        """Add the errand that closes what an attempt made payable, where it may be open."""
        if not (attempt.is_remote_open and attempt.remote_id):
            return
        is_code = attempt.remote_id.startswith("qr_")
        kind = CommandKind.CLOSE_QR if is_code else CommandKind.CANCEL_LINK
        self.add(attempt.uid, kind, remote_id=attempt.remote_id, key_id=attempt.key_id)

    def revive(self, uid: str) -> None:
        """Let one that was refused for good be tried again, because a person asked."""
        self._seals.note("errands", uid)
        now = instant(self._now())
        self._connection.execute(
            update(errands)
            .where(errands.c.uid == uid, errands.c.state == CommandState.DEAD.value)
            .values(state=CommandState.PENDING.value, tries=0, due_at=now, updated_at=now)
        )

    def get(self, uid: str) -> OutboxCommand | None:
        """Read one."""
        row = _ONE.first(self._connection, {"wanted": uid})
        return None if row is None else errand_of(row)

    def save(self, errand: OutboxCommand) -> bool:
        """Store where one stands, unless it came to its end meanwhile."""
        self._seals.note("errands", errand.uid)
        done = self._connection.execute(
            update(errands)
            .where(errands.c.uid == errand.uid, errands.c.state.in_(_OPEN))
            .values(
                state=errand.state.value,
                tries=errand.tries,
                due_at=instant(errand.due_at),
                problem=errand.problem,
                updated_at=instant(self._now()),
            )
        )
        return bool(done.rowcount)
