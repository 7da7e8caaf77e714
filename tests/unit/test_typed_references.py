"""References that people type: normalised, of a known shape, one key each."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.tender import ReferenceShape
from desktop_app.domain.typed_references import (
    is_of_another_year,
    is_unusual,
    normalised,
    parse_digits,
    parse_reference,
    parse_terminal,
)


@pytest.mark.parametrize(
    "typed",
    [
        "612345678901",
        " 6123 4567 8901 ",
        "६१२३४५६७८९०१",
        "\N{FULLWIDTH DIGIT SIX}123-4567-8901",
        "6123\u200b45678901",
    ],
)
def test_one_reference_has_one_form(typed: str) -> None:
    found = parse_reference(ReferenceShape.RRN, typed)
    assert (found.text, found.key, found.rrn) == (
        "612345678901", "rrn:612345678901", "612345678901",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "typed"),
    [
        (ReferenceShape.RRN, "61234567890"),
        (ReferenceShape.RRN, "61234567890A"),
        (ReferenceShape.RRN, ""),
        (ReferenceShape.CARD_RRN, "1234567890123"),
        (ReferenceShape.NEFT, "HDFC526001234"),
        (ReferenceShape.RTGS, "HDFCR5202611120000123"),
    ],
)
def test_another_shape_is_refused_beside_the_field(shape: ReferenceShape, typed: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_reference(shape, typed)
    assert caught.value.field == "reference"


def test_another_shape_is_taken_when_a_person_confirms_it() -> None:
    found = parse_reference(ReferenceShape.NEFT, "sbin 526 001", is_confirmed=True)
    assert (found.text, found.key, found.rrn) == ("SBIN526001", "utr:SBIN526001", None)
    for typed in ("ABC12", "A" * 31, "ABC_123?"):
        with pytest.raises(InvalidInputError):
            parse_reference(ReferenceShape.NEFT, typed, is_confirmed=True)


@pytest.mark.parametrize(
    ("typed", "unusual"),
    [("SBIN 526 001", True), ("HDFCN52026113000", False), ("HDFC", False), ("", False),
     ("A" * 31, False), ("SBIN526001#", False)],
)  # fmt: skip
def test_what_may_be_confirmed_is_unusual_but_could_be_a_reference(
    typed: str, *, unusual: bool
) -> None:
    assert is_unusual(ReferenceShape.NEFT, typed) is unusual


def test_upi_and_imps_share_the_key_and_each_card_machine_has_its_own() -> None:
    rrn = "612345678901"
    card = parse_reference(ReferenceShape.CARD_RRN, rrn, terminal="TID00017")
    assert card.key == "card:TID00017:612345678901"
    assert card.rrn == rrn
    twelve = parse_reference(ReferenceShape.NEFT, rrn, is_confirmed=True)
    assert twelve.key == parse_reference(ReferenceShape.RRN, rrn).key


def test_neft_and_rtgs_have_their_lengths() -> None:
    assert parse_reference(ReferenceShape.NEFT, "hdfcn52026111234").text == "HDFCN52026111234"
    rtgs = parse_reference(ReferenceShape.RTGS, "HDFCR52026111200001234")
    assert rtgs.key == "utr:HDFCR52026111200001234"


def test_terminal_and_digits() -> None:
    assert parse_terminal("tid 00017") == "TID00017"
    with pytest.raises(InvalidInputError):
        parse_terminal("T1")
    assert parse_digits("last4", "x", "12 34", 4) == "1234"
    assert parse_digits("last4", "x", "", 4) == ""
    with pytest.raises(InvalidInputError):
        parse_digits("last4", "x", "12345", 4)


def test_the_year_in_an_rrn_is_a_hint() -> None:
    assert not is_of_another_year("631612345678", date(2026, 11, 12))
    assert is_of_another_year("531612345678", date(2026, 11, 12))
    assert not is_of_another_year("ABC", date(2026, 11, 12))


@given(st.text("abXY 01९८\u00a0-./", max_size=40))
def test_normalising_twice_changes_nothing_more(typed: str) -> None:
    assert normalised(normalised(typed)) == normalised(typed)
