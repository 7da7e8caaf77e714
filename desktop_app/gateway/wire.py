"""Parsing of the gateway's JSON into facts: every field's type is checked, nothing is guessed.

Shapes follow the API's documentation; documented absences, nulls and differing types are
accepted, anything else is a WireError.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from desktop_app.domain.payment import PaymentFact
from desktop_app.gateway.errors import WireError
from desktop_app.services.ports import gateway as port

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Fact = TypeVar("Fact")

Json = dict[str, Any]
LARGEST_PAISE = 10**13
LARGEST_COUNT = 10**6
EARLIEST_S, LATEST_S = 946_684_800, 4_102_444_800
"""The years 2000 to 2099, in Unix seconds."""

LONGEST_TEXT = 4_000
LONGEST_WORDS = 500
LONGEST_QR_BYTES = 2_000
MOST_DIGITS = 20
_ID = {
    kind: re.compile(rf"{kind}_[A-Za-z0-9]{{8,32}}")
    for kind in ("order", "pay", "qr", "plink", "rfnd", "disp")
}
_PAYMENT_STATUSES = {"created", "authorized", "captured", "refunded", "failed"}
_ORDER_STATUSES = {"created", "attempted", "paid"}


def order(found: Json) -> port.OrderFact:
    """Parse an order entity, with its payments if expanded."""
    _entity(found, "order")
    expanded = found.get("payments")
    status = _text(found, "status")
    if status not in _ORDER_STATUSES:
        raise WireError(f"an order is {status!r}")
    return port.OrderFact(
        order_id=_id(found, "id", "order"),
        receipt=_maybe_text(found, "receipt"),
        amount_paise=_paise(found, "amount"),
        amount_paid_paise=_paise(found, "amount_paid"),
        amount_due_paise=_paise(found, "amount_due"),
        currency=_text(found, "currency"),
        status=status,
        attempts=_count(found, "attempts"),
        created_at=_instant(found, "created_at"),
        payments=None if expanded is None else payments(expanded),
        notes=_notes(found),
    )


def orders(found: Json) -> tuple[port.OrderFact, ...]:
    """Parse a collection of orders."""
    return _items(found, order)


def payment(found: Json) -> PaymentFact:
    """Parse a payment entity."""
    _entity(found, "payment")
    status = _text(found, "status")
    if status not in _PAYMENT_STATUSES:
        raise WireError(f"a payment is {status!r}")
    captured = found.get("captured")
    if captured is not None and type(captured) is not bool:
        raise WireError("captured is neither yes nor no")
    acquirer = found.get("acquirer_data")
    order_id = _maybe_text(found, "order_id")
    amount, refunded = _paise(found, "amount"), _maybe_paise(found, "amount_refunded") or 0
    if refunded > amount:
        raise WireError("more went back than was paid")
    return PaymentFact(
        payment_id=_id(found, "id", "pay"),
        order_id=order_id,
        amount_paise=amount,
        currency=_text(found, "currency"),
        status=status,
        captured=bool(captured),
        created_at=_instant(found, "created_at"),
        amount_refunded_paise=refunded,
        rrn=_words(acquirer, "rrn") if isinstance(acquirer, dict) else None,
        vpa=_words(found, "vpa"),
        fee_paise=_maybe_paise(found, "fee"),
        tax_paise=_maybe_paise(found, "tax"),
        method=_words(found, "method"),
        error_reason=_words(found, "error_reason"),
        error_description=_words(found, "error_description"),
        contact=_words(found, "contact"),
        fee_bearer=_words(found, "fee_bearer"),
    )


def payments(found: object) -> tuple[PaymentFact, ...]:
    """Parse a collection of payments."""
    return _items(_object(found, "payments"), payment)


def refund(found: Json) -> port.RefundFact:
    """Parse a refund entity."""
    _entity(found, "refund")
    status = _text(found, "status")
    if status not in {"pending", "processed", "failed"}:
        raise WireError(f"a refund is {status!r}")
    return port.RefundFact(
        refund_id=_id(found, "id", "rfnd"),
        payment_id=_id(found, "payment_id", "pay"),
        amount_paise=_paise(found, "amount"),
        status=status,
        created_at=_instant(found, "created_at"),
        reference=_note(found, "refund"),
    )


def refunds(found: Json) -> tuple[port.RefundFact, ...]:
    """Parse a collection of refunds."""
    return _items(found, refund)


def dispute(found: Json) -> port.DisputeFact:
    """Parse a dispute entity."""
    _entity(found, "dispute")
    return port.DisputeFact(
        dispute_id=_id(found, "id", "disp"),
        payment_id=_id(found, "payment_id", "pay"),
        amount_paise=_paise(found, "amount"),
        deducted_paise=_paise(found, "amount_deducted"),
        reason_code=_words(found, "reason_code") or "",
        status=_text(found, "status"),
        phase=_words(found, "phase") or "",
        respond_by=_maybe_instant(found, "respond_by"),
    )


def intent(found: Json) -> port.IntentFact:
    """Parse the answer of create/upi with flow intent."""
    link = _address(found, "link")
    if not link.startswith("upi://pay?"):
        raise WireError("the intent link is not a upi:// link")
    return port.IntentFact(_id(found, "razorpay_payment_id", "pay"), link)


def qr_code(found: Json) -> port.QrFact:
    """Parse a QR code entity."""
    _entity(found, "qr_code")
    close_by = found.get("close_by")
    if isinstance(close_by, str) and close_by.isdecimal() and len(close_by) <= MOST_DIGITS:
        found = {**found, "close_by": int(close_by)}
    return port.QrFact(
        qr_id=_id(found, "id", "qr"),
        reference=_note(found, "receipt"),
        amount_paise=_maybe_paise(found, "payment_amount"),
        status=_text(found, "status"),
        close_by=_maybe_instant(found, "close_by"),
        created_at=_instant(found, "created_at"),
        image_content=None
        if found.get("image_content") is None
        else _address(found, "image_content"),
        image_url=_maybe_text(found, "image_url"),
        close_reason=_maybe_text(found, "close_reason"),
        notes=_notes(found),
    )


def qr_codes(found: Json) -> tuple[port.QrFact, ...]:
    """Parse a collection of QR codes."""
    return _items(found, qr_code)


def payment_link(found: Json) -> port.LinkFact:
    """Parse a payment link entity."""
    reference = _maybe_text(found, "reference_id")
    return port.LinkFact(
        link_id=_id(found, "id", "plink"),
        reference=reference or None,
        amount_paise=_paise(found, "amount"),
        amount_paid_paise=_paise(found, "amount_paid"),
        currency=_text(found, "currency"),
        status=_text(found, "status"),
        short_url=_address(found, "short_url"),
        expire_by=_maybe_instant(found, "expire_by") or 0,
        created_at=_instant(found, "created_at"),
        order_id=_maybe_text(found, "order_id"),
        notes=_notes(found),
    )


def payment_links(found: Json) -> tuple[port.LinkFact, ...]:
    """Parse a list of payment links, which has its own key."""
    return tuple(payment_link(_object(each, "link")) for each in _list(found, "payment_links"))


def page_of(read: Callable[[Json], Fact]) -> Callable[[Json], tuple[Fact | None, ...]]:
    """Return a parser of a collection whose senseless entries are None."""

    def parse(found: Json) -> tuple[Fact | None, ...]:
        _entity(found, "collection")
        return tuple(_or_none(read, each) for each in _list(found, "items"))

    return parse


def _or_none(read: Callable[[Json], Fact], item: object) -> Fact | None:
    try:
        return read(_object(item, "item"))
    except WireError:
        return None


def _items(found: Json, read: Callable[[Json], Fact]) -> tuple[Fact, ...]:
    _entity(found, "collection")
    return tuple(read(_object(each, "item")) for each in _list(found, "items"))


def _entity(found: Json, expected: str) -> None:
    if found.get("entity") != expected:
        raise WireError(f"expected {expected}, got {found.get('entity')!r}")


def _object(value: object, name: str) -> Json:
    if not isinstance(value, dict):
        raise WireError(f"{name} is not an object")
    return value


def _list(found: Json, name: str) -> list[Any]:
    value = found.get(name)
    if not isinstance(value, list):
        raise WireError(f"{name} is not a list")
    return value


def _text(found: Json, name: str) -> str:
    value = _maybe_text(found, name)
    if not value:
        raise WireError(f"{name} is not text")
    return value


def _address(found: Json, name: str) -> str:
    """Return a text that has room in a QR code."""
    value = _text(found, name)
    if len(value.encode()) > LONGEST_QR_BYTES:
        raise WireError(f"{name} has no room in a QR code")
    return value


def _maybe_text(found: Json, name: str) -> str | None:
    value = found.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise WireError(f"{name} is not text")
    if len(value) > LONGEST_TEXT or not _is_storable(value):
        raise WireError(f"{name} cannot be stored")
    return value


def _words(found: Json, name: str) -> str | None:
    """Return text that decides nothing, cut and cleaned: money is not lost for its sake."""
    value = found.get(name)
    if value is not None and not isinstance(value, str):
        raise WireError(f"{name} is not text")
    if value is None or (len(value) <= LONGEST_WORDS and _is_storable(value)):
        return value
    return value[:LONGEST_WORDS].encode("utf-8", "replace").decode().replace("\x00", "?")


def _is_storable(value: str) -> bool:
    """Whether a text can be written as UTF-8: half a surrogate pair cannot."""
    return "\x00" not in value and not any("\ud800" <= each <= "\udfff" for each in value)


def _integer(found: Json, name: str) -> int:
    value = found.get(name)
    if type(value) is not int:
        raise WireError(f"{name} is not a whole number")
    return value


def _count(found: Json, name: str) -> int:
    value = _integer(found, name)
    if not 0 <= value <= LARGEST_COUNT:
        raise WireError(f"{name} is no count")
    return value


def _instant(found: Json, name: str) -> int:
    value = _integer(found, name)
    if not EARLIEST_S <= value <= LATEST_S:
        raise WireError(f"{name} is no instant of this century")
    return value


def _maybe_instant(found: Json, name: str) -> int | None:
    """Return an instant; null and 0 mean that there is none."""
    return _instant(found, name) if found.get(name) not in (None, 0) else None


def _paise(found: Json, name: str) -> int:
    value = _integer(found, name)
    if not 0 <= value <= LARGEST_PAISE:
        raise WireError(f"{name} is no amount")
    return value


def _maybe_paise(found: Json, name: str) -> int | None:
    return None if found.get(name) is None else _paise(found, name)


def _id(found: Json, name: str, kind: str) -> str:
    value = _text(found, name)
    if not _ID[kind].fullmatch(value):
        raise WireError(f"{name} is no {kind}_ id")
    return value


def _note(found: Json, name: str) -> str | None:
    notes = found.get("notes")
    value = notes.get(name) if isinstance(notes, dict) else None
    return value if isinstance(value, str) and _is_storable(value) else None


def _notes(found: Json) -> dict[str, str]:
    """Return the textual notes; an empty list means none."""
    notes = found.get("notes")
    if not isinstance(notes, dict):
        return {}
    return {
        str(name): value
        for name, value in notes.items()
        if isinstance(value, str) and len(value) <= LONGEST_TEXT and _is_storable(value)
    }
