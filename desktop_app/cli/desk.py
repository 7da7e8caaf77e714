"""`pravesh desk moved|copied|clean`: what a moved book is, and a clean book after a trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import counted, emit, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.desk import Desk


@click.command("desk")
@click.argument("what", type=click.Choice(["moved", "copied", "clean"]))
@click.option("--code", default="", metavar="CODE", help="New desk ID (only with `copied`).")
@click.option("--json", "as_json", is_flag=True, help="One JSON line.")
@desk_options
@click.pass_context
def command(
    ctx: click.Context, /, *, what: str, code: str, as_json: bool, **options: object
) -> None:
    """Record whether you moved or copied this data folder.

    A copied folder becomes a second desk. `clean` moves test payments to a backup and
    keeps the students, courses and settings. It only works before the first real payment.
    """
    if code and what != "copied":
        raise click.UsageError("Use --code only with `copied`.")
    answers: dict[str, Callable[[Desk], tuple[dict[str, object], str]]] = {
        "moved": _move,
        "copied": lambda desk: _copy(desk, code),
        "clean": _clean,
    }
    facts, words = answers[what](opened(ctx, options).desk)
    if as_json:
        emit(what, **facts)
    else:
        say(words)


def _move(desk: Desk) -> tuple[dict[str, object], str]:
    desk.identity.moved()
    return {}, "This folder is your desk from now on. Don't open the old folder."


def _copy(desk: Desk, code: str) -> tuple[dict[str, object], str]:
    done = desk.identity.copied(code)
    facts: dict[str, object] = {
        "code": done.code, "attempts": done.attempts, "commands": done.commands,
        "held": done.held,
    }  # fmt: skip
    return facts, (
        f"This is now a separate desk with the ID {done.code}. Its receipts start with "
        f"{done.code}.\n"
        f"The other folder keeps {counted(done.attempts, 'pending payment')}, "
        f"{counted(done.commands, 'request')} to Razorpay and "
        f"{counted(done.held, 'payment')} in the inbox. We closed them here and sent nothing."
    )


def _clean(desk: Desk) -> tuple[dict[str, object], str]:
    done = desk.clean_start.start()
    counts = done.counts
    facts: dict[str, object] = {
        "archive": str(done.archive), "enrollments": counts.enrollments,
        "payments": counts.payments, "receipts": counts.receipts,
    }  # fmt: skip
    return facts, (
        f"Test data cleared. Students, courses, settings and keys stay.\n"
        f"{counted(counts.enrollments, 'enrolment')}, {counted(counts.payments, 'test payment')} "
        f"and {counted(counts.receipts, 'test receipt')} are in the backup {done.archive}."
    )
