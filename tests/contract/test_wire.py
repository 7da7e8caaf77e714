"""Answers of the gateway are parsed field by field: what is not as documented is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.gateway import wire
from desktop_app.gateway.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Callable

ORDER: dict[str, Any] = {
    "entity": "order",
    "id": "order_AAAAAAAAAAAAAA",
    "receipt": "D1-1",
    "amount": 1_180_000,
    "amount_paid": 1,
    "amount_due": 2,
    "currency": "INR",
    "status": "attempted",
    "attempts": 3,
    "created_at": 1_795_000_000,
    "notes": {"attempt": "a1", "number": 7},
}
PAYMENT: dict[str, Any] = {
    "entity": "payment",
    "id": "pay_AAAAAAAAAAAAAA",
    "order_id": "order_AAAAAAAAAAAAAA",
    "amount": 1_180_000,
    "currency": "INR",
    "status": "captured",
    "captured": True,
    "created_at": 1_795_000_001,
    "amount_refunded": 5,
    "acquirer_data": {"rrn": "123456789012"},
    "vpa": "asha@okaxis",
    "fee": 11,
    "tax": 2,
    "method": "upi",
    "error_reason": "payment_failed",
    "error_description": "It failed.",
    "contact": "+919000000001",
}
REFUND: dict[str, Any] = {
    "entity": "refund",
    "id": "rfnd_AAAAAAAAAAAAAA",
    "payment_id": "pay_AAAAAAAAAAAAAA",
    "amount": 500,
    "status": "pending",
    "created_at": 1_795_000_002,
    "notes": {"refund": "r1"},
}
DISPUTE: dict[str, Any] = {
    "entity": "dispute",
    "id": "disp_AAAAAAAAAAAAAA",
    "payment_id": "pay_AAAAAAAAAAAAAA",
    "amount": 700,
    "amount_deducted": 600,
    "reason_code": "goods_not_received",
    "status": "open",
    "phase": "chargeback",
    "respond_by": 1_795_000_003,
}
QR_CODE: dict[str, Any] = {
    "entity": "qr_code",
    "id": "qr_AAAAAAAAAAAAAA",
    "notes": {"receipt": "D1-2"},
    "payment_amount": 900,
    "status": "active",
    "close_by": 1_795_000_900,
    "created_at": 1_795_000_004,
    "image_content": "upi://pay?pa=x",
    "image_url": "https://rzp.io/i/x",
    "close_reason": "paid",
}
LINK: dict[str, Any] = {
    "id": "plink_AAAAAAAAAAAAAA",
    "reference_id": "D1-3",
    "amount": 1_100,
    "amount_paid": 100,
    "currency": "INR",
    "status": "created",
    "short_url": "https://rzp.io/i/y",
    "expire_by": 1_795_000_950,
    "created_at": 1_795_000_005,
    "order_id": "order_AAAAAAAAAAAAAA",
    "notes": {"attempt": "a3"},
}
INTENT: dict[str, Any] = {
    "razorpay_payment_id": "pay_AAAAAAAAAAAAAA",
    "link": "upi://pay?pa=centre@upi&am=11800.00",
}


@dataclass(frozen=True)
class Kind:
    """An entity, its parser, and how each of its fields may and may not be."""

    read: Callable[[dict[str, Any]], Any]
    good: dict[str, Any]
    wrong: dict[str, tuple[Any, ...]]
    absent: dict[str, tuple[str, Any]]
    """Fields that may be null or absent, with the fact's field and its value then."""


NOT_TEXT = (None, "", 7, ["x"])
NOT_MAYBE_TEXT = (7, True, ["x"])
NOT_WHOLE = (None, "7", 7.0, True)
NOT_PAISE = (*NOT_WHOLE, -1, 10**13 + 1)
NOT_MAYBE_PAISE = ("7", 7.0, True, -1, 10**13 + 1)
OF_OTHERS = (None, "", 7, "AAAAAAAAAAAAAA", "rzp_AAAAAAAAAAAAAA", "{}_short", "{}_AAAAAAAA/../x")


