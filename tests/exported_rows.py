"""Rows of the ledger's export, without those of all its other tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop_app.storage.export_queries import LEDGER

if TYPE_CHECKING:
    from desktop_app.storage.store import SqlStore


def exported(store: SqlStore, table: str) -> list[dict[str, Any]]:
    """Return the rows of one of the ledger's tables, without what is nested in them."""
    with store.readers.reading() as reading:
        return [row._asdict() for row in reading.execute(LEDGER[table])]
