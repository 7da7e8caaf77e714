"""`pravesh restore`: copies a backup aside, verifies it, then replaces the database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from desktop_app.cli.options import desk_options, merged, work_of
from desktop_app.cli.output import say


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, file: Path, **options: object) -> None:
    """Put the backup FILE in place; what was there is kept beside it. Close the desk first."""
    from desktop_app.bootstrap.restore import restore_backup

    work_of(ctx).has_written = None
    done = restore_backup(merged(ctx, options), file.absolute(), datetime.now(UTC))
    held = done.backup
    say(
        f"Restored: {held.students} students, {held.payments} payments, {held.receipts} receipts, "
        f"as of {done.since:%d-%m-%Y %H:%M} UTC."
    )
    if done.kept is not None:
        say(f"What was there before is kept as {done.kept}.")
    say(
        "Missing may be what came after: students and courses added or changed, enrolments, cash, "
        "receipts, refunds, decisions and settings."
    )
    say(
        "Now run `pravesh reconcile`: it looks up every payment at Razorpay since then. Those of "
        "students and courses in the backup are booked to their fees, others are in `pravesh "
        "inbox`. Cash has to be entered again from the printed receipts."
    )
    say(
        f"The next receipt is {done.next_receipt}: numbers that may have been issued after the "
        "backup are skipped, and the audit trail says which."
    )
