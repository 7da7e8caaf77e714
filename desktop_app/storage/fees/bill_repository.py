"""Bills with their lines and tenders, inside a transaction."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from desktop_app.domain.bills import BILL_TABLE, LONGEST_HOLD, BillState
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.payment import Attempt, AttemptDue
from desktop_app.domain.state_machine import advance
from desktop_app.services.ports.bills import BillLine, BillRecord
from desktop_app.services.ports.records import PaymentRecord
from desktop_app.storage.fees.bill_queries import (
    EXPIRED,
    HAS_LIVE,
    LINES,
    SITTINGS_OVER,
    WITHOUT_RECEIPT,
)
from desktop_app.storage.mapping import columns_of, instant, record_of, text_of
from desktop_app.storage.payments.attempt_queries import ATTEMPT, PARTS
from desktop_app.storage.repository import SqlRepository

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

_GET = "SELECT * FROM bills WHERE uid = :uid"
_OF_ATTEMPT = """
    SELECT h.* FROM bill_tenders t JOIN bills h ON h.uid = t.bill_uid WHERE t.attempt_uid = :attempt
"""
_SAVE = """
    UPDATE bills SET state = :state, number = :number, family_uid = :family_uid,
        payer_name = :payer_name, payer_phone = :payer_phone, total_paise = :total_paise,
        offered_at = :offered_at, hold_until = :hold_until, closed_at = :closed_at,
        updated_at = :now
    WHERE uid = :uid AND state = :expected RETURNING *
"""
_NEXT = "SELECT coalesce(max(number), 0) + 1 FROM bills WHERE desk_id = :desk_id"
_NEXT_TENDER = "SELECT count(*) + 1 FROM bill_tenders WHERE bill_uid = :bill"
_ATTEMPTS = f"""
    {ATTEMPT} JOIN bill_tenders t ON t.attempt_uid = a.uid WHERE t.bill_uid = :bill
    ORDER BY t.sequence
"""
_DRAFTS = """
    SELECT uid FROM bills h WHERE h.closed_at IS NULL AND h.state = 'draft' AND h.created_at < :at
"""
_IDLE = f"""
    SELECT h.* FROM bills h WHERE h.closed_at IS NULL AND h.state != 'draft'
    AND h.created_at < :at AND NOT {HAS_LIVE}
"""
_PART_PAID_OF = f"""
    SELECT h.* FROM bills h WHERE h.closed_at IS NULL AND h.state = '{BillState.PART_PAID}'
    AND EXISTS (SELECT 1 FROM dues d JOIN bill_lines l ON l.due_uid = d.uid
                WHERE d.enrollment_uid = :enrollment AND l.bill_uid = h.uid
                AND l.removed_at IS NULL)
    ORDER BY h.created_at, h.rowid
"""
_WITHOUT_RECEIPT = f"""
    SELECT p.* {WITHOUT_RECEIPT} AND t.bill_uid = :bill ORDER BY p.recorded_at, p.rowid
"""
_FAMILIES = """
    SELECT uid, family_uid FROM students WHERE uid IN (SELECT value FROM json_each(:uids))
