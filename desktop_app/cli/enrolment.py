"""`pravesh enrolment`: other instalments, another batch, another course."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeVar

import click

from desktop_app.cli.dues import as_fields, show
from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened, reason_option
from desktop_app.cli.output import emit, say
from desktop_app.domain.course_change import ChangeMode
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.reasons import ReasonKind
from desktop_app.services.errors import OpenAttemptError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment_changes import ChangedEnrolment

Answer = TypeVar("Answer")
_id = click.option("--enrollment", required=True, metavar="E", help="An id from `pravesh ledger`.")
_course = click.option("--course", required=True, metavar="C", help="Course code.")
_reason = reason_option(ReasonKind.CHANGE)
_json = click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")


@click.group("enrolment")
def command() -> None:
    """Change the instalments, batch or course of an enrolment."""


@command.command("replan")
@_id
@click.option("--dates", required=True, metavar="DATE,DATE,…", help="New due dates.")
@_reason
@_json
@desk_options
@click.pass_context
def replan(
    ctx: click.Context, /, *, enrollment: str, dates: str, reason: str, as_json: bool,
    **options: object,
) -> None:  # fmt: skip
    """Spread the unpaid instalments over new dates."""
    desk = opened(ctx, options).desk
    days = _dates(dates)
    changed = _ended_first(desk, lambda: desk.changes.replan(enrollment, days, reason))
    _show(changed, as_json=as_json)
    ctx.exit(Exit.DONE)


@command.command("transfer")
@_id
@_course
@click.option(
    "--shift-dates", is_flag=True, help="Move open dues by the difference in start dates."
)
@_reason
@_json
@desk_options
@click.pass_context
def transfer(
    ctx: click.Context, /, *, enrollment: str, course: str, shift_dates: bool, reason: str,
    as_json: bool, **options: object,
) -> None:  # fmt: skip
    """Move a student to another batch with the same fee."""
    desk = opened(ctx, options).desk
    uid = desk.courses.find(course).uid
    changed = desk.changes.transfer(enrollment, uid, reason, shifts_dates=shift_dates)
    _show(changed, as_json=as_json)
    ctx.exit(Exit.DONE)


@command.command("change")
@_id
@_course
@click.option("--mode", required=True, type=click.Choice([each.value for each in ChangeMode]))
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="First day in the new course (default: today).",
)
@click.option("--preview", is_flag=True, help="Only show the amounts.")
@reason_option(ReasonKind.CHANGE, "")
@_json
@desk_options
@click.pass_context
def change(
    ctx: click.Context, /, *, enrollment: str, course: str, mode: str, on: datetime | None,
    preview: bool, reason: str, as_json: bool, **options: object,
) -> None:  # fmt: skip
    """Move a student to another course. Charge by days or by the difference in fees."""
    desk = opened(ctx, options).desk
    uid, way, day = desk.courses.find(course).uid, ChangeMode(mode), on.date() if on else None
    if preview:
        _preview(desk, enrollment, uid, way, day, as_json=as_json)
    else:
        changed = _ended_first(desk, lambda: desk.changes.change(enrollment, uid, way, reason, day))
        _show(changed, as_json=as_json)
    ctx.exit(Exit.DONE)


def _preview(
    desk: Desk, enrollment: str, uid: str, way: ChangeMode, day: date | None, *, as_json: bool
) -> None:
    found = desk.changes.quote(enrollment, uid, way, day)
    if not as_json:
        say(f"Kept {found.keep}, new course {found.charge}, paid {found.paid}.")
        say(f"To pay: {found.owed}. Credit: {found.credit}.")
        return
    emit(
        "change",
        keep=found.keep.paise,
        charge=found.charge.paise,
        paid=found.paid.paise,
        owed=found.owed.paise,
        credit=found.credit.paise,
        parts=[
            {"due_on": due_on.isoformat(), "amount": amount.paise} for due_on, amount in found.parts
        ],
    )


def _ended_first(desk: Desk, act: Callable[[], Answer]) -> Answer:
    """Change an enrolment; a QR that is open is ended first, which looks for its money."""
    try:
        return act()
    except OpenAttemptError as error:
        desk.payments.cancel(error.attempt_uid)
        return act()


def _dates(text: str) -> list[date]:
    try:
        return [date.fromisoformat(part.strip()) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise InvalidInputError("dates", "Couldn't read “{text}”.", text=text[:40]) from error


def _show(changed: ChangedEnrolment, *, as_json: bool) -> None:
    if as_json:
        dues = [as_fields(each) for each in changed.dues]
        credit = changed.credit.paise
        emit("changed", enrollment=changed.enrollment_uid, credit=credit, dues=dues)
        return
    show(changed.dues)
    if changed.credit:
        say(f"Credit {changed.credit}")
