"""Notices in a separate place on the page, one at a time, never over a list or a button.

Good news and information leave by themselves; the others wait behind what is newest. Their texts
are chosen elsewhere (`error_notices.py`). Technical detail is folded away and already redacted by
its sender; nothing here reads an error.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.core.notice import _ICONS, Notice, Tone
from desktop_app.ui.widgets.boxes import STRETCH, fill, hbox, turn, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Unpack

    from PySide6.QtGui import QResizeEvent

    from desktop_app.ui.core.notice import NoticeFields

MOST = 5
"""Kept at a time; only the newest is shown."""
WIDE = 640
"""From this width on, at text of 100 %, the buttons are beside the words."""
GONE_AFTER_MS = 6000
LINE_PX = 28
"""Height of the first line, in which the icon and the small buttons are."""


class NoticeCard(QFrame):
    """One notice."""

    def __init__(self, notice: Notice, area: NoticeArea) -> None:
        super().__init__(area)
        self.notice = notice
        self._area = area
        self.setProperty("kind", "notice")
        self.setProperty("tone", notice.tone.value)
        self._what = label("", "strong", name="noticeWhat", wrap=True)
        self._more = label("", "small", name="noticeMore", wrap=True)
        self._detail = label(notice.detail, "caption", name="noticeDetail", wrap=True)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._detail.hide()
        for words in (self._what, self._more, self._detail):
            words.setMinimumWidth(1)  # a long name without a space does not widen the window
        self.others = Button(
            kind="status", name="noticeOthersButton", tip=N_("Show the next notice")
        )
        self.others.clicked.connect(area.show_next)
        self._lay_out()
        self._show_words()

    def _lay_out(self) -> None:
        words = vbox(self._what, self._more, STRETCH, gap=0)
        buttons = QWidget()
        hbox(*self._actions(), inside=buttons, gap=theme.GAP)
        self._row = hbox((words, 1), (buttons, _TOP | Qt.AlignmentFlag.AlignLeft), gap=theme.GAP)
        column = vbox(self._row, self._detail, gap=theme.GRID)
        self._icon = IconLabel(_ICONS[self.notice.tone], self.notice.tone.value)
        self._close = Button(kind="status", icon="cross", tip=N_("Close this notice"))
        self._close.clicked.connect(partial(self._area.dismiss, self))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, theme.GAP, theme.GAP, theme.GAP)
        row.setSpacing(12)
        row.addWidget(self._icon, 0, _TOP)
        fill(row, (column, 1), (self.others, _TOP), (self._close, _TOP))
        self.rescale()

    def rescale(self) -> None:
        """Align the icon and the small buttons with the first line."""
        line = theme.px(LINE_PX)
        for part in (self._icon, self.others, self._close):
            part.setFixedHeight(line)
        self._what.setMinimumHeight(line)

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
        turn(self._row, is_upright=width < theme.px(WIDE))
        layout = self.layout()
        if layout is None:
            return self.sizeHint().height()
        layout.invalidate()
        border = theme.tokens().border  # of the style sheet: the layout does not know it
        inner = layout.heightForWidth(width - _BAR - border)
        return max(inner, layout.minimumSize().height()) + 2 * border

    def show_others(self, count: int) -> None:
        """Show how many notices wait behind it."""
        self.others.show_text(tr(N_("{count} more"), count=count) if count else "")
        self.others.setVisible(count > 0)

    def retranslate(self) -> None:
        """Show the notice in the present language."""
        self._show_words()
        self._area.place_later()

    def _actions(self) -> Iterable[Button]:
        for words, act in self.notice.actions:
            button = Button(words, kind="compact")
            button.clicked.connect(partial(self._area.act, self, act))
            yield button
        if self.notice.detail:
            fold = Button(N_("Details"), kind="quiet", name="noticeDetailsButton")
            fold.clicked.connect(self._unfold)
            self._copy = Button(
                N_("Copy"), kind="quiet", icon="copy", name="copyDetailButton",
                tip=N_("Copy the details without keys, phone numbers or addresses"),
            )  # fmt: skip
            self._copy.clicked.connect(self._copy_detail)
            self._copy.hide()
            yield from (fold, self._copy)

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
    """The notices, of which one is shown; hidden while there are none.

    A page gives it a place in its layout. One that leaves by itself does so after its time in
    front, and not while the pointer or the keyboard is on it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeArea")
        bind_text(self, "accessibleName", N_("Notices"))
        self._column = vbox(inside=self)
        self._cards: list[NoticeCard] = []
        self._front: NoticeCard | None = None
        self._leaving = QTimer(self, singleShot=True, interval=GONE_AFTER_MS)
        self._leaving.timeout.connect(self._leave)
        self.hide()

    def post(self, notice: Notice) -> NoticeCard:
        """Show a notice in place of one with the same key."""
        for card in [each for each in self._cards if notice.key and each.notice.key == notice.key]:
            self._remove(card)
        while len(self._cards) >= MOST:
            passing = [card for card in self._cards if not card.notice.is_lasting]
            self._remove((passing or self._cards)[0])
        card = NoticeCard(notice, self)
        card.hide()
        self._cards.append(card)
        self._column.addWidget(card)
        self._show_front()
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
        self._remove(card)
        self._show_front()

    def withdraw(self, key: str) -> None:
        """Remove the notices of a key."""
        self._drop(lambda notice: notice.key == key)

    def settle(self, uid: str) -> None:
        """Remove the notices about a payment that is settled, unless they say so themselves."""
        self._drop(lambda notice: notice.about == uid and notice.is_lasting)

    def clear_good_news(self) -> None:
        """Remove notices of success before another page is shown."""
        self._drop(lambda notice: notice.tone is Tone.GOOD)

    def act(self, card: NoticeCard, action: Callable[[], None]) -> None:
        """Run the action of a notice's button, and close the notice."""
        self.dismiss(card)
        action()

    def show_next(self) -> None:
        """Bring the notice behind to the front, and the one in front to the end of the line."""
        self._cards.insert(0, self._cards.pop())
        self._show_front()
        if self._front is not None:
            self._front.others.setFocus()

    def texts(self) -> tuple[str, ...]:
        """Return the texts of all notices, the one in front last."""
        return tuple(card.text() for card in self._cards)

    def place_later(self) -> None:
        """Fit the notice again once its new size is known."""
        QTimer.singleShot(0, self, self._fit)

    def rescale(self) -> None:
        """Fit the notice again for text of another size."""
        self.place_later()

    def retranslate(self) -> None:
        """Count the notices behind in the present language."""
        self._count_others()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the height to the words at a new width."""
        super().resizeEvent(event)
        self._fit()

    def _drop(self, is_over: Callable[[Notice], bool]) -> None:
        for card in [each for each in self._cards if is_over(each.notice)]:
            self._remove(card)
        self._show_front()

    def _remove(self, card: NoticeCard) -> None:
        if card in self._cards:
            self._cards.remove(card)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()

    def _show_front(self) -> None:
        front = self._cards[-1] if self._cards else None
        if front is not self._front:
            if self._front is not None and self._front in self._cards:
                self._front.hide()
            self._front = front
            self._leaving.stop()
            if front is not None:
                front.show()
                if not front.notice.is_lasting:
                    self._leaving.start()
        self._count_others()
        self.setVisible(front is not None)
        self._fit()

    def _count_others(self) -> None:
        if self._front is not None:
            self._front.show_others(len(self._cards) - 1)

    def _leave(self) -> None:
        focused = QApplication.focusWidget()
        if self.underMouse() or (focused is not None and self.isAncestorOf(focused)):
            self._leaving.start()  # it is being read
        elif self._front is not None:
            self.dismiss(self._front)

    def _fit(self) -> None:
        if self._front is not None:
            self.setFixedHeight(self._front.height_for(self.width()))
