"""Replanning, transfers to another batch and changes of course, on the real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.course_change import ChangeMode
from desktop_app.domain.courses import make_course
from desktop_app.domain.enrollment import DueState
from desktop_app.domain.errors import AlreadyEnrolledError, InvalidInputError, NoSeatError
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.payment import Method
from desktop_app.domain.plans import FeePlan, PlanHead, PlanKind, PlanPart, Spread
from desktop_app.services.errors import ChequeCoversError, OpenAttemptError, UnknownDueError
from desktop_app.services.maintenance.audit_verification import AuditVerifier
from desktop_app.services.views.dues import Decision
from tests.integration.test_cheques import CHEQUE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.services.ports.records import DueRecord
    from desktop_app.services.views.enrolment import CourseRow, StudentSummary
    from tests.integration.conftest import Counter

JULY, OCTOBER, MARCH = date(2026, 7, 1), date(2026, 10, 1), date(2027, 3, 31)
PARTS = tuple(PlanPart(due_on=day) for day in (JULY, OCTOBER, date(2027, 1, 1), date(2027, 3, 1)))
PLAN = FeePlan("FOUR", "4 instalments", PlanKind.DATES, 4, rows=PARTS)
A, B = Money(56_640_00), Money(82_600_00)


@pytest.fixture(autouse=True)
def sound(counter: Counter) -> Iterator[None]:
    """Begin in July at a registered centre; fail a test that leaves the books unsound."""
    counter.clock.at = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)
    counter.desk.settings.put("centre.gstin", "27AAPFU0939F1ZV")
    yield
    assert counter.context.store.reader.balances.differences() == ()
    assert AuditVerifier(counter.context).verify() is None


def course(counter: Counter, code: str, fee: Money, *, seats: int | None = 10) -> CourseRow:
    row = counter.courses.add(
        make_course(
            code=code, title=code, fee=fee, gst_bp=1_800, seats=seats, starts_on=JULY,
            ends_on=MARCH,
        )
    )  # fmt: skip
    counter.desk.plans.add(row.uid, PLAN)
    return row


def enrolled(counter: Counter, row: CourseRow, paid: int, roll: str = "R001") -> str:
    """Enrol a student by the plan and pay so many instalments in cash."""
    student = counter.student(roll)
    uid = counter.desk.enrolments.enrol(student.uid, row.uid).enrollment_uid
    for due in dues_of(counter, uid)[:paid]:
        counter.payments.begin_dues({due.uid: None}, Method.CASH)
    return uid


def dues_of(counter: Counter, uid: str) -> list[DueRecord]:
    with counter.context.store.reading() as books:
        return list(books.enrollments.dues_of(uid))


def open_amounts(counter: Counter, uid: str) -> list[int]:
    return [due.balance.paise for due in dues_of(counter, uid) if due.is_payable]


def student(counter: Counter) -> StudentSummary:
    return counter.students.find("R001")


# --- previews


def test_a_preview_of_other_instalments_is_what_replanning_makes(counter: Counter) -> None:
    uid = enrolled(counter, course(counter, "PHY", A), 1)
    days = [date(2026, 12, 1), date(2027, 2, 1)]
    preview = counter.desk.changes.preview_replan(uid, days)
    assert [part.due_on for part in preview.before] == [OCTOBER, *(p.due_on for p in PARTS[2:])]
    assert total(part.amount for part in preview.before) == Money(42_480_00)
    assert open_amounts(counter, uid) == [14_160_00] * 3
    changed = counter.desk.changes.replan(uid, days, "father lost his job")
    assert [(due.due_on, due.balance) for due in changed.dues] == list(preview.after)


def test_a_preview_of_another_batch_and_the_courses_that_are_offered(counter: Counter) -> None:
    old, other = course(counter, "PHY", A), course(counter, "CHE", B)
    batch = counter.courses.add(
        make_course(code="PHY-B", title="PHY", fee=A, gst_bp=1_800, seats=1,
                    starts_on=JULY + timedelta(days=14), ends_on=MARCH)
    )  # fmt: skip
    uid = enrolled(counter, old, 1)
    changes = counter.desk.changes
    assert [row.uid for row in changes.courses_for(uid, is_batch=True)] == [batch.uid]
    assert [row.uid for row in changes.courses_for(uid, is_batch=False)] == [other.uid, batch.uid]
    preview = changes.preview_transfer(uid, batch.uid, shifts_dates=True)
    assert [part.due_on for part in preview.after] == [
        part.due_on + timedelta(days=14) for part in preview.before
    ]
    assert changes.preview_transfer(uid, batch.uid).after == preview.before
    with pytest.raises(InvalidInputError, match="different fee"):
        changes.preview_transfer(uid, other.uid)
    moved = changes.transfer(uid, batch.uid, "mornings", shifts_dates=True)
    assert [(due.due_on, due.balance) for due in moved.dues] == list(preview.after)


def test_a_quote_of_another_course_shows_what_it_takes_the_place_of(counter: Counter) -> None:
    uid = enrolled(counter, course(counter, "PHY", A), 2)
    new = course(counter, "CHE", B)
    quote = counter.desk.changes.quote(uid, new.uid, ChangeMode.DIFFERENCE)
    assert [part.amount for part in quote.before] == [Money(14_160_00)] * 2
    assert [part.amount for part in quote.parts] == [Money(27_140_00)] * 2


# --- replanning


def test_three_open_instalments_become_two(counter: Counter) -> None:
    uid = enrolled(counter, course(counter, "PHY", A), 1)
    days = [date(2026, 12, 1), date(2027, 2, 1)]
    changed = counter.desk.changes.replan(uid, days, "father lost his job")
    assert [(due.due_on, due.balance) for due in changed.dues] == [
        (day, Money(21_240_00)) for day in days
    ]
    assert [due.instalment for due in changed.dues] == [5, 6]
    states = [due.state for due in dues_of(counter, uid)]
    assert states == [DueState.PAID, *[DueState.CANCELLED] * 3, DueState.OPEN, DueState.OPEN]
    assert dues_of(counter, uid)[-1].quote.label == "PHY · 6"


def test_a_part_that_is_paid_stays_and_the_rest_moves(counter: Counter) -> None:
    uid = enrolled(counter, course(counter, "PHY", A), 1)
    second = dues_of(counter, uid)[1]
    counter.payments.begin_dues({second.uid: Money(5_000_00)}, Method.CASH)
    counter.desk.changes.replan(uid, [date(2027, 2, 1)], "one date")
    kept = dues_of(counter, uid)[1]
    assert (kept.state, kept.paid, kept.balance) == (DueState.PAID, Money(5_000_00), ZERO)
    assert open_amounts(counter, uid) == [37_480_00]
    paid = total(due.paid for due in dues_of(counter, uid))
    assert paid + Money(37_480_00) == A


def test_every_head_keeps_its_rate_and_sum(counter: Counter) -> None:
    row = course(counter, "PHY", A)
    plan = counter.desk.plans.of_course(row.uid)[0]
    books = PlanHead("books", Money(2_000_00), spread=Spread.PLAN)
    counter.desk.plans.change(plan.uid, PLAN.__class__(
        "FOUR", "4", PlanKind.DATES, 4, rows=PARTS, heads=(books,)))  # fmt: skip
    uid = enrolled(counter, row, 0)
    counter.desk.changes.replan(uid, [date(2026, 8, 1), date(2026, 9, 1)], "two dates")
    found = [due for due in dues_of(counter, uid) if due.is_payable]
    sums = {code: total(d.balance for d in found if d.head_code == code)
            for code in ("tuition", "books")}  # fmt: skip
    assert sums == {"tuition": A, "books": Money(2_000_00)}
    assert {due.quote.tax.rate_bp for due in found if due.head_code == "books"} == {0}
    assert {due.treatment for due in found if due.head_code == "books"} == {"exempt"}
    assert {d.quote.label for d in found} == {
        "PHY · 5", "PHY · 6", "Books · PHY · 5", "Books · PHY · 6",
    }  # fmt: skip


def test_a_due_in_a_live_payment_is_not_replaced(counter: Counter) -> None:
    uid = enrolled(counter, course(counter, "PHY", A), 1)
    due = dues_of(counter, uid)[1]
    view = counter.payments.begin_dues({due.uid: None}, Method.QR_CODE)
    counter.payments.open(view.uid)
    with pytest.raises(OpenAttemptError) as caught:
        counter.desk.changes.replan(uid, [date(2026, 12, 1)], "later")
    assert caught.value.attempt_uid == view.uid
    assert open_amounts(counter, uid) == [14_160_00] * 3
    counter.payments.cancel(view.uid)
    counter.desk.changes.replan(uid, [date(2026, 12, 1)], "later")
    assert open_amounts(counter, uid) == [42_480_00]


def test_a_due_that_a_cheque_covers_names_the_cheque(counter: Counter) -> None:
    uid = enrolled(counter, course(counter, "PHY", A), 1)
    due = dues_of(counter, uid)[1]
    typed = replace(CHEQUE, amount=due.balance, dated=JULY)
    view = counter.payments.begin_dues({due.uid: None}, Method.CHEQUE, typed=typed)
    with pytest.raises(ChequeCoversError) as caught:
        counter.desk.changes.replan(uid, [date(2026, 12, 1)], "later")
    assert caught.value.slip_no == counter.desk.cheques.one(view.uid).slip_no
    assert open_amounts(counter, uid) == [14_160_00] * 3


@pytest.mark.parametrize(
    ("days", "reason", "field"),
    [
        ([date(2026, 12, 1)], "  ", "reason"),
        ([date(2026, 12, 1), date(2026, 12, 1)], "later", "dates"),
        ([date(2026, 6, 30)], "later", "dates"),
        ([], "later", "parts"),
    ],
)
def test_a_replan_that_does_not_fit_writes_nothing(
    counter: Counter, days: list[date], reason: str, field: str
) -> None:
    uid = enrolled(counter, course(counter, "PHY", A), 1)
    with pytest.raises(InvalidInputError) as caught:
        counter.desk.changes.replan(uid, days, reason)
    assert caught.value.field == field
    assert open_amounts(counter, uid) == [14_160_00] * 3


def test_an_enrolment_that_is_paid_or_unknown_is_not_replanned(counter: Counter) -> None:
    uid = enrolled(counter, course(counter, "PHY", A), 4)
    with pytest.raises(InvalidInputError):
        counter.desk.changes.replan(uid, [date(2026, 12, 1)], "later")
    with pytest.raises(UnknownDueError):
        counter.desk.changes.replan("none", [date(2026, 12, 1)], "later")


# --- another batch


def test_a_transfer_keeps_the_dues_and_takes_the_seat_along(counter: Counter) -> None:
    old, new = course(counter, "MORNING", A, seats=1), course(counter, "EVENING", A, seats=1)
    uid = enrolled(counter, old, 1)
    before = dues_of(counter, uid)
    counter.desk.changes.transfer(uid, new.uid, "moved house")
    assert dues_of(counter, uid) == before
    seats = {row.course.code: row.seats_left for row in counter.courses.search("")}
    assert seats == {"MORNING": 1, "EVENING": 0}
    [row] = counter.students.detail(student(counter).uid).history
    assert (row.course_code, row.course_label) == ("EVENING", "EVENING")
    with pytest.raises(NoSeatError):
        counter.desk.changes.transfer(enrolled(counter, old, 1, "R002"), new.uid, "too")


def test_a_transfer_may_shift_the_dates_of_open_dues(counter: Counter) -> None:
    old = course(counter, "MORNING", A)
    new = counter.courses.add(
        make_course(code="LATER", title="LATER", fee=A, gst_bp=1_800,
                    starts_on=JULY + timedelta(days=31), ends_on=MARCH)
    )  # fmt: skip
    uid = enrolled(counter, old, 1)
    changed = counter.desk.changes.transfer(uid, new.uid, "later batch", shifts_dates=True)
    assert [due.due_on for due in changed.dues] == [
        date(2026, 11, 1), date(2027, 2, 1), date(2027, 4, 1),
    ]  # fmt: skip
    assert counter.payments.quote(student(counter).uid, new.uid).plan is not None


def test_a_batch_of_another_fee_or_of_the_same_student_is_refused(counter: Counter) -> None:
    old, dearer = course(counter, "MORNING", A), course(counter, "DEARER", B)
    uid = enrolled(counter, old, 1)
    with pytest.raises(InvalidInputError) as caught:
        counter.desk.changes.transfer(uid, dearer.uid, "better")
    assert caught.value.field == "course"
    same = course(counter, "SAME", A)
    counter.desk.enrolments.enrol(student(counter).uid, same.uid)
    with pytest.raises(AlreadyEnrolledError):
        counter.desk.changes.transfer(uid, same.uid, "again")


# --- another course


def test_a_dearer_course_by_days(counter: Counter) -> None:
    old, new = course(counter, "A", A), course(counter, "B", B)
    uid = enrolled(counter, old, 2)
    counter.clock.at = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)
    found = counter.desk.changes.quote(uid, new.uid, ChangeMode.PRORATE)
    assert (found.keep, found.charge, found.paid) == (  # V1.16
        Money(19_017_81), Money(54_865_69), Money(28_320_00),
    )  # fmt: skip
    assert [amount for _, amount in found.parts] == [Money(22_781_00), Money(22_782_50)]
    changed = counter.desk.changes.change(uid, new.uid, ChangeMode.PRORATE, "wants both")
    assert [due.balance for due in changed.dues] == [Money(22_781_00), Money(22_782_50)]
    assert {due.course_code for due in changed.dues} == {"B"}
    assert changed.credit == ZERO
    paid = total(due.paid for due in dues_of(counter, uid))
    assert paid + total(due.balance for due in changed.dues) == found.keep + found.charge


def test_a_cheaper_course_leaves_credit(counter: Counter) -> None:
    old, new = course(counter, "B", B), course(counter, "A", A)
    uid = enrolled(counter, old, 4)
    counter.clock.at = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)
    changed = counter.desk.changes.change(uid, new.uid, ChangeMode.PRORATE, "too hard")
    assert (changed.dues, changed.credit) == ((), Money(17_243_52))  # V1.18
    with counter.context.store.reading() as books:
        assert books.credits.balance(student(counter).uid) == Money(17_243_52)
    assert total(due.paid for due in dues_of(counter, uid)) == Money(65_356_48)
    assert counter.payments.quote(student(counter).uid, new.uid).is_paid


def test_the_difference_is_added_to_the_open_instalments(counter: Counter) -> None:
    old, new = course(counter, "A", A), course(counter, "B", B)
    uid = enrolled(counter, old, 2)
    changed = counter.desk.changes.change(uid, new.uid, ChangeMode.DIFFERENCE, "upgrade")
    assert [due.balance for due in changed.dues] == [Money(27_140_00)] * 2  # V1.19
    down = counter.desk.changes.quote(uid, old.uid, ChangeMode.DIFFERENCE)
    assert (down.owed, down.credit) == (Money(28_320_00), ZERO)


def test_a_lower_fee_than_was_paid_becomes_credit(counter: Counter) -> None:
    old, new = course(counter, "B", B), course(counter, "A", A)
    uid = enrolled(counter, old, 4)
    changed = counter.desk.changes.change(uid, new.uid, ChangeMode.DIFFERENCE, "cheaper")
    assert changed.credit == B - A
    account = counter.desk.dues.account(student(counter).uid)
    kinds = [each.kind.value for each in account.lines if each.amount > ZERO]
    assert "kept" in kinds, "it stays as credit"
    assert "taken_back" not in kinds, "no money went back"
    [enrolment] = counter.students.detail(student(counter).uid).history
    assert (enrolment.asked, enrolment.amount) == (A, B), "the fee of today, not the one of then"


def test_without_dates_or_without_a_payment_a_course_is_not_changed(counter: Counter) -> None:
    old = course(counter, "A", A)
    dateless = counter.courses.add(make_course(code="X", title="X", fee=B, gst_bp=1_800))
    uid = enrolled(counter, old, 1)
    with pytest.raises(InvalidInputError) as caught:
        counter.desk.changes.change(uid, dateless.uid, ChangeMode.PRORATE, "switch")
    assert caught.value.field == "course"
    pending = enrolled(counter, old, 0, "R002")
    with pytest.raises(InvalidInputError) as caught:
        counter.desk.changes.change(pending, dateless.uid, ChangeMode.DIFFERENCE, "switch")
    assert caught.value.field == "enrollment"


@pytest.mark.parametrize(("more", "asked"), [(50, []), (99, []), (100, [100])])
def test_a_difference_that_nobody_can_pay_is_not_asked_for(
    counter: Counter, more: int, asked: list[int]
) -> None:
    old = counter.courses.add(make_course(code="OLD", title="OLD", fee=A, gst_bp=0))
    new = counter.courses.add(make_course(code="NEW", title="NEW", fee=A + Money(more), gst_bp=0))
    student_uid = counter.student().uid
    counter.payments.begin(student_uid, old.uid, Method.CASH)
    [row] = counter.ledger()["enrollments"]
    counter.desk.changes.change(row["id"], new.uid, ChangeMode.DIFFERENCE, "the other teacher")
    assert open_amounts(counter, row["id"]) == asked


def test_less_than_a_rupee_of_an_instalment_is_paid_with_the_one_before(counter: Counter) -> None:
    uid = enrolled(counter, course(counter, "PHY", A), 1)
    parts = open_amounts(counter, uid)
    new = course(counter, "CHE", A - Money(parts[-1] - 50))
    counter.desk.changes.change(uid, new.uid, ChangeMode.DIFFERENCE, "the other teacher")
    assert open_amounts(counter, uid) == [parts[0], parts[1] + 50]


# --- written off before another course


@pytest.mark.parametrize("mode", list(ChangeMode))
def test_what_was_written_off_before_a_change_of_course_is_not_asked_beside_it(
    counter: Counter, mode: ChangeMode
) -> None:
    uid = enrolled(counter, course(counter, "PHY", A), 3)
    due = dues_of(counter, uid)[3]
    counter.desk.dues.write_off(due.uid, "cannot pay")
    counter.clock.advance(60)
    counter.desk.changes.change(uid, course(counter, "CHE", B).uid, mode, "the other teacher")
    asked = open_amounts(counter, uid)
    for refused in (
        lambda: counter.desk.dues.preview(due.uid, Decision.RESTORE),
        lambda: counter.desk.dues.restore(due.uid, "can pay"),
    ):
        with pytest.raises(InvalidInputError, match="The course was changed after") as caught:
            refused()
        assert caught.value.field == "due"
    assert open_amounts(counter, uid) == asked


def test_what_is_written_off_after_a_change_of_course_can_be_restored(counter: Counter) -> None:
    uid = enrolled(counter, course(counter, "PHY", A), 3)
    new = course(counter, "CHE", B)
    changed = counter.desk.changes.change(uid, new.uid, ChangeMode.DIFFERENCE, "the other teacher")
    asked = open_amounts(counter, uid)
    counter.clock.advance(60)
    due = changed.dues[-1]
    counter.desk.dues.write_off(due.uid, "cannot pay")
    assert open_amounts(counter, uid) == asked[:-1]
    counter.desk.dues.restore(due.uid, "can pay")
    assert open_amounts(counter, uid) == asked


def test_a_transfer_to_another_batch_leaves_what_was_written_off(counter: Counter) -> None:
    uid = enrolled(counter, course(counter, "PHY", A), 3)
    due = dues_of(counter, uid)[3]
    counter.desk.dues.write_off(due.uid, "cannot pay")
    counter.clock.advance(60)
    counter.desk.changes.transfer(uid, course(counter, "EVE", A).uid, "evening")
    counter.desk.dues.restore(due.uid, "can pay")
    assert open_amounts(counter, uid) == [due.balance.paise]
