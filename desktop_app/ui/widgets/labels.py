"""Labels in plain text: user text is never rendered as markup, here or anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import bind_text

if TYPE_CHECKING:
    from PySide6.QtGui import QFontMetrics, QResizeEvent
    from PySide6.QtWidgets import QWidget


def label(
    text: str = "", role: str = "body", *, name: str = "", wrap: bool = False, tone: str = ""
) -> QLabel:
    """Return a label in plain text.

    Args:
        text: shown literally; one marked with `N_` follows the language.
        role: its size and weight in the style sheet (`caption`, `section`, `total`, …).
        name: its object name.
        wrap: whether long text breaks into lines.
        tone: the colour of a state (`paid`, `attention`, `wrong`, `accent`, `quiet`).
    """
    made = QLabel()
    dress(made, text, role, name=name, tone=tone)
    made.setWordWrap(wrap)
    return made


def dress(made: QLabel, text: str, role: str, *, name: str = "", tone: str = "") -> None:
    """Set a label up as `label` does."""
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    if tone:
        made.setProperty("tone", tone)
    if name:
        made.setObjectName(name)
    bind_text(made, "text", text)


def set_tone(widget: QWidget, tone: str) -> None:
    """Set the colour of a widget's state and restyle it."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        restyle(widget)


def set_role(widget: QLabel, role: str) -> None:
    """Set the size and weight of a label and restyle it."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        restyle(widget)


def restyle(widget: QWidget) -> None:
    """Style a widget again; one that is not styled yet will be when it is shown or dressed."""
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished) and theme.is_dressed():
        style = widget.style()
        style.unpolish(widget)
        style.polish(widget)


LARGE = 1.25
"""Above this text size an amount is smaller than three times the rest, so that it fits."""


class AmountLabel(QLabel):
    """The amount of money that a screen is about; its largest text."""

    def __init__(self, name: str) -> None:
        super().__init__()
        dress(self, "", self._role(), name=name)

    def rescale(self) -> None:
        """Set the size that has room at this text size."""
        set_role(self, self._role())

    @staticmethod
    def _role() -> str:
        return "amount" if theme.scale() <= LARGE else "total"


class ElidedLabel(QLabel):
    """One line, elided where there is no room; its accessible name is the full text."""

    def __init__(self, text: str = "", role: str = "body", *, name: str = "") -> None:
        super().__init__()
        self._full = ""
        dress(self, "", role, name=name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Show a text, elided where needed."""
        self._full = text
        self.setAccessibleName(text)
        self._fit()

    def full_text(self) -> str:
        """Return the full, unelided text."""
        return self._full

    def minimumSizeHint(self) -> QSize:
        """Return a height only: any width will do."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Elide again for the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(
            self._full, Qt.TextElideMode.ElideRight, max(0, self.contentsRect().width())
        )
        if shown != self.text():
            self.setText(shown)
        show_whole(self, self._full if shown != self._full else "")


MOST_NAME_LINES = 2


class NameLabel(ElidedLabel):
    """A name on two lines where one is too short, elided after them."""

    def _fit(self) -> None:
        lines: list[str] = []
        left = self._full
        metrics, room = self.fontMetrics(), max(1, self.contentsRect().width())
        while left and len(lines) < MOST_NAME_LINES - 1:
            line = _first_line(left, metrics, room)
            lines.append(line.rstrip())
            left = left[len(line) :]
        if left:
            lines.append(metrics.elidedText(left, Qt.TextElideMode.ElideRight, room))
        shown = "\n".join(lines)
        if shown != self.text():
            self.setText(shown)
        show_whole(self, self._full if lines and lines[-1] != left and left else "")


def _first_line(text: str, metrics: QFontMetrics, room: int) -> str:
    """Return the words that fit in a line, the space after them included; else letters."""
    end = 0
    while end < len(text) and metrics.horizontalAdvance(text[: end + 1].rstrip()) <= room:
        end += 1
    if end == len(text):
        return text
    after_space = text.rfind(" ", 0, end + 1) + 1
    return text[: after_space or max(1, end)]


def show_whole(widget: QWidget, text: str) -> None:
    """Show a text that is cut off as the tooltip; an empty one removes it.

    A tooltip renders markup, so that no bracket may open any.
    """
    tip = text.replace("<", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}")
    if tip != widget.toolTip():
        widget.setToolTip(tip)
