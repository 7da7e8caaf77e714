"""The list of open dues: any page of a million by an index, and the sums by day.

The number of dues and their balance by due date are read once and kept until something is
written: they give the total, the sums of the buckets, and the day on which a page begins.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from desktop_app.domain.ageing import Bucket, Standing, bucket_of, month_of, span_of, standing_of
from desktop_app.domain.defaulters import is_defaulter
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.text import clean_line
from desktop_app.services.views.dues import BucketSum, DueChoice, DuePage, DueSums
from desktop_app.storage.enrolment.late_fee_columns import LATE, late_fee_of
from desktop_app.storage.fees.account_queries import account_of
from desktop_app.storage.fees.due_rows import OPEN, rows_of
from desktop_app.storage.fees.families import FAMILY, principals_of
from desktop_app.storage.read_connections import Queries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop_app.services.views.dues import FamilyAccount
    from desktop_app.storage.read_connections import ReadConnection

VERSION = "SELECT coalesce(max(id), 0) FROM audit_entries"
"""Every write appends to the audit chain."""
DAYS = f"""
    SELECT b.due_on, count(*) AS dues, sum(b.balance_paise) AS paise FROM due_balances b
    WHERE {OPEN} GROUP BY b.due_on ORDER BY b.due_on
"""
PICK = f"""
    SELECT b.rowid FROM due_balances b WHERE {OPEN} AND b.due_on BETWEEN :since AND :until
    ORDER BY b.due_on, b.balance_paise DESC, b.rowid LIMIT :limit OFFSET :offset
"""
PICK_BACK = f"""
    SELECT b.rowid FROM due_balances b WHERE {OPEN} AND b.due_on BETWEEN :since AND :until
    ORDER BY b.due_on DESC, b.balance_paise, b.rowid DESC LIMIT :limit OFFSET :offset
"""
"""The same from the end of the list."""
COVERED_DAYS = f"""
    SELECT b.due_on, min(x.amount_paise, b.balance_paise) AS paise
    FROM attempt_dues x CROSS JOIN due_balances b ON b.due_uid = x.due_uid
    WHERE x.is_live = 1 AND {OPEN}
"""
"""Few payments are under way: each is looked up among the balances, not the other way round."""
FOUND = f"""
    SELECT b.rowid FROM due_balances b WHERE {OPEN} AND +b.due_on BETWEEN :since AND :until
    AND (b.student_uid IN (SELECT value FROM json_each(:students))
         OR b.course_uid IN (SELECT uid FROM courses
                             WHERE code = :text OR batch = :text COLLATE NOCASE))
    ORDER BY b.due_on, b.balance_paise DESC, b.rowid
"""
TO_CALL = f"""
    SELECT b.rowid FROM due_balances b JOIN dues d ON d.uid = b.due_uid AND d.kind = 'fee'
    LEFT JOIN enrollment_terms t ON t.enrollment_uid = d.enrollment_uid
    WHERE {OPEN} AND b.due_on BETWEEN :since AND :until AND b.due_on < :last
    AND julianday(:as_of) - julianday(b.due_on)
        - coalesce(json_extract(nullif(t.late_rule, ''), '$.grace_days'), 0) > :days
    AND b.student_uid NOT IN (SELECT value FROM json_each(:promised))
    ORDER BY b.student_uid IN (SELECT value FROM json_each(:broken)) DESC,
        b.due_on, b.balance_paise DESC, b.rowid
"""
PROMISED = """
    SELECT student_uid, sum(amount_paise) AS paise FROM promises WHERE state = 'open'
    GROUP BY coalesce(family_uid, student_uid)
"""
BROKEN = """
    SELECT s.uid FROM promises r JOIN students s
    ON s.uid = r.student_uid OR s.family_uid = r.family_uid WHERE r.state = 'broken'
"""
LATE_FEES = f"""
    SELECT b.due_uid, b.due_on, b.balance_paise, {LATE} FROM due_balances b
    JOIN dues d ON d.uid = b.due_uid
    JOIN enrollment_terms t ON t.enrollment_uid = d.enrollment_uid
    WHERE b.due_uid IN (SELECT value FROM json_each(:dues)) AND {OPEN}
