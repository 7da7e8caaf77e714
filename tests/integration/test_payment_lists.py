"""Lists of payments from the real database: by status, decision and position, with totals."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.errors import AlreadyEnrolledError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.tender import Verification
from desktop_app.services.errors import UnknownStudentError
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.services.views.payments import PaymentFilter
from desktop_app.ui.counter.student_fees import read_fees

if TYPE_CHECKING:
    from desktop_app.services.views.payments import PaymentRow
    from tests.integration.conftest import Counter

STATES = ("late", "held", "refunded")


def listed(
    counter: Counter, state: str = "", text: str = "", method: str = ""
) -> tuple[PaymentRow, ...]:
    found = counter.receipts.payments(PaymentFilter(state=state, text=text, method=method))
    assert found.total == len(found.rows)
    assert found.sum == Money(sum(row.amount.paise for row in found.rows))
    return found.rows


def held_money(counter: Counter) -> str:
    """Hold a payment of R001 that came after R002 took the last seat; return its uid."""
    course = counter.course(seats=1)
    begun = counter.payments.begin(counter.student().uid, course.uid, Method.UPI_INTENT)
    view = counter.payments.open(begun.uid)
    counter.payments.expire(view.uid)
    other = counter.student("R002", phone="9000000002")
    counter.payments.begin(other.uid, course.uid, Method.CASH)
    counter.pay(view)
    counter.polling.reconcile()
    [held] = listed(counter, "held")
    return held.uid


def test_each_status_filters_until_a_decision(counter: Counter) -> None:
    uid = held_money(counter)
    assert {state: len(listed(counter, state)) for state in STATES} == {
        "late": 1, "held": 1, "refunded": 0,
    }  # fmt: skip
    assert listed(counter, "held")[0].decision == ""
    course = counter.courses.find("PHY-11")
    counter.courses.change(course.uid, replace(course.course, seats=2))
    counter.desk.unapplied.enrol(uid)
    assert listed(counter, "held") == ()
    [late] = listed(counter, "late")
    assert (late.uid, late.decision) == (uid, "enrolled")


def test_refunds_in_part_or_in_full_are_found_with_method_and_text(counter: Counter) -> None:
    uid = held_money(counter)
    counter.desk.refunds.refund(uid, Money(100), "a part")
    assert [row.state for row in listed(counter, "refunded")] == ["partly refunded"]
    assert len(listed(counter, "held")) == 1
    counter.desk.refunds.refund(uid, None, "the rest")
    assert [row.state for row in listed(counter, "refunded", "R001", "upi")] == ["refunded"]
    assert listed(counter, "refunded", "R002") == ()
    assert listed(counter, "refunded", method="cash") == ()
    assert listed(counter, "held") == ()


@pytest.mark.parametrize("which", [{"method": "neft"}, {"text": "R002"}, {"state": "claimed"}])
def test_a_narrowed_sum_says_what_is_not_verified(counter: Counter, which: dict[str, str]) -> None:
    first, second = counter.course("PHY-11"), counter.course("CHE-11")
    counter.payments.begin(counter.student().uid, first.uid, Method.CASH)
    other = counter.student("R002", phone="9000000002")
    typed = TypedEvidence(reference="HDFCN52026112000")
    counter.payments.begin(other.uid, second.uid, Method.NEFT, typed=typed)

    def unsure() -> dict[Verification, Money]:
        return dict(counter.receipts.payments(PaymentFilter(**which)).unsure)  # type: ignore[arg-type]

    [claim] = counter.desk.claims.claimed()
    assert unsure() == {Verification.CLAIMED: claim.amount}
    cash = counter.receipts.payments(PaymentFilter(method="cash"))
    assert (cash.total, cash.unsure) == (1, ())
    counter.desk.claims.match(claim.uid, day_in_india(claim.recorded_at), "bank")
    assert unsure() == {}


def test_every_page_is_found_by_its_position(counter: Counter) -> None:
    course = counter.course(seats=None)
    for at in range(1, 8):
        student = counter.student(f"R{at:03d}", phone=f"900000000{at}")
        counter.payments.begin(student.uid, course.uid, Method.CASH)
    everything = listed(counter)
    rolls = [row.roll_no for row in everything]
    assert rolls == [f"R{at:03d}" for at in range(7, 0, -1)]
    for offset in range(9):
        page = counter.receipts.payments(PaymentFilter(), offset=offset, limit=3, summed=False)
        assert page.rows == everything[offset : offset + 3]
        assert (page.total, page.sum) == (7, None)


def sums(counter: Counter, kind: str = "") -> tuple[int, ...]:
    """Return count, collected, refunded and net, in rupees."""
    totals = counter.receipts.totals(None)
    part = totals.by_kind[kind] if kind else totals.all
    rupees = (each.paise // 100 for each in (part.collected, part.refunded, part.net))
    return (part.count, *rupees)


def paid_by(counter: Counter, roll_no: str, method: Method, course_uid: str) -> str:
    """Pay a fee; return the payment's uid."""
    try:
        student = counter.students.find(roll_no)
    except UnknownStudentError:
        student = counter.student(roll_no, phone=f"98450{int(roll_no[1:]):05d}")
    begun = counter.payments.begin(student.uid, course_uid, method)
    if method is not Method.CASH:
        counter.pay(counter.payments.open(begun.uid))
        counter.polling.reconcile()
    return counter.receipts.payments(PaymentFilter(text=roll_no)).rows[0].uid


