"""The dues that enrolling in a course by a plan makes, and the terms that are frozen then."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from desktop_app.domain import late_fee
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.fee_heads import TUITION, heads_by_code
from desktop_app.domain.plans import (
    HeadPrice,
    JoinDates,
    PlanHead,
    PlanKind,
    Spread,
    price_of,
    schedule,
)
from desktop_app.services.ports.records import EnrollmentTerms

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from desktop_app.domain.courses import Course
    from desktop_app.domain.plans import FeePlan, PlannedDue
    from desktop_app.services.ports.storage import Repositories

REFUND_BASIS = "days"


def head_prices(books: Repositories, course: Course, plan: FeePlan) -> tuple[HeadPrice, ...]:
    """Return the heads of a plan with their whole prices; tuition is the course's own fee.

    A plan that names tuition divides the course's fee by heads; one that does not adds its heads
    to it.

    Raises:
        InvalidInputError: a head is not known.
    """
    known = heads_by_code(books.plans.heads())
    registered = bool(books.setting("centre.gstin"))
    asked = list(plan.heads)
    if not any(head.head_code == TUITION for head in asked):
        asked.insert(0, PlanHead(TUITION, course.fee, course.tax_inclusive, Spread.PLAN))
    prices = []
    for each in asked:
        head = known.get(each.head_code)
        if head is None:
            raise InvalidInputError(
                "heads", "There's no fee head called “{code}”.", code=each.head_code
            )
        rate = course.gst_bp if head.code == TUITION else None
        prices.append(price_of(head, each, rate, registered=registered))
    return tuple(prices)


def planned_dues(
    books: Repositories, course: Course, plan: FeePlan, joined_on: date
) -> tuple[PlannedDue, ...]:
    """Return the dues of a student who joins a course on a day by a plan.

    Raises:
        InvalidInputError: the plan no longer fits the price of the course.
    """
    label = " · ".join(part for part in (course.title, course.batch) if part)
    return schedule(
        plan,
        head_prices(books, course, plan),
        JoinDates(joined_on, course.starts_on),
        label,
        registered=bool(books.setting("centre.gstin")),
    )


def choose_plan(
    plans: Mapping[str, FeePlan], on: date, code: str | None
) -> tuple[tuple[FeePlan, ...], FeePlan | None]:
    """Return the plans that may be chosen on a day, and the one that is meant.

    Args:
        plans: the plans of a course, the default first.
        on: the day.
        code: the plan that was asked for; None for the default, else the first that divides.

    Raises:
        InvalidInputError: no such plan is offered on that day.
    """
    offered = tuple(plan for plan in plans.values() if plan.is_offered(on))
    if code:
        folded = code.strip().casefold()
        for plan in offered:
            if plan.code.casefold() == folded:
                return offered, plan
        raise InvalidInputError("plan", "This course has no plan called “{code}”.", code=code)
    divided = (plan for plan in offered if plan.is_default or plan.kind is not PlanKind.SINGLE)
    return offered, next(divided, offered[0] if offered else None)


def terms_for(
    books: Repositories, enrollment_uid: str, course: Course, plan: FeePlan, at: datetime
) -> EnrollmentTerms:
    """Return the terms that an enrolment keeps when course, plan or rule change later."""
    rule = books.plans.late_rule(plan.late_rule_code) if plan.late_rule_code else None
    heads = [
        {"head": price.head.code, "gross": price.gross.paise, "rate_bp": price.rate_bp,
         "refund": price.head.refund.value}
        for price in head_prices(books, course, plan)
    ]  # fmt: skip
    return EnrollmentTerms(
        enrollment_uid=enrollment_uid,
        plan_code=plan.code,
        starts_on=course.starts_on,
        ends_on=course.ends_on,
        refund_basis=REFUND_BASIS,
        classes_planned=None,
        late_rule=late_fee.as_text(rule) if rule else "",
        quote=json.dumps({"title": plan.title, "heads": heads}, ensure_ascii=False),
        created_at=at,
    )
