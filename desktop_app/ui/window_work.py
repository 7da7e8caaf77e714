"""What the window does when something happens: keys, tray, banners, news of payments, closing.

A QObject beside `MainWindow`, so that the window itself only puts parts together.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QApplication

from desktop_app.domain.payment import AttemptState
from desktop_app.services.views import Line
from desktop_app.ui import theme
from desktop_app.ui.jobs import Lane, call
from desktop_app.ui.notices import Notice, Tone, describe
from desktop_app.ui.page_room import COUNTER, SETTINGS, STUDENTS
from desktop_app.ui.wording import short_rupees, utr_ending

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.api import Desk
    from desktop_app.services.views import (
        AttemptView,
        KeysView,
        LineState,
        Look,
        ReconcileReport,
        SettingsView,
        StudentHit,
    )
    from desktop_app.ui.main_window import MainWindow
    from desktop_app.ui.widgets.tray import Chip

Facts = tuple["SettingsView", "KeysView", str]


class WindowWork(QObject):
    """Connects the window's parts."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._connect_actions()
        self._connect_news()
        self._connect_calls()

    # --- reading

    def read_settings(self) -> None:
        """Read what the status bar, the display and the theme need."""
        window = self._window
        if window.desk is not None:
            window.runner.submit(
                Lane.READ,
                call(_facts, window.desk),
                owner=self,
                on_done=self._show_facts,
                on_error=self.tell,
            )

    def _show_facts(self, facts: Facts) -> None:
        settings, keys, backup = facts
        window = self._window
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, settings.theme)
        window.display.show_centre(settings.centre.name)
        window.status.show_mode(keys.mode, training=window.is_training)
        window.status.show_backup(backup)

    # --- keys

    def _connect_actions(self) -> None:
        does: dict[str, Callable[[], object]] = {
            "help": self._help,
            "student": self._to_student,
            "course": self._to_course,
            "ask": self._ask,
            "reprint": self._window.context.printer.print_latest,
            "collect": self._collect,
            "display": self._toggle_display,
            "back": self._back,
            "newStudent": self._new_student,
            "find": self._find,
            "print": self._print,
            "settings": partial(self.go, SETTINGS),
            "quit": self._window.close,
        }
        for name, action in self._window.actions_by_name.items():
            action.triggered.connect(partial(_ignoring_checked, does[name]))

    def go(self, at: int) -> None:
        """Bring a screen to the front."""
        self._window.navigation.mark(at)
        self._window.room.go(at)

    def _to_counter(self) -> None:
        if self._window.page() is not self._window.counter:
            self.go(COUNTER)

    def _to_student(self) -> None:
        self._to_counter()
        if self._window.counter.is_paying:
            self._window.counter.next_student()
        self._window.counter.student.focus()

    def _to_course(self) -> None:
        self._to_counter()
        if not self._window.counter.is_paying:
            self._window.counter.course.focus()

    def _ask(self) -> None:
        window = self._window
        window.counter.panel.buttons.show_asking(asking=True)
        if window.attempts.live() or window.counter.is_paying:
            window.poller.ask()
        else:
            window.line.retry()

    def _collect(self) -> None:
        if self._window.page() is self._window.counter:
            self._window.counter.collect()

    def _toggle_display(self) -> None:
        self._window.display.setVisible(not self._window.display.isVisible())

    def _back(self) -> None:
        self._window.page().go_back()

    def _find(self) -> None:
        self._window.page().start_find()

    def _print(self) -> None:
        self._window.page().print_current()

    def _help(self) -> None:
        from desktop_app.ui.help_panel import HelpPanel  # noqa: PLC0415 - only when asked for

        window = self._window
        HelpPanel(window, window.page().title, window.actions_by_name.values()).open()

    # --- what pages ask for

    def _connect_calls(self) -> None:
        calls, window = self._window.calls, self._window
        calls.new_student.connect(self._open_student_form)
        calls.students_changed.connect(self._students_changed)
        calls.courses_changed.connect(window.counter.course.search_again)
        calls.collect_for.connect(self._collect_for)
        calls.money_changed.connect(window.counter.presenter.read_recent)
        calls.settings_changed.connect(self.read_settings)
        calls.show_student.connect(self._show_student)
        window.navigation.chosen.connect(self.go)

    def _new_student(self) -> None:
        self._open_student_form(self._window.counter.student.box.text().strip())

    def _open_student_form(self, typed: str) -> None:
        from desktop_app.ui.dialogs.student_form import StudentForm  # noqa: PLC0415 - seldom

        window = self._window
        if window.desk is None:
            return
        form = StudentForm(window.desk, window.runner, window, typed)
        form.saved.connect(self._student_added)
        form.open()

    def _student_added(self, student: StudentHit) -> None:
        self._window.calls.students_changed.emit(student)
        if self._window.page() is self._window.counter:
            self._window.counter.pick_student(student)

    def _students_changed(self, _student: object) -> None:
        self._window.counter.student.search_again()

    def _collect_for(self, student: StudentHit) -> None:
        self.go(COUNTER)
        self._window.counter.pick_student(student)

    def _show_student(self, uid: str) -> None:
        self.go(STUDENTS)
        show = getattr(self._window.page(), "show_student", None)
        if show is not None:
            show(uid)

    # --- news

    def _connect_news(self) -> None:
        window = self._window
        window.attempts.changed.connect(self._attempts_changed)
        window.attempts.paid.connect(self._paid)
        window.attempts.ticked.connect(self._ticked)
        window.attempts.failed.connect(self.tell)
        window.poller.looked.connect(self._looked)
        window.poller.failed.connect(self.tell)
        window.line.line.connect(self._show_line)
        window.line.trying.connect(window.line_banner.show_trying)
        window.line.reconciled.connect(self._reconciled)
        window.line.failed.connect(self.tell)
        window.line_banner.retry_button.clicked.connect(window.line.retry)
        window.runner.failed.connect(self.tell)
        window.tray_presenter.chips.connect(self._show_chips)
        window.tray.chosen.connect(self._show_attempt)
        window.counter.panel.buttons.asked.connect(self._ask)
        window.payment.shown.connect(self._follow)
        window.payment.code.connect(window.display.show_code)
        if window.phone is not None:
            window.training_banner.phone_button.clicked.connect(window.phone.show)

    def _attempts_changed(self, changed: tuple[AttemptView, ...]) -> None:
        self._window.room.attempts_changed(changed)

    def tell(self, error: BaseException) -> None:
        """Put an error into words."""
        self._window.notices.post(describe(error))

    def _looked(self, look: Look) -> None:
        asking = self._window.poller.is_asking
        self._window.counter.panel.buttons.show_asking(asking=asking)
        if look.succeeded:
            self._window.counter.panel.checked.setText("checked just now")

    def _show_line(self, state: LineState) -> None:
        window = self._window
        window.status.show_line(state)
        window.line_banner.show_line(state)
        window.counter.bill.show_offline(offline=state.line is Line.OFFLINE)

    def _show_chips(self, chips: tuple[Chip, ...]) -> None:
        self._window.tray.show_chips(chips)
        self._window.status.show_waiting(len(self._window.attempts.live()))

    def _show_attempt(self, uid: str) -> None:
        view = self._window.attempts.view(uid)
        if view is not None:
            self._to_counter()
            self._window.counter.show_attempt(view)
            self._window.tray_presenter.forget(uid)

    def _follow(self, view: AttemptView | None) -> None:
        window = self._window
        window.display.show_view(view)
        window.phone_presenter.watch(view)
        if window.phone is not None and view is not None and view.qr_text:
            self._show_phone()

    def _show_phone(self) -> None:
        window, phone = self._window, self._window.phone
        if phone is None or phone.isVisible() or phone.property("wasShown"):
            return
        phone.setProperty("wasShown", phone.isWindow())
        corner = window.mapToGlobal(window.rect().topLeft())
        phone.move(corner.x() + 110, corner.y() + 150)
        phone.show()
        window.activateWindow()  # the keyboard stays at the desk

    def _ticked(self) -> None:
        view = self._window.payment.view
        if view is not None and view.state is AttemptState.AWAITING:
            self._window.display.show_remaining(self._window.attempts.remaining(view.uid))

    def _paid(self, view: AttemptView) -> None:
        window = self._window
        words = f"Paid: {view.student_name}, {short_rupees(view.amount)}"
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(window, words))
        on_screen = window.payment.view
        if on_screen is not None and on_screen.uid == view.uid:
            return
        late = " after it was given up" if view.was_late else ""
        ending = utr_ending(view.rrn)
        window.notices.post(
            Notice(
                what=f"{words}{late}.",
                money=" · ".join(part for part in (view.receipt_no or "", ending) if part),
                tone=Tone.GOOD,
                key=f"paid {view.uid}",
                actions=(("Show", partial(self._show_attempt, view.uid)),),
            )
        )

    def _reconciled(self, report: ReconcileReport) -> None:
        found = [view for view in report.changed if view.state is AttemptState.PAID]
        if found:
            self._window.counter.presenter.read_recent()

    # --- closing

    def ask_to_close(self) -> None:
        """Say, in place, that payments wait and that closing is safe."""
        count = len(self._window.open_payments())
        what = "1 payment is" if count == 1 else f"{count} payments are"
        it = "it is" if count == 1 else "they are"
        self._window.notices.post(
            Notice(
                what=f"{what} still waiting.",
                money=f"Nothing is lost by closing: {it} looked up again at the next start.",
                tone=Tone.ATTENTION,
                key="closing",
                actions=(("Stay", _stay), ("Close anyway", self._window.close_anyway)),
            )
        )

    def say_closing(self) -> None:
        """Say that the last answers are being waited for."""
        self._window.message.show_words(
            "Closing…",
            todo="The last answer from Razorpay is being waited for, at most 20 seconds.",
            icon="waiting",
        )
        self._window.show_message()


def _facts(desk: Desk) -> Facts:
    return desk.settings.view(), desk.settings.keys(), desk.upkeep.last_backup_text()


def _ignoring_checked(act: Callable[[], object], _checked: object = None) -> None:
    act()


def _stay() -> None:
    """Close nothing."""
