"""One payment for several dues, of whichever students: offered once, allocated as offered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.errors import InvalidInputError, NoSeatError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method, Placement
from desktop_app.services import errors
from desktop_app.services.views.enrolment import DueFilter
from desktop_app.services.views.payments import PaymentFilter
from desktop_app.storage.store import BACKUPS
from tests.integration.reached import reach
from tests.integration.test_after_payment import balance
from tests.integration.test_money_rows import payment_of
from tests.integration.test_restore import restored
from tests.integration.test_restored_money import attempt_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")
CHANNELS = [Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK]
TUITION, OTHER, BOOKS = Money(1_416_000), Money(1_250_000), Money(200_000)
TOTAL = Money(2_866_000)
LOST = errors.OutcomeUnknownError("lost")


@dataclass(frozen=True)
class Cart:
    """Two students of a family with three dues (V3.1)."""

    counter: Counter
    asha: str
    rohan: str
    books: str

    @property
    def dues(self) -> tuple[str, str, str]:
        return self.asha, self.rohan, self.books

    @property
    def whole(self) -> dict[str, Money | None]:
        return dict.fromkeys(self.dues)

    def begin(
        self, method: Method = Method.UPI_INTENT, asked: Mapping[str, Money | None] | None = None
    ) -> AttemptView:
        return self.counter.payments.begin_dues(self.whole if asked is None else asked, method)

    def shown(
        self, method: Method = Method.UPI_INTENT, asked: Mapping[str, Money | None] | None = None
    ) -> AttemptView:
        view = self.counter.payments.open(self.begin(method, asked).uid)
        assert view.state is AttemptState.AWAITING
        return view

    def states(self) -> list[str]:
        by_uid = {row["id"]: row["state"] for row in self.counter.ledger()["dues"]}
        return [by_uid[uid] for uid in self.dues]

    def balances(self) -> list[int]:
        by_uid = {row["id"]: row["balance"] for row in self.counter.ledger()["dues"]}
        return [by_uid[uid] for uid in self.dues]


def enrolled(counter: Counter, roll_no: str, code: str) -> str:
    """Enrol without a payment; return the due."""
    student, course = counter.students.find(roll_no), counter.courses.find(code)
    [due] = counter.desk.enrolments.enrol(student.uid, course.uid).dues
    return due.uid


@pytest.fixture
def cart(counter: Counter) -> Cart:
    return Cart(counter, *reach(counter, three_dues))


def three_dues(counter: Counter) -> list[str]:
    """Enrol two students of a family in three courses; return what they owe."""
    counter.student("R001", name="Asha Rao", guardian_phone="9000000009")
    counter.student("R002", name="Rohan Rao", guardian_phone="9000000009")
    for code, fee in (("PHY", TUITION), ("CHE", OTHER), ("BKS", BOOKS)):
        counter.course(code, fee=fee)
    return [
        enrolled(counter, *each) for each in (("R001", "PHY"), ("R002", "CHE"), ("R002", "BKS"))
    ]


def allocated(counter: Counter) -> dict[str, int]:
    return {row["due"]: row["amount"] for row in counter.ledger()["allocations"]}


# --- one QR


@pytest.mark.parametrize("method", CHANNELS)
def test_one_code_pays_three_dues_with_a_receipt_a_student(
    counter: Counter, cart: Cart, method: Method
) -> None:
    view = cart.shown(method)
    assert (view.amount, view.enrollment_uid) == (TOTAL, None)
    assert (view.student_name, view.roll_no) == ("Asha Rao, Rohan Rao", "R001, R002")
    payment_id = counter.pay(view)
    counter.polling.run()
    assert counter.payments.view(view.uid).state is AttemptState.PAID
    paise = [TUITION.paise, OTHER.paise, BOOKS.paise]
    assert allocated(counter) == dict(zip(cart.dues, paise, strict=True))
    outcome = counter.payments.outcome(view.uid)
    assert [(each.roll_no, each.amount) for each in outcome.receipts] == [
        ("R001", TUITION),
        ("R002", OTHER + BOOKS),
    ]
    assert [(each.due_uid, each.amount.paise) for each in outcome.parts] == list(
        zip(cart.dues, paise, strict=True)
    )
    assert cart.states() == ["paid"] * 3
    assert {row["state"] for row in counter.ledger()["enrollments"]} == {"active"}
    assert balance(counter) == {"gateway": TOTAL.paise, "fees": -TOTAL.paise}
    counter.polling.reconcile()
    assert len(counter.ledger()["receipts"]) == 2, "once"
    [row] = counter.ledger()["payments"]
    assert (row["payment_id"], row["amount"]) == (payment_id, TOTAL.paise)


def test_cash_pays_several_dues_at_once(counter: Counter, cart: Cart) -> None:
    view = cart.begin(Method.CASH)
    assert view.state is AttemptState.PAID
    assert cart.states() == ["paid"] * 3
    assert [each.number for each in counter.payments.outcome(view.uid).receipts] == [
        row["number"] for row in counter.ledger()["receipts"]
    ]
    assert balance(counter) == {"cash": TOTAL.paise, "fees": -TOTAL.paise}
    with pytest.raises(errors.DueClosedError, match="Asha Rao · Physics XI"):
        cart.begin(Method.CASH)


def test_no_name_of_a_child_reaches_the_gateway(counter: Counter, cart: Cart) -> None:
    for method in CHANNELS:
        counter.payments.cancel(cart.shown(method).uid)
    sent = repr((counter.gateway.orders, counter.gateway.codes, counter.gateway.links))
    label = counter.payments.checker.channels[Method.QR_CODE]._attempts.label(
        attempt_of(counter, cart.begin(Method.QR_CODE).uid)
    )
    for name in ("Asha", "Rohan", "Rao"):
        assert name not in sent
        assert name not in label
    assert label == "Fee Physics XI · Morning R001 R002".replace("· ", "")


def test_a_list_shows_a_payment_of_several_dues_once(counter: Counter, cart: Cart) -> None:
    cart.begin(Method.CASH)
    [row] = counter.context.store.reader.payments.recent(10)
    assert (row.student_name, row.roll_no) == ("Asha Rao, Rohan Rao", "R001, R002")
    assert (row.course_label, row.amount) == ("Physics XI · Morning", TOTAL)
    for text in ("Asha", "Rohan", "R002"):
        found = counter.context.store.reader.payments.page(PaymentFilter(text=text), 0, 10)
        assert [each.uid for each in found.rows] == [row.uid], text


def test_money_that_returns_by_itself_names_every_student(counter: Counter, cart: Cart) -> None:
    view = cart.shown()
    counter.payments.cancel(view.uid)
    cart.begin(Method.CASH)
    counter.gateway.authorise_slowly(view.qr_text or "")
    counter.polling.reconcile()
    [returning] = counter.desk.unapplied.returning()
    assert (returning.student_name, returning.amount) == ("Asha Rao, Rohan Rao", TOTAL)


def test_held_money_may_pay_what_is_left_of_a_due(counter: Counter, cart: Cart) -> None:
    cart.begin(Method.CASH, {cart.rohan: OTHER - BOOKS})
    late = cart.shown(asked={cart.books: None})
    counter.payments.cancel(late.uid)
    cart.begin(Method.CASH, {cart.books: None})
    counter.pay(late)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    [due] = [each for each in counter.desk.unapplied.family_dues(held.uid) if each.fits]
    assert (due.due_uid, due.amount) == (cart.rohan, BOOKS)
    counter.desk.unapplied.put_against(held.uid, due.due_uid)
    assert cart.states() == ["open", "paid", "paid"]


# --- parts


def test_a_part_of_a_due_leaves_the_rest_open(counter: Counter, cart: Cart) -> None:
    view = cart.shown(asked={cart.asha: Money(500_000)})
    counter.pay(view)
    counter.polling.run()
    assert cart.balances() == [916_000, OTHER.paise, BOOKS.paise]
    assert cart.states() == ["open"] * 3
    last = cart.shown(asked={cart.asha: None})
    assert last.amount == Money(916_000)
    assert last.order_id != view.order_id
    counter.pay(last)
    counter.polling.run()
    assert cart.balances()[0] == 0
    assert cart.states() == ["paid", "open", "open"]


def test_another_part_never_uses_the_order_of_the_first(counter: Counter, cart: Cart) -> None:
    first = cart.shown(asked={cart.asha: Money(500_000)})
    counter.payments.cancel(first.uid)
    second = cart.shown(asked={cart.asha: Money(600_000)})
    assert second.order_id != first.order_id
    counter.payments.cancel(second.uid)
    again = cart.shown(asked={cart.asha: Money(500_000)})
    assert again.order_id == first.order_id, "the same part has the same unpaid order"


@pytest.mark.parametrize("paise", [0, -1, TUITION.paise + 1, TUITION.paise - 99])
def test_a_part_that_cannot_be_is_refused(counter: Counter, cart: Cart, paise: int) -> None:
    with pytest.raises(InvalidInputError):
        cart.begin(asked={cart.asha: Money(paise)})
    assert counter.ledger()["attempts"] == []


def test_late_money_that_would_leave_less_than_a_rupee_is_held(
    counter: Counter, cart: Cart
) -> None:
    late = cart.shown(asked={cart.books: Money(100_000)})
    counter.payments.cancel(late.uid)
    cart.begin(Method.CASH, {cart.books: Money(99_900)})
    counter.pay(late)
    counter.polling.reconcile()
    assert cart.balances()[2] == 100, "the late part leaves exactly a rupee"
    assert counter.desk.unapplied.held() == ()
    other = cart.shown(asked={cart.rohan: Money(600_000)})
    counter.payments.cancel(other.uid)
    cart.begin(Method.CASH, {cart.rohan: Money(649_950)})
    payment_id = counter.pay(other)
    counter.polling.reconcile()
    assert cart.balances()[1] == 600_050
    assert payment_of(counter, payment_id).placement is Placement.MISFIT
    [held] = counter.desk.unapplied.held()
    applied = counter.desk.unapplied.apply(held.uid)
    assert (applied.paid, applied.due, applied.held) == (Money(599_950), Money(100), Money(50))


# --- what is refused


def test_a_due_of_another_live_payment_is_refused_by_name(counter: Counter, cart: Cart) -> None:
    cart.shown()
    with pytest.raises(errors.DueCoveredError) as refusal:
        cart.begin(Method.QR_CODE, {cart.rohan: None})
    assert refusal.value.amount == TOTAL
    assert "Rohan Rao" in refusal.value.about
    assert "Asha Rao" in refusal.value.other
    with pytest.raises(errors.DueCoveredError):
        cart.begin(Method.CASH, {cart.asha: Money(100_000)})
    student, course = counter.students.find("R002"), counter.courses.find("CHE")
    with pytest.raises(errors.DueCoveredError):
        counter.payments.begin(student.uid, course.uid, Method.CASH)
    assert len(counter.ledger()["attempts"]) == 1


def test_a_payment_that_was_never_shown_stops_nobody_for_long(counter: Counter, cart: Cart) -> None:
    abandoned = cart.begin()
    counter.restart()
    with pytest.raises(errors.DueCoveredError):
        cart.begin(asked={cart.rohan: None})
    counter.clock.advance(61)
    view = cart.shown(asked={cart.rohan: None})
    assert view.amount == OTHER
    assert attempt_of(counter, abandoned.uid).state is AttemptState.CANCELLED


def test_unknown_closed_and_too_many_dues_are_refused(counter: Counter, cart: Cart) -> None:
    with pytest.raises(errors.UnknownDueError):
        cart.begin(asked={"nothing": None})
    with pytest.raises(errors.NothingToCollectError):
        cart.begin(asked={})
    with pytest.raises(InvalidInputError, match="at most 40"):
        cart.begin(asked={f"due{number}": None for number in range(41)})
    paid = cart.begin(Method.CASH, {cart.asha: None})
    counter.desk.refunds.refund(str(counter.ledger()["payments"][0]["id"]), None, "leaves")
    with pytest.raises(errors.DueClosedError, match="no longer due"):
        cart.begin(asked={cart.asha: None})
    assert paid.state is AttemptState.PAID


def test_limit_and_least_amount_hold_for_the_total(counter: Counter, cart: Cart) -> None:
    with counter.context.store.writing() as work:
        work.put_setting("upi.limit_paise", str(OTHER.paise + BOOKS.paise))
        work.commit()
    with pytest.raises(errors.OverLimitError):
        cart.begin()
    assert cart.shown(asked={cart.rohan: None, cart.books: None}).amount == OTHER + BOOKS
    assert cart.begin(Method.CASH, {cart.asha: None}).state is AttemptState.PAID


def test_seats_are_given_to_all_or_none(counter: Counter, cart: Cart) -> None:
    course = counter.course("LAST", fee=BOOKS, seats=1)
    dues = [enrolled(counter, roll_no, "LAST") for roll_no in ("R001", "R002")]
    with pytest.raises(NoSeatError):
        cart.begin(asked=dict.fromkeys(dues))
    assert counter.ledger()["attempts"] == []
    cart.begin(Method.CASH, {dues[0]: None})
    with pytest.raises(NoSeatError, match="Physics XI"):
        cart.begin(asked={cart.asha: None, dues[1]: None})
    assert cart.states() == ["open"] * 3
    assert counter.courses.detail(course.uid).seats_left == 0


def test_two_seats_of_one_course_that_a_payment_holds_are_its_own(
    counter: Counter, cart: Cart
) -> None:
    counter.course("TWO", fee=BOOKS, seats=2)
    asked = dict.fromkeys(enrolled(counter, roll_no, "TWO") for roll_no in ("R001", "R002"))
    first = cart.shown(Method.QR_CODE, asked)
    counter.clock.advance(1_000)
    text = first.qr_text or ""
    second = cart.shown(Method.UPI_INTENT, asked)
    assert second.uid != first.uid
    counter.gateway.codes[first_code(counter, text)] = replace(
        counter.gateway.codes[first_code(counter, text)], status="active"
    )
    payment_id = counter.gateway.pay(text)
    counter.polling.reconcile()
    assert payment_of(counter, payment_id).placement is Placement.APPLIED
    assert counter.payments.view(second.uid).state is AttemptState.CANCELLED


def first_code(counter: Counter, text: str) -> str:
    return counter.gateway.payable[text]


# --- going on


@pytest.mark.parametrize("method", [*CHANNELS, Method.AUTO])
def test_collecting_the_same_dues_goes_on_with_the_live_payment(
    counter: Counter, cart: Cart, method: Method
) -> None:
    first = cart.shown(method)
    counter.restart()
    asked: dict[str, Money | None] = dict.fromkeys(reversed(cart.dues))
    again = cart.shown(method, asked)
    assert (again.uid, again.qr_text) == (first.uid, first.qr_text)
    counter.pay(again)
    third = counter.payments.open(cart.begin(method).uid)
    assert third.state is AttemptState.PAID


def test_an_expired_code_is_followed_by_one_on_the_same_order(counter: Counter, cart: Cart) -> None:
    first = cart.shown()
    counter.clock.advance(1_000)
    second = cart.shown()
    assert second.uid != first.uid
    assert second.order_id == first.order_id
    assert attempt_of(counter, second.uid).dues == attempt_of(counter, first.uid).dues
    assert len(counter.gateway.orders) == 1


def test_a_payment_begun_under_other_keys_keeps_its_dues(counter: Counter, cart: Cart) -> None:
    begun = cart.begin()
    counter.gateway.key_id = "rzp_test_other00000001"
    view = counter.payments.open(begun.uid)
    assert view.uid != begun.uid
    assert view.state is AttemptState.AWAITING
    assert attempt_of(counter, view.uid).dues == attempt_of(counter, begun.uid).dues
    counter.pay(view)
    counter.polling.run()
    assert cart.states() == ["paid"] * 3


@pytest.mark.parametrize("method", CHANNELS)
@pytest.mark.parametrize("is_done", [True, False])
def test_a_lost_answer_makes_one_payable_thing(
    counter: Counter, cart: Cart, method: Method, is_done: bool
) -> None:
    for name in ("create_order", "create_qr", "create_link"):
        counter.gateway.trouble(name, LOST, is_done=is_done)
    view = cart.shown(method)
    counter.pay(view)
    counter.polling.reconcile()
    assert cart.states() == ["paid"] * 3
    assert len(counter.ledger()["payments"]) == 1


def test_a_crash_before_the_call_is_gone_on_with(counter: Counter, cart: Cart) -> None:
    begun = cart.begin()
    counter.restart()
    view = cart.shown()
    assert view.uid == begun.uid
    counter.restart()
    counter.pay(view)
    counter.polling.reconcile()
    assert cart.states() == ["paid"] * 3
    assert len(counter.ledger()["receipts"]) == 2


def test_cash_waits_for_the_open_code(counter: Counter, cart: Cart) -> None:
    view = cart.shown()
    with pytest.raises(errors.OpenAttemptError) as refusal:
        cart.begin(Method.CASH)
    assert refusal.value.attempt_uid == view.uid
    counter.payments.cancel(view.uid)
    assert cart.begin(Method.CASH).state is AttemptState.PAID


# --- late money


def late_cart(counter: Counter, cart: Cart) -> str:
    """Money for all three dues, of which Asha's was paid in cash in between."""
    view = cart.shown(Method.UPI_INTENT)
    counter.payments.cancel(view.uid)
    cart.begin(Method.CASH, {cart.asha: None})
    payment_id = counter.pay(view)
    counter.polling.reconcile()
    return payment_id


