"""Collects cyclic garbage in the GUI thread only.

By itself Python collects in whichever thread makes the object that crosses its threshold. A worker
would so destroy widgets that are part of a cycle while the GUI thread uses them, which crashes the
process.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 2_000
NEW_OBJECTS = 20_000
"""How many more objects than before make a pass worth its time."""
PASSES = 10
"""How many passes over new objects come between two over all."""


class GarbageTimer(QTimer):
    """Switches automatic collection off and collects by a timer of the GUI thread.

    What a start left behind lives as long as the program and is never looked at again.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._is_frozen = False
        self.timeout.connect(self.collect)
        self.start(INTERVAL_MS)

    def collect(self) -> None:
        """Collect if enough objects were made since the last time."""
        if not self._is_frozen:
            self._is_frozen = True
            gc.freeze()
        new, _, passes = gc.get_count()
        if new >= NEW_OBJECTS:
            gc.collect(2 if passes >= PASSES else 1)
