"""`pravesh bill`: the bills of families, with their lines, tenders and receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit, say, table
from desktop_app.domain.tender import NEVER_CAME
from desktop_app.services.errors import UnknownBillError
from desktop_app.services.views.bills import bill_name

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.bills import BillSummary, BillView


@click.group("bill")
def command() -> None:
    """Show family bills."""


@command.command("list")
@click.argument("text", default="", metavar="[TEXT]")
@click.option("--held", is_flag=True, help="Only today's drafts and bills that aren't paid yet.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")
@desk_options
@click.pass_context
def list_(
    ctx: click.Context, /, *, text: str, held: bool, as_json: bool, **options: object
) -> None:
    """List bills, newest first. Filter by number, UTR or the parent's phone."""
    desk = opened(ctx, options).desk
    desk.carts.tidy()
    found = desk.carts.held() if held else desk.carts.found(text)
    if as_json:
        for each in found:
            emit("bill", **_summary(each))
    else:
        header = ("id", "bill", "state", "family", "total", "rest", "lines")
        table(
            header,
            (
                (
                    each.uid, bill_name(each.number), each.state.value, each.payer_name,
                    each.total, each.rest, each.lines,
                )
                for each in found
            ),
        )  # fmt: skip
    ctx.exit(Exit.DONE)


@command.command("show")
@click.argument("bill", metavar="BILL")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")
@desk_options
@click.pass_context
def show(ctx: click.Context, /, *, bill: str, as_json: bool, **options: object) -> None:
    """Show a bill by its number or id."""
    desk = opened(ctx, options).desk
    desk.carts.tidy()
    found = _bill_of(desk, bill)
    if as_json:
        emit("bill", **as_fields(found))
    else:
        _show(found)
    ctx.exit(Exit.DONE)


def _bill_of(desk: Desk, text: str) -> BillView:
    """Return a bill by its number, such as `B-12` or `12`, else by its id."""
    numbered = [each for each in desk.carts.found(text) if str(each.number) in text]
    try:
        return desk.carts.view(numbered[0].uid if len(numbered) == 1 else text)
    except UnknownBillError as error:
        raise UnknownBillError(f"no bill has the number or id “{text}”") from error


def _at(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _summary(bill: BillSummary) -> dict[str, object]:
    return {
        "id": bill.uid,
        "number": bill.number,
        "state": bill.state.value,
        "payer": bill.payer_name,
        "total": bill.total.paise,
        "rest": bill.rest.paise,
        "lines": bill.lines,
        "hold_until": _at(bill.hold_until),
    }


def as_fields(bill: BillView) -> dict[str, object]:
    """Return the fields of a bill in JSON; amounts in paise."""
    return {
        "id": bill.uid,
        "number": bill.number,
        "state": bill.state.value,
        "payer": bill.payer_name,
        "total": bill.total.paise,
        "paid": bill.paid.paise,
        "rest": bill.rest.paise,
        "offered_at": _at(bill.offered_at),
        "hold_until": _at(bill.hold_until),
        "closed_at": _at(bill.closed_at),
        "lines": [
            {
                "student": line.roll_no,
                "due": line.due_uid,
                "label": line.label,
                "amount": line.amount.paise,
                "paid": line.paid.paise,
                "rest": line.rest.paise,
                "new": line.is_new,
            }
            for line in bill.lines
        ],
        "tenders": [
            {
                "attempt": each.attempt_uid,
                "method": each.method.value,
                "amount": each.amount.paise,
                "state": each.state.value,
                "reference": each.reference,
                "verification": each.verification.value if each.verification else None,
            }
            for each in bill.tenders
        ],
        "receipts": [
            {"number": each.number, "student": each.roll_no, "amount": each.amount.paise}
            for each in bill.receipts
        ],
        "awaits_receipts": bill.awaits_receipts,
    }


def _show(bill: BillView) -> None:
    name = bill_name(bill.number) or "Draft"
    say(f"{name} · {bill.payer_name} · {bill.total} · {bill.state.value} · rest {bill.rest}")
    table(
        ("student", "name", "fee", "amount", "paid", "rest"),
        (
            (line.roll_no, line.student_name, line.label, line.amount, line.paid, line.rest)
            for line in bill.lines
        ),
    )
    for tender in bill.tenders:
        state = tender.state if tender.verification not in NEVER_CAME else tender.verification
        say(f"{tender.method.value}  {tender.amount}  {state}  {tender.reference}")
    if bill.awaits_receipts:
        say("You get the receipts once the bill is fully paid or closed.")
    for receipt in bill.receipts:
        say(f"receipt {receipt.number}  {receipt.roll_no}  {receipt.amount}")
