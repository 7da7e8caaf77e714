"""Late fees in the books: asked by the payment that settles a due, waived, never in excess."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.enrollment import DueChangeKind
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.late_fee import NO_LATE_FEE, LateKind, LateRule, as_text
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.payment import Method
from desktop_app.domain.receipt import IST, day_in_india
from desktop_app.services import errors
from desktop_app.services.ports.records import EnrollmentTerms
from desktop_app.services.views.bills import due_now
from desktop_app.services.views.dues import Decision, DueChoice
from desktop_app.services.views.enrolment import DueFilter

if TYPE_CHECKING:
    from desktop_app.services.views.dues import ListedDue
    from desktop_app.services.views.enrolment import DueRow
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")
FEE = Money(14_160_00)
A_DAY = LateRule(LateKind.PER_DAY, amount=Money(50_00), grace_days=5, cap=Money(1_500_00))
A_MONTH = LateRule(LateKind.PERCENT_MONTH, bp=200, grace_days=5, cap_bp=1_000)


def due_since(
    counter: Counter, days: int, rule: LateRule = A_DAY, *, roll_no: str = "R001", code: str = "PHY"
) -> DueRow:
    """Enrol a student with a late-fee rule, for a fee that was due some days ago."""
    student = counter.student(roll_no)
    course = counter.course(code, fee=FEE)
    on = day_in_india(counter.clock.now()) - timedelta(days=days)
    enrolled = counter.desk.enrolments.enrol(student.uid, course.uid, on)
    with counter.context.store.writing() as work:
        work.enrollments.add_terms(
            EnrollmentTerms(
                enrolled.enrollment_uid, "FULL", None, None, "days", None, as_text(rule), "{}",
                counter.clock.now(),
            )
        )  # fmt: skip
        work.commit()
    return listed(counter)[0]


def listed(counter: Counter) -> tuple[DueRow, ...]:
    return counter.desk.enrolments.dues(DueFilter())


def row(counter: Counter, head: str = "tuition") -> ListedDue:
    [found] = [each for each in counter.desk.dues.page(DueChoice()).rows if each.head == head]
    return found


def in_cash(counter: Counter, due_uid: str, amount: Money | None = None) -> None:
    counter.payments.begin_dues({due_uid: amount}, Method.CASH)


@pytest.mark.parametrize(("days", "fee"), [(5, 0), (6, 300_00), (29, 1_450_00), (30, 1_500_00)])
def test_it_is_a_calculation_until_the_payment_that_settles_the_due(
    counter: Counter, days: int, fee: int
) -> None:
    due = due_since(counter, days)  # V1.10
    assert due.late_fee == row(counter).late_fee == Money(fee)
    student, course = counter.students.find("R001"), counter.courses.search("PHY")[0]
    assert counter.payments.quote(student.uid, course.uid).late_fee == Money(fee)
    assert len(listed(counter)) == 1
    in_cash(counter, due.uid)
    found = listed(counter)
    assert [each.balance for each in found] == ([Money(fee)] if fee else [])
    if fee:
        assert (found[0].head, found[0].late_fee) == ("late_fee", ZERO)
        in_cash(counter, found[0].uid)
        assert listed(counter) == ()


@pytest.mark.parametrize(
    ("order", "heads"),
    [("principal_first", ["tuition", "late_fee"]), ("late_fee_first", ["late_fee", "tuition"])],
)
def test_a_part_of_a_family_s_bill_pays_late_fees_in_the_order_of_the_centre(
    counter: Counter, order: str, heads: list[str]
) -> None:
    counter.desk.settings.put("late_fees.order", order)
    due = due_since(counter, 6)
    counter.desk.dues.ask_late_fees([due.uid])
    in_cash(counter, due.uid, Money(13_960_00))  # ₹200 is left, and a late fee of ₹300
    family = counter.desk.carts.family(counter.students.find("R001").uid)
    assert [each.head for each in family.dues] == heads
    counter.desk.carts.offer(due_now(family), Method.CASH, Money(200_00))
    left = {each.head: each.balance for each in listed(counter)}
    assert (
        left
        == {
            "principal_first": {"late_fee": Money(300_00)},
            "late_fee_first": {"tuition": Money(200_00), "late_fee": Money(100_00)},
        }[order]
    )


def test_it_has_the_rate_of_the_due_it_follows(counter: Counter) -> None:
    counter.desk.settings.put("centre.gstin", "29ABCDE1234F1ZW")
    due = due_since(counter, 6)
    in_cash(counter, due.uid)
    [fee] = [each for each in counter.ledger()["dues"] if each["amount"] == 300_00]
    with counter.context.store.reading() as books:
        record = books.enrollments.due(fee["id"])
    assert record.follows_due == due.uid
    assert (record.tax.taxable, record.tax.cgst) == (Money(254_24), Money(22_88))  # V1.11
    assert record.quote.label.startswith("Late fee · ")


def test_a_part_payment_asks_for_none(counter: Counter) -> None:
    due = due_since(counter, 6)
    in_cash(counter, due.uid, Money(4_160_00))
    assert [each.head for each in listed(counter)] == ["tuition"]


def test_percents_are_of_the_balance_at_the_due_date(counter: Counter) -> None:
    due = due_since(counter, 31, A_MONTH)
    assert due.late_fee == Money(566_40)  # V1.12
    in_cash(counter, due.uid, Money(4_160_00))
    assert listed(counter)[0].late_fee == Money(566_40)
    in_cash(counter, due.uid)
    assert [each.balance for each in listed(counter)] == [Money(566_40)]


def test_money_in_time_is_not_late_because_the_desk_learned_late(counter: Counter) -> None:
    rule = LateRule(LateKind.FLAT, amount=Money(100_00))
    due = due_since(counter, 0, rule)
    view = counter.payments.open(
        counter.payments.begin_dues({due.uid: None}, Method.UPI_INTENT).uid
    )
    counter.pay(view)
    counter.clock.advance(3 * 86_400)
    assert row(counter).late_fee == Money(100_00)
    counter.polling.run()
    assert listed(counter) == ()  # V1.22


def test_a_fee_asked_in_a_cart_is_less_where_the_money_came_earlier(counter: Counter) -> None:
    due = due_since(counter, 6)
    view = counter.payments.open(
        counter.payments.begin_dues({due.uid: None}, Method.UPI_INTENT).uid
    )
    counter.pay(view)
    counter.clock.advance(3 * 86_400)
    [fee] = counter.desk.dues.ask_late_fees([due.uid])
    assert {each.uid: each.balance for each in listed(counter)}[fee] == Money(450_00)
    counter.polling.run()
    assert {each.uid: each.balance for each in listed(counter)} == {fee: Money(300_00)}


def test_a_fee_asked_in_a_cart_grows_by_another(counter: Counter) -> None:
    due = due_since(counter, 6)
    [first] = counter.desk.dues.ask_late_fees([due.uid])
    assert counter.desk.dues.ask_late_fees([due.uid]) == (first,)
    assert row(counter).late_fee == ZERO
    counter.clock.advance(86_400)
    assert row(counter).late_fee == Money(50_00)
    in_cash(counter, due.uid)
    assert sorted(each.balance for each in listed(counter)) == [Money(50_00), Money(300_00)]


def test_no_rule_asks_for_nothing(counter: Counter) -> None:
    due = due_since(counter, 400, NO_LATE_FEE)
    in_cash(counter, due.uid)
    assert listed(counter) == ()


# --- waiving


def test_waived_before_it_is_a_due_it_leaves_the_fee_as_it_is(counter: Counter) -> None:
    due = due_since(counter, 6)
    done = counter.desk.dues.waive(due.uid, Money(100_00), "Father in hospital")
    assert (done.amount, done.balance) == (Money(100_00), FEE)
    assert (row(counter).balance, row(counter).late_fee) == (FEE, Money(200_00))
    counter.desk.dues.waive(due.uid, None, "Father in hospital")
    assert row(counter).late_fee == ZERO
    in_cash(counter, due.uid)
    assert listed(counter) == ()


def test_waived_after_it_is_a_due_it_is_never_asked_again(counter: Counter) -> None:
    due = due_since(counter, 6)
    [fee] = counter.desk.dues.ask_late_fees([due.uid])
    counter.desk.dues.waive(fee, Money(100_00), "Father in hospital")
    assert row(counter, "late_fee").balance == Money(200_00)
    counter.desk.dues.waive(fee, None, "Father in hospital")
    assert [each.head for each in listed(counter)] == ["tuition"]
    in_cash(counter, due.uid)
    assert listed(counter) == ()


def test_a_late_fee_paid_in_part_is_paid_when_the_rest_is_waived(counter: Counter) -> None:
    due = due_since(counter, 6)
    in_cash(counter, due.uid)
    fee = row(counter, "late_fee")
    in_cash(counter, fee.uid, Money(100_00))
    counter.desk.dues.waive(fee.uid, None, "Father in hospital")
    states = {each["id"]: each["state"] for each in counter.ledger()["dues"]}
    assert states[fee.uid] == "paid"


@pytest.mark.parametrize(
    ("paise", "reason", "field"),
    [(300_01, "Father in hospital", "amount"), (0, "Father in hospital", "amount"),
     (-1, "Father in hospital", "amount"), (100, " . ", "reason"), (100, "", "reason")],
)  # fmt: skip
def test_a_waiver_that_is_wrong_writes_nothing(
    counter: Counter, paise: int, reason: str, field: str
) -> None:
    due = due_since(counter, 6)
    with pytest.raises(InvalidInputError) as caught:
        counter.desk.dues.waive(due.uid, Money(paise), reason)
    assert caught.value.field == field
    assert row(counter).late_fee == Money(300_00)


def test_there_is_nothing_to_waive_in_time(counter: Counter) -> None:
    due = due_since(counter, 5)
    with pytest.raises(InvalidInputError, match="no late fee"):
        counter.desk.dues.waive(due.uid, None, "Father in hospital")


# --- added by hand


def test_a_late_fee_by_hand_comes_beside_that_of_the_plan(counter: Counter) -> None:
    due = due_since(counter, 6)
    dues = counter.desk.dues
    preview = dues.preview(due.uid, Decision.LATE_FEE, amount=Money(200_00))
    assert [each.amount for each in preview.after] == [FEE, Money(200_00)]
    assert preview.late_before == preview.late_after == Money(300_00)
    dues.add_late_fee(due.uid, Money(200_00), "Third time this year")
    [fee] = [each for each in listed(counter) if each.head == "late_fee"]
    assert fee.balance == Money(200_00)
    in_cash(counter, due.uid)
    fees = [each.balance for each in listed(counter)]
    assert sorted(fees) == [Money(200_00), Money(300_00)], "paying in time lessens neither"
    dues.waive(fee.uid, None, "Father in hospital")
    assert [each.balance for each in listed(counter)] == [Money(300_00)]


def test_a_late_fee_by_hand_has_the_rate_of_its_fee(counter: Counter) -> None:
    counter.desk.settings.put("centre.gstin", "27AAPFU0939F1ZV")
    due = due_since(counter, 1, NO_LATE_FEE)
    counter.desk.dues.add_late_fee(due.uid, Money(118_00), "Third time this year")
    [fee] = [each for each in listed(counter) if each.head == "late_fee"]
    with counter.context.store.reading() as books:
        made = books.enrollments.due(fee.uid)
    assert (made.tax.taxable, made.tax.cgst) == (Money(100_00), Money(9_00))
    assert made.follows_due is None


@pytest.mark.parametrize(
    ("days", "paise", "reason", "field"),
    [(0, 100_00, "Late again", "due"), (3, 99, "Late again", "amount"), (3, 100_00, " ", "reason")],
)
def test_a_late_fee_by_hand_that_is_wrong_writes_nothing(
    counter: Counter, days: int, paise: int, reason: str, field: str
) -> None:
    due = due_since(counter, days)
    with pytest.raises(InvalidInputError) as caught:
        counter.desk.dues.add_late_fee(due.uid, Money(paise), reason)
    assert caught.value.field == field
    assert len(listed(counter)) == 1


# --- previewed


def test_a_preview_is_what_a_decision_does_and_writes_nothing(counter: Counter) -> None:
    due = due_since(counter, 6)
    dues, today = counter.desk.dues, day_in_india(counter.clock.now())
    late = Money(300_00)
    waived = dues.preview(due.uid, Decision.WAIVE, amount=Money(100_00))
    assert (waived.late_before, waived.late_after) == (late, Money(200_00))
    assert waived.before == waived.after == ((due.due_on, FEE),)
    moved = dues.preview(due.uid, Decision.MOVE_DATE, to=today)
    assert (moved.after, moved.late_after) == (((today, FEE),), ZERO)
    gone = dues.preview(due.uid, Decision.WRITE_OFF)
    assert (gone.before, gone.after, gone.ends) == (((due.due_on, FEE),), (), True)
    assert row(counter).late_fee == late
    in_cash(counter, due.uid, Money(1_000_00))
    assert not dues.preview(due.uid, Decision.WRITE_OFF).ends
    dues.write_off(due.uid, "Left the city")
    assert dues.preview(due.uid, Decision.RESTORE).after == ((due.due_on, FEE - Money(1_000_00)),)
    student = counter.students.find("R001")
    [shown] = dues.account(student.uid).written_off
    assert (shown.uid, shown.amount) == (due.uid, FEE - Money(1_000_00))
    with pytest.raises(errors.DueClosedError):
        dues.preview(due.uid, Decision.WRITE_OFF)


# --- written off, restored, moved


def test_a_due_written_off_leaves_the_list_and_comes_back(counter: Counter) -> None:
    due = due_since(counter, 6)
    in_cash(counter, due.uid, Money(4_160_00))
    counter.clock.advance(1)
    done = counter.desk.dues.write_off(due.uid, "Left the city")
    assert (done.amount, done.balance) == (Money(10_000_00), ZERO)
    assert listed(counter) == ()
    assert counter.desk.dues.page(DueChoice()).total == 0
    with pytest.raises(errors.DueClosedError):
        in_cash(counter, due.uid)
    student = counter.students.find("R001")
    lines = counter.desk.dues.account(student.uid).lines
    assert [each.kind.value for each in lines] == ["asked", "paid", "write_off"]
    assert lines[-1].balance == ZERO
    counter.desk.dues.restore(due.uid, "Came back")
    assert row(counter).balance == Money(10_000_00)
    with pytest.raises(InvalidInputError, match="isn't written off"):
        counter.desk.dues.restore(due.uid, "Came back")
    counter.desk.dues.write_off(due.uid, "Left again")
    assert counter.desk.dues.restore(due.uid, "Came back").amount == Money(10_000_00)
    in_cash(counter, due.uid)


def test_an_enrolment_that_nobody_paid_for_ends_with_its_last_fee(counter: Counter) -> None:
    due = due_since(counter, 6)
    student = counter.students.find("R001")
    course = counter.courses.find("PHY").uid
    counter.desk.dues.write_off(due.uid, "Left the city")
    [ended] = counter.ledger()["enrollments"]
    assert ended["state"] == "cancelled"
    assert counter.desk.dues.account(student.uid).balance == ZERO
    counter.desk.dues.restore(due.uid, "Came back")
    assert counter.ledger()["enrollments"][0]["state"] == "pending"
    counter.desk.dues.write_off(due.uid, "Left again")
    again = counter.desk.enrolments.enrol(student.uid, course)
    assert [each.balance for each in again.dues] == [FEE]
    with pytest.raises(InvalidInputError, match="enrolled in this course again"):
        counter.desk.dues.restore(due.uid, "Came back")


def test_an_enrolment_of_which_a_fee_is_left_goes_on(counter: Counter) -> None:
    due_since(counter, 6)
    days = [day_in_india(counter.clock.now()) + timedelta(days=30 * at) for at in (1, 2)]
    [shown] = counter.desk.dues.account(counter.students.find("R001").uid).dues
    first, second = counter.desk.changes.replan(shown.enrollment_uid, days, "two parts").dues
    counter.desk.dues.write_off(first.uid, "Left the city")
    assert counter.ledger()["enrollments"][0]["state"] == "pending"
    counter.desk.dues.restore(first.uid, "Came back")
    in_cash(counter, second.uid)
    counter.desk.dues.write_off(first.uid, "Left the city")
    assert counter.ledger()["enrollments"][0]["state"] == "active"


def test_a_due_in_a_live_payment_is_not_written_off(counter: Counter) -> None:
    due = due_since(counter, 6)
    counter.payments.open(counter.payments.begin_dues({due.uid: None}, Method.UPI_INTENT).uid)
    with pytest.raises(errors.DueCoveredError):
        counter.desk.dues.write_off(due.uid, "Left the city")
    assert row(counter).covered == FEE
    counter.desk.dues.waive(due.uid, None, "Father in hospital")


def test_a_moved_date_moves_the_late_fee(counter: Counter) -> None:
    due = due_since(counter, 6)
    today = day_in_india(counter.clock.now())
    done = counter.desk.dues.move_date(due.uid, today, "Salary comes later")
    assert done.due_on == today
    assert (row(counter).due_on, row(counter).late_fee) == (today, ZERO)
    with pytest.raises(InvalidInputError) as caught:
        counter.desk.dues.move_date(due.uid, today - timedelta(days=1), "Salary comes later")
    assert caught.value.field == "due_on"


def test_an_unknown_due_is_said(counter: Counter) -> None:
    for decide in (counter.desk.dues.write_off, counter.desk.dues.restore):
        with pytest.raises(errors.UnknownDueError):
            decide("nothing", "Left the city")


def test_the_vectors_by_the_calendar(counter: Counter) -> None:
    counter.clock.at = datetime(2026, 11, 16, 9, 0, tzinfo=IST)
    due = due_since(counter, 6)
    assert due.due_on == date(2026, 11, 10)
    wanted = {
        date(2026, 11, 15): 0, date(2026, 11, 16): 300_00, date(2026, 12, 9): 1_450_00,
        date(2026, 12, 10): 1_500_00, date(2026, 12, 31): 1_500_00,
    }  # fmt: skip
    found = {day: counter.desk.dues.late_fees([due.uid], day)[due.uid] for day in wanted}
    assert found == {day: Money(paise) for day, paise in wanted.items()}


def test_a_waiver_of_a_fee_changes_no_sum(counter: Counter) -> None:
    due = due_since(counter, 6)
    counter.desk.dues.waive(due.uid, None, "Father in hospital")
    assert counter.context.store.reader.balances.differences() == ()
    kinds = [each.kind for each in counter.desk.dues.account(
        counter.students.find("R001").uid).lines]  # fmt: skip
    assert DueChangeKind.WAIVE.value not in [each.value for each in kinds]
