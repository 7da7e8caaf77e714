"""Buttons of a page or a dialog that do something, each with its key: made and connected alike."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog

from desktop_app.ui.widgets.buttons import Button

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


class Act(NamedTuple):
    """A button, what it does, and the key that does the same.

    Attributes:
        key: works where `action_buttons` puts it; empty for none.
    """

    words: str
    run: Callable[[], object]
    name: str
    tip: str = ""
    icon: str = ""
    kind: str = "compact"
    key: str = ""


def action_buttons(keys_of: QWidget | None, *acts: Act) -> tuple[Button, ...]:
    """Return a button for each action, in their order. Its key presses the button, if that may be.

    Args:
        keys_of: has the keys: a dialog while it is in front, a list while it has the keyboard.
        *acts: the actions.
    """
    made = []
    for act in acts:
        button = Button(act.words, kind=act.kind, icon=act.icon, name=act.name, tip=act.tip)
        button.clicked.connect(_ignoring(act.run))
        if act.key and keys_of is not None:
            add_key(keys_of, act.key, partial(_press, button))
        made.append(button)
    return tuple(made)


def add_key(widget: QWidget, key: str, run: Callable[[], object]) -> None:
    """Add a key to a dialog, or to a list, where letters would be typed into the search else."""
    action = QAction(widget)
    action.setShortcut(QKeySequence(key))
    if not isinstance(widget, QDialog):
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    action.triggered.connect(_ignoring(run))
    widget.addAction(action)


def _press(button: Button) -> None:
    """Press a button that is offered, even where the pane that it is in has no room."""
    if button.isEnabled() and not button.isHidden():
        button.click()


def _ignoring(run: Callable[[], object]) -> Callable[..., None]:
    def act(_checked: object = None) -> None:
        run()

    return act
