"""Defects of the SDK that the session removes: each test fails with the bare SDK."""

from __future__ import annotations

import importlib.metadata
import json
import socket
import threading
import time
from typing import TYPE_CHECKING

import certifi
import pytest

from desktop_app.config.clock import SystemClock
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.gateway import dns_resolver
from desktop_app.gateway import http_session as door_module
from desktop_app.gateway.base_url import checked_base_url, may_serve_images
from desktop_app.gateway.client import RazorpayGateway
from desktop_app.gateway.rate_limiter import RateLimiter
from desktop_app.services import errors
from tests.clock import TestClock
from tests.contract.raw_server import RawServer, answering, resetting

if TYPE_CHECKING:
    from collections.abc import Callable

ORDER = {
    "id": "order_RB58MiP5SPFYyM", "entity": "order", "amount": 100, "amount_paid": 0,
    "amount_due": 100, "currency": "INR", "receipt": "r1", "offer_id": None, "status": "created",
    "attempts": 0, "notes": [], "created_at": 1_756_455_561,
}  # fmt: skip
LIST = json.dumps({"entity": "collection", "count": 1, "items": [ORDER]}).encode()
PAYMENT = {
    "id": "pay_RB58MiP5SPFYyM", "entity": "payment", "amount": 100, "currency": "INR",
    "status": "captured", "order_id": "order_RB58MiP5SPFYyM", "captured": True,
    "created_at": 1_756_455_561,
}  # fmt: skip


def gateway(url: str) -> RazorpayGateway:
    clock = SystemClock()
    return RazorpayGateway(
        key_id="rzp_test_abcdefgh123456", key_secret="s3cret", base_url=url,
        budget=RateLimiter(600, clock), clock=clock,
    )  # fmt: skip


def write(url: str) -> object:
    return gateway(url).create_order(reference="r1", amount=Money(100), notes={}, unique=False)


def read(url: str) -> object:
    return gateway(url).orders_since(1)


def error_body(description: str, code: str = "BAD_REQUEST_ERROR", **more: object) -> bytes:
    return json.dumps({"error": {"code": code, "description": description, **more}}).encode()


# The errors of a write and a read per failure: the write's outcome is unknown, the read failed.
BAD_DAYS = [
    ("empty 200", answering(b"")),
    ("html 200", answering(b"<html>Login</html>")),
    ("html 502", answering(b"<html>Bad gateway</html>", "502 Bad Gateway")),
    ("json 500", answering(error_body("oops", "SERVER_ERROR"), "500 Error")),
    ("empty 504", answering(b"", "504 Gateway Timeout")),
    ("html 404", answering(b"<html>not here</html>", "404 Not Found")),
    ("error null", answering(b'{"error":null}', "400 Bad Request")),
    ("conflict", answering(error_body("busy"), "409 Conflict")),
    ("redirect", answering(b"", "302 Found", "Location: http://127.0.0.1:9/\r\n")),
    ("cut short", answering(LIST, length=len(LIST) + 50)),
    ("duplicate keys", answering(b'{"entity":"order","entity":"order"}')),
    ("nan", answering(b'{"entity":"order","amount":NaN}')),
    ("deep", answering(b'{"a":' * 100_000 + b"1" + b"}" * 100_000)),
    ("a list", answering(b"[]")),
    ("latin-1", answering('{"a":"é"}'.encode("latin-1"))),
    ("wrong type", answering(json.dumps(ORDER | {"amount": "100"}).encode())),
    ("a float", answering(json.dumps(ORDER | {"amount": 100.0}).encode())),
    ("a bool", answering(json.dumps(ORDER | {"amount": True}).encode())),
    ("negative", answering(json.dumps(ORDER | {"amount": -100}).encode())),
    ("no id", answering(json.dumps(ORDER | {"id": None}).encode())),
    ("odd status", answering(json.dumps(ORDER | {"status": "done"}).encode())),
    ("other entity", answering(json.dumps(ORDER | {"entity": "payment"}).encode())),
    ("over 1 MB", answering(b'{"a":"' + b"x" * 1_100_000 + b'"}')),
    ("reset", resetting),
]


