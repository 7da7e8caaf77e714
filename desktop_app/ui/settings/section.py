"""One page of the settings dialog: fields by the key of the setting they change, checked in place.

A page reads a `SetupForm` and gives texts to keep; it keeps nothing itself.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.errors import InvalidInputError
from desktop_app.ui.core import theme
from desktop_app.ui.core.error_notices import typed_wrongly
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.forms.editors import on_change, put_value, value_of
from desktop_app.ui.settings.presenter import checked_text
from desktop_app.ui.widgets.field import LabelledField
from desktop_app.ui.widgets.labels import label
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from desktop_app.ui.settings.presenter import SetupForm

LONGEST = 500
COLUMNS = 2
TWO_COLUMNS_PX = 440
"""Two fields stand beside each other from this width on, at a text size of 100 %."""
LEAST_LETTERS = 8
_SHORT = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon


class SettingsSection(QScrollArea):
    """One page; it scrolls where text is large, and cuts nothing.

    Signals:
        changed: something was typed or chosen.

    Attributes:
        title: the word in the list at the left.
        defaults: what a setting is without anybody's doing, by key.
    """

    title = N_("")
    sentence = N_("")
    defaults: dict[str, str] = {}  # noqa: RUF012 - never written to
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, LabelledField] = {}
        self._kept: dict[str, str] = {}
        self._places: dict[str, tuple[int, int, int]] = {}
        self._columns = COLUMNS
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(theme.MARGIN, 20, theme.MARGIN, 20)
        self.column.setSpacing(theme.GROUP)
        self.column.addWidget(label(self.title, "section"))
        if self.sentence:
            self.column.addWidget(label(self.sentence, "secondary", wrap=True))
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(theme.GROUP)
        self.grid.setVerticalSpacing(12)
        for column in range(COLUMNS):
            self.grid.setColumnStretch(column, 1)
        self.column.addLayout(self.grid)
        self.build()
        self.column.addStretch(1)
        self.setWidget(inner)

    # what a page builds with

    def build(self) -> None:
        """Add what stands on the page."""
        raise NotImplementedError

    def add_line(
        self, key: str, text: N_, at: tuple[int, int], *, hint: N_ | str = "", span: int = 1
    ) -> QLineEdit:
        """Add a line to type into; it is checked when it is left."""
        line = QLineEdit()
        line.setMaxLength(LONGEST)
        self.add_field(key, text, line, at, hint=hint, span=span)
        line.editingFinished.connect(partial(self._check, key))
        return line

    def add_select(
        self, key: str, text: N_, options: Sequence[tuple[N_, str]], at: tuple[int, int],
        *, hint: N_ | str = "", span: int = 1,
    ) -> Select:  # fmt: skip
        """Add a list to choose from."""
        box = Select(options)
        self.add_field(key, text, box, at, hint=hint, span=span)
        return box

    def add_field(
        self, key: str, text: N_, editor: QWidget, at: tuple[int, int],
        *, hint: N_ | str = "", span: int = 1,
    ) -> None:  # fmt: skip
        """Add any editor with its label; its object name is `<key>Field`."""
        head, *tail = key.replace(".", "_").split("_")
        editor.setObjectName(f"{head}{''.join(part.title() for part in tail)}Field")
        self.fields[key] = LabelledField(text, editor, hint)
        if isinstance(editor, QComboBox):  # a long choice is elided, and never cuts the page
            editor.setSizeAdjustPolicy(_SHORT)
            editor.setMinimumContentsLength(LEAST_LETTERS)
        self._places[key] = (*at, span)
        self._place(key)
        on_change(editor, partial(self._edited, key))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put fields under each other where two beside each other have no room."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Take room for another text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_columns"):
            self._arrange()

    def _arrange(self) -> None:
        columns = COLUMNS if self.viewport().width() >= theme.px(TWO_COLUMNS_PX) else 1
        if columns == self._columns:
            return
        self._columns = columns
        for column in range(COLUMNS):
            self.grid.setColumnStretch(column, int(column < columns))
        for key in self._places:
            self._place(key)

    def _place(self, key: str) -> None:
        row, column, span = self._places[key]
        if self._columns == 1:
            row, column, span = COLUMNS * row + column, 0, 1
        top = Qt.AlignmentFlag.AlignTop
        self.grid.addWidget(self.fields[key], row, column, 1, span, top)

    # what the dialog asks

    def load(self, setup: SetupForm) -> None:
        """Show what is set."""
        for key in self.fields:
            self.put(key, setup.texts.get(key, ""))
        self.settle()

    def put(self, key: str, text: str) -> None:
        """Show a setting as it is kept."""
        put_value(self.fields[key].editor, self.shown(key, text))

    def shown(self, _key: str, text: str) -> str:
        """Write a setting as people type it."""
        return text

    def value(self, key: str) -> str:
        """What a field holds."""
        return value_of(self.fields[key].editor)

    def settle(self) -> None:
        """Take what stands there for unchanged."""
        self._kept = {key: self.value(key) for key in self.fields}

    @property
    def is_changed(self) -> bool:
        """Whether something differs from what is kept."""
        return any(self.value(key) != kept for key, kept in self._kept.items())

    def changes(self) -> dict[str, str]:
        """Check everything, and give what differs from what is kept.

        Raises:
            InvalidInputError: a field is wrong; its `field` is the setting's key.
        """
        checked = {key: checked_text(key, self.value(key)) for key in self.fields}
        return {key: text for key, text in checked.items() if self.value(key) != self._kept[key]}

    def reset(self) -> None:
        """Show what settings are without anybody's doing; nothing is kept before OK."""
        for key, text in self.defaults.items():
            self.put(key, text)

    def complain(self, error: InvalidInputError) -> bool:
        """Say beside its field what is wrong; False where the field is not on this page."""
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
            checked_text(key, self.value(key))
        except InvalidInputError as error:
            self.fields[key].complain(typed_wrongly(error))
