"""`pravesh backup`: an online, verified backup in one step."""

from __future__ import annotations

from pathlib import Path

import click

from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import say


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, file: Path, **options: object) -> None:
    """Copy the database to FILE while the desk works, then open and count the copy."""
    report = opened(ctx, options).desk.backups.make(file.absolute())
    say(
        f"{report.path}: {report.students} students, {report.payments} payments, "
        f"{report.receipts} receipts; checked."
    )
