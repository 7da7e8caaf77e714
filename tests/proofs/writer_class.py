"""Connects a desk's writer by another class, which can watch or fail its statements."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from desktop_app.storage.write_connection import WriteConnection

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator


def connect_by(connection_class: type[sqlite3.Connection], writer: WriteConnection) -> None:
    """Open the connection of a writer by a class from now on."""
    writer.factory = connection_class
    writer.close()


@contextmanager
def every_writer_by(connection_class: type[sqlite3.Connection]) -> Iterator[None]:
    """Open the connections of all writers by a class within the block."""
    before, WriteConnection.factory = WriteConnection.factory, connection_class
    try:
        yield
    finally:
        WriteConnection.factory = before


@contextmanager
def watching(
    writer: WriteConnection,
    lent: Callable[[sqlite3.Connection], None],
    taken_back: Callable[[], None] = lambda: None,
) -> Iterator[None]:
    """Call functions when a writer's connection is lent and taken back within the block."""
    lend, take_back = writer.lend, writer.take_back

    def lend_watched() -> sqlite3.Connection:
        connection = lend()
        try:
            lent(connection)
        except BaseException:
            take_back()
            raise
        return connection

    def take_back_watched() -> None:
        take_back()
        taken_back()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "lend", lend_watched)
        patch.setattr(writer, "take_back", take_back_watched)
        yield
