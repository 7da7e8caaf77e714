"""F1: this screen's page of the manual, with the window's keys on top, listed from its QActions.

The pages are our own Markdown (`manual/`): no user text reaches this panel, and it follows no link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QTextDocument, QTextFrameFormat, QTextTable
from PySide6.QtWidgets import QApplication, QDialog, QGridLayout, QTextBrowser

from desktop_app.ui import manual
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.shell import pages
from desktop_app.ui.widgets.boxes import STRETCH, gridbox, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QLabel, QWidget

OTHER_TOPICS = {
    "customer-display": N_("Customer display"),
    "training-phone": N_("The parent's phone (training)"),
}
SIZE = (760, 640)
COLUMNS = 2


def topics() -> dict[str, N_]:
    """Return the pages of the manual: those of the window's pages first."""
    return {spec.name: spec.title for spec in pages.PAGES} | OTHER_TOPICS


class HelpPanel(QDialog):
    """The help of one screen. Shown with `open()`, never with a nested loop.

    Args:
        topic: the page of the manual, a key of `topics`.
        actions: the window's actions, whose keys are listed on top.
    """

    def __init__(self, parent: QWidget, topic: str, actions: Iterable[QAction]) -> None:
        super().__init__(parent)
        self.setObjectName("helpPanel")
        bind_text(self, "windowTitle", N_("Help"))
        bind_text(self, "accessibleName", N_("Help"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions = tuple(actions)
        self._words: list[QLabel] = []
        self.topic = Select(
            tuple((words, key) for key, words in topics().items()),
            name="helpTopic", title=N_("Page of the manual"),
        )  # fmt: skip
        self.page = QTextBrowser(openLinks=False)
        self.page.setObjectName("helpPage")
        bind_text(self.page, "accessibleName", N_("Page of the manual"))
        self.close_button = Button(N_("Close"), name="closeHelpButton")
        self.close_button.clicked.connect(self.accept)
        self._lay_out()
        self.topic.currentIndexChanged.connect(self._show)
        self.topic.choose(topic)
        self._show()
        self._fit()
        self.page.setFocus()

    def _lay_out(self) -> None:
        top = hbox(label(N_("Help"), "page"), STRETCH, self.topic)
        keys = Card("well", margin=12)
        keys.column.addLayout(self._keys())
        bottom = hbox(STRETCH, self.close_button)
        vbox(top, keys, (self.page, 1), bottom, inside=self, gap=12, margins=(theme.MARGIN, 20))

    def _keys(self) -> QGridLayout:
        grid = gridbox(12, theme.GRID)
        rows = -(-len(self._actions) // COLUMNS)
        for at, action in enumerate(self._actions):
            row, column = at % rows, at // rows
            key = label(action.shortcut().toString(), "key")
            key.setAlignment(Qt.AlignmentFlag.AlignCenter)
            words = label(action.text(), "small")
            self._words.append(words)
            grid.addWidget(key, row, 2 * column)
            grid.addWidget(words, row, 2 * column + 1)
            grid.setColumnStretch(2 * column + 1, 1)
        return grid

    def _show(self) -> None:
        app = QApplication.instance()
        spoken = i18n.current_language(app) if isinstance(app, QApplication) else manual.FIRST
        self.page.setMarkdown(manual.page(self.topic.value(), spoken))
        _rule_tables(self.page.document())

    def retranslate(self) -> None:
        """Show the page and the keys in the current language."""
        for words, action in zip(self._words, self._actions, strict=True):
            words.setText(action.text())
        self._show()

    def _fit(self) -> None:
        room = self.screen().availableGeometry().size()
        width = min(theme.px(SIZE[0]), room.width() - 2 * theme.GROUP)
        self.resize(width, min(theme.px(SIZE[1]), room.height() - 3 * theme.GROUP))


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
