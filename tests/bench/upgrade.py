"""Upgrade of a file of the second schema, against writing the rows of the upgraded file once.

Ours is what a start does: a backup, the migrations, one transaction. The control copies every row
of the upgraded file into an empty one of the same schema, in one transaction with the same pragmas.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.storage.migrate import migrate
from desktop_app.storage.write_connection import PRAGMAS

from . import big_file
from .figures import Figure, milliseconds
from .many_payments import FILE, old_file_with

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNT = 1_000_000
TARGET = 2.5
_TABLES = """
    SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
    AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'alembic%'
"""


def run() -> Iterator[Figure]:
    """Measure."""
    with tempfile.TemporaryDirectory(dir=old_file_with(COUNT).parent) as scratch:
        path = Path(scratch, FILE)
        shutil.copyfile(old_file_with(COUNT), path)
        ours = milliseconds(lambda: migrate(path, Path(scratch, "backups"), datetime.now(UTC)))
        empty = big_file.migrated(Path(scratch, "control.sqlite3"))
        control = milliseconds(lambda: _copy(path, empty))
    yield Figure("upgrade", ours, TARGET, control)


def _copy(source: Path, target: Path) -> None:
    """Write every row of a file into an empty one of its schema."""
    with closing(sqlite3.connect(target, isolation_level=None)) as connection:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA foreign_keys=OFF")
        triggers = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for (name,) in triggers:  # rows as they are, those that triggers made among them
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("ATTACH ? AS upgraded", (str(source),))
        connection.execute("BEGIN IMMEDIATE")
        for (table,) in connection.execute(_TABLES).fetchall():
            columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))
            connection.execute(f"DELETE FROM main.{table}")
            connection.execute(
                f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM upgraded.{table}"
            )
        connection.execute("COMMIT")
