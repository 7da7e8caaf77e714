"""Fee plans: the vectors, and parts and tax that sum exactly for any plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import reduce
from operator import add

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.fee_heads import SHIPPED, heads_by_code
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.plan_checks import check_plan
from desktop_app.domain.plans import (
    FeePlan,
    HeadPrice,
    JoinDates,
    PlanHead,
    PlanKind,
    PlanPart,
    Spread,
    down_parts,
    due_first,
    equal_parts,
    head_amounts,
    instalments,
    monthly,
    part_dates,
    percent_parts,
    price_of,
    schedule,
)

HEADS = heads_by_code()
JULY = date(2026, 7, 1)
DAYS = JoinDates(JULY, JULY)
RUPEE, PAISA = Money(100), Money(1)


def rupees(*amounts: float) -> list[Money]:
    return [Money(round(amount * 100)) for amount in amounts]


def tuition(gross: int, rate: int = 1_800) -> HeadPrice:
    return HeadPrice(HEADS["tuition"], Money(gross), rate)


def equal(parts: int = 4, **more: object) -> FeePlan:
    return FeePlan("P", "Plan", PlanKind.EQUAL, parts, **more)  # type: ignore[arg-type]


def shared(*shares: int, **more: object) -> FeePlan:
    rows = tuple(PlanPart(share_bp=share) for share in shares)
    return FeePlan("P", "Plan", PlanKind.PERCENT, len(rows), rows=rows, **more)  # type: ignore[arg-type]


def check(plan: FeePlan, gross: int = 56_640_00, *more: HeadPrice) -> FeePlan:
    return check_plan(plan, [tuition(gross), *more], Money(gross))


def refused(plan: FeePlan, gross: int = 56_640_00, *more: HeadPrice) -> tuple[str, str]:
    with pytest.raises(InvalidInputError) as caught:
        check(plan, gross, *more)
    return caught.value.field, caught.value.message


@pytest.mark.parametrize(
    ("amount", "parts", "unit", "expected"),
    [
        (56_640_00, 4, 100, [14_160] * 4),  # V1.1
        (50_000_00, 3, 100, [16_666, 16_666, 16_668]),  # V1.2
        (50_000_00, 3, 10_000, [16_600, 16_600, 16_800]),
        (50_000_00, 3, 1, [16_666.66, 16_666.66, 16_666.68]),
        (1_00_000_00, 7, 100, [14_285] * 6 + [14_290]),  # V1.3
    ],
)
def test_equal_parts(amount: int, parts: int, unit: int, expected: list[float]) -> None:
    assert list(equal_parts(Money(amount), parts, Money(unit))) == rupees(*expected)


@pytest.mark.parametrize(
    ("amount", "shares", "expected"),
    [
        (56_640_00, (4000, 3000, 3000), [22_656, 16_992, 16_992]),  # V1.4
        (49_999_99, (3000, 3000, 4000), [14_999, 14_999, 20_001.99]),  # V1.5
        (1_00_000_00, (3333, 3333, 3334), [33_330, 33_330, 33_340]),  # V1.6
    ],
)
def test_parts_by_share(amount: int, shares: tuple[int, ...], expected: list[float]) -> None:
    assert list(percent_parts(Money(amount), shares, RUPEE)) == rupees(*expected)


def test_shares_whose_float_sum_is_not_a_hundred_are_accepted() -> None:
    shares = (1429,) * 5 + (1428, 1427)
    assert reduce(add, (share / 100 for share in shares)) != 100  # as `sum` did before 3.12
    assert check(shared(*shares)).shares == shares


def test_a_down_payment_comes_before_equal_parts() -> None:
    found = down_parts(Money(56_640_00), Money(15_000_00), 4, RUPEE)
    assert list(found) == rupees(15_000, 13_880, 13_880, 13_880)  # V1.7
    assert head_amounts(equal(down=Money(15_000_00)), [tuition(56_640_00)]) == (found,)


@pytest.mark.parametrize(
    ("first", "months", "day", "expected"),
    [
        (date(2026, 12, 31), 5, 31,
         ["2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),  # V1.8
        (date(2027, 11, 30), 4, 30,
         ["2027-11-30", "2027-12-30", "2028-01-30", "2028-02-29"]),  # V1.9
    ],
)  # fmt: skip
def test_months_do_not_drift(first: date, months: int, day: int, expected: list[str]) -> None:
    assert [each.isoformat() for each in monthly(first, months, day)] == expected


@given(
    st.integers(100, 10**10), st.integers(1, 24), st.sampled_from([1, 100, 1_000, 10_000]),
    st.integers(0, 2_800),
)  # fmt: skip
def test_equal_parts_and_their_tax_sum(gross: int, parts: int, unit: int, rate: int) -> None:
    found = equal_parts(Money(gross), parts, Money(unit))
    assert total(found) == Money(gross)
    assume(min(found) >= RUPEE)
    dues = schedule(
        equal(parts, unit=Money(unit)), [tuition(gross, rate)], DAYS, "C", registered=True
    )
    assert total(due.amount for due in dues) == Money(gross)
    for due in dues:
        assert due.quote.tax.total == due.amount
        assert due.quote.tax.taxable > ZERO
        assert due.quote.tax.cgst == due.quote.tax.sgst


@st.composite
def shares_of(draw: st.DrawFn) -> tuple[int, ...]:
    cuts = sorted(draw(st.sets(st.integers(1, 9_999), max_size=11)))
    return tuple(
        later - earlier for earlier, later in zip([0, *cuts], [*cuts, 10_000], strict=True)
    )


@given(st.integers(10**6, 10**10), shares_of(), st.sampled_from([1, 100, 1_000]))
def test_any_shares_sum(gross: int, shares: tuple[int, ...], unit: int) -> None:
    found = percent_parts(Money(gross), shares, Money(unit))
    assert total(found) == Money(gross)
    assert min(found) >= ZERO
    for part, bp in zip(found[:-1], shares, strict=False):
        assert part.paise % unit == 0
        assert gross * bp / 10_000 - unit < part.paise <= gross * bp / 10_000


@given(
    st.lists(st.integers(10_000, 10**8), min_size=1, max_size=4), st.integers(2, 12),
    st.integers(100, 10**8),
)  # fmt: skip
def test_a_down_payment_is_shared_by_the_heads(grosses: list[int], parts: int, down: int) -> None:
    assume(down < sum(grosses))
    prices = [
        HeadPrice(head, Money(gross), 0) for head, gross in zip(SHIPPED, grosses, strict=False)
    ]
    found = head_amounts(equal(parts, down=Money(down)), prices)
    assert [total(each) for each in found] == [each.gross for each in prices]
    assert total(each[0] for each in found) == Money(down)


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.integers(1, 24), st.integers(1, 31))
def test_every_month_has_its_day_or_its_last(first: date, months: int, day: int) -> None:
    found = list(monthly(first, months, day))
    assert len({(each.year, each.month) for each in found}) == months
    for each in found:
        assert each.day <= day
        if each.day < day:
            assert (each.replace(day=28).month, each.day) in {
                (2, 28), (2, 29), (4, 30), (6, 30), (9, 30), (11, 30),
            }  # fmt: skip


def test_parts_that_fell_due_before_joining_are_due_at_once() -> None:
    fixed = (JULY, date(2026, 10, 1), date(2027, 1, 1), date(2027, 3, 1))
    rows = tuple(PlanPart(due_on=day) for day in fixed)
    plan = FeePlan("P", "Plan", PlanKind.DATES, 4, rows=rows)
    late = JoinDates(date(2026, 11, 15), JULY)
    assert part_dates(plan, DAYS) == fixed
    assert part_dates(plan, late) == (late.joined_on, late.joined_on, *fixed[2:])
    dues = schedule(plan, [tuition(56_640_00)], late, "Physics XI", registered=True)
    assert [due.amount for due in due_first(dues, late.joined_on)] == rupees(14_160, 14_160)
    assert [due.instalment_no for due in dues] == [1, 2, 3, 4]


def test_monthly_parts_follow_the_start_of_the_course() -> None:
    plan = FeePlan("P", "Plan", PlanKind.MONTHLY, 3, day_of_month=10)
    joined = date(2026, 8, 20)
    assert part_dates(plan, JoinDates(joined, JULY)) == (joined, joined, date(2026, 9, 10))
    assert part_dates(plan, JoinDates(joined)) == (joined, date(2026, 9, 10), date(2026, 10, 10))


def test_dates_count_from_enrolment_or_from_the_start() -> None:
    joined = date(2026, 7, 11)
    after = tuple(PlanPart(due_after_days=days) for days in (0, 60))
    from_start = tuple(PlanPart(due_after_start_days=days) for days in (0, 60))
    plan = FeePlan("P", "Plan", PlanKind.DATES, 2, rows=after)
    assert part_dates(plan, JoinDates(joined, JULY)) == (joined, date(2026, 9, 9))
    plan = replace(plan, rows=from_start)
    assert part_dates(plan, JoinDates(joined, JULY)) == (joined, date(2026, 8, 30))


def test_what_is_not_due_yet_begins_with_the_first_instalment() -> None:
    rows = tuple(PlanPart(due_on=day) for day in (date(2026, 8, 1), date(2026, 9, 1)))
    plan = FeePlan("P", "Plan", PlanKind.DATES, 2, rows=rows)
    dues = schedule(plan, [tuition(10_000_00)], DAYS, "C", registered=False)
    assert [due.instalment_no for due in due_first(dues, JULY)] == [1]


def test_heads_belong_to_the_first_part_or_to_their_own_date() -> None:
    books = price_of(HEADS["books"], PlanHead("books", Money(2_000_00), spread=Spread.FIRST),
                     registered=True)  # fmt: skip
    exam = price_of(
        HEADS["exam"],
        PlanHead("exam", Money(1_500_00), spread=Spread.ON_DATE, due_on=date(2027, 2, 1)),
        registered=True,
    )
    dues = schedule(
        equal(2), [books, exam, tuition(8_320_00)], DAYS, "Physics XI · Morning", registered=True
    )
    assert [(due.instalment_no, due.head.code, due.quote.label, due.amount) for due in dues] == [
        (1, "tuition", "Physics XI · Morning · 1/2", Money(4_160_00)),
        (1, "books", "Books · Physics XI · Morning", Money(2_000_00)),
        (2, "tuition", "Physics XI · Morning · 2/2", Money(4_160_00)),
        (3, "exam", "Exam fee · Physics XI · Morning", Money(1_500_00)),
    ]
    assert [each.amount for each in instalments(dues)] == rupees(6_160, 4_160, 1_500)
    assert [due.quote.tax.rate_bp for due in dues] == [1_800, 0, 1_800, 0]


def test_a_head_without_tax_in_its_price_is_grossed_up_once() -> None:
    asked = PlanHead("tuition", Money(48_000_00), tax_inclusive=False)
    assert price_of(HEADS["tuition"], asked, registered=True).gross == Money(56_640_00)
    assert price_of(HEADS["tuition"], asked, registered=False).gross == Money(48_000_00)
    assert price_of(HEADS["tuition"], asked, 500, registered=True).gross == Money(50_400_00)
    books = replace(asked, head_code="books")
    assert price_of(HEADS["books"], books, registered=True).gross == Money(48_000_00)


def test_a_centre_without_gstin_asks_no_tax() -> None:
    dues = schedule(equal(2), [tuition(10_000_00)], DAYS, "C", registered=False)
    assert [due.quote.tax.taxable for due in dues] == rupees(5_000, 5_000)
    assert not any(due.quote.registered for due in dues)


@pytest.mark.parametrize(
    ("plan", "field", "shown"),
    [
        (shared(4000, 3000, 2999), "shares",
         "The shares add up to 99.99 % instead of 100 %."),
        (shared(5000, 5000, 0), "shares", "Enter a share above 0 % for each instalment."),
        (FeePlan("P", "Plan", PlanKind.PERCENT, 3), "shares",
         "Enter a share for each instalment."),
        (equal(0), "parts", "Enter 1 to 24 instalments."),
        (equal(25), "parts", "Enter 1 to 24 instalments."),
        (FeePlan("P", "Plan", PlanKind.SINGLE, 2), "parts", ("Enter 1 instalment for a "
                                                             "single payment.")),
        (equal(unit=Money(500)), "unit", "Round to 1 paisa, ₹1, ₹10 or ₹100."),
        (equal(down=Money(56_640_00)), "down", "Enter a down payment below the fee of ₹56,640.00."),
        (equal(down=Money(-1)), "down", "The down payment can't be negative."),
        (shared(5000, 5000, down=Money(100)), "down",
         "Instalments after a down payment must be equal."),
        (FeePlan("P", "Plan", PlanKind.MONTHLY, 3, day_of_month=32), "day",
         "Enter a day of the month from 1 to 31."),
        (FeePlan("P", "Plan", PlanKind.DATES, 2), "dates", "Enter a date for each instalment."),
        (FeePlan("P", "Plan", PlanKind.DATES, 2,
                 rows=(PlanPart(due_on=JULY), PlanPart(due_on=date(2026, 6, 30)))),
         "dates", "Enter the dates in order, earliest first."),
        (FeePlan("P", "Plan", PlanKind.EQUAL, 2, rows=(PlanPart(due_on=JULY), PlanPart())),
         "dates", "Enter dates for all instalments or for none of them."),
        (FeePlan("P", "Plan", PlanKind.DATES, 2,
                 rows=(PlanPart(due_after_days=-1), PlanPart(due_after_days=5))),
         "dates", "Enter 0 days or more."),
        (equal(2, rows=(PlanPart(due_on=JULY),)), "parts",
         "The plan has 2 instalments, but the table has 1. Enter the same number in both."),
        (equal(offered_from=JULY, offered_to=date(2026, 6, 1)), "offered_to",
         "The last day of the plan can't be before the first."),
        (replace(equal(), code=" "), "code", "Plan code is missing."),
        (replace(equal(), title=""), "title", "Title is missing."),
    ],
)  # fmt: skip
def test_a_plan_that_does_not_fit_is_refused_beside_its_field(
    plan: FeePlan, field: str, shown: str
) -> None:
    assert refused(plan) == (field, shown)


@pytest.mark.parametrize(
    ("plan", "gross", "shown"),
    [
        (equal(4, unit=Money(10_000)), 300_00,
         "Instalment 1 would be ₹0.00. Use fewer instalments, or round to a smaller amount."),
        (equal(4, unit=PAISA), 3_00,
         "Instalment 1 would be ₹0.75. Use fewer instalments, or round to a smaller amount."),
        (equal(4, unit=Money(10_000)), 790_00,
         ("The last instalment would be ₹490.00, more than twice the others. "
         "Round to a smaller amount.")),
        (shared(4500, 4500, 1000, unit=Money(10_000)), 410_00,
         ("The last instalment would be ₹210.00, more than twice the others. "
         "Round to a smaller amount.")),
    ],
)  # fmt: skip
def test_a_unit_too_coarse_is_refused(plan: FeePlan, gross: int, shown: str) -> None:
    assert refused(plan, gross) == ("unit", shown)


def test_heads_that_name_tuition_must_make_the_fee_of_the_course() -> None:
    heads = (PlanHead("tuition", Money(50_000_00)), PlanHead("material", Money(6_000_00)))
    plan = equal(heads=heads)
    prices = [price_of(HEADS[each.head_code], each, registered=True) for each in heads]
    with pytest.raises(InvalidInputError) as caught:
        check_plan(plan, prices, Money(56_640_00))
    assert (caught.value.field, caught.value.message) == (
        "heads", "The fee heads add up to ₹56,000.00, but the course fee is ₹56,640.00.",
    )  # fmt: skip
    assert check_plan(plan, prices, Money(56_000_00)) == plan
    on_top = equal(heads=(PlanHead("registration", Money(1_000_00), spread=Spread.FIRST),))
    extra = price_of(HEADS["registration"], on_top.heads[0], registered=True)
    assert check(on_top, 56_640_00, extra) == on_top


@pytest.mark.parametrize(
    ("head", "shown"),
    [
        (PlanHead("books", Money(99), spread=Spread.FIRST), "Enter at least ₹1 for each fee head."),
        (PlanHead("exam", Money(100), spread=Spread.ON_DATE),
         "Enter the due date of this fee head."),
    ],
)  # fmt: skip
def test_heads_without_price_or_date_are_refused(head: PlanHead, shown: str) -> None:
    assert refused(equal(heads=(head,))) == ("heads", shown)


def test_a_plan_is_offered_between_its_days() -> None:
    plan = equal(offered_from=JULY, offered_to=date(2026, 7, 31))
    assert [plan.is_offered(day) for day in (date(2026, 6, 30), JULY, date(2026, 7, 31))] == [
        False, True, True,
    ]  # fmt: skip
    assert not plan.is_offered(date(2026, 8, 1))
    assert equal().is_offered(JULY)
