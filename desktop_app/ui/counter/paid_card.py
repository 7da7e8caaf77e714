"""The card of a paid fee: a large tick, and the receipt. Its buttons are pinned below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from desktop_app.domain.money import format_rupees
from desktop_app.domain.receipt import IST
from desktop_app.domain.tender import Verification
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import METHODS, day_text, one_line, utr_ending
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.widgets.boxes import STRETCH, fill, gridbox, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card, rule
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import ElidedLabel, NameLabel, label, set_tone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QKeyEvent

    from desktop_app.services.views.payments import AttemptView
    from desktop_app.services.views.receipts import ReceiptView

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
    """The tick, who paid, and the receipt.

    Signals:
        print_wanted: print the receipt; where there is none yet, go on.
        send_wanted: write its number and amount into WhatsApp, as ReceiptView.
        slip_wanted: print the slip of the bill of which this AttemptView paid a part.
        typed: a letter was typed: the next student's name begins.
    """

    print_wanted = Signal()
    send_wanted = Signal(object)
    slip_wanted = Signal(object)
    typed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._view: AttemptView | None = None
        self._receipt: ReceiptView | None = None
        self._named = len(_PRINT) - 1
        self._title = label("", "verdict", tone="paid")
        self._who = NameLabel("", "name", name="paidName")
        self._note = label("", "strong", wrap=True)
        self.receipt = Card("paper", margin=12)
        self.receipt.setObjectName("receiptView")
        bind_text(self.receipt, "accessibleName", N_("Receipt"))
        self._number = label("", "section")
        self._facts = [(label("", "caption"), ElidedLabel("", "small")) for _ in range(5)]
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
        """Show what was paid, before its receipt has been read."""
        self._view, self._receipt = view, None
        self._title.setText(tr(METHODS[view.method].paid))
        self._show_sure(is_sure=tender_of(view.method).verification is not Verification.CLAIMED)
        self._who.show_text(one_line(view.student_name, 80))
        money = (format_rupees(view.amount), utr_ending(view.rrn))
        late = tr(N_("The parent paid after the QR or link had expired or been cancelled."))
        lines = (" · ".join(part for part in money if part), late if view.was_late else "")
        self._note.setText("\n".join(line for line in lines if line))
        self._show_number(view.receipt_no)
        self._name_first()
        self._show_facts(((tr(N_("For")), one_line(view.course_label)),))

    def _show_sure(self, *, is_sure: bool) -> None:
        """Show what is certainly here in green, and what a person only noted not so."""
        tone = "paid" if is_sure else "attention"
        self._icon.show_icon("paid" if is_sure else "waiting", tone)
        self._band.setProperty("kind", "paid" if is_sure else "well")
        set_tone(self._title, tone)
        set_tone(self._band, tone)

    def show_receipt(self, receipt: ReceiptView) -> None:
        """Show the receipt."""
        self._receipt = receipt
        self.send_button.setEnabled(True)
        self._show_number(receipt.number)
        paid = receipt.tenders or (receipt,)
        local = receipt.issued_at.astimezone(IST)
        self._show_facts(
            (
                (tr(N_("Date")), f"{day_text(local.date())}, {local:%H:%M}"),
                (tr(N_("Roll no.")), one_line(receipt.roll_no)),
                (tr(N_("For")), one_line(receipt.course_label)),
                (tr(N_("Paid by")), _listed(tr(METHODS[each.method].short) for each in paid)),
                (tr(N_("UTR")), _listed(each.rrn or "" for each in paid)),
            )
        )

    def retranslate(self) -> None:
        """Show everything in the current language."""
        if self._view is not None:
            receipt = self._receipt
            self.show_view(self._view)
            if receipt is not None:
                self.show_receipt(receipt)

    def labels(self) -> tuple[QLabel, ...]:
        """Return the labels with texts, top down."""
        facts = [value for _, value in self._facts]
        return (self._title, self._who, self._note, self._number, *facts)

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
        self.send_button.setEnabled(self._receipt is not None or (waits and not self._is_credit))

    @property
    def waits(self) -> bool:
        """Whether there is no receipt yet: the first button continues with the bill."""
        return self._view is not None and self._view.receipt_uid is None

    @property
    def _is_credit(self) -> bool:
        view = self._view
        return view is not None and tender_of(view.method).verification is Verification.INTERNAL

    def _send(self) -> None:
        if self._receipt is not None:
            self.send_wanted.emit(self._receipt)
        elif self._view is not None:
            self.slip_wanted.emit(self._view)

    def _show_number(self, number: str | None) -> None:
        words = tr(N_("Receipt {number}"), number=number) if number else self._no_number()
        more = self._view.roll_no.count(", ") if self._view is not None else 0
        if number and more:
            several = N_("Receipt {number} and {count} more", "Receipt {number} and {count} more")
            words = tr(several, number=number, count=more)
        self._number.setText(words)

    def _no_number(self) -> str:
        """Return why there is no receipt."""
        if self._is_credit:
            return tr(N_("Paid with credit. No new receipt."))
        return tr(N_("You get the receipt once the bill is fully paid or closed."))

    def _show_facts(self, facts: tuple[tuple[str, str], ...]) -> None:
        shown = [fact for fact in facts if fact[1]]
        for at, (name, value) in enumerate(self._facts):
            is_shown = at < len(shown)
            name.setVisible(is_shown)
            value.setVisible(is_shown)
            if is_shown:
                name.setText(shown[at][0])
                value.show_text(shown[at][1])

    def _lay_out(self) -> None:
        beside = vbox(self._title, self._who, self._note, gap=0)
        band = self._band = Card("paid", margin=12)
        self._icon = IconLabel("paid", "paid", TICK_PX)
        top = hbox(self._icon, (beside, 1), gap=12)
        band.column.addLayout(top)
        grid = gridbox(theme.GROUP, theme.GRID)
        grid.setColumnStretch(1, 1)
        for at, (name, value) in enumerate(self._facts):
            grid.addWidget(name, at, 0)
            grid.addWidget(value, at, 1)
        fill(self.receipt.column, self._number, rule(), grid)
        column = vbox(inside=self, gap=12)
        fill(column, band, self.receipt, STRETCH)


def _listed(words: Iterable[str]) -> str:
    """Return words as a list, each once."""
    return ", ".join(dict.fromkeys(filter(None, words)))
