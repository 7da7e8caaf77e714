"""`pravesh reconcile`: one full check of everything open and watched."""

from __future__ import annotations

import click

from desktop_app.cli.exits import Exit, complain
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import counted, emit, say


@click.command("reconcile")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, as_json: bool, **options: object) -> None:
    """Check every pending or recent payment with Razorpay."""
    report = opened(ctx, options).desk.polling.reconcile()
    for view in report.changed:
        if as_json:
            emit(
                "state",
                attempt=view.uid,
                state=view.state.value,
                amount=view.amount.paise,
                late=view.was_late,
                receipt_no=view.receipt_no,
                returns=view.will_return,
            )
        else:
            say(f"{view.student_name} · {view.course_label} · {view.amount}: {view.state.value}")
            if view.will_return:
                say("  This fee isn't due, so we didn't take the payment. The bank will return it.")
    if as_json:
        emit(
            "reconciled",
            looked_at=report.looked_at,
            unreachable=report.unreachable,
            changed=len(report.changed),
        )
    else:
        say(f"Checked {counted(report.looked_at, 'payment')}, {len(report.changed)} changed.")
    if not report.is_complete:
        complain(f"Couldn't check {counted(report.unreachable, 'payment')}. Run this again later.")
        ctx.exit(Exit.UNKNOWN)
