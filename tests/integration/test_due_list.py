"""The list of dues: order, pages, buckets, families, the list of calls, and the statement."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.ageing import Bucket, Standing, month_of
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.payment import Method
from desktop_app.domain.promises import PromiseState
from desktop_app.domain.receipt import day_in_india
from desktop_app.services import errors
from desktop_app.services.views.dues import DueChoice, LineKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from desktop_app.services.views.dues import FamilyAccount, ListedDue
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")
EVERY = DueChoice()
TO_CALL = DueChoice(to_call=True)
PARENT = {"guardian_name": "Meera Rao", "guardian_phone": "9000000009"}


def today(counter: Counter) -> date:
    return day_in_india(counter.clock.now())


def due(
    counter: Counter, roll_no: str, days: int, rupees: int = 10_000, *,
    code: str = "", more: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """Enrol a student for a fee that was due some days ago; return the due."""
    code = code or f"C{roll_no}{days}"
    facts = {"name": f"Student {roll_no}", "phone": f"8{int(roll_no[1:]):09d}", **(more or {})}
    known = counter.students.search(roll_no, 1)
    student = known[0] if known else counter.student(roll_no, **facts)
    course = counter.course(code, fee=Money(rupees * 100))
    on = today(counter) - timedelta(days=days)
    [made] = counter.desk.enrolments.enrol(student.uid, course.uid, on).dues
    return made.uid


def listed(counter: Counter, which: DueChoice = EVERY) -> list[str]:
    return [each.uid for each in counter.desk.dues.page(which).rows]


def only(counter: Counter, uid: str) -> ListedDue:
    [found] = [each for each in counter.desk.dues.page(EVERY).rows if each.uid == uid]
    return found


def account(counter: Counter, roll_no: str) -> FamilyAccount:
    return counter.desk.dues.account(counter.students.find(roll_no).uid)


def in_cash(counter: Counter, uid: str, rupees: int | None = None) -> None:
    amount = None if rupees is None else Money(rupees * 100)
    counter.payments.begin_dues({uid: amount}, Method.CASH)


# --- order and pages


def test_what_fell_due_first_comes_first_then_the_largest(counter: Counter) -> None:
    later, small = due(counter, "R1", 3), due(counter, "R2", 9, 5_000)
    large, ahead = due(counter, "R3", 9, 9_000), due(counter, "R4", -5)
    assert listed(counter) == [large, small, later, ahead]
    found = only(counter, small)
    assert (found.days, found.bucket, found.balance) == (9, Bucket.FORTNIGHT, Money(500_000))
    assert (found.roll_no, found.course_code, found.phone) == ("R2", "CR29", "••••••0002")


def test_any_page_is_a_part_of_the_whole_list(counter: Counter) -> None:
    for number in range(23):
        due(counter, f"R{number}", number % 4, 100 + number * 7 % 5)
    whole = listed(counter)
    assert len(set(whole)) == 23
    for limit in (1, 4, 23, 50):
        for offset in range(0, 25, 3):
            page = counter.desk.dues.page(EVERY, offset=offset, limit=limit)
            assert [each.uid for each in page.rows] == whole[offset : offset + limit]
            assert page.total == 23
    bucket = DueChoice(bucket=Bucket.WEEK)
    part = [uid for uid in whole if only(counter, uid).bucket is Bucket.WEEK]
    assert listed(counter, bucket) == part
    page = counter.desk.dues.page(bucket, offset=len(part) - 2, limit=100)
    assert ([each.uid for each in page.rows], page.total) == (part[-2:], len(part))


@pytest.mark.parametrize("month", [0, 1])
def test_a_month_is_one_of_the_desk_s_calendar(counter: Counter, month: int) -> None:
    now = today(counter)
    days = [(now - day).days for day in month_of(now, month)]
    first, last = (due(counter, f"R{at}", day) for at, day in enumerate(days))
    before, after = due(counter, "R8", days[0] + 1), due(counter, "R9", days[1] - 1)
    assert set(listed(counter)) == {first, last, before, after}
    assert listed(counter, DueChoice(month=month)) == [first, last]
    assert listed(counter, DueChoice("R0", month=month)) == [first]
    sums = counter.desk.dues.sums()
    assert sums.months[month].dues == 2
    rows = counter.desk.dues.page(DueChoice(month=month)).rows
    assert sums.months[month].balance == total(each.balance for each in rows)


def test_what_is_paid_leaves_the_list_at_once(counter: Counter) -> None:
    first, second = due(counter, "R1", 3), due(counter, "R2", 2)
    assert counter.desk.dues.sums().count == 2
    in_cash(counter, first)
    assert listed(counter) == [second]
    assert counter.desk.dues.sums().count == 1
    in_cash(counter, second, 4_000)
    assert counter.desk.dues.sums().buckets[Bucket.WEEK] == (1, Money(600_000))


def test_a_text_finds_students_phones_and_courses(counter: Counter) -> None:
    one, two = due(counter, "R1", 3, more=PARENT), due(counter, "R2", 40, code="PHY")
    other = due(counter, "R3", 2, code="CHE")
    assert listed(counter, DueChoice("R1")) == [one]
    assert listed(counter, DueChoice("9000000009")) == [one]
    assert listed(counter, DueChoice("phy")) == [two]
    assert listed(counter, DueChoice("morning")) == [two, one, other]
    assert listed(counter, DueChoice("morning", Bucket.WEEK)) == [one, other]
    assert listed(counter, DueChoice("nobody")) == []
    page = counter.desk.dues.page(DueChoice("morning"), offset=1, limit=1)
    assert ([each.uid for each in page.rows], page.total) == ([one], 3)


def test_a_course_without_a_fee_is_no_due(counter: Counter) -> None:
    student, course = counter.student(), counter.course(fee=ZERO)
    counter.desk.enrolments.enrol(student.uid, course.uid)
    assert counter.desk.dues.page(EVERY) == ((), 0)
    assert counter.desk.dues.sums().count == 0


# --- sums


def test_buckets_and_standing_sum_to_the_balance(counter: Counter) -> None:
    days = (-10, 0, 1, 8, 16, 31, 61, 91)
    dues = [due(counter, f"R{at}", each, 1_000 * (at + 1)) for at, each in enumerate(days)]
    counter.payments.open(counter.payments.begin_dues({dues[3]: None}, Method.UPI_INTENT).uid)
    counter.payments.open(counter.payments.begin_dues({dues[0]: None}, Method.UPI_INTENT).uid)
    sums = counter.desk.dues.sums()
    assert list(sums.buckets.values()) == [(1, Money(100_000 * (at + 1))) for at in range(8)]
    assert sums.standing == Standing(Money(3_100_000), Money(500_000), ZERO)  # R1.17
    assert sums.standing.balance == Money(3_600_000)
    rows = counter.desk.dues.page(EVERY).rows
    assert sum((each.standing for each in rows), Standing()) == sums.standing
    assert only(counter, dues[3]).covered == Money(400_000)


def test_another_day_ages_the_same_dues(counter: Counter) -> None:
    due(counter, "R1", 3)
    sums = counter.desk.dues.sums(today(counter) + timedelta(days=30))
    assert sums.buckets[Bucket.TWO_MONTHS].dues == 1
    [row] = counter.desk.dues.page(EVERY, today(counter) - timedelta(days=3)).rows
    assert (row.days, row.bucket) == (0, Bucket.TODAY)


# --- promises and the list of calls


def promise(counter: Counter, roll_no: str, rupees: int, days: int, note: str = "") -> str:
    student = counter.students.find(roll_no)
    by_on = today(counter) + timedelta(days=days)
    return counter.desk.promises.add(student.uid, Money(rupees * 100), by_on, note).uid


def test_families_are_called_unless_a_promise_covers_what_is_overdue(
    counter: Counter,
) -> None:
    old, week = due(counter, "R1", 8), due(counter, "R2", 7)
    elder = due(counter, "R3", 30, more=PARENT)
    younger = due(counter, "R4", 20, more=PARENT)
    assert listed(counter, TO_CALL) == [elder, younger, old]
    promise(counter, "R4", 20_000, 5)
    assert listed(counter, TO_CALL) == [old]
    assert not account(counter, "R3").is_defaulter
    promised = counter.desk.promises.add(
        counter.students.find("R1").uid, Money(999_999), today(counter), "half first"
    )
    assert listed(counter, TO_CALL) == [old]
    assert account(counter, "R1").is_defaulter
    counter.desk.promises.cancel(promised.uid)
    counter.desk.settings.put("defaulter_days", "6")
    assert listed(counter, TO_CALL) == [old, week]
    assert listed(counter, DueChoice("R2", to_call=True)) == [week]


def test_broken_promises_head_the_list_of_calls(counter: Counter) -> None:
    first, second = due(counter, "R1", 30), due(counter, "R2", 10)
    uid = promise(counter, "R2", 10_000, 1)
    assert only(counter, second).promise is not None
    counter.clock.advance(2 * 86_400)
    assert counter.desk.promises.judge() == {uid: PromiseState.BROKEN}
    assert counter.desk.promises.judge() == {}
    assert listed(counter, TO_CALL) == [second, first]
    mark = only(counter, second).promise
    assert mark is not None
    assert (mark.state, mark.amount) == (PromiseState.BROKEN, Money(1_000_000))


def test_money_of_the_family_keeps_a_promise(counter: Counter) -> None:
    elder = due(counter, "R3", 30, more=PARENT)
    younger = due(counter, "R4", 20, more=PARENT)
    uid = promise(counter, "R3", 12_000, 5)
    counter.clock.advance(60)
    in_cash(counter, elder)
    assert counter.desk.promises.judge() == {}
    in_cash(counter, younger, 2_000)
    assert counter.desk.promises.judge() == {uid: PromiseState.KEPT}
    [kept] = account(counter, "R4").promises
    assert (kept.uid, kept.state) == (uid, PromiseState.KEPT)
    assert only(counter, younger).promise is None


def test_at_most_three_promises_are_open(counter: Counter) -> None:
    due(counter, "R3", 30, more=PARENT)
    due(counter, "R4", 20, more=PARENT)
    uids = [promise(counter, roll_no, 1_000, 1) for roll_no in ("R3", "R4", "R3")]
    with pytest.raises(InvalidInputError, match="already has 3 promises"):
        promise(counter, "R4", 1_000, 1)
    counter.desk.promises.cancel(uids[0])
    with pytest.raises(errors.UnknownPromiseError):
        counter.desk.promises.cancel(uids[0])
    promise(counter, "R4", 1_000, 1)


@pytest.mark.parametrize(
    ("rupees", "days", "field"),
    [(0, 1, "amount"), (10_001, 1, "amount"), (100, -1, "by_on"), (100, 61, "by_on")],
)
def test_a_promise_that_is_wrong_writes_nothing(
    counter: Counter, rupees: int, days: int, field: str
) -> None:
    due(counter, "R1", 3)
    with pytest.raises(InvalidInputError) as caught:
        promise(counter, "R1", rupees, days)
    assert caught.value.field == field
    assert account(counter, "R1").promises == ()


def test_the_last_contact_is_of_the_family(counter: Counter) -> None:
    elder = due(counter, "R3", 30, more=PARENT)
    younger = due(counter, "R4", 20, more=PARENT)
    assert only(counter, elder).contacted_at is None
    counter.desk.dues.note_contact(counter.students.find("R3").uid, "whatsapp")
    at = counter.clock.now()
    assert only(counter, younger).contacted_at == account(counter, "R4").contacted_at == at
    counter.clock.advance(60)
    promise(counter, "R4", 1_000, 1)
    assert only(counter, elder).contacted_at == counter.clock.now()


# --- the account


def test_the_statement_runs_to_the_balance_of_the_books(counter: Counter) -> None:
    elder = due(counter, "R3", 30, more=PARENT)
    younger = due(counter, "R4", 20, 8_000, more=PARENT)
    for uid, rupees in ((elder, 4_000), (younger, None), (elder, 1_000)):
        counter.clock.advance(60)
        in_cash(counter, uid, rupees)
    found = account(counter, "R4")
    assert [(each.name, each.roll_no) for each in found.members] == [
        ("Student R3", "R3"), ("Student R4", "R4"),
    ]  # fmt: skip
    assert (found.family, found.phone) == ("Meera Rao", "9000000009")
    assert [(each.kind, each.amount.paise // 100) for each in found.lines] == [
        (LineKind.ASKED, 10_000), (LineKind.ASKED, 8_000), (LineKind.PAID, -4_000),
        (LineKind.PAID, -8_000), (LineKind.PAID, -1_000),
    ]  # fmt: skip
    assert [each.balance.paise // 100 for each in found.lines] == [
        10_000, 18_000, 14_000, 6_000, 5_000,
    ]  # fmt: skip
    assert found.balance == total(each.balance for each in found.dues) == Money(500_000)
    assert found.standing == Standing(Money(500_000))
    assert [each.reference for each in found.lines] == [
        "", "", "D1/26-27/000001", "D1/26-27/000002", "D1/26-27/000003",
    ]  # fmt: skip
    paid = total(each.amount for each in found.lines if each.kind is LineKind.PAID)
    entries = [
        entry for each in counter.ledger()["movements"] for entry in each["entries"]
        if entry["account"] == "fees"
    ]  # fmt: skip
    assert paid == Money(sum(each["amount"] for each in entries))


def test_a_refund_is_a_line_and_ends_what_it_paid(counter: Counter) -> None:
    uid = due(counter, "R1", 3)
    in_cash(counter, uid)
    [payment] = counter.ledger()["payments"]
    counter.clock.advance(60)
    counter.desk.refunds.refund(payment["id"], None, "Left the city")
    found = account(counter, "R1")
    assert [each.kind.value for each in found.lines] == ["asked", "paid", "reprice", "taken_back"]
    assert found.balance == ZERO
    assert found.dues == ()


def test_an_unknown_student_has_no_account(counter: Counter) -> None:
    with pytest.raises(errors.UnknownStudentError):
        counter.desk.dues.account("nobody")


def test_a_student_alone_is_a_family(counter: Counter) -> None:
    due(counter, "R1", 3)
    found = account(counter, "R1")
    assert (found.family, found.phone, len(found.members)) == ("", "8000000001", 1)
