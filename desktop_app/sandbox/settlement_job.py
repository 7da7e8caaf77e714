"""Settlements by the clock: captured payments are paid out after two working days.

A settlement is the captured payments less their fees, less the refunds processed, the disputes lost
and the money paid out at once since the one before, with the adjustments both ways. If that is zero
or less, it is carried over. Money of machines settles separately, after one working day. Called
only by the timers.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from .account import IN_PERSON, ONLINE
from .banking_days import next_moment, settles_at
from .entities import Adjustment, Dispute, Entity, InstantSettlement, Payment, Settlement
from .settlement_items import SettlementItem, channel_of, fee_deducted, net_paise, tax_deducted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .entity_store import EntityStore
    from .lifecycle import Lifecycle

CYCLE_DAYS = {ONLINE: 2, IN_PERSON: 1}


class SettlementJob:
    """Items of a channel that are still to settle, by instant."""

    def __init__(self, store: EntityStore, lifecycle: Lifecycle, channel: str) -> None:
        self._store = store
        self._lifecycle = lifecycle
        self._channel = channel
        store.watchers.append(self.watch)
        self.clear()

    def clear(self) -> None:
        """Drop everything, on reset."""
        self._waiting: dict[int, set[str]] = {}
        self._moments: list[int] = []
        self._carried_over: set[str] = set()
        self._last_run: tuple[int, set[str], set[str]] = (0, set(), set())

    def watch(self, entity: Entity) -> None:
        """Add an entity to what is to settle, or remove it once settled."""
        if isinstance(entity, SettlementItem) and entity.id not in self._carried_over:
            if channel_of(entity, self._store) != self._channel:
                return
            due = self._due(entity)
            if due is None:
                return
            if entity.settlement_id is None:
                self._wait(entity.id, due)
            elif due in self._waiting:
                self._waiting[due].discard(entity.id)

    def _due(self, item: SettlementItem) -> int | None:
        due = self._usual_due(item)
        latest = self._store.account.last_runs.get(self._channel, 0)
        return next_moment(latest) if due is not None and due <= latest else due

    def _usual_due(self, item: SettlementItem) -> int | None:
        since = self._since(item)
        if since is None:
            return None
        if isinstance(item, Payment):
            return settles_at(since, CYCLE_DAYS[self._channel])
        return next_moment(since)

    def _since(self, item: SettlementItem) -> int | None:
        """Return since when an item is the merchant's to get or to give; None if it is not."""
        if isinstance(item, Payment):
            return item.captured_at or item.created_at if item.captured else None
        if isinstance(item, Dispute):
            return item.lost_at
        if isinstance(item, InstantSettlement | Adjustment):
            return item.created_at
        if item.processed_at is None or item.status != "processed":
            return None
        payment = self._store.payments.get(item.payment_id)
        # Money that was never captured was never the merchant's, so its refund costs nothing.
        return item.processed_at if payment and payment.captured else None

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
        items = self._unsettled(self._last_run[1] | self._carried_over)
        made = self._settle(items, at)
        left = {item.id for item in items if item.settlement_id is None}
        is_debt = made is None and sum(map(net_paise, items)) <= 0
        self._carried_over = left if is_debt else set()
        for key in () if is_debt else left:
            self._wait(key, next_moment(at))

    def settle_now(self, at: int) -> Settlement | None:
        """Settle everything that is captured, due or not; None if there is nothing to pay out."""
        return self._settle(self._all_unsettled(), at)

    def _settle(self, items: list[SettlementItem], at: int) -> Settlement | None:
        account = self._store.account
        account.last_runs = {**account.last_runs, self._channel: at}
        plan = account.settlements
        items = _first_part(items, plan["most"])
        net = sum(map(net_paise, items))
        if net <= 0:
            return None
        payments = [item for item in items if isinstance(item, Payment)]
        settlement = Settlement(
            id=self._store.ids.new("setl"),
            created_at=at,
            amount=net,
            fees=sum(map(fee_deducted, payments)),
            tax=sum(map(tax_deducted, payments)),
            utr=None,
            status="created",
            items=tuple(item.id for item in items),
            channel=self._channel,
            due_at=None if plan["after_s"] is None else at + plan["after_s"],
            recon_delay_s=plan["recon_delay_s"],
        )
        for item in items:
            self._store.edit(item)
            item.settlement_id = settlement.id
        self._store.add(settlement)
        account.move(self._channel, -net)
        if plan["outcome"] == "processed":
            self._lifecycle.process_settlement(settlement, at)
        elif plan["outcome"] == "failed":
            self._lifecycle.fail_settlement(settlement, at)
        return settlement

    def _to_settle(self, keys: Iterable[str]) -> Iterator[SettlementItem]:
        for item in map(self._store.find, keys):
            if not isinstance(item, SettlementItem) or item.settlement_id is not None:
                continue
            if self._since(item) is not None:
                yield item

    def _unsettled(self, keys: set[str]) -> list[SettlementItem]:
        items = list(self._to_settle(keys))
        places = self._store.places({item.created_at for item in items})
        return sorted(items, key=lambda item: (item.created_at, places[item.id]))

    def _all_unsettled(self) -> list[SettlementItem]:
        return self._unsettled(self._carried_over.union(*self._waiting.values()))

    def unsettled_paise(self) -> int:
        """Return what is captured and still to settle."""
        keys = self._carried_over.union(*self._waiting.values())
        return sum(map(net_paise, self._to_settle(keys)))

    def undo(self) -> None:
        """Undo the latest run, whose transaction could not be written."""
        due, keys, self._carried_over = self._last_run
        for key in keys:
            self._wait(key, due)


def _first_part(items: list[SettlementItem], most: int | None) -> list[SettlementItem]:
    """Return the items, oldest first, up to the first that would exceed the limit."""
    total = 0
    for at, item in enumerate(items):
        total += net_paise(item)
        if most is not None and total > most:
            return items[:at]
    return items
