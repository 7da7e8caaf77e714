"""Writes a counter tender: posts its money, hands in a cheque, or uses credit.

Always within the transaction that begins it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, assert_never

from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.tender import Beginning
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.services.errors import ChequeCoversError
from desktop_app.services.posting.parts import fee_label
from desktop_app.services.posting.payments import post_counter, refuse_during_capture

if TYPE_CHECKING:
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context
    from desktop_app.services.payments.counter_tenders import AcceptedTender
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.posting.parts import Part
    from desktop_app.services.views.evidence import TypedEvidence

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""Payments before the desk began were in time."""


def take_at_counter(
    context: Context,
    work: UnitOfWork,
    attempt: Attempt,
    accepted: AcceptedTender,
    typed: TypedEvidence,
) -> None:
    """Write what a counter tender brings, for an attempt that was just added.

    Raises:
        InvalidInputError: the cheque lacks something, or the student has too little credit.
        CaptureUnderWayError: a payment of a due is being captured.
    """
    rules = tender_of(attempt.method)
    match rules.beginning:
        case Beginning.POSTED:
            post_counter(context, work, attempt, accepted.parts, accepted.money)
        case Beginning.HANDED_IN:
            from desktop_app.services.payments.cheque_intake import hand_in

            hand_in(context, work, attempt, accepted, typed)
            if attempt.dues:  # the fee of one due alone is no bill
                from desktop_app.services.posting.bills import note_covered

                note_covered(context, work, attempt.uid)
        case Beginning.SETTLED:
            _settle(context, work, attempt, accepted)
        case Beginning.ASKED:
            raise ValueError(f"the gateway collects {attempt.method}")
        case other:
            assert_never(other)


def _settle(context: Context, work: UnitOfWork, attempt: Attempt, accepted: AcceptedTender) -> None:
    """Pay dues from credit; what was paid before the desk began becomes credit first."""
    from desktop_app.services.posting.bills import note_paid
    from desktop_app.services.posting.credits import bring_in, use_credit

    for each in accepted.parts:
        refuse_during_capture(context, work, each.due.uid)
    came_at = context.now()
    if tender_of(attempt.method).is_brought_in:
        note = accepted.money.evidence.note if accepted.money.evidence else ""
        sums: dict[tuple[str, str], Money] = {}
        for each in accepted.parts:
            key = (each.enrollment.student_uid, each.due.head_code)
            sums[key] = sums.get(key, ZERO) + each.amount
        for (student, head), amount in sums.items():
            bring_in(context, work, student, amount, head, note)
        came_at = LONG_AGO
    use_credit(context, work, attempt.uid, accepted.parts, came_at)
    work.attempts.mark_paid(attempt, attempt.method.value)
    if attempt.dues:  # the fee of one due alone is no bill
        note_paid(context, work, attempt.uid, context.now())


def refuse_covered_by_cheque(work: Repositories, part: Part, attempt: Attempt) -> None:
    """Refuse to collect a due that a cheque covers.

    Raises:
        ChequeCoversError: it is not credited, returned or given back yet.
    """
    if tender_of(attempt.method).instrument is None:
        return
    cheque = work.instruments.of_attempt(attempt.uid)
    slip_no = cheque.slip_no if cheque else ""
    amount = cheque.amount if cheque else attempt.amount
    raise ChequeCoversError(fee_label(work, part.enrollment.uid), amount, slip_no)