def not_id(kind: str) -> tuple[Any, ...]:
    return tuple(each.format(kind) if isinstance(each, str) else each for each in OF_OTHERS)


KINDS = {
    "order": Kind(
        wire.order,
        {**ORDER, "payments": {"entity": "collection", "items": [PAYMENT]}},
        {
            "entity": (None, "payment"),
            "id": not_id("order"),
            "receipt": NOT_MAYBE_TEXT,
            "amount": NOT_PAISE,
            "amount_paid": NOT_PAISE,
            "amount_due": NOT_PAISE,
            "currency": NOT_TEXT,
            "status": (*NOT_TEXT, "captured"),
            "attempts": NOT_WHOLE,
            "created_at": NOT_WHOLE,
            "payments": (
                [],
                "x",
                {"entity": "x", "items": []},
                {"entity": "collection"},
                {"entity": "collection", "items": {}},
                {"entity": "collection", "items": ""},
                {"entity": "collection", "items": [7]},
            ),
        },
        {"receipt": ("receipt", None), "payments": ("payments", None), "notes": ("notes", {})},
    ),
    "payment": Kind(
        wire.payment,
        PAYMENT,
        {
            "entity": (None, "order"),
            "id": not_id("pay"),
            "order_id": NOT_MAYBE_TEXT,
            "amount": NOT_PAISE,
            "currency": NOT_TEXT,
            "status": (*NOT_TEXT, "paid"),
            "captured": (1, "yes", "true"),
            "created_at": NOT_WHOLE,
            "amount_refunded": NOT_MAYBE_PAISE,
            "acquirer_data": ({"rrn": 7},),
            "vpa": NOT_MAYBE_TEXT,
            "fee": NOT_MAYBE_PAISE,
            "tax": NOT_MAYBE_PAISE,
            "method": NOT_MAYBE_TEXT,
            "error_reason": NOT_MAYBE_TEXT,
            "error_description": NOT_MAYBE_TEXT,
            "contact": NOT_MAYBE_TEXT,
        },
        {
            "order_id": ("order_id", None),
            "captured": ("captured", False),
            "amount_refunded": ("amount_refunded_paise", 0),
            "acquirer_data": ("rrn", None),
            "vpa": ("vpa", None),
            "fee": ("fee_paise", None),
            "tax": ("tax_paise", None),
            "method": ("method", None),
            "error_reason": ("error_reason", None),
            "error_description": ("error_description", None),
            "contact": ("contact", None),
        },
    ),
    "refund": Kind(
        wire.refund,
        REFUND,
        {
            "entity": (None, "payment"),
            "id": not_id("rfnd"),
            "payment_id": not_id("pay"),
            "amount": NOT_PAISE,
            "status": (*NOT_TEXT, "created"),
            "created_at": NOT_WHOLE,
        },
        {"notes": ("reference", None)},
    ),
    "dispute": Kind(
        wire.dispute,
        DISPUTE,
        {
            "entity": (None, "refund"),
            "id": not_id("disp"),
            "payment_id": not_id("pay"),
            "amount": NOT_PAISE,
            "amount_deducted": NOT_PAISE,
            "reason_code": NOT_MAYBE_TEXT,
            "status": NOT_TEXT,
            "phase": NOT_MAYBE_TEXT,
            "respond_by": ("7", 7.0, True),
        },
        {
            "reason_code": ("reason_code", ""),
            "phase": ("phase", ""),
            "respond_by": ("respond_by", None),
        },
    ),
    "qr_code": Kind(
        wire.qr_code,
        QR_CODE,
        {
            "entity": (None, "order"),
            "id": not_id("qr"),
            "payment_amount": NOT_MAYBE_PAISE,
            "status": NOT_TEXT,
            "close_by": ("soon", "-7", 7.0, True),
            "created_at": NOT_WHOLE,
            "image_content": NOT_MAYBE_TEXT,
            "image_url": NOT_MAYBE_TEXT,
            "close_reason": NOT_MAYBE_TEXT,
        },
        {
            "notes": ("reference", None),
            "payment_amount": ("amount_paise", None),
            "close_by": ("close_by", None),
            "image_content": ("image_content", None),
            "image_url": ("image_url", None),
            "close_reason": ("close_reason", None),
        },
    ),
    "payment_link": Kind(
        wire.payment_link,
        LINK,
        {
            "id": not_id("plink"),
            "reference_id": NOT_MAYBE_TEXT,
            "amount": NOT_PAISE,
            "amount_paid": NOT_PAISE,
            "currency": NOT_TEXT,
            "status": NOT_TEXT,
            "short_url": NOT_TEXT,
            "expire_by": ("7", 7.0, True),
            "created_at": NOT_WHOLE,
            "order_id": NOT_MAYBE_TEXT,
        },
        {
            "reference_id": ("reference", None),
            "expire_by": ("expire_by", 0),
            "order_id": ("order_id", None),
            "notes": ("notes", {}),
        },
    ),
    "intent": Kind(
        wire.intent,
        INTENT,
        {
            "razorpay_payment_id": not_id("pay"),
            "link": (*NOT_TEXT, "https://rzp.io/i/z", " upi://pay?", "upi://mandate?pa=x"),
        },
        {},
    ),
}
WRONG = [
    (name, field, value)
    for name, kind in KINDS.items()
    for field, values in kind.wrong.items()
    for value in values
]
ABSENT = [(name, field) for name, kind in KINDS.items() for field in kind.absent]


