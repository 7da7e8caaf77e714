"""`pravesh settings`: lists, reads and sets the settings."""

from __future__ import annotations

import click

from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import say, table


@click.command("settings")
@click.argument("action", type=click.Choice(["list", "get", "set"]), default="list")
@click.argument("key", required=False)
@click.argument("value", required=False)
@desk_options
@click.pass_context
def command(
    ctx: click.Context, /, *, action: str, key: str | None, value: str | None, **options: object
) -> None:
    """List, show or change the settings."""
    if action == "get" and key is None:
        action = "list"
    if action == "set" and (key is None or value is None):
        raise click.UsageError("pravesh settings set KEY VALUE")
    settings = opened(ctx, options).desk.settings
    if action == "set" and key is not None and value is not None:
        settings.put(key, value)
        say(f"{key} = {settings.get(key)}")
    elif action == "get" and key is not None:
        say(settings.get(key))
    else:
        table(("key", "value"), ((name, settings.get(name)) for name in settings.names()))
    ctx.exit(Exit.DONE)
