"""`pravesh backup`: an online, verified backup in one step."""

from __future__ import annotations

from pathlib import Path

import click

from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import counted, say


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, file: Path, **options: object) -> None:
    """Back up the database to FILE and check the copy. You can keep Pravesh open."""
    report = opened(ctx, options).desk.backups.make(file.absolute())
    say(
        f"Backed up and checked: {counted(report.students, 'student')}, "
        f"{counted(report.payments, 'payment')}, {counted(report.receipts, 'receipt')}. "
        f"File: {report.path}"
    )
