"""Today's figures, on the right while nobody is being served, and the payment that came last.

It shows what the desk has added up, and adds nothing itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.domain.money import ZERO, format_in, total
from desktop_app.domain.receipt import IST
from desktop_app.domain.tender import Verification
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import held_words, local_time, one_line, short_rupees
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.counter.days import short_day
from desktop_app.ui.widgets.boxes import STRETCH, fill, gridbox, hbox, vbox
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import Card, rule
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from desktop_app.services.views.payments import PaymentRow, PaymentTotals

_WAYS = (("upi", N_("UPI")), ("link", N_("Link")), ("cash", N_("Cash")))


class TodayCard(QWidget):
    """Today's money, the fees that are due, and the last payment.

    Signals:
        pending_wanted: list the fees that are due.
        held_wanted: list the bills that were left.
        print_wanted: print the receipt of this uid again.
    """

    pending_wanted = Signal()
    held_wanted = Signal()
    print_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._totals: PaymentTotals | None = None
        self._latest: PaymentRow | None = None
        self._room = 0
        self._title = label("", "caption")
        self.collected = label("", "verdict", name="collectedToday")
        self._count = label("", "caption")
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self._sums = {kind: label("", "small") for kind, _ in _WAYS}
        self._others_word = label(N_("Other methods"), "small", tone="quiet")
        self._others = label("", "small", name="othersToday")
        self._unsure = label("", "small", name="unsureToday", tone="attention")
        self._refunded_word = label(N_("Refunds"), "small", tone="quiet")
        self._refunded = label("", "small")
        self._net_word = label(N_("Net"), "small", tone="quiet")
        self._net = label("", "small", name="netToday")
        for each in (*self._sums.values(), self._others, self._refunded, self._net):
            each.setAlignment(right)
        self.nothing = label(N_("No payments yet today"), "secondary", name="nothingToday")
        self.pending = Button(
            kind="compact", icon="late", name="pendingFeesButton",
            tip=N_("Show the students with a fee due"),
        )  # fmt: skip
        self.pending.clicked.connect(self.pending_wanted)
        self.held = Button(
            kind="compact", icon="waiting", name="heldBillsButton",
            tip=N_("Show held bills (Ctrl+H)"),
        )  # fmt: skip
        self.held.clicked.connect(self.held_wanted)
        self._last = Card("paper", margin=12)
        self._last_title = label(N_("Last payment"), "caption")
        self._last_who = ElidedLabel("", "strong")
        self._last_amount = label("", "strong")
        self._last_what = ElidedLabel("", "caption")
        self.print_again = Button(
            N_("Print again   F7"), kind="compact", icon="print", name="printLastButton",
            tip=N_("Print this receipt again (F7)"),
        )  # fmt: skip
        self.print_again.clicked.connect(self._print)
        self._lay_out()
        self.show_totals(None)
        self.show_latest(None)

    def show_totals(self, totals: PaymentTotals | None) -> None:
        """Show today's sums; None before they are known."""
        self._totals = totals
        self._title.setText(tr(N_("Collected today, {day}"), day=short_day(None)))
        if totals is None:
            self.collected.setText("…")
            self._count.setText("")
            for unknown in (self.pending, self.held, self.nothing, self._by_way):
                unknown.hide()
            return
        day = totals.all
        self.collected.setText(short_rupees(day.collected))
        words = N_("{count} payment", "{count} payments")
        self._count.setText(tr(words, count=day.count) if day.count else "")
        for kind, _ in _WAYS:
            self._sums[kind].setText(short_rupees(totals.by_kind[kind].collected))
        self._show_others(totals)
        self._refunded.setText(short_rupees(day.refunded))
        self._net.setText(short_rupees(day.net))
        for each in (self._refunded_word, self._refunded, self._net_word, self._net):
            each.setVisible(bool(day.refunded))
        self.nothing.setHidden(bool(day.count))
        self._by_way.setVisible(bool(day.count or day.refunded))
        self._show_pending(totals.pending)
        has_held = totals.held.bills > 0
        self.held.show_text(f"{held_words(totals.held)}   Ctrl+H" if has_held else "")
        self.held.setVisible(has_held)
        self.fit(self._room)

    def show_latest(self, payment: PaymentRow | None) -> None:
        """Show the last payment; None without one."""
        self._latest = payment
        if payment is None:
            self.fit(self._room)
            return
        self._last_who.show_text(one_line(payment.student_name, 60))
        self._last_amount.setText(format_in(payment.amount, payment.currency))
        at = payment.at.astimezone(IST)
        when = f"{short_day(at)}, {local_time(payment.at)}"
        parts = (payment.receipt_no or "", one_line(payment.course_label), when)
        self._last_what.show_text(" · ".join(part for part in parts if part))
        self.print_again.setVisible(payment.receipt_uid is not None)
        self.fit(self._room)

    def fit(self, room: int) -> None:
        """Show the last payment where it fits into a height, in pixels; the strip has it too."""
        self._room = room
        layout = self.layout()
        for is_shown in (self._latest is not None, False):
            for part in (self._last_title, self._last):
                part.setVisible(is_shown)
            if not is_shown or layout is None or not room or layout.sizeHint().height() <= room:
                return

    def retranslate(self) -> None:
        """Show everything in the current language."""
        self.show_totals(self._totals)
        self.show_latest(self._latest)

    def _show_others(self, totals: PaymentTotals) -> None:
        """Show what came by no way of the list, and what of the day's money isn't verified."""
        listed = total(totals.by_kind[kind].collected for kind, _ in _WAYS)
        others = totals.all.collected - listed
        self._others.setText(short_rupees(others))
        for each in (self._others_word, self._others):
            each.setVisible(bool(others))
        unsure = totals.by_verification.get(Verification.CLAIMED, ZERO)
        self._unsure.setText(tr(N_("{amount} not verified yet"), amount=short_rupees(unsure)))
        self._unsure.setVisible(bool(unsure))

    def _show_pending(self, count: int) -> None:
        words = N_("{count} fee due", "{count} fees due")
        self.pending.show_text(tr(words, count=count))
        self.pending.setVisible(count > 0)

    def _print(self) -> None:
        if self._latest is not None and self._latest.receipt_uid:
            self.print_wanted.emit(self._latest.receipt_uid)

    def _lay_out(self) -> None:
        bind_text(self, "accessibleName", N_("Today"))
        self._by_way = QWidget()
        grid = gridbox(theme.GROUP, theme.GRID)
        self._by_way.setLayout(grid)
        grid.setColumnStretch(1, 1)
        for at, (kind, words) in enumerate(_WAYS):
            grid.addWidget(label(words, "small", tone="quiet"), at, 0)
            grid.addWidget(self._sums[kind], at, 1)
        below = (
            (self._others_word, self._others),
            (self._refunded_word, self._refunded),
            (self._net_word, self._net),
        )
        for at, (word, amount) in enumerate(below, start=len(_WAYS)):
            grid.addWidget(word, at, 0)
            grid.addWidget(amount, at, 1)
        grid.addWidget(self._unsure, len(_WAYS) + len(below), 0, 1, 2)
        line = hbox((self.collected, 1), (self._count, Qt.AlignmentFlag.AlignBottom), gap=theme.GAP)
        column = vbox(self._title, line, rule(), inside=self, gap=theme.GAP)
        fill(column, self.nothing, self._by_way)
        left = Qt.AlignmentFlag.AlignLeft
        fill(self._last.column, hbox((self._last_who, 1), self._last_amount), self._last_what)
        fill(self._last.column, (self.print_again, left))
        fill(column, (self.pending, left), (self.held, left), theme.GROUP)
        fill(column, self._last_title, self._last, STRETCH)
