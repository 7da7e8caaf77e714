"""Requests and responses as plain values, and the checks that every request passes first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_BODY = 8_192
MOST_FIELDS = 20
FORM = "application/x-www-form-urlencoded"
OPAQUE = "null"
"""The origin that a browser names where it names none: after `Referrer-Policy: no-referrer`."""
RAZORPAY = "razorpay.com"


class Site(NamedTuple):
    """Where the page is served: `http://127.0.0.1:49152`."""

    scheme: str
    host: str

    @property
    def origin(self) -> str:
        """The only origin from which the page accepts anything."""
        return f"{self.scheme}://{self.host}"


class Script(NamedTuple):
    """Where the gateway's checkout comes from.

    Attributes:
        address: of its script.
        sources: what the page may load, embed and call, for the Content-Security-Policy.
        senders: the origins of the pages that lead a browser back here.
        needs_styles: whether the script brings style rules with it.
    """

    address: str
    sources: str
    senders: frozenset[str]
    needs_styles: bool


def script_at(address: str) -> Script:
    """Return the sources of the checkout whose script is at an address."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if host.endswith(f".{RAZORPAY}"):
        senders = {f"https://{name}.{RAZORPAY}" for name in ("api", "checkout")}
        return Script(address, f"https://*.{RAZORPAY}", frozenset(senders), needs_styles=True)
    origin = f"{parts.scheme}://{parts.netloc}"
    return Script(address, origin, frozenset({origin}), needs_styles=False)


@dataclass(frozen=True, slots=True)
class Request:
    """A request of a browser.

    Attributes:
        headers: by their names in lower case.
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path, without the query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The fields of the query."""
        return _fields(self.target.partition("?")[2])

    @property
    def form(self) -> dict[str, str]:
        """The fields of the body; none where it is no form."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return _fields(self.body.decode("utf-8", "replace")) if kind == FORM else {}


@dataclass(frozen=True, slots=True)
class Response:
    """A response to a browser."""

    status: int
    kind: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


SAFE = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Headers of every response."""
CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The policy of everything that loads nothing."""


def policy(script: Script | None) -> str:
    """Return the policy of a page: nothing inline, nothing from anywhere but here and Razorpay."""
    more = f" {script.sources}" if script else ""
    styles = " 'unsafe-inline'" if script and script.needs_styles else ""
    rules = [
        "default-src 'none'",
        f"script-src 'self'{more}",
        f"style-src 'self'{styles}",
        f"img-src 'self' data:{more}",
        f"connect-src 'self'{more}",
        f"frame-src{more or chr(32) + chr(39) + 'none' + chr(39)}",
        f"form-action 'self'{more}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    return "; ".join(rules)


def plain(status: int, words: str, **headers: str) -> Response:
    """Return a response of one line."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    own = {"Content-Security-Policy": CLOSED}
    return Response(status, "text/plain; charset=utf-8", f"{words}\n".encode(), own | named)


def refusal(request: Request, site: Site, senders: frozenset[str] = frozenset()) -> Response | None:
    """Return why a request is refused; None where it may be served.

    Args:
        request: the request.
        site: where the page is served; no other host name leads here.
        senders: other origins that may post here. With them an origin may also be missing, since
            a browser that was redirected names none.
    """
    if request.headers.get("host", "").lower() != site.host:
        return plain(421, "This address isn't served here.")
    if request.method not in ("GET", "POST"):
        return plain(405, "You can't do this here.", Allow="GET, POST")
    if len(request.body) > MOST_BODY:
        return plain(413, "This is too long.")
    return None if _is_own(request, site, senders) else plain(403, "Only this page can do this.")


def _is_own(request: Request, site: Site, senders: frozenset[str]) -> bool:
    """Whether a request comes from the page itself, or from where one may be sent here."""
    origin = request.headers.get("origin")
    if request.method == "GET":
        return origin in (None, site.origin)
    if senders:
        return origin in {site.origin, *senders, None, OPAQUE}
    place = request.headers.get("sec-fetch-site", "same-origin")
    return origin == site.origin and place == "same-origin"


def _fields(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        return {}
