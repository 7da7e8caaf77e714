"""Renders the page: every value escaped, nothing inline, one template for all its screens."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from desktop_app.checkout import texts
from desktop_app.checkout.messages import SAFE, Response, plain, policy, script_at
from desktop_app.checkout.screens import PAYABLE, Screen
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import INR, format_rupees
from desktop_app.domain.receipt import IST
from desktop_app.domain.words import amount_in_words

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.services.views.checkout import CheckoutPage

HERE = "desktop_app.checkout"
STATIC = {
    "pay.css": "text/css; charset=utf-8",
    "pay.js": "text/javascript; charset=utf-8",
}
MODES = {MoneyMode.TRAINING: texts.TRAINING, MoneyMode.TEST: texts.TEST}
ACCENT = "#3A3FB8"
NOON = 12
TRIES = 4
"""Tries within one opening of the checkout; the page offers more."""


def render(page: CheckoutPage, screen: Screen, home: str, language: str, now: datetime) -> Response:
    """Return the page of an attempt.

    Args:
        page: what it shows.
        screen: in which state.
        home: its own address, without the query.
        language: `en` or `hi`.
        now: for how long the page is open.
    """
    script = script_at(page.script) if screen in PAYABLE else None
    values = {
        "page": page,
        "screen": screen.value,
        "home": home,
        "language": language,
        "languages": {code: name for code, name in texts.LANGUAGES.items() if code != language},
        "say": _Words(language),
        "mark": MODES.get(page.mode),
        "words": amount_in_words(page.attempt.amount, language),
        "reason": texts.reason(page.attempt.failure),
        "until": _until(page, now),
        "script": script,
        "options": json.dumps(options_of(page, home)) if script else "",
    }
    shown = _templates().get_template("page.html").render(**values)
    headers = {"Content-Security-Policy": policy(script)}
    return Response(200, "text/html; charset=utf-8", shown.encode(), SAFE | headers)


def options_of(page: CheckoutPage, home: str) -> dict[str, Any]:
    """Return the options for the gateway's checkout. Its price is the order's, whatever is here."""
    view = page.attempt
    filled = {"contact": page.contact, "email": page.email}
    return {
        "key": page.key_id,
        "order_id": view.order_id,
        "amount": view.amount.paise,
        "currency": INR,
        "name": page.centre or texts.CENTRE.english,
        "description": page.description,
        "prefill": {name: value for name, value in filled.items() if value},
        "notes": {"reference": page.reference},
        "theme": {"color": ACCENT},
        "retry": {"enabled": True, "max_count": TRIES},
        "timeout": max(1, int(view.expires_in_s or 1)),
        "modal": {"confirm_close": True},
        "callback_url": f"{home}/callback",
    }


def static_file(name: str) -> Response | None:
    """Return the style sheet or the script; None where there is none of this name."""
    kind = STATIC.get(name)
    if kind is None:
        return None
    content = (files(HERE) / "static" / name).read_bytes()
    return Response(200, kind, content, SAFE)


def nothing_here(status: int = 404) -> Response:
    """Return that nothing is here, in both languages: the page that was here has ended."""
    ended = f"{texts.ENDED.english}. {texts.ENDED_MORE.english}"
    return plain(status, f"{ended}\n\n{texts.ENDED.hindi}। {texts.ENDED_MORE.hindi}")


class _Words:
    """The texts by their names, in one language, with their values."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __call__(self, text: texts.Pair, **values: str) -> str:
        said = text.on(self._language)
        return said.format(**values) if values else said

    def __getattr__(self, name: str) -> str:
        text: texts.Pair = getattr(texts, name)
        return text.on(self._language)


def _until(page: CheckoutPage, now: datetime) -> str:
    """Return the time of day in India until which the page is open; empty where it is over."""
    left = page.attempt.expires_in_s
    if not left:
        return ""
    until = (now + timedelta(seconds=left)).astimezone(IST)
    return f"{until:%I:%M} {'am' if until.hour < NOON else 'pm'}".lstrip("0")


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["rupees"] = format_rupees
    made.globals["texts"] = texts
    return made


def _template(name: str) -> str:
    return (files(HERE) / "templates" / name).read_text(encoding="utf-8")
