"""Checks attempts at the gateway and posts verified payments. Never concludes "not paid" by itself.

Where a channel has a list that shows payments, one call shows many attempts; what it does not show
is fetched one by one. A doubtful answer is fetched again before it counts as not seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.domain.channels import is_page
from desktop_app.domain.checkout import NO_PROOFS
from desktop_app.domain.payment import (
    CUSTOMER,
    AttemptState,
    less_customer_fee,
    match_attempt,
    misfit,
    observe,
    verify,
)
from desktop_app.services import errors
from desktop_app.services.isolation import note_stuck, passing_over
from desktop_app.services.payments.attempt_times import seconds_left
from desktop_app.services.payments.capture import CaptureResult, PaymentCapture
from desktop_app.services.payments.channels.registry import make_channels
from desktop_app.services.posting.payments import own_share, post_payment
from desktop_app.services.posting.refund_reading import NO_REFUNDS, read_refunds
from desktop_app.services.views.payments import AttemptView

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from desktop_app.domain.payment import Attempt, GatewaySnapshot, PaymentFact
    from desktop_app.services.context import Context
    from desktop_app.services.payments.channels.base import GatewayChannel
    from desktop_app.services.posting.refund_reading import RefundReading
    from desktop_app.services.views.payments import PaymentIds
    from desktop_app.services.views.receipts import ReceiptView

DOUBT = "doubt"
"""Instead of an error's class name: answers that contradict each other."""

YOUNG_S = 1_800
"""Orders younger than this are seen by the list call of a tick."""

_ABOUT_ONE = (errors.RejectedError, errors.UnreadableError)
"""Errors of an answer about one attempt; others say that no answer came."""

_NO_LINE = {"UnavailableError", "UnauthorisedError", "NoKeysError"}
_PAYABLE = {AttemptState.AWAITING, AttemptState.ORDERED}


@dataclass(slots=True)
class StatusCheckResult:
    """The result of a check: uids of attempts that changed, and of those not seen.

    Attributes:
        stuck: of those not seen, the ones that the gateway answered for: the error's class name.
        uneven: of those seen, the ones with a payment whose refunds could not be read, or do not
            add up to its refunded sum: the error's class name.
        problem: the class name of an error that concerns every attempt; empty without one.
    """

    changed: set[str] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)
    stuck: dict[str, str] = field(default_factory=dict)
    uneven: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    ends_closed: bool = True

    def fail(self, attempts: Iterable[Attempt], error: errors.GatewayError | None = None) -> None:
        """Record attempts that could not be seen."""
        uids = [attempt.uid for attempt in attempts]
        self.unseen.update(uids)
        kind = DOUBT if error is None else type(error).__name__
        if error is None or isinstance(error, _ABOUT_ONE):
            self.stuck |= dict.fromkeys(uids, kind)
        else:
            self.problem = kind


