"""Begins with one of the first things to do at a new centre."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.window_front import open_in_front

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop_app.ui.core.page import PageContext


def begin_with(context: PageContext, window: QWidget, name: str) -> None:
    """Begin with one of `FIRST_STEPS`, by its name; without one, with the counter."""
    if name == "students":
        from desktop_app.ui.tables.import_export import import_sheet

        context.calls.show_page.emit("students", None)
        import_sheet(context, "students", window)
    elif name == "course":
        from desktop_app.ui.courses.course_form import CourseForm, confirm_saved

        form = CourseForm(context.runner, window)
        form.saved.connect(lambda _row: context.calls.show_page.emit("counter", None))
        form.saved.connect(partial(confirm_saved, context.notices))
        open_in_front(form)
    elif name == "practice":
        _practise(context, window)
    else:
        context.calls.show_page.emit("counter", None)


def _practise(context: PageContext, window: QWidget) -> None:
    folder = getattr(window, "data_dir", None)
    if folder is None or not context.printer.computer.start_practice(folder):
        context.notices.say(
            N_("We couldn't start practice mode."),
            N_("Start practice mode with the command “pravesh --training”."),
        )
