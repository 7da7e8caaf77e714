"""Cheques and demand drafts: what is written on them, their life, and the days that count.

A cheque counts as money only when the bank has credited it. Until then its dues are covered.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.errors import InvalidInputError, rule_text
from desktop_app.domain.tender import InstrumentKind
from desktop_app.domain.text import optional_line, require_line
from desktop_app.domain.typed_references import normalised, parse_digits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.money import Money

MONTHS_VALID = 3
"""A cheque is paid within three months of its date (RBI direction of 4 November 2011)."""
NOTICE_DAYS = 30
"""Days from the bank's memo in which the demand must be sent (Negotiable Instruments Act s.138)."""
PAYING_DAYS = 15
"""Days from receipt of the demand in which the drawer may pay (s.138)."""
_MICR, _LAST4, _NUMBER = 9, 4, 6


class _Complaints(NamedTuple):
    number: str
    undated: str
    stale: str


_COMPLAINTS: Mapping[InstrumentKind, _Complaints] = {
    InstrumentKind.CHEQUE: _Complaints(
        rule_text("Enter the 6 digits of the cheque number."),
        rule_text("Enter the date on the cheque."),
        rule_text("This cheque is older than 3 months. Ask for a new cheque."),
    ),
    InstrumentKind.DRAFT: _Complaints(
        rule_text("Enter the 6 digits of the draft number."),
        rule_text("Enter the date on the draft."),
        rule_text("This draft is older than 3 months. Ask for a new draft."),
    ),
}


class InstrumentState(StrEnum):
    """The state of a cheque or a demand draft."""

    IN_HAND = "in_hand"
    """Handed in; the centre has it."""
    DEPOSITED = "deposited"
    """On a deposit slip at the bank."""
    CLEARED = "cleared"
    """Credited by the bank."""
    BOUNCED = "bounced"
    """Returned by the bank unpaid."""
    RETURNED = "returned"
    """Given back to its drawer."""
    LOST = "lost"
    """Lost before it was deposited."""
    STALE = "stale"
    """Too old for the bank."""


_S = InstrumentState
INSTRUMENT_TABLE: Mapping[InstrumentState, frozenset[InstrumentState]] = {
    _S.IN_HAND: frozenset({_S.DEPOSITED, _S.RETURNED, _S.LOST, _S.STALE}),
    _S.DEPOSITED: frozenset({_S.CLEARED, _S.BOUNCED}),
    _S.CLEARED: frozenset({_S.BOUNCED}),
    _S.BOUNCED: frozenset({_S.DEPOSITED, _S.RETURNED}),
    _S.RETURNED: frozenset(),
    _S.LOST: frozenset(),
    _S.STALE: frozenset(),
}


class BounceReason(StrEnum):
    """Why the bank returned a cheque, as its memo has it."""

    FUNDS = "funds insufficient"
    ARRANGEMENT = "exceeds arrangement"
    CLOSED = "account closed"
    STOPPED = "payment stopped"
    SIGNATURE = "signature differs"
    STALE = "stale"
    DEATH = "drawer's death"
    OTHER = "other"


CRIMINAL = frozenset({BounceReason.FUNDS, BounceReason.ARRANGEMENT})
"""Reasons that clearly fall under s.138 of the Negotiable Instruments Act."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """A cheque or a demand draft, as it is written.

    Attributes:
        bank: the bank it is drawn on, and its branch.
        number: six digits.
        dated: the date on it; later than today on a post-dated cheque.
        drawer: who signed it; for a draft who had it made.
        micr: nine digits of bank and branch; may be empty.
        account_last4: the last four digits of the drawer's account; may be empty.
    """

    kind: InstrumentKind
    bank: str
    number: str
    dated: date
    drawer: str
    amount: Money
    micr: str = ""
    account_last4: str = ""

    @property
    def bank_key(self) -> str:
        """The key that differs from bank to bank: the MICR code, else the name."""
        return self.micr or bank_name_key(self.bank)


def bank_name_key(bank: str) -> str:
    """Return a bank's name as names are compared: without case, spaces and signs."""
    return normalised(bank)


def make_instrument(
    kind: InstrumentKind,
    amount: Money,
    today: date,
    *,
    bank: str,
    number: str,
    dated: date | None,
    drawer: str,
    micr: str = "",
    account_last4: str = "",
) -> Instrument:
    """Return a cheque or draft as typed.

    Raises:
        InvalidInputError: something is missing, of a wrong length, or it is too old.
    """
    complaints = _COMPLAINTS[kind]
    bare = parse_digits("number", complaints.number, number, _NUMBER)
    if not bare:
        raise InvalidInputError("number", complaints.number)
    if dated is None:
        raise InvalidInputError("dated", complaints.undated)
    if today >= stale_from(dated):
        raise InvalidInputError("dated", complaints.stale)
    return Instrument(
        kind=kind,
        bank=require_line("bank", "The bank", bank, 80),
        number=bare,
        dated=dated,
        drawer=optional_line("drawer", "The name", drawer, 120),
        amount=amount,
        micr=parse_digits("micr", rule_text("Enter the 9 digits of the MICR code."), micr, _MICR),
        account_last4=parse_digits(
            "account",
            rule_text("Enter the last 4 digits of the account number."),
            account_last4,
            _LAST4,
        ),
    )


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def stale_from(dated: date) -> date:
    """Return the first day on which the bank does not pay a cheque any more."""
    return months_after(dated, MONTHS_VALID) + timedelta(days=1)


def notice_by(memo_on: date) -> date:
    """Return the last day to demand the amount of a cheque that bounced."""
    return memo_on + timedelta(days=NOTICE_DAYS)


def pay_by(served_on: date) -> date:
    """Return the last day on which the drawer may pay after the demand was received."""
    return served_on + timedelta(days=PAYING_DAYS)


def complaint_by(served_on: date) -> date:
    """Return the last day for a complaint: a month after the time to pay is over (s.142)."""
    return months_after(pay_by(served_on), 1)


def is_held(dated: date, today: date) -> bool:
    """Return whether a cheque is post-dated: it is not offered for deposit before its date."""
    return dated > today
