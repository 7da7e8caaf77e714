"""Verifies the audit chain, every sealed row against its seal in the chain, and the schema."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from desktop_app.domain.audit import first_break
from desktop_app.domain.polling import WATCH_DAYS

if TYPE_CHECKING:
    from desktop_app.services.context import Context


class AuditVerifier:
    """Checks that nobody edited the books."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def verify(self) -> str | None:
        """Return where the books were changed by other means than the desk; None if nowhere."""
        audit = self._context.store.reader.audit
        known = self._context.store.anchor()
        try:
            return (
                first_break(audit.links(), known)
                or audit.first_unsealed()
                or audit.altered_schema()
                or self._noted()
            )
        except ValueError:
            return "a row's detail cannot be read"

    def _noted(self) -> str | None:
        """Report what was found in the last days, though the chain continued since."""
        audit = self._context.store.reader.audit
        since = self._context.now() - timedelta(days=WATCH_DAYS)
        at = audit.rolled_back_at()
        if at is not None and at >= since:
            return f"rows that were seen before were gone on {at:%d-%m-%Y}: an older file?"
        altered = audit.altered_at()
        if altered is None or altered[0] < since:
            return None
        return f"{altered[1]} (on {altered[0]:%d-%m-%Y}; rows written then may be wrong)"
