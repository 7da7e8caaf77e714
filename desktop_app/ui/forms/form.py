"""The frame of every form: fields with their complaints, Save and Cancel, and no lost typing.

A subclass defines what saving means. A form opens no second dialog: it asks in a strip above its
buttons.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from desktop_app.domain.errors import InvalidInputError
from desktop_app.services.errors import DuplicateError
from desktop_app.ui.core import theme
from desktop_app.ui.core.error_notices import describe, typed_wrongly
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.forms.date_entry import DateEntry
from desktop_app.ui.forms.editors import on_change, put_value, value_of
from desktop_app.ui.forms.field_history import FieldHistory
from desktop_app.ui.widgets.banner import DialogBanner
from desktop_app.ui.widgets.boxes import STRETCH, fill, gridbox, hbox, scrolling
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.confirm_strip import unsaved_strip
from desktop_app.ui.widgets.field import LabelledField
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent

    from desktop_app.domain.reasons import ReasonKind
    from desktop_app.services.desk import Desk
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.forms.reason_entry import ReasonEntry

COLUMNS = 2
_NOT_SAVED = N_("Discard changes?")
_KEYED = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
LONGEST_TYPED = 500


class FormDialog(QDialog):
    """A form in two columns.

    Signals:
        saved: the record as it was saved.

    Args:
        runner: runs what blocks.
        title: the heading and the window title.
        action: the word on the button that saves.

    Attributes:
        taken: the field that must be unique, and its complaint where the value is in use.

    Texts marked with `N_` follow the language.
    """

    saved = Signal(object)
    taken: tuple[str, N_] | None = None

    def __init__(
        self, runner: JobRunner, parent: QWidget | None, *, title: str, action: str
    ) -> None:
        super().__init__(parent)
        self.runner = runner
        self.fields: dict[str, LabelledField] = {}
        self._aliases: dict[str, str] = {}
        self._kept: dict[str, str] = {}
        self._is_busy = False
        self._needed = 0
        self._action = action
        self._action_values: dict[str, object] = {}
        self._wrong: tuple[str, InvalidInputError] | None = None
        self._folded: tuple[str, ...] = ()
        self.history = FieldHistory(self._put, self)
        bind_text(self, "windowTitle", title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.heading = label(title, "section", wrap=True)
        self.body = gridbox(theme.GROUP, 12)
        for column in range(COLUMNS):
            self.body.setColumnStretch(column, 1)
        self.strip = unsaved_strip()
        self.strip.refused.connect(self._keep_editing)
        self.strip.confirmed.connect(self._throw_away)
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
        self.more_button = Button(
            N_("More detai&ls"), kind="quiet", icon="down", name="formMoreButton"
        )
        self.more_button.clicked.connect(self.unfold)
        self.more_button.hide()
        self._lay_out()
        self.history.stack.canUndoChanged.connect(self.undo_button.setVisible)
        self.history.stack.undoTextChanged.connect(self._name_undo)

    def _lay_out(self) -> None:
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(DialogBanner(self))
        inside = self._inside = QWidget()
        inside.installEventFilter(self)
        inner = self._inner = QVBoxLayout(inside)
        inner.setContentsMargins(theme.MARGIN, 20, theme.MARGIN, 20)
        inner.setSpacing(theme.GROUP)
        fill(inner, self.heading, self.body, STRETCH)
        self.area = scrolling(inside)
        fill(column, (self.area, 1), self.strip, rule())
        buttons = hbox(gap=theme.GROUP, margins=(theme.MARGIN, 12))
        fill(buttons, self.undo_button, STRETCH, self.cancel_button, self.save_button)
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
        """Add a text field; `at` is its row and column, `key` the field of its errors."""
        editor = QLineEdit(maxLength=LONGEST_TYPED)
        bind_text(editor, "placeholderText", placeholder)
        self.add_field(key, text, editor, at, hint=hint, span=span)
        editor.textChanged.connect(partial(self._forgive, key))
        return editor

    def add_date(
        self, key: str, text: str, at: tuple[int, int], *, first: Callable[[], date]
    ) -> DateEntry:
        """Add a date; `first` returns the day that its calendar opens at."""
        editor = DateEntry(first, longest=LONGEST_TYPED)
        bind_text(editor, "placeholderText", N_("DD-MM-YYYY"))
        self.add_field(key, text, editor, at)
        editor.textChanged.connect(partial(self._forgive, key))
        return editor

    def add_reason(
        self,
        kind: ReasonKind,
        at: tuple[int, int],
        *,
        hint: str = "",
        placeholder: str = "",
    ) -> ReasonEntry:
        """Add the reason of a decision, with the centre's list for it."""
        from desktop_app.ui.forms.reason_entry import ReasonEntry  # most forms need none

        editor = ReasonEntry(self.runner, kind, longest=LONGEST_TYPED)
        bind_text(editor, "placeholderText", placeholder)
        self.add_field("reason", N_("&Reason"), editor, at, hint=hint, span=COLUMNS)
        editor.textChanged.connect(partial(self._forgive, "reason"))
        return editor

    def fold(self, row: int, *keys: str) -> None:
        """Hide optional fields behind *More details*, a button in a row of the body."""
        self._folded = keys
        left = Qt.AlignmentFlag.AlignLeft
        self.body.addWidget(self.more_button, row, 0, 1, COLUMNS, left)
        self.more_button.show()
        for key in keys:
            self.fields[key].hide()

    def unfold(self) -> None:
        """Show the optional fields; the first of them gets the focus."""
        if self.more_button.isHidden():
            return
        self.more_button.hide()
        for key in self._folded:
            self.fields[key].show()
        self.fields[self._folded[0]].editor.setFocus()

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
        """Show the complaints about `error_field` at the field `key`."""
        self._aliases[error_field] = key

    def value(self, key: str) -> str:
        """Return what a field holds, as text."""
        return value_of(self.fields[key].editor)

    def fill(self, **values: str) -> None:
        """Put values into fields by their keys; a list takes the value of an entry."""
        for key, value in values.items():
            put_value(self.fields[key].editor, value)
        if any(values.get(key) for key in self._folded):
            self.unfold()

    def settle(self) -> None:
        """Record what the fields hold as unchanged."""
        self._kept = {key: self.value(key) for key in self.fields}
        self.history.begin(self._kept)

    def kept(self, key: str) -> str:
        """Return what a field held when `settle` was called."""
        return self._kept.get(key, "")

    @property
    def is_changed(self) -> bool:
        """Whether something was typed since `settle`."""
        return any(self.value(key) != self._kept.get(key, "") for key in self.fields)

    def save(self) -> None:
        """Check the fields and `submit`. Raises InvalidInputError for a wrong field."""
        raise NotImplementedError

    def submit(self, operation: Callable[[Desk], object]) -> None:
        """Run the operation that saves; its answer is emitted by `saved` and closes the form."""
        self.be_busy(busy=True)
        self.runner.local(operation, self._saved, failed=self.failed)

    def _saved(self, record: object) -> None:
        self.be_busy(busy=False)
        self.settle()
        self.saved.emit(record)
        self.accept()

    @property
    def is_busy(self) -> bool:
        """Whether an answer is on the way."""
        return self._is_busy

    def failed(self, error: Exception) -> None:
        """Show what went wrong, beside its field where there is one."""
        self.be_busy(busy=False)
        if self.taken is not None and isinstance(error, DuplicateError):
            error = InvalidInputError(*self.taken)
        if isinstance(error, InvalidInputError) and self._complain(error):
            return
        notice = describe(error)
        parts = (notice.what, notice.money, notice.todo)
        self.strip.say(" ".join(part for part in parts if part))
        self.grow()

    def be_busy(self, *, busy: bool) -> None:
        """Disable the button while an answer is on the way."""
        self._is_busy = busy
        self.save_button.setDisabled(busy)
        self._say_action()

    def show_action(self, action: N_, **values: object) -> None:
        """Set the word on the button that saves."""
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
        if self._wrong is not None:
            key, error = self._wrong
            self.fields[key].complain(typed_wrongly(error))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Undo across fields, which keep no history themselves; grow with the content."""
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
        """Close; ask first where something was typed."""
        if self._is_busy:
            return
        if self.strip.is_asking:
            self._keep_editing()
        elif self.is_changed:
            self.strip.ask(_NOT_SAVED)
            self.grow()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask before closing by the window's cross, as for Esc."""
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
        if key in self._folded:
            self.unfold()
        field.complain(typed_wrongly(error))
        self.grow()
        self.area.ensureWidgetVisible(field)
        field.editor.setFocus()
        return True

    def showEvent(self, event: QShowEvent) -> None:
        """Open as large as the content, as far as the screen allows."""
        super().showEvent(event)
        self.grow()

    def grow(self) -> None:
        """Make room for added words; a dialog never shrinks under the pointer.

        On a low screen the content scrolls.
        """
        self._take_room(self.height())

    def fit(self) -> None:
        """Resize to the height of the content, also to a lower one."""
        self._take_room(0)

    def _take_room(self, height: int) -> None:
        self._column.activate()
        least = self._inner.totalSizeHint()
        room = self.screen().availableGeometry()
        most = (room.width() - theme.MARGIN, room.height() - 2 * theme.MARGIN)
        width = min(max(self.width(), least.width()), most[0])
        inside = max(self._inner.totalHeightForWidth(width), least.height())
        around = self._column.totalSizeHint().height() - self.area.sizeHint().height()
        self._needed = inside + around
        wanted = (width, min(max(self._needed, height), most[1]))
        if wanted != (self.width(), self.height()):
            self.resize(*wanted)
        self._scroll(self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Scroll the content where it has no room."""
        super().resizeEvent(event)
        self._scroll(event.size().height())

    def _scroll(self, height: int) -> None:
        """Scroll what does not fit a height.

        A bar that Qt shows in passing takes width, so that rows wrap, and then stays.
        """
        bars = Qt.ScrollBarPolicy
        fits = height >= self._needed
        self.area.setVerticalScrollBarPolicy(
            bars.ScrollBarAlwaysOff if fits else bars.ScrollBarAsNeeded
        )

    def _forgive(self, key: str, _text: str) -> None:
        if self._wrong is not None and self._wrong[0] == key:
            self._wrong = None
        self.fields[key].complain("")

    def _note(self, key: str, *_: object) -> None:
        self.history.note(key, self.fields[key].name(), self.value(key))

    def _put(self, key: str, value: str) -> None:
        if key in self._folded:
            self.unfold()
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
    """Return whether it is Ctrl+Y, which is not the system's key for redo everywhere."""
    return (event.key(), event.modifiers()) == (Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
