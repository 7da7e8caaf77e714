"""Queries of settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.storage.read_connections import Queries

if TYPE_CHECKING:
    from collections.abc import Mapping


class SqlSettingQueries(Queries):
    """Queries of settings."""

    def all(self) -> Mapping[str, str]:
        """Return every setting as stored."""
        return {row.key: row.value for row in self._all("SELECT key, value FROM settings")}
