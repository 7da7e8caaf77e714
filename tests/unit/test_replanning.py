"""Replanning keeps what is open, and a change of course is computed by days or by difference."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desktop_app.domain.course_change import (
    CourseTerm,
    added_to_parts,
    by_difference,
    check_term,
    owed_parts,
    prorated,
)
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.replanning import HeadKey, OpenPart, replan

TUITION = HeadKey("tuition", 1_800, "taxable", registered=True)
BOOKS = HeadKey("books", 0, "exempt", registered=True)
RUPEE = Money(100)
OCTOBER = date(2026, 10, 1)
A = CourseTerm(Money(56_640_00), date(2026, 7, 1), date(2027, 3, 31))
B = CourseTerm(Money(82_600_00), date(2026, 7, 1), date(2027, 3, 31))


def part(key: HeadKey, number: int, amount: int) -> OpenPart:
    return OpenPart(f"{key.head_code}-{number}", key, number, OCTOBER, Money(amount))


def dates(count: int) -> list[date]:
    return [OCTOBER + timedelta(days=30 * number) for number in range(count)]


def test_three_open_parts_become_two() -> None:
    found = replan([part(TUITION, number, 14_160_00) for number in (2, 3, 4)], dates(2), RUPEE)
    assert [(each.number, each.amount) for each in found] == [  # V1.15
        (1, Money(21_240_00)), (2, Money(21_240_00)),
    ]  # fmt: skip


@given(
    st.lists(st.tuples(st.sampled_from([TUITION, BOOKS]), st.integers(100, 10**8)), min_size=1,
             max_size=8),
    st.integers(1, 24), st.sampled_from([1, 100, 1_000]),
)  # fmt: skip
def test_every_head_keeps_its_sum(
    amounts: list[tuple[HeadKey, int]], count: int, unit: int
) -> None:
    old = [part(key, number, amount) for number, (key, amount) in enumerate(amounts)]
    try:
        new = replan(old, dates(count), Money(unit))
    except InvalidInputError:
        least = min(sum(a for k, a in amounts if k == key) for key, _ in amounts)
        assert least // count // unit * unit < 100
        return
    for key in {each.key for each in old}:
        assert total(each.amount for each in new if each.key == key) == total(
            each.amount for each in old if each.key == key
        )
    assert min(each.amount for each in new) >= RUPEE
    assert {each.due_on for each in new} == set(dates(count))


@pytest.mark.parametrize(
    ("old", "days", "shown"),
    [
        ([], dates(2), "There's no instalment left to change."),
        ([part(TUITION, 1, 100_00)], [], "Enter 1 to 24 instalments."),
        ([part(TUITION, 1, 100_00)], dates(25), "Enter 1 to 24 instalments."),
        ([part(TUITION, 1, 100_00)], [OCTOBER, OCTOBER],
         "Enter the dates in order, earliest first."),
        ([part(TUITION, 1, 1_50)], dates(2),
         "An instalment would be less than ₹1. Use fewer instalments."),
    ],
)  # fmt: skip
def test_a_replan_that_does_not_fit_is_refused(
    old: list[OpenPart], days: list[date], shown: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        replan(old, days, RUPEE)
    assert caught.value.message == shown


def test_a_dearer_course_is_charged_by_days() -> None:
    assert (A.days, A.used(OCTOBER), B.days - B.used(OCTOBER)) == (274, 92, 182)  # V1.16
    found = prorated(A, B, Money(28_320_00), OCTOBER)
    assert (found.keep, found.charge) == (Money(19_017_81), Money(54_865_69))
    assert (found.owed, found.credit) == (Money(45_563_50), ZERO)
    assert owed_parts(found.owed, 2, RUPEE) == (Money(22_781_00), Money(22_782_50))


def test_what_is_kept_is_net_of_concessions() -> None:
    reduced = CourseTerm(Money(50_976_00), A.starts_on, A.ends_on)
    assert prorated(reduced, B, ZERO, OCTOBER).keep == Money(17_116_02)  # V1.17


def test_a_cheaper_course_leaves_credit() -> None:
    found = prorated(B, A, Money(82_600_00), OCTOBER)  # V1.18
    assert (found.keep, found.charge) == (Money(27_734_30), Money(37_622_18))
    assert (found.owed, found.credit) == (ZERO, Money(17_243_52))


def test_the_difference_is_added_to_the_open_parts() -> None:
    parts, credit = added_to_parts([Money(14_160_00)] * 2, B.fee - A.fee, RUPEE)  # V1.19
    assert [each - Money(14_160_00) for each in parts] == [Money(12_980_00)] * 2
    assert credit == ZERO
    assert by_difference(A.fee, B.fee, Money(28_320_00)).owed == total(parts)


@pytest.mark.parametrize(
    ("parts", "difference", "left", "credit"),
    [
        ([100_00, 100_00], -50_00, [100_00, 50_00], 0),
        ([100_00, 100_00], -150_00, [50_00, 0], 0),
        ([100_00, 100_00], -250_00, [0, 0], 50_00),
        ([], -250_00, [], 250_00),
        ([100_00, 100_00], 1, [100_00, 100_01], 0),
    ],
)
def test_a_lower_fee_shortens_the_last_parts(
    parts: list[int], difference: int, left: list[int], credit: int
) -> None:
    found = added_to_parts(list(map(Money, parts)), Money(difference), RUPEE)
    assert found == (tuple(map(Money, left)), Money(credit))


FEES = st.integers(0, 10**9)
STARTS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(
    FEES,
    FEES,
    FEES,
    STARTS,
    STARTS,
    st.integers(0, 400),
    st.integers(0, 400),
    st.integers(-50, 500),
)
def test_a_change_never_keeps_or_charges_more_than_the_fees(
    old_fee: int, new_fee: int, paid: int, old_start: date, new_start: date, old_days: int,
    new_days: int, after: int,
) -> None:  # fmt: skip
    old = CourseTerm(Money(old_fee), old_start, old_start + timedelta(days=old_days))
    new = CourseTerm(Money(new_fee), new_start, new_start + timedelta(days=new_days))
    found = prorated(old, new, Money(paid), old_start + timedelta(days=after))
    assert ZERO <= found.keep <= old.fee
    assert ZERO <= found.charge <= new.fee
    assert found.owed - found.credit == found.keep + found.charge - Money(paid)
    assert not (found.owed and found.credit)


@given(st.lists(st.integers(1, 10**8), max_size=6), st.integers(-(10**9), 10**9))
def test_the_difference_is_nowhere_lost(parts: list[int], difference: int) -> None:
    assume(parts or difference <= 0)
    left, credit = added_to_parts(list(map(Money, parts)), Money(difference), Money(1))
    assert total(left) - credit == Money(sum(parts) + difference)
    assert min((*left, credit)) >= ZERO


def test_a_course_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_term(CourseTerm(Money(100), OCTOBER, date(2026, 9, 30)))
    assert caught.value.field == "ends_on"
    assert check_term(A) is A
