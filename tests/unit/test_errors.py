"""Errors for people keep their sentence and its values separate, for translation."""

from __future__ import annotations

import pytest

from desktop_app.domain.errors import InvalidInputError, InvalidMoneyError
from desktop_app.domain.money import Money
from desktop_app.domain.refund import checked_amount


def test_a_sentence_is_kept_apart_from_its_values() -> None:
    with pytest.raises(InvalidMoneyError) as caught:
        checked_amount(Money(2), Money(1))
    error = caught.value
    assert error.template == "You can refund at most {left} of this payment."
    assert error.values == {"left": Money(1)}
    assert error.message == str(error) == "You can refund at most ₹0.01 of this payment."
    assert (error.about("refund").field, error.about("refund").message) == ("refund", error.message)


def test_a_sentence_without_values_is_taken_as_it_is() -> None:
    assert InvalidInputError("file", "The column {x} is odd").message == "The column {x} is odd"


def test_what_was_typed_is_never_taken_for_a_template() -> None:
    error = InvalidInputError(
        "row", "Remove the extra cells from this row: “{cells}”.", cells="{0} {secret}"
    )
    assert error.message == "Remove the extra cells from this row: “{0} {secret}”."
