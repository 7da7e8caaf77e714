"""Kinds of concessions, and those that were given, inside a transaction."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from desktop_app.domain.concession_kinds import ConcessionKind, bands_text, parse_bands
from desktop_app.domain.concessions import ConcessionGroup, ConcessionMeasure, ConcessionSpread
from desktop_app.domain.enrollment import DueState
from desktop_app.domain.money import Money
from desktop_app.services.ports.fees import ConcessionDue, ConcessionRecord, OwnKind
from desktop_app.storage.mapping import columns_of, instant, record_of
from desktop_app.storage.repository import SqlRepository

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_KIND = "SELECT * FROM concession_kinds WHERE code = :code"
_CHANGE_KIND = """
    UPDATE concession_kinds SET title = :title, title_hi = :title_hi, grouping = :grouping,
        kind = :kind, value = :value, heads = :heads, needs_proof = :needs_proof,
        ignores_cap = :ignores_cap, max_paise = :max_paise, valid_from = :valid_from,
        valid_to = :valid_to, spread = :spread, bands = :bands, withdrawn_at = :withdrawn_at,
        updated_at = :updated_at
    WHERE code = :code
"""
_REPLACED = """
    d.state = 'cancelled'
    AND EXISTS (SELECT 1 FROM due_changes x WHERE x.due_uid = d.uid AND x.kind = 'concession')
    AND NOT EXISTS (SELECT 1 FROM due_changes x WHERE x.due_uid = d.uid AND x.kind = 'reprice')
    AND NOT EXISTS (SELECT 1 FROM enrollment_moves m WHERE m.enrollment_uid = d.enrollment_uid
        AND m.kind != 'batch' AND m.created_at >= (SELECT max(x.created_at) FROM due_changes x
            WHERE x.due_uid = d.uid AND x.kind = 'cancel'))
"""
"""Other instalments took its place: what was conceded on it is still off the list price."""
DUES = f"""
    SELECT d.uid, d.head_code, d.label, b.due_on, d.state, b.asked_paise, b.paid_paise,
           coalesce((SELECT -sum(x.delta_paise) FROM due_changes x
                     WHERE x.due_uid = d.uid AND x.kind = 'concession'), 0) AS conceded_paise,
           d.gst_bp AS rate_bp, d.registered AND NOT c.tax_inclusive AS is_net,
           EXISTS (SELECT 1 FROM attempt_dues t
                   WHERE t.due_uid = d.uid AND t.is_live = 1) AS is_live
    FROM dues d JOIN due_balances b ON b.due_uid = d.uid
    JOIN courses c ON c.uid = b.course_uid
    WHERE d.enrollment_uid = :uid AND d.kind = 'fee'
    AND (d.state IN ('open','paid') OR {_REPLACED})
    ORDER BY b.due_on, d.instalment_no, d.rowid
"""
GIVEN = """
    SELECT c.* FROM concessions c WHERE c.enrollment_uid = :uid AND c.reverses_uid IS NULL
    AND NOT EXISTS (SELECT 1 FROM concessions r WHERE r.reverses_uid = c.uid) ORDER BY c.rowid
"""
_PARTS = "SELECT * FROM concession_dues WHERE concession_uid = :uid ORDER BY rowid"
_TITLES = """
    SELECT DISTINCT c.terms ->> 'title' AS title, c.terms ->> 'title_hi' AS title_hi
    FROM concession_dues p JOIN concessions c ON c.uid = p.concession_uid
    WHERE p.due_uid = :due AND c.reverses_uid IS NULL
    AND NOT EXISTS (SELECT 1 FROM concessions r WHERE r.reverses_uid = c.uid) ORDER BY c.rowid
"""
_SIBLING = """
    SELECT 1 FROM students m JOIN students o ON o.family_uid = m.family_uid AND o.uid != m.uid
    JOIN enrollments e ON e.student_uid = o.uid AND e.state IN ('pending','active')
    JOIN courses c ON c.uid = e.course_uid
    WHERE m.uid = :student AND coalesce(c.ends_on, :on) >= :on
    AND e.rowid < coalesce((SELECT rowid FROM enrollments WHERE uid = :enrollment), e.rowid + 1)
    LIMIT 1
"""
_OTHER = """
    SELECT 1 FROM enrollments WHERE student_uid = :student AND state != 'cancelled'
    AND uid IS NOT :enrollment LIMIT 1
