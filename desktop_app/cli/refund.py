"""`pravesh refund`: return a payment's money, in full or in part."""

from __future__ import annotations

import click

from desktop_app.cli.exits import Exit, complain
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit, say
from desktop_app.domain.money import Money
from desktop_app.domain.refund import RefundState


@click.command("refund")
@click.option("--payment", required=True, metavar="ID", help="pay_… or the ledger's id.")
@click.option("--amount", type=click.IntRange(1), metavar="PAISE", help="All that is left.")
@click.option("--reason", required=True, metavar="TEXT")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")
@desk_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    payment: str,
    amount: int | None,
    reason: str,
    as_json: bool,
    **options: object,
) -> None:
    """Return money to the payer; it goes back the way it came."""
    refunds = opened(ctx, options).desk.refunds
    done = refunds.refund(payment, Money(amount) if amount else None, reason)
    if as_json:
        emit(
            "refund",
            id=done.uid,
            refund_id=done.refund_id,
            amount=done.amount.paise,
            state=done.state.value,
        )
    else:
        say(f"{done.amount} goes back: {done.state.value}.")
    if done.state is RefundState.INTENT:
        complain(
            "Razorpay was not reached. The refund is written down and goes out by itself when "
            "the line is back; do not ask for it again."
        )
        ctx.exit(Exit.UNKNOWN)
