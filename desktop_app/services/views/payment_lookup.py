"""Read models of a payment enquiry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from desktop_app.domain.money import Money


class LookupAnswer(StrEnum):
    """The state of a payment that a parent asks about."""

    CREDITED = "credited"
    IN_PROGRESS = "in_progress"
    FAILED = "failed"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class LookupResult:
    """The answer to “the parent says paid”.

    Attributes:
        back_by: the day by which the bank returns a failed payment (T+5).
    """

    answer: LookupAnswer
    payment_id: str | None = None
    amount: Money | None = None
    at: datetime | None = None
    back_by: date | None = None
    receipt_no: str | None = None
    receipt_uid: str | None = None
    student_name: str = ""
