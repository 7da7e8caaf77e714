"""Pages, and what the window hands to them: job runner, notices, printer, requests.

A page is built before the desk is open; operations it submits wait until then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QBoxLayout

    from desktop_app.services.views.changes import Changes
    from desktop_app.services.views.enrolment import StudentSummary
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.services.views.settings import SettingsView
    from desktop_app.ui.core.desktop_services import DesktopServices
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.core.notice import Notices


UNPAID = "unpaid"
"""Argument by which the page of students lists those with a fee due."""


HELD_BILLS = "held bills"
"""Argument by which the counter lists the bills that were left."""


class NewSibling(NamedTuple):
    """The parent of a brother or sister who is added."""

    parent: str
    phone: str


class FamilyBill(NamedTuple):
    """Argument by which the counter shows the bill of a student's family.

    Attributes:
        dues: the uids of the dues to tick; empty for all that is due by now.
        is_collected: whether the payment begins at once where the bill is one line.
    """

    student_uid: str
    dues: tuple[str, ...] = ()
    is_collected: bool = False


class BegunPayment(NamedTuple):
    """Argument by which the counter makes a payment payable and shows it."""

    view: AttemptView


class Printing(Protocol):
    """Prints receipts; `receipts/printing.py` implements it."""

    tested: SignalInstance
    """Emitted with the result of a test page."""
    folder: Path | None
    """Where receipts without a printer are saved as PDF."""

    @property
    def computer(self) -> DesktopServices:
        """Opens files, folders and addresses."""

    def print_receipt(self, uid: str, paper: str = "", language: str = "") -> None:
        """Print a receipt; empty values are those set."""

    def print_receipts(self, uids: Sequence[str]) -> None:
        """Print the receipts of one payment."""

    def forget_saved(self) -> None:
        """Withdraw the notice of receipts that were saved without a printer."""

    def print_slip(self, uid: str, name: str, *, is_deposit: bool = False) -> None:
        """Print the family slip of a bill."""

    def print_latest(self) -> None:
        """Print the newest receipt."""

    def print_test_page(self, printer: str | None = None, paper: str = "") -> None:
        """Print a test page; None stands for the printer that is set."""

    def names(self) -> tuple[str, ...]:
        """Return the names of the system's printers. Blocks."""


class PageRequests(QObject):
    """Messages from a page to the window.

    Signals:
        show_page: bring the page of a name to the front and hand it an argument (see `Page.open`).
        new_student: open the form for a new student, filled with a typed text or a `NewSibling`.
        first_step: begin with one of `FIRST_STEPS`, by its name.
        changed: something was written (`Changes`); the job runner emits it.
    """

    show_page = Signal(str, object)
    new_student = Signal(object)
    first_step = Signal(str)
    changed = Signal(object)


@dataclass(frozen=True)
class PageContext:
    """Shared by all pages of one window."""

    runner: JobRunner
    notices: Notices
    printer: Printing
    calls: PageRequests
    is_training: bool = False

    def __post_init__(self) -> None:
        self.runner.changed.connect(self.calls.changed)


class Page(QWidget):
    """One screen of the window.

    Signals:
        counted: how many things on it wait for a person, for the navigation.

    Attributes:
        title: the heading.
        context: the window's shared parts.
        notices_at: the column whose end holds the notices while it is shown; None for under the
            page. They push what is above them, so no button beside that column moves.
    """

    counted = Signal(int)
    title = ""
    notices_at: QBoxLayout | None = None

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        context.calls.changed.connect(self.apply_changes)

    def arrive(self) -> None:
        """The page was brought to the front: set the focus, read what may have changed."""

    def open(self, argument: object) -> None:
        """Show what another page asked for, after `arrive`: a student, a section of settings."""

    def apply_changes(self, changes: Changes) -> None:
        """Read again what a write changed."""

    def apply_settings(self, settings: SettingsView) -> None:
        """Use the settings; called when they were read, and for a page made later."""

    def student_added(self, student: StudentSummary) -> None:
        """A student was added while this page is in front."""

    def start_find(self) -> None:
        """Ctrl+F: put the focus where one searches on this page."""

    def start_new(self) -> None:
        """Ctrl+N: add one more of what this page lists; a student where it lists none."""
        self.context.calls.new_student.emit("")

    def print_current(self) -> None:
        """Ctrl+P: print what is selected on this page, if that makes sense."""

    def family_student(self) -> str:
        """F12: return a student whose family's fees to collect; empty where none is selected."""
        return ""

    def open_bill(self) -> bool:
        """F12: show the bill of what is selected here; False where that is a student or nothing."""
        return False

    def collect(self) -> None:
        """F9: collect what is selected on this page, if that makes sense."""

    def go_back(self) -> None:
        """Esc: close what is open on this page; never cancels a payment, never loses typing."""
