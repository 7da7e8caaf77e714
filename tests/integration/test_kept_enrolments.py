"""Enrolments that stay although a refund returns their fee, after what was asked had changed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.course_change import ChangeMode
from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services.views.enrolment import DueFilter
from desktop_app.services.views.fees import ConcessionWish
from tests.integration.test_second_shape_attacks import adds_up

if TYPE_CHECKING:
    from tests.integration.conftest import Counter

__all__ = ["adds_up"]
pytestmark = pytest.mark.usefixtures("books_hold", "adds_up")
FEE, HALF = Money(10_000_00), Money(5_000_00)


@pytest.fixture
def enrolment(counter: Counter) -> str:
    """An enrolment of ₹10,000, of which ₹5,000 is paid in cash."""
    for code, fee in (("PHY", FEE), ("MAT", Money(8_000_00))):
        counter.courses.add(make_course(code=code, title=code, fee=fee, gst_bp=0))
    student = counter.student("R001")
    enrolled = counter.desk.enrolments.enrol(student.uid, counter.courses.find("PHY").uid)
    counter.payments.begin_dues({enrolled.dues[0].uid: HALF}, Method.CASH)
    return enrolled.enrollment_uid


def refund_and_keep(counter: Counter, enrolment: str) -> list[int]:
    """Return the only payment, keep the enrolment, and return what is asked for it then."""
    [payment] = counter.ledger()["payments"]
    counter.desk.refunds.refund(payment["id"], None, "paid by mistake", kept=[enrolment])
    rows = counter.ledger()["enrollments"]
    assert [row["state"] for row in rows] == ["cancelled", "pending"]
    return [due.balance.paise for due in counter.desk.enrolments.dues(DueFilter())]


def test_it_asks_for_other_instalments_once(counter: Counter, enrolment: str) -> None:
    days = [date(2026, 12, 1), date(2027, 1, 1)]
    counter.desk.changes.replan(enrolment, days, "agreed")
    assert refund_and_keep(counter, enrolment) == [5_000_00, 2_500_00, 2_500_00]


def test_it_asks_for_the_course_that_it_was_changed_to(counter: Counter, enrolment: str) -> None:
    other = counter.courses.find("MAT").uid
    counter.desk.changes.change(enrolment, other, ChangeMode.DIFFERENCE, "too much")
    assert sum(refund_and_keep(counter, enrolment)) == 8_000_00


def test_it_asks_for_no_more_than_with_its_concession(counter: Counter, enrolment: str) -> None:
    wish = ConcessionWish("other", 1_000, reason="agreed with the family")
    counter.desk.concessions.concede(enrolment, [wish])
    assert sum(refund_and_keep(counter, enrolment)) == 9_000_00


def test_it_does_not_ask_for_what_was_written_off(counter: Counter, enrolment: str) -> None:
    [due] = counter.desk.enrolments.dues(DueFilter())
    counter.desk.dues.write_off(due.uid, "agreed with the family")
    assert refund_and_keep(counter, enrolment) == [5_000_00]


def test_it_asks_for_nothing_that_went_back_before(counter: Counter, enrolment: str) -> None:
    [payment] = counter.ledger()["payments"]
    counter.desk.refunds.refund(payment["id"], Money(1_000_00), "a mistake")
    assert refund_and_keep(counter, enrolment) == [9_000_00]


def test_it_is_due_on_the_day_that_it_was_moved_to(counter: Counter, enrolment: str) -> None:
    [due] = counter.desk.enrolments.dues(DueFilter())
    day = date(2026, 12, 24)
    counter.desk.dues.move_date(due.uid, day, "agreed with the family")
    refund_and_keep(counter, enrolment)
    [due] = counter.desk.enrolments.dues(DueFilter())
    assert due.due_on == day
