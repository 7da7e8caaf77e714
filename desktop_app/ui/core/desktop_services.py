"""Hands files, folders, addresses and texts to the rest of the computer.

The one place that starts other programs, so that tests can put a recorder in its stead.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from desktop_app.ui.core.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QUrl

    Action = Callable[[], None]


class DesktopServices:
    """The computer around the desk."""

    def open_file(self, path: Path) -> None:
        """Open a file with whatever program is meant for it."""
        from PySide6.QtCore import QUrl

        self.open_address(QUrl.fromLocalFile(str(path)))

    def open_folder(self, path: Path) -> None:
        """Open the folder that a file is in."""
        self.open_file(path.parent)

    def open_address(self, address: QUrl) -> bool:
        """Open an address in the browser; return whether there is one."""
        from PySide6.QtGui import QDesktopServices

        return QDesktopServices.openUrl(address)

    def start_practice(self, folder: Path) -> bool:
        """Open practice mode of a data folder in another window; return whether it starts."""
        import sys

        from PySide6.QtCore import QProcess

        words = ["--training", "--data-dir", str(folder)]
        if not getattr(sys, "frozen", False):
            words = ["-m", "desktop_app", *words]
        return bool(QProcess.startDetached(sys.executable, words)[0])

    def copy(self, text: str) -> None:
        """Put a text on the clipboard."""
        from PySide6.QtGui import QGuiApplication

        QGuiApplication.clipboard().setText(text)


def file_actions(computer: DesktopServices, path: Path) -> tuple[tuple[N_, Action], ...]:
    """Return what a notice offers for a file: to open it, or its folder."""
    return (
        (N_("Open PDF"), partial(computer.open_file, path)),
        (N_("Open folder"), partial(computer.open_folder, path)),
    )


def chat_address(text: str, phone: str = "") -> QUrl:
    """Address WhatsApp with a text already written, and an Indian phone number where one is known.

    Without a number the person chooses to whom it goes.
    """
    to = f"91{phone}" if phone else ""
    return _strict(f"https://wa.me/{to}?text={quote(text, safe='')}")


def chat_with(phone: str) -> QUrl:
    """Address WhatsApp with an Indian phone number, without a text."""
    return _strict(f"https://wa.me/91{phone}")


def _strict(address: str) -> QUrl:
    from PySide6.QtCore import QUrl

    return QUrl(address, QUrl.ParsingMode.StrictMode)


def documents_folder() -> Path:
    """Name the folder that the user's documents are in."""
    from PySide6.QtCore import QStandardPaths

    documents = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(documents))
