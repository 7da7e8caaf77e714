"""Fault injection: what a client sees of each kind, and whether the work was done."""

from __future__ import annotations

import http.client
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from .sandbox_client import raw_exchange

if TYPE_CHECKING:
    from desktop_app.sandbox.server import SandboxServer

    from .sandbox_client import SandboxClient

ORDER = {"amount": 50000, "currency": "INR", "receipt": "A-1"}


@pytest.fixture
def server(fresh_server: SandboxServer) -> SandboxServer:
    """One for each test: they leave connections and threads behind."""
    return fresh_server


def _raw(
    client: SandboxClient, method: str = "POST", path: str = "/v1/orders", body: Any = ORDER
) -> bytes:
    sent = b"" if method == "GET" else json.dumps(body).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {client.auth['Authorization']}\r\n"
        f"Content-Length: {len(sent)}\r\n\r\n"
    )
    return head.encode() + sent


def _done(client: SandboxClient) -> int:
    return len(client.state()["orders"])


@pytest.mark.parametrize(("kind", "done"), [("timeout_before", 0), ("timeout_after", 1)])
def test_time_outs_hold_the_line_then_drop_it(client: SandboxClient, kind: str, done: int) -> None:
    client.arm_fault("POST", "/v1/orders", kind, delay_s=0.3)
    started = time.monotonic()
    assert raw_exchange(client, _raw(client)) == b""
    assert 0.25 <= time.monotonic() - started < 3
    assert _done(client) == done


@pytest.mark.parametrize(("kind", "done"), [("reset_before", 0), ("reset_after", 1)])
def test_resets_are_real(client: SandboxClient, kind: str, done: int) -> None:
    client.arm_fault("POST", "/v1/orders", kind)
    with pytest.raises(ConnectionResetError):
        raw_exchange(client, _raw(client))
    assert _done(client) == done


def test_truncate_sends_half_of_what_it_promised(client: SandboxClient) -> None:
    client.arm_fault("POST", "/v1/orders", "truncate")
    with pytest.raises(http.client.IncompleteRead) as caught:
        client.ok("POST", "/v1/orders", ORDER)
    assert caught.value.partial.startswith(b'{"id": "order_')
    assert _done(client) == 1


def test_slow_works_first_then_waits(client: SandboxClient) -> None:
    client.arm_fault("POST", "/v1/orders", "slow", delay_s=0.4)
    link = http.client.HTTPConnection(urlsplit(client.server.url).netloc, timeout=5)
    started = time.monotonic()
    link.request("POST", "/v1/orders", json.dumps(ORDER), client.auth)
    time.sleep(0.15)
    assert _done(client) == 1
    answer = link.getresponse()
    assert answer.status == 200
    assert json.loads(answer.read())["receipt"] == "A-1"
    assert time.monotonic() - started >= 0.35
    link.close()


def test_drip_sends_a_byte_at_a_time(client: SandboxClient) -> None:
    client.arm_fault("GET", "/v1/orders", "drip", delay_s=0.5)
    link = http.client.HTTPConnection(urlsplit(client.server.url).netloc, timeout=5)
    started = time.monotonic()
    link.request("GET", "/v1/orders", headers=client.auth)
    answer = link.getresponse()
    headed = time.monotonic() - started
    body = json.loads(answer.read())
    assert body["count"] == 0
    assert headed < 0.3
    assert time.monotonic() - started >= 0.4
    link.close()


def test_empty_200(client: SandboxClient) -> None:
    client.arm_fault("POST", "/v1/orders", "empty_200")
    status, headers, body = client.send(
        "POST", "/v1/orders", json.dumps(ORDER).encode(), **client.auth
    )
    assert (status, headers["Content-Length"], body) == (200, "0", b"")
    assert _done(client) == 1


@pytest.mark.parametrize("status", [200, 502, 429])
def test_html_answers(client: SandboxClient, status: int) -> None:
    client.arm_fault("POST", "/v1/orders", f"html_{status}")
    given, headers, body = client.send(
        "POST", "/v1/orders", json.dumps(ORDER).encode(), **client.auth
    )
    assert (given, headers["Content-Type"]) == (status, "text/html")
    assert body.startswith(b"<html>")
    assert _done(client) == 0


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("json_429", "BAD_REQUEST_ERROR"),
        ("status_400", "BAD_REQUEST_ERROR"),
        ("status_401", "BAD_REQUEST_ERROR"),
        ("status_403", "BAD_REQUEST_ERROR"),
        ("status_404", "BAD_REQUEST_ERROR"),
        ("status_429", "BAD_REQUEST_ERROR"),
        ("status_500", "SERVER_ERROR"),
        ("status_503", "SERVER_ERROR"),
        ("status_504", "SERVER_ERROR"),
    ],
)
def test_statuses(client: SandboxClient, kind: str, code: str) -> None:
    client.arm_fault("POST", "/v1/orders", kind)
    status, answer = client.api("POST", "/v1/orders", ORDER)
    assert status == int(kind[-3:])
    assert answer["error"]["code"] == code
    assert _done(client) == 0


