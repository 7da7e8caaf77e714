"""A window on a desk that the tests of one module share: each puts it back to where it began.

For modules whose tests only look, or leave nothing on the books that another of them would see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.ui.core import theme
from desktop_app.ui.shell import composition
from desktop_app.ui.shell.main_window import MainWindow
from tests.ui.clerk import Clerk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.ui.samples import Template

PACE = 6.0


def lasting_clerk(
    request: pytest.FixtureRequest, template: Template, folder: Path
) -> Iterator[Clerk]:
    """Yield a clerk at a window in training, undressed and unpainted, on a copy of a desk."""
    app, bot = QApplication.instance(), QtBot(request)
    assert isinstance(app, QApplication)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(composition, "SETTLE_MS", 0)
        patch.setattr(theme, "stylesheet", lambda *_tokens: "")
        app.setQuitOnLastWindowClosed(False)
        theme.apply(app, "light")
        desk, window = template.open(folder), MainWindow(training=True)
        made = Clerk(window, desk, bot)
        window.resize(1366, 768)
        window.complete()
        inside = window.centralWidget()
        assert inside is not None
        inside.setUpdatesEnabled(False)
        window.show()
        made.wait(lambda: window.was_painted and window.parts.counter.isVisible())
        window.parts.poller.pace = PACE
        window.attach(desk.services, folder)
        made.wait(lambda: bool(window.parts.counter.course.results.rows()))
        made.wait(lambda: bool(window.parts.status._mode))  # the settings were read
        made.started()
    yield made
    window.close_anyway()
    made.wait(lambda: window.shutdown is not None and window.shutdown.stage.name == "DONE")
    for each in (window, window.display, window.phone):
        if each is not None:
            each.deleteLater()
    desk.close()


def at_the_beginning(lasting: Clerk, bot: QtBot) -> Clerk:
    """Leave nothing of another test in the window; return the clerk of this one."""
    clerk = Clerk(lasting.window, lasting.desk, bot)
    parts, calls = clerk.window.parts, clerk.desk.calls
    assert QApplication.activeModalWidget() is None, "another test left it open"
    calls.forget()
    parts.navigator.go("counter")
    parts.counter.next_student()
    for card in tuple(parts.notices._cards):
        parts.notices.dismiss(card)
    clerk.window.activateWindow()
    clerk.wait(lambda: clerk.named("studentResults").property("query") == "")
    clerk.wait(lambda: QApplication.focusWidget() is clerk.window.student_box)
    clerk.idle()
    parts.counter.student.results.select(-1)
    calls.forget()
    return clerk