@pytest.mark.parametrize(("name", "field", "value"), WRONG)
def test_a_field_that_is_not_as_documented_is_refused(name: str, field: str, value: Any) -> None:
    kind = KINDS[name]
    kind.read(kind.good)
    with pytest.raises(WireError):
        kind.read({**kind.good, field: value})


@pytest.mark.parametrize(("name", "field"), ABSENT)
def test_a_field_that_may_be_absent_or_null(name: str, field: str) -> None:
    kind = KINDS[name]
    fact, then = kind.absent[field]
    without = {key: value for key, value in kind.good.items() if key != field}
    assert getattr(kind.read(kind.good), fact) != then
    assert getattr(kind.read(without), fact) == then
    assert getattr(kind.read({**without, field: None}), fact) == then


def facts(found: Any) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__dataclass_fields__}


def test_every_field_is_read_into_its_fact() -> None:
    payments = {"entity": "collection", "items": [PAYMENT]}
    order = facts(wire.order({**ORDER, "payments": payments}))
    assert order["order_id"] == ORDER["id"]
    assert order["receipt"] == "D1-1"
    assert [order[f"amount{each}_paise"] for each in ("", "_paid", "_due")] == [1_180_000, 1, 2]
    assert (order["currency"], order["status"]) == ("INR", "attempted")
    assert (order["attempts"], order["created_at"]) == (3, 1_795_000_000)
    assert order["notes"] == {"attempt": "a1"}, "a note that is no text is left out"
    [payment] = order["payments"]
    assert facts(payment) == {
        "payment_id": "pay_AAAAAAAAAAAAAA",
        "order_id": "order_AAAAAAAAAAAAAA",
        "amount_paise": 1_180_000,
        "currency": "INR",
        "status": "captured",
        "captured": True,
        "created_at": 1_795_000_001,
        "amount_refunded_paise": 5,
        "rrn": "123456789012",
        "vpa": "asha@okaxis",
        "fee_paise": 11,
        "tax_paise": 2,
        "method": "upi",
        "error_reason": "payment_failed",
        "error_description": "It failed.",
        "contact": "+919000000001",
        "fee_bearer": None,
        "customer_fee_paise": None,
    }
    assert facts(wire.refund(REFUND)) == {
        "refund_id": "rfnd_AAAAAAAAAAAAAA",
        "payment_id": "pay_AAAAAAAAAAAAAA",
        "amount_paise": 500,
        "status": "pending",
        "created_at": 1_795_000_002,
        "reference": "r1",
    }
    assert facts(wire.dispute(DISPUTE)) == {
        "dispute_id": "disp_AAAAAAAAAAAAAA",
        "payment_id": "pay_AAAAAAAAAAAAAA",
        "amount_paise": 700,
        "deducted_paise": 600,
        "reason_code": "goods_not_received",
        "status": "open",
        "phase": "chargeback",
        "respond_by": 1_795_000_003,
    }
    qr_code = facts(wire.qr_code(QR_CODE))
    assert (qr_code["qr_id"], qr_code["reference"]) == ("qr_AAAAAAAAAAAAAA", "D1-2")
    assert (qr_code["amount_paise"], qr_code["status"]) == (900, "active")
    assert (qr_code["image_content"], qr_code["image_url"]) == (
        "upi://pay?pa=x",
        "https://rzp.io/i/x",
    )
    link = facts(wire.payment_link(LINK))
    assert (link["link_id"], link["reference"]) == ("plink_AAAAAAAAAAAAAA", "D1-3")
    assert (link["amount_paise"], link["amount_paid_paise"]) == (1_100, 100)
    assert (link["expire_by"], link["created_at"]) == (1_795_000_950, 1_795_000_005)
    assert (link["short_url"], link["order_id"]) == ("https://rzp.io/i/y", "order_AAAAAAAAAAAAAA")
    intent = wire.intent(INTENT)
    assert (intent.payment_id, intent.link) == (INTENT["razorpay_payment_id"], INTENT["link"])


