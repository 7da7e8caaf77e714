"""A family's bill: drafts, offering, tenders one after another, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.bills import BillState, TenderState
from desktop_app.domain.concessions import ConcessionMeasure
from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import AlreadyEnrolledError, InvalidInputError, NoSeatError
from desktop_app.domain.instruments import InstrumentState
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.promo_codes import PromoCode, PromoRefusedError
from desktop_app.domain.tender import Verification
from desktop_app.services import errors
from desktop_app.services.views.bills import Cart, CartLine
from desktop_app.services.views.enrolment import DueFilter
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.services.views.fees import ConcessionWish
from desktop_app.services.views.payments import HeldCount
from tests.integration.reached import reach
from tests.integration.test_after_payment import balance
from tests.integration.test_second_shape_attacks import adds_up, found
from tests.integration.test_several_dues import BOOKS, OTHER, TOTAL, TUITION, allocated, enrolled

if TYPE_CHECKING:
    from desktop_app.services.fees.carts import CartService
    from desktop_app.services.views.bills import BillView, OfferedBill
    from tests.integration.conftest import Counter

__all__ = ["adds_up"]
pytestmark = pytest.mark.usefixtures("books_hold", "adds_up")
CASH = Money(10_000_00)
REST = TOTAL - CASH


@dataclass(frozen=True)
class Family:
    """Asha owes tuition; Rohan begins chemistry and takes books (V3.1)."""

    counter: Counter
    asha: str
    rohan: str
    tuition: str
    chemistry: str
    books: str

    @property
    def carts(self) -> CartService:
        return self.counter.desk.carts

    @property
    def cart(self) -> Cart:
        return Cart(
            (
                CartLine(self.asha, due_uid=self.tuition),
                CartLine(self.rohan, course_uid=self.chemistry),
                CartLine(self.rohan, course_uid=self.books),
            )
        )

    def offer(self, method: Method = Method.UPI_INTENT, amount: Money | None = None) -> OfferedBill:
        return self.carts.offer(self.cart, method, amount, TOTAL)

    def shown(self, method: Method = Method.UPI_INTENT) -> OfferedBill:
        offered = self.offer(method)
        return offered._replace(attempt=self.counter.payments.open(offered.attempt.uid))

    def states(self, bill: BillView) -> tuple[BillState, list[int]]:
        now = self.carts.view(bill.uid)
        return now.state, [each.rest.paise for each in now.lines]


@pytest.fixture
def family(counter: Counter) -> Family:
    return Family(counter, *reach(counter, family_of_two))


def family_of_two(counter: Counter) -> tuple[str, str, str, str, str]:
    """Add a family that owes tuition; return the uids of its students, the due and two courses."""
    asha = counter.student(
        "R001", name="Asha Rao", guardian_phone="9000000009", guardian_name="Meera Rao"
    )
    rohan = counter.student(
        "R002", name="Rohan Rao", guardian_phone="9000000009", guardian_name="Meera Rao"
    )
    with counter.context.store.writing() as work:
        work.put_setting("centre.gstin", "27AAPFU0939F1ZV")
        work.commit()
    for code, fee in (("PHY", TUITION), ("CHE", OTHER), ("BKS", BOOKS)):
        counter.courses.add(
            make_course(code=code, title=code, fee=fee, gst_bp=1_800, tax_inclusive=True, seats=2)
        )
    tuition = enrolled(counter, "R001", "PHY")
    chemistry, books = (counter.courses.find(code).uid for code in ("CHE", "BKS"))
    return asha.uid, rohan.uid, tuition, chemistry, books


def rows(counter: Counter, name: str) -> int:
    return len(counter.ledger()[name])


# --- before it is offered


def test_a_family_has_all_its_open_dues(counter: Counter, family: Family) -> None:
    for uid in (family.asha, family.rohan):
        seen = family.carts.family(uid)
        assert (seen.name, seen.phone) == ("Meera Rao", "9000000009")
        assert [each.roll_no for each in seen.members] == ["R001", "R002"]
        assert [each.uid for each in seen.dues] == [family.tuition]
    alone = counter.student("R003", phone="9000000003")
    assert [each.uid for each in family.carts.family(alone.uid).members] == [alone.uid]
    with pytest.raises(errors.UnknownStudentError):
        family.carts.family("nobody")


def test_a_draft_costs_nothing(counter: Counter, family: Family) -> None:
    uid = family.carts.hold(family.cart, TOTAL)
    view = family.carts.view(uid)
    assert (view.state, view.number, view.total) == (BillState.DRAFT, None, TOTAL)
    assert [each.label for each in view.lines] == ["PHY", "CHE", "BKS"]
    assert rows(counter, "enrollments") == 1
    assert rows(counter, "attempts") == 0
    assert counter.courses.find("CHE").seats_left == 2
    [held] = family.carts.held()
    assert (held.uid, held.payer_name, held.lines, held.rest) == (uid, "Meera Rao", 3, TOTAL)
    again = family.carts.hold(Cart(family.cart.lines[:1], uid), TUITION)
    assert again == uid
    assert len(family.carts.view(uid).lines) == 1
    family.carts.drop(uid)
    assert family.carts.held() == ()
    family.carts.drop(uid)


def test_a_draft_keeps_its_plan_its_concessions_and_its_code(family: Family) -> None:
    wishes = (
        ConcessionWish(value=500, reason="scholarship", proof="letter 12"),
        ConcessionWish("sibling"),
        ConcessionWish(value=100_00, measure=ConcessionMeasure.AMOUNT, reason="दया"),
        ConcessionWish(promo="FAMILY20"),
        ConcessionWish("merit", marks=9_150),
    )
    line = CartLine(family.rohan, course_uid=family.chemistry, plan_code="four", wishes=wishes)
    uid = family.carts.hold(Cart((family.cart.lines[0], line)), TOTAL)
    kept = [(each.plan_code, each.wishes) for each in family.carts.view(uid).lines]
    assert kept == [("", ()), ("four", wishes)]


def test_bills_that_were_left_are_counted_for_the_day(counter: Counter, family: Family) -> None:
    def held() -> HeldCount:
        return counter.receipts.totals(None).held

    family.carts.hold(family.cart, TOTAL)
    assert held() == HeldCount(1, 0)
    live = family.shown()
    assert held() == HeldCount(1, 0), "a code on screen is in the tray by itself"
    counter.payments.cancel(live.attempt.uid)
    assert held() == HeldCount(2, 0)
    assert family.carts.left_part_paid(family.asha) is None
    family.carts.tender(live.bill.uid, Method.CASH, Money(10_000_00))
    assert held() == HeldCount(2, 1)
    left = family.carts.left_part_paid(family.asha)
    assert left is not None
    assert (left.uid, left.rest) == (live.bill.uid, TOTAL - Money(10_000_00))
    counter.clock.advance(86_400)
    assert held() == HeldCount()


def test_a_draft_is_dropped_at_the_next_opening(counter: Counter, family: Family) -> None:
    uid = family.carts.hold(family.cart, TOTAL)
    assert family.carts.tidy() == ()
    assert [each.uid for each in family.carts.held()] == [uid]
    counter.clock.advance(86_400)
    family.carts.tidy()
    assert family.carts.held() == ()
    with pytest.raises(errors.UnknownBillError):
        family.carts.view(uid)


def test_what_another_window_dropped_is_nothing_to_write(
    counter: Counter, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The suite fails where a writing transaction changes nothing and does not say so."""
    family.carts.hold(family.cart, TOTAL)
    counter.clock.advance(86_400)
    store, tidy = counter.context.store, family.carts.tidy
    writing = type(store).writing

    def after_the_other(self: object) -> object:
        monkeypatch.setattr(type(store), "writing", writing)
        assert tidy() == ()
        return writing(self)  # type: ignore[arg-type]

    monkeypatch.setattr(type(store), "writing", after_the_other)
    assert tidy() == ()
    assert family.carts.held() == ()