def test_redirect(client: SandboxClient) -> None:
    client.arm_fault("POST", "/v1/orders", "redirect")
    status, headers, _ = client.send(
        "POST", "/v1/orders", json.dumps(ORDER).encode(), **client.auth
    )
    assert (status, headers["Location"]) == (302, f"{client.server.url}/redirected")
    assert _done(client) == 0


def test_big_body_is_fifty_megabytes_of_valid_json(client: SandboxClient) -> None:
    client.arm_fault("POST", "/v1/orders", "big_body")
    status, headers, body = client.send(
        "POST", "/v1/orders", json.dumps(ORDER).encode(), **client.auth
    )
    assert status == 200
    assert len(body) == int(headers["Content-Length"]) > 50_000_000
    assert json.loads(body)["receipt"] == "A-1"
    assert _done(client) == 1


def test_deep_json(client: SandboxClient) -> None:
    client.arm_fault("POST", "/v1/orders", "deep_json")
    with pytest.raises(RecursionError):
        client.ok("POST", "/v1/orders", ORDER)
    assert _done(client) == 1


def test_nan(client: SandboxClient) -> None:
    order = client.order()
    client.arm_fault("*", "/v1/orders/*", "nan")
    _, _, body = client.send("GET", f"/v1/orders/{order['id']}", **client.auth)
    assert b'"amount": NaN' in body
    client.arm_fault("POST", "/v1/payments/create/upi", "nan")
    assert client.intent(order)["amount"] != client.intent(order).get("amount")


def test_duplicate_keys_say_two_things(client: SandboxClient) -> None:
    client.arm_fault("POST", "/v1/orders", "duplicate_keys")
    _, _, body = client.send("POST", "/v1/orders", json.dumps(ORDER).encode(), **client.auth)
    pairs = json.loads(body, object_pairs_hook=list)
    assert [v for k, v in pairs if k == "status"] == ["created", "paid"]
    assert [v for k, v in pairs if k == "amount"] == [50000, 1]


# Wrong amounts, directly and nested in a list


@pytest.fixture
def paid(client: SandboxClient) -> tuple[dict[str, Any], dict[str, Any]]:
    order, code = client.code(receipt="A-1")
    payment = client.pay(code)
    return client.ok("GET", f"/v1/orders/{order['id']}"), payment


