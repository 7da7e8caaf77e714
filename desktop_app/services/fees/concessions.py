"""Concessions as a clerk asks for them: previewed, given, listed and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.concession_kinds import kinds_by_code, make_kind
from desktop_app.domain.money import total
from desktop_app.domain.receipt import day_in_india
from desktop_app.services.errors import UnknownEnrollmentError
from desktop_app.services.fees.conceding import (
    CAP,
    concede,
    subject_of,
    sums_of,
    take_back,
    wanted_of,
)
from desktop_app.services.ports.fees import OwnKind
from desktop_app.services.views.fees import (
    ConcededView,
    ConcessionPreview,
    ConcessionRow,
    GivenPart,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop_app.domain.concession_kinds import ConcessionKind
    from desktop_app.services.context import Context
    from desktop_app.services.fees.conceding import Subject
    from desktop_app.services.fees.concession_sums import Sums
    from desktop_app.services.ports.fees import ConcessionRecord
    from desktop_app.services.ports.storage import Repositories
    from desktop_app.services.views.fees import ConcessionWish


class ConcessionService:
    """Concessions on enrolments. All local."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def kinds(self) -> tuple[OwnKind, ...]:
        """Return every kind, those that ship first, with those that are archived."""
        with self._context.store.reading() as work:
            return tuple(_all_kinds(work).values())

    def save_kind(self, kind: ConcessionKind, *, is_archived: bool = False) -> ConcessionKind:
        """Add or replace a kind; concessions that were given stay as they are.

        Raises:
            InvalidInputError: a value does not fit; `field` names it.
        """
        checked = make_kind(kind)
        with self._context.store.writing() as work:
            work.concessions.put_kind(OwnKind(checked, is_archived), self._context.now())
            self._context.audit(work, "concession_kind.saved", checked.code)
            work.commit()
        return checked

    def preview(self, enrollment_uid: str, wishes: Sequence[ConcessionWish]) -> ConcessionPreview:
        """Return what concessions on an enrolment would come to. Writes nothing.

        Raises:
            InvalidInputError, PromoRefusedError: one may not be given.
        """
        with self._context.store.reading() as work:
            try:
                subject = subject_of(work, enrollment_uid)
            except KeyError as error:
                raise UnknownEnrollmentError(enrollment_uid) from error
            wanted = wanted_of(self._context, work, subject, wishes)
            sums = sums_of(self._context, subject, wanted)
            return preview_of(subject, sums, given_parts(work, subject, sums), self._cap_bp())

    def concede(self, enrollment_uid: str, wishes: Sequence[ConcessionWish]) -> ConcededView:
        """Reduce by concessions what an enrolment asks and is not paid.

        Where nothing is left to pay, the student is enrolled without a payment.

        Raises:
            InvalidInputError, PromoRefusedError: one may not be given.
            UnknownEnrollmentError: there is no such enrolment.
            DueCoveredError: a live payment offers one of the dues.
            NoSeatError: the course has no free seat.
        """
        with self._context.store.writing() as work:
            try:
                sums = concede(self._context, work, enrollment_uid, wishes)
            except KeyError as error:
                raise UnknownEnrollmentError(enrollment_uid) from error
            is_free = not any(due.balance for due in work.enrollments.dues_of(enrollment_uid))
            work.commit()
        return self._conceded(enrollment_uid, sums, is_free=is_free)

    def take_back(self, concession_uid: str, reason: str) -> None:
        """End a concession, while nothing of what it reduces is paid.

        Raises:
            InvalidInputError: no reason, or it is paid, or was taken back already.
            DueCoveredError: a live payment offers one of the dues.
        """
        with self._context.store.writing() as work:
            take_back(self._context, work, concession_uid, reason)
            work.commit()

    def of_enrollment(self, enrollment_uid: str) -> tuple[ConcessionRow, ...]:
        """List the concessions of an enrolment that were not taken back, oldest first."""
        with self._context.store.reading() as work:
            kinds = _all_kinds(work)
            paid = {due.uid for due in work.concessions.dues(enrollment_uid) if due.paid}
            return tuple(
                _row_of(work, record, kinds, paid)
                for record in work.concessions.of_enrollment(enrollment_uid)
            )

    def _conceded(self, enrollment_uid: str, sums: Sums, *, is_free: bool) -> ConcededView:
        today = day_in_india(self._context.now())
        return ConcededView(
            enrollment_uid=enrollment_uid,
            asked=sums.asked,
            given=sums.given,
            off=total(each.off for each in sums.new),
            dues=self._context.store.reader.dues.of_enrollment(enrollment_uid, today),
            is_free=is_free,
        )

    def _cap_bp(self) -> int:
        return int(self._context.settings().texts[CAP])


def _all_kinds(work: Repositories) -> Mapping[str, OwnKind]:
    """Return every kind by code, those that ship first, with those that are archived."""
    own = {each.kind.code: each for each in work.concessions.own_kinds()}
    known = kinds_by_code(each.kind for each in own.values())
    return {code: own.get(code) or OwnKind(kind, is_archived=False) for code, kind in known.items()}


def _named(
    work: Repositories, record: ConcessionRecord, kinds: Mapping[str, OwnKind]
) -> tuple[str, str, str]:
    """Return the code of a concession, and its title in both languages."""
    if record.promo_uid is not None:
        code = work.promos.get(record.promo_uid).promo.code
        return code, code, code
    found = kinds.get(record.kind_code)
    if found is None:
        return (record.kind_code,) * 3
    return record.kind_code, found.kind.title, found.kind.title_hi


def _row_of(
    work: Repositories, record: ConcessionRecord, kinds: Mapping[str, OwnKind], paid: set[str]
) -> ConcessionRow:
    parts = work.concessions.parts_of(record.uid)
    code, title, title_hi = _named(work, record, kinds)
    return ConcessionRow(
        uid=record.uid,
        code=code,
        title=title,
        title_hi=title_hi,
        amount=record.amount,
        off=total(parts.values()),
        reason=record.reason,
        proof=record.proof_note,
        created_at=record.created_at,
        is_fixed=bool(paid & parts.keys()),
    )


def given_parts(work: Repositories, subject: Subject, sums: Sums) -> tuple[GivenPart, ...]:
    """Return what each concession gives: those given before, then those that are wanted."""
    kinds = _all_kinds(work)
    before = [
        GivenPart(*_named(work, record, kinds), record.amount) for record in subject.basis.given
    ]
    new = [
        GivenPart(each.wanted.code, each.wanted.title, each.wanted.title_hi, each.amount)
        for each in sums.new
    ]
    return (*before, *new)


def preview_of(
    subject: Subject, sums: Sums, parts: tuple[GivenPart, ...], cap_bp: int
) -> ConcessionPreview:
    """Return what concessions come to, as it is shown before they are given."""
    dues = subject.basis.dues
    return ConcessionPreview(
        price=total(price.amount for price in sums.prices.values()),
        is_net=any(price.is_net for price in sums.prices.values()),
        asked=sums.asked,
        given=sums.given,
        parts=parts,
        listed=subject.listed,
        off=total(due.conceded for due in dues) + total(each.off for each in sums.new),
        paid=total(due.paid for due in dues),
        cap_bp=cap_bp,
        is_over_open=sums.is_over_open,
    )
