"""Shared by the tests of the window: a window on a real desk, closed and clean at the end."""

from __future__ import annotations

from copy import copy
from functools import cache, partialmethod
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.ui.core import i18n, theme
from desktop_app.ui.shell import composition
from desktop_app.ui.shell.main_window import MainWindow
from tests.ui.clerk import PATIENCE_MS, Clerk
from tests.ui.lasting import at_the_beginning, lasting_clerk
from tests.ui.page_context import make_context
from tests.ui.samples import (
    BARE,
    BUSY,
    COUNTER,
    NEW,
    busy_day,
    held_money,
    other_amounts,
    seed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtGui import QPixmap

    from desktop_app.ui.core.page import PageContext
    from tests.ui.real_desk import RealDesk
    from tests.ui.samples import Sample, Template

SAMPLES: dict[str, tuple[Sample, Callable[[RealDesk], None] | None]] = {
    "counter": (COUNTER, None),
    "bare": (BARE, None),
    "busy": (BUSY, busy_day),
    "new": (NEW, None),
    "held": (COUNTER, held_money),
    "other amounts": (COUNTER, other_amounts),
}
PACE = 6.0
"""Polls follow one another this many times faster than at a desk."""
_wait_until, _add_widget, _grab = QtBot.waitUntil, QtBot.addWidget, QWidget.grab
_LEFT_UNPAINTED = Qt.WidgetAttribute.WA_ForceUpdatesDisabled


def _look_soon(
    self: QtBot, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS
) -> None:
    """Wait as pytest-qt does, but look after 1, 2, 4 and 8 ms first: most answers come by then."""
    pauses = chain((1, 2, 4, 8), repeat(10))
    soon = copy(self)
    soon.wait = lambda ms: self.wait(min(ms, next(pauses)))  # type: ignore[method-assign]
    _wait_until(soon, callback, timeout=timeout)


def _add_unpainted(self: QtBot, widget: QWidget, **options: Any) -> None:
    """Register a widget as pytest-qt does, and leave it unpainted."""
    _add_widget(self, widget, **options)
    leave_unpainted(widget)


def is_judged(test: pytest.Item) -> bool:
    """Whether a test judges sizes, colours or what is cut."""
    return test.get_closest_marker("looks") is not None


def leave_unpainted(widget: QWidget) -> None:
    """Lay out what is in a widget, but paint it only when a picture of it is asked for.

    Painting is an eighth of the time of a test that reads texts and states, and a quarter of one
    that judges sizes.
    """
    for part in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if not part.isWindow():
            part.setUpdatesEnabled(False)


def _grab_painted(self: QWidget, *where: Any) -> QPixmap:
    """Return a picture of a widget as Qt does, of the parts too that are left unpainted."""
    around: QWidget | None = self
    parts = QWidget.findChildren(self, QWidget)
    while around is not None:
        parts.append(around)
        around = around.parentWidget()
    unpainted = [part for part in parts if part.testAttribute(_LEFT_UNPAINTED)]
    for part in unpainted:
        part.setUpdatesEnabled(True)
    picture = _grab(self, *where)
    for part in unpainted:
        part.setUpdatesEnabled(False)
    return picture


QWidget.grab = _grab_painted  # type: ignore[method-assign,assignment]
QtBot.waitUntil = _look_soon  # type: ignore[method-assign]
QtBot.addWidget = _add_unpainted  # type: ignore[method-assign]
QtBot.waitSignal = partialmethod(  # type: ignore[assignment,method-assign]
    QtBot.waitSignal, timeout=PATIENCE_MS
)


@pytest.fixture(autouse=True, scope="module")
def language_and_size_end_here() -> Iterator[None]:
    """Leave English at 100 % to the tests of other folders; each of these begins with them."""
    yield
    app = QApplication.instance()
    if isinstance(app, QApplication):
        i18n.set_language(app, "en")
        theme.prepare(app, "light")


@pytest.fixture(autouse=True)
def dressing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin in English, light and at 100 %, with the style sheet only where looks are judged.

    Dressing every widget with it took half of the time that a window needs.
    """
    has_looks = is_judged(request.node)
    if not has_looks:
        monkeypatch.setattr(theme, "stylesheet", lambda *_tokens: "")
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # what ended shall not be dressed again
    i18n.set_language(app, "en")
    for name in ("themeName", "themeSheet"):
        app.setProperty(name, None)
    if app.styleSheet():
        app.setStyleSheet("")
    theme.prepare(app, "light")
    if has_looks and "window" not in request.fixturenames:
        theme.apply(app, "light")


@pytest.fixture
def window(
    qtbot: QtBot,
    qapp: QApplication,
    monkeypatch: pytest.MonkeyPatch,
    open_copy: object,
    request: pytest.FixtureRequest,
) -> Iterator[MainWindow]:
    """A window in training, painted, without a desk; it closes before any desk does."""
    del open_copy
    monkeypatch.setattr(composition, "SETTLE_MS", 0)
    qapp.setQuitOnLastWindowClosed(False)
    made = MainWindow(training=True)
    made.resize(1366, 768)
    made.complete()  # before it is shown: every part is laid out and dressed only once
    leave_unpainted(made)
    theme.apply(qapp, "light")
    made.show()
    qtbot.waitUntil(lambda: made.was_painted and made.parts.counter.isVisible())
    yield made
    made.close_anyway()
    shutdown = made.shutdown
    assert shutdown is not None
    qtbot.waitUntil(lambda: shutdown.stage.name == "DONE", timeout=25_000)
    made.deleteLater()
    for extra in (made.display, made.phone):
        if extra is not None:
            extra.deleteLater()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Template]]:
    """Seeded databases by name, each made when a test first wants it."""
    seeded: list[Template] = []

    @cache
    def made(name: str) -> Template:
        sample, fill = SAMPLES[name]
        seeded.append(seed(tmp_path_factory.mktemp(name), sample, fill))
        return seeded[-1]

    yield made
    for each in seeded:
        each.warm.close()


@pytest.fixture
def open_copy(
    templates: Callable[[str], Template], tmp_path: Path
) -> Iterator[Callable[..., RealDesk]]:
    """Opens desks on copies of seeded databases, and closes them at the end.

    A database is one of `SAMPLES`, or one that a module has seeded for its tests.
    """
    opened: list[RealDesk] = []

    def open_it(seeded: str | Template, *, training: bool = False) -> RealDesk:
        folder = tmp_path / "desk" if not opened else tmp_path / f"desk{len(opened)}"
        template = templates(seeded) if isinstance(seeded, str) else seeded
        opened.append(template.open(folder, training=training, is_warm=True))
        return opened[-1]

    yield open_it
    for each in opened:
        each.close()


@pytest.fixture
def real_desk(open_copy: Callable[..., RealDesk]) -> RealDesk:
    """A desk in training at a centre without any payment yet."""
    return open_copy("counter", training=True)


@pytest.fixture
def desk(open_copy: Callable[..., RealDesk]) -> RealDesk:
    """A desk at a centre on a busy day."""
    return open_copy("busy")


@pytest.fixture
def training_desk(open_copy: Callable[..., RealDesk]) -> RealDesk:
    """A desk in training at a centre on a busy day."""
    return open_copy("busy", training=True)


@pytest.fixture
def bare_desk(open_copy: Callable[..., RealDesk]) -> RealDesk:
    """A desk at a centre without students and courses."""
    return open_copy("bare")


@pytest.fixture
def context(qtbot: QtBot, open_copy: object) -> Iterator[PageContext]:
    """The context of pages; its threads end before a desk closes."""
    del open_copy
    yield from make_context(qtbot)


@pytest.fixture
def clerk(real_desk: RealDesk, window: MainWindow, qtbot: QtBot) -> Iterator[Clerk]:
    """A window with a desk attached, ready to type into."""
    made = Clerk(window, real_desk, qtbot)
    window.parts.poller.pace = PACE
    window.attach(real_desk.services, real_desk.folder)
    made.wait(lambda: window.parts.counter.student.results.property("query") == "")
    made.wait(lambda: bool(window.parts.counter.course.results.rows()))
    made.wait(lambda: bool(window.parts.status._mode))  # the settings were read
    yield made
    real_desk.gateway.answer()
    real_desk.calls.go_on()


@pytest.fixture(scope="module")
def lasting(
    request: pytest.FixtureRequest, qapp: QApplication,
    templates: Callable[[str], Template], tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Clerk]:  # fmt: skip
    """A clerk whose window and desk are those of all tests of a module that ask for `looking`."""
    yield from lasting_clerk(request, templates("counter"), tmp_path_factory.mktemp("desk"))


@pytest.fixture
def looking(lasting: Clerk, qtbot: QtBot) -> Clerk:
    """A clerk who looks only: no payment is begun, and what is changed belongs to one test."""
    return at_the_beginning(lasting, qtbot)
