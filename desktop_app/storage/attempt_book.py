"""Attempts and orders inside a writing transaction; every change of state leaves an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError

from desktop_app.domain.lifecycle import advance
from desktop_app.domain.payment import ATTEMPT_TABLE, LIVE_STATES, AttemptState, Method
from desktop_app.services.errors import DuplicateError
from desktop_app.storage.mapping import attempt_of, attempt_values, instant, read_instant
from desktop_app.storage.tables import attempt_events, attempts, orders

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection, Select

    from desktop_app.domain.payment import Attempt
    from desktop_app.services.records import OrderRecord

_SELECT = select(attempts, orders.c.receipt.label("order_receipt")).join_from(
    attempts, orders, attempts.c.order_id == orders.c.order_id, isouter=True
)
_OLDEST_FIRST = (attempts.c.created_at, attempts.c.uid)
LIVE = [state.value for state in LIVE_STATES]


class SqlAttempts:
    """Attempts and orders, in one transaction."""

    def __init__(self, connection: Connection, desk_id: str, now: Callable[[], datetime]) -> None:
        self._connection = connection
        self._desk_id = desk_id
        self._now = now

    def add(self, attempt: Attempt, note: str = "") -> None:
        """Add one. Raises DuplicateError when the due has a live attempt already."""
        values = {
            **attempt_values(attempt),
            "desk_id": self._desk_id,
            "failure": "",
            "updated_at": instant(self._now()),
        }
        try:
            self._connection.execute(attempts.insert().values(values))
        except IntegrityError as error:
            raise DuplicateError("this fee is being collected already") from error
        self._note(attempt.uid, attempt.state, note)

    def get(self, uid: str) -> Attempt:
        """Read one. Raises KeyError."""
        found = self._list(_SELECT.where(attempts.c.uid == uid))
        if not found:
            raise KeyError(uid)
        return found[0]

    def save(self, attempt: Attempt, expected: AttemptState, note: str = "") -> bool:
        """Store one if its state is still the expected one; a change of state leaves an event."""
        advance(ATTEMPT_TABLE, expected, attempt.state)
        done = self._connection.execute(
            update(attempts)
            .where(attempts.c.uid == attempt.uid, attempts.c.state == expected.value)
            .values({**attempt_values(attempt), "updated_at": instant(self._now())})
        )
        if done.rowcount and attempt.state is not expected:
            self._note(attempt.uid, attempt.state, note)
        return bool(done.rowcount)

    def _note(self, uid: str, state: AttemptState, note: str) -> None:
        self._connection.execute(
            attempt_events.insert().values(
                attempt_uid=uid, at=instant(self._now()), state=state.value, note=note
            )
        )

    def set_failure(self, uid: str, words: str) -> bool:
        """Remember the newest failed try in the payer's app; False when known already."""
        done = self._connection.execute(
            update(attempts)
            .where(attempts.c.uid == uid, attempts.c.failure != words)
            .values(failure=words)
        )
        return bool(done.rowcount)

    def failure(self, uid: str) -> str:
        """The newest failed try, in words; empty without one."""
        found = self._connection.execute(
            select(attempts.c.failure).where(attempts.c.uid == uid)
        ).scalar()
        return found or ""

    def touched_at(self, uid: str) -> datetime:
        """When the row was last written."""
        return read_instant(
            self._connection.execute(
                select(attempts.c.updated_at).where(attempts.c.uid == uid)
            ).scalar_one()
        )

    def of_due(self, due_uid: str) -> tuple[Attempt, ...]:
        """Every attempt of a due, oldest first."""
        return self._list(_SELECT.where(attempts.c.due_uid == due_uid).order_by(*_OLDEST_FIRST))

    def of_order(self, order_id: str) -> tuple[Attempt, ...]:
        """Every attempt on an order, oldest first."""
        return self._list(_SELECT.where(attempts.c.order_id == order_id).order_by(*_OLDEST_FIRST))

    def live(self) -> tuple[Attempt, ...]:
        """Every live attempt, oldest first."""
        return self._list(live_attempts())

    def watched(self, since: datetime) -> tuple[Attempt, ...]:
        """Every attempt to look at, oldest first; see the port."""
        at_gateway = (attempts.c.method != Method.CASH.value) & (attempts.c.sent == 1)
        recent = _SELECT.where(
            at_gateway,
            attempts.c.created_at >= instant(since),
            attempts.c.state != AttemptState.REJECTED.value,
        )
        older = _SELECT.where(
            at_gateway,
            attempts.c.created_at < instant(since),
            attempts.c.state.in_(["expired", "cancelled"]),
        )
        live = _SELECT.where(
            at_gateway, attempts.c.created_at < instant(since), attempts.c.state.in_(LIVE)
        )
        found = {each.uid: each for part in (older, live, recent) for each in self._list(part)}
        return tuple(sorted(found.values(), key=lambda each: (each.created_at, each.uid)))

    def _list(self, query: Select[Any]) -> tuple[Attempt, ...]:
        return tuple(attempt_of(row) for row in self._connection.execute(query))

    def add_order(self, order: OrderRecord, at: datetime) -> None:
        """Add an order; the same one twice is one."""
        self._connection.execute(
            insert(orders)
            .values(
                order_id=order.order_id,
                desk_id=self._desk_id,
                receipt=order.receipt,
                due_uid=order.due_uid,
                key_id=order.key_id,
                amount_paise=order.amount.paise,
                gateway_created_at=order.gateway_created_at,
                created_at=instant(at),
            )
            .on_conflict_do_nothing(index_elements=["order_id"])
        )


def live_attempts() -> Select[Any]:
    """The query for live attempts, by the partial index on exactly these states."""
    return _SELECT.where(
        attempts.c.state.in_(["intent", "unknown", "ordered", "awaiting"])
    ).order_by(*_OLDEST_FIRST)


def given_up_attempts(since: datetime) -> Select[Any]:
    """The query for attempts given up since then that may have reached the gateway."""
    return _SELECT.where(
        attempts.c.state.in_(["expired", "cancelled"]),
        attempts.c.created_at >= instant(since),
        attempts.c.sent == 1,
    ).order_by(*_OLDEST_FIRST)


def one_attempt(uid: str) -> Select[Any]:
    """The query for one attempt."""
    return _SELECT.where(attempts.c.uid == uid)