def test_refunds_are_taken_off_what_was_collected_for_each_way_of_paying(counter: Counter) -> None:
    course = counter.course(seats=None)
    cash = paid_by(counter, "R001", Method.CASH, course.uid)
    upi = paid_by(counter, "R002", Method.UPI_INTENT, course.uid)
    paid_by(counter, "R003", Method.PAYMENT_LINK, course.uid)
    assert sums(counter) == (3, 35_400, 0, 35_400)
    counter.desk.refunds.refund(upi, None, "left")
    counter.desk.refunds.refund(cash, Money(100_000), "a concession")
    assert sums(counter) == (3, 35_400, 12_800, 22_600)
    assert sums(counter, "cash") == (1, 11_800, 1_000, 10_800)
    assert sums(counter, "upi") == (1, 11_800, 11_800, 0)
    assert sums(counter, "link") == (1, 11_800, 0, 11_800)


def test_a_day_has_its_own_sums_and_its_own_list(counter: Counter) -> None:
    course = counter.course(seats=None)
    uid = paid_by(counter, "R001", Method.CASH, course.uid)
    midnight = counter.context.now() + timedelta(hours=1)
    counter.clock.advance(24 * 3600)
    paid_by(counter, "R002", Method.CASH, course.uid)
    counter.desk.refunds.refund(uid, None, "left")
    before, after = (
        counter.receipts.totals(*span).all for span in ((None, midnight), (midnight, None))
    )
    assert (before.collected, before.refunded) == (Money(1_180_000), Money(0))
    assert (after.count, after.net) == (1, Money(0))
    for method, state in itertools.product(("", "cash"), ("", "refunded")):
        which = PaymentFilter(until=midnight, method=method, state=state)
        assert [row.roll_no for row in counter.receipts.payments(which).rows] == ["R001"]
        assert counter.receipts.payments(which).total == 1


def test_open_fees_are_counted_until_they_are_paid_or_cancelled(counter: Counter) -> None:
    course = counter.course(seats=None)
    student = counter.student()
    begun = counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    assert counter.receipts.totals(None).pending == 0, "it is being collected"
    view = counter.payments.open(begun.uid)
    counter.payments.expire(view.uid)
    assert counter.receipts.totals(None).pending == 1
    counter.pay(view)
    counter.polling.reconcile()
    assert counter.receipts.totals(None).pending == 0


def test_no_payments_at_all(counter: Counter) -> None:
    page = counter.receipts.payments(PaymentFilter(), summed=False)
    assert (page.rows, page.total) == ((), 0)
    assert counter.receipts.payments(PaymentFilter()).sum == Money(0)
    assert sums(counter) == (0, 0, 0, 0)


