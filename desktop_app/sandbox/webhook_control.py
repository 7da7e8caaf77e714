"""Control of webhooks: add an endpoint, replay an event, and make deliveries misbehave.

Must not send; webhook_sender.py does.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .control_validation import check_known, one_of, text, within
from .errors import ControlError
from .sandbox_context import Resource, Route
from .webhook_events import wants
from .webhook_sender import public_event_id
from .webhook_targets import is_target
from .webhooks import MAX_WEBHOOKS

if TYPE_CHECKING:
    from .entities import WebhookDelivery
    from .entity_json import Json
    from .validation import Call

MAX_DUPLICATES = 20
MAX_DELAY_S = 30 * 86_400
ORDERS = ("sent", "reversed", "shuffled")


class WebhookControl(Resource):
    """Control-plane calls for webhooks."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("POST", "/_sandbox/webhooks", self.add),
            Route("POST", "/_sandbox/webhooks/replay", self.replay),
            Route("GET", "/_sandbox/webhooks/manner", self.manner),
            Route("POST", "/_sandbox/webhooks/manner", self.change_manner),
        ]

    def add(self, call: Call) -> Json:
        """Add an endpoint and start sending to it; the event `*` means all events."""
        check_known(call.body, ("url", "secret", "events"))
        events = call.body.get("events")
        if not isinstance(events, list) or not all(isinstance(e, str) for e in events):
            raise ControlError("events must be a list of names")
        url, secret = text(call.body, "url"), text(call.body, "secret")
        if not is_target(url, self._context.webhook_hosts):
            raise ControlError("url must be a loopback address, such as http://127.0.0.1:8000/hook")
        store = self._context.store
        if len(store.webhooks) >= MAX_WEBHOOKS:
            raise ControlError(f"{MAX_WEBHOOKS} webhooks at most")
        hook: Json = {"id": store.ids.new("wh"), "url": url, "secret": secret, "events": events}
        hook.update(status="active", created_at=self._context.now())
        store.webhooks = [*store.webhooks, hook]
        self._context.sender.start()
        return hook

    def replay(self, call: Call) -> Json:
        """Resend an event to every active webhook that asked for it."""
        check_known(call.body, ("event_id",))
        given = text(call.body, "event_id")
        event = self._context.store.events.get(f"evt_{given}")
        if event is None:
            raise ControlError(f"no event has the id {given[:100]}")
        hooks = [hook["id"] for hook in self._context.store.webhooks if wants(hook, event.name)]
        for key in hooks:
            self._context.lifecycle.events.enqueue(event, key, self._context.now())
        return {"event_id": given, "event": event.name, "webhooks": hooks}

    def manner(self, call: Call) -> Json:
        """Return how deliveries are sent."""
        del call
        return dict(self._context.store.manner)

    def change_manner(self, call: Call) -> Json:
        """Set duplicates, delay (seconds of the sandbox's clock) and order of deliveries."""
        check_known(call.body, ("duplicates", "delay_s", "order"))
        changed = {**self._context.store.manner, **call.body}
        within(changed, "duplicates", 0, 0, MAX_DUPLICATES)
        within(changed, "delay_s", 0, 0, MAX_DELAY_S)
        one_of(changed, "order", ORDERS)
        self._context.store.manner = changed
        return dict(changed)

    def deliveries(self) -> list[Json]:
        """Return every delivery with its tries, oldest first."""
        return [self._delivery(d) for d in self._context.store.deliveries.oldest_first()]

    def _delivery(self, delivery: WebhookDelivery) -> Json:
        event = self._context.store.events.get(delivery.event_id)
        return {
            "id": delivery.id,
            "event_id": public_event_id(delivery.event_id),
            "event": None if event is None else event.name,
            "webhook_id": delivery.webhook_id,
            "status": delivery.status,
            "created_at": delivery.created_at,
            "next_at": delivery.next_at,
            "tries": list(delivery.tries),
            "payload": None if event is None else json.loads(event.body),
        }
