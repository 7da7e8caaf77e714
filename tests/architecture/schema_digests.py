"""`python -m tests.architecture.schema_digests`: writes the digests of what the migrations make.

They are packaged, so that a start compares a file with them without running a migration.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from desktop_app.storage import migrate, schema_digests, schema_objects

HEAD = '''"""Digests of the objects of schema {number}, as its migrations make them.

Written by `python -m tests.architecture.schema_digests`; a test holds that they are up to date.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DIGESTS: Mapping[str, str] = MappingProxyType(
    {{
{lines}
    }}
)
'''


def wanted(folder: Path) -> str:
    """Return the text of the packaged module for the schema as migrated in an empty folder."""
    path = folder / "schema.sqlite3"
    migrate.upgrade(path)
    with closing(sqlite3.connect(path)) as connection:
        found = sorted(schema_objects.digests(connection))
    lines = "\n".join(f'        "{named}": "{digest}",' for named, digest in found)
    return HEAD.format(number=migrate.SCHEMA, lines=lines)


def packaged() -> Path:
    """Return the packaged module's file."""
    return Path(schema_digests.__file__)


def main() -> int:
    """Write the module."""
    with tempfile.TemporaryDirectory() as folder:
        packaged().write_text(wanted(Path(folder)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
