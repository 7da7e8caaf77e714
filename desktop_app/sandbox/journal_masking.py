"""Masking of what the journal shows: keys, webhook secrets, card numbers, CVVs and passwords.

Works on JSON, forms, JSON within forms, and on any other text by its words and digits. Must not
change what was recorded.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qsl

from .form_parsing import FORM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .journal import Content

MASK = "***"
SHORTEST_SECRET = 6
SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie", "set-cookie")
SECRET_NAMES = frozenset(
    "secret keysecret webhooksecret clientsecret cvv cvc cvv2 securitycode password otp pin "
    "accesstoken refreshtoken authorization".split()
)
CARD_NAMES = frozenset(("number", "cardnumber"))
LEAST_CARD_DIGITS = 12
DIGITS = re.compile(r"(?<![0-9A-Za-z_])[0-9](?:[ -]?[0-9]){11,18}(?![0-9A-Za-z_])")
WORDS = r"key_secret|webhook_secret|client_secret|secret|cvv|cvc|password|otp"
PAIR = re.compile(rf"""((?:{WORDS})\]?["']?\s*[:=]\s*["']?)([^"'&,}}\s]+)""", re.IGNORECASE)
PART = re.compile(rf"""(name="[^"]*(?:{WORDS})[^"]*"\r?\n\r?\n)([^\r\n]*)""", re.IGNORECASE)


class Masker:
    """Masking of the texts of one account.

    Args:
        secrets: Texts that are masked wherever they are: the key's secret and those of webhooks.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [text for text in secrets if len(text) >= SHORTEST_SECRET]

    def headers(self, pairs: list[tuple[str, str]]) -> dict[str, str]:
        """Return headers by name."""
        named = [(header_name(name), value) for name, value in pairs if value]
        return {
            name: MASK if name.lower() in SECRET_HEADERS else self._text(value)
            for name, value in named
        }

    def fields(self, encoded: str) -> dict[str, Any]:
        """Return the fields of a query or a form; a repeated one as a list."""
        found: dict[str, Any] = {}
        for name, value in parse_qsl(encoded, keep_blank_values=True, errors="replace"):
            shown: Any = self._field(name, value)
            if name in found:
                known = found[name]
                shown = [*known, shown] if isinstance(known, list) else [known, shown]
            found[name] = shown
        return found

    def body(self, content: Content) -> Any:
        """Return a body as JSON, as a form's fields, or as text; None if it is empty."""
        kinds = (v for n, v in content.headers if header_name(n) == "Content-Type")
        kind = next(kinds, "").lower()
        text = content.body.decode("utf-8", "replace")
        if not text:
            return None
        if not content.is_cut:
            try:
                return self.value(json.loads(text, parse_constant=_no_json))
            except (ValueError, RecursionError):
                pass
        if kind.partition(";")[0].strip() == FORM and not text.lstrip().startswith(("{", "[")):
            return self.fields(text)
        return self._raw(text, is_page="html" in kind)

    def value(self, value: Any, name: str = "") -> Any:
        """Return a JSON value with its secrets masked."""
        if isinstance(value, dict):
            return {key: self._named(str(key), inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner, name) for inner in value]
        return self._text(value) if isinstance(value, str) else value

    def _named(self, name: str, value: Any) -> Any:
        plain = re.sub("[^a-z0-9]", "", name.lower().rstrip("]").rpartition("[")[2])
        if plain in SECRET_NAMES and value not in (None, ""):
            return MASK
        if plain in CARD_NAMES and isinstance(value, str | int):
            digits = re.sub("[^0-9]", "", str(value))
            return MASK if len(digits) >= LEAST_CARD_DIGITS else self.value(value)
        return self.value(value, name)

    def _field(self, name: str, value: str) -> str:
        if value.lstrip().startswith(("{", "[")):
            try:
                return json.dumps(self.value(json.loads(value, parse_constant=_no_json)))
            except (ValueError, RecursionError):
                return self._raw(value)
        return str(self._named(name, value))

    def _text(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return DIGITS.sub(_masked_card, text)

    def _raw(self, text: str, *, is_page: bool = False) -> str:
        shown = PART.sub(rf"\1{MASK}", PAIR.sub(rf"\1{MASK}", self._text(text)))
        return DIGITS.sub(MASK, shown) if is_page else shown


def _no_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def header_name(name: str) -> str:
    """Return a header's usual name, also for HTTP_X_NAME as WSGI has it."""
    return name.removeprefix("HTTP_").replace("_", "-").title()


def _masked_card(found: re.Match[str]) -> str:
    digits = [int(digit) for digit in found[0] if digit.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    is_card = (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
    return MASK if is_card else found[0]
