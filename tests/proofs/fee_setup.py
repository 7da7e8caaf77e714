"""A course with plans, a late fee and promo codes, for random days."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from desktop_app.domain.concessions import ConcessionMeasure
from desktop_app.domain.courses import make_course
from desktop_app.domain.late_fee import LateKind, LateRule
from desktop_app.domain.money import Money
from desktop_app.domain.plans import FeePlan, PlanHead, PlanKind, PlanPart, Spread
from desktop_app.domain.promo_codes import PromoCode

if TYPE_CHECKING:
    from .proof_desk import DeskServices

STARTS, ENDS = date(2026, 9, 1), date(2027, 5, 31)
NEXT_FEE = Money(900_050)
PLAN_FEE = Money(1_234_567)
"""Neither it nor its quarter is whole rupees."""
CODES = ("ONCE10", "FLAT500")


def set_up_fees(desk: DeskServices) -> tuple[str, ...]:
    """Add a course with plans, another batch and another course, a late fee and promo codes."""
    services = desk.desk
    late = LateRule(LateKind.PER_DAY, amount=Money(50_00), grace_days=5, cap=Money(1_500_00))
    services.plans.save_late_rule("DAY", "₹50 a day", late)
    course, *others = (
        services.courses.add(
            make_course(code=code, title="Planned", fee=fee, gst_bp=1_800, starts_on=STARTS,
                        ends_on=ENDS)
        ).uid
        for code, fee in (("PLAN", PLAN_FEE), ("BATCH", PLAN_FEE), ("NEXT", NEXT_FEE))
    )  # fmt: skip
    four = FeePlan(
        "FOUR", "Four", PlanKind.EQUAL, 4, is_default=True, late_rule_code="DAY",
        heads=(
            PlanHead("registration", Money(1_000_01), spread=Spread.FIRST),
            PlanHead("books", Money(2_000_00)),
        ),
    )  # fmt: skip
    services.plans.add(course, four)
    services.plans.add(
        course, FeePlan("DOWN", "Down", PlanKind.EQUAL, 3, down=Money(300_000), unit=Money(1))
    )
    services.plans.add(course, _by_shares())
    for code, measure, value, most in (
        (CODES[0], ConcessionMeasure.PERCENT, 1_000, 1),
        (CODES[1], ConcessionMeasure.AMOUNT, 500_00, None),
    ):
        services.promos.add(PromoCode(code, measure, value, most_uses=most))
    return (course, *others)


def _by_shares() -> FeePlan:
    rows = tuple(PlanPart(bp, due_after_days=at * 30) for at, bp in enumerate((3333, 3333, 3334)))
    return FeePlan("SHARES", "Shares", PlanKind.PERCENT, 3, late_rule_code="DAY", rows=rows)
