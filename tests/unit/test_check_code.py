"""Check codes: genuine, forged and foreign receipts, and typed input."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.check_code import (
    ALPHABET,
    TRAINING_KEY,
    CentreKey,
    Verdict,
    judge,
    key_at,
    read_key,
    read_stamp,
    spell_key,
    stamped,
)
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money

SINCE = datetime(2026, 4, 1, tzinfo=UTC)
KEY = CentreKey(bytes(range(16)), SINCE)
OTHER = CentreKey(bytes(range(1, 17)), SINCE)
STAMP = stamped(KEY, "D1/26-27/000123", date(2026, 11, 20), Money(11_800_00))


def test_the_code_never_changes_for_the_same_receipt() -> None:
    """Printed receipts must be verifiable for years: this exact text is a contract."""
    assert STAMP.text == (
        "PRAVESH RECEIPT D1/26-27/000123 20-11-2026 RS 11800.00 CHECK " + STAMP.spelled
    )
    assert STAMP.spelled == "74MN-3NNP-5A98-GYTW"
    assert set(STAMP.text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


@pytest.mark.parametrize(
    "typed",
    [
        STAMP.text,
        STAMP.text.lower(),
        f"  {STAMP.text}\r\n",
        f"D1/26-27/000123 20-11-2026 11800.00 {STAMP.spelled}",
        f"D1/26-27/000123  20.11.2026  ₹11,800  {STAMP.spelled.replace('-', ' ')}",
        f"d1/26-27/000123 20/11/2026 rs. 11,800.00 check: {STAMP.spelled.lower()}",
        f"D1/26-27/000123 20-11-2026 11800 {STAMP.spelled.replace('0', 'O').replace('1', 'I')}",
    ],
)
def test_a_scanned_or_typed_stamp_is_genuine(typed: str) -> None:
    assert judge(read_stamp(typed), [OTHER, KEY]) is Verdict.GENUINE


@pytest.mark.parametrize(
    "change",
    [
        {"number": "D1/26-27/000124"},
        {"number": "D2/26-27/000123"},
        {"on": date(2026, 11, 21)},
        {"amount": Money(11_800_01)},
        {"amount": Money(1_180_00)},
        {"code": "0" * 12},
    ],
)
def test_anything_altered_is_not_genuine(change: dict[str, object]) -> None:
    forged = replace(STAMP, **change)  # type: ignore[arg-type]
    assert judge(read_stamp(forged.text), [KEY]) is Verdict.FORGED


def test_every_single_letter_of_the_code_counts() -> None:
    for at in range(12):
        code = list(STAMP.code)
        code[at] = ALPHABET[(ALPHABET.index(code[at]) + 1) % 32]
        assert judge(replace(STAMP, code="".join(code)), [KEY]) is Verdict.FORGED


def test_another_centres_receipt_is_foreign() -> None:
    assert judge(STAMP, [OTHER]) is Verdict.FOREIGN
    assert judge(STAMP, []) is Verdict.NO_KEY


def test_a_training_receipt_is_recognised_without_a_key() -> None:
    rehearsed = stamped(TRAINING_KEY, "D1T/26-27/000001", date(2026, 11, 20), Money(100))
    for keys in ([], [KEY], [TRAINING_KEY]):
        assert judge(read_stamp(rehearsed.text), keys) is Verdict.TRAINING


@pytest.mark.parametrize(
    "typed",
    [
        "", "PAID", "upi://pay?pa=x@y", "D1/26-27/000123", f"D1/26-27/000123 {STAMP.spelled}",
        STAMP.text[:-1], STAMP.text + "X", STAMP.text.replace("20-11", "31-02"),
        STAMP.text.replace("CHECK ", "CHECK U"), "x" * 100_000, "\0" * 50,
        STAMP.text.replace("11800.00", "9" * 20),
    ],
)  # fmt: skip
def test_an_unreadable_stamp_is_refused_with_a_reason(typed: str) -> None:
    with pytest.raises(InvalidInputError):
        read_stamp(typed)


@given(
    secret=st.binary(min_size=16, max_size=16),
    paise=st.integers(1, 10**12),
    on=st.dates(date(2020, 1, 1), date(2099, 12, 31)),
    number=st.from_regex(r"[A-Z0-9]{1,3}/\d\d-\d\d/\d{6}", fullmatch=True),
)
def test_every_stamp_parses_back(secret: bytes, paise: int, on: date, number: str) -> None:
    if not number.isascii():
        return
    key = CentreKey(secret, SINCE)
    stamp = stamped(key, number, on, Money(paise))
    assert read_stamp(stamp.text) == stamp
    assert judge(stamp, [key]) is Verdict.GENUINE
    assert read_key(spell_key(key), SINCE) == key


def test_a_key_is_spelled_in_groups_of_four() -> None:
    spelled = spell_key(KEY)
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}", spelled)
    assert read_key(f" {spelled.lower().replace('-', ' ')} ", SINCE) == KEY
    assert KEY.key_id not in spelled


def test_a_misspelt_key_is_refused() -> None:
    spelled = spell_key(KEY).replace("-", "")
    for at in range(len(spelled)):
        other = ALPHABET[(ALPHABET.index(spelled[at]) + 1) % 32]
        with pytest.raises(InvalidInputError, match="receipt key is incomplete"):
            read_key(spelled[:at] + other + spelled[at + 1 :], SINCE)
    for wrong in ("", spelled[:-1], spelled + "0", "ключ"):
        with pytest.raises(InvalidInputError):
            read_key(wrong, SINCE)


def test_a_reprint_uses_the_key_of_its_issue() -> None:
    later = replace(OTHER, since=SINCE + timedelta(days=30))
    keys = [KEY, later]
    assert key_at(keys, SINCE + timedelta(days=29)) == KEY
    assert key_at(keys, SINCE + timedelta(days=30)) == later
    assert key_at(keys, SINCE - timedelta(seconds=1)) is None
