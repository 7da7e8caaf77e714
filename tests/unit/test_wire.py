"""Bounds of what the gateway may say: amounts, instants, counts, texts; lists entry by entry."""

from __future__ import annotations

from typing import Any

import pytest

from desktop_app.gateway import wire
from desktop_app.gateway.errors import BrokenAnswerError, WireError, from_wire
from desktop_app.gateway.strict_json import parse_object
from desktop_app.services import errors

AT = 1_790_000_000
PAYMENT: dict[str, Any] = {
    "id": "pay_RB58MiP5SPFYyM", "entity": "payment", "amount": 100, "currency": "INR",
    "status": "captured", "order_id": "order_RB58MiP5SPFYyM", "captured": True, "created_at": AT,
}  # fmt: skip
ORDER: dict[str, Any] = {
    "id": "order_RB58MiP5SPFYyM", "entity": "order", "amount": 100, "amount_paid": 0,
    "amount_due": 100, "currency": "INR", "receipt": "r1", "status": "created", "attempts": 0,
    "notes": [], "created_at": AT,
}  # fmt: skip
CODE: dict[str, Any] = {
    "id": "qr_RB58MiP5SPFYyM", "entity": "qr_code", "payment_amount": 100, "status": "active",
    "close_by": AT, "created_at": AT, "image_content": "upi://pay?pa=a@b", "notes": {},
}  # fmt: skip


@pytest.mark.parametrize("name", ["amount", "amount_refunded", "fee", "tax"])
@pytest.mark.parametrize("paise", [-1, -(2**63), 10**13 + 1, 2**63, 10**18])
def test_an_amount_below_zero_or_beyond_reason_is_refused(name: str, paise: int) -> None:
    with pytest.raises(WireError):
        wire.payment(PAYMENT | {name: paise})


@pytest.mark.parametrize("name", ["amount", "amount_paid", "amount_due"])
def test_an_order_of_an_amount_below_zero_is_refused(name: str) -> None:
    with pytest.raises(WireError):
        wire.order(ORDER | {name: -1})


@pytest.mark.parametrize("paise", [0, 1, 10**13])
def test_amounts_from_nothing_to_the_largest_are_read(paise: int) -> None:
    assert wire.payment(PAYMENT | {"amount": paise}).amount_paise == paise


def test_more_back_than_was_paid_is_refused() -> None:
    assert wire.payment(PAYMENT | {"amount_refunded": 100}).amount_refunded_paise == 100
    with pytest.raises(WireError):
        wire.payment(PAYMENT | {"amount_refunded": 101})


@pytest.mark.parametrize("at", [-1, 0, 946_684_799, 4_102_444_801, 10**18, 2**63, True, "1", 1.5])
def test_an_instant_of_another_century_is_refused(at: object) -> None:
    with pytest.raises(WireError):
        wire.payment(PAYMENT | {"created_at": at})


@pytest.mark.parametrize("at", [946_684_800, AT, 4_102_444_800])
def test_instants_of_this_century_are_read(at: int) -> None:
    assert wire.payment(PAYMENT | {"created_at": at}).created_at == at


@pytest.mark.parametrize("by", [10**18, -5, "9" * 5_000, 12.5])
def test_a_code_that_closes_in_another_century_is_refused(by: object) -> None:
    with pytest.raises(WireError):
        wire.qr_code(CODE | {"close_by": by})


@pytest.mark.parametrize(("by", "read"), [(None, None), (0, None), (AT, AT), (str(AT), AT)])
def test_a_code_may_close_never_or_at_an_instant(by: object, read: int | None) -> None:
    assert wire.qr_code(CODE | {"close_by": by}).close_by == read


@pytest.mark.parametrize("count", [-1, 10**6 + 1, True])
def test_a_senseless_count_is_refused(count: object) -> None:
    with pytest.raises(WireError):
        wire.order(ORDER | {"attempts": count})


@pytest.mark.parametrize("name", ["vpa", "contact", "error_description", "error_reason", "method"])
@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "\udc00" * 9, "x" * 100_000, "आशा\u202e"])
def test_words_that_decide_nothing_lose_no_money(name: str, text: str) -> None:
    read = getattr(wire.payment(PAYMENT | {name: text}), name)
    assert len(read) <= 500
    read.encode()
    assert "\x00" not in read


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "x" * 5_000])
def test_text_that_decides_something_must_be_storable(text: str) -> None:
    for spoilt in ({"receipt": text}, {"currency": text}):
        with pytest.raises(WireError):
            wire.order(ORDER | spoilt)


def test_notes_that_cannot_be_stored_are_left_out() -> None:
    read = wire.order(ORDER | {"notes": {"a": "\ud800", "b": "x" * 5_000, "due": "d1"}})
    assert read.notes == {"due": "d1"}


def test_a_link_that_no_qr_code_can_hold_is_refused() -> None:
    with pytest.raises(WireError):
        wire.qr_code(CODE | {"image_content": "upi://pay?" + "x" * 2_000})


def test_one_senseless_entry_of_a_page_hides_no_other() -> None:
    found = {"entity": "collection", "items": [PAYMENT, PAYMENT | {"amount": -1}, 7, PAYMENT]}
    read = wire.page_of(wire.payment)(found)
    assert [each is None for each in read] == [False, True, True, False]
    with pytest.raises(WireError):
        wire.payments(found)


@pytest.mark.parametrize("body", [b"[" * 9, b"", b"<html>", b'{"a": 1', b"\xff{}"])
def test_what_is_no_json_is_no_answer(body: bytes) -> None:
    with pytest.raises(BrokenAnswerError) as raised:
        parse_object(body)
    assert type(from_wire(raised.value, is_write=False)) is errors.UnavailableError


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": ' + b"9" * 5_000 + b"}",
        b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b"[]",
    ],
)
def test_json_that_makes_no_sense_is_an_unreadable_answer(body: bytes) -> None:
    with pytest.raises(WireError) as raised:
        parse_object(body)
    assert type(from_wire(raised.value, is_write=False)) is errors.UnreadableError
    assert type(from_wire(raised.value, is_write=True)) is errors.OutcomeUnknownError
