"""A row of buttons with exactly one down, for a few short choices; it wraps where it must."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import bind_text
from desktop_app.ui.forms.editors import ValueEditor
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.flow_layout import FlowLayout, fit_lines

if TYPE_CHECKING:
    from collections.abc import Sequence


class Choices(ValueEditor):
    """A choice of one among a few.

    Args:
        name: the first part of the buttons' object names.
        title: what is chosen, for screen readers.
        options: values and the words on their buttons.

    Texts marked with `N_` follow the language.
    """

    def __init__(self, name: str, title: str, options: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        bind_text(self, "accessibleName", title)
        self.setObjectName(name)
        self.buttons: dict[str, Button] = {}
        group = QButtonGroup(self)
        row = FlowLayout(theme.GRID)
        for value, words in options:
            button = Button(words, kind="choice", name=f"{name}{value.title()}Button")
            button.setCheckable(True)
            bind_text(button, "accessibleDescription", title)
            button.clicked.connect(partial(self._press, value))
            group.addButton(button)
            row.addWidget(button)
            self.buttons[value] = button
        fit_lines(self, row)
        self.buttons[options[0][0]].setChecked(True)
        self.setFocusProxy(self.buttons[options[0][0]])

    def value(self) -> str:
        """Return the chosen value."""
        return next(value for value, button in self.buttons.items() if button.isChecked())

    def choose(self, value: str) -> None:
        """Choose without emitting `chosen`."""
        self.buttons[value].setChecked(True)

    def _press(self, value: str, _checked: object = None) -> None:
        self.chosen.emit(value)
