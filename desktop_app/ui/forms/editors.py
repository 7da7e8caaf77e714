"""Editors of a form: reading and setting any of them as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPlainTextEdit

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


def on_change(editor: QWidget, act: Callable[..., None]) -> None:
    """Call `act` whenever the value changes."""
    if isinstance(editor, QLineEdit | QPlainTextEdit):
        editor.textChanged.connect(act)
    elif isinstance(editor, QCheckBox):
        editor.toggled.connect(act)
    elif isinstance(editor, QComboBox):
        editor.currentIndexChanged.connect(act)


def put_value(editor: QWidget, value: str) -> None:
    """Set the value."""
    if isinstance(editor, QLineEdit):
        editor.setText(value)
    elif isinstance(editor, QPlainTextEdit):
        editor.setPlainText(value)
    elif isinstance(editor, QCheckBox):
        editor.setChecked(value == "yes")
    elif isinstance(editor, QComboBox):
        editor.setCurrentIndex(max(0, editor.findData(value)))


def value_of(editor: QWidget) -> str:
    """Return the value."""
    if isinstance(editor, QLineEdit | QLabel):
        return editor.text()
    if isinstance(editor, QPlainTextEdit):
        return editor.toPlainText()
    if isinstance(editor, QCheckBox):
        return "yes" if editor.isChecked() else "no"
    if isinstance(editor, QComboBox):
        return str(editor.currentData() or "")
    raise TypeError(type(editor).__name__)
