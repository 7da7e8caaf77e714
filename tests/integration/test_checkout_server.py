"""The page of the checkout over HTTP: what it shows, whom it lets in, and what it takes."""

from __future__ import annotations

import http.client
import logging
import queue
import re
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import pytest

from desktop_app.checkout import server, texts
from desktop_app.checkout.messages import CLOSED, MOST_BODY, policy, script_at
from desktop_app.checkout.server import MOST_CONNECTIONS
from desktop_app.checkout.tickets import RESULT_S
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services import errors
from desktop_app.services.ports.system import PageNews
from tests.integration.conftest import counter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.services.ports.gateway import CheckoutProof
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Counter

__all__ = ["counter"]
pytestmark = pytest.mark.integration
FORM = "application/x-www-form-urlencoded"


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def screen(self) -> str:
        found = re.search(r'data-screen="(\w+)"', self.text)
        return found[1] if found else ""


@dataclass
class OpenPage:
    """A page of an attempt, and a browser that sends what a test wants."""

    counter: Counter
    view: AttemptView
    address: str
    heard: list[PageNews]

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    @property
    def order_id(self) -> str:
        assert self.view.order_id is not None
        return self.view.order_id

    @property
    def path(self) -> str:
        return urlsplit(self.address).path

    def send(
        self, method: str, path: str, body: bytes | None = None, **headers: str | None
    ) -> Reply:
        link = http.client.HTTPConnection(self.host, timeout=20)
        sent = {name.replace("_", "-"): value for name, value in headers.items() if value}
        try:
            link.request(method, path, body, sent)
            answer = link.getresponse()
            text = answer.read().decode()
        finally:
            link.close()
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, text)

    def get(self, step: str = "", **headers: str | None) -> Reply:
        return self.send("GET", f"{self.path}{step}", None, **headers)

    def post(self, step: str, fields: dict[str, str], **headers: str | None) -> Reply:
        known: dict[str, str | None] = {"Origin": f"http://{self.host}", "Content_Type": FORM}
        return self.send(
            "POST", f"{self.path}{step}", urlencode(fields).encode(), **known | headers
        )

    def prove(self, proof: CheckoutProof, step: str = "/proof", **headers: str | None) -> Reply:
        fields = {
            "razorpay_payment_id": proof.payment_id,
            "razorpay_order_id": "order_of_somebody",
            "razorpay_signature": proof.signature,
        }
        return self.post(step, fields, **headers)

    def pay(self, outcome: str = "success") -> CheckoutProof:
        payment_id = self.counter.gateway.pay_order(self.order_id, outcome)
        return self.counter.gateway.proof_of(payment_id)


@pytest.fixture
def page(counter: Counter) -> Iterator[OpenPage]:
    student = counter.student(name="Asha Rao", guardian_phone="9845012345")
    counter.desk.settings.put("centre.name", "Vidya <Coaching>")
    begun = counter.payments.begin(student.uid, counter.course().uid, Method.CHECKOUT)
    view = counter.payments.open(begun.uid)
    heard: list[PageNews] = []
    yield OpenPage(counter, view, counter.desk.checkout.address(view.uid, heard.append), heard)
    counter.desk.checkout.close()


# --- the address


def test_the_address_is_a_secret_of_128_bits_on_the_loopback_interface(page: OpenPage) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/pay/[\w-]{22}", page.address)
    again = page.counter.desk.checkout.address(page.view.uid)
    assert again == page.address
    begun = page.counter.payments.begin(
        page.counter.student("R002").uid, page.counter.courses.find("PHY-11").uid, Method.CHECKOUT
    )
    other = page.counter.payments.open(begun.uid)
    assert page.counter.desk.checkout.address(other.uid) != page.address


def test_nothing_listens_before_the_first_page_and_after_the_last(counter: Counter) -> None:
    view = counter.shown(Method.CHECKOUT)
    assert "checkout" not in {thread.name for thread in threading.enumerate()}
    address = counter.desk.checkout.address(view.uid)
    assert "checkout" in {thread.name for thread in threading.enumerate()}
    counter.desk.checkout.close()
    assert "checkout" not in {thread.name for thread in threading.enumerate()}
    with (
        pytest.raises(OSError, match="refused"),
        socket.create_connection(("127.0.0.1", urlsplit(address).port or 0), timeout=5),
    ):
        pass


# --- what is shown


