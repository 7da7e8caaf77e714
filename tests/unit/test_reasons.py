"""Lists of reasons: one text for each kind of decision, checked reason by reason."""

from __future__ import annotations

import pytest

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.reasons import (
    MOST_REASONS,
    SHIPPED,
    ReasonKind,
    as_list,
    as_text,
    checked_list,
    setting_of,
)
from desktop_app.services.settings.table import SETTINGS


@pytest.mark.parametrize("kind", ReasonKind)
def test_a_decision_has_a_list_that_its_centre_edits(kind: ReasonKind) -> None:
    row = SETTINGS[setting_of(kind)]
    assert as_list(row.default) == SHIPPED[kind]
    assert row.checked(row.default) == row.default
    assert row.checked("") == ""
    assert row.section == "reasons"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Paid twice", "Paid twice"),
        (" Paid   twice ,, left the course,", "Paid twice, left the course"),
        ("Paid twice, PAID TWICE", "Paid twice"),
        ("भाई की शादी", "भाई की शादी"),
        (" , ,", ""),
    ],
)
def test_a_list_is_kept_reason_by_reason(typed: str, kept: str) -> None:
    assert checked_list(typed) == kept
    assert checked_list(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "Paid twice, ok",
        "Paid twice, ---",
        "x" * 201,
        as_text(tuple(f"reason {at}" for at in range(MOST_REASONS + 1))),
        as_text(tuple(f"{'long ' * 30}{at}" for at in range(4))),
    ],
)
def test_a_list_with_a_reason_that_says_nothing_or_that_is_too_long_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        SETTINGS["reasons.refund"].checked(typed)
    assert caught.value.field == "reasons.refund"
