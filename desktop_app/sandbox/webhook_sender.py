"""Webhook delivery: a thread per endpoint, five seconds per answer, retries by the clock.

A delivery not answered with 2xx is retried after 1, 2, 4, … minutes of the sandbox's time, each
try at its own instant, the last one 24 hours after the first; then the webhook is disabled. Must
not follow redirects, and must not hold the store's lock while it waits for an answer.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .entities import Entity, WebhookDelivery
from .signatures import sign

if TYPE_CHECKING:
    from .entity_store import EntityStore
    from .timers import Timers

ANSWER_TIMEOUT_S = 5.0
FIRST_RETRY_S = 60
JOIN_TIMEOUT_S = 10.0
MAX_WAIT_S = 3600.0
MAX_HEAD_BYTES = 65536
SUCCESS = range(200, 300)
MAX_SHOWN_BYTES = 500
BODY_WAIT_S = 0.25
LENGTH = re.compile(rb"\r\ncontent-length:\s*([0-9]{1,9})\s*(?:\r|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """One try, with everything needed to make it without the lock."""

    delivery: WebhookDelivery
    event_id: str
    url: str
    secret: str
    body: bytes


class WebhookSender:
    """One sending thread per webhook."""

    def __init__(self, store: EntityStore, timers: Timers) -> None:
        self._store = store
        self._timers = timers
        self._changed = threading.Condition(store.lock)
        self._stopping = False
        self._threads: dict[str, threading.Thread] = {}
        self._started: list[threading.Thread] = []
        self._open_sockets: dict[str, socket.socket] = {}
        self._waiting: dict[str, dict[str, None]] = {}
        store.watchers.append(self.watch)
        store.forgetters.append(self.clear)

    def watch(self, entity: Entity) -> None:
        """Queue a delivery once it is committed."""
        if not isinstance(entity, WebhookDelivery):
            return
        waiting = self._waiting.setdefault(entity.webhook_id, {})
        if entity.status == "waiting":
            waiting[entity.id] = None
            with self._changed:
                self._changed.notify_all()
        else:
            waiting.pop(entity.id, None)

    def start(self) -> None:
        """Start the missing threads; call it when serving starts or a webhook is added."""
        with self._store.lock:
            self._started = [thread for thread in self._started if thread.is_alive()]
            for hook in self._store.webhooks:
                if not self._stopping and hook["id"] not in self._threads:
                    self._threads[hook["id"]] = thread = threading.Thread(
                        target=self._serve, args=(hook["id"],), name="sandbox-webhook", daemon=True
                    )
                    self._started.append(thread)
                    thread.start()

    def wake(self) -> None:
        """Wake the threads after the clock or the delivery settings changed. Hold the lock."""
        self._changed.notify_all()

    def clear(self) -> None:
        """Drop all work, on reset; the threads end by themselves. Hold the lock."""
        self._waiting.clear()
        self._threads.clear()
        self._changed.notify_all()

    def drop(self, webhook_id: str) -> None:
        """Fail what waits for a deleted webhook; its thread ends by itself. In a transaction."""
        self._fail_waiting(webhook_id)
        self._changed.notify_all()

    def _fail_waiting(self, webhook_id: str) -> None:
        for key in list(self._waiting.get(webhook_id, ())):
            if (delivery := self._store.deliveries.get(key)) is not None:
                self._store.edit(delivery)
                delivery.status, delivery.next_at = "failed", None

    def stop(self) -> None:
        """Stop all threads, even in the middle of a try."""
        with self._store.lock:
            self._stopping = True
            self._changed.notify_all()
            for link in list(self._open_sockets.values()):
                with contextlib.suppress(OSError):
                    link.shutdown(socket.SHUT_RDWR)
        for thread in self._started:
            thread.join(JOIN_TIMEOUT_S)

    def _serve(self, webhook_id: str) -> None:
        while (request := self._wait_for_request(webhook_id)) is not None:
            answer = self._send(webhook_id, request)
            with self._changed:
                if self._stopping:
                    return
                try:
                    self._record_try(request, answer)
                except OSError:  # the disk is full: retry in a second
                    self._changed.wait(1.0)

    def _wait_for_request(self, webhook_id: str) -> WebhookRequest | None:
        """Wait for the next try; return None when the thread must end."""
        me = threading.current_thread()
        with self._changed:
            while not self._stopping and self._threads.get(webhook_id) is me:
                try:
                    self._timers.run_due()
                except OSError:  # the disk is full: retry in a second
                    self._changed.wait(1.0)
                request, pause = self._next_due(webhook_id)
                if request is not None:
                    return request
                self._changed.wait(pause)
        return None

    def _next_due(self, webhook_id: str) -> tuple[WebhookRequest | None, float | None]:
        hook = self._hook(webhook_id)
        if hook is None or hook["status"] != "active":
            return None, None
        now, store = self._store.clock.now(), self._store
        found = (store.deliveries.get(key) for key in self._waiting.get(webhook_id, ()))
        waiting = [d for d in found if d is not None and d.next_at is not None]
        due = [d for d in waiting if (d.next_at or 0) <= now]
        if not due:
            moments = [d.next_at or 0 for d in waiting]
            if (at := self._timers.next_at) is not None:
                moments.append(at)
            return None, min(max(min(moments) - now, 0.1), MAX_WAIT_S) if moments else None
        return self._request(self._first(due), hook), None

    def _first(self, due: list[WebhookDelivery]) -> WebhookDelivery:
        order = self._store.manner["order"]
        if order == "reversed":
            return due[-1]
        if order == "shuffled":
            return min(due, key=lambda d: hashlib.sha256(d.id.encode()).digest())
        return min(due, key=lambda d: d.next_at or 0)

    def _request(self, delivery: WebhookDelivery, hook: dict[str, Any]) -> WebhookRequest:
        event = self._store.events.get(delivery.event_id)
        body = b"" if event is None else event.body.encode()
        return WebhookRequest(
            delivery, public_event_id(delivery.event_id), hook["url"], hook["secret"], body
        )

    def _hook(self, webhook_id: str) -> dict[str, Any] | None:
        return next((h for h in self._store.webhooks if h["id"] == webhook_id), None)

    def _record_try(self, request: WebhookRequest, answer: dict[str, Any]) -> None:
        delivery = request.delivery
        if self._store.deliveries.get(delivery.id) is not delivery:
            return  # the sandbox was reset during the try
        with self._store.transaction():
            self._store.edit(delivery)
            at = delivery.next_at or delivery.created_at
            delivery.tries = (*delivery.tries, {"at": at, **answer})
            if answer["status"] in SUCCESS:
                delivery.status, delivery.next_at = "delivered", None
            elif self._hook(delivery.webhook_id) is None:
                delivery.status, delivery.next_at = "failed", None
            elif at >= delivery.give_up_at:
                delivery.status, delivery.next_at = "failed", None
                self._disable(delivery.webhook_id)
            else:
                pause = FIRST_RETRY_S << (len(delivery.tries) - 1)
                delivery.next_at = min(at + pause, delivery.give_up_at)

    def _disable(self, webhook_id: str) -> None:
        self._store.webhooks = [
            {**hook, "status": "disabled", "disabled_at": self._store.clock.now()}
            if hook["id"] == webhook_id
            else hook
            for hook in self._store.webhooks
        ]
        self._fail_waiting(webhook_id)

    def _send(self, webhook_id: str, request: WebhookRequest) -> dict[str, Any]:
        """Make one try; return the answer's status and beginning, or the reason for its absence."""
        began = time.monotonic()
        status, body, problem = None, None, None
        try:
            status, body = self._exchange(webhook_id, request)
            problem = None if status in SUCCESS else "not a 2xx answer"
        except TimeoutError:
            problem = "no answer within 5 seconds"
        except (OSError, ValueError) as trouble:
            problem = str(trouble) or type(trouble).__name__
        finally:
            self._open_sockets.pop(webhook_id, None)
        spent = round((time.monotonic() - began) * 1000)
        return {"status": status, "problem": problem, "body": body, "ms": spent}

    def _exchange(self, webhook_id: str, request: WebhookRequest) -> tuple[int, str]:
        address = urlsplit(request.url)
        ends = time.monotonic() + ANSWER_TIMEOUT_S
        endpoint = (address.hostname or "", address.port or 80)
        with socket.create_connection(endpoint, ANSWER_TIMEOUT_S) as link:
            self._open_sockets[webhook_id] = link
            if self._stopping:
                raise ConnectionAbortedError
            link.sendall(request_bytes(request))
            received = b""
            while b"\r\n\r\n" not in received and len(received) < MAX_HEAD_BYTES:
                if not (piece := _receive(link, ends)):
                    break
                received += piece
            head, _, body = received.partition(b"\r\n\r\n")
            return _status(head), _beginning(link, head, body)


