"""Every refund ends where the gateway ends it, asked for at the desk or on the dashboard.

Random histories of four payments: refunds at the desk and on the dashboard, partial and several at
once, pending, processed, failed, and failed after they counted as processed; lost answers, stale
reads, chargebacks, a process that is killed between two calls or commits. After every step no
refund is booked that the gateway does not have; after one calm reconcile each is booked as the
gateway has it, and what is left of each payment pays a fee or waits for a decision.

The control books what the sum of a payment shows beyond what is booked, as earlier versions did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from desktop_app.domain.money import Money
from desktop_app.domain.refund import RefundState
from desktop_app.services.ports.records import RefundRecord
from desktop_app.services.posting import payments as posting_payments
from desktop_app.services.posting.refunds import ENDINGS, post_return, settle_refund
from desktop_app.services.refunds import external, service

from .history_runs import Histories, figures, run
from .refund_histories import KINDS, RefundHistory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import PaymentRecord
    from desktop_app.services.ports.storage import UnitOfWork
    from desktop_app.services.posting.refund_reading import RefundReading

    from .report_figures import Figure

SHORT_HISTORIES, LONG_HISTORIES = 16, 5_000
SHORT_CONTROL, LONG_CONTROL = 4, 60
SEED = 20_261_129


def book_the_sum(
    context: Context, work: UnitOfWork, payment: PaymentRecord, reading: RefundReading
) -> bool:
    """Post like a book of sums: a desk's own refund by its row, what went back beyond it at once.

    A sum is final and never falls.
    """
    own = {row.uid: row for row in work.refunds.of_payment(payment.uid) if row.origin == "desk"}
    changed = False
    for fact in reading.facts:
        row = own.get(fact.reference or "")
        if row is not None and row.state not in {RefundState.REJECTED, RefundState.PROCESSED}:
            state = ENDINGS[fact.status]
            settled = settle_refund(context, work, row, payment, state, fact.refund_id)
            changed |= settled is not row
    seen = sum(fact.amount_paise for fact in reading.facts if fact.status != "failed")
    more = seen - work.refunds.refunded(payment.uid).paise
    if more <= 0:
        return changed
    noticed = RefundRecord(
        context.ids.new(), payment.uid, Money(more), RefundState.PROCESSED, "gateway", "",
        context.now(),
    )  # fmt: skip
    work.refunds.add(noticed)
    post_return(context, work, payment, noticed)
    return True


def run_control(seed: int, number: int) -> Histories:
    """Run histories of a desk that books sums."""
    poster: Callable[..., Any] = book_the_sum
    with (
        patch.object(posting_payments, "post_refunds", poster),
        patch.object(external, "post_refunds", poster),
        patch.object(service, "post_refunds", poster),
    ):
        return run(RefundHistory, seed, number)


def prove(*, long: bool) -> Iterable[Figure]:
    """Run the histories, and the control on the first of them."""
    if long:
        ours = run(RefundHistory, SEED, LONG_HISTORIES)
    else:
        ours = run(RefundHistory, SEED, SHORT_HISTORIES, until=KINDS)
    control = run_control(SEED, LONG_CONTROL if long else SHORT_CONTROL)
    return figures("refunds", ours, control, defect="sums are booked", kinds=KINDS)
