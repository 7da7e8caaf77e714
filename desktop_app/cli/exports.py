"""`pravesh export`: students, courses or the ledger as .csv or .xlsx."""

from __future__ import annotations

from pathlib import Path

import click

from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import say


@click.command("export")
@click.argument("kind", type=click.Choice(["students", "courses", "ledger"]))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, kind: str, file: Path, **options: object) -> None:
    """Write students, courses or the ledger to FILE (.csv or .xlsx)."""
    rows = opened(ctx, options).desk.exports.write(kind, file.absolute())
    say(f"{file}: {rows} rows.")
