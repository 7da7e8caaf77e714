"""Watches the calls of services: records them, and holds, refuses or plays those a test names."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_S = 20.0


@dataclass
class ServiceCalls:
    """Records, delays or fails calls of the services, by their names.

    Attributes:
        made: every call with what it was given, like `("payments.open", uid)`.
    """

    made: list[tuple[object, ...]] = field(default_factory=list)
    _refused: dict[str, Exception] = field(default_factory=dict)
    _held: dict[str, threading.Event] = field(default_factory=dict)
    _played: dict[str, Callable[..., object]] = field(default_factory=dict)

    def names(self) -> list[str]:
        return [str(call[0]) for call in self.made]

    def count(self, name: str) -> int:
        return self.names().count(name)

    def of(self, name: str) -> list[tuple[object, ...]]:
        """Return the arguments of every call of a name."""
        return [call[1:] for call in self.made if call[0] == name]

    def refuse(self, name: str, error: Exception) -> None:
        """Raise an error in every call of a name."""
        self._refused[name] = error

    def allow(self, name: str) -> None:
        """Answer a name that was refused again."""
        del self._refused[name]

    def forget(self) -> None:
        """Hold, refuse and play nothing any more, and know of no call."""
        self.go_on()
        for each in (self.made, self._refused, self._played):
            each.clear()

    def hold(self, name: str) -> None:
        """Hold every call of a name until `go_on`."""
        self._held[name] = threading.Event()

    def go_on(self) -> None:
        """Release every call that was held."""
        while self._held:
            self._held.popitem()[1].set()

    def play(self, name: str, answer: Callable[..., object]) -> None:
        """Answer every call of a name in the service's place."""
        self._played[name] = answer

    def call(self, name: str, found: Callable[..., object], *given: Any, **named: Any) -> object:
        self.made.append((name, *given, *named.values()))
        held = self._held.get(name)
        if held is not None:
            held.wait(PATIENCE_S)
        if name in self._refused:
            raise self._refused[name]
        return self._played.get(name, found)(*given, **named)


class WatchedService:
    """A real service whose calls are recorded, held or refused as a test orders."""

    def __init__(self, name: str, service: object, calls: ServiceCalls) -> None:
        self._name, self._service, self._calls = name, service, calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._service, name)
        if not callable(found):
            return found
        return partial(self._calls.call, f"{self._name}.{name}", found)
