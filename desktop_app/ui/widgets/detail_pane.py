"""The pane beside a list: a card that scrolls, over actions that never do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.widgets.boxes import gridbox, scrolling, vbox
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.ui.core.i18n import N_

CAPTION_PX = 92
MOST_CAPTION_PX = 120
"""At large text the values get the room: a UTR must be readable whole."""
INSET = 20
_ANY_PX = 16_777_215
"""Qt's greatest width: as much as there is."""
MOST_PX = 420
"""At any text size a list keeps half of a window 1366 pixels wide."""


class DetailPane(QFrame):
    """A card as wide as the text size asks for.

    Args:
        name: its object name.
        width: in pixels at 100 %.

    Attributes:
        column: its contents, which scroll where text is large or the window low.
        foot: the actions under them, which stay in sight; hidden while there are none.
    """

    def __init__(self, name: str, width: int) -> None:
        super().__init__()
        self._width = width
        self._is_alone = False
        self.setObjectName(name)
        self.setProperty("kind", "card")
        inside = QWidget()
        self.column = vbox(inside=inside, gap=theme.GAP, margins=INSET)
        self.area = scrolling(inside, is_clear=True)
        self._below = QWidget()
        self.foot = vbox(rule(), inside=self._below, gap=12, margins=(INSET, 0, INSET, 12))
        self._below.hide()
        vbox((self.area, 1), self._below, inside=self, gap=0, margins=1)
        self.rescale()

    def add_foot(self, *buttons: QWidget) -> None:
        """Add actions that stay in sight."""
        self.foot.addWidget(flowing(*buttons))
        self._below.show()

    @property
    def wide(self) -> int:
        """Its width beside a list."""
        return min(theme.px(self._width), max(self._width, MOST_PX))

    def show_alone(self, *, is_alone: bool) -> None:
        """Fill the whole width, in place of the list, or the room beside it."""
        self._is_alone = is_alone
        self.rescale()

    def rescale(self) -> None:
        """Set the size for the text size."""
        self.setMinimumWidth(0 if self._is_alone else self.wide)
        self.setMaximumWidth(_ANY_PX if self._is_alone else self.wide)


class Facts(QWidget):
    """Names and values under each other; a value without text is hidden with its name."""

    def __init__(self, names: Sequence[N_]) -> None:
        super().__init__()
        self._grid = gridbox(12, 6, self)
        self._grid.setColumnStretch(1, 1)
        self._rows = {}
        for at, name in enumerate(names):
            caption, value = label(name, "caption"), ElidedLabel(role="small")
            self._grid.addWidget(caption, at, 0)
            self._grid.addWidget(value, at, 1)
            self._rows[str(name)] = (caption, value)
        self.rescale()

    def show_values(self, values: dict[str, str]) -> None:
        """Show the values by their names in English; what is missing or empty is hidden."""
        for name, (caption, value) in self._rows.items():
            text = values.get(name, "")
            value.show_text(text)
            caption.setVisible(bool(text))
            value.setVisible(bool(text))

    def text_of(self, name: str) -> str:
        """Return the full value beside a name."""
        return self._rows[name][1].full_text()

    def rescale(self) -> None:
        """Set the size for the text size."""
        self._grid.setColumnMinimumWidth(0, min(theme.px(CAPTION_PX), MOST_CAPTION_PX))
