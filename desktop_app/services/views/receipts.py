"""Read models of receipts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from desktop_app.domain.check_code import Stamp
    from desktop_app.domain.fees import QuoteLine
    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import Method, Placement
    from desktop_app.domain.tender import Verification
    from desktop_app.services.views.centre import CentreView


@dataclass(frozen=True)
class ChequeFacts:
    """A cheque or a demand draft, as its acknowledgement names it."""

    number: str
    bank: str
    dated_on: date
    drawer: str


@dataclass(frozen=True)
class BalanceLeft:
    """Balance of the enrolments of a receipt on the day it was issued.

    Attributes:
        amount: all of it.
        due_now: what of it was due on that day.
        next_on: the day in India of the next instalment; None without one.
        next_amount: what is due on that day.
    """

    amount: Money
    due_now: Money
    next_on: date | None = None
    next_amount: Money | None = None


@dataclass(frozen=True)
class TypedProof:
    """Facts that a person typed about the money of a receipt.

    Attributes:
        bank, dated_on: of a cheque or a bank transfer; empty and None without.
        tendered, change: of cash; None where nothing was typed.
    """

    bank: str = ""
    dated_on: date | None = None
    tendered: Money | None = None
    change: Money | None = None


@dataclass(frozen=True)
class ReceiptTender:
    """One way in which a receipt of several tenders was paid.

    Attributes:
        amount: the part of the tender that the receipt shows.
        on: the day in India, where it is not that of the receipt.
        verification: how sure its money is now; None where nobody needs to vouch for it.
        proof: what was typed about its money; None without.
    """

    method: Method
    amount: Money
    payment_id: str | None
    rrn: str | None
    on: date | None = None
    verification: Verification | None = None
    proof: TypedProof | None = None


@dataclass(frozen=True)
class ReceiptView:
    """A receipt as it was issued.

    Attributes:
        lines: the bill's lines, summing to `amount`.
        prints: how often it was printed on paper before; from one on it is marked DUPLICATE.
        is_training: whether training issued it, and it is marked as no receipt.
        is_test: whether it is of money that test keys brought, and it is marked as no receipt.
        refunded: what was returned since; None for nothing, here and below.
        refund_asked: what was asked to be refunded since, and may not have been sent yet.
        refund_sent: what is on its way back.
        refund_failed: what the newest refund could not return.
        copied_at: when this copy was made, for duplicates.
        stamp: its proof; None where there was no key to make one.
        is_specimen: whether it is a printer's test page.
        taxable: the value that is taxed; None where it is the sum of the lines before tax.
        left: what is left to pay; None for one fee paid in full.
        verification: how sure its money is now; None where nobody needs to vouch for it.
        proof: what was typed about its money; None without.
        cheque: what was handed in, where this is only its acknowledgement.
        tenders: how it was paid, summing to `amount`; none where `method` says it.
    """

    uid: str
    number: str
    issued_at: datetime
    centre: CentreView
    desk_id: str
    student_name: str
    roll_no: str
    guardian_name: str
    student_state: str
    course_code: str
    course_label: str
    sac: str
    lines: tuple[QuoteLine, ...]
    amount: Money
    words: str
    gst_rate: str
    method: Method
    payment_id: str | None
    order_id: str | None
    rrn: str | None
    is_training: bool
    placement: Placement
    prints: int = 0
    refunded: Money | None = None
    refund_asked: Money | None = None
    refund_sent: Money | None = None
    refund_failed: Money | None = None
    copied_at: datetime | None = None
    stamp: Stamp | None = None
    is_specimen: bool = False
    is_test: bool = False
    taxable: Money | None = None
    left: BalanceLeft | None = None
    verification: Verification | None = None
    proof: TypedProof | None = None
    cheque: ChequeFacts | None = None
    tenders: tuple[ReceiptTender, ...] = ()
