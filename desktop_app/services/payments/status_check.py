"""Checks attempts at the gateway and posts verified payments. Never concludes "not paid" by itself.

One list call shows every young order with its payments; QR codes, links and older orders are
fetched one by one. A doubtful answer is fetched once more before it counts as not seen.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from desktop_app.domain.attempt_matching import match_attempt
from desktop_app.domain.payment import INR, AttemptState, Method, observe, verify
from desktop_app.services import errors
from desktop_app.services.identity.foreign_orders import ForeignOrders
from desktop_app.services.payments.attempt_views import seconds_left
from desktop_app.services.payments.channels.registry import make_channels
from desktop_app.services.payments.channels.upi_intent import order_snapshot
from desktop_app.services.posting.payments import post_payment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from desktop_app.domain.payment import Attempt, GatewaySnapshot, PaymentFact
    from desktop_app.services.context import Context
    from desktop_app.services.ports.gateway import OrderFact

PAGE = 100
YOUNG_S = 1_800
"""Orders younger than this are seen by the list call of a tick."""

_PAYABLE = {AttemptState.AWAITING, AttemptState.ORDERED}


@dataclass(slots=True)
class StatusCheckResult:
    """The result of a check: uids of attempts that changed, and of those not seen."""

    changed: set[str] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)
    problem: str = ""
    ends_closed: bool = True

    def fail(self, attempts: Iterable[Attempt], error: errors.GatewayError | None = None) -> None:
        """Record attempts that could not be seen."""
        self.unseen.update(attempt.uid for attempt in attempts)
        if error is not None:
            self.problem = type(error).__name__


class StatusChecker:
    """Checks attempts and posts their payments.

    It remembers of the last check of each, until the process ends, whether a payment was authorised
    and not captured: no money yet, a hint for the screen only.
    """

    def __init__(self, context: Context) -> None:
        self.channels = make_channels(context, self.look_first)
        self._context = context
        self._foreign = ForeignOrders(context)
        self._refused: set[str] = set()
        self._authorised: set[str] = set()

    def has_seen(self, uid: str) -> bool:
        """Whether the last check saw a payment that the bank has authorised."""
        return uid in self._authorised

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
        by_order: dict[str, list[Attempt]] = defaultdict(list)
        single: list[Attempt] = []
        for attempt in attempts:
            if attempt.method is Method.UPI_INTENT and attempt.order_id:
                by_order[attempt.order_id].append(attempt)
            elif attempt.remote_id:
                single.append(attempt)
        if by_order:
            self._look_at_orders(by_order, seen, pages=pages, asked=asked)
        for attempt in single:
            if seen.problem in {"UnavailableError", "UnauthorisedError", "NoKeysError"}:
                seen.fail([attempt])
            else:
                self._look_at_one(attempt, seen, asked=asked)
        return seen

    def look_first(self, attempt: Attempt) -> None:
        """Check for money on what may have been shown. Raises UnavailableError when that fails."""
        if self.check([attempt], asked=True).unseen:
            raise errors.UnavailableError("the attempt could not be looked at")

    # --- orders

    def _look_at_orders(
        self,
        by_order: dict[str, list[Attempt]],
        seen: StatusCheckResult,
        *,
        pages: int,
        asked: bool,
    ) -> None:
        try:
            shown = self._list(by_order, pages=pages, asked=asked)
        except errors.GatewayError as error:
            for group in by_order.values():
                seen.fail(group, error)
            return
        for order_id, group in by_order.items():
            order = shown.get(order_id)
            if order is not None and self._take(group, order_snapshot(group[0], order), seen):
                continue
            self._look_at_order(group, seen, asked=asked)

    def _list(
        self, by_order: dict[str, list[Attempt]], *, pages: int, asked: bool
    ) -> dict[str, OrderFact]:
        """Read the order list from the oldest wanted order on, as far as `pages` reach."""
        times = [group[0].gateway_created_at for group in by_order.values()]
        since = min((at for at in times if at is not None), default=None)
        found: dict[str, OrderFact] = {}
        if since is None or pages == 0:
            return found
        for page in range(pages):
            orders = self._context.gateway().orders_since(since, skip=page * PAGE, asked=asked)
            found |= {order.order_id: order for order in orders if order.order_id in by_order}
            self._foreign.notice(orders)
            if len(orders) < PAGE or len(found) == len(by_order):
                break
        return found

    def _look_at_order(self, group: list[Attempt], seen: StatusCheckResult, *, asked: bool) -> None:
        """Fetch one order: it was not listed, or its listing left a doubt."""
        try:
            snapshot = self.channels[Method.UPI_INTENT].fetch(group[0], asked=asked)
        except errors.NotFoundError as error:
            self._find_order_again(group)
            seen.fail(group, error)
            return
        except errors.GatewayError as error:
            seen.fail(group, error)
            return
        if not self._take(group, snapshot, seen):
            seen.fail(group)

    def _find_order_again(self, group: list[Attempt]) -> None:
        """Correct an order id that does not exist, where our reference finds another one."""
        first = group[0]
        try:
            found = self._context.gateway().find_order(first.order_receipt or "")
        except errors.GatewayError:
            return
        facts = (first.order_receipt, first.amount.paise, INR)
        if found is None or (found.receipt, found.amount_paise, found.currency) != facts:
            return
        if found.order_id == first.order_id:
            return
        with self._context.store.writing() as work:
            work.attempts.move_order(first.order_id or "", found.order_id)
            self._context.audit(work, "order.corrected", first.uid, {"order": found.order_id})
            work.commit()

    # --- QR codes and links

    def _look_at_one(self, attempt: Attempt, seen: StatusCheckResult, *, asked: bool) -> None:
        for _again in range(2):
            try:
                snapshot = self.channels[attempt.method].fetch(attempt, asked=asked)
            except errors.GatewayError as error:
                seen.fail([attempt], error)
                return
            if self._take([attempt], snapshot, seen):
                return
        seen.fail([attempt])

    # --- what follows

    def _take(
        self, group: list[Attempt], snapshot: GatewaySnapshot, seen: StatusCheckResult
    ) -> bool:
        """Post what a snapshot proves; False when it leaves a doubt."""
        observation = observe(group[0], snapshot)
        confirmed = [self._confirm(group, payment) for payment in observation.money]
        for payment in confirmed:
            if payment is not None:
                self._book(group[0], payment, seen)
        if not snapshot.header_problem:
            self._note_authorised(group, observation.to_capture, seen)
        captured = [self._capture(group[0], each) for each in observation.to_capture]
        if observation.failed and not observation.money:
            self._note_failure(group, observation.failed, seen)
        is_sure = observation.problem is None and not any(captured) and all(confirmed)
        if is_sure and snapshot.is_closed and seen.ends_closed:
            self._end_closed(group[0], seen)
        return is_sure

    def _confirm(self, group: list[Attempt], payment: PaymentFact) -> PaymentFact | None:
        """Fetch a payment by its id, unless it is one that we made ourselves; None in doubt.

        A list may show what does not exist, or what belongs to another order of ours.
        """
        if any(attempt.remote_id == payment.payment_id for attempt in group):
            return payment
        reader = self._context.store.reader
        if reader.payments.is_posted(payment.payment_id, payment.amount_refunded_paise):
            return payment
        try:
            found = self._context.gateway().fetch_payment(payment.payment_id)
        except errors.GatewayError:
            return None
        is_same = (found.payment_id, found.order_id) == (payment.payment_id, payment.order_id)
        others = reader.attempts.due_of_order(found.order_id) if found.order_id else None
        is_ours = others is None or others == group[0].due_uid
        is_money = found.captured and verify(group[0], found) is None
        return found if is_same and is_ours and is_money else None

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
        if self._context.store.reader.payments.is_posted(
            payment.payment_id, payment.amount_refunded_paise
        ):
            return
        with self._context.store.writing() as work:
            group = (
                work.attempts.of_order(attempt.order_id)
                if attempt.method is Method.UPI_INTENT and attempt.order_id
                else (work.attempts.get(attempt.uid),)
            )
            owner = match_attempt(payment, group)
            booked = post_payment(self._context, work, owner, payment)
            if booked.is_new:
                work.commit()
            else:
                work.nothing_to_write()
        if booked.is_new:
            seen.changed |= {owner.uid, *booked.cancelled}

    def _capture(self, attempt: Attempt, payment: PaymentFact) -> bool:
        """Capture an authorised payment; True when another check is worth it."""
        try:
            self._context.gateway().capture(payment.payment_id, attempt.amount)
        except (errors.UnavailableError, errors.UnauthorisedError):
            return False
        except errors.RejectedError:
            # It was captured in between, which the next check shows; or it will go back.
            is_first = payment.payment_id not in self._refused
            self._refused.add(payment.payment_id)
            return is_first
        except errors.GatewayError:
            return True
        return True

    def _note_authorised(
        self, group: list[Attempt], payments: Iterable[PaymentFact], seen: StatusCheckResult
    ) -> None:
        """Remember whose payment the bank has authorised; a new or ended one is a change."""
        mine = {attempt.uid for attempt in group}
        now = {match_attempt(payment, group).uid for payment in payments}
        seen.changed |= (self._authorised & mine) ^ now
        self._authorised = (self._authorised - mine) | now

    def _note_failure(
        self, group: list[Attempt], failed: PaymentFact, seen: StatusCheckResult
    ) -> None:
        words = failed.error_description or failed.error_reason or "The payment failed."
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
