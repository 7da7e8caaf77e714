"""Queries of the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop_app.services.ports.records import OutboxCommand
from desktop_app.services.views.outbox import OutboxCommandView
from desktop_app.storage.mapping import instant, record_of
from desktop_app.storage.read_connections import Queries

if TYPE_CHECKING:
    from datetime import datetime

OPEN = """
    SELECT * FROM errands WHERE state != 'done' AND state IN ('pending','sending')
    ORDER BY due_at, uid
"""
VIEWS = """
    SELECT x.*, x.created_at AS since, s.name, e.course_label,
           coalesce(f.amount_paise, a.amount_paise, y.amount_paise) AS amount_paise,
           coalesce(p.currency, 'INR') AS currency
    FROM errands x
    LEFT JOIN attempts a ON a.uid = x.uid
    LEFT JOIN refunds f ON f.uid = x.uid
    LEFT JOIN payments p ON p.uid = f.payment_uid
    LEFT JOIN strays y ON y.uid = x.uid
    LEFT JOIN dues d ON d.uid = (SELECT t.due_uid FROM attempt_dues t
        WHERE t.attempt_uid = coalesce(a.uid, p.attempt_uid) ORDER BY t.rowid LIMIT 1)
    LEFT JOIN enrollments e ON e.uid = d.enrollment_uid
    LEFT JOIN students s ON s.uid = e.student_uid
    WHERE x.state != 'done' AND (x.state != 'dead' OR x.updated_at >= :since)
    ORDER BY x.created_at, x.uid
"""


class SqlOutboxQueries(Queries):
    """Queries of commands for the gateway."""

    def undelivered(self) -> tuple[OutboxCommand, ...]:
        """Return commands that are not final, by when they are due."""
        return tuple(record_of(OutboxCommand, row) for row in self._all(OPEN))

    def views(self, since: datetime) -> tuple[OutboxCommandView, ...]:
        """Return commands that are not done; of those refused for good, the ones since then."""
        return tuple(_view_of(row) for row in self._all(VIEWS, since=instant(since)))


def _view_of(row: Any) -> OutboxCommandView:
    about = " · ".join(part for part in (row.name, row.course_label) if part)
    return record_of(OutboxCommandView, row, about=about)
