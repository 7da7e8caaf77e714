"""Attempts as readers see them, each by its own index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.storage.mapping import attempt_of, instant

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.domain.payment import Attempt
    from desktop_app.storage.read_connections import ReadConnection

ATTEMPT = """
    SELECT a.*, o.receipt AS order_receipt
    FROM attempts a LEFT JOIN orders o ON o.order_id = a.order_id
"""
ORDER = "ORDER BY a.created_at, a.uid"
IS_LIVE = "a.state IN ('intent','unknown','ordered','awaiting')"
LIVE = f"{ATTEMPT} WHERE {IS_LIVE} {ORDER}"
GIVEN_UP = f"""
    {ATTEMPT} WHERE a.state IN ('expired','cancelled') AND a.created_at >= :since
    AND a.sent = 1 {ORDER}
"""
ONE = f"{ATTEMPT} WHERE a.uid = :uid"
AT_GATEWAY = "a.method != 'cash' AND a.sent = 1"
RECENT = f"{ATTEMPT} WHERE a.created_at >= :since AND a.state != 'rejected' AND {AT_GATEWAY}"
OLDER_LIVE = f"{ATTEMPT} WHERE a.created_at < :since AND {IS_LIVE} AND {AT_GATEWAY}"
OLDER_GIVEN_UP = f"""
    {ATTEMPT} WHERE a.created_at < :since AND a.state IN ('expired','cancelled') AND {AT_GATEWAY}
"""


def live(reading: ReadConnection) -> tuple[Attempt, ...]:
    """Every live attempt, oldest first."""
    return tuple(attempt_of(row) for row in reading.execute(LIVE))


def given_up(reading: ReadConnection, since: datetime) -> tuple[Attempt, ...]:
    """Those given up since then that may have reached the gateway, oldest first."""
    rows = reading.execute(GIVEN_UP, {"since": instant(since)})
    return tuple(attempt_of(row) for row in rows)


def watched(reading: ReadConnection, since: datetime) -> tuple[Attempt, ...]:
    """Everything to look at, oldest first; see the port."""
    values = {"since": instant(since)}
    found = {
        row.uid: attempt_of(row)
        for sql in (OLDER_GIVEN_UP, OLDER_LIVE, RECENT)
        for row in reading.execute(sql, values)
    }
    return tuple(sorted(found.values(), key=lambda each: (each.created_at, each.uid)))


def one(reading: ReadConnection, uid: str) -> tuple[Attempt, str, bool]:
    """An attempt, its newest failed try, and whether its money came late. Raises KeyError."""
    row = reading.execute(ONE, {"uid": uid}).first()
    if row is None:
        raise KeyError(uid)
    late = reading.execute(
        "SELECT 1 FROM payments WHERE attempt_uid = :uid AND is_late", {"uid": uid}
    ).first()
    return attempt_of(row), row.failure, late is not None


LIKE = f"""
    {ATTEMPT} JOIN enrollments e ON e.uid = a.enrollment_uid
    JOIN students s ON s.uid = e.student_uid
    WHERE {AT_GATEWAY}
    AND ({IS_LIVE} OR (a.state IN ('expired','cancelled') AND a.updated_at >= :since))
    AND (:phone = '' OR s.phone = :phone OR s.guardian_phone = :phone)
    AND (:paise = 0 OR a.amount_paise = :paise)
    ORDER BY a.created_at DESC LIMIT 1
"""


def like(reading: ReadConnection, phone: str, paise: int, since: datetime) -> Attempt | None:
    """The newest attempt, live or given up since then, of a phone and an amount."""
    values = {"phone": phone, "paise": paise, "since": instant(since)}
    row = reading.execute(LIKE, values).first()
    return None if row is None else attempt_of(row)
