"""Takes a cheque or a demand draft at the counter: it covers its dues, and is no payment yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.enrollment import EnrollmentState
from desktop_app.domain.errors import InvalidInputError, rule_text
from desktop_app.domain.instruments import InstrumentState, is_held, make_instrument
from desktop_app.domain.key_mode import MoneyMode, money_mode
from desktop_app.domain.ledger import Account
from desktop_app.domain.payment import AttemptState
from desktop_app.domain.receipt import day_in_india, financial_year, receipt_prefix, series_name
from desktop_app.domain.tender import InstrumentKind, Verification
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.domain.text import optional_line
from desktop_app.services.ports.tender_records import EvidenceRecord, InstrumentRecord
from desktop_app.services.posting.payments import post_counter, refuse_during_capture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.instruments import Instrument
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context
    from desktop_app.services.payments.counter_tenders import AcceptedTender
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.views.evidence import TypedEvidence

SLIP_SERIES = "K"
"""Acknowledgements of cheques are numbered by themselves: they are no receipts."""
_ALREADY: Mapping[InstrumentKind, str] = {
    InstrumentKind.CHEQUE: rule_text("You already received this cheque (slip {slip})."),
    InstrumentKind.DRAFT: rule_text("You already received this draft (slip {slip})."),
}


def hand_in(
    context: Context,
    work: UnitOfWork,
    attempt: Attempt,
    accepted: AcceptedTender,
    typed: TypedEvidence,
) -> None:
    """Write a cheque or draft with its acknowledgement; the attempt waits for the bank.

    Raises:
        InvalidInputError: something on it is missing or wrong, it is here already, or cheques of
            this family came back too often.
    """
    instrument = _instrument(context, attempt, accepted, typed)
    student_uid = accepted.parts[0].enrollment.student_uid
    if instrument.kind is InstrumentKind.CHEQUE:
        _require_trust(context, work, student_uid)
    for each in accepted.parts:
        refuse_during_capture(context, work, each.due.uid)
    branch = optional_line("branch", "The branch", typed.branch, 80)
    record = _record(context, work, attempt.uid, student_uid, instrument, branch)
    _require_new(work, record)
    if context.settings().texts["cheque.books_on"] == "receipt":
        record = replace(record, payment_uid=_book(context, work, attempt, accepted, record))
    else:
        waiting = replace(attempt, state=AttemptState.AWAITING)
        work.attempts.save(waiting, attempt.state, "handed in")
    work.instruments.add(record)
    if context.settings().texts["cheque.activates"] == "receipt":
        pending, active = EnrollmentState.PENDING, EnrollmentState.ACTIVE
        for uid in dict.fromkeys(each.enrollment.uid for each in accepted.parts):
            work.enrollments.advance(uid, pending, active)
    context.audit(
        work,
        "cheque.received",
        record.uid,
        {"amount": record.amount.paise, "slip": record.slip_no, "attempt": attempt.uid},
    )


def _record(
    context: Context,
    work: UnitOfWork,
    attempt_uid: str,
    student_uid: str,
    instrument: Instrument,
    branch: str,
) -> InstrumentRecord:
    today = day_in_india(context.now())
    return InstrumentRecord(
        uid=context.ids.new(),
        attempt_uid=attempt_uid,
        student_uid=student_uid,
        kind=instrument.kind,
        slip_no=_next_slip_no(context, work),
        bank=instrument.bank,
        branch=branch,
        micr=instrument.micr,
        bank_key=instrument.bank_key,
        number=instrument.number,
        account_last4=instrument.account_last4,
        drawer=instrument.drawer,
        dated_on=instrument.dated,
        hold_until=instrument.dated if is_held(instrument.dated, today) else None,
        amount=instrument.amount,
        state=InstrumentState.IN_HAND,
        received_on=today,
        created_at=context.now(),
    )


def evidence_of(record: InstrumentRecord) -> EvidenceRecord:
    """Return what is on a cheque as the evidence of its payment."""
    return EvidenceRecord(
        "",
        reference=record.number,
        bank=record.bank,
        last4=record.account_last4,
        payer=record.drawer,
        dated_on=record.dated_on,
    )


def _instrument(
    context: Context, attempt: Attempt, accepted: AcceptedTender, typed: TypedEvidence
) -> Instrument:
    kind = tender_of(attempt.method).instrument
    if kind is None:
        raise ValueError(f"{attempt.method} has no instrument")
    return make_instrument(
        kind,
        accepted.money.amount,
        day_in_india(context.now()),
        bank=typed.bank,
        number=typed.reference,
        dated=typed.dated,
        drawer=typed.payer,
        micr=typed.micr,
        account_last4=typed.last4,
    )


def _require_trust(context: Context, work: Repositories, student_uid: str) -> None:
    most = int(context.settings().texts["cheque.most_bounces"])
    bounced = work.instruments.bounced_of_family(student_uid)
    if bounced >= most:
        raise InvalidInputError(
            "amount",
            "The bank returned {bounced} of this family's cheques. "
            "Take cash, UPI or a demand draft.",
            bounced=bounced,
        )


def _require_new(work: Repositories, record: InstrumentRecord) -> None:
    same = work.instruments.same(record)
    if same is not None:
        raise InvalidInputError("reference", _ALREADY[record.kind], slip=same.slip_no)


def _next_slip_no(context: Context, work: UnitOfWork) -> str:
    mode = money_mode("", is_training=context.is_training)
    is_real = mode is MoneyMode.LIVE
    desk = series_name(work.setting("desk.id") or "D1", is_real=is_real)
    series, year = f"{SLIP_SERIES}{desk}", financial_year(day_in_india(context.now()))
    return f"{receipt_prefix(series, year)}{work.receipts.next_sequence(series, year):06d}"


def _book(
    context: Context,
    work: UnitOfWork,
    attempt: Attempt,
    accepted: AcceptedTender,
    record: InstrumentRecord,
) -> str:
    """Post it at once, in clearing, where the centre books cheques on receipt."""
    money = replace(
        accepted.money,
        verification=Verification.IN_CLEARING,
        account=Account.CHEQUES,
        evidence=evidence_of(record),
    )
    return post_counter(context, work, attempt, accepted.parts, money).uid
