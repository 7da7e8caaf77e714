"""What the window does when something happens: keys, tray, banners, news of payments, closing.

A QObject beside `MainWindow`, so that the window itself only puts parts together.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QApplication

from desktop_app.domain.payment import AttemptState
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.core.formatting import short_rupees, utr_ending
from desktop_app.ui.core.i18n import T, tr
from desktop_app.ui.core.jobs import Lane, call
from desktop_app.ui.core.notice import Notice, Tone
from desktop_app.ui.core.page import GATEWAY
from desktop_app.ui.shell.page_stack import COUNTER, INBOX, SCREENS, SETTINGS, STUDENTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import StudentHit
    from desktop_app.services.views.payments import AttemptView, Look, ReconcileReport
    from desktop_app.services.views.settings import KeysView, LineState, SettingsView
    from desktop_app.ui.settings.page import SettingsPage
    from desktop_app.ui.shell.composition import WindowParts
    from desktop_app.ui.shell.payment_tray import Chip

Facts = tuple["SettingsView", "KeysView"]
_ONE_WAITS = (
    T("1 payment is still waiting."),
    T("Nothing is lost by closing: it is looked up again at the next start."),
)
_MANY_WAIT = (
    T("{count} payments are still waiting."),
    T("Nothing is lost by closing: they are looked up again at the next start."),
)


class WindowWork(QObject):
    """Connects the window's parts."""

    def __init__(self, parts: WindowParts) -> None:
        super().__init__(parts)
        self._parts = parts
        self._window = parts.window
        self._connect_actions()
        self._connect_news()
        self._connect_calls()

    # --- reading

    def read_settings(self) -> None:
        """Read what the status bar, the display and the theme need."""
        parts = self._parts
        if parts.desk is not None:
            parts.runner.submit(
                Lane.LOCAL,
                call(_facts, parts.desk),
                owner=self,
                on_done=self._show_facts,
                on_error=self.tell,
            )

    def _show_facts(self, facts: Facts) -> None:
        settings, keys = facts
        parts = self._parts
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, settings.theme, settings.text_percent)
            i18n.speak(app, settings.language)
        parts.display.show_centre(settings.centre.name, parts.logo(settings.centre.logo))
        parts.place.follow(settings.customer_display)
        parts.counter.show_settings(settings)
        parts.chime.is_on = settings.has_sound
        parts.status.show_mode(keys.mode, training=self._window.is_training)
        self._window.remember_look(settings)

    # --- keys

    def _connect_actions(self) -> None:
        does: dict[str, Callable[[], object]] = {
            "help": self._help,
            "student": self._to_student,
            "course": self._to_course,
            "recent": self._to_recent,
            "ask": self._ask,
            "reprint": self._parts.context.printer.print_latest,
            "collect": self._collect,
            "display": self._toggle_display,
            "back": self._back,
            "newStudent": self._new_student,
            "find": self._find,
            "print": self._print,
            "inbox": partial(self.go, INBOX),
            "settings": partial(self.go, SETTINGS),
            "quit": self._window.close,
        }
        for name, action in self._parts.actions_by_name.items():
            action.triggered.connect(partial(_ignoring_checked, does[name]))

    def go(self, at: int) -> None:
        """Bring a screen to the front; good news of the one before does not cover it."""
        if at != self._parts.room.at():
            self._parts.notices.clear_good_news()
        self._parts.navigation.mark(at)
        self._parts.room.go(at)

    def open_settings(self, at: int, *, check: bool = False) -> None:
        """Bring the settings to the front, opened at one of the dialog's pages.

        Args:
            at: the page of the dialog.
            check: whether everything is to be checked there at once.
        """
        self.go(SETTINGS)
        dialog = cast("SettingsPage", self._parts.page()).open_dialog(at)
        if check and dialog is not None:
            dialog.check()

    def return_to(self, at: int) -> None:
        """Open the screen of last time, but for the settings, where nobody begins a day."""
        if COUNTER < at < len(SCREENS) and at != SETTINGS:
            self.go(at)

    def _to_counter(self) -> None:
        if self._parts.page() is not self._parts.counter:
            self.go(COUNTER)

    def _to_student(self) -> None:
        self._to_counter()
        if self._parts.counter.is_paying:
            self._parts.counter.next_student()
        self._parts.counter.student.focus()

    def _to_course(self) -> None:
        self._to_counter()
        if not self._parts.counter.is_paying:
            self._parts.counter.course.focus()

    def _to_recent(self) -> None:
        self._to_counter()
        self._parts.counter.show_recent()

    def _ask(self) -> None:
        parts = self._parts
        if parts.attempts.live() or parts.counter.is_paying:
            parts.poller.ask()
        else:
            parts.line.retry()
        self._show_asking()

    def _show_asking(self) -> None:
        self._parts.counter.panel.show_asking(asking=self._parts.poller.is_asking)

    def _collect(self) -> None:
        if self._parts.page() is self._parts.counter:
            self._parts.counter.collect()

    def _toggle_display(self) -> None:
        self._parts.place.toggle()
        self._window.activateWindow()  # the keyboard stays at the desk

    def _back(self) -> None:
        self._parts.page().go_back()

    def _find(self) -> None:
        self._parts.page().start_find()

    def _print(self) -> None:
        self._parts.page().print_current()

    def _help(self) -> None:
        from desktop_app.ui.shell.help_panel import HelpPanel  # noqa: PLC0415 - only when asked for

        parts = self._parts
        topic = SCREENS[parts.room.at()][0].removesuffix("Nav")
        HelpPanel(self._window, topic, parts.actions_by_name.values()).open()

    # --- what pages ask for

    def _connect_calls(self) -> None:
        calls, parts = self._parts.calls, self._parts
        calls.new_student.connect(self._open_student_form)
        calls.students_changed.connect(self._students_changed)
        calls.courses_changed.connect(parts.counter.course.search_again)
        calls.collect_for.connect(self._collect_for)
        calls.money_changed.connect(parts.counter.presenter.read_recent)
        calls.settings_changed.connect(self.read_settings)
        calls.show_student.connect(self._show_student)
        calls.show_inbox.connect(partial(self.go, INBOX))
        parts.room.inbox.counted.connect(partial(parts.navigation.show_count, INBOX))
        parts.navigation.chosen.connect(self.go)

    def _new_student(self) -> None:
        self._open_student_form(self._parts.counter.student.box.text().strip())

    def _open_student_form(self, typed: str) -> None:
        from desktop_app.ui.students.student_form import StudentForm  # noqa: PLC0415 - seldom

        parts = self._parts
        if parts.desk is None:
            return
        form = StudentForm(parts.desk, parts.runner, self._window, typed)
        form.saved.connect(self._student_added)
        form.open()

    def _student_added(self, student: StudentHit) -> None:
        self._parts.calls.students_changed.emit(student)
        if self._parts.page() is self._parts.counter:
            self._parts.counter.pick_student(student)

    def _students_changed(self, _student: object) -> None:
        self._parts.counter.student.search_again()

    def _collect_for(self, student: StudentHit) -> None:
        self.go(COUNTER)
        self._parts.counter.pick_student(student)

    def _show_student(self, uid: str) -> None:
        self.go(STUDENTS)
        show = getattr(self._parts.page(), "show_student", None)
        if show is not None:
            show(uid)

    # --- news

    def _connect_news(self) -> None:
        parts = self._parts
        parts.attempts.changed.connect(self._attempts_changed)
        parts.attempts.paid.connect(self._paid)
        parts.attempts.ticked.connect(self._ticked)
        parts.attempts.failed.connect(self.tell)
        parts.poller.looked.connect(self._looked)
        parts.poller.failed.connect(self._look_failed)
        parts.line.line.connect(self._show_line)
        parts.line.trying.connect(parts.line_banner.show_trying)
        parts.line.reconciled.connect(self._reconciled)
        parts.line.failed.connect(self.tell)
        parts.line_banner.retry_button.clicked.connect(parts.line.retry)
        parts.line_banner.settings_button.clicked.connect(
            partial(_ignoring_checked, partial(self.open_settings, GATEWAY))
        )
        parts.message.close_button.clicked.connect(self._window.close)
        parts.runner.failed.connect(self.tell)
        parts.tray_presenter.chips.connect(self._show_chips)
        parts.tray.chosen.connect(self.show_attempt)
        parts.counter.panel.asked.connect(self._ask)
        parts.payment.shown.connect(self._follow)
        parts.payment.code.connect(parts.display.show_code)
        if self._window.phone is not None:
            parts.training_banner.phone_button.clicked.connect(self._window.phone.show)

    def _attempts_changed(self, changed: tuple[AttemptView, ...]) -> None:
        self._parts.room.attempts_changed(changed)

    def tell(self, error: BaseException) -> None:
        """Put an error into words."""
        self._parts.notices.tell(error)

    def _looked(self, look: Look) -> None:
        self._show_asking()
        if look.succeeded:
            self._parts.counter.panel.note_checked()

    def _look_failed(self, error: BaseException) -> None:
        self._show_asking()
        self.tell(error)

    def _show_line(self, state: LineState) -> None:
        parts = self._parts
        parts.status.show_line(state)
        parts.line_banner.show_line(state)
        if state.line.value == "online":
            parts.notices.withdraw("UnavailableError")
        parts.counter.show_line(offline=state.line.value == "offline")

    def _show_chips(self, chips: tuple[Chip, ...]) -> None:
        self._parts.tray.show_chips(chips)
        self._parts.status.show_waiting(len(self._parts.attempts.live()))

    def show_attempt(self, uid: str) -> None:
        """Bring a payment back to the counter."""
        view = self._parts.attempts.view(uid)
        if view is not None:
            self._to_counter()
            self._parts.counter.show_attempt(view)
            self._parts.tray_presenter.forget(uid)

    def _follow(self, view: AttemptView | None) -> None:
        parts = self._parts
        parts.display.show_view(view)
        parts.phone_presenter.watch(view)
        if parts.phone is not None and view is not None and view.qr_text:
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
        view = self._parts.payment.view
        if view is not None and view.state is AttemptState.AWAITING:
            self._parts.display.show_remaining(self._parts.attempts.remaining(view.uid))

    def _paid(self, view: AttemptView) -> None:
        parts = self._parts
        values = {"name": view.student_name, "amount": short_rupees(view.amount)}
        words = tr(T("Paid: {name}, {amount}"), **values)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._window, words))
        parts.chime.ring()
        on_screen = parts.payment.view
        if on_screen is not None and on_screen.uid == view.uid:
            return
        late = T("Paid: {name}, {amount}, after it was given up.")
        ending = utr_ending(view.rrn)
        parts.notices.post(
            Notice(
                what=late if view.was_late else T("Paid: {name}, {amount}."),
                values=values,
                money=" · ".join(part for part in (view.receipt_no or "", ending) if part),
                todo=T("Where the course was full it waits in the Inbox.") if view.was_late else "",
                tone=Tone.GOOD,
                key=f"paid {view.uid}",
                actions=((T("Show"), partial(self.show_attempt, view.uid)),),
            )
        )

    def _reconciled(self, report: ReconcileReport) -> None:
        self._parts.room.inbox.refresh()
        found = [view for view in report.changed if view.state is AttemptState.PAID]
        if found:
            self._parts.counter.presenter.read_recent()

    # --- closing

    def ask_to_close(self) -> None:
        """Say, in place, that payments wait and that closing is safe."""
        count = len(self._parts.open_payments())
        what, money = _ONE_WAITS if count == 1 else _MANY_WAIT
        self._parts.notices.post(
            Notice(
                what=what,
                money=money,
                tone=Tone.ATTENTION,
                key="closing",
                actions=((T("Stay"), _stay), (T("Close anyway"), self._window.close_anyway)),
                values={"count": count},
            )
        )

    def say_closing(self) -> None:
        """Say what is still being waited for."""
        waits = T("The last answer from Razorpay is being waited for, at most 20 seconds.")
        if not self._parts.runner.is_gateway_busy:
            waits = T("A backup or another job is being finished, at most 20 seconds.")
        self._parts.message.show_notice(
            Notice(T("Closing…"), T("Nothing is lost."), waits), icon="waiting"
        )
        self._parts.show_message()


def _facts(desk: Desk) -> Facts:
    return desk.settings.view(), desk.settings.keys()


def _ignoring_checked(act: Callable[[], object], _checked: object = None) -> None:
    act()


def _stay() -> None:
    """Close nothing."""
