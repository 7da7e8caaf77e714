"""The place of the parent's phone: beside the bill, above the window, clear of the tray.

Decides nothing about what the phone shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer

from desktop_app.ui.core import theme
from desktop_app.ui.core.window_front import FRAME, bring_forward, keep_inside, room_for

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

TRAY = 46
"""Of the tray, where it is not there yet."""
LEAST = 420
"""On a lower screen the phone takes the height from the top, not only what is below the search."""
MOVED = 48
"""Pixels that a frame may shift it by; further than this somebody has moved it."""


class PhonePlacement(QObject):
    """Opens the phone's window and keeps it with the window of the bill, until somebody moves it.

    Args:
        phone: the phone's window.
        window: the window of the bill.
        bill: the part that the phone must not cover where it has room beside it.
        search: the box that it leaves free above it.
        tray: the waiting payments, which it never covers.
        status: the bar below the tray.
    """

    def __init__(
        self,
        phone: QWidget,
        window: QWidget,
        *,
        bill: QWidget,
        search: QWidget,
        tray: QWidget,
        status: QWidget,
    ) -> None:
        super().__init__(phone)
        self._phone, self._window = phone, window
        self._bill, self._search, self._tray, self._status = bill, search, tray, status
        self._wanted: QPoint | None = None
        self._placed = QPoint()
        self._came_by_itself = False
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._follow)
        # X11 keeps dialogs above the window that they belong to, and no other windows.
        phone.setWindowFlag(Qt.WindowType.Dialog)

    def show_once(self) -> None:
        """Show the phone for a QR, until somebody closes it; the keyboard stays at the desk."""
        if self._wanted is not None or self._phone.isVisible():
            return
        self._came_by_itself = True
        self._place()
        bring_forward(self._phone, with_keyboard=False)
        self._placed = self._phone.pos()
        self._window.activateWindow()
        self._phone.raise_()  # some window systems raise what gets the keyboard

    def put_away(self) -> None:
        """Hide the phone until the next QR, where it came by itself and nobody touched it."""
        if self._came_by_itself and self._phone.isVisible() and not self._is_moved():
            self._soon.stop()
            self._wanted = None
            self._phone.hide()

    def give_back(self) -> None:
        """Hand the keyboard back to the desk, where the phone has it: what was paid is shown."""
        if self._phone.isActiveWindow():
            self._window.activateWindow()
            self._phone.raise_()

    def bring(self) -> None:
        """Bring the phone to the front, wherever it is."""
        self._came_by_itself = False
        if self._wanted is None or (not self._phone.isVisible() and self._is_out_of_place()):
            self._place()
        bring_forward(self._phone)
        self._placed = self._phone.pos()

    def follow(self) -> None:
        """Follow the bill to another place, once it has it."""
        if self._phone.isVisible():
            self._soon.start()

    def _follow(self) -> None:
        if self._is_out_of_place():
            self._place()
            self._placed = self._phone.pos()

    def _is_out_of_place(self) -> bool:
        """Whether nobody moved the phone, and the bill or the tray has another place by now."""
        if self._is_moved():
            return False
        room = self._room()
        is_low = self._phone.frameGeometry().bottom() > room.bottom()
        return is_low or self._target(room) != self._wanted

    def _is_moved(self) -> bool:
        return (self._phone.pos() - self._placed).manhattanLength() > MOVED

    def _place(self) -> None:
        phone = self._phone
        room = self._room()
        self._wanted = self._target(room)
        phone.resize(phone.sizeHint())
        phone.move(self._wanted)
        keep_inside(phone, room)
        phone.winId()
        phone.windowHandle().setTransientParent(self._window.windowHandle())

    def _target(self, room: QRect) -> QPoint:
        """Return the place right of the window, or left of the bill where the screen ends there.

        Where the bill has the whole page that is over the QR, which the phone reads anyway.
        """
        wide = self._phone.sizeHint().width() + FRAME.width()
        left = self._window.frameGeometry().right() + theme.GAP
        if left + wide > room.right():
            left = self._bill.mapToGlobal(QPoint(0, 0)).x() - wide
        return QPoint(max(room.left(), left), room.top())

    def _room(self) -> QRect:
        """Return the screen without what is above the list and, while it is there, the tray."""
        room = room_for(self._window)
        tray = self._tray
        high = tray.height() if tray.isVisible() else theme.px(TRAY)  # it may come yet
        below = self._status.mapToGlobal(QPoint(0, 0)).y() - high
        bottom = min(room.bottom(), below - 1)
        top = self._search.mapToGlobal(self._search.rect().bottomLeft()).y() + theme.GAP
        if bottom - top < LEAST:
            top = room.top()
        return QRect(QPoint(room.left(), top), QPoint(room.right(), bottom))
