"""Every shortcut of the window, as QActions from one table, which the help lists.

Shortcuts of pages come from their `PageSpec`. What the actions do is connected in `shortcuts.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtGui import QAction, QKeySequence

from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.shell.pages import PAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget


class Key(NamedTuple):
    """One key: the action's name, the key, and what it does in a few words."""

    name: str
    key: str
    words: N_


KEYS = (
    Key("help", "F1", N_("Help for this screen")),
    Key("student", "F2", N_("Find a student")),
    Key("course", "F3", N_("Find a course")),
    Key("ask", "F5", N_("Ask Razorpay now")),
    Key("recent", "F6", N_("Go to the recent payments")),
    Key("reprint", "F7", N_("Print the last receipt again")),
    Key("collect", "F9", N_("Collect, or keep to collect while offline")),
    Key("display", "F11", N_("Show or hide the customer display")),
    Key("back", "Esc", N_("Back, or close; never cancels a payment")),
    Key("newStudent", "Ctrl+N", N_("New student")),
    Key("find", "Ctrl+F", N_("Find on this screen")),
    Key("print", "Ctrl+P", N_("Print")),
    *(Key(page.name, page.key, page.key_words or page.title) for page in PAGES if page.key),
    Key("quit", "Ctrl+Q", N_("Close the desk")),
)
RESERVED = ("F4", "F10")
"""Kept free for discount and day close."""


def build(window: QWidget) -> Mapping[str, QAction]:
    """Make the window's actions, by name."""
    made: dict[str, QAction] = {}
    for key in KEYS:
        action = QAction(window)
        bind_text(action, "text", key.words)
        action.setObjectName(f"{key.name}Action")
        action.setShortcut(QKeySequence(key.key))
        bind_text(action, "toolTip", N_("{words} ({key})"), words=key.words, key=key.key)
        action.setAutoRepeat(False)
        window.addAction(action)
        made[key.name] = action
    return made
