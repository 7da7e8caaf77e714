"""Detects a database older than its anchors: a file put back, a backup, or rows that were lost.

Payments taken since may be missing from it. It records from when on, so that the next reconciles
look for payments of that time, and the receipt series skip the numbers that may have been issued.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from desktop_app.domain import receipt
from desktop_app.domain.anchor import (
    ANCHOR_DELETED,
    REWOUND,
    UNPROVEN,
    highest,
    is_unproven,
    missing_from,
)
from desktop_app.domain.audit import AuditEntry
from desktop_app.domain.polling import WATCH_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.services.ports.storage import Store, UnitOfWork

SINCE = "restored.since"
UNTIL = "restored.until"


@dataclass(frozen=True, slots=True)
class Gap:
    """The gap of an older database.

    Attributes:
        since: payments taken after this instant may be missing.
        next_receipt: the number of the next receipt, those skipped may have been issued; empty
            where the series is full.
    """

    since: datetime
    next_receipt: str


def record_rollback(
    store: Store,
    at: datetime,
    action: str,
    *,
    training: bool,
    claimed: Mapping[str, int] | None = None,
) -> Gap:
    """Record from when on the database may lack something, and skip receipt numbers.

    Args:
        store: the older database, open.
        at: now.
        action: its name in the audit trail.
        training: whether it is a training database.
        claimed: the last numbers by series and year in a database that may be damaged.
    """
    anchors = store.anchors()
    lost = [each.head.hash for each in anchors.genuine if not store.reader.audit.has_link(each.head)]
    begun = store.reader.audit.last_at(at + timedelta(days=1)) or at
    year = receipt.financial_year(receipt.day_in_india(at))
    with store.writing() as work:
        desk_id = work.setting("desk.id") or "D1"
        series = receipt.series_name(desk_id, training=training)
        current = {series, receipt.series_name(desk_id, training=True)}
        before = work.receipts.last_sequences()
        skipped = _skip(
            work,
            {f"{each}/{year}": 0 for each in current} | before,
            receipt.issuing_days(begun, at),
            anchors.series,
            highest(anchors.claimed, claimed or {}),
        )
        since = _put_since(work, begun, at)
        last = before.get(f"{series}/{year}", 0)
        first, last = skipped.pop(f"{series}/{year}", (last + 1, last))
        detail: dict[str, str | int | None] = {
            "since": since.isoformat(),
            "receipts_from": first,
            "receipts_to": last,
            "other_series": " ".join(f"{name}:{n}-{m}" for name, (n, m) in skipped.items()),
            "lost": " ".join(dict.fromkeys(lost)),
        }
        instant = at.isoformat(timespec="microseconds")
        work.audit(AuditEntry(instant, desk_id, action, series, detail))
        work.commit()
    is_full = last >= receipt.last_number(series, year)
    return Gap(since, "" if is_full else receipt.receipt_number(series, year, last + 1))


def _skip(
    work: UnitOfWork,
    known: Mapping[str, int],
    days: Mapping[str, int],
    seen: Mapping[str, int],
    claimed: Mapping[str, int],
) -> dict[str, tuple[int, int]]:
    """Advance every series that may have issued more; return the numbers skipped in each."""
    skipped = {}
    for name in sorted({*known, *seen, *claimed}):
        series, year = name.split("/")
        last = known.get(name, 0)
        upto = receipt.sequence_after_restore(
            series, year, last, days.get(year, 0),
            seen=seen.get(name, 0), claimed=claimed.get(name, 0),
        )  # fmt: skip
        if upto > last:
            skipped[name] = (last + 1, work.receipts.advance_series(series, year, upto))
    return skipped


def _put_since(work: UnitOfWork, begun: datetime, at: datetime) -> datetime:
    """Store from when on payments are looked for; an earlier search that is under way goes on."""
    since = begun if begun <= at + timedelta(days=1) else at - timedelta(days=receipt.DAYS_A_YEAR)
    earlier, until = work.setting(SINCE), work.setting(UNTIL)
    if earlier and until and datetime.fromisoformat(until) > at:
        since = min(since, datetime.fromisoformat(earlier))
    work.put_setting(SINCE, since.isoformat())
    work.put_setting(UNTIL, (at + timedelta(days=WATCH_DAYS)).isoformat())
    return since


def detect_rollback(store: Store, at: datetime, *, training: bool, is_thorough: bool) -> bool:
    """Detect that rows the desk knew of are gone, before others take their place.

    Args:
        store: the database, open.
        at: now.
        training: whether it is a training database.
        is_thorough: whether to ask the keyring in any case, which blocks.

    Returns:
        Whether they are, or may be: an older file was put in place, the database lost its log, or
        there is no genuine anchor.
    """
    anchors = store.anchors(is_thorough=is_thorough)
    if missing_from(store.reader.audit, anchors):
        record_rollback(store, at, REWOUND, training=training)
        return True
    if is_unproven(store.reader.audit, anchors):
        record_rollback(store, at, UNPROVEN, training=training)
        return True
    if anchors.genuine and not anchors.has_file:
        _note_deleted(store, at)
    return False


def _note_deleted(store: Store, at: datetime) -> None:
    with store.writing() as work:
        instant = at.isoformat(timespec="microseconds")
        desk_id = work.setting("desk.id") or "D1"
        work.audit(AuditEntry(instant, desk_id, ANCHOR_DELETED, "", {}))
        work.commit()
