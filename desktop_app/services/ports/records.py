"""Rows as use-cases write and read them: frozen, one per table of the money path."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from desktop_app.domain.compiled import quickly_made
from desktop_app.domain.enrollment import DueKind, DueState
from desktop_app.domain.money import ZERO
from desktop_app.domain.payment import INR
from desktop_app.domain.tax import tax_of_changed

if TYPE_CHECKING:
    from datetime import date, datetime

    from desktop_app.domain.enrollment import DueChangeKind, EnrollmentState
    from desktop_app.domain.fees import Quote
    from desktop_app.domain.key_mode import MoneyMode
    from desktop_app.domain.ledger import Entry, MovementKind
    from desktop_app.domain.money import Money
    from desktop_app.domain.outbox import CommandKind, CommandState
    from desktop_app.domain.payment import Method, Placement
    from desktop_app.domain.refund import RefundState
    from desktop_app.domain.tax import Tax
    from desktop_app.domain.tender import Verification


@quickly_made
@dataclass(frozen=True, slots=True)
class EnrollmentRecord:
    """A student in a course; the label is frozen as it was agreed."""

    uid: str
    student_uid: str
    course_uid: str
    course_code: str
    course_label: str
    state: EnrollmentState
    amount: Money
    created_at: datetime


@quickly_made
@dataclass(frozen=True, slots=True)
class DueRecord:
    """An amount asked for, with its tax as agreed at enrolment.

    Attributes:
        sequence: its number within the enrolment.
        due_on: the day in India on which it is due; None for the day it was made.
        paid: how much is allocated to it.
        asked: how much is asked now, after changes; None for the amount agreed.
        off: how much of that change concessions make.
        settled: the sum of its parts, where they are all that a change left to pay.
        instalment_no: the parent pays instalments; the books keep their dues.
        head_code: the fee head.
        treatment: how the head is taxed.
        sac: the code of the service; None where the head's own holds.
        follows_due: the due that a late fee is for.
        payable_on: the day in India on which it is due now, after it was moved; None before it
            is written.
        late_rule: of the enrolment's terms, as `domain/late_fee.py` writes it; None without one.
    """

    uid: str
    enrollment_uid: str
    state: DueState
    quote: Quote
    sequence: int = 1
    due_on: date | None = None
    paid: Money = ZERO
    asked: Money | None = None
    off: Money = ZERO
    instalment_no: int = 1
    head_code: str = "tuition"
    kind: DueKind = DueKind.FEE
    treatment: str = "taxable"
    sac: str | None = None
    follows_due: str | None = None
    payable_on: date | None = None
    late_rule: str | None = None
    settled: Tax | None = None

    @property
    def amount_asked(self) -> Money:
        """The amount asked now, after changes."""
        return self.quote.total if self.asked is None else self.asked

    @property
    def balance(self) -> Money:
        """The amount still to be paid."""
        return self.amount_asked - self.paid

    @property
    def is_payable(self) -> bool:
        """Whether something of it can be paid."""
        return self.state is DueState.OPEN and self.balance > ZERO

    @property
    def tax(self) -> Tax:
        """The tax of what is asked now: a concession leaves less to be taxed."""
        return tax_of_changed(self.quote.tax, self.amount_asked, self.settled)

    def quoted(self, conceded: tuple[str, str] = ("", "")) -> Quote:
        """Return what is asked now as a quote, with the titles of its concessions."""
        listed = tax_of_changed(self.quote.tax, self.amount_asked + self.off) if self.off else None
        return replace(self.quote, tax=self.tax, listed=listed, conceded=conceded)


@dataclass(frozen=True, slots=True)
class DueChange:
    """A change of what is asked, `delta` is added to it, or of the day on which it is due."""

    uid: str
    due_uid: str
    kind: DueChangeKind
    delta: Money
    reason: str
    created_at: datetime
    new_due_on: date | None = None


@dataclass(frozen=True, slots=True)
class EnrollmentTerms:
    """The terms of an enrolment by a plan, frozen: a later change of the plan changes nothing.

    Attributes:
        late_rule: as `domain/late_fee.py` writes it.
        quote: the heads with their prices, as JSON.
    """

    enrollment_uid: str
    plan_code: str
    starts_on: date | None
    ends_on: date | None
    refund_basis: str
    classes_planned: int | None
    late_rule: str
    quote: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class EnrollmentMove:
    """A transfer to another batch, or a change of course.

    Attributes:
        kind: `batch`, or the mode of a change of course.
        keep: what of the old course's fee stays; zero for a transfer.
        charge: what the new course costs; zero for a transfer.
    """

    uid: str
    enrollment_uid: str
    kind: str
    from_course_uid: str
    to_course_uid: str
    moved_on: date
    keep: Money
    charge: Money
    reason: str
    created_at: datetime


@quickly_made
@dataclass(frozen=True, slots=True)
class AllocationRecord:
    """A part of a payment that pays a due; of negative amounts where it was taken back.

    Attributes:
        tax: the share of each component; its total is the amount.
        reverses_uid: the allocation that this one takes back, wholly or in part.
        from_credit: the row of credit that pays it, in place of a payment.
    """

    uid: str
    movement_uid: str
    payment_uid: str | None
    due_uid: str
    tax: Tax
    created_at: datetime
    reverses_uid: str | None = None
    from_credit: str | None = None

    @property
    def amount(self) -> Money:
        """The amount with its tax."""
        return self.tax.total


@quickly_made
@dataclass(frozen=True, slots=True)
class PaymentRecord:
    """A payment received, of whatever amount. Written once, never changed.

    Attributes:
        enrollment_uid: of its only due; None where it was asked for several.
        student_uid: whose due it was asked for, the first of several.
        currency: three letters; the amount is in its smallest unit.
        customer_fee_paise: the gateway's fee where the payer bore it: no part of the amount.
        rrn: the gateway's, or the reference that a person typed.
        typed_key: what no other typed reference may have; None for the gateway's.
    """

    uid: str
    attempt_uid: str | None
    enrollment_uid: str | None
    student_uid: str
    method: Method
    amount: Money
    received_at: datetime
    is_late: bool
    placement: Placement
    mode: MoneyMode
    verification: Verification
    payment_id: str | None = None
    order_id: str | None = None
    rrn: str | None = None
    vpa_masked: str | None = None
    fee_paise: int | None = None
    tax_paise: int | None = None
    currency: str = INR
    customer_fee_paise: int | None = None
    typed_key: str | None = None


@dataclass(frozen=True, slots=True)
class RefundRecord:
    """A refund, requested at this desk or noticed at the gateway.

    Attributes:
        origin: `desk` or `gateway`.
        reason: why, in the clerk's words; empty for those noticed.
    """

    uid: str
    payment_uid: str
    amount: Money
    state: RefundState
    origin: str
    reason: str
    noticed_at: datetime
    refund_id: str | None = None


@quickly_made
@dataclass(frozen=True, slots=True)
class ReceiptRecord:
    """A receipt as issued; `content` is all it shows, as JSON, so that reprints are identical.

    Attributes:
        payment_uid: its only payment, where that has no other receipt; else see its lines.
    """

    uid: str
    number: str
    series: str
    year: str
    sequence: int
    payment_uid: str | None
    amount: Money
    issued_at: datetime
    content: str
    mode: MoneyMode
    student_uid: str


@quickly_made
@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """The part of a payment that a receipt shows; without a due where the money paid none."""

    payment_uid: str
    due_uid: str | None
    amount: Money


@quickly_made
@dataclass(frozen=True, slots=True)
class Movement:
    """A ledger movement: entries that sum to zero.

    Attributes:
        source_uid: of what caused it: the payment, refund, decision or dispute.
        payment_uid: the payment whose money moves; None where there is none.
    """

    uid: str
    at: datetime
    kind: MovementKind
    source_uid: str
    payment_uid: str | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """How many rows of an import were new, changed and the same."""

    added: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class OutboxCommand:
    """A command that the gateway must still get.

    Attributes:
        uid: of the attempt or refund it is about; at most one command for each.
        remote_id: the QR code, link or payment at the gateway.
        key_id: the key it was made with; other keys cannot reach it.
        due_at: when to try it next.
        problem: why the last try failed, as an error's class name.
        updated_at: when its row was last written.
    """

    uid: str
    kind: CommandKind
    state: CommandState
    remote_id: str
    key_id: str
    tries: int
    due_at: datetime
    problem: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class DisputeRecord:
    """A dispute (chargeback) as the gateway shows it; `deducted` is zero unless it was lost."""

    uid: str
    dispute_id: str
    payment_uid: str
    amount: Money
    deducted: Money
    status: str
    phase: str
    reason_code: str
    respond_by: datetime | None
    noticed_at: datetime


@dataclass(frozen=True, slots=True)
class UnmatchedRecord:
    """Captured money with our reference whose fee is not in this book.

    Attributes:
        reference: ours, of the order, QR code or link.
        phone_masked: the payer's, only its last four digits.
        state: `held`, `placed` or `returned`.
    """

    uid: str
    payment_id: str
    order_id: str | None
    reference: str
    key_id: str
    rrn: str | None
    vpa_masked: str | None
    phone_masked: str
    method: Method
    amount: Money
    state: str
    received_at: datetime
    currency: str = INR
