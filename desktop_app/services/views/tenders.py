"""Read models of counter tenders: cheques, deposit slips and money that is only claimed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date, datetime

    from desktop_app.domain.instruments import InstrumentState
    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import Method
    from desktop_app.domain.tender import InstrumentKind
    from desktop_app.services.views.centre import CentreView


class UsableCredit(NamedTuple):
    """The credit of the students of a bill.

    Attributes:
        held: all that they have and may be used.
        usable: what of it can pay their fees on the bill; nobody's pays a brother's or sister's.
    """

    held: Money
    usable: Money


@dataclass(frozen=True)
class ChequeRow:
    """A cheque or demand draft, for lists.

    Attributes:
        course_labels: what its dues are for.
        is_held: whether it is post-dated: it is not offered for deposit yet.
        stale_from: the first day on which the bank does not pay it.
        reason: why the bank, or a person, returned it.
        on_day: the day of its last step.
        notice_by: the last day to demand the amount of one that bounced; None for others.
        slip_number: of its deposit slip.
        receipt_no: once it is a payment.
    """

    uid: str
    attempt_uid: str
    student_uid: str
    student_name: str
    roll_no: str
    course_labels: str
    kind: InstrumentKind
    state: InstrumentState
    slip_no: str
    bank: str
    number: str
    drawer: str
    amount: Money
    dated_on: date
    received_on: date
    stale_from: date
    is_held: bool = False
    reason: str = ""
    on_day: date | None = None
    notice_by: date | None = None
    is_criminal: bool = False
    slip_number: int | None = None
    deposit_slip_uid: str | None = None
    payment_uid: str | None = None
    receipt_no: str = ""
    receipt_uid: str | None = None
    bounces: int = 0


@dataclass(frozen=True)
class DepositSlipView:
    """A deposit slip with its cheques."""

    uid: str
    number: int
    account: str
    deposited_on: date
    total: Money
    words: str
    cheques: tuple[ChequeRow, ...]


@dataclass(frozen=True)
class DepositView:
    """A deposit slip on paper, with the centre as it is now."""

    centre: CentreView
    slip: DepositSlipView
    is_training: bool = False


@dataclass(frozen=True)
class ClaimedPayment:
    """A payment that is only a person's word: the bank has not shown it yet.

    Attributes:
        reference: as typed, or as corrected.
        days: working days since it was noted.
        is_late: whether it waits longer than is usual.
        twin: the gateway's payment with the same RRN: the same money twice; None without.
    """

    uid: str
    student_name: str
    roll_no: str
    course_label: str
    amount: Money
    method: Method
    reference: str
    payer: str
    recorded_at: datetime
    dated_on: date | None
    receipt_no: str | None
    receipt_uid: str | None = None
    days: int = 0
    is_late: bool = False
    twin: str | None = None
