"""What the tests of the window share: a window on the fake desk, closed and clean at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication

from desktop_app.ui.core import theme
from desktop_app.ui.shell import composition
from desktop_app.ui.shell.main_window import MainWindow
from tests.ui.fake_desk import make_desk
from tests.ui.till import Till

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot


@pytest.fixture(autouse=True)
def dressing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin in the light theme at 100 %, with the style sheet only where looks are judged.

    Dressing every widget with it took half of the time that a window needs.
    """
    is_judged = request.node.get_closest_marker("looks") is not None
    if not is_judged:
        monkeypatch.setattr(theme, "stylesheet", lambda *_tokens: "")
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return
    for name in ("themeName", "themeSheet"):
        app.setProperty(name, None)
    if app.styleSheet():
        app.setStyleSheet("")
    theme.prepare(app, "light")
    if is_judged and "window" not in request.fixturenames:
        theme.apply(app, "light")


@pytest.fixture
def window(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """A window in training, painted, without a desk."""
    monkeypatch.setattr(composition, "SETTLE_MS", 0)
    qapp.setQuitOnLastWindowClosed(False)
    made = MainWindow(training=True)
    made.resize(1366, 768)
    made.show()
    qtbot.waitUntil(lambda: made.was_painted and made.parts.counter.isVisible())
    theme.apply(qapp, "light")
    yield made
    made.close_anyway()
    shutdown = made.shutdown
    assert shutdown is not None
    qtbot.waitUntil(lambda: shutdown.stage.name == "DONE", timeout=25_000)
    made.deleteLater()
    for extra in (made.display, made.phone):
        if extra is not None:
            extra.deleteLater()


@pytest.fixture
def till(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> Iterator[Till]:
    """A window with a fake desk attached, ready to type into."""
    fake = make_desk()
    made = Till(window, fake, qtbot, tmp_path)
    window.attach(fake.desk, tmp_path)
    made.wait(lambda: window.parts.counter.student.results.property("query") == "")
    made.wait(lambda: bool(window.parts.counter.course.results.rows()))
    made.wait(lambda: bool(window.parts.status._mode))  # the settings were read
    yield made
    fake.gateway.errors.clear()
    fake.gateway.answer()
    fake.students.answering.set()
