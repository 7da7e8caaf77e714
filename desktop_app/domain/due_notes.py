"""The dues of a payment in the gateway's notes, with what each gets: our own ids, nothing else.

By them a book restored from an earlier backup allocates the payment as it was offered. Razorpay
keeps 15 notes of 256 characters (https://razorpay.com/docs/api/understand/): forty dues take eight,
besides the two that name the book and the attempt.
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptDue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

IN_A_NOTE = 5
"""An id of 36 characters, the paise of ten crore rupees, and two separators, five times."""
_PART = re.compile(r"([^\s=]+)=([1-9]\d{0,9})")


def dues_in_notes(dues: Sequence[AttemptDue]) -> dict[str, str]:
    """Return notes that list dues with their paise, in their order."""
    words = [f"{each.due_uid}={each.amount.paise}" for each in dues]
    starts = range(0, len(words), IN_A_NOTE)
    return {
        f"dues{number}": " ".join(words[start : start + IN_A_NOTE])
        for number, start in enumerate(starts, start=1)
    }


def dues_from_notes(notes: Mapping[str, str]) -> tuple[AttemptDue, ...]:
    """Return the dues that notes list; none where they list none, or not as the desk writes it."""
    found: list[AttemptDue] = []
    for number in count(1):
        note = notes.get(f"dues{number}")
        if note is None:
            break
        for word in note.split():
            part = _PART.fullmatch(word)
            if part is None:
                return ()
            found.append(AttemptDue(part[1], Money(int(part[2]))))
    is_repeated = len({each.due_uid for each in found}) != len(found)
    return () if is_repeated else tuple(found)
