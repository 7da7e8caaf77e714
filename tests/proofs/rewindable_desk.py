"""A desk whose database is rewound in place, so that thousands of runs take minutes."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from desktop_app.storage.audit_anchor import ANCHOR
from desktop_app.storage.store import SqlStore
from tests.clock import TestClock

from .proof_desk import create_data_folder, open_services
from .virtual_desk import SequentialIds
from .virtual_gateway import VirtualGateway

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from .proof_desk import DeskServices


class RewindableDesk:
    """The services of a desk on one database file, with a gateway and a clock.

    Attributes:
        raw: a connection for proofs that read the newest committed rows.
    """

    services: DeskServices
    gateway: VirtualGateway
    clock: TestClock

    def __init__(self, folder: Path, make_gateway: type[VirtualGateway] = VirtualGateway) -> None:
        self.folder = folder
        path = create_data_folder(folder)
        self.clock = TestClock()
        self._store = SqlStore(path, self._now)
        self._ids = SequentialIds()
        self.gateway = make_gateway(self.clock)
        self.raw = sqlite3.connect(path, isolation_level=None)
        self._recorded = sqlite3.connect(":memory:")
        self._anchor = b""
        self.restart()

    def _now(self) -> datetime:
        return self.clock.now()  # the clock is replaced, the store is not

    def restart(self) -> None:
        """Open the services again; only what was written is known to them."""
        self.services = open_services(
            self.folder, self.gateway, self.clock, store=self._store, ids=self._ids
        )

    def record_state(self) -> None:
        """Record the database, and the anchor beside it, as the state to rewind to."""
        self.raw.backup(self._recorded)
        self._anchor = (self.folder / ANCHOR).read_bytes()

    def rewind(self, series: int) -> None:
        """Restore the recorded database; new uids come from another series."""
        self._recorded.backup(self.raw)
        (self.folder / ANCHOR).write_bytes(self._anchor)  # as if it had stayed so
        self._ids = SequentialIds(series)

    def close(self) -> None:
        """Close the database."""
        self.raw.close()
        self._recorded.close()
        self._store.close()
