"""Control's side of webhooks: add an endpoint, replay an event, and have deliveries misbehave.

Must not send; the sender does. Only loopback addresses are taken, whatever the port.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .errors import ControlError
from .sandbox_context import Route, SandboxContext
from .webhook_events import wants
from .webhook_sender import public_event_id

if TYPE_CHECKING:
    from .entities import WebhookDelivery
    from .entity_json import Json
    from .validation import Call

MAX_WEBHOOKS = 10
MAX_DUPLICATES = 20
MAX_DELAY_S = 30 * 86_400
LOOPBACK = ("127.0.0.1", "localhost", "::1")
ORDERS = ("sent", "reversed", "shuffled")
ADDRESS = re.compile(r"http://[!-~]{1,2000}")


class WebhookControl:
    """The calls."""

    def __init__(self, context: SandboxContext) -> None:
        self._context = context

    def routes(self) -> list[Route]:
        """Name the calls."""
        return [
            Route("POST", "/_sandbox/webhooks", self.add),
            Route("POST", "/_sandbox/webhooks/replay", self.replay),
            Route("GET", "/_sandbox/webhooks/manner", self.manner),
            Route("POST", "/_sandbox/webhooks/manner", self.change_manner),
        ]

    def add(self, call: Call) -> Json:
        """Note an endpoint and begin to send to it; the event `*` means all of them."""
        _check_fields(call, "url", "secret", "events")
        events = call.body.get("events")
        if not isinstance(events, list) or not all(isinstance(e, str) for e in events):
            raise ControlError("events must be a list of names")
        url, secret = _loopback(_text(call, "url")), _text(call, "secret")
        store = self._context.store
        if len(store.webhooks) >= MAX_WEBHOOKS:
            raise ControlError(f"{MAX_WEBHOOKS} webhooks at most")
        hook = {"id": store.ids.new("wh"), "url": url, "secret": secret, "events": events}
        hook["status"] = "active"
        store.webhooks = [*store.webhooks, hook]
        if self._context.sender is not None:
            self._context.sender.start()
        return hook

    def replay(self, call: Call) -> Json:
        """Send an event again to every webhook that is on and asked for it."""
        _check_fields(call, "event_id")
        given = _text(call, "event_id")
        event = self._context.store.events.get(f"evt_{given}")
        if event is None:
            raise ControlError(f"no event has the id {given[:100]}")
        hooks = [hook["id"] for hook in self._context.store.webhooks if wants(hook, event.name)]
        for key in hooks:
            self._context.lifecycle.events.enqueue(event, key, self._context.now())
        return {"event_id": given, "event": event.name, "webhooks": hooks}

    def manner(self, call: Call) -> Json:
        """Tell how deliveries go out."""
        del call
        return dict(self._context.store.manner)

    def change_manner(self, call: Call) -> Json:
        """Have deliveries doubled, delayed (seconds of the sandbox's clock) or out of order."""
        _check_fields(call, "duplicates", "delay_s", "order")
        changed = {**self._context.store.manner, **call.body}
        _check_count(changed, "duplicates", MAX_DUPLICATES)
        _check_count(changed, "delay_s", MAX_DELAY_S)
        if changed["order"] not in ORDERS:
            raise ControlError(f"order must be one of {', '.join(ORDERS)}")
        self._context.store.manner = changed
        return dict(changed)

    def deliveries(self) -> list[Json]:
        """List every delivery with its tries, oldest first."""
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


def _loopback(url: str) -> str:
    try:
        address = urlsplit(url)
        known = address.hostname in LOOPBACK and address.port != 0
    except ValueError:
        known = False
    if not known or not ADDRESS.fullmatch(url):
        raise ControlError("url must be a loopback address, such as http://127.0.0.1:8000/hook")
    return url


def _check_count(given: Json, name: str, most: int) -> None:
    value = given[name]
    if type(value) is not int or not 0 <= value <= most:
        raise ControlError(f"{name} must be within 0 and {most}")


def _check_fields(call: Call, *allowed: str) -> None:
    if unknown := sorted(set(call.body) - set(allowed)):
        raise ControlError(f"unknown field: {', '.join(unknown)[:200]}")


def _text(call: Call, name: str) -> str:
    value = call.body.get(name)
    if not isinstance(value, str) or not value:
        raise ControlError(f"{name} must be a text")
    return value
