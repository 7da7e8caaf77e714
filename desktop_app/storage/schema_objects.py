"""Comparison of a file's tables, indexes, views and triggers with those of the migrations.

A trigger that somebody adds changes rows as they are written, so that their seals cover what it
did; a missing one allows edits of rows that are only added. Reading them all costs under a
millisecond.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from desktop_app.storage.schema_digests import DIGESTS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

ALTERED = "schema.altered"
"""The action of an audit entry that names what the desk did not make."""

_OBJECTS = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
_VERSION = "PRAGMA schema_version"
_OF_LIBRARIES = re.compile(
    r"table (alembic_version|student_(words|parts)_(data|idx|content|docsize|config))"
)
"""Tables that a library makes, in the words of its version: only their names count."""

_OF_ANALYZE = re.compile(r"table sqlite_stat\d")
_HEX = 16
_LONGEST = 60
_MOST = 10


def digests(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return kind with name, and digest, of every object that a statement made."""
    return _digests(_statements(connection))


def _statements(connection: sqlite3.Connection) -> tuple[tuple[str, str, str], ...]:
    cursor = connection.cursor()
    cursor.row_factory = None
    return tuple(cursor.execute(_OBJECTS))


def _digests(statements: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    return [
        (named, _digest("" if _OF_LIBRARIES.fullmatch(named) else sql))
        for named, sql in ((f"{kind} {name}", sql) for kind, name, sql in statements)
        if not _OF_ANALYZE.fullmatch(named)
    ]


def _digest(sql: str) -> str:
    return hashlib.sha256(" ".join(sql.split()).encode()).hexdigest()[:_HEX]


def altered(connection: sqlite3.Connection, known: Mapping[str, str] = DIGESTS) -> str | None:
    """Describe what differs from the schema of this program; None when nothing does."""
    statements = _statements(connection)
    return _of_program(statements) if known is DIGESTS else _altered(statements, known)


@lru_cache(maxsize=2)
def _of_program(statements: tuple[tuple[str, str, str], ...]) -> str | None:
    """Compare with the schema of this program: once, though each connection reads the same."""
    return _altered(statements, DIGESTS)


def _altered(statements: Iterable[tuple[str, str, str]], known: Mapping[str, str]) -> str | None:
    found = _digests(statements)
    missing = known.keys() - {named for named, _ in found}
    seen: set[str] = set()
    words = []
    for named, digest in found:
        if named not in known or named in seen:
            words.append(f"the {_shown(named)} is not the desk's")
        elif digest != known[named]:
            words.append(f"the {_shown(named)} was changed")
        seen.add(named)
    words += [f"the {named} is missing" for named in sorted(missing)]
    return "; ".join(words[:_MOST]) or None


def _shown(named: str) -> str:
    """Return a name that somebody else chose, fit for a line."""
    return "".join(letter if letter.isprintable() else "?" for letter in named[:_LONGEST])


class SchemaWatch:
    """Reads the schema again only after it changed, by whichever program."""

    def __init__(self) -> None:
        self._seen: int | None = None

    def altered(self, connection: sqlite3.Connection) -> tuple[str | None, int]:
        """Describe what differs, unless that was noted before; return the version as well."""
        version: int = connection.execute(_VERSION).fetchone()[0]
        return (None if version == self._seen else altered(connection)), version

    def note(self, version: int) -> None:
        """Note that what differs at a version is in the audit trail."""
        self._seen = version
