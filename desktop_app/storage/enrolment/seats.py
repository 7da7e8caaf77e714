"""Which enrolments hold a seat of their course: one rule for lists, offers and the last seat."""

from __future__ import annotations

IS_LIVE = "a.state IN ('intent','unknown','ordered','awaiting')"
"""The condition of the partial index of live attempts, letter by letter."""


IS_CAPTURED = """
    EXISTS (
        SELECT 1 FROM dues u JOIN attempt_dues x ON x.due_uid = u.uid
        JOIN attempts a ON a.uid = x.attempt_uid JOIN attempt_events v ON v.attempt_uid = a.uid
        WHERE u.enrollment_uid = o.uid AND a.state IN ('expired','cancelled')
        AND v.note LIKE 'capture pay%'
        AND NOT EXISTS (
            SELECT 1 FROM attempt_events w WHERE w.attempt_uid = a.uid AND w.id > v.id
            AND w.note IN ('over ' || substr(v.note, 9), 'left ' || substr(v.note, 9))
        )
        AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.payment_id = substr(v.note, 9))
    )
"""
"""Whether a capture was asked for whose payment is neither posted nor known to have gone back.

The desk causes that payment, so nobody else may take its seat before it is posted.
"""


_IN_PART_PAID_BILL = """
    SELECT 1 FROM dues u JOIN bill_lines l ON l.due_uid = u.uid
    JOIN bills h ON h.uid = l.bill_uid
    WHERE u.enrollment_uid = o.uid AND h.state = 'part_paid'
"""
"""A bill that was paid in part and holds the seat; see `services/posting/bills.py`."""


def seats_taken(course: str, *, besides: str = "", now: str = "") -> str:
    """Return the SQL that counts enrolments: active, with a live attempt, or being captured.

    Args:
        course: SQL of the course's uid.
        besides: SQL of the uids of enrolments that are not counted, with commas between.
        now: SQL of this instant, at which a bill holds seats no longer; without it, until it ends.
    """
    of = f"SELECT count(*) FROM enrollments o WHERE o.course_uid = {course}"
    if besides:
        of = f"{of} AND o.uid NOT IN ({besides})"
    live = """EXISTS (SELECT 1 FROM dues u JOIN attempt_dues x ON x.due_uid = u.uid
        WHERE u.enrollment_uid = o.uid AND x.is_live = 1)"""
    in_bill = f"{_IN_PART_PAID_BILL} AND h.hold_until > {now}" if now else _IN_PART_PAID_BILL
    held = f"{of} AND o.state = 'pending' AND ({live} OR {IS_CAPTURED} OR EXISTS ({in_bill}))"
    return f"(({of} AND o.state = 'active') + ({held}))"
