"""`pravesh verify-receipt TEXT`: checks offline whether this centre issued a receipt."""

from __future__ import annotations

import click

from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit_object, say
from desktop_app.domain.check_code import Verdict

_WORDS = {
    Verdict.GENUINE: "Genuine: this centre issued {number} on {on} for {amount}.",
    Verdict.FORGED: "Not genuine: the code does not fit {number}, {on}, {amount}.",
    Verdict.FOREIGN: (
        "Cannot be told: it was made with another key, by another centre or before a key was "
        "replaced."
    ),
    Verdict.TRAINING: "No receipt: it was made in training.",
    Verdict.TEST: "No receipt: {number} is of test money. No real money was received.",
    Verdict.NO_KEY: "Cannot be told: this desk has no receipt key. See `pravesh receipt-key set`.",
}


@click.command("verify-receipt")
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, text: str, as_json: bool, **options: object) -> None:
    """Check a receipt by what its QR says, or by number, date, amount and check code."""
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
        say(words.format(number=stamp.number, on=f"{stamp.on:%d-%m-%Y}", amount=stamp.amount))
    ctx.exit(Exit.DONE if checked.verdict is Verdict.GENUINE else Exit.REFUSED)
