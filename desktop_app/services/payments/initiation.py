"""Make an attempt payable on one of the channels.

Before a new resource is created, every other payable one of the same due is closed and checked. If
that check fails or shows money, nothing new is created.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from desktop_app.domain.enrollment import DueState
from desktop_app.domain.payment import AttemptState
from desktop_app.services.connectivity import gateway_now
from desktop_app.services.errors import (
    DueClosedError,
    FeatureOffError,
    OutcomeUnknownError,
    StillOpenError,
)
from desktop_app.services.payments.channels.base import choose_channel
from desktop_app.services.payments.channels.payment_link import SHORTEST_LINK_S
from desktop_app.services.payments.counter_begin import refuse_covered_by_cheque
from desktop_app.services.payments.create_once import AttemptStore, LostCreationError
from desktop_app.services.posting.parts import fee_label, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context
    from desktop_app.services.payments.cancellation import Cancellation
    from desktop_app.services.payments.status_check import StatusChecker
    from desktop_app.services.ports.storage import Repositories

MOST_RENEWALS = 2


class PaymentInitiator:
    """Makes attempts payable."""

    def __init__(
        self, context: Context, checker: StatusChecker, cancellation: Cancellation
    ) -> None:
        self._context = context
        self._checker = checker
        self._cancellation = cancellation
        self._attempts = AttemptStore(context)

    def open(self, uid: str, *, is_new: bool) -> str:
        """Make an attempt payable, or find its money.

        Returns:
            The uid of the attempt to show: another one of the dues where that was paid, where a
            lost creation cannot be found, or where the attempt was begun under other keys.

        Raises:
            DueClosedError: of several dues, some were paid otherwise: this attempt is cancelled.
            StillOpenError: an earlier resource could not be closed or checked.
            ChequeCoversError: it is a cheque, which only the bank makes a payment.
            GatewayError, MissingPhoneError: the attempt's state is stored.
        """
        paid = self._clear_others(uid)
        if paid is not None:
            return paid
        attempt = self._attempts.load(uid)
        if attempt.is_live and attempt.remote_id is None and self._is_foreign(attempt):
            attempt, is_new = self._attempts.renew(uid), True
            uid = attempt.uid
        if not is_new and (attempt.remote_id or attempt.order_id):
            self._checker.look_first(attempt)
            attempt = self._attempts.load(uid)
        if attempt.is_live and attempt.state is not AttemptState.AWAITING:
            uid = self._make_payable(attempt, is_new=is_new)
        return self._paid_instead(uid)

    def _paid_instead(self, uid: str) -> str:
        """Return the attempt that paid the due where this one ended by that, else this one."""
        attempt = self._attempts.load(uid)
        if attempt.is_live or attempt.state is AttemptState.PAID:
            return uid
        return self._paid_of(attempt) or uid

    def _clear_others(self, uid: str) -> str | None:
        """Close and check the due's other attempts; return the uid of one that is paid, or None."""
        with self._context.store.reading() as work:
            attempt = work.attempts.get(uid)
            if attempt.is_live:
                refuse_covered_by_cheque(work, parts_of(work, attempt)[0], attempt)
            found = [each for part in attempt.parts for each in work.attempts.of_due(part.due_uid)]
            others = [
                each
                for each in {each.uid: each for each in found}.values()
                if each.uid != uid and each.sent
            ]
        still_open = [
            other
            for other in others
            if not self._cancellation.close_remote(other) and not self._is_over(other)
        ]
        payable = [other for other in others if self._is_to_see(other)]
        if payable:
            seen = self._checker.check(payable, asked=True)
            if seen.unseen:
                raise StillOpenError("the gateway gave no answer about the earlier attempt")
        paid = self._paid_of(attempt)
        if paid is not None:
            return paid
        if still_open:
            raise StillOpenError("the earlier QR code or link is still open")
        if any(self._checker.has_seen(each.uid) for each in payable):
            raise StillOpenError("an earlier payment is authorised and not captured yet")
        return None

    def _paid_of(self, attempt: Attempt) -> str | None:
        """Return the attempt that paid the dues of this one; None where none is paid.

        Raises:
            DueClosedError: some of its dues are paid, or by different attempts.
        """
        with self._context.store.reading() as work:
            dues = [work.enrollments.due(part.due_uid) for part in attempt.parts]
            closed = [due for due in dues if due.state is not DueState.OPEN]
            if not closed:
                return None
            payers = [set(_payers_of(work, due.uid)) for due in dues]
            uid = min(set.intersection(*payers), default=None)
            if uid is not None:
                return uid
            about = fee_label(work, closed[0].enrollment_uid)
        if len(dues) == 1:
            return None
        self._attempts.give_up(attempt.uid, "paid otherwise")
        raise DueClosedError(about, is_paid=closed[0].state is DueState.PAID)

    def _is_over(self, other: Attempt) -> bool:
        """Whether a code or link has ended by itself: nobody can pay it any more."""
        if other.expires_at is None:
            return False
        ended_at = other.expires_at.timestamp() + SHORTEST_LINK_S
        return gateway_now(self._context) > ended_at

    def _is_to_see(self, other: Attempt) -> bool:
        """Whether to check it first; ended ones of other keys cannot be and stay watched."""
        if not (other.remote_id or other.order_id):
            return False
        was_shown = other.remote_id is not None and not self._is_over(other)
        return was_shown or not self._is_foreign(other)

    def _is_foreign(self, attempt: Attempt) -> bool:
        return attempt.key_id != self._context.gateway().key_id

    def _make_payable(self, attempt: Attempt, *, is_new: bool) -> str:
        """Try channel after channel; return the uid of the attempt that is payable now."""
        look = partial(self._checker.look_first, ends_closed=False)
        renewals = 0
        while True:
            try:
                self._checker.channels[attempt.method].open(attempt, look, is_new=is_new)
            except LostCreationError as error:
                if renewals == MOST_RENEWALS:
                    raise OutcomeUnknownError("created again and again, and never found") from error
                renewals += 1
                attempt, is_new = self._attempts.renew(attempt.uid, error.note), True
                if not attempt.is_live:
                    return attempt.uid
            except FeatureOffError:
                self._attempts.remember(attempt, available=False)
                if not attempt.chosen_by_auto:
                    self._attempts.give_up(attempt.uid, "the account lacks this channel")
                    raise
                attempt = self._next_channel(self._attempts.load(attempt.uid))
            else:
                return attempt.uid

    def _next_channel(self, attempt: Attempt) -> Attempt:
        """Switch to the next channel; an order that was made stays behind, unpaid."""
        has_phone = bool(self._attempts.payer(attempt).contact)
        with self._context.store.writing() as work:
            following = choose_channel(work, attempt.key_id, has_phone=has_phone)
            if following is attempt.method:
                raise FeatureOffError("the account has no channel for UPI")
            changed = replace(
                attempt,
                method=following,
                order_id=None,
                order_receipt=None,
                gateway_created_at=None,
            )
            work.attempts.save(changed, attempt.state)
            work.commit()
        return changed


def _payers_of(work: Repositories, due_uid: str) -> Iterator[str]:
    """Yield the attempts whose payments pay a due that is paid."""
    if work.enrollments.due(due_uid).state is not DueState.PAID:
        return
    attempts = {each.uid for each in work.attempts.of_due(due_uid)}
    for allocation in work.allocations.of_due(due_uid):
        payment = work.payments.find(allocation.payment_uid or "")
        if payment is not None and payment.attempt_uid in attempts:
            yield payment.attempt_uid
