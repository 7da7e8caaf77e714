"""Fault injection: spoils chosen calls on demand.

The control plane arms a fault for a method and a path; it passes `skip` calls and spoils the next
`times`. A request may also name a fault for itself alone, in the header `X-Sandbox-Fault`, which no
page of another site can send. Changes of a JSON body are in response_faults.py.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from .control_validation import check_known, one_of, path_text
from .errors import ControlError, plain, server_trouble, too_many_requests
from .path_patterns import is_developers, matches
from .response_delivery import ENVIRON_KEY, FAULT_KEY, Ending, ResponseDelivery
from .response_faults import DISTORTIONS, big_body
from .scalars import as_integer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication

    from .in_flight import InFlightOperations

STALE_KEY = "pravesh.stale"
STRICT_KEY = "pravesh.strict"
BEFORE = (
    "timeout_before", "reset_before", "html_200", "html_502", "html_429", "html_429_retry",
    "json_429", "json_429_retry", "redirect",
)  # fmt: skip
STATUSES = {
    "status_400": lambda: plain(400, "Something went wrong with this request."),
    "status_401": lambda: plain(401, "Authentication failed"),
    "status_403": lambda: plain(403, "Access Denied"),
    "status_404": lambda: plain(404, "The requested URL was not found on the server."),
    "status_429": too_many_requests,
    "status_500": lambda: server_trouble(500),
    "status_503": lambda: server_trouble(503),
    "status_504": lambda: server_trouble(504),
    "json_429": too_many_requests,
    "json_429_retry": too_many_requests,
}
AFTER = (
    "timeout_after", "reset_after", "truncate", "slow", "drip", "empty_200", "stale_read",
    "wrong_content_type", "strict_types",
)  # fmt: skip
RETRY_AFTER_S = 7
KINDS = (*BEFORE, *(k for k in STATUSES if k not in BEFORE), *AFTER, "big_body", *DISTORTIONS)
# Only these kinds wait; the others ignore `delay_s`.
DEFAULT_DELAYS_S = {"timeout_before": 30.0, "timeout_after": 30.0, "slow": 5.0, "drip": 5.0}
LONGEST_DELAY_S = 3600
MOST_TIMES = 1_000_000
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "*")
FIELDS = ("method", "path", "kind", "times", "skip", "delay_s")
HTML = {
    200: "<html><head><title>Welcome</title></head>"
    "<body><h1>Sign in to use this network</h1></body></html>",
    502: "<html><head><title>502 Bad Gateway</title></head>"
    "<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>",
    429: "<html><head><title>429 Too Many Requests</title></head>"
    "<body><center><h1>429 Too Many Requests</h1></center><hr><center>nginx</center></body></html>",
}

OPERATION = re.compile(r"/v1/payments/pay_[0-9A-Za-z]{14}/(?:capture|refund)|/v1/refunds")

Headers = list[tuple[str, str]]


@dataclass(slots=True)
class Fault:
    """One armed fault and its remaining counts."""

    method: str
    path: str
    kind: str
    times: int = 1
    skip: int = 0
    delay_s: float = 0.0

    def matches(self, method: str, path: str) -> bool:
        """Return whether the fault covers a call; `*` in the path matches one segment."""
        if self.method not in ("*", method):
            return False
        return matches(self.path, path)


class FaultRegistry:
    """The armed faults."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[Fault] = []

    def arm(self, body: dict[str, Any]) -> Fault:
        """Arm a fault; raise ControlError for invalid input."""
        fault = _read_fault(body)
        with self._lock:
            self._armed.append(fault)
        return fault

    def armed(self) -> list[dict[str, Any]]:
        """Return the armed faults, oldest first."""
        with self._lock:
            return [asdict(fault) for fault in self._armed]

    def clear(self) -> None:
        """Disarm everything."""
        with self._lock:
            self._armed.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault for a call, if any, and count it down."""
        with self._lock:
            for fault in self._armed:
                if not fault.matches(method, path):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                if fault.times == 0:
                    self._armed.remove(fault)
                return fault
        return None


class FaultMiddleware:
    """WSGI middleware that passes calls to the application, or spoils them."""

    def __init__(
        self,
        inner: WSGIApplication,
        faults: FaultRegistry,
        elsewhere: str,
        in_flight: InFlightOperations,
    ) -> None:
        self._inner = inner
        self._in_flight = in_flight
        self._faults = faults
        self._elsewhere = elsewhere

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = environ["PATH_INFO"]
        fault = None
        if not is_developers(path):
            try:
                fault = self._fault_of(environ, path)
            except ControlError as problem:
                headers = [("Content-Type", "application/json")]
                return _answer(start_response, 400, headers, [_encode({"error": str(problem)})])
        if fault is None:
            return self._inner(environ, start_response)
        environ[FAULT_KEY] = fault.kind
        delivery: ResponseDelivery = environ[ENVIRON_KEY]
        if fault.kind in BEFORE or fault.kind in STATUSES:
            status, headers, body = self._replacement(fault, delivery)
            return _answer(start_response, status, headers, [body])
        return self._spoiled_answer(fault, delivery, environ, start_response)

    def _fault_of(self, environ: dict[str, Any], path: str) -> Fault | None:
        """Return the fault that the request names, else an armed one."""
        named = environ.get("HTTP_X_SANDBOX_FAULT")
        if named is None:
            return self._faults.take(environ["REQUEST_METHOD"], path)
        return _read_fault({**_read_header(named), "path": "/"})

    def _replacement(self, fault: Fault, delivery: ResponseDelivery) -> tuple[int, Headers, bytes]:
        if fault.kind == "timeout_before":
            delivery.ending, delivery.wait_s = Ending.CLOSE, fault.delay_s
            return 200, [], b""
        if fault.kind == "reset_before":
            delivery.ending = Ending.RESET
            return 200, [], b""
        if fault.kind == "redirect":
            return 302, [("Location", f"{self._elsewhere}/redirected")], b""
        headers: Headers = []
        if fault.kind.endswith("_retry"):
            headers = [("Retry-After", str(RETRY_AFTER_S))]
        if fault.kind.startswith("html_"):
            status = int(fault.kind[5:8])
            return status, [("Content-Type", "text/html"), *headers], HTML[status].encode()
        refusal = STATUSES[fault.kind]()
        headers.append(("Content-Type", "application/json"))
        return refusal.status, headers, _encode(refusal.body())

    def _spoiled_answer(
        self,
        fault: Fault,
        delivery: ResponseDelivery,
        environ: dict[str, Any],
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        environ[STALE_KEY] = fault.kind == "stale_read"
        environ[STRICT_KEY] = fault.kind == "strict_types"
        status, headers, body = _collect(self._inner, environ)
        if fault.kind == "slow" and status == HTTPStatus.OK:
            self._keep_busy(environ, body, fault.delay_s)
        if fault.kind in ("timeout_after", "reset_after", "truncate"):
            delivery.ending = _ENDINGS[fault.kind]
        if fault.kind == "drip":
            delivery.drip_s = fault.delay_s
        elif fault.kind in DEFAULT_DELAYS_S:
            delivery.wait_s = fault.delay_s
        if fault.kind == "wrong_content_type":
            headers = [pair for pair in headers if pair[0].lower() != "content-type"]
            headers.append(("Content-Type", "text/html; charset=utf-8"))
        return self._spoil_body(fault, start_response, status, headers, body)

    @staticmethod
    def _spoil_body(
        fault: Fault, start_response: StartResponse, status: int, headers: Headers, body: bytes
    ) -> Iterable[bytes]:
        if fault.kind == "empty_200":
            status, body = 200, b""
        elif fault.kind == "big_body":
            length, parts = big_body(body)
            return _answer(start_response, status, headers, parts, length)
        elif fault.kind in DISTORTIONS and status == HTTPStatus.OK:
            body = DISTORTIONS[fault.kind](body)
        return _answer(start_response, status, headers, [body])

    def _keep_busy(self, environ: dict[str, Any], body: bytes, seconds: float) -> None:
        """Mark a slow capture or refund of a payment as in flight."""
        if environ["REQUEST_METHOD"] == "POST" and OPERATION.fullmatch(environ["PATH_INFO"]):
            made = json.loads(body)
            key = environ.get("HTTP_X_REFUND_IDEMPOTENCY")
            self._in_flight.hold(key or made.get("payment_id") or made["id"], seconds)


_ENDINGS = {"timeout_after": Ending.CLOSE, "reset_after": Ending.RESET, "truncate": Ending.CUT}


def _collect(inner: WSGIApplication, environ: dict[str, Any]) -> tuple[int, Headers, bytes]:
    head: list[Any] = []

    def start(status: str, headers: Headers, *_: Any) -> Callable[[bytes], object]:
        head[:] = [int(status.partition(" ")[0]), headers]
        return lambda _data: None

    body = b"".join(inner(environ, start))
    return head[0], head[1], body


def _answer(
    start_response: StartResponse,
    status: int,
    headers: Headers,
    parts: Iterable[bytes],
    length: int | None = None,
) -> Iterable[bytes]:
    if length is None:
        parts = list(parts)
        length = sum(map(len, parts))
    kept = [pair for pair in headers if pair[0].lower() != "content-length"]
    phrase = HTTPStatus(status).phrase
    start_response(f"{status} {phrase}", [*kept, ("Content-Length", str(length))])
    return parts


def _encode(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer).encode()


def _read_fault(body: dict[str, Any]) -> Fault:
    check_known(body, FIELDS)
    kind, method = one_of(body, "kind", KINDS), one_of(body, "method", METHODS, "*")
    times, skip = _count(body, "times", 1), _count(body, "skip", 0)
    return Fault(method, path_text(body), kind, times, skip, _delay(body, kind))


def _read_header(text: str) -> dict[str, Any]:
    """Return the fields of a header such as `slow; delay_s=2`."""
    kind, *rest = (part.strip() for part in text.split(";"))
    given: dict[str, Any] = {"kind": kind}
    for part in rest:
        name, _, value = part.partition("=")
        if name.strip() != "delay_s" or not re.fullmatch(
            r"[0-9]{1,6}(\.[0-9]{1,3})?", value.strip()
        ):
            raise ControlError(
                "X-Sandbox-Fault must be a kind, or one with a wait: slow; delay_s=2"
            )
        given["delay_s"] = float(value)
    return given


def _count(body: dict[str, Any], name: str, least: int) -> int:
    value = as_integer(body.get(name, least))
    if type(value) is not int or not least <= value <= MOST_TIMES:
        raise ControlError(f"{name} must be {least} or more")
    return value


def _delay(body: dict[str, Any], kind: str) -> float:
    seconds = body.get("delay_s", DEFAULT_DELAYS_S.get(kind, 0.0))
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise ControlError("delay_s must be seconds")
    if not 0 <= seconds <= LONGEST_DELAY_S:
        raise ControlError(f"delay_s must be within 0 and {LONGEST_DELAY_S}")
    return float(seconds)
