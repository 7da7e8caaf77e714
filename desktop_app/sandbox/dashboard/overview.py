"""The overview at `/`: what can be paid now, how much there is of everything, the latest payments.

Reads only. Must not show more than a page needs, however much the sandbox holds.
"""

from __future__ import annotations

import hashlib
import itertools
from typing import TYPE_CHECKING, Any

from ..entities import Invoice, Payment, PaymentLink, QrCode
from ..upi_phone import payable_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sized

    from ..entities import Entity
    from ..sandbox_context import SandboxContext

MAX_ROWS = 12
MAX_SCANNED = 400
QR_PATH = "/_pages/qr/"


class Overview:
    """Values of the overview of one sandbox. Hold the store's lock."""

    def __init__(self, context: SandboxContext) -> None:
        self._context = context
        self._changes = 0
        context.store.watchers.append(self._count)
        context.store.forgetters.append(self._count)

    def _count(self, entity: Entity | None = None) -> None:
        del entity
        self._changes += 1

    def beat(self) -> str:
        """Return a text that is another one whenever the pages would show something else."""
        context, store = self._context, self._context.store
        shown = (
            self._changes,
            context.journal.last,
            context.faults.armed(),
            store.account.as_json(),
            store.webhooks,
            (store.clock.offset_s, store.clock.stopped_at),
        )
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]

    def values(self) -> dict[str, Any]:
        """Return the values of the page."""
        store = self._context.store
        return {
            "base_url": self._context.base_url,
            "key_id": self._context.key_id,
            "key_secret": self._context.key_secret,
            "now": self._context.now(),
            "moved": store.clock.offset_s,
            "stopped": store.clock.stopped_at is not None,
            "payable": [self._row(entity) for entity in self._payable()],
            "recent": list(itertools.islice(store.payments.newest_first(), MAX_ROWS)),
            "faults": self._context.faults.armed(),
        }

    def counts(self) -> dict[str, int]:
        """Return how much there is, by section."""
        store = self._context.store
        tables: dict[str, Sized] = {
            "orders": store.orders,
            "payments": store.payments,
            "refunds": store.refunds,
            "qr-codes": store.qr_codes,
            "payment-links": store.links,
            "disputes": store.disputes,
            "settlements": store.settlements,
            "instant-settlements": store.instant_settlements,
            "customers": store.customers,
            "invoices": store.invoices,
            "items": store.items,
            "offers": store.offers,
            "webhooks": store.webhooks,
            "deliveries": store.deliveries,
            "faults": self._context.faults.armed(),
        }
        return {slug: len(table) for slug, table in tables.items()}

    def _payable(self) -> list[Entity]:
        """Return payable entities, newest first, among the latest of each kind."""
        store = self._context.store
        tables: tuple[Iterator[Entity], ...] = (
            store.links.newest_first(),
            store.invoices.newest_first(),
            store.qr_codes.newest_first(),
            store.payments.newest_first(),
        )
        found = [
            entity
            for table in tables
            for entity in itertools.islice(
                filter(self._can_be_paid, itertools.islice(table, MAX_SCANNED)), MAX_ROWS
            )
        ]
        return sorted(found, key=lambda entity: entity.created_at, reverse=True)[:MAX_ROWS]

    def _can_be_paid(self, entity: Entity) -> bool:
        if isinstance(entity, Payment):
            order = self._context.lifecycle.order_of(entity)
            owed = order is None or order.status != "paid"
            return entity.has_code and owed and entity.status in ("created", "failed")
        if isinstance(entity, QrCode):
            return entity.status == "active"
        if isinstance(entity, Invoice):
            return entity.status in ("issued", "partially_paid")
        return isinstance(entity, PaymentLink) and entity.status in ("created", "partially_paid")

    def _row(self, entity: Entity) -> dict[str, Any]:
        text = payable_text(entity, self._context.base_url)
        row: dict[str, Any] = {"id": entity.id, "text": text, "picture": f"{QR_PATH}{entity.id}"}
        if isinstance(entity, PaymentLink):
            due = entity.amount - entity.amount_paid
            row |= {"kind": "Payment link", "amount": due, "note": entity.description}
            return {**row, "section": "payment-links"}
        if isinstance(entity, Invoice):
            due, note = entity.amount - entity.amount_paid, entity.description or ""
            row |= {"kind": "Invoice", "amount": due, "note": note}
            return {**row, "section": "invoices"}
        if isinstance(entity, QrCode):
            note = entity.description or entity.name or ""
            row |= {"kind": "QR code", "amount": entity.payment_amount, "note": note}
            return {**row, "section": "qr-codes"}
        if isinstance(entity, Payment):
            row |= {"kind": "UPI payment", "amount": entity.amount}
            return {**row, "note": entity.description or "", "section": "payments"}
        raise TypeError(f"{entity.id} cannot be paid")
