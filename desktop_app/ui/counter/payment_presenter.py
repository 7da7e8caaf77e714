"""The payment on screen: makes it payable, renews and cancels it, and reads its receipt.

Only a view from the desk makes a payment paid. Nothing here marks anything.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.channels import is_link, is_page
from desktop_app.domain.payment import LIVE_STATES, AttemptState
from desktop_app.ui.core.attempts import Code
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.counter.payment_operations import PaymentOutcome, cancel, initiate, renew

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.domain.tender import Method
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.services.views.receipts import ReceiptView
    from desktop_app.ui.core.attempts import Attempts
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.core.poller import Poller

_OPENING = N_("Getting a QR from Razorpay…")
_OPENING_LINK = N_("Getting a payment link from Razorpay…")
_OPENING_PAGE = N_("Preparing the page…")
_CANCELLING = N_("Cancelling… checking once more for a payment")
_RENEWING = N_("Closing the old QR or link… checking once more for a payment")


class PaymentPresenter(QObject):
    """Drives the payment panel.

    Signals:
        shown: the AttemptView on screen, or None when the panel is left.
        code: the `Code` to draw for it.
        receipt: the ReceiptView of what was paid.
        working: a word for what is being done, empty when nothing is.
        cancelled: the AttemptView that was cancelled.
        replaced: the uid of an attempt whose place another has taken.
        unsafe: an AttemptView that could not be closed and looked at: no second one was made.
        page_ready: the AttemptView on screen that can be paid on its page from now on.
        unsent: an AttemptView of which nothing reached the gateway: there is nothing to wait for.
    """

    shown = Signal(object)
    code = Signal(object)
    receipt = Signal(object)
    working = Signal(str)
    cancelled = Signal(object)
    replaced = Signal(str)
    unsafe = Signal(object)
    unsent = Signal(object)
    page_ready = Signal(object)

    def __init__(
        self, runner: JobRunner, attempts: Attempts, poller: Poller, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._attempts = attempts
        self._poller = poller
        self._uid = ""
        self._works: dict[str, N_] = {}
        self._code: Code | None = None
        self._receipt_uid = ""
        attempts.changed.connect(self._changed)

    @property
    def view(self) -> AttemptView | None:
        """The attempt on screen."""
        return self._attempts.view(self._uid) if self._uid else None

    def is_opening(self, uid: str) -> bool:
        """Whether something is being done with an attempt at this moment."""
        return uid in self._works

    def show(self, view: AttemptView, *, and_open: bool = False) -> None:
        """Bring an attempt on screen, and make it payable when asked to."""
        self._bring(view.uid)
        self._attempts.take((view,))
        self._refresh()
        if and_open and view.state in LIVE_STATES and view.state is not AttemptState.AWAITING:
            self.open()

    def leave(self) -> None:
        """Leave the payment for the next student; one that waits is kept."""
        self._bring("")
        self.shown.emit(None)

    def open(self) -> None:
        """Make the attempt on screen payable; while that is under way, do nothing more."""
        view = self.view
        if view is not None:
            words = _OPENING_LINK if is_link(view.method) else _OPENING
            words = _OPENING_PAGE if is_page(view.method) else words
            self._do(initiate, view.uid, words, self._take)

    def renew(self, method: Method | None = None) -> None:
        """Close what is on screen, look for money, and only then make a new one.

        Args:
            method: another way of paying; the same one by default.
        """
        view = self.view
        if view is not None:
            work = partial(renew, view=view, method=method or view.method)
            self._do(work, view.uid, _RENEWING, self._renewed)

    def cancel(self) -> None:
        """Cancel the attempt on screen."""
        if self._uid:
            self._do(cancel, self._uid, _CANCELLING, self._given_up)

    def _do(
        self,
        work: Callable[..., PaymentOutcome],
        uid: str,
        words: N_,
        done: Callable[[PaymentOutcome], None],
    ) -> None:
        """Do one thing at a time with an attempt, however often buttons are pressed."""
        if uid not in self._works:
            self._works[uid] = words
            self._say_work()
            self._runner.gateway(partial(work, uid=uid), done, failed=self._broke)

    def _renewed(self, outcome: PaymentOutcome) -> None:
        self._take(outcome)
        if outcome.is_unsafe:
            self.unsafe.emit(outcome.old)

    def _given_up(self, outcome: PaymentOutcome) -> None:
        self._take(outcome)
        if outcome.old.state is AttemptState.CANCELLED:
            self.cancelled.emit(outcome.old)

    def _take(self, outcome: PaymentOutcome) -> None:
        """Show the result: the attempt, or the one that replaced it."""
        self._works.pop(outcome.uid, None)
        self._attempts.take((outcome.old,))
        new = outcome.new
        if new is not None:
            self._attempts.take((new,))
            self.replaced.emit(outcome.uid)
        if self._uid == outcome.uid:
            if new is not None:
                self._bring(new.uid)
            self._say_work()
            self._refresh()
            self._offer_page(outcome)
        if outcome.error is not None:
            self._runner.failed.emit(outcome.error)
            if outcome.is_unsent:
                self.replaced.emit(outcome.shown.uid)  # nothing in the tray stands for it
                self.unsent.emit(outcome.shown)
        self._poller.nudge()

    def ask(self) -> None:
        """Look for money now: the page of a payment brought a proof."""
        self._poller.ask()

    def look_soon(self) -> None:
        """Look for money at once: something happened on the page of a payment."""
        self._poller.nudge(0)

    def _offer_page(self, outcome: PaymentOutcome) -> None:
        view = outcome.shown
        is_payable = outcome.error is None and view.state is AttemptState.AWAITING
        if is_payable and is_page(view.method):
            self.page_ready.emit(view)

    def _broke(self, error: Exception) -> None:
        self._works.clear()
        self._say_work()
        self._runner.failed.emit(error)

    def _bring(self, uid: str) -> None:
        self._uid = uid
        self._code = None
        self._receipt_uid = ""
        self._say_work()

    def _say_work(self) -> None:
        words = self._works.get(self._uid)
        self.working.emit(tr(words) if words is not None else "")

    def _changed(self, changed: tuple[AttemptView, ...]) -> None:
        for view in changed:
            if view.uid == self._uid:
                self._show(view)

    def _refresh(self) -> None:
        view = self.view
        if view is not None:
            self._show(view)

    def _show(self, view: AttemptView) -> None:
        self.shown.emit(view)
        if view.state is AttemptState.AWAITING and view.qr_text:
            self._draw(view.qr_text)
        elif view.state is AttemptState.PAID and view.receipt_uid:
            self._read_receipt(view.receipt_uid)

    def _draw(self, text: str) -> None:
        if self._code is not None and self._code.text == text:
            self.code.emit(self._code)
        else:
            self._runner.local(lambda desk: Code(text, desk.qr_matrix(text)), self._worked_out)

    def _worked_out(self, code: Code) -> None:
        view = self.view
        if view is None or view.qr_text != code.text or view.state is not AttemptState.AWAITING:
            return
        self._code = code
        if view.uid not in self._works:
            self.code.emit(code)

    def _read_receipt(self, uid: str) -> None:
        if uid != self._receipt_uid:
            self._receipt_uid = uid
            self._runner.local(lambda desk: desk.receipts.receipt(uid), self._receipt_read)

    def _receipt_read(self, receipt: ReceiptView) -> None:
        if receipt.uid == self._receipt_uid:
            self.receipt.emit(receipt)