"""


class SqlBillRepository(SqlRepository):
    """Bills, in one transaction."""

    def add(self, bill: BillRecord, lines: Sequence[BillLine]) -> None:
        """Add one."""
        columns = columns_of(bill)
        self._add_sealed(
            "bills", columns, state=text_of(bill.state), updated_at=columns["created_at"]
        )
        self._add_lines(bill.uid, lines)

    def _add_lines(self, bill_uid: str, lines: Sequence[BillLine]) -> None:
        self._seals.add("bill_lines", bill_uid)
        for sequence, line in enumerate(lines, start=1):
            columns = columns_of(line)
            for projected in ("paid_paise", "balance_paise", "is_covered", "is_settled"):
                del columns[projected]
            self._add("bill_lines", columns, bill_uid=bill_uid, sequence=sequence)

    def get(self, uid: str) -> BillRecord | None:
        """Return one."""
        return _bill_of(self._first(_GET, uid=uid))

    def of_attempt(self, attempt_uid: str) -> BillRecord | None:
        """Return the bill that an attempt is a tender of."""
        return _bill_of(self._first(_OF_ATTEMPT, attempt=attempt_uid))

    def save(self, bill: BillRecord, expected: BillState) -> bool:
        """Store one if its state is still the expected one."""
        advance(BILL_TABLE, expected, bill.state)
        return self._change_sealed(
            "bills",
            _SAVE,
            **columns_of(bill),
            state=text_of(bill.state),
            expected=text_of(expected),
            now=self._stamp(),
        )

    def replace_lines(self, bill_uid: str, lines: Sequence[BillLine]) -> None:
        """Replace the lines of a draft."""
        self._change("DELETE FROM bill_lines WHERE bill_uid = :bill", bill=bill_uid)
        self._add_lines(bill_uid, lines)

    def lines(self, bill_uid: str) -> tuple[BillLine, ...]:
        """Return its lines, in their order, with what is paid of them."""
        return tuple(
            record_of(BillLine, row, balance=Money(row.balance_paise or ZERO.paise))
            for row in self._all(LINES, bill=bill_uid)
        )

    def next_number(self) -> int:
        """Return the number of the next bill of this desk."""
        return int(self._scalar(_NEXT, desk_id=self._desk_id) or 1)

    def add_tender(self, bill_uid: str, attempt: Attempt, uid: str) -> None:
        """Add an attempt as the next tender."""
        self._seals.add("bill_tenders", bill_uid)
        self._add(
            "bill_tenders",
            {"uid": uid, "bill_uid": bill_uid},
            sequence=self._scalar(_NEXT_TENDER, bill=bill_uid),
            method=text_of(attempt.method),
            amount_paise=attempt.amount.paise,
            attempt_uid=attempt.uid,
            created_at=self._stamp(),
        )

    def attempts(self, bill_uid: str) -> tuple[Attempt, ...]:
        """Return the attempts of its tenders, in their order."""
        return tuple(map(self._attempt_of, self._all(_ATTEMPTS, bill=bill_uid)))

    def _attempt_of(self, row: Any) -> Attempt:
        parts = self._all(PARTS, attempt=row.uid)
        return record_of(Attempt, row, dues=tuple(record_of(AttemptDue, each) for each in parts))

    def drop(self, bill_uid: str) -> None:
        """Remove a draft."""
        self._seals.add("bills", bill_uid)
        self._seals.add("bill_lines", bill_uid)
        self._change("DELETE FROM bill_lines WHERE bill_uid = :bill", bill=bill_uid)
        self._change("DELETE FROM bills WHERE uid = :bill AND state = 'draft'", bill=bill_uid)

    def drafts_before(self, at: datetime) -> tuple[str, ...]:
        """Return the drafts that were put together before an instant."""
        return tuple(row.uid for row in self._all(_DRAFTS, at=instant(at)))

    def idle_before(self, at: datetime) -> tuple[BillRecord, ...]:
        """Return open bills without a live attempt that were offered before an instant."""
        return tuple(filter(None, map(_bill_of, self._all(_IDLE, at=instant(at)))))

    def expired(self, at: datetime) -> tuple[BillRecord, ...]:
        """Return part-paid bills without a live attempt whose time is over."""
        return tuple(filter(None, map(_bill_of, self._all(EXPIRED, **_out_of_time(at)))))

    def part_paid_of(self, enrollment_uid: str) -> tuple[BillRecord, ...]:
        """Return the part-paid bills with a line for a due of an enrolment, oldest first."""
        found = self._all(_PART_PAID_OF, enrollment=enrollment_uid)
        return tuple(filter(None, map(_bill_of, found)))

    def without_receipt(self, bill_uid: str) -> tuple[PaymentRecord, ...]:
        """Return the payments of its tenders that pay dues and are on no receipt, oldest first.

        Those that never came after all are none of them.
        """
        found = self._all(_WITHOUT_RECEIPT, bill=bill_uid)
        return tuple(record_of(PaymentRecord, row) for row in found)

    def sittings_over(self, at: datetime) -> tuple[str, ...]:
        """Return the open bills with payments on no receipt whose sitting is over.

        Nobody pays in front of the desk any more; a link or a cheque may still be open.
        """
        return tuple(row.uid for row in self._all(SITTINGS_OVER, **_out_of_time(at)))

    def families_of(self, students: Sequence[str]) -> Mapping[str, str | None]:
        """Return the family of students, by uid; None for one without."""
        return dict(self._all(_FAMILIES, uids=json.dumps(list(students))))


def _out_of_time(at: datetime) -> dict[str, str]:
    """Return the values of the queries about bills that are out of time at an instant."""
    return {"at": instant(at), "latest": instant(at + LONGEST_HOLD)}


def _bill_of(row: Any) -> BillRecord | None:
    return None if row is None else record_of(BillRecord, row, state=BillState(row.state))
