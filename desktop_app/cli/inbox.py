"""`pravesh inbox`: unapplied payments and decisions about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desktop_app.cli.exits import Exit, complain
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit, say
from desktop_app.domain.refund import RefundState

if TYPE_CHECKING:
    from desktop_app.services.views.unapplied import UnappliedPayment


@click.group("inbox", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, as_json: bool, **options: object) -> None:
    """List late and doubled money that waits for a decision."""
    ctx.find_root().obj = {**(ctx.find_root().obj or {}), **_given(options)}
    if ctx.invoked_subcommand is not None:
        return
    for held in opened(ctx, options).desk.unapplied.held():
        if as_json:
            emit(
                "held",
                id=held.uid,
                payment_id=held.payment_id,
                student=held.roll_no,
                course=held.course_label,
                amount=held.amount.paise,
                reason=held.reason,
                can_enrol=held.can_enrol,
            )
        else:
            say(f"{held.uid}  {held.amount}  {held.student_name} · {held.course_label}")
            say(f"  {held.reason} Choices: {_choices(held)}.")
    for each in opened(ctx, options).desk.unapplied.returning():
        if as_json:
            emit(
                "returning",
                payment_id=each.payment_id,
                student=each.roll_no,
                course=each.course_label,
                amount=each.amount.paise,
            )
        else:
            say(f"{each.payment_id}  {each.amount}  {each.student_name} · {each.course_label}")
            say("  It isn't due, so we didn't take it. It will return by itself.")


@command.command("settle")
@click.argument("held", metavar="ID")
@click.argument("how", type=click.Choice(["enrol", "apply", "refund"]))
@desk_options
@click.pass_context
def settle(ctx: click.Context, /, *, held: str, how: str, **options: object) -> None:
    """Decide about held money: enrol where a seat is free, apply what is still due, or refund."""
    unapplied = opened(ctx, options).desk.unapplied
    if how == "enrol":
        unapplied.enrol(held)
        say("Enrolled.")
    elif how == "apply":
        unapplied.apply(held)
        say("Applied to the fees that are still due. The rest is held.")
    else:
        done = unapplied.refund(held)
        if done.state is RefundState.INTENT:
            say("Razorpay was not reached; the refund goes out when the line is back.")
            ctx.exit(Exit.UNKNOWN)
        if done.state is RefundState.FAILED:
            complain("Razorpay could not return it. The money is held as before.")
            ctx.exit(Exit.REFUSED)
        say("The refund is on its way.")
    ctx.exit(Exit.DONE)


def _choices(held: UnappliedPayment) -> str:
    ways = {"enrol": held.can_enrol, "apply": held.can_apply and not held.can_enrol, "refund": True}
    return ", ".join(way for way, is_open in ways.items() if is_open)


def _given(options: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in options.items() if value}
