"""The polling schedule, and the pace that a request budget allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.polling import (
    CODE_COSTS,
    FRESH_GAP_S,
    MINUTE_S,
    ORDER_COSTS,
    WATCH_S,
    affordable_gap,
    gap_after,
    is_watched,
)


def test_the_first_code_in_a_minute_is_polled_at_the_shortest_gap() -> None:
    at_least = affordable_gap(60, live=1, opened=1, cost=1)
    assert gap_after(15.0, at_least=at_least) == FRESH_GAP_S


@pytest.mark.parametrize("each", [ORDER_COSTS, CODE_COSTS])
@pytest.mark.parametrize("left_at_s", [10.0, 34.0, 45.0, 60.0])
def test_the_first_code_in_a_minute_stays_within_the_budget(each: int, left_at_s: float) -> None:
    """Also where the next one is opened as soon as the first is a minute old."""
    at_least = affordable_gap(60, live=1, opened=1, cost=1, each=each)
    first = _polls(until_s=left_at_s, at_least=at_least)
    then = [MINUTE_S + 0.01 + at for at in _polls(until_s=60.0, at_least=at_least)]
    openings = [0.0] * each + [MINUTE_S] * each
    sent = sorted([*openings, *first, *then])
    assert max(sum(at - MINUTE_S < each_at <= at for each_at in sent) for at in sent) <= 54 + 2


@pytest.mark.parametrize(("opened", "per_minute"), [(2, 60), (1, 30), (1, 15)])
def test_a_queue_or_a_small_budget_is_polled_evenly(opened: int, per_minute: int) -> None:
    at_least = affordable_gap(per_minute, live=1, opened=opened, cost=1)
    assert 60 / at_least + 2 * opened <= per_minute * 0.9 + 1e-6


@pytest.mark.parametrize("live", [2, 5, 10])
@pytest.mark.parametrize("per_minute", [30, 60, 600])
@pytest.mark.parametrize("opened", [0, 5, 10])
def test_polls_and_openings_stay_within_the_budget(live: int, per_minute: int, opened: int) -> None:
    gap = affordable_gap(per_minute, live=live, opened=opened, cost=1)
    assert 60 / gap + 2 * opened <= per_minute * 0.9 + 1e-6


def test_costlier_polls_are_rarer() -> None:
    one = affordable_gap(60, live=3, opened=3, cost=1)
    assert affordable_gap(60, live=3, opened=3, cost=6) == pytest.approx(6 * one)


def test_qr_codes_leave_fewer_requests_for_polls() -> None:
    orders = affordable_gap(60, live=9, opened=9, cost=1)
    assert affordable_gap(60, live=9, opened=9, cost=1, each=CODE_COSTS) > orders


def test_openings_leave_a_minimum_of_polls() -> None:
    assert affordable_gap(6, live=9, opened=9, cost=1) == pytest.approx(100.0)


def test_a_fresh_code_is_polled_fifty_times_in_its_first_minute() -> None:
    gaps = [gap_after(15.0, dice=dice / 10) for dice in range(10)]
    assert all(gap is not None and 0.8 <= gap <= 1.0 for gap in gaps)
    assert gap_after(15.0) == pytest.approx(FRESH_GAP_S)
    assert 48 <= len(_polls(until_s=60.0, at_least=0.0)) <= 51


def test_gaps_only_grow_once_a_parent_should_have_paid_and_end_after_six_days() -> None:
    ages = [11, 34, 36, 59, 61, 119, 121, 299, 301, 1_000, 100_000, 500_000]
    gaps = [gap_after(float(age)) or 0.0 for age in ages]
    assert gaps == sorted(gaps)
    assert gap_after(float(WATCH_S)) is None
    assert is_watched(WATCH_S - 1)
    assert not is_watched(WATCH_S)


@given(st.floats(0, WATCH_S - 1), st.integers(0, 50), st.floats(0, 0.999))
def test_errors_lengthen_the_gap_and_never_stop_it(age: float, failures: int, dice: float) -> None:
    calm, failing = gap_after(age, dice=dice), gap_after(age, failures=failures, dice=dice)
    assert calm is not None
    assert failing is not None
    assert calm <= failing <= max(calm, 70.0)


def _polls(*, until_s: float, at_least: float) -> list[float]:
    """Return the ages at which a code is polled."""
    polls: list[float] = []
    age = 0.0
    while (gap := gap_after(age, at_least=at_least)) is not None and age + gap <= until_s:
        age += gap
        polls.append(age)
    return polls
