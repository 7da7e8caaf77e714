"""The right side of the counter: today, the bill, or the payment, with its buttons pinned below.

A drawer may cover any of them for a while; what it covers stays as it is. Where the height is
missing the QR shrinks first; below its floor it goes beside the facts, and the payment takes the
whole page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.widgets.boxes import hbox, turn, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.picker import PANEL
from desktop_app.ui.widgets.qr_view import LEAST_PX
from desktop_app.ui.widgets.sized_stack import SizedStack

if TYPE_CHECKING:
    from desktop_app.ui.counter.bill_card import BillCard
    from desktop_app.ui.counter.payment_panel import PaymentPanel
    from desktop_app.ui.counter.today_card import TodayCard

PADDING = 12
WIDE, TALL = 1500, 780
"""From this size of the page on the payment takes more room."""
WIDE_PANEL = 540
LARGE_QR = 430
WIDEST_NEXT = 240
MOST_SHARE = 0.45
"""Of the page's width; large text takes no more from the searches."""
NARROW = 680
"""Below this width of the page, at 100 %, one side is shown at a time."""
LOWEST = 300
"""Below this height of the page, at 100 %, only what is needed for the fee stays in sight."""
CRAMPED = 420
"""Below this height of the page, at 100 %, the bill is set closer."""
LOW = 480
"""Below this height of the page, in pixels, the card fills it to its edges."""

LEAST_SEEN = 80
"""Of the bill above its foot, at 100 %."""

_NEXT = (N_("Next student"), N_("Next student   Esc"))
_NEXT_AFTER_PAID = (N_("Next"), N_("Next   Esc"), N_("Next   Esc"))
"""Without the key's name, and with it; the more names, the more width."""


