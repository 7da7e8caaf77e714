"""Fee plans on the real database: saving, enrolling by one, and collecting its instalments."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.courses import make_course
from desktop_app.domain.enrollment import DueState, EnrollmentState
from desktop_app.domain.errors import AlreadyEnrolledError, InvalidInputError
from desktop_app.domain.fee_heads import FeeHead, RefundRule, Treatment
from desktop_app.domain.late_fee import LateKind, LateRule, from_text
from desktop_app.domain.money import Money, total
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.plans import FeePlan, PlanHead, PlanKind, PlanPart, Spread
from desktop_app.domain.receipt import day_in_india
from desktop_app.services.errors import (
    DuplicateError,
    PlanChangedError,
    PriceChangedError,
    UnavailableError,
    UnknownPlanError,
)
from desktop_app.services.views.enrolment import DueFilter
from desktop_app.services.views.fees import ConcessionWish
from desktop_app.services.views.plans import LaterPart, PlanChoice

if TYPE_CHECKING:
    from desktop_app.services.ports.records import DueRecord
    from desktop_app.services.views.enrolment import CourseRow, StudentSummary
    from tests.integration.conftest import Counter

EQUAL = FeePlan("EQ4", "4 instalments", PlanKind.EQUAL, 4)
ONCE = FeePlan("ONE", "At once", PlanKind.SINGLE)
A_DAY = LateRule(LateKind.PER_DAY, amount=Money(50_00), grace_days=5)


@pytest.fixture
def course(counter: Counter) -> CourseRow:
    """Add Physics at 56,640 with its tax, in a registered centre."""
    counter.desk.settings.put("centre.gstin", "27AAPFU0939F1ZV")
    return counter.course(fee=Money(56_640_00))


@pytest.fixture
def student(counter: Counter) -> StudentSummary:
    return counter.student()


def today(counter: Counter) -> date:
    return day_in_india(counter.context.now())


def dated(*days: date) -> FeePlan:
    return FeePlan(
        "DATES", "On dates", PlanKind.DATES, len(days), rows=tuple(PlanPart(due_on=d) for d in days)
    )


def dues_of(counter: Counter, student: StudentSummary, course: CourseRow) -> list[DueRecord]:
    with counter.context.store.reading() as books:
        found = books.enrollments.current(student.uid, course.uid)
        assert found is not None
        return list(books.enrollments.dues_of(found.uid))


def alarms(counter: Counter) -> list[str]:
    return list(counter.context.store.reader.balances.differences())


@pytest.mark.parametrize("keeps", [False, True])
def test_a_plan_edited_behind_the_bill_is_asked_about_again(
    counter: Counter, course: CourseRow, student: StudentSummary, *, keeps: bool
) -> None:
    first, second, third = today(counter), *(date(2027, at, 1) for at in (2, 3))
    row = counter.desk.plans.add(course.uid, dated(first, second))
    shown = counter.payments.quote(student.uid, course.uid)
    assert shown.plan is not None
    counter.desk.plans.change(row.uid, dated(first, third))
    begin = counter.payments.keep if keeps else counter.payments.begin
    fee = (student.uid, course.uid, Method.UPI_INTENT, shown.total, "DATES")
    with pytest.raises(PlanChangedError):
        begin(*fee, later=shown.plan.later)
    assert counter.ledger()["enrollments"] == []
    now = counter.payments.quote(student.uid, course.uid)
    assert now.plan is not None
    begin(*fee, later=now.plan.later)
    [later] = [due for due in dues_of(counter, student, course) if due.due_on == third]
    assert now.plan.later == (LaterPart(third, later.balance),)


def test_a_plan_with_concessions_follows_as_it_was_shown(
    counter: Counter, course: CourseRow, student: StudentSummary
) -> None:
    days = [today(counter), date(2027, 2, 1), date(2027, 3, 1)]
    counter.desk.plans.add(course.uid, dated(*days))
    wishes = (ConcessionWish("other", 1_000, reason="agreed"),)
    found = counter.desk.concessions.quote(student.uid, course.uid, wishes, "DATES")
    agree = counter.desk.concessions.agreed(wishes)
    fee = (student.uid, course.uid, Method.UPI_INTENT, found.now, "DATES")
    with pytest.raises(PlanChangedError):
        counter.payments.begin(*fee, agree=agree, later=found.later[:1])
    counter.payments.begin(*fee, agree=agree, later=found.later)


BUS = FeeHead("bus", "Transport", "बस", Treatment.TAXABLE, "996412", 500, RefundRule.PRO_RATA, 20)


@pytest.mark.parametrize("code", ["late_fee", "bounce", "books"])
def test_a_head_that_is_not_offered_is_in_no_new_plan(
    counter: Counter, course: CourseRow, code: str
) -> None:
    plans = counter.desk.plans
    books = replace(EQUAL, heads=(PlanHead("books", Money(2_000_00)),))
    row = plans.add(course.uid, replace(books, code="OLD"))
    counter.desk.settings.put("rules.profile", "rajasthan-2025")
    heads = (PlanHead(code, Money(1_000_00), spread=Spread.FIRST),)
    with pytest.raises(InvalidInputError, match="can't use the fee head"):
        plans.add(course.uid, replace(EQUAL, heads=heads))
    assert [each.plan.code for each in plans.of_course(course.uid)] == ["OLD"]
    plans.change(row.uid, replace(books, code="OLD", title="As agreed before"))


def test_a_head_of_the_centre_is_asked_for_by_its_plans(
    counter: Counter, course: CourseRow, student: StudentSummary
) -> None:
    plans = counter.desk.plans
    plans.save_head(BUS, is_new=True)
    with pytest.raises(DuplicateError):
        plans.save_head(BUS, is_new=True)
    heads = (PlanHead("bus", Money(10_500_00), spread=Spread.FIRST),)
    row = plans.add(course.uid, replace(EQUAL, heads=heads))
    plans.save_head(replace(BUS, title="Bus", gst_bp=1_800))
    counter.desk.enrolments.enrol(student.uid, course.uid)
    plans.save_head(replace(BUS, gst_bp=0, treatment=Treatment.EXEMPT), is_archived=True)
    [due] = [each for each in dues_of(counter, student, course) if each.head_code == "bus"]
    assert (due.quote.tax.rate_bp, due.sac) == (1_800, "996412"), "agreed at enrolment"
    assert "bus" not in [head.code for head in plans.heads()]
    [kept] = [each for each in plans.all_heads() if each.head.code == "bus"]
    assert kept.is_archived
    plans.change(row.uid, replace(EQUAL, heads=heads, title="With transport"))
    assert alarms(counter) == []


def test_heads_that_the_desk_itself_asks_for_stay(counter: Counter) -> None:
    known = {row.head.code: row.head for row in counter.desk.plans.all_heads()}
    for code in ("tuition", "late_fee", "bounce"):
        with pytest.raises(InvalidInputError, match="can't archive"):
            counter.desk.plans.save_head(known[code], is_archived=True)
    counter.desk.plans.save_head(known["hostel"], is_archived=True)
    assert "hostel" not in [head.code for head in counter.desk.plans.heads()]
    counter.desk.plans.save_head(known["hostel"])
    assert "hostel" in [head.code for head in counter.desk.plans.heads()]


def test_a_plan_is_kept_with_its_parts_and_heads(counter: Counter, course: CourseRow) -> None:
    counter.desk.plans.save_late_rule("DAY", "₹50 a day", A_DAY)
    plan = FeePlan(
        "FULL", "Everything", PlanKind.PERCENT, 2, unit=Money(1_000), is_default=True,
        late_rule_code="DAY", offered_from=date(2026, 1, 1), offered_to=date(2099, 1, 1),
        rows=(PlanPart(6000, date(2026, 7, 1)), PlanPart(4000, date(2026, 9, 1))),
        heads=(
            PlanHead("registration", Money(1_000_00), spread=Spread.FIRST),
            PlanHead("exam", Money(500_00), spread=Spread.ON_DATE, due_on=date(2027, 2, 1)),
        ),
    )  # fmt: skip
    row = counter.desk.plans.add(course.uid, plan)
    assert counter.desk.plans.of_course(course.uid) == (row,)
    assert (row.plan, row.total) == (plan, Money(58_140_00))
    changed = replace(plan, title="All", parts=1, kind=PlanKind.EQUAL, rows=(), heads=())
    counter.desk.plans.change(row.uid, changed)
    assert [each.plan for each in counter.desk.plans.of_course(course.uid)] == [changed]
    assert [each[:2] for each in counter.desk.plans.late_rules()] == [("DAY", "₹50 a day")]
    assert counter.context.store.reader.audit.first_unsealed() is None


def test_one_plan_of_a_course_is_the_default(counter: Counter, course: CourseRow) -> None:
    counter.desk.plans.add(course.uid, replace(EQUAL, is_default=True))
    counter.desk.plans.add(
        course.uid, replace(EQUAL, code="EQ2", parts=2, is_default=True, title="2 parts")
    )
    [listed] = counter.courses.search("", 5)
    assert listed.plans == ("2 parts", EQUAL.title), "the list names them, the default first"
    found = counter.desk.plans.of_course(course.uid)
    assert [(row.plan.code, row.plan.is_default) for row in found] == [
        ("EQ2", True), ("EQ4", False),
    ]  # fmt: skip
    assert counter.desk.plans.preview(course.uid).plan_code == "EQ2"
    assert counter.context.store.reader.audit.first_unsealed() is None


def test_a_code_names_one_plan_of_a_course(counter: Counter, course: CourseRow) -> None:
    counter.desk.plans.add(course.uid, EQUAL)
    with pytest.raises(DuplicateError):
        counter.desk.plans.add(course.uid, replace(EQUAL, code="eq4"))
    other = counter.course("CHE-11")
    assert counter.desk.plans.add(other.uid, EQUAL).plan == EQUAL


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rows": (PlanPart(5000), PlanPart(4999)), "parts": 2, "kind": PlanKind.PERCENT},
         "shares"),
        ({"late_rule_code": "NONE"}, "late_rule"),
        ({"heads": (PlanHead("nothing", Money(100)),)}, "heads"),
        ({"kind": PlanKind.SINGLE, "parts": 1}, "plan_kind"),
        ({"parts": 0}, "parts"),
    ],
)  # fmt: skip
def test_a_plan_that_does_not_fit_is_not_saved(
    counter: Counter, course: CourseRow, change: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        counter.desk.plans.add(course.uid, replace(EQUAL, **change))  # type: ignore[arg-type]
    assert caught.value.field == field
    assert counter.desk.plans.of_course(course.uid) == ()


def test_a_single_payment_is_never_the_only_plan(counter: Counter, course: CourseRow) -> None:
    divided = counter.desk.plans.add(course.uid, EQUAL)
    single = counter.desk.plans.add(course.uid, ONCE)
    with pytest.raises(InvalidInputError):
        counter.desk.plans.withdraw(divided.uid)
    assert counter.desk.plans.preview(course.uid).plan_code == "EQ4", "offered before the single"
    counter.desk.settings.put("rules.instalments_required", "off")
    counter.desk.plans.withdraw(divided.uid)
    assert counter.desk.plans.of_course(course.uid) == (single,)
    counter.desk.plans.withdraw(single.uid)
    with pytest.raises(UnknownPlanError):
        counter.desk.plans.withdraw(single.uid)


def test_books_are_hidden_where_study_material_is_free(counter: Counter) -> None:
    assert "books" in [head.code for head in counter.desk.plans.heads()]
    counter.desk.settings.put("rules.profile", "rajasthan-2025")
    codes = [head.code for head in counter.desk.plans.heads()]
    assert "material" in codes
    assert not {"books", "tuition", "late_fee", "bounce"} & set(codes)


def test_a_course_without_a_plan_is_one_due_today(
    counter: Counter, course: CourseRow, student: StudentSummary
) -> None:
    preview = counter.desk.plans.preview(course.uid)
    assert [(part.due_on, part.amount) for part in preview.parts] == [
        (today(counter), Money(56_640_00))
    ]
    assert counter.payments.quote(student.uid, course.uid).plan is None
    counter.payments.begin(student.uid, course.uid, Method.CASH)
    [due] = dues_of(counter, student, course)
    assert (due.state, due.amount_asked, due.head_code) == (
        DueState.PAID, Money(56_640_00), "tuition",
    )  # fmt: skip
    with counter.context.store.reading() as books:
        assert books.enrollments.terms_of(due.enrollment_uid) is None


def test_enrolling_by_a_plan_makes_its_dues(
    counter: Counter, course: CourseRow, student: StudentSummary
) -> None:
    heads = (PlanHead("registration", Money(1_000_00), spread=Spread.FIRST),)
    counter.desk.plans.save_late_rule("DAY", "₹50 a day", A_DAY)
    counter.desk.plans.add(course.uid, replace(EQUAL, heads=heads, late_rule_code="DAY"))
    done = counter.desk.enrolments.enrol(student.uid, course.uid)
    assert [(due.instalment, due.head, due.balance) for due in done.dues] == [
        (1, "tuition", Money(14_160_00)), (1, "registration", Money(1_000_00)),
        (2, "tuition", Money(14_160_00)), (3, "tuition", Money(14_160_00)),
        (4, "tuition", Money(14_160_00)),
    ]  # fmt: skip
    dues = dues_of(counter, student, course)
    assert [due.quote.label for due in dues][:2] == [
        "Physics XI · Morning · 1/4", "Registration · Physics XI · Morning",
    ]  # fmt: skip
    assert {due.sac for due in dues} == {"999293"}
    with counter.context.store.reading() as books:
        terms = books.enrollments.terms_of(done.enrollment_uid)
        assert terms is not None
        assert (terms.plan_code, from_text(terms.late_rule)) == ("EQ4", A_DAY)
        assert [each["head"] for each in json.loads(terms.quote)["heads"]] == [
            "tuition", "registration",
        ]  # fmt: skip
        assert books.enrollments.get(done.enrollment_uid).amount == Money(57_640_00)
    again = counter.desk.enrolments.enrol(student.uid, course.uid)
    assert again == done
    assert counter.context.store.reader.audit.first_unsealed() is None
    assert alarms(counter) == []


def test_later_changes_of_course_plan_and_rule_change_no_due(
    counter: Counter, course: CourseRow, student: StudentSummary
) -> None:
    counter.desk.plans.save_late_rule("DAY", "₹50 a day", A_DAY)
    row = counter.desk.plans.add(course.uid, replace(EQUAL, late_rule_code="DAY"))
    done = counter.desk.enrolments.enrol(student.uid, course.uid)
    counter.desk.plans.save_late_rule("DAY", "₹90 a day", replace(A_DAY, amount=Money(90_00)))
    counter.desk.plans.change(row.uid, replace(EQUAL, parts=2))
    counter.courses.change(course.uid, replace(course.course, fee=Money(80_000_00)))
    dues = dues_of(counter, student, course)
    assert [due.amount_asked for due in dues] == [Money(14_160_00)] * 4
    with counter.context.store.reading() as books:
        terms = books.enrollments.terms_of(done.enrollment_uid)
        assert terms is not None
        assert from_text(terms.late_rule) == A_DAY
    bill = counter.payments.quote(student.uid, course.uid)
    assert (bill.total, bill.plan and bill.plan.whole) == (Money(14_160_00), Money(56_640_00))


def test_the_bill_asks_for_today_and_names_what_follows(
    counter: Counter, course: CourseRow, student: StudentSummary
) -> None:
    counter.desk.plans.add(course.uid, replace(EQUAL, is_default=True))
    counter.desk.plans.add(course.uid, replace(EQUAL, code="TWO", title="2 parts", parts=2))
    bill = counter.payments.quote(student.uid, course.uid)
    assert (bill.total, len(bill.lines)) == (Money(14_160_00), 3)
    assert bill.plan is not None
    assert bill.plan.chosen == PlanChoice("EQ4", "4 instalments")
    assert [choice.code for choice in bill.plan.choices] == ["EQ4", "TWO"]
    assert bill.plan.whole == Money(56_640_00)
    assert [part.amount for part in bill.plan.later] == [Money(14_160_00)] * 3
    assert bill.plan.first_due_on == today(counter)
    other = counter.payments.quote(student.uid, course.uid, "TWO")
    assert other.total == Money(28_320_00)


def test_cash_pays_today_and_the_rest_stays_open(
    counter: Counter, course: CourseRow, student: StudentSummary
) -> None:
    counter.desk.plans.add(course.uid, EQUAL)
    paid = counter.payments.begin(student.uid, course.uid, Method.CASH, Money(14_160_00), "EQ4")
    assert paid.state is AttemptState.PAID
    assert [due.state for due in dues_of(counter, student, course)] == [
        DueState.PAID, DueState.OPEN, DueState.OPEN, DueState.OPEN,
    ]  # fmt: skip
    bill = counter.payments.quote(student.uid, course.uid)
    assert (bill.is_enrolled, bill.total, bill.obstacle) == (True, Money(14_160_00), "")
    assert bill.plan is not None
    assert bill.plan.first_due_on > today(counter)
    assert len(bill.plan.later) == 2
    assert bill.plan.whole == Money(56_640_00)
    with pytest.raises(AlreadyEnrolledError):
        counter.payments.begin(student.uid, course.uid, Method.CASH)
    for _ in range(3):
        bill = counter.payments.quote(student.uid, course.uid)
        counter.payments.begin(student.uid, course.uid, Method.CASH, bill.total)
    assert counter.payments.quote(student.uid, course.uid).is_paid
    assert alarms(counter) == []
    with counter.context.store.reading() as books:
        taxes = [
            share.tax
            for due in dues_of(counter, student, course)
            for share in books.allocations.of_due(due.uid)
        ]
    assert total(tax.total for tax in taxes) == Money(56_640_00)
    assert total(tax.taxable for tax in taxes) == Money(48_000_00)


def test_who_joins_late_owes_what_others_have_paid(
    counter: Counter, course: CourseRow, student: StudentSummary
) -> None:
    now = today(counter)
    days = [now + timedelta(days=after) for after in (-100, -10, 0, 30)]
    counter.desk.plans.add(course.uid, dated(*days))
    bill = counter.payments.quote(student.uid, course.uid)
    assert bill.total == Money(42_480_00)
    assert [line.label for line in bill.lines[:3]] == [
        f"Physics XI · Morning · {number}/4" for number in (1, 2, 3)
    ]
    assert bill.plan is not None
    assert bill.plan.later == (LaterPart(days[3], Money(14_160_00)),)
    view = counter.payments.begin(student.uid, course.uid, Method.AUTO, bill.total)
    view = counter.payments.open(view.uid)
    counter.pay(view)
    counter.polling.run()
    dues = dues_of(counter, student, course)
    assert [due.due_on for due in dues] == [now, now, now, days[3]]
    assert [due.state for due in dues] == [DueState.PAID] * 3 + [DueState.OPEN]
    assert alarms(counter) == []


def test_instalments_may_be_paid_ahead(
    counter: Counter, course: CourseRow, student: StudentSummary
) -> None:
    counter.desk.plans.add(course.uid, EQUAL)
    bill = counter.payments.quote(student.uid, course.uid, None, 1)
    assert (bill.total, bill.plan and bill.plan.ahead) == (Money(28_320_00), 1)
    with pytest.raises(PriceChangedError):
        counter.payments.begin(student.uid, course.uid, Method.CASH, bill.total)
    counter.payments.begin(student.uid, course.uid, Method.CASH, bill.total, ahead=1)
    assert [due.state for due in dues_of(counter, student, course)][:3] == [
        DueState.PAID, DueState.PAID, DueState.OPEN,
    ]  # fmt: skip
    rest = counter.payments.quote(student.uid, course.uid, None, 9)
    assert (rest.total, rest.plan and rest.plan.later) == (Money(28_320_00), ())


def test_what_is_not_due_yet_begins_with_the_first_instalment(
    counter: Counter, course: CourseRow, student: StudentSummary
) -> None:
    later = today(counter) + timedelta(days=20)
    counter.desk.plans.add(course.uid, dated(later, later + timedelta(days=30)))
    bill = counter.payments.quote(student.uid, course.uid)
    assert (bill.total, bill.plan and bill.plan.first_due_on) == (Money(28_320_00), later)


def test_a_payment_that_never_left_undoes_every_due_of_its_plan(
    counter: Counter, course: CourseRow, student: StudentSummary
) -> None:
    now = today(counter)
    counter.desk.plans.add(course.uid, dated(now - timedelta(days=1), now, now + timedelta(days=9)))
    counter.gateway.trouble("create_order", UnavailableError("cable"), times=9)
    view = counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    with pytest.raises(UnavailableError):
        counter.payments.open(view.uid)
    assert counter.payments.undo_unsent(view.uid)
    with counter.context.store.reading() as books:
        assert books.enrollments.current(student.uid, course.uid) is None
    assert counter.desk.enrolments.dues(DueFilter(student_uid=student.uid)) == ()
    assert alarms(counter) == []


def test_an_offer_that_changed_overnight_is_refused(
    counter: Counter, course: CourseRow, student: StudentSummary
) -> None:
    day = today(counter)
    counter.desk.plans.add(
        course.uid, dated(day, day + timedelta(days=1), day + timedelta(days=60))
    )
    bill = counter.payments.quote(student.uid, course.uid)
    counter.clock.advance(86_400)
    with pytest.raises(PriceChangedError) as caught:
        counter.payments.begin(student.uid, course.uid, Method.CASH, bill.total)
    assert (caught.value.quoted, caught.value.now) == (Money(18_880_00), Money(37_760_00))
    assert counter.ledger()["enrollments"] == []


def test_a_plan_is_chosen_by_its_code_and_only_while_it_is_offered(
    counter: Counter, course: CourseRow, student: StudentSummary
) -> None:
    now = today(counter)
    over = replace(EQUAL, code="OLD", offered_to=now - timedelta(days=1))
    counter.desk.plans.add(course.uid, over)
    for code in ("OLD", "NONE"):
        with pytest.raises(InvalidInputError) as caught:
            counter.payments.quote(student.uid, course.uid, code)
        assert caught.value.field == "plan"
    assert counter.payments.quote(student.uid, course.uid).total == Money(56_640_00)
    counter.desk.plans.add(course.uid, EQUAL)
    assert counter.payments.quote(student.uid, course.uid, " eq4 ").total == Money(14_160_00)


def test_a_refund_of_the_only_instalment_ends_the_enrolment_with_all_dues(
    counter: Counter, course: CourseRow, student: StudentSummary
) -> None:
    counter.desk.plans.add(course.uid, EQUAL)
    paid = counter.payments.begin(student.uid, course.uid, Method.CASH)
    payment = counter.ledger()["payments"][0]["id"]
    counter.desk.refunds.refund(payment, None, "left")
    assert paid.receipt_no
    with counter.context.store.reading() as books:
        assert books.enrollments.current(student.uid, course.uid) is None
    [row] = counter.ledger()["enrollments"]
    assert row["state"] == EnrollmentState.CANCELLED.value
    assert alarms(counter) == []


def test_plans_go_into_a_clean_book_and_not_their_enrolments(counter: Counter) -> None:
    from desktop_app.storage.clean_copy import COPIED

    order = [COPIED.index(name) for name in (
        "courses", "fee_heads", "late_rules", "fee_plans", "fee_plan_heads", "fee_plan_parts",
    )]  # fmt: skip
    assert order == sorted(order)


def test_a_course_ends_after_it_begins() -> None:
    with pytest.raises(InvalidInputError) as caught:
        make_course(
            code="X", title="X", fee=Money(100), starts_on=date(2026, 7, 1),
            ends_on=date(2026, 6, 30),
        )  # fmt: skip
    assert caught.value.field == "ends_on"


def test_an_instalment_that_is_due_later_is_not_due_now(
    counter: Counter, course: CourseRow, student: StudentSummary
) -> None:
    now = today(counter)
    days = [now, now + timedelta(days=30), now + timedelta(days=60)]
    counter.desk.plans.add(course.uid, dated(*days))
    counter.payments.begin(student.uid, course.uid, Method.CASH)
    [hit] = counter.students.search("R001")
    assert (hit.due, hit.is_enrolled) == (Money(0), True)
    [row] = counter.students.detail(student.uid).history
    assert (row.due, row.due_on) == (Money(0), None)
    assert (row.later, row.later_on) == (Money(37_760_00), days[1])
    assert counter.students.page(unpaid=True).total == 0
    assert counter.receipts.totals(None).pending == 0
    counter.clock.advance(31 * 86_400)
    [hit] = counter.students.search("R001")
    assert hit.due == Money(18_880_00)
    [row] = counter.students.detail(student.uid).history
    assert (row.due, row.due_on, row.later_on) == (Money(18_880_00), days[1], days[2])
    assert counter.students.page(unpaid=True).total == 1
    assert counter.receipts.totals(None).pending == 1


def test_an_enrolment_that_stays_after_a_refund_keeps_its_plan(
    counter: Counter, course: CourseRow, student: StudentSummary
) -> None:
    counter.desk.plans.save_late_rule("DAY", "₹50 a day", A_DAY)
    heads = (PlanHead("books", Money(2_000_00), spread=Spread.FIRST),)
    counter.desk.plans.add(course.uid, replace(EQUAL, heads=heads, late_rule_code="DAY"))
    counter.payments.begin(student.uid, course.uid, Method.CASH)
    before = dues_of(counter, student, course)
    counter.desk.refunds.refund(
        counter.ledger()["payments"][0]["id"], None, "paid by mistake",
        kept=[before[0].enrollment_uid],
    )  # fmt: skip
    after = dues_of(counter, student, course)
    assert [(due.instalment_no, due.head_code, due.treatment, due.due_on) for due in after] == [
        (due.instalment_no, due.head_code, due.treatment, due.due_on) for due in before
    ]
    assert {due.state for due in after} == {DueState.OPEN}
    with counter.context.store.reading() as books:
        terms = books.enrollments.terms_of(after[0].enrollment_uid)
    assert terms is not None
    assert (terms.plan_code, from_text(terms.late_rule)) == ("EQ4", A_DAY)
    assert alarms(counter) == []
