"""The menu of what can be changed of a fee: one button for all of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from desktop_app.ui.core.i18n import N_, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from desktop_app.services.views.dues import ListedDue

MENU = N_("Change a fee")


def open_menu(button: QWidget, choose: Callable[[str], object]) -> QMenu:
    """Open the menu under a button; `choose` gets the key of the change that is chosen."""
    from desktop_app.ui.accounts.changes import CHANGES, OF_ENROLMENT

    menu = QMenu(button)
    menu.setObjectName("changeMenu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setAccessibleName(tr(MENU))
    for key, change in CHANGES.items():
        if key == OF_ENROLMENT:
            menu.addSeparator()
        action = menu.addAction(tr(change.menu))
        action.setObjectName(f"change{key.title().replace('_', '')}Action")
        action.triggered.connect(partial(_chosen, choose, key))
    menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
    menu.setActiveAction(menu.actions()[0])
    return menu


def chosen_of(key: str, row: ListedDue) -> str:
    """Return the uid that a change begins with: that of a due, or of its enrolment.

    A due that may be restored is not open, and credit is none: the form begins with the first.
    """
    from desktop_app.ui.accounts.changes import CHANGES, CREDIT, OF_ENROLMENT

    keys = list(CHANGES)
    if keys.index(key) >= keys.index(OF_ENROLMENT):
        return row.enrollment_uid
    return "" if key in {"restore", CREDIT} else row.uid


def _chosen(choose: Callable[[str], object], key: str, _checked: object = None) -> None:
    choose(key)
