"""The question whether the real book starts clean, above the pages until it is answered.

It is asked once live keys are set and the book holds only what was tried with test keys; it goes
with the first real money. Starting clean is confirmed once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.widgets.boxes import hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.confirm_strip import Answers, ConfirmStrip
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.changes import Changes
    from desktop_app.services.views.identity import CleanBook, TrialCounts
    from desktop_app.ui.shell.parts import Parts

_WORDS = N_("This desk has only test payments so far. Clearing the test data keeps "
            "your students, courses and settings, but not your enrolments.")  # fmt: skip
_SURE = N_("Move the test payments, their receipts and all enrolments ({enrollments}) "
           "to a backup and clear them from this desk?")  # fmt: skip
_START = N_("Clear test data")
_BUSY = N_("Clearing the test data…")
_DONE = N_("Test data cleared. You can still find it in the backup {name}.")


class CleanBookStrip(QFrame):
    """Asks whether the real book starts clean; hidden where there is no question.

    Signals:
        started: start clean, confirmed.
        kept: keep the test payments.
    """

    started = Signal()
    kept = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("cleanBookQuestion")
        self.setProperty("kind", "banner")
        self._counts: TrialCounts | None = None
        title = N_("Clear the test data?")
        bind_text(self, "accessibleName", title)
        self.words = label(_WORDS, "small", name="cleanBookWords", wrap=True)
        self.keep_button = Button(N_("Keep test data"), name="cleanBookKeepButton")
        self.start_button = Button(_START, name="cleanBookStartButton")
        texts = vbox(label(title, "strong"), self.words, gap=2)
        self._ask = QFrame()
        hbox(
            IconLabel("attention", "attention", 18), (texts, 1), self.keep_button,
            self.start_button, inside=self._ask, gap=theme.GAP,
        )  # fmt: skip
        back = Button(N_("Back"), name="cleanBookBackButton")
        act = Button(_START, kind="danger", name="cleanBookConfirmButton")
        self._sure = ConfirmStrip(back, act, Answers.BESIDE)
        if (inside := self._sure.layout()) is not None:
            inside.setContentsMargins(0, 0, 0, 0)  # in line with the question before it
        vbox(self._ask, self._sure, inside=self, gap=0, margins=(theme.GROUP, theme.GAP))
        self.keep_button.clicked.connect(self.kept)
        self.start_button.clicked.connect(self._confirm)
        self._sure.refused.connect(self._ask.show)
        self._sure.confirmed.connect(self.started)
        self.hide()

    def ask(self, counts: TrialCounts | None) -> None:
        """Ask; nothing where there is no question."""
        if counts == self._counts:
            return
        self._counts = counts
        self.setVisible(counts is not None)
        if counts is not None:
            self._sure.hide()
            self._ask.show()

    def be_busy(self, *, busy: bool) -> None:
        """Refuse answers while one is being written."""
        self.setEnabled(not busy)
        if busy:
            self._ask.hide()
            self._sure.say(_BUSY)

    def ask_again(self) -> None:
        """Ask from the beginning, after an answer that could not be carried out."""
        counts, self._counts = self._counts, None
        self.ask(counts)

    def _confirm(self) -> None:
        if self._counts is not None:
            self._ask.hide()
            self._sure.ask(_SURE, yes=_START, enrollments=self._counts.enrollments)


class CleanBookPresenter(QObject):
    """Reads whether there is a question, and carries out the answer.

    Args:
        strip: shows the question.
        parts: the parts of the window.
    """

    def __init__(self, strip: CleanBookStrip, parts: Parts) -> None:
        super().__init__(parts)
        self._strip, self._parts = strip, parts
        strip.started.connect(self._start)
        strip.kept.connect(self._keep)
        parts.calls.changed.connect(self._apply_changes)

    def read(self) -> None:
        """Show the question of the open desk, if there is one."""
        self._parts.runner.local(_question, self._strip.ask, owner=self, replaces="clean")

    def _apply_changes(self, changes: Changes) -> None:
        if changes.settings or changes.payments:
            self.read()

    def _start(self) -> None:
        self._strip.be_busy(busy=True)
        self._parts.runner.local(_start, self._started, failed=self._failed)

    def _keep(self) -> None:
        self._strip.be_busy(busy=True)
        self._parts.runner.local(_keep, self._over, failed=self._failed)

    def _started(self, book: CleanBook) -> None:
        self._over()
        self._parts.counter.next_student()
        self._parts.read_health()
        self._parts.notices.note(
            _DONE, tone=Tone.GOOD, key="book", values={"name": book.archive.name}
        )

    def _over(self, _done: object = None) -> None:
        self._strip.be_busy(busy=False)
        self._strip.ask(None)

    def _failed(self, error: Exception) -> None:
        self._strip.be_busy(busy=False)
        self._strip.ask_again()
        self._parts.notices.tell(error)


def _question(desk: Desk) -> TrialCounts | None:
    return desk.clean_start.question()


def _start(desk: Desk) -> CleanBook:
    return desk.clean_start.start()


def _keep(desk: Desk) -> None:
    desk.clean_start.keep()
