"""Detects a database older than its anchors: a file put back, a backup, or rows that were lost.

Payments taken since may be missing from it. It records from when on, so that the next reconciles
look for payments of that time, and the receipt series skip the numbers that may have been issued.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain import receipt
from desktop_app.domain.anchor import ANCHOR_DELETED, RESTORED, UNPROVEN, finding, highest
from desktop_app.domain.audit import AuditEntry
from desktop_app.domain.polling import WATCH_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.anchor import Anchors
    from desktop_app.services.ports.storage import Store, UnitOfWork

SINCE = "restored.since"
UNTIL = "restored.until"
A_DAY = timedelta(days=1)


class Gap(NamedTuple):
    """The gap of an older database.

    Attributes:
        since: payments taken after this instant may be missing.
        next_receipt: the number of the next receipt, those skipped may have been issued; empty
            where the series is full.
    """

    since: datetime
    next_receipt: str


def record_restore(
    store: Store, at: datetime, *, training: bool, claimed: Mapping[str, int]
) -> Gap:
    """Record from when on a restored database may lack something, and skip receipt numbers.

    Args:
        store: the restored database, open.
        at: now.
        training: whether it is a training database.
        claimed: the last numbers by series and year in the replaced database, which may be
            damaged.
    """
    found = _Rollback(store, store.anchors(), at, training=training)
    with store.writing() as work:
        gap = found.record(work, RESTORED, claimed)
        work.commit()
    return gap


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
    anchors, chain = store.anchors(is_thorough=is_thorough), store.reader.audit
    if finding(chain, anchors) is None:
        if anchors.genuine and not anchors.has_file:
            _note_deleted(store, at)
        return False
    with store.writing() as work:
        action = finding(chain, anchors)  # another process may have recorded it by now
        if action is UNPROVEN:
            action = finding(chain, store.anchors(is_thorough=False))
        if action is None:
            work.nothing_to_write()
            return False
        _Rollback(store, anchors, at, training=training).record(work, action, {})
        work.commit()
    return True


def _note_deleted(store: Store, at: datetime) -> None:
    with store.writing() as work:
        if store.anchors(is_thorough=False).has_file:  # the check before a first write noted it
            work.nothing_to_write()
            return
        desk_id = work.setting("desk.id") or "D1"
        work.audit(AuditEntry(_stamp(at), desk_id, ANCHOR_DELETED, "", {}))
        work.commit()


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


class _Rollback:
    """An older database and what is known outside it.

    Args:
        store: the database.
        anchors: its anchors, as they were before anything is written.
        at: now.
        training: whether it is a training database.
    """

    def __init__(self, store: Store, anchors: Anchors, at: datetime, *, training: bool) -> None:
        self._chain = store.reader.audit
        self._anchors = anchors
        self._at = at
        self._training = training
        self._begun = self._chain.last_at(at + A_DAY) or at

    def record(self, work: UnitOfWork, action: str, claimed: Mapping[str, int]) -> Gap:
        """Record the gap, and skip numbers in every series of the book."""
        desk_id = work.setting("desk.id") or "D1"
        series = receipt.series_name(desk_id, is_real=not self._training)
        year = receipt.financial_year(receipt.day_in_india(self._at))
        known = work.receipts.last_sequences()
        current = {
            f"{each}/{year}" for each in (series, receipt.series_name(desk_id, is_real=False))
        }
        skipped = self._skip(work, dict.fromkeys(current, 0) | known, claimed)
        work.outbox.suspect_refunds()
        since = self._put_since(work)
        last = known.get(f"{series}/{year}", 0)
        first, last = skipped.pop(f"{series}/{year}", (last + 1, last))
        lost = [a.head.hash for a in self._anchors.genuine if not self._chain.has_link(a.head)]
        detail: dict[str, str | int | None] = {
            "since": since.isoformat(),
            "receipts_from": first,
            "receipts_to": last,
            "other_series": " ".join(f"{name}:{n}-{m}" for name, (n, m) in skipped.items()),
            "lost": " ".join(dict.fromkeys(lost)),
        }
        work.audit(AuditEntry(_stamp(self._at), desk_id, action, series, detail))
        is_full = last >= receipt.last_number(series, year)
        return Gap(since, "" if is_full else receipt.receipt_number(series, year, last + 1))

    def _skip(
        self, work: UnitOfWork, known: Mapping[str, int], claimed: Mapping[str, int]
    ) -> dict[str, tuple[int, int]]:
        """Advance each series that may have issued more; return the numbers skipped."""
        days = receipt.issuing_days(self._begun, self._at)
        seen, claimed = self._anchors.series, highest(self._anchors.claimed, claimed)
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

    def _put_since(self, work: UnitOfWork) -> datetime:
        """Store from when on payments are looked for; an earlier search keeps its beginning."""
        at, since = self._at, self._begun
        if since > at + A_DAY:  # every clock was ahead
            since = at - timedelta(days=receipt.DAYS_A_YEAR)
        earlier, until = work.setting(SINCE), work.setting(UNTIL)
        if earlier and until and datetime.fromisoformat(until) > at:
            since = min(since, datetime.fromisoformat(earlier))
        work.put_setting(SINCE, since.isoformat())
        work.put_setting(UNTIL, (at + timedelta(days=WATCH_DAYS)).isoformat())
        return since
