"""Concessions: largest of a group, a stated cap, exact parts, and no difference by order."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.concessions import (
    Concession,
    ConcessionGroup,
    ConcessionMeasure,
    ConcessionSpread,
    HeadPrice,
    check_limit,
    give,
    spread,
)
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.tax import gross_of_net, tax_of_gross

RUPEE = Money(100)
PERCENT, AMOUNT = ConcessionMeasure.PERCENT, ConcessionMeasure.AMOUNT
TUITION = {"tuition": HeadPrice(Money(48_000_00), 1_800, is_net=True)}


def concession(
    group: ConcessionGroup,
    value: int,
    measure: ConcessionMeasure = PERCENT,
    key: str = "",
    heads: tuple[str, ...] = ("tuition",),
) -> Concession:
    return Concession(key or f"{group}-{measure}-{value}", group, measure, value, frozenset(heads))


SIBLING = concession(ConcessionGroup.FAMILY, 1_000)
STAFF = concession(ConcessionGroup.FAMILY, 2_500)
MERIT = concession(ConcessionGroup.MERIT, 1_500)
EARLY = concession(ConcessionGroup.EARLY, 1_000_00, AMOUNT)
SCHOLARSHIP = replace(concession(ConcessionGroup.MERIT, 10_000, key="free"), ignores_cap=True)


def test_the_largest_of_each_group_counts_and_the_cap_is_stated() -> None:
    orders = permutations((SIBLING, STAFF, MERIT, EARLY))
    found, *others = [give(order, TUITION) for order in orders]
    assert all(each == found for each in others)
    assert found.asked == Money(20_200_00)
    assert found.given == Money(19_200_00)
    assert found.cap == Money(19_200_00)
    assert found.is_limited
    assert found.parts[SIBLING.key] == ZERO
    left = Money(48_000_00) - found.given
    tax = tax_of_gross(gross_of_net(left, 1_800), 1_800)
    assert (tax.taxable, tax.cgst, tax.sgst, tax.total) == (
        Money(28_800_00), Money(2_592_00), Money(2_592_00), Money(33_984_00),
    )  # fmt: skip


def test_of_a_price_with_tax_the_tax_is_backed_out_of_the_rest() -> None:
    gross = HeadPrice(Money(56_640_00), 1_800)
    found = give([SIBLING], {"tuition": gross})
    assert found.given == Money(5_664_00)
    assert gross.off_the_bill(ZERO, found.given) == Money(5_664_00)
    tax = tax_of_gross(gross.amount - found.given, 1_800)
    assert (tax.total, tax.taxable) == (Money(50_976_00), Money(43_200_00))
    assert (tax.cgst, tax.sgst) == (Money(3_888_00), Money(3_888_00))


def test_what_is_off_a_price_without_tax_is_more_on_the_bill() -> None:
    price = TUITION["tuition"]
    assert price.off_the_bill(ZERO, Money(19_200_00)) == Money(56_640_00 - 33_984_00)
    parts = [price.off_the_bill(Money(at), Money(at + 333_33)) for at in range(0, 999_99, 333_33)]
    assert total(parts) == price.off_the_bill(ZERO, Money(999_99))


@pytest.mark.parametrize(("unit", "worth"), [(Money(1), 2_083_42), (RUPEE, 2_083_00)])
def test_a_percentage_is_half_a_paisa_up_then_down_to_the_unit(unit: Money, worth: int) -> None:
    price = {"tuition": HeadPrice(Money(16_667_33))}
    assert concession(ConcessionGroup.OTHER, 1_250).worth(price, unit) == Money(worth)


@pytest.mark.parametrize(
    ("amount", "balances", "parts"),
    [
        (5_664_00, [14_160_00] * 4, [1_416_00] * 4),
        (1_000_00, [14_160_00] * 3, [333_00, 333_00, 334_00]),
        (1_000_00, [5_000_00, 14_160_00, 14_160_00], [150_00, 424_00, 426_00]),
        (5_000_00, [16_666_00, 16_666_00, 16_668_00], [1_666_00, 1_666_00, 1_668_00]),
        (1_000_00, [0, 1_000_00], [0, 1_000_00]),
        (999_50, [500_00, 500_00], [499_00, 500_00]),
        (999_50, [1_000_00], [999_00]),
        (0, [500_00], [0]),
        (0, [0, 0], [0, 0]),
    ],
)
def test_a_concession_is_spread_in_proportion_to_what_is_open(
    amount: int, balances: list[int], parts: list[int]
) -> None:
    found = spread(Money(amount), [Money(each) for each in balances], RUPEE)
    assert [each.paise for each in found] == parts


def test_a_concession_may_be_taken_off_the_first_or_the_last_dues() -> None:
    balances = [Money(5_000_00), Money(14_160_00), Money(14_160_00)]
    off = [spread(Money(6_000_00), balances, RUPEE, how) for how in ConcessionSpread]
    first, last = off[1], off[2]
    assert first == (Money(5_000_00), Money(1_000_00), ZERO)
    assert last == (ZERO, ZERO, Money(6_000_00))


def test_500_off_a_due_leaves_the_tax_of_the_rest() -> None:
    (part,) = spread(Money(500_00), [Money(14_160_00)], RUPEE)
    tax = tax_of_gross(Money(14_160_00) - part, 1_800)
    assert (tax.total, tax.taxable, tax.cgst, tax.sgst) == (
        Money(13_660_00), Money(11_576_28), Money(1_041_86), Money(1_041_86),
    )  # fmt: skip


def test_a_scholarship_ignores_the_cap_and_leaves_nothing_to_pay() -> None:
    found = give([SIBLING, SCHOLARSHIP], TUITION)
    assert found.given == Money(48_000_00)
    half = give([SIBLING, STAFF, replace(SCHOLARSHIP, value=5_000)], TUITION)
    assert half.given == Money(24_000_00 + 12_000_00)
    assert not half.is_limited


def test_a_fixed_price_replaces_everything_else_on_its_heads() -> None:
    fixed = concession(ConcessionGroup.OTHER, 40_000_00, ConcessionMeasure.FIXED_PRICE)
    found = give([SIBLING, EARLY, fixed], TUITION)
    assert (found.asked, found.parts[SIBLING.key]) == (Money(8_000_00), ZERO)
    books = {**TUITION, "books": HeadPrice(Money(2_000_00))}
    on_books = concession(ConcessionGroup.FAMILY, 5_000, heads=("books",))
    assert give([fixed, on_books], books).asked == Money(9_000_00)
    dearer = concession(ConcessionGroup.OTHER, 60_000_00, ConcessionMeasure.FIXED_PRICE)
    assert give([dearer], TUITION).given == ZERO


def test_a_concession_is_at_most_its_own_limit_and_the_price() -> None:
    assert replace(STAFF, most=Money(5_000_00)).worth(TUITION) == Money(5_000_00)
    huge = concession(ConcessionGroup.EARLY, 60_000_00, AMOUNT)
    assert huge.worth(TUITION) == Money(48_000_00)
    assert give([concession(ConcessionGroup.EARLY, 100, AMOUNT, heads=("books",))], TUITION).given \
        == ZERO  # fmt: skip


def test_the_desk_gives_no_more_than_its_limit() -> None:
    check_limit(Money(2_400_00), TUITION, 500, ZERO)
    check_limit(Money(1_000_00), TUITION, 500, Money(1_000_00))
    for given_, most in ((2_400_01, 0), (1_000_01, 1_000_00)):
        with pytest.raises(InvalidInputError, match="at most"):
            check_limit(Money(given_), TUITION, 500, Money(most))


def test_what_several_heads_get_is_in_proportion_to_their_prices() -> None:
    prices = {"tuition": HeadPrice(Money(3_000_00)), "books": HeadPrice(Money(1_000_00))}
    both = concession(ConcessionGroup.OTHER, 333_33, AMOUNT, heads=("tuition", "books", "hostel"))
    parts = both.divided(Money(333_33), prices)
    assert parts == {"books": Money(83_33), "tuition": Money(250_00)}


# --- any of them

amounts = st.integers(min_value=0, max_value=10**8)
concessions = st.lists(
    st.builds(
        Concession,
        key=st.text("abcdef", min_size=1, max_size=6),
        group=st.sampled_from(ConcessionGroup),
        measure=st.sampled_from(ConcessionMeasure),
        value=st.integers(min_value=1, max_value=10_000),
        heads=st.sampled_from(
            [frozenset({"tuition"}), frozenset({"books"}), frozenset({"tuition", "books"})]
        ),
        most=st.one_of(st.none(), amounts.map(Money)),
        ignores_cap=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda each: each.key,
)
prices_of_heads = st.fixed_dictionaries(
    {"tuition": amounts.map(lambda paise: HeadPrice(Money(paise + 1)))},
    optional={"books": amounts.map(lambda paise: HeadPrice(Money(paise + 1)))},
)
caps = st.integers(min_value=0, max_value=10_000)
units = st.sampled_from([Money(1), Money(100), Money(1_000), Money(10_000)])


@given(concessions, prices_of_heads, caps, units, st.randoms(use_true_random=False))
def test_the_order_of_entry_never_matters(wanted, prices, cap_bp, unit, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(wanted)
    random.shuffle(shuffled)
    assert give(shuffled, prices, cap_bp, unit) == give(wanted, prices, cap_bp, unit)


@given(concessions, prices_of_heads, caps, units)
def test_no_sum_is_above_the_price_or_the_cap(wanted, prices, cap_bp, unit) -> None:  # type: ignore[no-untyped-def]
    found = give(wanted, prices, cap_bp, unit)
    price = total(each.amount for each in prices.values())
    assert ZERO <= found.given <= min(found.asked, price)
    assert total(found.parts.values()) == found.given
    assert set(found.parts) == {each.key for each in wanted}
    if not any(each.ignores_cap for each in wanted):
        assert found.given <= found.cap
    for each in wanted:
        assert found.parts[each.key] <= each.worth(prices, unit)


@given(
    st.lists(amounts.map(Money), min_size=1, max_size=12),
    st.integers(min_value=0, max_value=10_000),
    units,
    st.sampled_from(ConcessionSpread),
)
def test_no_due_becomes_negative_or_keeps_less_than_a_rupee(balances, share, unit, how) -> None:  # type: ignore[no-untyped-def]
    amount = Money(total(balances).paise * share // 10_000)
    parts = spread(amount, balances, unit, how)
    for part, balance in zip(parts, balances, strict=True):
        left = balance - part
        assert ZERO <= part <= balance
        assert not part or not left or left.paise >= 100
    assert amount - Money(100 * len(balances)) <= total(parts) <= amount


def test_more_than_is_open_cannot_be_taken_off() -> None:
    with pytest.raises(ValueError, match="at most what is open"):
        spread(Money(2), [Money(1)])
