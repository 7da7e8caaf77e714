"""A search box: type, move through the results with Up and Down, choose with Enter.

It knows nothing of what is searched; the page connects its signals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QLineEdit

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent

LONGEST = 500
ICON_ROOM = 26
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -5, Qt.Key.Key_PageDown: 5}


class SearchBox(QLineEdit):
    """A text field to search by.

    Signals:
        moved: Up, Down, PageUp or PageDown, as a number of rows.
        taken: Enter.

    Args:
        name: its object name.
        hint: what can be typed, shown while it is empty; the accessible name too. One marked
            with `N_` follows the language.
        key: the key that leads here, shown at the right end.
    """

    moved = Signal(int)
    taken = Signal()

    def __init__(self, *, name: str, hint: str, key: str = "") -> None:
        super().__init__()
        self._hint, self._key = hint, key
        self.setObjectName(name)
        self.setProperty("kind", "search")
        self.setMaxLength(LONGEST)
        row = hbox(inside=self, margins=(12, 0, 10, 0))
        self._key_label = label(key, "key", name=f"{name}Key")
        fill(row, IconLabel("search"), STRETCH, (self._key_label, Qt.AlignmentFlag.AlignVCenter))
        self._say_hint()
        self.rescale()
        self.returnPressed.connect(self.taken)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn the arrow keys into moves through the results."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            self.moved.emit(step)
            return
        super().keyPressEvent(event)

    def retranslate(self) -> None:
        """Show the tooltip in the present language; the hint may be longer in it."""
        if self._key:
            self._say_tip()
            self.rescale()

    def event(self, event: QEvent) -> bool:
        """Leave room again when the key's name has another width."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.rescale()
        return super().event(event)

    def _say_hint(self) -> None:
        for name in ("placeholderText", "accessibleName"):
            bind_text(self, name, self._hint)
        if self._key:
            self._say_tip()

    def _say_tip(self) -> None:
        hint = tr(self._hint) if isinstance(self._hint, N_) else self._hint
        self.setToolTip(f"{hint} ({self._key})")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the key's name only beside the whole hint."""
        super().resizeEvent(event)
        self.rescale()

    def minimumSizeHint(self) -> QSize:
        """Return a size without the key's name, which is hidden first."""
        least = super().minimumSizeHint()
        return QSize(least.width() - self.textMargins().right(), least.height())

    def rescale(self) -> None:
        """Leave room for the icon, and for the key where it fits beside the hint."""
        icon, key = theme.px(ICON_ROOM), self._key_label.sizeHint().width() + theme.GROUP
        hint = self.fontMetrics().horizontalAdvance(self.placeholderText())
        has_key = bool(self._key) and icon + hint + key + 2 * theme.GROUP <= self.width()
        self._key_label.setVisible(has_key)
        self.setTextMargins(icon, 0, key if has_key else 0, 0)
