"""Pages in one place, of which only the one that is shown asks for room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QSizePolicy, QStackedWidget

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class Stack(QStackedWidget):
    """A stack as high as its current page; Qt's own is as high as its highest."""

    def bring(self, shown: QWidget) -> None:
        """Show one page."""
        for at in range(self.count()):
            page = self.widget(at)
            if page is not None:
                wants = QSizePolicy.Policy.Preferred
                policy = wants if page is shown else QSizePolicy.Policy.Ignored
                page.setSizePolicy(policy, policy)
        self.setCurrentWidget(shown)
