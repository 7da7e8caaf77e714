"""`pravesh statement`: the account of a student's family, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit, say, table
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.students import mask_phone
from desktop_app.domain.tender import AWAITING_BANK, NEVER_CAME
from desktop_app.services.views.dues import LineKind

if TYPE_CHECKING:
    from desktop_app.services.views.dues import FamilyAccount, StatementLine


@click.command("statement")
@click.option("--student", required=True, metavar="S", help="Roll number or phone.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")
@desk_options
@click.pass_context
def command(ctx: click.Context, /, *, student: str, as_json: bool, **options: object) -> None:
    """Show a family's account with its running balance."""
    desk = opened(ctx, options).desk
    desk.promises.judge()
    account = desk.dues.account(desk.students.find(student).uid)
    (_emit if as_json else _show)(account)
    ctx.exit(Exit.DONE)


def _emit(account: FamilyAccount) -> None:
    for line in account.lines:
        emit(
            "line",
            at=line.at.isoformat(),
            kind=line.kind.value,
            student=line.student_name,
            about=line.about,
            reference=line.reference,
            amount=line.amount.paise,
            balance=line.balance.paise,
            verification=line.verification.value if line.verification else None,
            mode=line.mode.value if line.mode else None,
        )
    standing = account.standing
    emit(
        "account",
        family=account.family,
        phone=mask_phone(account.phone),
        students=[each.roll_no for each in account.members],
        balance=account.balance.paise,
        overdue=standing.overdue.paise,
        covered=standing.covered.paise,
        not_due=standing.not_due.paise,
        credit=account.credit.paise,
        late_fee=sum(each.late_fee.paise for each in account.dues),
        defaulter=account.is_defaulter,
    )


def _about(line: StatementLine) -> str:
    """Return what a line is about; of money that is not sure or not real, that it is not."""
    state = line.verification
    if line.mode is MoneyMode.TEST:
        return f"{line.about}, test money"
    if state is None or state not in AWAITING_BANK | NEVER_CAME:
        return line.about.partition(":")[0] if line.kind is LineKind.CREDIT else line.about
    return f"{line.about}, {state.value.replace('_', ' ')}"


def _show(account: FamilyAccount) -> None:
    table(
        ("date", "entry", "student", "about", "receipt", "amount", "balance"),
        (
            (
                day_in_india(line.at),
                line.kind.value.replace("_", " "),
                line.student_name,
                _about(line),
                line.reference,
                line.amount,
                line.balance,
            )
            for line in account.lines
        ),
    )
    standing = account.standing
    say(
        f"Balance {account.balance}: overdue {standing.overdue}, covered {standing.covered}, "
        f"not due {standing.not_due}, credit {account.credit}."
    )
