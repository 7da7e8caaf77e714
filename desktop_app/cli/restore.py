"""`pravesh restore`: to a side copy first, checked, then in the database's place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from desktop_app.cli.options import desk_options, merged
from desktop_app.cli.output import say


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, file: Path, **options: object) -> None:
    """Put the backup FILE in place; what was there is kept beside it. Close the desk first."""
    from desktop_app.bootstrap.restoring import restore_backup  # noqa: PLC0415

    report = restore_backup(merged(ctx, options), file.absolute(), datetime.now(UTC))
    say(
        f"Restored: {report.students} students, {report.payments} payments, "
        f"{report.receipts} receipts. Now run `pravesh reconcile`: it finds money for fees that "
        "are in the backup. Fees begun after it, and cash, are not: compare with Razorpay's "
        "dashboard and the printed receipts."
    )