def test_late_money_whose_dues_are_all_open_pays_them(counter: Counter, cart: Cart) -> None:
    view = cart.shown()
    counter.payments.cancel(view.uid)
    counter.pay(view)
    counter.polling.reconcile()
    assert cart.states() == ["paid"] * 3
    assert [row["late"] for row in counter.ledger()["payments"]] == [True]


def test_late_money_of_dues_partly_paid_otherwise_is_held_whole(
    counter: Counter, cart: Cart
) -> None:
    payment_id = late_cart(counter, cart)
    [held] = counter.desk.unapplied.held()
    assert (held.payment_id, held.amount, held.why) == (payment_id, TOTAL, Placement.SURPLUS)
    assert (held.can_enrol, held.applicable) == (False, OTHER + BOOKS)
    assert cart.states() == ["paid", "open", "open"]
    with pytest.raises(errors.FeePaidError):
        counter.desk.unapplied.enrol(held.uid)


def test_what_is_open_of_held_money_is_applied_as_offered(counter: Counter, cart: Cart) -> None:
    payment_id = late_cart(counter, cart)
    [held] = counter.desk.unapplied.held()
    counter.desk.unapplied.apply(held.uid)
    assert cart.states() == ["paid"] * 3
    [rest] = counter.desk.unapplied.held()
    assert (rest.payment_id, rest.amount, rest.applicable) == (payment_id, TUITION, None)
    assert balance(counter) == {
        "cash": TUITION.paise,
        "gateway": TOTAL.paise,
        "fees": -TOTAL.paise,
        "to_return": -TUITION.paise,
    }
    with pytest.raises(InvalidInputError):
        counter.desk.unapplied.apply(held.uid)
    counter.desk.unapplied.refund(rest.uid)
    counter.polling.reconcile()
    assert counter.desk.unapplied.held() == ()
    assert cart.states() == ["paid"] * 3


