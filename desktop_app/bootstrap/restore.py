"""Restore a backup: without opening the desk, and never under an open window.

The replaced file is kept beside it. The restored database records from when on it may lack
something: the next reconciles look for fees begun since, and its receipts continue with numbers
that nobody had.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from desktop_app.config.book_registry import BookRegistry as UserRegistry
from desktop_app.config.paths import data_folder
from desktop_app.services.recovery.rollback_detection import record_restore
from desktop_app.storage.database_restore import last_receipts, newest_good, restore
from desktop_app.storage.error_translation import translated
from desktop_app.storage.store import BACKUPS, DATABASE, open_store

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.bootstrap.options import Options
    from desktop_app.services.ports.system import BookRegistry
    from desktop_app.services.views.maintenance import BackupReport


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """A restored backup, and what it may lack.

    Attributes:
        backup: its contents.
        kept: where the replaced file is kept, None where there was none.
        since: payments taken after this instant may be missing.
        next_receipt: the number of the next receipt; those skipped may have been issued.
    """

    backup: BackupReport
    kept: Path | None
    since: datetime
    next_receipt: str


def restore_backup(
    options: Options, backup: Path, at: datetime, registry: BookRegistry | None = None
) -> RestoreReport:
    """Restore a backup into the data folder.

    The note of the gap moves the anchor; cut off before it, the next start finds rows gone.

    Args:
        options: which data folder.
        backup: the backup.
        at: now.
        registry: knows the highest receipt numbers; the user's own by default.

    Raises:
        DatabaseLockedError: the desk is open on this folder; nothing was changed.
        DatabaseNewerError, InvalidInputError: the backup is of a newer program, of the other
            kind, or the database itself; nothing was changed.
        StorageError: the backup is not sound; nothing was changed.
    """
    folder = data_folder(options.data_dir, training=options.training)
    with translated():
        folder.mkdir(parents=True, exist_ok=True)
    report, kept = restore(backup, folder / DATABASE, at, training=options.training)
    users = UserRegistry()
    store = open_store(folder, lambda: at, registry or users)
    try:
        claimed = last_receipts(kept) if kept is not None else {}
        gap = record_restore(store, at, training=options.training, claimed=claimed)
    finally:
        store.close()
        users.close()
    return RestoreReport(report, kept, gap.since, gap.next_receipt)


class DatabaseRestore:
    """The way back from a damaged database, for the window."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def newest(self) -> BackupReport | None:
        """Find the newest backup that opens and counts; None without any. Blocks."""
        folder = data_folder(self._options.data_dir, training=self._options.training)
        with translated():
            return newest_good(folder / BACKUPS, training=self._options.training)

    def restore(self, backup: BackupReport) -> RestoreReport:
        """Put a backup in the database's place; the damaged file is kept. Blocks.

        Raises:
            StorageError: nothing was changed.
        """
        return restore_backup(self._options, backup.path, datetime.now(UTC))