@pytest.mark.parametrize("at", [0, 1])
def test_what_is_on_a_bill_twice_is_refused(family: Family, at: int) -> None:
    cart = Cart((*family.cart.lines, family.cart.lines[at]))
    with pytest.raises(InvalidInputError, match="already on the bill"):
        family.carts.offer(cart, Method.CASH)


def test_a_course_whose_fee_is_on_the_bill_already_is_refused(
    counter: Counter, family: Family
) -> None:
    physics = counter.courses.find("PHY").uid
    cart = Cart((family.cart.lines[0], CartLine(family.asha, course_uid=physics)))
    with pytest.raises(InvalidInputError, match="already on the bill"):
        family.carts.offer(cart, Method.CASH)


def test_a_student_of_another_family_is_refused(counter: Counter, family: Family) -> None:
    for roll_no, more in (("R003", {}), ("R004", {"guardian_phone": "9000000008"})):
        stranger = counter.student(roll_no, phone="9000000003", **more)
        cart = Cart((*family.cart.lines, CartLine(stranger.uid, course_uid=family.chemistry)))
        with pytest.raises(InvalidInputError, match="A bill covers one family"):
            family.carts.offer(cart, Method.CASH)
        with pytest.raises(InvalidInputError, match="A bill covers one family"):
            family.carts.hold(cart, TOTAL)