@pytest.mark.parametrize("status", ["created", "authorized", "captured", "refunded", "failed"])
def test_every_status_of_a_payment_is_known(status: str) -> None:
    assert wire.payment({**PAYMENT, "status": status}).status == status


@pytest.mark.parametrize("status", ["created", "attempted", "paid"])
def test_every_status_of_an_order_is_known(status: str) -> None:
    assert wire.order({**ORDER, "status": status}).status == status


@pytest.mark.parametrize("status", ["pending", "processed", "failed"])
def test_every_status_of_a_refund_is_known(status: str) -> None:
    assert wire.refund({**REFUND, "status": status}).status == status


def test_amounts_reach_from_nothing_to_ten_billion_rupees() -> None:
    for paise in (0, 1, 10**13):
        assert wire.order({**ORDER, "amount": paise}).amount_paise == paise


def test_an_empty_list_of_notes_means_none() -> None:
    assert wire.order({**ORDER, "notes": []}).notes == {}
    assert wire.refund({**REFUND, "notes": []}).reference is None
    for note in (7, "\ud800", None):
        assert wire.refund({**REFUND, "notes": {"refund": note}}).reference is None


def test_an_empty_reference_of_a_link_means_none() -> None:
    assert wire.payment_link({**LINK, "reference_id": ""}).reference is None


def test_a_qr_codes_end_may_come_as_digits() -> None:
    assert wire.qr_code({**QR_CODE, "close_by": "1795000900"}).close_by == 1_795_000_900


@pytest.mark.parametrize("links", [None, {}, "", [7], [{}]])
def test_a_list_of_links_is_a_list_of_links(links: object) -> None:
    with pytest.raises(WireError):
        wire.payment_links({"payment_links": links})


def test_the_longest_text_that_a_qr_code_holds_is_read() -> None:
    start = "upi://pay?"
    longest = start + "x" * (wire.LONGEST_QR_BYTES - len(start))
    assert wire.intent({**INTENT, "link": longest}).link == longest
    with pytest.raises(WireError):
        wire.intent({**INTENT, "link": f"{longest}x"})
