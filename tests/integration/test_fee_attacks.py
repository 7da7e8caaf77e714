"""Fees attacked from two sides: money that goes back, decisions and edits at the wrong moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.cash_limits import CashLimitError
from desktop_app.domain.enrollment import DueState
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.payment import Method
from desktop_app.domain.plans import FeePlan, PlanKind
from desktop_app.domain.receipt import day_in_india
from desktop_app.services.errors import (
    ChequeMovedError,
    DueClosedError,
    DueCoveredError,
    PriceChangedError,
    ReferenceUsedError,
)
from desktop_app.services.views.bills import Cart, CartLine
from desktop_app.services.views.dues import DueChoice
from desktop_app.services.views.fees import ConcessionWish
from tests.integration.test_after_payment import balance
from tests.integration.test_cheques import CHEQUE, FUNDS, deposited
from tests.integration.test_counter_tenders import DUE, NEFT, credit, doctor, due_of, owed, take
from tests.together import together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.services.ports.records import DueRecord
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")
WHY = "agreed with the family"
BIG = Money(1_00_000_00)
EARLY = ConcessionWish("early", reason=WHY)


@pytest.fixture(autouse=True)
def _books_add_up(counter: Counter) -> Iterator[None]:
    yield
    assert doctor(counter) == ()
    for due in counter.ledger()["dues"]:
        assert not due["balance"] or due["state"] == "open", "it is owed, and nobody is asked"


def due_now(counter: Counter, uid: str) -> DueRecord:
    with counter.context.store.reading() as books:
        return books.enrollments.due(uid)


def concession_on(counter: Counter, due_uid: str) -> str:
    enrollment = due_now(counter, due_uid).enrollment_uid
    counter.desk.concessions.concede(enrollment, [EARLY])
    [row] = counter.desk.concessions.of_enrollment(enrollment)
    return row.uid


def test_a_concession_that_is_taken_back_asks_nothing_of_a_fee_written_off(
    counter: Counter,
) -> None:
    due = due_of(counter)
    conceded = concession_on(counter, due)
    counter.desk.dues.write_off(due, "moved abroad")
    counter.desk.concessions.take_back(conceded, WHY)
    assert (due_now(counter, due).state, owed(counter, due)) == (DueState.WRITTEN_OFF, ZERO)
    counter.desk.dues.restore(due, "came back")
    assert (due_now(counter, due).state, owed(counter, due)) == (DueState.OPEN, DUE)


def test_a_claim_that_never_came_opens_a_fee_whose_rest_is_written_off(counter: Counter) -> None:
    due = due_of(counter)
    take(counter, Method.NEFT, due, amount=Money(5_000_00), typed=NEFT)
    counter.desk.dues.write_off(due, "the rest is given up")
    [claim] = counter.desk.claims.claimed()
    counter.desk.claims.reverse(claim.uid, "it never came")
    assert (due_now(counter, due).state, owed(counter, due)) == (DueState.OPEN, Money(5_000_00))
    assert [each.uid for each in counter.desk.dues.page(DueChoice()).rows] == [due]


def test_a_claim_whose_credit_a_brother_has_by_now_is_taken_back(counter: Counter) -> None:
    due = due_of(counter)
    counter.student("R002", guardian_phone="9811111111")
    take(counter, Method.NEFT, due, amount=DUE + Money(500_00), typed=NEFT)
    asha, rohan = (counter.students.find(roll).uid for roll in ("R001", "R002"))
    counter.desk.credits.move(asha, rohan, Money(500_00), WHY)
    [claim] = counter.desk.claims.claimed()
    counter.desk.claims.reverse(claim.uid, "it never came")
    assert owed(counter, due) == DUE
    assert (credit(counter), credit(counter, "R002")) == (ZERO, ZERO)


def test_credit_that_a_brother_used_is_taken_back_with_what_it_paid(counter: Counter) -> None:
    due, his = due_of(counter), due_of(counter, "R002", "CHE-11", Money(2_000_00))
    take(counter, Method.NEFT, due, amount=DUE + Money(1_500_00), typed=NEFT)
    asha, rohan = (counter.students.find(roll).uid for roll in ("R001", "R002"))
    counter.desk.credits.move(asha, rohan, Money(1_500_00), WHY)
    take(counter, Method.CREDIT, his)
    assert owed(counter, his) == Money(500_00)
    [claim] = counter.desk.claims.claimed()
    counter.desk.claims.reverse(claim.uid, "it never came")
    assert (owed(counter, due), owed(counter, his)) == (DUE, Money(2_000_00))
    assert (credit(counter), credit(counter, "R002")) == (ZERO, ZERO)


def test_a_failed_refund_leaves_what_was_written_off_as_it_was(counter: Counter) -> None:
    due = due_of(counter)
    view = counter.payments.open(
        counter.payments.begin_dues({due: Money(5_000_00)}, Method.UPI_INTENT).uid
    )
    payment_id = counter.pay(view)
    counter.polling.run(asked=True)
    counter.desk.dues.write_off(due, "the rest is given up")
    counter.gateway.refund_status = "pending"
    counter.desk.refunds.refund(payment_id, Money(2_000_00), "asked")
    [refund] = list(counter.gateway.refunds)
    counter.gateway.settle_refund(refund, "failed")
    counter.polling.reconcile()
    assert due_now(counter, due).paid == Money(5_000_00)
    counter.desk.dues.restore(due, "came back")
    assert owed(counter, due) == Money(9_160_00)


# --- decisions while money is on its way


def shown(counter: Counter, due: str, amount: Money | None = None) -> AttemptView:
    view = counter.payments.begin_dues({due: amount}, Method.UPI_INTENT)
    return counter.payments.open(view.uid)


def test_nothing_is_decided_about_a_fee_while_its_code_is_shown(counter: Counter) -> None:
    due = due_of(counter)
    view = shown(counter, due)
    enrollment = due_now(counter, due).enrollment_uid
    with pytest.raises(DueCoveredError):
        counter.desk.dues.write_off(due, WHY)
    with pytest.raises(DueCoveredError):
        counter.desk.concessions.concede(enrollment, [EARLY])
    counter.pay(view)
    counter.polling.run(asked=True)
    assert owed(counter, due) == ZERO


def test_money_for_a_code_of_before_a_concession_is_not_lost(counter: Counter) -> None:
    due = due_of(counter)
    view = shown(counter, due)
    counter.payments.cancel(view.uid)
    concession_on(counter, due)
    counter.pay(view)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    assert (held.amount, owed(counter, due)) == (DUE, DUE - Money(1_000_00))
    counter.desk.unapplied.apply(held.uid)
    assert owed(counter, due) == ZERO
    assert balance(counter) == {"gateway": 14_160_00, "fees": -13_160_00, "to_return": -1_000_00}


def test_money_for_a_fee_that_was_written_off_waits_for_a_decision(counter: Counter) -> None:
    due = due_of(counter)
    view = shown(counter, due)
    counter.payments.cancel(view.uid)
    counter.desk.dues.write_off(due, "moved abroad")
    counter.pay(view)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    assert balance(counter) == {"gateway": 14_160_00, "to_return": -14_160_00}
    counter.desk.dues.restore(due, "paid after all")
    counter.desk.unapplied.put_against(held.uid, due)
    assert owed(counter, due) == ZERO


def test_a_plan_changed_between_quote_and_enrolment_is_noticed(counter: Counter) -> None:
    course = counter.course(fee=Money(56_640_00))
    student = counter.student()
    four = FeePlan("PARTS", "Parts", PlanKind.EQUAL, 4)
    row = counter.desk.plans.add(course.uid, four)
    bill = counter.payments.quote(student.uid, course.uid)
    counter.desk.plans.change(row.uid, replace(four, parts=2))
    with pytest.raises(PriceChangedError):
        counter.payments.begin(student.uid, course.uid, Method.CASH, bill.total)
    assert counter.ledger()["enrollments"] == []
    counter.desk.plans.withdraw(row.uid)
    with pytest.raises(InvalidInputError):
        counter.payments.begin(student.uid, course.uid, Method.CASH, bill.total, "PARTS")


# --- two windows


def test_credit_is_used_once_by_two_windows(counter: Counter) -> None:
    first = due_of(counter)
    take(counter, Method.CASH, first, amount=DUE + Money(500_00))
    dues = [due_of(counter, code=code, fee=Money(500_00)) for code in ("CHE-11", "BIO-11")]
    came = together(*(partial(take, counter, Method.CREDIT, due) for due in dues))
    assert came == ["InvalidInputError", "done"]
    assert credit(counter) == ZERO
    assert sorted(owed(counter, due) for due in dues) == [ZERO, Money(500_00)]


def test_one_reference_is_noted_once_by_two_windows(counter: Counter) -> None:
    dues = [due_of(counter, code=code, fee=Money(500_00)) for code in ("CHE-11", "BIO-11")]
    typed = [NEFT, replace(NEFT, reference=f" {NEFT.reference.lower()} ")]
    came = together(
        *(
            partial(take, counter, Method.NEFT, due, typed=each)
            for due, each in zip(dues, typed, strict=True)
        )
    )
    assert came == ["ReferenceUsedError", "done"]


def test_a_family_s_cash_limit_holds_over_two_windows(counter: Counter) -> None:
    dues = [
        due_of(counter, roll, code, Money(1_00_000_00))
        for roll, code in (("R001", "CHE-11"), ("R002", "BIO-11"))
    ]
    came = together(*(partial(take, counter, Method.CASH, due) for due in dues))
    assert came == ["CashLimitError", "done"]


def test_a_bill_over_the_cash_limit_enrols_nobody(counter: Counter) -> None:
    lines = []
    for roll, code in (("R001", "CHE-11"), ("R002", "BIO-11")):
        student = counter.student(roll, guardian_phone="9811111111")
        lines.append(CartLine(student.uid, course_uid=counter.course(code, fee=BIG).uid))
    with pytest.raises(CashLimitError):
        counter.desk.carts.offer(Cart(tuple(lines)), Method.CASH)
    assert counter.ledger()["enrollments"] == []
    assert counter.desk.carts.found("") == ()
    offered = counter.desk.carts.offer(Cart(tuple(lines)), Method.CASH, Money(1_99_999_00))
    assert offered.bill.rest == Money(1_00)


# --- money that went back


def test_a_cheque_that_bounces_after_it_cleared_takes_its_credit_back(counter: Counter) -> None:
    due, other = due_of(counter), due_of(counter, code="CHE-11", fee=Money(2_000_00))
    typed = replace(CHEQUE, amount=DUE + Money(840_00))
    cheque = deposited(counter, due, typed)
    counter.desk.cheques.clear(cheque.uid)
    take(counter, Method.CREDIT, other)
    assert owed(counter, other) == Money(1_160_00)
    counter.desk.cheques.bounce(cheque.uid, FUNDS)
    assert (owed(counter, due), owed(counter, other), credit(counter)) == (
        DUE, Money(2_000_00), ZERO,
    )  # fmt: skip
    assert balance(counter) == {}
    with pytest.raises(ChequeMovedError):
        counter.desk.cheques.clear(cheque.uid)


def test_nothing_is_collected_of_an_enrolment_that_ended(counter: Counter) -> None:
    course = counter.course(fee=Money(56_640_00))
    student = counter.student()
    counter.desk.plans.add(course.uid, FeePlan("PARTS", "Parts", PlanKind.EQUAL, 4))
    paid = counter.payments.begin(student.uid, course.uid, Method.CASH)
    [row] = counter.ledger()["payments"]
    later = [each["id"] for each in counter.ledger()["dues"] if each["balance"]]
    assert len(later) == 3
    counter.desk.dues.write_off(later[0], WHY)
    counter.desk.refunds.refund(row["id"], paid.amount, "left")
    assert {each["state"] for each in counter.ledger()["dues"]} == {"cancelled"}
    for due in later:
        with pytest.raises(DueClosedError):
            counter.payments.begin_dues({due: None}, Method.CASH)
    with pytest.raises(InvalidInputError):
        counter.desk.dues.restore(later[0], WHY)
    assert counter.desk.dues.page(DueChoice()).rows == ()
    assert counter.desk.dues.account(student.uid).balance == ZERO


def test_receipts_and_slips_of_a_new_year_begin_anew_at_midnight_in_india(
    counter: Counter,
) -> None:
    counter.clock.at = datetime(2027, 3, 31, 18, 29, 59, tzinfo=UTC)  # 23:59:59 in India
    dues = [due_of(counter, code=code, fee=Money(500_00)) for code in ("CHE-11", "BIO-11")]
    view = shown(counter, due_of(counter))
    take(counter, Method.CASH, dues[0])
    counter.clock.advance(1)
    take(counter, Method.CASH, dues[1])
    counter.pay(view)
    counter.polling.run(asked=True)
    numbers = [str(each["number"]) for each in counter.ledger()["receipts"]]
    assert numbers == ["D1/26-27/000001", "D1/27-28/000001", "D1/27-28/000002"]


@pytest.mark.parametrize("paise", ["1", "99"])
def test_a_charge_for_a_returned_cheque_is_a_rupee_or_nothing(counter: Counter, paise: str) -> None:
    with pytest.raises(InvalidInputError, match="at least 100 paise"):
        counter.desk.settings.put("cheque.bounce_charge_paise", paise)
    for allowed in ("100", "0"):
        counter.desk.settings.put("cheque.bounce_charge_paise", allowed)


def test_a_corrected_reference_counts_once_too(counter: Counter) -> None:
    dues = [due_of(counter, code=code, fee=Money(500_00)) for code in ("CHE-11", "BIO-11")]
    take(counter, Method.NEFT, dues[0], typed=NEFT)
    [claim] = counter.desk.claims.claimed()
    right = "HDFCN52026112099"
    counter.desk.claims.correct(claim.uid, right)
    for reference in (NEFT.reference, right.lower()):
        with pytest.raises(ReferenceUsedError):
            take(counter, Method.NEFT, dues[1], typed=replace(NEFT, reference=reference))
    take(counter, Method.NEFT, dues[1], typed=replace(NEFT, reference="HDFCN52026112001"))
    other = next(each for each in counter.desk.claims.claimed() if each.uid != claim.uid)
    with pytest.raises(ReferenceUsedError):
        counter.desk.claims.correct(other.uid, right)


def test_a_concession_is_not_taken_back_once_its_fee_was_divided_again(counter: Counter) -> None:
    due = due_of(counter)
    conceded = concession_on(counter, due)
    enrollment = due_now(counter, due).enrollment_uid
    today = day_in_india(counter.clock.now())
    changed = counter.desk.changes.replan(enrollment, [today, today + timedelta(days=30)], WHY)
    assert total(each.balance for each in changed.dues) == DUE - Money(1_000_00)
    with pytest.raises(InvalidInputError, match="has changed"):
        counter.desk.concessions.take_back(conceded, WHY)
    assert [each.uid for each in counter.desk.concessions.of_enrollment(enrollment)] == [conceded]
