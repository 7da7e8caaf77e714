"""A search box with its answers under it: type, move, Enter. Enter waits for its own answer.

It knows nothing of what is searched: the page asks, and shows the answer by `show_answer`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.widgets.labels import dress, label

if TYPE_CHECKING:
    from desktop_app.ui.widgets.result_list import ResultList, Row
    from desktop_app.ui.widgets.search_box import SearchBox

LABEL_PX = 64
MARGINS = (theme.GROUP + theme.GAP, theme.GROUP, theme.GROUP, theme.GROUP)
"""Of the column that the pickers stand in: the first frame uses it too."""
PANEL = 440
"""Width of the bill beside it."""


class Picker(QWidget):
    """Finds one thing among many.

    Signals:
        asked: a text to search for.
        edited: the person changed the text, so that what was picked no longer stands.
        chosen: the payload of the row that was taken.

    Args:
        title: the label.
        box: where one types.
        results: the answers under it.
        beside: a button at the right end of the box.
    """

    asked = Signal(str)
    edited = Signal()
    chosen = Signal(object)

    def __init__(
        self, title: str, box: SearchBox, results: ResultList, beside: QWidget | None = None
    ) -> None:
        super().__init__()
        self.box = box
        self.results = results
        self._is_taking = False
        box.textChanged.connect(self._changed)
        box.textEdited.connect(self._edited)
        box.taken.connect(self.take)
        box.moved.connect(results.step)
        results.chosen.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        top = titled_box(title, box)
        if beside is not None:
            top.addWidget(beside)
        column.addLayout(top)
        column.addWidget(results, 1)

    @property
    def is_taking(self) -> bool:
        """Whether Enter was pressed and waits for the answer to what was typed."""
        return self._is_taking

    def focus(self) -> None:
        """Put the cursor here, with what was typed selected."""
        self.box.setFocus()
        self.box.selectAll()

    def clear(self) -> None:
        """Empty the box; the answers become those to an empty text."""
        self._is_taking = False
        if self.box.text():
            self.box.clear()

    def search_again(self) -> None:
        """Ask for the same text again."""
        self.asked.emit(self.box.text())

    def take(self) -> None:
        """Take the selected answer; if the answer to this text is not there yet, wait for it."""
        if self.results.property("query") != self.box.text():
            self._is_taking = True
            return
        self._is_taking = False
        row = self.results.current()
        if row is not None:
            self.chosen.emit(row.payload)

    def show_answer(self, rows: tuple[Row, ...], *, query: str, count: int) -> None:
        """Show an answer; one to an older text is not shown."""
        if query != self.box.text():
            return
        self.results.show_rows(rows, query=query, count=count)
        if not query.strip():
            self.results.select(-1)  # a stray Enter picks nobody
        if self._is_taking:
            self.take()

    def _changed(self, text: str) -> None:
        self._is_taking = False
        self.asked.emit(text)

    def _edited(self, _text: str) -> None:
        self.edited.emit()

    def _choose(self, payload: object) -> None:
        self.chosen.emit(payload)


class BoxTitle(QLabel):
    """The word before a search box; those of two boxes are of one width."""

    def __init__(self, title: str) -> None:
        super().__init__()
        dress(self, title, "strong")
        self.rescale()

    def rescale(self) -> None:
        """Take the size that goes with the text."""
        self.setFixedWidth(theme.px(LABEL_PX))


def titled_box(title: str, box: SearchBox) -> QHBoxLayout:
    """Lay a search box out beside its label."""
    words = BoxTitle(title)
    words.setBuddy(box)
    row = QHBoxLayout()
    row.setSpacing(theme.GAP)
    row.addWidget(words)
    row.addWidget(box, 1)
    return row


def heading(title: str, key: str) -> QHBoxLayout:
    """Lay the heading of a list out, with the key that leads there."""
    row = QHBoxLayout()
    row.setSpacing(theme.GAP)
    row.addWidget(label(title, "strong"))
    row.addStretch(1)
    row.addWidget(label(key, "key"))
    return row