@pytest.mark.parametrize("behave", [day for _, day in BAD_DAYS], ids=[name for name, _ in BAD_DAYS])
def test_a_lost_write_is_unknown_and_a_lost_read_is_just_unavailable(
    behave: Callable[[socket.socket], None], capsys: pytest.CaptureFixture[str]
) -> None:
    with RawServer(behave) as server:
        with pytest.raises(errors.OutcomeUnknownError):
            write(server.url)
        with pytest.raises(errors.UnavailableError):
            read(server.url)
        assert len(server.requests) == 2, "no retry by itself, no redirect followed"
    assert capsys.readouterr().out == "", "nothing of the SDK reaches stdout"


@pytest.mark.parametrize(
    ("behave", "kind"),
    [
        (answering(error_body("Authentication failed"), "401 No"), errors.UnauthorisedError),
        (answering(error_body("Authentication failed"), "400 Bad"), errors.UnauthorisedError),
        (answering(b"<html>", "401 Unauthorized"), errors.UnauthorisedError),
        (answering(error_body("slow down"), "429 Too Many"), errors.RateLimitedError),
        (answering(b"<html>", "429 Too Many"), errors.RateLimitedError),
        (
            answering(
                error_body("The requested URL was not found on the server."), "400 Bad Request"
            ),
            errors.FeatureOffError,
        ),
        (
            answering(error_body("The id provided does not exist"), "400 Bad Request"),
            errors.NotFoundError,
        ),
        (answering(error_body("amount: is required."), "400 Bad Request"), errors.RejectedError),
    ],
)  # fmt: skip
def test_statuses_map_to_distinct_errors(
    behave: Callable[[socket.socket], None], kind: type[errors.GatewayError]
) -> None:
    with RawServer(behave) as server:
        for call in (write, read):
            with pytest.raises(kind):
                call(server.url)


def test_a_refusal_keeps_its_detail() -> None:
    body = error_body(
        "Order receipt should be unique.", reason="bad", field="receipt",
        metadata={"order_id": "order_1"},
    )  # fmt: skip
    with RawServer(answering(body, "400 Bad Request")) as server:
        with pytest.raises(errors.RejectedError) as caught:
            write(server.url)
    refusal = caught.value
    assert (refusal.reason, refusal.field, refusal.existing_id) == ("bad", "receipt", "order_1")


def test_an_unreachable_server_means_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    for call in (write, read):
        with pytest.raises(errors.UnavailableError):
            call(f"http://127.0.0.1:{port}")


def test_a_silent_server_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door_module, "TIMEOUT_S", (0.3, 0.3))
    with RawServer(lambda _client: time.sleep(1)) as server:
        started = time.monotonic()
        with pytest.raises(errors.OutcomeUnknownError):
            write(server.url)
        assert time.monotonic() - started < 5


