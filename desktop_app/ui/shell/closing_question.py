"""The question before closing while payments are pending: stay, or close and check them later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.widgets.banner import DialogBanner
from desktop_app.ui.widgets.boxes import STRETCH, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

WIDTH = 460
_PENDING = N_("{count} payment is pending.", "{count} payments are pending.")
_THEN = N_(
    "If the parent still pays, we'll record the payment when Pravesh starts again.",
    "If the parents still pay, we'll record the payments when Pravesh starts again.",
)


class ClosingQuestion(QDialog):
    """Accepted to close; Enter and Esc both stay. Shown with `open()`.

    Args:
        count: how many payments are pending.
        parent: the window that is to close.
    """

    def __init__(self, count: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("closingQuestion")
        title = N_("Close Pravesh?")
        for name in ("windowTitle", "accessibleName"):
            bind_text(self, name, title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._words = label("", "strong", name="closingWords", wrap=True)
        self._then = label("", wrap=True)
        self.show_count(count)
        self.stay_button = Button(N_("Stay"), kind="primary", name="closingStayButton")
        self.stay_button.setDefault(True)
        self.stay_button.clicked.connect(self.reject)
        self.close_button = Button(N_("Close Pravesh"), name="closingCloseButton")
        self.close_button.clicked.connect(self.accept)
        texts = vbox(label(title, "section"), self._words, self._then, gap=theme.GAP)
        top = Qt.AlignmentFlag.AlignTop
        head = hbox((IconLabel("attention", "attention", 28), top), (texts, 1), gap=theme.GROUP)
        buttons = hbox(STRETCH, self.close_button, self.stay_button, gap=theme.GROUP)
        inner = vbox(head, buttons, gap=theme.MARGIN, margins=theme.MARGIN)
        vbox(DialogBanner(self), inner, inside=self, gap=0)
        self.setMinimumWidth(theme.px(WIDTH))
        self.stay_button.setFocus()

    def show_count(self, count: int) -> None:
        """Show how many payments are pending."""
        bind_text(self._words, "text", _PENDING, count=count)
        bind_text(self._then, "text", _THEN, count=count)
