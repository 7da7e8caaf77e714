"""Any plan, any concessions, any parts in any order: sums and tax exact, and no negative part."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from desktop_app.domain.allocation import LEAST_DUE, allocate
from desktop_app.domain.concessions import (
    Concession,
    ConcessionGroup,
    ConcessionMeasure,
    ConcessionSpread,
)
from desktop_app.domain.enrollment import DueState
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.fee_heads import heads_by_code
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.plan_checks import check_plan
from desktop_app.domain.plans import (
    UNITS,
    FeePlan,
    HeadPrice,
    JoinDates,
    PlanKind,
    PlannedDue,
    PlanPart,
    Spread,
    schedule,
)
from desktop_app.domain.tax import Tax, sum_of_parts, tax_of_changed, tax_of_part
from desktop_app.services.fees.concession_sums import Basis, Wanted, terms_of, work_out
from desktop_app.services.ports.fees import ConcessionDue, ConcessionRecord

AT = datetime(2026, 11, 20, tzinfo=UTC)
JOINED = date(2026, 11, 20)
HEADS = heads_by_code()
AMOUNTS = st.one_of(st.integers(100, 2_000), st.integers(100, 10_000_000)).map(Money)
RATES = st.sampled_from([0, 500, 1_200, 1_800, 2_800])


@st.composite
def plans(draw: st.DrawFn) -> tuple[FeePlan, tuple[HeadPrice, ...]]:
    """Draw a plan and the prices of its heads; most fit together."""
    kind = draw(st.sampled_from(list(PlanKind)))
    parts = 1 if kind is PlanKind.SINGLE else draw(st.integers(1, 12))
    rows: tuple[PlanPart, ...] = ()
    if kind is PlanKind.PERCENT:
        cuts = sorted(draw(st.sets(st.integers(1, 9_999), min_size=parts - 1, max_size=parts - 1)))
        shares = [b - a for a, b in zip([0, *cuts], [*cuts, 10_000], strict=True)]
        rows = tuple(PlanPart(bp, due_after_days=at * 30) for at, bp in enumerate(shares))
    elif kind is PlanKind.DATES:
        rows = tuple(PlanPart(due_after_days=at * 7) for at in range(parts))
    down = draw(AMOUNTS) if kind is PlanKind.EQUAL and parts > 1 and draw(st.booleans()) else ZERO
    plan = FeePlan("P", "P", kind, parts, down=down, unit=draw(st.sampled_from(UNITS)), rows=rows)
    prices = [HeadPrice(HEADS["tuition"], draw(AMOUNTS), draw(RATES))]
    for code in draw(st.sets(st.sampled_from(["registration", "books", "exam"]))):
        spread = draw(st.sampled_from(list(Spread)))
        due_on = date(2027, 1, 1) if spread is Spread.ON_DATE else None
        prices.append(HeadPrice(HEADS[code], draw(AMOUNTS), draw(RATES), spread, due_on))
    return plan, tuple(prices)


@st.composite
def concessions(draw: st.DrawFn) -> list[Wanted]:
    wanted = []
    for at in range(draw(st.integers(0, 3))):
        measure = draw(st.sampled_from(list(ConcessionMeasure)))
        percent = measure is ConcessionMeasure.PERCENT
        concession = Concession(
            key=f"c{at}",
            group=draw(st.sampled_from(list(ConcessionGroup))),
            measure=measure,
            value=draw(st.integers(1, 10_000) if percent else st.integers(1, 3_000_000)),
            heads=frozenset(draw(st.sets(st.sampled_from(["tuition", "books"]), min_size=1))),
            ignores_cap=draw(st.booleans()),
        )
        spread = draw(st.sampled_from(list(ConcessionSpread)))
        wanted.append(Wanted(concession, f"c{at}", f"c{at}", f"c{at}", spread))
    return wanted


@dataclass
class PaidDue:
    """A due while concessions reduce it and parts pay it."""

    planned: PlannedDue
    asked: Money
    conceded: Money = ZERO
    parts: list[Tax] = field(default_factory=list)

    @property
    def tax(self) -> Tax:
        agreed = self.planned.quote.tax
        return tax_of_changed(agreed, self.asked, sum_of_parts(agreed, self.parts))

    @property
    def paid(self) -> Money:
        return total(each.total for each in self.parts)

    @property
    def balance(self) -> Money:
        return self.asked - self.paid

    def pay(self, amount: Money) -> None:
        before = sum_of_parts(self.tax, self.parts)
        part = tax_of_part(self.tax, before, amount)
        assert part.total == amount
        assert min(part.taxable, part.cgst, part.sgst, part.igst) >= ZERO
        assert part.cgst == part.sgst
        self.parts.append(part)

    def pay_the_rest(self) -> None:
        """Pay what is open, where a concession left any of it; the parts sum to the due's tax."""
        if self.balance:
            self.pay(self.balance)
        assert sum_of_parts(self.tax, self.parts) == self.tax


