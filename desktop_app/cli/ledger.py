"""`pravesh ledger`: enrolments, attempts, payments, receipts, refunds."""

from __future__ import annotations

import click

from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit_object, say, table
from desktop_app.domain.money import Money


@click.command("ledger")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, as_json: bool, **options: object) -> None:
    """Show enrolments, attempts, payments, receipts and refunds."""
    desk = opened(ctx, options)
    found = desk.store.reader.exports.ledger()
    if as_json:
        emit_object(found)
        return
    for name, rows in found.items():
        say(f"{name.capitalize()}: {len(rows)}")
        if not rows:
            continue
        header = [column for column in rows[0] if column not in {"attempt", "enrollment"}]
        table(header, ([_cell(column, row[column]) for column in header] for row in rows))
        say("")
    if errands := desk.desk.outbox.commands():
        say(f"{len(errands)} closes, cancels or refunds are not done yet: `pravesh errands`.")


def _cell(column: str, value: object) -> str:
    if column == "amount" and isinstance(value, int):
        return str(Money(value))
    if column == "id":
        return str(value)[-8:]
    return "" if value is None else str(value)
