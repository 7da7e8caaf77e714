"""The card of a paid fee: a large tick, and the receipt. Its buttons are pinned below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.widgets.boxes import STRETCH, fill, gridbox, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card, rule
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import NameLabel, label, set_tone

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from desktop_app.services.views.bills import BillView
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.services.views.receipts import ReceiptView
    from desktop_app.ui.counter.paid_texts import Fact, PaidTexts

TICK_PX = 48
_TYPING = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
_PRINT = (N_("Print"), N_("Print   Enter"), N_("Print   Enter"))
_GO_ON = (N_("Continue"), N_("Continue   Enter"), N_("Continue   Enter"))
_SLIP = N_("Family &slip")
_SEND = (N_("&WhatsApp"), N_("&WhatsApp"), N_("&WhatsApp   Alt+W"))
"""Without the keys' names, with some and with all; the more names, the more width."""
_TIPS = (
    N_("Print the receipt (Enter, Ctrl+P)"),
    N_("Send the receipt's number and amount on WhatsApp (Alt+W)"),
)
_WAITING_TIPS = (
    N_("Continue with the rest of the bill (Enter)"),
    N_("Print one slip with all fees and receipts on this bill"),
)


class NextButton(Button):
    """A button beside which a letter that is typed belongs to the next student.

    Signals:
        typed: the text of a key that was pressed.
    """

    typed = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand letters and digits on."""
        text = event.text()
        if text.strip() and text.isprintable() and event.modifiers() in _TYPING:
            self.typed.emit(text)
            return
        super().keyPressEvent(event)


class PaidCard(QWidget):
    """The payment on screen: who paid, what is still due, and the receipts.

    Signals:
        print_wanted: print the receipts; where there is none yet, go on.
        send_wanted: write the receipts' numbers and amount of this AttemptView into WhatsApp.
        slip_wanted: print the slip of the bill of which this AttemptView paid a part.
        bill_wanted: read the bill of which this AttemptView may have paid a part.
        typed: a letter was typed: the next student's name begins.
    """

    print_wanted = Signal()
    send_wanted = Signal(object)
    slip_wanted = Signal(object)
    bill_wanted = Signal(object)
    typed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._view: AttemptView | None = None
        self._receipt: ReceiptView | None = None
        self._bill: BillView | None = None
        self._named = len(_PRINT) - 1
        self._title = label("", "verdict", wrap=True, tone="paid", name="paidTitle")
        self._who = NameLabel("", "name", name="paidName")
        self._note = label("", "strong", wrap=True)
        self.receipt = Card("paper", margin=12)
        self.receipt.setObjectName("receiptView")
        bind_text(self.receipt, "accessibleName", N_("Receipt"))
        self._number = label("", "section", wrap=True, name="paidReceipt")
        self._hint = label("", "small", wrap=True, name="paidHint")
        self._facts: list[tuple[QLabel, NameLabel]] = []
        self.print_button = NextButton(
            _PRINT[-1], kind="primary", icon="print", name="printReceiptButton", tip=_TIPS[0]
        )
        self.print_button.clicked.connect(self.print_wanted)
        self.send_button = NextButton(_SEND[-1], name="sendReceiptButton", tip=_TIPS[1])
        self.send_button.clicked.connect(self._send)
        for button in self.buttons():
            button.typed.connect(self.typed)
        self._lay_out()

    def buttons(self) -> tuple[NextButton, NextButton]:
        """Return the buttons, which belong below the card."""
        return self.print_button, self.send_button

    def name_keys(self, named: int) -> None:
        """Name the keys on the buttons: 0 none, 1 some, 2 all."""
        self._named = named
        self._name_first()

    def show_view(self, view: AttemptView) -> None:
        """Show what was paid, before its receipt and its bill have been read."""
        is_other = self._view is None or self._view.uid != view.uid
        self._view, self._receipt = view, None
        self._show()
        if is_other and self.bill is None and (self.waits or view.enrollment_uid is None):
            self.bill_wanted.emit(view)

    def show_receipt(self, receipt: ReceiptView) -> None:
        """Show the receipt; one of several payments belongs to a bill."""
        self._receipt = receipt
        self._show()
        if receipt.tenders and self.bill is None:
            self.bill_wanted.emit(self._view)

    def show_bill(self, bill: BillView | None) -> None:
        """Show the bill of which the payment is a part; others change nothing."""
        self._bill = bill or self._bill
        if self.bill is not None:
            self._show()

    def read_again(self) -> None:
        """Have the bill read again while it owes the receipt of the payment on screen."""
        if self.waits:
            self.bill_wanted.emit(self._view)

    @property
    def bill(self) -> BillView | None:
        """The bill of which the payment on screen paid a part; None where none is known."""
        bill, view = self._bill, self._view
        if bill is None or view is None:
            return None
        paid = (each.attempt_uid for each in bill.tenders if each.state.value == "paid")
        return bill if view.uid in paid else None

    def retranslate(self) -> None:
        """Show everything in the current language."""
        self._show()

    def labels(self) -> tuple[QLabel, ...]:
        """Return the labels with texts, top down."""
        facts = [value for _, value in self._facts]
        return (self._title, self._who, self._note, self._number, self._hint, *facts)

    def _show(self) -> None:
        if self._view is None:
            return
        from desktop_app.ui.counter.paid_texts import texts_of  # no start pays anything

        texts = texts_of(self._view, self._receipt, self.bill)
        self._show_verdict(texts)
        self._number.setText(texts.number)
        self._hint.setText(texts.hint)
        self._hint.setVisible(bool(texts.hint))
        self._show_facts(texts.facts)
        self._name_first()

    def _show_verdict(self, texts: PaidTexts) -> None:
        """Show what is certainly here in green, and what is due or only noted not so."""
        self._title.setText(texts.title)
        self._who.show_text(texts.who)
        self._note.setText(texts.note)
        tone = "paid" if texts.is_sure else "attention"
        self._icon.show_icon("paid" if texts.is_sure else "waiting", tone)
        self._band.setProperty("kind", "paid" if texts.is_sure else "well")
        set_tone(self._title, tone)
        set_tone(self._band, tone)

    def _name_first(self) -> None:
        """Name the buttons by what they do: a part of a bill has a slip, and no receipt yet."""
        waits = self.waits
        self.print_button.show_text((_GO_ON if waits else _PRINT)[self._named])
        self.print_button.show_icon("next" if waits else "print")
        self.send_button.show_text(_SLIP if waits else _SEND[self._named])
        tips = _WAITING_TIPS if waits else _TIPS
        for button, tip in zip(self.buttons(), tips, strict=True):
            for each in ("toolTip", "accessibleDescription"):
                bind_text(button, each, tip)
        self.send_button.setEnabled(self._has_receipt or (waits and not self._is_credit))

    @property
    def waits(self) -> bool:
        """Whether there is no receipt yet: the first button continues with the bill."""
        return self._view is not None and self._view.receipt_uid is None and not self._is_issued

    @property
    def _is_issued(self) -> bool:
        """Whether the bill has the receipt of the payment, which was shown before it came."""
        bill, view = self.bill, self._view
        if bill is None or view is None:
            return False
        return any(each.has_receipt for each in bill.tenders if each.attempt_uid == view.uid)

    @property
    def _has_receipt(self) -> bool:
        return self._receipt is not None or self._is_issued

    @property
    def _is_credit(self) -> bool:
        return self._view is not None and self._view.method.value == "credit"

    def _send(self) -> None:
        if self._view is not None:
            wanted = self.send_wanted if self._has_receipt else self.slip_wanted
            wanted.emit(self._view)

    def _show_facts(self, facts: tuple[Fact, ...]) -> None:
        shown = [fact for fact in facts if fact[1]]
        while len(self._facts) < len(shown):
            self._add_fact()
        for at, (name, value) in enumerate(self._facts):
            is_shown = at < len(shown)
            name.setVisible(is_shown)
            value.setVisible(is_shown)
            if is_shown:
                name.setText(shown[at][0])
                value.show_text(shown[at][1])

    def _add_fact(self) -> None:
        name, value = label("", "caption"), NameLabel("", "small")
        at = len(self._facts)
        self._grid.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, at, 1)
        self._facts.append((name, value))

    def _lay_out(self) -> None:
        beside = vbox(self._title, self._who, self._note, gap=0)
        band = self._band = Card("paid", margin=12)
        self._icon = IconLabel("paid", "paid", TICK_PX)
        top = hbox((self._icon, Qt.AlignmentFlag.AlignTop), (beside, 1), gap=12)
        band.column.addLayout(top)
        self._grid: QGridLayout = gridbox(theme.GROUP, theme.GRID)
        self._grid.setColumnStretch(1, 1)
        fill(self.receipt.column, self._number, self._hint, rule(), self._grid)
        column = vbox(inside=self, gap=12)
        fill(column, band, self.receipt, STRETCH)
