"""`pravesh errands`: lists and delivers pending outbox commands."""

from __future__ import annotations

import click

from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import counted, emit, say
from desktop_app.domain.outbox import CommandState


@click.command("errands")
@click.argument("action", type=click.Choice(["list", "run"]), default="list")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, action: str, as_json: bool, **options: object) -> None:
    """List pending refunds and cancellations. `run` sends them now."""
    outbox = opened(ctx, options).desk.outbox
    if action == "run":
        done = outbox.run(everything=True)
        if as_json:
            emit("ran", done=done)
        else:
            say(f"{done} sent.")
    found = outbox.commands()
    for each in found:
        amount = each.amount.paise if each.amount is not None else None
        if as_json:
            emit(
                "errand",
                id=each.uid,
                kind=each.kind.value,
                state=each.state.value,
                about=each.about,
                amount=amount,
                since=each.since.isoformat(),
                tries=each.tries,
                problem=each.problem,
            )
        else:
            say(f"{each.kind.value}  {each.state.value}  {each.about}  {each.amount or ''}")
            if each.problem:
                say(f"  tried {counted(each.tries, 'time')}, last problem: {each.problem}")
    if not found and not as_json:
        say("There are no pending requests.")
    waits = any(each.state is not CommandState.DEAD for each in found)
    ctx.exit(Exit.UNKNOWN if action == "run" and waits else Exit.DONE)
