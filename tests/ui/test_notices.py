"""Every error has its words: what happened, whether money moved, what to do next."""

from __future__ import annotations

import inspect

import pytest

from desktop_app.domain import errors as rules
from desktop_app.domain.money import Money
from desktop_app.services import errors
from desktop_app.ui.notices import TABLE, describe

KINDS = [
    kind
    for module in (errors, rules)
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if issubclass(kind, Exception) and kind.__module__ == module.__name__
]


def make(kind: type[Exception]) -> Exception:
    if kind is errors.PriceChangedError:
        return errors.PriceChangedError(Money(100), Money(200))
    if kind is errors.OverLimitError:
        return errors.OverLimitError(Money(200), Money(100))
    if kind is rules.InvalidInputError:
        return rules.InvalidInputError("name", "Name is missing.")
    if kind is rules.InvalidMoneyError:
        return rules.InvalidMoneyError("The amount is too large.")
    return kind("raw rzp_live_secret text")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_has_a_row_of_its_own(kind: type[Exception]) -> None:
    assert kind in TABLE


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_notice_says_all_three_things_and_nothing_raw(kind: type[Exception]) -> None:
    notice = describe(make(kind))
    for part in (notice.what, notice.money, notice.todo):
        assert part
        assert part.endswith((".", "”."))
    assert "rzp_live" not in f"{notice.what}{notice.money}{notice.todo}"


def test_amounts_are_named_where_they_matter() -> None:
    assert "₹1.00 to ₹2.00" in describe(make(errors.PriceChangedError)).what
    assert "₹2.00" in describe(make(errors.OverLimitError)).what


def test_what_was_typed_wrongly_is_said_in_its_own_words() -> None:
    assert describe(make(rules.InvalidInputError)).what == "Name is missing."


def test_a_bug_gets_words_too() -> None:
    notice = describe(ZeroDivisionError("x / 0"))
    assert "x / 0" not in notice.what
    assert "safe" in notice.money


def test_a_damaged_database_is_not_called_safe() -> None:
    words = TABLE[errors.DatabaseCorruptError]
    assert "may be missing" in words.money
    assert "safe" not in f"{words.what}{words.money}{words.todo}"
