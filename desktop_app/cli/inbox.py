"""`pravesh inbox`: unapplied payments and decisions about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desktop_app.cli.exits import Exit, complain
from desktop_app.cli.options import desk_options, opened, reason_option
from desktop_app.cli.output import emit, say
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.money import format_in
from desktop_app.domain.payment import Placement
from desktop_app.domain.reasons import ReasonKind
from desktop_app.domain.refund import RefundState

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.services.unapplied.service import UnappliedPayments
    from desktop_app.services.views.tenders import ClaimedPayment
    from desktop_app.services.views.unapplied import UnappliedPayment

_WHY = {
    Placement.NO_SEAT: "no_seat",
    Placement.MISFIT: "misfit",
    Placement.UNMATCHED: "unmatched",
}
"""The word of a reason for scripts; whatever else is held is money beyond its fee."""


@click.group("inbox", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, as_json: bool, **options: object) -> None:
    """List payments that need your decision.

    They came late, were paid twice or have a different amount.
    """
    ctx.find_root().obj = {**(ctx.find_root().obj or {}), **_given(options)}
    if ctx.invoked_subcommand is not None:
        return
    for held in opened(ctx, options).desk.unapplied.held():
        if as_json:
            _emit(held)
        else:
            amount = format_in(held.amount, held.currency)
            mark = " · test money" if held.mode is MoneyMode.TEST else ""
            say(f"{held.uid}  {amount}  {held.student_name} · {held.course_label}{mark}")
            say(f"  {_sentence(held)} Choices: {', '.join(_choices(held))}.")
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
            say("  The fee isn't due, so we didn't take the payment. The bank will return it.")
    for claimed in opened(ctx, options).desk.claims.claimed():
        _show_claimed(claimed, as_json=as_json)


def _show_claimed(claimed: ClaimedPayment, *, as_json: bool) -> None:
    if as_json:
        emit(
            "claimed",
            id=claimed.uid,
            student=claimed.roll_no,
            course=claimed.course_label,
            amount=claimed.amount.paise,
            method=claimed.method.value,
            reference=claimed.reference,
            days=claimed.days,
            late=claimed.is_late,
            twin=claimed.twin,
        )
        return
    say(f"{claimed.uid}  {claimed.amount}  {claimed.student_name} · {claimed.course_label}")
    why = "The bank hasn't confirmed it yet."
    if claimed.twin:
        why = f"Razorpay has the same payment ({claimed.twin}). Reverse this one."
    say(f"  {claimed.method.value} {claimed.reference}. {why} Choices: match, reverse, correct.")


def _emit(held: UnappliedPayment) -> None:
    emit(
        "held",
        id=held.uid,
        payment_id=held.payment_id,
        student=held.roll_no,
        course=held.course_label,
        amount=held.amount.paise,
        reason=held.reason,
        can_enrol=held.can_enrol,
        why=_WHY.get(held.why, "surplus"),
        asked=None if held.asked is None else held.asked.paise,
        currency=held.currency,
        mode=held.mode.value,
        applicable=None if held.applicable is None else held.applicable.paise,
    )


def _sentence(held: UnappliedPayment) -> str:
    """Return why it waits, with both figures where another amount was asked for."""
    if held.why is not Placement.MISFIT or held.came is None or held.came == held.asked:
        return held.reason
    came = format_in(held.came, held.currency)
    return f"The parent paid {came} instead of {held.asked}. {held.reason}"


def _choices(held: UnappliedPayment) -> list[str]:
    found = ["enrol"] if held.can_enrol else []
    if held.applicable is not None:
        found.append(f"apply ({held.applicable})")
    return [*found, "refund"]


@command.command("settle")
@click.argument("held", metavar="ID")
@click.argument("how", type=click.Choice(["enrol", "refund", "apply"]))
@desk_options
@click.pass_context
def settle(ctx: click.Context, /, *, held: str, how: str, **options: object) -> None:
    """Enrol the student, apply the payment to its fee, or refund it."""
    unapplied = opened(ctx, options).desk.unapplied
    if how == "enrol":
        unapplied.enrol(held)
        say("Student enrolled.")
    elif how == "apply":
        _apply(unapplied, held)
    else:
        done = unapplied.refund(held)
        if done.state is RefundState.INTENT:
            say("You're offline. We'll send the refund when you're back online.")
            ctx.exit(Exit.UNKNOWN)
        if done.state is RefundState.FAILED:
            complain("Razorpay couldn't refund the payment. We still hold it.")
            ctx.exit(Exit.REFUSED)
        say("Razorpay is processing the refund.")
    ctx.exit(Exit.DONE)


@command.command("match")
@click.argument("claimed", metavar="ID")
@click.option("--on", required=True, type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="Bank date.")  # fmt: skip
@click.option("--where", required=True, metavar="TEXT", help="Statement entry that shows it.")
@desk_options
@click.pass_context
def match(
    ctx: click.Context, /, *, claimed: str, on: datetime, where: str, **options: object
) -> None:
    """Record that you found a claimed payment in the bank account."""
    opened(ctx, options).desk.claims.match(claimed, on.date(), where)
    say("Matched with the bank.")


@command.command("reverse")
@click.argument("claimed", metavar="ID")
@reason_option(ReasonKind.CLAIM)
@desk_options
@click.pass_context
def reverse(ctx: click.Context, /, *, claimed: str, reason: str, **options: object) -> None:
    """Reverse a claimed payment that never arrived. The fee becomes due again."""
    opened(ctx, options).desk.claims.reverse(claimed, reason)
    say("Reversed. The fee is due again.")


@command.command("correct")
@click.argument("claimed", metavar="ID")
@click.option("--reference", required=True, metavar="TEXT", help="The correct UTR or RRN.")
@desk_options
@click.pass_context
def correct(ctx: click.Context, /, *, claimed: str, reference: str, **options: object) -> None:
    """Correct the reference number of a claimed payment."""
    opened(ctx, options).desk.claims.correct(claimed, reference)
    say("Corrected.")


def _apply(unapplied: UnappliedPayments, held: str) -> None:
    done = unapplied.apply(held)
    say(f"Applied {done.paid} to the fee.")
    say(f"{done.due} is still due." if done.due else "The fee is paid in full.")
    if done.held:
        say(f"We still hold {done.held}. Refund it from the inbox.")


def _given(options: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in options.items() if value}
