"""Held money as a card: who, for what, how much, since when, why; and the possible decisions.

Widgets only. It asks before money goes back and emits what was chosen: nothing is decided here.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import INR, format_in
from desktop_app.domain.payment import Placement
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import one_line, short_in, short_rupees, when_text
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.inbox.due_picker import DuePicker
from desktop_app.ui.widgets.boxes import fill, vbox
from desktop_app.ui.widgets.buttons import Button, without_key
from desktop_app.ui.widgets.confirm_strip import Answers, ConfirmStrip
from desktop_app.ui.widgets.flow_layout import flowing
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import ElidedLabel, label

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from desktop_app.services.views.unapplied import FamilyDue, UnappliedPayment

REASONS = (
    N_("The payment arrived late and the course is full."),
    N_("This fee was already paid."),
    N_("The amount doesn't match the fee."),
    N_("The bank couldn't refund this payment. The enrolment has ended."),
    N_("The bank couldn't refund this payment. Refund it again."),
    N_("The fee isn't in the backup you restored."),
)
"""Why money pays nothing, as the services say it."""


class UnappliedCard(QFrame):
    """One payment that waits for a decision.

    Signals:
        enrol: let it pay the fee it was asked for (`UnappliedPayment`).
        apply: let it pay a part of the fee it was asked for (`UnappliedPayment`).
        dues_wanted: show which other dues it could pay (`UnappliedPayment`).
        put_against: let it pay another due (`UnappliedPayment`, the due's uid).
        give_back: refund it; asked and confirmed (`UnappliedPayment`).
        stepped: go to the card above (-1) or below (1).
        opened: a question or a choice came up.
    """

    enrol = Signal(object)
    apply = Signal(object)
    dues_wanted = Signal(object)
    put_against = Signal(object, str)
    give_back = Signal(object)
    stepped = Signal(int)
    opened = Signal()

    def __init__(self, held: UnappliedPayment) -> None:
        super().__init__()
        self.held = held
        self._has_keys = False
        self.setObjectName("heldCard")
        self.setProperty("kind", "card")
        self.setProperty("held", held.uid)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._build_words()
        self._build_buttons()
        self.question = ConfirmStrip(
            Button(N_("Cancel"), name="heldRefundKeepButton"),
            Button(kind="danger", name="heldRefundConfirmButton"),
            Answers.BELOW, kind="well", name="heldRefundQuestion",
        )  # fmt: skip
        self.choice = DuePicker()
        self._lay_out()
        self._connect()
        self.show_held(held)

    def _build_words(self) -> None:
        self.name = ElidedLabel(role="strong", name="heldStudent")
        self.amount = label("", "section", name="heldAmount")
        self.course = ElidedLabel(role="small", name="heldCourse")
        self.when = label("", "caption", name="heldSince")
        self.why = label("", "small", name="heldReason", wrap=True, tone="attention")
        self.after = label("", "small", name="heldAfter", wrap=True)
        self.busy = label(N_("Saving…"), "small", name="heldBusy", tone="accent")
        self.busy.hide()

    def _build_buttons(self) -> None:
        self.enrol_button = Button(
            icon="check", name="heldEnrolButton",
            tip=N_("Enrol the student with this payment (E)"),
        )  # fmt: skip
        self.apply_button = Button(
            icon="check", name="heldApplyButton",
            tip=N_("Apply this payment to its fee and issue a receipt (A)"),
        )  # fmt: skip
        self.dues_button = Button(
            icon="arrow", name="heldDuesButton",
            tip=N_("Use this payment for another fee of this family (U)"),
        )  # fmt: skip
        self.refund_button = Button(
            icon="refund", name="heldRefundButton",
            tip=N_("Refund this payment (R)"),
        )  # fmt: skip

    def _lay_out(self) -> None:
        top, under, why = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row, left, right in ((top, self.name, self.amount), (under, self.course, self.when)):
            row.setSpacing(theme.GAP)
            fill(row, (left, 1), right)
        why.setSpacing(6)
        why.addWidget(IconLabel("attention", "attention", 16), 0, Qt.AlignmentFlag.AlignTop)
        why.addWidget(self.why, 1)
        column = vbox(top, under, why, self.after, inside=self, gap=6, margins=(theme.GROUP, 12))
        fill(column, theme.GRID, flowing(*self._buttons()))
        fill(column, self.busy, self.question, self.choice)

    def _buttons(self) -> tuple[Button, ...]:
        return self.enrol_button, self.apply_button, self.dues_button, self.refund_button

    def _connect(self) -> None:
        self.enrol_button.clicked.connect(self._enrol)
        self.apply_button.clicked.connect(self._apply)
        self.dues_button.clicked.connect(self._want_dues)
        self.refund_button.clicked.connect(self.ask_refund)
        self.question.confirmed.connect(self._give_back)
        self.question.refused.connect(self.setFocus)
        self.choice.chosen.connect(self._put_against)
        self.choice.closed.connect(self.setFocus)

    def show_held(self, held: UnappliedPayment) -> None:
        """Show the money."""
        self.held = held
        self.name.show_text(" · ".join(part for part in self._who() if part))
        self.amount.setText(format_in(held.amount, held.currency))
        self.course.show_text(held.course_label)
        self.retranslate()

    def _who(self) -> tuple[str, ...]:
        """Name, roll number and mark; money from before a restored backup has neither name."""
        mark = tr(N_("Test money")) if self.held.mode is MoneyMode.TEST else ""
        return self.held.student_name or tr(N_("Unknown payer")), self.held.roll_no, mark

    def show_busy(self, *, busy: bool) -> None:
        """Disable the buttons while a decision is being booked."""
        for button in self._buttons():
            button.setEnabled(not busy)
        self.enrol_button.setEnabled(not busy and self.held.can_enrol)
        self.busy.setVisible(busy)
        if busy:
            self.question.hide()
            self.choice.close_up()

    def show_keys(self, *, has_keys: bool) -> None:
        """Underline the access keys, which only one card can have."""
        if has_keys != self._has_keys:
            self._has_keys = has_keys
            self.retranslate()

    def show_dues(self, dues: tuple[FamilyDue, ...]) -> None:
        """Offer the dues it could pay."""
        self.question.hide()
        self.choice.show_dues(dues)
        self.opened.emit()

    def ask_refund(self) -> None:
        """Ask once, naming the amount; the safe answer has the focus."""
        self.choice.close_up()
        amount = format_in(self.held.amount, self.held.currency)
        self.question.ask(
            N_(
                "Refund {amount}? Razorpay returns the money to the original payment method, "
                "usually in 5 to 7 working days. You can't undo a refund."
            ),
            yes=N_("Refund {amount}"),
            amount=amount,
        )
        self.opened.emit()

    @property
    def is_asking(self) -> bool:
        """Whether a question or a choice is open."""
        return not self.question.isHidden() or not self.choice.isHidden()

    def close_up(self) -> None:
        """Close the question or the choice; nothing was decided."""
        self.question.hide()
        self.choice.close_up()
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """One key a decision: E, A, U, R; Up and Down go from card to card."""
        if event.modifiers() not in (_NONE, Qt.KeyboardModifier.KeypadModifier):
            super().keyPressEvent(event)
            return
        presses: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_E: self.enrol_button.click,
            Qt.Key.Key_A: self.apply_button.click,
            Qt.Key.Key_U: self.dues_button.click,
            Qt.Key.Key_R: self.refund_button.click,
            Qt.Key.Key_Up: partial(self.stepped.emit, -1),
            Qt.Key.Key_Down: partial(self.stepped.emit, 1),
        }
        press = presses.get(Qt.Key(event.key()))
        if press is None:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat() or event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            press()

    def retranslate(self) -> None:
        """Set the texts in the current language."""
        held = self.held
        self.when.setText(tr(N_("received {when}"), when=when_text(held.received_at)))
        free = f" {tr(N_('A seat is free.'))}" if held.can_enrol else ""
        reason = _reason(held)
        self.why.setText(f"{reason}{free}")
        self.after.setText("\n".join(filter(None, (_offered(held), _after(held)))))
        self.after.setVisible(held.applicable is not None or bool(held.offered))
        self.enrol_button.setEnabled(held.can_enrol)
        self.enrol_button.setVisible(held.can_enrol)
        self.apply_button.setVisible(held.applicable is not None)
        self.dues_button.setVisible(held.currency == INR)
        applied = short_rupees(held.applicable) if held.applicable is not None else ""
        apply = N_("&Apply {amount}") if held.parts == 1 else N_("&Apply both ({amount})")
        for button, words in (
            (self.enrol_button, N_("&Enrol now")),
            (self.apply_button, apply),
            (self.dues_button, N_("&Use for another fee…")),
            (self.refund_button, N_("&Refund…")),
        ):
            said = tr(words, amount=applied)
            bind_text(button, "accessibleName", without_key(said))
            button.setText(f" {said if self._has_keys else without_key(said)}")
        bind_text(
            self,
            "accessibleName",
            N_("{name}, {amount}, for {course}. {reason}"),
            name=held.student_name,
            amount=self.amount.text(),
            course=held.course_label,
            reason=reason,
        )

    def _enrol(self) -> None:
        self.enrol.emit(self.held)

    def _apply(self) -> None:
        self.apply.emit(self.held)

    def _want_dues(self) -> None:
        self.dues_wanted.emit(self.held)

    def _put_against(self, due_uid: str) -> None:
        self.put_against.emit(self.held, due_uid)

    def _give_back(self) -> None:
        self.give_back.emit(self.held)


def _reason(held: UnappliedPayment) -> str:
    """Return why money waits; with both figures where another amount was asked for."""
    if held.why is not Placement.MISFIT or held.came is None or held.asked is None:
        return tr(held.reason)
    words = N_("The parent paid {came} instead of {asked}.")
    if held.amount < held.came:
        words = N_("{left} of the {came} payment is left.")
    elif held.came == held.asked and held.currency == INR:
        words = N_("The parent paid {came}, but part of this fee was already paid.")
    figures = {"came": held.came, "left": held.amount}
    shown = {name: short_in(each, held.currency) for name, each in figures.items()}
    said = tr(words, asked=short_rupees(held.asked), **shown)
    more = N_("The payment is in another currency. You can only refund it.")
    return said if held.currency == INR else f"{said} {tr(more)}"


def _offered(held: UnappliedPayment) -> str:
    """Return a line for each of several fees that the money was asked for."""
    return "\n".join(
        tr(
            N_("{fee}, {amount}: still due")
            if each.is_open
            else N_("{fee}, {amount}: no longer due"),
            fee=one_line(each.about, 80),
            amount=short_rupees(each.amount),
        )
        for each in held.offered
    )


def _after(held: UnappliedPayment) -> str:
    """Return what a fee and the money are like once it is applied."""
    if held.applicable is None or held.due_after is None:
        return ""
    words = N_("This payment covers the fee in full.")
    if held.due_after:
        words = N_("After that, {due} will still be due.")
    elif held.parts > 1:
        words = N_("Together, the two payments on this link cover the fee in full.")
    said = tr(words, due=short_rupees(held.due_after))
    rest = held.amount - held.applicable
    if held.parts > 1 or not rest:
        return said
    return f"{said} {tr(N_('{rest} stays here until you refund it.'), rest=short_rupees(rest))}"


_NONE = Qt.KeyboardModifier.NoModifier
