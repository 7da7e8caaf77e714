"""The payment's half of the counter: what is shown of it, and what its buttons do.

A QObject beside `CounterPage`, which finds students and courses. It decides nothing: the
presenter asks the desk, and its answer is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.domain.channels import is_link
from desktop_app.domain.payment import AttemptState
from desktop_app.domain.tender import Method
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.ui.core.formatting import one_line, short_rupees
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.notice import Tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.views.payments import AttemptView
    from desktop_app.ui.core.attempts import Attempts
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.counter.checkout_opener import CheckoutOpener
    from desktop_app.ui.counter.claims import Claims
    from desktop_app.ui.counter.payment_presenter import PaymentPresenter
    from desktop_app.ui.counter.presenter import CounterPresenter
    from desktop_app.ui.counter.side_panel import SidePanel

LONGEST_NAME = 60


class PaymentController(QObject):
    """Connects the payment's presenter with the panel and the buttons under it."""

    def __init__(
        self,
        payment: PaymentPresenter,
        attempts: Attempts,
        counter: CounterPresenter,
        side: SidePanel,
        claims: Claims,
        context: PageContext,
        focus_student: Callable[[], None],
        next_student: Callable[[], None],
        take_back: Callable[[AttemptView], bool],
    ) -> None:
        super().__init__(side)
        self._payment, self._attempts, self._counter = payment, attempts, counter
        self._side, self._panel, self._bill = side, side.panel, side.bill
        self._claims, self._focus_student = claims, focus_student
        self._context, self._notices = context, context.notices
        self._pages: CheckoutOpener | None = None
        self._next_student, self._take_back = next_student, take_back
        self._is_link_wanted = False
        self._warned = ""
        self._connect()

    def focus_again(self) -> None:
        """Put the keyboard back after a question or a drawer."""
        view = self._payment.view
        if not self._side.is_paying:
            self._focus_student()
        elif view is not None and view.state is AttemptState.PAID:
            self._panel.paid_card.print_button.setFocus()
        else:
            self._panel.checked.setFocus()

    def _shown(self, view: AttemptView | None) -> None:
        was_paying = self._side.is_paying
        if view is None or view.state is AttemptState.PAID:
            self._claims.close()
        if view is None:
            self._side.leave_payment()
            return
        self._side.bring(self._panel)
        self._tick()
        if view.state is AttemptState.PAID:
            self._panel.paid_card.print_button.setFocus()
            self._warn_of_cash(view)
        elif self._is_link_wanted and _awaits_by_link(view):
            self._is_link_wanted = False
            self._panel.buttons.send_link.setFocus()
        elif not was_paying:
            self._panel.checked.setFocus()

    def _warn_of_cash(self, view: AttemptView) -> None:
        """Warn once of a payment in cash that comes near to what the law allows."""
        if tender_of(view.method).is_cash and view.uid != self._warned:
            from desktop_app.ui.counter.cash_warning import warn_of_cash

            self._warned = view.uid
            warn_of_cash(self._context, view.uid)

    def _change_to_link(self) -> None:
        """Make the link; sending it is the next thing, so the keyboard goes there."""
        self._is_link_wanted = True
        self._payment.renew(Method.PAYMENT_LINK)

    def _choose_other_way(self) -> None:
        """Go back to the bill of the payment on screen."""
        view = self._payment.view
        if view is None or not self._take_back(view):
            self.bill_again(view)

    def bill_again(self, view: AttemptView | None) -> None:
        """Leave the payment on screen, and bill what is still due of a fee."""
        self._payment.leave()
        if view is not None:
            self._counter.pick_for(view)
        self._bill.ways.focus()

    def _open_page(self) -> None:
        """Open the page of the payment on screen in the browser."""
        view = self._payment.view
        if view is None:
            return
        if self._pages is None:
            from desktop_app.ui.counter.checkout_opener import CheckoutOpener

            self._pages = CheckoutOpener(
                self._context, self._side, self._payment.ask, self._payment.look_soon
            )
        self._pages.open(view.uid)

    def _unsent(self, view: AttemptView) -> None:
        """Go back to the bill: nothing reached Razorpay, so there is nothing to wait for."""
        shown = self._payment.view
        if shown is not None and shown.uid == view.uid:
            self._choose_other_way()

    def _not_renewed(self, view: AttemptView) -> None:
        """Post that no second QR was made: the first may still be paid."""
        self._notices.note(
            N_("Couldn't create a new QR for {name}, {amount}."),
            money=N_(
                "We couldn't confirm that the old QR or link is closed. The parent may still "
                "use it to pay."
            ),
            todo=N_("Press F5, then try again."),
            tone=Tone.ATTENTION,
            key=f"unsafe {view.uid}",
            about=view.uid,
            values=_values(view),
        )

    def _cancelled(self, view: AttemptView) -> None:
        self._notices.note(
            N_("Cancelled: {amount} for {name}."),
            money=N_("We haven't received a payment."),
            todo=N_("We keep checking for 6 days in case the parent still pays."),
            stays=False,
            values=_values(view),
        )
        if self._payment.view is not None and self._payment.view.uid == view.uid:
            self._next_student()

    def _asked_back(self, asking: bool) -> None:  # noqa: FBT001 - a Qt signal's argument
        if not asking:
            self.focus_again()

    def _tick(self) -> None:
        view = self._payment.view
        if view is not None and view.state is AttemptState.AWAITING:
            self._panel.show_remaining(self._attempts.remaining(view.uid), view.lifetime_s)

    def _connect(self) -> None:
        payment, panel, buttons = self._payment, self._panel, self._panel.buttons
        payment.shown.connect(panel.show_view)
        payment.shown.connect(self._shown)
        payment.code.connect(panel.show_code)
        payment.receipt.connect(panel.show_receipt)
        payment.working.connect(panel.show_working)
        payment.cancelled.connect(self._cancelled)
        payment.unsafe.connect(self._not_renewed)
        payment.unsent.connect(self._unsent)
        payment.page_ready.connect(self._open_page)
        panel.page_wanted.connect(self._open_page)
        self._attempts.ticked.connect(self._tick)
        panel.open_wanted.connect(payment.open)
        panel.renew_wanted.connect(payment.renew)
        buttons.renewed.connect(payment.renew)
        buttons.changed_to_link.connect(self._change_to_link)
        buttons.other_way.connect(self._choose_other_way)
        buttons.cancelled.connect(payment.cancel)
        buttons.asking.connect(self._asked_back)
        self._claims.closed.connect(self.focus_again)


def _awaits_by_link(view: AttemptView) -> bool:
    return view.state is AttemptState.AWAITING and is_link(view.method)


def _values(view: AttemptView) -> dict[str, object]:
    return {"name": one_line(view.student_name, LONGEST_NAME), "amount": short_rupees(view.amount)}
