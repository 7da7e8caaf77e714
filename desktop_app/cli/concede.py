"""`pravesh concede`: reducing what is due for an enrolment, and taking that back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desktop_app.cli.dues import as_fields
from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened, reason_option
from desktop_app.cli.output import emit, say, table
from desktop_app.domain.concession_kinds import OTHER
from desktop_app.domain.concessions import ConcessionMeasure
from desktop_app.domain.money import Money, percent_text
from desktop_app.domain.reasons import ReasonKind
from desktop_app.services.views.fees import ConcessionWish

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.fees import ConcededView, ConcessionPreview

_CHOICES = "--kind, --percent, --amount, --promo, --take-back or --list"


@click.command("concede")
@click.option("--enrollment", metavar="E", help="An id from `pravesh ledger` or `pravesh enrol`.")
@click.option("--kind", metavar="CODE", help="sibling, staff, merit, early, or a kind you added.")
@click.option("--percent", type=click.IntRange(1, 10_000), metavar="BP", help="1000 = 10 %.")
@click.option("--amount", type=click.IntRange(1), metavar="PAISE", help="A fixed amount.")
@click.option("--promo", metavar="CODE", help="A promo code.")
@click.option("--marks", type=click.IntRange(0, 10_000), metavar="BP", help="9250 = 92.5 %.")
@click.option("--proof", default="", metavar="TEXT", help="Employee ID or mark sheet.")
@reason_option(ReasonKind.CONCESSION, "")
@click.option("--take-back", metavar="ID", help="Remove a concession before any payment.")
@click.option("--list", "is_list", is_flag=True, help="List the concessions of an enrolment.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")
@desk_options
@click.pass_context
def command(
    ctx: click.Context, /, *, enrollment: str | None, kind: str | None, percent: int | None,
    amount: int | None, promo: str | None, marks: int | None, proof: str, reason: str,
    take_back: str | None, is_list: bool, as_json: bool, **options: object,
) -> None:  # fmt: skip
    """Add or remove a concession."""
    chosen = sum(each is not None for each in (kind, percent, amount, promo, take_back))
    if chosen + is_list != 1:
        raise click.UsageError(f"Enter exactly one of {_CHOICES}.")
    if take_back is None and enrollment is None:
        raise click.UsageError("Enter --enrollment.")
    desk = opened(ctx, options).desk
    if take_back is not None:
        desk.concessions.take_back(take_back, reason)
        if as_json:
            emit("taken_back", id=take_back)
        ctx.exit(Exit.DONE)
    if is_list:
        _list(desk, enrollment or "", as_json=as_json)
        ctx.exit(Exit.DONE)
    wish = ConcessionWish(
        kind=kind or OTHER,
        value=percent or amount,
        measure=ConcessionMeasure.AMOUNT if amount else ConcessionMeasure.PERCENT,
        marks=marks,
        reason=reason,
        proof=proof,
        promo=promo or "",
    )
    show(desk.concessions.concede(enrollment or "", [wish]), as_json=as_json)
    ctx.exit(Exit.DONE)


def show(done: ConcededView, *, as_json: bool) -> None:
    """Write what was conceded."""
    if as_json:
        emit(
            "conceded",
            enrollment=done.enrollment_uid,
            asked=done.asked.paise,
            given=done.given.paise,
            off=done.off.paise,
            dues=[
                {**as_fields(due), "conceded": done.parts.get(due.uid, Money(0)).paise}
                for due in done.dues
            ],
            free=done.is_free,
        )
        return
    for line in _words(done):
        say(line)


def _words(done: ConcededView) -> list[str]:
    lines = [f"Concession given: {done.given}. The dues go down by {done.off}."]
    if done.given < done.asked:
        lines[0] = (
            f"You chose {done.asked}. The limit is {percent_text(done.cap_bp)} %, so the student "
            f"gets {done.given}. The dues go down by {done.off}."
        )
    if done.is_free:
        lines.append("Nothing is left to pay. The student is enrolled without a payment.")
    lines += [f"{due.due_on.isoformat()}  {due.course_code}  {due.balance}" for due in done.dues]
    return lines


def show_agreed(desk: Desk, enrollment_uid: str, *, as_json: bool) -> ConcessionPreview:
    """Write the concessions of an enrolment that is being collected."""
    found = desk.concessions.preview(enrollment_uid, [])
    if as_json:
        dues = desk.enrolments.of_enrollment(enrollment_uid)
        emit(
            "conceded",
            enrollment=enrollment_uid,
            asked=found.asked.paise,
            given=found.given.paise,
            off=found.off.paise,
            dues=[as_fields(due) for due in dues],
            free=not dues,
        )
    else:
        say(f"Concession given: {found.given}. To pay: {found.total}.")
    return found


def _list(desk: Desk, enrollment_uid: str, *, as_json: bool) -> None:
    found = desk.concessions.of_enrollment(enrollment_uid)
    if as_json:
        for each in found:
            emit(
                "concession",
                id=each.uid,
                kind=each.code,
                amount=each.amount.paise,
                off=each.off.paise,
                reason=each.reason,
                proof=each.proof,
                fixed=each.is_fixed,
            )
        return
    table(
        ("id", "kind", "amount", "off the dues", "reason"),
        ((each.uid, each.code, each.amount, each.off, each.reason) for each in found),
    )
