"""Fields of settings in a scrolling column: shown, checked in place, compared with what is kept.

Used by the pages of the dialog and the steps of the first set-up. Keeps nothing itself.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop_app.domain.errors import InvalidInputError
from desktop_app.services.settings import SETTINGS
from desktop_app.ui.core import theme
from desktop_app.ui.core.error_notices import typed_wrongly
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.forms.editors import on_change, put_value, value_of
from desktop_app.ui.settings.editors import as_typed
from desktop_app.ui.widgets.boxes import gridbox
from desktop_app.ui.widgets.field import LabelledField

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.services.settings import Setting
    from desktop_app.ui.settings.setup import Setup

COLUMNS = 2


class SettingFields(QScrollArea):
    """A column with the fields of settings; it scrolls where text is large, and cuts nothing.

    Signals:
        changed: something was typed or chosen.

    Attributes:
        fields: by the key of the setting.
        setup: what was loaded.
        column: the layout; `grid`, which holds the fields, is put into it by the owner.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, LabelledField] = {}
        self._kept: dict[str, str] = {}
        self._wide: set[str] = set()
        self.setup: Setup | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
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
        self.arrange()
        on_change(editor, partial(self._edited, setting.key))
        if isinstance(editor, QLineEdit):
            editor.editingFinished.connect(partial(self._check, setting.key))

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

    def load(self, setup: Setup) -> None:
        """Show what is set."""
        self.setup = setup
        for key in self.fields:
            self._put(key, setup.settings.texts[key], setup.folder)
        self.settle()

    def reset(self) -> None:
        """Show the defaults; nothing is kept before OK."""
        for key in self.fields:
            self._put(key, SETTINGS[key].default)

    def _put(self, key: str, text: str, folder: Path | None = None) -> None:
        put_value(self.fields[key].editor, as_typed(SETTINGS[key], text, folder))

    def value(self, key: str) -> str:
        """Return what a field holds."""
        return value_of(self.fields[key].editor)

    def settle(self) -> None:
        """Mark what the fields hold as unchanged."""
        self._kept = {key: self.value(key) for key in self.fields}

    @property
    def is_changed(self) -> bool:
        """Whether something differs from what is kept."""
        return any(self.value(key) != kept for key, kept in self._kept.items())

    def texts(self) -> dict[str, str]:
        """Check all fields and return them as they are kept.

        Raises:
            InvalidInputError: a field is wrong; its `field` is the setting's key.
        """
        return {key: SETTINGS[key].from_screen(self.value(key)) for key in self.fields}

    def changes(self) -> dict[str, str]:
        """Check the fields that differ from what is kept and return them, like `texts`.

        What is kept stays as it is, even where it would be refused today.
        """
        return {
            key: SETTINGS[key].from_screen(self.value(key))
            for key in self.fields
            if self.value(key) != self._kept[key]
        }

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
        self.fields[key].complain("")
        self.changed.emit()

    def _check(self, key: str) -> None:
        if self.value(key) == self._kept.get(key):
            return
        try:
            SETTINGS[key].from_screen(self.value(key))
        except InvalidInputError as error:
            self.fields[key].complain(typed_wrongly(error))
