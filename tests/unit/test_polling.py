"""The pace of polling that a request budget allows."""

from __future__ import annotations

import pytest

from desktop_app.domain.polling import CODE_COSTS, FRESH_GAP_S, affordable_gap, gap_after


def test_one_fresh_code_is_polled_at_the_shortest_gap() -> None:
    assert affordable_gap(60, live=1, opened=1, cost=1) < FRESH_GAP_S
    assert gap_after(5.0, at_least=affordable_gap(60, live=1, opened=1, cost=1)) == FRESH_GAP_S


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
