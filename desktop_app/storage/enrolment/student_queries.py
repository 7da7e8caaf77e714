"""Search among a million students: every step reads an index and stops at its limit.

Order of results: exact roll number, phone ending, start of the roll number, starts of the name's
words, then any part of name, roll number or phone.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from desktop_app.domain.students import Student, mask_phone
from desktop_app.domain.text import clean_line
from desktop_app.services.views.enrolment import (
    EnrollmentRow,
    StudentDetail,
    StudentPage,
    StudentSummary,
)
from desktop_app.storage.mapping import record_of
from desktop_app.storage.read_connections import Queries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.storage.read_connections import ReadConnection

COLUMNS = """
    s.uid, s.roll_no, s.name, s.phone, s.guardian_name, s.guardian_phone, s.state,
    (SELECT e.course_label || ' · ' || e.state FROM enrollments e
     WHERE e.student_uid = s.uid ORDER BY e.created_at DESC LIMIT 1) AS note,
    (SELECT coalesce(sum(b.balance_paise), 0) FROM due_balances b
     WHERE b.student_uid = s.uid AND b.state = 'open') AS due_paise,
    EXISTS (SELECT 1 FROM enrollments a
     WHERE a.student_uid = s.uid AND a.state = 'active') AS is_enrolled
"""
TRIGRAM = 3
SHORTEST_PHONE_ENDING = 3
MOST = 1_000
"""Matches of a text that a page counts."""
HIGHEST = "\U0010ffff"

RECENT = f"""
    SELECT {COLUMNS} FROM students s WHERE s.served_at IS NOT NULL
    ORDER BY s.served_at DESC LIMIT :limit
"""
NEWEST = f"SELECT {COLUMNS} FROM students s ORDER BY s.id DESC LIMIT :limit"
BY_ROLL = f"SELECT {COLUMNS} FROM students s WHERE s.roll_no = :roll"
BY_PHONE = f"""
    SELECT {COLUMNS} FROM students s WHERE s.id IN (
        SELECT id FROM students WHERE phone_reversed >= :low AND phone_reversed < :high
        UNION SELECT id FROM students
        WHERE guardian_phone_reversed >= :low AND guardian_phone_reversed < :high
        LIMIT :limit)
"""
BY_ROLL_START = f"""
    SELECT {COLUMNS} FROM students s WHERE s.roll_no >= :low AND s.roll_no < :high
    ORDER BY s.roll_no LIMIT :limit
"""
BY_WORDS = f"""
    SELECT {COLUMNS} FROM students s WHERE s.id IN (
        SELECT rowid FROM student_words WHERE student_words MATCH :match
        ORDER BY rowid DESC LIMIT :limit)
    ORDER BY s.id DESC
"""
BY_PARTS = f"""
    SELECT {COLUMNS} FROM students s WHERE s.id IN (
        SELECT rowid FROM student_parts WHERE student_parts MATCH :match
        ORDER BY rowid DESC LIMIT :limit)
    ORDER BY s.id DESC
"""
ALL_PAGE = f"""
    SELECT {COLUMNS} FROM students s WHERE s.roll_no IN (
        SELECT roll_no FROM students ORDER BY roll_no LIMIT :limit OFFSET :offset)
    ORDER BY s.roll_no
"""
COUNT_ALL = "SELECT count(*) FROM students"
UNPAID = "SELECT student_uid FROM due_balances WHERE state = 'open' AND balance_paise > 0"
UNPAID_PAGE = f"""
    SELECT {COLUMNS} FROM students s WHERE s.uid IN ({UNPAID})
    ORDER BY s.roll_no LIMIT :limit OFFSET :offset
