"""A small client of the sandbox for its tests: the API with its keys, the control plane without."""

from __future__ import annotations

import json
import socket
from base64 import b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from tests.kept_connection import KeptConnection

if TYPE_CHECKING:
    from desktop_app.sandbox.server import SandboxServer

Json = dict[str, Any]


class SandboxClient:
    """Client of one sandbox. Each thread keeps a connection open, so threads may share it."""

    def __init__(self, server: SandboxServer) -> None:
        self.server = server
        self._connection = KeptConnection(timeout_s=10)
        pair = f"{server.key_id}:{server.key_secret}"
        self.auth: Json = {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    def send(
        self, method: str, path: str, sent: bytes | None = None, **headers: Any
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a raw request; return status, headers and body."""
        place = urlsplit(self.server.url).netloc
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._connection.send(place, method, path, sent, names)

    def api(self, method: str, path: str, body: Any = None, **query: object) -> tuple[int, Json]:
        """Call the API; return status and JSON."""
        query = {name.rstrip("_"): value for name, value in query.items()}
        full = f"{path}?{urlencode(query, doseq=True)}" if query else path
        raw = None if body is None else json.dumps(body).encode()
        status, _, answer = self.send(method, full, raw, **self.auth)
        return status, json.loads(answer)

    def ok(self, method: str, path: str, body: Any = None, **query: object) -> Json:
        """Call the API and expect 200."""
        status, answer = self.api(method, path, body, **query)
        assert status == 200, answer
        return answer

    def gone(self, path: str) -> bool:
        """Delete by the API; return whether the answer is an empty list, as Razorpay's."""
        status, _, answer = self.send("DELETE", path, **self.auth)
        return (status, answer) == (200, b"[]")

    def refused(self, method: str, path: str, body: Any = None, **query: object) -> Json:
        """Call the API and expect a 400; return its `error`."""
        status, answer = self.api(method, path, body, **query)
        assert status == 400, answer
        error: Json = answer["error"]
        assert error["code"] == "BAD_REQUEST_ERROR"
        return error

    def refusal(self, method: str, path: str, body: Any = None, **query: object) -> str:
        """Call the API and expect a 400; return its description."""
        return str(self.refused(method, path, body, **query)["description"])

    def control(self, path: str, body: Any = None, method: str | None = None) -> Json:
        """Call the control plane and expect 200."""
        status, answer = self.try_control(path, body, method)
        assert status == 200, answer
        return answer

    def try_control(
        self, path: str, body: Any = None, method: str | None = None
    ) -> tuple[int, Json]:
        """Call the control plane; return status and JSON."""
        raw = None if body is None else json.dumps(body).encode()
        chosen = method or ("GET" if body is None else "POST")
        status, _, answer = self.send(chosen, f"/_sandbox/{path}", raw)
        return status, json.loads(answer)

    # Common first steps

    def order(self, amount: int = 50000, **more: object) -> Json:
        """Create an order."""
        return self.ok("POST", "/v1/orders", {"amount": amount, "currency": "INR", **more})

    def intent(self, order: Json, **more: object) -> Json:
        """Start a UPI payment of an order; return `razorpay_payment_id` and `link`."""
        return self.ok("POST", "/v1/payments/create/upi", {**upi_body(order), **more})

    def code(self, amount: int = 50000, **more: object) -> tuple[Json, str]:
        """Create an order and a UPI code for it."""
        order = self.order(amount, **more)
        return order, self.intent(order)["link"]

    def qr_code(self, **more: object) -> Json:
        """Create a one-time QR code."""
        asked = {
            "type": "upi_qr",
            "usage": "single_use",
            "fixed_amount": True,
            "payment_amount": 30000,
            **more,
        }
        return self.ok("POST", "/v1/payments/qr_codes", asked)

    def link(self, amount: int = 70000, **more: object) -> Json:
        """Create a payment link."""
        return self.ok("POST", "/v1/payment_links", {"amount": amount, "currency": "INR", **more})

    def invoice(self, amount: int = 70000, **more: object) -> Json:
        """Create an invoice of one line."""
        line = {"name": "Course", "amount": amount, "currency": "INR"}
        whose = {"name": "Asha Rao", "email": "asha@example.com", "contact": "9000000001"}
        return self.ok("POST", "/v1/invoices", {"customer": whose, "line_items": [line], **more})

    def pay(self, text: str, outcome: str = "success", **more: object) -> Json:
        """Pay a code with the parent's phone."""
        return self.control("upi/pay", {"qr": text, "outcome": outcome, **more})

    def checkout(self, amount: int = 50000, method: str = "card", **more: object) -> Json:
        """Create an order and pay it by a method."""
        wanted = {"order_id": self.order(amount)["id"], "method": method, **more}
        return self.control("checkout/pay", wanted)

    def advance(self, seconds: int) -> None:
        """Move the clock."""
        self.control("clock", {"advance_s": seconds})

    def now(self) -> int:
        """Return the sandbox's time."""
        return int(self.control("clock")["now"])

    def arm_fault(self, method: str, path: str, kind: str, **more: object) -> None:
        """Arm a fault."""
        self.control("faults", {"method": method, "path": path, "kind": kind, **more})

    def state(self) -> Json:
        """Return the whole state."""
        return self.control("state")


def upi_body(order: Json) -> Json:
    """Return the body that starts a UPI payment of an order."""
    return {
        "amount": order["amount"],
        "currency": "INR",
        "order_id": order["id"],
        "email": "parent@example.com",
        "contact": "9000000001",
        "method": "upi",
        "upi": {"flow": "intent"},
        "description": "Fee of Asha",
        "notes": {"row": "1"},
    }


def raw_exchange(
    client: SandboxClient, request: bytes, timeout: float = 5, *, shut: bool = False
) -> bytes:
    """Send bytes and read to the end of the connection; a reset raises ConnectionResetError."""
    with socket.create_connection(("127.0.0.1", urlsplit(client.server.url).port or 0)) as link:
        link.settimeout(timeout)
        link.sendall(request)
        if shut:
            link.shutdown(socket.SHUT_WR)
        received = b""
        while piece := link.recv(65536):
            received += piece
        return received