def test_a_desk_without_held_payments_opens_no_writing_transaction(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = counter.course(seats=None)
    counter.payments.begin(counter.student().uid, course.uid, Method.CASH)
    with monkeypatch.context() as patched:
        patched.setattr(type(counter.context.store), "writing", None)
        assert counter.desk.unapplied.held() == ()
    assert not counter.context.store.reader.exceptions.may_hold_money()


def test_a_desk_with_past_held_payments_is_queried_in_full(counter: Counter) -> None:
    held_money(counter)
    assert counter.context.store.reader.exceptions.may_hold_money()


def test_a_search_lists_the_newest_first_and_the_last_receipt_is_the_newest(
    counter: Counter,
) -> None:
    course = counter.course()
    for number in (1, 2, 3):
        student = counter.student(f"R00{number}", phone=f"900000000{number}")
        counter.payments.begin(student.uid, course.uid, Method.CASH)
        counter.clock.advance(60)
    assert [row.roll_no for row in listed(counter, text="R00")] == ["R003", "R002", "R001"]
    latest = counter.receipts.latest()
    assert latest is not None
    assert latest.roll_no == "R003"


def test_the_life_of_a_payment_is_told_in_order(counter: Counter) -> None:
    course = counter.course(seats=None)
    uid = paid_by(counter, "R001", Method.UPI_INTENT, course.uid)
    receipt = counter.receipts.payments(PaymentFilter()).rows[0]
    counter.receipts.note_printed(receipt.receipt_uid or "", "a5")
    counter.receipts.note_printed(receipt.receipt_uid or "", "a5")
    counter.clock.advance(60)
    counter.desk.refunds.refund(uid, Money(100), "a concession")
    fee, part = Money(1_180_000), Money(100)
    assert [(each.kind, each.detail, each.amount) for each in counter.receipts.steps(uid)] == [
        ("begun", "upi_intent", fee), ("paid", "upi_intent", fee),
        ("receipt", receipt.receipt_no, None), ("printed", "2", None),
        ("refund intent", "a concession", part), ("refund processed", "", part),
    ]  # fmt: skip
    assert counter.receipts.steps("nobody") == ()


def unpaid(counter: Counter, text: str = "") -> dict[str, int]:
    """Return what is due of every student with an open fee, in rupees."""
    page = counter.students.page(text, unpaid=True)
    assert page.total == len(page.rows)
    return {row.roll_no: row.due.paise // 100 for row in page.rows}


def test_whose_fee_is_due_is_listed_until_it_is_paid(counter: Counter) -> None:
    course = counter.course(seats=None)
    for roll_no in ("R003", "R001", "R002"):
        student = counter.student(roll_no, phone=f"98450{int(roll_no[1:]):05d}")
        counter.desk.enrolments.enrol(student.uid, course.uid)
    counter.student("R004", phone="9000000009")
    assert unpaid(counter) == {"R001": 11_800, "R002": 11_800, "R003": 11_800}
    assert unpaid(counter, "R002") == {"R002": 11_800}
    assert unpaid(counter, "R004") == {}
    assert counter.students.page("R004").total == 1
    paid_by(counter, "R002", Method.CASH, course.uid)
    assert unpaid(counter) == {"R001": 11_800, "R003": 11_800}
    summary = counter.students.find("R002")
    assert (summary.due, summary.is_enrolled) == (Money(0), True)
    assert not counter.students.find("R001").is_enrolled
    [row] = counter.students.detail(counter.students.find("R001").uid).history
    assert (row.due, row.due_on) == (Money(1_180_000), day_in_india(counter.context.now()))


def test_what_is_left_of_a_fee_is_due_and_collected(counter: Counter) -> None:
    student, course = counter.student(), counter.course(seats=None)
    [due] = counter.desk.enrolments.enrol(student.uid, course.uid).dues
    counter.payments.begin_dues({due.uid: Money(400_000)}, Method.CASH)
    assert unpaid(counter) == {"R001": 7_800}
    assert counter.students.find("R001").is_enrolled
    bill = counter.payments.quote(student.uid, course.uid)
    assert (bill.total, bill.still_due, bill.obstacle) == (Money(780_000), Money(780_000), "")
    with pytest.raises(AlreadyEnrolledError):
        counter.payments.begin(student.uid, course.uid, Method.CASH)
    with pytest.raises(AlreadyEnrolledError):
        counter.payments.begin(student.uid, course.uid, Method.CASH, Money(1_180_000))
    paid = counter.payments.begin(student.uid, course.uid, Method.CASH, bill.total)
    assert paid.receipt_no
    assert unpaid(counter) == {}
    [row] = counter.students.detail(student.uid).history
    assert row.receipt_no == paid.receipt_no, "the newest, not the first"
    assert counter.payments.quote(student.uid, course.uid).obstacle


def test_the_newest_receipt_is_shown_of_who_owes_nothing(counter: Counter) -> None:
    student = counter.student()
    early, late = (counter.course(code, seats=None) for code in ("PHY-11", "CHE-11"))
    [due] = counter.desk.enrolments.enrol(student.uid, early.uid).dues
    counter.payments.begin_dues({due.uid: Money(400_000)}, Method.CASH)
    counter.clock.advance(60)
    counter.payments.begin(student.uid, late.uid, Method.CASH)
    counter.clock.advance(60)
    rest = counter.payments.begin_dues({due.uid: None}, Method.CASH)
    shown = read_fees(student.uid, counter.desk).receipt
    assert shown is not None
    assert shown.receipt_no == rest.receipt_no


def test_what_never_came_is_in_no_sum_but_its_own(counter: Counter) -> None:
    for number in range(3):
        student = counter.student(f"R{number}")
        course = counter.course(f"C{number}", fee=Money(5_900_00))
        typed = TypedEvidence(reference=f"HDFCN5202611200{number}")
        counter.payments.begin(student.uid, course.uid, Method.NEFT, typed=typed)
    newest, *_ = counter.desk.claims.claimed()
    counter.desk.claims.reverse(newest.uid, "the bank never showed it")

    def sum_of(**which: str) -> Money | None:
        page = counter.receipts.payments(PaymentFilter(**which))  # type: ignore[arg-type]
        assert page.total == len(page.rows)
        return page.sum

    came, gone = Money(11_800_00), Money(5_900_00)
    assert sum_of() == sum_of(method="neft") == sum_of(text="R") == came
    assert sum_of(head="tuition") == sum_of(state="claimed") == came
    assert sum_of(state="never_came") == sum_of(state="never_came", head="tuition") == gone
    assert sum_of(method="cash") == Money(0)
