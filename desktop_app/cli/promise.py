"""`pravesh promise`: amounts that families promised to pay by a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit, say, table
from desktop_app.domain.money import Money

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.services.views.dues import PromiseRow

_student = click.option("--student", required=True, metavar="S", help="Roll number or phone.")
_json = click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")


@click.group("promise")
def command() -> None:
    """Add, list and cancel promises to pay."""


@command.command("add")
@_student
@click.option("--amount", required=True, type=int, metavar="PAISE", help="The promised amount.")
@click.option(
    "--by",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Last day to pay.",
)
@click.option("--note", default="", metavar="TEXT", help="A short note.")
@_json
@desk_options
@click.pass_context
def add(
    ctx: click.Context, /, *, student: str, amount: int, by: datetime, note: str, as_json: bool,
    **options: object,
) -> None:  # fmt: skip
    """Record that a student's family promised an amount by a date."""
    desk = opened(ctx, options).desk
    found = desk.students.find(student)
    promise = desk.promises.add(found.uid, Money(amount), by.date(), note)
    if as_json:
        emit("promise", **_fields(promise))
    else:
        say(f"Promised: {promise.amount} by {promise.by_on} ({found.name}).")
    ctx.exit(Exit.DONE)


@command.command("list")
@_student
@_json
@desk_options
@click.pass_context
def list_(ctx: click.Context, /, *, student: str, as_json: bool, **options: object) -> None:
    """List the promises of a student's family, newest first."""
    desk = opened(ctx, options).desk
    desk.promises.judge()
    promises = desk.dues.account(desk.students.find(student).uid).promises
    if as_json:
        for each in promises:
            emit("promise", **_fields(each))
    else:
        table(
            ("id", "amount", "by", "status", "note"),
            ((each.uid, each.amount, each.by_on, each.state.value, each.note) for each in promises),
        )
    ctx.exit(Exit.DONE)


@command.command("cancel")
@click.argument("promise")
@_json
@desk_options
@click.pass_context
def cancel(ctx: click.Context, /, *, promise: str, as_json: bool, **options: object) -> None:
    """Cancel an open promise."""
    opened(ctx, options).desk.promises.cancel(promise)
    if as_json:
        emit("cancelled", id=promise)
    else:
        say("Cancelled.")
    ctx.exit(Exit.DONE)


def _fields(promise: PromiseRow) -> dict[str, object]:
    return {
        "id": promise.uid,
        "amount": promise.amount.paise,
        "by_on": promise.by_on.isoformat(),
        "state": promise.state.value,
        "note": promise.note,
    }