def test_a_due_without_a_seat_stays_held(counter: Counter, cart: Cart) -> None:
    counter.course("LAST", fee=BOOKS, seats=1)
    counter.student("R003")
    mine, other = (enrolled(counter, roll_no, "LAST") for roll_no in ("R001", "R003"))
    view = cart.shown(asked={cart.asha: None, mine: None})
    counter.payments.cancel(view.uid)
    cart.begin(Method.CASH, {other: None})
    payment_id = counter.pay(view)
    counter.polling.reconcile()
    assert payment_of(counter, payment_id).placement is Placement.NO_SEAT
    [held] = counter.desk.unapplied.held()
    assert (held.can_enrol, held.applicable) == (False, TUITION)
    counter.desk.unapplied.apply(held.uid)
    assert cart.states()[0] == "paid"
    [rest] = counter.desk.unapplied.held()
    assert (rest.amount, rest.applicable) == (BOOKS, None)


def test_opening_dues_of_which_one_was_paid_late_offers_nothing(
    counter: Counter, cart: Cart
) -> None:
    alone = cart.shown(Method.QR_CODE, {cart.asha: None})
    counter.clock.advance(1_000)
    begun = cart.begin()
    counter.pay(alone)
    with pytest.raises(errors.DueClosedError, match="Asha Rao"):
        counter.payments.open(begun.uid)
    assert attempt_of(counter, begun.uid).state is AttemptState.CANCELLED
    assert cart.states() == ["paid", "open", "open"]
    rest = cart.shown(asked={cart.rohan: None, cart.books: None})
    counter.pay(rest)
    counter.polling.run()
    assert cart.states() == ["paid"] * 3


