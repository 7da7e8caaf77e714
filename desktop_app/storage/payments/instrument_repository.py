"""Cheques, demand drafts and deposit slips inside a transaction."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from desktop_app.domain.instruments import INSTRUMENT_TABLE, InstrumentState
from desktop_app.domain.state_machine import advance
from desktop_app.domain.tender import InstrumentKind
from desktop_app.services.errors import DuplicateError
from desktop_app.services.ports.tender_records import InstrumentEvent, InstrumentRecord
from desktop_app.storage.mapping import columns_of, record_of, text_of
from desktop_app.storage.repository import SqlRepository

if TYPE_CHECKING:
    from desktop_app.services.ports.tender_records import DepositSlip

_GET = "SELECT * FROM instruments WHERE uid = :uid OR slip_no = :uid COLLATE NOCASE"
_OF_ATTEMPT = "SELECT * FROM instruments WHERE attempt_uid = :uid"
_SAME = """
    SELECT * FROM instruments WHERE number = :number AND state NOT IN ('returned','lost')
    AND account_last4 = :account_last4
    AND (bank_key = :bank_key OR (micr != '' AND micr = :micr) OR bank = :bank COLLATE NOCASE)
"""
_SAVE = """
    UPDATE instruments SET state = :state, attempt_uid = :attempt_uid,
        deposit_slip_uid = :deposit_slip_uid, payment_uid = :payment_uid, updated_at = :now
    WHERE uid = :uid AND state = :expected RETURNING *
"""
_ADD_EVENT = """
    INSERT INTO instrument_events (instrument_uid, sequence, state, on_day, reason, at)
    SELECT :uid, count(*) + 1, :state, :on_day, :reason, :at FROM instrument_events
    WHERE instrument_uid = :uid
"""
_EVENTS = "SELECT * FROM instrument_events WHERE instrument_uid = :uid ORDER BY sequence"
_BOUNCED = """
    SELECT count(*) FROM (
        SELECT :uid AS uid UNION SELECT s.uid FROM students o
        JOIN students s ON s.family_uid = o.family_uid WHERE o.uid = :uid) m
    JOIN instruments i ON i.student_uid = m.uid AND i.kind = 'cheque'
    JOIN instrument_events e ON e.instrument_uid = i.uid AND e.state = 'bounced'
"""
_NEXT_SLIP = "SELECT coalesce(max(number), 0) + 1 FROM deposit_slips WHERE desk_id = :desk_id"


def instrument_of(row: Any) -> InstrumentRecord:
    """Return a row as a record."""
    return record_of(
        InstrumentRecord, row, kind=InstrumentKind(row.kind), state=InstrumentState(row.state)
    )


class SqlInstrumentRepository(SqlRepository):
    """Cheques, drafts and slips, in one transaction."""

    def add(self, instrument: InstrumentRecord) -> None:
        """Add one with its first event. Raises DuplicateError."""
        stamp = self._stamp()
        columns = columns_of(instrument)
        columns |= {"kind": text_of(instrument.kind), "state": text_of(instrument.state)}
        try:
            self._add_sealed("instruments", columns, updated_at=stamp)
        except sqlite3.IntegrityError as error:
            raise DuplicateError("this cheque is here already") from error
        first = InstrumentEvent(instrument.state, instrument.received_on, "", instrument.created_at)
        self._add_event(instrument.uid, first)

    def get(self, reference: str) -> InstrumentRecord:
        """Return one by its uid or its acknowledgement's number. Raises KeyError."""
        row = self._first(_GET, uid=reference)
        if row is None:
            raise KeyError(reference)
        return instrument_of(row)

    def of_attempt(self, attempt_uid: str) -> InstrumentRecord | None:
        """Return the one that an attempt began with."""
        row = self._first(_OF_ATTEMPT, uid=attempt_uid)
        return None if row is None else instrument_of(row)

    def same(self, instrument: InstrumentRecord) -> InstrumentRecord | None:
        """Return one that was not given back with this number, account and bank or MICR code."""
        row = self._first(
            _SAME, number=instrument.number, account_last4=instrument.account_last4,
            bank_key=instrument.bank_key, micr=instrument.micr, bank=instrument.bank,
        )  # fmt: skip
        return None if row is None else instrument_of(row)

    def save(self, instrument: InstrumentRecord, event: InstrumentEvent) -> bool:
        """Store state, slip and payment, with the event; False where the state had changed."""
        advance(INSTRUMENT_TABLE, instrument.state, event.state)
        is_saved = self._change_sealed(
            "instruments", _SAVE, uid=instrument.uid, expected=text_of(instrument.state),
            state=text_of(event.state), attempt_uid=instrument.attempt_uid,
            deposit_slip_uid=instrument.deposit_slip_uid, payment_uid=instrument.payment_uid,
            now=self._stamp(),
        )  # fmt: skip
        if is_saved:
            self._add_event(instrument.uid, event)
        return is_saved

    def events(self, uid: str) -> tuple[InstrumentEvent, ...]:
        """Return the steps in the life of one, oldest first."""
        return tuple(
            record_of(InstrumentEvent, row, state=InstrumentState(row.state))
            for row in self._all(_EVENTS, uid=uid)
        )

    def bounced_of_family(self, student_uid: str) -> int:
        """Return how often cheques of a student's family were returned unpaid."""
        return int(self._scalar(_BOUNCED, uid=student_uid) or 0)

    def next_slip(self) -> int:
        """Return the number of the next deposit slip of this desk."""
        return int(self._scalar(_NEXT_SLIP, desk_id=self._desk_id) or 1)

    def add_slip(self, slip: DepositSlip) -> None:
        """Add a deposit slip."""
        self._add_sealed("deposit_slips", columns_of(slip))

    def _add_event(self, uid: str, event: InstrumentEvent) -> None:
        self._seals.add("instrument_events", uid)
        columns = columns_of(event)
        self._change(_ADD_EVENT, **{**columns, "uid": uid, "state": text_of(event.state)})
