"""Detects a database older than its audit anchor: a restored backup, or rows that were lost.

Payments taken since may be missing from it. It records from when on, so that the next reconciles
look for payments of that time, and the receipt series skips the numbers that may have been issued.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from desktop_app.domain import receipt
from desktop_app.domain.audit import AuditEntry
from desktop_app.domain.polling import WATCH_DAYS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from desktop_app.services.ports.storage import Store

SINCE = "restored.since"
UNTIL = "restored.until"
REWOUND = "trail.rewound"


@dataclass(frozen=True, slots=True)
class Gap:
    """The gap of an older database.

    Attributes:
        since: payments taken after this instant may be missing.
        next_receipt: the number of the next receipt; those skipped may have been issued.
    """

    since: datetime
    next_receipt: str


def record_rollback(
    store: Store,
    at: datetime,
    action: str,
    *,
    training: bool,
    seen: Callable[[str, str], int] = lambda _series, _year: 0,
) -> Gap:
    """Record from when on the database may lack something, and skip receipt numbers.

    Args:
        store: the older database, open.
        at: now.
        action: its name in the audit trail.
        training: whether it is a training database.
        seen: the last number of a series and year that is known from elsewhere.
    """
    since = store.reader.audit.last_at() or at
    days = max(1, (at - since).days + 1)
    year = receipt.financial_year(receipt.day_in_india(at))
    with store.writing() as work:
        desk_id = work.setting("desk.id") or "D1"
        series = receipt.series_name(desk_id, training=training)
        before = work.receipts.last_sequence(series, year)
        upto = receipt.sequence_after_restore(before, days, seen=seen(series, year))
        last = work.receipts.advance_series(series, year, upto)
        work.outbox.suspect_refunds()
        work.put_setting(SINCE, since.isoformat())
        work.put_setting(UNTIL, (at + timedelta(days=WATCH_DAYS)).isoformat())
        detail: dict[str, str | int | None] = {
            "since": since.isoformat(),
            "receipts_from": before + 1,
            "receipts_to": last,
        }
        instant = at.isoformat(timespec="microseconds")
        work.audit(AuditEntry(instant, desk_id, action, series, detail))
        work.commit()
    return Gap(since, receipt.receipt_number(series, year, last + 1))


def detect_rollback(store: Store, at: datetime, *, training: bool) -> bool:
    """Detect that the newest rows the desk knew of are gone, before others take their place.

    Returns:
        Whether they are: an older file was put in place, or the database lost its log.
    """
    known = store.anchor()
    if known is None or store.reader.audit.has_link(known):
        return False
    record_rollback(store, at, REWOUND, training=training)
    return True
