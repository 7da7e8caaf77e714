"""Catches what nobody caught, on any thread, and tells the clerk in the GUI thread, redacted.

The traceback goes to the log, never to the screen; keys and phone numbers go nowhere.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

if TYPE_CHECKING:
    from types import TracebackType

_SECRETS = (
    (re.compile(r"rzp_(live|test)_\w+"), r"rzp_\1_••••"),
    (re.compile(r"(?i)(key_secret|secret|password|authorization)(\W{1,4})\S+"), r"\1\2••••"),
    (re.compile(r"(?<!\d)(?:\+?91[\s-]?)?[5-9]\d{5}(\d{4})(?!\d)"), r"••••••\1"),
    (re.compile(r"[\w.+-]{2,}@[\w.-]+"), "••••@••••"),
)


def redact(text: str) -> str:
    """Blot keys, secrets, phone numbers and addresses out of a text."""
    for pattern, blot in _SECRETS:
        text = pattern.sub(blot, text)
    return text


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
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._old

    def _hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            self._old[0](kind, error, trace)
            return
        lines = "".join(traceback.format_exception(kind, error, trace))
        logging.getLogger("pravesh.crash").error("%s", redact(lines))
        try:
            self._caught.emit(error)
        except RuntimeError:
            return  # the program is ending; the log has it

    def _thread_hook(self, args: threading.ExceptHookArgs) -> None:
        error = args.exc_value or args.exc_type()
        self._hook(args.exc_type, error, args.exc_traceback)

    def _tell(self, error: BaseException) -> None:
        self.crashed.emit(error)