def test_opening_one_due_that_a_late_payment_of_several_paid_shows_that(
    counter: Counter, cart: Cart
) -> None:
    several = cart.shown(Method.QR_CODE)
    counter.clock.advance(1_000)
    begun = cart.begin(asked={cart.asha: None})
    counter.pay(several)
    assert counter.payments.open(begun.uid).uid == several.uid
    assert cart.states() == ["paid"] * 3


# --- refunds


def test_a_refund_takes_the_last_due_back_first(counter: Counter, cart: Cart) -> None:
    view = cart.begin(Method.CASH)
    payment_uid = str(counter.ledger()["payments"][0]["id"])
    counter.desk.refunds.refund(payment_uid, BOOKS, "changed their mind")
    assert cart.states() == ["paid", "paid", "cancelled"]
    marked = [
        (counter.context.store.reader.receipts.get(each.uid), each.roll_no)
        for each in counter.payments.outcome(view.uid).receipts
    ]
    assert [(r and r.refunded, roll_no) for r, roll_no in marked] == [
        (None, "R001"),
        (BOOKS, "R002"),
    ]


def test_a_refund_of_exactly_one_due_takes_that_one_back(counter: Counter, cart: Cart) -> None:
    cart.begin(Method.CASH)
    payment_uid = str(counter.ledger()["payments"][0]["id"])
    counter.desk.refunds.refund(payment_uid, TUITION, "leaves")
    assert cart.states() == ["cancelled", "paid", "paid"]


