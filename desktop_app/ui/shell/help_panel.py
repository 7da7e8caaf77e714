"""F1: this screen's page of the manual, with the window's shortcuts beside it, and a search.

What is found is listed in place of the shortcuts. Where there is no room beside the text, either
is shown in its place.

The pages are our own Markdown (`manual/`): no user text reaches this panel, and it follows no link.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextCursor, QTextDocument, QTextFrameFormat, QTextTable
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QTextBrowser,
    QWidget,
)

from desktop_app.ui import manual
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.shell import pages
from desktop_app.ui.shell.actions import KEYS
from desktop_app.ui.shell.help_search import find
from desktop_app.ui.widgets.boxes import STRETCH, gridbox, hbox, scrolling, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.search_box import SearchBox
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

OTHER_TOPICS = {
    "customer-display": N_("Customer display"),
    "training-phone": N_("Parent's phone (practice)"),
}
SIZE = (920, 640)
KEYS_WIDTH = 300
BESIDE_PX = 660
"""Narrower than this, at a text size of 100 %, the text has the whole panel."""
_TOPIC = Qt.ItemDataRole.UserRole


def topics() -> dict[str, N_]:
    """Return the pages of the manual: those of the window's pages first."""
    return {spec.name: spec.title for spec in pages.PAGES} | OTHER_TOPICS


