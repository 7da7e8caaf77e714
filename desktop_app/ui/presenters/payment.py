"""The payment on screen: makes it payable, asks, cancels, goes on, and reads its receipt.

Paid is only ever what a view from the desk says. Nothing here marks anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.domain.payment import LIVE_STATES, AttemptState
from desktop_app.ui.jobs import JobRunner, Lane, call

if TYPE_CHECKING:
    from desktop_app.services.api import Desk
    from desktop_app.services.views import AttemptView, ReceiptView
    from desktop_app.ui.poller import Poller
    from desktop_app.ui.presenters.attempts import Attempts
    from desktop_app.ui.widgets.qr_view import Modules


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code worked out: its text and its modules."""

    text: str
    modules: Modules


class PaymentPresenter(QObject):
    """Drives the payment panel.

    Signals:
        shown: the AttemptView on screen, or None when the panel is left.
        code: the `Code` to draw for it.
        receipt: the ReceiptView of what was paid.
        working: a word for what is being done, empty when nothing is.
        failed: an error to put into words.
        cancelled: the AttemptView that was given up.
    """

    shown = Signal(object)
    code = Signal(object)
    receipt = Signal(object)
    working = Signal(str)
    failed = Signal(object)
    cancelled = Signal(object)

    def __init__(
        self, runner: JobRunner, attempts: Attempts, poller: Poller, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._attempts = attempts
        self._poller = poller
        self._desk: Desk | None = None
        self._uid = ""
        self._opening: set[str] = set()
        self._cancelling: set[str] = set()
        self._code: Code | None = None
        self._receipt_uid = ""
        attempts.changed.connect(self._changed)

    def attach(self, desk: Desk) -> None:
        """Take the open desk."""
        self._desk = desk

    @property
    def view(self) -> AttemptView | None:
        """The attempt on screen."""
        return self._attempts.view(self._uid) if self._uid else None

    def is_opening(self, uid: str) -> bool:
        """Whether an attempt is being made payable at this moment."""
        return uid in self._opening

    def show(self, view: AttemptView, *, and_open: bool = False) -> None:
        """Bring an attempt on screen, and make it payable when asked to."""
        self._uid = view.uid
        self._code = None
        self._receipt_uid = ""
        self._attempts.take((view,))
        self._refresh()
        if and_open and view.state in LIVE_STATES and view.state is not AttemptState.AWAITING:
            self.open()

    def leave(self) -> None:
        """Go on to the next student; a payment that waits goes on waiting."""
        self._uid = ""
        self._code = None
        self._receipt_uid = ""
        self.shown.emit(None)

    def open(self) -> None:
        """Make the attempt on screen payable; while that is under way, do nothing more."""
        uid = self._uid
        if self._desk is None or not uid or uid in self._opening:
            return
        self._opening.add(uid)
        self.working.emit("Asking Razorpay for a QR…")
        self._runner.submit(
            Lane.GATEWAY,
            call(_open, self._desk, uid),
            owner=self,
            on_done=self._opened,
            on_error=self._broke,
        )

    def cancel(self) -> None:
        """Give the attempt on screen up."""
        uid = self._uid
        if self._desk is None or not uid or uid in self._cancelling:
            return
        self._cancelling.add(uid)
        self.working.emit("Cancelling, and looking for money once more…")
        self._runner.submit(
            Lane.GATEWAY,
            call(_cancel, self._desk, uid),
            owner=self,
            on_done=self._given_up,
            on_error=self._broke,
        )

    def _opened(self, outcome: tuple[AttemptView, Exception | None]) -> None:
        view, error = outcome
        self._opening.discard(view.uid)
        self._attempts.take((view,))
        if view.uid == self._uid:
            self.working.emit("")
            self._refresh()
        if error is not None:
            self.failed.emit(error)
        self._poller.nudge()

    def _given_up(self, outcome: tuple[AttemptView, Exception | None]) -> None:
        view, error = outcome
        self._cancelling.discard(view.uid)
        self._attempts.take((view,))
        if view.uid == self._uid:
            self.working.emit("")
            self._refresh()
        if error is not None:
            self.failed.emit(error)
        if view.state is AttemptState.CANCELLED:
            self.cancelled.emit(view)
        self._poller.nudge()

    def _broke(self, error: Exception) -> None:
        self._opening.clear()
        self._cancelling.clear()
        self.working.emit("")
        self.failed.emit(error)

    def _changed(self, changed: tuple[AttemptView, ...]) -> None:
        if any(view.uid == self._uid for view in changed):
            self._refresh()

    def _refresh(self) -> None:
        view = self.view
        if view is None:
            return
        self.shown.emit(view)
        if view.state is AttemptState.AWAITING and view.qr_text:
            self._draw(view.qr_text)
        elif view.state is AttemptState.PAID and view.receipt_uid:
            self._read_receipt(view.receipt_uid)

    def _draw(self, text: str) -> None:
        if self._code is not None and self._code.text == text:
            self.code.emit(self._code)
        elif self._desk is not None:
            self._runner.submit(
                Lane.READ,
                call(_work_out, self._desk, text),
                owner=self,
                on_done=self._worked_out,
                on_error=self.failed.emit,
            )

    def _worked_out(self, code: Code) -> None:
        view = self.view
        if view is None or view.qr_text != code.text or view.state is not AttemptState.AWAITING:
            return
        self._code = code
        self.code.emit(code)

    def _read_receipt(self, uid: str) -> None:
        if self._desk is None or uid == self._receipt_uid:
            return
        self._receipt_uid = uid
        self._runner.submit(
            Lane.READ,
            call(self._desk.receipts.receipt, uid),
            owner=self,
            on_done=self._receipt_read,
            on_error=self.failed.emit,
        )

    def _receipt_read(self, receipt: ReceiptView) -> None:
        if receipt.uid == self._receipt_uid:
            self.receipt.emit(receipt)


def _work_out(desk: Desk, text: str) -> Code:
    return Code(text, desk.qr_matrix(text))


def _open(desk: Desk, uid: str) -> tuple[AttemptView, Exception | None]:
    """Open an attempt; with an error, hand back what is stored beside it."""
    try:
        return desk.collecting.open(uid), None
    except Exception as error:  # noqa: BLE001 - it is put into words by its class
        return desk.collecting.view(uid), error


def _cancel(desk: Desk, uid: str) -> tuple[AttemptView, Exception | None]:
    """Cancel an attempt; with an error, hand back what is stored beside it."""
    try:
        return desk.collecting.cancel(uid), None
    except Exception as error:  # noqa: BLE001 - it is put into words by its class
        return desk.collecting.view(uid), error
