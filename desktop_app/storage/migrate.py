"""Upgrades a database file to the schema of this program, after a backup.

`PRAGMA user_version` holds the schema's number, so that an up-to-date file is recognised without
importing alembic (a quarter of a second).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from desktop_app.services.errors import DatabaseNewerError
from desktop_app.storage.backup import make_backup, stamped_name, unused_path
from desktop_app.storage.error_translation import translated

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from alembic.config import Config
    from sqlalchemy import Connection

SCHEMA = 6
"""The number of the newest migration; a test holds that it is alembic's head."""
UPGRADE_S = 120.0
"""How long to wait for another program that upgrades: it copies the whole database first."""


def schema_of(path: Path) -> int:
    """Return a file's schema number, 0 for a new file. Raises a StorageError."""
    with translated(), closing(sqlite3.connect(path, timeout=15)) as connection:
        number: int = connection.execute("PRAGMA user_version").fetchone()[0]
        return number


def migrate(path: Path, backups: Path, now: datetime) -> None:
    """Upgrade a file to `SCHEMA`, after a backup unless it is new.

    Raises:
        DatabaseNewerError: a newer program wrote it; nothing was changed.
        StorageError: it cannot be read or written.
    """
    if _is_old(schema_of(path)):
        upgrade(path, backup=unused_path(backups / stamped_name("before-upgrade", now)), now=now)


def _is_old(found: int) -> bool:
    if found > SCHEMA:
        raise DatabaseNewerError(f"schema {found}, this program knows {SCHEMA}")
    return found < SCHEMA


def upgrade(
    path: Path, revision: str = "head", *, backup: Path | None = None, now: datetime | None = None
) -> None:
    """Run alembic's migrations in one transaction and store the schema's number.

    The transaction begins before the backup: of several programs that start after an update, one
    upgrades, and the others wait and find it done.

    Args:
        path: the database.
        revision: the migration to upgrade to.
        backup: where to back up a file that is not new; None for no backup.
        now: when, for the backup.
    """
    from alembic import command

    from desktop_app.storage.engine import make_engine, translated

    number = SCHEMA if revision == "head" else int(revision)
    engine = make_engine(path, busy_s=UPGRADE_S)
    try:
        with translated(), engine.begin() as connection:
            found: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if not _is_old(found):
                return
            if found and backup is not None and now is not None:
                make_backup(path, backup, now)
            command.upgrade(alembic_config(connection), revision)
            connection.exec_driver_sql(f"PRAGMA user_version = {number:d}")
    finally:
        engine.dispose()


def alembic_config(connection: Connection) -> Config:
    """Return alembic's settings for the packaged migrations and an open connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "desktop_app.storage:migrations")
    config.attributes["connection"] = connection
    return config
