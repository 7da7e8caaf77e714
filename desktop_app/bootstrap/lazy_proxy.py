"""Use-cases that are imported and made when they are first asked for.

The desk is open, and finds students, before most of what it can do was even imported. Safe from
any thread; knows nothing of what it stands for.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")


class LazyProxy:
    """Stands for something until an attribute of it is wanted, and then makes it, once.

    Args:
        make: imports and makes it.
    """

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make
        self._lock = threading.RLock()
        self._made: object | None = None

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the real thing."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
        return getattr(self._made, name)


def when_asked(make: Callable[[], Made]) -> Made:
    """Return what stands for the result of a function until it is used."""
    return cast("Made", LazyProxy(make))
