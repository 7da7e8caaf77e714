"""Verifies the audit chain, and every row of money against its seal in the chain."""

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
        store = self._context.store
        known = store.anchor()
        try:
            broken = first_break(store.reader.audit.links(), known)
            return broken or store.reader.audit.first_unsealed() or self._rewound()
        except ValueError:
            return "a row's detail cannot be read"

    def _rewound(self) -> str | None:
        """Report rows that were found gone in the last days, though the chain continued since."""
        at = self._context.store.reader.audit.rolled_back_at()
        if at is None or self._context.now() - at > timedelta(days=WATCH_DAYS):
            return None
        return f"rows that were seen before were gone on {at:%d-%m-%Y}: an older file?"