class StatusChecker:
    """Checks attempts and posts their payments.

    It remembers of the last check of each, until the process ends, whether a payment was authorised
    and not captured, and whether it returns by itself: no money, a hint for the screen only.
    """

    def __init__(self, context: Context) -> None:
        self.channels = make_channels(context)
        self._context = context
        self._captures = PaymentCapture(context)
        self._authorised: dict[str, bool] = {}

    def has_seen(self, uid: str) -> bool:
        """Whether the last check saw an authorised payment that is due and not captured yet."""
        return self._authorised.get(uid) is False

    def will_return(self, uid: str) -> bool:
        """Whether the last check saw an authorised payment that is left to return by itself."""
        return self._authorised.get(uid) is True

    def view(self, uid: str, *, is_sure: bool = True) -> AttemptView:
        """Return an attempt as stored, with what the last check remembers of it (local)."""
        reader = self._context.store.reader
        attempt, failure, was_late = reader.attempts.get(uid)
        proofs = NO_PROOFS
        if is_page(attempt.method):
            # First the proofs: where one is decided by then, its result is read after it.
            proofs = reader.attempts.proofs(uid)
            attempt, failure, was_late = reader.attempts.get(uid)
        student_uid, name, roll_no, label = reader.attempts.names_of(attempt.uid)
        is_paid = attempt.state is AttemptState.PAID
        receipt = reader.receipts.of_attempt(attempt.uid) if is_paid else None
        ids: PaymentIds | ReceiptView | None = receipt
        if is_paid and (receipt is None or receipt.tenders):  # no receipt names it alone
            ids = reader.payments.ids_of(attempt.uid)
        return AttemptView(
            uid=attempt.uid,
            enrollment_uid=attempt.enrollment_uid,
            student_uid=student_uid,
            student_name=name,
            roll_no=roll_no,
            course_label=label,
            method=attempt.method,
            state=attempt.state,
            amount=attempt.amount,
            created_at=attempt.created_at,
            qr_text=attempt.qr_text,
            image_path=Path(attempt.image_path) if attempt.image_path else None,
            expires_at=attempt.expires_at,
            expires_in_s=seconds_left(self._context, attempt),
            lifetime_s=float(self._context.settings().expiry_s) if attempt.expires_at else None,
            order_id=ids.order_id if ids else attempt.order_id,
            payment_id=ids.payment_id if ids else None,
            rrn=ids.rrn if ids else None,
            receipt_no=receipt.number if receipt else None,
            receipt_uid=receipt.uid if receipt else None,
            was_late=was_late,
            failure=failure,
            is_sure=is_sure,
            is_seen=self.has_seen(uid) and not is_paid,
            will_return=self.will_return(uid),
            has_proof=bool(proofs.genuine),
            has_false_proof=bool(proofs.false),
        )

    def check(
        self,
        attempts: Sequence[Attempt],
        *,
        pages: int = 1,
        asked: bool = False,
        ends_closed: bool = True,
    ) -> StatusCheckResult:
        """Check attempts once that are payable or were.

        Args:
            attempts: those with an order, QR code or link; others are skipped.
            pages: how many pages of the order list may be read.
            asked: a person asked for it.
            ends_closed: whether a live attempt ends whose QR code or link is found closed.
        """
        seen = StatusCheckResult(ends_closed=ends_closed)
        groups = _on_one_resource(attempts)
        for method, channel in self.channels.items():
            own = {key: group for key, group in groups.items() if group[0].method is method}
            if own:
                self._look_by(channel, own, seen, pages=pages, asked=asked)
        seen.unseen |= seen.stuck.keys()
        doubts = {uid: kind for uid, kind in seen.uneven.items() if kind == DOUBT}
        done = {attempt.uid for attempt in chain(*groups.values())} - seen.unseen
        note_stuck(self._context, seen.stuck | doubts, done - doubts.keys())
        return seen

    def look_first(self, attempt: Attempt, *, ends_closed: bool = True) -> None:
        """Check for money on what may have been shown; for `ends_closed` see `check`.

        Raises:
            UnavailableError: that failed, or a payment of it waits for its capture.
        """
        if self.check([attempt], asked=True, ends_closed=ends_closed).unseen:
            raise errors.UnavailableError("the gateway gave no answer about the attempt")
        if self.has_seen(attempt.uid):
            raise errors.UnavailableError("a payment is authorised and not captured yet")

    # --- what the gateway shows

    def _look_by(
        self,
        channel: GatewayChannel,
        groups: Mapping[str, list[Attempt]],
        seen: StatusCheckResult,
        *,
        pages: int,
        asked: bool,
    ) -> None:
        """Look by the channel's list, and fetch what that does not show or leaves in doubt."""
        firsts = [group[0] for group in groups.values()]
        try:
            shown = channel.listed(firsts, pages=pages, asked=asked)
        except errors.UnreadableError:
            shown = {}  # one entry in it makes no sense: each is fetched by itself
        except errors.GatewayError as error:
            seen.fail(chain(*groups.values()), error)
            return
        for key, group in groups.items():
            uids = [attempt.uid for attempt in group]
            if not group[0].shares_order and seen.problem in _NO_LINE:
                seen.unseen.update(uids)
                continue
            with passing_over(seen.stuck, *uids):
                if key not in shown or not self._take(channel, group, shown[key], seen):
                    self._fetch(channel, group, seen, asked=asked)

    def _fetch(
        self, channel: GatewayChannel, group: list[Attempt], seen: StatusCheckResult, *, asked: bool
    ) -> None:
        for _again in range(2):  # of two payments the first may be captured in one look
            try:
                snapshot = channel.fetch(group[0], asked=asked)
            except errors.GatewayError as error:
                if isinstance(error, errors.NotFoundError):
                    channel.correct(group[0])
                seen.fail(group, error)
                return
            if self._take(channel, group, snapshot, seen):
                return
        seen.fail(group)

    # --- what follows

    def _take(
        self,
        channel: GatewayChannel,
        group: list[Attempt],
        snapshot: GatewaySnapshot,
        seen: StatusCheckResult,
    ) -> bool:
        """Post what a snapshot proves; False when it leaves a doubt."""
        observation = observe(group[0], self._own_shares(group[0], snapshot))
        if observation.gone_back:
            self._captures.note_over(group[0], observation.gone_back)
        confirmed = [self._confirm(group, payment) for payment in observation.money]
        confirmed += [self._confirm_misfit(channel, group, each) for each in observation.misfits]
        for payment in confirmed:
            if payment is not None:
                self._book(group[0], payment, seen)
        results = {each: self._captures.take(group[0], each) for each in observation.to_capture}
        if not snapshot.header_problem:
            self._note_authorised(group, results, seen)
        if observation.failed and not confirmed:
            self._note_failure(group, observation.failed, seen)
        is_sure = observation.problem is None and all(confirmed)
        is_sure = is_sure and CaptureResult.ASKED not in results.values()
        is_spent = snapshot.is_closed or (bool(observation.misfits) and group[0].shares_order)
        if is_sure and is_spent and seen.ends_closed:
            for attempt in group:
                self._end_closed(attempt, seen)
        return is_sure

    def _own_shares(self, attempt: Attempt, snapshot: GatewaySnapshot) -> GatewaySnapshot:
        """Return a snapshot whose payments are without the fees that their payers bore."""
        if self._context.settings().fee_bearer != CUSTOMER:
            return snapshot
        shown = tuple(less_customer_fee(attempt, each) for each in snapshot.payments)
        return replace(snapshot, payments=shown)

    def _confirm(self, group: list[Attempt], payment: PaymentFact) -> PaymentFact | None:
        """Fetch a payment by its id, unless it is one that we made ourselves; None in doubt.

        A list may show what does not exist, or what belongs to another order of ours.
        """
        if any(attempt.remote_id == payment.payment_id for attempt in group):
            return payment
        if self._is_posted(payment):
            return payment
        found = self._fetch_again(group, payment)
        is_money = found is not None and found.captured and verify(group[0], found) is None
        return found if is_money else None

    def _confirm_misfit(
        self, channel: GatewayChannel, group: list[Attempt], payment: PaymentFact
    ) -> PaymentFact | None:
        """Fetch a payment of another amount or currency by its id; None in doubt.

        One answer may show a false amount. It is believed when the payment by itself has the same
        amount and currency, and the gateway traces it to the order, code or link of the attempt.
        """
        if self._is_posted(payment):
            return payment
        found = self._fetch_again(group, payment)
        if found is None or not found.captured or misfit(group[0], found) is None:
            return None
        said, shown = (found.amount_paise, found.currency), (payment.amount_paise, payment.currency)
        if said != shown:
            return None
        try:
            origin = channel.trace(found)
        except errors.GatewayError:
            return None
        mine = group[0].order_id if group[0].shares_order else group[0].remote_id
        theirs = origin and (origin.order_id if group[0].shares_order else origin.remote_id)
        return found if mine == theirs else None

    def _is_posted(self, payment: PaymentFact) -> bool:
        posted = self._context.store.reader.payments
        return posted.is_posted(payment.payment_id, payment.amount_refunded_paise)

    def _fetch_again(self, group: list[Attempt], payment: PaymentFact) -> PaymentFact | None:
        """Fetch a payment by its id; None where it is another one, or another due's."""
        try:
            found = self._context.gateway().fetch_payment(payment.payment_id)
        except errors.GatewayError:
            return None
        dues = (
            self._context.store.reader.attempts.dues_of_order(found.order_id)
            if found.order_id
            else frozenset()
        )
        is_same = (found.payment_id, found.order_id) == (payment.payment_id, payment.order_id)
        is_ours = not dues or dues == {each.due_uid for each in group[0].parts}
        return own_share(self._context, group[0], found) if is_same and is_ours else None

    def _end_closed(self, attempt: Attempt, seen: StatusCheckResult) -> None:
        """End a live attempt whose QR code or link accepts no more money; it stays watched."""
        if self._context.store.reader.attempts.get(attempt.uid)[0].state not in _PAYABLE:
            return
        with self._context.store.writing() as work:
            now = work.attempts.get(attempt.uid)
            if now.state not in _PAYABLE:
                work.nothing_to_write()
                return
            left = seconds_left(self._context, now)
            state = AttemptState.CANCELLED if left else AttemptState.EXPIRED
            ended = replace(now, state=state, is_remote_open=False)
            work.attempts.save(ended, now.state, "closed at the gateway")
            self._context.audit(work, f"attempt.{state.value}", now.uid, {"why": "closed"})
            work.commit()
        seen.changed.add(attempt.uid)

    def _book(self, attempt: Attempt, payment: PaymentFact, seen: StatusCheckResult) -> None:
        """Post a payment and its refunds; the payment even where these cannot be read now."""
        if self._is_posted(payment):
            return
        refunds = self._refunds_of(payment, attempt, seen)
        with self._context.store.writing() as work:
            group = (
                work.attempts.of_order(attempt.order_id)
                if attempt.shares_order and attempt.order_id
                else (work.attempts.get(attempt.uid),)
            )
            owner = match_attempt(payment, group) if len(group) > 1 else group[0]
            booked = post_payment(self._context, work, owner, payment, refunds)
            if booked.is_new:
                work.commit()
            else:
                work.nothing_to_write()
        if booked.is_new:
            seen.changed |= {owner.uid, *booked.cancelled}

    def _refunds_of(
        self, payment: PaymentFact, attempt: Attempt, seen: StatusCheckResult
    ) -> RefundReading:
        """Read the refunds of a payment; a new one that shows none needs no call."""
        is_known = self._context.store.reader.payments.is_known(payment.payment_id)
        if not payment.amount_refunded_paise and not is_known:
            return NO_REFUNDS
        try:
            refunds = read_refunds(self._context, payment)
        except errors.GatewayError as error:
            seen.uneven[attempt.uid] = type(error).__name__
            return NO_REFUNDS
        if not refunds.is_even:
            seen.uneven[attempt.uid] = DOUBT
        return refunds

    def _note_authorised(
        self,
        group: list[Attempt],
        results: Mapping[PaymentFact, CaptureResult],
        seen: StatusCheckResult,
    ) -> None:
        """Remember whose payment the bank has authorised; a new or ended one is a change."""
        mine = {attempt.uid for attempt in group}
        now = {
            match_attempt(payment, group).uid: result is CaptureResult.LEFT
            for payment, result in results.items()
        }
        before = {uid: left for uid, left in self._authorised.items() if uid in mine}
        seen.changed |= {uid for uid in mine if before.get(uid) != now.get(uid)}
        for uid in before:
            del self._authorised[uid]
        self._authorised |= now

    def _note_failure(
        self, group: list[Attempt], failed: PaymentFact, seen: StatusCheckResult
    ) -> None:
        words = ": ".join(filter(None, (failed.error_reason, failed.error_description)))
        words = words or "The payment failed."
        owner = match_attempt(failed, group)
        if (
            not owner.is_live
            or self._context.store.reader.attempts.get(owner.uid)[1] == words[:300]
        ):
            return
        with self._context.store.writing() as work:
            if work.attempts.set_failure(owner.uid, words[:300]):
                seen.changed.add(owner.uid)
                work.commit()
            else:
                work.nothing_to_write()


def _on_one_resource(attempts: Iterable[Attempt]) -> dict[str, list[Attempt]]:
    """Return attempts by the order, QR code or link that one look shows; others are left out."""
    groups: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        key = attempt.order_id if attempt.shares_order else attempt.remote_id
        if key:
            groups.setdefault(key, []).append(attempt)
    return groups
