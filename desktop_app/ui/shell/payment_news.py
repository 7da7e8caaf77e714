"""News of payments and of the connection, passed on to pages, tray, banners, display and sound."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from desktop_app.domain.payment import AttemptState
from desktop_app.ui.core.formatting import short_rupees, utr_ending
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.core.notice import Tone

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView, PaymentTotals, PollResult
    from desktop_app.services.views.settings import ConnectionState
    from desktop_app.ui.shell.host import Host
    from desktop_app.ui.shell.navigator import Navigator
    from desktop_app.ui.shell.parts import Parts
    from desktop_app.ui.shell.payment_tray import Chip


class PaymentNews(QObject):
    """Shows what polling found."""

    def __init__(self, window: Host, parts: Parts, navigator: Navigator) -> None:
        super().__init__(parts)
        self._window, self._parts, self._navigator = window, parts, navigator
        self._connect_news()

    def _connect_news(self) -> None:
        parts = self._parts
        parts.attempts.paid.connect(self._paid)
        parts.attempts.changed.connect(self._note_returning)
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
        parts.tray.pending_wanted.connect(parts.counter.show_pending)
        parts.counter.presenter.today.connect(self._show_pending)
        parts.payment.shown.connect(self._follow)
        parts.payment.code.connect(parts.display.show_code)
        if self._window.phone is not None:
            parts.training_banner.phone_button.clicked.connect(self._window.phone.show)

    def _looked(self, look: PollResult) -> None:
        if look.succeeded:
            self._parts.counter.panel.note_checked()

    def _show_line(self, state: ConnectionState) -> None:
        parts = self._parts
        parts.status.show_line(state)
        parts.line_banner.show_line(state)
        if state.line.value == "online":
            parts.notices.withdraw("UnavailableError")
        parts.counter.show_line(offline=state.line.value == "offline")

    def _show_chips(self, chips: tuple[Chip, ...]) -> None:
        self._parts.tray.show_chips(chips)
        self._parts.status.show_waiting(len(self._parts.attempts.live()))

    def _show_pending(self, totals: PaymentTotals) -> None:
        self._parts.tray.show_pending(totals.pending)

    def _follow(self, view: AttemptView | None) -> None:
        parts = self._parts
        parts.display.show_view(view)
        if parts.phone is not None:
            parts.phone_presenter.watch(view)
            if view is not None and view.qr_text:
                self._show_phone()

    def _show_phone(self) -> None:
        window, phone = self._window, self._window.phone
        if phone is None or phone.isVisible() or phone.property("wasShown"):
            return
        phone.setProperty("wasShown", phone.isWindow())
        corner = window.mapToGlobal(window.rect().topLeft())
        phone.move(corner.x() + 110, corner.y() + 150)
        phone.show()
        window.activateWindow()  # the keyboard stays at the desk

    def _ticked(self) -> None:
        view = self._parts.payment.view
        if view is not None and view.state is AttemptState.AWAITING:
            self._parts.display.show_remaining(self._parts.attempts.remaining(view.uid))

    def _paid(self, view: AttemptView) -> None:
        parts = self._parts
        values = {"name": view.student_name, "amount": short_rupees(view.amount)}
        words = tr(N_("Paid: {name}, {amount}"), **values)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._window, words))
        parts.chime.ring()
        on_screen = parts.payment.view
        if on_screen is not None and on_screen.uid == view.uid:
            return
        late = N_("Paid: {name}, {amount}, after it was given up.")
        ending = utr_ending(view.rrn)
        parts.notices.note(
            late if view.was_late else N_("Paid: {name}, {amount}."),
            values=values,
            money=" · ".join(part for part in (view.receipt_no or "", ending) if part),
            todo=N_("Where the course was full it waits in the Inbox.") if view.was_late else "",
            tone=Tone.GOOD,
            key=f"paid {view.uid}",
            actions=((N_("Show"), partial(self._navigator.show_attempt, view.uid)),),
        )

    def _note_returning(self, changed: tuple[AttemptView, ...]) -> None:
        for view in changed:
            if view.will_return:
                self._parts.notices.note(
                    N_("A payment of {amount} for {name} isn't due."),
                    values={"name": view.student_name, "amount": short_rupees(view.amount)},
                    money=N_("We didn't take it. It will return to the parent by itself."),
                    todo=N_("You don't need to do anything."),
                    tone=Tone.PLAIN,
                    key=f"returning {view.uid}",
                    stays=True,
                )

    def _open_gateway_settings(self, _checked: object = None) -> None:
        self._navigator.go("settings", "gateway")
