"""Credit whose money a lost dispute took, or that test keys brought, pays no fee."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.course_change import ChangeMode
from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.payment import Method
from desktop_app.services.ports.gateway import DisputeFact
from desktop_app.services.posting.credits import bring_in
from desktop_app.ui.counter.student_fees import read_fees
from tests.integration.test_refunded_credit import (
    FEE,
    HALF,
    Changed,
    adds_up,
    changed,
    check,
    states,
    use_credit,
)

if TYPE_CHECKING:
    from tests.integration.conftest import Counter

__all__ = ["adds_up", "changed"]
pytestmark = pytest.mark.usefixtures("books_hold", "adds_up")
LIVE, TEST = "rzp_live_fake000000001", "rzp_test_fake000000001"


def dispute(counter: Counter, payment_id: str, deducted: Money, status: str) -> None:
    fact = DisputeFact(
        "disp_00000000000001", payment_id, FEE.paise, deducted.paise, "x", status, "chargeback",
        None,
    )  # fmt: skip
    counter.gateway.disputed[fact.dispute_id] = fact
    counter.clock.advance(7 * 3600)
    assert counter.polling.reconcile().is_complete


def brother_of(counter: Counter) -> str:
    brother = counter.student("R002", guardian_phone="9000000009", guardian_name="Meera Rao")
    return brother.uid


def opening(counter: Counter, student_uid: str, amount: Money) -> None:
    with counter.context.store.writing() as work:
        bring_in(counter.context, work, student_uid, amount, "tuition", "of last year")
        work.commit()


def usable(counter: Counter, student_uid: str) -> Money:
    """Return what every view offers of a student's credit."""
    found = counter.desk.credits.spendable(student_uid)
    assert counter.desk.credits.usable({student_uid: FEE}).held == found
    return found


def refused(counter: Counter, student_uid: str) -> str:
    with pytest.raises(InvalidInputError) as error:
        use_credit(counter, student_uid)
    return str(error.value)


def test_credit_of_a_lost_dispute_pays_no_fee(counter: Counter, changed: Changed) -> None:
    dispute(counter, changed.payment_id, FEE, "lost")
    before = counter.ledger()
    words = refused(counter, changed.student)
    assert "₹5,000" in words
    assert "another way" in words
    assert counter.ledger() == before
    assert usable(counter, changed.student) == ZERO
    assert counter.desk.carts.family(changed.student).credit == ZERO
    assert read_fees(changed.student, counter.desk).credit == ZERO
    assert counter.desk.credits.balance(changed.student) == HALF


def test_a_dispute_takes_no_credit_before_it_is_lost_or_once_it_is_won(
    counter: Counter, changed: Changed
) -> None:
    dispute(counter, changed.payment_id, ZERO, "open")
    assert usable(counter, changed.student) == HALF
    dispute(counter, changed.payment_id, FEE, "lost")
    assert usable(counter, changed.student) == ZERO
    dispute(counter, changed.payment_id, ZERO, "won")
    use_credit(counter, changed.student)


def test_only_what_was_deducted_is_kept_back(counter: Counter, changed: Changed) -> None:
    dispute(counter, changed.payment_id, Money(2_000_00), "lost")
    assert usable(counter, changed.student) == Money(3_000_00)
    course = counter.courses.find("CHE").uid
    begun = counter.desk.enrolments.enrol(changed.student, course)
    counter.payments.begin_dues({begun.dues[0].uid: None}, Method.CREDIT)
    assert states(counter)["CHE"] == ("open", 2_000_00)
    assert counter.desk.credits.balance(changed.student) == Money(2_000_00)
    assert usable(counter, changed.student) == ZERO


def test_credit_that_was_moved_before_is_kept_back_from_its_taker(
    counter: Counter, changed: Changed
) -> None:
    brother = brother_of(counter)
    counter.desk.credits.move(changed.student, brother, HALF, "for his course")
    dispute(counter, changed.payment_id, FEE, "lost")
    assert "₹5,000" in refused(counter, brother)
    assert usable(counter, brother) == ZERO


def test_it_is_not_moved(counter: Counter, changed: Changed) -> None:
    brother = brother_of(counter)
    dispute(counter, changed.payment_id, FEE, "lost")
    with pytest.raises(InvalidInputError, match="lost in a dispute"):
        counter.desk.credits.preview_move(changed.student, brother, HALF)
    with pytest.raises(InvalidInputError, match="lost in a dispute"):
        counter.desk.credits.move(changed.student, brother, HALF, "for his course")
    assert counter.desk.credits.balance(changed.student) == HALF


def test_other_credit_stays_usable_and_is_used_first(counter: Counter, changed: Changed) -> None:
    opening(counter, changed.student, HALF)
    dispute(counter, changed.payment_id, FEE, "lost")
    assert usable(counter, changed.student) == HALF
    use_credit(counter, changed.student)
    assert usable(counter, changed.student) == ZERO
    assert counter.desk.credits.balance(changed.student) == HALF


def test_what_was_used_before_takes_nothing_of_later_credit(
    counter: Counter, changed: Changed
) -> None:
    use_credit(counter, changed.student)
    dispute(counter, changed.payment_id, FEE, "lost")
    opening(counter, changed.student, HALF)
    assert usable(counter, changed.student) == HALF


@pytest.fixture
def tried(counter: Counter) -> str:
    """A student with credit of a payment that test keys collected."""
    counter.gateway.key_id = TEST
    student = counter.student("R001", guardian_phone="9000000009", guardian_name="Meera Rao")
    for code, fee in (("PHY", FEE), ("MAT", HALF), ("CHE", HALF)):
        counter.courses.add(make_course(code=code, title=code, fee=fee, gst_bp=0))
    begun = counter.payments.begin(student.uid, counter.courses.find("PHY").uid, Method.UPI_INTENT)
    counter.pay(counter.payments.open(begun.uid))
    counter.polling.run()
    [row] = counter.ledger()["enrollments"]
    cheaper = counter.courses.find("MAT").uid
    counter.desk.changes.change(row["id"], cheaper, ChangeMode.DIFFERENCE, "why")
    assert counter.desk.credits.balance(student.uid) == HALF
    return student.uid


def go_live(counter: Counter) -> None:
    counter.gateway.key_id = LIVE
    counter.restart()


def test_credit_of_test_keys_pays_no_real_fee(counter: Counter, tried: str) -> None:
    go_live(counter)
    assert "test money" in refused(counter, tried)
    assert "CHE" not in states(counter)
    assert usable(counter, tried) == ZERO
    assert check(counter).health.value != "bad"


def test_credit_of_test_keys_pays_in_the_trial(counter: Counter, tried: str) -> None:
    assert usable(counter, tried) == HALF
    use_credit(counter, tried)


def test_real_credit_beside_it_pays_after_going_live(counter: Counter, tried: str) -> None:
    go_live(counter)
    opening(counter, tried, HALF)
    use_credit(counter, tried)
    assert usable(counter, tried) == ZERO


def test_moved_test_credit_pays_no_real_fee(counter: Counter, tried: str) -> None:
    brother = brother_of(counter)
    counter.desk.credits.move(tried, brother, HALF, "for his course")
    go_live(counter)
    refused(counter, brother)
