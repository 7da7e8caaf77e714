"""One window per data folder: a second start raises the first and ends.

A lock file says who is first, a local socket carries the wish to be raised. Commands are not
concerned: they work beside an open desk.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from PySide6.QtCore import QDir, QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

WAIT_MS = 500
_WISH = b"raise\n"


class SingleInstance(QObject):
    """The claim to be the only window of a data folder.

    Signals:
        wished: another start asks this window to come to the front.

    Args:
        folder: what names the data folder.
    """

    wished = Signal()

    def __init__(self, folder: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
        owner = f"{user}\0{folder}"
        self._name = f"pravesh-{hashlib.sha256(owner.encode()).hexdigest()[:16]}"
        self._lock = QLockFile(str(Path(QDir.tempPath()) / f"{self._name}.lock"))
        self._lock.setStaleLockTime(0)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)

    def claim(self) -> bool:
        """Become the first; False when another window is, which is then asked to come forward."""
        if self._lock.tryLock(0):
            QLocalServer.removeServer(self._name)  # left by a start that was killed
            self._server.listen(self._name)
            return True
        self._ask_the_other()
        return False

    def release(self) -> None:
        """Stop being the first window."""
        self._server.close()
        self._lock.unlock()

    def _ask_the_other(self) -> None:
        socket = QLocalSocket(self)
        socket.connectToServer(self._name)
        if socket.waitForConnected(WAIT_MS):
            socket.write(_WISH)
            socket.waitForBytesWritten(WAIT_MS)
            socket.disconnectFromServer()

    def _connected(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            self.wished.emit()
