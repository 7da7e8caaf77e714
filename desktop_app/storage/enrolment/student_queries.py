"""Search among a million students: every step reads an index and stops at its limit.

The steps find candidates in the order of `MatchKind`, which then sorts them, those served last
first among equals.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from desktop_app.domain.money import Money
from desktop_app.domain.students import PHONE_DIGITS, Student, mask_phone
from desktop_app.domain.text import clean_line
from desktop_app.services.views.enrolment import (
    EnrollmentRow,
    NextDue,
    StudentDetail,
    StudentPage,
    StudentSummary,
)
from desktop_app.storage.mapping import record_of
from desktop_app.storage.read_connections import TODAY, Queries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.domain.student_matching import StudentMatch
    from desktop_app.domain.typed_text import TypedText
    from desktop_app.storage.read_connections import ReadConnection

COLUMNS = f"""
    s.id, s.uid, s.roll_no, s.name, s.phone, s.guardian_name, s.guardian_phone, s.state,
    (SELECT e.course_label || ' · ' || e.state FROM enrollments e
     WHERE e.student_uid = s.uid ORDER BY e.created_at DESC LIMIT 1) AS note,
    (SELECT coalesce(sum(b.balance_paise), 0) FROM due_balances b
     WHERE b.student_uid = s.uid AND b.state = 'open' AND b.due_on <= {TODAY}) AS due_paise,
    (SELECT b.due_on || ' ' || sum(b.balance_paise) FROM due_balances b
     WHERE b.student_uid = s.uid AND b.state = 'open' AND b.balance_paise > 0
     AND b.due_on > {TODAY} GROUP BY b.due_on ORDER BY b.due_on LIMIT 1) AS next_due,
    EXISTS (SELECT 1 FROM enrollments a
     WHERE a.student_uid = s.uid AND a.state = 'active') AS is_enrolled
"""
SEARCHED = """
    s.id, s.roll_no, s.name, s.phone, s.guardian_name, s.guardian_phone,
    coalesce(s.served_at, s.created_at) AS came_at
"""
TRIGRAM = 3
MOST = 1_000
"""Matches of a text that a page counts."""
SERVED_LATELY = 100
"""How many of those served last are compared in any case: a parent who comes again is first."""
NEWEST_ROLLS = 2_000
"""Students whose roll numbers are compared with one or two digits, which no index holds."""

RECENT = f"""
    SELECT {COLUMNS} FROM students s WHERE s.served_at IS NOT NULL
    ORDER BY s.served_at DESC LIMIT :limit
"""
LATELY = f"""
    SELECT {SEARCHED} FROM students s WHERE s.served_at IS NOT NULL
    ORDER BY s.served_at DESC LIMIT {SERVED_LATELY}
"""
BY_IDS = f"SELECT {COLUMNS} FROM students s WHERE s.id IN (SELECT value FROM json_each(:ids))"
NEWEST = f"SELECT {COLUMNS} FROM students s ORDER BY s.id DESC LIMIT :limit"
BY_ROLL = f"SELECT {COLUMNS} FROM students s WHERE s.roll_no = :roll"
BY_EXACT_ROLL = f"SELECT {SEARCHED} FROM students s WHERE s.roll_no = :roll"
_BY_ENDING = f"""
    SELECT {SEARCHED} FROM students s WHERE s.id IN (
        SELECT id FROM students WHERE {{column}} >= :low AND {{column}} < :high
        ORDER BY id DESC LIMIT :limit)
"""
BY_PHONE = _BY_ENDING.format(column="phone_reversed")
BY_GUARDIAN_PHONE = _BY_ENDING.format(column="guardian_phone_reversed")
BY_WHOLE_PHONE = f"""
    SELECT {COLUMNS} FROM students s
    WHERE s.phone_reversed = :reversed OR s.guardian_phone_reversed = :reversed LIMIT 20
