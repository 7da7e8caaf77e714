"""Cheques and drafts: what is written on them, and the days that count."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.errors import IllegalTransitionError, InvalidInputError
from desktop_app.domain.instruments import (
    CRIMINAL,
    INSTRUMENT_TABLE,
    BounceReason,
    Instrument,
    InstrumentState,
    complaint_by,
    is_held,
    make_instrument,
    notice_by,
    pay_by,
    stale_from,
)
from desktop_app.domain.money import Money
from desktop_app.domain.state_machine import advance
from desktop_app.domain.tender import InstrumentKind

TODAY = date(2026, 11, 12)


def cheque(**changed: object) -> Instrument:
    fields: dict[str, object] = {
        "bank": "HDFC Bank", "number": "000123", "dated": TODAY, "drawer": "Vikram Rao",
    }  # fmt: skip
    return make_instrument(
        InstrumentKind.CHEQUE,
        Money(9_160_00),
        TODAY,
        **{**fields, **changed},  # type: ignore[arg-type]
    )


def test_the_days_of_a_bounced_cheque() -> None:
    assert notice_by(date(2026, 12, 3)) == date(2027, 1, 2)
    assert pay_by(date(2026, 12, 20)) == date(2027, 1, 4)
    assert complaint_by(date(2026, 12, 20)) == date(2027, 2, 4)


def test_a_cheque_is_stale_three_months_after_its_date() -> None:
    assert stale_from(date(2026, 11, 10)) == date(2027, 2, 11)
    assert stale_from(date(2026, 11, 30)) == date(2027, 3, 1)
    with pytest.raises(InvalidInputError, match="older than 3 months"):
        cheque(dated=date(2026, 8, 11))
    assert cheque(dated=date(2026, 8, 12)).dated == date(2026, 8, 12)


def test_a_post_dated_cheque_is_held() -> None:
    assert is_held(date(2026, 12, 1), TODAY)
    assert not is_held(TODAY, TODAY)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("number", "12345"), ("number", ""), ("number", "12345A"), ("micr", "12345678"),
        ("account", "123"), ("bank", " "), ("dated", None),
    ],
)  # fmt: skip
def test_what_is_missing_or_too_short_is_named(field: str, typed: object) -> None:
    name = "account_last4" if field == "account" else field
    with pytest.raises(InvalidInputError) as caught:
        cheque(**{name: typed})
    assert caught.value.field == field


@pytest.mark.parametrize("wrong", [{"number": ""}, {"number": "12"}, {"dated": None},
                                   {"dated": date(2026, 8, 11)}])  # fmt: skip
def test_a_draft_is_called_a_draft(wrong: dict[str, object]) -> None:
    fields = {"bank": "SBI", "number": "000123", "dated": TODAY, "drawer": "Vikram Rao", **wrong}
    with pytest.raises(InvalidInputError, match="draft"):
        make_instrument(
            InstrumentKind.DRAFT, Money(9_160_00), TODAY, **fields,  # type: ignore[arg-type]
        )  # fmt: skip


def test_banks_are_told_apart_by_micr_else_by_name() -> None:
    assert cheque().bank_key == cheque(bank="hdfc  BANK").bank_key
    assert cheque().bank_key != cheque(bank="SBI").bank_key
    assert cheque(micr="302 240 002").bank_key == "302240002"


def test_every_state_has_its_row_and_only_ends_have_none() -> None:
    assert set(INSTRUMENT_TABLE) == set(InstrumentState)
    ends = {state for state, following in INSTRUMENT_TABLE.items() if not following}
    assert ends == {InstrumentState.RETURNED, InstrumentState.LOST, InstrumentState.STALE}
    assert BounceReason.FUNDS in CRIMINAL
    assert BounceReason.SIGNATURE not in CRIMINAL


@given(st.lists(st.sampled_from(list(InstrumentState)), max_size=8))
def test_no_cheque_is_money_before_it_was_deposited(wished: list[InstrumentState]) -> None:
    state, was_deposited = InstrumentState.IN_HAND, False
    for following in wished:
        try:
            state = advance(INSTRUMENT_TABLE, state, following)
        except IllegalTransitionError:
            continue
        was_deposited = was_deposited or state is InstrumentState.DEPOSITED
        assert state is not InstrumentState.CLEARED or was_deposited
