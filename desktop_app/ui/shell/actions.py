"""Every shortcut of the window, as QActions from one table, which the help lists.

Shortcuts of pages come from their `PageSpec`. What the actions do is connected in `shortcuts.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtGui import QAction, QKeySequence

from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.shell.navigation import page_key
from desktop_app.ui.shell.pages import PAGES
from desktop_app.ui.shell.payment_tray import CHIPS, FIRST_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget


class Key(NamedTuple):
    """One shortcut.

    Attributes:
        name: the action's name.
        key: the key that is shown.
        words: what it does, in a few words.
        also: another key for it; empty for none.
        group: shortcuts of one group share one line of the help; None for a separate line.
    """

    name: str
    key: str
    words: N_
    also: str = ""
    group: N_ | None = None


METHODS = (N_("Pay by UPI"), N_("Pay by link"), N_("Pay in cash"))
"""In the order in which the counter offers them."""
_TO_PAGES = N_("Go to a page")
_HOW = N_("Choose how the parent pays")
_TO_PAYMENT = N_("Open a pending payment, counted from the left")
_TO_PAYMENTS = N_("Go to a pending payment")
KEYS = (
    Key("help", "F1", N_("Help for this page")),
    Key("student", "F2", N_("Find a student")),
    Key("course", "F3", N_("Find a course")),
    Key("concession", "F4", N_("Choose a concession")),
    Key("ask", "F5", N_("Check with Razorpay now")),
    Key("recent", "F6", N_("Go to recent payments")),
    Key("reprint", "F7", N_("Print the last receipt again")),
    Key("tender", "F8", N_("Take a cheque, card, bank transfer or credit")),
    Key("collect", "F9", N_("Collect the fee")),
    Key("plan", "P", N_("Choose another fee plan")),
    Key("more", "Ctrl+Enter", N_("Collect the next instalment too"), "Ctrl+Return"),
    Key("display", "F11", N_("Show or hide the customer display")),
    Key("family", "F12", N_("All family fees")),
    Key("held", "Ctrl+H", N_("Held bills")),
    Key("back", "Esc", N_("Back (never cancels a payment)")),
    Key("newStudent", "Ctrl+N", N_("Add a student or a course")),
    Key("find", "Ctrl+F", N_("Search on this page")),
    Key("print", "Ctrl+P", N_("Print")),
    *(
        Key(page.name, page_key(number), page.title, page.key, _TO_PAGES)
        for number, page in enumerate(PAGES, 1)
    ),
    *(
        Key(f"method{number}", f"Alt+{number}", words, group=_HOW)
        for number, words in enumerate(METHODS, 1)
    ),
    *(
        Key(f"payment{at + 1}", f"Alt+{FIRST_KEY + at}", _TO_PAYMENT, group=_TO_PAYMENTS)
        for at in range(CHIPS)
    ),
    Key("quit", "Ctrl+Q", N_("Close Pravesh")),
)
RESERVED = ("F10",)
"""Kept free for day close."""


def build(window: QWidget) -> Mapping[str, QAction]:
    """Make the window's actions, by name."""
    made: dict[str, QAction] = {}
    for key in KEYS:
        action = QAction(window)
        bind_text(action, "text", key.words)
        action.setObjectName(f"{key.name}Action")
        action.setShortcuts([QKeySequence(each) for each in (key.key, key.also) if each])
        bind_text(action, "toolTip", N_("{words} ({key})"), words=key.words, key=key.key)
        action.setAutoRepeat(False)
        window.addAction(action)
        made[key.name] = action
    return made
