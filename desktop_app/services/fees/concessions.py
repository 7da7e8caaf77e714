"""Concessions as a clerk asks for them: previewed, given, listed and taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.concession_kinds import kinds_by_code, make_kind
from desktop_app.domain.enrollment import DueState
from desktop_app.domain.money import total
from desktop_app.domain.receipt import day_in_india
from desktop_app.services.enrolment.quoting import ensure_enrolled, standing, with_plan
from desktop_app.services.errors import UnknownEnrollmentError
from desktop_app.services.fees.conceding import (
    CAP,
    concede,
    subject_of,
    sums_of,
    take_back,
    unit_without_plan,
    wanted_of,
)
from desktop_app.services.fees.concession_previews import (
    due_now_of,
    offers_of,
    preview_of,
    subject_before,
)
from desktop_app.services.fees.concession_sums import titles_of
from desktop_app.services.ports.fees import OwnKind
from desktop_app.services.views.fees import (
    ConcededView,
    ConcessionRow,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from desktop_app.domain.concession_kinds import ConcessionKind
    from desktop_app.services.context import Context
    from desktop_app.services.enrolment.quoting import EnrolmentStanding
    from desktop_app.services.fees.conceding import Subject
    from desktop_app.services.fees.concession_sums import Sums
    from desktop_app.services.ports.fees import ConcessionRecord
    from desktop_app.services.ports.storage import Repositories, UnitOfWork
    from desktop_app.services.views.fees import (
        ConcessionOffer,
        ConcessionPreview,
        ConcessionWish,
    )


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

    def offers(
        self,
        student_uid: str,
        course_uid: str,
        plan_code: str | None = None,
        *,
        follows_sibling: bool = False,
    ) -> tuple[ConcessionOffer, ...]:
        """List the kinds that may be given now, with what each would take off by itself.

        A concession for brothers and sisters comes first where one is enrolled. It is offered,
        never given unseen.

        Args:
            student_uid: the student.
            course_uid: the course.
            plan_code: the plan of a new enrolment; None for the default.
            follows_sibling: whether the bill enrols a brother or sister before.
        """
        with self._context.store.reading() as work:
            subject, _ = self._before(work, student_uid, course_uid, plan_code)
            subject = replace(subject, follows_sibling=follows_sibling)
            return offers_of(self._context, work, subject)

    def quote(
        self,
        student_uid: str,
        course_uid: str,
        wishes: Sequence[ConcessionWish],
        plan_code: str | None = None,
        *,
        follows_sibling: bool = False,
    ) -> ConcessionPreview:
        """Return what concessions would come to at the counter, as for `offers`. Writes nothing.

        Raises:
            InvalidInputError, PromoRefusedError: one may not be given.
        """
        with self._context.store.reading() as work:
            subject, found = self._before(work, student_uid, course_uid, plan_code)
            subject = replace(subject, follows_sibling=follows_sibling)
            wanted = wanted_of(self._context, work, subject, wishes)
            sums = sums_of(self._context, subject, wanted)
            return preview_of(subject, sums, self._cap_bp(), due_now_of(found))

    def _before(
        self, work: Repositories, student_uid: str, course_uid: str, plan_code: str | None
    ) -> tuple[Subject, EnrolmentStanding]:
        today = day_in_india(self._context.now())
        found = standing(work, student_uid, course_uid, today)
        found = with_plan(work, found, today, plan_code)
        if found.enrollment is not None:
            return subject_of(self._context, work, found.enrollment.uid), found
        unit = found.plan.unit if found.plan else unit_without_plan(self._context)
        return subject_before(found, unit, today), found

    def agreed(self, wishes: Sequence[ConcessionWish]) -> Callable[[UnitOfWork, str], object]:
        """Return what gives concessions on an enrolment in the transaction that collects it."""
        return lambda work, enrollment_uid: concede(self._context, work, enrollment_uid, wishes)

    def enrol(
        self,
        student_uid: str,
        course_uid: str,
        wishes: Sequence[ConcessionWish],
        plan_code: str | None = None,
    ) -> ConcededView:
        """Enrol a student with concessions, without collecting anything.

        Raises:
            AlreadyEnrolledError, NoSeatError, UnknownStudentError, UnknownCourseError.
            InvalidInputError, PromoRefusedError: one may not be given.
        """
        with self._context.store.writing() as work:
            today = day_in_india(self._context.now())
            found = standing(work, student_uid, course_uid, today)
            if not found.still_due:
                found.refuse_enrolled()
            found = with_plan(work, found, today, plan_code)
            due_uid = ensure_enrolled(self._context, work, found)[0]
            enrollment_uid = work.enrollments.due(due_uid).enrollment_uid
            sums = concede(self._context, work, enrollment_uid, wishes)
            work.commit()
        return self._conceded(enrollment_uid, sums)

    def enrollment_of(self, student_uid: str, course_uid: str) -> str:
        """Return the current enrolment of a student in a course. Raises UnknownEnrollmentError."""
        with self._context.store.reading() as work:
            found = work.enrollments.current(student_uid, course_uid)
        if found is None:
            raise UnknownEnrollmentError("")
        return found.uid

    def preview(self, enrollment_uid: str, wishes: Sequence[ConcessionWish]) -> ConcessionPreview:
        """Return what concessions on an enrolment would come to. Writes nothing.

        Raises:
            InvalidInputError, PromoRefusedError: one may not be given.
        """
        with self._context.store.reading() as work:
            try:
                subject = subject_of(self._context, work, enrollment_uid)
            except KeyError as error:
                raise UnknownEnrollmentError(enrollment_uid) from error
            wanted = wanted_of(self._context, work, subject, wishes)
            sums = sums_of(self._context, subject, wanted)
            return preview_of(subject, sums, self._cap_bp())

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
            work.commit()
        return self._conceded(enrollment_uid, sums)

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
            dues = work.concessions.dues(enrollment_uid)
            fixed = {due.uid for due in dues if due.paid or due.state is DueState.CANCELLED}
            return tuple(
                _row_of(work, record, fixed)
                for record in work.concessions.of_enrollment(enrollment_uid)
            )

    def _conceded(self, enrollment_uid: str, sums: Sums) -> ConcededView:
        today = day_in_india(self._context.now())
        dues = self._context.store.reader.dues.of_enrollment(enrollment_uid, today)
        return ConcededView(
            enrollment_uid=enrollment_uid,
            asked=sums.asked,
            given=sums.given,
            off=total(each.off for each in sums.new),
            dues=dues,
            parts=sums.parts,
            cap_bp=self._cap_bp(),
            is_free=not dues,
        )

    def _cap_bp(self) -> int:
        return int(self._context.settings().texts[CAP])


def _all_kinds(work: Repositories) -> Mapping[str, OwnKind]:
    """Return every kind by code, those that ship first, with those that are archived."""
    own = {each.kind.code: each for each in work.concessions.own_kinds()}
    known = kinds_by_code(each.kind for each in own.values())
    return {code: own.get(code) or OwnKind(kind, is_archived=False) for code, kind in known.items()}


def _row_of(work: Repositories, record: ConcessionRecord, fixed: set[str]) -> ConcessionRow:
    parts = work.concessions.parts_of(record.uid)
    title, title_hi = titles_of(record)
    return ConcessionRow(
        uid=record.uid,
        code=title if record.promo_uid else record.kind_code,
        title=title,
        title_hi=title_hi,
        amount=record.amount,
        off=total(parts.values()),
        reason=record.reason,
        proof=record.proof_note,
        created_at=record.created_at,
        is_fixed=bool(fixed & parts.keys()),
    )
