"""Uses of promo codes: held by a live bill, used once paid, and never more than a code allows."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.concessions import ConcessionMeasure
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.promo_codes import PromoCode, PromoRefusal, PromoRefusedError
from desktop_app.domain.receipt import day_in_india
from desktop_app.services.errors import DuplicateError
from desktop_app.services.views.bills import Cart, CartLine
from desktop_app.services.views.fees import ConcessionWish

if TYPE_CHECKING:
    from desktop_app.services.views.fees import PromoRow
    from desktop_app.services.views.payments import AttemptView
    from tests.clock import TestClock
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")
FEE, OFF = Money(11_800_00), Money(1_180_00)
JEE10 = PromoCode("JEE10", ConcessionMeasure.PERCENT, 1_000)
WISH = [ConcessionWish("", promo=" jee10 ")]


@dataclass(frozen=True)
class Desk:
    """A centre with a course, which gives the code to students one after another."""

    counter: Counter

    def add(self, **more: object) -> PromoRow:
        return self.counter.desk.promos.add(replace(JEE10, **more))  # type: ignore[arg-type]

    def enrolled(self, roll: str = "R001", code: str = "PHY-11", **facts: str) -> str:
        found = self.counter.students.search(roll)
        student = found[0] if found else self.counter.student(roll, **facts)
        course = self.counter.courses.search(code)
        row = course[0] if course else self.counter.course(code)
        return self.counter.desk.enrolments.enrol(student.uid, row.uid).enrollment_uid

    def give(self, enrollment: str) -> None:
        self.counter.desk.concessions.concede(enrollment, WISH)

    def refused(self, enrollment: str) -> PromoRefusal:
        with pytest.raises(PromoRefusedError) as refused:
            self.give(enrollment)
        return refused.value.refusal

    def due(self, enrollment: str) -> str:
        with self.counter.context.store.reading() as books:
            return books.enrollments.due_of(enrollment).uid

    def balance(self, enrollment: str) -> Money:
        with self.counter.context.store.reading() as books:
            return books.enrollments.due_of(enrollment).balance

    def bill(self, enrollment: str, method: Method = Method.UPI_INTENT) -> AttemptView:
        view = self.counter.payments.begin_dues({self.due(enrollment): None}, method)
        return view if view.state is AttemptState.PAID else self.counter.payments.open(view.uid)

    def uses(self) -> tuple[int, int]:
        (row,) = self.counter.desk.promos.list()
        return row.used, row.held


@pytest.fixture
def desk(counter: Counter) -> Desk:
    return Desk(counter)


def test_a_live_bill_holds_the_last_use_until_it_ends_unpaid(desk: Desk) -> None:
    desk.add(most_uses=1)
    first, second = desk.enrolled("R001"), desk.enrolled("R002")
    desk.give(first)
    live = desk.bill(first)
    assert live.amount == FEE - OFF
    assert desk.uses() == (0, 1)
    with pytest.raises(
        PromoRefusedError,
        match=r"reached its limit. The last use is on an unpaid bill from \d\d:\d\d\.",
    ):
        desk.give(second)
    desk.counter.payments.cancel(live.uid)
    desk.give(second)
    assert desk.balance(second) == FEE - OFF
    assert desk.balance(first) == FEE  # another bill used the code
    assert desk.counter.desk.concessions.of_enrollment(first) == ()
    desk.bill(second)
    assert desk.refused(first) is PromoRefusal.USED_UP


def test_a_paid_use_stays_used(desk: Desk) -> None:
    desk.add(most_uses=1)
    first, second = desk.enrolled("R001"), desk.enrolled("R002")
    desk.give(first)
    paid = desk.bill(first, Method.CASH)
    assert paid.state is AttemptState.PAID
    assert desk.uses() == (1, 0)
    assert desk.refused(second) is PromoRefusal.USED_UP
    desk.counter.desk.refunds.refund(_payment_of(desk), FEE - OFF, "left")
    assert desk.refused(second) is PromoRefusal.USED_UP
    desk.counter.desk.settings.put("promo.free_after_refund", "on")
    desk.give(second)
    assert desk.uses() == (0, 0)
    desk.bill(second)
    assert desk.uses() == (0, 1)


def _payment_of(desk: Desk) -> str:
    (payment,) = desk.counter.ledger()["payments"]
    return str(payment["id"])


def test_money_that_comes_late_keeps_the_concession_where_nobody_took_the_use(desk: Desk) -> None:
    desk.add(most_uses=1)
    first = desk.enrolled("R001")
    desk.give(first)
    live = desk.bill(first)
    desk.counter.payments.cancel(live.uid)
    desk.counter.pay(live)
    desk.counter.polling.run()
    assert desk.balance(first) == Money(0)
    assert desk.uses() == (1, 0)


def test_money_that_comes_after_another_bill_took_the_use_is_a_part(desk: Desk) -> None:
    desk.add(most_uses=1)
    first, second = desk.enrolled("R001"), desk.enrolled("R002")
    desk.give(first)
    live = desk.bill(first)
    desk.counter.payments.cancel(live.uid)
    desk.give(second)
    desk.bill(second, Method.CASH)
    desk.counter.pay(live)
    desk.counter.polling.run()
    assert desk.balance(first) == OFF
    assert desk.uses() == (1, 0)


def test_a_whole_concession_by_a_code_is_used_without_a_payment(desk: Desk) -> None:
    desk.counter.desk.settings.put("concessions.cap_bp", "10000")
    desk.add(value=10_000, most_uses=1)
    first, second = desk.enrolled("R001"), desk.enrolled("R002")
    desk.give(first)
    assert desk.balance(first) == Money(0)
    assert desk.uses() == (1, 0)
    assert desk.refused(second) is PromoRefusal.USED_UP


def test_a_family_uses_a_code_as_often_as_it_may(desk: Desk) -> None:
    desk.add(most_per_family=1)
    brothers = [desk.enrolled(roll, guardian_phone="9845012345") for roll in ("R001", "R002")]
    stranger = desk.enrolled("R003", guardian_phone="9845099999")
    desk.give(brothers[0])
    desk.bill(brothers[0], Method.CASH)
    assert desk.refused(brothers[1]) is PromoRefusal.FAMILY_USED_UP
    desk.give(stranger)


def test_a_code_for_new_students_is_for_their_first_enrolment(desk: Desk) -> None:
    desk.add(first_enrollment_only=True)
    first = desk.enrolled("R001")
    second = desk.enrolled("R001", "CHE-11")
    assert desk.refused(second) is PromoRefusal.NOT_FIRST
    assert desk.refused(first) is PromoRefusal.NOT_FIRST
    desk.give(desk.enrolled("R002"))


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"courses": frozenset({"CHE-11"})}, PromoRefusal.OTHER_COURSE),
        ({"least_bill": Money(11_800_01)}, PromoRefusal.UNDER_MINIMUM),
        ({"valid_to": date(2020, 1, 1)}, PromoRefusal.EXPIRED),
        ({"valid_from": date(2100, 1, 1)}, PromoRefusal.NOT_BEGUN),
    ],
)
def test_a_code_that_does_not_fit_is_refused(
    desk: Desk, change: dict[str, object], refusal: PromoRefusal
) -> None:
    desk.counter.course("CHE-11")
    desk.add(**change)
    enrollment = desk.enrolled("R001")
    assert desk.refused(enrollment) is refusal
    assert desk.balance(enrollment) == FEE
    assert desk.uses() == (0, 0)


def test_a_code_that_stands_alone_is_not_combined(desk: Desk) -> None:
    desk.add(is_combinable=False)
    other = ConcessionWish("other", value=500, reason="agreed before")
    first, second = desk.enrolled("R001"), desk.enrolled("R002")
    desk.counter.desk.concessions.concede(first, [other])
    assert desk.refused(first) is PromoRefusal.NOT_COMBINABLE
    desk.give(second)
    with pytest.raises(InvalidInputError, match="can't combine"):
        desk.counter.desk.concessions.concede(second, [other])
    assert desk.refused(second) is PromoRefusal.USED_ALREADY


def test_unknown_and_archived_codes_are_refused(desk: Desk) -> None:
    enrollment = desk.enrolled("R001")
    assert desk.refused(enrollment) is PromoRefusal.UNKNOWN
    desk.add()
    with pytest.raises(DuplicateError):
        desk.add(code="jee10")
    desk.counter.desk.promos.archive("jee10")
    assert desk.refused(enrollment) is PromoRefusal.ARCHIVED
    with pytest.raises(PromoRefusedError):
        desk.counter.desk.promos.archive("JEE10")
    desk.add(value=2_000)
    desk.give(enrollment)
    assert desk.balance(enrollment) == Money(9_440_00)
    assert [row.is_archived for row in desk.counter.desk.promos.list()] == [False, True]


def test_a_code_names_courses_that_there_are(desk: Desk) -> None:
    with pytest.raises(InvalidInputError, match="No course has the code NONE"):
        desk.add(courses=frozenset({"none"}))
    assert len({desk.counter.desk.promos.new_code() for _ in range(20)}) == 20


def test_a_bill_offered_on_the_last_day_is_paid_the_day_after(desk: Desk, clock: TestClock) -> None:
    today = day_in_india(clock.now())
    desk.add(valid_to=today)
    first, second = desk.enrolled("R001"), desk.enrolled("R002")
    desk.give(first)
    live = desk.bill(first)
    clock.advance(timedelta(days=1).total_seconds())
    desk.counter.pay(live)
    desk.counter.polling.run()
    assert desk.balance(first) == Money(0)
    assert desk.refused(second) is PromoRefusal.EXPIRED


def test_taking_a_code_back_frees_its_use(desk: Desk) -> None:
    desk.add(most_uses=1)
    first = desk.enrolled("R001")
    desk.give(first)
    (given_,) = desk.counter.desk.concessions.of_enrollment(first)
    desk.counter.desk.concessions.take_back(given_.uid, "typed for the wrong student")
    assert desk.balance(first) == FEE
    desk.give(first)
    assert desk.balance(first) == FEE - OFF


def test_windows_that_use_the_last_use_at_once_cannot_oversell(desk: Desk) -> None:
    desk.add(most_uses=3)
    course = desk.counter.course()
    students = [desk.counter.student(f"R{number:03d}").uid for number in range(12)]
    start = threading.Barrier(len(students))
    refused: list[PromoRefusal] = []

    def collect(student: str) -> None:
        agree = desk.counter.desk.concessions.agreed(WISH)
        start.wait()
        try:
            desk.counter.payments.begin(student, course.uid, Method.QR_CODE, agree=agree)
        except PromoRefusedError as error:
            refused.append(error.refusal)

    threads = [threading.Thread(target=collect, args=(each,)) for each in students]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert desk.uses() == (0, 3)
    assert refused == [PromoRefusal.USED_UP] * 9
    assert len(desk.counter.ledger()["enrollments"]) == 3


def test_brother_and_sister_use_a_code_on_one_bill(desk: Desk) -> None:
    desk.add(most_uses=2)
    course = desk.counter.course()
    family = {"guardian_phone": "9000000009", "guardian_name": "Meera Rao"}
    students = [desk.counter.student(roll, **family).uid for roll in ("R001", "R002")]
    lines = [CartLine(each, course_uid=course.uid, wishes=tuple(WISH)) for each in students]
    quoted = desk.counter.desk.carts.quote(Cart(tuple(lines)))
    desk.counter.desk.carts.offer(quoted.cart, Method.CASH, quoted=quoted.total)
    assert quoted.total == FEE + FEE - OFF - OFF
    assert desk.uses() == (2, 0)
    third = desk.enrolled("R003")
    assert desk.refused(third) is PromoRefusal.USED_UP
