"""The right side of the counter: the bill, or the payment in its place, and the buttons under it.

A drawer may cover either for a while; what it covers stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.widgets.boxes import fill, hbox, turn, vbox, viewport
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.picker import PANEL
from desktop_app.ui.widgets.qr_view import LEAST_PX
from desktop_app.ui.widgets.sized_stack import SizedStack

if TYPE_CHECKING:
    from desktop_app.ui.counter.bill_card import BillCard
    from desktop_app.ui.counter.payment_panel import PaymentPanel

MARGIN = 10
WIDE, TALL = 1500, 780
"""From this size of the page on the payment takes more room."""
WIDE_PANEL = 540
LARGE_QR = 430
MOST_SHARE = 0.45
"""Of the page's width; large text takes no more from the searches."""


class SidePanel(QFrame):
    """Shows one of two, or a drawer over it; scrolls only where even the least height is missing.

    Signals:
        says_paid_wanted: the parent says it is paid.
        left: go on to the next student; a payment that waits goes to the tray.
    """

    says_paid_wanted = Signal()
    left = Signal()

    def __init__(self, bill: BillCard, panel: PaymentPanel) -> None:
        super().__init__()
        self.bill, self.panel = bill, panel
        self._part: QWidget = bill
        self._drawer: QWidget | None = None
        self._room = (0, 0)
        self._stack = SizedStack()
        self._stack.add(bill)
        self._stack.add(panel)
        tip = N_("Look for a payment by what the parent can tell")
        self.says_paid = Button(
            N_("Parent says &paid…"), icon="phone", name="parentSaysPaidButton", tip=tip
        )
        self.says_paid.clicked.connect(self.says_paid_wanted)
        tip = N_("Go on to the next student; this one goes on waiting in the tray (Esc)")
        self.next = Button(N_("Next student   Esc"), icon="arrow", name="newPaymentButton", tip=tip)
        self.next.clicked.connect(self.left)
        self.setProperty("kind", "panel")
        self.setFixedWidth(PANEL)
        self._lay_out()
        panel.buttons.asking.connect(self._show_footer)
        panel.changed.connect(self._show_footer)
        panel.changed.connect(self._show_focused_soon)
        self.bring(bill)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow_focus)

    @property
    def is_paying(self) -> bool:
        """Whether there is a payment rather than the bill, under a drawer too."""
        return self._part is self.panel

    @property
    def has_drawer(self) -> bool:
        """Whether a drawer covers the bill or the payment."""
        return self._drawer is not None

    def bring(self, part: QWidget) -> None:
        """Show the bill or the payment; a drawer over it stays."""
        self._part = part
        self._bring(self._drawer or part)

    def open_drawer(self, drawer: QWidget) -> None:
        """Put a drawer over what is shown."""
        self._stack.add(drawer)
        self._drawer = drawer
        self._bring(drawer)

    def close_drawer(self) -> None:
        """Show again what is under the drawer."""
        self._drawer = None
        self._bring(self._part)

    def fit(self, width: int, height: int) -> None:
        """Fit a page of this size, in pixels."""
        self._room = (width, height)
        is_wide = width >= WIDE and height >= TALL
        wanted = WIDE_PANEL if is_wide else PANEL
        side = max(wanted, min(theme.px(wanted), int(width * MOST_SHARE)))
        self.setFixedWidth(side)
        self.panel.qr.set_least(LARGE_QR if is_wide else LEAST_PX)
        self._turn_footer(side - 2 * theme.GROUP)
        self.panel.fit(height - 2 * MARGIN - self._footer.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Fit the room again: words of another language are of other lengths."""
        if self._room[0]:
            self.fit(*self._room)

    def _follow_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Bring what the keyboard is on into sight, once it has its place."""
        inside = self._scroll.widget()
        if now is not None and inside is not None and inside.isAncestorOf(now):
            self._show_focused_soon()

    def _show_focused_soon(self) -> None:
        QTimer.singleShot(0, self, self._show_focused)

    def _show_focused(self) -> None:
        """Scroll to what the keyboard is on; a QR that is up goes before its own buttons."""
        focused = QApplication.focusWidget()
        inside = self._scroll.widget()
        if focused is None or inside is None or not inside.isAncestorOf(focused):
            return
        qr = self.panel.qr
        if focused is self.panel.checked and qr.has_code:
            bottom = qr.mapTo(inside, QPoint(0, qr.height())).y() + MARGIN
            room = viewport(self._scroll).height()
            self._scroll.verticalScrollBar().setValue(max(0, bottom - room))
        else:
            self._scroll.ensureWidgetVisible(focused, 0, MARGIN)

    def _turn_footer(self, room: int) -> None:
        """Hide the key's name, then stack the buttons, where there is little width."""
        room -= self.says_paid.sizeHint().width() + theme.GAP
        self.next.show_text(N_("Next student   Esc"))
        if self.next.sizeHint().width() > room:
            self.next.show_text(N_("Next student"))
        turn(self._row, is_upright=self.next.sizeHint().width() > room)

    def _bring(self, shown: QWidget) -> None:
        self._stack.bring(shown)
        self._show_footer()

    def _show_footer(self) -> None:
        is_asking = self.is_paying and self.panel.buttons.is_asking
        self._footer.setVisible(not self.has_drawer and not is_asking)
        self.next.setVisible(self.is_paying)
        self.says_paid.setVisible(not self.panel.is_paid)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setAutoFillBackground(True)
        inside.setBackgroundRole(QPalette.ColorRole.Base)
        vbox(self._stack, inside=inside, margins=(theme.GROUP, MARGIN, theme.GROUP, theme.GRID))
        self._scroll = scroll = QScrollArea(widgetResizable=True)
        scroll.setWidget(inside)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._footer = QWidget()
        margins = (theme.GROUP, theme.GRID, theme.GROUP, MARGIN)
        self._row = hbox(inside=self._footer, gap=theme.GAP, margins=margins)
        fill(self._row, self.says_paid, self.next)
        vbox((scroll, 1), self._footer, inside=self, gap=0, margins=(1, 0, 0, 0))
