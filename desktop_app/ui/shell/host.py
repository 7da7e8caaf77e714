"""The main window as the parts of the shell see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMainWindow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.services.desk import Desk
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.shell.lazy_window import LazyWindow
    from desktop_app.ui.shell.navigation import Navigation
    from desktop_app.ui.shell.parts import Parts
    from desktop_app.ui.shell.shutdown import Shutdown
    from desktop_app.ui.shell.window_state import WindowState
    from desktop_app.ui.widgets.search_box import SearchBox


class Host(QMainWindow):
    """The main window as its parts see it; `main_window.py` implements it.

    Signals:
        completing: the parts are about to be made.
        painted: the first frame is on screen and the parts are there.

    Attributes:
        is_training: whether everything here is practice.
        pace: how many times faster than the desk asks for the poller looks.
        memory: what is remembered from the last run; None remembers nothing.
        where: returns the data folder as text; empty where it is unknown.
        dispose: closes the open desk; may block.
        shutdown: the stages of closing, once closing began.
    """

    completing = Signal()
    painted = Signal()

    is_training: bool
    pace: float
    memory: WindowState | None
    where: Callable[[], str]
    dispose: Callable[[], None]
    shutdown: Shutdown | None
    display: LazyWindow
    phone: LazyWindow | None
    navigation: Navigation
    student_box: SearchBox

    @property
    def runner(self) -> JobRunner:
        """Runs what blocks."""
        raise NotImplementedError

    @property
    def parts(self) -> Parts:
        """Everything inside the window."""
        raise NotImplementedError

    def attach(self, desk: Desk, data_dir: Path | None = None) -> None:
        """Use the open desk."""
        raise NotImplementedError

    def fail(self, error: BaseException) -> None:
        """Show across the whole page that the desk could not be opened."""
        raise NotImplementedError

    def close_anyway(self) -> None:
        """Close although payments wait."""
        raise NotImplementedError
