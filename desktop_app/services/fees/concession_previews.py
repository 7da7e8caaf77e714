"""Previews of concessions, as the counter shows them before they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.concession_kinds import OTHER, SIBLING
from desktop_app.domain.concessions import give
from desktop_app.domain.enrollment import DueState
from desktop_app.domain.fees import Quote, lines_of
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.tax import Tax, tax_of_gross
from desktop_app.services.fees.conceding import CAP, Subject, has_sibling, offered_kinds
from desktop_app.services.fees.concession_sums import Basis, titles_of
from desktop_app.services.ports.fees import ConcessionDue
from desktop_app.services.views.fees import ConcessionOffer, ConcessionPreview, GivenPart
from desktop_app.services.views.plans import LaterPart

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from desktop_app.domain.fees import QuoteLine
    from desktop_app.services.context import Context
    from desktop_app.services.enrolment.quoting import EnrolmentStanding
    from desktop_app.services.fees.concession_sums import Sums
    from desktop_app.services.ports.storage import Repositories


def subject_before(found: EnrolmentStanding, unit: Money, today: date) -> Subject:
    """Return a student who is not enrolled yet, with the dues that enrolling would make."""
    planned = [(due.head.code, due.due_on, due.quote) for due in found.planned]
    if not planned:
        planned = [("tuition", today, found.quote)]
    dues = tuple(
        ConcessionDue(
            uid=str(at),
            head_code=head,
            label=quote.label,
            due_on=due_on,
            state=DueState.OPEN,
            asked=quote.total,
            paid=ZERO,
            conceded=ZERO,
            rate_bp=quote.tax.rate_bp,
            is_net=quote.registered and not found.course.tax_inclusive,
        )
        for at, (head, due_on, quote) in enumerate(planned)
    )
    return Subject(found.student_uid, found.course.code, Basis(dues, unit=unit))


def due_now_of(found: EnrolmentStanding) -> frozenset[str]:
    """Return the dues that are collected next, as `subject_before` and the books name them."""
    if found.enrollment is not None:
        return frozenset(due.uid for due in found.due_now)
    if not found.planned:
        return frozenset({"0"})
    return frozenset(str(found.planned.index(due)) for due in found.planned_now)


def offers_of(
    context: Context, work: Repositories, subject: Subject
) -> tuple[ConcessionOffer, ...]:
    """Return the kinds that may be given now, with what each would take off by itself."""
    today = day_in_india(context.now())
    is_second = has_sibling(work, subject, today)
    cap_bp = int(context.settings().texts[CAP])
    given = {each.kind_code for each in subject.basis.given} - {OTHER}
    offers = []
    for kind in offered_kinds(work).values():
        if not kind.is_valid(today) or kind.code in given:
            continue
        concession, worth = kind.concession(), None
        if kind.value:
            prices = subject.basis.prices(concession.heads)
            worth = give([concession], prices, cap_bp, subject.basis.unit).given
        is_sibling = kind.code == SIBLING
        offers.append(
            ConcessionOffer(
                kind, worth, is_suggested=is_sibling and is_second,
                is_refused=is_sibling and not is_second,
            )
        )  # fmt: skip
    return tuple(offers)


def preview_of(
    subject: Subject, sums: Sums, cap_bp: int, due_now: frozenset[str] = frozenset()
) -> ConcessionPreview:
    """Return what concessions come to, as it is shown before they are given.

    Args:
        subject: the enrolment.
        sums: what they come to.
        cap_bp: the limit that was applied.
        due_now: the dues that are collected next, by uid.
    """
    dues = subject.basis.dues
    now = _now(subject, sums, due_now)
    return ConcessionPreview(
        price=total(price.amount for price in sums.prices.values()),
        is_net=any(price.is_net for price in sums.prices.values()),
        asked=sums.asked,
        given=sums.given,
        parts=_parts(subject, sums),
        listed=subject.listed,
        off=total(due.conceded for due in dues) + total(each.off for each in sums.new),
        paid=total(due.paid for due in dues),
        now=total(balance for _, balance in now),
        lines=_lines(subject, sums, [due for due, _ in now]),
        later=_later(subject, sums, {due.uid for due, _ in now}),
        cap_bp=cap_bp,
        is_over_open=sums.is_over_open,
    )


def _parts(subject: Subject, sums: Sums) -> tuple[GivenPart, ...]:
    """Return what each concession gives: those given before, then those that are wanted."""
    before = [
        GivenPart(record.kind_code, *titles_of(record), record.amount, record.asked)
        for record in subject.basis.given
    ]
    new = [
        GivenPart(
            each.wanted.code, each.wanted.title, each.wanted.title_hi, each.amount, each.asked
        )
        for each in sums.new
    ]
    return (*before, *new)


def _off(sums: Sums, due: ConcessionDue) -> Money:
    return total(each.parts.get(due.uid, ZERO) for each in sums.new)


def _now(
    subject: Subject, sums: Sums, due_now: frozenset[str]
) -> list[tuple[ConcessionDue, Money]]:
    """Return the dues that are collected next with what is left of each to pay."""
    left = [(due, due.balance - _off(sums, due)) for due in subject.basis.dues]
    left = [(due, balance) for due, balance in left if balance > ZERO]
    now = [(due, balance) for due, balance in left if due.uid in due_now]
    if now or not left:
        return now
    first = min(due.due_on for due, _ in left)
    return [(due, balance) for due, balance in left if due.due_on == first]


def _later(subject: Subject, sums: Sums, now: set[str]) -> tuple[LaterPart, ...]:
    by_day: dict[date, Money] = {}
    for due in subject.basis.dues:
        balance = due.balance - _off(sums, due)
        if due.uid not in now and balance > ZERO:
            by_day[due.due_on] = by_day.get(due.due_on, ZERO) + balance
    return tuple(LaterPart(day, by_day[day]) for day in sorted(by_day))


def _lines(subject: Subject, sums: Sums, now: Sequence[ConcessionDue]) -> tuple[QuoteLine, ...]:
    """Return the lines of what is collected next, with the concessions."""
    given = [(titles_of(each), each.amount) for each in subject.basis.given]
    given += [((each.wanted.title, each.wanted.title_hi), each.amount) for each in sums.new]
    named = list(dict.fromkeys(titles for titles, amount in given if amount))
    conceded = (", ".join(en for en, _ in named), ", ".join(hi for _, hi in named))
    return lines_of(_quote(due, _off(sums, due), conceded) for due in now)


def _quote(due: ConcessionDue, off: Money, conceded: tuple[str, str]) -> Quote:
    def taxed(amount: Money) -> Tax:
        return tax_of_gross(amount, due.rate_bp)

    is_reduced = bool(off or due.conceded)
    return Quote(
        due.label,
        taxed(due.asked - off),
        registered=bool(due.rate_bp),
        listed=taxed(due.price) if is_reduced else None,
        conceded=conceded,
    )
