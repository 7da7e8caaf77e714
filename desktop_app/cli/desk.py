"""`pravesh desk moved|copied`: decides what a book is that was moved or copied here."""

from __future__ import annotations

import click

from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit, say


@click.command("desk")
@click.argument("what", type=click.Choice(["moved", "copied"]))
@click.option("--code", default="", metavar="CODE", help="copied: the new desk code.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line.")
@desk_options
@click.pass_context
def command(
    ctx: click.Context, /, *, what: str, code: str, as_json: bool, **options: object
) -> None:
    """Decide whether this data folder was moved here, or copied and is a second desk."""
    if code and what == "moved":
        raise click.UsageError("--code goes with copied: a moved desk keeps its code.")
    desk = opened(ctx, options).desk
    if what == "moved":
        desk.identity.moved()
        if as_json:
            emit("moved")
        else:
            say("This is the desk, and this is its folder from now on. Don't open the old folder.")
        return
    done = desk.identity.copied(code)
    if as_json:
        emit("copied", code=done.code, attempts=done.attempts, commands=done.commands,
             held=done.held)  # fmt: skip
        return
    say(f"This is a desk of its own now. Its code is {done.code}, also on its receipts.")
    say(
        f"The original goes on with {done.attempts} open payments, {done.commands} requests to "
        f"Razorpay and {done.held} payments in the inbox. They are closed here. Nothing was sent."
    )
