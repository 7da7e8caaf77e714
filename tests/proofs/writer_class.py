"""Connects a desk's writer by another class, which can watch or fail its statements."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable


def connect_by(
    connection_class: type[sqlite3.Connection], engine: Engine | type[Engine]
) -> Callable[[], None]:
    """Open the connections of an engine, or of all, by a class; return how to end that."""

    def connect(_dialect: Any, _record: Any, _given: Any, named: dict[str, Any]) -> None:
        named["factory"] = connection_class

    event.listen(engine, "do_connect", connect)
    if isinstance(engine, Engine):
        engine.dispose()
    return partial(event.remove, engine, "do_connect", connect)
