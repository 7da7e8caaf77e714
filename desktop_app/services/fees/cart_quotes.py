"""The price of a cart with its concessions and codes, before anything of it is written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money, total
from desktop_app.domain.receipt import day_in_india
from desktop_app.services.enrolment.quoting import standing, with_plan
from desktop_app.services.fees.cart_lines import open_due
from desktop_app.services.fees.conceding import sums_of, unit_without_plan, wanted_of
from desktop_app.services.fees.concession_previews import due_now_of, preview_of, subject_before
from desktop_app.services.views.bills import QuotedCart

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import Repositories
    from desktop_app.services.views.bills import Cart, CartLine
    from desktop_app.services.views.fees import ConcessionPreview, ConcessionWish


def quoted_cart(context: Context, work: Repositories, cart: Cart) -> QuotedCart:
    """Return a cart with its price, without concessions and codes that it may not have any more.

    Raises:
        InvalidInputError, UnknownDueError, DueClosedError: a line of it cannot be asked for.
    """
    today = day_in_india(context.now())
    listed = total(_listed(work, line, today) for line in cart.lines)
    lines: list[CartLine] = []
    dropped: list[InvalidInputError] = []
    amounts: list[Money] = []
    given: list[ConcessionPreview | None] = []
    begun: set[str] = set()
    for line in cart.lines:
        kept, follows = [], bool(begun - {line.student_uid})
        for wish in line.wishes:
            try:
                _conceded(context, work, line, [wish], listed, follows_sibling=follows)
            except InvalidInputError as error:
                dropped.append(error)
            else:
                kept.append(wish)
        lines.append(line._replace(wishes=tuple(kept)))
        found = _conceded(context, work, line, kept, listed, follows_sibling=follows)
        if line.due_uid is None:
            begun.add(line.student_uid)
        given.append(found)
        amounts.append(_listed(work, line, today) if found is None else found.now)
    return QuotedCart(
        replace(cart, lines=tuple(lines)), tuple(amounts), tuple(given), tuple(dropped)
    )


def _listed(work: Repositories, line: CartLine, today: date) -> Money:
    """Return what a line asks for without its concessions."""
    if line.amount is not None:
        return line.amount
    if line.due_uid is not None:
        return open_due(work, line)[0].balance
    found = standing(work, line.student_uid, line.course_uid or "", today)
    return with_plan(work, found, today, line.plan_code or None).to_pay


def _conceded(
    context: Context,
    work: Repositories,
    line: CartLine,
    wishes: Sequence[ConcessionWish],
    listed: Money,
    *,
    follows_sibling: bool,
) -> ConcessionPreview | None:
    """Return what concessions make of a course that begins; None without them."""
    if not wishes:
        return None
    today = day_in_india(context.now())
    found = standing(work, line.student_uid, line.course_uid or "", today)
    found = with_plan(work, found, today, line.plan_code or None)
    unit = found.plan.unit if found.plan else unit_without_plan(context)
    subject = subject_before(found, unit, today)
    subject = replace(subject, bill=listed, follows_sibling=follows_sibling)
    sums = sums_of(context, subject, wanted_of(context, work, subject, wishes))
    return preview_of(subject, sums, 0, due_now_of(found))
