"""The question whether a data folder was moved or copied, above the pages until it is answered.

Everything can be read; the desk refuses to record. An answer is confirmed once: it
cannot be taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.widgets.boxes import STRETCH, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.confirm_strip import Answers, ConfirmStrip
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QWidget

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.identity import BookQuestion, CopyReport
    from desktop_app.ui.shell.parts import Parts

_LAST_AT = N_("Desk {code} last ran in {place}. You can open every page. We won't record "
              "anything until you choose.")  # fmt: skip
_ELSEWHERE = N_("Desk {code} last ran on another PC or for another user. You can open every "
                "page. We won't record anything until you choose.")  # fmt: skip
_USE = N_("Use this folder")
_SURE_MOVED = N_("Use this folder as desk {code} from now on? Don't use the old folder again.")
_SURE_COPIED = N_("Make this folder a separate desk with the ID {new_code}? Pending payments "
                  "and the Inbox stay with the other folder. You can't undo this.")  # fmt: skip


class BookQuestionStrip(QFrame):
    """Asks what the data folder is; hidden where there is no question.

    Signals:
        moved: it is the same desk in a new place.
        copied: it is a copy, and becomes a desk by itself.
    """

    moved = Signal()
    copied = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bookQuestion")
        self.setProperty("kind", "banner")
        self._question: BookQuestion | None = None
        title = N_("Was this desk moved or copied?")
        bind_text(self, "accessibleName", title)
        self.words = label("", "small", name="bookQuestionWords", wrap=True)
        self.moved_button = Button(N_("Moved"), name="bookMovedButton")
        self.copied_button = Button(N_("Copied"), name="bookCopiedButton")
        self._choice = QFrame()
        hbox(
            self.moved_button,
            label(N_("You no longer use the old folder."), "small"),
            theme.GROUP,
            self.copied_button,
            label(
                N_("You still use the other folder. This folder becomes a separate desk."), "small"
            ),
            STRETCH,
            inside=self._choice,
            gap=theme.GAP,
        )
        back, act = (
            Button(N_("Back"), name="bookBackButton"),
            Button(_USE, name="bookConfirmButton"),
        )
        self._sure = ConfirmStrip(back, act, Answers.BELOW)
        if (inside := self._sure.layout()) is not None:
            inside.setContentsMargins(0, 0, 0, 0)  # in line with the question above it
        self._answer = self.moved
        heading = hbox(IconLabel("attention", "attention", 18), (label(title, "strong"), 1),
                       gap=theme.GAP)  # fmt: skip
        vbox(
            heading, self.words, self._choice, self._sure,
            inside=self, gap=theme.GAP, margins=(theme.GROUP, theme.GAP),
        )  # fmt: skip
        self.moved_button.clicked.connect(self._ask_moved)
        self.copied_button.clicked.connect(self._ask_copied)
        self._sure.refused.connect(self._show_choice)
        self._sure.confirmed.connect(self._confirm)
        self.hide()

    def ask(self, question: BookQuestion | None) -> None:
        """Ask; nothing where there is no question."""
        self._question = question
        self.setVisible(question is not None)
        if question is None:
            return
        words = _ELSEWHERE if question.place is None else _LAST_AT
        bind_text(self.words, "text", words, code=question.code, place=str(question.place))
        self._show_choice()

    def point(self) -> None:
        """Lead to the answers."""
        (self._sure.no if self._sure.is_asking else self.moved_button).setFocus()

    def be_busy(self, *, busy: bool) -> None:
        """Refuse answers while one is being written."""
        self.setEnabled(not busy)

    def _ask_moved(self) -> None:
        self._ask_again(self.moved, _SURE_MOVED, _USE)

    def _ask_copied(self) -> None:
        self._ask_again(self.copied, _SURE_COPIED, N_("Make a separate desk"))

    def _ask_again(self, answer: SignalInstance, words: N_, yes: N_) -> None:
        if (question := self._question) is None:
            return
        self._answer = answer
        self._choice.hide()
        self.words.hide()
        self._sure.ask(words, yes=yes, code=question.code, new_code=question.new_code)

    def _confirm(self) -> None:
        self._answer.emit()

    def _show_choice(self) -> None:
        self._sure.hide()
        self.words.show()
        self._choice.show()


class BookQuestionPresenter(QObject):
    """Reads whether the book's identity is in question, and writes the answer.

    Args:
        strip: shows the question.
        parts: the parts of the window.
        after: gets the focus once it is answered.
    """

    def __init__(self, strip: BookQuestionStrip, parts: Parts, after: QWidget) -> None:
        super().__init__(parts)
        self._strip, self._parts, self._after = strip, parts, after
        strip.moved.connect(self._move)
        strip.copied.connect(self._copy)
        parts.status.asked.connect(self._point)

    def read(self) -> None:
        """Show the question of the open desk, if there is one."""
        if self._parts.runner.desk is not None:
            question = self._parts.runner.desk.identity.question()
            self._strip.ask(question)
            self._parts.status.show_question(stands=question is not None)

    def _point(self, what: str) -> None:
        """Lead to the question when its words in the status bar are pressed."""
        if what == "look" and not self._strip.isHidden():
            self._strip.point()

    def _move(self) -> None:
        self._strip.be_busy(busy=True)
        self._parts.runner.local(_move, self._moved, failed=self._failed)

    def _copy(self) -> None:
        self._strip.be_busy(busy=True)
        self._parts.runner.local(_copy, self._copied, failed=self._failed)

    def _moved(self, code: str) -> None:
        self._over(N_("This folder is desk {code} from now on."), code)

    def _copied(self, report: CopyReport) -> None:
        self._over(N_("This is desk {code} now. Its receipts start with {code}."), report.code)

    def _over(self, words: N_, code: str) -> None:
        parts = self._parts
        self._strip.be_busy(busy=False)
        self._strip.ask(None)
        parts.status.show_question(stands=False)
        self._after.setFocus()
        parts.notices.withdraw("BookUndecidedError")
        parts.notices.note(words, tone=Tone.GOOD, key="book", values={"code": code})
        parts.attempts.read_open()
        parts.read_health()
        parts.line.retry()

    def _failed(self, error: Exception) -> None:
        self._strip.be_busy(busy=False)
        self._parts.notices.tell(error)
        self.read()


def _move(desk: Desk) -> str:
    desk.identity.moved()
    return desk.settings.view().desk_id


def _copy(desk: Desk) -> CopyReport:
    return desk.identity.copied()