def test_the_page_shows_who_pays_what_and_no_more(page: OpenPage) -> None:
    shown = page.get()
    text = unescape(shown.text)
    assert (shown.status, shown.screen) == (200, "pay")
    for words in (
        "Vidya <Coaching>", "Fee for Asha", "Physics XI", "₹11,800.00",
        "Eleven thousand eight hundred rupees only", "Pay ₹11,800.00",
    ):  # fmt: skip
        assert words in text
    assert "Rao" not in text
    assert "<Coaching>" not in shown.text
    assert 'lang="en"' in shown.text
    assert page.order_id in text
    assert '"prefill": {"contact": "+919845012345"}' in text
    [notes] = re.findall(r'"notes": (\{.*?\})', text)
    assert notes == f'{{"reference": "{page.counter.desk.checkout.page(page.view.uid).reference}"}}'


def test_nothing_is_inline_and_nothing_is_kept(page: OpenPage) -> None:
    shown = page.get()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|javascript:", shown.text)
    rules = dict(
        rule.partition(" ")[::2] for rule in shown.headers["content-security-policy"].split("; ")
    )
    gateway = page.counter.gateway.checkout_script.removesuffix("/v1/checkout.js")
    assert rules == {
        "default-src": "'none'", "script-src": f"'self' {gateway}", "style-src": "'self'",
        "img-src": f"'self' data: {gateway}", "connect-src": f"'self' {gateway}",
        "frame-src": gateway, "form-action": f"'self' {gateway}", "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }  # fmt: skip
    for name, value in (
        ("referrer-policy", "no-referrer"), ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"), ("x-frame-options", "DENY"),
    ):  # fmt: skip
        assert shown.headers[name] == value
    assert "server" not in shown.headers
    assert "set-cookie" not in shown.headers


def test_razorpays_own_script_may_style_and_nothing_else_inline() -> None:
    script = script_at("https://checkout.razorpay.com/v1/checkout.js")
    rules = policy(script)
    assert "script-src 'self' https://*.razorpay.com;" in rules
    assert rules.count("unsafe-inline") == 1
    assert "unsafe-eval" not in rules
    assert script_at("https://razorpay.com.evil.example/x.js").sources == (
        "https://razorpay.com.evil.example"
    )


def test_the_language_is_the_desks_until_another_is_chosen(page: OpenPage) -> None:
    page.counter.desk.settings.put("display.language", "hi")
    assert "Asha की फ़ीस" in page.get().text
    chosen = page.get("?lang=en")
    assert (chosen.status, chosen.headers["location"]) == (303, page.path)
    assert "Fee for Asha" in page.get().text
    assert page.get("?lang=xx").screen == "pay"


def test_every_text_has_its_hindi() -> None:
    pairs = [each for each in vars(texts).values() if isinstance(each, texts.Pair)]
    for pair in (*pairs, *texts.REASONS.values()):
        assert re.search("[\u0900-\u097f]", pair.hindi), pair
        assert set(re.findall(r"\{\w+\}", pair.english)) == set(re.findall(r"\{\w+\}", pair.hindi))


def test_the_style_sheet_and_the_script_load_nothing(page: OpenPage) -> None:
    for name in ("pay.css", "pay.js"):
        shown = page.send("GET", f"/static/{name}")
        assert shown.status == 200
        assert "http" not in shown.text
        assert "innerHTML" not in shown.text


# --- who is let in


def test_another_host_name_is_refused(page: OpenPage) -> None:
    for host in ("evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", " "):
        assert page.get(Host=host).status == 421
        assert page.post("/failed", {}, Host=host).status == 421
    assert page.heard == []


def test_another_origin_is_refused(page: OpenPage) -> None:
    proof = page.pay()
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", None):
        if origin:
            assert page.get(Origin=origin).status == 403
        assert page.prove(proof, Origin=origin).status == 403
    assert not page.counter.payments.view(page.view.uid).has_proof
    assert page.heard == []


def test_another_site_is_refused_whatever_origin_it_names(page: OpenPage) -> None:
    assert page.post("/failed", {}, Sec_Fetch_Site="cross-site").status == 403


def test_only_known_paths_and_verbs(page: OpenPage) -> None:
    own = {"Origin": f"http://{page.host}", "Content_Type": FORM}
    for path in (
        "/", "/pay/", "/pay/AAAAAAAAAAAAAAAAAAAAAA", f"{page.path}/", f"{page.path}/unknown",
        f"{page.path}/../../etc/passwd", "/static/../application.py", "/static/page.html",
    ):  # fmt: skip
        answer = page.send("GET", path)
        assert (path, answer.status) == (path, 404)
        assert answer.headers["content-security-policy"] == CLOSED
    for verb, step in (
        ("GET", "/proof"), ("POST", ""), ("POST", "/state"), ("PUT", ""), ("DELETE", ""),
        ("OPTIONS", ""), ("HEAD", ""),
    ):  # fmt: skip
        body = b"" if verb in ("POST", "PUT") else None
        answer = page.send(verb, page.path + step, body, **own)
        assert (verb, step, answer.status) == (verb, step, 405)
        assert answer.headers["content-security-policy"] == CLOSED
    assert page.heard == []


def test_what_is_too_long_or_has_no_length_is_refused(page: OpenPage) -> None:
    assert page.post("/failed", {"x": "y" * MOST_BODY}).status == 413
    chunked = page.send(
        "POST", f"{page.path}/failed", None, Transfer_Encoding="chunked", Content_Length=None
    )
    assert chunked.status == 411
    assert page.get(X="y" * 70_000).status == 431
    assert page.send("GET", "/" + "y" * 70_000).status == 414
    assert page.heard == []


def raw(page: OpenPage, *lines: str, body: str = "") -> bytes:
    """Send a request as it is written, and nothing after it; return the first line that comes."""
    host, port = page.host.split(":")
    with socket.create_connection((host, int(port)), timeout=20) as link:
        link.sendall("\r\n".join((*lines, "", body)).encode())
        link.shutdown(socket.SHUT_WR)
        with link.makefile("rb") as answer:
            return answer.readline().rstrip()


@pytest.mark.parametrize(
    ("name", "other"),
    [("Host", "evil.example"), ("Origin", "https://evil.example"), ("Content-Length", "7")],
)
def test_a_header_that_decides_is_said_once(page: OpenPage, name: str, other: str) -> None:
    lines = [
        f"POST {page.path}/back HTTP/1.1", f"Host: {page.host}", f"Origin: http://{page.host}",
        "Content-Length: 0",
    ]  # fmt: skip
    assert raw(page, *lines) == b"HTTP/1.0 200 OK"
    for twice in ([lines[0], f"{name}: {other}", *lines[1:]], [*lines, f"{name}: {other}"]):
        assert raw(page, *twice) == b"HTTP/1.0 400 Bad Request"
    assert page.heard == [PageNews.BACK]


def test_half_a_proof_is_not_taken_for_a_false_one(page: OpenPage) -> None:
    proof = page.pay()
    body = urlencode({
        "razorpay_payment_id": proof.payment_id, "razorpay_signature": proof.signature
    })  # fmt: skip
    lines = (
        f"POST {page.path}/proof HTTP/1.1", f"Host: {page.host}", f"Origin: http://{page.host}",
        f"Content-Type: {FORM}", f"Content-Length: {len(body)}",
    )  # fmt: skip
    assert raw(page, *lines, body=body[:-9]) == b"HTTP/1.0 400 Bad Request"
    assert not page.counter.payments.view(page.view.uid).has_false_proof
    assert page.heard == []
    assert raw(page, *lines, body=body) == b"HTTP/1.0 200 OK"
    assert page.counter.payments.view(page.view.uid).has_proof


def test_who_sends_a_byte_now_and_then_is_not_waited_for(
    page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "PATIENCE_S", 0.1)
    host, port = page.host.split(":")
    with socket.create_connection((host, int(port)), timeout=0.05) as link:
        with suppress(ConnectionError):
            for _ in range(200):
                link.sendall(b"x")
                with suppress(TimeoutError):
                    assert link.recv(1) == b""
                    return
            pytest.fail("the connection is still open")


def test_a_connection_that_gets_no_thread_takes_no_place(
    page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        for _ in range(MOST_CONNECTIONS):
            with pytest.raises((http.client.HTTPException, ConnectionError)):
                page.get()
    assert page.get().screen == "pay"


def test_no_connection_outlives_the_server(page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    serving: queue.Queue[threading.Thread] = queue.Queue()
    real = BaseHTTPRequestHandler.handle

    def handle(handler: BaseHTTPRequestHandler) -> None:
        serving.put(threading.current_thread())
        real(handler)

    monkeypatch.setattr(BaseHTTPRequestHandler, "handle", handle)
    host, port = page.host.split(":")
    with socket.create_connection((host, int(port)), timeout=20) as link:
        link.sendall(b"GET / HT")
        thread = serving.get(timeout=20)
        page.counter.desk.checkout.close()
        thread.join(5)
    assert not thread.is_alive()


def test_its_start_asks_no_name_server(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getfqdn", lambda *_: pytest.fail("a name was looked up"))
    counter.desk.checkout.address(counter.shown(Method.CHECKOUT).uid)
    counter.desk.checkout.close()


def test_a_body_that_is_no_form_says_nothing(page: OpenPage) -> None:
    body = b'{"razorpay_payment_id": "pay_1", "razorpay_signature": "x"}'
    origin = f"http://{page.host}"
    for kind in ("application/json", "text/plain", FORM):
        sent = page.send("POST", f"{page.path}/proof", body, Origin=origin, Content_Type=kind)
        assert sent.status == 200
    assert not page.counter.payments.view(page.view.uid).has_false_proof


def test_many_connections_at_once_are_not_all_kept(page: OpenPage) -> None:
    where = ("127.0.0.1", int(page.host.partition(":")[2]))
    held = [socket.create_connection(where, timeout=20) for _ in range(MOST_CONNECTIONS)]
    with socket.create_connection(where, timeout=20) as one_more:
        one_more.sendall(b"GET / HTTP/1.1\r\n\r\n")
        with suppress(ConnectionResetError):
            assert one_more.recv(1) == b""
    for each in held:
        each.close()


# --- what is taken


def test_a_proof_leads_to_the_deciding_page_and_the_fetch_to_the_receipt(page: OpenPage) -> None:
    assert page.prove(page.pay()).status == 200
    assert page.heard == [PageNews.PROOF]
    deciding = page.get()
    assert deciding.screen == "deciding"
    assert "Don't pay again" in unescape(deciding.text)
    assert page.get("/state").text == '{"screen": "deciding"}'
    assert page.counter.ledger()["payments"] == []
    page.counter.polling.run(asked=True)
    assert page.get("/state").text == '{"screen": "paid"}'
    paid = page.get()
    assert paid.screen == "paid"
    for words in ("D1/26-27/000001", "₹11,800.00", "Back to the desk"):
        assert words in paid.text
    assert "data-options" not in paid.text
    assert page.order_id not in paid.text


def test_a_false_proof_is_shown_as_such_and_the_fee_can_still_be_paid(page: OpenPage) -> None:
    proof = page.pay()
    forged = type(proof)(proof.payment_id, "0" * 64)
    page.prove(forged)
    shown = page.get()
    assert shown.screen == "false"
    assert "isn't genuine" in unescape(shown.text)
    assert 'id="pay"' in shown.text
    assert page.counter.ledger()["payments"] == []
    page.counter.polling.run(asked=True)
    assert page.get().screen == "paid"


def test_a_failed_try_is_explained_and_tried_again_on_the_same_order(page: OpenPage) -> None:
    page.pay("failure")
    page.post("/failed", {})
    assert page.heard == [PageNews.FAILED]
    page.counter.polling.run(asked=True)
    shown = page.get()
    assert shown.screen == "failed"
    assert "Try again" in shown.text
    assert page.order_id in shown.text


def test_every_reason_is_in_plain_words() -> None:
    for code in (*texts.REASONS, "never_heard_of", "", "No code, only words"):
        assert "_" not in texts.reason(f"{code}: Bank says no").english


def test_a_browser_that_returns_by_address_is_led_to_the_page(page: OpenPage) -> None:
    proof = page.pay()
    for origin in ("http://127.0.0.1:9", "null", None):
        back = page.prove(proof, "/callback", Origin=origin)
        assert (back.status, back.headers["location"]) == (303, page.path)
    assert page.get().screen == "deciding"


def test_a_return_after_a_failure_is_led_to_the_page_too(page: OpenPage) -> None:
    fields = {"error[code]": "BAD_REQUEST_ERROR", "error[reason]": "payment_failed"}
    back = page.post("/callback", fields, Origin="null")
    assert (back.status, page.heard) == (303, [PageNews.FAILED])
    assert page.post("/callback", fields, Origin="https://evil.example").status == 403


def test_the_way_back_is_heard(page: OpenPage) -> None:
    page.post("/back", {})
    assert page.heard == [PageNews.BACK]


# --- a proof that was decided


def test_a_tab_of_an_earlier_page_shows_the_receipt_too(page: OpenPage) -> None:
    counter = page.counter
    counter.payments.cancel(page.view.uid)
    later = counter.payments.open(counter.payments.begin_again(page.view.uid, Method.CHECKOUT).uid)
    assert later.order_id == page.order_id
    page.prove(page.pay())
    assert page.get().screen == "deciding"
    counter.polling.run(asked=True)
    assert counter.payments.view(later.uid).state is AttemptState.PAID
    shown = page.get()
    assert shown.screen == "paid"
    assert "D1/26-27/000001" in shown.text


def test_a_payment_that_was_returned_can_be_tried_again(page: OpenPage) -> None:
    counter, proof = page.counter, page.pay("authorized")
    counter.gateway.trouble("capture", errors.RejectedError("no"), times=9)
    page.prove(proof)
    counter.polling.run(asked=True)
    assert page.get().screen == "deciding"
    counter.gateway.return_uncaptured(proof.payment_id)
    counter.polling.run(asked=True)
    assert page.get().screen == "pay"
    assert not counter.payments.view(page.view.uid).has_proof


def test_a_payment_that_is_left_is_not_called_one_that_will_be_recorded(page: OpenPage) -> None:
    counter = page.counter
    counter.payments.cancel(page.view.uid)
    course = counter.courses.find("PHY-11")
    counter.payments.begin(page.view.student_uid, course.uid, Method.CASH)
    page.prove(page.pay("authorized"))
    counter.polling.reconcile()
    shown = page.get()
    assert shown.screen == "ended"
    assert texts.RETURNS.english in unescape(shown.text)
    assert "record your payment" not in unescape(shown.text)


def test_nobody_pays_on_a_page_whose_proof_could_not_be_checked(page: OpenPage) -> None:
    page.counter.gateway.key_id = "rzp_live_other00000001"
    shown = page.get()
    assert shown.screen == "ended"
    assert 'id="pay"' not in shown.text
    page.prove(page.pay())
    page.counter.polling.run(asked=True)
    assert page.get().screen == "paid"


# --- its end


@pytest.mark.parametrize("ends", [AttemptState.CANCELLED, AttemptState.EXPIRED])
def test_the_page_ends_with_the_attempt(page: OpenPage, ends: AttemptState) -> None:
    end = (
        page.counter.payments.cancel
        if ends is AttemptState.CANCELLED
        else (page.counter.payments.expire)
    )
    assert end(page.view.uid).state is ends
    shown = page.get()
    assert shown.screen == "ended"
    assert 'id="pay"' not in shown.text
    page.counter.clock.advance(RESULT_S)
    gone = page.get()
    assert gone.status == 404
    assert "This page has expired" in gone.text
    assert page.post("/failed", {}).status == 404


def test_late_money_is_shown_on_a_page_that_has_ended(page: OpenPage) -> None:
    page.counter.payments.cancel(page.view.uid)
    assert page.get().screen == "ended"
    page.pay()
    page.counter.polling.run(asked=True)
    assert page.get().screen == "paid"


def test_money_that_pays_nothing_is_not_called_a_paid_fee(page: OpenPage) -> None:
    page.counter.payments.cancel(page.view.uid)
    page.counter.payments.begin(
        page.view.student_uid, page.counter.courses.find("PHY-11").uid, Method.CASH
    )
    page.pay()
    page.counter.polling.reconcile()
    shown = page.get()
    assert shown.screen == "paid"
    assert "Please ask at the desk about this payment." in shown.text


def test_a_page_that_cannot_be_read_says_nothing_of_why(
    page: OpenPage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_uid: str) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr(type(page.counter.desk.checkout._made), "page", lambda _s, uid: fail(uid))  # type: ignore[attr-defined]
    with caplog.at_level(logging.DEBUG):
        shown = page.get()
    assert shown.status == 503
    assert "secret words" not in shown.text + caplog.text
    assert "RuntimeError" in caplog.text


def test_no_log_has_the_address_or_a_phone_number(
    page: OpenPage, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        page.prove(page.pay())
        page.get()
        page.get("/unknown")
    logged = caplog.text + "".join(capfd.readouterr())
    for secret in (page.path.rpartition("/")[2], "9845012345"):
        assert secret not in logged
