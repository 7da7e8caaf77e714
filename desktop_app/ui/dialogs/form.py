"""The frame of every form: fields with their complaints, Save and Cancel, and no lost typing.

It saves nothing itself: a subclass says what saving means. It opens no second dialog: what it has
to ask is asked in a strip above the buttons.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.errors import InvalidInputError
from desktop_app.ui import theme
from desktop_app.ui.notices import describe
from desktop_app.ui.widgets.banner import StripedBanner
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.field import LabelledField
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent

    from desktop_app.services.api import Desk
    from desktop_app.ui.jobs import JobRunner

COLUMNS = 2
LONGEST_TYPED = 500


class Strip(QFrame):
    """A line above the buttons that says or asks one thing; hidden while there is nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "banner")
        self.words = label("", "small", name="formMessage", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GROUP, theme.GAP, theme.GROUP, theme.GAP)
        row.setSpacing(theme.GAP)
        row.addWidget(self.words, 1)
        self.stay = Button("Keep editing", name="keepEditingButton")
        self.leave = Button("Throw away", kind="danger", name="throwAwayButton")
        for button in (self.stay, self.leave):
            row.addWidget(button)
        self.hide()

    def say(self, words: str) -> None:
        """Say something that needs no answer."""
        self._show(words, asks=False)

    def ask(self, words: str) -> None:
        """Ask whether to throw the typing away; the safe answer has the focus."""
        self._show(words, asks=True)
        self.stay.setFocus()

    @property
    def is_asking(self) -> bool:
        """Whether the question is up."""
        return not self.isHidden() and not self.stay.isHidden()

    def _show(self, words: str, *, asks: bool) -> None:
        self.words.setText(words)
        self.words.setAccessibleName(words)
        self.stay.setVisible(asks)
        self.leave.setVisible(asks)
        self.show()