def pay_in_order(dues: list[PaidDue], order: list[int], money: Money) -> None:
    """Pay dues in any order with an amount; nothing of it is lost."""
    found = allocate(money, {str(at): dues[at].balance for at in order})
    for uid, part in found.parts.items():
        dues[int(uid)].pay(part)
    assert total(found.parts.values()) + found.rest == money


def as_basis(dues: list[PaidDue], given: list[ConcessionRecord], unit: Money, net: bool) -> Basis:
    rows = tuple(
        ConcessionDue(
            uid=str(at),
            head_code=due.planned.head.code,
            label="",
            due_on=due.planned.due_on,
            state=DueState.OPEN if due.balance else DueState.PAID,
            asked=due.asked,
            paid=due.paid,
            conceded=due.conceded,
            rate_bp=due.planned.quote.tax.rate_bp,
            is_net=net and due.planned.head.code == "tuition",
        )
        for at, due in enumerate(dues)
    )
    return Basis(rows, tuple(given), unit)


def concede(
    dues: list[PaidDue],
    given: list[ConcessionRecord],
    wanted: list[Wanted],
    unit: Money,
    net: bool,
) -> None:
    """Reduce dues by concessions as the service does; a due keeps nothing, or at least a rupee."""
    sums = work_out(as_basis(dues, given, unit, net), wanted, 4_000)
    for each in sums.new:
        for uid, part in each.parts.items():
            due = dues[int(uid)]
            assert ZERO < part <= due.balance
            due.asked -= part
            due.conceded += part
        if each.amount:
            key = each.wanted.concession.key
            given.append(
                ConcessionRecord(
                    uid=key, enrollment_uid="", kind_code=key, promo_uid=None, listed=ZERO,
                    asked=each.asked, amount=each.amount, terms=terms_of(each.wanted), reason="",
                    proof_note="", created_at=AT,
                )
            )  # fmt: skip
    for due in dues:
        assert not due.balance or due.balance >= LEAST_DUE


@settings(max_examples=60, deadline=None)
@given(plans(), concessions(), st.data())
def test_sums_and_tax_are_exact(
    drawn: tuple[FeePlan, tuple[HeadPrice, ...]], wanted: list[Wanted], data: st.DataObject
) -> None:
    plan, prices = drawn
    try:
        check_plan(plan, prices, prices[0].gross)
        planned = schedule(plan, prices, JoinDates(JOINED), "Physics", registered=True)
    except InvalidInputError:
        assume(False)
    dues = [PaidDue(each, each.amount) for each in planned]
    assert total(due.asked for due in dues) == total(each.gross for each in prices)
    for due in dues:
        assert due.asked >= LEAST_DUE
        assert min(due.tax.taxable, due.tax.cgst) >= ZERO
    given: list[ConcessionRecord] = []
    net: bool = data.draw(st.sampled_from([False, True]))
    for step in range(data.draw(st.integers(0, 10))):
        gives = data.draw(st.booleans())
        if wanted and gives:
            count = data.draw(st.integers(1, len(wanted)))
            concede(dues, given, wanted[:count], plan.unit, net)
            wanted = wanted[count:]
            event(f"conceded after {min(step, 3)} parts")
        else:
            order = data.draw(st.permutations(range(len(dues))))
            pay_in_order(dues, list(order), data.draw(AMOUNTS))
    listed = total(each.gross for each in prices)
    assert total(due.asked for due in dues) == listed - total(due.conceded for due in dues)
    for due in dues:
        due.pay_the_rest()
