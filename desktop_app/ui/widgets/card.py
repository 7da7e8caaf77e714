"""A card, which is a bordered surface for what belongs together, and a thin rule."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from desktop_app.ui.core import theme
from desktop_app.ui.widgets.boxes import vbox


class Card(QFrame):
    """A bordered surface with a column of content in `column`.

    Args:
        kind: `card`, `well`, `paper`, `panel` or `banner` of the style sheet.
    """

    def __init__(self, kind: str = "card", margin: int = theme.GROUP) -> None:
        super().__init__()
        self.setProperty("kind", kind)
        self.column = vbox(inside=self, gap=theme.GAP, margins=margin)


def rule() -> QFrame:
    """Return a horizontal line that separates groups."""
    made = QFrame()
    made.setProperty("kind", "rule")
    return made