class FormDialog(QDialog):
    """A form in two columns.

    Args:
        desk: the open desk.
        runner: runs what blocks.
        title: the heading, and the window's title.
        action: the word on the button that saves.
    """

    def __init__(
        self, desk: Desk, runner: JobRunner, parent: QWidget | None, *, title: str, action: str
    ) -> None:
        super().__init__(parent)
        self.desk = desk
        self.runner = runner
        self.fields: dict[str, LabelledField] = {}
        self._aliases: dict[str, str] = {}
        self._kept: dict[str, str] = {}
        self._is_busy = False
        self._action = action
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.heading = label(title, "section", wrap=True)
        self.body = QGridLayout()
        self.body.setHorizontalSpacing(theme.GROUP)
        self.body.setVerticalSpacing(12)
        for column in range(COLUMNS):
            self.body.setColumnStretch(column, 1)
        self.strip = Strip()
        self.strip.stay.clicked.connect(self._keep_editing)
        self.strip.leave.clicked.connect(self._throw_away)
        self.save_button = Button(action, kind="primary", name="formSaveButton")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self._save_asked)
        self.cancel_button = Button("Cancel", name="formCancelButton")
        self.cancel_button.clicked.connect(self.reject)
        self._lay_out()

    def _lay_out(self) -> None:
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if self.desk.is_training:
            column.addWidget(
                StripedBanner("dialogTrainingBanner", "TRAINING", "nothing here is real")
            )
        inner = QVBoxLayout()
        inner.setContentsMargins(theme.MARGIN, 20, theme.MARGIN, 20)
        inner.setSpacing(theme.GROUP)
        inner.addWidget(self.heading)
        inner.addLayout(self.body)
        inner.addStretch(1)
        column.addLayout(inner, 1)
        column.addWidget(self.strip)
        column.addWidget(rule())
        buttons = QHBoxLayout()
        buttons.setContentsMargins(theme.MARGIN, 12, theme.MARGIN, 12)
        buttons.setSpacing(theme.GROUP)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.save_button)
        column.addLayout(buttons)

    # what a subclass builds with

    def add_line(
        self,
        key: str,
        text: str,
        at: tuple[int, int],
        *,
        hint: str = "",
        placeholder: str = "",
        span: int = 1,
    ) -> QLineEdit:
        """Add a line to type into; `at` is its row and column, `key` the field of its errors."""
        editor = QLineEdit()
        editor.setMaxLength(LONGEST_TYPED)
        editor.setPlaceholderText(placeholder)
        self.add_field(key, text, editor, at, hint=hint, span=span)
        editor.textChanged.connect(partial(self._forgive, key))
        return editor

    def add_field(
        self,
        key: str,
        text: str,
        editor: QWidget,
        at: tuple[int, int],
        *,
        hint: str = "",
        span: int = 1,
    ) -> LabelledField:
        """Add any editor with its label; its object name is `<key>Field`."""
        head, *tail = key.replace(".", "_").split("_")
        editor.setObjectName(f"{head}{''.join(part.title() for part in tail)}Field")
        made = LabelledField(text, editor, hint)
        self.fields[key] = made
        self.body.addWidget(made, at[0], at[1], 1, span, Qt.AlignmentFlag.AlignTop)
        return made

    def answers_for(self, error_field: str, key: str) -> None:
        """Let a field show the complaints that the rules make under another name."""
        self._aliases[error_field] = key

    def value(self, key: str) -> str:
        """What a field holds, as text."""
        return _text_of(self.fields[key].editor)

    def settle(self) -> None:
        """Take what the fields hold now for unchanged."""
        self._kept = {key: self.value(key) for key in self.fields}

    def kept(self, key: str) -> str:
        """What a field held when `settle` was called."""
        return self._kept.get(key, "")

    @property
    def is_changed(self) -> bool:
        """Whether something was typed since `settle`."""
        return any(self.value(key) != self._kept.get(key, "") for key in self.fields)

    def save(self) -> None:
        """Check the fields and submit the work; raises InvalidInputError for a wrong field."""
        raise NotImplementedError

    def failed(self, error: Exception) -> None:
        """Show what went wrong, beside its field where there is one."""
        self.be_busy(busy=False)
        if isinstance(error, InvalidInputError) and self._complain(error):
            return
        notice = describe(error)
        parts = (notice.what, notice.money, notice.todo)
        self.strip.say(" ".join(part for part in parts if part))
        self.grow()

    def be_busy(self, *, busy: bool) -> None:
        """Take no second press while an answer is on the way."""
        self._is_busy = busy
        self.save_button.setDisabled(busy)
        self.save_button.show_text("Saving…" if busy else self._action)

    def reject(self) -> None:
        """Close; what was typed is thrown away only when that was said."""
        if self._is_busy:
            return
        if self.strip.is_asking:
            self._keep_editing()
        elif self.is_changed:
            self.strip.ask("What you typed is not saved yet.")
            self.grow()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's cross asks as Esc does."""
        if self._is_busy or (self.isVisible() and self.is_changed):
            event.ignore()
            self.reject()
            return
        super().closeEvent(event)

    def _save_asked(self) -> None:
        if self._is_busy:
            return
        self.strip.hide()
        for field in self.fields.values():
            field.complain("")
        try:
            self.save()
        except InvalidInputError as error:
            self.failed(error)

    def _complain(self, error: InvalidInputError) -> bool:
        field = self.fields.get(self._aliases.get(error.field, error.field))
        if field is None:
            return False
        field.complain(error.message)
        self.grow()
        field.editor.setFocus()
        return True

    def grow(self) -> None:
        """Make room for words that came in; a dialog never shrinks under the pointer."""
        self._column.activate()
        needed = max(
            self._column.totalHeightForWidth(self.width()),
            self._column.totalSizeHint().height(),
        )
        if needed > self.height():
            self.resize(self.width(), needed)

    def _forgive(self, key: str, _text: str) -> None:
        self.fields[key].complain("")

    def _keep_editing(self) -> None:
        self.strip.hide()
        first = next(iter(self.fields.values()), None)
        if first is not None:
            first.editor.setFocus()

    def _throw_away(self) -> None:
        self.settle()
        super().reject()


def _text_of(editor: QWidget) -> str:
    if isinstance(editor, QLineEdit | QLabel):
        return editor.text()
    if isinstance(editor, QPlainTextEdit):
        return editor.toPlainText()
    if isinstance(editor, QCheckBox):
        return "yes" if editor.isChecked() else "no"
    if isinstance(editor, QComboBox):
        return str(editor.currentData() or "")
    raise TypeError(type(editor).__name__)
