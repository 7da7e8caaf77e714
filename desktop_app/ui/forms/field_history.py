"""Undo and redo of typing in a form, across its fields; what is typed in one go is one step.

It records texts of fields and nothing else: money events are never undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QUndoCommand, QUndoStack

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSE_MS = 1_200
"""After a pause this long the next typing is a separate step."""


class _Change(QUndoCommand):
    """A change of a field from one value to another."""

    def __init__(self, key: str, name: str, values: tuple[str, str], run: int) -> None:
        super().__init__(name)
        self.key, self.run = key, run
        self.before, self.after = values
        self.put: Callable[[str, str], None] | None = None

    def undo(self) -> None:
        """Restore the older value."""
        if self.put is not None:
            self.put(self.key, self.before)

    def redo(self) -> None:
        """Restore the newer value; on the first call the field has it already."""
        if self.put is not None:
            self.put(self.key, self.after)

    def id(self) -> int:
        """Return one id for all steps, so that they may be merged."""
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Merge typing into the same field in one go."""
        if not isinstance(other, _Change) or (other.key, other.run) != (self.key, self.run):
            return False
        self.after = other.after
        return True


class FieldHistory(QObject):
    """The undo history of one form.

    Args:
        put: puts a value into a field, by its key.
        parent: the form.
    """

    def __init__(self, put: Callable[[str, str], None], parent: QObject) -> None:
        super().__init__(parent)
        self.stack = QUndoStack(self)
        self._put = put
        self._values: dict[str, str] = {}
        self._run = 0
        self._is_putting = False
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._end_run)

    def begin(self, values: dict[str, str]) -> None:
        """Set these values as the undo baseline."""
        self._values = dict(values)
        self.stack.clear()
        self._end_run()

    def note(self, key: str, name: str, value: str) -> None:
        """Record the new value of a field."""
        before = self._values.get(key)
        if before is None or before == value or self._is_putting:
            return
        self._values[key] = value
        change = _Change(key, name, (before, value), self._run)
        self.stack.push(change)
        newest = self.stack.command(self.stack.count() - 1)
        if isinstance(newest, _Change):
            newest.put = self._put_back
        self._pause.start()

    def last_key(self) -> str:
        """Return the field of the step that is undone next; empty for none."""
        newest = self.stack.command(self.stack.index() - 1) if self.stack.canUndo() else None
        return newest.key if isinstance(newest, _Change) else ""

    def _put_back(self, key: str, value: str) -> None:
        self._is_putting = True
        self._values[key] = value
        self._put(key, value)
        self._is_putting = False
        self._end_run()

    def _end_run(self) -> None:
        self._run += 1
