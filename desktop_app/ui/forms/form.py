"""The frame of every form: fields with their complaints, Save and Cancel, and no lost typing.

It saves nothing itself: a subclass says what saving means. It opens no second dialog: what it has
to ask is asked in a strip above the buttons.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.errors import InvalidInputError
from desktop_app.ui.core import theme
from desktop_app.ui.core.error_notices import describe, typed_wrongly
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.forms.confirm_strip import ConfirmStrip
from desktop_app.ui.forms.editors import on_change, put_value, value_of
from desktop_app.ui.forms.field_history import FieldHistory
from desktop_app.ui.widgets.banner import StripedBanner
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.field import LabelledField
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QShowEvent

    from desktop_app.services.desk import Desk
    from desktop_app.ui.core.jobs import JobRunner

COLUMNS = 2
_NOT_SAVED = N_("What you typed is not saved yet.")
_KEYED = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
LONGEST_TYPED = 500


class FormDialog(QDialog):
    """A form in two columns.

    Args:
        desk: the open desk.
        runner: runs what blocks.
        title: the heading, and the window's title.
        action: the word on the button that saves.

    Texts marked with `N_` follow the language.
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
        self._action_values: dict[str, object] = {}
        self._wrong: tuple[str, InvalidInputError] | None = None
        self.history = FieldHistory(self._put, self)
        if isinstance(title, N_):
            bind_text(self, "windowTitle", title)
        else:
            self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.heading = label(title, "section", wrap=True)
        self.body = QGridLayout()
        self.body.setHorizontalSpacing(theme.GROUP)
        self.body.setVerticalSpacing(12)
        for column in range(COLUMNS):
            self.body.setColumnStretch(column, 1)
        self.strip = ConfirmStrip()
        self.strip.stay.clicked.connect(self._keep_editing)
        self.strip.leave.clicked.connect(self._throw_away)
        self.save_button = Button(action, kind="primary", name="formSaveButton")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self._save_asked)
        self.cancel_button = Button(N_("Cancel"), name="formCancelButton")
        self.cancel_button.clicked.connect(self.reject)
        self.undo_button = Button(
            N_("Undo"), kind="quiet", icon="refund", name="formUndoButton", tip=N_("Undo (Ctrl+Z)")
        )
        self.undo_button.clicked.connect(self.history.stack.undo)
        self.undo_button.setVisible(False)
        self._lay_out()
        self.history.stack.canUndoChanged.connect(self.undo_button.setVisible)
        self.history.stack.undoTextChanged.connect(self._name_undo)

    def _lay_out(self) -> None:
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if self.desk.is_training:
            column.addWidget(
                StripedBanner("dialogTrainingBanner", N_("TRAINING"), N_("nothing here is real"))
            )
        inside = self._inside = QWidget()
        inside.installEventFilter(self)
        inner = self._inner = QVBoxLayout(inside)
        inner.setContentsMargins(theme.MARGIN, 20, theme.MARGIN, 20)
        inner.setSpacing(theme.GROUP)
        inner.addWidget(self.heading)
        inner.addLayout(self.body)
        inner.addStretch(1)
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inside)
        column.addWidget(self.area, 1)
        column.addWidget(self.strip)
        column.addWidget(rule())
        buttons = QHBoxLayout()
        buttons.setContentsMargins(theme.MARGIN, 12, theme.MARGIN, 12)
        buttons.setSpacing(theme.GROUP)
        buttons.addWidget(self.undo_button)
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
        if isinstance(placeholder, N_):
            bind_text(editor, "placeholderText", placeholder)
        else:
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
        editor.installEventFilter(self)
        on_change(editor, partial(self._note, key))
        self.body.addWidget(made, at[0], at[1], 1, span, Qt.AlignmentFlag.AlignTop)
        return made

    def answers_for(self, error_field: str, key: str) -> None:
        """Let a field show the complaints that the rules make under another name."""
        self._aliases[error_field] = key

    def value(self, key: str) -> str:
        """What a field holds, as text."""
        return value_of(self.fields[key].editor)

    def settle(self) -> None:
        """Take what the fields hold now for unchanged."""
        self._kept = {key: self.value(key) for key in self.fields}
        self.history.begin(self._kept)

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

    @property
    def is_busy(self) -> bool:
        """Whether an answer is on the way."""
        return self._is_busy

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
        self._say_action()

    def show_action(self, action: N_, **values: object) -> None:
        """Change the word on the button that saves."""
        self._action, self._action_values = action, values
        self._say_action()

    def _say_action(self) -> None:
        words = N_("Saving…") if self._is_busy else self._action
        values = {} if self._is_busy else self._action_values
        self.save_button.show_text(tr(words, **values))

    def retranslate(self) -> None:
        """Write the button, the question and the complaint in the present language."""
        self._say_action()
        self._name_undo()
        if self.strip.is_asking:
            self.strip.ask(tr(_NOT_SAVED))
        if self._wrong is not None:
            key, error = self._wrong
            self.fields[key].complain(typed_wrongly(error))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Undo across fields: a field keeps no history of its own. Grow with what is inside."""
        if watched is self._inside and event.type() == QEvent.Type.LayoutRequest:
            QTimer.singleShot(0, self, self.grow)
        if not isinstance(event, QKeyEvent) or event.type() not in _KEYED:
            return super().eventFilter(watched, event)
        is_undo = event.matches(QKeySequence.StandardKey.Undo)
        is_redo = event.matches(QKeySequence.StandardKey.Redo) or _is_redo(event)
        if not is_undo and not is_redo:
            return super().eventFilter(watched, event)
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            (self.history.stack.undo if is_undo else self.history.stack.redo)()
        return True

    def reject(self) -> None:
        """Close; what was typed is thrown away only when that was said."""
        if self._is_busy:
            return
        if self.strip.is_asking:
            self._keep_editing()
        elif self.is_changed:
            self.strip.ask(tr(_NOT_SAVED))
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
        self._wrong = None
        for field in self.fields.values():
            field.complain("")
        try:
            self.save()
        except InvalidInputError as error:
            self.failed(error)

    def _complain(self, error: InvalidInputError) -> bool:
        key = self._aliases.get(error.field, error.field)
        field = self.fields.get(key)
        if field is None:
            return False
        self._wrong = (key, error)
        field.complain(typed_wrongly(error))
        self.grow()
        self.area.ensureWidgetVisible(field)
        field.editor.setFocus()
        return True

    def showEvent(self, event: QShowEvent) -> None:
        """Begin as large as the content, as far as the screen allows."""
        super().showEvent(event)
        self.grow()

    def grow(self) -> None:
        """Make room for words that came in; a dialog never shrinks under the pointer.

        What a low screen has no room for is scrolled to.
        """
        self._column.activate()
        least = self._inner.totalSizeHint()
        width = max(self.width(), least.width())
        inside = max(self._inner.totalHeightForWidth(width), least.height())
        around = self._column.totalSizeHint().height() - self.area.sizeHint().height()
        room = self.screen().availableGeometry()
        most = (room.width() - theme.MARGIN, room.height() - 2 * theme.MARGIN)
        wanted = (min(width, most[0]), min(max(inside + around, self.height()), most[1]))
        if wanted != (self.width(), self.height()):
            self.resize(*wanted)

    def _forgive(self, key: str, _text: str) -> None:
        if self._wrong is not None and self._wrong[0] == key:
            self._wrong = None
        self.fields[key].complain("")

    def _note(self, key: str, *_: object) -> None:
        self.history.note(key, self.fields[key].name(), self.value(key))

    def _put(self, key: str, value: str) -> None:
        editor = self.fields[key].editor
        put_value(editor, value)
        editor.setFocus()

    def _name_undo(self, _field: str = "") -> None:
        field = self.fields.get(self.history.last_key())
        words = N_("Undo: {field} (Ctrl+Z)") if field is not None else N_("Undo (Ctrl+Z)")
        named = tr(words, field=field.name() if field is not None else "")
        self.undo_button.setAccessibleDescription(named)

    def _keep_editing(self) -> None:
        self.strip.hide()
        first = next(iter(self.fields.values()), None)
        if first is not None:
            first.editor.setFocus()

    def _throw_away(self) -> None:
        self.settle()
        super().reject()


def _is_redo(event: QKeyEvent) -> bool:
    """Tell whether it is Ctrl+Y, which is not everywhere the system's key for it."""
    return (event.key(), event.modifiers()) == (Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
