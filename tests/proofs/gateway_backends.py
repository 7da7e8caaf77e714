"""The gateway and the parents' phones outside the desk, in memory or over HTTP.

A backend reports the gateway's own truth, never what the desk believes.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from desktop_app.gateway.client import RazorpayGateway
from desktop_app.gateway.rate_limiter import RateLimiter
from desktop_app.services.errors import UnavailableError
from tests.fake_gateway import FakeGateway

from .gateway_facts import captured_payments, count_references
from .sandbox_http import SandboxHttp

if TYPE_CHECKING:
    from desktop_app.services.ports.gateway import PaymentGateway
    from desktop_app.services.ports.system import Clock
    from tests.clock import TestClock

    from .ledger_audit import Captured

BLOCKED_CALLS = {
    "close_qr": "/v1/payments/qr_codes/*/close",
    "cancel_link": "/v1/payment_links/*/cancel",
    "refund": "/v1/payments/*/refund",
}
LATE_S = 120
"""Seconds from a failed payment to its late capture."""


class GatewayBackend(Protocol):
    """A gateway with parents in front of it."""

    def client(self, clock: Clock) -> PaymentGateway:
        """Return a new client, as a new process makes one."""
        ...

    def payable_codes(self) -> list[str]:
        """Return the codes that a phone could pay now, oldest first."""
        ...

    def pay(self, text: str) -> None:
        """Pay a code; the payment is captured at once."""
        ...

    def pay_late(self, text: str) -> None:
        """Try to pay a code: it fails, and is captured by `capture_failed`."""
        ...

    def authorise(self, text: str) -> None:
        """Pay a code without a capture; the merchant has to capture it."""
        ...

    def capture_failed(self) -> None:
        """Capture the payments that failed before."""
        ...

    def block_endings(self) -> None:
        """Fail every close, cancel and refund from now on."""
        ...

    def unblock_endings(self) -> None:
        """Fail no further call."""
        ...

    def captured(self) -> Captured:
        """Return every payment that was ever captured."""
        ...

    def count_by_reference(self) -> Counter[str]:
        """Return how many orders, codes and links carry each reference."""
        ...

    def count_open_codes(self) -> int:
        """Return how many QR codes and links can be paid now."""
        ...


class FakeBackend:
    """The gateway in memory; it outlives the desks."""

    def __init__(self, clock: TestClock) -> None:
        self.gateway = FakeGateway(clock)
        self._failed: list[str] = []

    def client(self, clock: Clock) -> PaymentGateway:
        return self.gateway

    def payable_codes(self) -> list[str]:
        gateway, found = self.gateway, []
        for text, target in gateway.payable.items():
            if text in gateway.payments:
                continue
            payment, code = gateway.payments.get(target), gateway.codes.get(target)
            link = gateway.links.get(target)
            is_open = (
                (payment is not None and not payment.captured and self._unpaid(payment.order_id))
                or (code is not None and code.status == "active")
                or (link is not None and link.status == "created")
                or (target in gateway.orders and self._unpaid(target))
            )
            if is_open:
                found.append(text)
        return found

    def _unpaid(self, order_id: str | None) -> bool:
        return self.gateway.orders[order_id or ""].status != "paid"

    def pay(self, text: str) -> None:
        self.gateway.pay(text)

    def pay_late(self, text: str) -> None:
        self._failed.append(self.gateway.pay(text, "failure"))

    def authorise(self, text: str) -> None:
        self.gateway.pay(text, "authorized")

    def capture_failed(self) -> None:
        for payment_id in self._failed:
            if not self.gateway.payments[payment_id].captured:
                self.gateway._captured(payment_id)
        self._failed.clear()

    def block_endings(self) -> None:
        for name in BLOCKED_CALLS:
            self.gateway.trouble(name, UnavailableError("no line"), times=99)

    def unblock_endings(self) -> None:
        self.gateway.troubles.clear()

    def captured(self) -> Captured:
        return captured_payments(self.gateway)

    def count_by_reference(self) -> Counter[str]:
        return count_references(self.gateway)

    def count_open_codes(self) -> int:
        gateway = self.gateway
        return sum(each.status == "active" for each in gateway.codes.values()) + sum(
            each.status == "created" for each in gateway.links.values()
        )


class SandboxBackend:
    """The sandbox over loopback HTTP; keys and address are those it printed at its start."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.control = SandboxHttp(url).control

    def client(self, clock: Clock) -> PaymentGateway:
        return RazorpayGateway(
            key_id=os.environ["RAZORPAY_KEY_ID"],
            key_secret=os.environ["RAZORPAY_KEY_SECRET"],
            base_url=self.url,
            budget=RateLimiter(1_000_000, clock),
            clock=clock,
        )

    def reset(self) -> None:
        """Empty the sandbox."""
        self.control("reset", {})

    def payable_codes(self) -> list[str]:
        state = self.control("state")
        unpaid = {each["id"] for each in state["orders"] if each["status"] != "paid"}
        codes = [
            each["_qr"]
            for each in state["payments"]
            if each.get("_qr")
            and each["status"] in {"created", "failed"}
            and each.get("order_id") in unpaid
        ]
        codes += [each["_qr"] for each in state["qr_codes"] if each["status"] == "active"]
        codes += [each["_qr"] for each in state["payment_links"] if each["status"] == "created"]
        return [text for text in codes if text]

    def pay(self, text: str) -> None:
        self._phone(text, "success")

    def pay_late(self, text: str) -> None:
        self._phone(text, "late", after_s=LATE_S)

    def authorise(self, text: str) -> None:
        self._phone(text, "authorized")

    def _phone(self, text: str, outcome: str, **more: int) -> None:
        body = {"qr": text, "vpa": "parent@okaxis", "outcome": outcome, **more}
        self.control("upi/pay", body)

    def capture_failed(self) -> None:
        self.control("clock", {"advance_s": LATE_S + 1})

    def block_endings(self) -> None:
        for path in BLOCKED_CALLS.values():
            fault = {"method": "POST", "path": path, "kind": "status_503", "times": 99}
            self.control("faults", fault)

    def unblock_endings(self) -> None:
        self.control("faults", method="DELETE")

    def captured(self) -> Captured:
        return {
            each["id"]: (each["amount"], each["amount_refunded"] or 0)
            for each in self.control("state")["payments"]
            if each["captured"]
        }

    def count_by_reference(self) -> Counter[str]:
        state = self.control("state")
        of_links = {each.get("order_id") for each in state["payment_links"]}
        orders = [
            f"order {each['receipt']}"
            for each in state["orders"]
            if each.get("receipt") and each["id"] not in of_links
        ]
        codes = [f"code {each['notes']['receipt']}" for each in state["qr_codes"]]
        links = [f"link {each['reference_id']}" for each in state["payment_links"]]
        return Counter([*orders, *codes, *links])

    def count_open_codes(self) -> int:
        state = self.control("state")
        codes = [each for each in state["qr_codes"] if each["status"] == "active"]
        links = [each for each in state["payment_links"] if each["status"] == "created"]
        return len(codes) + len(links)
