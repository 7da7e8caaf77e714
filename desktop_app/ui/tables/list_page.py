"""The page of a list: search, table, details beside it, and the actions that lists share.

Widgets only. A subclass declares its words, hands in a presenter, and builds and shows its
details; add, change, undo, import and export are here.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout

from desktop_app.domain.money import group_digits
from desktop_app.services.views.changes import Changes
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.core.page import Page, PageContext
from desktop_app.ui.tables.table_view import TableView
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.detail_pane import DetailPane, Facts
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import SignalInstance

    from desktop_app.services.desk import Desk
    from desktop_app.ui.tables.list_presenter import ListPresenter
    from desktop_app.ui.tables.pager import Slice

DETAIL_PX = 400
MOST_QUOTED = 40
LARGEST = 2.0
"""The text size at which titles and buttons need the whole line."""
TYPING_MS = 60
"""A search waits this long for the next letter."""
IMPORT_HINT = N_("Add the first one here, or bring in a list that Excel saved as CSV.")


class ListRow(Protocol):
    """A row of a list."""

    @property
    def uid(self) -> str:
        """Its uid."""
        ...


Row = TypeVar("Row", bound=ListRow)


class ListPage(Page, Generic[Row]):
    """A page with a list.

    Args:
        context: the window's shared parts.
        presenter: reads the list.

    Attributes:
        title: the heading.
        kind: the first part of the object names, like `students`; also names its import.
        find_hint: what can be searched by.
        counts: the words for how many match a search, and how many there are in all.
        nothing: title, hint and button of the list while it is empty.
        no_match: the same while nothing matches the text; `{text}` is what was typed.
        detail_px: the width of the details, in pixels at 100 %.
        reads: the changes after which the list is read again.
    """

    title: N_
    kind: ClassVar[str]
    find_hint: ClassVar[N_]
    counts: ClassVar[tuple[N_, N_]]
    nothing: ClassVar[tuple[str, str, str]]
    no_match: ClassVar[tuple[str, str, str]]
    detail_px: ClassVar[int] = DETAIL_PX
    reads: ClassVar[Changes] = Changes()

    def __init__(self, context: PageContext, presenter: ListPresenter[Row]) -> None:
        super().__init__(context)
        presenter.setParent(self)
        self.presenter = presenter
        self.setObjectName(f"{self.kind}Page")
        self.finder = SearchBox(name=f"{self.kind}Find", hint=self.find_hint, key="Ctrl+F")
        self.table = TableView(presenter.model, name=f"{self.kind}Table", title=self.title)
        self.empty = EmptyState("search", N_("One moment…"))
        self.empty.button.setObjectName(f"{self.kind}EmptyButton")
        self.count = label("", "secondary", name=f"{self.kind}Count")
        self.detail = DetailPane(f"{self.kind}Detail", self.detail_px)
        self.action_row = QHBoxLayout()
        self.tool_row = QHBoxLayout()
        self._has_import = False
        self._stack = QStackedWidget()
        self._slice: Slice | None = None
        self._row: Row | None = None
        self._picked = ""
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._lay_out()
        self.rescale()
        self.build(self.detail.column)
        self._typing.timeout.connect(self._search_now)
        self.finder.textChanged.connect(self._typing_on)
        self.finder.moved.connect(self.table.step)
        self.finder.taken.connect(self._take)
        self.empty.acted.connect(self.act_on_empty)
        self.table.picked.connect(self._pick)
        self.table.opened.connect(self.open_row)
        presenter.listed.connect(self._listed)
        self.picked()

    def _lay_out(self) -> None:
        head = hbox(label(self.title, "page"), self.count, STRETCH, self.action_row, gap=12)
        self.action_row.setSpacing(theme.GAP)
        tools = hbox((self.finder, 1), self.tool_row, gap=theme.GAP)
        self.tool_row.setSpacing(theme.GAP)
        frame = Card(margin=0)
        frame.column.addWidget(self.empty)
        self._stack.addWidget(self.table)
        self._stack.addWidget(frame)
        self._stack.setCurrentWidget(frame)
        body = hbox((self._stack, 1), self.detail, gap=theme.GROUP)
        vbox(head, tools, (body, 1), inside=self, gap=theme.GROUP, margins=(theme.MARGIN, 20))

    # what a subclass may define

    def build(self, column: QVBoxLayout) -> None:
        """Build actions, tools and the details; by default the details are the columns."""
        self.facts = Facts(tuple(each.title for each in self.presenter.model.columns))
        fill(column, self.facts, STRETCH)

    def picked(self) -> None:
        """Another row was picked, or the same one was read again."""
        self.show_row()

    def show_row(self) -> None:
        """Show the details of the picked row in the present language."""
        row, columns = self._row, self.presenter.model.columns
        self.facts.show_values({each.title: each.text(row) for each in columns} if row else {})

    def open_row(self) -> object:
        """Open the picked row: Enter, or a double click."""
        return None

    def act_on_empty(self) -> object:
        """Do what the empty list offers."""
        return None

    def describe_empty(self, text: str) -> None:
        """Explain the empty list, and offer what to do."""
        if text:
            quoted = shortened(text)
            self.empty.show_words(*(tr(each, text=quoted) for each in self.no_match))
        else:
            self.empty.show_words(*self.nothing)

    def show_count(self) -> None:
        """Show how many rows there are."""
        if self._slice is not None:
            words = self.counts[0 if self.presenter.text else 1]
            self.count.setText(tr(words, count=group_digits(str(self._slice.total))))

    def name_of(self, row: Row) -> str:
        """Return what a notice calls a row."""
        return row.uid

    # what a subclass builds with

    def add_import(self) -> None:
        """Add the buttons that import a list: one on top, one on the empty list."""
        self._has_import = True
        self.import_button = Button(
            N_("&Import…"), icon="import", name=f"{self.kind}ImportButton",
            tip=N_("Bring in a list from a CSV file, as Excel saves it"),
        )  # fmt: skip
        self.add_import_button = Button(N_("Import a list…"), name=f"{self.kind}EmptyImportButton")
        self.empty.add_action(self.add_import_button)
        self.action_row.addWidget(self.import_button)
        for button in (self.import_button, self.add_import_button):
            button.clicked.connect(self._import)

    def add_export(self, tip: N_, kind: str = "") -> None:
        """Add the button that exports a report, by default the one of the page's own kind."""
        self.export_button = Button(
            N_("E&xport…"), icon="export", name=f"{self.kind}ExportButton", tip=tip
        )
        self.action_row.addWidget(self.export_button)
        self.export_button.clicked.connect(partial(self._export, kind or self.kind))

    def add_new(self, words: N_, tip: str = "") -> None:
        """Add the button for a new row; it does what the empty list offers."""
        self.new_button = Button(words, icon="plus", name=f"{self.kind}NewButton", tip=tip)
        self.action_row.addWidget(self.new_button)
        self.new_button.clicked.connect(self.act_on_empty)

    def show_form(
        self, form: QDialog, saved: SignalInstance, put_back: Callable[[Desk], object] | None = None
    ) -> None:
        """Open a form; what it saves is picked in the list.

        Args:
            form: the form.
            saved: its signal with the saved row.
            put_back: restores the row from before the change; None for a new one.
        """
        saved.connect(self._saved)
        if put_back is not None:
            saved.connect(partial(self._offer_undo, put_back))
        form.open()

    # what the window calls

    def arrive(self) -> None:
        """Read the list again, and put the focus into the search."""
        self._search_now()
        self.finder.setFocus()

    def start_find(self) -> None:
        """Put the focus into the search."""
        self.finder.setFocus()
        self.finder.selectAll()

    def go_back(self) -> None:
        """Clear the search."""
        self.finder.clear()

    def apply_changes(self, changes: Changes) -> None:
        """Read the list again after a change that it shows; while hidden, `arrive` does."""
        if self.isVisible() and changes.overlap(self.reads):
            self.presenter.refresh()

    def search(self, text: str) -> None:
        """List what matches a text."""
        self.presenter.search(text)

    def rescale(self) -> None:
        """Hide the count at the largest text: the buttons need its room."""
        self.count.setVisible(theme.scale() < LARGEST)

    def retranslate(self) -> None:
        """Show what is composed from data in the present language."""
        if self._slice is not None:
            if not self._slice.total:
                self._describe_empty()
            self.show_count()
        self.show_row()

    # what the presenter and the widgets report

    def _listed(self, rows: Slice) -> None:
        self._slice = rows
        self.show_count()
        self._stack.setCurrentIndex(0 if rows.total else 1)
        if not rows.total:
            self._describe_empty()
        self.table.pick_again(self._picked)

    def _describe_empty(self) -> None:
        text = self.finder.text().strip()
        if self._has_import:
            self.add_import_button.setVisible(not text)
        self.describe_empty(text)

    def _pick(self, row: Row | None) -> None:
        self._row = row
        if row is not None:
            self._picked = row.uid
        self.picked()

    def _saved(self, row: Row) -> None:
        self._picked = row.uid
        self.presenter.refresh()

    def _offer_undo(self, put_back: Callable[[Desk], Any], row: Row) -> None:
        """Offer to undo a change: rows of lists are no money."""

        def undo() -> None:
            self.context.runner.local(put_back, self._saved)

        self.context.notices.note(
            N_("{name} was changed."),
            values={"name": self.name_of(row)},
            tone=Tone.GOOD,
            key="changed",
            actions=((N_("Undo the change"), undo),),
        )

    def _import(self) -> None:
        from desktop_app.ui.tables.import_export import import_sheet

        if self.context.runner.desk is not None:
            import_sheet(self.context, self.kind, self)

    def _export(self, kind: str, _checked: object = None) -> None:
        from desktop_app.ui.tables.import_export import export_sheet

        if self.context.runner.desk is not None:
            export_sheet(self.context, kind, self)

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
    """Return typed text cut to the length of a sentence or a button."""
    return text if len(text) <= MOST_QUOTED else f"{text[: MOST_QUOTED - 1]}…"