"""
COUNT_UNPAID = f"SELECT count(DISTINCT student_uid) FROM ({UNPAID})"

HISTORY = """
    SELECT e.*, r.number AS receipt_no, r.uid AS receipt_uid,
        coalesce(r.mode, 'live') AS mode,
        (SELECT coalesce(sum(b.balance_paise), 0) FROM dues d JOIN due_balances b
            ON b.due_uid = d.uid WHERE d.enrollment_uid = e.uid AND b.state = 'open') AS due_paise,
        (SELECT min(b.due_on) FROM dues d JOIN due_balances b ON b.due_uid = d.uid
            WHERE d.enrollment_uid = e.uid AND b.state = 'open' AND b.balance_paise > 0) AS due_on
    FROM enrollments e
    LEFT JOIN receipts r ON r.uid = (
        SELECT l.receipt_uid FROM dues d JOIN receipt_lines l ON l.due_uid = d.uid
        JOIN receipts x ON x.uid = l.receipt_uid
        WHERE d.enrollment_uid = e.uid ORDER BY x.issued_at LIMIT 1)
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
                rows = reading.execute(BY_PHONE, {**_ending(phone), "limit": 20}).all()
            return tuple(hit_of(row) for row in rows)

    def newest_roll_no(self) -> str | None:
        """Return the roll number added last."""
        return self._scalar("SELECT roll_no FROM students ORDER BY id DESC LIMIT 1")

    def has_roll_no(self, roll_no: str) -> bool:
        """Return whether a roll number is taken, whatever its case."""
        return bool(self._scalar("SELECT 1 FROM students WHERE roll_no = :roll", roll=roll_no))


def matching(reading: ReadConnection, typed: str, limit: int) -> tuple[StudentSummary, ...]:
    """Return students that match a text, best first; those served last for an empty one."""
    wanted = clean_line(typed)
    if not wanted:
        return _recent(reading, limit)
    found: dict[str, StudentSummary] = {}
    for sql, values in _steps(wanted):
        rows = reading.execute(sql, {"limit": limit, **values})
        for row in rows:
            found.setdefault(row.uid, hit_of(row))
        if len(found) >= limit:
            break
    return tuple(found.values())[:limit]


def _recent(reading: ReadConnection, limit: int) -> tuple[StudentSummary, ...]:
    rows = reading.execute(RECENT, {"limit": limit}).all()
    if not rows:
        rows = reading.execute(NEWEST, {"limit": limit}).all()
    return tuple(hit_of(row) for row in rows)


def _steps(wanted: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield BY_ROLL, {"roll": wanted}
    digits = phone_digits(wanted)
    if digits:
        yield BY_PHONE, _ending(digits)
    yield BY_ROLL_START, {"low": wanted, "high": wanted + HIGHEST}
    words = re.findall(r"[^\W_]+(?:[\u0900-\u097f\u200c\u200d]+|[^\W_]+)*", wanted)
    if words:
        yield BY_WORDS, {"match": " ".join(f'"{word}"*' for word in words)}
    parts = [part for part in (digits or wanted).split() if len(part) >= TRIGRAM]
    if parts:
        yield BY_PARTS, {"match": " ".join(_quoted(part) for part in parts)}


def _ending(digits: str) -> dict[str, str]:
    low = digits[::-1]
    return {"low": low, "high": low + HIGHEST}


def _quoted(part: str) -> str:
    return '"' + part.replace('"', '""') + '"'


def phone_digits(typed: str) -> str:
    """Return the digits of a phone number or its end, without +91 or 0; empty for other text."""
    bare = re.sub(r"[\s().\-/+]", "", unicodedata.normalize("NFKC", typed))
    if not bare.isdecimal() or len(bare) < SHORTEST_PHONE_ENDING:
        return ""
    digits = "".join(str(unicodedata.digit(each)) for each in bare)
    if len(digits) == 12 and digits.startswith("91"):  # noqa: PLR2004 - 91 and ten digits
        return digits[2:]
    if len(digits) == 11 and digits.startswith("0"):  # noqa: PLR2004 - 0 and ten digits
        return digits[1:]
    return digits


def hit_of(row: Any) -> StudentSummary:
    """Return a row as a search result, phones masked."""
    masked = {"phone": mask_phone(row.phone), "guardian_phone": mask_phone(row.guardian_phone)}
    return record_of(StudentSummary, row, note=row.note or "", **masked)