"""
NEWEST_ROLL = "SELECT roll_no FROM students ORDER BY id DESC LIMIT 1"
BY_ROLL_START = f"""
    SELECT {SEARCHED} FROM students s WHERE s.roll_no >= :low AND s.roll_no < :high
    ORDER BY s.roll_no LIMIT :limit
"""
BY_WORDS = f"""
    SELECT {SEARCHED} FROM students s WHERE s.id IN (
        SELECT rowid FROM student_words WHERE student_words MATCH :match
        ORDER BY rowid DESC LIMIT :limit)
    ORDER BY s.id DESC
"""
BY_PARTS = f"""
    SELECT {SEARCHED} FROM students s WHERE s.id IN (
        SELECT rowid FROM student_parts WHERE student_parts MATCH :match
        ORDER BY rowid DESC LIMIT :limit)
    ORDER BY s.id DESC
"""
BY_NEW_ROLLS = f"""
    SELECT {SEARCHED} FROM students s WHERE s.id IN (
        SELECT id FROM (SELECT id, roll_no FROM students ORDER BY id DESC LIMIT {NEWEST_ROLLS})
        WHERE roll_no LIKE '%' || :digits || '%' LIMIT :limit)
"""
ALL_PAGE = f"""
    SELECT {COLUMNS} FROM students s WHERE s.roll_no IN (
        SELECT roll_no FROM students ORDER BY roll_no LIMIT :limit OFFSET :offset)
    ORDER BY s.roll_no
"""
COUNT_ALL = "SELECT count(*) FROM students"
UNPAID = f"""SELECT student_uid FROM due_balances
    WHERE state = 'open' AND balance_paise > 0 AND due_on <= {TODAY}"""
UNPAID_PAGE = f"""
    SELECT {COLUMNS} FROM students s WHERE s.uid IN ({UNPAID})
    ORDER BY s.roll_no LIMIT :limit OFFSET :offset
"""
COUNT_UNPAID = f"SELECT count(DISTINCT student_uid) FROM ({UNPAID})"

HISTORY = f"""
    SELECT e.*, r.number AS receipt_no, r.uid AS receipt_uid,
        r.issued_at AS receipt_at,
        coalesce(r.mode, 'live') AS mode,
        (SELECT coalesce(sum(b.asked_paise), 0) FROM dues d JOIN due_balances b
            ON b.due_uid = d.uid WHERE d.enrollment_uid = e.uid) AS asked_paise,
        (SELECT coalesce(sum(b.balance_paise), 0) FROM dues d JOIN due_balances b
            ON b.due_uid = d.uid WHERE d.enrollment_uid = e.uid AND b.state = 'open'
            AND b.due_on <= {TODAY}) AS due_paise,
        (SELECT min(b.due_on) FROM dues d JOIN due_balances b ON b.due_uid = d.uid
            WHERE d.enrollment_uid = e.uid AND b.state = 'open' AND b.balance_paise > 0
            AND b.due_on <= {TODAY}) AS due_on,
        (SELECT coalesce(sum(b.balance_paise), 0) FROM dues d JOIN due_balances b
            ON b.due_uid = d.uid WHERE d.enrollment_uid = e.uid AND b.state = 'open'
            AND b.due_on > {TODAY}) AS later_paise,
        (SELECT min(b.due_on) FROM dues d JOIN due_balances b ON b.due_uid = d.uid
            WHERE d.enrollment_uid = e.uid AND b.state = 'open' AND b.balance_paise > 0
            AND b.due_on > {TODAY}) AS later_on,
        e.state = 'active' AND NOT EXISTS (
            SELECT 1 FROM dues d JOIN due_balances b ON b.due_uid = d.uid
            WHERE d.enrollment_uid = e.uid AND b.asked_paise > 0) AS is_free
    FROM enrollments e
    LEFT JOIN receipts r ON r.uid = (
        SELECT l.receipt_uid FROM dues d JOIN receipt_lines l ON l.due_uid = d.uid
        JOIN receipts x ON x.uid = l.receipt_uid
        WHERE d.enrollment_uid = e.uid ORDER BY x.issued_at DESC, x.number DESC LIMIT 1)
    WHERE e.student_uid = :uid ORDER BY e.created_at DESC
