"""Late fees: the vectors, grace, caps, and the day on which the money came."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.late_fee import (
    NO_LATE_FEE,
    CountsFrom,
    LateKind,
    LateRule,
    as_text,
    check_rule,
    from_text,
    late_fee,
    late_fee_on,
    parse_slabs,
    slabs_text,
)
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.tax import tax_of_gross

if TYPE_CHECKING:
    from collections.abc import Callable

DUE = date(2026, 11, 10)
BALANCE = Money(14_160_00)
A_DAY = LateRule(LateKind.PER_DAY, amount=Money(50_00), grace_days=5, cap=Money(1_500_00))
A_MONTH = LateRule(LateKind.PERCENT_MONTH, bp=200, grace_days=5, cap_bp=1_000)


@pytest.mark.parametrize(
    ("paid_on", "fee"),
    [
        (date(2026, 11, 15), 0), (date(2026, 11, 16), 300_00), (date(2026, 12, 9), 1_450_00),
        (date(2026, 12, 10), 1_500_00), (date(2026, 12, 31), 1_500_00),
    ],
)  # fmt: skip
def test_a_fee_by_the_day(paid_on: date, fee: int) -> None:
    assert late_fee_on(DUE, paid_on, BALANCE, A_DAY) == Money(fee)  # V1.10


def test_a_late_fee_includes_its_tax() -> None:
    tax = tax_of_gross(Money(300_00), 1_800)
    assert (tax.taxable, tax.cgst, tax.sgst) == (Money(254_24), Money(22_88), Money(22_88))  # V1.11


@pytest.mark.parametrize(
    ("paid_on", "fee"),
    [
        (date(2026, 11, 15), 0), (date(2026, 11, 16), 283_20), (date(2026, 12, 10), 283_20),
        (date(2026, 12, 11), 566_40), (date(2027, 6, 1), 1_416_00),
    ],
)  # fmt: skip
def test_a_fee_by_the_month_or_a_part_of_it(paid_on: date, fee: int) -> None:
    assert late_fee_on(DUE, paid_on, BALANCE, A_MONTH) == Money(fee)  # V1.12


def test_money_in_time_is_not_late_because_the_desk_learned_late() -> None:
    captured = datetime(2026, 11, 10, 18, 28, tzinfo=UTC)  # 23:58 in India; learned on the 17th
    rule = LateRule(LateKind.FLAT, amount=Money(100_00))
    assert late_fee_on(DUE, day_in_india(captured), BALANCE, rule) == ZERO  # V1.22
    later = datetime(2026, 11, 10, 18, 31, tzinfo=UTC)
    assert late_fee_on(DUE, day_in_india(later), BALANCE, rule) == Money(100_00)


@pytest.mark.parametrize(
    ("rule", "days", "fee"),
    [
        (NO_LATE_FEE, 400, 0),
        (LateRule(LateKind.FLAT, amount=Money(250_00)), 1, 250_00),
        (LateRule(LateKind.FLAT, amount=Money(250_00)), 0, 0),
        (LateRule(LateKind.FLAT, amount=Money(250_00)), -3, 0),
        (LateRule(LateKind.PER_DAY, amount=Money(50_00), grace_days=5,
                  counts_from=CountsFrom.GRACE_END), 6, 50_00),
        (LateRule(LateKind.PERCENT_ONCE, bp=250), 1, 354_00),
        (LateRule(LateKind.PERCENT_ONCE, bp=250, cap=Money(300_00), cap_bp=200), 1, 283_20),
        (LateRule(LateKind.PERCENT_ONCE, bp=250, cap=Money(200_00), cap_bp=200), 1, 200_00),
        (LateRule(LateKind.SLABS, slabs=((1, Money(100_00)), (16, Money(250_00)))), 15, 100_00),
        (LateRule(LateKind.SLABS, slabs=((1, Money(100_00)), (16, Money(250_00)))), 16, 250_00),
        (LateRule(LateKind.SLABS, slabs=((8, Money(100_00)),)), 7, 0),
        (LateRule(LateKind.PERCENT_ONCE, bp=1, cap=Money(99)), 10, 0),
    ],
)  # fmt: skip
def test_every_kind_of_rule(rule: LateRule, days: int, fee: int) -> None:
    assert late_fee(days, BALANCE, rule) == Money(fee)


def oracle(days: int, balance: int, rule: LateRule) -> int:
    """The reference function of the paper, which knows no slabs and no least amount."""
    if rule.kind is LateKind.NONE or days <= rule.grace_days:
        return 0
    n = days if rule.counts_from is CountsFrom.DUE else days - rule.grace_days

    def half_up(amount: int, whole: int) -> int:
        return (2 * amount + whole) // (2 * whole)

    fee: Callable[[], int] = {
        LateKind.FLAT: lambda: rule.amount.paise,
        LateKind.PER_DAY: lambda: rule.amount.paise * n,
        LateKind.PERCENT_ONCE: lambda: half_up(balance * rule.bp, 10_000),
        LateKind.PERCENT_MONTH: lambda: half_up(balance * rule.bp * -(-n // 30), 10_000),
    }[rule.kind]
    caps = [rule.cap.paise] if rule.cap else []
    caps += [half_up(balance * rule.cap_bp, 10_000)] if rule.cap_bp else []
    return min([fee(), *caps])


RULES = st.builds(
    LateRule,
    kind=st.sampled_from([each for each in LateKind if each is not LateKind.SLABS]),
    amount=st.integers(100, 10**6).map(Money),
    bp=st.integers(1, 10_000),
    grace_days=st.integers(0, 365),
    cap=st.none() | st.integers(1, 10**7).map(Money),
    cap_bp=st.none() | st.integers(1, 10_000),
    counts_from=st.sampled_from(CountsFrom),
)


@given(st.integers(-30, 2_000), st.integers(0, 10**9), RULES)
def test_it_is_what_the_rule_gives_and_never_falls(days: int, balance: int, rule: LateRule) -> None:
    wanted = oracle(days, balance, rule)
    fee = late_fee(days, Money(balance), rule)
    assert fee == Money(wanted if wanted >= 100 else 0)
    assert late_fee(days + 1, Money(balance), rule) >= fee
    assert from_text(as_text(rule)) == rule


def test_slabs_are_typed_as_days_and_rupees() -> None:
    slabs = parse_slabs("8=200, 16 = 1500.50 ,")
    assert slabs == ((8, Money(200_00)), (16, Money(1_500_50)))
    assert parse_slabs(slabs_text(slabs)) == slabs
    rule = check_rule(LateRule(LateKind.SLABS, slabs=slabs))
    assert [late_fee(days, Money(10_000_00), rule).paise for days in (7, 8, 15, 16)] == [
        0, 200_00, 200_00, 1_500_50,
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["8", "8=", "x=200", "=200", "8=x", "8=-1"])
def test_slabs_that_cannot_be_read_are_named(typed: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_slabs(typed)
    assert caught.value.field == "slabs"


def test_a_rule_is_kept_with_its_slabs() -> None:
    rule = LateRule(LateKind.SLABS, slabs=((1, Money(100_00)), (16, Money(250_00))))
    assert from_text(as_text(rule)) == rule
    assert from_text("") == NO_LATE_FEE


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (LateRule(LateKind.FLAT, amount=Money(100_00), grace_days=-1), "grace_days"),
        (LateRule(LateKind.FLAT, amount=Money(100_00), grace_days=366), "grace_days"),
        (LateRule(LateKind.FLAT, amount=Money(99)), "amount"),
        (LateRule(LateKind.PER_DAY), "amount"),
        (LateRule(LateKind.PERCENT_ONCE), "bp"),
        (LateRule(LateKind.PERCENT_MONTH, bp=10_001), "bp"),
        (LateRule(LateKind.FLAT, amount=Money(100_00), cap=ZERO), "cap"),
        (LateRule(LateKind.FLAT, amount=Money(100_00), cap_bp=0), "cap_bp"),
        (LateRule(LateKind.SLABS), "slabs"),
        (LateRule(LateKind.SLABS, slabs=((0, Money(100)),)), "slabs"),
        (LateRule(LateKind.SLABS, slabs=((8, Money(100)), (8, Money(200)))), "slabs"),
        (LateRule(LateKind.SLABS, slabs=((8, Money(99)),)), "slabs"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_calculated_is_refused(rule: LateRule, field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_rule(rule)
    assert caught.value.field == field


def test_a_rule_in_range_is_accepted() -> None:
    for rule in (NO_LATE_FEE, A_DAY, A_MONTH):
        assert check_rule(rule) is rule