"""
MOST_STUDENTS = 200


class _Day(NamedTuple):
    due_on: str
    dues: int
    paise: int


class SqlDueListQueries(Queries):
    """Queries of the list of dues, and of a family's account."""

    _known: tuple[int, tuple[_Day, ...]] = (-1, ())

    def page(self, which: DueChoice, as_of: date, days: int, offset: int, limit: int) -> DuePage:
        """Return a page: what fell due first, of a day the largest balance."""
        since, until = _span(which, as_of)
        with self._connections.reading() as reading:
            text = clean_line(which.text)
            if which.to_call or text:
                values = {"since": since, "until": until, "text": text}
                rowids = self._chosen(reading, which, values, as_of, days)
                rows = rows_of(reading, rowids[offset : offset + limit], as_of)
                return DuePage(rows, len(rowids))
            known = [day for day in self._days(reading) if since <= day.due_on <= until]
            total = sum(day.dues for day in known)
            rowids = _picked(reading, known, offset, min(limit, total - offset))
            return DuePage(rows_of(reading, rowids, as_of), total)

    def sums(self, as_of: date) -> DueSums:
        """Return the sums of all open dues by bucket."""
        with self._connections.reading() as reading:
            days = self._days(reading)
            covered = reading.execute(COVERED_DAYS).all()
        counts, paise = dict.fromkeys(Bucket, 0), dict.fromkeys(Bucket, 0)
        standing = Standing()
        for day in days:
            due_on = date.fromisoformat(day.due_on)
            bucket = bucket_of(due_on, as_of)
            counts[bucket] += day.dues
            paise[bucket] += day.paise
            standing += standing_of(Money(day.paise), ZERO, due_on, as_of)
        for row in covered:
            due_on, part = date.fromisoformat(row.due_on), Money(row.paise)
            is_due = due_on <= as_of
            standing += Standing(-part if is_due else ZERO, part, ZERO if is_due else -part)
        return DueSums(
            {each: BucketSum(counts[each], Money(paise[each])) for each in Bucket},
            standing,
            (_sum_of_month(days, as_of, 0), _sum_of_month(days, as_of, 1)),
        )

    def account(self, student_uid: str, as_of: date, days: int) -> FamilyAccount | None:
        """Return the account of a student's family; None for an unknown student."""
        with self._connections.reading() as reading:
            return account_of(reading, student_uid, as_of, days)

    def late_fees(self, due_uids: Sequence[str], on: date) -> Mapping[str, Money]:
        """Return the late fee of each of some dues, were it paid on a day, by uid."""
        rows = self._all(LATE_FEES, dues=json.dumps(list(due_uids)))
        return {row.due_uid: late_fee_of(row, date.fromisoformat(row.due_on), on) for row in rows}

    def _days(self, reading: ReadConnection) -> tuple[_Day, ...]:
        """Return the open dues by due date, read again after each write."""
        version = int(reading.execute(VERSION).scalar() or 0)
        if self._known[0] != version:
            self._known = version, tuple(_Day(*row) for row in reading.execute(DAYS))
        return self._known[1]

    def _chosen(
        self,
        reading: ReadConnection,
        which: DueChoice,
        values: dict[str, Any],
        as_of: date,
        days: int,
    ) -> list[int]:
        """Return the rowids of dues by a text, or of defaulters, or of both."""
        found: list[int] | None = None
        if values["text"]:
            from desktop_app.storage.enrolment.student_queries import matching

            students = [hit.uid for hit in matching(reading, which.text, MOST_STUDENTS)]
            rows = reading.execute(FOUND, {**values, "students": json.dumps(students)})
            found = [row[0] for row in rows]
        if not which.to_call:
            return found or []
        more = _to_call(reading, as_of, days)
        called = [row[0] for row in reading.execute(TO_CALL, {**values, **more})]
        return called if found is None else [each for each in called if each in set(found)]


def _span(which: DueChoice, as_of: date) -> tuple[str, str]:
    """Return the first and the last due date of what is listed."""
    since, until = span_of(which.bucket, as_of)
    if which.month is not None:
        first, last = month_of(as_of, which.month)
        since, until = max(since, first), min(until, last)
    return since.isoformat(), until.isoformat()


def _sum_of_month(days: Sequence[_Day], as_of: date, ahead: int) -> BucketSum:
    since, until = _span(DueChoice(month=ahead), as_of)
    found = [day for day in days if since <= day.due_on <= until]
    return BucketSum(sum(day.dues for day in found), Money(sum(day.paise for day in found)))


def _picked(reading: ReadConnection, known: Sequence[_Day], offset: int, limit: int) -> list[int]:
    """Return the rowids of a page, from the nearer end of the list.

    Whole days before the page are skipped by their counts, so that few rows are read over.
    """
    if limit <= 0:
        return []
    after = sum(day.dues for day in known) - offset - limit
    is_back = after < offset
    skipped, days = (after, list(reversed(known))) if is_back else (offset, list(known))
    while skipped >= days[0].dues:
        skipped -= days.pop(0).dues
    since, until = sorted((days[0].due_on, days[-1].due_on))
    values = {"since": since, "until": until, "limit": limit, "offset": skipped}
    rowids = [row[0] for row in reading.execute(PICK_BACK if is_back else PICK, values)]
    return rowids[::-1] if is_back else rowids


def _to_call(reading: ReadConnection, as_of: date, days: int) -> dict[str, Any]:
    """Return the values that choose the dues of defaulters.

    Open promises are few: each family that has one is judged, and left out where it is covered.
    """
    promised: list[str] = []
    for row in reading.execute(PROMISED).all():
        family = {"student": row.student_uid}
        principals = principals_of(reading.connection, row.student_uid)
        if not is_defaulter(principals, Money(row.paise), as_of, days):
            promised += [each.uid for each in reading.execute(FAMILY, family)]
    broken = [row[0] for row in reading.execute(BROKEN)]
    return {
        "as_of": as_of.isoformat(),
        "last": date.fromordinal(as_of.toordinal() - days).isoformat(),
        "days": days,
        "promised": json.dumps(promised),
        "broken": json.dumps(broken),
    }
