"""`pravesh ledger`: enrolments, attempts, payments, receipts, refunds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import counted, emit_object, say, table
from desktop_app.domain.money import INR, Money, format_in

if TYPE_CHECKING:
    from collections.abc import Mapping

_AMOUNTS = frozenset({"amount", "balance", "taxable", "cgst", "sgst", "igst", "customer_fee"})
_IDS = frozenset({"id", "payment", "due", "source_id", "reverses"})


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
        table(header, (_cells(header, row) for row in rows))
        say("")
    if errands := desk.desk.outbox.commands():
        waiting = counted(len(errands), "request")
        say(f"{waiting} to Razorpay pending. See `pravesh errands`.")


def _cells(header: list[str], row: Mapping[str, object]) -> list[str]:
    currency = str(row.get("currency", INR))
    return [_cell(column, row[column], currency) for column in header]


def _cell(column: str, value: object, currency: str) -> str:
    """Return a value for people: amounts in their currency, ids by their end."""
    if isinstance(value, list):
        return ", ".join(_item(column, each, currency) for each in value)
    if column in _AMOUNTS and isinstance(value, int):
        return format_in(Money(value), currency)
    if column in _IDS:
        return str(value or "")[-8:]
    return "" if value is None else str(value)


def _item(column: str, item: object, currency: str) -> str:
    """Return one item of a list: of a row its fields, else the value."""
    if not isinstance(item, dict):
        return _cell(column.removesuffix("s"), item, currency)
    return " ".join(_cell(name, item[name], currency) for name in item)
