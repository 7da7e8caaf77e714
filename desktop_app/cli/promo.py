"""`pravesh promo`: the centre's promo codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit, table
from desktop_app.domain.concessions import ConcessionMeasure
from desktop_app.domain.money import Money, percent_text
from desktop_app.domain.promo_codes import PromoCode

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.services.views.fees import PromoRow

_json = click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("promo")
def command() -> None:
    """Add, list and archive promo codes."""


@command.command("add")
@click.argument("code", required=False)
@click.option("--percent", type=click.IntRange(1, 10_000), metavar="BP", help="1000 = 10 %.")
@click.option("--amount", type=click.IntRange(1), metavar="PAISE", help="A fixed amount.")
@click.option("--course", "courses", multiple=True, metavar="C", help="Only for this course code.")
@click.option("--from", "valid_from", type=_DAY, metavar="DATE", help="First day.")
@click.option("--to", "valid_to", type=_DAY, metavar="DATE", help="Last day.")
@click.option("--max-uses", type=int, metavar="N", help="Maximum uses.")
@click.option("--max-per-family", type=int, metavar="N", help="Maximum per family.")
@click.option("--min-bill", type=int, default=0, metavar="PAISE", help="Minimum fee, GST included.")
@click.option("--first", "is_first", is_flag=True, help="For new students only.")
@click.option("--alone", is_flag=True, help="Don't combine with another concession.")
@click.option("--note", default="", metavar="TEXT")
@_json
@desk_options
@click.pass_context
def add(
    ctx: click.Context, /, *, code: str | None, percent: int | None, amount: int | None,
    courses: tuple[str, ...], valid_from: datetime | None, valid_to: datetime | None,
    max_uses: int | None, max_per_family: int | None, min_bill: int, is_first: bool, alone: bool,
    note: str, as_json: bool, **options: object,
) -> None:  # fmt: skip
    """Add a promo code. Without CODE, Pravesh makes one that's hard to guess."""
    if (percent is None) == (amount is None):
        raise click.UsageError("Enter either --percent or --amount.")
    desk = opened(ctx, options).desk
    promo = PromoCode(
        code=code or desk.promos.new_code(),
        measure=ConcessionMeasure.AMOUNT if amount else ConcessionMeasure.PERCENT,
        value=percent or amount or 0,
        courses=frozenset(courses),
        valid_from=valid_from.date() if valid_from else None,
        valid_to=valid_to.date() if valid_to else None,
        most_uses=max_uses,
        most_per_family=max_per_family,
        least_bill=Money(min_bill),
        first_enrollment_only=is_first,
        is_combinable=not alone,
        note=note,
    )
    _show((desk.promos.add(promo),), as_json=as_json)
    ctx.exit(Exit.DONE)


@command.command("list")
@click.option("--all", "is_all", is_flag=True, help="Include archived codes.")
@_json
@desk_options
@click.pass_context
def list_(ctx: click.Context, /, *, is_all: bool, as_json: bool, **options: object) -> None:
    """List promo codes with their uses, newest first."""
    found = opened(ctx, options).desk.promos.list()
    shown = tuple(each for each in found if is_all or not each.is_archived)
    _show(shown, as_json=as_json)
    ctx.exit(Exit.DONE)


@command.command("archive")
@click.argument("code")
@_json
@desk_options
@click.pass_context
def archive(ctx: click.Context, /, *, code: str, as_json: bool, **options: object) -> None:
    """Archive a promo code. Students who used it keep the concession."""
    _show((opened(ctx, options).desk.promos.archive(code),), as_json=as_json)
    ctx.exit(Exit.DONE)


command.add_command(archive, "withdraw")


def _show(found: tuple[PromoRow, ...], *, as_json: bool) -> None:
    if as_json:
        for each in found:
            emit("promo", **as_fields(each))
        return
    table(
        ("code", "gives", "from", "to", "used", "held", "uses left", "courses"),
        (
            (
                each.promo.code,
                _gives(each),
                each.promo.valid_from or "",
                each.promo.valid_to or "",
                each.used,
                each.held,
                "" if each.left is None else each.left,
                ", ".join(sorted(each.promo.courses)),
            )
            for each in found
        ),
    )


def _gives(row: PromoRow) -> str:
    if row.promo.measure is ConcessionMeasure.PERCENT:
        return f"{percent_text(row.promo.value)} %"
    return str(Money(row.promo.value))


def as_fields(row: PromoRow) -> dict[str, object]:
    """Return the fields of a promo code in JSON; amounts in paise, rates in basis points."""
    promo = row.promo
    return {
        "id": row.uid,
        "code": promo.code,
        "kind": promo.measure.value,
        "value": promo.value,
        "courses": sorted(promo.courses),
        "valid_from": promo.valid_from.isoformat() if promo.valid_from else None,
        "valid_to": promo.valid_to.isoformat() if promo.valid_to else None,
        "max_uses": promo.most_uses,
        "max_per_family": promo.most_per_family,
        "min_bill": promo.least_bill.paise,
        "first_enrollment_only": promo.first_enrollment_only,
        "combinable": promo.is_combinable,
        "used": row.used,
        "held": row.held,
        "archived": row.is_archived,
    }
