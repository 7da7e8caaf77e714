"""Restoring a backup: without opening the desk, and never under an open window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.config.paths import data_folder
from desktop_app.storage.anchor import ANCHOR
from desktop_app.storage.backup import restore
from desktop_app.storage.failures import translated
from desktop_app.storage.store import DATABASE

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from desktop_app.bootstrap.wiring import Options
    from desktop_app.services.upkeep_views import BackupReport


def restore_backup(options: Options, backup: Path, at: datetime) -> BackupReport:
    """Restore a backup into the data folder.

    Raises:
        DatabaseLockedError: the desk is open on this folder; nothing was changed.
        StorageError: the backup is not sound; nothing was changed.
    """
    folder = data_folder(options.data_dir, training=options.training)
    with translated():
        folder.mkdir(parents=True, exist_ok=True)
    report = restore(backup, folder / DATABASE, at)
    (folder / ANCHOR).unlink(missing_ok=True)  # an older file is what was wanted
    return report
