"""`pravesh refund`: return a payment's money, in full or in part."""

from __future__ import annotations

import click

from desktop_app.cli.exits import Exit, complain
from desktop_app.cli.options import desk_options, opened, reason_option
from desktop_app.cli.output import emit, say
from desktop_app.domain.money import Money
from desktop_app.domain.reasons import ReasonKind
from desktop_app.domain.refund import RefundState


@click.command("refund")
@click.option(
    "--payment", required=True, metavar="ID", help="A pay_… id, or an id from `pravesh ledger`."
)
@click.option(
    "--amount", type=click.IntRange(1), metavar="PAISE", help="Part of the payment (default: all)."
)
@reason_option(ReasonKind.REFUND)
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
    """Refund a payment, in full or in part."""
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
        say(f"Refund of {done.amount}: {done.state.value}.")
    if done.state is RefundState.INTENT:
        complain(
            "You're offline. We recorded the refund and will send it when you're back online. "
            "Don't refund again."
        )
        ctx.exit(Exit.UNKNOWN)