"""


class SqlConcessionRepository(SqlRepository):
    """Kinds of concessions, and those that were given, in one transaction."""

    def own_kinds(self) -> tuple[OwnKind, ...]:
        """Return the kinds that the centre added or edited."""
        return tuple(map(kind_of, self._all("SELECT * FROM concession_kinds ORDER BY rowid")))

    def put_kind(self, own: OwnKind, at: datetime) -> None:
        """Add or replace a kind."""
        columns = _columns_of(own, instant(at))
        if self._first(_KIND, code=own.kind.code) is None:
            self._add("concession_kinds", columns, created_at=columns["updated_at"])
        else:
            self._change(_CHANGE_KIND, **columns)
        self._seals.add("concession_kinds", own.kind.code)

    def dues(self, enrollment_uid: str) -> tuple[ConcessionDue, ...]:
        """Return the dues that the list price of an enrolment consists of, by date."""
        return tuple(map(_due_of, self._all(DUES, uid=enrollment_uid)))

    def of_enrollment(self, enrollment_uid: str) -> tuple[ConcessionRecord, ...]:
        """Return the concessions of an enrolment that were not taken back, oldest first."""
        return tuple(record_of(ConcessionRecord, r) for r in self._all(GIVEN, uid=enrollment_uid))

    def get(self, uid: str) -> ConcessionRecord:
        """Return one. Raises KeyError."""
        row = self._first("SELECT * FROM concessions WHERE uid = :uid", uid=uid)
        if row is None:
            raise KeyError(uid)
        return record_of(ConcessionRecord, row)

    def parts_of(self, uid: str) -> Mapping[str, Money]:
        """Return what a concession takes off each due, by uid."""
        return {row.due_uid: Money(row.amount_paise) for row in self._all(_PARTS, uid=uid)}

    def titles_of(self, due_uid: str) -> tuple[str, str]:
        """Return the titles of the concessions on a due, in English and in Hindi."""
        rows = self._all(_TITLES, due=due_uid)
        return ", ".join(row.title for row in rows), ", ".join(row.title_hi for row in rows)

    def add(self, concession: ConcessionRecord, parts: Mapping[str, Money]) -> None:
        """Add one with its part of each due."""
        self._add_sealed("concessions", columns_of(concession))
        for due_uid, part in parts.items():
            self._connection.execute(
                "INSERT INTO concession_dues VALUES (?, ?, ?)",
                (concession.uid, due_uid, part.paise),
            )
        self._seals.add("concession_dues", concession.uid)

    def has_sibling(self, student_uid: str, enrollment_uid: str | None, on: date) -> bool:
        """Return whether a brother or sister is enrolled already, and was before."""
        found = self._scalar(
            _SIBLING, student=student_uid, enrollment=enrollment_uid, on=on.isoformat()
        )
        return found is not None

    def family_of(self, student_uid: str) -> str | None:
        """Return the family of a student; None without brothers and sisters."""
        found = self._scalar("SELECT family_uid FROM students WHERE uid = :uid", uid=student_uid)
        return None if found is None else str(found)

    def is_first(self, student_uid: str, enrollment_uid: str | None) -> bool:
        """Return whether a student never had another enrolment that was not cancelled."""
        return self._scalar(_OTHER, student=student_uid, enrollment=enrollment_uid) is None


def kind_of(row: Any) -> OwnKind:
    """Return a row as a kind."""
    kind = ConcessionKind(
        code=row.code,
        title=row.title,
        title_hi=row.title_hi,
        group=ConcessionGroup(row.grouping),
        measure=ConcessionMeasure(row.kind),
        value=row.value,
        heads=words_of(row.heads),
        needs_proof=bool(row.needs_proof),
        ignores_cap=bool(row.ignores_cap),
        most=None if row.max_paise is None else Money(row.max_paise),
        valid_from=day_of(row.valid_from),
        valid_to=day_of(row.valid_to),
        spread=ConcessionSpread(row.spread),
        bands=parse_bands(row.bands),
    )
    return OwnKind(kind, is_archived=row.withdrawn_at is not None)


def _columns_of(own: OwnKind, now: str) -> dict[str, str | int | None]:
    kind = own.kind
    return {
        "code": kind.code,
        "title": kind.title,
        "title_hi": kind.title_hi,
        "grouping": kind.group.value,
        "kind": kind.measure.value,
        "value": kind.value,
        "heads": text_of(kind.heads),
        "needs_proof": int(kind.needs_proof),
        "ignores_cap": int(kind.ignores_cap),
        "max_paise": None if kind.most is None else kind.most.paise,
        "valid_from": iso(kind.valid_from),
        "valid_to": iso(kind.valid_to),
        "spread": kind.spread.value,
        "bands": bands_text(kind.bands),
        "withdrawn_at": now if own.is_archived else None,
        "updated_at": now,
    }


def _due_of(row: Any) -> ConcessionDue:
    return ConcessionDue(
        uid=row.uid,
        head_code=row.head_code,
        label=row.label,
        due_on=date.fromisoformat(row.due_on),
        state=DueState(row.state),
        asked=Money(row.asked_paise),
        paid=Money(row.paid_paise),
        conceded=Money(row.conceded_paise),
        rate_bp=row.rate_bp,
        is_net=bool(row.is_net),
        is_live=bool(row.is_live),
    )


def words_of(text: str) -> frozenset[str]:
    """Return codes that a column lists with commas."""
    return frozenset(filter(None, text.split(",")))


def text_of(words: frozenset[str]) -> str:
    """Return codes as a column lists them."""
    return ",".join(sorted(words))


def day_of(text: str | None) -> date | None:
    """Return the day of a column that may be empty."""
    return None if text is None else date.fromisoformat(text)


def iso(day: date | None) -> str | None:
    """Return a day as a column has it."""
    return None if day is None else day.isoformat()