def test_a_refund_that_is_only_asked_for_marks_every_receipt_it_may_be_of(
    counter: Counter, cart: Cart
) -> None:
    view = cart.shown()
    payment_id = counter.pay(view)
    counter.polling.run()
    counter.gateway.trouble("refund", errors.UnavailableError("down"))
    counter.desk.refunds.refund(payment_id, BOOKS, "changed their mind")
    marked = [
        counter.context.store.reader.receipts.get(each.uid)
        for each in counter.payments.outcome(view.uid).receipts
    ]
    assert [r and r.refund_asked for r in marked] == [BOOKS, BOOKS]


# --- dues


def rows(counter: Counter, **which: Any) -> list[tuple[str, str]]:
    return [
        (each.roll_no, each.course_code)
        for each in counter.desk.enrolments.dues(DueFilter(**which))
    ]


def test_dues_are_listed_by_student_family_and_batch(counter: Counter, cart: Cart) -> None:
    counter.student("R009", name="Stranger", phone="9111111111")
    enrolled(counter, "R009", "PHY")
    assert len(rows(counter)) == 4
    assert rows(counter, student_uid=counter.students.find("R001").uid) == [("R001", "PHY")]
    assert rows(counter, phone="9000000009") == [("R001", "PHY"), ("R002", "CHE"), ("R002", "BKS")]
    assert rows(counter, batch="phy") == [("R001", "PHY"), ("R009", "PHY")]
    assert len(rows(counter, batch="morning")) == 4
    with pytest.raises(errors.UnknownCourseError):
        rows(counter, batch="nowhere")
    cart.shown(asked={cart.asha: Money(500_000)})
    [due] = counter.desk.enrolments.dues(DueFilter(student_uid=counter.students.find("R001").uid))
    assert (due.balance, due.covered) == (TUITION, Money(500_000))
    cart.begin(Method.CASH, {cart.books: None})
    assert rows(counter, student_uid=counter.students.find("R002").uid) == [("R002", "CHE")]


