"""States of a desk that many tests begin with: reached once in a process, then put back.

A state is the log of a warm database, beside which its file is as it was, the other files of the
data folder, the gateway's memory and what the user's system remembers. The desk is composed on it
as after a restart. Most of a short test was spent on reaching its beginning.
"""

from __future__ import annotations

import os
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from desktop_app.domain.payment import Method
from desktop_app.storage.store import SqlStore
from tests.clock import TestClock
from tests.fake_gateway import FakeGateway
from tests.warm_database import LOG_HEADER, LONG_AGO

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import datetime
    from pathlib import Path

    from desktop_app.services.views.payments import AttemptView
    from desktop_app.services.views.settings import ConnectionState
    from tests.integration.conftest import Counter

T = TypeVar("T")
ITS_OWN = {"clock", "_answering"}


@dataclass(frozen=True)
class Reached:
    """The parts of a state, and the result of reaching it."""

    log: bytes
    files: dict[str, bytes]
    gateway: dict[str, Any]
    texts: dict[str, str]
    codes: dict[str, str]
    at: tuple[datetime, float]
    line: ConnectionState
    value: object


_reached: dict[tuple[Hashable, ...], Reached] = {}
_indexes: dict[Path, int] = {}


def reach(counter: Counter, go: Callable[..., T], *given: Hashable) -> T:
    """Bring a new desk into a state; a desk on which something was done goes there by itself.

    Args:
        counter: the desk.
        go: reaches the state; returns only what holds on each desk, as uids and views do.
        given: what it is called with.
    """
    if not _is_new(counter):
        return go(counter, *given)
    key = (go, *given)
    if key not in _reached:
        value = go(counter, *given)
        if _store(counter).path.stat().st_mtime != LONG_AGO:
            return value  # so much was written that SQLite moved some of the log into the file
        _reached[key] = _kept(counter, value)
    else:
        _put_back(counter, _reached[key])
    counter.restart()
    return cast("T", _reached[key].value)


def _is_new(counter: Counter) -> bool:
    """Return whether nothing was done with a desk, and its database is a warm one."""
    store, start, clock = _store(counter), TestClock(), counter.clock
    return (
        store.path.is_symlink()
        and store.writer.known is None
        and not _log(store).read_bytes()
        and (clock.at, clock.ticks) == (start.at, start.ticks)
        and _memory(counter.gateway) == _memory(FakeGateway(clock))
    )


def _store(counter: Counter) -> SqlStore:
    store = counter.context.store
    assert isinstance(store, SqlStore)
    return store


def _log(store: SqlStore) -> Path:
    return _beside(store, "-wal")


def _beside(store: SqlStore, suffix: str) -> Path:
    path = store.path.resolve()
    return path.with_name(path.name + suffix)


def _put_log(store: SqlStore, content: bytes) -> None:
    """Write the log; every connection reads it, because the header of its index is not valid.

    The index stays open while the database is: closing it would end this process's locks on it.
    """
    for gone in [path for path in _indexes if not path.exists()]:
        os.close(_indexes.pop(gone))
    index = _beside(store, "-shm")
    if index not in _indexes:
        _indexes[index] = os.open(index, os.O_RDWR)
    with _log(store).open("r+b") as log:
        log.write(content)
    os.pwrite(_indexes[index], bytes(LOG_HEADER), 0)


def _memory(gateway: FakeGateway) -> dict[str, Any]:
    return {name: copy(each) for name, each in vars(gateway).items() if name not in ITS_OWN}


def _kept(counter: Counter, value: object) -> Reached:
    folder, registry, store = counter.context.folder, counter.registry, _store(counter)
    others = (path for path in folder.rglob("*") if path.is_file() and path != store.path)
    return Reached(
        log=_log(store).read_bytes(),
        files={str(path.relative_to(folder)): path.read_bytes() for path in others},
        gateway=_memory(counter.gateway),
        texts=dict(registry.texts),
        codes={book: code for book, (_place, code) in registry.places.items()},
        at=(counter.clock.at, counter.clock.ticks),
        line=counter.connection.state(),
        value=value,
    )


def _put_back(counter: Counter, reached: Reached) -> None:
    folder, registry, store = counter.context.folder, counter.registry, _store(counter)
    _put_log(store, reached.log)
    for name, content in reached.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for name, each in reached.gateway.items():
        setattr(counter.gateway, name, copy(each))
    registry.texts.update(reached.texts)
    for book, code in reached.codes.items():
        registry.remember_place(book, folder, code)
    counter.clock.at, counter.clock.ticks = reached.at
    counter.connection._state = reached.line


# --- what most tests begin with


def shown(counter: Counter, method: Method = Method.AUTO) -> AttemptView:
    """Show the QR for a fee of a new student."""
    return reach(counter, _shown, method)


def paid(counter: Counter, method: Method = Method.UPI_INTENT) -> str:
    """Collect a fee by UPI; return the gateway's id of its payment."""
    return reach(counter, _paid, method)


def _shown(counter: Counter, method: Method) -> AttemptView:
    return counter.shown(method)


def _paid(counter: Counter, method: Method) -> str:
    payment_id = counter.pay(counter.shown(method))
    counter.polling.run()
    return payment_id
