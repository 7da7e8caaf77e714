"""Faults in the body of a good answer: wrong amounts, wrong types, or malicious JSON.

Works on any answer, including nested payments and lists. Must not touch the store: only the answer
is wrong, never the truth. A fault whose field is not in the answer changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Json = dict[str, Any]

AMOUNTS = (
    "amount amount_paid amount_due payment_amount payments_amount_received first_min_partial_amount"
).split()
NESTED_LEVELS = 100_000
BIG_BYTES = 50 * (1 << 20)
PIECE = b" " * (1 << 16)


def _for_each_object(value: Any, change: Callable[[Json], None]) -> None:
    """Apply `change` to every object of an answer, the inner ones first."""
    if isinstance(value, dict):
        for inner in list(value.values()):
            _for_each_object(inner, change)
        change(value)
    elif isinstance(value, list):
        for inner in value:
            _for_each_object(inner, change)


def _changed(change: Callable[[Json], None]) -> Callable[[bytes], bytes]:
    def distort(body: bytes) -> bytes:
        try:
            answer = json.loads(body)
        except ValueError:
            return body
        _for_each_object(answer, change)
        return json.dumps(answer).encode()

    return distort


def _other_id(text: str) -> str:
    """Return an id that does not exist, the same for the same id."""
    prefix, _, tail = text.partition("_")
    return f"{prefix}_{hashlib.sha256(tail.encode()).hexdigest()[:14]}"


def _wrong_amount(item: Json) -> None:
    for name in AMOUNTS:
        if isinstance(item.get(name), int) and item[name] > 0:
            item[name] += 1


def _wrong_currency(item: Json) -> None:
    if "currency" in item:
        item["currency"] = "USD"


def _wrong_receipt(item: Json) -> None:
    for name in ("receipt", "reference_id"):
        if isinstance(item.get(name), str) and item[name]:
            item[name] = f"{item[name][:-1]}{'X' if item[name][-1] != 'X' else 'Y'}"


def _wrong_order(item: Json) -> None:
    if isinstance(item.get("order_id"), str):
        item["order_id"] = _other_id(item["order_id"])
    if item.get("entity") == "order":
        item["id"] = _other_id(item["id"])


def _test_payment(item: Json) -> None:
    # A payment of the other mode is one that this key cannot find.
    if item.get("entity") == "payment":
        item["id"] = _other_id(item["id"])
    for name in ("razorpay_payment_id", "payment_id"):
        if isinstance(item.get(name), str):
            item[name] = _other_id(item[name])


def _wrong_type(item: Json) -> None:
    wrong: dict[str, Callable[[Any], Any]] = {
        "amount": str,
        "amount_paid": lambda paise: {"paise": paise},
        "amount_due": lambda paise: [paise],
        "payment_amount": str,
        "status": lambda _: 1,
        "captured": str,
        "created_at": str,
        "count": str,
        "razorpay_payment_id": lambda _: 12345,
        "link": lambda text: [text],
        "short_url": lambda _: None,
    }
    for name, change in wrong.items():
        if name in item:
            item[name] = change(item[name])


def _nan(item: Json) -> None:
    for name in AMOUNTS:
        if name in item:
            item[name] = float("nan")


def _paid_with_due(item: Json) -> None:
    """Set the status to paid, though nothing is paid by the amounts."""
    if item.get("entity") == "order" or "short_url" in item:
        item["status"] = "paid"
        item["amount_paid"] = 0
        if "amount_due" in item:
            item["amount_due"] = item["amount"]
    elif item.get("entity") == "qr_code":
        item.update(status="closed", close_reason="paid")
        item.update(payments_amount_received=0, payments_count_received=0)


def _partial_payment(item: Json) -> None:
    """Set half of the amount as paid."""
    if item.get("entity") == "payment":
        item.update(status="captured", captured=True, amount=item["amount"] // 2)
    elif item.get("entity") == "order":
        half = item["amount"] // 2
        item.update(status="attempted", amount_paid=half, amount_due=item["amount"] - half)
    elif item.get("entity") == "qr_code" and isinstance(item.get("payment_amount"), int):
        item.update(payments_amount_received=item["payment_amount"] // 2, payments_count_received=1)
    elif "short_url" in item:
        item.update(status="partially_paid", amount_paid=item["amount"] // 2)


def _foreign_payment(item: Json) -> None:
    """Add a captured payment of another order to a list of payments."""
    payments = item.get("items") if item.get("entity") == "collection" else None
    if payments and payments[0].get("entity") == "payment":
        payments.append(_foreign_copy(payments[0]))
        item["count"] = len(payments)


def _foreign_copy(payment: Json) -> Json:
    return payment | {
        "id": _other_id(payment["id"]),
        "order_id": _other_id(payment["order_id"] or "order_none"),
        "status": "captured",
        "captured": True,
        "amount_refunded": 0,
    }


def _doubled(item: Json) -> None:
    if item.get("entity") == "collection" and isinstance(item.get("items"), list):
        item["items"] = [entry for entry in item["items"] for _ in range(2)]
        item["count"] = len(item["items"])


def _reordered(item: Json) -> None:
    for name in ("items", "payment_links"):
        if isinstance(item.get(name), list):
            item[name].reverse()


def _cut(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _nan_somewhere(body: bytes) -> bytes:
    spoilt = _changed(_nan)(body)
    if b"NaN" in spoilt or not spoilt.startswith(b"{"):
        return spoilt
    return b'{"amount": NaN, ' + spoilt[1:]


def _deep(body: bytes) -> bytes:
    if not body.startswith(b"{"):
        return body
    return b'{"deep": ' + b"[" * NESTED_LEVELS + b"]" * NESTED_LEVELS + b", " + body[1:]


def _duplicated(body: bytes) -> bytes:
    try:
        return _with_duplicate_keys(json.loads(body)).encode()
    except ValueError:
        return body


def _with_duplicate_keys(value: Any) -> str:
    """Return JSON whose objects repeat keys with other values."""
    if isinstance(value, list):
        return "[" + ",".join(map(_with_duplicate_keys, value)) + "]"
    if not isinstance(value, dict):
        return json.dumps(value)
    pairs = [f"{json.dumps(name)}:{_with_duplicate_keys(inner)}" for name, inner in value.items()]
    if "status" in value:
        last = "captured" if value.get("entity") == "payment" else "paid"
        pairs.append(f'"status":"{last}"')
    if "amount" in value:
        pairs.append('"amount":1')
    if "razorpay_payment_id" in value:
        pairs.append(f'"razorpay_payment_id":"{_other_id(value["razorpay_payment_id"])}"')
    return "{" + ",".join(pairs) + "}"


def big_body(body: bytes) -> tuple[int, Iterator[bytes]]:
    """Return the length and parts of a valid 50 MB answer, without holding it in memory."""
    head, tail = b'{"padding": "', b'", ' + body[1:]
    if not body.startswith(b"{"):
        head, tail = body, b""

    def parts() -> Iterator[bytes]:
        yield head
        for _ in range(BIG_BYTES // len(PIECE)):
            yield PIECE
        yield tail

    padding = BIG_BYTES // len(PIECE) * len(PIECE)
    return len(head) + padding + len(tail), parts()


DISTORTIONS: dict[str, Callable[[bytes], bytes]] = {
    "wrong_type": _changed(_wrong_type),
    "deep_json": _deep,
    "duplicate_keys": _duplicated,
    "nan": _nan_somewhere,
    "cut_json": _cut,
    "wrong_amount": _changed(_wrong_amount),
    "wrong_currency": _changed(_wrong_currency),
    "wrong_receipt": _changed(_wrong_receipt),
    "wrong_order": _changed(_wrong_order),
    "test_payment": _changed(_test_payment),
    "paid_with_due": _changed(_paid_with_due),
    "partial_payment": _changed(_partial_payment),
    "foreign_payment": _changed(_foreign_payment),
    "doubled": _changed(_doubled),
    "reordered": _changed(_reordered),
}
