"""An account of a running sandbox, as tests use it: pay, refund, clock, faults, journal, webhooks.

Speaks HTTP only, so the sandbox may be in this process, in another one or in a container. The
pytest fixture gives one to each test; `RazorpaySandbox.started` is for other test frameworks.
"""

from __future__ import annotations

import http.client
import importlib
import json
from base64 import b64encode
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from .signatures import sign_checkout
from .webhook_inbox import WebhookInbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

Json = dict[str, Any]
TIMEOUT_S = 60
OK = range(200, 300)


class SandboxRefusedError(AssertionError):
    """The sandbox refused a call.

    Attributes:
        status: the HTTP status.
        answer: the JSON of the answer.
    """

    def __init__(self, called: str, status: int, answer: Any) -> None:
        super().__init__(f"{called} answered {status}: {answer}")
        self.status = status
        self.answer = answer


class RazorpaySandbox:
    """One account of a sandbox.

    Args:
        url: The sandbox's address.
        key_id: The account's key id.
        key_secret: Its secret.
    """

    def __init__(self, url: str, key_id: str, key_secret: str) -> None:
        self.url, self.key_id, self.key_secret = url, key_id, key_secret
        self.clock = Clock(self)
        self.faults = Faults(self)
        self.webhooks = WebhookInbox(self.control)

    @classmethod
    @contextmanager
    def account(cls, url: str, **wanted: object) -> Iterator[Self]:
        """Create an account of a running sandbox, and delete it afterwards."""
        made = _exchange(url, "POST", "/_sandbox/accounts", wanted, {})
        sandbox = cls(url, made["key_id"], made["key_secret"])
        try:
            yield sandbox
        finally:
            sandbox.webhooks.close()
            _exchange(url, "DELETE", f"/_sandbox/accounts/{sandbox.key_id}", None, {})

    @classmethod
    @contextmanager
    def started(cls, **options: Any) -> Iterator[Self]:
        """Start a sandbox in this process; the options are those of `SandboxServer`."""
        from .server import SandboxServer

        with SandboxServer(**options) as server:
            sandbox = cls(server.url, server.key_id, server.key_secret)
            try:
                yield sandbox
            finally:
                sandbox.webhooks.close()

    # Calls

    def client(self) -> Any:
        """Return a client of Razorpay's SDK, which must be installed."""
        sdk = importlib.import_module("razorpay")
        return sdk.Client(auth=(self.key_id, self.key_secret), base_url=self.url)

    def call(self, method: str, path: str, body: Json | None = None) -> Any:
        """Call the API, such as `call("GET", "/v1/orders")`; return its JSON.

        Raises:
            SandboxRefusedError: The answer's status is not a success.
        """
        return _exchange(self.url, method, path, body, self._headers())

    def control(self, method: str, path: str, body: Json | None = None, /, **query: object) -> Any:
        """Call the account's control plane, such as `control("GET", "/_sandbox/state")`.

        `/_sandbox/` may be left out.

        Returns:
            The answer's JSON.

        Raises:
            SandboxRefusedError: The answer's status is not a success.
        """
        asked = {name: value for name, value in query.items() if value is not None}
        full = f"/_sandbox/{path.removeprefix('/_sandbox/')}"
        full += f"?{urlencode(asked)}" if asked else ""
        return _exchange(self.url, method, full, body, self._headers())

    def _headers(self) -> dict[str, str]:
        pair = b64encode(f"{self.key_id}:{self.key_secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    # Payers and merchants

    def order(self, amount: int = 50000, **more: object) -> Json:
        """Create an order of so many paise."""
        made: Json = self.call("POST", "/v1/orders", {"amount": amount, "currency": "INR", **more})
        return made

    def pay(self, what: Json | str, outcome: str = "success", **more: object) -> Json:
        """Pay as the payer; return the payment.

        Args:
            what: An order or its id, a payment link or its address, a QR code, or an intent link.
            outcome: `success`, `failure`, `timeout`, `late` or `authorized`.
            more: For an order `method` and `details`; for all `amount`, `reason`, `after_s`.
        """
        text = _payable(what)
        if text.startswith("order_"):
            wanted = {"order_id": text, "method": "upi", "outcome": outcome, **more}
            paid: Json = self.control("POST", "checkout/pay", wanted)
        else:
            paid = self.control("POST", "upi/pay", {"qr": text, "outcome": outcome, **more})
        return paid

    def refund(self, payment: Json | str, amount: int | None = None, **more: object) -> Json:
        """Refund a payment, in full unless an amount in paise is given."""
        key = payment if isinstance(payment, str) else payment["id"]
        body = {**more} if amount is None else {"amount": amount, **more}
        made: Json = self.call("POST", f"/v1/payments/{key}/refund", body)
        return made

    def checkout_answer(self, payment: Json) -> dict[str, str]:
        """Return the three fields that Checkout hands to a page after a payment of an order."""
        order_id, key = payment["order_id"], payment["id"]
        return {
            "razorpay_order_id": order_id,
            "razorpay_payment_id": key,
            "razorpay_signature": sign_checkout(order_id, key, self.key_secret),
        }

    # What happened

    def requests(
        self, method: str | None = None, path: str | None = None, status: int | None = None
    ) -> list[Json]:
        """Return the recorded requests that match, oldest first; `*` in a path is one segment."""
        asked: Json = {"method": method, "path": path, "status": status, "limit": 1000}
        found: list[Json] = self.control("GET", "requests", **asked)["items"]
        return found

    def state(self) -> Json:
        """Return every entity by kind."""
        state: Json = self.control("GET", "state")
        return state

    def keep(self, name: str = "kept") -> None:
        """Keep the whole state as a snapshot."""
        self.control("POST", "snapshots", {"name": name})

    def go_back(self, name: str = "kept") -> None:
        """Return to a snapshot."""
        self.control("POST", f"snapshots/{name}/restore", {})


class Clock:
    """The account's clock."""

    def __init__(self, sandbox: RazorpaySandbox) -> None:
        self._sandbox = sandbox

    def now(self) -> int:
        """Return the time in Unix seconds."""
        return int(self._sandbox.control("GET", "clock")["now"])

    def advance(self, seconds: int) -> int:
        """Move the clock, and with it everything that falls due; return the time."""
        return self._move(advance_s=seconds)

    def set(self, when: int | str) -> int:
        """Set the clock, to Unix seconds or a time such as 2026-04-01T10:00; return the time."""
        return self._move(now=when)

    def stop(self) -> int:
        """Stop the clock; return the time."""
        return self._move(stopped=True)

    def run(self) -> int:
        """Start a stopped clock; return the time."""
        return self._move(stopped=False)

    def _move(self, **wanted: object) -> int:
        return int(self._sandbox.control("POST", "clock", wanted)["now"])


class Faults:
    """The account's armed faults."""

    def __init__(self, sandbox: RazorpaySandbox) -> None:
        self._sandbox = sandbox

    def add(self, kind: str, path: str, method: str = "*", **more: object) -> None:
        """Arm a fault; `more` is `times`, `skip` and `delay_s`."""
        self._sandbox.control(
            "POST", "faults", {"kind": kind, "path": path, "method": method} | more
        )

    def left(self) -> list[Json]:
        """Return the armed faults."""
        found: list[Json] = self._sandbox.control("GET", "faults")["faults"]
        return found

    def clear(self) -> None:
        """Disarm all faults."""
        self._sandbox.control("DELETE", "faults")


def _payable(what: Json | str) -> str:
    if isinstance(what, str):
        return what
    if what.get("entity") == "order":
        return str(what["id"])
    for name in ("short_url", "image_content", "link"):
        if name in what:
            return str(what[name])
    raise SandboxRefusedError(f"pay {what.get('id')}", 0, "nothing that a payer could pay")


def _exchange(url: str, method: str, path: str, body: Json | None, headers: dict[str, str]) -> Any:
    address = urlsplit(url)
    link = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=TIMEOUT_S)
    try:
        sent = None if body is None else json.dumps(body)
        link.request(method, path, sent, {"Content-Type": "application/json", **headers})
        answer = link.getresponse()
        status, raw = answer.status, answer.read()
    finally:
        link.close()
    found = json.loads(raw) if raw else None
    if status not in OK:
        raise SandboxRefusedError(f"{method} {path}", status, found)
    return found
