"""Channels that are paid on an order of ours, which is created first and never twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.channels import CHANNELS
from desktop_app.domain.payment import INR, AttemptState, GatewaySnapshot, Method
from desktop_app.services import errors
from desktop_app.services.identity.foreign_orders import ForeignOrders
from desktop_app.services.payments.channels.base import (
    GatewayChannel,
    Origin,
    Resource,
    first_problem,
    notes_of,
)
from desktop_app.services.payments.create_once import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop_app.domain.payment import Attempt, PaymentFact
    from desktop_app.services.context import Context
    from desktop_app.services.ports.gateway import OrderFact, PaymentGateway

UNIQUE_RECEIPT = "unique_receipt"
"""The account's feature by which the same reference is the same order."""

PAGE = 100
BY = "by"
"""The note of an order that names the channel it was made for, where that is not UPI intent."""


class OwnOrderChannel(GatewayChannel):
    """A channel whose attempts of a due share one order."""

    order_notes: Mapping[str, str] = {}
    """Notes of its orders, besides those of every channel."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._foreign = ForeignOrders(context)

    def _with_order(self, attempt: Attempt, *, is_new: bool) -> Attempt:
        """Return the attempt in state `ordered`, on its dues' order or on a new one.

        It is in another state where it was ended while the order was made.
        """
        if attempt.order_id is None:
            return self._ordered(attempt, is_new=is_new)
        if attempt.state is AttemptState.ORDERED:
            return attempt
        return self._attempts.save(replace(attempt, state=AttemptState.ORDERED), attempt)

    def _ordered_again(self, attempt: Attempt) -> Attempt:
        """Find our order by its reference: the answer named one that the gateway does not know."""
        if attempt.order_id is not None:
            with self._context.store.writing() as work:
                work.attempts.drop_order(attempt.order_id)
                work.commit()
        return self._ordered(self._attempts.load(attempt.uid), is_new=False)

    def _ordered(self, attempt: Attempt, *, is_new: bool) -> Attempt:
        """Create the order and commit its id before anything payable is made on it."""
        order = self._creator.once(attempt, self._recipe(attempt), is_new=is_new)
        with self._context.store.writing() as work:
            now = work.attempts.get(attempt.uid)
            ordered = replace(
                now,
                state=AttemptState.ORDERED if now.is_live else now.state,
                order_id=order.order_id,
                order_receipt=now.reference,
                gateway_created_at=order.created_at,
            )
            work.attempts.add_order(ordered, self._context.now())
            work.attempts.save(ordered, now.state)
            work.commit()
        return ordered

    def _recipe(self, attempt: Attempt) -> Recipe[OrderFact]:
        gateway = self._context.gateway()
        return Recipe(
            create=lambda: self._create(gateway, attempt),
            find=lambda: gateway.find_order(attempt.reference),
            fits=lambda made: _fits(attempt, made),
            is_repeatable=lambda: self._is_unique(gateway.key_id),
        )

    def _is_unique(self, key_id: str) -> bool:
        with self._context.store.reading() as books:
            return books.capability(key_id, UNIQUE_RECEIPT) is not False

    def _create(self, gateway: PaymentGateway, attempt: Attempt) -> OrderFact:
        """Create an order, once; adopt the one that exists where the gateway names it."""
        unique = self._is_unique(attempt.key_id)
        try:
            return self._send(gateway, attempt, unique=unique)
        except errors.RejectedError as refusal:
            if refusal.existing_id is not None:
                existing = gateway.fetch_order(refusal.existing_id, asked=True)
                if _fits(attempt, existing):
                    return existing
            if not unique or refusal.reason != "extra_field_sent":
                raise
        with self._context.store.writing() as work:
            work.put_capability(
                attempt.key_id, UNIQUE_RECEIPT, self._context.now(), available=False
            )
            work.commit()
        return self._send(gateway, attempt, unique=False)

    def _send(self, gateway: PaymentGateway, attempt: Attempt, *, unique: bool) -> OrderFact:
        return gateway.create_order(
            reference=attempt.reference,
            amount=attempt.amount,
            notes={**notes_of(self._context, attempt), **self.order_notes},
            unique=unique,
        )

    def find(self, attempt: Attempt) -> Resource | None:
        """Find the order of a lost answer; one that does not fit is none."""
        order = self._context.gateway().find_order(attempt.reference)
        if order is None or not _fits(attempt, order):
            return None
        return Resource(order.created_at, order_id=order.order_id)

    def fetch(self, attempt: Attempt, *, asked: bool) -> GatewaySnapshot:
        """Read the order with its payments."""
        order = self._context.gateway().fetch_order(attempt.order_id or "", asked=asked)
        return order_snapshot(attempt, order)

    def listed(
        self, attempts: Sequence[Attempt], *, pages: int, asked: bool
    ) -> dict[str, GatewaySnapshot]:
        """Read the order list from the oldest wanted order on, as far as `pages` reach."""
        wanted = {each.order_id: each for each in attempts}
        times = [each.gateway_created_at for each in attempts]
        since = min((at for at in times if at is not None), default=None)
        found: dict[str, GatewaySnapshot] = {}
        if since is None:
            return found
        for page in range(pages):
            orders = self._context.gateway().orders_since(since, skip=page * PAGE, asked=asked)
            found |= {
                order.order_id: order_snapshot(wanted[order.order_id], order)
                for order in orders
                if order and order.order_id in wanted
            }
            self._foreign.notice(filter(None, orders))
            if len(orders) < PAGE or len(found) == len(wanted):
                break
        return found

    def correct(self, attempt: Attempt) -> bool:
        """Replace an order that does not exist by the one that our reference finds."""
        try:
            found = self._context.gateway().find_order(attempt.order_receipt or "")
        except errors.GatewayError:
            return False
        facts = (attempt.order_receipt, attempt.amount.paise, INR)
        if found is None or (found.receipt, found.amount_paise, found.currency) != facts:
            return False
        if found.order_id == attempt.order_id:
            return False
        with self._context.store.writing() as work:
            work.attempts.move_order(attempt.order_id or "", found.order_id)
            self._context.audit(work, "order.corrected", attempt.uid, {"order": found.order_id})
            work.commit()
        return True

    def trace(self, payment: PaymentFact) -> Origin | None:
        """Read the order that the payment names."""
        if payment.order_id is None:
            return None
        order = self._context.gateway().fetch_order(payment.order_id)
        return Origin(
            method=_made_for(order) or self.method,
            reference=order.receipt or "",
            order_id=order.order_id,
            remote_id=None,
            amount_paise=order.amount_paise,
            created_at=order.created_at,
            notes=order.notes or {},
        )


def order_snapshot(attempt: Attempt, order: OrderFact) -> GatewaySnapshot:
    """Return what an order, its payments expanded, shows of an attempt."""
    left = max(0, order.amount_paise - order.amount_paid_paise)
    is_settled = (
        order.status == "paid"
        and order.amount_paid_paise >= attempt.amount.paise
        and order.amount_due_paise == 0
    )
    return GatewaySnapshot(
        header_problem=first_problem(
            (order.order_id == attempt.order_id, "another order was shown"),
            (order.receipt == attempt.order_receipt, "the order has another receipt reference"),
            (order.amount_paise == attempt.amount.paise, "the order is for another amount"),
            (order.currency == INR, f"the order is in {order.currency}"),
            (order.payments is not None, "the order's payments were not shown"),
        ),
        is_settled=is_settled,
        is_closed=order.status == "paid" or order.amount_paid_paise > 0,
        payments=order.payments or (),
        sums_problem=first_problem(
            (order.amount_due_paise == left, "the order's sums do not agree")
        ),
    )


def _fits(attempt: Attempt, made: OrderFact) -> bool:
    asked = (attempt.reference, attempt.amount.paise, INR)
    return (made.receipt, made.amount_paise, made.currency) == asked


def _made_for(order: OrderFact) -> Method | None:
    """Return the channel that an order's notes name, if any."""
    named = (order.notes or {}).get(BY)
    return next((method for method in CHANNELS if method.value == named), None)
