"""Notices over the lower left corner of the page, clear of the bill, never modal.

At most three are shown. Their texts are chosen elsewhere (`error_notices.py`). Technical detail is
folded away and already redacted by its sender; nothing here reads an error.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.core.notice import _ICONS, Notice, Tone
from desktop_app.ui.widgets.boxes import fill, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

    from desktop_app.ui.core.notice import NoticeFields

MOST = 3
WIDTH = 560
WIDEST = 0.52
"""Share of the page's width: large text must not push a notice over the bill."""
GONE_AFTER_MS = 6000


class NoticeCard(QFrame):
    """One notice on screen."""

    def __init__(self, notice: Notice, area: NoticeArea) -> None:
        super().__init__(area)
        self.notice = notice
        self._area = area
        self.setProperty("kind", "notice")
        self.setProperty("tone", notice.tone.value)
        self._what = label("", "strong", name="noticeWhat", wrap=True)
        self._more = label("", "small", name="noticeMore", wrap=True)
        words = vbox(self._what, self._more, gap=2)
        if notice.actions or notice.detail:
            fill(words, theme.GRID, self._actions(area))
        self._detail = label(notice.detail, "caption", name="noticeDetail", wrap=True)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._detail.hide()
        words.addWidget(self._detail)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 8, 10)
        row.setSpacing(12)
        row.addWidget(IconLabel(_ICONS[notice.tone], notice.tone.value), 0, _TOP)
        close = Button(kind="quiet", icon="cross", tip=N_("Dismiss this notice"))
        close.clicked.connect(partial(area.dismiss, self))
        fill(row, (words, 1), (close, _TOP))
        self._show_words()

    def _show_words(self) -> None:
        what, money, todo = self.notice.words()
        more = " ".join(part for part in (money, todo) if part)
        self._what.setText(what)
        self._more.setText(more)
        self._more.setVisible(bool(more))

    def text(self) -> str:
        """Return its whole text, for screen readers and tests."""
        return self.notice.text()

    def height_for(self, width: int) -> int:
        """Return the height of its words at a width, in pixels."""
        self.ensurePolished()
        for part in self.findChildren(QWidget):
            part.ensurePolished()
        layout = self.layout()
        if layout is None:
            return self.sizeHint().height()
        layout.invalidate()
        border = theme.tokens().border  # of the style sheet: the layout does not know it
        inner = layout.heightForWidth(width - _BAR - border)
        return max(inner, layout.minimumSize().height()) + 2 * border

    def retranslate(self) -> None:
        """Show the notice in the present language."""
        self._show_words()
        self._area.place_later()

    def _actions(self, area: NoticeArea) -> QHBoxLayout:
        row = hbox(gap=theme.GAP)
        for words, act in self.notice.actions:
            button = Button(words, kind="compact")
            button.clicked.connect(partial(area.act, self, act))
            row.addWidget(button)
        if self.notice.detail:
            self._fold = Button(N_("Details"), kind="quiet", name="noticeDetailsButton")
            self._fold.clicked.connect(self._unfold)
            self._copy = Button(
                N_("Copy"), kind="quiet", icon="copy", name="copyDetailButton",
                tip=N_("Copy the details, without keys, phones and addresses"),
            )  # fmt: skip
            self._copy.clicked.connect(self._copy_detail)
            self._copy.hide()
            fill(row, self._fold, self._copy)
        row.addStretch(1)
        return row

    def _unfold(self) -> None:
        shown = self._detail.isHidden()
        self._detail.setVisible(shown)
        self._copy.setVisible(shown)
        self._area.place_later()

    def _copy_detail(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.text()}\n\n{self.notice.detail}\n")


_BAR = 4
"""Width of the bar at the left in the tone's colour, in pixels."""
_TOP = Qt.AlignmentFlag.AlignTop


class NoticeArea(QWidget):
    """The stack of notices over a host widget; the newest is lowest."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setObjectName("noticeArea")
        bind_text(self, "accessibleName", N_("Notices"))
        self._column = vbox(inside=self, gap=theme.GAP)
        self._cards: list[NoticeCard] = []
        self.hide()
        host.installEventFilter(self)

    def post(self, notice: Notice) -> NoticeCard:
        """Show a notice in place of one with the same key."""
        for card in [each for each in self._cards if notice.key and each.notice.key == notice.key]:
            self.dismiss(card)
        while len(self._cards) >= MOST:
            self.dismiss(self._cards[0])
        card = NoticeCard(notice, self)
        self._cards.append(card)
        self._column.addWidget(card)
        if not notice.stays:
            timer = QTimer(card, singleShot=True, interval=GONE_AFTER_MS)
            timer.timeout.connect(partial(self.dismiss, card))
            timer.start()
        self.show()
        self._place()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, card.text()))
        return card

    def note(self, what: str, **more: Unpack[NoticeFields]) -> None:
        """Show a notice made of these fields."""
        self.post(Notice(what, **more))

    def say(self, what: str, todo: str = "", tone: Tone = Tone.PLAIN) -> None:
        """Show a notice that disappears by itself."""
        self.note(what, todo=todo, tone=tone, stays=False)

    def tell(self, error: BaseException) -> None:
        """Show an error in the words of the table in `error_notices.py`."""
        from desktop_app.ui.core.error_notices import describe

        self.post(describe(error))

    def dismiss(self, card: NoticeCard) -> None:
        """Remove a notice."""
        if card in self._cards:
            self._cards.remove(card)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.setVisible(bool(self._cards))
        self._place()

    def withdraw(self, key: str) -> None:
        """Remove the notices of a key."""
        for card in [each for each in self._cards if each.notice.key == key]:
            self.dismiss(card)

    def clear_good_news(self) -> None:
        """Remove notices of success before another page is shown."""
        for card in [each for each in self._cards if each.notice.tone is Tone.GOOD]:
            self.dismiss(card)

    def act(self, card: NoticeCard, action: Callable[[], None]) -> None:
        """Run the action of a notice's button, and close the notice."""
        self.dismiss(card)
        action()

    def texts(self) -> tuple[str, ...]:
        """Return the texts that are shown, oldest first."""
        return tuple(card.text() for card in self._cards)

    def place_later(self) -> None:
        """Place the notices again once their new size is known."""
        QTimer.singleShot(0, self, self._place)

    def rescale(self) -> None:
        """Place the notices again for text of another size."""
        self.place_later()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Place the notices again when the host is resized."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        host = self.parentWidget()
        if host is None or not self._cards:
            return
        width = min(theme.px(WIDTH), round(host.width() * WIDEST))
        self.setFixedWidth(max(width, 200))
        heights = [card.height_for(self.width()) for card in self._cards]
        height = sum(heights) + theme.GAP * (len(heights) - 1)
        self.setFixedHeight(height)
        self.move(theme.MARGIN, max(0, host.height() - height - theme.GROUP))
        self.raise_()
