"""A webhook endpoint for tests: records requests and answers with chosen statuses."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Self


@dataclass(frozen=True)
class ReceivedEvent:
    """One received request."""

    body: bytes
    signature: str
    event_id: str

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.body)
        return event


class WebhookReceiver:
    """An endpoint on a free port while used as a context."""

    def __init__(self, *statuses: int, wait_s: float = 0) -> None:
        self.statuses = list(statuses)
        self.wait_s = wait_s
        self.received: list[ReceivedEvent] = []
        self._came = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                signature = self.headers["X-Razorpay-Signature"]
                time.sleep(receiver.wait_s)
                status = receiver._take(
                    ReceivedEvent(body, signature, self.headers["x-razorpay-event-id"] or "")
                )
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False  # closing waits for every answer
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook?from=razorpay"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def _take(self, received: ReceivedEvent) -> int:
        with self._came:
            self.received.append(received)
            self._came.notify_all()
            return self.statuses.pop(0) if self.statuses else 200

    def wait_for(self, count: int, seconds: float = 8) -> list[ReceivedEvent]:
        with self._came:
            assert self._came.wait_for(lambda: len(self.received) >= count, seconds), self.names
            return list(self.received)

    @property
    def names(self) -> list[str]:
        return [received.event["event"] for received in self.received]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
