"""`/v1/webhooks`, and the same by account under `/v2`: create, list, fetch, edit, delete.

Must not send anything; webhook_sender.py does. Rules: razorpay.com/docs/api/partners/webhooks.
"""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, Any

from .entity_json import Json, collection
from .errors import bad_request, invalid_id, unknown_id
from .ids import TAIL
from .sandbox_context import Resource, Route, page_slice
from .scalars import as_switch
from .validation import Call, boolean, check_fields, page_query, required, text
from .webhook_events import ALL, account_id
from .webhook_targets import is_target

if TYPE_CHECKING:
    from collections.abc import Callable

FIELDS = ("url", "events", "secret", "active", "alert_email")
MAX_WEBHOOKS = 30
MAX_URL = 255
EVENT = re.compile(r"[a-z_]{2,40}(?:\.[a-z0-9_]{2,40}){1,3}")
FAR_AWAY = (
    "This sandbox sends webhooks to this machine, such as http://127.0.0.1:9000/hook, and to "
    "private addresses named by --webhook-host."
)


class WebhooksResource(Resource):
    """The resource's calls."""

    def routes(self) -> list[Route]:
        """Return the routes; each answers by account too."""
        calls = (
            ("POST", "", self.create),
            ("GET", "", self.list_all),
            ("GET", "/<id>", self.fetch),
            ("PUT", "/<id>", self.edit),
            ("PATCH", "/<id>", self.edit),
            ("DELETE", "/<id>", self.delete),
        )
        bases = ("/v1/webhooks", "/v2/accounts/<account>/webhooks")
        return [
            Route(method, base + rest, self._of_account(answer))
            for base in bases
            for method, rest, answer in calls
        ]

    def _of_account(self, answer: Callable[[Call], Any]) -> Callable[[Call], Any]:
        @wraps(answer)
        def checked(call: Call) -> Any:
            named = call.path.get("account")
            if named is not None and named != account_id(self._context.key_id):
                raise unknown_id()
            return answer(call)

        return checked

    def create(self, call: Call) -> Json:
        """Create a webhook and start sending to it."""
        check_fields(call.body, FIELDS)
        store, now = self._context.store, self._context.now()
        required(call.body.get("url"), "url")
        required(call.body.get("events"), "events")
        if len(store.webhooks) >= MAX_WEBHOOKS:
            raise bad_request(f"You can create up to {MAX_WEBHOOKS} webhooks.")
        hook: Json = {
            "id": store.ids.new("wh"),
            "secret": "",
            "status": "active",
            "created_at": now,
        }
        hook.update(self._read(call.body), updated_at=now)
        store.webhooks = [*store.webhooks, hook]
        self._context.sender.start()
        return self._shown(hook)

    def _read(self, body: Json) -> Json:
        """Return the given fields of a webhook, checked."""
        found: Json = {}
        if (url := text(body, "url", MAX_URL)) is not None:
            if not is_target(url, self._context.webhook_hosts):
                raise bad_request(FAR_AWAY, "url")
            found["url"] = url
        if body.get("events") is not None:
            found["events"] = _events(body["events"])
        for name in ("secret", "alert_email"):
            if (value := text(body, name, MAX_URL)) is not None:
                found[name] = value
        if (active := boolean(body, "active")) is not None:
            found["status"] = "active" if active else "inactive"
        return found

    def list_all(self, call: Call) -> Json:
        """Return a page of webhooks, newest first."""
        asked = page_query(call)
        low, high = asked.start or 0, asked.end or self._context.now()
        hooks = [h for h in self._context.store.webhooks if low <= h.get("created_at", 0) <= high]
        return collection(map(self._shown, page_slice(reversed(hooks), asked)))

    def fetch(self, call: Call) -> Json:
        """Return a webhook."""
        return self._shown(self._hook(call))

    def edit(self, call: Call) -> Json:
        """Update a webhook's given fields."""
        check_fields(call.body, FIELDS)
        old = self._hook(call)
        new = {**old, **self._read(call.body), "updated_at": self._context.now()}
        self._replace(old, new)
        self._context.sender.wake()
        return self._shown(new)

    def delete(self, call: Call) -> list[Json]:
        """Delete a webhook; the answer is an empty list, as Razorpay's."""
        self.remove(self._hook(call))
        return []

    def remove(self, hook: Json) -> None:
        """Delete a webhook; nothing that waits is sent to it any more."""
        self._replace(hook)
        self._context.sender.drop(hook["id"])

    def _replace(self, old: Json, *new: Json) -> None:
        store = self._context.store
        at = store.webhooks.index(old)
        store.webhooks = [*store.webhooks[:at], *new, *store.webhooks[at + 1 :]]

    def _hook(self, call: Call) -> Json:
        key = call.path["id"]
        if not TAIL.fullmatch(key):
            raise invalid_id(key)
        if (hook := self.find(f"wh_{key}")) is None:
            raise unknown_id()
        return hook

    def find(self, key: str) -> Json | None:
        """Return the webhook of an id."""
        return next((h for h in self._context.store.webhooks if h["id"] == key), None)

    def _shown(self, hook: Json) -> Json:
        made_at = hook.get("created_at", 0)
        return {
            "id": hook["id"].partition("_")[2],
            "entity": "webhook",
            "created_at": made_at,
            "updated_at": hook.get("updated_at", made_at),
            "owner_id": account_id(self._context.key_id).partition("_")[2],
            "owner_type": "merchant",
            "context": [],
            "disabled_at": hook.get("disabled_at", 0),
            "url": hook["url"],
            "alert_email": hook.get("alert_email"),
            "secret_exists": bool(hook["secret"]),
            "active": hook["status"] == "active",
            "events": hook["events"],
        }


def _events(given: object) -> list[str]:
    """Return the names of a list, or of an object whose values say which are wanted."""
    if isinstance(given, dict):
        given = [name for name, wanted in given.items() if as_switch(wanted) is True]
    if not isinstance(given, list):
        raise bad_request("The events must be an array.", "events")
    for name in given:
        if not isinstance(name, str) or not (name == ALL or EVENT.fullmatch(name)):
            raise bad_request(f"Invalid event name/names: {str(name)[:100]}", "events")
    return given
