"""`pravesh credit`: money of students that pays no fee yet."""

from __future__ import annotations

import click

from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened, reason_option
from desktop_app.cli.output import emit, say
from desktop_app.domain.money import Money
from desktop_app.domain.reasons import ReasonKind

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
    balance = desk.credits.balance(found.uid)
    if as_json:
        emit("credit", student=found.roll_no, balance=balance.paise)
    else:
        say(f"{found.name}: {balance} of credit.")
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
        balance = desk.credits.balance(each.uid)
        if as_json:
            emit("credit", student=each.roll_no, balance=balance.paise)
        else:
            say(f"{each.name}: {balance} of credit.")
    ctx.exit(Exit.DONE)
