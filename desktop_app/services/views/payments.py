"""Read models: what screens, commands and documents show. Frozen, complete, without behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import INR, ZERO, Money, total

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from desktop_app.domain.payment import AttemptState, Method, Placement
    from desktop_app.domain.tender import Verification
    from desktop_app.services.views.settings import ConnectionState


@dataclass(frozen=True)
class AttemptView:
    """An attempt for screens.

    Attributes:
        enrollment_uid: of its only due; None where it covers several.
        expires_in_s: seconds until it is no longer shown, by the gateway's clock, measured when
            this view was made; None before it is payable and for cash.
        lifetime_s: how long it is shown in all, in seconds, for a progress bar.
        was_late: whether its money came after it had ended.
        failure: the newest failed try in the payer's app: Razorpay's code and, after a colon, its
            sentence, or one of them; else empty.
        is_sure: False where the last check before the end failed: money may have come.
        is_seen: whether the last check saw it authorised: the bank has it, it is not captured yet.
        will_return: whether the last check saw a payment of it that was not due: it is not captured
            and returns to the parent by itself.
        has_proof: whether the browser brought a genuine proof of a payment that is not decided yet.
        has_false_proof: whether somebody sent a proof that is not genuine.
    """

    uid: str
    enrollment_uid: str | None
    student_uid: str
    student_name: str
    roll_no: str
    course_label: str
    method: Method
    state: AttemptState
    amount: Money
    created_at: datetime
    qr_text: str | None = None
    image_path: Path | None = None
    expires_at: datetime | None = None
    expires_in_s: float | None = None
    lifetime_s: float | None = None
    order_id: str | None = None
    payment_id: str | None = None
    rrn: str | None = None
    receipt_no: str | None = None
    receipt_uid: str | None = None
    was_late: bool = False
    failure: str = ""
    is_sure: bool = True
    is_seen: bool = False
    will_return: bool = False
    has_proof: bool = False
    has_false_proof: bool = False


@dataclass(frozen=True)
class IssuedReceipt:
    """A receipt of a payment, for lists.

    Attributes:
        roll_no: its student's.
        is_printed: whether it was on paper already; False where that was not asked.
    """

    uid: str
    number: str
    roll_no: str
    amount: Money
    is_printed: bool = False


class PaymentIds(NamedTuple):
    """The names of a payment at the gateway and the bank; None for one without."""

    order_id: str | None
    payment_id: str | None
    rrn: str | None


@dataclass(frozen=True)
class PaidPart:
    """A due, and how much of a payment was allocated to it."""

    due_uid: str
    amount: Money


@dataclass(frozen=True)
class PaymentOutcome:
    """The receipts of a paid attempt, and the dues that its money pays.

    Attributes:
        receipts: one a student.
        parts: the dues that its money pays; none where it waits for a decision.
        verification: how sure the money is now; None without a payment, as of credit.
        change: what was given back of the cash on the counter.
        credit: what of the money pays no due and is the student's.
        amount: all that came; None without a payment.
    """

    receipts: tuple[IssuedReceipt, ...]
    parts: tuple[PaidPart, ...]
    verification: Verification | None
    change: Money = ZERO
    credit: Money = ZERO
    amount: Money | None = None


@dataclass(frozen=True)
class PollResult:
    """The result of one look at the gateway.

    Attributes:
        changed: attempts whose state, failure or receipt changed.
        waiting: every live attempt after it.
        line: the connection after it.
        next_in_s: seconds until the next look; None when nothing is open or watched closely.
        succeeded: whether the gateway answered for every attempt looked at.
        problem: the error's class name when it did not, else empty.
    """

    changed: tuple[AttemptView, ...]
    waiting: tuple[AttemptView, ...]
    line: ConnectionState
    next_in_s: float | None
    succeeded: bool
    problem: str = ""


class ReconcileReport(NamedTuple):
    """The result of one full pass over everything open and watched.

    Attributes:
        looked_at, unreachable: attempts that could be looked at, and that could not.
        changed: attempts whose state changed.
    """

    looked_at: int
    unreachable: int
    changed: tuple[AttemptView, ...]
    line: ConnectionState

    @property
    def is_complete(self) -> bool:
        """Whether everything could be looked at."""
        return self.unreachable == 0


@dataclass(frozen=True)
class PaymentRow:
    """A payment received, for lists.

    Attributes:
        state: `captured`, `refunded` or `partly refunded`.
        is_late: whether it came after its attempt had ended.
        decision: the decision about money that paid nothing; empty while there is none.
        came_back: whether its refund failed, and it waits in the inbox again.
        currency: three letters; amounts are in its smallest unit.
        refund_state: `asked` where a refund may not have been sent yet, `sent` where one is on
            its way back; empty for neither.
        mode: whether the money is real.
        verification: how sure the money is now.
    """

    uid: str
    at: datetime
    student_name: str
    roll_no: str
    course_label: str
    amount: Money
    refunded: Money
    method: Method
    state: str
    is_late: bool
    placement: Placement
    payment_id: str | None
    rrn: str | None
    receipt_no: str | None
    receipt_uid: str | None
    decision: str = ""
    came_back: bool = False
    currency: str = INR
    refund_state: str = ""
    mode: MoneyMode = MoneyMode.LIVE
    verification: Verification | None = None


class PaymentFilter(NamedTuple):
    """Which payments to list.

    Attributes:
        since: only from this instant on (aware), None for all.
        method: `upi`, `link`, a tender such as `cash`, or empty for all.
        text: part of a name, a roll number, a receipt number or a UTR.
        state: `late`, `held` (waits in the inbox), `refunded` (in part too), `claimed`,
            `in_clearing`, `never_came`, `test` (not real money), or empty for all.
        until: only before this instant (aware), None for all.
        head: only what pays a due of this fee head, empty for all.
    """

    since: datetime | None = None
    method: str = ""
    text: str = ""
    state: str = ""
    until: datetime | None = None
    head: str = ""


class PaymentPage(NamedTuple):
    """One page, newest first.

    Attributes:
        total: how many payments match.
        sum: the money of all that match, None where not wanted. Real money only; in training, where
            none is real, training's.
        uncounted: the rest: what of all that match was paid with test keys.
        unsure: what of the sum of a narrowed list is claimed, and what is in clearing.
    """

    rows: tuple[PaymentRow, ...]
    total: int
    sum: Money | None
    uncounted: Money | None = None
    unsure: tuple[tuple[Verification, Money], ...] = ()


@dataclass(frozen=True)
class MethodTotals:
    """Sums of one way of paying, or of all ways.

    Attributes:
        count: how many payments were collected.
        collected: their money, in paise.
        refunded: what was refunded or is being refunded, of these payments or of earlier ones.
    """

    count: int = 0
    collected: Money = ZERO
    refunded: Money = ZERO

    @property
    def net(self) -> Money:
        """The collected money less the refunds; negative where more went back than came."""
        return self.collected - self.refunded


class HeldCount(NamedTuple):
    """How many bills were left: all, and those of which a part is paid."""

    bills: int = 0
    part_paid: int = 0


NONE_HELD = HeldCount()


@dataclass(frozen=True)
class PaymentTotals:
    """Sums of a range of days.

    Real money only; in training, where none is real, training's. A refund counts on the day on
    which it was asked for, or noticed, and no longer once it failed.

    Attributes:
        by_kind: by `upi`, `link`, or the name of a tender (`cash`); those three are always there.
        uncounted: the rupees that test keys brought, which are in no other sum.
        pending: how many fees are open now, of whatever day, without a live payment.
        by_verification: what of the collected money is how sure now. What never came is not
            collected; it is listed by itself.
        held: how many bills of today were left, by whether a part of them is paid.
    """

    by_kind: Mapping[str, MethodTotals]
    uncounted: Money
    pending: int
    by_verification: Mapping[Verification, Money] = field(default_factory=dict)
    held: HeldCount = NONE_HELD

    @property
    def all(self) -> MethodTotals:
        """The sums of all ways of paying."""
        parts = self.by_kind.values()
        return MethodTotals(
            sum(part.count for part in parts),
            total(part.collected for part in parts),
            total(part.refunded for part in parts),
        )


@dataclass(frozen=True)
class PaymentEvent:
    """One step in the life of a payment.

    Attributes:
        kind: `begun`, `paid`, `receipt`, `printed`, `saved`, `decided`, or `refund` with its
            state; `refund noticed` for one that was made on the dashboard.
        detail: the method, the receipt's number, how often, the decision, or the refund's reason.
        amount: of the payment or the refund, in paise; None for other steps.
    """

    at: datetime
    kind: str
    detail: str
    amount: Money | None = None


class PhoneSees(NamedTuple):
    """The simulated phone's screen after a scan (training only)."""

    is_payable: bool
    payee: str
    amount: Money | None
    note: str
    reason: str
