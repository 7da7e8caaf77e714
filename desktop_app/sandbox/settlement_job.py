"""Settlements by the clock: captured payments are paid out after two working days.

A settlement is the captured payments less their fees, less the refunds processed, the disputes lost
and the money paid out at once since the one before. If that is zero or less, it is carried over.
Called only by the timers.
"""

from __future__ import annotations

import hashlib
import heapq
from typing import TYPE_CHECKING

from .banking_days import next_moment, settles_at
from .entities import Dispute, Entity, InstantSettlement, Payment, Refund, Settlement

if TYPE_CHECKING:
    from .entity_store import EntityStore
    from .webhook_events import EventRecorder

SettlementItem = Payment | Refund | Dispute | InstantSettlement


class SettlementJob:
    """Items that are still to settle, by instant."""

    def __init__(self, store: EntityStore, events: EventRecorder) -> None:
        self._store = store
        self._events = events
        store.watchers.append(self.watch)
        self.clear()

    def clear(self) -> None:
        """Drop everything, on reset."""
        self._waiting: dict[int, set[str]] = {}
        self._moments: list[int] = []
        self._carried_over: set[str] = set()
        self._last_run: tuple[int, set[str], set[str]] = (0, set(), set())
        self._latest = 0

    def watch(self, entity: Entity) -> None:
        """Add an entity to what is to settle, or remove it once settled."""
        if isinstance(entity, Settlement):
            self._latest = max(self._latest, entity.created_at)
        elif isinstance(entity, SettlementItem) and entity.id not in self._carried_over:
            due = self._due(entity)
            if due is None:
                return
            if entity.settlement_id is None:
                self._wait(entity.id, due)
            elif due in self._waiting:
                self._waiting[due].discard(entity.id)

    def _due(self, item: SettlementItem) -> int | None:
        due = self._usual_due(item)
        return next_moment(self._latest) if due is not None and due <= self._latest else due

    def _usual_due(self, item: SettlementItem) -> int | None:
        if isinstance(item, Payment):
            return settles_at(item.captured_at or item.created_at) if item.captured else None
        if isinstance(item, Dispute):
            return None if item.lost_at is None else next_moment(item.lost_at)
        if isinstance(item, InstantSettlement):
            return next_moment(item.created_at)
        if item.processed_at is None or item.status != "processed":
            return None
        payment = self._store.payments.get(item.payment_id)
        # Money that was never captured was never the merchant's, so its refund costs nothing.
        return next_moment(item.processed_at) if payment and payment.captured else None

    def _wait(self, key: str, due: int) -> None:
        if due not in self._waiting:
            self._waiting[due] = set()
            heapq.heappush(self._moments, due)
        self._waiting[due].add(key)

    @property
    def next_at(self) -> int | None:
        """The instant of the next settlement."""
        while self._moments and not self._waiting[self._moments[0]]:
            del self._waiting[heapq.heappop(self._moments)]
        return self._moments[0] if self._moments else None

    def run(self, at: int) -> None:
        """Create the settlement that is due. Call inside a transaction."""
        due = heapq.heappop(self._moments)
        self._last_run = (due, self._waiting.pop(due), self._carried_over)
        keys = self._last_run[1] | self._carried_over
        found = map(self._store.find, keys)
        items = [i for i in found if isinstance(i, SettlementItem) and i.settlement_id is None]
        items.sort(key=lambda item: (item.created_at, item.id))
        net = sum(map(net_paise, items))
        self._carried_over = {item.id for item in items} if net <= 0 else set()
        if net <= 0:
            return
        payments = [item for item in items if isinstance(item, Payment)]
        settlement = Settlement(
            id=self._store.ids.new("setl"),
            created_at=at,
            amount=net,
            fees=sum(p.fee or 0 for p in payments),
            tax=sum(p.tax or 0 for p in payments),
            utr="",
            items=tuple(item.id for item in items),
        )
        settlement.utr = f"{at}{hashlib.sha256(settlement.id.encode()).hexdigest()[:6]}"
        for item in items:
            self._store.edit(item)
            item.settlement_id = settlement.id
        self._store.add(settlement)
        self._events.record("settlement.processed", at, settlement)

    def unsettled_paise(self) -> int:
        """Return what is captured and still to settle."""
        keys = self._carried_over.union(*self._waiting.values())
        found = map(self._store.find, keys)
        items = (i for i in found if isinstance(i, SettlementItem) and i.settlement_id is None)
        return sum(map(net_paise, items))

    def undo(self) -> None:
        """Undo the latest run, whose transaction could not be written."""
        due, keys, self._carried_over = self._last_run
        for key in keys:
            self._wait(key, due)


def net_paise(item: SettlementItem) -> int:
    """Return an item's share of a settlement in paise, negative for all but payments."""
    if isinstance(item, Payment):
        return item.amount - (item.fee or 0)
    return -(item.amount_deducted if isinstance(item, Dispute) else item.amount)
