"""`pravesh plan`: the fee plans of courses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeVar

import click

from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit, table
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.late_fee import CountsFrom, LateKind, LateRule
from desktop_app.domain.money import Money
from desktop_app.domain.plans import FeePlan, PlanHead, PlanKind, PlanPart, Spread

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.plans import PlanPreview, PlanRow

Value = TypeVar("Value")
_KINDS = [kind.value for kind in PlanKind]
_HEAD = "HEAD=PAISE[:first|:DATE]"
_json = click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")


@click.group("plan")
def command() -> None:
    """Add, list and preview fee plans."""


@dataclass(frozen=True, slots=True)
class _Typed:
    """The options of a plan as they were typed."""

    kind: PlanKind
    parts: int | None
    shares: tuple[int, ...]
    dates: tuple[date, ...]

    def count(self, default: int) -> int:
        """Return how many instalments are meant."""
        listed = len(self.shares or self.dates)
        return self.parts or listed or (1 if self.kind is PlanKind.SINGLE else default)

    def rows(self, parts: int) -> tuple[PlanPart, ...]:
        """Return a row for each instalment; none where neither shares nor dates were typed."""
        if not self.shares and not self.dates:
            return ()
        if len({len(each) for each in (self.shares, self.dates) if each} | {parts}) > 1:
            raise InvalidInputError(
                "parts", "Enter as many shares and dates as there are instalments."
            )
        shares, dates = self.shares or (0,) * parts, self.dates or (None,) * parts
        return tuple(PlanPart(share, due_on) for share, due_on in zip(shares, dates, strict=True))


@command.command("add")
@click.argument("code")
@click.option("--course", required=True, metavar="C", help="Course code.")
@click.option("--kind", required=True, type=click.Choice(_KINDS))
@click.option("--title", default="", help="Name at the counter (default: the code).")
@click.option("--parts", type=click.IntRange(1), metavar="N", help="Number of instalments.")
@click.option("--down", type=click.IntRange(0), default=0, metavar="PAISE", help="Down payment.")
@click.option("--unit", type=click.IntRange(1), metavar="PAISE", help="Round to this amount.")
@click.option(
    "--shares", default="", metavar="BP,BP,…", help="Shares in basis points: 4000 = 40 %."
)
@click.option("--dates", default="", metavar="DATE,DATE,…", help="Due dates.")
@click.option("--day", type=int, metavar="N", help="Day of the month for instalments.")
@click.option("--head", "heads", multiple=True, metavar=_HEAD, help="Add a fee head. Repeatable.")
@click.option("--late-rule", metavar="CODE", help="Late-fee rule (see `pravesh plan late-rule`).")
@click.option("--default", "is_default", is_flag=True, help="Offer this plan first.")
@_json
@desk_options
@click.pass_context
def add(
    ctx: click.Context, /, *, code: str, course: str, kind: str, title: str, parts: int | None,
    down: int, unit: int | None, shares: str, dates: str, day: int | None,
    heads: tuple[str, ...], late_rule: str | None, is_default: bool, as_json: bool,
    **options: object,
) -> None:  # fmt: skip
    """Add a fee plan to a course."""
    desk = opened(ctx, options).desk
    typed = _Typed(
        PlanKind(kind), parts, tuple(_listed(shares, int, "shares")),
        tuple(_listed(dates, date.fromisoformat, "dates")),
    )  # fmt: skip
    default_parts, default_unit = desk.plans.default_parts()
    count = typed.count(default_parts)
    plan = FeePlan(
        code=code,
        title=title or code,
        kind=typed.kind,
        parts=count,
        down=Money(down),
        unit=Money(unit) if unit else default_unit,
        day_of_month=day,
        is_default=is_default,
        late_rule_code=late_rule,
        rows=typed.rows(count),
        heads=tuple(map(_head, heads)),
    )
    row = desk.plans.add(desk.courses.find(course).uid, plan)
    _show(desk, [(course, row)], as_json=as_json)
    ctx.exit(Exit.DONE)


@command.command("list")
@click.option("--course", metavar="C", help="Course code.")
@_json
@desk_options
@click.pass_context
def list_(ctx: click.Context, /, *, course: str | None, as_json: bool, **options: object) -> None:
    """List the fee plans of one course or of all courses."""
    desk = opened(ctx, options).desk
    found = [desk.courses.find(course)] if course else desk.courses.search("", 2_000)
    rows = [(each.course.code, row) for each in found for row in desk.plans.of_course(each.uid)]
    _show(desk, rows, as_json=as_json)
    ctx.exit(Exit.DONE)


@command.command("preview")
@click.option("--course", required=True, metavar="C", help="Course code.")
@click.option("--plan", "code", metavar="CODE", help="Plan code (default: the default plan).")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Joining date (default: today).",
)
@_json
@desk_options
@click.pass_context
def preview(
    ctx: click.Context, /, *, course: str, code: str | None, on: datetime | None, as_json: bool,
    **options: object,
) -> None:  # fmt: skip
    """Preview the instalments for a joining date."""
    desk = opened(ctx, options).desk
    row = desk.courses.find(course)
    found = desk.plans.preview(row.uid, code, on.date() if on else None)
    if as_json:
        emit("plan", **_fields(found))
    else:
        header = ("no", "due on", "amount", "taxable", "CGST", "SGST")
        table(
            header,
            (
                (each.number, each.due_on, each.amount, each.taxable, each.cgst, each.sgst)
                for each in found.parts
            ),
        )
    ctx.exit(Exit.DONE)


@command.command("archive")
@click.argument("code")
@click.option("--course", required=True, metavar="C", help="Course code.")
@desk_options
@click.pass_context
def archive(ctx: click.Context, /, *, code: str, course: str, **options: object) -> None:
    """Archive a fee plan. Students on this plan keep it."""
    desk = opened(ctx, options).desk
    for row in desk.plans.of_course(desk.courses.find(course).uid):
        if row.plan.code.casefold() == code.casefold():
            desk.plans.withdraw(row.uid)
            ctx.exit(Exit.DONE)
    raise InvalidInputError("plan", "This course has no plan called “{code}”.", code=code)


@command.command("late-rule")
@click.argument("code")
@click.option("--kind", required=True, type=click.Choice([each.value for each in LateKind]))
@click.option("--title", default="", help="Name (default: the code).")
@click.option("--amount", type=int, default=0, metavar="PAISE", help="Late fee, once or per day.")
@click.option("--percent", "bp", type=int, default=0, metavar="BP", help="Share of the balance.")
@click.option("--grace", type=int, default=0, metavar="DAYS", help="Days without a late fee.")
@click.option("--cap", type=int, metavar="PAISE", help="Maximum late fee.")
@click.option(
    "--cap-percent", "cap_bp", type=int, metavar="BP", help="Maximum late fee, as a share."
)
@click.option("--slabs", default="", metavar="DAY=PAISE,…", help="Late fee starting on each day.")
@click.option("--after-grace", is_flag=True, help="Count late days after the grace period.")
@_json
@desk_options
@click.pass_context
def late_rule(
    ctx: click.Context, /, *, code: str, kind: str, title: str, amount: int, bp: int, grace: int,
    cap: int | None, cap_bp: int | None, slabs: str, after_grace: bool, as_json: bool,
    **options: object,
) -> None:  # fmt: skip
    """Add or replace a late-fee rule that plans can use."""
    rule = LateRule(
        kind=LateKind(kind),
        amount=Money(amount),
        bp=bp,
        grace_days=grace,
        cap=None if cap is None else Money(cap),
        cap_bp=cap_bp,
        slabs=tuple(_listed(slabs, _slab, "slabs")),
        counts_from=CountsFrom.GRACE_END if after_grace else CountsFrom.DUE,
    )
    row = opened(ctx, options).desk.plans.save_late_rule(code, title or code, rule)
    if as_json:
        emit("late_rule", code=row.code, title=row.title, kind=row.rule.kind.value)
    ctx.exit(Exit.DONE)


def _listed(text: str, read: Callable[[str], Value], field: str) -> list[Value]:
    """Return the parts of a list separated by commas."""
    try:
        return [read(part.strip()) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise InvalidInputError(field, "Couldn't read “{text}”.", text=text[:40]) from error


def _slab(text: str) -> tuple[int, Money]:
    first, _, paise = text.partition("=")
    return int(first), Money(int(paise))


def _head(text: str) -> PlanHead:
    code, _, rest = text.partition("=")
    paise, _, when = rest.partition(":")
    try:
        amount = Money(int(paise))
        if not when:
            return PlanHead(code, amount)
        if when == Spread.FIRST.value:
            return PlanHead(code, amount, spread=Spread.FIRST)
        due_on = date.fromisoformat(when)
    except ValueError as error:
        raise InvalidInputError("heads", "Couldn't read “{text}”.", text=text[:40]) from error
    return PlanHead(code, amount, spread=Spread.ON_DATE, due_on=due_on)


def _show(desk: Desk, rows: list[tuple[str, PlanRow]], *, as_json: bool) -> None:
    if not as_json:
        header = ("course", "plan", "title", "kind", "parts", "total", "default")
        table(
            header,
            (
                (course, row.plan.code, row.plan.title, row.plan.kind.value, row.plan.parts,
                 row.total, "yes" if row.plan.is_default else "")
                for course, row in rows
            ),
        )  # fmt: skip
        return
    for _, row in rows:
        plan = row.plan
        parts = _fields(desk.plans.preview_of(row.course_uid, plan))
        emit(
            "plan",
            **parts,
            id=row.uid,
            title=plan.title,
            kind=plan.kind.value,
            late_rule=plan.late_rule_code,
            default=plan.is_default,
        )


def _fields(found: PlanPreview) -> dict[str, object]:
    """Return the fields of a preview in JSON; amounts in paise."""
    return {
        "course": found.course_code,
        "plan": found.plan_code or None,
        "total": found.total.paise,
        "parts": [
            {
                "no": each.number,
                "due_on": each.due_on.isoformat(),
                "amount": each.amount.paise,
                "taxable": each.taxable.paise,
                "cgst": each.cgst.paise,
                "sgst": each.sgst.paise,
                "igst": each.igst.paise,
            }
            for each in found.parts
        ],
    }
