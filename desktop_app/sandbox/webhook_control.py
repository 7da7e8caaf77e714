"""Control of webhooks: endpoints, events sent on demand or again, deliveries and their manner.

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
from .webhook_trigger import EventSubjects
from .webhooks import EVENT, MAX_WEBHOOKS, WebhooksResource

if TYPE_CHECKING:
    from .entities import Event, WebhookDelivery
    from .entity_json import Json
    from .sandbox_context import SandboxContext
    from .validation import Call

MAX_DUPLICATES = 20
MAX_DELAY_S = 30 * 86_400
MAX_NAME = 100
USUAL_LIMIT, MAX_SHOWN = 100, 1000
STATUSES = ("waiting", "delivered", "failed")
ORDERS = ("sent", "reversed", "shuffled")


class WebhookControl(Resource):
    """Control-plane calls for webhooks."""

    def __init__(self, context: SandboxContext) -> None:
        super().__init__(context)
        self._webhooks = WebhooksResource(context)
        self._subjects = EventSubjects(context.store)

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("GET", "/_sandbox/webhooks", self.list_all),
            Route("POST", "/_sandbox/webhooks", self.add),
            Route("DELETE", "/_sandbox/webhooks/<id>", self.delete),
            Route("POST", "/_sandbox/webhooks/trigger", self.trigger),
            Route("POST", "/_sandbox/webhooks/replay", self.replay),
            Route("GET", "/_sandbox/webhooks/manner", self.manner),
            Route("POST", "/_sandbox/webhooks/manner", self.change_manner),
            Route("GET", "/_sandbox/deliveries", self.show_deliveries),
            Route("GET", "/_sandbox/deliveries/<id>", self.fetch_delivery),
            Route("POST", "/_sandbox/deliveries/<id>/redeliver", self.redeliver),
        ]

    def list_all(self, call: Call) -> Json:
        """Return every endpoint, oldest first."""
        del call
        hooks = self._context.store.webhooks
        return {"count": len(hooks), "items": list(hooks)}

    def delete(self, call: Call) -> Json:
        """Delete an endpoint; what still waits for it fails."""
        hook = self._known(call.path["id"])
        self._webhooks.remove(hook)
        return hook

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
        now, events = self._context.now(), self._context.lifecycle.events
        return _as_sent(event, [d for key in hooks for d in events.enqueue(event, key, now)], hooks)

    def trigger(self, call: Call) -> Json:
        """Send an event about something that exists, to those who asked for it or to one webhook.

        `entity_id` names what it is about, by default the latest; `entities` names everything that
        an event of another kind holds.
        """
        check_known(call.body, ("event", "entity_id", "entities", "webhook_id"))
        name, given = text(call.body, "event", longest=MAX_NAME), call.body.get("entities")
        if not EVENT.fullmatch(name):
            raise ControlError("event must be a name such as payment.captured")
        if given is None:
            about = text(call.body, "entity_id") if "entity_id" in call.body else None
            found = self._subjects.of(name, about)
        elif isinstance(given, list) and given and all(isinstance(key, str) for key in given):
            found = self._subjects.named(given)
        else:
            raise ControlError("entities must be a list of ids")
        hooks = self._receivers(call.body, name)
        sent = self._context.lifecycle.events.send(name, self._context.now(), found, hooks)
        return _as_sent(*sent, hooks)

    def _receivers(self, body: Json, name: str) -> list[str]:
        if "webhook_id" not in body:
            return [hook["id"] for hook in self._context.store.webhooks if wants(hook, name)]
        return [self._active(text(body, "webhook_id"))["id"]]

    def redeliver(self, call: Call) -> Json:
        """Send a delivery's event again, to the same webhook."""
        delivery = self._known_delivery(call)
        hook = self._active(delivery.webhook_id)["id"]
        event = self._context.store.events.get(delivery.event_id)
        if event is None:
            raise ControlError(f"{delivery.id} has no event")
        sent = self._context.lifecycle.events.enqueue(event, hook, self._context.now())
        return _as_sent(event, sent, [hook])

    def fetch_delivery(self, call: Call) -> Json:
        """Return one delivery."""
        return self._delivery(self._known_delivery(call))

    def _known_delivery(self, call: Call) -> WebhookDelivery:
        key = call.path["id"]
        delivery = self._context.store.deliveries.get(key)
        if delivery is None:
            raise ControlError(f"no delivery has the id {key[:100]}")
        return delivery

    def _active(self, key: str) -> Json:
        hook = self._known(key)
        if hook["status"] != "active":
            raise ControlError(f"{hook['id']} is {hook['status']}")
        return hook

    def _known(self, key: str) -> Json:
        if (hook := self._webhooks.find(f"wh_{key.removeprefix('wh_')}")) is None:
            raise ControlError(f"no webhook has the id {key[:100]}")
        return hook

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

    def show_deliveries(self, call: Call) -> Json:
        """Return the deliveries that a query wants, oldest first; `waiting` ones are to come."""
        asked = dict(call.query)
        check_known(asked, ("webhook_id", "event", "status", "limit"))
        if "status" in asked:
            one_of(asked, "status", STATUSES)
        limit = within(asked, "limit", USUAL_LIMIT, 1, MAX_SHOWN)
        wanted = {name: asked[name] for name in asked if name != "limit"}
        shown = [
            delivery
            for delivery in self._context.store.deliveries.oldest_first()
            if wanted.items() <= self._summary(delivery).items()
        ]
        return {"count": len(shown), "items": [self._delivery(d) for d in shown[-limit:]]}

    def deliveries(self) -> list[Json]:
        """Return every delivery with its tries, oldest first."""
        return [self._delivery(d) for d in self._context.store.deliveries.oldest_first()]

    def _delivery(self, delivery: WebhookDelivery) -> Json:
        event = self._context.store.events.get(delivery.event_id)
        payload = None if event is None else json.loads(event.body)
        return {**self._summary(delivery), "tries": list(delivery.tries), "payload": payload}

    def _summary(self, delivery: WebhookDelivery) -> Json:
        event = self._context.store.events.get(delivery.event_id)
        return {
            "id": delivery.id,
            "event_id": public_event_id(delivery.event_id),
            "event": None if event is None else event.name,
            "webhook_id": delivery.webhook_id,
            "status": delivery.status,
            "created_at": delivery.created_at,
            "next_at": delivery.next_at,
        }


def _as_sent(event: Event, deliveries: list[str], hooks: list[str]) -> Json:
    return {
        "event_id": public_event_id(event.id),
        "event": event.name,
        "webhooks": hooks,
        "deliveries": deliveries,
    }
