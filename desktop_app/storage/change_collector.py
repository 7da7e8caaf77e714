"""Collects what committed writes changed until the window takes it. Safe in every thread."""

from __future__ import annotations

from functools import reduce
from operator import or_
from threading import Lock

from desktop_app.services.views.changes import Changes


class ChangeCollector:
    """The changes of every write since they were taken last.

    Attributes:
        commits: how many writes became durable in this process.
    """

    def __init__(self) -> None:
        self.commits = 0
        self._lock = Lock()
        self._changes: set[Changes] = set()

    def add(self, changes: Changes) -> None:
        """Add what a write changed, once it is durable."""
        with self._lock:
            self._changes.add(changes)
            self.commits += 1

    def take(self) -> Changes:
        """Return the changes since the last call; no change is returned twice."""
        with self._lock:
            taken, self._changes = self._changes, set()
        return reduce(or_, taken, Changes())
