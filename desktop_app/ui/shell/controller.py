"""Applies settings to the window, opens forms that pages ask for, and leads through closing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from desktop_app.ui.core import i18n, theme
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Notice
from desktop_app.ui.core.window_front import bring_forward, open_in_front

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.changes import Changes
    from desktop_app.services.views.enrolment import StudentSummary
    from desktop_app.services.views.settings import KeysView, SettingsView
    from desktop_app.ui.core.page import NewSibling
    from desktop_app.ui.shell.closing_question import ClosingQuestion
    from desktop_app.ui.shell.host import Host
    from desktop_app.ui.shell.parts import Parts

Facts = tuple["SettingsView", "KeysView"]


class Controller(QObject):
    """Applies settings, opens forms that pages ask for, and leads through closing."""

    def __init__(self, window: Host, parts: Parts) -> None:
        super().__init__(parts)
        self._window, self._parts = window, parts
        self._question: ClosingQuestion | None = None
        self._connect_calls()

    # --- settings

    def read_settings(self) -> None:
        """Read and apply the theme, language, display, sound and key mode."""
        self._parts.runner.local(_facts, self._show_facts)

    def _show_facts(self, facts: Facts) -> None:
        settings, keys = facts
        parts = self._parts
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, settings.theme, settings.text_percent)
            i18n.set_language(app, settings.language)
        parts.display.show_centre(settings.centre.name, parts.logo(settings.centre.logo))
        parts.place.follow(settings.customer_display)
        parts.pages.apply_settings(settings)
        parts.chime.is_on = settings.has_sound
        parts.show_keys(keys.mode)
        parts.counter.show_keys(has_keys=keys.mode.value != "none")
        if self._window.memory is not None:
            self._window.memory.keep_look(settings)

    # --- what pages ask for

    def _connect_calls(self) -> None:
        calls, parts = self._parts.calls, self._parts
        calls.new_student.connect(self._open_student_form)
        calls.first_step.connect(self._begin_with)
        calls.changed.connect(self._apply_changes)
        parts.runner.failed.connect(parts.notices.tell)
        parts.message.close_button.clicked.connect(self._window.close)

    def _apply_changes(self, changes: Changes) -> None:
        if changes.settings:
            self.read_settings()

    def _open_student_form(self, wanted: str | NewSibling) -> None:
        from desktop_app.ui.students.student_form import StudentForm

        parts = self._parts
        if parts.runner.desk is None:
            return
        form = StudentForm(parts.runner, self._window, wanted)
        form.saved.connect(self._student_added)
        open_in_front(form)

    def _begin_with(self, name: str) -> None:
        from desktop_app.ui.settings.first_steps import begin_with

        begin_with(self._parts.context, self._window, name)

    def _student_added(self, student: StudentSummary) -> None:
        self._parts.page().student_added(student)

    # --- closing

    def ask_to_close(self) -> None:
        """Ask whether to close although payments are pending; once at a time."""
        from desktop_app.ui.shell.closing_question import ClosingQuestion

        if self._question is not None:
            bring_forward(self._question)
            return
        self._question = ClosingQuestion(len(self._parts.pending_payments()), self._window)
        self._parts.attempts.changed.connect(self._count_again)
        self._question.accepted.connect(self._window.close_anyway)
        self._question.finished.connect(self._answered)
        bring_forward(self._window)
        open_in_front(self._question)

    def _count_again(self, _changed: object) -> None:
        """Count what is still pending; without any there is nothing to ask."""
        if self._question is None:
            return
        if count := len(self._parts.pending_payments()):
            self._question.show_count(count)
        else:
            self._question.reject()

    def _answered(self, _result: int) -> None:
        self._parts.attempts.changed.disconnect(self._count_again)
        self._question = None

    def say_closing(self) -> None:
        """Show what closing waits for."""
        waits = N_("Waiting for Razorpay's last answer. This takes up to 20 seconds.")
        if not self._parts.runner.is_gateway_busy:
            waits = N_("Finishing a backup or another task. This takes up to 20 seconds.")
        self._parts.message.show_notice(
            Notice(N_("Closing…"), N_("Nothing is lost."), waits), icon="waiting"
        )
        self._parts.show_message()


def _facts(desk: Desk) -> Facts:
    return desk.settings.view(), desk.settings.keys()
