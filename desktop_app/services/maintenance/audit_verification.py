"""Verifies the audit chain, every sealed row against its seal in the chain, and the schema."""

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
        audit, anchors = self._context.store.reader.audit, self._context.store.anchors()
        missing = missing_from(audit, anchors)
        try:
            return (
                first_break(audit.links(), missing[0].head if missing else None)
                or audit.first_unsealed()
                or audit.altered_schema()
                or self._rolled_back(anchors)
                or self._altered()
            )
        except ValueError:
            return "a row's detail is unreadable"

    def anchor_deleted_at(self) -> datetime | None:
        """Return when the anchor's file was found deleted in the last days; None otherwise."""
        return self._lately(ANCHOR_DELETED)

    def _rolled_back(self, anchors: Anchors) -> str | None:
        """Report a rollback of the last days, though the chain continued since."""
        if is_unproven(self._context.store.reader.audit, anchors):
            return (
                "we can't confirm that it's complete, because its safety file is missing or wrong"
            )
        if at := self._lately(REWOUND):
            return (
                f"rows that were here before were missing on {at:%d %b %Y}, so this may be an "
                "older file"
            )
        if at := self._lately(UNPROVEN):
            return (
                f"its safety file was missing or wrong on {at:%d %b %Y}, so this may be an older "
                "file or a backup from elsewhere"
            )
        return None

    def _altered(self) -> str | None:
        """Report foreign triggers and tables of the last days, though they may be gone."""
        altered = self._context.store.reader.audit.altered_at()
        if altered is None or not self._is_late(altered[0]):
            return None
        return f"{altered[1]} (on {altered[0]:%d %b %Y}, so rows of that day may be wrong)"

    def _lately(self, action: str) -> datetime | None:
        at = self._context.store.reader.audit.newest_at(action)
        return at if at is not None and self._is_late(at) else None

    def _is_late(self, at: datetime) -> bool:
        return self._context.now() - at <= timedelta(days=WATCH_DAYS)
