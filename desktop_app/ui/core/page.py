"""What every page is given by the window: job runner, notices, printer, ways to ask for more.

A page is built before the desk is open. It gets the desk by `attach`, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.receipts.printing import ReceiptPrinter
    from desktop_app.ui.widgets.notice_area import NoticeArea

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.payments import AttemptView


class Calls(QObject):
    """What a page may ask of the window; the window answers.

    Signals:
        new_student: open the form for a new student, filled with a typed text (str).
        show_student: go to the students page and open a student (uid).
        collect_for: go to the counter with a student picked (StudentHit).
        students_changed: a student was added or changed (StudentHit).
        courses_changed: the courses are no longer as they were.
        money_changed: payments or receipts were added; lists of them are to be read again.
        settings_changed: settings were changed.
        show_inbox: go to what needs a look.
    """

    new_student = Signal(str)
    show_student = Signal(str)
    collect_for = Signal(object)
    students_changed = Signal(object)
    courses_changed = Signal()
    money_changed = Signal()
    settings_changed = Signal()
    show_inbox = Signal()


@dataclass(frozen=True)
class Context:
    """Shared by all pages of one window."""

    runner: JobRunner
    notices: NoticeArea
    printer: ReceiptPrinter
    calls: Calls


class Page(QWidget):
    """One screen of the window.

    Attributes:
        title: the word in the navigation.
        context: the window's shared parts.
    """

    title = ""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context

    def attach(self, desk: Desk) -> None:
        """Take the open desk; called once, maybe long after the page was shown."""

    def arrive(self) -> None:
        """The page was brought to the front: set the focus, read what may have changed."""

    def start_find(self) -> None:
        """Ctrl+F: put the focus where one searches on this page."""

    def print_current(self) -> None:
        """Ctrl+P: print what is selected on this page, if that makes sense."""

    def go_back(self) -> None:
        """Esc: close what is open on this page; never cancels a payment, never loses typing."""

    def attempts_changed(self, changed: tuple[AttemptView, ...]) -> None:
        """Some attempts changed at the gateway or at the desk."""


CENTRE, DESK, GATEWAY, PRINTING, DISPLAY, BACKUP, ABOUT = range(7)
"""The pages of the settings dialog, named here so that whoever leads to one loads none."""
