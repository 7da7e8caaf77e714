"""The right side of the counter: the bill, or the payment in its place, with room for either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui import theme
from desktop_app.ui.widgets.picker import PANEL
from desktop_app.ui.widgets.qr_view import LEAST_PX

if TYPE_CHECKING:
    from desktop_app.ui.widgets.bill_card import BillCard
    from desktop_app.ui.widgets.payment_panel import PaymentPanel

MARGIN = 10
WIDE, TALL = 1500, 780
"""From this size of the page on the payment takes more room."""
WIDE_PANEL = 540
LARGE_QR = 430


class TillSide(QFrame):
    """Shows one of two; scrolls only where even the least height is missing."""

    def __init__(self, bill: BillCard, panel: PaymentPanel) -> None:
        super().__init__()
        self._bill, self._panel = bill, panel
        self._stack = QStackedWidget()
        self._stack.addWidget(bill)
        self._stack.addWidget(panel)
        self.setProperty("kind", "panel")
        self.setFixedWidth(PANEL)
        self._lay_out()
        self.bring(bill)

    @property
    def is_paying(self) -> bool:
        """Whether the payment is shown rather than the bill."""
        return self._stack.currentWidget() is self._panel

    def bring(self, part: QWidget) -> None:
        """Show the bill or the payment; the hidden one asks for no room."""
        for each in (self._bill, self._panel):
            policy = QSizePolicy.Policy.Preferred if each is part else QSizePolicy.Policy.Ignored
            each.setSizePolicy(policy, policy)
        self._stack.setCurrentWidget(part)

    def fit(self, width: int, height: int) -> None:
        """Take the room that a page of this size can give, in pixels."""
        is_wide = width >= WIDE and height >= TALL
        self.setFixedWidth(WIDE_PANEL if is_wide else PANEL)
        self._panel.qr.set_least(LARGE_QR if is_wide else LEAST_PX)
        self._panel.fit(height - 2 * MARGIN)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setAutoFillBackground(True)
        inside.setBackgroundRole(QPalette.ColorRole.Base)
        column = QVBoxLayout(inside)
        column.setContentsMargins(theme.GROUP, MARGIN, theme.GROUP, MARGIN)
        column.addWidget(self._stack)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        holder = QVBoxLayout(self)
        holder.setContentsMargins(1, 0, 0, 0)
        holder.addWidget(scroll)
