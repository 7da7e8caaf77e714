"""A message that takes the whole page: the desk could not be opened, is restored, or is closing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.widgets.boxes import STRETCH, Stretch, fill, hbox, scrolling, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from desktop_app.ui.core.notice import Notice

WIDTH = 560


class FullMessage(QWidget):
    """An icon, what happened, whether money moved, what to do, and what may be done about it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("fullMessage")
        self._notice: Notice | None = None
        self._place: tuple[N_, str] | None = None
        self._icon = IconLabel("wrong", "wrong", 40)
        self._what = label("", "page", name="messageWhat", wrap=True)
        self._money = label("", name="messageMoney", wrap=True)
        self._todo = label("", name="messageTodo", wrap=True)
        self._detail = label("", "caption", name="messageDetail", wrap=True)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.progress = QProgressBar(textVisible=False)
        self.progress.setObjectName("messageProgress")
        self.progress.setRange(0, 0)
        bind_text(self.progress, "accessibleName", N_("In progress"))
        self.copy_button = Button(
            N_("Copy report"), icon="copy", name="copyMessageButton",
            tip=N_("Copy a report for support, without keys, phone numbers or addresses"),
        )  # fmt: skip
        self.copy_button.clicked.connect(self._copy)
        self.restore_button = Button(kind="primary", icon="backup", name="restoreButton")
        self.close_button = Button(N_("Close Pravesh"), name="closeDeskButton")
        self._report = ""
        self._lay_out()

    def _lay_out(self) -> None:
        card = self._card = Card(margin=theme.MARGIN)
        card.setFixedWidth(theme.px(WIDTH))
        card.column.setSpacing(theme.GROUP)
        for part in (self._icon, self._what, self._money, self._todo, self.progress, self._detail):
            card.column.addWidget(part)
        buttons = hbox(self.copy_button, STRETCH, self.close_button, gap=theme.GROUP)
        card.column.addLayout(buttons)
        card.column.insertWidget(card.column.indexOf(self._detail), self.restore_button)
        inner = QWidget()
        rows = QVBoxLayout(inner)
        fill(rows, STRETCH, hbox(STRETCH, card, STRETCH), Stretch(2))
        area = scrolling(inner)
        vbox(area, inside=self)
        self.progress.hide()
        self.restore_button.hide()
        self.copy_button.hide()

    def show_notice(
        self, notice: Notice, *, icon: str = "wrong", place: tuple[N_, str] | None = None
    ) -> None:
        """Show a notice, which follows the language.

        Args:
            notice: the words.
            icon: one of our icons.
            place: a caption with `{place}` in it, and its value.
        """
        self._notice, self._place = notice, place
        tone = icon if icon in {"wrong", "attention", "paid"} else "accent"
        self._icon.show_icon(icon, tone)
        self.close_button.setVisible(icon in {"wrong", "attention"})
        self.retranslate()

    def show_report(self, report: str) -> None:
        """Offer a report to copy; none when it is empty."""
        self._report = report
        self.copy_button.setVisible(bool(report))

    def show_progress(self, *, under_way: bool) -> None:
        """Show or hide a bar without a known end."""
        self.progress.setVisible(under_way)

    def retranslate(self) -> None:
        """Set the texts in the current language."""
        if self._notice is None:
            return
        what, money, todo = self._notice.words()
        place = tr(self._place[0], place=self._place[1]) if self._place else ""
        parts = (
            (self._what, what),
            (self._money, money),
            (self._todo, todo),
            (self._detail, place),
        )
        for part, words in parts:
            part.setText(words)
            part.setVisible(bool(words))
        self.setAccessibleName(" ".join(part for part in (what, money, todo) if part))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)

    def rescale(self) -> None:
        """Follow the text size."""
        self._card.setFixedWidth(theme.px(WIDTH))
