"""Hostile but well-formed answers: a grammar of fields and values, put into one parent's entities.

Works on the bytes that the gateway session has read, so that sizes, digits and escapes are real.
Changes nothing that belongs to anybody else.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from desktop_app.gateway import http_session
from desktop_app.gateway.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "@@hostile@@"
WHOLE = "*"
"""Instead of a field: the value is added as one more field."""

NUMBERS = {
    "10^18": "1" + "0" * 18,
    "2^63": str(2**63),
    "2^64": str(2**64),
    "below zero": "-1",
    "5,000 digits": "9" * 5_000,
    "4,000 digits": "9" * 4_000,
    "a fraction": "1180000.5",
    "1e400": "1e400",
    "yes": "true",
    "text of digits": '"1180000"',
}
TEXTS = {
    "half a pair": '"\\ud800"',
    "two halves the wrong way": '"\\udc00\\ud800"',
    "a zero byte": '"a\\u0000b"',
    "mixed scripts": '"\\u0906\\u0936\\u093e \\u0420\\u0430 \\u202e \\u0645 \\ud835\\udd38\\u0301"',
    "100,000 letters": '"' + "x" * 100_000 + '"',
    "over a megabyte": '"' + "x" * 1_100_000 + '"',
    "markup": '"<b>PAID</b>\\n=HYPERLINK(1)"',
    "empty": '""',
}
SHAPES = {
    "null": "null",
    "a list": "[1]",
    "an object": '{"a": {"b": []}}',
    "100,000 deep": "[" * 100_000 + "]" * 100_000,
    "a field twice": '{"a": 1, "a": 2}',
    "not a number": "NaN",
    "endless": "-Infinity",
}
VALUES = {**NUMBERS, **TEXTS, **SHAPES}
FIELDS = {
    "payment": (
        "created_at", "amount", "vpa", "acquirer_data", "status", "captured", "amount_refunded",
        "fee", "contact", "error_description", "order_id", "currency", "id", "notes", WHOLE,
    ),
    "order": (
        "created_at", "amount", "amount_paid", "attempts", "receipt", "status", "notes", "id",
        WHOLE,
    ),
    "qr_code": (
        "created_at", "payment_amount", "close_by", "notes", "status", "image_content", WHOLE,
    ),
    "payment_link": ("created_at", "amount_paid", "expire_by", "short_url", "notes", WHOLE),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hostility:
    """One hostile answer: a value in a field of one kind of entity."""

    kind: str
    field: str
    value: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.field} = {self.value}"


def every_hostility() -> list[Hostility]:
    """Return the whole grammar."""
    return [
        Hostility(kind, name, value)
        for kind, names in FIELDS.items()
        for name in names
        for value in VALUES
    ]


@dataclass
class HostileDoor:
    """Puts one hostile value into the entities of one parent, in every answer that shows them.

    Attributes:
        ids: of the parent's order, payment, code and link.
        struck: answers that were changed.
    """

    hostility: Hostility | None = None
    ids: set[str] = field(default_factory=set)
    struck: int = 0

    def change(self, body: bytes) -> bytes:
        """Return an answer with the value in it, where it shows the parent's entities."""
        if self.hostility is None or not any(each.encode() in body for each in self.ids):
            return body
        found = json.loads(body)
        if not self._mark(found):
            return body
        self.struck += 1
        return json.dumps(found).replace(f'"{MARK}"', VALUES[self.hostility.value]).encode()

    def _mark(self, value: Any) -> bool:
        """Mark the field in every entity of the parent; return whether there was one."""
        if isinstance(value, list):
            return sum(self._mark(each) for each in value) > 0
        if not isinstance(value, dict):
            return False
        marked = sum(self._mark(each) for each in list(value.values())) > 0
        if self.hostility is None or not self._is_meant(value, self.hostility.kind):
            return marked
        name = self.hostility.field
        if name == "acquirer_data":
            value[name] = {"rrn": MARK}
        elif name == "notes":
            value[name] = {**(value.get("notes") or {}), "attempt": MARK}
        else:
            value["hostile" if name == WHOLE else name] = MARK
        return True

    def _is_meant(self, entity: dict[str, Any], kind: str) -> bool:
        found = "payment_link" if "short_url" in entity else entity.get("entity")
        return found == kind and bool(
            self.ids & {entity.get("id"), entity.get("order_id"), entity.get("qr_id")}
        )


@contextmanager
def hostile_door() -> Iterator[HostileDoor]:
    """Put a hostile door before every gateway session of this process."""
    door = HostileDoor()
    read = http_session.GatewaySession._read

    def read_changed(session: http_session.GatewaySession, response: Any, until: float) -> bytes:
        body = door.change(read(session, response, until))
        if len(body) > http_session.MOST_BYTES:
            raise WireError("the answer is over 1 MB")
        response._content = body
        return body

    with patch.object(http_session.GatewaySession, "_read", read_changed):
        yield door
