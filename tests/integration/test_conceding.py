"""Concessions on enrolments: less is asked, its tax is right, and it is taken back while unpaid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.concession_kinds import SHIPPED
from desktop_app.domain.concessions import ConcessionMeasure
from desktop_app.domain.courses import make_course
from desktop_app.domain.enrollment import DueState, EnrollmentState
from desktop_app.domain.errors import InvalidInputError, NoSeatError
from desktop_app.domain.money import Money, total
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.plans import FeePlan, PlanKind
from desktop_app.domain.tax import sum_of_parts, tax_of_gross
from desktop_app.services.errors import (
    DueCoveredError,
    PriceChangedError,
    UnavailableError,
    UnknownEnrollmentError,
)
from desktop_app.services.views.dues import LineKind
from desktop_app.services.views.enrolment import DueFilter
from desktop_app.services.views.fees import ConcessionWish
from desktop_app.services.views.payments import PaymentFilter

if TYPE_CHECKING:
    from desktop_app.services.fees.concessions import ConcessionService
    from desktop_app.services.ports.records import DueRecord
    from desktop_app.services.views.enrolment import CourseRow
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")
SIBLING, STAFF, MERIT, EARLY, OTHER = SHIPPED
WHY = "agreed with the family"
PHONE = "9845012345"


@dataclass(frozen=True)
class Centre:
    """A centre with GST, a course without tax in its price, and two brothers."""

    counter: Counter
    course: CourseRow
    asha: str
    rohan: str

    @property
    def concessions(self) -> ConcessionService:
        return self.counter.desk.concessions

    def enrolled(self, student: str, course: CourseRow | None = None) -> str:
        course = course or self.course
        return self.counter.desk.enrolments.enrol(student, course.uid).enrollment_uid

    def due(self, enrollment: str) -> DueRecord:
        with self.counter.context.store.reading() as books:
            return books.enrollments.due_of(enrollment)

    def state(self, enrollment: str) -> EnrollmentState:
        with self.counter.context.store.reading() as books:
            return books.enrollments.get(enrollment).state

    def put(self, key: str, value: str) -> None:
        self.counter.desk.settings.put(key, value)


def kind(code: str, **more: object) -> ConcessionWish:
    return ConcessionWish(code, reason=WHY, **more)  # type: ignore[arg-type]


def percent(bp: int) -> ConcessionWish:
    return kind("other", value=bp)


def amount(rupees: int) -> ConcessionWish:
    return kind("other", value=rupees * 100, measure=ConcessionMeasure.AMOUNT)


@pytest.fixture
def centre(counter: Counter) -> Centre:
    with counter.context.store.writing() as work:
        work.put_setting("centre.gstin", "27AAPFU0939F1ZV")
        work.commit()
    course = counter.courses.add(
        make_course(code="PHY-11", title="Physics XI", fee=Money(48_000_00), gst_bp=1_800,
                    tax_inclusive=False, seats=2)
    )  # fmt: skip
    asha, rohan = (
        counter.student(roll, name=name, guardian_phone=PHONE).uid
        for roll, name in (("R001", "Asha"), ("R002", "Rohan"))
    )
    return Centre(counter, course, asha, rohan)


def test_the_largest_of_a_group_counts_under_a_stated_cap(centre: Centre) -> None:
    centre.enrolled(centre.asha)
    enrollment = centre.enrolled(centre.rohan)
    wishes = [
        kind("early"), kind("sibling"), kind("staff", proof="E-112"),
        kind("merit", marks=9_200, proof="mark sheet"),
    ]  # fmt: skip
    preview = centre.concessions.preview(enrollment, wishes)
    assert (preview.asked, preview.given) == (Money(20_200_00), Money(19_200_00))
    assert (preview.listed, preview.total) == (Money(56_640_00), Money(33_984_00))
    assert preview.is_net
    assert preview.is_limited
    done = centre.concessions.concede(enrollment, wishes)
    assert (done.asked, done.given, done.off) == (
        Money(20_200_00), Money(19_200_00), Money(22_656_00),
    )  # fmt: skip
    tax = centre.due(enrollment).tax
    assert (tax.total, tax.taxable, tax.cgst, tax.sgst) == (
        Money(33_984_00), Money(28_800_00), Money(2_592_00), Money(2_592_00),
    )  # fmt: skip
    assert [due.balance for due in done.dues] == [Money(33_984_00)]


def test_the_order_in_which_concessions_come_makes_no_difference(centre: Centre) -> None:
    centre.enrolled(centre.asha)
    enrollment = centre.enrolled(centre.rohan)
    *_, done = [
        centre.concessions.concede(enrollment, [wish])
        for wish in (
            kind("sibling"), kind("early"), kind("staff", proof="E-112"),
            kind("merit", marks=9_200, proof="mark sheet"),
        )
    ]  # fmt: skip
    assert (done.asked, done.given) == (Money(20_200_00), Money(19_200_00))
    assert centre.due(enrollment).balance == Money(33_984_00)


@pytest.mark.parametrize("times", [1, 2])
def test_a_percentage_is_of_the_list_price_after_other_instalments_too(
    centre: Centre, times: int
) -> None:
    enrollment = centre.enrolled(centre.asha)
    centre.concessions.concede(enrollment, [percent(1_000)])
    for at in range(times):
        days = [date(2027, 1, 1 + at), date(2027, 2, 1 + at)]
        centre.counter.desk.changes.replan(enrollment, days, WHY)
    done = centre.concessions.concede(enrollment, [kind("merit", marks=9_200, proof="mark sheet")])
    assert (done.given, done.off) == (Money(12_000_00), Money(8_496_00))
    assert total(due.balance for due in done.dues) == Money(56_640_00 - 5_664_00 - 8_496_00)
    first, second = centre.concessions.of_enrollment(enrollment)
    assert (first.is_fixed, second.is_fixed) == (True, False)


def test_a_fee_that_was_refunded_is_no_part_of_the_list_price(centre: Centre) -> None:
    enrollment = centre.enrolled(centre.asha)
    days = [date(2027, 1, 1), date(2027, 2, 1)]
    changed = centre.counter.desk.changes.replan(enrollment, days, WHY)
    centre.concessions.concede(enrollment, [percent(1_000)])
    counter = centre.counter
    counter.payments.begin_dues({changed.dues[0].uid: None}, Method.CASH)
    counter.payments.begin_dues({changed.dues[1].uid: Money(1_000_00)}, Method.CASH)
    [payment, *_] = reversed(counter.context.store.reader.payments.page(PaymentFilter(), 0, 9).rows)
    counter.desk.refunds.refund(payment.uid, None, WHY)
    preview = centre.concessions.preview(enrollment, [])
    assert preview.listed == Money(28_320_00)


def test_a_sibling_concession_needs_an_earlier_brother_or_sister(centre: Centre) -> None:
    elder = centre.enrolled(centre.asha)
    with pytest.raises(InvalidInputError, match="enrolled earlier"):
        centre.concessions.concede(elder, [kind("sibling")])
    younger = centre.enrolled(centre.rohan)
    centre.concessions.concede(younger, [kind("sibling")])
    assert centre.due(younger).balance == Money(50_976_00)
    with pytest.raises(InvalidInputError, match="enrolled earlier"):  # given to the later one only
        centre.concessions.concede(elder, [kind("sibling")])
    with pytest.raises(InvalidInputError, match="already has this"):
        centre.concessions.concede(younger, [kind("sibling")])


def test_a_brother_whose_course_is_over_is_none_for_a_sibling_concession(centre: Centre) -> None:
    centre.enrolled(centre.asha)
    with centre.counter.context.store.writing() as work:
        course = work.courses.get(centre.course.uid)
        assert course is not None
        work.courses.change(
            centre.course.uid, replace(course, ends_on=date(2020, 1, 1)),
            centre.counter.context.now(),
        )  # fmt: skip
        work.commit()
    other = centre.counter.course("CHE-11")
    younger = centre.enrolled(centre.rohan, other)
    with pytest.raises(InvalidInputError, match="enrolled earlier"):
        centre.concessions.concede(younger, [kind("sibling")])


def test_parts_of_a_conceded_due_sum_to_its_own_tax(centre: Centre) -> None:
    enrollment = centre.enrolled(centre.asha)
    centre.concessions.concede(enrollment, [amount(1_000)])
    due = centre.due(enrollment)
    assert due.tax == tax_of_gross(Money(55_460_00), 1_800)
    for part in (Money(3_333_33), Money(20_000_01), None):
        paid = centre.counter.payments.begin_dues({due.uid: part}, Method.CASH)
        assert paid.state is AttemptState.PAID
    with centre.counter.context.store.reading() as books:
        allocated = [each.tax for each in books.allocations.of_due(due.uid)]
    assert sum(tax.taxable.paise for tax in allocated) == due.tax.taxable.paise
    assert sum(tax.cgst.paise for tax in allocated) == due.tax.cgst.paise
    assert centre.due(enrollment).state is DueState.PAID


def test_a_concession_after_a_part_payment_reduces_what_is_left(centre: Centre) -> None:
    enrollment = centre.enrolled(centre.asha)
    due = centre.due(enrollment)
    centre.counter.payments.begin_dues({due.uid: Money(50_000_00)}, Method.CASH)
    preview = centre.concessions.preview(enrollment, [percent(4_000)])
    assert preview.is_over_open
    assert (preview.off, preview.total) == (Money(6_640_00), Money(0))
    centre.concessions.concede(enrollment, [percent(1_000)])
    assert centre.due(enrollment).balance == Money(976_00)
    paid = centre.counter.payments.begin_dues({due.uid: None}, Method.CASH)
    assert paid.state is AttemptState.PAID
    with centre.counter.context.store.reading() as books:
        allocated = [each.tax for each in books.allocations.of_due(due.uid)]
    assert (
        sum(tax.cgst.paise for tax in allocated) == tax_of_gross(Money(50_976_00), 1_800).cgst.paise
    )


def test_where_a_concession_takes_the_whole_rest_the_tax_is_what_the_receipts_show(
    centre: Centre,
) -> None:
    for_odd = centre.counter.course("ODD", fee=Money(1_004_43))
    enrollment = centre.enrolled(centre.asha, for_odd)
    due = centre.due(enrollment)
    centre.counter.payments.begin_dues({due.uid: Money(620_22)}, Method.CASH)
    centre.concessions.concede(enrollment, [kind("early")])
    after = centre.due(enrollment)
    assert (after.state, after.amount_asked) == (DueState.PAID, Money(620_22))
    with centre.counter.context.store.reading() as books:
        parts = sum_of_parts(after.tax, (e.tax for e in books.allocations.of_due(due.uid)))
    assert after.tax == parts
    assert parts.cgst.paise - tax_of_gross(Money(620_22), 1_800).cgst.paise == 1


def test_a_whole_scholarship_enrols_without_a_payment(centre: Centre) -> None:
    scholarship = replace(OTHER, code="scholarship", title="Scholarship", value=10_000,
                          ignores_cap=True)  # fmt: skip
    centre.concessions.save_kind(scholarship)
    centre.enrolled(centre.asha)
    enrollment = centre.enrolled(centre.rohan)
    done = centre.concessions.concede(enrollment, [kind("sibling"), kind("scholarship")])
    assert done.is_free
    assert done.given == Money(48_000_00)
    assert done.dues == ()
    assert centre.state(enrollment) is EnrollmentState.ACTIVE
    assert centre.counter.desk.enrolments.dues(DueFilter(student_uid=centre.rohan)) == ()
    assert centre.counter.ledger()["receipts"] == []


def test_an_enrolment_without_a_payment_needs_a_seat(centre: Centre) -> None:
    full = centre.counter.course("CHE-11", seats=1)
    enrollment = centre.enrolled(centre.rohan, full)
    paid = centre.counter.payments.begin(centre.asha, full.uid, Method.CASH)
    assert paid.state is AttemptState.PAID
    centre.put("concessions.cap_bp", "10000")
    with pytest.raises(NoSeatError):
        centre.concessions.concede(enrollment, [percent(10_000)])
    assert centre.state(enrollment) is EnrollmentState.PENDING
    assert centre.due(enrollment).balance == Money(11_800_00)


def test_a_concession_is_taken_back_while_nothing_is_paid(centre: Centre) -> None:
    centre.enrolled(centre.asha)
    enrollment = centre.enrolled(centre.rohan)
    centre.concessions.concede(enrollment, [kind("sibling"), kind("early")])
    sibling, early = centre.concessions.of_enrollment(enrollment)
    assert {sibling.code, early.code} == {"sibling", "early"}
    uid = sibling.uid if sibling.code == "sibling" else early.uid
    with pytest.raises(InvalidInputError):
        centre.concessions.take_back(uid, "  ")
    centre.concessions.take_back(uid, "no brother after all")
    assert centre.due(enrollment).balance == Money(56_640_00 - 1_180_00)
    with pytest.raises(InvalidInputError, match="already removed this concession"):
        centre.concessions.take_back(uid, "again")
    centre.counter.payments.begin_dues({centre.due(enrollment).uid: Money(1_000_00)}, Method.CASH)
    (left,) = centre.concessions.of_enrollment(enrollment)
    assert left.is_fixed
    with pytest.raises(InvalidInputError, match="already paid"):
        centre.concessions.take_back(left.uid, "too late")


def test_the_next_of_a_group_counts_when_the_largest_is_taken_back(centre: Centre) -> None:
    centre.enrolled(centre.asha)
    enrollment = centre.enrolled(centre.rohan)
    centre.concessions.concede(enrollment, [kind("sibling")])
    centre.concessions.concede(enrollment, [kind("staff", proof="E-112")])
    by_code = {row.code: row for row in centre.concessions.of_enrollment(enrollment)}
    assert by_code["staff"].amount == Money(7_200_00)  # beside the sibling's 4,800
    centre.concessions.take_back(by_code["sibling"].uid, "wrong family")
    assert centre.due(enrollment).balance == Money(56_640_00 - 14_160_00)
    given = centre.concessions.of_enrollment(enrollment)
    assert sum(row.amount.paise for row in given) == 12_000_00
    assert {row.code for row in given} == {"staff"}


def test_a_smaller_concession_of_a_group_gives_nothing_more(centre: Centre) -> None:
    centre.enrolled(centre.asha)
    enrollment = centre.enrolled(centre.rohan)
    centre.concessions.concede(enrollment, [kind("staff", proof="E-112")])
    with pytest.raises(InvalidInputError, match="larger concession already applies"):
        centre.concessions.concede(enrollment, [kind("sibling")])
    paid = centre.counter.payments.begin_dues({centre.due(enrollment).uid: None}, Method.CASH)
    assert paid.state is AttemptState.PAID
    with pytest.raises(InvalidInputError, match="nothing left to reduce"):
        centre.concessions.concede(enrollment, [percent(3_000)])


def test_no_concession_changes_a_due_that_a_live_payment_offers(centre: Centre) -> None:
    enrollment = centre.enrolled(centre.asha)
    centre.counter.payments.begin_dues({centre.due(enrollment).uid: None}, Method.UPI_INTENT)
    with pytest.raises(DueCoveredError):
        centre.concessions.concede(enrollment, [percent(1_000)])
    assert centre.due(enrollment).balance == Money(56_640_00)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (ConcessionWish("sibling"), "concession"),
        (kind("nothing"), "concession"),
        (ConcessionWish("early", reason=" - "), "reason"),
        (kind("staff"), "proof"),
        (kind("merit", proof="sheet"), "marks"),
        (kind("merit", proof="sheet", marks=7_999), "marks"),
        (kind("other"), "value"),
        (percent(10_001), "value"),
        (amount(-1), "value"),
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(
    centre: Centre, wish: ConcessionWish, field: str
) -> None:
    enrollment = centre.enrolled(centre.rohan)
    with pytest.raises(InvalidInputError) as refused:
        centre.concessions.concede(enrollment, [wish])
    assert refused.value.field == field
    assert centre.due(enrollment).balance == Money(56_640_00)


def test_the_same_concession_twice_is_refused(centre: Centre) -> None:
    enrollment = centre.enrolled(centre.rohan)
    with pytest.raises(InvalidInputError, match="twice"):
        centre.concessions.concede(enrollment, [percent(100), percent(200)])


def test_a_concession_of_a_fee_that_was_written_off_is_refused(centre: Centre) -> None:
    enrollment = centre.enrolled(centre.rohan)
    centre.concessions.concede(enrollment, [percent(100)])
    centre.counter.desk.dues.write_off(centre.due(enrollment).uid, "moved away")
    with pytest.raises(InvalidInputError, match="at most"):
        centre.concessions.concede(enrollment, [amount(100)])


def test_an_early_bird_is_decided_by_the_day_of_the_offer(centre: Centre) -> None:
    centre.concessions.save_kind(replace(EARLY, valid_to=date(2026, 11, 20)))
    today = centre.counter.clock.now().date()
    centre.concessions.save_kind(replace(EARLY, valid_to=today))
    first, second = centre.enrolled(centre.asha), centre.enrolled(centre.rohan)
    centre.concessions.concede(first, [kind("early")])
    centre.counter.clock.advance(2 * 86_400)
    with pytest.raises(InvalidInputError, match="ended on"):
        centre.concessions.concede(second, [kind("early")])
    paid = centre.counter.payments.begin_dues({centre.due(first).uid: None}, Method.CASH)
    assert paid.amount == Money(55_460_00)  # it was agreed on its last day


def test_the_desk_gives_no_more_than_it_may(centre: Centre) -> None:
    enrollment = centre.enrolled(centre.asha)
    centre.put("concessions.limit_bp", "500")
    with pytest.raises(InvalidInputError, match="at most ₹2,400"):
        centre.concessions.concede(enrollment, [percent(600)])
    centre.put("concessions.limit_paise", "100000")
    with pytest.raises(InvalidInputError, match="at most ₹1,000"):
        centre.concessions.concede(enrollment, [percent(500)])
    centre.concessions.concede(enrollment, [percent(200)])
    with pytest.raises(InvalidInputError, match="at most ₹1,000"):  # all together
        centre.concessions.concede(enrollment, [kind("early")])


def test_an_edited_kind_leaves_what_was_given(centre: Centre) -> None:
    centre.enrolled(centre.asha)
    enrollment = centre.enrolled(centre.rohan)
    centre.concessions.concede(enrollment, [kind("sibling")])
    centre.concessions.save_kind(replace(SIBLING, value=3_000))
    centre.concessions.concede(enrollment, [kind("early")])
    assert centre.due(enrollment).balance == Money(50_976_00 - 1_180_00)
    centre.concessions.save_kind(SIBLING, is_archived=True)
    archived = {each.kind.code for each in centre.concessions.kinds() if each.is_archived}
    assert archived == {"sibling"}
    other = centre.enrolled(centre.rohan, centre.counter.course("CHE-11"))
    with pytest.raises(InvalidInputError, match="no concession"):
        centre.concessions.concede(other, [kind("sibling")])


def test_an_unknown_enrolment_is_named(centre: Centre) -> None:
    with pytest.raises(UnknownEnrollmentError):
        centre.concessions.concede("none", [percent(100)])


def test_what_is_previewed_at_the_counter_is_what_is_collected(centre: Centre) -> None:
    centre.counter.desk.plans.add(
        centre.course.uid, FeePlan("EQ4", "4 instalments", PlanKind.EQUAL, 4, is_default=True)
    )
    centre.enrolled(centre.asha)
    wishes = [kind("sibling"), kind("early")]
    offers = {each.kind.code: each for each in centre.concessions.offers(
        centre.rohan, centre.course.uid)}  # fmt: skip
    assert offers["sibling"].is_suggested
    assert offers["sibling"].worth == Money(4_800_00)
    assert offers["merit"].worth is None
    preview = centre.concessions.quote(centre.rohan, centre.course.uid, wishes)
    assert preview.listed == Money(56_640_00)
    assert preview.off == Money(6_844_00)
    assert preview.now == Money(12_449_00)
    assert sum(line.amount.paise for line in preview.lines) == 12_449_00
    assert preview.lines[1].label == "Concession: Early bird, Sibling"
    agree = centre.concessions.agreed(wishes)
    fee = (centre.rohan, centre.course.uid, Method.CASH)
    with pytest.raises(PriceChangedError):
        centre.counter.payments.begin(*fee, Money(14_160_00), agree=agree)
    assert centre.counter.ledger()["payments"] == []
    paid = centre.counter.payments.begin(*fee, preview.now, agree=agree)
    assert (paid.state, paid.amount) == (AttemptState.PAID, preview.now)
    receipt = centre.counter.receipts.latest()
    assert receipt is not None
    assert [(line.label.replace("Instalment ", ""), line.amount) for line in receipt.lines] == [
        (line.label, line.amount) for line in preview.lines
    ]
    assert receipt.lines[1].label_hi == "छूट: अर्ली बर्ड, भाई-बहन"
    bill = centre.counter.payments.quote(centre.rohan, centre.course.uid)
    assert bill.total == Money(12_449_00)
    given = centre.concessions.of_enrollment(
        centre.concessions.enrollment_of(centre.rohan, centre.course.uid)
    )
    assert sum(row.off.paise for row in given) == 6_844_00


def test_a_part_payment_shows_its_share_of_the_list_price(centre: Centre) -> None:
    enrollment = centre.enrolled(centre.asha)
    centre.concessions.concede(enrollment, [percent(1_000)])
    due = centre.due(enrollment)
    for part in (Money(20_000_00), None):
        centre.counter.payments.begin_dues({due.uid: part}, Method.CASH)
        receipt = centre.counter.receipts.latest()
        assert receipt is not None
        assert [line.label for line in receipt.lines] == [
            "Physics XI", "Concession: Other", "CGST 9 %", "SGST 9 %",
        ]  # fmt: skip
        assert sum(line.amount.paise for line in receipt.lines) == receipt.amount.paise
        assert receipt.lines[1].amount < Money(0)


def test_a_fee_that_could_not_be_sent_keeps_no_concession(centre: Centre) -> None:
    agree = centre.concessions.agreed([percent(1_000)])
    centre.counter.gateway.trouble("create_order", UnavailableError("cable"), times=9)
    view = centre.counter.payments.begin(
        centre.asha, centre.course.uid, Method.UPI_INTENT, agree=agree
    )
    with pytest.raises(UnavailableError):
        centre.counter.payments.open(view.uid)
    centre.counter.payments.undo_unsent(view.uid)
    bill = centre.counter.payments.quote(centre.asha, centre.course.uid)
    assert bill.total == Money(56_640_00)


def test_the_statement_names_the_concession_and_its_reason(centre: Centre) -> None:
    centre.enrolled(centre.asha)
    enrollment = centre.enrolled(centre.rohan)
    centre.concessions.concede(enrollment, [kind("sibling"), percent(500)])
    account = centre.counter.desk.dues.account(centre.rohan)
    said = [line.about for line in account.lines if line.kind is LineKind.CONCESSION]
    assert sorted(said) == [f"Physics XI · {title} · {WHY}" for title in ("Other", "Sibling")]
    assert account.balance == account.standing.balance


def test_the_students_page_says_who_is_free_by_concession(centre: Centre) -> None:
    centre.put("concessions.cap_bp", "10000")
    enrollment = centre.enrolled(centre.asha)
    centre.concessions.concede(enrollment, [percent(10_000)])
    (row,) = centre.counter.students.detail(centre.asha).history
    assert row.is_free
    assert not row.due
    other = centre.enrolled(centre.rohan)
    assert other
    (row,) = centre.counter.students.detail(centre.rohan).history
    assert not row.is_free
