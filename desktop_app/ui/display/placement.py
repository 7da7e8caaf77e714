"""The place of the customer display: over the second screen, or as a window on the only one.

Follows screens that are plugged in, pulled out or change their size. Never takes the focus, and
decides nothing about what is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Qt, QTimer
from PySide6.QtGui import QGuiApplication

from desktop_app.ui.core.window_front import bring_forward, keep_inside

if TYPE_CHECKING:
    from PySide6.QtGui import QScreen
    from PySide6.QtWidgets import QWidget

AUTO, WINDOW, OFF = "auto", "window", "off"
SETTLE_MS = 150
"""Screens come and go in bursts; the display moves once they are still."""


class DisplayPlacement(QObject):
    """Opens, moves and hides the display's window.

    Args:
        display: the display's window.
        desk: the desk's window; the display is on another screen.
    """

    def __init__(self, display: QWidget, desk: QWidget) -> None:
        super().__init__(display)
        self._display = display
        self._desk = desk
        self._mode = ""
        self._is_wanted = False
        self._is_watching_desk = False
        self._watched: QScreen | None = None
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.arrange)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenAdded.connect(self._screens_changed)
            app.screenRemoved.connect(self._screen_gone)
            app.primaryScreenChanged.connect(self._screens_changed)

    def follow(self, mode: str) -> None:
        """Follow the setting: `auto` for the second screen, `window`, or `off`."""
        if mode == self._mode:
            return
        was_opened = not self._mode and self._is_wanted  # by F11, before the setting was read
        self._mode = mode
        self._watch_desk()
        has_screen = mode == AUTO and self.second_screen() is not None
        self._is_wanted = was_opened or has_screen or mode == WINDOW
        self.arrange()

    @property
    def is_in_window(self) -> bool:
        """Whether it is open as a window rather than over a whole screen."""
        return self._display.isVisible() and not self._is_full()

    def toggle(self) -> None:
        """Show it in front of the desk, or hide it (F11), whatever the setting."""
        self._is_wanted = not self._display.isVisible()
        self.arrange()
        if self.is_in_window:
            bring_forward(self._display, with_keyboard=False)

    def stop(self) -> None:
        """Open it no more: the desk is closing."""
        self._mode, self._is_wanted = OFF, False
        self._settle.stop()
        self._display.hide()

    def second_screen(self) -> QScreen | None:
        """Return a screen without the desk's window; None for none."""
        own = self._desk.screen()
        return next((each for each in QGuiApplication.screens() if each is not own), None)

    def arrange(self) -> None:
        """Put the display where it belongs now."""
        self._settle.stop()
        screen = self.second_screen() if self._mode != WINDOW else None
        self._watch(screen)
        if not self._is_wanted:
            self._display.hide()
        else:
            had_keyboard = self._desk.isActiveWindow()
            if screen is not None:
                self._fill(screen)
            else:
                self._stand_alone()
            if had_keyboard:
                self._desk.activateWindow()  # some window systems give it to whatever is shown

    # --- screens

    def _screens_changed(self, _screen: object = None) -> None:
        if self._mode == AUTO and self.second_screen() is not None and not self._was_closed():
            self._is_wanted = True
        self._settle.start()

    def _screen_gone(self, gone: QScreen) -> None:
        """Leave a screen before the window system moves the display over the desk."""
        if self._mode == AUTO and self._is_full() and self._is_on(gone):
            self._display.hide()
            self._is_wanted = any(
                each not in (gone, self._desk.screen()) for each in QGuiApplication.screens()
            )
        self._watch(None)
        self._settle.start()

    def _was_closed(self) -> bool:
        """Whether a person hid it while the second screen was there."""
        return self._watched is not None and not self._is_wanted

    def _is_on(self, screen: QScreen) -> bool:
        return self._watched is None or self._watched is screen

    def _watch(self, screen: QScreen | None) -> None:
        if screen is self._watched:
            return
        if self._watched is not None and self._watched in QGuiApplication.screens():
            self._watched.geometryChanged.disconnect(self._resized)
        self._watched = screen
        if screen is not None:
            screen.geometryChanged.connect(self._resized)

    def _resized(self, _geometry: QRect) -> None:
        self._settle.start()

    def _watch_desk(self) -> None:
        """Make way when the desk's window is moved to the screen of the display."""
        if self._desk.isVisible() and not self._is_watching_desk:
            self._is_watching_desk = True
            self._desk.windowHandle().screenChanged.connect(self._screens_changed)

    # --- windows

    def _is_full(self) -> bool:
        return bool(self._display.windowFlags() & Qt.WindowType.FramelessWindowHint)

    def _frame(self, *, framed: bool) -> None:
        """Remove or restore the frame; Qt hides the window for it."""
        for flag in (Qt.WindowType.FramelessWindowHint, Qt.WindowType.WindowDoesNotAcceptFocus):
            if bool(self._display.windowFlags() & flag) == framed:
                self._display.setWindowFlag(flag, not framed)

    def _fill(self, screen: QScreen) -> None:
        self._frame(framed=False)
        self._display.setCursor(Qt.CursorShape.BlankCursor)
        self._display.setScreen(screen)
        if self._display.geometry() != screen.geometry() or not self._display.isVisible():
            self._display.setGeometry(screen.geometry())
            # Not showFullScreen(): that takes the keyboard from the desk.
            self._display.setWindowState(Qt.WindowState.WindowFullScreen)
            self._display.show()

    def _stand_alone(self) -> None:
        if self._is_full():
            self._display.hide()
            self._frame(framed=True)
            self._display.setWindowState(Qt.WindowState.WindowNoState)
            self._display.unsetCursor()
            self._display.resize(self._display.sizeHint())
        if not self._display.isVisible():
            keep_inside(self._display, self._desk.screen().availableGeometry())
        self._display.show()
