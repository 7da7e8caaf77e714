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
    """Show or set this desk's receipt key. `set` asks for another desk's key."""
    receipts = opened(ctx, options).desk.receipts
    if action == "show":
        click.echo("Anyone with this key can make receipts that look genuine.", err=True)
        say(receipts.key_text())
        return
    typed = click.prompt("Receipt key", hide_input=True, err=True)
    say(f"Saved. Check codes on new receipts start with {receipts.use_key(typed)}.")
