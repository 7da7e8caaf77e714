"""`pravesh import`: students, courses or opening balances from CSV, all rows or none."""

from __future__ import annotations

from pathlib import Path

import click

from desktop_app.cli.exits import Exit, complain
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import say


@click.command("import")
@click.argument("kind", type=click.Choice(["students", "courses", "dues"]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, kind: str, file: Path, **options: object) -> None:
    """Import students, courses or dues from the CSV FILE. Pravesh imports all rows or none.

    Importing dues enrols students with their unpaid fees. It doesn't record a payment.
    """
    imports = opened(ctx, options).desk.imports
    take = {"students": imports.students, "courses": imports.courses, "dues": imports.dues}[kind]
    report = take(file)
    for column in report.unknown_columns:
        complain(f"We left out the column “{column}”. Pravesh doesn't use it.")
    for problem in report.problems:
        complain(f"Line {problem.line}: {problem.problem}")
    if report.problems:
        complain("Nothing was imported. Correct these lines, then import the file again.")
        ctx.exit(Exit.REFUSED)
    say(f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged.")
