"""Read models of what comes after a payment: held money, and what became of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.payment import Placement

if TYPE_CHECKING:
    from datetime import date, datetime

    from desktop_app.domain.money import Money
    from desktop_app.domain.refund import RefundState


@dataclass(frozen=True, slots=True)
class HeldMoney:
    """Money that waits for a decision in the late-money inbox.

    Attributes:
        reason: why it pays nothing, one sentence in English.
        why: the same as a kind, for whoever chooses the words.
        can_enrol: whether the fee it was asked for is open and a seat is free.
    """

    uid: str
    payment_id: str | None
    student_name: str
    roll_no: str
    course_label: str
    amount: Money
    received_at: datetime
    reason: str
    can_enrol: bool
    why: Placement = Placement.SURPLUS


class Answer(StrEnum):
    """What became of a payment that a parent speaks of."""

    CREDITED = "credited"
    IN_PROGRESS = "in_progress"
    FAILED = "failed"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to “the parent says paid”.

    Attributes:
        back_by: the day by which the bank returns a failed payment (T+5).
    """

    answer: Answer
    payment_id: str | None = None
    amount: Money | None = None
    at: datetime | None = None
    back_by: date | None = None
    receipt_no: str | None = None
    receipt_uid: str | None = None
    student_name: str = ""


@dataclass(frozen=True, slots=True)
class FamilyDue:
    """An open due of somebody who shares a phone with the payer.

    Attributes:
        fits: whether held money of the asked amount pays it exactly.
    """

    due_uid: str
    student_name: str
    roll_no: str
    course_label: str
    amount: Money
    fits: bool


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund as screens show it.

    Attributes:
        origin: `desk`, or `gateway` when it was made on Razorpay's dashboard.
    """

    uid: str
    payment_uid: str
    amount: Money
    state: RefundState
    reason: str
    origin: str
    refund_id: str | None
    noticed_at: datetime


class ErrandKind(StrEnum):
    """What is to be said to the gateway."""

    CLOSE_QR = "close_qr"
    CANCEL_LINK = "cancel_link"
    REFUND = "refund"


DEAD_SHOWN = timedelta(days=30)
"""How long an errand that was refused for good is shown."""


class ErrandState(StrEnum):
    """Where an errand of the outbox stands."""

    PENDING = "pending"
    """Waits for its turn or for the line."""
    SENDING = "sending"
    """Under way; after a crash it is asked again."""
    DONE = "done"
    DEAD = "dead"
    """Refused for good: a person has to look."""


@dataclass(frozen=True, slots=True)
class ErrandView:
    """One errand of the outbox.

    Attributes:
        about: whom and what it concerns, like `Asha Rao · Physics XI`.
        tries: how often it was tried.
        problem: why the last try failed, as an error's class name; empty before the first.
    """

    uid: str
    kind: ErrandKind
    state: ErrandState
    about: str
    amount: Money | None
    since: datetime
    tries: int
    problem: str


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute (chargeback) noticed at the gateway.

    Attributes:
        status: Razorpay's word: `open`, `under_review`, `won`, `lost`, `closed`.
        respond_by: the day by which evidence is due, None where Razorpay names none.
    """

    uid: str
    dispute_id: str
    payment_id: str
    student_name: str
    amount: Money
    status: str
    respond_by: date | None
    noticed_at: datetime
