"""Enrolments that stay although a refund returns their fee: made again in its transaction.

The wish is stored with the refund that was asked for, since the gateway may accept it much later
and in another process. It is forgotten once the refund has ended.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.enrollment import DueState, EnrollmentState
from desktop_app.domain.money import ZERO
from desktop_app.domain.receipt import day_in_india

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import DueRecord, EnrollmentRecord
    from desktop_app.services.ports.storage import Repositories, UnitOfWork

KEPT = "refunds.kept"
"""The setting that stores the enrolments that stay, by the refund that would end them."""


def keep_enrolments(work: UnitOfWork, refund_uid: str, enrollment_uids: Collection[str]) -> None:
    """Store that these enrolments stay; they are made again when the refund is accepted."""
    if enrollment_uids:
        _store(work, _stored(work) | {refund_uid: list(enrollment_uids)})


def forget_kept(work: UnitOfWork, refund_uid: str) -> list[str]:
    """Forget the enrolments that stay after a refund, and return them."""
    stored = _stored(work)
    uids = stored.pop(refund_uid, None)
    if uids is None:
        return []
    _store(work, stored)
    return uids


def take_kept(work: UnitOfWork, refund_uid: str) -> dict[str, tuple[DueRecord, ...]]:
    """Return the enrolments that stay after a refund with their dues before it, and forget them."""
    return {uid: work.enrollments.dues_of(uid) for uid in forget_kept(work, refund_uid)}


def enrol_again(
    context: Context, work: UnitOfWork, kept: Mapping[str, Sequence[DueRecord]]
) -> None:
    """Make the enrolments again that a refund has just ended and that were meant to stay.

    Args:
        context: the ports.
        work: the unit of work.
        kept: the enrolments, with their dues before the refund; see `take_kept`.
    """
    for uid, dues in kept.items():
        ended = work.enrollments.get(uid)
        if ended.state is not EnrollmentState.CANCELLED:
            continue
        if work.enrollments.current(ended.student_uid, ended.course_uid) is None:
            _make_again(context, work, ended, [due for due in dues if _is_asked(due)])


def _is_asked(due: DueRecord) -> bool:
    """Whether something was asked: not for what other instalments or another course replaced."""
    return due.state is not DueState.CANCELLED and due.amount_asked > ZERO


def _day_of(due: DueRecord, today: date) -> date | None:
    """Return the day on which it is due again, today at the earliest; None for the day it is made.

    A day to which it was moved stays.
    """
    day = due.payable_on or due.due_on
    if day is None or (due.due_on is None and day <= today):
        return None
    return max(day, today)


def _make_again(
    context: Context, work: UnitOfWork, ended: EnrollmentRecord, dues: Sequence[DueRecord]
) -> None:
    """Make a pending enrolment like one that has ended, with what was asked for it in the end."""
    now = context.now()
    made = replace(ended, uid=context.ids.new(), state=EnrollmentState.PENDING, created_at=now)
    today = day_in_india(now)
    uids = {due.uid: context.ids.new() for due in dues}
    work.enrollments.add(
        made,
        *(
            replace(
                due,
                uid=uids[due.uid],
                enrollment_uid=made.uid,
                state=DueState.OPEN,
                quote=replace(due.quote, tax=due.tax),
                due_on=_day_of(due, today),
                payable_on=None,
                paid=ZERO,
                asked=None,
                off=ZERO,
                settled=None,
                follows_due=uids.get(due.follows_due or "", due.follows_due),
            )
            for due in dues
        ),
    )
    terms = work.enrollments.terms_of(ended.uid)
    if terms is not None:
        work.enrollments.add_terms(replace(terms, enrollment_uid=made.uid, created_at=now))
    detail: dict[str, str | int | None] = {"amount": made.amount.paise, "after": ended.uid}
    context.audit(work, "enrollment.made", made.uid, detail)


def _stored(work: Repositories) -> dict[str, list[str]]:
    found = json.loads(work.setting(KEPT) or "{}")
    return found if isinstance(found, dict) else {}


def _store(work: UnitOfWork, kept: dict[str, list[str]]) -> None:
    work.put_setting(KEPT, json.dumps(kept))
