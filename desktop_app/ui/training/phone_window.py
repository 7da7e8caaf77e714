"""The parent's phone, in training: a small window that scans the counter's QR and pays, or not.

It exists in training only and moves no real money; it says so in its banner and on its screen.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from desktop_app.domain.money import format_rupees
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import short_rupees
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.widgets.banner import StripedBanner
from desktop_app.ui.widgets.boxes import Stretch, fill, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import label, set_tone

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from desktop_app.services.views.payments import PhoneSees
    from desktop_app.ui.training.phone_presenter import PhonePresenter

WIDTH, HEIGHT = 360, 640
ABOVE_PX = 60
"""Kept free for the window's frame."""
LOW = 500
"""Below this height, at text of 100 %, only what is needed to pay is shown."""
LATE_S = 60
_CASE = (
    "QFrame#phoneCase { background: palette(base); border: 3px solid palette(dark);"
    " border-radius: 28px; }"
)
_EAR = "background: palette(dark); border-radius: 2px;"

_OTHERS = (
    ("phoneDeclineButton", N_("Decline"), "failure",
     N_("Declined. The parent can still pay with this QR."), 0, 1,
     N_("Try a declined payment")),
    ("phoneTimeoutButton", N_("Don't respond"), "timeout",
     N_("The parent's phone isn't responding."), 0, 1,
     N_("Try a payment that the bank never confirms")),
    ("phoneLateButton", N_("Pay a minute late"), "late", N_("The payment arrives in a minute."),
     LATE_S, 1, N_("Try a payment that arrives a minute late")),
    ("phoneTwiceButton", N_("Pay twice"), "success",
     N_("Paid twice. Razorpay refunds the second payment."), 0, 2,
     N_("Try paying the same QR twice")),
)  # fmt: skip
_PAID = N_("Paid.")
_ICONS = {"success": ("paid", "paid"), "failure": ("wrong", "wrong"), "late": ("late", "attention")}
_OVER = N_("This QR is no longer active.")


