"""Queries of attempts and orders, each by its own index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.payment import Attempt
from desktop_app.storage.enrolment.seats import IS_LIVE
from desktop_app.storage.mapping import instant, record_of
from desktop_app.storage.read_connections import Queries

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.domain.money import Money

ATTEMPT = """
    SELECT a.*, o.receipt AS order_receipt
    FROM attempts a LEFT JOIN orders o ON o.order_id = a.order_id
"""
ORDER = "ORDER BY a.created_at, a.uid"
LIVE = f"{ATTEMPT} WHERE {IS_LIVE} {ORDER}"
GIVEN_UP = f"""
    {ATTEMPT} WHERE a.state IN ('expired','cancelled') AND a.created_at >= :since
    AND a.sent = 1 {ORDER}
"""
ONE = """
    SELECT a.*, o.receipt AS order_receipt,
           EXISTS (SELECT 1 FROM payments p WHERE p.attempt_uid = a.uid AND p.is_late) AS came_late
    FROM attempts a LEFT JOIN orders o ON o.order_id = a.order_id WHERE a.uid = :uid
"""
AT_GATEWAY = "a.method != 'cash' AND a.sent = 1"
RECENT = f"{ATTEMPT} WHERE a.created_at >= :since AND a.state != 'rejected' AND {AT_GATEWAY}"
OLDER_LIVE = f"{ATTEMPT} WHERE a.created_at < :since AND {IS_LIVE} AND {AT_GATEWAY}"
OLDER_GIVEN_UP = f"""
    {ATTEMPT} WHERE a.created_at < :since AND a.state IN ('expired','cancelled') AND {AT_GATEWAY}
"""


AWAITING = f"""
    {ATTEMPT} JOIN enrollments e ON e.uid = a.enrollment_uid
    JOIN students s ON s.uid = e.student_uid
    WHERE {IS_LIVE} AND a.state = 'awaiting'
    AND (:phone = '' OR s.phone = :phone OR s.guardian_phone = :phone)
    AND (:paise = 0 OR a.amount_paise = :paise)
    ORDER BY a.created_at DESC LIMIT 1
"""


class SqlAttemptQueries(Queries):
    """Queries of attempts and orders."""

    def live(self) -> tuple[Attempt, ...]:
        """Return every live attempt, oldest first."""
        return tuple(record_of(Attempt, row) for row in self._all(LIVE))

    def open_since(self, since: datetime) -> tuple[Attempt, ...]:
        """Return live attempts, and those ended since then that may have reached the gateway."""
        with self._connections.reading() as reading:
            rows = [*reading.execute(LIVE), *reading.execute(GIVEN_UP, {"since": instant(since)})]
        return tuple(record_of(Attempt, row) for row in rows)

    def watched(self, since: datetime) -> tuple[Attempt, ...]:
        """Return every attempt to check at the gateway, oldest first; see the port."""
        values = {"since": instant(since)}
        with self._connections.reading() as reading:
            found = {
                row.uid: record_of(Attempt, row)
                for sql in (OLDER_GIVEN_UP, OLDER_LIVE, RECENT)
                for row in reading.execute(sql, values)
            }
        return tuple(sorted(found.values(), key=lambda each: (each.created_at, each.uid)))

    def get(self, uid: str) -> tuple[Attempt, str, bool]:
        """Return an attempt, its newest failure and whether its payment was late.

        Raises:
            KeyError: there is none.
        """
        row = self._first(ONE, uid=uid)
        if row is None:
            raise KeyError(uid)
        return record_of(Attempt, row), row.failure, bool(row.came_late)

    def awaiting(self, *, phone: str, amount: Money | None) -> Attempt | None:
        """Return the newest attempt that can be paid now and matches every clue."""
        row = self._first(AWAITING, phone=phone, paise=amount.paise if amount else 0)
        return None if row is None else record_of(Attempt, row)

    def due_of_order(self, order_id: str) -> str | None:
        """Return the due that an order of ours is for; None for other orders."""
        return self._scalar("SELECT due_uid FROM orders WHERE order_id = :id", id=order_id)
