"""`pravesh receipt-key`: shares the receipts' key between the centre's desks."""

from __future__ import annotations

import click

from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import say


@click.command("receipt-key")
@click.argument("action", type=click.Choice(["show", "set"]))
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, action: str, **options: object) -> None:
    """Show this desk's receipt key, or take the one of another desk (asked for, never in argv)."""
    receipts = opened(ctx, options).desk.receipts
    if action == "show":
        click.echo("Whoever has this key can make receipts that look genuine.", err=True)
        say(receipts.key_text())
        return
    typed = click.prompt("Receipt key", hide_input=True, err=True)
    say(f"Kept. From now on receipts carry a check code beginning with {receipts.use_key(typed)}.")
