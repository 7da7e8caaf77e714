"""Previews of decisions about a due: its balance, its date and its late fee afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from desktop_app.domain.enrollment import DueKind, DueState
from desktop_app.domain.money import ZERO
from desktop_app.services.fees.due_checks import (
    is_uncollected,
    to_charge,
    to_move,
    to_restore,
    to_waive,
    to_write_off,
)
from desktop_app.services.fees.open_dues import day_of
from desktop_app.services.posting.late_fees import late_fee_on_day
from desktop_app.services.views.dues import Decision
from desktop_app.services.views.enrolment_changes import DuesPreview
from desktop_app.services.views.plans import LaterPart

if TYPE_CHECKING:
    from datetime import date

    from desktop_app.domain.money import Money
    from desktop_app.services.ports.records import DueRecord
    from desktop_app.services.ports.storage import Repositories


def preview_decision(
    books: Repositories,
    due_uid: str,
    decision: Decision,
    amount: Money | None,
    to: date | None,
    today: date,
) -> DuesPreview:
    """Return what a decision would change; see `DueService.preview`."""
    match decision:
        case Decision.WAIVE:
            return _waived(books, due_uid, amount, today)
        case Decision.LATE_FEE:
            due = to_charge(books, due_uid, amount or ZERO, today)
            late = late_fee_on_day(books, due, today)
            open_ = _part(due, today)
            return DuesPreview((open_,), (open_, LaterPart(today, amount or ZERO)), late, late)
        case Decision.MOVE_DATE:
            return _moved(books, due_uid, to or today, today)
        case Decision.WRITE_OFF:
            due = to_write_off(books, due_uid)
            ends = is_uncollected(books, due, DueState.WRITTEN_OFF)
            late = late_fee_on_day(books, due, today)
            return DuesPreview((_part(due, today),), (), late, ends=ends)
        case Decision.RESTORE:
            due, back = to_restore(books, due_uid)
            return DuesPreview((), (LaterPart(day_of(due, today), back),))
        case other:
            assert_never(other)


def _part(due: DueRecord, today: date) -> LaterPart:
    return LaterPart(day_of(due, today), due.balance)


def _waived(books: Repositories, due_uid: str, amount: Money | None, today: date) -> DuesPreview:
    due, late, part = to_waive(books, due_uid, amount, today)
    open_ = _part(due, today)
    if due.kind is DueKind.LATE_FEE:
        left = open_._replace(amount=late - part)
        return DuesPreview((open_,), (left,) if left.amount else ())
    return DuesPreview((open_,), (open_,), late, late - part)


def _moved(books: Repositories, due_uid: str, to: date, today: date) -> DuesPreview:
    due = to_move(books, due_uid, to, today)
    open_ = _part(due, today)
    return DuesPreview(
        (open_,),
        (open_._replace(due_on=to),),
        late_fee_on_day(books, due, today),
        late_fee_on_day(books, replace(due, payable_on=to), today),
    )
