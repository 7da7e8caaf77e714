"""A separate window whose contents are made when first needed: the display, the phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.widgets.boxes import vbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent, QShowEvent


class LazyWindow(QWidget):
    """A window that never takes the focus when it is shown; Esc and F11 close it.

    Args:
        name: its object name.
        title: its title and accessible name, in English.
        complete: makes the contents and hands them to `fill`.
    """

    def __init__(self, name: str, title: str, complete: Callable[[], None]) -> None:
        super().__init__()
        self._complete = complete
        self.setObjectName(name)
        for name_of in ("accessibleName", "windowTitle"):
            bind_text(self, name_of, N_(title))
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)

    def fill(self, contents: QWidget) -> None:
        """Set the contents."""
        self.resize(vbox(contents, inside=self).sizeHint())

    def findChild(self, *args: Any, **kwargs: Any) -> Any:
        """Find a control, making the contents first."""
        self._complete()
        return super().findChild(*args, **kwargs)

    def findChildren(self, *args: Any, **kwargs: Any) -> Any:
        """Find controls, making the contents first."""
        self._complete()
        return super().findChildren(*args, **kwargs)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close it by the keys that close it from the desk."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F11):
            self.close()
            return
        super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Make the contents before they are seen."""
        self._complete()
        super().showEvent(event)
