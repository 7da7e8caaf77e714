"""The page of a list: search, table, details beside it, and the actions that lists share.

Widgets only. A subclass declares its words, hands in a presenter, and builds and shows its
details; add, change, undo, import and export are here.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.domain.money import group_digits
from desktop_app.services.views.changes import Changes
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.core.page import Page, PageContext
from desktop_app.ui.core.window_front import open_in_front
from desktop_app.ui.tables.table_view import TableView
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, turn, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.detail_pane import DetailPane, Facts
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.flow_layout import FlowLayout, fit_lines, flowing
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.page_area import PageArea
from desktop_app.ui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import SignalInstance
    from PySide6.QtGui import QResizeEvent

    from desktop_app.services.desk import Desk
    from desktop_app.ui.tables.import_export import Write
    from desktop_app.ui.tables.list_presenter import ListPresenter
    from desktop_app.ui.tables.pager import Slice

DETAIL_PX = 400
FINDER_PX = 220
MOST_QUOTED = 40
TYPING_MS = 60
"""A search waits this long for the next letter."""
IMPORT_HINT = N_("Add an entry here, or import a list from a CSV file.")


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
        find_name: the object name of the search; by default that of the kind.
        counts: the words for how many match a search, and how many there are in all.
        nothing: title, hint and button of the list while it is empty.
        no_match: the same while nothing matches the text; `{text}` is what was typed.
        detail_px: the width of the details, in pixels at 100 %.
        reads: the changes after which the list is read again.
    """

    title: N_
    kind: ClassVar[str]
    find_hint: ClassVar[N_]
    find_name: ClassVar[str] = ""
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
        find_name = self.find_name or f"{self.kind}Find"
        self.finder = SearchBox(name=find_name, hint=self.find_hint, key="Ctrl+F")
        self.table = TableView(presenter.model, name=f"{self.kind}Table", title=self.title)
        self.empty = EmptyState("search", N_("One moment…"))
        self.empty.button.setObjectName(f"{self.kind}EmptyButton")
        self.count = label("", "secondary", name=f"{self.kind}Count")
        self.detail = DetailPane(f"{self.kind}Detail", self.detail_px)
        self.back_button = Button(
            N_("Back to the list"), kind="quiet", icon="back", name=f"{self.kind}BackButton"
        )
        self.head, self.tools = FlowLayout(12), FlowLayout()
        self.band = vbox(gap=0)
        self._has_import = False
        self._is_narrow = self._is_opened = False
        self._stack = QStackedWidget()
        self._slice: Slice | None = None
        self._row: Row | None = None
        self._picked = ""
        self._typing = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._lay_out()
        self.rescale()
        self.build(self.detail.column)
        self._tools.setVisible(bool(self.tools.count()))
        self._typing.timeout.connect(self._search_now)
        self.finder.textChanged.connect(self._typing_on)
        self.finder.moved.connect(self.table.step)
        self.finder.taken.connect(self._take)
        self.empty.acted.connect(self.act_on_empty)
        self.table.picked.connect(self._pick)
        self.table.opened.connect(self._open)
        self.table.clicked.connect(self._show_alone)
        self.table.ordered.connect(presenter.sort)
        self.back_button.clicked.connect(self._close_detail)
        presenter.listed.connect(self._listed)
        self.picked()

    def _lay_out(self) -> None:
        top, inside = QWidget(), QWidget()
        tools = self._tools = QWidget()
        self.head.addWidget(flowing(label(self.title, "page"), self.count))
        self.head.right_from = 1
        fit_lines(top, self.head)
        fit_lines(tools, self.tools)
        frame = Card(margin=0)
        frame.column.addWidget(self.empty)
        self._stack.addWidget(self.table)
        self._stack.addWidget(frame)
        self._stack.setCurrentWidget(frame)
        self.detail.hide()
        self.back_button.hide()
        fill(self.detail.column, (self.back_button, Qt.AlignmentFlag.AlignLeft))
        finding = self._finding = hbox((self.finder, 1), tools, gap=theme.GAP)
        body = hbox((self._stack, 1), self.detail, gap=theme.GROUP)
        margins = (theme.MARGIN, 20)
        vbox(top, finding, self.band, (body, 1), inside=inside, gap=theme.GROUP, margins=margins)
        vbox(PageArea(inside), inside=self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the details beside the list, or in its place where both have no room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        room = self.width() - 2 * theme.MARGIN
        finding = self._tools.sizeHint().width() + theme.GAP + self.finder.minimumWidth()
        turn(self._finding, is_upright=finding > room)
        self._is_narrow = room - theme.GROUP - self.detail.wide < self.table.least
        has_rows = self._slice is not None and bool(self._slice.total)
        is_over = self._is_narrow and self._is_opened and has_rows
        self.back_button.setVisible(is_over)
        self.detail.show_alone(is_alone=is_over)
        self._stack.setVisible(not is_over)
        self.detail.setVisible(has_rows and (is_over or not self._is_narrow))

    @property
    def shows_only_detail(self) -> bool:
        """Whether the details are shown in place of the list."""
        return not self._stack.isVisibleTo(self)

    def _show_alone(self, _index: object = None) -> None:
        self._is_opened = True
        self._arrange()

    def _close_detail(self) -> None:
        self._is_opened = False
        self._arrange()
        self.table.setFocus()

    def _open(self, _row: object = None) -> None:
        """Enter or a double click: the details first, where they are not in sight."""
        if self._is_narrow and not self._is_opened:
            self._show_alone()
        else:
            self.open_row()

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

    def written(self, kind: str) -> Write:
        """Return what writes a report of the rows that are listed, with what narrows them."""
        from desktop_app.ui.tables.import_export import about_shown, report_as_listed

        shown = [*self.narrowed_by(), self.presenter.text]
        about = about_shown(self.report_name(kind), " · ".join(filter(None, shown)))
        listed = self.presenter.listed_keys(self.key_of, is_narrow=any(shown))
        return report_as_listed(kind, about, listed)

    def narrowed_by(self) -> tuple[str, ...]:
        """Return what narrows the list besides the text, in words."""
        return ()

    def report_name(self, kind: str) -> str:
        """Return the name of a report in the first rows of its file."""
        del kind
        return self.title

    def key_of(self, row: Row) -> str:
        """Return the roll number or code by which a report knows a row."""
        return row.uid

    def name_of(self, row: Row) -> str:
        """Return what a notice calls a row."""
        return row.uid

    # what a subclass builds with

    def add_import(self) -> None:
        """Add the buttons that import a list: one on top, one on the empty list."""
        self._has_import = True
        self.import_button = Button(
            N_("&Import…"), icon="import", name=f"{self.kind}ImportButton",
            tip=N_("Import a list from a CSV file"),
        )  # fmt: skip
        self.add_import_button = Button(N_("Import a list…"), name=f"{self.kind}EmptyImportButton")
        self.empty.add_action(self.add_import_button)
        self.head.addWidget(self.import_button)
        for button in (self.import_button, self.add_import_button):
            button.clicked.connect(self._import)

    def add_export(self, tip: N_, kind: str = "") -> None:
        """Add the button that exports a report, by default the one of the page's own kind."""
        self._add_export_button(tip).clicked.connect(partial(self._export, kind or self.kind))

    def add_exports(self, tip: N_, reports: Sequence[tuple[str, N_]]) -> None:
        """Add the button that offers several reports, each with its name, to be exported."""
        self._add_export_button(tip).clicked.connect(partial(self._offer_exports, reports))

    def _add_export_button(self, tip: N_) -> Button:
        self.export_button = Button(
            N_("E&xport…"), icon="export", name=f"{self.kind}ExportButton", tip=tip
        )
        self.head.addWidget(self.export_button)
        return self.export_button

    def add_new(self, words: N_, tip: str = "") -> None:
        """Add the button for a new row; it does what the empty list offers."""
        self.new_button = Button(words, icon="plus", name=f"{self.kind}NewButton", tip=tip)
        self.head.addWidget(self.new_button)
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
        open_in_front(form)

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
        """Return from the details to the list, else clear the search."""
        if self.shows_only_detail:
            self._close_detail()
        else:
            self.finder.clear()

    def apply_changes(self, changes: Changes) -> None:
        """Read the list again after a change that it shows; while hidden, `arrive` does."""
        if self.isVisible() and changes.overlap(self.reads):
            self.presenter.refresh()

    def search(self, text: str) -> None:
        """List what matches a text."""
        self.presenter.search(text)

    def rescale(self) -> None:
        """Fit the details and the list to the text size."""
        self.finder.setMinimumWidth(theme.px(FINDER_PX))
        self._arrange()

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
        self._arrange()
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
            N_("{name} is updated."),
            values={"name": self.name_of(row)},
            tone=Tone.GOOD,
            key="changed",
            actions=((N_("Undo"), undo),),
        )

    def _import(self) -> None:
        from desktop_app.ui.tables.import_export import import_sheet

        if self.context.runner.desk is not None:
            import_sheet(self.context, self.kind, self)

    def _export(self, kind: str, _checked: object = None) -> None:
        from desktop_app.ui.tables.import_export import export_sheet

        if self.context.runner.desk is not None:
            export_sheet(self.context, kind, self, self.written(kind))

    def _offer_exports(self, reports: Sequence[tuple[str, N_]], _checked: object = None) -> None:
        from PySide6.QtWidgets import QMenu

        menu = QMenu(self)
        menu.setObjectName(f"{self.kind}ExportMenu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(tr(N_("Choose a list to export")))
        for kind, words in reports:
            action = menu.addAction(tr(words))
            action.setObjectName(f"{kind}ExportAction")
            action.triggered.connect(partial(self._export, kind))
        button = self.export_button
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
        menu.setActiveAction(menu.actions()[0])

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
