"""The window's first size, and its state kept from one day to the next: place, page, columns, look.

Kept in a small INI file in the data folder, never in a registry: a folder that is copied to
another PC takes it along. The look is kept beside the settings so that the first frame, which is
painted before the database is open, is right. Losing the file loses nothing that matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QByteArray, QPoint, QRect, QSettings, QSize, Qt
from PySide6.QtGui import QGuiApplication

from desktop_app.ui.core import theme
from desktop_app.ui.core.window_front import FRAME, keep_inside

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QHeaderView, QSplitter, QWidget

    from desktop_app.services.views.settings import SettingsView


FILE = "window.ini"
SIZE = QSize(1366, 768)
"""Of the first window, without its frame, where the screen has room for it."""
LEAST = QSize(944, 452)
"""A screen of 960 by 540 without the frame and a task bar of 48 pixels."""


class SavedAppearance(NamedTuple):
    """How the first frame is to look."""

    theme: str = "system"
    percent: int = 100
    language: str = "en"


class WindowState:
    """Reads and writes what the window remembers.

    Args:
        path: the INI file; None remembers nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        has_file = path is not None and path.is_file()
        self._settings = QSettings(str(path), QSettings.Format.IniFormat) if has_file else None

    def look(self) -> SavedAppearance:
        """Return the appearance of the last run."""
        percent = self._text("look/percent")
        return SavedAppearance(
            self._text("look/theme") or "system",
            int(percent) if percent in {"100", "125", "150", "200"} else 100,
            self._text("look/language") or "en",
        )

    def keep_look(self, view: SettingsView) -> None:
        """Keep the look that is set, for the next first frame."""
        wanted = SavedAppearance(view.theme, view.text_percent, view.language)
        if self._path is None or wanted == self.look():
            return
        self._put("look/theme", wanted.theme)
        self._put("look/percent", str(wanted.percent))
        self._put("look/language", wanted.language)
        self._sync()

    def place(self, window: QWidget) -> None:
        """Put a window where it was, within reach of the pointer, or give it its first place."""
        kept = self._bytes(f"place/{window.objectName()}")
        if kept is not None and window.restoreGeometry(kept):
            keep_inside(window)
        else:
            fit_first(window)

    def page(self) -> str:
        """Return the name of the page that was in front; empty where nothing is kept."""
        return self._text("place/page")

    def arrange(self, within: QWidget) -> None:
        """Restore the columns of tables and the parts of splitters."""
        for header, key in _headers(within):
            kept = self._bytes(key)
            if kept is not None:
                header.restoreState(kept)
        for splitter, key in _splitters(within):
            kept = self._bytes(key)
            if kept is not None:
                splitter.restoreState(kept)

    def keep(self, window: QWidget, page: str) -> None:
        """Keep everything; called when the window closes."""
        if self._path is None or not self._path.parent.is_dir():
            return
        self._put(f"place/{window.objectName()}", window.saveGeometry())
        self._put("place/page", page)
        for header, key in _headers(window):
            self._put(key, header.saveState())
        for splitter, key in _splitters(window):
            self._put(key, splitter.saveState())
        self._sync()

    def _text(self, key: str) -> str:
        return str(self._settings.value(key, "")) if self._settings is not None else ""

    def _bytes(self, key: str) -> QByteArray | None:
        found = self._settings.value(key) if self._settings is not None else None
        return found if isinstance(found, QByteArray) else None

    def _put(self, key: str, value: object) -> None:
        if self._settings is None:
            self._settings = QSettings(str(self._path), QSettings.Format.IniFormat)
        self._settings.setValue(key, value)

    def _sync(self) -> None:
        if self._settings is not None:
            self._settings.sync()


def fit_first(window: QWidget) -> None:
    """Place a window for the first time: in the middle, or over all of a small screen."""
    room = QGuiApplication.primaryScreen().availableGeometry()
    free = room.size() - FRAME
    size = SIZE.boundedTo(free).expandedTo(window.minimumSize())
    window.resize(size)
    outer = QRect(QPoint(), size + FRAME)
    outer.moveCenter(room.center())
    window.move(max(room.left(), outer.left()), max(room.top(), outer.top()))
    if size != SIZE and size.width() <= free.width() and size.height() <= free.height():
        window.setWindowState(Qt.WindowState.WindowMaximized)


def _headers(within: QWidget) -> list[tuple[QHeaderView, str]]:
    """The columns of each table; widths of one text size are no use at another."""
    from PySide6.QtWidgets import QTableView

    size = round(100 * theme.scale())
    return [
        (table.horizontalHeader(), f"columns/{table.objectName()}-{size}")
        for table in within.findChildren(QTableView)
        if table.objectName() and not table.horizontalHeader().isHidden()
    ]


def _splitters(within: QWidget) -> list[tuple[QSplitter, str]]:
    from PySide6.QtWidgets import QSplitter

    return [
        (splitter, f"parts/{splitter.objectName()}")
        for splitter in within.findChildren(QSplitter)
        if splitter.objectName()
    ]
