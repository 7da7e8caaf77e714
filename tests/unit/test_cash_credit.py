"""The cash inside credit: cash goes first, moves with what is moved, and returns with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.cash_credit import CreditCause, CreditStep, cash_in_credit
from desktop_app.domain.money import ZERO, Money, total

CASH, OTHER, USED, MOVED, BACK = CreditCause
ASHA, ROHAN = "asha", "rohan"


def steps(*rows: tuple[str, int, CreditCause]) -> list[CreditStep]:
    """Return rows of credit; both rows of a move have one movement."""
    made: list[CreditStep] = []
    for at, (student, paise, cause) in enumerate(rows):
        is_second = cause is MOVED and paise > 0
        movement = made[-1].movement_uid if is_second else f"m{at}"
        made.append(CreditStep(f"c{at}", student, movement, Money(paise), cause))
    return made


@pytest.mark.parametrize(
    ("rows", "used", "left"),
    [
        ([(ASHA, 100, CASH), (ASHA, -60, USED)], {"c1": 60}, {ASHA: 40}),
        ([(ASHA, 50, OTHER), (ASHA, 30, CASH), (ASHA, -60, USED)], {"c2": 30}, {ASHA: 0}),
        ([(ASHA, 30, CASH), (ASHA, 50, OTHER), (ASHA, -50, OTHER)], {}, {ASHA: 30}),
        (
            [(ASHA, 30, CASH), (ASHA, -20, MOVED), (ROHAN, 20, MOVED), (ROHAN, -20, USED)],
            {"c3": 20},
            {ASHA: 10, ROHAN: 0},
        ),
        (
            [(ASHA, 30, CASH), (ASHA, -30, USED), (ASHA, 30, BACK), (ASHA, -30, USED)],
            {"c1": 30, "c3": 30},
            {ASHA: 0},
        ),
        ([(ASHA, 40, OTHER), (ASHA, -40, USED), (ASHA, 40, BACK)], {"c1": 0}, {ASHA: 0}),
    ],
)
def test_cash_goes_first(
    rows: list[tuple[str, int, CreditCause]], used: dict[str, int], left: dict[str, int]
) -> None:
    found = cash_in_credit(steps(*rows))
    assert {uid: part.paise for uid, part in found.used.items()} == used
    assert {uid: part.paise for uid, part in found.left.items()} == left


@given(
    st.lists(st.tuples(st.integers(1, 1_000), st.sampled_from([CASH, OTHER, USED]))),
    st.integers(0, 1_000),
)
def test_no_cash_is_lost_or_made(wanted: list[tuple[int, CreditCause]], moved: int) -> None:
    rows: list[tuple[str, int, CreditCause]] = []
    balance = 0
    for paise, cause in wanted:
        amount = -min(paise, balance) if cause is USED else paise
        if amount:
            rows.append((ASHA, amount, cause))
            balance += amount
    if 0 < moved <= balance:
        rows += [(ASHA, -moved, MOVED), (ROHAN, moved, MOVED)]
    found = cash_in_credit(steps(*rows))
    brought = total(Money(paise) for _, paise, cause in rows if cause is CASH)
    assert total([*found.left.values(), *found.used.values()]) == brought
    assert min([*found.left.values(), ZERO]) == ZERO
