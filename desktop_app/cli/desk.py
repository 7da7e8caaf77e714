"""`pravesh desk moved|copied|clean`: what a moved book is, and a clean book after a trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.desk import Desk


@click.command("desk")
@click.argument("what", type=click.Choice(["moved", "copied", "clean"]))
@click.option("--code", default="", metavar="CODE", help="copied: the new desk code.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line.")
@desk_options
@click.pass_context
def command(
    ctx: click.Context, /, *, what: str, code: str, as_json: bool, **options: object
) -> None:
    """Decide whether this data folder was moved here, or copied and is a second desk.

    `clean` archives a book that holds only payments of test keys, and begins a new one with its
    students, courses and settings. It is refused once there is real money.
    """
    if code and what != "copied":
        raise click.UsageError("--code goes with copied: the desk keeps its code otherwise.")
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
    return {}, "This is the desk, and this is its folder from now on. Don't open the old folder."


def _copy(desk: Desk, code: str) -> tuple[dict[str, object], str]:
    done = desk.identity.copied(code)
    facts: dict[str, object] = {
        "code": done.code, "attempts": done.attempts, "commands": done.commands,
        "held": done.held,
    }  # fmt: skip
    return facts, (
        f"This is a desk of its own now. Its code is {done.code}, also on its receipts.\n"
        f"The original goes on with {done.attempts} open payments, {done.commands} requests to "
        f"Razorpay and {done.held} payments in the inbox. They are closed here. Nothing was sent."
    )


def _clean(desk: Desk) -> tuple[dict[str, object], str]:
    done = desk.clean_start.start()
    counts = done.counts
    facts: dict[str, object] = {
        "archive": str(done.archive), "enrollments": counts.enrollments,
        "payments": counts.payments, "receipts": counts.receipts,
    }  # fmt: skip
    return facts, (
        f"The real book begins clean. Its students, courses, settings and keys are as before.\n"
        f"{counts.enrollments} enrolments, {counts.payments} test payments and {counts.receipts} "
        f"test receipts are in the backup {done.archive}."
    )
