"""A search box with its answers under it: type, move, Enter. Enter waits for its own answer.

It knows nothing of what is searched: the page asks, and shows the answer by `show_answer`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.ui import theme
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from desktop_app.ui.widgets.result_list import ResultList, Row

LABEL_PX = 64


class Picker(QWidget):
    """Finds one thing among many.

    Signals:
        asked: a text to search for.
        edited: the person changed the text, so that what was picked no longer stands.
        chosen: the payload of the row that was taken.

    Args:
        name: object names begin with it (`studentSearch`).
        title: the label, with an access key.
        hint: what can be typed.
        key: the key that leads here.
    """

    asked = Signal(str)
    edited = Signal()
    chosen = Signal(object)

    def __init__(self, name: str, title: str, hint: str, key: str) -> None:
        super().__init__()
        self.box = SearchBox(name=f"{name}Search", hint=hint, key=key)
        self.results: ResultList
        self._is_taking = False
        self._title = label(title, "strong")
        self._title.setFixedWidth(LABEL_PX)
        self._title.setBuddy(self.box)
        self.box.textChanged.connect(self._changed)
        self.box.textEdited.connect(self._edited)
        self.box.taken.connect(self.take)

    def build(self, results: ResultList) -> None:
        """Take the list of answers and lay both out."""
        self.results = results
        results.chosen.connect(self._choose)
        self.box.moved.connect(results.step)
        top = QHBoxLayout()
        top.setSpacing(theme.GAP)
        top.addWidget(self._title)
        top.addWidget(self.box, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addLayout(top)
        column.addWidget(results, 1)

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
        if self._is_taking:
            self.take()

    def _changed(self, text: str) -> None:
        self._is_taking = False
        self.asked.emit(text)

    def _edited(self, _text: str) -> None:
        self.edited.emit()

    def _choose(self, payload: object) -> None:
        self.chosen.emit(payload)
