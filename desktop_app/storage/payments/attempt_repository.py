"""Attempts and orders inside a transaction; every change of state leaves an event."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from desktop_app.domain.capture import newest_notes, words_of
from desktop_app.domain.checkout import proofs_in
from desktop_app.domain.payment import ATTEMPT_TABLE, Attempt, AttemptDue, AttemptState
from desktop_app.domain.polling import WATCH_DAYS
from desktop_app.domain.state_machine import advance
from desktop_app.services.errors import DuplicateError
from desktop_app.storage.enrolment.seats import IS_LIVE
from desktop_app.storage.mapping import columns_of, instant, read_instant, record_of, text_of
from desktop_app.storage.payments.attempt_queries import AT_GATEWAY, ATTEMPT, NOTES, ORDER, PARTS
from desktop_app.storage.repository import SqlRepository, Step, own_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from desktop_app.domain.capture import CaptureNote, CaptureStep
    from desktop_app.domain.checkout import Proofs
    from desktop_app.services.ports.outbox import OutboxRepository
    from desktop_app.storage.repository import Transaction

_BY_UID = f"{ATTEMPT} WHERE a.uid = :uid"
_BY_REFERENCE = f"{ATTEMPT} WHERE a.reference = :reference"
_OF_DUE = f"""
    {ATTEMPT} JOIN attempt_dues p ON p.attempt_uid = a.uid WHERE p.due_uid = :due {ORDER}
"""
_OF_ORDER = f"{ATTEMPT} WHERE a.order_id = :order_id {ORDER}"
_SAVE = """
    UPDATE attempts SET method = :method, chosen_by_auto = :chosen_by_auto, state = :state,
        order_id = :order_id, remote_id = :remote_id, qr_text = :qr_text, image_path = :image_path,
        gateway_created_at = :gateway_created_at, expires_at = :expires_at, sent = :sent,
        is_remote_open = :is_remote_open, updated_at = :now
    WHERE uid = :uid AND state = :expected
"""
_MARK_PAID = Step("attempts", "state", "updated_at")
_ADD_EVENT = """
    INSERT INTO attempt_events (attempt_uid, at, state, note) VALUES (?, ?, ?, ?)
"""
_HAS_NOTE = "SELECT 1 FROM attempt_events WHERE attempt_uid = :uid AND note = :note"
_ADD_DUE = """
    INSERT INTO attempt_dues (attempt_uid, due_uid, amount_paise, is_live) VALUES (?, ?, ?, ?)
"""
_EVENTS_OF_DUE = """
    SELECT e.attempt_uid, e.note, e.at FROM attempt_dues p
    JOIN attempt_events e ON e.attempt_uid = p.attempt_uid WHERE p.due_uid = :due ORDER BY e.id
"""
_ADD_ORDER = """
    INSERT INTO orders (order_id, desk_id, receipt, due_uid, key_id, amount_paise,
                        gateway_created_at, created_at)
    VALUES (:order_id, :desk_id, :receipt, :due_uid, :key_id, :amount_paise,
            :gateway_created_at, :created_at)
    ON CONFLICT (order_id) DO NOTHING
"""
_LEFT = f"""
    SELECT a.uid, {IS_LIVE} AS is_live FROM attempts a
    WHERE {AT_GATEWAY} AND (a.created_at >= :since OR a.state NOT IN ('paid', 'rejected', 'lapsed')
        OR EXISTS (SELECT 1 FROM attempt_dues p JOIN dues d ON d.uid = p.due_uid
                   WHERE p.attempt_uid = a.uid AND d.state = 'open'))
"""
"""Attempts at the gateway that are looked at, or whose order would be used again."""
_LEAVE = """
    UPDATE attempts SET state = CASE WHEN :is_live THEN 'cancelled' ELSE state END,
        sent = 0, is_remote_open = 0, updated_at = :now WHERE uid = :uid