def test_an_empty_bill_is_refused(family: Family) -> None:
    with pytest.raises(InvalidInputError, match="empty"):
        family.carts.offer(Cart(()), Method.CASH)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (Money(499_99), "Enter at least"),
        (TUITION + Money(1), "The fee due is"),
        (TUITION - Money(50), "less than ₹1"),
    ],
)
def test_a_part_that_cannot_be_is_refused(family: Family, part: Money, words: str) -> None:
    cart = Cart((family.cart.lines[0]._replace(amount=part),))
    with pytest.raises(InvalidInputError, match=words):
        family.carts.offer(cart, Method.CASH)
    assert family.carts.held() == ()


def test_a_price_that_changed_is_said_and_nothing_is_written(
    counter: Counter, family: Family
) -> None:
    with pytest.raises(errors.PriceChangedError):
        family.carts.offer(family.cart, Method.CASH, None, TOTAL - Money(100))
    assert rows(counter, "enrollments") == 1


# --- one code


def test_one_code_pays_the_whole_bill(counter: Counter, family: Family) -> None:  # V3.1
    offered = family.shown()
    assert (offered.bill.number, offered.bill.state) == (1, BillState.OFFERED)
    assert offered.attempt.amount == TOTAL
    [tender] = offered.bill.tenders
    assert (tender.state, tender.method) == (TenderState.LIVE, Method.UPI_INTENT)
    payment_id = counter.pay(offered.attempt)
    counter.polling.run()
    bill = family.carts.view(offered.bill.uid)
    assert (bill.state, bill.rest, bill.paid) == (BillState.PAID, Money(0), TOTAL)
    dues = [str(each.due_uid) for each in bill.lines]
    assert allocated(counter) == dict(
        zip(dues, [TUITION.paise, OTHER.paise, BOOKS.paise], strict=True)
    )
    assert [(each.roll_no, each.amount) for each in bill.receipts] == [
        ("R001", Money(14_160_00)), ("R002", Money(14_500_00)),
    ]  # fmt: skip
    assert bill.tenders[0].state is TenderState.PAID
    assert family.carts.held() == ()
    for text in ("B-1", "1", "9000000009", "", payment_id, bill.tenders[0].reference):
        assert [each.uid for each in family.carts.found(text)] == [bill.uid], text
    assert family.carts.found("B-2") == ()


@pytest.mark.parametrize(("gstin", "count"), [("", 1), ("27AAPFU0939F1ZV", 2)])
def test_an_unregistered_centre_may_give_one_receipt_for_a_bill(
    counter: Counter, family: Family, gstin: str, count: int
) -> None:
    with counter.context.store.writing() as work:
        work.put_setting("centre.gstin", gstin)
        work.put_setting("receipts.per", "bill")
        work.commit()
    bill = family.offer(Method.CASH).bill
    assert len(bill.receipts) == count
    assert sum(each.amount.paise for each in bill.receipts) == TOTAL.paise
    receipt = counter.receipts.receipt(bill.receipts[0].uid)
    if count == 1:
        assert (receipt.student_name, receipt.roll_no) == ("Asha Rao, Rohan Rao", "R001, R002")
        labels = [each.label for each in receipt.lines]
        assert labels[:3] == ["Asha · PHY", "Rohan · CHE", "Rohan · BKS"]


def test_offering_a_draft_keeps_its_bill(family: Family) -> None:
    uid = family.carts.hold(family.cart, TOTAL)
    offered = family.carts.offer(Cart(family.cart.lines, uid), Method.CASH)
    assert (offered.bill.uid, offered.bill.state) == (uid, BillState.PAID)
    again = family.carts.hold(
        Cart((CartLine(family.rohan, course_uid=family.chemistry),), uid), TOTAL
    )
    assert again != uid, "a bill that was offered is not changed"


