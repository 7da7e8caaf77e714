"""`pravesh enrol`: enrolling a student without collecting anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desktop_app.cli.dues import as_fields, show
from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit

if TYPE_CHECKING:
    from datetime import datetime


@click.command("enrol")
@click.option("--student", required=True, metavar="S", help="Roll number or phone.")
@click.option("--course", required=True, metavar="C", help="Course code.")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Joining date (default: today).",
)
@click.option("--plan", metavar="CODE", help="Plan code (default: the course's default plan).")
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")
@desk_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    student: str,
    course: str,
    on: datetime | None,
    plan: str | None,
    as_json: bool,
    **options: object,
) -> None:
    """Enrol a student in a course and collect the fee later."""
    desk = opened(ctx, options).desk
    hit, row = desk.students.find(student), desk.courses.find(course)
    done = desk.enrolments.enrol(hit.uid, row.uid, on.date() if on else None, plan)
    if as_json:
        dues = [as_fields(each) for each in done.dues]
        emit("enrolled", enrollment=done.enrollment_uid, dues=dues)
    else:
        show(done.dues)
    ctx.exit(Exit.DONE)
