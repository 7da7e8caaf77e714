"""An endpoint of a test that receives webhooks, checks their signatures, and keeps them.

It listens on this machine once `listen` is called. Must not be needed for tests whose own endpoint
receives the webhooks: `send_to` names that.
"""

from __future__ import annotations

import hmac
import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from .signatures import sign

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]
SECRET = "webhook-secret-of-the-test"  # noqa: S105 - for an endpoint that lives as long as a test
WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class ReceivedWebhook:
    """One webhook as it came.

    Attributes:
        body: the raw bytes, which are signed.
        is_genuine: whether the signature is right.
    """

    body: bytes
    signature: str
    event_id: str
    is_genuine: bool

    @property
    def event(self) -> str:
        """The event's name."""
        return str(self.content["event"])

    @property
    def content(self) -> Json:
        """The parsed body."""
        content: Json = json.loads(self.body)
        return content

    def entity(self, kind: str) -> Json:
        """Return an entity of the payload, such as `payment`."""
        found: Json = self.content["payload"][kind]["entity"]
        return found


class WebhookInbox:
    """Webhooks of one account.

    Args:
        control: Calls the account's control plane.
    """

    secret = SECRET

    def __init__(self, control: Callable[..., Any]) -> None:
        self._control = control
        self._came = threading.Condition()
        self._received: list[ReceivedWebhook] = []
        self._statuses: list[int] = []
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def received(self) -> list[ReceivedWebhook]:
        """Everything that came so far, oldest first.

        Raises:
            AssertionError: One of them has a wrong signature.
        """
        with self._came:
            forged = [hook.event_id for hook in self._received if not hook.is_genuine]
            if forged:
                raise AssertionError(f"wrong signature: {', '.join(forged)}")
            return list(self._received)

    def listen(self, *events: str) -> str:
        """Receive these events, by default all; return the endpoint's address."""
        if self._server is None:
            self._server = _server(self._take)
            self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
            self._thread.start()
        url = f"http://127.0.0.1:{self._server.server_port}/webhook"
        self.send_to(url, self.secret, *events)
        return url

    def send_to(self, url: str, secret: str, *events: str) -> Json:
        """Send these events, by default all, to an endpoint of the test's; return the webhook."""
        wanted = {"url": url, "secret": secret, "events": list(events or ["*"])}
        hook: Json = self._control("POST", "webhooks", wanted)
        return hook

    def answer_with(self, *statuses: int) -> None:
        """Answer the next webhooks with these statuses, all later ones with 200."""
        with self._came:
            self._statuses = list(statuses)

    def wait_for(self, event: str, count: int = 1, seconds: float = WAIT_S) -> ReceivedWebhook:
        """Wait until an event has come so many times; return the latest.

        Raises:
            AssertionError: It does not come in time, or a signature is wrong.
        """
        with self._came:
            self._came.wait_for(lambda: len(self._named(event)) >= count, seconds)
        names = [hook.event for hook in self.received]
        if names.count(event) < count:
            raise AssertionError(f"no {event} within {seconds} s, only {names}")
        return self._named(event)[-1]

    def _named(self, event: str) -> list[ReceivedWebhook]:
        return [hook for hook in self._received if hook.event == event]

    def trigger(self, event: str, **more: object) -> Json:
        """Send an event about something that exists; `more` as for `/_sandbox/webhooks/trigger`."""
        sent: Json = self._control("POST", "webhooks/trigger", {"event": event, **more})
        return sent

    def deliveries(self, status: str | None = None) -> list[Json]:
        """Return the deliveries with the answers of their endpoints."""
        found: list[Json] = self._control("GET", "deliveries", status=status, limit=1000)["items"]
        return found

    def close(self) -> None:
        """Stop listening."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = None

    def _take(self, body: bytes, signature: str, event_id: str) -> int:
        is_genuine = hmac.compare_digest(sign(body, self.secret), signature)
        with self._came:
            self._received.append(ReceivedWebhook(body, signature, event_id, is_genuine))
            self._came.notify_all()
            return self._statuses.pop(0) if self._statuses else 200


def _server(take: Callable[[bytes, str, str], int]) -> ThreadingHTTPServer:
    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            signature = self.headers["X-Razorpay-Signature"] or ""
            status = take(body, signature, self.headers["X-Razorpay-Event-Id"] or "")
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
            """Suppress the log lines."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    server.daemon_threads = False  # closing waits for every answer
    return server
