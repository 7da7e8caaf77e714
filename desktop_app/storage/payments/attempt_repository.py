"""Attempts and orders inside a writing transaction; every change of state leaves an event."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from desktop_app.domain.payment import ATTEMPT_TABLE, LIVE_STATES, AttemptState
from desktop_app.domain.state_machine import advance
from desktop_app.services.errors import DuplicateError
from desktop_app.storage.mapping import (
    CHANGING,
    attempt_changes,
    attempt_of,
    attempt_values,
    instant,
    read_instant,
)
from desktop_app.storage.prepared_statements import PreparedStatement
from desktop_app.storage.schema.payments import attempt_events, attempts, orders

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from desktop_app.domain.payment import Attempt
    from desktop_app.storage.outbox_repository import SqlOutboxRepository
    from desktop_app.storage.row_seals import RowSeals

_SELECT = select(attempts, orders.c.receipt.label("order_receipt")).join_from(
    attempts, orders, attempts.c.order_id == orders.c.order_id, isouter=True
)
_OLDEST_FIRST = (attempts.c.created_at, attempts.c.uid)
GIVEN_UP = {AttemptState.EXPIRED, AttemptState.CANCELLED, AttemptState.LAPSED}
LIVE = [state.value for state in LIVE_STATES]
_BY_UID = PreparedStatement(_SELECT.where(attempts.c.uid == bindparam("wanted")))
_OF_DUE = PreparedStatement(
    _SELECT.where(attempts.c.due_uid == bindparam("wanted")).order_by(*_OLDEST_FIRST)
)
_OF_ORDER = PreparedStatement(
    _SELECT.where(attempts.c.order_id == bindparam("wanted")).order_by(*_OLDEST_FIRST)
)
_ADD = PreparedStatement(attempts.insert().inline(), attempts.c.keys())
_SAVE = PreparedStatement(
    update(attempts).where(
        attempts.c.uid == bindparam("wanted"), attempts.c.state == bindparam("expected")
    ),
    (*CHANGING, "updated_at"),
)
_NOTE = PreparedStatement(attempt_events.insert().inline(), ("attempt_uid", "at", "state", "note"))


class SqlAttemptRepository:
    """Attempts and orders, in one transaction."""

    def __init__(
        self,
        connection: Connection,
        desk_id: str,
        now: Callable[[], datetime],
        outbox: SqlOutboxRepository,
        seals: RowSeals,
    ) -> None:
        self._connection = connection
        self._desk_id = desk_id
        self._now = now
        self._outbox = outbox
        self._seals = seals

    def add(self, attempt: Attempt, note: str = "") -> None:
        """Add one. Raises DuplicateError when the due has a live attempt already."""
        values = {
            **attempt_values(attempt),
            "desk_id": self._desk_id,
            "failure": "",
            "updated_at": instant(self._now()),
        }
        self._seals.note("attempts", attempt.uid)
        try:
            _ADD.run(self._connection, values)
        except sqlite3.IntegrityError as error:
            raise DuplicateError("this fee is being collected already") from error
        self._note(attempt.uid, attempt.state, note)

    def get(self, uid: str) -> Attempt:
        """Read one. Raises KeyError."""
        row = _BY_UID.first(self._connection, {"wanted": uid})
        if row is None:
            raise KeyError(uid)
        return attempt_of(row)

    def save(self, attempt: Attempt, expected: AttemptState, note: str = "") -> bool:
        """Store one if its state is still the expected one; a change of state leaves an event.

        One that ends while its QR code or link may be open leaves the errand that closes it.
        """
        advance(ATTEMPT_TABLE, expected, attempt.state)
        self._seals.note("attempts", attempt.uid)
        values = {**attempt_changes(attempt), "updated_at": instant(self._now())}
        done = _SAVE.run(
            self._connection, {**values, "wanted": attempt.uid, "expected": expected.value}
        )
        if done and attempt.state is not expected:
            self._note(attempt.uid, attempt.state, note)
        if done and attempt.is_remote_open and attempt.state in GIVEN_UP:
            self._outbox.close(attempt)
        return bool(done)

    def _note(self, uid: str, state: AttemptState, note: str) -> None:
        at = instant(self._now())
        self._seals.note("attempt_events", uid)
        _NOTE.run(
            self._connection,
            {"attempt_uid": uid, "at": at, "state": state.value, "note": note},
        )

    def set_failure(self, uid: str, words: str) -> bool:
        """Remember the newest failed try in the payer's app; False when known already."""
        self._seals.note("attempts", uid)
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

    def find(self, reference: str) -> Attempt | None:
        """One by our own reference at the gateway."""
        row = self._connection.execute(_SELECT.where(attempts.c.reference == reference)).first()
        return None if row is None else attempt_of(row)

    def of_due(self, due_uid: str) -> tuple[Attempt, ...]:
        """Every attempt of a due, oldest first."""
        rows = _OF_DUE.rows(self._connection, {"wanted": due_uid})
        return tuple(attempt_of(row) for row in rows)

    def of_order(self, order_id: str) -> tuple[Attempt, ...]:
        """Every attempt on an order, oldest first."""
        rows = _OF_ORDER.rows(self._connection, {"wanted": order_id})
        return tuple(attempt_of(row) for row in rows)

    def add_order(self, attempt: Attempt, at: datetime) -> None:
        """Add the order of an attempt; the same one twice is one."""
        order_id = attempt.order_id or ""
        self._seals.note("orders", order_id)
        self._connection.execute(
            insert(orders)
            .values(
                order_id=order_id,
                desk_id=self._desk_id,
                receipt=attempt.order_receipt,
                due_uid=attempt.due_uid,
                key_id=attempt.key_id,
                amount_paise=attempt.amount.paise,
                gateway_created_at=attempt.gateway_created_at,
                created_at=instant(at),
            )
            .on_conflict_do_nothing(index_elements=["order_id"])
        )

    def move_order(self, wrong: str, right: str) -> None:
        """Put another order id in the place of one that the gateway does not know."""
        row = self._connection.execute(select(orders).where(orders.c.order_id == wrong)).first()
        moved = [attempt.uid for attempt in self.of_order(wrong)]
        if row is None:
            return
        self.drop_order(wrong)
        self._seals.note("orders", right)
        values = {**dict(zip(orders.c.keys(), row, strict=True)), "order_id": right}
        self._connection.execute(
            insert(orders).values(values).on_conflict_do_nothing(index_elements=["order_id"])
        )
        self._connection.execute(
            update(attempts).where(attempts.c.uid.in_(moved)).values(order_id=right)
        )

    def drop_order(self, order_id: str) -> None:
        """Forget an order id that an answer named and the gateway does not know."""
        self._seals.note("orders", order_id)
        for attempt in self.of_order(order_id):
            self._seals.note("attempts", attempt.uid)
        self._connection.execute(
            update(attempts).where(attempts.c.order_id == order_id).values(order_id=None)
        )
        self._connection.execute(orders.delete().where(orders.c.order_id == order_id))
