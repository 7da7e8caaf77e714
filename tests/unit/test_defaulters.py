"""Defaulters: a fee overdue for longer than allowed, after grace, covered by no promise (R1.14)."""

from __future__ import annotations

from datetime import date

import pytest

from desktop_app.domain.defaulters import OpenPrincipal, is_defaulter
from desktop_app.domain.money import ZERO, Money

TODAY = date(2026, 11, 29)


def fee(due_on: date, *, paise: int = 1_000_00, grace: int = 0, uid: str = "a") -> OpenPrincipal:
    return OpenPrincipal(uid, due_on, Money(paise), grace)


@pytest.mark.parametrize(
    ("due_on", "grace", "is_one"),
    [
        (date(2026, 11, 22), 0, False),
        (date(2026, 11, 21), 0, True),
        (date(2026, 11, 21), 1, False),
        (date(2026, 11, 17), 5, False),
        (date(2026, 11, 16), 5, True),
        (date(2026, 12, 30), 0, False),
    ],
)
def test_more_than_seven_days_after_grace(due_on: date, grace: int, is_one: bool) -> None:
    assert is_defaulter([fee(due_on, grace=grace)], ZERO, TODAY) is is_one


def test_a_promise_covers_what_fell_due_first() -> None:
    dues = [fee(date(2026, 10, 1), uid="a"), fee(date(2026, 11, 1), uid="b")]
    assert is_defaulter(dues, ZERO, TODAY)
    assert is_defaulter(dues, Money(1_999_99), TODAY)
    assert not is_defaulter(dues, Money(2_000_00), TODAY)
    assert not is_defaulter([dues[0], fee(date(2026, 11, 28), uid="b")], Money(1_000_00), TODAY)


def test_the_days_are_a_setting_and_a_family_without_dues_owes_nothing() -> None:
    assert is_defaulter([fee(date(2026, 11, 28))], ZERO, TODAY, days=0)
    assert not is_defaulter([], ZERO, TODAY, days=0)
