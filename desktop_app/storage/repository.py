"""What every repository of one transaction is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.storage.mapping import instant

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from desktop_app.storage.row_seals import RowSeals


class SqlRepository:
    """Rows of one subject, in one transaction.

    Args:
        connection: the transaction's.
        desk_id: written into every row.
        now: the wall clock.
        seals: collects the rows of money that were written.
    """

    def __init__(
        self, connection: Connection, desk_id: str, now: Callable[[], datetime], seals: RowSeals
    ) -> None:
        self._connection = connection
        self._desk_id = desk_id
        self._now = now
        self._seals = seals

    def _stamp(self) -> str:
        return instant(self._now())
