"""Conceding: less is asked of an enrolment's dues, in one transaction, and taken back likewise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from desktop_app.domain.concession_kinds import (
    OTHER,
    SIBLING,
    ConcessionKind,
    check_proof,
    kinds_by_code,
)
from desktop_app.domain.concessions import ConcessionMeasure, ConcessionSpread, check_limit
from desktop_app.domain.enrollment import DueChangeKind, DueState, EnrollmentState
from desktop_app.domain.errors import InvalidInputError, NoSeatError
from desktop_app.domain.money import BASIS_POINTS, ZERO, Money, total
from desktop_app.domain.promo_codes import refuse_twice
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.text import require_reason
from desktop_app.services import errors
from desktop_app.services.fees.concession_sums import (
    Basis,
    Sums,
    Wanted,
    WorkedOut,
    as_concession,
    short_of,
    spread_of,
    terms_of,
    titles_of,
    work_out,
)
from desktop_app.services.fees.promo_uses import (
    PromoUser,
    check_promo,
    find_promo,
    free_use,
    take_use,
)
from desktop_app.services.ports.fees import ConcessionRecord
from desktop_app.services.ports.records import DueChange
from desktop_app.services.posting.bills import note_less_due
from desktop_app.services.posting.parts import fee_label, full_course

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from desktop_app.services.context import Context
    from desktop_app.services.ports.fees import PromoHold, PromoRecord
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.views.fees import ConcessionWish

CAP = "concessions.cap_bp"
SPREAD = "concessions.spread"
UNIT = "plans.unit_paise"
LIMIT = "concessions.limit_bp"
LIMIT_AMOUNT = "concessions.limit_paise"
OVERTAKEN = "another bill used the code"
_ENDED_BY = {
    DueState.CANCELLED: DueChangeKind.CANCEL,
    DueState.WRITTEN_OFF: DueChangeKind.WRITE_OFF,
}
"""How a due was ended: an amount that is asked of it afterwards ends the same way."""


@dataclass(frozen=True, slots=True)
class Subject:
    """An enrolment to concede on, or one before it is made.

    Attributes:
        enrollment_uid: None before there is one.
        bill: the total of the bill that it is on; None for a fee alone.
        follows_sibling: whether its bill enrols a brother or sister before.
    """

    student_uid: str
    course_code: str
    basis: Basis
    enrollment_uid: str | None = None
    bill: Money | None = None
    follows_sibling: bool = False

    @property
    def listed(self) -> Money:
        """All that is asked without any concession, tax included."""
        return total(due.price for due in self.basis.dues)


def subject_of(context: Context, work: Repositories, enrollment_uid: str) -> Subject:
    """Return an enrolment to concede on. Raises KeyError."""
    enrollment = work.enrollments.get(enrollment_uid)
    terms = work.enrollments.terms_of(enrollment_uid)
    plans = work.plans.of_course(enrollment.course_uid).values() if terms is not None else ()
    units = [plan.unit for plan in plans if terms is not None and plan.code == terms.plan_code]
    basis = Basis(
        work.concessions.dues(enrollment_uid),
        work.concessions.of_enrollment(enrollment_uid),
        units[0] if units else unit_without_plan(context),
    )
    return Subject(enrollment.student_uid, enrollment.course_code, basis, enrollment_uid)


def unit_without_plan(context: Context) -> Money:
    """Return what concessions are rounded down to where no plan says it."""
    return Money(int(context.settings().texts[UNIT]))


def offered_kinds(work: Repositories) -> Mapping[str, ConcessionKind]:
    """Return the kinds that may be given, by code: those that ship, as the centre edited them."""
    own = work.concessions.own_kinds()
    kinds = kinds_by_code(each.kind for each in own)
    archived = {each.kind.code for each in own if each.is_archived}
    return {code: kind for code, kind in kinds.items() if code not in archived}


def wanted_of(
    context: Context, work: Repositories, subject: Subject, wishes: Sequence[ConcessionWish]
) -> tuple[Wanted, ...]:
    """Check what was chosen, and return it as it counts.

    Raises:
        InvalidInputError: a kind, value, reason or proof does not fit; `field` names it.
        PromoRefusedError: a code may not be used.
    """
    today = day_in_india(context.now())
    kinds = offered_kinds(work)
    has_others = bool(subject.basis.given) or len(wishes) > 1
    spread = ConcessionSpread(context.settings().texts[SPREAD])
    wanted = []
    for wish in wishes:
        if wish.promo:
            promo = find_promo(work, wish.promo)
            if any(each.promo_uid == promo.uid for each in subject.basis.given):
                raise refuse_twice(promo.promo.code)
            check_promo(context, work, promo, promo_user(subject, today, has_others=has_others))
            wanted.append(_of_promo(promo, spread))
        else:
            kind = _kind(work, subject, kinds, wish, today)
            wanted.append(_of_kind(kind, wish, spread))
    _refuse_repeated(wanted)
    _refuse_beside_codes(work, subject, wanted)
    return tuple(wanted)


def promo_user(subject: Subject, on: date, *, has_others: bool) -> PromoUser:
    """Return a subject as one that wants to use a code."""
    bill = subject.listed if subject.bill is None else subject.bill
    return PromoUser(
        subject.student_uid, subject.enrollment_uid, subject.course_code, bill, on, has_others
    )


def _refuse_repeated(wanted: Sequence[Wanted]) -> None:
    if len({each.concession.key for each in wanted}) < len(wanted):
        raise InvalidInputError("concession", "You chose the same concession twice.")


def _refuse_beside_codes(work: Repositories, subject: Subject, wanted: Sequence[Wanted]) -> None:
    """Refuse a concession beside a code that was given alone."""
    for given in subject.basis.given:
        promo = work.promos.get(given.promo_uid).promo if given.promo_uid else None
        if promo is not None and not promo.is_combinable and wanted:
            raise InvalidInputError(
                "concession",
                "You can't combine promo code {code} with another concession.",
                code=promo.code,
            )


def _of_promo(promo: PromoRecord, spread: ConcessionSpread) -> Wanted:
    code = promo.promo.code
    reason = f"code {code}"
    return Wanted(promo.promo.concession, code, code, code, spread, reason, promo=promo)


def _of_kind(kind: ConcessionKind, wish: ConcessionWish, spread: ConcessionSpread) -> Wanted:
    value = kind.value
    if kind.bands:
        if wish.marks is None:
            raise InvalidInputError("marks", "Enter the marks in %.")
        value = kind.for_marks(wish.marks)
    measure = kind.measure
    if kind.is_typed:
        value, measure = _typed_value(wish), wish.measure
    concession = kind.concession(value, measure)
    reason, proof = require_reason(wish.reason), check_proof(kind, wish.proof)
    how = spread if kind.spread is ConcessionSpread.PROPORTIONAL else kind.spread
    return Wanted(concession, kind.code, kind.title, kind.title_hi, how, reason, proof)


def _typed_value(wish: ConcessionWish) -> int:
    value = wish.value or 0
    if wish.measure is ConcessionMeasure.PERCENT and not 0 < value <= BASIS_POINTS:
        raise InvalidInputError("value", "Enter a rate above 0 % and up to 100 %.")
    if value <= 0:
        raise InvalidInputError("value", "Enter an amount above ₹0.")
    return value


def has_sibling(work: Repositories, subject: Subject, on: date) -> bool:
    """Return whether a brother or sister is enrolled already, or before by the same bill."""
    own = subject.student_uid, subject.enrollment_uid
    return subject.follows_sibling or work.concessions.has_sibling(*own, on)


def _kind(
    work: Repositories,
    subject: Subject,
    kinds: Mapping[str, ConcessionKind],
    wish: ConcessionWish,
    on: date,
) -> ConcessionKind:
    kind = kinds.get(wish.kind.lower())
    if kind is None:
        raise InvalidInputError(
            "concession", "There's no concession called “{kind}”.", kind=wish.kind
        )
    if any(each.kind_code == kind.code for each in subject.basis.given) and kind.code != OTHER:
        raise InvalidInputError("concession", "This student already has this concession.")
    if kind.valid_to and on > kind.valid_to:
        raise InvalidInputError("concession", "This concession ended on {day}.", day=kind.valid_to)
    if kind.valid_from and on < kind.valid_from:
        raise InvalidInputError(
            "concession", "This concession starts on {day}.", day=kind.valid_from
        )
    if kind.code == SIBLING and not has_sibling(work, subject, on):
        raise InvalidInputError(
            "concession", "No sibling with the same parent's phone number enrolled earlier."
        )
    return kind


def sums_of(context: Context, subject: Subject, wanted: Sequence[Wanted]) -> Sums:
    """Return what concessions come to.

    Raises:
        InvalidInputError: more than the desk may give.
    """
    texts = context.settings().texts
    sums = work_out(subject.basis, wanted, int(texts[CAP]))
    if wanted:
        most = Money(int(texts[LIMIT_AMOUNT]))
        check_limit(sums.given, sums.prices, int(texts[LIMIT]), most)
    return sums


def concede(
    context: Context,
    work: UnitOfWork,
    enrollment_uid: str,
    wishes: Sequence[ConcessionWish],
    *,
    bill_uid: str | None = None,
    bill: Money | None = None,
) -> Sums:
    """Reduce what an enrolment asks by concessions.

    Where nothing is left to pay of a pending one, the student is enrolled without a payment.

    Raises:
        InvalidInputError, PromoRefusedError: see `wanted_of` and `sums_of`.
        DueCoveredError: a live payment offers one of the dues.
        NoSeatError: the course has no seat for an enrolment without a payment.
    """
    subject = replace(subject_of(context, work, enrollment_uid), bill=bill)
    wanted = wanted_of(context, work, subject, wishes)
    sums = sums_of(context, subject, wanted)
    counted = [each for each in sums.new if each.amount]
    if not counted:
        raise _nothing(sums)
    _refuse_live(work, subject, {uid for each in counted for uid in each.parts})
    for each in counted:
        _give(context, work, subject, each)
        promo = each.wanted.promo
        if promo is not None:
            on = day_in_india(context.now())
            user = promo_user(subject, on, has_others=len(wishes) > 1)
            for hold in take_use(context, work, promo, user, enrollment_uid, bill_uid):
                _overtake(context, work, promo, hold)
    close_what_is_free(context, work, enrollment_uid)
    note_less_due(context, work, enrollment_uid)
    return sums


def _nothing(sums: Sums) -> InvalidInputError:
    if sums.is_over_open:
        return InvalidInputError(
            "concession", "These fees are paid, so there's nothing left to reduce."
        )
    return InvalidInputError(
        "concession", "This concession has no effect because a larger concession already applies."
    )


def _refuse_live(work: UnitOfWork, subject: Subject, due_uids: set[str]) -> None:
    for due in subject.basis.dues:
        if due.uid in due_uids and due.is_live:
            live = next(each for each in work.attempts.of_due(due.uid) if each.is_live)
            about = fee_label(work, subject.enrollment_uid or "")
            raise errors.DueCoveredError(about, about, live.amount)


def _give(context: Context, work: UnitOfWork, subject: Subject, each: WorkedOut) -> None:
    record = ConcessionRecord(
        uid=context.ids.new(),
        enrollment_uid=subject.enrollment_uid or "",
        kind_code=each.wanted.kind_code,
        promo_uid=each.wanted.promo.uid if each.wanted.promo is not None else None,
        listed=total(
            price.amount for price in subject.basis.prices(each.wanted.concession.heads).values()
        ),
        asked=each.asked,
        amount=each.amount,
        terms=terms_of(each.wanted),
        reason=each.wanted.reason,
        proof_note=each.wanted.proof,
        created_at=context.now(),
    )
    _write(context, work, record, each.parts)


def _write(
    context: Context, work: UnitOfWork, record: ConcessionRecord, parts: Mapping[str, Money]
) -> None:
    work.concessions.add(record, parts)
    for due_uid, part in parts.items():
        work.enrollments.change_due(
            DueChange(
                context.ids.new(), due_uid, DueChangeKind.CONCESSION, -part, _named(record),
                record.created_at,
            )
        )  # fmt: skip
    context.audit(
        work,
        "concession.taken_back" if record.reverses_uid else "concession.given",
        record.uid,
        {
            "enrollment": record.enrollment_uid,
            "kind": record.kind_code,
            "amount": total(parts.values()).paise,
        },
    )


def _named(record: ConcessionRecord) -> str:
    """Return the title and the reason, as the statement shows them."""
    title, reason = titles_of(record)[0], record.reason
    return reason if title.casefold() in reason.casefold() else f"{title} · {reason}"


def close_what_is_free(context: Context, work: UnitOfWork, enrollment_uid: str) -> bool:
    """Close the dues of which nothing is left, and enrol the student where that is all of them.

    Returns:
        Whether the student was enrolled without a payment.

    Raises:
        NoSeatError: the course has no free seat.
    """
    dues = work.enrollments.dues_of(enrollment_uid)
    for due in dues:
        if due.state is DueState.OPEN and not due.balance:
            work.enrollments.advance_due(due.uid, DueState.OPEN, DueState.PAID)
    enrollment = work.enrollments.get(enrollment_uid)
    is_pending = enrollment.state is EnrollmentState.PENDING
    if not is_pending or any(due.balance for due in dues if due.state is not DueState.CANCELLED):
        return False
    if full_course(work, [enrollment]) is not None:
        raise NoSeatError("this course has no seats left")
    work.enrollments.advance(enrollment_uid, EnrollmentState.PENDING, EnrollmentState.ACTIVE)
    work.students.mark_served(enrollment.student_uid, context.now())
    context.audit(work, "enrollment.free", enrollment_uid)
    return True


def take_back(context: Context, work: UnitOfWork, concession_uid: str, reason: str) -> str:
    """End a concession while nothing of what it reduces is paid; return its enrolment.

    Of several in a group the next largest counts from then on.

    Raises:
        InvalidInputError: no reason, or it is paid or replaced, or was taken back already.
        DueCoveredError: a live payment offers one of the dues.
    """
    reason = require_reason(reason)
    try:
        record = work.concessions.get(concession_uid)
    except KeyError as error:
        raise InvalidInputError("concession", "We couldn't find this concession.") from error
    subject = subject_of(context, work, record.enrollment_uid)
    if all(each.uid != concession_uid for each in subject.basis.given):
        raise InvalidInputError("concession", "You already removed this concession.")
    parts = work.concessions.parts_of(concession_uid)
    _refuse_live(work, subject, set(parts))
    if any(due.uid in parts and due.paid for due in subject.basis.dues):
        raise InvalidInputError(
            "concession",
            "You can't remove this concession because a fee it reduced is already paid.",
        )
    if any(work.enrollments.due(uid).state is DueState.CANCELLED for uid in parts):
        raise InvalidInputError(
            "concession",
            "You can't remove this concession because a fee it reduced has changed.",
        )
    _reverse(context, work, record, parts, reason)
    if record.promo_uid is not None:
        free_use(work, record.promo_uid, record.enrollment_uid)
    _give_what_is_left(context, work, record.enrollment_uid)
    return record.enrollment_uid


def _reverse(
    context: Context,
    work: UnitOfWork,
    record: ConcessionRecord,
    parts: Mapping[str, Money],
    reason: str,
) -> None:
    back = ConcessionRecord(
        uid=context.ids.new(),
        enrollment_uid=record.enrollment_uid,
        kind_code=record.kind_code,
        promo_uid=record.promo_uid,
        listed=record.listed,
        asked=record.asked,
        amount=-record.amount,
        terms=record.terms,
        reason=reason,
        proof_note=record.proof_note,
        created_at=context.now(),
        reverses_uid=record.uid,
    )
    _write(context, work, back, {uid: -part for uid, part in parts.items()})
    for due_uid in parts:
        due = work.enrollments.due(due_uid)
        if due.state is DueState.PAID and due.balance > ZERO:
            work.enrollments.advance_due(due_uid, DueState.PAID, DueState.OPEN)
        elif due.state in _ENDED_BY and due.balance > ZERO:  # it is not collected, so nor is this
            ended = _ENDED_BY[due.state]
            work.enrollments.change_due(
                DueChange(
                    context.ids.new(), due_uid, ended, -due.balance, reason, back.created_at
                )
            )  # fmt: skip


def _give_what_is_left(context: Context, work: UnitOfWork, enrollment_uid: str) -> None:
    """Add what the others are worth now that a larger one no longer counts."""
    subject = subject_of(context, work, enrollment_uid)
    cap_bp = int(context.settings().texts[CAP])
    wanted = [_again(work, each) for each in short_of(subject.basis, cap_bp)]
    for each in work_out(subject.basis, wanted, cap_bp).new:
        if each.amount:
            _give(context, work, subject, each)


def _again(work: Repositories, record: ConcessionRecord) -> Wanted:
    """Return a concession that was given, as one that counts before it."""
    promo = work.promos.get(record.promo_uid) if record.promo_uid else None
    return Wanted(
        replace(as_concession(record), key=f" {record.uid}"),
        record.kind_code,
        *titles_of(record),
        spread_of(record),
        record.reason,
        record.proof_note,
        promo,
    )


def _overtake(context: Context, work: UnitOfWork, promo: PromoRecord, hold: PromoHold) -> None:
    """End the concession of a code on an unpaid enrolment that held its use."""
    for record in work.concessions.of_enrollment(hold.enrollment_uid):
        if record.promo_uid == promo.uid:
            parts = work.concessions.parts_of(record.uid)
            _reverse(context, work, record, parts, OVERTAKEN)
            _give_what_is_left(context, work, hold.enrollment_uid)
