"""The pane beside a list: a card that scrolls where text is large or the window low."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.widgets.boxes import gridbox, scrolling, vbox
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.ui.core.i18n import N_

CAPTION_PX = 92
MOST_CAPTION_PX = 120
"""At large text the values get the room: a UTR must be readable whole."""
INSET = 20
MOST_PX = 420
"""At any text size a list keeps half of a window 1366 pixels wide."""


class DetailPane(QFrame):
    """A card as wide as the text size asks for; its contents go into `column`.

    Args:
        name: its object name.
        width: in pixels at 100 %.
    """

    def __init__(self, name: str, width: int) -> None:
        super().__init__()
        self._width = width
        self.setObjectName(name)
        self.setProperty("kind", "card")
        inside = QWidget()
        self.column = vbox(inside=inside, gap=theme.GAP, margins=INSET)
        self.area = scrolling(inside, is_clear=True)
        vbox(self.area, inside=self, margins=1)
        self.rescale()

    def rescale(self) -> None:
        """Set the size for the text size."""
        self.setFixedWidth(min(theme.px(self._width), max(self._width, MOST_PX)))


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