def test_a_dripping_answer_is_bounded_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door_module, "DEADLINE_S", 0.5)

    def drip(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            client.sendall(b" ")
            time.sleep(0.05)

    with RawServer(drip) as server:
        started = time.monotonic()
        with pytest.raises(errors.UnavailableError):
            read(server.url)
        assert time.monotonic() - started < 4


def test_every_call_has_time_outs_a_current_ca_bundle_and_no_redirects(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[dict[str, object]] = []

    def note(self: object, method: str, url: str, **options: object) -> object:
        seen.append({"method": method, **options})
        raise ConnectionAbortedError

    monkeypatch.setattr("requests.Session.request", note)
    found = gateway("https://api.razorpay.com")
    for call in (
        found.ping,
        lambda: found.capture("pay_1", Money(100)),
        lambda: found.find_link("x"),
    ):
        with pytest.raises(ConnectionAbortedError):
            call()
    for options in seen:
        assert options["timeout"] == (3.05, 10.0)
        assert options["verify"] == certifi.where()
        assert options["allow_redirects"] is False
    assert json.loads(str(seen[1]["data"])) == {"amount": 100, "currency": "INR"}


def test_the_sdk_reads_its_version_once_and_names_it_in_each_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read_version, reads = importlib.metadata.version, list[str]()

    def note(package: str) -> str:
        reads.append(package)
        return read_version(package)

    monkeypatch.setattr(importlib.metadata, "version", note)
    with RawServer(answering(LIST)) as server:
        found = gateway(server.url)
        for _ in range(3):
            found.ping()
        named = f"User-Agent: Razorpay-Python/{read_version('razorpay')} Pravesh"
        assert [named in each for each in server.requests] == [True] * 3
    assert reads == ["razorpay"]


def test_an_order_that_is_not_the_one_asked_for_is_an_unknown_outcome() -> None:
    for changed in ({"amount": 101}, {"receipt": "r2"}, {"currency": "USD"}):
        with RawServer(answering(json.dumps(ORDER | changed).encode())) as server:
            with pytest.raises(errors.OutcomeUnknownError):
                write(server.url)


def test_a_good_answer_is_read_with_the_gateways_clock() -> None:
    date = "Date: Fri, 20 Nov 2026 09:00:00 GMT\r\n"
    with RawServer(answering(LIST, headers=date)) as server:
        found = gateway(server.url)
        assert found.now() is None
        [order] = found.orders_since(1)
        assert order is not None
        assert order.order_id == ORDER["id"]
        assert found.now() in {1_795_165_200, 1_795_165_201}
        assert "expand%5B%5D=payments" in server.requests[0]
        assert "s3cret" not in server.requests[0]


@pytest.mark.parametrize("date", ["tomorrow", "Fri, 99 Nov 2026 99:00:00 GMT", ""])
def test_an_implausible_date_is_ignored(date: str) -> None:
    with RawServer(answering(LIST, headers=f"Date: {date}\r\n")) as server:
        found = gateway(server.url)
        assert len(found.orders_since(1)) == 1
        assert found.now() is None


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com", "https://api.razorpay.com.evil.example", "http://api.razorpay.com",
        "https://api.razorpay.com/v2", "http://10.0.0.1:80", "ftp://127.0.0.1", "", "127.0.0.1:80",
        "http://user@127.0.0.1:80", "https://api.razorpay.com@evil.example",
    ],
)  # fmt: skip
def test_keys_go_to_razorpay_or_this_machine_only(url: str) -> None:
    with pytest.raises(InvalidInputError, match="send anything"):
        checked_base_url(url)


@pytest.mark.parametrize(
    "url", ["https://api.razorpay.com/", "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:80"]
)  # fmt: skip
def test_good_addresses(url: str) -> None:
    assert checked_base_url(url) == url.rstrip("/")


def test_pictures_come_from_the_gateways_own_hosts() -> None:
    live = "https://api.razorpay.com"
    assert may_serve_images("https://rzp.io/i/abc", live)
    assert may_serve_images("https://cdn.razorpay.com/x.png", live)
    for url in ("http://rzp.io/i/a", "https://evil.example/a", "https://notrzp.io/a", "file:///x"):
        assert not may_serve_images(url, live)
    assert may_serve_images("http://127.0.0.1:9/qr.png", "http://127.0.0.1:9")
    assert not may_serve_images("https://rzp.io/i/abc", "http://127.0.0.1:9")


def test_the_budget_never_allows_more_in_any_minute_and_lets_people_first() -> None:
    clock = TestClock()
    budget = RateLimiter(60, clock)
    at: list[float] = []
    for _ in range(200):
        budget.take(urgent=False)
        at.append(clock.monotonic())
    for start in at:
        assert sum(start <= each < start + 60 for each in at) <= 60
    assert sum(at[0] <= each < at[0] + 60 for each in at) == 56, (
        "one slot in fifteen is kept for people"
    )
    budget.take(urgent=True)
    assert clock.monotonic() == at[-1], "a person does not wait for polling"


