"""The open dues of an enrolment that may be replaced, and their replacement.

What was paid stays where it is: a due that is paid in part keeps that part, and the rest moves.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desktop_app.domain.enrollment import DueChangeKind, DueKind, DueState
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.fees import Quote
from desktop_app.domain.money import ZERO
from desktop_app.domain.replanning import HeadKey, OpenPart
from desktop_app.domain.tax import Tax, tax_of_gross
from desktop_app.services.errors import ChequeCoversError, OpenAttemptError
from desktop_app.services.ports.records import DueChange, DueRecord
from desktop_app.services.posting.parts import fee_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from desktop_app.domain.payment import Attempt
    from desktop_app.domain.replanning import NewPart
    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import Repositories, UnitOfWork

_PART_OF = re.compile(r" · \d+(?:/\d+)?$")


def replaceable(books: Repositories, dues: Iterable[DueRecord]) -> tuple[DueRecord, ...]:
    """Return the fees that are open and may be replaced.

    Raises:
        OpenAttemptError: a payment of one is under way; it ends first.
        ChequeCoversError: that payment is a cheque, which ends only with the cheque.
    """
    found = tuple(due for due in dues if due.is_payable and due.kind is DueKind.FEE)
    for due in found:
        for attempt in books.attempts.of_due(due.uid):
            if attempt.is_live:
                _refuse_cheque(books, due, attempt)
                raise OpenAttemptError(attempt.uid)
    return found


def _refuse_cheque(books: Repositories, due: DueRecord, attempt: Attempt) -> None:
    """Raise ChequeCoversError where an attempt is that of a cheque or a draft."""
    cheque = books.instruments.of_attempt(attempt.uid)
    if cheque is not None:
        label = fee_label(books, due.enrollment_uid)
        raise ChequeCoversError(label, cheque.amount, cheque.slip_no)


def day_of(due: DueRecord, otherwise: date) -> date:
    """Return the day on which a due is due now."""
    return due.payable_on or due.due_on or otherwise


def as_part(due: DueRecord, today: date) -> OpenPart:
    """Return what is open of a due, by its head and rate."""
    key = HeadKey(due.head_code, due.quote.tax.rate_bp, due.treatment, due.quote.registered)
    return OpenPart(due.uid, key, due.instalment_no, day_of(due, today), due.balance)


def close(context: Context, work: UnitOfWork, dues: Iterable[DueRecord], reason: str) -> None:
    """Ask for nothing more of dues: cancel those that are unpaid, end the others as paid."""
    for due in dues:
        is_unpaid = due.paid == ZERO
        kind = DueChangeKind.CANCEL if is_unpaid else DueChangeKind.REPRICE
        work.enrollments.change_due(
            DueChange(context.ids.new(), due.uid, kind, -due.balance, reason, context.now())
        )
        state = DueState.CANCELLED if is_unpaid else DueState.PAID
        work.enrollments.advance_due(due.uid, DueState.OPEN, state)


def ask(
    context: Context,
    work: UnitOfWork,
    dues: Sequence[DueRecord],
    parts: Iterable[NewPart],
    label: str,
) -> None:
    """Add dues in the place of those that were closed.

    Args:
        context: the ports.
        work: the unit of work.
        dues: every due of the enrolment, the closed ones among them.
        parts: what is asked in their place.
        label: of the course.
    """
    last = max(due.instalment_no for due in dues)
    samples = {due.head_code: due for due in reversed(dues)}
    made = []
    for sequence, part in enumerate(parts, start=max(due.sequence for due in dues) + 1):
        if not part.amount:
            continue
        sample, number = samples.get(part.key.head_code), last + part.number
        made.append(
            DueRecord(
                uid=context.ids.new(),
                enrollment_uid=dues[0].enrollment_uid,
                state=DueState.OPEN,
                quote=_quote(part, f"{_named(sample, label)} · {number}"),
                sequence=sequence,
                due_on=part.due_on,
                instalment_no=number,
                head_code=part.key.head_code,
                treatment=part.key.treatment,
                sac=sample.sac if sample else None,
            )
        )
    work.enrollments.add_dues(made, context.now())


def _named(sample: DueRecord | None, label: str) -> str:
    """Return the name of a due without its number: that of the course, after another head's."""
    if sample is None or sample.head_code == "tuition":
        return label
    return _PART_OF.sub("", sample.quote.label)


def _quote(part: NewPart, label: str) -> Quote:
    rate = part.key.rate_bp
    tax = tax_of_gross(part.amount, rate) if rate else Tax(part.amount, ZERO, ZERO, 0)
    return Quote(label, tax, registered=part.key.registered)


def require_open(dues: Sequence[DueRecord]) -> None:
    """Raise InvalidInputError where nothing is open."""
    if not dues:
        raise InvalidInputError("parts", "There's no instalment left to change.")
