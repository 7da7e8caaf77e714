"""Credit of a brother or sister from one payment for both, which goes back or never comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.course_change import ChangeMode
from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services.views.bills import Cart, CartLine
from desktop_app.services.views.evidence import NOTHING_TYPED, TypedEvidence
from tests.integration.test_after_payment import balance
from tests.integration.test_second_shape_attacks import adds_up

if TYPE_CHECKING:
    from tests.integration.conftest import Counter

__all__ = ["adds_up"]
pytestmark = pytest.mark.usefixtures("books_hold", "adds_up")
FEE, HALF = Money(10_000_00), Money(5_000_00)
NEFT = TypedEvidence(reference="HDFCN52026112000", dated=date(2026, 11, 20))


@pytest.fixture
def family(counter: Counter) -> tuple[str, str]:
    facts = {"guardian_phone": "9000000009", "guardian_name": "Meera Rao"}
    for code, fee in (("PHY", FEE), ("MAT", HALF), ("CHE", HALF)):
        counter.courses.add(make_course(code=code, title=code, fee=fee, gst_bp=0))
    return counter.student("R001", **facts).uid, counter.student("R002", **facts).uid


def pay_for_both(
    counter: Counter, family: tuple[str, str], method: Method, typed: TypedEvidence = NOTHING_TYPED
) -> str:
    physics = counter.courses.find("PHY").uid
    cart = Cart(tuple(CartLine(each, course_uid=physics) for each in family))
    begun = counter.desk.carts.offer(cart, method, typed=typed)
    payment_id = ""
    if typed is NOTHING_TYPED:
        payment_id = counter.pay(counter.payments.open(begun.attempt.uid))
        counter.polling.run()
    [enrollment] = [
        row["id"] for row in counter.ledger()["enrollments"] if row["student"] == "R002"
    ]
    cheaper = counter.courses.find("MAT").uid
    counter.desk.changes.change(enrollment, cheaper, ChangeMode.DIFFERENCE, "too much")
    assert counter.desk.credits.balance(family[1]) == HALF
    return payment_id


def refund(counter: Counter, payment_id: str, amount: Money) -> None:
    assert counter.gateway.refund_on_dashboard(payment_id, amount.paise)
    counter.clock.advance(60)
    assert counter.polling.reconcile().is_complete


def states(counter: Counter) -> dict[tuple[str, str], tuple[str, int]]:
    """Return the state and balance of each due that is not cancelled, by student and course."""
    found = counter.ledger()
    of = {row["id"]: (row["student"], row["course"]) for row in found["enrollments"]}
    return {
        of[row["enrollment"]]: (row["state"], row["balance"])
        for row in found["dues"]
        if row["state"] != "cancelled"
    }


def use_credit(counter: Counter, student_uid: str) -> None:
    counter.payments.begin(student_uid, counter.courses.find("CHE").uid, Method.CREDIT)


def test_credit_of_the_second_goes_back_with_the_payment(
    counter: Counter, family: tuple[str, str]
) -> None:
    payment_id = pay_for_both(counter, family, Method.UPI_INTENT)
    refund(counter, payment_id, FEE + FEE)
    assert counter.desk.credits.balance(family[1]) == Money(0)
    assert balance(counter) == {}


def test_the_desk_returns_credit_of_the_second(counter: Counter, family: tuple[str, str]) -> None:
    payment_id = pay_for_both(counter, family, Method.UPI_INTENT)
    counter.desk.refunds.refund(payment_id, HALF, "not needed")
    assert counter.desk.credits.balance(family[1]) == Money(0)
    assert states(counter) == {("R001", "PHY"): ("paid", 0), ("R002", "MAT"): ("paid", 0)}


def test_credit_of_the_first_from_another_payment_stays(
    counter: Counter, family: tuple[str, str]
) -> None:
    payment_id = pay_for_both(counter, family, Method.UPI_INTENT)
    due = counter.desk.enrolments.enrol(family[0], counter.courses.find("CHE").uid).dues[0].uid
    more = replace(NEFT, amount=FEE)
    counter.payments.begin_dues({due: None}, Method.NEFT, more)
    assert counter.desk.credits.balance(family[0]) == HALF
    refund(counter, payment_id, HALF)
    assert [counter.desk.credits.balance(each) for each in family] == [HALF, Money(0)]


def test_a_fee_that_the_second_paid_by_credit_that_went_back_is_due_again(
    counter: Counter, family: tuple[str, str]
) -> None:
    payment_id = pay_for_both(counter, family, Method.UPI_INTENT)
    use_credit(counter, family[1])
    refund(counter, payment_id, FEE + FEE)
    assert states(counter) == {("R002", "CHE"): ("open", HALF.paise)}
    assert balance(counter) == {}
    assert counter.desk.unapplied.held() == ()


@pytest.mark.parametrize("is_used", [False, True])
def test_a_transfer_for_both_that_never_came_takes_credit_of_the_second(
    counter: Counter, family: tuple[str, str], is_used: bool
) -> None:
    pay_for_both(counter, family, Method.NEFT, NEFT)
    if is_used:
        use_credit(counter, family[1])
    [claimed] = counter.desk.claims.claimed()
    counter.desk.claims.reverse(claimed.uid, "no such transfer")
    assert counter.desk.credits.balance(family[1]) == Money(0)
    assert balance(counter) == {}
    owed = {("R001", "PHY"): ("open", FEE.paise), ("R002", "MAT"): ("open", HALF.paise)}
    assert states(counter) == owed | ({("R002", "CHE"): ("open", HALF.paise)} if is_used else {})


def test_credit_of_both_is_collected_although_one_moved_it_to_the_other(
    counter: Counter, family: tuple[str, str]
) -> None:
    payment_id = pay_for_both(counter, family, Method.UPI_INTENT)
    counter.courses.add(make_course(code="ART", title="ART", fee=HALF, gst_bp=0))
    [first] = [row["id"] for row in counter.ledger()["enrollments"] if row["student"] == "R001"]
    art = counter.courses.find("ART").uid
    counter.desk.changes.change(first, art, ChangeMode.DIFFERENCE, "too much")
    counter.desk.credits.move(family[1], family[0], HALF, "for her course")
    use_credit(counter, family[0])
    assert [counter.desk.credits.balance(each) for each in family] == [HALF, Money(0)]
    refund(counter, payment_id, FEE + FEE)
    assert balance(counter) == {}
    assert states(counter) == {("R001", "CHE"): ("open", HALF.paise)}


def test_credit_that_was_moved_twice_and_used_is_collected_whole(
    counter: Counter, family: tuple[str, str]
) -> None:
    pay_for_both(counter, family, Method.NEFT, NEFT)
    for part in (Money(2_000_00), Money(3_000_00)):
        counter.desk.credits.move(family[1], family[0], part, "for her course")
    use_credit(counter, family[0])
    [claimed] = counter.desk.claims.claimed()
    counter.desk.claims.reverse(claimed.uid, "no such transfer")
    assert [counter.desk.credits.balance(each) for each in family] == [Money(0), Money(0)]
    assert states(counter)["R001", "CHE"] == ("open", HALF.paise)


def test_credit_that_came_back_from_a_brother_is_not_asked_of_him_again(
    counter: Counter, family: tuple[str, str]
) -> None:
    facts = {"guardian_phone": "9000000009", "guardian_name": "Meera Rao"}
    third = counter.student("R003", **facts).uid
    pay_for_both(counter, family, Method.NEFT, NEFT)
    counter.desk.credits.move(family[1], family[0], HALF, "for her course")
    counter.desk.credits.move(family[0], family[1], HALF, "not needed")
    counter.desk.credits.move(family[1], third, HALF, "for his course")
    due = counter.desk.enrolments.enrol(family[0], counter.courses.find("CHE").uid).dues[0].uid
    own = replace(NEFT, amount=FEE, reference="HDFCN52026112001")
    counter.payments.begin_dues({due: None}, Method.NEFT, own)
    [claimed] = [each for each in counter.desk.claims.claimed() if each.amount == FEE + FEE]
    counter.desk.claims.reverse(claimed.uid, "no such transfer")
    left = [counter.desk.credits.balance(each) for each in (*family, third)]
    assert left == [HALF, Money(0), Money(0)]
