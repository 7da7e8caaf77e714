"""Steps of an authorised payment: its capture was asked for, or it was left to return by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

UNDER_WAY = timedelta(seconds=60)
"""How long a capture keeps its due from being paid otherwise: a call takes 15 s at most, and the
check that follows it books the payment."""


RETURNS_WITHIN = timedelta(days=10)
"""Attempts are watched for six days; an uncaptured payment is returned after three more at most."""


class CaptureStep(StrEnum):
    """A step of an authorised payment."""

    ASKED = "capture"
    """Its fee was due: the capture was decided, and is sent."""
    LEFT = "left"
    """Its fee was not due: the bank returns it to the parent by itself."""
    OVER = "over"
    """It was seen to have failed or gone back."""


@dataclass(frozen=True, slots=True)
class CaptureNote:
    """The newest step of one authorised payment."""

    payment_id: str
    step: CaptureStep
    attempt_uid: str
    at: datetime

    def is_under_way(self, now: datetime) -> bool:
        """Whether its capture was asked for so lately that it may be booked at any moment."""
        return self.step is CaptureStep.ASKED and abs(now - self.at) < UNDER_WAY


def words_of(step: CaptureStep, payment_id: str) -> str:
    """Return the note that an attempt's event keeps."""
    return f"{step.value} {payment_id}"


def newest_notes(events: Iterable[tuple[str, str, datetime]]) -> dict[str, CaptureNote]:
    """Return the newest note of each payment.

    Args:
        events: (attempt uid, note, instant), oldest first; other notes are skipped.
    """
    newest: dict[str, CaptureNote] = {}
    steps = set(CaptureStep)
    for attempt_uid, words, at in events:
        step, _, payment_id = words.partition(" ")
        if step in steps and payment_id.startswith("pay_"):
            newest[payment_id] = CaptureNote(payment_id, CaptureStep(step), attempt_uid, at)
    return newest
