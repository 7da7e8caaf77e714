"""Tax of whole amounts and of parts: halves are equal, and parts sum to their due."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.tax import (
    SplitRule,
    Tax,
    gross_of_net,
    sum_of_parts,
    tax_of_changed,
    tax_of_gross,
    tax_of_part,
)

GROSS = st.integers(0, 10**10)
RATES = st.integers(0, 10_000)


# --- the oracle: integers only, written by themselves


def half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def oracle_of_gross(gross: int, rate: int) -> tuple[int, int, int]:
    half = half_up(gross * rate, 2 * (10_000 + rate))
    return gross - 2 * half, half, half


def oracle_of_net(net: int, rate: int) -> int:
    return net + 2 * half_up(net * rate, 20_000)


def oracle_of_part(due: int, half: int, paid_before: int, half_before: int, part: int) -> int:
    if paid_before + part == due:
        return half - half_before
    wanted = half_up(half * (paid_before + part), due) - half_before
    return min(max(wanted, 0), part // 2)


# --- dues and their parts


def figures(tax: Tax) -> tuple[int, int, int]:
    return tax.taxable.paise, tax.cgst.paise, tax.sgst.paise


def unequal(gross: int, rate: int) -> Tax:
    """Return a due as version 0.1 wrote it: CGST is half the tax rounded down, SGST the rest."""
    net = half_up(gross * 10_000, 10_000 + rate)
    cgst = (gross - net) // 2
    sgst = gross - net - cgst
    return Tax(Money(net), Money(cgst), Money(sgst), rate, split_rule=SplitRule.RESIDUAL)


def pay(due: Tax, parts: list[int]) -> list[Tax]:
    paid: list[Tax] = []
    for part in parts:
        paid.append(tax_of_part(due, sum_of_parts(due, paid), Money(part)))
    return paid


@st.composite
def dues_in_parts(draw: st.DrawFn) -> tuple[Tax, list[int]]:
    """Return a due and parts that sum to it, each of a rupee or more."""
    parts = draw(st.lists(st.integers(100, 10**7), min_size=1, max_size=12))
    gross, rate = sum(parts), draw(RATES)
    due = draw(
        st.sampled_from(
            [
                tax_of_gross(Money(gross), rate),
                tax_of_gross(Money(gross), rate, is_interstate=True),
                unequal(gross, rate),
            ]
        )
    )
    return due, parts


# --- whole amounts


@pytest.mark.parametrize(
    ("gross", "intra", "inter"),
    [
        (11_800_00, (10_000_00, 900_00), (10_000_00, 1_800_00)),
        (10_000_00, (8_474_58, 762_71), (8_474_58, 1_525_42)),
        (333_34, (282_50, 25_42), (282_49, 50_85)),
        (16_666_00, (14_123_72, 1_271_14), (14_123_73, 2_542_27)),
        (1_00, (84, 8), (85, 15)),
        (3, (3, 0), (3, 0)),
        (300_00, (254_24, 22_88), (254_24, 45_76)),
        (28_320_00, (24_000_00, 2_160_00), (24_000_00, 4_320_00)),
    ],
)
def test_amounts_at_18_percent(gross: int, intra: tuple[int, int], inter: tuple[int, int]) -> None:
    tax = tax_of_gross(Money(gross), 1_800)
    assert figures(tax) == (intra[0], intra[1], intra[1])
    assert (tax.igst, tax.rate_bp, tax.split_rule) == (ZERO, 1_800, 2)
    tax = tax_of_gross(Money(gross), 1_800, is_interstate=True)
    assert figures(tax) == (inter[0], 0, 0)
    assert (tax.igst.paise, tax.rate_bp, tax.split_rule) == (inter[1], 1_800, 2)


@pytest.mark.parametrize(
    ("net", "gross", "half"), [(48_000_00, 56_640_00, 4_320_00), (10_03, 11_83, 90)]
)
def test_a_price_without_tax_is_grossed_up(net: int, gross: int, half: int) -> None:
    assert gross_of_net(Money(net), 1_800) == Money(gross)
    assert figures(tax_of_gross(Money(gross), 1_800)) == (net, half, half)


def test_no_fee_in_whole_rupees_has_unequal_halves() -> None:
    fees = range(100, 50_000_00, 100)
    assert all(tax.cgst == tax.sgst for tax in (tax_of_gross(Money(fee), 1_800) for fee in fees))
    was = sum(tax.cgst != tax.sgst for tax in (unequal(fee, 1_800) for fee in fees))
    assert was == 25_424, "what version 0.1 made of the same fees"


@given(GROSS, RATES, st.booleans())
def test_the_components_sum_and_none_is_negative(gross: int, rate: int, interstate: bool) -> None:
    tax = tax_of_gross(Money(gross), rate, is_interstate=interstate)
    assert tax.total == Money(gross)
    assert tax.total - tax.taxable == tax.amount
    assert tax.cgst == tax.sgst
    assert min(tax.taxable, tax.cgst, tax.igst) >= ZERO
    assert not (tax.igst and tax.cgst)
    if not interstate:
        assert figures(tax) == oracle_of_gross(gross, rate)


@given(GROSS, RATES)
def test_what_was_grossed_up_is_found_again(net: int, rate: int) -> None:
    gross = gross_of_net(Money(net), rate)
    assert gross.paise == oracle_of_net(net, rate)
    assert tax_of_gross(gross, rate).taxable == Money(net)


# --- parts


@pytest.mark.parametrize(
    ("gross", "parts", "wanted"),
    [
        (
            14_160_00,
            [5_000_00, 9_160_00],
            [(4_237_28, 381_36), (7_762_72, 698_64)],
        ),
        (
            12_500_00,
            [3_333_33, 3_333_33, 3_333_34, 2_500_00],
            [(2_824_85, 254_24), (2_824_87, 254_23), (2_824_86, 254_24), (2_118_64, 190_68)],
        ),
    ],
)
def test_parts_at_18_percent(gross: int, parts: list[int], wanted: list[tuple[int, int]]) -> None:
    paid = pay(tax_of_gross(Money(gross), 1_800), parts)
    assert [figures(each) for each in paid] == [(net, half, half) for net, half in wanted]


@given(dues_in_parts(), st.integers(0, 10**7))
def test_where_no_part_is_left_the_tax_is_that_of_the_parts(
    due_and_parts: tuple[Tax, list[int]], rest: int
) -> None:
    due, parts = due_and_parts
    paid = sum_of_parts(due, pay(due, parts[:-1])) if parts[1:] else None
    if paid is None:
        return
    settled = tax_of_changed(due, paid.total, paid)
    assert settled == paid
    assert settled.total == settled.taxable + settled.cgst + settled.sgst + settled.igst
    by_itself = tax_of_changed(due, paid.total)
    assert abs(settled.cgst.paise - by_itself.cgst.paise) <= 1
    assert abs(settled.igst.paise - by_itself.igst.paise) <= 1
    more = paid.total + Money(rest)
    if rest and more < due.total:
        assert tax_of_changed(due, more, paid) == tax_of_changed(due, more)
    assert tax_of_changed(due, due.total, paid) is due


@given(dues_in_parts(), st.randoms(use_true_random=False))
def test_parts_sum_to_the_dues_own_split_in_every_order(
    drawn: tuple[Tax, list[int]], dice: object
) -> None:
    due, parts = drawn
    dice.shuffle(parts)  # type: ignore[attr-defined]
    paid = pay(due, parts)
    assert sum_of_parts(due, paid) == due
    assert [each.total.paise for each in paid] == parts
    for each in paid:
        assert min(each.taxable, each.cgst, each.sgst, each.igst) >= ZERO
        assert (each.rate_bp, each.split_rule) == (due.rate_bp, due.split_rule)
        assert each.cgst == each.sgst or due.split_rule is SplitRule.RESIDUAL


@given(dues_in_parts())
def test_the_sum_of_the_first_parts_depends_on_their_sum_alone(
    drawn: tuple[Tax, list[int]],
) -> None:
    due, parts = drawn
    first, last = parts[:-1], parts[-1]
    in_turn = sum_of_parts(due, pay(due, first))
    at_once = sum_of_parts(due, pay(due, [sum(first)] if first else []))
    assert in_turn == at_once
    assert tax_of_part(due, in_turn, Money(last)) == tax_of_part(due, at_once, Money(last))


@given(
    st.lists(st.integers(1, 10**6), min_size=1, max_size=8).filter(lambda each: sum(each) >= 100),
    RATES,
)
def test_the_half_of_a_part_is_that_of_the_oracle(parts: list[int], rate: int) -> None:
    gross = sum(parts)
    due = tax_of_gross(Money(gross), rate)
    before = half_before = 0
    for part, found in zip(parts, pay(due, parts), strict=True):
        half = oracle_of_part(gross, due.cgst.paise, before, half_before, part)
        assert figures(found) == (part - 2 * half, half, half)
        before, half_before = before + part, half_before + half


def test_a_due_of_version_01_keeps_its_own_halves() -> None:
    due = unequal(333_34, 1_800)
    assert figures(due) == (282_49, 25_42, 25_43)
    paid = pay(due, [100_00, 100_00, 133_34])
    assert [figures(each) for each in paid] == [
        (84_74, 7_63, 7_63),
        (84_75, 7_62, 7_63),
        (113_00, 10_17, 10_17),
    ]
    assert sum_of_parts(due, paid) == due


def test_a_part_takes_at_most_what_it_is() -> None:
    due = tax_of_gross(Money(400), 10_000)
    one = pay(due, [1, 1, 1])
    assert [figures(each) for each in one] == [(1, 0, 0)] * 3
    inter = tax_of_gross(Money(400), 10_000, is_interstate=True)
    assert [each.igst.paise for each in pay(inter, [1, 1, 1])] == [1, 0, 1]


def test_a_due_sums_even_where_its_last_part_cannot_hold_the_rest() -> None:
    due = tax_of_gross(Money(300), 10_000)
    assert sum_of_parts(due, pay(due, [1] * 200 + [100])) == due


def test_what_was_reversed_is_paid_again_with_what_is_left() -> None:
    due = tax_of_gross(Money(12_500_00), 1_800)
    first, second = pay(due, [3_333_33, 3_333_33])
    back = replace(first, taxable=-first.taxable, cgst=-first.cgst, sgst=-first.sgst)
    before = sum_of_parts(due, [first, second, back])
    assert before == second
    rest = tax_of_part(due, before, due.total - before.total)
    assert sum_of_parts(due, [second, rest]) == due


@pytest.mark.parametrize("part", [0, -1, 50_01, 100_01])
def test_a_part_is_positive_and_at_most_the_balance(part: int) -> None:
    due = tax_of_gross(Money(100_00), 1_800)
    before = tax_of_part(due, sum_of_parts(due, []), Money(50_00))
    with pytest.raises(ValueError, match="part"):
        tax_of_part(due, before, Money(part))
