"""Refunds of the dashboard that take credit which has paid other fees since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.course_change import ChangeMode
from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services.maintenance.health_checks import HealthChecks
from desktop_app.services.posting import refunds
from desktop_app.services.posting.credits import bring_in
from desktop_app.services.views.maintenance import CheckResult, Health
from tests.composed_desk import EmptyKeyVault
from tests.integration.test_after_payment import balance
from tests.integration.test_second_shape_attacks import adds_up

if TYPE_CHECKING:
    from tests.integration.conftest import Counter

__all__ = ["adds_up"]
pytestmark = pytest.mark.usefixtures("books_hold", "adds_up")
FEE, HALF = Money(10_000_00), Money(5_000_00)


@dataclass
class Changed:
    """A student who paid a whole fee by a code, and changed to a course of half of it."""

    student: str
    payment_id: str


@pytest.fixture
def changed(counter: Counter) -> Changed:
    student = counter.student("R001", guardian_phone="9000000009", guardian_name="Meera Rao")
    course = counter.courses.add(make_course(code="PHY", title="Physics", fee=FEE, gst_bp=0))
    for code in ("MAT", "CHE"):
        counter.courses.add(make_course(code=code, title=code, fee=HALF, gst_bp=0))
    begun = counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    payment_id = counter.pay(counter.payments.open(begun.uid))
    counter.polling.run()
    [enrollment] = counter.ledger()["enrollments"]
    cheaper = counter.courses.find("MAT").uid
    counter.desk.changes.change(enrollment["id"], cheaper, ChangeMode.DIFFERENCE, "too much")
    assert counter.desk.credits.balance(student.uid) == HALF
    return Changed(student.uid, payment_id)


def use_credit(counter: Counter, student_uid: str) -> None:
    counter.payments.begin(student_uid, counter.courses.find("CHE").uid, Method.CREDIT)
    assert states(counter)["CHE"] == ("paid", 0)


def states(counter: Counter) -> dict[str, tuple[str, int]]:
    """Return the state and balance of the due of each course."""
    found = counter.ledger()
    courses = {row["id"]: row["course"] for row in found["enrollments"]}
    return {courses[row["enrollment"]]: (row["state"], row["balance"]) for row in found["dues"]}


def refund(counter: Counter, changed: Changed, amount: Money, status: str = "processed") -> str:
    key = counter.gateway.refund_on_dashboard(changed.payment_id, amount.paise, status)
    assert key is not None
    counter.clock.advance(60)
    assert counter.polling.reconcile().is_complete
    return key


def test_a_fee_paid_by_credit_that_went_back_is_due_again(
    counter: Counter, changed: Changed
) -> None:
    use_credit(counter, changed.student)
    refund(counter, changed, FEE)
    assert states(counter) == {"MAT": ("cancelled", 0), "CHE": ("open", HALF.paise)}
    assert balance(counter) == {}
    assert counter.desk.credits.balance(changed.student) == Money(0)
    assert counter.desk.unapplied.held() == ()


def test_credit_that_a_brother_used_is_due_again(counter: Counter, changed: Changed) -> None:
    brother = counter.student("R002", guardian_phone="9000000009", guardian_name="Meera Rao")
    counter.desk.credits.move(changed.student, brother.uid, HALF, "for his course")
    use_credit(counter, brother.uid)
    refund(counter, changed, FEE)
    assert states(counter) == {"MAT": ("cancelled", 0), "CHE": ("open", HALF.paise)}
    assert balance(counter) == {}


def test_a_part_is_taken_from_the_fee_that_it_pays_before_used_credit(
    counter: Counter, changed: Changed
) -> None:
    use_credit(counter, changed.student)
    refund(counter, changed, HALF)
    assert states(counter) == {"MAT": ("cancelled", 0), "CHE": ("paid", 0)}
    refund(counter, changed, Money(2_000_00))
    assert states(counter) == {"MAT": ("cancelled", 0), "CHE": ("open", HALF.paise)}
    assert counter.desk.credits.balance(changed.student) == Money(3_000_00)
    assert balance(counter) == {"gateway": 3_000_00, "credit": -3_000_00}


def test_money_that_comes_back_after_all_waits_for_a_decision(
    counter: Counter, changed: Changed
) -> None:
    use_credit(counter, changed.student)
    key = refund(counter, changed, FEE)
    counter.gateway.settle_refund(key, "failed")
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    assert (held.payment_id, held.amount) == (changed.payment_id, FEE)
    assert balance(counter) == {"gateway": FEE.paise, "to_return": -FEE.paise}
    assert states(counter)["CHE"] == ("open", HALF.paise)


# --- what an earlier version left


def check(counter: Counter) -> CheckResult:
    results = HealthChecks(counter.context, counter.connection, EmptyKeyVault(), ()).run()
    return next(each for each in results if each.name == "lists")


@pytest.fixture
def left_paid(counter: Counter, changed: Changed, monkeypatch: pytest.MonkeyPatch) -> Changed:
    """A fee that stayed paid by credit that had gone back, as an earlier version left it."""
    use_credit(counter, changed.student)
    with monkeypatch.context() as earlier:
        earlier.setattr(refunds, "_credit_again", lambda *_given: Money(0))
        counter.gateway.refund_on_dashboard(changed.payment_id, FEE.paise, "processed")
        counter.clock.advance(60)
        counter.polling.reconcile()
    assert states(counter) == {"MAT": ("cancelled", 0), "CHE": ("paid", 0)}
    return changed


def test_the_doctor_names_a_fee_that_stayed_paid_by_refunded_credit(
    counter: Counter, left_paid: Changed
) -> None:
    found = check(counter)
    assert found.health is Health.BAD
    assert "₹5,000" in found.finding
    assert left_paid.payment_id in found.finding
    assert "R001" in found.finding
    assert "pravesh reconcile" in found.advice


def test_the_next_look_makes_such_a_fee_due_again(counter: Counter, left_paid: Changed) -> None:
    assert counter.polling.reconcile().is_complete
    assert states(counter) == {"MAT": ("cancelled", 0), "CHE": ("open", HALF.paise)}
    assert balance(counter) == {}
    assert counter.desk.credits.balance(left_paid.student) == Money(0)
    assert check(counter).health is Health.GOOD
    before = counter.ledger()
    assert counter.polling.reconcile().is_complete
    assert counter.ledger() == before


def test_credit_that_the_student_has_again_goes_first(counter: Counter, left_paid: Changed) -> None:
    with counter.context.store.writing() as work:
        bring_in(counter.context, work, left_paid.student, HALF, "tuition", "of last year")
        work.commit()
    assert check(counter).health is Health.BAD
    assert counter.polling.reconcile().is_complete
    assert counter.desk.credits.balance(left_paid.student) == Money(0)
    assert states(counter)["CHE"] == ("paid", 0)
    assert check(counter).health is Health.GOOD


def test_a_refund_beside_one_that_has_failed_unseen_is_not_told(
    counter: Counter, changed: Changed
) -> None:
    key = refund(counter, changed, FEE)
    assert check(counter).health is Health.GOOD
    counter.gateway.settle_refund(key, "failed")
    again = counter.gateway.refund_on_dashboard(changed.payment_id, FEE.paise, "processed")
    assert again is not None
    counter.polling.reconcile()
    assert check(counter).health is Health.GOOD
