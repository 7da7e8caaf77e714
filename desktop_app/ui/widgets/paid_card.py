"""What is shown once a fee is paid: a large tick, and the receipt with Print under the finger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.domain.money import format_rupees
from desktop_app.domain.payment import Method
from desktop_app.domain.receipt import IST
from desktop_app.ui import theme
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card, rule
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import ElidedLabel, label
from desktop_app.ui.wording import SHORT_METHODS, local_time, utr_ending

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from desktop_app.services.views import AttemptView, ReceiptView

TICK_PX = 56
_TYPING = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


class PrintButton(Button):
    """Prints the receipt on Enter; a letter typed here belongs to the next student.

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
        print_wanted: print the receipt.
        typed: a letter was typed: the next student's name begins.
    """

    print_wanted = Signal()
    typed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._title = label("Paid", "verdict", tone="paid")
        self._note = label("", "small", wrap=True)
        self.receipt = Card("paper")
        self.receipt.setObjectName("receiptView")
        self.receipt.setAccessibleName("Receipt")
        self._number = label("", "section")
        self._facts = [(label("", "caption"), ElidedLabel("", "small")) for _ in range(6)]
        self.print_button = PrintButton(
            "Print receipt   Enter",
            kind="primary",
            icon="print",
            name="printReceiptButton",
            tip="Print the receipt (Enter, Ctrl+P)",
        )
        self.print_button.clicked.connect(self.print_wanted)
        self.print_button.typed.connect(self.typed)
        self._lay_out()

    def show_view(self, view: AttemptView) -> None:
        """Show what was paid, before its receipt has been read."""
        is_cash = view.method is Method.CASH
        self._title.setText("Paid in cash" if is_cash else "Paid")
        late = "It came after this payment was given up. " if view.was_late else ""
        ending = utr_ending(view.rrn)
        self._note.setText(f"{late}{view.student_name}{' · ' + ending if ending else ''}")
        self._number.setText(f"Receipt {view.receipt_no}" if view.receipt_no else "No receipt yet")
        self.print_button.setEnabled(view.receipt_uid is not None)
        self._show_facts((("For", view.course_label), ("Amount", format_rupees(view.amount))))

    def show_receipt(self, receipt: ReceiptView) -> None:
        """Show the receipt."""
        self._number.setText(f"Receipt {receipt.number}")
        date = receipt.issued_at.astimezone(IST).strftime("%d-%m-%Y")
        self._show_facts(
            (
                ("Date", f"{date}, {local_time(receipt.issued_at)}"),
                ("Student", f"{receipt.student_name} · {receipt.roll_no}"),
                ("For", receipt.course_label),
                ("Amount", format_rupees(receipt.amount)),
                ("Paid by", SHORT_METHODS[receipt.method]),
                ("UTR", receipt.rrn or ""),
            )
        )

    def labels(self) -> tuple[QLabel, ...]:
        """Tell the labels that say something, top down."""
        facts = [value for _, value in self._facts]
        return (self._title, self._note, self._number, *facts)

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
        beside = QVBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(self._title)
        beside.addWidget(self._note)
        band = Card("paid", margin=12)
        top = QHBoxLayout()
        top.setSpacing(theme.GROUP)
        top.addWidget(IconLabel("paid", "paid", TICK_PX))
        top.addLayout(beside, 1)
        band.column.addLayout(top)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GROUP)
        grid.setVerticalSpacing(theme.GRID)
        grid.setColumnStretch(1, 1)
        for at, (name, value) in enumerate(self._facts):
            grid.addWidget(name, at, 0)
            grid.addWidget(value, at, 1)
        self.receipt.column.addWidget(self._number)
        self.receipt.column.addWidget(rule())
        self.receipt.column.addLayout(grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.GAP, 0, 0)
        column.setSpacing(theme.GROUP)
        column.addWidget(band)
        column.addWidget(self.receipt)
        column.addWidget(self.print_button)
        column.addStretch(1)