def test_the_bills_of_a_desk_have_running_numbers(counter: Counter, family: Family) -> None:
    first = family.carts.offer(Cart(family.cart.lines[:1]), Method.CASH)
    second = family.carts.offer(Cart(family.cart.lines[1:]), Method.CASH)
    assert (first.bill.number, second.bill.number) == (1, 2)


def test_pressing_twice_goes_on_with_the_same_payment(counter: Counter, family: Family) -> None:
    offered = family.shown()
    again = family.carts.tender(offered.bill.uid, Method.UPI_INTENT)
    assert again.attempt.uid == offered.attempt.uid
    assert rows(counter, "attempts") == 1


def test_another_desk_learns_which_bill_holds_a_due(counter: Counter, family: Family) -> None:
    offered = family.shown()  # V3.4
    due = str(offered.bill.lines[1].due_uid)
    with pytest.raises(
        errors.DueCoveredError, match=r"in bill B-1, .* End that bill first"
    ) as caught:
        counter.payments.begin_dues({due: None}, Method.CASH)
    assert caught.value.bill == 1
    with pytest.raises(errors.DueCoveredError):
        family.carts.offer(Cart((CartLine(family.rohan, due_uid=due),)), Method.UPI_INTENT)
    assert [each.uid for each in family.carts.held()] == [offered.bill.uid]


def test_seats_are_taken_all_or_none(counter: Counter, family: Family) -> None:  # V3.5
    for roll_no in ("R008", "R009"):
        other = counter.student(roll_no, phone="9000000008")
        counter.payments.begin(other.uid, family.books, Method.CASH)
    uid = family.carts.hold(family.cart, TOTAL)
    before = {name: rows(counter, name) for name in ("enrollments", "attempts", "dues")}
    with pytest.raises(errors.FullLineError) as caught:
        family.carts.offer(Cart(family.cart.lines, uid), Method.UPI_INTENT, None, TOTAL)
    assert (caught.value.label, caught.value.lines) == ("BKS", (2,))
    assert {name: rows(counter, name) for name in before} == before
    assert len(family.carts.view(uid).lines) == 3, "the draft keeps every line"
    assert isinstance(caught.value, NoSeatError)


def test_two_of_a_family_take_two_seats(counter: Counter, family: Family) -> None:
    other = counter.student("R008", phone="9000000008")
    counter.payments.begin(other.uid, family.books, Method.CASH)
    lines = tuple(CartLine(uid, course_uid=family.books) for uid in (family.asha, family.rohan))
    with pytest.raises(errors.FullLineError) as caught:
        family.carts.offer(Cart(lines), Method.CASH)
    assert caught.value.lines == (0, 1)
    family.carts.offer(Cart(lines[:1]), Method.CASH)


def test_who_is_enrolled_already_is_refused(counter: Counter, family: Family) -> None:
    counter.payments.begin(family.rohan, family.books, Method.CASH)
    with pytest.raises(AlreadyEnrolledError):
        family.offer()
    assert family.carts.held() == ()


# --- several tenders


def test_cash_and_then_a_code(counter: Counter, family: Family) -> None:  # V3.2
    offered = family.offer(Method.CASH, CASH)
    bill = offered.bill
    assert (bill.state, bill.rest, bill.paid) == (BillState.PART_PAID, REST, CASH)
    assert [each.rest.paise for each in bill.lines] == [416_000, OTHER.paise, BOOKS.paise]
    second = family.carts.tender(bill.uid, Method.UPI_INTENT)
    assert second.attempt.amount == REST
    counter.pay(counter.payments.open(second.attempt.uid))
    counter.polling.run()
    bill = family.carts.view(bill.uid)
    assert bill.state is BillState.PAID
    assert [each.amount for each in bill.tenders] == [CASH, REST]
    found_rows = counter.ledger()["allocations"]
    of_asha = [row for row in found_rows if row["due"] == family.tuition]
    assert [(row["amount"], row["taxable"], row["cgst"]) for row in of_asha] == [
        (10_000_00, 8_474_58, 762_71), (4_160_00, 3_525_42, 317_29),
    ]  # fmt: skip
    assert balance(counter) == {"cash": CASH.paise, "gateway": REST.paise, "fees": -TOTAL.paise}
    assert [(each.roll_no, each.amount) for each in bill.receipts] == [
        ("R001", TUITION), ("R002", OTHER + BOOKS),
    ]  # fmt: skip


