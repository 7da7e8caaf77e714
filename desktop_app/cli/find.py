"""`pravesh find`: looks up a payment that a parent reports."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit_object, say
from desktop_app.domain.money import Money
from desktop_app.domain.students import normalise_phone
from desktop_app.services.sync.payment_lookup import LookupQuery
from desktop_app.services.views.payment_lookup import LookupAnswer, LookupResult

_WORDS = {
    LookupAnswer.CREDITED: "Credited: print the receipt.",
    LookupAnswer.IN_PROGRESS: "In progress: it is watched, usually done within 10 minutes.",
    LookupAnswer.FAILED: "Failed: the bank returns it by {by}.",
    LookupAnswer.NOT_FOUND: "No such payment: ask for the bank's SMS, not for the app's screen.",
}


@click.command("find")
@click.option("--utr", default="", metavar="DIGITS", help="The last four to twelve digits.")
@click.option("--vpa", default="", metavar="VPA", help="The payer's UPI id.")
@click.option("--phone", default="", metavar="PHONE")
@click.option("--amount", type=click.IntRange(1), metavar="PAISE")
@click.option("--around", type=click.DateTime(), metavar="TIME", help="Roughly when, UTC.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@desk_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    utr: str,
    vpa: str,
    phone: str,
    amount: int | None,
    around: datetime | None,
    as_json: bool,
    **options: object,
) -> None:
    """Look for a payment by UTR, VPA, phone, amount or time."""
    clues = LookupQuery(
        utr=utr.strip(),
        vpa=vpa.strip(),
        phone=normalise_phone(phone),
        amount=Money(amount) if amount else None,
        around=around.replace(tzinfo=UTC) if around else None,
    )
    found = opened(ctx, options).desk.lookup.find(clues)
    if as_json:
        emit_object(_as_json(found))
        return
    by = f"{found.back_by:%d-%m-%Y}" if found.back_by else ""
    say(_WORDS[found.answer].format(by=by))
    if found.receipt_no:
        say(f"{found.student_name} · {found.amount} · receipt {found.receipt_no}")


def _as_json(found: LookupResult) -> dict[str, object]:
    return {
        "answer": found.answer.value,
        "payment_id": found.payment_id,
        "amount": found.amount.paise if found.amount else None,
        "at": found.at.isoformat() if found.at else None,
        "back_by": found.back_by.isoformat() if found.back_by else None,
        "receipt_no": found.receipt_no,
    }
