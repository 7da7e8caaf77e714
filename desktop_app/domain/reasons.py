"""Reasons that a desk offers for each kind of decision; other words are always possible."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError, rule_text
from desktop_app.domain.text import require_reason

if TYPE_CHECKING:
    from collections.abc import Mapping

BETWEEN = ", "
"""Separates the reasons of a list that is kept as one text."""
MOST_REASONS = 12
LONGEST_LIST = 500


class ReasonKind(StrEnum):
    """A kind of decision that needs a reason."""

    CONCESSION = "concession"
    REFUND = "refund"
    WAIVE = "waive"
    LATE_FEE = "late_fee"
    """A late fee is added by hand."""
    WRITE_OFF = "write_off"
    RESTORE = "restore"
    MOVE_DATE = "move_date"
    CHANGE = "change"
    """Other instalments, another batch or another course."""
    CREDIT = "credit"
    """Credit moves to a brother or sister."""
    CHEQUE = "cheque"
    """A cheque goes back to the parent, or is lost."""
    CLAIM = "claim"
    """A payment that was typed in never came."""


SHIPPED: Mapping[ReasonKind, tuple[str, ...]] = {
    ReasonKind.CONCESSION: (
        rule_text("Family needs help"),
        rule_text("Good marks"),
        rule_text("Agreed at admission"),
        rule_text("Approved by the director"),
    ),
    ReasonKind.REFUND: (
        rule_text("Left the course"),
        rule_text("Moved to another city"),
        rule_text("Course cancelled"),
        rule_text("Paid twice"),
        rule_text("Wrong amount"),
    ),
    ReasonKind.WAIVE: (
        rule_text("Bank or UPI problem"),
        rule_text("Illness in the family"),
        rule_text("Late for the first time"),
        rule_text("Approved by the director"),
    ),
    ReasonKind.LATE_FEE: (
        rule_text("Late again"),
        rule_text("Reminded several times"),
        rule_text("Agreed with the parent"),
    ),
    ReasonKind.WRITE_OFF: (
        rule_text("Left without paying"),
        rule_text("Can't reach the family"),
        rule_text("Family can't pay"),
        rule_text("Amount too small to collect"),
    ),
    ReasonKind.RESTORE: (
        rule_text("Written off by mistake"),
        rule_text("Student is back"),
        rule_text("Family will pay"),
    ),
    ReasonKind.MOVE_DATE: (
        rule_text("Salary comes later"),
        rule_text("Illness in the family"),
        rule_text("Scholarship not paid yet"),
        rule_text("Agreed with the parent"),
    ),
    ReasonKind.CHANGE: (
        rule_text("Clash with school timings"),
        rule_text("Different stream"),
        rule_text("Batch closed"),
        rule_text("Agreed with the parent"),
    ),
    ReasonKind.CREDIT: (
        rule_text("Agreed with the parent"),
        rule_text("Brother's or sister's fee is due"),
        rule_text("Paid for the wrong student"),
    ),
    ReasonKind.CHEQUE: (
        rule_text("Will pay by UPI"),
        rule_text("Wrong date or amount"),
        rule_text("Signature missing"),
        rule_text("Missing from the cash drawer"),
    ),
    ReasonKind.CLAIM: (
        rule_text("Payment never reached the bank"),
        rule_text("Wrong reference number"),
        rule_text("Entered twice"),
    ),
}
"""The lists that ship; a centre edits its own."""


def as_list(text: str) -> tuple[str, ...]:
    """Return the reasons of a list that is kept as one text."""
    return tuple(filter(None, map(str.strip, text.split(BETWEEN.strip()))))


def as_text(reasons: tuple[str, ...]) -> str:
    """Return reasons as one text."""
    return BETWEEN.join(reasons)


def checked_list(text: str) -> str:
    """Return a typed list as it is kept: each reason once, in its order; it may be empty.

    Raises:
        InvalidInputError: one says nothing, or they are too many or too long.
    """
    found: dict[str, str] = {}
    for each in as_list(text):
        reason = require_reason(each)
        found.setdefault(reason.casefold(), reason)
    kept = as_text(tuple(found.values()))
    if len(found) > MOST_REASONS:
        raise InvalidInputError("value", "Enter at most {most} reasons.", most=MOST_REASONS)
    if len(kept) > LONGEST_LIST:
        raise InvalidInputError(
            "value", "Enter at most {longest} characters.", longest=LONGEST_LIST
        )
    return kept


def setting_of(kind: ReasonKind) -> str:
    """Return the key of the setting that keeps the list of a kind."""
    return f"reasons.{kind}"
