"""States of a desk that many tests begin with: reached once in a process, then copied.

A copy is the data folder, the gateway's memory and what the user's system remembers; the desk is
composed on it, as after a restart. Most of a short test was spent on reaching its beginning.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from desktop_app.domain.payment import Method
from desktop_app.storage.store import SqlStore
from tests.clock import TestClock
from tests.fake_gateway import FakeGateway

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import datetime

    from desktop_app.services.views.payments import AttemptView
    from desktop_app.services.views.settings import ConnectionState
    from tests.integration.conftest import Counter

T = TypeVar("T")
ITS_OWN = {"clock", "_answering"}


@dataclass(frozen=True)
class Reached:
    """The parts of a state, and the result of reaching it."""

    files: dict[str, bytes]
    gateway: dict[str, Any]
    texts: dict[str, str]
    codes: dict[str, str]
    at: tuple[datetime, float]
    line: ConnectionState
    value: object


_reached: dict[tuple[Hashable, ...], Reached] = {}


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
        _closed(counter)
        _reached[key] = _kept(counter, value)
    else:
        _closed(counter)
        _put_back(counter, _reached[key])
    counter.restart()
    return cast("T", _reached[key].value)


def _is_new(counter: Counter) -> bool:
    store = counter.context.store
    assert isinstance(store, SqlStore)
    start, clock = TestClock(), counter.clock
    is_untouched = store.writer._connection is None and (clock.at, clock.ticks) == (
        start.at,
        start.ticks,
    )
    return is_untouched and _memory(counter.gateway) == _memory(FakeGateway(clock))


def _closed(counter: Counter) -> None:
    """Close the database, so that its file is all of it."""
    assert isinstance(counter.context.store, SqlStore)
    counter.context.store.close()


def _memory(gateway: FakeGateway) -> dict[str, Any]:
    return {name: copy(each) for name, each in vars(gateway).items() if name not in ITS_OWN}


def _kept(counter: Counter, value: object) -> Reached:
    folder, registry = counter.context.folder, counter.registry
    return Reached(
        files={
            str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        },
        gateway=_memory(counter.gateway),
        texts=dict(registry.texts),
        codes={book: code for book, (_place, code) in registry.places.items()},
        at=(counter.clock.at, counter.clock.ticks),
        line=counter.connection.state(),
        value=value,
    )


def _put_back(counter: Counter, reached: Reached) -> None:
    folder, registry = counter.context.folder, counter.registry
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
