"""Windows at the front and inside the screen, whatever size the screen has.

It moves and resizes windows; what is in them, and when they open, is decided elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog, QWidget

FRAME = QSize(16, 40)
"""Room for a frame and a title bar before the window system has made them, in logical pixels."""
_STATES = Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen


def frame_of(window: QWidget) -> QSize:
    """Return how much the frame adds to a window's size; an estimate before it is shown."""
    added = window.frameGeometry().size() - window.size()
    return added if added.height() > 0 else FRAME


def room_for(window: QWidget) -> QRect:
    """Return where a window's frame may be: the screen it is most on, without the task bar."""
    frame = window.frameGeometry()
    screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    return max(screens, key=lambda screen: _area(screen.intersected(frame)))


def keep_inside(window: QWidget, room: QRect | None = None) -> None:
    """Move a window, with its frame, into a part of the screen, and make it no larger.

    A window that is maximised stays so, and comes back inside when it is restored.

    Args:
        window: a window.
        room: the part of the screen; None for all of it but the task bar.
    """
    room = room or room_for(window)
    state = window.windowState() & _STATES
    frame = frame_of(window)
    size = window.size().boundedTo(room.size() - frame)
    size = size.expandedTo(window.minimumSize())
    if size != window.size():
        window.resize(size)
    whole = size + frame
    place = window.pos()
    left = max(room.left(), min(place.x(), room.right() + 1 - whole.width()))
    top = max(room.top(), min(place.y(), room.bottom() + 1 - whole.height()))
    if (left, top) != (place.x(), place.y()):
        window.move(left, top)
    if state != window.windowState() & _STATES:
        window.setWindowState(window.windowState() | state)


def bring_forward(window: QWidget, *, with_keyboard: bool = True) -> None:
    """Show a window at the front, inside the screen, also when it is minimised or covered.

    Args:
        window: a window.
        with_keyboard: whether it gets the keyboard too.
    """
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    if not window.windowState() & _STATES:
        keep_inside(window)
    window.raise_()
    if with_keyboard:
        window.activateWindow()


def open_in_front(dialog: QDialog) -> None:
    """Open a dialog without a nested loop: at the front, with the keyboard, inside the screen.

    Qt places it over its parent and inside the screen; before its frame is known, a move would
    lose the title bar.
    """
    dialog.open()
    free = room_for(dialog).size() - FRAME
    if dialog.width() > free.width() or dialog.height() > free.height():
        dialog.resize(dialog.size().boundedTo(free))
    dialog.raise_()
    dialog.activateWindow()


def _area(rect: QRect) -> int:
    return rect.width() * rect.height() if rect.isValid() else 0