def test_the_last_tender_of_one_line_is_of_its_bill_too(counter: Counter, family: Family) -> None:
    cart = Cart(family.cart.lines[:1])
    bill = family.carts.offer(cart, Method.CASH, CASH).bill
    assert bill.state is BillState.PART_PAID
    last = family.carts.tender(bill.uid, Method.QR_CODE)
    counter.pay(counter.payments.open(last.attempt.uid))
    counter.polling.run()
    assert family.states(bill) == (BillState.PAID, [0])


def test_never_two_tenders_at_once(counter: Counter, family: Family) -> None:
    offered = family.shown()
    for method, amount in ((Method.CASH, None), (Method.CASH, CASH), (Method.QR_CODE, CASH)):
        with pytest.raises(errors.OpenAttemptError) as caught:
            family.carts.tender(offered.bill.uid, method, amount)
        assert caught.value.attempt_uid == offered.attempt.uid
    with pytest.raises(errors.OpenAttemptError):
        family.carts.end(offered.bill.uid)
    counter.payments.cancel(offered.attempt.uid)
    assert family.carts.tender(offered.bill.uid, Method.CASH, CASH).bill.paid == CASH


def test_a_bill_over_the_limit_takes_codes_one_after_another(
    counter: Counter, family: Family
) -> None:  # V3.6
    counter.desk.settings.put("upi.limit_paise", str(20_000_00))
    with pytest.raises(errors.OverLimitError):
        family.offer()
    assert rows(counter, "enrollments") == 1, "nothing is written"
    first = family.carts.offer(family.cart, Method.UPI_INTENT, Money(20_000_00))
    view = counter.payments.open(first.attempt.uid)
    with pytest.raises(errors.OpenAttemptError):
        family.carts.tender(first.bill.uid, Method.QR_CODE, Money(8_660_00))
    counter.pay(view)
    counter.polling.run()
    second = family.carts.tender(first.bill.uid, Method.UPI_INTENT)
    assert second.attempt.amount == Money(8_660_00)