def test_enrolling_twice_is_one_enrolment(counter: Counter, cart: Cart) -> None:
    assert enrolled(counter, "R001", "PHY") == cart.asha
    assert len(counter.ledger()["enrollments"]) == 3
    cart.begin(Method.CASH, {cart.asha: None})
    with pytest.raises(Exception, match="already enrolled"):
        enrolled(counter, "R001", "PHY")


def test_nobody_enrols_in_a_full_course(counter: Counter, cart: Cart) -> None:
    counter.course("LAST", fee=BOOKS, seats=1)
    cart.begin(Method.CASH, {enrolled(counter, "R001", "LAST"): None})
    with pytest.raises(NoSeatError):
        enrolled(counter, "R002", "LAST")
    assert len(counter.ledger()["enrollments"]) == 4


# --- after a restore


def backed_up(counter: Counter) -> Path:
    """Back the book up; it has an id since its first payment."""
    counter.student("R008")
    counter.payments.begin_dues({enrolled(counter, "R008", "BKS"): None}, Method.CASH)
    path = counter.context.folder / BACKUPS / "daily-1.sqlite3"
    counter.context.store.backup(path)
    counter.clock.advance(3_600)
    return path


@pytest.mark.parametrize(
    ("method", "is_booked_before"),
    [(Method.UPI_INTENT, True), *((each, False) for each in CHANNELS)],
)
def test_a_restored_book_allocates_the_money_as_it_was_offered(
    counter: Counter, cart: Cart, method: Method, is_booked_before: bool
) -> None:
    backup = backed_up(counter)
    asked = {cart.books: Money(150_000), cart.asha: None, cart.rohan: Money(700_000)}
    view = cart.shown(method, asked)
    before = attempt_of(counter, view.uid)
    counter.pay(view)
    if is_booked_before:
        counter.polling.run()
    restored(counter, backup)
    assert cart.balances() == [TUITION.paise, OTHER.paise, BOOKS.paise]
    counter.polling.reconcile()
    assert attempt_of(counter, view.uid).dues == before.dues
    assert cart.balances() == [0, OTHER.paise - 700_000, BOOKS.paise - 150_000]
    assert len(counter.ledger()["receipts"]) == 3
    counter.polling.reconcile()
    assert len(counter.ledger()["payments"]) == 2, "once, besides the cash"


