"""Bad days: what a client sees of each kind, and whether the work was done."""

from __future__ import annotations

import http.client
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from .sandbox_client import raw_exchange

if TYPE_CHECKING:
    from .sandbox_client import Till

ORDER = {"amount": 50000, "currency": "INR", "receipt": "A-1"}


def _raw(till: Till, method: str = "POST", path: str = "/v1/orders", body: Any = ORDER) -> bytes:
    sent = b"" if method == "GET" else json.dumps(body).encode()
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {till.auth['Authorization']}\r\n"
        f"Content-Length: {len(sent)}\r\n\r\n"
    )
    return head.encode() + sent


def _done(till: Till) -> int:
    return len(till.state()["orders"])


@pytest.mark.parametrize(("kind", "done"), [("timeout_before", 0), ("timeout_after", 1)])
def test_time_outs_hold_the_line_then_drop_it(till: Till, kind: str, done: int) -> None:
    till.spoil("POST", "/v1/orders", kind, delay_s=0.3)
    started = time.monotonic()
    assert raw_exchange(till, _raw(till)) == b""
    assert 0.25 <= time.monotonic() - started < 3
    assert _done(till) == done


@pytest.mark.parametrize(("kind", "done"), [("reset_before", 0), ("reset_after", 1)])
def test_resets_are_real(till: Till, kind: str, done: int) -> None:
    till.spoil("POST", "/v1/orders", kind)
    with pytest.raises(ConnectionResetError):
        raw_exchange(till, _raw(till))
    assert _done(till) == done


def test_truncate_sends_half_of_what_it_promised(till: Till) -> None:
    till.spoil("POST", "/v1/orders", "truncate")
    with pytest.raises(http.client.IncompleteRead) as caught:
        till.ok("POST", "/v1/orders", ORDER)
    assert caught.value.partial.startswith(b'{"id": "order_')
    assert _done(till) == 1


def test_slow_works_first_then_waits(till: Till) -> None:
    till.spoil("POST", "/v1/orders", "slow", delay_s=0.4)
    link = http.client.HTTPConnection(urlsplit(till.server.url).netloc, timeout=5)
    started = time.monotonic()
    link.request("POST", "/v1/orders", json.dumps(ORDER), till.auth)
    time.sleep(0.15)
    assert _done(till) == 1
    answer = link.getresponse()
    assert answer.status == 200
    assert json.loads(answer.read())["receipt"] == "A-1"
    assert time.monotonic() - started >= 0.35
    link.close()


def test_drip_sends_a_byte_at_a_time(till: Till) -> None:
    till.spoil("GET", "/v1/orders", "drip", delay_s=0.5)
    link = http.client.HTTPConnection(urlsplit(till.server.url).netloc, timeout=5)
    started = time.monotonic()
    link.request("GET", "/v1/orders", headers=till.auth)
    answer = link.getresponse()
    headed = time.monotonic() - started
    body = json.loads(answer.read())
    assert body["count"] == 0
    assert headed < 0.3
    assert time.monotonic() - started >= 0.4
    link.close()


def test_empty_200(till: Till) -> None:
    till.spoil("POST", "/v1/orders", "empty_200")
    status, headers, body = till.send("POST", "/v1/orders", json.dumps(ORDER).encode(), **till.auth)
    assert (status, headers["Content-Length"], body) == (200, "0", b"")
    assert _done(till) == 1


@pytest.mark.parametrize("status", [200, 502, 429])
def test_html_answers(till: Till, status: int) -> None:
    till.spoil("POST", "/v1/orders", f"html_{status}")
    given, headers, body = till.send("POST", "/v1/orders", json.dumps(ORDER).encode(), **till.auth)
    assert (given, headers["Content-Type"]) == (status, "text/html")
    assert body.startswith(b"<html>")
    assert _done(till) == 0


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
def test_statuses(till: Till, kind: str, code: str) -> None:
    till.spoil("POST", "/v1/orders", kind)
    status, answer = till.api("POST", "/v1/orders", ORDER)
    assert status == int(kind[-3:])
    assert answer["error"]["code"] == code
    assert _done(till) == 0


