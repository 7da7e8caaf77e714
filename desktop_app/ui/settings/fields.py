"""Fields of settings in a scrolling column: shown, checked in place, compared with what is kept.

Used by the sections of the page and the steps of the first set-up. Keeps nothing itself.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop_app.domain.errors import InvalidInputError
from desktop_app.services.settings.table import SETTINGS
from desktop_app.ui.core import theme
from desktop_app.ui.core.error_notices import typed_wrongly
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.forms.editors import on_change, put_value, value_of
from desktop_app.ui.settings.editors import as_typed
from desktop_app.ui.widgets.boxes import gridbox, viewport
from desktop_app.ui.widgets.field import LabelledField

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QResizeEvent

    from desktop_app.services.settings.table import Setting
    from desktop_app.ui.settings.setup import Setup

COLUMNS = 2
TWO_COLUMNS_PX = 440
"""Two fields are beside each other from this width on, at a text size of 100 %."""


class SettingFields(QScrollArea):
    """A column with the fields of settings; it scrolls where text is large, and cuts nothing.

    Signals:
        changed: something was typed or chosen.
        committed: the key of a setting that was chosen, or typed and left, with a new good value.

    Attributes:
        fields: by the key of the setting.
        setup: what was loaded.
        column: the layout; `grid`, which holds the fields, is put into it by the owner.
    """

    changed = Signal()
    committed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, LabelledField] = {}
        self._kept: dict[str, str] = {}
        self._wide: set[str] = set()
        self._columns = COLUMNS
        self._is_loading = False
        self.setup: Setup | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        self.column = QVBoxLayout(inner)
        self.grid = gridbox(theme.GROUP, 12)
        self.setWidget(inner)

    def add(
        self, setting: Setting, editor: QWidget, label: str, hint: str = "", *, is_wide: bool
    ) -> None:
        """Add the field of a setting; the object name of its editor is `<key>Field`."""
        head, *tail = setting.key.replace(".", "_").split("_")
        editor.setObjectName(f"{head}{''.join(part.title() for part in tail)}Field")
        self.fields[setting.key] = LabelledField(N_(label), editor, N_(hint))
        if is_wide:
            self._wide.add(setting.key)
        self.arrange(self._columns)
        on_change(editor, partial(self._edited, setting.key))
        if isinstance(editor, QLineEdit):
            editor.editingFinished.connect(partial(self._commit, setting.key))

    def arrange(self, columns: int = COLUMNS) -> None:
        """Put the fields into the grid, row by row; a wide one takes a whole row."""
        for column in range(COLUMNS):
            self.grid.setColumnStretch(column, int(column < columns))
        at = 0
        for key, field in self.fields.items():
            span = columns if key in self._wide else 1
            at += -at % span
            row, column = divmod(at, columns)
            self.grid.addWidget(field, row, column, 1, span, Qt.AlignmentFlag.AlignTop)
            at += span

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put fields under each other where two beside each other have no room."""
        super().resizeEvent(event)
        self.rescale()

    def rescale(self) -> None:
        """Put the fields into as many columns as their text size leaves room for."""
        columns = COLUMNS if viewport(self).width() >= theme.px(TWO_COLUMNS_PX) else 1
        if columns != self._columns:
            self._columns = columns
            self.arrange(columns)
            self.setWidgetResizable(True)  # sizes what scrolls now: else rows keep their places

    def load(self, setup: Setup) -> None:
        """Show what is set; a field that somebody is typing in keeps what was typed."""
        self.setup = setup
        self._is_loading = True
        for key in self.fields:
            if key not in self._kept or self.value(key) == self._kept[key]:
                self._put(key, setup.settings.texts[key], setup.folder)
                self.settle(key)
        self._is_loading = False
        self.changed.emit()

    def _put(self, key: str, text: str, folder: Path | None = None) -> None:
        editor = self.fields[key].editor
        put_value(editor, as_typed(SETTINGS[key], text, folder))
        if isinstance(editor, QLineEdit):
            editor.setCursorPosition(0)  # of a long text the start is shown

    def value(self, key: str) -> str:
        """Return what a field holds."""
        return value_of(self.fields[key].editor)

    def settle(self, key: str) -> None:
        """Mark what a field holds as kept."""
        self._kept[key] = self.value(key)

    def unsettle(self, key: str) -> None:
        """Show what is kept again: the field's value could not be kept."""
        if self.setup is not None and not self.fields[key].is_wrong:
            self._is_loading = True
            self._put(key, self.setup.settings.texts[key], self.setup.folder)
            self._is_loading = False
            self.settle(key)

    @property
    def is_changed(self) -> bool:
        """Whether something differs from what is kept."""
        return any(self.value(key) != kept for key, kept in self._kept.items())

    def text(self, key: str) -> str:
        """Check a field and return it as it is kept.

        Raises:
            InvalidInputError: it is wrong; the error's `field` is the setting's key.
        """
        return SETTINGS[key].from_screen(self.value(key))

    def texts(self) -> dict[str, str]:
        """Check all fields and return them like `text`."""
        return {key: self.text(key) for key in self.fields}

    def good_texts(self) -> dict[str, str]:
        """Return the fields that hold something good, as they are kept."""
        found = {}
        for key in self.fields:
            try:
                found[key] = self.text(key)
            except InvalidInputError:
                continue
        return found

    def complain(self, error: InvalidInputError) -> bool:
        """Show beside its field what is wrong; False where the field is not here."""
        field = self.fields.get(error.field)
        if field is None:
            return False
        field.complain(typed_wrongly(error))
        field.editor.setFocus()
        self.ensureWidgetVisible(field)
        return True

    def _edited(self, key: str, _value: object = None) -> None:
        if self._is_loading:
            return
        self.fields[key].complain("")
        self.changed.emit()
        if not isinstance(self.fields[key].editor, QLineEdit):
            self._commit(key)

    def _commit(self, key: str) -> None:
        if self.value(key) == self._kept.get(key):
            return
        try:
            self.text(key)
        except InvalidInputError as error:
            self.fields[key].complain(typed_wrongly(error))
        else:
            self.committed.emit(key)
