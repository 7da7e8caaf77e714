"""Situations in which Razorpay refuses, each ending with the answer's status and JSON."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from .sandbox_client import Till, upi_body

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = tuple[int, dict[str, Any]]
INR = {"currency": "INR"}
ORDER = {"amount": 50000, **INR}
QR = {"type": "upi_qr", "usage": "single_use", "fixed_amount": True, "payment_amount": 300}
UNKNOWN = "order_AAAAAAAAAAAAAA"


def call(method: str, path: str, body: Any = None, **query: object) -> Callable[[Till], Answer]:
    return lambda till: till.api(method, path, body, **query)


def ordering(**more: object) -> Callable[[Till], Answer]:
    return call("POST", "/v1/orders", {**ORDER, **more})


def coding(**more: object) -> Callable[[Till], Answer]:
    return call("POST", "/v1/payments/qr_codes", {**QR, **more})


def linking(**more: object) -> Callable[[Till], Answer]:
    return call("POST", "/v1/payment_links", {**ORDER, **more})


def wrong_key(till: Till) -> Answer:
    status, _, body = till.send("GET", "/v1/orders", Authorization="Basic eDp5")
    return status, json.loads(body)


def denied(till: Till) -> Answer:
    till.spoil("GET", "/v1/orders", "status_403")
    return till.api("GET", "/v1/orders")


def not_unique(till: Till) -> Answer:
    till.control("account", {"receipt_uniqueness": "refuse"})
    first = till.order(receipt="R")
    status, answer = till.api("POST", "/v1/orders", {**ORDER, "receipt": "R"})
    assert answer["error"]["metadata"] == {"order_id": first["id"]}
    return status, answer


def too_old(till: Till) -> Answer:
    order = till.order()
    till.advance(181 * 86_400)
    return till.api("GET", f"/v1/orders/{order['id']}")


def capture(
    till: Till, payment: dict[str, Any], amount: int = 50000, currency: str = "INR"
) -> Answer:
    body = {"amount": amount, "currency": currency}
    return till.api("POST", f"/v1/payments/{payment['id']}/capture", body)


def authorized(till: Till) -> dict[str, Any]:
    return till.pay(till.code()[1], "authorized")


def captured_already(till: Till) -> Answer:
    return capture(till, till.pay(till.code()[1]))


def not_authorized(till: Till) -> Answer:
    order = till.order()
    return capture(till, {"id": till.intent(order)["razorpay_payment_id"]})


def failed(till: Till) -> Answer:
    return capture(till, till.pay(till.code()[1], "failure"))


def two_authorized(till: Till, amount: int, **more: object) -> list[dict[str, Any]]:
    order = till.order(1000, **more)
    bodies = [{**upi_body(order), "amount": amount} for _ in range(2)]
    codes = [till.ok("POST", "/v1/payments/create/upi", body)["link"] for body in bodies]
    return [till.pay(code, "authorized") for code in codes]


def order_done(till: Till) -> Answer:
    first, second = two_authorized(till, 1000)
    capture(till, first, 1000)
    return capture(till, second, 1000)


def more_than_due(till: Till) -> Answer:
    first, second = two_authorized(till, 600, partial_payment=True)
    capture(till, first, 600)
    return capture(till, second, 600)


def order_paid(till: Till) -> Answer:
    order, code = till.code()
    till.pay(code)
    return till.api("POST", "/v1/payments/create/upi", upi_body(order))


def while_slow(till: Till, payment: dict[str, Any], what: str, body: Any) -> Answer:
    """Do something with a payment twice, the second time before the first is answered."""
    path = f"/v1/payments/{payment['id']}/{what}"
    till.spoil("POST", path, "slow", delay_s=0.6)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(till.api, "POST", path, body)
        while till.control("faults")["faults"]:
            pass
        till.control("state")
        second = till.api("POST", path, body)
        assert first.result()[0] == 200
    return second


def capture_running(till: Till) -> Answer:
    return while_slow(till, authorized(till), "capture", ORDER)


def refund_running(till: Till) -> Answer:
    return while_slow(till, till.pay(till.code()[1]), "refund", {"amount": 100})


def refund(body: dict[str, Any], *before: dict[str, Any]) -> Callable[[Till], Answer]:
    def ask(till: Till) -> Answer:
        path = f"/v1/payments/{till.pay(till.code()[1])['id']}/refund"
        for earlier in before:
            till.ok("POST", path, earlier)
        return till.api("POST", path, body)

    return ask


def refund_uncaptured(till: Till) -> Answer:
    return till.api("POST", f"/v1/payments/{authorized(till)['id']}/refund", {})


def poor(till: Till) -> Answer:
    till.control("account", {"balance": 10})
    return refund({"amount": 1000})(till)


def with_key(till: Till, path: str, key: str, body: bytes) -> Answer:
    headers = {**till.auth, "X_Refund_Idempotency": key}
    status, _, answer = till.send("POST", path, body, **headers)
    return status, json.loads(answer)


def other_body(till: Till) -> Answer:
    path = f"/v1/payments/{till.pay(till.code()[1])['id']}/refund"
    with_key(till, path, "refund-0001", b'{"amount": 100}')
    return with_key(till, path, "refund-0001", b'{"amount": 200}')


def same_body_running(till: Till) -> Answer:
    path = f"/v1/payments/{till.pay(till.code()[1])['id']}/refund"
    till.spoil("POST", path, "slow", delay_s=0.6)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(with_key, till, path, "refund-0001", b'{"amount": 100}')
        while not till.state()["refunds"]:
            pass
        second = with_key(till, path, "refund-0001", b'{"amount": 100}')
        assert first.result()[0] == 200
    return second


def short_key(till: Till) -> Answer:
    path = f"/v1/payments/{till.pay(till.code()[1])['id']}/refund"
    return with_key(till, path, "short", b"{}")


def reference_again(till: Till) -> Answer:
    till.link(reference_id="TS1")
    return linking(reference_id="TS1")(till)


def link_to(end: str, what: str, method: str = "POST") -> Callable[[Till], Answer]:
    def ask(till: Till) -> Answer:
        link = till.link(expire_by=till.now() + 1000)
        path = f"/v1/payment_links/{link['id']}"
        if end == "paid":
            till.pay(link["short_url"])
        till.advance(2000)
        return till.api(method, f"{path}{what}", {} if method == "POST" else {"notes": {"a": "b"}})

    return ask


def strange_medium(till: Till) -> Answer:
    return till.api("POST", f"/v1/payment_links/{till.link()['id']}/notify_by/pigeon")
