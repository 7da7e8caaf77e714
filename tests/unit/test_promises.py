"""Promises: what may be promised, and when money keeps one (R1.15)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.promises import (
    MoneyIn,
    Promise,
    PromiseState,
    check_promise,
    covered_dues,
    judged,
)

TODAY = date(2026, 11, 29)
NOTED = datetime(2026, 11, 29, 4, 0, tzinfo=UTC)
OPEN, KEPT, BROKEN = PromiseState.OPEN, PromiseState.KEPT, PromiseState.BROKEN


def promise(
    uid: str = "p", rupees: int = 5_000, by_on: date = date(2026, 12, 5),
    noted_at: datetime = NOTED, state: PromiseState = OPEN,
) -> Promise:  # fmt: skip
    return Promise(uid, Money(rupees * 100), by_on, noted_at, state)


def money(rupees: int, day: int, hour: int = 6) -> MoneyIn:
    return MoneyIn(datetime(2026, 12, day, hour, tzinfo=UTC), Money(rupees * 100))


def test_a_promise_is_open_until_its_day_has_passed() -> None:
    for day, state in ((4, OPEN), (5, OPEN), (6, BROKEN)):
        assert judged([promise()], [money(4_999, 5)], date(2026, 12, day)) == {"p": state}


def test_money_until_the_end_of_the_day_in_india_keeps_it() -> None:
    last = MoneyIn(datetime(2026, 12, 5, 18, 29, 59, tzinfo=UTC), Money(500_000))
    late = MoneyIn(datetime(2026, 12, 5, 18, 30, tzinfo=UTC), Money(500_000))
    assert judged([promise()], [last], date(2026, 12, 6)) == {"p": KEPT}
    assert judged([promise()], [late], date(2026, 12, 6)) == {"p": BROKEN}


def test_parts_add_up_and_earlier_money_does_not_count() -> None:
    before = MoneyIn(NOTED - timedelta(seconds=1), Money(500_000))
    assert judged([promise()], [before], date(2026, 12, 6)) == {"p": BROKEN}
    parts = [money(2_000, 1), money(3_000, 2)]
    assert judged([promise()], parts, date(2026, 12, 3)) == {"p": KEPT}


def test_money_that_went_back_keeps_nothing() -> None:
    found = judged([promise()], [money(5_000, 1), money(-1, 2)], date(2026, 12, 6))
    assert found == {"p": BROKEN}


def test_money_keeps_one_promise_only() -> None:
    two = [promise("b", by_on=date(2026, 12, 20)), promise("a")]
    assert judged(two, [money(5_000, 2)], date(2026, 12, 21)) == {"a": KEPT, "b": BROKEN}
    again = [promise("a", state=KEPT), two[0]]
    assert judged(again, [money(5_000, 2)], date(2026, 12, 21)) == {"b": BROKEN}
    assert judged(again, [money(5_000, 2), money(5_000, 15)], date(2026, 12, 21)) == {"b": KEPT}


def test_a_broken_promise_leaves_its_money_to_the_next() -> None:
    two = [promise("a"), promise("b", 2_000, by_on=date(2026, 12, 20))]
    assert judged(two, [money(2_000, 2)], date(2026, 12, 7)) == {"a": BROKEN, "b": KEPT}
    assert judged(two, [money(2_000, 2)], date(2026, 12, 4)) == {"a": OPEN, "b": OPEN}


@given(
    st.lists(st.tuples(st.integers(1, 90), st.integers(0, 20)), max_size=4),
    st.lists(st.tuples(st.integers(-50, 90), st.integers(1, 25)), max_size=6),
)
def test_kept_promises_never_sum_to_more_than_came(
    asked: list[tuple[int, int]], came: list[tuple[int, int]]
) -> None:
    promises = [
        promise(str(at), rupees, TODAY + timedelta(days=days))
        for at, (rupees, days) in enumerate(asked)
    ]
    ins = [money(rupees, day) for rupees, day in sorted(came, key=lambda each: each[1])]
    found = judged(promises, ins, date(2027, 3, 1))
    kept = sum(each.amount.paise for each in promises if found[each.uid] is KEPT)
    assert kept <= sum(max(0, each.amount.paise) for each in ins)
    assert OPEN not in found.values()


@pytest.mark.parametrize(
    ("paise", "by_on", "open_now", "field", "said"),
    [
        (0, TODAY, 0, "amount", "above ₹0"),
        (-100, TODAY, 0, "amount", "above ₹0"),
        (10_001, TODAY, 0, "amount", "₹100.00"),
        (100, TODAY - timedelta(days=1), 0, "by_on", "has passed"),
        (100, TODAY + timedelta(days=61), 0, "by_on", "60 days"),
        (100, TODAY, 3, "amount", "3 promises"),
    ],
)
def test_a_promise_out_of_range_is_refused(
    paise: int, by_on: date, open_now: int, field: str, said: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_promise(Money(paise), by_on, today=TODAY, open_now=open_now, due=Money(10_000))
    assert caught.value.field == field
    assert said in caught.value.message


def test_a_promise_at_the_limits_is_accepted() -> None:
    for by_on in (TODAY, TODAY + timedelta(days=60)):
        check_promise(Money(10_000), by_on, today=TODAY, open_now=2, due=Money(10_000))


def test_promises_cover_the_first_dues_whole() -> None:
    balances = {"a": Money(500), "b": Money(300), "c": Money(100)}
    assert covered_dues(Money(799), balances) == {"a"}
    assert covered_dues(Money(800), balances) == {"a", "b"}
    assert covered_dues(Money(499), balances) == frozenset()
