"""Rows of open dues with their family, late fee, promise and last contact."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from desktop_app.domain.ageing import bucket_of
from desktop_app.domain.money import Money
from desktop_app.domain.promises import PromiseState
from desktop_app.domain.students import mask_phone
from desktop_app.services.views.dues import ListedDue, PromiseMark
from desktop_app.storage.enrolment.late_fee_columns import LATE, late_fee_of
from desktop_app.storage.mapping import optional_instant, record_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.storage.read_connections import ReadConnection

OPEN = "b.state = 'open' AND b.balance_paise > 0"
"""As the index of open dues has it."""

COVERED = """coalesce((SELECT x.amount_paise FROM attempt_dues x
    WHERE x.due_uid = b.due_uid AND x.is_live = 1), 0)"""
_MARK = """SELECT r.uid FROM promises r WHERE {whose} AND r.state IN ('open', 'broken')
    ORDER BY r.noted_at DESC LIMIT 1"""
PROMISE = f"""coalesce(({_MARK.format(whose="r.family_uid = s.family_uid")}),
    ({_MARK.format(whose="r.student_uid = s.uid")}))"""
CONTACTED = " , ".join(
    f"coalesce((SELECT max(noted_at) FROM {table} WHERE {whose}), '')"
    for table in ("contacts", "promises")
    for whose in ("family_uid = s.family_uid", "student_uid = s.uid")
)
HAS_SIBLING = """EXISTS (
    SELECT 1 FROM students x WHERE x.family_uid = s.family_uid AND x.uid <> s.uid)"""
COLUMNS = f"""
    b.due_uid AS uid, d.enrollment_uid, b.student_uid, s.name AS student_name, s.roll_no,
    coalesce(nullif(s.guardian_name, ''), nullif(m.name, ''), '') AS family,
    coalesce(nullif(s.guardian_phone, ''), nullif(m.phone, ''), s.phone) AS whole_phone,
    e.course_code, e.course_label, d.head_code AS head, d.kind, d.label,
    d.instalment_no AS instalment, b.due_on, b.asked_paise AS amount_paise, b.balance_paise,
    {COVERED} AS covered_paise, {LATE},
    r.amount_paise AS promised, r.by_on AS promised_by, r.state AS promise_state,
    r.uid IS NOT NULL AND {HAS_SIBLING} AS is_promise_shared,
    nullif(max({CONTACTED}), '') AS contact
"""
ROWS = f"""
    SELECT {COLUMNS} FROM json_each(:rowids) AS picked
    CROSS JOIN due_balances b ON b.rowid = picked.value
    JOIN dues d ON d.uid = b.due_uid JOIN enrollments e ON e.uid = d.enrollment_uid
    JOIN students s ON s.uid = b.student_uid LEFT JOIN families m ON m.uid = s.family_uid
    LEFT JOIN enrollment_terms t ON t.enrollment_uid = d.enrollment_uid
    LEFT JOIN promises r ON r.uid = {PROMISE}
    ORDER BY picked.key
"""


def rows_of(reading: ReadConnection, rowids: Sequence[int], as_of: date) -> tuple[ListedDue, ...]:
    """Return dues by the rowids of their balances, in their order."""
    rows = reading.execute(ROWS, {"rowids": json.dumps(rowids)})
    return tuple(_row_of(row, as_of) for row in rows)


def _row_of(row: Any, as_of: date) -> ListedDue:
    due_on = date.fromisoformat(row.due_on)
    promise = None
    if row.promise_state:
        promise = PromiseMark(
            Money(row.promised),
            date.fromisoformat(row.promised_by),
            PromiseState(row.promise_state),
            is_shared=bool(row.is_promise_shared),
        )
    return record_of(
        ListedDue,
        row,
        phone=mask_phone(row.whole_phone),
        days=(as_of - due_on).days,
        bucket=bucket_of(due_on, as_of),
        late_fee=late_fee_of(row, due_on, as_of),
        promise=promise,
        contacted_at=optional_instant(row.contact),
    )
