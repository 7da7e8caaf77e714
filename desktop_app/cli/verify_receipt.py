"""`pravesh verify-receipt TEXT`: checks offline whether this centre issued a receipt."""

from __future__ import annotations

import click

from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit_object, say
from desktop_app.domain.check_code import Verdict

_WORDS = {
    Verdict.GENUINE: "Genuine. This centre issued {number} on {on} for {amount}.",
    Verdict.FORGED: "Not genuine. The check code doesn't match {number}, {on}, {amount}.",
    Verdict.FOREIGN: (
        "We can't tell. Another centre issued it, or this centre did before its "
        "receipt key changed."
    ),
    Verdict.TRAINING: "Not a receipt. It's from practice mode.",
    Verdict.TEST: "Not a receipt. {number} is for a test payment with no real money.",
    Verdict.NO_KEY: "We can't tell. This desk has no receipt key. See `pravesh receipt-key set`.",
}


@click.command("verify-receipt")
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, text: str, as_json: bool, **options: object) -> None:
    """Check whether a receipt is genuine.

    Enter the text of the receipt's QR, or its number, date, amount and check code.
    """
    checked = opened(ctx, options).desk.receipts.check(text)
    stamp = checked.stamp
    if as_json:
        emit_object(
            {
                "answer": checked.verdict.value,
                "number": stamp.number,
                "on": stamp.on.isoformat(),
                "amount": stamp.amount.paise,
            }
        )
    else:
        words = _WORDS[checked.verdict]
        say(words.format(number=stamp.number, on=f"{stamp.on:%d %b %Y}", amount=stamp.amount))
    ctx.exit(Exit.DONE if checked.verdict is Verdict.GENUINE else Exit.REFUSED)
