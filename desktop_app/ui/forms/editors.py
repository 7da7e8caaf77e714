"""Editors of a form: the value of each is text, read and set alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPlainTextEdit, QWidget

from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from collections.abc import Callable


class ValueEditor(QWidget):
    """An editor made of several widgets.

    Signals:
        chosen: the value that a person chose.
    """

    chosen = Signal(str)

    def value(self) -> str:
        """Return the value."""
        raise NotImplementedError

    def choose(self, value: str) -> None:
        """Set the value without emitting `chosen`."""
        raise NotImplementedError


def on_change(editor: QWidget, act: Callable[..., None]) -> None:
    """Call `act` whenever the value changes."""
    if isinstance(editor, QLineEdit | QPlainTextEdit):
        editor.textChanged.connect(act)
    elif isinstance(editor, QCheckBox):
        editor.toggled.connect(act)
    elif isinstance(editor, Select):
        editor.currentIndexChanged.connect(act)
    elif isinstance(editor, ValueEditor):
        editor.chosen.connect(act)


def put_value(editor: QWidget, value: str) -> None:
    """Set the value."""
    if isinstance(editor, QLineEdit):
        editor.setText(value)
    elif isinstance(editor, QPlainTextEdit):
        editor.setPlainText(value)
    elif isinstance(editor, QCheckBox):
        editor.setChecked(value == "yes")
    elif isinstance(editor, Select | ValueEditor):
        editor.choose(value)


def value_of(editor: QWidget) -> str:
    """Return the value."""
    if isinstance(editor, QLineEdit | QLabel):
        return editor.text()
    if isinstance(editor, QPlainTextEdit):
        return editor.toPlainText()
    if isinstance(editor, QCheckBox):
        return "yes" if editor.isChecked() else "no"
    if isinstance(editor, Select | ValueEditor):
        return editor.value()
    raise TypeError(type(editor).__name__)
