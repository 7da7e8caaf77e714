"""Money on dues: in order, and no due keeps a balance under one rupee."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.allocation import (
    LEAST_DUE,
    LateFeeOrder,
    OpenDue,
    allocate,
    check_part,
    in_order,
)
from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money, total


def oracle(money: int, dues: list[tuple[str, int]]) -> tuple[list[tuple[str, int]], int]:
    out: list[tuple[str, int]] = []
    for key, balance in dues:
        part = min(money, balance)
        if part and 0 < balance - part < 100:
            part = max(0, balance - 100)
        if part:
            out.append((key, part))
            money -= part
    return out, money


def allocated(money: int, dues: list[tuple[str, int]]) -> tuple[list[tuple[str, int]], int]:
    found = allocate(Money(money), {uid: Money(balance) for uid, balance in dues})
    return [(uid, part.paise) for uid, part in found.parts.items()], found.rest.paise


@pytest.mark.parametrize(
    ("money", "dues", "parts", "rest"),
    [
        (14_159_50, [14_160_00], [14_159_00], 50),
        (10_000_00, [4_160_00, 2_000_00, 14_160_00, 300_00], [4_160_00, 2_000_00, 3_840_00], 0),
        (10_000_00, [300_00, 4_160_00, 2_000_00, 14_160_00],
         [300_00, 4_160_00, 2_000_00, 3_540_00], 0),
        (30_000_00, [4_160_00, 2_000_00, 14_160_00, 300_00],
         [4_160_00, 2_000_00, 14_160_00, 300_00], 9_380_00),
        (99_50, [1_00_00, 5_00], [99_00, 50], 0),
        (150, [200], [100], 50),
        (101, [100], [100], 1),
        (99, [100], [], 99),
        (49, [50], [], 49),
        (0, [50, 100], [], 0),
        (100, [], [], 100),
    ],
)  # fmt: skip
def test_money_goes_to_dues_in_order(
    money: int, dues: list[int], parts: list[int], rest: int
) -> None:
    found = allocate(Money(money), {str(at): Money(each) for at, each in enumerate(dues)})
    assert [each.paise for each in found.parts.values()] == parts
    assert found.rest == Money(rest)


BALANCES = st.one_of(st.integers(1, 400), st.integers(1, 10**7))


@given(st.one_of(st.integers(0, 1_000), st.integers(0, 10**8)), st.lists(BALANCES, max_size=8))
def test_nothing_is_lost_and_no_small_balance_stays(money: int, balances: list[int]) -> None:
    dues = [(str(at), balance) for at, balance in enumerate(balances)]
    assert allocated(money, dues) == oracle(money, dues)
    open_dues = {uid: Money(balance) for uid, balance in dues}
    found = allocate(Money(money), open_dues)
    assert total(found.parts.values()) + found.rest == Money(money)
    assert found.rest >= ZERO
    for uid, part in found.parts.items():
        check_part(open_dues[uid], part)


@pytest.mark.parametrize(
    ("balance", "part"), [(100, 100), (200, 100), (14_160_00, 1), (50, 50), (14_160_00, 14_159_00)]
)
def test_a_part_leaves_nothing_or_a_rupee(balance: int, part: int) -> None:
    check_part(Money(balance), Money(part))


@pytest.mark.parametrize(
    ("balance", "part", "shown"),
    [
        (14_160_00, 14_159_01,
         ("This amount would leave less than ₹1 due. Enter ₹14,160.00, or at most "
          "₹14,159.00.")),
        (14_160_00, 14_159_99,
         ("This amount would leave less than ₹1 due. Enter ₹14,160.00, or at most "
          "₹14,159.00.")),
        (101, 2, ("This amount would leave less than ₹1 due. Enter ₹1.01, or at most "
                  "₹0.01.")),
        (100, 1, "This amount would leave less than ₹1 due. Enter ₹1.00."),
        (50, 49, "This amount would leave less than ₹1 due. Enter ₹0.50."),
        (50_00, 50_01, "The fee due is ₹50.00. Enter that amount or less."),
        (50_00, 0, "Enter an amount above ₹0."),
        (50_00, -1, "Enter an amount above ₹0."),
    ],
)  # fmt: skip
def test_a_part_that_does_not_fit_is_refused_in_words(balance: int, part: int, shown: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_part(Money(balance), Money(part))
    assert (caught.value.field, caught.value.message) == ("amount", shown)


@pytest.mark.parametrize("fee", [1, 50, 99])
def test_a_new_course_costs_nothing_or_a_rupee(fee: int) -> None:
    with pytest.raises(InvalidInputError) as caught:
        make_course(code="C", title="T", fee=Money(fee))
    assert (caught.value.field, caught.value.message) == (
        "fee", "Enter a fee of at least ₹1, or 0 for a free course.",
    )  # fmt: skip
    for taken in (ZERO, LEAST_DUE):
        assert make_course(code="C", title="T", fee=taken).fee == taken


DUES = [
    OpenDue("exam", date(2026, 10, 10), 7, 2, Money(14_160_00)),
    OpenDue("late", date(2026, 8, 10), 99, 1, Money(300_00), is_late_fee=True),
    OpenDue("books", date(2026, 8, 10), 5, 1, Money(2_000_00)),
    OpenDue("tuition", date(2026, 8, 10), 1, 1, Money(4_160_00)),
]


@pytest.mark.parametrize(
    ("order", "amount", "parts", "rest"),
    [
        (LateFeeOrder.PRINCIPAL_FIRST, 10_000_00,
         {"tuition": 4_160_00, "books": 2_000_00, "exam": 3_840_00}, 0),  # V1.13
        (LateFeeOrder.LATE_FEE_FIRST, 10_000_00,
         {"late": 300_00, "tuition": 4_160_00, "books": 2_000_00, "exam": 3_540_00}, 0),
        (LateFeeOrder.PRINCIPAL_FIRST, 30_000_00,
         {"tuition": 4_160_00, "books": 2_000_00, "exam": 14_160_00, "late": 300_00},
         9_380_00),  # V1.14
    ],
)  # fmt: skip
def test_money_on_no_chosen_line_pays_the_oldest_due_first(
    order: LateFeeOrder, amount: int, parts: dict[str, int], rest: int
) -> None:
    found = allocate(Money(amount), in_order(DUES, order))
    assert {uid: part.paise for uid, part in found.parts.items()} == parts
    assert list(found.parts) == list(parts)
    assert found.rest == Money(rest)


def test_of_one_day_and_head_the_lower_instalment_comes_first() -> None:
    dues = [
        OpenDue("b", date(2026, 8, 10), 1, 2, Money(100)),
        OpenDue("d", date(2026, 8, 10), 1, 1, Money(100)),
        OpenDue("c", date(2026, 8, 10), 1, 1, Money(100)),
        OpenDue("a", date(2026, 8, 11), 1, 1, Money(100)),
    ]
    assert list(in_order(dues)) == ["c", "d", "b", "a"]
