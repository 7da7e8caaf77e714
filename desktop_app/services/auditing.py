"""Verifying the audit chain, with its head anchored in a file beside the database.

The anchor notices what the chain alone cannot: that yesterday's file was put back, or the newest
rows cut off. It is moved forward only over a chain that holds.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from desktop_app.domain.audit import Head, first_break

if TYPE_CHECKING:
    from desktop_app.services.context import Context

ANCHOR = "audit-anchor.json"


class Auditing:
    """Checks that nobody edited the trail."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._path = context.folder / ANCHOR

    def verify(self) -> str | None:
        """Say where the chain is broken, None when it holds; then remember its head."""
        reader = self._context.store.reader
        head = reader.audit_head()
        try:
            broken = first_break(reader.audit_links(), self._known())
        except ValueError:
            broken = "a row's detail cannot be read"
        if broken is None and head is not None:
            self._remember(head)
        return broken

    def _known(self) -> Head | None:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return Head(int(found["number"]), str(found["hash"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _remember(self, head: Head) -> None:
        part = self._path.with_name(f"{ANCHOR}.part")
        part.write_text(json.dumps({"number": head.number, "hash": head.hash}), encoding="utf-8")
        part.replace(self._path)