def _faulty_answers(
    client: SandboxClient, kind: str, order_id: str
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return order and payment answered with the fault: singly, and expanded in a list."""
    client.arm_fault("GET", "/v1/orders/*", kind)
    client.arm_fault("GET", "/v1/orders/*/payments", kind)
    client.arm_fault("GET", "/v1/orders", kind)
    order = client.ok("GET", f"/v1/orders/{order_id}")
    payment = client.ok("GET", f"/v1/orders/{order_id}/payments")["items"][0]
    listed = client.ok("GET", "/v1/orders", **{"expand[]": "payments"})["items"][0]
    inner = listed.pop("payments")["items"][0]
    return [(order, payment), (listed, inner)]


Paid = tuple[dict[str, Any], dict[str, Any]]


def test_wrong_amount(client: SandboxClient, paid: Paid) -> None:
    order, payment = paid
    for answered, inner in _faulty_answers(client, "wrong_amount", order["id"]):
        assert answered == {**order, "amount": 50001, "amount_paid": 50001}
        assert inner == {**payment, "amount": 50001}
    assert client.ok("GET", f"/v1/orders/{order['id']}") == order


def test_wrong_currency(client: SandboxClient, paid: Paid) -> None:
    order, payment = paid
    for answered, inner in _faulty_answers(client, "wrong_currency", order["id"]):
        assert answered == {**order, "currency": "USD"}
        assert inner == {**payment, "currency": "USD"}


def test_wrong_receipt(client: SandboxClient, paid: Paid) -> None:
    order, payment = paid
    for answered, inner in _faulty_answers(client, "wrong_receipt", order["id"]):
        assert answered == {**order, "receipt": "A-X"}
        assert inner == payment


def test_wrong_order(client: SandboxClient, paid: Paid) -> None:
    order, payment = paid
    for answered, inner in _faulty_answers(client, "wrong_order", order["id"]):
        assert answered == {**order, "id": inner["order_id"]}
        assert inner == {**payment, "order_id": inner["order_id"]}
        assert inner["order_id"] != order["id"]
        words = client.refusal("GET", f"/v1/orders/{answered['id']}/payments")
        assert words == "The id provided does not exist"


def test_test_payment_cannot_be_found_by_this_key(client: SandboxClient, paid: Paid) -> None:
    order, payment = paid
    for answered, inner in _faulty_answers(client, "test_payment", order["id"]):
        assert answered == order
        assert inner == {**payment, "id": inner["id"]}
        assert inner["id"] != payment["id"]
        words = client.refusal("GET", f"/v1/payments/{inner['id']}")
        assert words == "The id provided does not exist"


def test_wrong_type(client: SandboxClient, paid: Paid) -> None:
    order, _ = paid
    for answered, inner in _faulty_answers(client, "wrong_type", order["id"]):
        assert (answered["amount"], answered["amount_paid"]) == ("50000", {"paise": 50000})
        assert (answered["status"], inner["captured"], inner["amount"]) == (1, "True", "50000")
    client.arm_fault("POST", "/v1/payments/create/upi", "wrong_type")
    assert client.intent(client.order())["razorpay_payment_id"] == 12345


@pytest.mark.parametrize("kind", ["wrong_amount", "wrong_currency", "wrong_receipt", "wrong_order"])
def test_a_distortion_without_its_field_changes_nothing(client: SandboxClient, kind: str) -> None:
    client.arm_fault("POST", "/v1/payments/create/upi", kind)
    answer = client.intent(client.order())
    assert client.pay(answer["link"])["id"] == answer["razorpay_payment_id"]


def test_refusals_are_not_distorted(client: SandboxClient) -> None:
    client.arm_fault("GET", "/v1/orders/*", "wrong_type")
    assert client.refusal("GET", "/v1/orders/x") == "x is not a valid id"


def test_paid_with_due_says_paid_and_nothing_came(client: SandboxClient) -> None:
    order, _code = client.code()
    client.arm_fault("GET", "/v1/orders/*", "paid_with_due")
    answered = client.ok("GET", f"/v1/orders/{order['id']}")
    assert (answered["status"], answered["amount_paid"], answered["amount_due"]) == (
        "paid",
        0,
        50000,
    )
    for path, entity in (
        ("/v1/payment_links", client.link()),
        ("/v1/payments/qr_codes", client.qr_code()),
    ):
        client.arm_fault("GET", f"{path}/*", "paid_with_due")
        answered = client.ok("GET", f"{path}/{entity['id']}")
        assert answered["status"] in {"paid", "closed"}
        assert client.ok("GET", f"{path}/{entity['id']}")["status"] in {"created", "active"}


def test_partial_payment_says_that_half_came(client: SandboxClient) -> None:
    order, _code = client.code()
    for answered, inner in _faulty_answers(client, "partial_payment", order["id"]):
        figures = (answered["status"], answered["amount_paid"], answered["amount_due"])
        assert figures == ("attempted", 25000, 25000)
        assert (inner["status"], inner["captured"], inner["amount"]) == ("captured", True, 25000)
    link, qr = client.link(), client.qr_code()
    client.arm_fault("GET", "/v1/payment_links/*", "partial_payment")
    answered = client.ok("GET", f"/v1/payment_links/{link['id']}")
    assert (answered["status"], answered["amount_paid"]) == ("partially_paid", 35000)
    client.arm_fault("GET", "/v1/payments/qr_codes/*", "partial_payment")
    answered = client.ok("GET", f"/v1/payments/qr_codes/{qr['id']}")
    assert answered["payments_amount_received"] == 15000


def test_a_foreign_payment_stands_among_the_own(client: SandboxClient, paid: Paid) -> None:
    order, payment = paid
    client.arm_fault("GET", "/v1/orders/*/payments", "foreign_payment")
    answered = client.ok("GET", f"/v1/orders/{order['id']}/payments")
    assert answered["count"] == 2
    own, foreign = answered["items"]
    assert own == payment
    assert (foreign["status"], foreign["amount"]) == ("captured", payment["amount"])
    assert foreign["order_id"] not in (None, order["id"])
    words = client.refusal("GET", f"/v1/payments/{foreign['id']}")
    assert words == "The id provided does not exist"


def test_lists_are_doubled_or_reversed(client: SandboxClient) -> None:
    first, second = client.order(), client.order()
    client.arm_fault("GET", "/v1/orders", "doubled")
    client.arm_fault("GET", "/v1/orders", "reordered")
    assert client.ok("GET", "/v1/orders")["items"] == [second, second, first, first]
    assert client.ok("GET", "/v1/orders")["items"] == [first, second]
    links = [client.link()["id"], client.link()["id"]]
    client.arm_fault("GET", "/v1/payment_links", "reordered")
    assert [link["id"] for link in client.ok("GET", "/v1/payment_links")["payment_links"]] == links


def test_cut_json_is_a_whole_answer_with_half_a_body(client: SandboxClient) -> None:
    client.arm_fault("POST", "/v1/orders", "cut_json")
    status, headers, body = client.send(
        "POST", "/v1/orders", json.dumps(ORDER).encode(), **client.auth
    )
    assert (status, int(headers["Content-Length"])) == (200, len(body))
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)
    assert _done(client) == 1


def test_a_wrong_content_type_keeps_the_answer(client: SandboxClient) -> None:
    client.arm_fault("POST", "/v1/orders", "wrong_content_type")
    status, headers, body = client.send(
        "POST", "/v1/orders", json.dumps(ORDER).encode(), **client.auth
    )
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert json.loads(body)["receipt"] == "A-1"
    assert _done(client) == 1


@pytest.mark.parametrize("kind", ["json_429_retry", "html_429_retry"])
def test_a_throttle_may_say_when_to_come_again(client: SandboxClient, kind: str) -> None:
    client.arm_fault("POST", "/v1/orders", kind)
    status, headers, body = client.send(
        "POST", "/v1/orders", json.dumps(ORDER).encode(), **client.auth
    )
    assert (status, headers["Retry-After"]) == (429, "7")
    assert body.startswith(b"<html>" if kind.startswith("html") else b"{")
    assert _done(client) == 0


# Stale reads


def test_a_stale_read_is_from_before_the_money(client: SandboxClient) -> None:
    order, code = client.code()
    before = client.ok("GET", f"/v1/orders/{order['id']}")
    listed = client.ok("GET", "/v1/orders", **{"expand[]": "payments"})
    payment = client.pay(code)

    for path in ("/v1/orders", "/v1/orders/*", "/v1/orders/*/payments", "/v1/payments/*"):
        client.arm_fault("GET", path, "stale_read")
    assert client.ok("GET", f"/v1/orders/{order['id']}") == before
    assert client.ok("GET", "/v1/orders", **{"expand[]": "payments"}) == listed
    old = client.ok("GET", f"/v1/orders/{order['id']}/payments")["items"][0]
    assert (old["id"], old["status"]) == (payment["id"], "created")
    assert client.ok("GET", f"/v1/payments/{payment['id']}")["status"] == "created"

    assert client.ok("GET", f"/v1/orders/{order['id']}")["status"] == "paid"


def test_a_stale_read_of_what_was_just_made(client: SandboxClient) -> None:
    client.arm_fault("GET", "/v1/orders", "stale_read")
    client.arm_fault("GET", "/v1/orders/*", "stale_read")
    first = client.order()
    assert client.ok("GET", "/v1/orders")["items"] == []
    assert client.refusal("GET", f"/v1/orders/{first['id']}") == "The id provided does not exist"
    assert client.ok("GET", "/v1/orders")["items"] == [first]


def test_a_stale_read_is_about_its_own_order(client: SandboxClient) -> None:
    order, code = client.code()
    client.pay(code)
    client.order()
    client.arm_fault("GET", "/v1/orders/*", "stale_read")
    assert client.ok("GET", f"/v1/orders/{order['id']}")["status"] == "attempted"


def test_stale_reads_of_codes_and_links(client: SandboxClient) -> None:
    qr, link = client.qr_code(), client.link()
    client.pay(qr["image_content"])
    client.pay(link["short_url"])
    client.arm_fault("GET", "/v1/payments/qr_codes/*", "stale_read")
    client.arm_fault("GET", "/v1/payment_links/*", "stale_read")
    assert client.ok("GET", f"/v1/payments/qr_codes/{qr['id']}")["status"] == "active"
    assert client.ok("GET", f"/v1/payment_links/{link['id']}")["status"] == "created"


def test_faults_come_one_after_another(client: SandboxClient) -> None:
    client.arm_fault("POST", "/v1/orders", "status_500")
    client.arm_fault("POST", "/v1/orders", "status_503")
    assert [client.api("POST", "/v1/orders", ORDER)[0] for _ in range(3)] == [500, 503, 200]
