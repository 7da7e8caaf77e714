"""`pravesh export`: every report as .csv or .xlsx."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import counted, say
from desktop_app.domain.receipt import IST
from desktop_app.services.maintenance.exporting import REPORTS, listed

_TITLES = listed((report.title for report in REPORTS.values()), "or")


@click.command(
    "export",
    help=f"Export {_TITLES} to FILE (.csv or .xlsx).",
    short_help="Export a list to FILE.",
)
@click.argument("kind", type=click.Choice(list(REPORTS)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, kind: str, file: Path, **options: object) -> None:
    """Export a report to FILE."""
    report = REPORTS[kind]
    about = [("List", report.title), ("Shown", "all"), ("Exported", str(datetime.now(IST))[:16])]
    exports = opened(ctx, options).desk.exports
    rows = exports.write(kind, file.absolute(), about=about if report.has_about else ())
    say(f"Exported {counted(rows, 'row')} to {file}.")
