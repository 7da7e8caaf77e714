"""Rendering of templates: escaping, security headers, amounts and times for parents.

Every value is escaped, nothing is loaded from another site, and pages hold no inline script or
style, so that the Content-Security-Policy can forbid the rest. Must not know what a page is about.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from flask import Response, redirect
from jinja2 import Environment, FunctionLoader, StrictUndefined

from ..banking_days import INDIA

STATIC_PATH = "/_pages/"
PULSE = f"{STATIC_PATH}pulse"
STATIC = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "board.css": "text/css; charset=utf-8",
    "board.js": "text/javascript; charset=utf-8",
    "checkout.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
NOBODY = "'none'"
HERE = __package__ or ""


class PageRenderer:
    """Renderer of the pages."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FunctionLoader(_template),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(rupees=rupees, moment=moment, day=day, span=span)

    def page(
        self,
        template: str,
        values: dict[str, Any],
        *,
        status: int = 200,
        framed_by: str = NOBODY,
        sends_to: str = "",
    ) -> Response:
        """Return a rendered template with its security headers.

        Args:
            template: Its name, without `.html`.
            values: Its variables.
            status: The HTTP status.
            framed_by: The policy's `frame-ancestors`; empty allows every site.
            sends_to: Another origin to which its forms may lead.
        """
        shown = self._templates.get_template(f"{template}.html").render(**values)
        headers = {
            "Content-Security-Policy": policy(framed_by, sends_to),
            "Cache-Control": "no-store",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(shown, status, headers, content_type="text/html; charset=utf-8")


def policy(framed_by: str = NOBODY, sends_to: str = "") -> str:
    """Return the Content-Security-Policy of a page."""
    rules = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        f"form-action 'self' {sends_to}".rstrip(),
        "base-uri 'none'",
    ]
    if framed_by:
        rules.append(f"frame-ancestors {framed_by}")
    return "; ".join(rules)


def static_file(name: str) -> Response | None:
    """Return a style sheet or a script, None if there is none of that name."""
    kind = STATIC.get(name)
    if kind is None:
        return None
    content = (files(HERE) / "static" / name).read_bytes()
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return Response(content, 200, headers, content_type=kind)


def missing(words: str = "Page not found.") -> Response:
    """Return a 404 with a text."""
    return Response(f"{words}\n", 404, content_type="text/plain; charset=utf-8")


def see_other(address: str) -> Response:
    """Redirect the browser after a form."""
    return redirect(address, 303)  # type: ignore[return-value]


def rupees(paise: int) -> str:
    """Format paise as rupees with Indian grouping: ₹1,18,000.00."""
    whole, rest = divmod(paise, 100)
    digits = str(whole)
    head, tail = digits[:-3], digits[-3:]
    pairs: list[str] = []
    while head:
        pairs.insert(0, head[-2:])
        head = head[:-2]
    return f"₹{','.join([*pairs, tail])}.{rest:02d}"


def moment(seconds: int) -> str:
    """Format Unix seconds as a date and time in India."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(INDIA).strftime("%d %b %Y, %H:%M:%S IST")


def day(seconds: int) -> str:
    """Format Unix seconds as a day in India."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(INDIA).strftime("%d %b %Y")


def span(seconds: int) -> str:
    """Format seconds as days, hours, minutes and seconds, without what is 0."""
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    parts = ((days, "day"), (hours, "hour"), (rest // 60, "minute"), (rest % 60, "second"))
    return " ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts if n)


def _template(name: str) -> str:
    return (files(HERE) / "templates" / name).read_text(encoding="utf-8")
