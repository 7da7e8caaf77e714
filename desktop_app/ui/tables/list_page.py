"""What the pages of students, courses and payments share: a list, a search and details beside it.

Widgets only. A subclass brings the table, the details, and the presenter that fills them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from desktop_app.ui.core import theme
from desktop_app.ui.core.error_notices import describe
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.page import Page, PageContext
from desktop_app.ui.tables.table_view import TableView
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.detail_pane import DetailPane
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from desktop_app.ui.tables.paged_table import PagedTable

DETAIL_PX = 400
MOST_QUOTED = 40
LARGEST = 2.0
"""The text size at which titles and buttons need the whole line."""
TYPING_MS = 60
"""A search waits this long for the next letter."""


class ListPage(Page):
    """A page with a list.

    Args:
        context: the window's shared parts.
        name: the first part of the object names, like `students`.
        find_hint: what can be searched by, marked for translation.
        model: what the table shows.
        detail_px: width of the details beside it, at 100 %.
    """

    title: N_

    def __init__(
        self,
        context: PageContext,
        *,
        name: str,
        find_hint: N_,
        model: PagedTable[Any],
        detail_px: int = DETAIL_PX,
    ) -> None:
        super().__init__(context)
        self.setObjectName(f"{name}Page")
        self.finder = SearchBox(name=f"{name}Find", hint=find_hint, key="Ctrl+F")
        self.table = TableView(model, name=f"{name}Table", title=self.title)
        self.empty = EmptyState("search", N_("One moment…"))
        self.empty.button.setObjectName(f"{name}EmptyButton")
        self.count = label("", "secondary", name=f"{name}Count")
        self.detail = DetailPane(f"{name}Detail", detail_px)
        self.action_row = QHBoxLayout()
        self.tool_row = QHBoxLayout()
        self._stack = QStackedWidget()
        self._was_listed = False
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._lay_out()
        self._typing.timeout.connect(self._search_now)
        self.finder.textChanged.connect(self._typing_on)
        self.finder.moved.connect(self.table.step)
        self.finder.taken.connect(self._take)
        self.empty.acted.connect(self.act_on_empty)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(label(self.title, "page"))
        head.addWidget(self.count)
        head.addStretch(1)
        head.addLayout(self.action_row)
        self.action_row.setSpacing(theme.GAP)
        tools = QHBoxLayout()
        tools.setSpacing(theme.GAP)
        tools.addWidget(self.finder, 1)
        tools.addLayout(self.tool_row)
        self.tool_row.setSpacing(theme.GAP)
        frame = Card(margin=0)
        frame.column.addWidget(self.empty)
        self._stack.addWidget(self.table)
        self._stack.addWidget(frame)
        self._stack.setCurrentWidget(frame)
        body = QHBoxLayout()
        body.setSpacing(theme.GROUP)
        body.addWidget(self._stack, 1)
        body.addWidget(self.detail)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.MARGIN, 20, theme.MARGIN, 20)
        column.setSpacing(theme.GROUP)
        column.addLayout(head)
        column.addLayout(tools)
        column.addLayout(body, 1)

    # what a subclass fills in

    def search(self, text: str) -> None:
        """Show what matches a text."""
        raise NotImplementedError

    def act_on_empty(self) -> None:
        """Do what the empty list offers."""

    def describe_empty(self, text: str) -> None:
        """Say why the list is empty, and what to do."""

    def retell(self) -> None:
        """Say again, in the language of now, what was put together from data."""
        raise NotImplementedError

    # what the window calls

    def arrive(self) -> None:
        """Read the list anew, and be ready to search."""
        self._search_now()
        self.finder.setFocus()

    def start_find(self) -> None:
        """Put the focus into the search."""
        self.finder.setFocus()
        self.finder.selectAll()

    def go_back(self) -> None:
        """Empty the search."""
        self.finder.clear()

    def show_rows(self, total: int, picked: str) -> None:
        """Show the list, or why it is empty; keep the row picked that was.

        Args:
            total: how many rows there are in all.
            picked: the uid of the row to pick; the first one without it.
        """
        self._was_listed = True
        self._stack.setCurrentIndex(0 if total else 1)
        if not total:
            self.describe_empty(self.finder.text().strip())
        self.table.pick_again(picked)

    def changeEvent(self, event: QEvent) -> None:
        """Hide the count at the largest text: the buttons need its room."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.count.setVisible(theme.scale() < LARGEST)

    def retranslate(self) -> None:
        """Show the list's words in the present language."""
        if self._was_listed:
            if self._stack.currentIndex():
                self.describe_empty(self.finder.text().strip())
            self.retell()

    def tell(self, error: Exception) -> None:
        """Say what went wrong, in a notice."""
        self.context.notices.post(describe(error))

    def _typing_on(self) -> None:
        self._typing.start()

    def _search_now(self) -> None:
        self._typing.stop()
        self.search(self.finder.text().strip())

    def _take(self) -> None:
        if self._typing.isActive():
            self._search_now()
        elif self._stack.currentIndex():
            self.act_on_empty()
        else:
            self.table.setFocus()


def shortened(text: str) -> str:
    """Cut what was typed for a sentence or a button."""
    return text if len(text) <= MOST_QUOTED else f"{text[: MOST_QUOTED - 1]}…"
