"""Catches unhandled errors of any thread and shows them to the clerk in the GUI thread, redacted.

The stack goes to the log and into a report that a person may copy, never onto the screen; keys,
phone numbers and addresses go nowhere.
"""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from desktop_app.ui.core.diagnostics import named, stack

if TYPE_CHECKING:
    from types import TracebackType


class CrashRelay(QObject):
    """Hops from whatever thread an exception ended to the GUI thread.

    Signals:
        crashed: the exception, in the GUI thread.
    """

    crashed = Signal(object)
    _caught = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._old = (sys.excepthook, threading.excepthook)
        self._caught.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Become the hook of the interpreter and of its threads."""
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook

    def uninstall(self) -> None:
        """Restore the hooks."""
        sys.excepthook, threading.excepthook = self._old

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            self._old[0](kind, error, trace)
            return
        # below `desktop_app`, whose log file is the desk's
        logging.getLogger("desktop_app.crash").error("%s\n%s", named(error), stack(error))
        try:
            self._caught.emit(error)
        except RuntimeError:
            return  # the program is ending; the log has it

    def _thread_hook(self, args: threading.ExceptHookArgs) -> None:
        error = args.exc_value or args.exc_type()
        self._hook(args.exc_type, error, args.exc_traceback)

    def _tell(self, error: BaseException) -> None:
        self.crashed.emit(error)
