"""Situations in which Razorpay refuses; each returns the answer's status and JSON."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from .sandbox_client import SandboxClient, upi_body

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = tuple[int, dict[str, Any]]
INR = {"currency": "INR"}
ORDER = {"amount": 50000, **INR}
QR = {"type": "upi_qr", "usage": "single_use", "fixed_amount": True, "payment_amount": 300}
UNKNOWN = "order_AAAAAAAAAAAAAA"


def call(
    method: str, path: str, body: Any = None, **query: object
) -> Callable[[SandboxClient], Answer]:
    return lambda client: client.api(method, path, body, **query)


def create_order(**more: object) -> Callable[[SandboxClient], Answer]:
    return call("POST", "/v1/orders", {**ORDER, **more})


def create_qr_code(**more: object) -> Callable[[SandboxClient], Answer]:
    return call("POST", "/v1/payments/qr_codes", {**QR, **more})


def create_link(**more: object) -> Callable[[SandboxClient], Answer]:
    return call("POST", "/v1/payment_links", {**ORDER, **more})


def wrong_key(client: SandboxClient) -> Answer:
    status, _, body = client.send("GET", "/v1/orders", Authorization="Basic eDp5")
    return status, json.loads(body)


def denied(client: SandboxClient) -> Answer:
    client.arm_fault("GET", "/v1/orders", "status_403")
    return client.api("GET", "/v1/orders")


def not_unique(client: SandboxClient) -> Answer:
    client.control("account", {"receipt_uniqueness": "refuse"})
    first = client.order(receipt="R")
    status, answer = client.api("POST", "/v1/orders", {**ORDER, "receipt": "R"})
    assert answer["error"]["metadata"] == {"order_id": first["id"]}
    return status, answer


def too_old(client: SandboxClient) -> Answer:
    order = client.order()
    client.advance(181 * 86_400)
    return client.api("GET", f"/v1/orders/{order['id']}")


def capture(
    client: SandboxClient, payment: dict[str, Any], amount: int = 50000, currency: str = "INR"
) -> Answer:
    body = {"amount": amount, "currency": currency}
    return client.api("POST", f"/v1/payments/{payment['id']}/capture", body)


def authorized(client: SandboxClient) -> dict[str, Any]:
    return client.pay(client.code()[1], "authorized")


def captured_already(client: SandboxClient) -> Answer:
    return capture(client, client.pay(client.code()[1]))


def not_authorized(client: SandboxClient) -> Answer:
    order = client.order()
    return capture(client, {"id": client.intent(order)["razorpay_payment_id"]})


def failed(client: SandboxClient) -> Answer:
    return capture(client, client.pay(client.code()[1], "failure"))


def two_authorized(client: SandboxClient, amount: int, **more: object) -> list[dict[str, Any]]:
    order = client.order(1000, **more)
    bodies = [{**upi_body(order), "amount": amount} for _ in range(2)]
    codes = [client.ok("POST", "/v1/payments/create/upi", body)["link"] for body in bodies]
    return [client.pay(code, "authorized") for code in codes]


def order_done(client: SandboxClient) -> Answer:
    first, second = two_authorized(client, 1000)
    capture(client, first, 1000)
    return capture(client, second, 1000)


def more_than_due(client: SandboxClient) -> Answer:
    first, second = two_authorized(client, 600, partial_payment=True)
    capture(client, first, 600)
    return capture(client, second, 600)


def order_paid(client: SandboxClient) -> Answer:
    order, code = client.code()
    client.pay(code)
    return client.api("POST", "/v1/payments/create/upi", upi_body(order))


def while_slow(client: SandboxClient, payment: dict[str, Any], operation: str, body: Any) -> Answer:
    """Run an operation on a payment twice, the second before the first is answered."""
    path = f"/v1/payments/{payment['id']}/{operation}"
    client.arm_fault("POST", path, "slow", delay_s=0.6)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.api, "POST", path, body)
        while client.control("faults")["faults"]:
            pass
        client.control("state")
        second = client.api("POST", path, body)
        assert first.result()[0] == 200
    return second


def capture_running(client: SandboxClient) -> Answer:
    return while_slow(client, authorized(client), "capture", ORDER)


def refund_running(client: SandboxClient) -> Answer:
    return while_slow(client, client.pay(client.code()[1]), "refund", {"amount": 100})


def refund(body: dict[str, Any], *before: dict[str, Any]) -> Callable[[SandboxClient], Answer]:
    def ask(client: SandboxClient) -> Answer:
        path = f"/v1/payments/{client.pay(client.code()[1])['id']}/refund"
        for earlier in before:
            client.ok("POST", path, earlier)
        return client.api("POST", path, body)

    return ask


def refund_uncaptured(client: SandboxClient) -> Answer:
    return client.api("POST", f"/v1/payments/{authorized(client)['id']}/refund", {})


def balance_too_low(client: SandboxClient) -> Answer:
    payment = client.pay(client.code()[1])
    client.control("account", {"balance": 10})
    return client.api("POST", f"/v1/payments/{payment['id']}/refund", {"amount": 1000})


def with_key(client: SandboxClient, path: str, key: str, body: bytes) -> Answer:
    headers = {**client.auth, "X_Refund_Idempotency": key}
    status, _, answer = client.send("POST", path, body, **headers)
    return status, json.loads(answer)


def other_body(client: SandboxClient) -> Answer:
    path = f"/v1/payments/{client.pay(client.code()[1])['id']}/refund"
    with_key(client, path, "refund-0001", b'{"amount": 100}')
    return with_key(client, path, "refund-0001", b'{"amount": 200}')


def same_body_running(client: SandboxClient) -> Answer:
    path = f"/v1/payments/{client.pay(client.code()[1])['id']}/refund"
    client.arm_fault("POST", path, "slow", delay_s=0.6)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(with_key, client, path, "refund-0001", b'{"amount": 100}')
        while not client.state()["refunds"]:
            pass
        second = with_key(client, path, "refund-0001", b'{"amount": 100}')
        assert first.result()[0] == 200
    return second


def short_key(client: SandboxClient) -> Answer:
    path = f"/v1/payments/{client.pay(client.code()[1])['id']}/refund"
    return with_key(client, path, "short", b"{}")


def reference_again(client: SandboxClient) -> Answer:
    client.link(reference_id="TS1")
    return create_link(reference_id="TS1")(client)


def link_to(end: str, operation: str, method: str = "POST") -> Callable[[SandboxClient], Answer]:
    def ask(client: SandboxClient) -> Answer:
        link = client.link(expire_by=client.now() + 1000)
        path = f"/v1/payment_links/{link['id']}"
        if end == "paid":
            client.pay(link["short_url"])
        client.advance(2000)
        return client.api(
            method, f"{path}{operation}", {} if method == "POST" else {"notes": {"a": "b"}}
        )

    return ask


def unknown_medium(client: SandboxClient) -> Answer:
    return client.api("POST", f"/v1/payment_links/{client.link()['id']}/notify_by/pigeon")
