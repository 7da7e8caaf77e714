"""`pravesh audit verify`: detects edits of the audit trail, of sealed rows and of the schema."""

from __future__ import annotations

import click

from desktop_app.cli.exits import Exit, complain
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import say


@click.command("audit")
@click.argument("action", type=click.Choice(["verify"]))
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, action: str, **options: object) -> None:  # noqa: ARG001
    """Check the audit log, sealed rows and database schema."""
    broken = opened(ctx, options).verify_trail()
    if broken is None:
        say("Audit log OK.")
        return
    complain(f"The audit log is damaged ({broken}). Keep this file and tell the owner.")
    ctx.exit(Exit.REFUSED)
