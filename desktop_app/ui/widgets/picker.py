"""A search box with its results under it. Enter waits for the results of what was typed.

It knows nothing of what is searched: the page searches, and calls `show_answer`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.widgets.boxes import fill, hbox, vbox
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from desktop_app.ui.core.i18n import N_
    from desktop_app.ui.widgets.result_list import ResultList, Row
    from desktop_app.ui.widgets.search_box import SearchBox

MARGINS = (theme.GROUP, theme.GROUP, theme.GAP, theme.GAP)
"""Margins of the column of pickers; the first frame uses them too."""
PANEL = 456
"""Width of the bill beside it."""


class Picker(QWidget):
    """Picks one thing among many.

    Signals:
        asked: a text to search for.
        edited: the text was changed by hand, so that the choice is void.
        chosen: the payload of the row that was taken.
        wanted: the focus is about to go there.

    Args:
        box: the search box.
        results: the list under it.
        beside: a button at the right end of the box.
        recent: the caption over what is listed while the box is empty.
    """

    asked = Signal(str)
    edited = Signal()
    chosen = Signal(object)
    wanted = Signal()

    def __init__(
        self,
        box: SearchBox,
        results: ResultList,
        beside: QWidget | None = None,
        *,
        recent: N_ | None = None,
    ) -> None:
        super().__init__()
        self.box = box
        self.results = results
        self._is_taking = False
        box.textChanged.connect(self._changed)
        box.textEdited.connect(self.edited)
        box.taken.connect(self.take)
        box.moved.connect(results.step)
        results.chosen.connect(self.chosen)
        top = hbox((box, 1), gap=theme.GAP)
        if beside is not None:
            top.addWidget(beside)
        self.caption = label(recent or "", "caption", name=f"{results.objectName()}Caption")
        self.caption.hide()
        self._has_caption = recent is not None
        fill(vbox(inside=self, gap=theme.GAP), top, self.caption, (results, 1))

    @property
    def is_taking(self) -> bool:
        """Whether Enter waits for the results of what was typed."""
        return self._is_taking

    def focus(self) -> None:
        """Put the focus into the box and select its text."""
        self.wanted.emit()
        self.box.setFocus()
        self.box.selectAll()

    def clear(self) -> None:
        """Clear the box, and with it the results."""
        self._is_taking = False
        if self.box.text():
            self.box.clear()

    def search_again(self) -> None:
        """Search for the same text again."""
        self.asked.emit(self.box.text())

    def expect(self) -> None:
        """Wait with Enter for the next answer: what is shown is about to change."""
        self.results.setProperty("query", None)

    def take(self) -> None:
        """Choose the selected row, or select the first where none is certain.

        Where the results of the typed text are missing, it waits for them.
        """
        if self.results.property("query") != self.box.text():
            self._is_taking = True
            return
        self._is_taking = False
        row = self.results.current()
        if row is not None:
            self.chosen.emit(row.payload)
        elif self.box.text().strip():
            self.results.step(1)

    def show_answer(self, rows: tuple[Row, ...], *, query: str, count: int) -> None:
        """Show results; those of an older text are dropped, and the same again change nothing."""
        if query != self.box.text():
            return
        if (rows, query) == (self.results.rows(), self.results.property("query")):
            return  # what is selected stays so
        self.results.show_rows(rows, query=query, count=count)
        self.caption.setVisible(self._has_caption and not query.strip() and bool(rows))
        is_taken = rows and (rows[0].is_certain if query.strip() else rows[0].is_offered)
        if not is_taken:
            self.results.select(-1)  # Enter must not pick what nobody selected
        if self._is_taking:
            self.take()

    def _changed(self, text: str) -> None:
        self._is_taking = False
        self.asked.emit(text)