class PhonePanel(QWidget):
    """The phone: what the parent sees and can do."""

    def __init__(self, presenter: PhonePresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._seen: PhoneSees | None = None
        self._last: N_ | Exception | None = None
        self._outcome = ""
        self._text = ""
        self._payee = label("", "section", name="phonePayee", wrap=True)
        self._amount = label("", "total", name="phoneAmount")
        self._note = label("", "caption", name="phoneNote", wrap=True)
        self._icon = IconLabel("", "ink_2", 24)
        self._said = label("", "strong", name="phoneSaid", wrap=True)
        self.pay_button = Button(
            kind="primary", icon="phone", name="phonePayButton", tip=N_("Pay as the parent")
        )
        self.pay_button.clicked.connect(partial(self._act, "success", _PAID, 0, 1))
        self._others = [self._other(*each) for each in _OTHERS]
        self._lay_out()
        presenter.sees.connect(self.show_seen)
        presenter.working.connect(self._show_working)
        presenter.done.connect(self._show_done)
        presenter.failed.connect(self._show_failure)
        self.show_seen(None)

    def show_seen(self, seen: PhoneSees | None) -> None:
        """Show what the phone makes of the QR on screen."""
        self._seen = seen
        can_pay = seen is not None and seen.is_payable
        for button in (self.pay_button, *self._others):
            button.setEnabled(can_pay)
        if self._presenter.text != self._text:
            self._text = self._presenter.text
            if self._text:  # what was done last stays until the next QR
                self._forget()
        self._say_seen()

    def rescale(self) -> None:
        """Keep the phone's shape at every text size."""
        self.setFixedWidth(theme.px(WIDTH))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what only decorates it on a low screen."""
        super().resizeEvent(event)
        for part in (*self._head, self._others_title):
            part.setVisible(self.height() >= theme.px(LOW))

    def retranslate(self) -> None:
        """Set the texts in the current language."""
        self._say_seen()
        self._say_last()

    def sizeHint(self) -> QSize:
        """Ask for the shape of a phone."""
        room = self.screen().availableSize().height() - ABOVE_PX
        return QSize(theme.px(WIDTH), min(theme.px(HEIGHT), room))

    # --- what happened

    def _act(self, outcome: str, said: N_, after_s: int, times: int) -> None:
        self._outcome = outcome
        self._presenter.pay(outcome, said, after_s, times)

    def _show_working(self, working: bool) -> None:  # noqa: FBT001 - a Qt signal's argument
        for button in (self.pay_button, *self._others):
            button.setEnabled(not working)

    def _show_done(self, said: N_) -> None:
        self._last = said
        self._say_last()

    def _show_failure(self, error: Exception) -> None:
        self._last = error
        self._say_last()

    def _forget(self) -> None:
        self._last, self._outcome = None, ""
        self._say_last()

    def _say_last(self) -> None:
        icon, tone = _ICONS.get(self._outcome, ("waiting", "accent"))
        words = ""
        if isinstance(self._last, N_):
            words = tr(self._last)
        elif self._last is not None:
            from desktop_app.ui.core.error_notices import describe

            icon, tone, words = "attention", "attention", describe(self._last).words()[0]
        self._said.setText(words)
        set_tone(self._said, tone)
        self._icon.setVisible(bool(words))
        self._icon.show_icon(icon, tone)

    def _say_seen(self) -> None:
        seen = self._seen
        if seen is None:
            self._payee.setText(tr(N_("No QR to scan")))
            self._amount.setText("")
            self._note.setText(
                tr(N_("Collect a fee at the counter. This phone scans the QR automatically."))
            )
        else:
            self._payee.setText(seen.payee or tr(N_("Unknown payee")))
            self._amount.setText(format_rupees(seen.amount) if seen.amount else "")
            is_over = not seen.is_payable and self._outcome != "success"
            self._note.setText(tr(_OVER) if is_over else seen.note)
        amount = seen.amount if seen is not None else None
        words = tr(N_("Pay {amount}"), amount=short_rupees(amount)) if amount else tr(N_("Pay"))
        self.pay_button.show_text(words)

    # --- shape

    def _other(
        self, name: str, words: N_, outcome: str, said: N_, after_s: int, times: int, tip: N_
    ) -> Button:
        button = Button(words, kind="compact", name=name, tip=tip)
        button.clicked.connect(partial(self._act, outcome, said, after_s, times))
        return button

    def _lay_out(self) -> None:
        column = vbox(
            StripedBanner("phoneTrainingBanner", {"training": (N_("PRACTICE MODE"), N_(""))}),
            inside=self,
            gap=0,
        )
        inside = QWidget()
        whole = vbox(inside=inside, gap=theme.GROUP, margins=(theme.MARGIN, theme.GROUP))
        self._others_title = label(N_("Try something else"), "caption")
        fill(whole, (self._case(), 1), self._others_title, self._grid())
        scroll = QScrollArea()
        scroll.setObjectName("phoneScroll")
        bind_text(scroll, "accessibleName", N_("Parent's phone (practice)"))
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        column.addWidget(scroll, 1)
        self.setFixedWidth(theme.px(WIDTH))

    def _case(self) -> QFrame:
        case = QFrame()
        case.setObjectName("phoneCase")
        case.setStyleSheet(_CASE)
        column = QVBoxLayout(case)
        column.setContentsMargins(20, 14, 20, 20)
        column.setSpacing(theme.GAP)
        ear = QFrame()
        ear.setFixedSize(56, 4)
        ear.setStyleSheet(_EAR)
        self._head = (ear, label(N_("Practice UPI app"), "caption"))
        for part in self._head:
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        card = Card("well")
        fill(card.column, label(N_("Pay to"), "caption"), self._payee, self._amount, self._note)
        said = hbox(self._icon, (self._said, 1), gap=theme.GAP)
        fill(column, card, said, Stretch(2), self.pay_button)
        return case

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(theme.GAP)
        for at, button in enumerate(self._others):
            grid.addWidget(button, at // 2, at % 2)
        return grid
