"""The dues of a payment in the gateway's notes: they fit, and come back as they were."""

from __future__ import annotations

import uuid

import pytest

from desktop_app.domain.bills import MOST_LINES
from desktop_app.domain.due_notes import dues_from_notes, dues_in_notes
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptDue

LARGEST = Money(9_999_999_999)


@pytest.mark.parametrize("count", [1, 2, 5, 6, MOST_LINES])
def test_dues_come_back_in_their_order_and_fit(count: int) -> None:
    dues = tuple(AttemptDue(str(uuid.uuid4()), LARGEST) for _ in range(count))
    notes = dues_in_notes(dues)
    assert dues_from_notes({**notes, "book": "x", "attempt": "y"}) == dues
    assert len(notes) <= 15 - 3, "besides book, attempt and the reference of a QR code"
    assert max(map(len, notes.values())) <= 255


@pytest.mark.parametrize(
    "notes",
    [{}, {"dues1": "a"}, {"dues1": "a=0"}, {"dues1": "a=-1"}, {"dues1": "a=1 b"},
     {"dues1": "a=1 a=2"}, {"dues2": "a=1"}, {"dues1": "a=99999999999"}, {"dues1": "a=1.5"},
     {"dues1": ""}],
)  # fmt: skip
def test_what_the_desk_never_writes_is_nothing(notes: dict[str, str]) -> None:
    assert dues_from_notes(notes) == ()
