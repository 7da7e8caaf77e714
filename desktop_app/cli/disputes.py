"""`pravesh disputes`: disputes of payments, as reported by Razorpay."""

from __future__ import annotations

import click

from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit, say


@click.command("disputes")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, as_json: bool, **options: object) -> None:
    """List disputes (chargebacks) at Razorpay, newest first."""
    found = opened(ctx, options).desk.disputes.known()
    for each in found:
        respond_by = each.respond_by.isoformat() if each.respond_by else None
        if as_json:
            emit(
                "dispute",
                id=each.uid,
                dispute_id=each.dispute_id,
                payment_id=each.payment_id,
                amount=each.amount.paise,
                status=each.status,
                respond_by=respond_by,
            )
        else:
            say(f"{each.dispute_id}  {each.status}  {each.amount}  {each.student_name}")
            if respond_by and each.status in {"open", "under_review"}:
                say(f"  Answer it on Razorpay's dashboard by {respond_by}.")
    if not found and not as_json:
        say("No disputes.")
