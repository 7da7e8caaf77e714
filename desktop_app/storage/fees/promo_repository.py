"""Promo codes and their uses inside a transaction."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from desktop_app.domain.concessions import ConcessionMeasure
from desktop_app.domain.enrollment import EnrollmentState
from desktop_app.domain.money import Money
from desktop_app.domain.promo_codes import PromoCode
from desktop_app.services.errors import DuplicateError
from desktop_app.services.ports.fees import PromoHold, PromoRecord
from desktop_app.storage.fees.concession_repository import day_of, iso, text_of, words_of
from desktop_app.storage.mapping import instant, read_instant
from desktop_app.storage.repository import SqlRepository

if TYPE_CHECKING:
    from datetime import datetime

_FIND = """
    SELECT * FROM promo_codes WHERE code = :code
    ORDER BY withdrawn_at IS NOT NULL, created_at DESC LIMIT 1
"""
_ARCHIVE = """
    UPDATE promo_codes SET withdrawn_at = :now, updated_at = :now
    WHERE uid = :uid AND withdrawn_at IS NULL RETURNING *
"""
HOLDS = """
    SELECT h.uid, h.enrollment_uid, e.student_uid, s.family_uid, h.held_at,
           e.state AS enrollment_state, h.state = 'used' AS is_used,
           EXISTS (SELECT 1 FROM dues d JOIN allocations a ON a.due_uid = d.uid
                   WHERE d.enrollment_uid = e.uid AND a.created_at >= h.held_at) AS has_paid,
           EXISTS (SELECT 1 FROM dues d JOIN attempt_dues t ON t.due_uid = d.uid
                   WHERE d.enrollment_uid = e.uid AND t.is_live = 1) AS is_live,
           (SELECT coalesce(sum(b.paid_paise), 0) FROM dues d
            JOIN due_balances b ON b.due_uid = d.uid WHERE d.enrollment_uid = e.uid) AS paid_paise,
           (SELECT coalesce(sum(b.balance_paise), 0) FROM dues d
            JOIN due_balances b ON b.due_uid = d.uid
            WHERE d.enrollment_uid = e.uid) AS balance_paise
    FROM promo_holds h JOIN enrollments e ON e.uid = h.enrollment_uid
    JOIN students s ON s.uid = e.student_uid
    WHERE h.promo_uid = :promo AND h.state != 'freed' ORDER BY h.held_at, h.rowid
"""
_NAMES_BILL = """
    SELECT 1 FROM promo_holds
    WHERE promo_uid = :promo AND bill_uid = :bill AND state IN ('held','used')
"""
_SET_STATE = """
    UPDATE promo_holds SET state = :state, updated_at = :now
    WHERE uid = :uid AND state != :state RETURNING *
"""


class SqlPromoRepository(SqlRepository):
    """Promo codes and their uses, in one transaction."""

    def find(self, code: str) -> PromoRecord | None:
        """Return the newest of a code, archived or not."""
        row = self._first(_FIND, code=code)
        return None if row is None else promo_of(row)

    def get(self, uid: str) -> PromoRecord:
        """Return one. Raises KeyError."""
        row = self._first("SELECT * FROM promo_codes WHERE uid = :uid", uid=uid)
        if row is None:
            raise KeyError(uid)
        return promo_of(row)

    def all(self) -> tuple[PromoRecord, ...]:
        """Return every code, the newest first."""
        found = self._all("SELECT * FROM promo_codes ORDER BY created_at DESC, rowid DESC")
        return tuple(map(promo_of, found))

    def add(self, promo: PromoRecord) -> None:
        """Add one. Raises DuplicateError."""
        try:
            self._add_sealed("promo_codes", _columns_of(promo))
        except sqlite3.IntegrityError as error:
            raise DuplicateError(f"the code {promo.promo.code} is taken") from error

    def archive(self, uid: str, at: datetime) -> bool:
        """Archive one; False when it was already."""
        return self._change_sealed("promo_codes", _ARCHIVE, uid=uid, now=instant(at))

    def holds(self, promo_uid: str) -> tuple[PromoHold, ...]:
        """Return the uses that were not freed, oldest first."""
        return tuple(map(hold_of, self._all(HOLDS, promo=promo_uid)))

    def hold(self, uid: str, promo_uid: str, enrollment_uid: str, bill_uid: str | None) -> None:
        """Hold a use for an enrolment; the first of a bill names the bill."""
        now = self._stamp()
        if bill_uid is not None and self._scalar(_NAMES_BILL, promo=promo_uid, bill=bill_uid):
            bill_uid = None  # each line of a bill may have the code
        columns = {
            "uid": uid,
            "promo_uid": promo_uid,
            "enrollment_uid": enrollment_uid,
            "bill_uid": bill_uid,
            "state": "held",
            "held_at": now,
            "updated_at": now,
        }
        self._add_sealed("promo_holds", columns)

    def mark_used(self, uid: str) -> None:
        """Note that a hold was paid."""
        self._set_state(uid, "used")

    def free(self, uid: str) -> None:
        """Free a use."""
        self._set_state(uid, "freed")

    def _set_state(self, uid: str, state: str) -> None:
        self._change_sealed("promo_holds", _SET_STATE, uid=uid, state=state, now=self._stamp())


def promo_of(row: Any) -> PromoRecord:
    """Return a row as a promo code."""
    promo = PromoCode(
        code=row.code,
        measure=ConcessionMeasure(row.kind),
        value=row.value,
        courses=words_of(row.courses),
        heads=words_of(row.heads),
        valid_from=day_of(row.valid_from),
        valid_to=day_of(row.valid_to),
        most_uses=row.max_uses,
        most_per_family=row.max_per_family,
        least_bill=Money(row.min_bill_paise),
        first_enrollment_only=bool(row.first_enrollment_only),
        is_combinable=bool(row.is_combinable),
        note=row.note,
    )
    created_at = read_instant(row.created_at)
    return PromoRecord(row.uid, promo, created_at, is_archived=row.withdrawn_at is not None)


def hold_of(row: Any) -> PromoHold:
    """Return a row as a use of a code."""
    return PromoHold(
        uid=row.uid,
        enrollment_uid=row.enrollment_uid,
        student_uid=row.student_uid,
        family_uid=row.family_uid,
        held_at=read_instant(row.held_at),
        enrollment_state=EnrollmentState(row.enrollment_state),
        is_used=bool(row.is_used),
        has_paid=bool(row.has_paid),
        is_live=bool(row.is_live),
        paid=Money(row.paid_paise),
        balance=Money(row.balance_paise),
    )


def _columns_of(record: PromoRecord) -> dict[str, str | int | None]:
    promo, now = record.promo, instant(record.created_at)
    return {
        "uid": record.uid,
        "code": promo.code,
        "kind": promo.measure.value,
        "value": promo.value,
        "courses": text_of(promo.courses),
        "heads": text_of(promo.heads),
        "valid_from": iso(promo.valid_from),
        "valid_to": iso(promo.valid_to),
        "max_uses": promo.most_uses,
        "max_per_family": promo.most_per_family,
        "min_bill_paise": promo.least_bill.paise,
        "first_enrollment_only": int(promo.first_enrollment_only),
        "is_combinable": int(promo.is_combinable),
        "note": promo.note,
        "created_at": now,
        "updated_at": now,
    }
