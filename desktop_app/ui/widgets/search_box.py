"""A search box: type, move through the answers with Up and Down, take one with Enter.

It knows nothing of what is searched; the page connects its signals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

LONGEST = 500
_STEPS = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -5,
    Qt.Key.Key_PageDown: 5,
}


class SearchBox(QLineEdit):
    """A line to search by.

    Signals:
        moved: Up, Down, PageUp or PageDown, as a number of rows.
        taken: Enter.

    Args:
        name: its object name.
        hint: what can be typed, shown while it is empty; the accessible name too.
        key: the key that leads here, shown at the right end.
    """

    moved = Signal(int)
    taken = Signal()

    def __init__(self, *, name: str, hint: str, key: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setProperty("kind", "search")
        self.setMaxLength(LONGEST)
        self.setTextMargins(26, 0, 34 if key else 0, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 10, 0)
        row.addWidget(IconLabel("search"))
        row.addStretch(1)
        if key:
            row.addWidget(label(key, "key"), 0, Qt.AlignmentFlag.AlignVCenter)
            self.setToolTip(f"{hint} ({key})")
        self.returnPressed.connect(self.taken)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn the arrow keys into moves through the answers."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            self.moved.emit(step)
            return
        super().keyPressEvent(event)
