"""The effect of each shortcut; the table of shortcuts is in `actions.py`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.window_front import open_in_front
from desktop_app.ui.shell.actions import METHODS
from desktop_app.ui.shell.pages import PAGES
from desktop_app.ui.shell.payment_tray import CHIPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.ui.shell.host import Host
    from desktop_app.ui.shell.navigator import Navigator
    from desktop_app.ui.shell.parts import Parts


DISPLAY = "customer display"
"""The key of the notice about it."""


class Shortcuts(QObject):
    """Connects every action of the window."""

    def __init__(self, window: Host, parts: Parts, navigator: Navigator) -> None:
        super().__init__(parts)
        self._window, self._parts, self._navigator = window, parts, navigator
        self._connect_actions()
        plan = parts.actions_by_name["plan"]
        plan.setEnabled(False)  # elsewhere a P is a letter
        parts.counter.bill.plan.offered.connect(plan.setEnabled)
        parts.counter.panel.asked.connect(self.ask)
        parts.poller.looked.connect(self.show_asking)
        parts.poller.failed.connect(self.show_asking)

    def _connect_actions(self) -> None:
        parts = self._parts
        does: dict[str, Callable[[], object]] = {
            "help": self._help,
            "student": self._to_student,
            "course": self._to_course,
            "recent": self._to_recent,
            "ask": self.ask,
            "reprint": parts.context.printer.print_latest,
            "collect": lambda: parts.page().collect(),
            "tender": self._take_tender,
            "plan": self._choose_plan,
            "more": self._collect_more,
            "concession": self._concede,
            "display": self._toggle_display,
            "family": self._to_family,
            "held": parts.counter.ways_on.show_held,
            "back": lambda: parts.page().go_back(),
            "newStudent": lambda: parts.page().start_new(),
            "find": lambda: parts.page().start_find(),
            "print": lambda: parts.page().print_current(),
            **{page.name: partial(self._navigator.go, page.name) for page in PAGES},
            **{
                f"method{number}": partial(self._choose_method, number)
                for number in range(1, len(METHODS) + 1)
            },
            **{
                f"payment{number}": partial(parts.tray.press, number)
                for number in range(1, CHIPS + 1)
            },
            "quit": self._window.close,
        }
        for name, action in parts.actions_by_name.items():
            action.triggered.connect(partial(_ignoring_checked, does[name]))

    def _to_student(self) -> None:
        self._navigator.to_counter()
        if self._parts.counter.is_paying:
            self._parts.counter.next_student()
        self._parts.counter.student.focus()

    def _to_course(self) -> None:
        self._navigator.to_counter()
        if not self._parts.counter.is_paying:
            self._parts.counter.course.focus()

    def _to_recent(self) -> None:
        self._navigator.to_counter()
        self._parts.counter.show_recent()

    def _to_family(self) -> None:
        """Show the fees of the family of the student who is selected on this page."""
        if self._parts.page().open_bill():
            return
        is_elsewhere = self._parts.page() is not self._parts.counter
        student_uid = self._parts.page().family_student()
        self._navigator.to_counter()
        counter = self._parts.counter
        if counter.is_paying and is_elsewhere and student_uid:
            counter.next_student()
        if student_uid and not counter.is_paying:
            counter.family.open(student_uid)
        elif not counter.is_paying:
            self._parts.notices.say(N_("Select a student first (F2)."))

    def ask(self) -> None:
        """Check with the gateway now, or whether it can be reached again."""
        parts = self._parts
        if parts.attempts.live() or parts.counter.is_paying:
            parts.poller.ask()
        else:
            parts.line.retry()
        self.show_asking()

    def show_asking(self) -> None:
        """Show whether the gateway is being asked."""
        self._parts.counter.panel.show_asking(asking=self._parts.poller.is_asking)

    def _take_tender(self) -> None:
        if self._parts.page() is self._parts.counter and not self._parts.counter.is_paying:
            self._parts.counter.take_tender()

    def _concede(self) -> None:
        self._navigator.to_counter()
        self._parts.counter.concede()

    def _choose_plan(self) -> None:
        if self._parts.page() is self._parts.counter:
            self._parts.counter.bill.plan.choose_next()

    def _collect_more(self) -> None:
        if self._parts.page() is self._parts.counter:
            self._parts.counter.bill.plan.add_next()

    def _choose_method(self, number: int) -> None:
        if self._parts.page() is self._parts.counter:
            self._parts.counter.choose_method(number)

    def _toggle_display(self) -> None:
        place = self._parts.place
        place.toggle()
        self._parts.notices.withdraw(DISPLAY)
        if place.is_in_window:
            self._parts.notices.note(
                N_("The customer display is open in a window."),
                todo=N_("Move the window to the parent's screen. Press F11 to close it."),
                key=DISPLAY,
            )

    def _help(self) -> None:
        from desktop_app.ui.shell.help_panel import HelpPanel

        open_in_front(HelpPanel(self._window, self._parts.pages.current_name()))


def _ignoring_checked(act: Callable[[], object], _checked: object = None) -> None:
    act()
