"""`pravesh dues`: open dues, by student, family or batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desktop_app.cli.exits import Exit
from desktop_app.cli.options import desk_options, opened
from desktop_app.cli.output import emit, table
from desktop_app.domain.ageing import Bucket
from desktop_app.domain.students import mask_phone, normalise_phone
from desktop_app.services.errors import UnknownStudentError
from desktop_app.services.views.enrolment import DueFilter

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.enrolment import DueRow


@click.command("dues")
@click.option("--student", metavar="S", help="Roll number or phone.")
@click.option("--family", metavar="PHONE", help="Students with this phone or parent's phone.")
@click.option("--batch", default="", metavar="C", help="A course code, or the name of a batch.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Count days overdue up to this date instead of today.",
)
@click.option("--bucket", type=click.Choice([each.value for each in Bucket]))
@click.option("--json", "as_json", is_flag=True, help="JSON lines on stdout.")
@desk_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    student: str | None,
    family: str | None,
    batch: str,
    as_of: datetime | None,
    bucket: str | None,
    as_json: bool,
    **options: object,
) -> None:
    """List unpaid and partly paid dues."""
    if sum(map(bool, (student, family, batch))) > 1:
        raise click.UsageError("Use only one of --student, --family and --batch.")
    desk = opened(ctx, options).desk
    which = DueFilter(
        student_uid=desk.students.find(student).uid if student else "",
        phone=_family(desk, family) if family else "",
        batch=batch,
        bucket=Bucket(bucket) if bucket else None,
    )
    found = desk.enrolments.dues(which, as_of.date() if as_of else None)
    if as_json:
        for each in found:
            emit("due", **as_fields(each))
    else:
        show(found)
    ctx.exit(Exit.DONE)


def _family(desk: Desk, text: str) -> str:
    """Return a phone that a student or guardian has."""
    phone = normalise_phone(text)
    if not desk.students.search(phone, 1):
        raise UnknownStudentError(f"no family has the phone {mask_phone(phone)}")
    return phone


def as_fields(due: DueRow) -> dict[str, object]:
    """Return the fields of a due in JSON; amounts in paise."""
    return {
        "id": due.uid,
        "student": due.roll_no,
        "course": due.course_code,
        "head": due.head,
        "instalment": due.instalment,
        "due_on": due.due_on.isoformat(),
        "amount": due.amount.paise,
        "balance": due.balance.paise,
        "covered": due.covered.paise,
        "bucket": due.bucket.value,
        "late_fee": due.late_fee.paise,
    }


def show(found: tuple[DueRow, ...]) -> None:
    """Write dues as a table for people."""
    header = ("id", "student", "name", "course", "head", "due on", "amount", "balance", "covered",
              "late fee", "overdue")  # fmt: skip
    table(
        header,
        (
            (
                each.uid,
                each.roll_no,
                each.student_name,
                each.course_code,
                each.head,
                each.due_on.isoformat(),
                each.amount,
                each.balance,
                each.covered or "",
                each.late_fee or "",
                each.bucket.value,
            )
            for each in found
        ),
    )
