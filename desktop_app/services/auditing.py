"""Verifying the audit chain, and every row of money against what the chain says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.audit import first_break

if TYPE_CHECKING:
    from desktop_app.services.context import Context


class Auditing:
    """Checks that nobody edited the books."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def verify(self) -> str | None:
        """Say where the books are not as the desk wrote them, None when they hold."""
        store = self._context.store
        known = store.anchor()
        try:
            broken = first_break(store.reader.audit_links(), known)
            return broken or store.reader.unsealed()
        except ValueError:
            return "a row's detail cannot be read"
