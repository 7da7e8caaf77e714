"""Cash that the law allows: of a family in a day, for an enrolment, in deposits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.cash_law import MOST_CASH, MOST_DEPOSITS
from desktop_app.domain.cash_limits import (
    CashBarrier,
    CashLimitError,
    CashLimits,
    CashPart,
    CashTaken,
    check_cash,
)
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.receipt import day_in_india

LIMITS = CashLimits()


def take(amount: int, taken: CashTaken, limits: CashLimits = LIMITS, deposit: int = 0) -> list[str]:
    parts = [CashPart("e", Money(amount - deposit))] if amount > deposit else []
    if deposit:
        parts.append(CashPart("e", Money(deposit), is_deposit=True))
    return [each.barrier.value for each in check_cash(limits, taken, Money(amount), parts)]


def refused(amount: int, taken: CashTaken, deposit: int = 0) -> CashLimitError:
    with pytest.raises(CashLimitError) as caught:
        take(amount, taken, deposit=deposit)
    return caught.value


def test_a_family_pays_at_most_two_lakh_less_a_paisa_in_cash_a_day() -> None:
    taken = CashTaken(day=Money(1_50_000_00))
    assert take(49_999_99, taken) == ["day"]
    error = refused(50_000_00, taken)
    assert error.room.barrier is CashBarrier.DAY
    assert "at most ₹49,999.99 more in cash today" in error.message


def test_all_instalments_of_an_enrolment_count_as_one_transaction() -> None:
    taken = CashTaken(enrollments={"e": Money(1_80_000_00)})
    assert take(19_999_99, taken) == ["enrollment"]
    error = refused(20_000_00, taken)
    assert error.room.barrier is CashBarrier.ENROLLMENT
    assert error.room.most == Money(19_999_99)


def test_a_centre_may_only_be_warned_of_an_enrolment() -> None:
    limits = CashLimits(stops_enrollment=False)
    taken = CashTaken(enrollments={"e": Money(1_80_000_00)})
    [warned] = check_cash(limits, taken, Money(50_000_00), [CashPart("e", Money(50_000_00))])
    assert (warned.barrier, warned.most, warned.is_stopped) == (
        CashBarrier.ENROLLMENT, ZERO, False,
    )  # fmt: skip


def test_deposits_of_twenty_thousand_are_not_taken_in_cash() -> None:
    assert refused(25_000_00, CashTaken(), deposit=25_000_00).room.most == MOST_DEPOSITS
    assert take(19_999_00, CashTaken(), deposit=19_999_00) == []
    second = refused(1_00, CashTaken(deposits=Money(19_999_00)), deposit=1_00)
    assert second.room.barrier is CashBarrier.DEPOSITS
    assert take(1_00, CashTaken(deposits=Money(19_999_00))) == []


def test_a_day_begins_at_midnight_in_india() -> None:
    before = datetime(2026, 11, 12, 18, 29, 59, tzinfo=UTC)
    assert day_in_india(before) != day_in_india(before + timedelta(seconds=1))
    assert day_in_india(before).day == 12


def test_a_warning_comes_from_one_and_a_half_lakh_on() -> None:
    assert take(1_49_999_99, CashTaken()) == []
    assert take(1_50_000_00, CashTaken()) == ["day", "enrollment"]


@given(st.integers(0, MOST_CASH.paise), st.integers(1, 3 * 10**7))
def test_what_is_taken_in_a_day_never_reaches_two_lakh(before: int, more: int) -> None:
    taken = CashTaken(day=Money(before))
    if before + more <= MOST_CASH.paise:
        assert "day" in take(more, taken) or before + more < LIMITS.warn_from.paise
    else:
        room = refused(more, taken).room
        assert before + room.most.paise <= MOST_CASH.paise