class SidePanel(QFrame):
    """Shows one of three, or a drawer over it; what does not fit scrolls, its buttons never do.

    Signals:
        says_paid_wanted: find a payment that does not show.
        left: go on to the next student; a payment that waits goes to the tray.
        fitted: it may want more or less of the page.

    Attributes:
        places: the column of its parts; notices end it while it is alone.
    """

    says_paid_wanted = Signal()
    left = Signal()
    fitted = Signal()

    def __init__(self, today: TodayCard, bill: BillCard, panel: PaymentPanel) -> None:
        super().__init__()
        self.today, self.bill, self.panel = today, bill, panel
        self._part: QWidget = today
        self._resting: QWidget = today
        self._drawer: QWidget | None = None
        self._room = (0, 0)
        self._is_flat = self._is_low = self._is_ready = False
        self._stack, self._feet = SizedStack(), SizedStack()
        for part in (today, bill, panel):
            self._stack.add(part)
        for foot in (bill.foot, panel.foot):
            self._feet.add(foot)
        tip = N_("Find a payment by UTR, UPI ID, phone, amount or time")
        self.says_paid = Button(
            N_("&Payment not showing?"), kind="link", name="parentSaysPaidButton", tip=tip
        )
        self.says_paid.clicked.connect(self.says_paid_wanted)
        tip = N_("Go to the next student (Esc). This payment stays in the tray at the bottom.")
        self.next = Button(_NEXT[-1], name="newPaymentButton", tip=tip)
        self.next.clicked.connect(self.left)
        self._lay_out()
        panel.buttons.asking.connect(self._refit)
        panel.changed.connect(self._refit)
        panel.changed.connect(self._show_focused_soon)
        self.bring(today)
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

    @property
    def drawer(self) -> QWidget | None:
        """The drawer over the bill or the payment."""
        return self._drawer

    @property
    def is_narrow(self) -> bool:
        """Whether the page has room for one side at a time only."""
        return self._room[0] < NARROW * theme.scale()

    @property
    def is_alone(self) -> bool:
        """Whether it takes the whole page now."""
        is_busy = self.has_drawer or self.is_paying or self._is_ready
        return self._is_flat or (self.is_narrow and is_busy)

    def bring(self, part: QWidget) -> None:
        """Show today, the bill or the payment; a drawer over it stays."""
        self._part = part
        self._bring()

    def rest_on(self, part: QWidget, *, is_ready: bool) -> None:
        """Show today or the bill, now or once the payment is left.

        Args:
            part: today or the bill.
            is_ready: whether the bill is what comes next: student and course are picked.
        """
        self._resting, self._is_ready = part, is_ready
        if not self.is_paying and self._part is not part:
            self.bring(part)

    def leave_payment(self) -> None:
        """Show again what is shown without a payment."""
        self.bring(self._resting)

    def open_drawer(self, drawer: QWidget) -> None:
        """Put a drawer over what is shown."""
        self._stack.add(drawer)
        self._drawer = drawer
        self._bring()

    def close_drawer(self) -> None:
        """Show again what is under the drawer."""
        self._drawer = None
        self._bring()

    def fit(self, width: int, height: int) -> None:
        """Fit a page of this size, in pixels."""
        self._room = (width, height)
        is_wide = width >= WIDE and height >= TALL
        wanted = WIDE_PANEL if is_wide else PANEL
        side = max(wanted, min(theme.px(wanted), int(width * MOST_SHARE)))
        self.panel.qr.set_least(LARGE_QR if is_wide else LEAST_PX)
        self.next.setMaximumWidth(theme.px(WIDEST_NEXT))
        self._is_low = height < LOWEST * theme.scale()
        self._fit_bill(side, height)
        self._show_row()
        edge = theme.GRID if height < LOW else theme.GAP
        is_lowest = height < LOWEST * theme.scale()
        self._outer.setContentsMargins(theme.GRID, *((0,) * 3 if is_lowest else (edge,) * 3))
        inner = theme.GRID if is_lowest else PADDING
        self._card.column.setContentsMargins(inner, inner, inner, inner)
        self.places.setSpacing(theme.GRID if inner < PADDING else theme.GAP)
        if self.is_narrow:
            side = width
        self._fit_qr(side, height - 2 * edge)
        self._fit_today(side, height - 2 * edge)
        side = width if self.is_alone else side
        self.setFixedWidth(max(1, side))
        self._turn_row(side - self._margins(edge) - (self._qr_width() if self._is_flat else 0))
        self.fitted.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Fit the room again, once every word is in the other language."""
        QTimer.singleShot(0, self, self._refit)

    def _refit(self) -> None:
        self._show_row()
        if self._room[0]:
            self.fit(*self._room)

    def _fit_bill(self, side: int, height: int) -> None:
        """Put the total above the rest of the bill where its foot has no room for it."""
        is_low = self._is_low
        if not is_low and self._part is self.bill and not self.has_drawer:
            inside = side - self._margins(theme.GAP)
            pinned = _height(self._feet, inside) + _height(self._bottom, inside)
            pinned += self.bill.sum_above
            is_low = pinned + theme.px(LEAST_SEEN) + 2 * (PADDING + theme.GAP) > height
        room = height / theme.scale()
        has_words = room >= LOW and (self._is_low or not is_low)
        is_cramped = room < CRAMPED and not self.is_narrow
        self.bill.fit(has_words=has_words, is_cramped=is_cramped, is_low=is_low)

    def _margins(self, edge: int) -> int:
        return theme.GRID + edge + 2 * (PADDING + 1)

    def _fit_qr(self, side: int, height: int) -> None:
        """Fit the QR into what the rest leaves; below its floor it goes beside the rest."""
        panel, qr = self.panel, self.panel.qr
        is_up = self.is_paying and not panel.is_paid and not self.has_drawer
        inside = side - self._margins(theme.GAP)
        self._turn_row(inside)
        below = _height(self._feet, inside) + _height(self._bottom, inside) + 2 * theme.GAP
        room = height - 2 * (PADDING + 1) - below - panel.height_besides()
        least = qr.floor() if qr.has_code else LEAST_PX // 2
        self._is_flat = is_up and room < least
        if self._is_flat:
            room = height - 2 * (PADDING + 1)
            if self._beside.indexOf(qr) < 0:
                self._beside.insertWidget(0, qr, 0, Qt.AlignmentFlag.AlignTop)
                qr.show()
        else:
            panel.take_qr_back()
        qr.set_room(room)
        left = room - qr.sizeHint().height()
        has_room = left >= 2 * theme.px(theme.SECTION_PX) and not qr.is_shrunk
        panel.show_words(shown=has_room and not self._is_flat)

    def _fit_today(self, side: int, height: int) -> None:
        bottom = _height(self._bottom, side - self._margins(theme.GAP))
        self.today.fit(height - 2 * (PADDING + 1) - bottom - theme.GAP)

    def _qr_width(self) -> int:
        return self.panel.qr.sizeHint().width() + theme.GROUP

    def _follow_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Bring what the keyboard is on into sight, once it has its place."""
        inside = self._scroll.widget()
        if now is not None and inside is not None and inside.isAncestorOf(now):
            self._show_focused_soon()

    def _show_focused_soon(self) -> None:
        QTimer.singleShot(0, self, self._show_focused)

    def _show_focused(self) -> None:
        """Scroll to what the keyboard is on."""
        focused = QApplication.focusWidget()
        inside = self._scroll.widget()
        if focused is not None and inside is not None and inside.isAncestorOf(focused):
            self._scroll.ensureWidgetVisible(focused, 0, PADDING)

    def _bring(self) -> None:
        shown = self._drawer or self._part
        self._stack.bring(shown)
        foot = {self.bill: self.bill.foot, self.panel: self.panel.foot}.get(shown)
        self._feet.setVisible(foot is not None)
        if foot is not None:
            self._feet.bring(foot)
        self._refit()

    def _show_row(self) -> None:
        """Show the buttons of the last row that belong to what is shown."""
        is_shown = not self.has_drawer
        is_paid = self.is_paying and self.panel.is_paid
        is_asking = self.is_paying and self.panel.buttons.is_asking
        is_bill = self._part is self.bill
        is_empty = self._is_low and not self.is_paying
        self._bottom.setVisible(is_shown and not is_asking and not is_empty)
        for button in self.panel.paid_card.buttons():
            button.setVisible(is_paid)
        self.says_paid.setVisible(not is_paid and (self.is_paying or not self._is_low))
        self.next.setVisible(self.is_paying and not (is_paid and self.panel.paid_card.waits))
        if self._is_low:
            self.bill.take_tender_back()
        else:
            self._hold_tender()
            self.bill.beside.setVisible(is_bill)
        if self.is_paying and not self.has_drawer:
            self._feet.setHidden(is_paid)

    def _hold_tender(self) -> None:
        """Put what F8 opens at the end of the last row, where it is always in sight."""
        if self._others.indexOf(self.bill.beside) < 0:
            self._others.addWidget(self.bill.beside, 0, Qt.AlignmentFlag.AlignRight)

    def _turn_row(self, room: int) -> None:
        """Where there is little width, use a second line of buttons, and name fewer keys.

        After a payment Enter and Esc stay named: they are all that the next parent waits for.
        """
        is_paid = self.panel.is_paid
        words = _NEXT_AFTER_PAID if is_paid else _NEXT
        printing, sending = self.panel.paid_card.buttons()
        others = (sending, self.says_paid, self.next, self.bill.beside)
        needed = beside = 0
        for named in range(len(words) - 1, int(is_paid and not self._is_low) - 1, -1):
            self.next.show_text(words[named])
            self.panel.paid_card.name_keys(named)
            self.bill.name_tender(is_long=named > 0)
            needed, beside = self._wide(printing, *others), self._wide(*others)
            if needed <= room:
                break
        turn(self._row, is_upright=needed > room)
        turn(self._others, is_upright=beside > room)

    def _wide(self, *buttons: QWidget) -> int:
        """Return the width that buttons need beside each other."""
        shown = [each for each in buttons if self._is_in_row(each)]
        return sum(each.sizeHint().width() for each in shown) + theme.GAP * len(shown)

    def _is_in_row(self, button: QWidget) -> bool:
        rows = (self._row, self._others)
        return not button.isHidden() and any(row.indexOf(button) >= 0 for row in rows)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setAutoFillBackground(True)
        inside.setBackgroundRole(QPalette.ColorRole.Base)
        vbox(self._stack, inside=inside)
        self._scroll = scroll = QScrollArea(widgetResizable=True)
        scroll.setWidget(inside)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._bottom = QWidget()
        printing, sending = self.panel.paid_card.buttons()
        left = Qt.AlignmentFlag.AlignLeft
        self._others = hbox((sending, 2), (self.says_paid, left), (self.next, 2), gap=theme.GAP)
        self._row = hbox((printing, 3), (self._others, 4), inside=self._bottom, gap=theme.GAP)
        self._hold_tender()
        self._card = card = Card("card", margin=PADDING)
        self.places = vbox((scroll, 1), self._feet, self._bottom, gap=theme.GAP)
        self._beside = hbox((self.places, 1), gap=theme.GROUP)
        card.column.addLayout(self._beside)
        self._outer = vbox(card, inside=self, gap=0)


def _height(widget: QWidget, width: int) -> int:
    """Return the height that a widget needs at a width; none where it is hidden."""
    if widget.isHidden():
        return 0
    layout = widget.layout()
    if layout is not None and layout.hasHeightForWidth():
        return layout.totalHeightForWidth(width)
    return widget.sizeHint().height()
