"""The options of `pravesh collect` for money that a person takes at the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from desktop_app.domain.money import Money
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.services.views.evidence import TypedEvidence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from desktop_app.domain.tender import Method

_OPTIONS = (
    click.option(
        "--tendered", type=click.IntRange(1), metavar="PAISE",
        help="Cash the parent gave. Shows the change.",
    ),
    click.option(
        "--pieces", default="", metavar="TEXT",
        help="Notes and coins, e.g. \"2x500 1x200\".",
    ),
    click.option(
        "--reference", default="", metavar="TEXT",
        help="UTR, RRN or cheque number. For an opening balance, the entry in your books.",
    ),
    click.option("--bank", default="", metavar="TEXT", help="Bank of the cheque or transfer."),
    click.option(
        "--dated", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
        help="Date of the cheque or transfer.",
    ),
    click.option("--micr", default="", metavar="DIGITS", help="MICR code of a cheque."),
    click.option("--payer", default="", metavar="TEXT", help="Person who signed or paid."),
    click.option("--terminal", default="", metavar="TID", help="Terminal ID on a card slip."),
    click.option("--auth-code", default="", metavar="TEXT", help="Approval code on a card slip."),
    click.option(
        "--use-anyway", "is_confirmed", is_flag=True,
        help="Use a reference number of an unusual length as typed.",
    ),
    click.option(
        "--fill", "fills", is_flag=True,
        help="Pay the student's other fees with the rest of --amount. What is left becomes credit.",
    ),
    click.option(
        "--last4", default="", metavar="DIGITS", help="Last 4 digits of the account or card."
    ),
)  # fmt: skip
_NAMES = (
    "tendered", "pieces", "reference", "bank", "dated", "micr", "payer", "terminal", "auth_code",
    "is_confirmed", "last4", "fills",
)  # fmt: skip
_SPELT = {"is_confirmed": "use-anyway", "fills": "fill"}


def tender_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def take_typed(
    options: dict[str, Any], method: Method, amount: int | None
) -> tuple[TypedEvidence, bool]:
    """Pop the options from all of them; return the evidence of a counter tender.

    The second value is whether its rest pays other fees.

    Raises:
        click.UsageError: the method needs none of them.
    """
    typed = {name: options.pop(name) for name in _NAMES}
    if tender_of(method).needs_gateway:
        _refuse(typed)
        return TypedEvidence(), False
    fills: bool = typed.pop("fills")
    if fills and not tender_of(method).is_taken_at_desk:
        raise click.UsageError("--fill needs a payment at the counter, e.g. --method cash.")
    for name in ("tendered", "pieces"):
        if typed[name] and not tender_of(method).is_cash:
            raise click.UsageError(f"--{name} needs --method cash.")
    tendered, dated = typed.pop("tendered"), typed.pop("dated")
    evidence = TypedEvidence(
        amount=Money(amount) if amount else None,
        tendered=Money(tendered) if tendered else None,
        dated=dated.date() if dated else None,
        **typed,
    )
    return evidence, fills


def _refuse(typed: Mapping[str, Any]) -> None:
    named = next((name for name, value in typed.items() if value), None)
    if named is not None:
        named = _SPELT.get(named, named.replace("_", "-"))
        raise click.UsageError(f"--{named} needs a counter method, e.g. --method cash.")