@pytest.mark.parametrize(
    ("amount", "words"),
    [(TOTAL + Money(1), "left to pay"), (TOTAL - Money(50), "less than ₹1"),
     (Money(0), "above ₹0")],
)  # fmt: skip
def test_a_tender_that_cannot_be_is_refused(family: Family, amount: Money, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        family.offer(Method.CASH, amount)
    assert family.carts.held() == ()


def test_an_ended_bill_takes_no_tender(family: Family) -> None:
    bill = family.offer(Method.CASH).bill
    with pytest.raises(errors.BillEndedError):
        family.carts.tender(bill.uid, Method.CASH)
    with pytest.raises(errors.UnknownBillError):
        family.carts.tender("no bill", Method.CASH)
    assert family.carts.end(bill.uid).state is BillState.PAID


# --- how it ends


def test_a_part_paid_bill_holds_its_seats_for_a_while(counter: Counter, family: Family) -> None:
    bill = family.offer(Method.CASH, CASH).bill  # V3.3
    second = counter.payments.open(family.carts.tender(bill.uid, Method.UPI_INTENT).attempt.uid)
    counter.payments.cancel(second.uid)
    others = [counter.student(f"R01{at}", phone="9000000001") for at in range(2)]
    counter.payments.begin(others[0].uid, family.chemistry, Method.CASH)
    assert counter.payments.quote(others[1].uid, family.chemistry).obstacle != ""
    with pytest.raises(NoSeatError):
        counter.payments.begin(others[1].uid, family.chemistry, Method.CASH)
    assert family.carts.tidy() == ()
    counter.clock.advance(30 * 60 + 1)
    assert counter.payments.quote(others[1].uid, family.chemistry).obstacle == ""
    counter.payments.begin(others[1].uid, family.chemistry, Method.CASH)
    [ended] = family.carts.tidy()
    assert (ended.uid, ended.state, ended.paid) == (bill.uid, BillState.ABANDONED, CASH)
    assert family.carts.tidy() == ()
    assert [each.amount for each in ended.receipts] == [CASH]
    open_dues = counter.desk.enrolments.dues(DueFilter(student_uid=family.asha))
    assert [each.balance for each in open_dues] == [Money(4_160_00)]


def test_a_live_tender_outlives_the_hold(counter: Counter, family: Family) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    counter.clock.advance(29 * 60)
    view = counter.payments.open(family.carts.tender(bill.uid, Method.UPI_INTENT).attempt.uid)
    counter.clock.advance(10 * 60)
    assert family.carts.tidy() == ()
    counter.pay(view)
    counter.polling.run()
    assert family.states(bill)[0] is BillState.PAID


def test_what_nothing_was_sent_for_is_not_enrolled_any_more(
    counter: Counter, family: Family
) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    ended = family.carts.end(bill.uid)
    assert ended.state is BillState.ABANDONED
    states = {row["course"]: row["state"] for row in counter.ledger()["enrollments"]}
    assert states == {"PHY": "active", "CHE": "cancelled", "BKS": "cancelled"}
    again = family.carts.offer(Cart(family.cart.lines[1:]), Method.CASH)
    assert again.bill.state is BillState.PAID


def test_late_money_of_an_ended_bill_pays_what_it_was_offered_for(
    counter: Counter, family: Family
) -> None:
    offered = family.shown()
    counter.payments.cancel(offered.attempt.uid)
    assert family.carts.end(offered.bill.uid).state is BillState.ABANDONED
    counter.pay(offered.attempt)
    counter.polling.reconcile()
    view = family.carts.view(offered.bill.uid)
    assert (view.state, view.rest) == (BillState.ABANDONED, Money(0))
    assert view.tenders[0].state is TenderState.PAID
    assert counter.desk.unapplied.held() == ()


def test_late_money_of_which_a_line_was_paid_otherwise_waits_in_the_inbox(
    counter: Counter, family: Family
) -> None:  # V3.8
    offered = family.shown()
    counter.payments.cancel(offered.attempt.uid)
    family.carts.end(offered.bill.uid)
    counter.payments.begin_dues({str(offered.bill.lines[1].due_uid): None}, Method.CASH)
    counter.pay(offered.attempt)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    assert (held.amount, held.applicable) == (TOTAL, TUITION + BOOKS)
    assert [(each.about, each.amount, each.is_open) for each in held.offered] == [
        ("Asha Rao · PHY", TUITION, True),
        ("Rohan Rao · CHE", OTHER, False),
        ("Rohan Rao · BKS", BOOKS, True),
    ]
    applied = counter.desk.unapplied.apply(held.uid)
    assert (applied.paid, applied.held) == (TUITION + BOOKS, OTHER)
    assert family.carts.view(offered.bill.uid).rest == Money(0)


def test_a_bill_that_waits_is_ended_at_the_next_opening(counter: Counter, family: Family) -> None:
    offered = family.shown()
    counter.clock.advance(86_400)
    assert family.carts.tidy() == (), "its payment is still open"
    counter.payments.expire(offered.attempt.uid)
    [ended] = family.carts.tidy()
    assert (ended.uid, ended.state) == (offered.bill.uid, BillState.ABANDONED)


def test_a_line_that_was_paid_otherwise_is_not_asked_again(
    counter: Counter, family: Family
) -> None:
    offered = family.shown()
    counter.payments.cancel(offered.attempt.uid)
    counter.payments.begin_dues({family.tuition: None}, Method.CASH)
    assert family.carts.view(offered.bill.uid).rest == OTHER + BOOKS
    last = family.carts.tender(offered.bill.uid, Method.CASH)
    assert (last.attempt.amount, last.bill.state) == (OTHER + BOOKS, BillState.PAID)


def test_a_bill_whose_lines_were_all_paid_otherwise_ends_as_paid(
    counter: Counter, family: Family
) -> None:
    offered = family.shown()
    counter.payments.cancel(offered.attempt.uid)
    dues = {str(each.due_uid): None for each in offered.bill.lines}
    counter.payments.begin_dues(dues, Method.CASH)
    with pytest.raises(InvalidInputError, match="Nothing is left"):
        family.carts.tender(offered.bill.uid, Method.CASH)
    assert family.carts.end(offered.bill.uid).state is BillState.PAID


@pytest.mark.parametrize("name", ["create_order", "create_intent"])
@pytest.mark.parametrize("is_done", [True, False])
def test_a_crash_or_lost_answer_between_cash_and_code_loses_nothing(
    counter: Counter, family: Family, name: str, is_done: bool
) -> None:  # V3.9
    bill = family.offer(Method.CASH, CASH).bill
    begun = family.carts.tender(bill.uid, Method.UPI_INTENT)
    counter.gateway.trouble(name, errors.OutcomeUnknownError("lost"), is_done=is_done)
    counter.restart()
    seen = family.carts.view(bill.uid)
    assert (seen.state, seen.paid, len(seen.tenders)) == (BillState.PART_PAID, CASH, 2)
    again = family.carts.tender(bill.uid, Method.UPI_INTENT)
    assert again.attempt.uid == begun.attempt.uid
    view = counter.payments.open(again.attempt.uid)
    assert view.state is AttemptState.AWAITING
    counter.pay(view)
    counter.polling.run()
    assert family.states(bill)[0] is BillState.PAID
    assert [each.state for each in family.carts.view(bill.uid).tenders][-1] is TenderState.PAID
    assert found(counter) == ""


def test_a_new_code_for_the_same_lines_is_of_the_same_bill(
    counter: Counter, family: Family
) -> None:
    offered = family.shown()
    counter.payments.cancel(offered.attempt.uid)
    again = counter.payments.begin_again(offered.attempt.uid, Method.QR_CODE)
    counter.pay(counter.payments.open(again.uid))
    counter.polling.run()
    bill = family.carts.view(offered.bill.uid)
    assert bill.state is BillState.PAID
    assert [each.state for each in bill.tenders] == [TenderState.ENDED, TenderState.PAID]


def test_a_transfer_of_another_amount_fills_the_lines_and_its_rest_is_credit(
    counter: Counter, family: Family
) -> None:
    part = TypedEvidence(amount=CASH, reference="HDFCR52026112000001"[:16])
    bill = family.carts.offer(family.cart, Method.NEFT, None, TOTAL, part).bill
    assert [each.rest.paise for each in bill.lines] == [416_000, OTHER.paise, BOOKS.paise]
    assert bill.tenders[0].verification is Verification.CLAIMED
    more = TypedEvidence(amount=REST + Money(500_00), reference="HDFCR52026112000002"[:15] + "9")
    last = family.carts.tender(bill.uid, Method.NEFT, None, more)
    assert (last.bill.state, last.bill.rest) == (BillState.PAID, Money(0))
    assert balance(counter)["credit"] == -50_000


def test_a_cheque_covers_the_bill_until_the_bank_has_credited_it(
    counter: Counter, family: Family
) -> None:
    typed = TypedEvidence(
        reference="000123", bank="State Bank", dated=counter.clock.now().date(), last4="1234"
    )
    bill = family.carts.offer(family.cart, Method.CHEQUE, None, TOTAL, typed).bill
    assert bill.state is BillState.OFFERED
    assert [each.state for each in bill.tenders] == [TenderState.LIVE]
    assert (bill.rest, bill.to_collect) == (TOTAL, Money(0))
    for method in (Method.UPI_INTENT, Method.CASH):
        with pytest.raises(InvalidInputError, match="A cheque covers the rest of this bill"):
            family.carts.tender(bill.uid, method)


def test_beside_a_cheque_the_other_fees_of_the_bill_are_collected(
    counter: Counter, family: Family
) -> None:
    typed = TypedEvidence(
        amount=CASH, reference="000123", bank="State Bank", dated=counter.clock.now().date()
    )
    bill = family.carts.offer(family.cart, Method.CHEQUE, None, TOTAL, typed).bill
    assert [each.is_covered for each in bill.lines] == [True, False, False]
    assert bill.to_collect == OTHER + BOOKS
    paid = family.carts.tender(bill.uid, Method.CASH).bill
    assert [each.rest.paise for each in paid.lines] == [TUITION.paise, 0, 0]
    assert (paid.state, paid.to_collect) == (BillState.PART_PAID, Money(0))
    counter.clock.advance(3 * 3600)
    assert family.carts.tidy() == ()  # the cheque may still come in
    [cheque] = counter.desk.cheques.listed([InstrumentState.IN_HAND])
    counter.desk.cheques.give_back(cheque.uid, "wrong date")
    assert family.carts.tender(bill.uid, Method.CASH).bill.state is BillState.PAID


# --- concessions and codes


def test_a_code_whose_minimum_is_not_met_any_more_is_taken_off_with_a_sentence(
    counter: Counter, family: Family
) -> None:  # V3.7
    counter.desk.promos.add(
        PromoCode("FAMILY20", ConcessionMeasure.AMOUNT, 1_000_00, least_bill=Money(20_000_00))
    )
    with_code = CartLine(
        family.rohan, course_uid=family.chemistry, wishes=(ConcessionWish(promo="family20"),)
    )
    cart = Cart((family.cart.lines[0], with_code))
    whole = family.carts.quote(cart)
    assert (whole.total, whole.dropped) == (TUITION + OTHER - Money(1_000_00), ())
    rest = family.carts.quote(Cart((with_code,)))
    assert rest.total == OTHER
    assert [str(each) for each in rest.dropped] == [
        "Promo code FAMILY20 needs a fee of at least ₹20,000.00."
    ]
    assert rest.cart.lines[0].wishes == ()
    with pytest.raises(PromoRefusedError):
        family.carts.offer(Cart((with_code,)), Method.CASH)
    bill = family.carts.offer(whole.cart, Method.CASH, None, whole.total).bill
    assert [each.amount for each in bill.lines] == [TUITION, OTHER - Money(1_000_00)]


def test_two_lines_with_concessions_keep_them_on_the_bill(counter: Counter, family: Family) -> None:
    wish = ConcessionWish(value=500, reason="scholarship")
    lines = tuple(each._replace(wishes=(wish,)) for each in family.cart.lines[1:])
    quoted = family.carts.quote(Cart(lines))
    assert quoted.total == Money((OTHER + BOOKS).paise * 95 // 100)
    bill = family.carts.offer(Cart(lines), Method.CASH, None, quoted.total).bill
    assert (bill.state, bill.total) == (BillState.PAID, quoted.total)


def test_the_same_lines_on_another_bill_are_refused_before_the_code_is_shown(
    counter: Counter, family: Family
) -> None:
    offered = family.offer()
    lines = tuple(CartLine(each.student_uid, due_uid=each.due_uid) for each in offered.bill.lines)
    for method in (Method.UPI_INTENT, Method.CASH):
        with pytest.raises(errors.DueCoveredError) as caught:
            family.carts.offer(Cart(lines), method)
        assert caught.value.bill == 1
    dues = {str(each.due_uid): None for each in offered.bill.lines}
    with pytest.raises(errors.DueCoveredError):
        counter.payments.begin_dues(dues, Method.UPI_INTENT)
    assert family.carts.tender(offered.bill.uid, Method.CASH).bill.state is BillState.PAID


def test_the_second_child_on_a_bill_gets_the_concession_of_brothers_and_sisters(
    counter: Counter, family: Family
) -> None:
    kabir, dev = (
        counter.student(roll, name=f"{name} Nair", guardian_phone="9000000010").uid
        for roll, name in (("R010", "Kabir"), ("R011", "Dev"))
    )
    wish = ConcessionWish("sibling", reason="brothers")
    first = CartLine(kabir, course_uid=family.chemistry)
    second = CartLine(dev, course_uid=family.chemistry, wishes=(wish,))
    less = Money(OTHER.paise * 90 // 100)
    desk = counter.desk.concessions
    key = (dev, family.chemistry)
    [alone] = [each for each in desk.offers(*key) if each.kind.code == "sibling"]
    [beside] = [
        each for each in desk.offers(*key, follows_sibling=True) if each.kind.code == "sibling"
    ]
    assert (alone.is_refused, beside.is_suggested) == (True, True)
    quoted = family.carts.quote(Cart((first, second)))
    assert (quoted.amounts, quoted.dropped) == ((OTHER, less), ())
    other_way = family.carts.quote(Cart((second, first)))
    assert [str(each) for each in other_way.dropped] == [
        "No sibling with the same parent's phone number enrolled earlier."
    ]
    assert family.carts.quote(Cart((second,))).total == OTHER, "without his brother it comes off"
    bill = family.carts.offer(Cart((first, second)), Method.CASH, None, quoted.total).bill
    assert (bill.state, [each.amount for each in bill.lines]) == (BillState.PAID, [OTHER, less])
