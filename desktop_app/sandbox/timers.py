"""Timed changes: time-outs, late payments, expiry, auto-refunds and processed refunds.

Nothing sleeps: before an answer is built and when the clock moves, everything due is applied, in
order, each change at its own instant.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from .account import CHANNELS, ONLINE
from .entities import (
    Dispute,
    Entity,
    InstantSettlement,
    Invoice,
    Payment,
    PaymentLink,
    QrCode,
    Refund,
    Settlement,
)
from .invoice_lifecycle import PAYABLE
from .lifecycle import LINK_LIFE_S, REFUND_PENDING_S, UNANSWERED_S, UNCAPTURED_S, Lifecycle
from .settlement_job import SettlementJob

if TYPE_CHECKING:
    from .entity_store import EntityStore

INSTANT_S = 900


class Timers:
    """Scheduled changes of entities."""

    def __init__(self, store: EntityStore, lifecycle: Lifecycle) -> None:
        self._store = store
        self._lifecycle = lifecycle
        self._jobs = {name: SettlementJob(store, lifecycle, name) for name in CHANNELS}
        self._due: dict[int, list[str]] = {}
        self._moments: list[int] = []
        store.watchers.append(self.watch)
        store.forgetters.append(self.clear)

    def watch(self, entity: Entity) -> None:
        """Schedule an entity's next timed change."""
        due = self._next(entity)
        if due is not None:
            self._wait(due, [entity.id])

    def _wait(self, due: int, keys: list[str]) -> None:
        """Append to what waits for an instant, in the order in which it was scheduled."""
        if due not in self._due:
            self._due[due] = []
            heapq.heappush(self._moments, due)
        self._due[due] += keys

    def clear(self) -> None:
        """Drop everything, on reset."""
        self._due.clear()
        self._moments.clear()
        for job in self._jobs.values():
            job.clear()

    def unsettled_paise(self, channel: str = ONLINE) -> int:
        """Return what a channel captured and still has to settle. Hold the lock."""
        return self._jobs[channel].unsettled_paise()

    def settle_now(self, channel: str) -> Settlement | None:
        """Settle everything of a channel at once. Call inside a transaction."""
        return self._jobs[channel].settle_now(self._store.clock.now())

    @property
    def next_at(self) -> int | None:
        """The instant of the next timed change. Hold the lock."""
        moments = [job.next_at for job in self._jobs.values()]
        moments.append(self._moments[0] if self._moments else None)
        return min((at for at in moments if at is not None), default=None)

    def run_due(self) -> None:
        """Apply everything that is due. Hold the lock."""
        now = self._store.clock.now()
        while (at := self.next_at) is not None and at <= now:
            if self._moments and self._moments[0] <= at:
                self._run_moment()
            else:
                self._run_settlement(at)

    def _run_settlement(self, at: int) -> None:
        job = next(job for job in self._jobs.values() if job.next_at == at)
        try:
            with self._store.transaction():
                job.run(at)
        except BaseException:
            job.undo()
            raise

    def _run_moment(self) -> None:
        due = heapq.heappop(self._moments)
        keys = self._due.pop(due)
        for place, key in enumerate(keys):
            try:
                self._run(key, due)
            except BaseException:  # a full disk: the next call retries
                self._wait(due, keys[place:])
                raise

    def _run(self, key: str, due: int) -> None:
        entity = self._store.find(key)
        if entity is None or self._next(entity) != due:
            return
        with self._store.transaction():
            self._apply(entity, due)

    def _next(self, entity: Entity) -> int | None:
        if isinstance(entity, Payment):
            return self._next_of_payment(entity)
        if isinstance(entity, Refund | InstantSettlement):
            return _arrival(entity)
        return _end(entity)

    def _next_of_payment(self, payment: Payment) -> int | None:
        moments = []
        if payment.status == "created":
            moments.append(payment.created_at + UNANSWERED_S)
        if payment.status == "authorized" and payment.authorized_at is not None:
            moments.append(payment.authorized_at + self._capture_window_s(payment))
        if payment.due_at is not None:
            moments.append(payment.due_at)
        return min(moments, default=None)

    def _capture_window_s(self, payment: Payment) -> int:
        """Return the seconds until an authorized payment is refunded: the order's, else 3 days."""
        order = self._lifecycle.order_of(payment)
        options = (order.capture or {}).get("capture_options", {}) if order is not None else {}
        minutes = options.get("manual_expiry_period")
        return UNCAPTURED_S if minutes is None else int(minutes) * 60

    def _apply(self, entity: Entity, at: int) -> None:
        if isinstance(entity, Payment):
            self._apply_to_payment(entity, at)
        elif isinstance(entity, Refund):
            self._lifecycle.finish_refund(entity, at)
        elif isinstance(entity, Settlement):
            self._lifecycle.process_settlement(entity, at)
        elif isinstance(entity, QrCode):
            self._lifecycle.close_qr(entity, None, at)
        elif isinstance(entity, PaymentLink | Invoice):
            self._expire(entity, at)
        elif isinstance(entity, Dispute):
            self._lifecycle.lose(entity, at)
        elif isinstance(entity, InstantSettlement):
            self._store.edit(entity)
            entity.processed_at, entity.utr = at, self._store.ids.rrn()

    def _expire(self, entity: PaymentLink | Invoice, at: int) -> None:
        if isinstance(entity, Invoice):
            self._lifecycle.invoices.expire(entity, at)
        else:
            self._store.edit(entity)
            entity.status, entity.expired_at, entity.updated_at = "expired", at, at
            self._lifecycle.events.record("payment_link.expired", at, entity)

    def _apply_to_payment(self, payment: Payment, at: int) -> None:
        if payment.due_at == at:
            outcome, vpa = payment.due_outcome, payment.due_vpa or ""
            if outcome == "failure":
                self._lifecycle.fail(payment, payment.due_reason or "payment_failed", at, vpa)
            else:
                self._lifecycle.authorize(payment, vpa, at, capture=outcome == "success")
        elif payment.status == "authorized":
            self._lifecycle.refund(payment, payment.amount, at)
        elif payment.due_at is None:
            self._lifecycle.fail(payment, "payment_timed_out", at)
        else:
            self._time_out_keeping_plan(payment, at)

    def _time_out_keeping_plan(self, payment: Payment, at: int) -> None:
        plan = (payment.due_outcome, payment.due_vpa, payment.due_reason, payment.due_at)
        self._lifecycle.fail(payment, "payment_timed_out", at)
        payment.due_outcome, payment.due_vpa, payment.due_reason, payment.due_at = plan


def _end(entity: Entity) -> int | None:
    """Return the instant at which an open entity ends by itself."""
    if isinstance(entity, Settlement | QrCode | Dispute):
        return _deadline(entity)
    if isinstance(entity, Invoice):
        return entity.expire_by if entity.status in PAYABLE else None
    if isinstance(entity, PaymentLink) and entity.status in ("created", "partially_paid"):
        return entity.expire_by or entity.created_at + LINK_LIFE_S
    return None


def _arrival(sent: Refund | InstantSettlement) -> int | None:
    """Return the instant at which money on its way arrives."""
    if isinstance(sent, InstantSettlement):
        return sent.created_at + INSTANT_S if sent.processed_at is None else None
    if sent.status != "pending" or sent.outcome == "pending":
        return None
    return sent.created_at + REFUND_PENDING_S if sent.due_at is None else sent.due_at


def _deadline(open_one: Settlement | QrCode | Dispute) -> int | None:
    """Return the instant at which something open ends by itself."""
    if isinstance(open_one, Settlement):
        return None if open_one.status == "processed" else open_one.due_at
    if isinstance(open_one, QrCode):
        return open_one.close_by if open_one.status == "active" else None
    return open_one.respond_by if open_one.status == "open" else None