"""


class SqlStudentQueries(Queries):
    """Queries of students."""

    def search(self, typed: str, limit: int) -> tuple[StudentSummary, ...]:
        """Return students that match a text, best first; those served last for an empty one."""
        with self._connections.reading() as reading:
            return matching(reading, typed, limit)

    def page(self, typed: str, offset: int, limit: int, *, unpaid: bool = False) -> StudentPage:
        """Return a page by roll number, or of the first thousand that match a text."""
        wanted = clean_line(typed)
        every, count = (UNPAID_PAGE, COUNT_UNPAID) if unpaid else (ALL_PAGE, COUNT_ALL)
        with self._connections.reading() as reading:
            if wanted:
                matches = matching(reading, wanted, MOST)
                if unpaid:
                    matches = tuple(each for each in matches if each.due)
                return StudentPage(matches[offset : offset + limit], len(matches))
            rows = reading.execute(every, {"limit": limit, "offset": offset})
            total = reading.execute(count).scalar()
            return StudentPage(tuple(hit_of(row) for row in rows), int(total or 0))

    def detail(self, uid: str) -> StudentDetail | None:
        """Return a student in full with the history."""
        with self._connections.reading() as reading:
            row = reading.execute("SELECT * FROM students WHERE uid = :uid", {"uid": uid}).first()
            if row is None:
                return None
            history = reading.execute(HISTORY, {"uid": uid})
            enrolled = tuple(record_of(EnrollmentRow, each) for each in history)
            return StudentDetail(uid, record_of(Student, row), enrolled)

    def exactly(self, roll_no: str, phone: str) -> tuple[StudentSummary, ...]:
        """Return those with exactly this roll number, else with this phone (ten digits)."""
        with self._connections.reading() as reading:
            rows = reading.execute(BY_ROLL, {"roll": roll_no}).all()
            if not rows and phone:
                rows = reading.execute(BY_WHOLE_PHONE, {"reversed": phone[::-1]}).all()
            return tuple(hit_of(row) for row in rows)

    def newest_roll_no(self) -> str | None:
        """Return the roll number added last."""
        return self._scalar(NEWEST_ROLL)

    def has_roll_no(self, roll_no: str) -> bool:
        """Return whether a roll number is taken, whatever its case."""
        return bool(self._scalar("SELECT 1 FROM students WHERE roll_no = :roll", roll=roll_no))


def matching(reading: ReadConnection, typed: str, limit: int) -> tuple[StudentSummary, ...]:
    """Return students that match a text, best first; those served last for an empty one."""
    from desktop_app.domain.typed_text import TypedText

    wanted = TypedText(typed)
    if not wanted.line:
        return _recent(reading, limit)
    best = _best(_candidates(reading, wanted, limit), limit)
    ids = json.dumps([row.id for row, _ in best])
    rows = {row.id: row for row in reading.execute(BY_IDS, {"ids": ids})}
    return tuple(hit_of(rows[row.id], match) for row, match in best)


def _candidates(
    reading: ReadConnection, wanted: TypedText, limit: int
) -> dict[int, tuple[Any, StudentMatch]]:
    """Return students by id, among them the best `limit`."""
    from desktop_app.domain.student_matching import MatchKind

    lately = {row.id: (row, wanted.match(row)) for row in reading.execute(LATELY)}
    found = {key: each for key, each in lately.items() if each[1].kind is not MatchKind.OTHER}
    listed: set[int] = set()
    for rows in _steps(reading, wanted, limit):
        for row in rows:
            listed.add(row.id)
            if row.id not in found:
                found[row.id] = row, wanted.match(row)
        if len(listed) >= limit:
            break
    return found


def _best(found: dict[int, tuple[Any, StudentMatch]], limit: int) -> list[tuple[Any, StudentMatch]]:
    """Sort students by how they match; of equals those who came last are first."""
    newest = sorted(found.values(), key=lambda each: (each[0].came_at, each[0].id), reverse=True)
    return sorted(newest, key=lambda each: each[1].sort_key(each[0].roll_no))[:limit]


def _recent(reading: ReadConnection, limit: int) -> tuple[StudentSummary, ...]:
    rows = reading.execute(RECENT, {"limit": limit}).all()
    if not rows:
        rows = reading.execute(NEWEST, {"limit": limit}).all()
    return tuple(hit_of(row) for row in rows)


def _steps(reading: ReadConnection, wanted: TypedText, limit: int) -> Iterator[list[Any]]:
    """Yield what was found, the students who come first before the others."""
    from desktop_app.storage.enrolment.name_queries import HIGHEST

    def rows(sql: str, **values: Any) -> list[Any]:
        return reading.execute(sql, {"limit": limit, **values}).all()

    line, digits = wanted.line, wanted.digits
    exact = rows(BY_EXACT_ROLL, roll=line)
    yield exact
    if line.isdecimal():
        yield rows(BY_EXACT_ROLL, roll=_like_the_newest(reading, line))
    ending = {"low": digits[::-1], "high": digits[::-1] + HIGHEST}
    if digits:
        yield rows(BY_PHONE, **ending)
    yield rows(BY_ROLL_START, low=line, high=line + HIGHEST)
    if digits:
        yield rows(BY_GUARDIAN_PHONE, **ending)
    if wanted.words and not digits:
        yield from _named(reading, wanted, limit)
    if not exact and len(digits) < PHONE_DIGITS:
        yield _inside(reading, wanted, limit)


def _named(reading: ReadConnection, wanted: TypedText, limit: int) -> Iterator[list[Any]]:
    """Yield students by name; the best are looked for only where there are very many."""
    from desktop_app.storage.enrolment.name_queries import NameQueries

    def rows(match: str) -> list[Any]:
        return reading.execute(BY_WORDS, {"limit": limit, "match": match}).all()

    queries = NameQueries(reading, wanted.words)
    everybody = rows(queries.everybody())
    if len(everybody) == limit:
        children = rows(queries.children())
        if len(children) == limit:
            yield from map(rows, queries.best_first())
        yield children
    yield everybody


def _inside(reading: ReadConnection, wanted: TypedText, limit: int) -> list[Any]:
    """Return students by what is inside a name or number, which takes the longest."""
    parts = [part for part in (wanted.digits or wanted.line).split() if len(part) >= TRIGRAM]
    if parts:
        match = " ".join(_quoted(part) for part in parts)
        return reading.execute(BY_PARTS, {"limit": limit, "match": match}).all()
    if wanted.digits:
        values = {"limit": limit, "digits": wanted.digits}
        return reading.execute(BY_NEW_ROLLS, values).all()
    return []


def _like_the_newest(reading: ReadConnection, number: str) -> str:
    """Return a roll number that looks like the newest: R007 for 7 where the newest is R212."""
    newest = reading.execute(NEWEST_ROLL).scalar() or ""
    before = newest.rstrip("0123456789")
    return before + number.zfill(len(newest) - len(before))


def _quoted(part: str) -> str:
    return '"' + part.replace('"', '""') + '"'


def hit_of(row: Any, match: StudentMatch | None = None) -> StudentSummary:
    """Return a row as a search result, phones masked."""
    masked = {"phone": mask_phone(row.phone), "guardian_phone": mask_phone(row.guardian_phone)}
    due = _next_due(row.next_due)
    return record_of(StudentSummary, row, note=row.note or "", match=match, next_due=due, **masked)


def _next_due(words: str | None) -> NextDue | None:
    if words is None:
        return None
    day, paise = words.split()
    return NextDue(date.fromisoformat(day), Money(int(paise)))
