"""The hardened session under the SDK, which every call passes through.

A time-out per call and a deadline for the whole answer, a current CA bundle, no redirects, at
most 1 MB, strict JSON, a request budget, the gateway's clock. It raises the port's errors itself,
so that the SDK neither drops their detail nor prints to stdout nor retries a write.
"""

from __future__ import annotations

import email.utils
import logging
import time
from typing import TYPE_CHECKING, Any

import urllib3

from desktop_app.gateway.dns_resolver import Resolver, ResolvingAdapter
from desktop_app.gateway.errors import (
    BrokenAnswerError,
    WireError,
    from_status,
    from_transport,
    from_wire,
)
from desktop_app.gateway.sdk import requests
from desktop_app.gateway.strict_json import parse_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.gateway.rate_limiter import RateLimiter

log = logging.getLogger(__name__)

TIMEOUT_S = (3.05, 10.0)
"""(connect, read): the read time-out applies per read; `DEADLINE_S` bounds the whole answer."""

DEADLINE_S = 15.0
MOST_BYTES = 1_000_000
STALE_AFTER_S = 20.0
_CHUNK = 16_384


class GatewaySession(requests.Session):
    """A session for one thread.

    Attributes:
        urgent: whether the next call takes precedence over polling in the budget.
        answer: the last answer's JSON object.
    """

    def __init__(
        self,
        budget: RateLimiter,
        note_date: Callable[[int], None],
        *,
        trust_env: bool,
        resolver: Resolver | None = None,
    ) -> None:
        super().__init__()
        adapter = ResolvingAdapter(resolver or Resolver(), lambda: self._until)
        self.mount("https://", adapter)
        self.mount("http://", adapter)
        self._until = 0.0
        self.trust_env = trust_env
        self.urgent = False
        self.answer: dict[str, Any] = {}
        self._budget = budget
        self._note_date = note_date
        self._used_at = 0.0

    def request(  # type: ignore[override]
        self, method: str, url: str, **options: Any
    ) -> requests.Response:
        """Send one request and return its validated answer.

        Raises:
            GatewayError: of the kind that matches the failure and whether a request was sent.
        """
        is_write = method.upper() != "GET"
        self._budget.take(urgent=self.urgent)
        self._drop_stale_connections()
        options.update(allow_redirects=False, stream=True, timeout=TIMEOUT_S)
        started = time.monotonic()
        self._until = started + DEADLINE_S
        try:
            response = super().request(method, url, **options)
            self._note_clock(response)
            body = self._read(response, self._until)
        except requests.RequestException as error:
            raise from_transport(error, is_write=is_write) from error
        except WireError as error:
            raise from_wire(error, is_write=is_write) from error
        finally:
            self._used_at = time.monotonic()
        log.info(
            "%s %s %d in %d ms",
            method.upper(),
            url.partition("/v1")[2].partition("?")[0],
            response.status_code,
            (time.monotonic() - started) * 1000,
        )
        return self._judge(response, body, is_write=is_write)

    def _judge(
        self, response: requests.Response, body: bytes, *, is_write: bool
    ) -> requests.Response:
        try:
            parsed: dict[str, Any] | None = parse_object(body)
            doubt: WireError | None = None
        except WireError as error:
            parsed, doubt = None, error
        refused = from_status(response.status_code, parsed, is_write=is_write)
        if refused is not None:
            raise refused
        if doubt is not None or parsed is None:
            doubt = doubt or BrokenAnswerError("the answer is empty")
            raise from_wire(doubt, is_write=is_write) from doubt
        self.answer = parsed
        return response

    def _drop_stale_connections(self) -> None:
        """Reconnect after a pause: a write on a connection closed by the peer would be lost."""
        if self._used_at and time.monotonic() - self._used_at > STALE_AFTER_S:
            self.close()

    def _note_clock(self, response: requests.Response) -> None:
        """Record the Date header, ignoring an implausible one."""
        try:
            date = email.utils.parsedate_to_datetime(response.headers.get("Date", ""))
            self._note_date(int(date.timestamp()))
        except (ValueError, OverflowError, OSError):
            return

    def _read(self, response: requests.Response, until: float) -> bytes:
        """Read the body, bounded in size and total time."""
        read = bytearray()
        try:
            while True:
                left = until - time.monotonic()
                if left <= 0:
                    raise BrokenAnswerError("the answer takes too long")
                _limit_next_read(response, left)
                chunk = response.raw.read1(_CHUNK, decode_content=True)
                if not chunk:
                    break
                read += chunk
                if len(read) > MOST_BYTES:
                    raise WireError("the answer is over 1 MB")
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise BrokenAnswerError("the answer broke off") from error
        else:
            if response.raw.length_remaining:
                raise BrokenAnswerError("the answer was cut short")
        finally:
            _keep_or_close(response, whole=not response.raw.length_remaining)
            response._content = bytes(read)  # noqa: SLF001 - the SDK asks for .json() again
            response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001
        return bytes(read)


def _limit_next_read(response: requests.Response, seconds: float) -> None:
    """Shorten the socket's time-out to the rest of the deadline."""
    connection = getattr(response.raw, "_connection", None)
    sock = getattr(connection, "sock", None)
    if sock is not None:
        sock.settimeout(min(seconds, TIMEOUT_S[1]))


def _keep_or_close(response: requests.Response, *, whole: bool) -> None:
    if whole:
        response.raw.release_conn()
    else:
        response.raw.close()
