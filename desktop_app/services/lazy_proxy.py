"""Services and queries that are imported and made when they are first used.

The desk is open, and finds students, before most of its code was even imported. Safe from any
thread.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")


class LazyProxy:
    """A proxy that makes its object, once, when an attribute of it is first read.

    Args:
        make: imports and makes the object.
    """

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make
        self._lock = threading.RLock()
        self._made: object | None = None

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the object."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
        return getattr(self._made, name)


def lazy(make: Callable[[], Made]) -> Made:
    """Return a proxy of what a function will make."""
    return cast("Made", LazyProxy(make))
