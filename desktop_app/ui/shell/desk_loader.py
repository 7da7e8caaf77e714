"""Opens the desk after the first frame, in a worker, and hands it to the window.

What opens it is given from outside: the window knows neither storage nor gateway.
"""

from __future__ import annotations

from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.services.desk import Desk
    from desktop_app.ui.shell.host import Host
    from desktop_app.ui.shell.recovery_page import RecoveryPage, Rescue


SITTINGS_MS = 60_000
"""Bills whose time is over end this long after the start, which has other things to do."""


class LoadedDesk(Protocol):
    """An open desk, with what the window has to know about it."""

    @property
    def desk(self) -> Desk:
        """The desk."""
        ...

    @property
    def data_dir(self) -> Path:
        """Its data folder."""
        ...

    @property
    def first_run(self) -> bool:
        """Whether nothing was ever set up in this folder."""
        ...

    def back_up_today(self) -> object:
        """Make the day's backup where there is none yet; blocks."""
        ...

    def close(self) -> None:
        """Put everything away; may block."""
        ...


class DeskLoader(QObject):
    """Waits for the first frame, opens, attaches.

    Signals:
        opened: the open desk, after the window has it.

    Args:
        window: what gets the desk.
        open_desk: opens it; blocks, and imports what is heavy.
        warm_up: imports what opening needs, and nothing else.
        rescue: the way back from a damaged database.
    """

    opened = Signal(object)

    def __init__(
        self,
        window: Host,
        open_desk: Callable[[], LoadedDesk],
        warm_up: Callable[[], None] | None = None,
        rescue: Rescue | None = None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._open_desk = open_desk
        self._warm_up = warm_up
        self._rescue = rescue
        self._recovery: RecoveryPage | None = None
        window.completing.connect(self._import_ahead)
        window.painted.connect(self._start)

    def _import_ahead(self) -> None:
        """Import what opening needs while the window is still being built."""
        if self._warm_up is not None:
            Thread(target=self._warm_up, name="warm-up", daemon=True).start()

    def _start(self) -> None:
        from desktop_app.ui.core.jobs import Lane

        self._window.runner.submit(
            Lane.LOCAL, self._open_desk, owner=self, on_done=self._done, on_error=self._failed
        )

    def _failed(self, error: Exception) -> None:
        self._window.fail(error)
        if self._rescue is None:
            return
        if self._recovery is None:
            from desktop_app.ui.shell.recovery_page import RecoveryPage

            self._recovery = RecoveryPage(self._window, self._rescue)
            self._recovery.restored.connect(self._start)
        self._recovery.begin(error)

    def _done(self, opened: LoadedDesk) -> None:
        self._window.dispose = opened.close
        if self._window.shutdown is None:
            from desktop_app.ui.shell.daily_backup import DailyBackup

            self._window.parts.hide_message()
            self._window.attach(opened.desk, opened.data_dir)
            if self._recovery is not None:
                self._recovery.tell()
            parts = self._window.parts
            DailyBackup(
                parts.runner, parts.notices, opened.back_up_today, parts.read_health, self._window
            ).start()
            QTimer.singleShot(SITTINGS_MS, self._window, partial(_watch_sittings, self._window))
            self.opened.emit(opened)


def _watch_sittings(window: Host) -> None:
    from desktop_app.ui.shell.sittings import Sittings

    Sittings(window.runner, window.parts.context, window).start()
