"""`pravesh doctor`: health checks with advice."""

from __future__ import annotations

import click

from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit, say
from desktop_app.services.views.maintenance import Health

_SIGNS = {Health.GOOD: "✓", Health.NOTE: "•", Health.BAD: "✗"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, as_json: bool, **options: object) -> None:
    """Check that this desk works.

    This covers the database, keys, Razorpay, clock, printers, keyring and disk.
    """
    results = opened(ctx, options).desk.health.run()
    for result in results:
        if as_json:
            emit(
                "check",
                name=result.name,
                health=result.health.value,
                finding=result.finding,
                advice=result.advice,
            )
        else:
            say(f"{_SIGNS[result.health]} {result.name}: {result.finding}")
            if result.advice:
                say(f"  → {result.advice}")
    gateway = next(result for result in results if result.name == "gateway")
    ctx.exit(Exit.DONE if gateway.health is Health.GOOD else Exit.UNKNOWN)
