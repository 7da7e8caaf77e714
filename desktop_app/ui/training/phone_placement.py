"""The place of the parent's phone: beside the bill, above the window, clear of the tray.

Decides nothing about what the phone shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt, QTimer

from desktop_app.ui.core import theme
from desktop_app.ui.core.window_front import FRAME, bring_forward, keep_inside, room_for

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

TRAY = 46
"""Of the tray, where it is not there yet."""
LEAST = 420
"""On a lower screen the phone takes the height from the top, not only what is below the search."""


class PhonePlacement:
    """Opens the phone's window and keeps it with the window of the bill.

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
        self._phone, self._window = phone, window
        self._bill, self._search, self._tray, self._status = bill, search, tray, status
        self._was_placed = False
        # X11 keeps dialogs above the window that they belong to, and no other windows.
        phone.setWindowFlag(Qt.WindowType.Dialog)

    def show_once(self) -> None:
        """Show the phone for the first QR, once the bill has its place for it."""
        if not self._phone.isVisible() and not self._was_placed:
            QTimer.singleShot(0, self._phone, self._show)

    def _show(self) -> None:
        """Show the phone; the keyboard stays at the desk."""
        if self._was_placed:
            return
        self._place()
        bring_forward(self._phone, with_keyboard=False)
        self._window.activateWindow()
        self._phone.raise_()  # some window systems raise what gets the keyboard

    def bring(self) -> None:
        """Bring the phone to the front, wherever it is."""
        if not self._was_placed:
            self._place()
        bring_forward(self._phone)

    def _place(self) -> None:
        """Put the phone right of the window, or left of the bill where the screen ends there.

        Where the bill has the whole page it covers the QR, which it does not need to see.
        """
        self._was_placed = True
        phone, window = self._phone, self._window
        room = self._room()
        wide = phone.sizeHint().width() + FRAME.width()
        left = window.frameGeometry().right() + theme.GAP
        if left + wide > room.right():
            left = self._bill.mapToGlobal(QPoint(0, 0)).x() - wide
        phone.resize(phone.sizeHint())
        phone.move(left, room.top())
        keep_inside(phone, room)
        phone.winId()
        phone.windowHandle().setTransientParent(window.windowHandle())

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
