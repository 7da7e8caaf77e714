"""Refunds: written first, requested once under a key, followed to the end.

The idempotency key is our own refund row, so a request may be repeated after a lost answer. Without
a connection a refund waits in the outbox. Never more goes back than was captured, less what went
back or is on its way, and what a lost dispute took.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from desktop_app.domain.enrollment import DueKind
from desktop_app.domain.errors import InvalidInputError, rule_text
from desktop_app.domain.key_mode import LIVE_MODE, mode_of
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.outbox import CommandKind
from desktop_app.domain.refund import RefundState, checked_amount
from desktop_app.domain.tender import AWAITING_BANK, NEVER_CAME, ReturnPath
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.domain.text import require_reason
from desktop_app.services.errors import GatewayError, UnknownPaymentError
from desktop_app.services.isolation import passing_over
from desktop_app.services.ports.records import RefundRecord
from desktop_app.services.posting.kept_enrolments import keep_enrolments
from desktop_app.services.posting.refund_reading import read_refunds
from desktop_app.services.posting.refunds import (
    ENDINGS,
    credit_used,
    ended_by,
    post_refunds,
    settle_refund,
)
from desktop_app.services.refunds.earlier_decision import refund_basis, require_basis
from desktop_app.services.views.refunds import EndingEnrolment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from desktop_app.services.context import Context
    from desktop_app.services.outbox.dispatcher import OutboxDispatcher
    from desktop_app.services.ports.records import PaymentRecord
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.views.refunds import RefundBasis

_NO_MONEY = rule_text("This payment used credit. There's no money to refund.")
_MISSING = "We found no payment with this id. Use a pay_… id, or an id from `pravesh ledger`."


class RefundService:
    """Asks for refunds and follows them."""

    def __init__(self, context: Context, outbox: OutboxDispatcher) -> None:
        self._context = context
        self.outbox = outbox

    def refund(
        self,
        payment: str,
        amount: Money | None,
        reason: str,
        check: Callable[[Repositories], object] | None = None,
        *,
        basis: RefundBasis | None = None,
        kept: Collection[str] = (),
    ) -> RefundRecord:
        """Return a payment's money, in full where no amount is named (gateway).

        Without a connection the refund is stored and waits in the outbox.

        Args:
            payment: the gateway's payment id, or our own.
            amount: in paise; None for all that is left.
            reason: why, for the audit trail; not empty.
            check: called under the lock, before anything is written; raises to refuse.
            basis: what the person decided on; where it is no longer so, nothing is done.
            kept: enrolments that stay: one that the refund ends is made again with it.

        Raises:
            AlreadyDecidedError: the payment is not as `basis` has it; nothing was sent.
            UnknownPaymentError, InvalidInputError: nothing was sent.
            RejectedError, UnauthorisedError: nothing was sent, or it was refused.
            OutcomeUnknownError: it may or may not have been done; the outbox asks again.
        """
        why = require_reason(reason)
        with self._context.store.writing() as work:
            if check is not None:
                check(work)
            paid = _known(work, payment)
            if basis is not None:
                require_basis(work, paid, basis)
            refund = self._ask(work, paid, amount, why)
            keep_enrolments(work, refund.uid, kept)
            refund = self._on_its_way(work, refund, paid)
            work.commit()
        needs_gateway = tender_of(paid.method).refund_needs_gateway
        return self._send(refund) if needs_gateway else refund

    def _on_its_way(
        self, work: UnitOfWork, refund: RefundRecord, paid: PaymentRecord
    ) -> RefundRecord:
        """Put a refund on the way of its tender: out of the drawer, or into the outbox."""
        rules = tender_of(paid.method)
        if rules.is_cash:
            self._require_no_large_deposit(work, paid)
        match rules.return_path:
            case ReturnPath.DRAWER | ReturnPath.BANK:
                processed = RefundState.PROCESSED
                return settle_refund(self._context, work, refund, paid, processed, None)
            case ReturnPath.GATEWAY:
                key_id = work.attempts.get(paid.attempt_uid or "").key_id
                remote_id, kind = paid.payment_id or "", CommandKind.REFUND
                work.outbox.add(refund.uid, kind, remote_id=remote_id, key_id=key_id)
                return refund
            case ReturnPath.BOOKS:
                raise InvalidInputError("payment", _NO_MONEY)
            case other:
                assert_never(other)

    def _require_no_large_deposit(self, work: Repositories, paid: PaymentRecord) -> None:
        """Refuse to return deposits in cash that are too large for it, all of a family together."""
        dues = (work.enrollments.due(uid) for uid in work.payments.dues_paid_by(paid))
        if not any(each.kind is DueKind.DEPOSIT for each in dues):
            return
        now = self._context.now()
        sums = work.tenders.cash([paid.student_uid], (), now, has_deposits=True)
        if sums.deposits > Money(int(self._context.settings().texts["deposits.cash_limit_paise"])):
            raise InvalidInputError(
                "amount",
                "The law doesn't allow returning deposits of ₹20,000 or more in cash. "
                "Return them by bank transfer.",
            )

    def _ask(
        self, work: UnitOfWork, paid: PaymentRecord, amount: Money | None, why: str
    ) -> RefundRecord:
        """Write what is asked for. Raises InvalidInputError where that much is not left."""
        _require_here(work, paid)
        left = work.refunds.refundable(paid) - credit_used(work, paid)
        refund = RefundRecord(
            uid=self._context.ids.new(),
            payment_uid=paid.uid,
            amount=checked_amount(amount, max(ZERO, left)),
            state=RefundState.INTENT,
            origin="desk",
            reason=why,
            noticed_at=self._context.now(),
        )
        work.refunds.add(refund)
        self._context.audit(
            work,
            "refund.asked",
            refund.uid,
            {"payment": paid.uid, "amount": refund.amount.paise, "reason": why},
        )
        return refund

    def _send(self, refund: RefundRecord) -> RefundRecord:
        """Send it, again after a lost answer; without a connection it waits."""
        self.outbox.deliver_patiently(refund.uid)
        with self._context.store.reading() as work:
            found = work.refunds.get(refund.uid)
        return refund if found is None else found[0]

    def of(self, payment: str) -> tuple[RefundRecord, ...]:
        """Return every refund of a payment, oldest first (local). Raises UnknownPaymentError."""
        with self._context.store.reading() as work:
            return work.refunds.of_payment(_known(work, payment).uid)

    def basis(self, payment: str) -> RefundBasis:
        """Return the basis of a refund (local). Raises UnknownPaymentError."""
        with self._context.store.reading() as work:
            return refund_basis(work, _known(work, payment))

    def ending(self, payment: str, amount: Money) -> tuple[EndingEnrolment, ...]:
        """Return the enrolments that a refund would end (local). Raises UnknownPaymentError."""
        with self._context.store.reading() as work:
            paid = _known(work, payment)
            ended = [work.enrollments.get(uid) for uid in ended_by(work, paid, amount)]
            return tuple(
                EndingEnrolment(each.uid, student.name, each.course_label)
                for each in ended
                if (student := work.students.get(each.student_uid)) is not None
            )

    def follow(self) -> tuple[int, int]:
        """Send what waits in the outbox, and look at every refund on its way.

        Returns:
            How many changed, and how many could not be seen.
        """
        self.outbox.run(everything=True)
        if not self._context.store.reader.exceptions.has_open_refunds():
            return 0, 0
        open_, unseen = self._open_of_these_keys()
        changed = 0
        stuck: dict[str, str] = {}
        for refund, paid in open_:
            if refund.state is not RefundState.PENDING:
                unseen += 1  # it could not be asked for just now
                continue
            with passing_over(stuck, refund.uid):
                try:
                    changed += self._look(refund, paid)
                except GatewayError:
                    unseen += 1
        return changed, unseen + len(stuck)

    def _open_of_these_keys(self) -> tuple[list[tuple[RefundRecord, PaymentRecord]], int]:
        """Return the open refunds that these keys can ask about, and how many are missed."""
        mode = mode_of(self._context.gateway().key_id)
        mine, missed = [], 0
        with self._context.store.reading() as books:
            for refund, paid in books.refunds.all_open():
                theirs = mode_of(books.attempts.get(paid.attempt_uid or "").key_id)
                if theirs == mode:
                    mine.append((refund, paid))
                else:
                    missed += theirs == LIVE_MODE
        return mine, missed

    def _look(self, refund: RefundRecord, paid: PaymentRecord) -> bool:
        """Look at one refund; post every refund of its payment where it has ended."""
        gateway, payment_id = self._context.gateway(), paid.payment_id or ""
        shown = gateway.refunds_of(payment_id)
        mine = [each for each in shown if each.refund_id == refund.refund_id]
        if not mine or ENDINGS[mine[0].status] is refund.state:
            return False
        refunds = read_refunds(self._context, gateway.fetch_payment(payment_id), shown)
        with self._context.store.writing() as work:
            is_news = post_refunds(self._context, work, paid, refunds)
            if is_news:
                work.commit()
            else:
                work.nothing_to_write()
        return is_news


def _require_here(work: Repositories, paid: PaymentRecord) -> None:
    """Refuse to return money that the bank has not shown yet, or that never came."""
    if tender_of(paid.method).settled is None:
        return
    now = work.tenders.verification(paid.uid)
    if now in AWAITING_BANK:
        raise InvalidInputError(
            "payment",
            "The bank hasn't confirmed this payment yet. You can refund the payment after "
            "the bank confirms it.",
        )
    if now in NEVER_CAME:
        raise InvalidInputError("payment", "This payment never arrived. There's nothing to refund.")


def _known(work: Repositories, payment: str) -> PaymentRecord:
    paid = work.payments.find(payment)
    if paid is None:
        raise UnknownPaymentError(_MISSING)
    return paid
