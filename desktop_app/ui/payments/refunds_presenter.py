"""Refunds of one payment: what may be refunded, what was, and asking for more.

Touches no widget, never blocks. The services decide about money.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.domain.refund import OPEN_REFUNDS, RETURNED_STATES
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.ui.core.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.money import Money
    from desktop_app.services.desk import Desk
    from desktop_app.services.ports.records import RefundRecord
    from desktop_app.services.views.payments import PaymentEvent, PaymentRow
    from desktop_app.services.views.refunds import EndingEnrolment, RefundBasis
    from desktop_app.ui.core.jobs import JobRunner

FOLLOW_MS = 5_000
"""A refund that is not over is read again this often while it is on screen."""


@dataclass(frozen=True, slots=True)
class RefundSummary:
    """The refunds of one payment.

    Attributes:
        basis: what a refund is decided on, the amount that is left among it.
        refunds: oldest first.
        steps: all that happened to the payment, oldest first.
    """

    payment_uid: str
    basis: RefundBasis
    refunds: tuple[RefundRecord, ...]
    steps: tuple[PaymentEvent, ...]


class Kept(Enum):
    """The result for enrolments that a refund ends and that were meant to stay."""

    NONE = "none was meant to stay"
    AGAIN = "the students are enrolled again"
    LATER = "the refund is not confirmed yet"


KEPT: Mapping[Kept, N_] = {
    Kept.AGAIN: N_("{names} will stay enrolled. The fee is due again."),
    Kept.LATER: N_(
        "{names} will stay enrolled. The fee will be due again once Razorpay confirms the refund."
    ),
}


class MadeRefund(NamedTuple):
    """A refund that was just asked for.

    Attributes:
        kept: the result for the enrolments that were meant to stay.
        names: the students of those.
    """

    refund: RefundRecord
    kept: Kept
    names: str


class RefundsPresenter(QObject):
    """Reads and asks for refunds of the payment that is shown.

    Signals:
        summarised: the refunds of the payment that is watched (`RefundSummary`).
        refunded: a refund that was just asked for (`MadeRefund`).
        refused: why one was not (an error).
    """

    summarised = Signal(object)
    refunded = Signal(object)
    refused = Signal(object)

    def __init__(self, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self.is_sending = False
        self._runner = runner
        self._uid = ""
        self._again = QTimer(self, singleShot=True, interval=FOLLOW_MS)
        self._again.timeout.connect(self.read_again)

    @property
    def uid(self) -> str:
        """The payment that is watched; empty for none."""
        return self._uid

    def watch(self, payment_uid: str) -> None:
        """Read the refunds of a payment and follow them; of none for an empty uid."""
        if payment_uid != self._uid:
            self._again.stop()
            self._uid = payment_uid
        self.read_again()

    def read_again(self) -> None:
        """Read the refunds that are watched again."""
        uid = self._uid
        if uid:
            self._runner.local(lambda desk: _read(desk, uid), self._show, replaces="refunds")

    def send(
        self,
        row: PaymentRow,
        basis: RefundBasis,
        amount: Money | None,
        reason: str,
        kept: tuple[EndingEnrolment, ...] = (),
    ) -> None:
        """Ask for a refund once: a second call while the first is under way does nothing.

        It is refused where another window decided about the payment since `basis` was read.
        `kept` are enrolments that it ends, and that are made again.
        """
        if self.is_sending:
            return
        self.is_sending = True
        is_sent = tender_of(row.method).refund_needs_gateway
        run = self._runner.gateway if is_sent else self._runner.local
        run(
            lambda desk: _refund(desk, row.uid, amount, reason, basis, kept),
            self._sent,
            failed=self._not_sent,
        )

    def _show(self, summary: RefundSummary) -> None:
        if summary.payment_uid != self._uid:
            return
        if any(refund.state in OPEN_REFUNDS for refund in summary.refunds):
            self._again.start()
        self.summarised.emit(summary)

    def _sent(self, made: MadeRefund) -> None:
        self.is_sending = False
        self.refunded.emit(made)
        self.read_again()

    def _not_sent(self, error: Exception) -> None:
        self.is_sending = False
        self.refused.emit(error)
        self.read_again()


def _read(desk: Desk, uid: str) -> RefundSummary:
    refunds = desk.refunds.of(uid)
    return RefundSummary(uid, desk.refunds.basis(uid), refunds, desk.receipts.steps(uid))


def _refund(
    desk: Desk,
    uid: str,
    amount: Money | None,
    reason: str,
    basis: RefundBasis,
    kept: tuple[EndingEnrolment, ...],
) -> MadeRefund:
    """Ask for a refund; what it ends and was meant to stay is enrolled again with it."""
    uids = [each.uid for each in kept]
    refund = desk.refunds.refund(uid, amount, reason, basis=basis, kept=uids)
    names = ", ".join(each.student_name for each in kept)
    if not kept or refund.state not in {*RETURNED_STATES, *OPEN_REFUNDS}:
        return MadeRefund(refund, Kept.NONE, names)
    return MadeRefund(refund, Kept.AGAIN if refund.state in RETURNED_STATES else Kept.LATER, names)
