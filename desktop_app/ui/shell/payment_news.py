"""News of payments and of the connection, passed on to pages, tray, banners, display and sound."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from desktop_app.domain.payment import LIVE_STATES, AttemptState, Placement
from desktop_app.ui.core.formatting import reference_ending, short_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.core.notice import Tone

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.payments import AttemptView, PaymentTotals, PollResult
    from desktop_app.services.views.settings import ConnectionState
    from desktop_app.services.views.unapplied import UnappliedPayment
    from desktop_app.ui.shell.host import Host
    from desktop_app.ui.shell.navigator import Navigator
    from desktop_app.ui.shell.parts import Parts
    from desktop_app.ui.shell.payment_tray import Chip
    from desktop_app.ui.training.phone_placement import PhonePlacement

LATELY = 20
"""Payments among which a second one of the same fee is looked for."""


class PaymentNews(QObject):
    """Shows what polling found."""

    def __init__(self, window: Host, parts: Parts, navigator: Navigator) -> None:
        super().__init__(parts)
        self._window, self._parts, self._navigator = window, parts, navigator
        self._phone = self._place_phone()
        self._connect_news()

    def _connect_news(self) -> None:
        parts = self._parts
        parts.attempts.paid.connect(self._paid)
        parts.attempts.changed.connect(self._note_returning)
        parts.attempts.changed.connect(self._withdraw_settled)
        parts.attempts.ticked.connect(self._ticked)
        parts.poller.looked.connect(self._looked)
        parts.poller.failed.connect(parts.notices.tell)
        parts.line.line.connect(self._show_line)
        parts.line.trying.connect(parts.line_banner.show_trying)
        parts.line_banner.retry_button.clicked.connect(parts.line.retry)
        for button in (parts.line_banner.settings_button, parts.training_banner.keys_button):
            button.clicked.connect(self._open_gateway_settings)
        parts.tray_presenter.chips.connect(self._show_chips)
        parts.tray.chosen.connect(self._navigator.show_attempt)
        parts.tray.pending_wanted.connect(parts.counter.ways_on.show_pending)
        parts.tray.held_wanted.connect(parts.counter.ways_on.show_held)
        parts.counter.presenter.today.connect(self._show_pending)
        parts.payment.shown.connect(self._follow)
        parts.payment.code.connect(parts.display.show_code)
        parts.counter.family_shown.connect(parts.display.show_bill)
        if self._phone is not None:
            parts.training_banner.phone_button.clicked.connect(self._phone_wanted)
            parts.counter.side.fitted.connect(self._phone.follow)

    def _looked(self, look: PollResult) -> None:
        if look.succeeded:
            self._parts.counter.panel.note_checked()

    def _show_line(self, state: ConnectionState) -> None:
        parts = self._parts
        parts.line_banner.show_line(state)
        parts.status.show_line(state)
        if state.line.value == "online":
            parts.notices.withdraw("UnavailableError")
        parts.counter.show_line(offline=state.line.value == "offline")

    def _show_chips(self, chips: tuple[Chip, ...]) -> None:
        self._parts.tray.show_chips(chips)
        self._parts.status.show_waiting(len(self._parts.pending_payments()))

    def _show_pending(self, totals: PaymentTotals) -> None:
        self._parts.tray.show_pending(totals.pending, totals.held)

    def _follow(self, view: AttemptView | None) -> None:
        parts = self._parts
        parts.display.show_view(view)
        if self._phone is not None:
            parts.phone_presenter.watch(view)
            self._show_phone(self._phone, view)

    @staticmethod
    def _show_phone(phone: PhonePlacement, view: AttemptView | None) -> None:
        """Show the phone while there is a QR to scan."""
        if view is None:
            phone.put_away()
        elif view.state is AttemptState.PAID:
            phone.give_back()
        elif view.qr_text:
            phone.show_once()

    def _phone_wanted(self, _checked: object = None) -> None:
        if self._phone is not None:
            self._phone.bring()

    def _place_phone(self) -> PhonePlacement | None:
        """Return what places the phone; None outside of practice mode."""
        window, parts = self._window, self._parts
        if window.phone is None:
            return None
        from desktop_app.ui.training.phone_placement import PhonePlacement

        return PhonePlacement(
            window.phone, window, bill=parts.counter.side, search=window.student_box,
            tray=parts.tray, status=parts.status,
        )  # fmt: skip

    def _ticked(self) -> None:
        view = self._parts.payment.view
        if view is not None and view.state is AttemptState.AWAITING:
            self._parts.display.show_remaining(self._parts.attempts.remaining(view.uid))

    def _paid(self, view: AttemptView) -> None:
        parts = self._parts
        values = {"name": view.student_name, "amount": short_rupees(view.amount)}
        words = tr(N_("Paid: {name}, {amount}"), **values)
        if QApplication.activeWindow() is None:
            QApplication.alert(self._window)
        _announce(self._window, words)
        parts.chime.ring()
        parts.runner.local(partial(_second_of, view), partial(self._note_second, view))
        on_screen = parts.payment.view
        if on_screen is not None and on_screen.uid == view.uid:
            return
        if view.was_late:
            parts.runner.local(_held, partial(self._note_paid, view))
        else:
            self._note_paid(view, ())

    def _note_paid(self, view: AttemptView, held: tuple[UnappliedPayment, ...]) -> None:
        """Post that a payment which is not on screen is paid, and whether somebody must decide."""
        has_no_seat = any(_is_without_seat(each, view) for each in held)
        late = N_("Late payment received: {name}, {amount}.")
        ending = reference_ending(view.method, view.rrn)
        self._parts.notices.note(
            late if view.was_late else N_("Paid: {name}, {amount}."),
            values={"name": view.student_name, "amount": short_rupees(view.amount)},
            money=" · ".join(part for part in (view.receipt_no or "", ending) if part),
            todo=N_("The course is full. Decide what to do in the Inbox.") if has_no_seat else "",
            tone=Tone.ATTENTION if has_no_seat else Tone.GOOD,
            key=f"paid {view.uid}",
            actions=((N_("Show"), partial(self._navigator.show_attempt, view.uid)),),
        )

    def _note_second(self, view: AttemptView, is_second: bool) -> None:  # noqa: FBT001 - an answer
        """Post that the parent paid twice, and that nobody needs to do anything."""
        if is_second:
            self._parts.notices.note(
                N_("{name} paid {amount} twice."),
                values={"name": view.student_name, "amount": short_rupees(view.amount)},
                money=N_("Razorpay refunds the second payment automatically."),
                todo=N_("You don't need to do anything."),
                tone=Tone.PLAIN,
                key=f"twice {view.uid}",
                stays=True,
            )

    def _note_returning(self, changed: tuple[AttemptView, ...]) -> None:
        for view in changed:
            if view.will_return:
                self._parts.notices.note(
                    N_("{amount} for {name} wasn't due."),
                    values={"name": view.student_name, "amount": short_rupees(view.amount)},
                    money=N_(
                        "We didn't accept this payment. The parent gets the money back "
                        "automatically."
                    ),
                    todo=N_("You don't need to do anything."),
                    tone=Tone.PLAIN,
                    key=f"returning {view.uid}",
                    stays=True,
                )

    def _withdraw_settled(self, changed: tuple[AttemptView, ...]) -> None:
        """Remove warnings about payments that have ended."""
        for view in changed:
            if view.state not in LIVE_STATES:
                self._parts.notices.settle(view.uid)

    def _open_gateway_settings(self, _checked: object = None) -> None:
        self._navigator.go("settings", "gateway")


def _announce(window: Host, words: str) -> None:
    """Have a screen reader say something."""
    # Not at a start: two hundred members of enumerations come with it.
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(window, words))


def _held(desk: Desk) -> tuple[UnappliedPayment, ...]:
    return desk.unapplied.held()


def _second_of(view: AttemptView, desk: Desk) -> bool:
    """Return whether the same fee was paid once more, and that payment goes back by itself."""
    fee = (view.student_name, view.course_label, view.amount)
    return any(
        (row.student_name, row.course_label, row.amount) == fee
        and row.placement is Placement.RETURNED
        and row.payment_id != view.payment_id
        for row in desk.receipts.recent(LATELY)
    )


def _is_without_seat(payment: UnappliedPayment, view: AttemptView) -> bool:
    is_same = (payment.roll_no, payment.course_label) == (view.roll_no, view.course_label)
    return is_same and payment.why.value == "no_seat"