"""
GIVEN_UP = {AttemptState.EXPIRED, AttemptState.CANCELLED, AttemptState.LAPSED}


class SqlAttemptRepository(SqlRepository):
    """Attempts and orders, in one transaction.

    Args:
        outbox: makes the outbox of the same transaction.
        given: the transaction.
    """

    def __init__(
        self, outbox: Callable[[Transaction], OutboxRepository], given: Transaction
    ) -> None:
        super().__init__(given)
        self._outbox = outbox
        self._transaction = given
        self._known: dict[str, Any] = {}

    def add(self, attempt: Attempt, note: str = "") -> None:
        """Add one. Raises DuplicateError when the due has a live attempt already."""
        columns = columns_of(attempt)
        del columns["order_receipt"]
        self._seals.add("attempt_dues", attempt.uid)
        rows = [
            (attempt.uid, each.due_uid, each.amount.paise, int(attempt.is_live))
            for each in attempt.parts
        ]
        try:
            self._add_sealed("attempts", columns, failure="", updated_at=self._stamp())
            self._cursor.executemany(_ADD_DUE, rows)
        except sqlite3.IntegrityError as error:
            raise DuplicateError("this fee is being collected already") from error
        self._add_event(attempt.uid, attempt.state, note)

    def get(self, uid: str) -> Attempt:
        """Return one. Raises KeyError."""
        row = self._first(_BY_UID, uid=uid)
        if row is None:
            raise KeyError(uid)
        return self._read(row)

    def _read(self, row: Any) -> Attempt:
        self._known[row.uid] = row
        if row.due_uid is not None:
            return record_of(Attempt, row)
        parts = self._all(PARTS, attempt=row.uid)
        return record_of(Attempt, row, dues=tuple(record_of(AttemptDue, each) for each in parts))

    def save(self, attempt: Attempt, expected: AttemptState, note: str = "") -> bool:
        """Store one if its state is still the expected one; a change of state leaves an event.

        One that ends while its QR code or link may be open leaves the command that closes it.
        """
        advance(ATTEMPT_TABLE, expected, attempt.state)
        self._seals.add("attempts", attempt.uid)
        columns = columns_of(attempt)
        is_saved = self._change(_SAVE, **columns, expected=expected.value, now=self._stamp())
        if is_saved and attempt.state is not expected:
            self._add_event(attempt.uid, attempt.state, note)
        if is_saved and attempt.is_remote_open and attempt.state in GIVEN_UP:
            self._outbox(self._transaction).close(attempt)
        return is_saved

    def mark_paid(self, attempt: Attempt, note: str) -> bool:
        """Set the state to paid, and nothing else, if it is still that of the attempt given."""
        advance(ATTEMPT_TABLE, attempt.state, AttemptState.PAID)
        row = self._known.get(attempt.uid)
        is_paid = self._advance(
            _MARK_PAID,
            None if row is None else own_columns(row, "attempts", before="order_receipt"),
            attempt.uid,
            text_of(attempt.state),
            text_of(AttemptState.PAID),
            self._stamp(),
        )
        if is_paid:
            self._add_event(attempt.uid, AttemptState.PAID, note)
        return is_paid

    def _add_event(self, uid: str, state: AttemptState, note: str) -> None:
        self._seals.add("attempt_events", uid)
        self._cursor.execute(_ADD_EVENT, (uid, self._stamp(), text_of(state), note))

    def has_note(self, uid: str, note: str) -> bool:
        """Return whether an event of an attempt has exactly this note."""
        return bool(self._scalar(_HAS_NOTE, uid=uid, note=note))

    def add_note(self, uid: str, note: str) -> None:
        """Add an event that changes no state."""
        self._add_event(uid, self.get(uid).state, note)

    def proofs(self, uid: str) -> Proofs:
        """Return the proofs of the checkout that an attempt got."""
        return proofs_in(row.note for row in self._all(NOTES, attempt=uid))

    def note_capture(self, uid: str, step: CaptureStep, payment_id: str) -> None:
        """Note a step of an authorised payment of an attempt."""
        self.add_note(uid, words_of(step, payment_id))

    def capture_notes(self, due_uid: str) -> Mapping[str, CaptureNote]:
        """Return the newest note of each authorised payment of a due, by payment id."""
        events = self._all(_EVENTS_OF_DUE, due=due_uid)
        return newest_notes((row.attempt_uid, row.note, read_instant(row.at)) for row in events)

    def leave(self, note: str) -> int:
        """End, as never sent from here, all that may still bring money; return how many.

        What was made payable stays so at the gateway: it belongs to the book this one was copied
        from.
        """
        since = instant(self._now - timedelta(days=WATCH_DAYS))
        found = self._all(_LEFT, since=since)
        for row in found:
            self._seals.add("attempts", row.uid)
            self._change(_LEAVE, uid=row.uid, is_live=row.is_live, now=self._stamp())
            if row.is_live:
                self._add_event(row.uid, AttemptState.CANCELLED, note)
        return len(found)

    def set_failure(self, uid: str, words: str) -> bool:
        """Set the newest failed try in the payer's app; False when known already."""
        self._seals.add("attempts", uid)
        return self._change(
            "UPDATE attempts SET failure = :words WHERE uid = :uid AND failure != :words",
            uid=uid,
            words=words,
        )

    def failure(self, uid: str) -> str:
        """Return the newest failed try, in words; empty without one."""
        return self._scalar("SELECT failure FROM attempts WHERE uid = :uid", uid=uid) or ""

    def updated_at(self, uid: str) -> datetime:
        """Return when the row was last written."""
        written = self._scalar("SELECT updated_at FROM attempts WHERE uid = :uid", uid=uid)
        return read_instant(str(written))

    def find(self, reference: str) -> Attempt | None:
        """Return one by our own reference at the gateway."""
        row = self._first(_BY_REFERENCE, reference=reference)
        return None if row is None else self._read(row)

    def of_due(self, due_uid: str) -> tuple[Attempt, ...]:
        """Return every attempt of a due, oldest first."""
        return tuple(map(self._read, self._all(_OF_DUE, due=due_uid)))

    def of_order(self, order_id: str) -> tuple[Attempt, ...]:
        """Return every attempt on an order, oldest first."""
        return tuple(map(self._read, self._all(_OF_ORDER, order_id=order_id)))

    def add_order(self, attempt: Attempt, at: datetime) -> None:
        """Add the order of an attempt; the same one twice is one."""
        self._seals.add("orders", attempt.order_id or "")
        self._change(
            _ADD_ORDER, order_id=attempt.order_id, desk_id=self._desk_id,
            receipt=attempt.order_receipt, due_uid=attempt.due_uid, key_id=attempt.key_id,
            amount_paise=attempt.amount.paise, gateway_created_at=attempt.gateway_created_at,
            created_at=instant(at),
        )  # fmt: skip

    def move_order(self, wrong: str, right: str) -> None:
        """Replace an order id that the gateway does not know by another."""
        row = self._first("SELECT * FROM orders WHERE order_id = :wrong", wrong=wrong)
        moved = self.of_order(wrong)
        if row is None:
            return
        self.drop_order(wrong)
        self._seals.add("orders", right)
        self._change(_ADD_ORDER, **{**row._asdict(), "order_id": right})
        for attempt in moved:
            self._change(
                "UPDATE attempts SET order_id = :right WHERE uid = :uid",
                right=right,
                uid=attempt.uid,
            )

    def drop_order(self, order_id: str) -> None:
        """Remove an order id that an answer named and the gateway does not know."""
        self._seals.add("orders", order_id)
        for attempt in self.of_order(order_id):
            self._seals.add("attempts", attempt.uid)
        self._change("UPDATE attempts SET order_id = NULL WHERE order_id = :id", id=order_id)
        self._change("DELETE FROM orders WHERE order_id = :id", id=order_id)