def test_redirect(till: Till) -> None:
    till.spoil("POST", "/v1/orders", "redirect")
    status, headers, _ = till.send("POST", "/v1/orders", json.dumps(ORDER).encode(), **till.auth)
    assert (status, headers["Location"]) == (302, f"{till.server.url}/redirected")
    assert _done(till) == 0


def test_big_body_is_fifty_megabytes_of_valid_json(till: Till) -> None:
    till.spoil("POST", "/v1/orders", "big_body")
    status, headers, body = till.send("POST", "/v1/orders", json.dumps(ORDER).encode(), **till.auth)
    assert status == 200
    assert len(body) == int(headers["Content-Length"]) > 50_000_000
    assert json.loads(body)["receipt"] == "A-1"
    assert _done(till) == 1


def test_deep_json(till: Till) -> None:
    till.spoil("POST", "/v1/orders", "deep_json")
    with pytest.raises(RecursionError):
        till.ok("POST", "/v1/orders", ORDER)
    assert _done(till) == 1


def test_nan(till: Till) -> None:
    order = till.order()
    till.spoil("*", "/v1/orders/*", "nan")
    _, _, body = till.send("GET", f"/v1/orders/{order['id']}", **till.auth)
    assert b'"amount": NaN' in body
    till.spoil("POST", "/v1/payments/create/upi", "nan")
    assert till.intent(order)["amount"] != till.intent(order).get("amount")


def test_duplicate_keys_say_two_things(till: Till) -> None:
    till.spoil("POST", "/v1/orders", "duplicate_keys")
    _, _, body = till.send("POST", "/v1/orders", json.dumps(ORDER).encode(), **till.auth)
    pairs = json.loads(body, object_pairs_hook=list)
    assert [v for k, v in pairs if k == "status"] == ["created", "paid"]
    assert [v for k, v in pairs if k == "amount"] == [50000, 1]


# Wrong figures, on their own and nested in a list


@pytest.fixture
def paid(till: Till) -> tuple[dict[str, Any], dict[str, Any]]:
    order, code = till.code(receipt="A-1")
    payment = till.pay(code)
    return till.ok("GET", f"/v1/orders/{order['id']}"), payment


