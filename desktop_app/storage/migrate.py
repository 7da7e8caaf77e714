"""Upgrades a database file to the schema of this program, after a backup.

`PRAGMA user_version` holds the schema's number, so that an up-to-date file is recognised without
importing alembic (a quarter of a second).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from desktop_app.services.errors import DatabaseNewerError
from desktop_app.storage.backup import make_backup, stamped_name
from desktop_app.storage.error_translation import translated

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from alembic.config import Config
    from sqlalchemy import Connection

SCHEMA = 3
"""The number of the newest migration; a test holds that it is alembic's head."""


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
    found = schema_of(path)
    if found == SCHEMA:
        return
    if found > SCHEMA:
        raise DatabaseNewerError(f"schema {found}, this program knows {SCHEMA}")
    if found:
        make_backup(path, backups / stamped_name("before-upgrade", now), now)
    upgrade(path)


def upgrade(path: Path, revision: str = "head") -> None:
    """Run alembic's migrations in one transaction and store the schema's number."""
    from alembic import command

    from desktop_app.storage.engine import make_writer, translated

    engine = make_writer(path)
    try:
        with translated(), engine.begin() as connection:
            command.upgrade(alembic_config(connection), revision)
            number = SCHEMA if revision == "head" else int(revision)
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
