"""Every key of the window, as QActions from one table: none is given twice, help lists them all.

The actions do nothing by themselves; the window connects each by its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class Key:
    """One key: the action's name, the key, and what it does in a few words."""

    name: str
    key: str
    words: str


KEYS = (
    Key("help", "F1", "Help for this screen"),
    Key("student", "F2", "Find a student"),
    Key("course", "F3", "Find a course"),
    Key("ask", "F5", "Ask Razorpay now"),
    Key("reprint", "F7", "Print the last receipt again"),
    Key("collect", "F9", "Collect, or keep to collect while offline"),
    Key("display", "F11", "Show or hide the customer display"),
    Key("back", "Esc", "Back, or close; never cancels a payment"),
    Key("newStudent", "Ctrl+N", "New student"),
    Key("find", "Ctrl+F", "Find on this screen"),
    Key("print", "Ctrl+P", "Print"),
    Key("settings", "Ctrl+,", "Settings"),
    Key("quit", "Ctrl+Q", "Close the desk"),
)
RESERVED = ("F4", "F10")
"""Kept free for discount and day close."""


def build(window: QWidget) -> Mapping[str, QAction]:
    """Make the window's actions, by name."""
    made: dict[str, QAction] = {}
    for key in KEYS:
        action = QAction(key.words, window)
        action.setObjectName(f"{key.name}Action")
        action.setShortcut(QKeySequence(key.key))
        action.setToolTip(f"{key.words} ({key.key})")
        action.setAutoRepeat(False)
        window.addAction(action)
        made[key.name] = action
    return made