def _spoilt(till: Till, kind: str, order_id: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Give order and payment as told with the fault: one by one, and expanded in a list."""
    till.spoil("GET", "/v1/orders/*", kind)
    till.spoil("GET", "/v1/orders/*/payments", kind)
    till.spoil("GET", "/v1/orders", kind)
    order = till.ok("GET", f"/v1/orders/{order_id}")
    payment = till.ok("GET", f"/v1/orders/{order_id}/payments")["items"][0]
    listed = till.ok("GET", "/v1/orders", **{"expand[]": "payments"})["items"][0]
    inner = listed.pop("payments")["items"][0]
    return [(order, payment), (listed, inner)]


Paid = tuple[dict[str, Any], dict[str, Any]]


def test_wrong_amount(till: Till, paid: Paid) -> None:
    order, payment = paid
    for told, inner in _spoilt(till, "wrong_amount", order["id"]):
        assert told == {**order, "amount": 50001, "amount_paid": 50001}
        assert inner == {**payment, "amount": 50001}
    assert till.ok("GET", f"/v1/orders/{order['id']}") == order


def test_wrong_currency(till: Till, paid: Paid) -> None:
    order, payment = paid
    for told, inner in _spoilt(till, "wrong_currency", order["id"]):
        assert told == {**order, "currency": "USD"}
        assert inner == {**payment, "currency": "USD"}


def test_wrong_receipt(till: Till, paid: Paid) -> None:
    order, payment = paid
    for told, inner in _spoilt(till, "wrong_receipt", order["id"]):
        assert told == {**order, "receipt": "A-X"}
        assert inner == payment


def test_wrong_order(till: Till, paid: Paid) -> None:
    order, payment = paid
    for told, inner in _spoilt(till, "wrong_order", order["id"]):
        assert told == {**order, "id": inner["order_id"]}
        assert inner == {**payment, "order_id": inner["order_id"]}
        assert inner["order_id"] != order["id"]
        words = till.why("GET", f"/v1/orders/{told['id']}/payments")
        assert words == "The id provided does not exist"


def test_test_payment_cannot_be_found_by_this_key(till: Till, paid: Paid) -> None:
    order, payment = paid
    for told, inner in _spoilt(till, "test_payment", order["id"]):
        assert told == order
        assert inner == {**payment, "id": inner["id"]}
        assert inner["id"] != payment["id"]
        words = till.why("GET", f"/v1/payments/{inner['id']}")
        assert words == "The id provided does not exist"


def test_wrong_type(till: Till, paid: Paid) -> None:
    order, _ = paid
    for told, inner in _spoilt(till, "wrong_type", order["id"]):
        assert (told["amount"], told["amount_paid"]) == ("50000", {"paise": 50000})
        assert (told["status"], inner["captured"], inner["amount"]) == (1, "True", "50000")
    till.spoil("POST", "/v1/payments/create/upi", "wrong_type")
    assert till.intent(till.order())["razorpay_payment_id"] == 12345


@pytest.mark.parametrize("kind", ["wrong_amount", "wrong_currency", "wrong_receipt", "wrong_order"])
def test_a_distortion_without_its_field_changes_nothing(till: Till, kind: str) -> None:
    till.spoil("POST", "/v1/payments/create/upi", kind)
    answer = till.intent(till.order())
    assert till.pay(answer["link"])["id"] == answer["razorpay_payment_id"]


def test_refusals_are_not_distorted(till: Till) -> None:
    till.spoil("GET", "/v1/orders/*", "wrong_type")
    assert till.why("GET", "/v1/orders/x") == "x is not a valid id"


def test_paid_with_due_says_paid_and_nothing_came(till: Till) -> None:
    order, _code = till.code()
    till.spoil("GET", "/v1/orders/*", "paid_with_due")
    told = till.ok("GET", f"/v1/orders/{order['id']}")
    assert (told["status"], told["amount_paid"], told["amount_due"]) == ("paid", 0, 50000)
    for path, entity in (
        ("/v1/payment_links", till.link()),
        ("/v1/payments/qr_codes", till.qr_code()),
    ):
        till.spoil("GET", f"{path}/*", "paid_with_due")
        told = till.ok("GET", f"{path}/{entity['id']}")
        assert told["status"] in {"paid", "closed"}
        assert till.ok("GET", f"{path}/{entity['id']}")["status"] in {"created", "active"}


def test_partial_payment_says_that_half_came(till: Till) -> None:
    order, _code = till.code()
    for told, inner in _spoilt(till, "partial_payment", order["id"]):
        figures = (told["status"], told["amount_paid"], told["amount_due"])
        assert figures == ("attempted", 25000, 25000)
        assert (inner["status"], inner["captured"], inner["amount"]) == ("captured", True, 25000)
    link, qr = till.link(), till.qr_code()
    till.spoil("GET", "/v1/payment_links/*", "partial_payment")
    told = till.ok("GET", f"/v1/payment_links/{link['id']}")
    assert (told["status"], told["amount_paid"]) == ("partially_paid", 35000)
    till.spoil("GET", "/v1/payments/qr_codes/*", "partial_payment")
    told = till.ok("GET", f"/v1/payments/qr_codes/{qr['id']}")
    assert told["payments_amount_received"] == 15000


def test_a_foreign_payment_stands_among_the_own(till: Till, paid: Paid) -> None:
    order, payment = paid
    till.spoil("GET", "/v1/orders/*/payments", "foreign_payment")
    told = till.ok("GET", f"/v1/orders/{order['id']}/payments")
    assert told["count"] == 2
    own, foreign = told["items"]
    assert own == payment
    assert (foreign["status"], foreign["amount"]) == ("captured", payment["amount"])
    assert foreign["order_id"] not in (None, order["id"])
    words = till.why("GET", f"/v1/payments/{foreign['id']}")
    assert words == "The id provided does not exist"


def test_lists_are_told_twice_or_the_other_way_round(till: Till) -> None:
    first, second = till.order(), till.order()
    till.spoil("GET", "/v1/orders", "doubled")
    till.spoil("GET", "/v1/orders", "reordered")
    assert till.ok("GET", "/v1/orders")["items"] == [second, second, first, first]
    assert till.ok("GET", "/v1/orders")["items"] == [first, second]
    links = [till.link()["id"], till.link()["id"]]
    till.spoil("GET", "/v1/payment_links", "reordered")
    assert [link["id"] for link in till.ok("GET", "/v1/payment_links")["payment_links"]] == links


def test_cut_json_is_a_whole_answer_with_half_a_body(till: Till) -> None:
    till.spoil("POST", "/v1/orders", "cut_json")
    status, headers, body = till.send("POST", "/v1/orders", json.dumps(ORDER).encode(), **till.auth)
    assert (status, int(headers["Content-Length"])) == (200, len(body))
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)
    assert _done(till) == 1


def test_a_wrong_content_type_keeps_the_answer(till: Till) -> None:
    till.spoil("POST", "/v1/orders", "wrong_content_type")
    status, headers, body = till.send("POST", "/v1/orders", json.dumps(ORDER).encode(), **till.auth)
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert json.loads(body)["receipt"] == "A-1"
    assert _done(till) == 1


@pytest.mark.parametrize("kind", ["json_429_retry", "html_429_retry"])
def test_a_throttle_may_say_when_to_come_again(till: Till, kind: str) -> None:
    till.spoil("POST", "/v1/orders", kind)
    status, headers, body = till.send("POST", "/v1/orders", json.dumps(ORDER).encode(), **till.auth)
    assert (status, headers["Retry-After"]) == (429, "7")
    assert body.startswith(b"<html>" if kind.startswith("html") else b"{")
    assert _done(till) == 0


# Stale reads


def test_a_stale_read_is_from_before_the_money(till: Till) -> None:
    order, code = till.code()
    before = till.ok("GET", f"/v1/orders/{order['id']}")
    listed = till.ok("GET", "/v1/orders", **{"expand[]": "payments"})
    payment = till.pay(code)

    for path in ("/v1/orders", "/v1/orders/*", "/v1/orders/*/payments", "/v1/payments/*"):
        till.spoil("GET", path, "stale_read")
    assert till.ok("GET", f"/v1/orders/{order['id']}") == before
    assert till.ok("GET", "/v1/orders", **{"expand[]": "payments"}) == listed
    old = till.ok("GET", f"/v1/orders/{order['id']}/payments")["items"][0]
    assert (old["id"], old["status"]) == (payment["id"], "created")
    assert till.ok("GET", f"/v1/payments/{payment['id']}")["status"] == "created"

    assert till.ok("GET", f"/v1/orders/{order['id']}")["status"] == "paid"


def test_a_stale_read_of_what_was_just_made(till: Till) -> None:
    till.spoil("GET", "/v1/orders", "stale_read")
    till.spoil("GET", "/v1/orders/*", "stale_read")
    first = till.order()
    assert till.ok("GET", "/v1/orders")["items"] == []
    assert till.why("GET", f"/v1/orders/{first['id']}") == "The id provided does not exist"
    assert till.ok("GET", "/v1/orders")["items"] == [first]


def test_a_stale_read_is_about_its_own_order(till: Till) -> None:
    order, code = till.code()
    till.pay(code)
    till.order()
    till.spoil("GET", "/v1/orders/*", "stale_read")
    assert till.ok("GET", f"/v1/orders/{order['id']}")["status"] == "attempted"


def test_stale_reads_of_codes_and_links(till: Till) -> None:
    qr, link = till.qr_code(), till.link()
    till.pay(qr["image_content"])
    till.pay(link["short_url"])
    till.spoil("GET", "/v1/payments/qr_codes/*", "stale_read")
    till.spoil("GET", "/v1/payment_links/*", "stale_read")
    assert till.ok("GET", f"/v1/payments/qr_codes/{qr['id']}")["status"] == "active"
    assert till.ok("GET", f"/v1/payment_links/{link['id']}")["status"] == "created"


def test_faults_come_one_after_another(till: Till) -> None:
    till.spoil("POST", "/v1/orders", "status_500")
    till.spoil("POST", "/v1/orders", "status_503")
    assert [till.api("POST", "/v1/orders", ORDER)[0] for _ in range(3)] == [500, 503, 200]
