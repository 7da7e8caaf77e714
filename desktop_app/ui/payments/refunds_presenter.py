"""Refunds of one payment: what may go back, what went back, and asking for more.

Touches no widget, blocks never. It never decides about money itself: the services do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.domain.payment import Method
from desktop_app.domain.refund import OPEN_REFUNDS
from desktop_app.ui.core.jobs import CancelToken, Lane

if TYPE_CHECKING:
    from desktop_app.domain.money import Money
    from desktop_app.services.after_payment_api import Affairs
    from desktop_app.services.views.payments import PaymentRow
    from desktop_app.services.views.refunds import RefundView
    from desktop_app.ui.core.jobs import JobRunner

FOLLOW_MS = 5_000
"""A refund on its way is looked at so often, in our own books, while it is on screen."""


@dataclass(frozen=True, slots=True)
class RefundSummary:
    """What became of a payment's money.

    Attributes:
        left: what may still go back.
        refunds: oldest first.
    """

    payment_uid: str
    left: Money
    refunds: tuple[RefundView, ...]


class RefundsPresenter(QObject):
    """Reads and asks for refunds of the payment that is shown.

    Signals:
        told: what is known of the payment that is watched (`RefundSummary`).
        refunded: a refund that was just asked for (`RefundView`).
        refused: why one was not (an error).
        failed: why the refunds could not be read.
    """

    told = Signal(object)
    refunded = Signal(object)
    refused = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self.affairs: Affairs | None = None
        self.is_sending = False
        self._runner = runner
        self._uid = ""
        self._reading = CancelToken()
        self._again = QTimer(self, singleShot=True, interval=FOLLOW_MS)
        self._again.timeout.connect(self.read_again)

    def watch(self, payment_uid: str) -> None:
        """Read the refunds of a payment and follow them; of none for an empty uid."""
        self._again.stop()
        self._reading.cancel()
        self._uid = payment_uid
        self.read_again()

    def read_again(self) -> None:
        """Read once more what is watched."""
        if self.affairs is None or not self._uid:
            return
        self._reading = self._runner.submit(
            Lane.LOCAL,
            partial(_returns, self.affairs, self._uid),
            owner=self,
            on_done=self._tell,
            on_error=self.failed.emit,
        )

    def send(self, row: PaymentRow, amount: Money | None, reason: str) -> None:
        """Ask for a refund, once: a second press while the first is under way does nothing."""
        if self.affairs is None or self.is_sending:
            return
        self.is_sending = True
        lane = Lane.LOCAL if row.method is Method.CASH else Lane.GATEWAY
        self._runner.submit(
            lane,
            partial(self.affairs.refund, row.uid, amount, reason),
            owner=self,
            on_done=self._sent,
            on_error=self._not_sent,
        )

    def _tell(self, returns: RefundSummary) -> None:
        if returns.payment_uid != self._uid:
            return
        if any(refund.state in OPEN_REFUNDS for refund in returns.refunds):
            self._again.start()
        self.told.emit(returns)

    def _sent(self, refund: RefundView) -> None:
        self.is_sending = False
        self.refunded.emit(refund)
        self.read_again()

    def _not_sent(self, error: Exception) -> None:
        self.is_sending = False
        self.refused.emit(error)
        self.read_again()


def _returns(affairs: Affairs, uid: str) -> RefundSummary:
    return RefundSummary(uid, affairs.refundable(uid), affairs.refunds(uid))
