"""Store of the entities, account, clock and ids behind one lock, changed in transactions.

A transaction is written to the state file before it counts, and rolled back when anything in it
fails. Must not know the rules of payments (lifecycle.py) nor HTTP (the resources).
"""

from __future__ import annotations

import copy
import threading
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from . import entities as kinds
from .account import MerchantAccount
from .authorised_index import AuthorisedOrderIndex
from .clock import SandboxClock
from .entity_table import EntityTable, remove_latest
from .receipt_index import ReceiptIndex
from .shared_values import share_values, shared_values
from .state_file import FORMAT, MARK, Line, StateFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .ids import SandboxIdSource

REMEMBERED_CHANGES = 128
CLEARS = "clear"
"""Marks a line of the state file before which nothing counts."""
AUTHORISED = ("authorized", "captured", "refunded")

# Delivery of webhooks: extra copies, delay in seconds, order.
MANNER = {"duplicates": 0, "delay_s": 0, "order": "sent"}

Changes = dict[str, kinds.Entity | None]


class EntityStore:
    """All entities and settings. Hold `lock` (or be in a transaction) while reading."""

    def __init__(
        self,
        ids: SandboxIdSource,
        state_file: StateFile | None = None,
        clock: SandboxClock | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.ids = ids
        self.clock = clock or SandboxClock()
        self._state_file = state_file
        self._changes: Changes | None = None
        self._written_meta: Line = {}
        self.watchers: list[Callable[[kinds.Entity], None]] = []
        self.forgetters: list[Callable[[], None]] = []
        self.header: Line = {MARK: FORMAT}
        self._empty()

    def _empty(self) -> None:
        self.account = MerchantAccount()
        self.orders: EntityTable[kinds.Order] = EntityTable()
        self.payments: EntityTable[kinds.Payment] = EntityTable()
        self.qr_codes: EntityTable[kinds.QrCode] = EntityTable()
        self.links: EntityTable[kinds.PaymentLink] = EntityTable()
        self.refunds: EntityTable[kinds.Refund] = EntityTable()
        self.customers: EntityTable[kinds.Customer] = EntityTable()
        self.settlements: EntityTable[kinds.Settlement] = EntityTable()
        self.disputes: EntityTable[kinds.Dispute] = EntityTable()
        self.downtimes: EntityTable[kinds.Downtime] = EntityTable()
        self.events: EntityTable[kinds.Event] = EntityTable()
        self.deliveries: EntityTable[kinds.WebhookDelivery] = EntityTable()
        self.instant_settlements: EntityTable[kinds.InstantSettlement] = EntityTable()
        self.adjustments: EntityTable[kinds.Adjustment] = EntityTable()
        self.offers: EntityTable[kinds.Offer] = EntityTable()
        self.items: EntityTable[kinds.Item] = EntityTable()
        self.invoices: EntityTable[kinds.Invoice] = EntityTable()
        tables = (
            self.orders, self.payments, self.qr_codes, self.links, self.refunds, self.customers,
            self.settlements, self.disputes, self.downtimes, self.events, self.deliveries,
            self.instant_settlements, self.adjustments, self.offers, self.items, self.invoices,
        )  # fmt: skip
        self._tables: dict[str, EntityTable[Any]] = dict(zip(kinds.KINDS, tables, strict=True))
        self.payments_of: dict[str, list[str]] = {}
        self.refunds_of: dict[str, list[str]] = {}
        self.receipts: dict[str, str] = {}
        self._receipt_index = ReceiptIndex()
        self._authorised = AuthorisedOrderIndex()
        self.references: dict[str, str] = {}
        self.refund_keys: dict[str, str] = {}
        self.webhooks: list[dict[str, Any]] = []
        self.manner: dict[str, Any] = dict(MANNER)
        self._history: deque[Changes] = deque(maxlen=REMEMBERED_CHANGES)

    # Reading

    def find(self, key: str) -> kinds.Entity | None:
        """Return the entity of an id, whatever its kind."""
        table = self._tables.get(key.partition("_")[0])
        return None if table is None else table.get(key)

    def places(self, seconds: Iterable[int]) -> dict[str, tuple[int, int]]:
        """Return the order of creation of what was created in these seconds, kind by kind."""
        found = {}
        for second in seconds:
            for kind, table in enumerate(self._tables.values()):
                low, high = table.bounds(second, second)
                for at in range(low, high):
                    found[table.ids[at]] = (kind, at)
        return found

    def table_of(self, kind: type[kinds.Entity]) -> EntityTable[Any]:
        """Return the table of a kind of entity."""
        return next(self._tables[name] for name, known in kinds.KINDS.items() if known is kind)

    def payments_for(
        self, parent: str, start: int | None = None, end: int | None = None
    ) -> Iterator[kinds.Payment]:
        """Yield the payments of an order or a QR code, newest first."""
        return self.payments.newest_first(start, end, self.payments_of.get(parent, []))

    def refunds_for(
        self, payment_id: str, start: int | None = None, end: int | None = None
    ) -> Iterator[kinds.Refund]:
        """Yield the refunds of a payment, newest first."""
        return self.refunds.newest_first(start, end, self.refunds_of.get(payment_id, []))

    def orders_with(
        self,
        receipt: str,
        start: int | None = None,
        end: int | None = None,
        *,
        authorized: bool | None = None,
    ) -> Iterator[kinds.Order]:
        """Yield the orders whose receipt contains a text, newest first.

        `authorized` keeps only those that ever had (or never had) an authorised payment.
        """
        low, high = self.orders.bounds(start, end)
        if authorized is None or receipt:
            places = self._receipt_index.positions(receipt, low, high)
        else:
            places = self._authorised.positions(low, high, wanted=authorized)
        for at in places:
            order = self.orders.get(self.orders.ids[at])
            if order is None or receipt not in (order.receipt or ""):
                continue
            if authorized is None or authorized == self.was_authorized(order):
                yield order

    def was_authorized(self, order: kinds.Order) -> bool:
        """Return whether a payment of an order was ever authorised."""
        return any(p.status in AUTHORISED for p in self.payments_for(order.id))

    @contextmanager
    def before_last_change(self, key: str | None) -> Iterator[None]:
        """Show the state before the latest change of an entity or its relatives, or of anything."""
        old: dict[str, kinds.Entity | None] = {}
        for changes in reversed(self._history):
            old.update(changes)
            if key is None or key in changes or self._touches(changes, key):
                break
        else:
            old = {}
        for kind, table in self._tables.items():
            table.overlay = {k: e for k, e in old.items() if k.startswith(f"{kind}_")}
        try:
            yield
        finally:
            for table in self._tables.values():
                table.overlay = None

    def _touches(self, changes: Changes, key: str) -> bool:
        entities = (self.find(k) for k in changes)
        return any(entity is not None and key in kinds.related_ids(entity) for entity in entities)

    # Changing

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Apply changes together: on disk before the block ends, or not at all."""
        with self.lock:
            self._changes = {}
            account, count = copy.copy(self.account), self.ids.count
            webhooks, manner, clock = self.webhooks, self.manner, self.clock.as_meta()
            try:
                yield
                self._commit(self._changes)
            except BaseException:
                self._roll_back(self._changes)
                self.account, self.ids.count = account, count
                self.webhooks, self.manner = webhooks, manner
                self.clock.restore(clock)
                raise
            finally:
                self._changes = None

    def add(self, entity: kinds.Entity) -> None:
        """Insert a new entity."""
        self._open_changes()[entity.id] = None
        self._insert(entity)

    def edit(self, entity: kinds.Entity) -> None:
        """Record an entity's old state; call it before the first assignment."""
        self._open_changes().setdefault(entity.id, copy.copy(entity))

    def _open_changes(self) -> Changes:
        if self._changes is None:
            raise RuntimeError("a change outside a transaction")
        return self._changes

    def _insert(self, entity: kinds.Entity) -> None:
        self._tables[entity.id.partition("_")[0]].add(entity)
        if isinstance(entity, kinds.Payment):
            share_values(entity, self.orders.get(entity.order_id or ""))
            for parent in filter(None, (entity.order_id, entity.qr_id)):
                known = self.payments_of.setdefault(parent, [])
                share_values(entity, self.payments.get(known[-1]) if known else None)
                known.append(entity.id)
        elif isinstance(entity, kinds.Refund):
            self.refunds_of.setdefault(entity.payment_id, []).append(entity.id)
            if entity.idempotency_key:
                self.refund_keys[entity.idempotency_key] = entity.id
        elif isinstance(entity, kinds.Order):
            self.receipts.setdefault(entity.receipt or "", entity.id)
            self._receipt_index.add(entity.receipt)
            self._authorised.add(entity.id)
        elif isinstance(entity, kinds.PaymentLink) and entity.reference_id:
            self.references.setdefault(entity.reference_id, entity.id)

    def _remove(self, entity: kinds.Entity) -> None:
        self._tables[entity.id.partition("_")[0]].remove(entity)
        if isinstance(entity, kinds.Payment):
            for parent in filter(None, (entity.order_id, entity.qr_id)):
                remove_latest(self.payments_of[parent], entity.id)
        elif isinstance(entity, kinds.Refund):
            remove_latest(self.refunds_of[entity.payment_id], entity.id)
            self.refund_keys.pop(entity.idempotency_key or "", None)
        elif isinstance(entity, kinds.Order):
            self._receipt_index.drop_last()
            self._authorised.drop_last(entity.id)
            if self.receipts[entity.receipt or ""] == entity.id:
                del self.receipts[entity.receipt or ""]
        elif isinstance(entity, kinds.PaymentLink):
            self.references.pop(entity.reference_id, None)

    def _roll_back(self, changes: Changes) -> None:
        for key, old in reversed(changes.items()):
            entity = self.find(key)
            if old is not None:
                self._tables[key.partition("_")[0]].restore(old)
            elif entity is not None:
                self._remove(entity)

    def _commit(self, changes: Changes) -> None:
        if self._state_file is not None:
            self._save(changes)
        if changes:
            self._history.append(changes)
            self._notify(changes)

    def _save(self, changes: Changes) -> None:
        meta = self._meta()
        line: Line = {}
        if changes:
            line["put"] = [_record(e) for e in map(self.find, changes) if e is not None]
        if meta != self._written_meta:
            line["meta"] = meta
        if line:
            self._write(line)
            self._written_meta = meta

    def _write(self, line: Line) -> None:
        if self._state_file is None:
            return
        self._state_file.append(line)
        if self._state_file.is_long and not line.get(CLEARS):
            with suppress(OSError):  # the appended line is safe; the next write retries
                self._state_file.rewrite(self._lines())

    def _notify(self, keys: Iterable[str]) -> None:
        for key in keys:
            entity = self.find(key)
            if isinstance(entity, kinds.Payment) and entity.status in AUTHORISED:
                self._authorised.mark(entity.order_id or "")
            if entity is not None:
                for watcher in self.watchers:
                    watcher(entity)

    # The state file

    def _meta(self) -> Line:
        return {
            "seed": self.ids.seed,
            "ids": self.ids.count,
            "seeded": self.ids.seeded,
            **self.clock.as_meta(),
            "account": self.account.as_json(),
            "webhooks": list(self.webhooks),
            "manner": self.manner,
        }

    def _lines(self) -> Iterator[Line]:
        yield self.header
        yield {"meta": self._meta()}
        for entity in self._all():
            yield {"put": [_record(entity)]}

    def _all(self) -> Iterator[kinds.Entity]:
        for table in self._tables.values():
            yield from table.oldest_first()

    @property
    def is_empty(self) -> bool:
        """Whether there is no entity at all."""
        return not any(map(len, self._tables.values()))

    def as_line(self) -> Line:
        """Return the whole state as one line, for `replace`."""
        return {"meta": self._meta(), "put": [_record(entity) for entity in self._all()]}

    def load(self) -> Line:
        """Load the state file; return its first line, empty for a new file."""
        if self._state_file is None:
            return {}
        first: Line = {}
        records: dict[str, kinds.Entity] = {}
        try:
            for line in self._state_file.read():
                first = first or line
                if line.get(CLEARS):
                    records.clear()
                self._take(line, records)
        except (KeyError, TypeError, AttributeError) as problem:
            raise self._state_file.damaged() from problem
        self._fill(records)
        return first

    def _take(self, line: Line, records: dict[str, kinds.Entity]) -> None:
        for record in line.get("put", ()):
            records[record["id"]] = _entity(record)
        if "meta" in line:
            self._take_meta(line["meta"])

    def _fill(self, records: dict[str, kinds.Entity]) -> None:
        for entity in sorted(records.values(), key=lambda e: e.created_at):
            self._insert(entity)
        self._notify(records)

    def begin(self, header: Line) -> None:
        """Rewrite the state file with this first line; call it once, before serving."""
        self.header = {MARK: FORMAT, **header}
        self._written_meta = self._meta()
        if self._state_file is not None:
            self._state_file.rewrite(self._lines())

    def _take_meta(self, meta: Line) -> None:
        self.ids.seed, self.ids.count = meta["seed"], meta["ids"]
        self.ids.seeded = meta.get("seeded", self.ids.seeded)
        self.clock.restore(meta)
        self.account = MerchantAccount(**meta["account"])
        self.webhooks = [
            {"id": f"wh_{number:014d}", "status": "active", **hook}
            for number, hook in enumerate(meta["webhooks"])
        ]
        self.manner = {**MANNER, **meta.get("manner", {})}

    def reset(self) -> None:
        """Delete everything, in memory and on disk."""
        settings = {"account": MerchantAccount().as_json(), "webhooks": [], "manner": MANNER}
        ids = {"seed": self.ids.seed, "ids": 0, "seeded": self.ids.seeded}
        self.replace({"meta": {**ids, **self.clock.begin_meta(), **settings}, "put": []})

    def replace(self, line: Line) -> None:
        """Replace everything with a state from `as_line`: on disk first, or not at all."""
        with self.lock:
            meta = {**line["meta"], "ids": self.ids.resumed(line["meta"]["ids"])}
            records: dict[str, kinds.Entity] = {}
            self._write({CLEARS: True, "meta": meta, "put": line["put"]})
            for forget in self.forgetters:
                forget()
            self._empty()
            self._take({**line, "meta": meta}, records)
            self._fill(records)
            self._written_meta = self._meta()
            if self._state_file is not None:
                with suppress(OSError):  # the appended line is safe
                    self._state_file.rewrite(self._lines())

    def close(self) -> None:
        """Close the state file."""
        if self._state_file is not None:
            self._state_file.close()


def _record(entity: kinds.Entity) -> Line:
    # Default values are omitted to keep the file small.
    return {
        f.name: value
        for f in fields(entity)
        if (value := getattr(entity, f.name)) != f.default or f.name == "id"
    }


def _entity(record: Line) -> kinds.Entity:
    values = shared_values(record)
    for name in kinds.TUPLES:
        if name in values:
            values[name] = tuple(values[name])
    return kinds.KINDS[values["id"].partition("_")[0]](**values)