class HelpPanel(QDialog):
    """The help of one screen: the text first, the shortcuts beside it. Shown with `open()`.

    Args:
        topic: the page of the manual, a key of `topics`.
    """

    def __init__(self, parent: QWidget, topic: str) -> None:
        super().__init__(parent)
        self.setObjectName("helpPanel")
        bind_text(self, "windowTitle", N_("Help"))
        bind_text(self, "accessibleName", N_("Help"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.topic = Select(
            tuple((words, key) for key, words in topics().items()),
            name="helpTopic", title=N_("Help page"),
        )  # fmt: skip
        self.search = SearchBox(name="helpSearch", hint=N_("Search the help"))
        self.page = QTextBrowser(openLinks=False)
        self.page.setObjectName("helpPage")
        bind_text(self.page, "accessibleName", N_("Help page"))
        self.matches = QListWidget()
        self.matches.setObjectName("helpMatches")
        self.matches.setWordWrap(True)
        self.matches.setSpacing(theme.GRID)
        bind_text(self.matches, "accessibleName", N_("Matches"))
        self.keys_button = Button(N_("Shortcuts"), name="helpKeysButton")
        self.keys_button.setCheckable(True)
        self.keys_button.toggled.connect(self._arrange)
        self.close_button = Button(N_("Close"), name="closeHelpButton")
        self.close_button.clicked.connect(self.accept)
        self._lay_out()
        self.topic.currentIndexChanged.connect(self._show)
        self.search.textChanged.connect(self._find)
        self.search.taken.connect(self._find_next)
        self.matches.itemActivated.connect(self._open_match)
        self.matches.itemClicked.connect(self._open_match)
        self.topic.choose(topic)
        self._show()
        self._fit()
        self.page.setFocus()

    def _lay_out(self) -> None:
        top = hbox(label(N_("Help"), "page"), STRETCH, self.topic, (self.search, 1), gap=12)
        self._keys = scrolling(self._key_list())
        self._beside = QStackedWidget()
        for words, part in ((N_("Shortcuts"), self._keys), (N_("Matches"), self.matches)):
            column = QWidget()
            vbox(label(words, "section"), (part, 1), inside=column, gap=theme.GAP)
            self._beside.addWidget(column)
        middle = hbox((self.page, 1), (self._beside, 0), gap=theme.GROUP)
        bottom = hbox(self.keys_button, STRETCH, self.close_button)
        vbox(top, (middle, 1), bottom, inside=self, gap=12, margins=(theme.MARGIN, 20))

    def _key_list(self) -> QWidget:
        made = QWidget()
        grid = gridbox(12, theme.GAP, made)
        grid.setContentsMargins(0, theme.GRID, theme.GRID, 0)
        top = Qt.AlignmentFlag.AlignTop
        row = 0
        for row, (keys, words) in enumerate(key_lines()):
            key = label(keys, "key", name="helpKey")
            key.setAlignment(Qt.AlignmentFlag.AlignCenter)
            grid.addWidget(key, row, 0, top | Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(label(words, "small", wrap=True), row, 1, top)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(row + 1, 1)
        return made

    def _show(self) -> None:
        self.page.setMarkdown(self._text(self.topic.value()))
        _rule_tables(self.page.document())

    def _text(self, topic: str) -> str:
        app = QApplication.instance()
        spoken = i18n.current_language(app) if isinstance(app, QApplication) else manual.FIRST
        return manual.page(topic, spoken)

    def _find(self, text: str) -> None:
        """List the pages with a text; go to its first place, here or on the first of them."""
        self._list_matches(text)
        self.page.moveCursor(QTextCursor.MoveOperation.Start)
        if not text or self.page.find(text):
            return
        wanted = text.casefold()
        for topic in topics():
            if wanted in self._text(topic).casefold():
                self.topic.choose(topic)
                self.page.find(text)
                return

    def _list_matches(self, text: str) -> None:
        names = topics()
        self.matches.clear()
        for match in find(text, names, self._text):
            item = QListWidgetItem(f"{tr(names[match.topic])}\n{match.words}")
            item.setData(_TOPIC, match.topic)
            self.matches.addItem(item)
        if text.strip() and not self.matches.count():
            nothing = QListWidgetItem(tr(N_("No matches. Try another word.")))
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
            self.matches.addItem(nothing)
        self._arrange()

    def _open_match(self, item: QListWidgetItem) -> None:
        topic = item.data(_TOPIC)
        if not topic:
            return
        self.topic.choose(topic)
        if self._is_narrow():
            self._beside.hide()
            self.page.show()
        self.page.moveCursor(QTextCursor.MoveOperation.Start)
        self.page.find(self.search.text().strip())

    def _is_narrow(self) -> bool:
        return self.width() < theme.px(BESIDE_PX)

    def _arrange(self, _checked: object = None) -> None:
        """Show the text, and beside it or in its place the shortcuts or what was found."""
        is_searching = bool(self.search.text().strip())
        is_narrow = self._is_narrow()
        self._beside.setCurrentIndex(int(is_searching))
        self.keys_button.setVisible(is_narrow)
        is_asked = is_searching or self.keys_button.isChecked()
        self._beside.setVisible(not is_narrow or is_asked)
        self.page.setVisible(not is_narrow or not is_asked)
        self._beside.setMaximumWidth(self.width() if is_narrow else theme.px(KEYS_WIDTH))
        self._beside.setMinimumWidth(0 if is_narrow else theme.px(KEYS_WIDTH))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the whole panel to the text where there is no room beside it."""
        super().resizeEvent(event)
        self._arrange()

    def _find_next(self) -> None:
        """Go to the next place of the text, from the end to the first again."""
        text = self.search.text()
        if text and not self.page.find(text):
            self._find(text)

    def retranslate(self) -> None:
        """Show the page and what was found in the current language."""
        self._show()
        self._list_matches(self.search.text())

    def rescale(self) -> None:
        """Fit the shortcuts to the text size."""
        self._arrange()

    def _fit(self) -> None:
        self.rescale()
        room = self.screen().availableGeometry().size()
        width = min(theme.px(SIZE[0]), room.width() - 2 * theme.GROUP)
        self.resize(width, min(theme.px(SIZE[1]), room.height() - 3 * theme.GROUP))


def key_lines() -> tuple[tuple[str, N_], ...]:
    """Return the shortcuts and what they do; those of one group in one line."""
    lines = []
    for _, group in groupby(KEYS, key=lambda key: key.group or key.name):
        keys = tuple(group)
        first, last = keys[0], keys[-1]
        if first.group is not None:
            lines.append((f"{first.key} … {last.key}", first.group))
        else:
            lines.append((first.key, first.words))
    return tuple(lines)


def _rule_tables(document: QTextDocument | None) -> None:
    """Format the manual's tables like those of the window."""
    if document is None:
        return
    document.setDocumentMargin(12)
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            form = frame.format()
            form.setCellPadding(6)
            form.setCellSpacing(0)
            form.setBorderCollapse(True)
            form.setBorder(1)
            form.setBorderBrush(QColor(theme.tokens().line))
            form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            form.setTopMargin(theme.GAP)
            form.setBottomMargin(theme.GAP)
            frame.setFormat(form)
