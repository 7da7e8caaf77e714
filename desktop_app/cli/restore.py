"""`pravesh restore`: copies a backup aside, verifies it, then replaces the database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from desktop_app.cli.options import desk_options, merged, work_of
from desktop_app.cli.output import counted, say


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, file: Path, **options: object) -> None:
    """Restore the backup FILE. Close Pravesh first. We keep the current data."""
    from desktop_app.bootstrap.restore import restore_backup

    work_of(ctx).has_written = None
    done = restore_backup(merged(ctx, options), file.absolute(), datetime.now(UTC))
    held = done.backup
    say(
        f"Restored the backup of {done.since:%d %b %Y %H:%M} UTC: "
        f"{counted(held.students, 'student')}, {counted(held.payments, 'payment')}, "
        f"{counted(held.receipts, 'receipt')}."
    )
    if done.kept is not None:
        say(f"The earlier data is in {done.kept}.")
    say(
        "Anything recorded after the backup is missing: students, courses, enrolments, cash, "
        "receipts, refunds, inbox decisions and settings."
    )
    say(
        "Now run `pravesh reconcile`. It finds every Razorpay payment since then. We record those "
        "for students and courses in the backup. You'll find the others in `pravesh inbox`. Enter "
        "cash again from the printed receipts."
    )
    if not done.next_receipt:
        say("This year's receipt numbers are used up. Run `pravesh settings set desk.id` first.")
        return
    say(
        f"The next receipt is {done.next_receipt}. We skip numbers that you may have issued after "
        "the backup. The audit log lists them."
    )
