"""`pravesh find`: looks up a payment that a parent reports."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit_object, say
from desktop_app.domain.money import Money
from desktop_app.domain.students import normalise_phone
from desktop_app.services.sync.payment_lookup import LookupQuery
from desktop_app.services.views.payment_lookup import LookupAnswer, LookupResult

_WORDS = {
    LookupAnswer.CREDITED: "Payment received. Print the receipt.",
    LookupAnswer.IN_PROGRESS: "The bank is processing this payment, usually within 10 minutes.",
    LookupAnswer.FAILED: "The payment failed. The bank should return the money by {by}.",
    LookupAnswer.NOT_FOUND: "{missing} Ask for the bank's SMS, not the app's screen.",
    LookupAnswer.AWAITING: "No payment received yet. The QR is still active.",
    LookupAnswer.POSSIBLE: "{likely} This isn't proof. Ask for the UTR.",
    LookupAnswer.ELSEWHERE: "Razorpay has a matching payment, but this desk didn't record it.",
    LookupAnswer.UNCHECKED: "We couldn't check every payment. Search again with --around.",
}
_MISSING = {
    "utr": "No payment with this UTR.",
    "vpa": "No payment from this UPI ID.",
    "phone": "No payment from this phone.",
    "": "No matching payment found.",
}
_LIKELY = {
    LookupAnswer.CREDITED: "We received a possible match of {amount}.",
    LookupAnswer.IN_PROGRESS: "The bank is processing a possible match of {amount}.",
    LookupAnswer.FAILED: "Possible match: a failed payment of {amount}.",
}


@click.command("find")
@click.option(
    "--utr", default="", metavar="DIGITS", help="The full UTR, or at least its last 4 digits."
)
@click.option("--vpa", default="", metavar="VPA", help="The parent's UPI ID.")
@click.option("--phone", default="", metavar="PHONE")
@click.option("--amount", type=click.IntRange(1), metavar="PAISE")
@click.option(
    "--around", type=click.DateTime(), metavar="TIME", help="Roughly when the parent paid (UTC)."
)
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
    """Find a payment by UTR, UPI ID, phone, amount or time."""
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
    else:
        say(_text(found))
        if found.receipt_no:
            say(f"{found.student_name} · {found.amount} · receipt {found.receipt_no}")
    is_checked = found.answer is not LookupAnswer.UNCHECKED
    ctx.exit(Exit.DONE if is_checked else Exit.UNKNOWN)


def _text(found: LookupResult) -> str:
    by = f"{found.back_by:%d %b %Y}" if found.back_by else ""
    likely = _LIKELY[found.likely].format(amount=found.amount) if found.likely else ""
    text = _WORDS[found.answer].format(by=by, likely=likely, missing=_MISSING[found.missing])
    is_open = found.is_open and found.answer is not LookupAnswer.AWAITING
    return f"{text} The QR is still active." if is_open else text


def _as_json(found: LookupResult) -> dict[str, object]:
    return {
        "answer": found.answer.value,
        "payment_id": found.payment_id,
        "amount": found.amount.paise if found.amount else None,
        "at": found.at.isoformat() if found.at else None,
        "back_by": found.back_by.isoformat() if found.back_by else None,
        "receipt_no": found.receipt_no,
        "likely": found.likely.value if found.likely else None,
        "missing": found.missing or None,
        "is_open": found.is_open,
    }
