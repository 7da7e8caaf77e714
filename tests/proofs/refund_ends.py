"""Every refund ends where the gateway ends it, asked for at the desk or on the dashboard.

Random histories of four payments: refunds at the desk and on the dashboard, partial and several at
once, pending, processed, failed, and failed after they counted as processed; lost answers, stale
reads, chargebacks, a process that is killed between two calls or commits. After every step no
refund is booked that the gateway does not have; after one calm reconcile each is booked as the
gateway has it, and what is left of each payment pays a fee or waits for a decision.

The control books what the sum of a payment shows beyond what is booked, as earlier versions did.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from desktop_app.domain.money import Money
from desktop_app.domain.refund import RefundState
from desktop_app.services.ports.records import RefundRecord
from desktop_app.services.posting import payments as posting_payments
from desktop_app.services.posting.refunds import ENDINGS, post_return, settle_refund
from desktop_app.services.refunds import external, service

from .proof_desk import temporary_folder
from .refund_histories import KINDS, RefundDesk, RefundHistory
from .report_figures import Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import PaymentRecord
    from desktop_app.services.ports.storage import UnitOfWork
    from desktop_app.services.posting.refund_reading import RefundReading

SHORT_HISTORIES, LONG_HISTORIES = 120, 5_000
CONTROL_HISTORIES = 60
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


def run(seed: int, number: int) -> tuple[Counter[str], list[str]]:
    """Run histories; return how often each kind of thing happened, and what is wrong."""
    happened: Counter[str] = Counter()
    wrong: list[str] = []
    with temporary_folder() as folder:
        desk = RefundDesk(folder)
        try:
            for each in range(number):
                history = RefundHistory(desk, random.Random(seed + each))
                found = history.run()
                happened += history.happened
                wrong += [f"history {seed + each}: {found}"] if found else []
        finally:
            desk.close()
    return happened, wrong


def run_control(seed: int, number: int) -> list[str]:
    """Run histories of a desk that books sums; return what is wrong with them."""
    poster: Callable[..., Any] = book_the_sum
    with (
        patch.object(posting_payments, "post_refunds", poster),
        patch.object(external, "post_refunds", poster),
        patch.object(service, "post_refunds", poster),
    ):
        return run(seed, number)[1]


def prove(*, long: bool) -> Iterable[Figure]:
    """Run the histories, and the control on the first of them."""
    number = LONG_HISTORIES if long else SHORT_HISTORIES
    happened, wrong = run(SEED, number)
    control = run_control(SEED, CONTROL_HISTORIES)
    yield Figure(
        "refunds.wrong",
        f"{len(wrong)} of {number:,} histories{f': {wrong[0]}' if wrong else ''}",
        "0",
        holds=not wrong,
        control=f"{len(control)} of {CONTROL_HISTORIES} where sums are booked",
        control_holds=len(control) > CONTROL_HISTORIES // 4,
    )
    yield Figure(
        "refunds.covered",
        ", ".join(f"{name} {happened[name]:,}" for name in KINDS),
        "each",
        holds=all(happened[name] for name in KINDS),
    )