def test_a_budget_can_be_changed_while_it_is_used() -> None:
    clock = TestClock()
    budget = RateLimiter(60, clock)
    budget.allow(2)
    for _ in range(3):
        budget.take(urgent=True)
    assert clock.monotonic() >= 1_060


def test_an_exhausted_budget_raises_in_the_end() -> None:
    class Stuck(TestClock):
        def advance(self, seconds: float) -> None:
            self.ticks += seconds

    clock = Stuck()
    budget = RateLimiter(1, clock)
    budget.take(urgent=True)
    budget._taken[0] = clock.ticks + 10_000
    with pytest.raises(errors.RateLimitedError):
        budget.take(urgent=True)


def test_a_resolver_that_never_answers_ends_with_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = threading.Event()
    asked: list[object] = []

    def hang(*about: object, **_more: object) -> list[object]:
        asked.append(about[0])
        answer.wait(20)
        return []

    monkeypatch.setattr(dns_resolver, "WITHIN_S", 0.3)
    monkeypatch.setattr("socket.getaddrinfo", hang)
    try:
        for call in (write, read):
            started = time.monotonic()
            with pytest.raises(errors.UnavailableError):
                call("http://localhost:9")
            assert time.monotonic() - started < 5
        found = gateway("http://localhost:9")
        for _ in range(3):
            with pytest.raises(errors.UnavailableError):
                found.ping()
        assert len(asked) <= 3 * dns_resolver.MOST_HANGING, "of each gateway only a few hang"
    finally:
        answer.set()


def test_dripping_headers_end_with_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door_module, "DEADLINE_S", 0.5)
    with RawServer(lambda _client: time.sleep(2)) as server:
        started = time.monotonic()
        with pytest.raises(errors.UnavailableError):
            read(server.url)
        assert time.monotonic() - started < 1.9


def test_a_look_up_answered_with_other_references_proves_nothing() -> None:
    for receipt, outcome in (("r1", "found"), ("r1-and-more", None), ("other", "doubt")):
        body = json.dumps(
            {"entity": "collection", "count": 1, "items": [ORDER | {"receipt": receipt}]}
        ).encode()
        with RawServer(answering(body)) as server:
            if outcome == "doubt":
                with pytest.raises(errors.UnavailableError):
                    gateway(server.url).find_order("r1")
            else:
                assert (gateway(server.url).find_order("r1") is not None) == (outcome == "found")


ENDLESS = json.dumps(ORDER | {"amount_due": "@"}).replace('"@"', "9" * 5_000).encode()


def test_a_number_of_5000_digits_leaves_a_write_unknown() -> None:
    with RawServer(answering(ENDLESS)) as server:
        with pytest.raises(errors.OutcomeUnknownError):
            write(server.url)
        with pytest.raises(errors.OutcomeUnknownError):
            gateway(server.url).refund("pay_1", Money(1), key="k", reference="r")


def test_a_number_of_5000_digits_is_no_answer_to_a_read() -> None:
    with RawServer(answering(ENDLESS)) as server:
        with pytest.raises(errors.UnreadableError):
            gateway(server.url).fetch_order("order_RB58MiP5SPFYyM")
        with pytest.raises(errors.UnreadableError):
            read(server.url)


def test_a_code_that_may_be_an_unreadable_one_is_not_called_missing() -> None:
    code = {"id": "qr_RB58MiP5SPFYyM", "entity": "qr_code", "created_at": 10**18}
    body = json.dumps({"entity": "collection", "count": 1, "items": [code]}).encode()
    with RawServer(answering(body)) as server:
        with pytest.raises(errors.UnreadableError):
            gateway(server.url).find_qr("r1", 1_700_000_000)
