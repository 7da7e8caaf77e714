"""Webhook events, recorded in the transaction of the change that they report.

An event is stored as the bytes to send, a snapshot of its instant, with one delivery per webhook
that asked for it. Must not send anything; webhook_sender.py does.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from .entities import Event, WebhookDelivery
from .webhook_payloads import NAMES, event_payload

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .entities import Entity
    from .entity_store import EntityStore

GIVE_UP_S = 86_400
ALL = "*"

EVENTS = (
    "payment.authorized payment.captured payment.failed order.paid payment_link.paid "
    "payment_link.partially_paid payment_link.expired payment_link.cancelled qr_code.created "
    "qr_code.credited qr_code.closed refund.created refund.processed refund.failed "
    "refund.speed_changed payment.dispute.created payment.dispute.won payment.dispute.lost "
    "payment.dispute.closed payment.dispute.under_review payment.dispute.action_required "
    "payment.downtime.started payment.downtime.updated payment.downtime.resolved "
    "settlement.processed invoice.paid invoice.partially_paid invoice.expired"
).split()


class EventRecorder:
    """Recorder of webhook events."""

    def __init__(self, store: EntityStore) -> None:
        self._store = store
        self._base_url = self._key_id = ""

    def set_identity(self, base_url: str, key_id: str) -> None:
        """Set the sandbox's address and key; call it before serving."""
        self._base_url, self._key_id = base_url, key_id

    def record(self, name: str, at: int, *entities: Entity) -> None:
        """Record an event for the webhooks that asked for it. Call inside a transaction."""
        hooks = [hook["id"] for hook in self._store.webhooks if wants(hook, name)]
        if hooks:
            self.send(name, at, entities, hooks)

    def send(
        self, name: str, at: int, entities: Iterable[Entity], hooks: list[str]
    ) -> tuple[Event, list[str]]:
        """Record an event for these webhooks; return it with the ids of its deliveries."""
        body = {
            "entity": "event",
            "account_id": account_id(self._key_id),
            "event": name,
            "contains": [NAMES[type(entity)] for entity in entities],
            "payload": event_payload(name, entities, self._base_url, self._key_id),
            "created_at": at,
        }
        event = Event(self._store.ids.new("evt"), at, name, as_php_json(body))
        self._store.add(event)
        return event, [key for hook in hooks for key in self.enqueue(event, hook, at)]

    def enqueue(self, event: Event, webhook_id: str, at: int) -> list[str]:
        """Enqueue the deliveries of an event to a webhook, including requested duplicates."""
        enqueued = []
        manner = self._store.manner
        for _ in range(1 + manner["duplicates"]):
            delivery = WebhookDelivery(
                id=self._store.ids.new("dlv"),
                created_at=at,
                event_id=event.id,
                webhook_id=webhook_id,
                next_at=at + manner["delay_s"],
                give_up_at=at + manner["delay_s"] + GIVE_UP_S,
            )
            self._store.add(delivery)
            enqueued.append(delivery.id)
        return enqueued


def as_php_json(value: object) -> str:
    r"""Return JSON as PHP writes it: compact, in ASCII, with `\/` for a slash.

    Receivers that sign `JSON.stringify(req.body)` get the same bytes unless one of these is in it.
    """
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/")


def wants(hook: dict[str, object], name: str) -> bool:
    """Return whether a webhook is active and asked for an event."""
    asked = hook["events"]
    is_asked = isinstance(asked, list) and (name in asked or ALL in asked)
    return hook["status"] == "active" and is_asked


def account_id(key_id: str) -> str:
    """Return the merchant's id, the same for the same key."""
    return f"acc_{hashlib.sha256(key_id.encode()).hexdigest()[:14]}"
