"""`pravesh keys`: the gateway's keys, entered on the terminal, stored in the system's keyring."""

from __future__ import annotations

import click

from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import say


@click.command("keys")
@click.argument("action", type=click.Choice(["set", "show", "forget"]))
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, action: str, **options: object) -> None:
    """Save, show (masked) or delete your API keys."""
    desk = opened(ctx, options).desk
    settings = desk.settings
    if action == "set":
        key_id = click.prompt("Key id", err=True)
        secret = click.prompt("Key secret", hide_input=True, err=True)
        kept = settings.set_keys(key_id, secret)
        say(f"Saved {kept.masked_id} in the keyring.")
        if (trial := desk.clean_start.question()) is not None:
            say(
                f"This desk has only test payments ({trial.payments}). Run `pravesh desk clean` "
                "to move them to a backup and clear the test data."
            )
    elif action == "forget":
        settings.forget_keys()
        say("Keys deleted.")
    else:
        keys = settings.keys()
        if keys.masked_id:
            say(f"{keys.masked_id} · {keys.mode.value} · from {keys.source}")
        else:
            say("No API keys yet. Run `pravesh keys set`.")
