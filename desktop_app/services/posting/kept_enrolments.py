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
    from collections.abc import Collection

    from desktop_app.services.context import Context
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


def enrol_again(context: Context, work: UnitOfWork, refund_uid: str) -> None:
    """Make the enrolments again that a refund has just ended and that were meant to stay."""
    for uid in forget_kept(work, refund_uid):
        ended = work.enrollments.get(uid)
        if ended.state is not EnrollmentState.CANCELLED:
            continue
        if work.enrollments.current(ended.student_uid, ended.course_uid) is None:
            _make_again(context, work, uid)


def _make_again(context: Context, work: UnitOfWork, ended_uid: str) -> None:
    """Make a pending enrolment like one that has ended, at the price agreed then."""
    now = context.now()
    made = replace(
        work.enrollments.get(ended_uid),
        uid=context.ids.new(),
        state=EnrollmentState.PENDING,
        created_at=now,
    )
    today = day_in_india(now)
    dues = (
        replace(
            due,
            uid=context.ids.new(),
            enrollment_uid=made.uid,
            state=DueState.OPEN,
            due_on=max(due.due_on, today) if due.due_on else None,
            paid=ZERO,
            asked=None,
        )
        for due in work.enrollments.dues_of(ended_uid)
    )
    work.enrollments.add(made, *dues)
    terms = work.enrollments.terms_of(ended_uid)
    if terms is not None:
        work.enrollments.add_terms(replace(terms, enrollment_uid=made.uid, created_at=now))
    detail: dict[str, str | int | None] = {"amount": made.amount.paise, "after": ended_uid}
    context.audit(work, "enrollment.made", made.uid, detail)


def _stored(work: Repositories) -> dict[str, list[str]]:
    found = json.loads(work.setting(KEPT) or "{}")
    return found if isinstance(found, dict) else {}


def _store(work: UnitOfWork, kept: dict[str, list[str]]) -> None:
    work.put_setting(KEPT, json.dumps(kept))
