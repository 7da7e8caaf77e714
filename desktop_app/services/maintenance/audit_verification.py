"""Verifies the audit chain, and every row of money against its seal in the chain."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from desktop_app.domain.anchor import (
    ANCHOR_DELETED,
    REWOUND,
    UNPROVEN,
    is_unproven,
    missing_from,
)
from desktop_app.domain.audit import first_break
from desktop_app.domain.polling import WATCH_DAYS

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.domain.anchor import Anchors
    from desktop_app.services.context import Context


class AuditVerifier:
    """Checks that nobody edited the books."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def verify(self) -> str | None:
        """Return where the books were changed by other means than the desk; None if nowhere."""
        store = self._context.store
        anchors = store.anchors()
        missing = missing_from(store.reader.audit, anchors)
        try:
            broken = first_break(store.reader.audit.links(), missing[0].head if missing else None)
            return broken or store.reader.audit.first_unsealed() or self._rolled_back(anchors)
        except ValueError:
            return "a row's detail cannot be read"

    def anchor_deleted_at(self) -> datetime | None:
        """Return when the anchor's file was found deleted in the last days; None otherwise."""
        return self._lately(ANCHOR_DELETED)

    def _rolled_back(self, anchors: Anchors) -> str | None:
        """Report a rollback of the last days, though the chain continued since."""
        if is_unproven(self._context.store.reader.audit, anchors):
            return "nothing shows that it is complete: its anchor is missing or not genuine"
        if at := self._lately(REWOUND):
            return f"rows that were seen before were gone on {at:%d-%m-%Y}: an older file?"
        if at := self._lately(UNPROVEN):
            return (
                f"its anchor was missing or not genuine on {at:%d-%m-%Y}: an older file, or a "
                "backup from elsewhere?"
            )
        return None

    def _lately(self, action: str) -> datetime | None:
        at = self._context.store.reader.audit.newest_at(action)
        is_over = at is None or self._context.now() - at > timedelta(days=WATCH_DAYS)
        return None if is_over else at
