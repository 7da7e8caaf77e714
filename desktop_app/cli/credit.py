"""`pravesh credit`: money of students that pays no fee yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened, reason_option
from desktop_app.cli.output import emit, say
from desktop_app.domain.money import Money
from desktop_app.domain.reasons import ReasonKind

if TYPE_CHECKING:
    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import StudentSummary

_json = click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")


@click.group("credit")
def command() -> None:
    """Show a student's credit, or move it within the family."""


@command.command("show")
@click.option("--student", required=True, metavar="S", help="Roll number or phone.")
@_json
@desk_options
@click.pass_context
def show(ctx: click.Context, /, *, student: str, as_json: bool, **options: object) -> None:
    """Show a student's credit."""
    desk = opened(ctx, options).desk
    found = desk.students.find(student)
    _tell(desk, found, as_json=as_json)
    ctx.exit(Exit.DONE)


@command.command("move")
@click.option("--from", "giver", required=True, metavar="S", help="Roll number of the giver.")
@click.option("--to", "taker", required=True, metavar="S", help="Roll number of the taker.")
@click.option("--amount", required=True, type=click.IntRange(1), metavar="PAISE")
@reason_option(ReasonKind.CREDIT)
@_json
@desk_options
@click.pass_context
def move(
    ctx: click.Context, /, *, giver: str, taker: str, amount: int, reason: str, as_json: bool,
    **options: object,
) -> None:  # fmt: skip
    """Move credit to a brother or sister."""
    desk = opened(ctx, options).desk
    found = [desk.students.find(each) for each in (giver, taker)]
    desk.credits.move(found[0].uid, found[1].uid, Money(amount), reason)
    for each in found:
        _tell(desk, each, as_json=as_json)
    ctx.exit(Exit.DONE)


def _tell(desk: Desk, student: StudentSummary, *, as_json: bool) -> None:
    balance, usable = desk.credits.balance(student.uid), desk.credits.spendable(student.uid)
    if as_json:
        emit("credit", student=student.roll_no, balance=balance.paise, usable=usable.paise)
    elif usable < balance:
        say(f"{student.name}: {balance} of credit. You can use {usable} of it.")
    else:
        say(f"{student.name}: {balance} of credit.")