def test_a_part_of_one_due_is_found_after_a_restore(counter: Counter, cart: Cart) -> None:
    backup = backed_up(counter)
    counter.pay(cart.shown(asked={cart.asha: Money(500_000)}))
    restored(counter, backup)
    counter.polling.reconcile()
    assert cart.balances()[0] == TUITION.paise - 500_000


def test_dues_that_a_restored_book_does_not_know_are_held(counter: Counter, cart: Cart) -> None:
    backup = backed_up(counter)
    late = enrolled(counter, "R001", "CHE")
    payment_id = counter.pay(cart.shown(asked={cart.asha: None, late: None}))
    restored(counter, backup)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    assert (held.payment_id, held.why) == (payment_id, Placement.UNMATCHED)
    assert held.amount == TUITION + OTHER
    assert cart.states() == ["open"] * 3


def test_dues_paid_otherwise_before_a_restored_book_found_the_money(
    counter: Counter, cart: Cart
) -> None:
    backup = backed_up(counter)
    payment_id = counter.pay(cart.shown())
    restored(counter, backup)
    cart.begin(Method.CASH, {cart.asha: None})
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    assert (held.payment_id, held.amount, held.applicable) == (payment_id, TOTAL, OTHER + BOOKS)
    counter.desk.unapplied.apply(held.uid)
    assert cart.states() == ["paid"] * 3
