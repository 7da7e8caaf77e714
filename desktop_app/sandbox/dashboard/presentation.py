"""How the owner's pages show JSON: facts in words, amounts in rupees, ids as links.

Must not ask for anything.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..pages.rendering import moment, rupees

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .sections import Column, Section

Json = dict[str, Any]
BOARD = "/_pages/board/"
ID = re.compile(r"([a-z]+)_[0-9A-Za-z]{14}")
MONEY = frozenset(
    "amount amount_paid amount_due amount_refunded amount_requested amount_settled amount_pending "
    "amount_reversed amount_deducted payment_amount payments_amount_received fee fees tax balance "
    "in_person_balance first_min_partial_amount gross_amount tax_amount taxable_amount "
    "unit_amount unsettled debit credit".split()
)
MOMENTS = frozenset("at now begin end respond_by expire_by close_by captured_at next_at".split())
FIRST_MOMENT = 1_000_000_000
SKIPPED = ("id", "entity", "_qr", "payload")
GOOD = frozenset("paid captured processed active delivered won resolved settled ok 2".split())
BAD = frozenset("failed lost expired cancelled disabled deleted 4 5".split())


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as it is shown, and how.

    Attributes:
        kind: `text`, `code`, `id`, `link`, `right`, `state` or `secret`.
        leads: the address that it leads to.
        mood: of a state: `good`, `bad` or `open`.
    """

    text: str
    kind: str = "text"
    leads: str = ""
    mood: str = ""


class AccountPaths:
    """Addresses that stay in one account; the server's own needs no mark."""

    def __init__(self, key_id: str) -> None:
        self.key_id = key_id

    def __call__(self, path: str) -> str:
        """Return a path, marked with the account."""
        if not self.key_id:
            return path
        return f"{path}{'&' if '?' in path else '?'}key_id={self.key_id}"


class Presenter:
    """Presentation of values, with the sections that ids lead to."""

    def __init__(self, sections: Iterable[Section], to: AccountPaths) -> None:
        self._to = to
        self._slugs = {prefix: s.slug for s in sections for prefix in s.prefixes if s.entity_call}

    def place(self, key: str) -> str:
        """Return the address of an id's page; empty if it has none."""
        found = ID.fullmatch(key)
        slug = self._slugs.get(found[1], "") if found else ""
        return self._to(f"{BOARD}{slug}/{key}") if slug else ""

    def cell(self, column: Column, entity: Json, section: Section) -> Shown:
        """Return a cell of a list."""
        value = entity.get(column.key)
        if column.kind == "id" and column.key == "id" and value is not None:
            return Shown(str(value), "id", self._to(f"{BOARD}{section.slug}/{value}"))
        if value is None or value == "":
            return Shown("Any amount" if column.kind == "any_rupees" else "")
        if isinstance(value, bool):
            return Shown("Yes" if value else "No")
        show = _CELLS.get(column.kind)
        return show(value) if show else self._plain(str(value), column.kind)

    def _plain(self, text: str, kind: str) -> Shown:
        return Shown(text, kind, self.place(text) if kind == "id" else "")

    def facts(self, entity: Json, left_out: Iterable[str] = ()) -> list[tuple[str, Shown]]:
        """Return what is known of an entity, in its order, without what is empty or left out."""
        skipped = {*SKIPPED, *left_out}
        return [
            (_label(name), shown)
            for name, value in entity.items()
            if name not in skipped and (shown := self._fact(name, value)) is not None
        ]

    def _fact(self, name: str, value: Any) -> Shown | None:
        if value in (None, "", [], {}) or (value == 0 and name not in MONEY):
            return Shown("No") if value is False else None
        if value is True:
            return Shown("Yes")
        if isinstance(value, int | float):
            return Shown(_number(name, value), "right")
        if isinstance(value, str):
            return self._text_fact(name, value)
        if name == "fees" and isinstance(value, dict):
            value = {method: f"{fee / 100:g}%" for method, fee in value.items()}
        return _object_fact(value)

    def _text_fact(self, name: str, value: str) -> Shown:
        if name == "status":
            return state(value)
        if value.startswith("http://127.0.0.1"):
            return Shown(value, "link", value)
        return Shown(value, "id" if ID.fullmatch(value) else "text", self.place(value))


def state(value: object) -> Shown:
    """Return a status; one of HTTP is judged by its first digit."""
    text = str(value)
    key = text[0] if text.isdigit() else text
    mood = "good" if key in GOOD else "bad" if key in BAD else "open"
    return Shown(text, "state", mood=mood)


def pretty(value: Any) -> str:
    """Return a value as JSON to read."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def _number(name: str, value: float) -> str:
    if name in MONEY and isinstance(value, int):
        return rupees(value) if value >= 0 else f"-{rupees(-value)}"
    is_moment = name in MOMENTS or name.endswith("_at")
    if is_moment and isinstance(value, int) and value >= FIRST_MOMENT:
        return moment(value)
    return str(value)


def _object_fact(value: Any) -> Shown | None:
    """Return a short object of texts, such as notes, in one line; a longer one is in the JSON."""
    if isinstance(value, dict) and all(isinstance(v, str | int | None) for v in value.values()):
        pairs = [f"{k}: {_word(k, v)}" for k, v in value.items() if v not in (None, "")]
        return Shown(", ".join(pairs)) if pairs and len(pairs) < 8 else None  # noqa: PLR2004
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return Shown(", ".join(value))
    return None


def _word(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _number(name, value) if isinstance(value, int) else str(value)


def _label(name: str) -> str:
    words = name.removeprefix("_").split("_")
    shown = [_SHORT.get(word, word) for word in words]
    return " ".join([shown[0][:1].upper() + shown[0][1:], *shown[1:]])


_SHORT = {word.lower(): word for word in ("ID", "VPA", "UPI", "UTR", "ARN", "URL", "GSTIN", "ms")}


_CELLS: dict[str, Callable[[Any], Shown]] = {
    "rupees": lambda value: Shown(_number("amount", value), "right"),
    "any_rupees": lambda value: Shown(_number("amount", value), "right"),
    "percent": lambda value: Shown(f"{value / 100:g}%", "right"),
    "moment": lambda value: Shown(moment(value) if value else "", "time"),
    "state": state,
    "http": state,
    "words": lambda value: Shown(", ".join(value)),
    "count": lambda value: Shown(str(len(value)), "right"),
    "secret": lambda value: Shown(str(value), "secret"),
    "account": lambda value: Shown(str(value), "id", f"/?key_id={value}"),
    "link": lambda value: Shown("Open", "link", str(value)),
}
