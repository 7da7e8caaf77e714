"""Rows of counter tenders as use-cases write and read them: evidence, cheques, slips, credit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.money import ZERO

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from desktop_app.domain.instruments import InstrumentState
    from desktop_app.domain.money import Money
    from desktop_app.domain.tender import InstrumentKind, Verification


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """Evidence typed at the counter about a payment; none of it is proof."""

    payment_uid: str
    reference: str = ""
    bank: str = ""
    terminal: str = ""
    auth_code: str = ""
    last4: str = ""
    payer: str = ""
    dated_on: date | None = None
    tendered: Money | None = None
    change: Money | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class VerificationChange:
    """How sure a payment has become; the newest counts.

    Attributes:
        verification: `claimed` where only its reference was corrected.
        value_on: the bank's day.
        reference: the corrected reference, or where the bank shows the money.
    """

    uid: str
    payment_uid: str
    verification: Verification
    created_at: datetime
    value_on: date | None = None
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UsedReference:
    """A payment that has a reference already.

    Attributes:
        receipt_no: of its first receipt; empty without one.
    """

    payment_uid: str
    received_at: datetime
    student_name: str
    receipt_no: str


@dataclass(frozen=True, slots=True)
class CashSums:
    """Cash taken before: of a family in a day, by enrolment, and deposits however paid."""

    day: Money = ZERO
    enrollments: Mapping[str, Money] | None = None
    deposits: Money = ZERO


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """A student's money on no due: positive where it came, negative where it was used or moved."""

    uid: str
    student_uid: str
    movement_uid: str
    amount: Money
    reason: str
    created_at: datetime
    payment_uid: str | None = None


@dataclass(frozen=True, slots=True)
class InstrumentRecord:
    """A cheque or a demand draft that was handed in.

    Attributes:
        slip_no: the number of its acknowledgement.
        hold_until: its date, where it was post-dated.
        received_on: the day in India on which it was handed in.
        payment_uid: its payment, once the bank has credited it or where it is booked on receipt.
    """

    uid: str
    attempt_uid: str
    student_uid: str
    kind: InstrumentKind
    slip_no: str
    bank: str
    branch: str
    micr: str
    bank_key: str
    number: str
    account_last4: str
    drawer: str
    dated_on: date
    hold_until: date | None
    amount: Money
    state: InstrumentState
    received_on: date
    created_at: datetime
    payment_uid: str | None = None
    deposit_slip_uid: str | None = None


@dataclass(frozen=True, slots=True)
class InstrumentEvent:
    """A step in the life of a cheque.

    Attributes:
        on_day: the bank's day, or that of the desk.
        reason: the bank's, or the person's.
    """

    state: InstrumentState
    on_day: date
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DepositSlip:
    """Cheques that were taken to one bank account at once."""

    uid: str
    number: int
    account: str
    deposited_on: date
    total: Money
    pieces: int
    created_at: datetime
