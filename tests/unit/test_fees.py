"""Quotes: the parts always sum to the paisa, GST in halves, none without a GSTIN."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.fees import Quote, format_rate, quote
from desktop_app.domain.gstin import check_character, normalise_gstin
from desktop_app.domain.money import Money, total
from desktop_app.domain.seats import free_seats
from desktop_app.domain.tax import tax_of_gross


def course(fee: int, rate: int, *, inclusive: bool) -> object:
    return make_course(
        code="C", title="Physics XI", batch="Morning", fee=Money(fee), gst_bp=rate,
        tax_inclusive=inclusive,
    )  # fmt: skip


@given(st.integers(100, 10**10), st.integers(0, 10_000), st.booleans())
def test_the_lines_of_a_quote_sum_to_it(fee: int, rate: int, inclusive: bool) -> None:
    found = quote(course(fee, rate, inclusive=inclusive), registered=True)  # type: ignore[arg-type]
    assert total(line.amount for line in found.lines) == found.total
    assert (found.total if inclusive else found.tax.taxable) == Money(fee)
    assert found.tax.cgst == found.tax.sgst


def test_an_inclusive_fee_is_the_total() -> None:
    found = quote(course(1_180_000, 1_800, inclusive=True), registered=True)  # type: ignore[arg-type]
    assert [(line.label, line.amount.paise) for line in found.lines] == [
        ("Physics XI · Morning", 1_000_000),
        ("CGST 9 %", 90_000),
        ("SGST 9 %", 90_000),
    ]
    assert found.total == Money(1_180_000)


def test_an_exclusive_fee_gets_its_tax_to_the_paisa() -> None:
    found = quote(course(999_999, 1_800, inclusive=False), registered=True)  # type: ignore[arg-type]
    assert found.total == Money(1_179_999)
    assert total(line.amount for line in found.lines) == found.total


@pytest.mark.parametrize("inclusive", [True, False])
def test_a_centre_without_a_gstin_charges_the_fee_and_no_tax(inclusive: bool) -> None:
    found = quote(course(999_999, 1_800, inclusive=inclusive), registered=False)  # type: ignore[arg-type]
    assert found.total == Money(999_999)
    assert len(found.lines) == 1
    assert not found.tax.amount


def test_a_supply_to_another_state_has_one_line_of_igst() -> None:
    tax = tax_of_gross(Money(1_180_000), 1_800, is_interstate=True)
    found = Quote("Physics XI", tax, registered=True)
    assert [(line.label, line.amount.paise) for line in found.lines] == [
        ("Physics XI", 1_000_000),
        ("IGST 18 %", 180_000),
    ]


def test_a_zero_rate_shows_no_tax_lines() -> None:
    found = quote(course(100, 0, inclusive=True), registered=True)  # type: ignore[arg-type]
    assert len(found.lines) == 1


@pytest.mark.parametrize(
    ("rate", "halves", "shown"),
    [(1_800, 1, "18 %"), (1_800, 2, "9 %"), (500, 2, "2.5 %"), (25, 2, "0.125 %")],
)
def test_rates_are_shown_without_needless_digits(rate: int, halves: int, shown: str) -> None:
    assert format_rate(rate, halves=halves) == shown


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("fee", {"fee": Money(-1)}),
        ("fee", {"fee": Money(10**12)}),
        ("gst_rate", {"gst_bp": 10_001}),
        ("seats", {"seats": -1}),
        ("code", {"code": " "}),
        ("title", {"title": "\u200b"}),
    ],
)
def test_a_course_says_which_field_is_wrong(field: str, values: dict[str, object]) -> None:
    facts: dict[str, object] = {"code": "C", "title": "T", "fee": Money(100)} | values
    with pytest.raises(InvalidInputError) as caught:
        make_course(**facts)  # type: ignore[arg-type]
    assert caught.value.field == field


def test_free_seats_are_never_negative() -> None:
    assert free_seats(None, 500) is None
    assert free_seats(2, 3) == 0
    assert free_seats(3, 1) == 2


def test_a_gstin_is_checked_to_its_last_character() -> None:
    assert normalise_gstin(" 29abcde1234f1zw ") == "29ABCDE1234F1ZW"
    assert check_character("27AAPFU0939F1Z") == "V"
    assert normalise_gstin("") == ""
    for wrong in ("29ABCDE1234F1ZX", "29ABCDE1234F1Z", "00ABCDE1234F1ZW", "hello"):
        with pytest.raises(InvalidInputError):
            normalise_gstin(wrong)
