"""`pravesh cheque`: cheques and demand drafts after they were handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from desktop_app.cli.options import desk_options, opened, reason_option
from desktop_app.cli.output import emit, say, table
from desktop_app.domain.instruments import BounceReason, InstrumentState
from desktop_app.domain.reasons import ReasonKind
from desktop_app.domain.tender import InstrumentKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from desktop_app.services.views.tenders import ChequeRow

_REASONS = ", ".join(each.value for each in BounceReason)
_NAMES = {InstrumentKind.CHEQUE: "Cheque", InstrumentKind.DRAFT: "Demand draft"}
_json = click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")
_on = click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Bank date (default: today)."
)


def show(cheque: ChequeRow, *, as_json: bool) -> None:
    """Show one cheque."""
    if as_json:
        emit("cheque", **_fields(cheque))
        return
    state = cheque.state.value.replace("_", " ")
    say(f"{cheque.slip_no}  {cheque.number}  {cheque.bank}  {cheque.amount}  {state}")
    if cheque.state is InstrumentState.IN_HAND:
        what = _NAMES[cheque.kind]
        say(f"{what} received, subject to realisation. This isn't a receipt.")
    if cheque.receipt_no:
        say(f"Receipt {cheque.receipt_no}")
    if cheque.notice_by is not None and cheque.is_criminal:
        say(f"Send the notice for this cheque by {cheque.notice_by.isoformat()}.")


def _fields(cheque: ChequeRow) -> dict[str, object]:
    return {
        "id": cheque.uid,
        "state": cheque.state.value,
        "slip": cheque.slip_no,
        "kind": cheque.kind.value,
        "student": cheque.roll_no,
        "bank": cheque.bank,
        "number": cheque.number,
        "dated": cheque.dated_on.isoformat(),
        "amount": cheque.amount.paise,
        "held": cheque.is_held,
        "reason": cheque.reason,
        "on": _iso(cheque.on_day),
        "notice_by": _iso(cheque.notice_by),
        "deposit_slip": cheque.slip_number,
        "receipt_no": cheque.receipt_no or None,
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(on: datetime | None) -> date | None:
    return None if on is None else on.date()


@click.group("cheque")
def command() -> None:
    """List and deposit cheques, and record what the bank did."""


@command.command("list")
@click.option(
    "--state", "states", multiple=True, type=click.Choice([each.value for each in InstrumentState]),
    help="Only cheques in this state. Repeatable.",
)  # fmt: skip
@_json
@desk_options
@click.pass_context
def listed(
    ctx: click.Context, /, *, states: tuple[str, ...], as_json: bool, **options: object
) -> None:
    """List cheques and demand drafts by date."""
    wanted = [InstrumentState(each) for each in states] or list(InstrumentState)
    found = opened(ctx, options).desk.cheques.listed(wanted)
    if as_json:
        for each in found:
            show(each, as_json=True)
    elif found:
        table(
            ("SLIP", "NUMBER", "DATE", "BANK", "AMOUNT", "STATE", "STUDENT"),
            (
                (each.slip_no, each.number, each.dated_on, each.bank, each.amount,
                 each.state.value.replace("_", " "), each.student_name)
                for each in found
            ),
        )  # fmt: skip
    else:
        say("No cheques.")


@command.command("deposit")
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@click.option("--account", default="", metavar="TEXT", help="The centre's bank account.")
@_on
@_json
@desk_options
@click.pass_context
def deposit(
    ctx: click.Context,
    /,
    *,
    ids: tuple[str, ...],
    account: str,
    on: datetime | None,
    as_json: bool,
    **options: object,
) -> None:
    """Add cheques to a deposit slip."""
    cheques = opened(ctx, options).desk.cheques
    slip = cheques.deposit([cheques.one(each).uid for each in ids], account, _day(on))
    for each in slip.cheques:
        show(each, as_json=as_json)
    if not as_json:
        say(f"Deposit slip {slip.number}: {len(slip.cheques)} for {slip.total}. {slip.words}")


def _step(name: str, words: str, *extra: Callable[..., Any]) -> Callable[..., click.Command]:
    """Return what makes a command of one step of a cheque."""

    def made(step: Callable[..., ChequeRow]) -> click.Command:
        @click.pass_context
        def run(ctx: click.Context, /, *, reference: str, as_json: bool, **options: Any) -> None:
            own = {key: options.pop(key) for key in ("reason", "on") if key in options}
            cheques = opened(ctx, options).desk.cheques
            show(step(cheques, cheques.one(reference).uid, **own), as_json=as_json)

        decorated: Any = desk_options(_json(run))
        for option in extra:
            decorated = option(decorated)
        decorated = click.argument("reference", metavar="ID")(decorated)
        return command.command(name, help=words)(decorated)

    return made


_bank_reason = click.option(
    "--reason", required=True, metavar="TEXT", help=f"The bank's reason: {_REASONS}."
)


@_step("clear", "Record that the bank credited a cheque. Issues the receipt.", _on)
def clear(cheques: Any, uid: str, *, on: datetime | None) -> ChequeRow:
    """Note that the bank has credited a cheque."""
    row: ChequeRow = cheques.clear(uid, _day(on))
    return row


@_step("bounce", "Record that the bank returned a cheque unpaid. The fee becomes due again.",
       _on, _bank_reason)  # fmt: skip
def bounce(cheques: Any, uid: str, *, reason: str, on: datetime | None) -> ChequeRow:
    """Note that the bank returned a cheque."""
    row: ChequeRow = cheques.bounce(uid, reason, _day(on))
    return row


@_step(
    "return",
    "Return a cheque to the parent. The fee becomes due again.",
    reason_option(ReasonKind.CHEQUE, "returned to the parent"),
)
def give_back(cheques: Any, uid: str, *, reason: str) -> ChequeRow:
    """Return a cheque to its drawer."""
    row: ChequeRow = cheques.give_back(uid, reason)
    return row


@_step("lost", "Record that a cheque was lost before it was deposited.",
       reason_option(ReasonKind.CHEQUE))  # fmt: skip
def lost(cheques: Any, uid: str, *, reason: str) -> ChequeRow:
    """Note that a cheque was lost."""
    row: ChequeRow = cheques.lose(uid, reason)
    return row


@_step("stale", "Record that a cheque is older than 3 months.")
def stale(cheques: Any, uid: str) -> ChequeRow:
    """Note that a cheque became too old."""
    row: ChequeRow = cheques.expire(uid)
    return row
