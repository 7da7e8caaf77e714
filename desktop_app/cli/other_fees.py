"""`pravesh collect --fill`: the other fees that the rest of a payment pays, previewed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import click

from desktop_app.cli.output import emit, say
from desktop_app.domain.allocation import allocate
from desktop_app.domain.money import Money, total
from desktop_app.domain.payment import AttemptDue
from desktop_app.services.views.bills import due_now

if TYPE_CHECKING:
    from collections.abc import Collection

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.evidence import TypedEvidence


class ChosenFees(NamedTuple):
    """The fees that a payment is for."""

    students: Collection[str]
    dues: Collection[str]
    asked: Money


def chosen_fees(
    desk: Desk, student: str | None, course: str | None, dues: Collection[str], family: str | None
) -> ChosenFees:
    """Return the fees that the options of `pravesh collect` name."""
    if family:
        return _of_family(desk, family)
    if dues:
        asked = desk.credits.asked_of(dues)
        return ChosenFees(asked, dues, total(asked.values()))
    hit, row = desk.students.find(student or ""), desk.courses.find(course or "")
    bill = desk.payments.quote(hit.uid, row.uid)
    return ChosenFees((hit.uid,), bill.dues, bill.total)


def _of_family(desk: Desk, phone: str) -> ChosenFees:
    """Return the rest of a family's open bill, or what is due of its fees."""
    family = desk.carts.of_phone(phone)
    desk.carts.tidy()
    open_ = desk.carts.open_bill(family)
    if open_ is not None:
        bill = desk.carts.view(open_)
        return ChosenFees(bill.asked, [each.due_uid or "" for each in bill.lines], bill.to_collect)
    cart = due_now(family)
    dues = [each.due_uid or "" for each in cart.lines]
    students = {each.student_uid for each in cart.lines}
    return ChosenFees(students, dues, desk.carts.quote(cart).total if dues else Money(0))


def with_others(
    desk: Desk, chosen: ChosenFees, typed: TypedEvidence, *, as_json: bool
) -> TypedEvidence:
    """Return the evidence with the other fees that its rest pays, and show them.

    Raises:
        click.UsageError: there is no rest.
    """
    if typed.amount is None or typed.amount <= chosen.asked:
        raise click.UsageError(f"--fill needs --amount above the fee of {chosen.asked}.")
    others = desk.credits.others(chosen.students, chosen.dues)
    found = allocate(typed.amount - chosen.asked, {each.uid: each.balance for each in others})
    paid = [each for each in others if each.uid in found.parts]
    if as_json:
        dues = [{"due": each.uid, "amount": found.parts[each.uid].paise} for each in paid]
        emit("filled", dues=dues, credit=found.rest.paise)
    else:
        for each in paid:
            say(f"The rest pays {found.parts[each.uid]} of {each.label} ({each.student_name}).")
        if found.rest:
            say(f"{found.rest} becomes credit.")
    return replace(
        typed, others=tuple(AttemptDue(each.uid, found.parts[each.uid]) for each in paid)
    )
