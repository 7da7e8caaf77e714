"""Returning money: written first, asked for once by its key, followed to its end.

The idempotency key is our own refund row, so a lost answer is asked for again without fear. Never
more goes back than was captured, less what went back or is on its way.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.payment import Method
from desktop_app.domain.refund import RefundState, checked_amount, refundable
from desktop_app.domain.text import require_line
from desktop_app.services.errors import (
    GatewayError,
    OutcomeUnknownError,
    RejectedError,
    UnknownPaymentError,
)
from desktop_app.services.records import RefundRecord
from desktop_app.services.refund_rows import book_failed_return, book_return

if TYPE_CHECKING:
    from desktop_app.domain.money import Money
    from desktop_app.services.context import Context
    from desktop_app.services.gateway_port import RefundFact
    from desktop_app.services.line import LineWatch
    from desktop_app.services.records import PaymentRecord
    from desktop_app.services.storage_port import UnitOfWork

_MISSING = "There is no such payment; give the gateway's pay_ id or the ledger's id."
_ENDINGS = {
    "pending": RefundState.PENDING,
    "processed": RefundState.PROCESSED,
    "failed": RefundState.FAILED,
}


class Refunding:
    """Asks for refunds and follows them."""

    def __init__(self, context: Context, line: LineWatch) -> None:
        self._context = context
        self._line = line

    def refund(self, payment: str, amount: Money | None, reason: str) -> RefundRecord:
        """Return a payment's money, in full where no amount is named.

        Args:
            payment: the gateway's payment id, or our own.
            amount: in paise; None for all that is left.
            reason: why, for the audit trail; not empty.

        Raises:
            UnknownPaymentError, InvalidInputError: nothing was sent.
            GatewayError: as the gateway; after OutcomeUnknownError `follow` tells.
        """
        why = require_line("reason", "The reason", reason)
        with self._context.store.writing() as work:
            paid = _known(work, payment)
            left = refundable(paid.amount, work.money.refunded(paid.uid))
            refund = RefundRecord(
                uid=self._context.ids.new(),
                payment_uid=paid.uid,
                amount=checked_amount(amount, left),
                state=RefundState.INTENT,
                origin="desk",
                reason=why,
                noticed_at=self._context.now(),
            )
            work.money.add_refund(refund)
            self._context.audit(
                work,
                "refund.asked",
                refund.uid,
                {"payment": paid.uid, "amount": refund.amount.paise, "reason": why},
            )
            if paid.method is Method.CASH:
                refund = self._settle(work, refund, paid, RefundState.PROCESSED, None)
            work.commit()
        return refund if paid.method is Method.CASH else self._send(refund, paid)

    def _send(self, refund: RefundRecord, paid: PaymentRecord) -> RefundRecord:
        """Ask the gateway; after a lost answer ask again with the same key, once."""
        try:
            return self._ask(refund, paid)
        except OutcomeUnknownError:
            unknown = self._mark(refund, RefundState.UNKNOWN)
        except GatewayError as error:
            self._mark(refund, RefundState.REJECTED, str(error)[:200])
            raise
        return self._ask(unknown, paid)

    def _ask(self, refund: RefundRecord, paid: PaymentRecord) -> RefundRecord:
        with self._line.noting():
            made = self._context.gateway().refund(
                paid.payment_id or "",
                refund.amount,
                key=refund.uid.replace("-", ""),
                reference=refund.uid,
            )
        with self._context.store.writing() as work:
            settled = self._take(work, refund, paid, made)
            work.commit()
        return settled

    def of(self, payment: str) -> tuple[RefundRecord, ...]:
        """Every refund of a payment, oldest first. Raises UnknownPaymentError."""
        with self._context.store.writing() as work:
            return work.money.refunds_of(_known(work, payment).uid)

    def left(self, payment: str) -> Money:
        """What of a payment may still go back. Raises UnknownPaymentError."""
        with self._context.store.writing() as work:
            paid = _known(work, payment)
            return refundable(paid.amount, work.money.refunded(paid.uid))

    def follow(self) -> tuple[int, int]:
        """Look at every refund that has not come to its end.

        Returns:
            How many changed, and how many could not be seen.
        """
        if not self._context.store.reader.has_open_refunds():
            return 0, 0
        with self._context.store.writing() as work:
            open_ = work.money.open_refunds()
        changed = unseen = 0
        for refund, paid in open_:
            try:
                changed += self._look(refund, paid)
            except GatewayError:
                unseen += 1
        return changed, unseen

    def _look(self, refund: RefundRecord, paid: PaymentRecord) -> bool:
        if refund.state is not RefundState.PENDING:
            return self._ask_again(refund, paid).state is not refund.state
        with self._line.noting():
            shown = self._context.gateway().refunds_of(paid.payment_id or "")
        mine = [each for each in shown if each.refund_id == refund.refund_id]
        if not mine or _ENDINGS[mine[0].status] is refund.state:
            return False
        with self._context.store.writing() as work:
            self._take(work, refund, paid, mine[0])
            work.commit()
        return True

    def _ask_again(self, refund: RefundRecord, paid: PaymentRecord) -> RefundRecord:
        """Ask once more with the same key: what was done is answered, what was not is done."""
        try:
            return self._ask(refund, paid)
        except RejectedError as error:
            return self._mark(refund, RefundState.REJECTED, str(error)[:200])

    # --- what is stored

    def _take(
        self, work: UnitOfWork, refund: RefundRecord, paid: PaymentRecord, made: RefundFact
    ) -> RefundRecord:
        return self._settle(work, refund, paid, _ENDINGS[made.status], made.refund_id)

    def _settle(
        self,
        work: UnitOfWork,
        refund: RefundRecord,
        paid: PaymentRecord,
        state: RefundState,
        refund_id: str | None,
    ) -> RefundRecord:
        """Store where a refund stands; book the money when it is accepted, back when it failed."""
        settled = replace(refund, state=state, refund_id=refund_id)
        if not work.money.save_refund(settled, refund.state):
            return settled
        was_booked = refund.state is RefundState.PENDING
        if state is RefundState.FAILED:
            if was_booked:
                book_failed_return(self._context, work, paid, refund.amount)
        elif not was_booked:
            book_return(self._context, work, paid, refund.amount)
        self._context.audit(
            work, f"refund.{state.value}", refund.uid, {"amount": refund.amount.paise}
        )
        return settled

    def _mark(self, refund: RefundRecord, state: RefundState, note: str = "") -> RefundRecord:
        marked = replace(refund, state=state)
        with self._context.store.writing() as work:
            work.money.save_refund(marked, refund.state)
            self._context.audit(work, f"refund.{state.value}", refund.uid, {"note": note})
            work.commit()
        return marked


def _known(work: UnitOfWork, payment: str) -> PaymentRecord:
    paid = work.money.find_payment(payment)
    if paid is None:
        raise UnknownPaymentError(_MISSING)
    return paid