def _beginning(link: socket.socket, head: bytes, body: bytes) -> str:
    """Return the first characters of an answer's body; the answer counts without it too."""
    declared = LENGTH.search(head)
    wanted = min(int(declared[1]) if declared else MAX_SHOWN_BYTES, MAX_SHOWN_BYTES)
    ends = time.monotonic() + BODY_WAIT_S
    with contextlib.suppress(OSError):
        while len(body) < wanted and (piece := _receive(link, ends)):
            body += piece
    return body[:wanted].decode("utf-8", "replace")


def _receive(link: socket.socket, ends: float) -> bytes:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    link.settimeout(left)
    return link.recv(65536)


def _status(received: bytes) -> int:
    version, _, rest = received.partition(b" ")
    if not version.startswith(b"HTTP/") or not rest[:3].isdigit():
        raise ValueError("not an HTTP answer" if received else "the connection ended unanswered")
    return int(rest[:3])


def request_bytes(request: WebhookRequest) -> bytes:
    """Return the request's bytes, with the signature of the body's bytes."""
    address = urlsplit(request.url)
    target = (address.path or "/") + (f"?{address.query}" if address.query else "")
    lines = (
        f"POST {target} HTTP/1.1",
        f"Host: {address.netloc}",
        "User-Agent: Razorpay-Webhook/v1",
        "Content-Type: application/json",
        f"Content-Length: {len(request.body)}",
        f"X-Razorpay-Signature: {sign(request.body, request.secret)}",
        f"x-razorpay-event-id: {request.event_id}",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode("ascii") + request.body


def public_event_id(event_id: str) -> str:
    """Return an event's id without its prefix, as headers and the control plane show it."""
    return event_id.partition("_")[2]
