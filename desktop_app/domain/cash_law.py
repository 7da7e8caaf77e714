"""The sums of the law on cash, from which the settings begin; `cash_limits` has the rules."""

from __future__ import annotations

from desktop_app.domain.money import Money

MOST_CASH = Money(1_99_999_99)
"""The most that the law allows; a setting may lower it."""
MOST_DEPOSITS = Money(19_999_99)
"""The most in deposits of one person that may be in cash."""
WARN_FROM = Money(1_50_000_00)
