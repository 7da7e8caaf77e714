"""`pravesh due`: decisions about a due: its late fee, its date, and writing it off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened, reason_option
from desktop_app.cli.output import emit, say
from desktop_app.domain.money import Money
from desktop_app.domain.reasons import ReasonKind

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.services.views.dues import DueDecision

_json = click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")


@click.group("due")
def command() -> None:
    """Waive or add a late fee, write off, restore or move a due."""


@command.command("waive")
@click.argument("due")
@click.option(
    "--amount", type=click.IntRange(1), metavar="PAISE", help="Part of the late fee (default: all)."
)
@reason_option(ReasonKind.WAIVE)
@_json
@desk_options
@click.pass_context
def waive(
    ctx: click.Context, /, *, due: str, amount: int | None, reason: str, as_json: bool,
    **options: object,
) -> None:  # fmt: skip
    """Waive the late fee on a due, or a separate late fee."""
    part = None if amount is None else Money(amount)
    done = opened(ctx, options).desk.dues.waive(due, part, reason)
    _show(ctx, "waived", done, f"Waived {done.amount} of the late fee: {done.about}.", as_json)


@command.command("late-fee")
@click.argument("due")
@click.option(
    "--amount", required=True, type=click.IntRange(1), metavar="PAISE", help="GST included."
)
@reason_option(ReasonKind.LATE_FEE)
@_json
@desk_options
@click.pass_context
def late_fee(
    ctx: click.Context, /, *, due: str, amount: int, reason: str, as_json: bool, **options: object
) -> None:
    """Add a late fee to an overdue due, on top of its plan's late fee."""
    done = opened(ctx, options).desk.dues.add_late_fee(due, Money(amount), reason)
    _show(ctx, "late_fee_added", done, f"Added a late fee of {done.amount}: {done.about}.", as_json)


@command.command("write-off")
@click.argument("due")
@reason_option(ReasonKind.WRITE_OFF)
@_json
@desk_options
@click.pass_context
def write_off(
    ctx: click.Context, /, *, due: str, reason: str, as_json: bool, **options: object
) -> None:
    """Write off the balance of a due and remove it from the list."""
    done = opened(ctx, options).desk.dues.write_off(due, reason)
    _show(ctx, "written_off", done, f"Wrote off {done.amount}: {done.about}.", as_json)


@command.command("restore")
@click.argument("due")
@reason_option(ReasonKind.RESTORE)
@_json
@desk_options
@click.pass_context
def restore(
    ctx: click.Context, /, *, due: str, reason: str, as_json: bool, **options: object
) -> None:
    """Restore a due that was written off."""
    done = opened(ctx, options).desk.dues.restore(due, reason)
    _show(ctx, "restored", done, f"Restored {done.amount}: {done.about}.", as_json)


@command.command("move")
@click.argument("due")
@click.option(
    "--to", required=True, type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="New due date."
)
@reason_option(ReasonKind.MOVE_DATE)
@_json
@desk_options
@click.pass_context
def move(
    ctx: click.Context, /, *, due: str, to: datetime, reason: str, as_json: bool, **options: object
) -> None:
    """Move a due to another date."""
    done = opened(ctx, options).desk.dues.move_date(due, to.date(), reason)
    _show(ctx, "moved", done, f"Moved to {done.due_on}: {done.about}.", as_json)


def _show(ctx: click.Context, event: str, done: DueDecision, words: str, as_json: bool) -> None:  # noqa: FBT001
    if as_json:
        emit(
            event,
            due=done.due_uid,
            amount=done.amount.paise,
            balance=done.balance.paise,
            due_on=done.due_on.isoformat() if done.due_on else None,
        )
    else:
        say(words)
    ctx.exit(Exit.DONE)
