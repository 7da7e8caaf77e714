"""Bills: their states, and how tenders fill their lines."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.allocation import leaves_enough
from desktop_app.domain.bills import (
    BILL_TABLE,
    LONGEST_HOLD,
    MOST_LINES,
    OPEN_BILLS,
    BillState,
    TenderState,
    check_line_count,
    check_line_part,
    fill_lines,
    tender_state,
    tenders_within,
)
from desktop_app.domain.errors import IllegalTransitionError, InvalidInputError
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.payment import AttemptState
from desktop_app.domain.state_machine import advance
from desktop_app.domain.tax import sum_of_parts, tax_of_gross, tax_of_part
from desktop_app.services.settings.table import SETTINGS

B, T = BillState, TenderState
BILL_WAYS = {
    (B.DRAFT, B.OFFERED), (B.DRAFT, B.ABANDONED),
    (B.OFFERED, B.PART_PAID), (B.OFFERED, B.PAID), (B.OFFERED, B.ABANDONED),
    (B.PART_PAID, B.PAID), (B.PART_PAID, B.ABANDONED),
}  # fmt: skip


@pytest.mark.parametrize(("current", "following"), [*product(BillState, repeat=2)])
def test_every_pair_of_bill_states_is_decided(current: BillState, following: BillState) -> None:
    if current is following or (current, following) in BILL_WAYS:
        assert advance(BILL_TABLE, current, following) is following
    else:
        with pytest.raises(IllegalTransitionError):
            advance(BILL_TABLE, current, following)


def test_a_bill_is_held_for_no_longer_than_a_centre_can_set() -> None:
    row, most = SETTINGS["bill.hold_minutes"], int(LONGEST_HOLD.total_seconds()) // 60
    assert row.checked(str(most)) == str(most)
    with pytest.raises(InvalidInputError):
        row.checked(str(most + 1))


def test_only_an_offered_bill_takes_money() -> None:
    takes = {state for state in BillState if BillState.PAID in BILL_TABLE[state]}
    assert takes == OPEN_BILLS


@pytest.mark.parametrize("state", [None, *AttemptState])
def test_a_tender_follows_its_attempt(state: AttemptState | None) -> None:
    expected = {None: T.PLANNED, AttemptState.PAID: T.PAID}
    live = ("intent", "unknown", "ordered", "awaiting")
    expected |= dict.fromkeys(map(AttemptState, live), T.LIVE)
    assert tender_state(state) is expected.get(state, T.ENDED)


ASHA, ROHAN, BOOKS = "asha-tuition", "rohan-tuition", "rohan-books"
FAMILY = {ASHA: Money(14_160_00), ROHAN: Money(12_500_00), BOOKS: Money(2_000_00)}


def test_one_qr_pays_each_line_whole() -> None:  # V3.1
    assert fill_lines(Money(28_660_00), FAMILY) == FAMILY


def test_cash_and_then_upi_fill_the_lines_from_the_top() -> None:  # V3.2
    cash = fill_lines(Money(10_000_00), FAMILY)
    assert cash == {ASHA: Money(10_000_00)}
    rests = {uid: each - cash.get(uid, ZERO) for uid, each in FAMILY.items()}
    upi = fill_lines(Money(18_660_00), rests)
    assert upi == {ASHA: Money(4_160_00), ROHAN: Money(12_500_00), BOOKS: Money(2_000_00)}
    due = tax_of_gross(Money(14_160_00), 1_800)
    first = tax_of_part(due, sum_of_parts(due, ()), Money(10_000_00))
    second = tax_of_part(due, first, Money(4_160_00))
    assert (first.taxable, first.cgst) == (Money(8_474_58), Money(762_71))
    assert (second.taxable, second.cgst) == (Money(3_525_42), Money(317_29))


@pytest.mark.parametrize(
    ("amount", "limit", "amounts"),
    [
        (1_20_000_00, 1_00_000_00, [1_00_000_00, 20_000_00]),  # V3.6
        (1_00_000_00, 1_00_000_00, [1_00_000_00]),
        (1_00_000_50, 1_00_000_00, [99_999_50, 1_00]),
        (3_00_000_00, 1_00_000_00, [1_00_000_00] * 3),
        (28_660_00, 1_00_000_00, [28_660_00]),
    ],
)
def test_a_bill_over_the_limit_is_paid_by_several_codes(
    amount: int, limit: int, amounts: list[int]
) -> None:
    found = tenders_within(Money(amount), Money(limit))
    assert [each.paise for each in found] == amounts


@pytest.mark.parametrize("amount", [0, -1])
def test_a_tender_is_above_zero(amount: int) -> None:
    with pytest.raises(InvalidInputError, match="above ₹0"):
        fill_lines(Money(amount), FAMILY)


def test_a_tender_above_the_rest_is_refused() -> None:
    with pytest.raises(InvalidInputError, match=r"This bill has ₹28,660\.00 left to pay"):
        fill_lines(Money(28_660_01), FAMILY)


def test_a_tender_leaves_nothing_or_a_rupee() -> None:
    words = r"Enter ₹28,660\.00, or at most ₹28,659\.00"
    with pytest.raises(InvalidInputError, match=words):
        fill_lines(Money(28_659_50), FAMILY)


@pytest.mark.parametrize(
    ("balance", "part", "words"),
    [
        (14_160_00, 14_160_00, ""),
        (14_160_00, 500_00, ""),
        (300_00, 300_00, ""),
        (14_160_00, 499_99, "Enter at least ₹500.00."),
        (300_00, 200_00, "Enter at least ₹500.00."),
        (14_160_00, 14_160_01, "The fee due is ₹14,160.00. Enter that amount or less."),
        (14_160_00, 0, "Enter an amount above ₹0."),
        (14_160_00, 14_159_50,
         ("This amount would leave less than ₹1 due. Enter ₹14,160.00, or at most "
          "₹14,159.00.")),
    ],
)  # fmt: skip
def test_a_part_of_a_line_is_checked(balance: int, part: int, words: str) -> None:
    if not words:
        check_line_part(Money(balance), Money(part), Money(500_00))
        return
    with pytest.raises(InvalidInputError) as caught:
        check_line_part(Money(balance), Money(part), Money(500_00))
    assert (caught.value.field, caught.value.message) == ("amount", words)


@pytest.mark.parametrize("count", [0, MOST_LINES + 1])
def test_a_bill_has_one_line_to_forty(count: int) -> None:
    with pytest.raises(InvalidInputError):
        check_line_count(count)
    check_line_count(1)
    check_line_count(MOST_LINES)


LINES = st.lists(st.one_of(st.integers(100, 400), st.integers(100, 10**7)), min_size=1, max_size=8)


@given(LINES, st.lists(st.integers(1, 10**7), max_size=6))
def test_tenders_in_any_order_sum_exactly(amounts: list[int], tenders: list[int]) -> None:
    """Whatever tenders come first, the rest pays every line to the paisa, and no part is negative.

    A tender that cannot be placed whole is refused, and changes nothing.
    """
    rests = {f"due{at}": Money(each) for at, each in enumerate(amounts)}
    paid = dict.fromkeys(rests, ZERO)
    for tender in [*map(Money, tenders), None]:
        left = {uid: each - paid[uid] for uid, each in rests.items()}
        rest = total(left.values())
        if not rest:
            break
        try:
            parts = fill_lines(rest if tender is None else tender, left)
        except InvalidInputError:
            continue
        assert total(parts.values()) == (rest if tender is None else tender)
        for uid, part in parts.items():
            assert part > ZERO
            assert leaves_enough(left[uid], part)
            paid[uid] += part
    assert paid == rests


@given(st.integers(100, 10**9), st.integers(100_00, 10**8))
def test_several_codes_sum_to_the_bill(amount: int, limit: int) -> None:
    found = tenders_within(Money(amount), Money(limit))
    assert total(found) == Money(amount)
    assert all(Money(100) <= each <= Money(limit) for each in found)
