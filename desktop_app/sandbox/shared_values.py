"""Equal values kept once, so that hundreds of thousands of payments fit in memory.

A record's dicts are never changed in place, so records may share them. Must not change what a
record says.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .entities import Order, Payment

# Values that a payment often has in common with its order, or with the attempt before it.
OFTEN_EQUAL = ("amount", "currency", "customer_id", "notes")
BETWEEN_ATTEMPTS = (*OFTEN_EQUAL, "description", "email", "contact", "vpa")
WORDS = ("status", "method", "currency", "bank", "wallet", "description", "vpa")

_errors: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}


def share_values(payment: Payment, older: Order | Payment | None) -> None:
    """Replace a new payment's values by the equal ones of an older record."""
    if older is None:
        return
    names = BETWEEN_ATTEMPTS if type(older) is type(payment) else OFTEN_EQUAL
    for name in names:
        value, own = getattr(older, name, None), getattr(payment, name)
        # repr, for 1, 1.0 and true are equal, and so are dicts in another order.
        if own is not None and value is not own and value == own and repr(value) == repr(own):
            setattr(payment, name, value)


def shared_values(record: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a record as read from the state file, common ones as one object."""
    values = dict(record)
    for name in WORDS:
        if isinstance(values.get(name), str):
            values[name] = sys.intern(values[name])
    if error := values.get("error"):
        values["error"] = _errors.setdefault(tuple(error.items()), error)
    return values
