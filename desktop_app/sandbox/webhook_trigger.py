"""Entities of a triggered event: the one that was named, or the latest, with its relatives.

A triggered event reports what exists as it is, and changes nothing. Must not send anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .entities import (
    Dispute,
    Downtime,
    Invoice,
    Order,
    Payment,
    PaymentLink,
    QrCode,
    Refund,
    Settlement,
)
from .errors import ControlError
from .webhook_payloads import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .entities import Entity
    from .entity_store import EntityStore

# The entities of an event, by the beginning of its name; the first one is what it is about.
CONTAINED: dict[str, tuple[type[Any], ...]] = {
    "payment.dispute.": (Dispute, Payment),
    "payment.downtime.": (Downtime,),
    "payment.": (Payment,),
    "order.": (Order, Payment),
    "payment_link.expired": (PaymentLink,),
    "payment_link.cancelled": (PaymentLink,),
    "payment_link.": (PaymentLink, Order, Payment),
    "qr_code.credited": (QrCode, Payment),
    "qr_code.": (QrCode,),
    "refund.": (Refund, Payment),
    "settlement.": (Settlement,),
    "invoice.expired": (Invoice,),
    "invoice.": (Invoice, Order, Payment),
}
# Razorpay lists the payment first in these.
PAYMENT_FIRST = ("payment.dispute.", "order.", "qr_code.", "invoice.")


class EventSubjects:
    """Look-up of what an event reports."""

    def __init__(self, store: EntityStore) -> None:
        self._store = store

    def named(self, keys: Iterable[str]) -> list[Entity]:
        """Return entities by their ids; raise ControlError for one that no event can hold."""
        found = []
        for key in keys:
            entity = self._store.find(key)
            if entity is None or type(entity) not in NAMES:
                raise ControlError(f"no event can report {key[:100]}")
            found.append(entity)
        return found

    def of(self, event: str, key: str | None) -> list[Entity]:
        """Return the entities of an event about the one with that id, or about the latest.

        Raises:
            ControlError: The event is unknown, or there is nothing that it could report.
        """
        kinds = next((k for start, k in CONTAINED.items() if event.startswith(start)), None)
        if kinds is None:
            raise ControlError(f"name the entities of {event[:100]} by their ids")
        subject = self._subject(event, kinds[0], key)
        found = [self._relative(subject, kind) for kind in kinds]
        return found[::-1] if event.startswith(PAYMENT_FIRST) else found

    def _subject(self, event: str, kind: type[Any], key: str | None) -> Entity:
        if key is None:
            latest: Entity | None = next(self._store.table_of(kind).newest_first(), None)
            if latest is None:
                raise ControlError(f"there is nothing yet that {event} could report")
            return latest
        (given,) = self.named([key])
        return self._relative(given, kind)

    def _relative(self, entity: Entity, kind: type[Any]) -> Entity:
        """Return the entity itself if it is of that kind, else the latest that belongs to it."""
        found = entity if isinstance(entity, kind) else self._belonging(entity, kind)
        if found is None:
            raise ControlError(f"{entity.id} has no {NAMES[kind]}")
        return found

    def _belonging(self, entity: Entity, kind: type[Any]) -> Entity | None:
        payment = self._payment_of(entity)
        if kind is Payment or payment is None:
            return payment if kind is Payment else self._order_of(entity, kind)
        if kind is Refund:
            return next(self._store.refunds_for(payment.id), None)
        if kind is Dispute:
            disputes = self._store.disputes.newest_first()
            return next((d for d in disputes if d.payment_id == payment.id), None)
        if kind is QrCode:
            return self._store.qr_codes.get(payment.qr_id or "")
        order = self._store.orders.get(payment.order_id or "")
        return order if kind is Order or order is None else self._order_of(order, kind)

    def _order_of(self, entity: Entity, kind: type[Any]) -> Entity | None:
        """Return the order of a link or an invoice, or the link or invoice of an order."""
        if isinstance(entity, PaymentLink | Invoice) and kind is Order:
            return self._store.orders.get(entity.order_id or "")
        if isinstance(entity, Order) and kind is PaymentLink:
            return self._store.links.get(entity.link_id or "")
        if isinstance(entity, Order) and kind is Invoice:
            return self._store.invoices.get(entity.invoice_id or "")
        return None

    def _payment_of(self, entity: Entity) -> Payment | None:
        if isinstance(entity, Payment):
            return entity
        if isinstance(entity, Refund | Dispute):
            return self._store.payments.get(entity.payment_id)
        parent = entity.order_id if isinstance(entity, PaymentLink | Invoice) else entity.id
        return next(self._store.payments_for(parent or ""), None)
