"""Finding students among a million: every step answers from an index and stops at its limit.

Order of answers: exact roll number, exact phone, phone ending, roll number's beginning, words of
the name from their beginning, then any part of name, roll number or phone.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from desktop_app.domain.students import mask_phone
from desktop_app.domain.text import clean_line
from desktop_app.services.views.enrolment import StudentPage, StudentSummary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.storage.read_connections import ReadConnection

COLUMNS = """
    s.uid, s.roll_no, s.name, s.phone, s.guardian_name, s.guardian_phone, s.state,
    (SELECT e.course_label || ' · ' || e.state FROM enrollments e
     WHERE e.student_uid = s.uid ORDER BY e.created_at DESC LIMIT 1) AS note
"""
TRIGRAM = 3
SHORTEST_PHONE_ENDING = 3
HIGHEST = "\U0010ffff"

RECENT = f"""
    SELECT {COLUMNS} FROM students s WHERE s.served_at IS NOT NULL
    ORDER BY s.served_at DESC LIMIT :limit
"""  # noqa: S608
NEWEST = f"SELECT {COLUMNS} FROM students s ORDER BY s.id DESC LIMIT :limit"  # noqa: S608
BY_ROLL = f"SELECT {COLUMNS} FROM students s WHERE s.roll_no = :roll"  # noqa: S608
BY_PHONE = f"""
    SELECT {COLUMNS} FROM students s WHERE s.id IN (
        SELECT id FROM students WHERE phone_reversed >= :low AND phone_reversed < :high
        UNION SELECT id FROM students
        WHERE guardian_phone_reversed >= :low AND guardian_phone_reversed < :high
        LIMIT :limit)
"""  # noqa: S608
BY_ROLL_START = f"""
    SELECT {COLUMNS} FROM students s WHERE s.roll_no >= :low AND s.roll_no < :high
    ORDER BY s.roll_no LIMIT :limit
"""  # noqa: S608
BY_WORDS = f"""
    SELECT {COLUMNS} FROM students s WHERE s.id IN (
        SELECT rowid FROM student_words WHERE student_words MATCH :match
        ORDER BY rowid DESC LIMIT :limit)
    ORDER BY s.id DESC
"""  # noqa: S608
BY_PARTS = f"""
    SELECT {COLUMNS} FROM students s WHERE s.id IN (
        SELECT rowid FROM student_parts WHERE student_parts MATCH :match
        ORDER BY rowid DESC LIMIT :limit)
    ORDER BY s.id DESC
"""  # noqa: S608
ALL_PAGE = f"""
    SELECT {COLUMNS} FROM students s WHERE s.roll_no IN (
        SELECT roll_no FROM students ORDER BY roll_no LIMIT :limit OFFSET :offset)
    ORDER BY s.roll_no
"""  # noqa: S608
COUNT_ALL = "SELECT count(*) FROM students"


def search(reading: ReadConnection, typed: str, limit: int) -> tuple[StudentSummary, ...]:
    """Find students, best first; those served last for an empty text."""
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
        low = digits[::-1]
        yield BY_PHONE, {"low": low, "high": low + HIGHEST}
    yield BY_ROLL_START, {"low": wanted, "high": wanted + HIGHEST}
    words = re.findall(r"[^\W_]+(?:[\u0900-\u097f\u200c\u200d]+|[^\W_]+)*", wanted)
    if words:
        yield BY_WORDS, {"match": " ".join(f'"{word}"*' for word in words)}
    parts = [part for part in (digits or wanted).split() if len(part) >= TRIGRAM]
    if parts:
        yield BY_PARTS, {"match": " ".join(_quoted(part) for part in parts)}


def _quoted(part: str) -> str:
    return '"' + part.replace('"', '""') + '"'


def phone_digits(typed: str) -> str:
    """The digits of what may be a phone number or its end, without +91 or 0; else empty."""
    bare = re.sub(r"[\s().\-/+]", "", unicodedata.normalize("NFKC", typed))
    if not bare.isdecimal() or len(bare) < SHORTEST_PHONE_ENDING:
        return ""
    digits = "".join(str(unicodedata.digit(each)) for each in bare)
    if len(digits) == 12 and digits.startswith("91"):  # noqa: PLR2004 - 91 and ten digits
        return digits[2:]
    if len(digits) == 11 and digits.startswith("0"):  # noqa: PLR2004 - 0 and ten digits
        return digits[1:]
    return digits


def page(reading: ReadConnection, typed: str, offset: int, limit: int) -> StudentPage:
    """List students by roll number, or those that match a text (at most a thousand of them)."""
    wanted = clean_line(typed)
    if wanted:
        matches = search(reading, wanted, 1_000)
        return StudentPage(matches[offset : offset + limit], len(matches))
    rows = reading.execute(ALL_PAGE, {"limit": limit, "offset": offset})
    total = reading.execute(COUNT_ALL).scalar()
    return StudentPage(tuple(hit_of(row) for row in rows), int(total or 0))


def hit_of(row: Any) -> StudentSummary:
    """A search answer of a row; phones masked."""
    return StudentSummary(
        uid=row.uid,
        roll_no=row.roll_no,
        name=row.name,
        phone=mask_phone(row.phone),
        guardian_name=row.guardian_name,
        guardian_phone=mask_phone(row.guardian_phone),
        state=row.state,
        note=row.note or "",
    )
