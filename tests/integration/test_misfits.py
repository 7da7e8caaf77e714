"""Captured money of another amount or currency: held, shown with both figures, and decided once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.errors import InvalidInputError, NoSeatError
from desktop_app.domain.money import Money
from desktop_app.domain.outbox import CommandState
from desktop_app.domain.payment import AttemptState, Method, Placement
from desktop_app.services.errors import AlreadyDecidedError, FeePaidError, UnavailableError
from desktop_app.storage.store import BACKUPS
from tests.integration.test_after_payment import balance
from tests.integration.test_restore import collected, restored

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from desktop_app.domain.payment import PaymentFact
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.services.views.unapplied import UnappliedPayment
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")

FEE, PART = Money(1_180_000), Money(500_000)
REST = FEE - PART
CHANNELS = (Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK)
LINK = Method.PAYMENT_LINK


def paid_otherwise(
    counter: Counter, method: Method = LINK, paise: int = PART.paise, currency: str = "INR"
) -> AttemptView:
    """Show a code of a new student and pay it with another amount or currency."""
    view = counter.shown(method)
    counter.gateway.pay(view.qr_text or "", paise=paise, currency=currency)
    counter.polling.reconcile()
    return view


def held(counter: Counter) -> UnappliedPayment:
    [only] = counter.desk.unapplied.held()
    return only


def state_of(counter: Counter, view: AttemptView) -> AttemptState:
    return counter.context.store.reader.attempts.get(view.uid)[0].state


def rows(counter: Counter, name: str) -> list[dict[str, Any]]:
    return counter.ledger()[name]


# --- what is booked


@pytest.mark.parametrize("paise", [PART.paise, FEE.paise - 1, FEE.paise + 27_900, 2 * FEE.paise])
@pytest.mark.parametrize("method", CHANNELS)
def test_money_of_another_amount_waits_for_a_decision(
    counter: Counter, method: Method, paise: int
) -> None:
    view = paid_otherwise(counter, method, paise)
    card = held(counter)
    assert (card.amount, card.came, card.asked) == (Money(paise), Money(paise), FEE)
    assert (card.why, card.reason) == (
        Placement.MISFIT, "The amount doesn't match the fee.",
    )  # fmt: skip
    assert not card.can_enrol
    assert rows(counter, "receipts") == []
    assert [row["placement"] for row in rows(counter, "payments")] == ["misfit"]
    assert [row["state"] for row in rows(counter, "enrollments")] == ["pending"]
    assert balance(counter) == {"gateway": paise, "to_return": -paise}
    is_part = method is LINK and paise < FEE.paise
    assert (state_of(counter, view) is AttemptState.AWAITING) == is_part
    assert counter.polling.reconcile().is_complete


@pytest.mark.parametrize("method", CHANNELS)
def test_another_currency_is_shown_in_it_and_is_in_no_total_of_rupees(
    counter: Counter, method: Method
) -> None:
    paid_otherwise(counter, method, 12_900, "USD")
    card = held(counter)
    assert (card.amount, card.currency, card.applicable) == (Money(12_900), "USD", None)
    assert card.reason == "This payment is in another currency. You can only refund it."
    assert balance(counter) == {"foreign_gateway": 12_900, "foreign_to_return": -12_900}
    for text in ("", "R001"):
        page = counter.context.store.reader.payments.page(_filter(text), 0, 10)
        assert (page.total, page.sum) == (1, Money(0))
        assert page.rows[0].currency == "USD"
    with pytest.raises(InvalidInputError, match="You can only refund it"):
        counter.desk.unapplied.apply(card.uid)
    assert counter.desk.unapplied.family_dues(card.uid) == ()
    due = counter.context.store.reader.attempts.get(rows(counter, "attempts")[0]["id"])[0].due_uid
    with pytest.raises(InvalidInputError, match="You can only refund it"):
        counter.desk.unapplied.put_against(card.uid, due or "")
    counter.desk.unapplied.refund(card.uid)
    assert [each.amount_paise for each in counter.gateway.refunds.values()] == [12_900]
    assert balance(counter) == {}
    assert counter.desk.unapplied.held() == ()


def _filter(text: str) -> Any:
    from desktop_app.services.views.payments import PaymentFilter

    return PaymentFilter(text=text)


def test_a_fee_of_which_a_part_is_paid_takes_no_second_whole_payment(counter: Counter) -> None:
    first = paid_otherwise(counter)
    counter.desk.unapplied.apply(held(counter).uid)
    counter.gateway.links = {
        key: replace(each, status="created", amount_paid_paise=0)
        for key, each in counter.gateway.links.items()
    }
    counter.gateway.orders = {
        key: replace(each, amount_paid_paise=0, amount_due_paise=each.amount_paise)
        for key, each in counter.gateway.orders.items()
    }
    counter.gateway.pay(first.qr_text or "")
    counter.polling.reconcile()
    card = held(counter)
    assert (card.reason, card.applicable) == ("Part of this fee was already paid.", REST)
    done = counter.desk.unapplied.apply(card.uid)
    assert (done.due, done.held) == (Money(0), PART)


def test_a_part_that_is_paid_twice_waits_though_its_fee_would_take_it(counter: Counter) -> None:
    begun = counter.payments.begin(counter.student().uid, counter.course().uid, Method.QR_CODE)
    due = counter.context.store.reader.attempts.get(begun.uid)[0].due_uid or ""
    counter.payments.cancel(begun.uid)
    view = counter.payments.open(counter.payments.begin_dues({due: PART}, Method.QR_CODE).uid)
    for outcome in ("authorized", "authorized"):
        counter.pay(view, outcome)
    counter.polling.reconcile()
    counter.polling.reconcile()
    assert [row["placement"] for row in rows(counter, "payments")] == ["applied"]
    slow = [each for each in counter.gateway.payments.values() if not each.captured]
    assert [each.payment_id for each in counter.desk.unapplied.returning()] == [
        each.payment_id for each in slow
    ]
    counter.gateway.auto_capture = True
    counter.gateway._set(slow[0].payment_id, captured=True, status="captured")
    counter.polling.reconcile()
    card = held(counter)
    assert (card.reason, card.applicable) == ("Part of this fee was already paid.", PART)


# --- what is not believed


def lie_once(counter: Counter, name: str, change: Callable[[PaymentFact], PaymentFact]) -> None:
    """Make the next answer of a call show another payment than there is."""
    real = getattr(counter.gateway, name)
    told: list[str] = []

    def answer(*given: Any, **more: Any) -> Any:
        shown = real(*given, **more)
        if told:
            return shown
        told.append(name)
        if isinstance(shown, tuple) and len(shown) == 2:
            return shown[0], tuple(change(each) for each in shown[1])
        if hasattr(shown, "payments"):
            return replace(shown, payments=tuple(change(each) for each in shown.payments))
        return change(shown)

    setattr(counter.gateway, name, answer)


READS = {Method.UPI_INTENT: "fetch_order", Method.QR_CODE: "fetch_qr", LINK: "fetch_link"}


@pytest.mark.parametrize("method", CHANNELS)
@pytest.mark.parametrize(
    "false", [{"amount_paise": PART.paise}, {"currency": "USD"}, {"amount_paise": FEE.paise + 1}]
)
def test_one_false_answer_books_no_misfit(
    counter: Counter, method: Method, false: dict[str, Any]
) -> None:
    view = counter.shown(method)
    counter.pay(view)
    lie_once(counter, READS[method], lambda fact: replace(fact, **false))
    counter.polling.run()
    counter.polling.reconcile()
    assert counter.desk.unapplied.held() == ()
    assert [row["placement"] for row in rows(counter, "payments")] == ["applied"]
    assert state_of(counter, view) is AttemptState.PAID


def test_a_misfit_is_booked_only_as_the_payment_itself_has_it(counter: Counter) -> None:
    """The second wall alone: the list is true, the payment fetched by its id is not."""
    for false in ({"amount_paise": 1}, {"currency": "USD"}, {"captured": False}, {"order_id": "x"}):
        view = counter.payments.open(
            counter.payments.begin(
                counter.student(f"R{len(false)}{false}"[:9], phone="").uid,
                _course(counter), Method.QR_CODE,
            ).uid
        )  # fmt: skip
        counter.gateway.pay(view.qr_text or "", paise=PART.paise)
        real = counter.gateway.fetch_payment
        counter.gateway.fetch_payment = lying(real, false)  # type: ignore[method-assign]
        assert not counter.polling.reconcile().is_complete
        assert counter.desk.unapplied.held() == ()
        counter.gateway.fetch_payment = real  # type: ignore[method-assign]
        assert counter.polling.reconcile().is_complete
        counter.desk.unapplied.refund(held(counter).uid)


def lying(real: Any, false: dict[str, Any]) -> Any:
    def answer(payment_id: str, *, asked: bool = False) -> PaymentFact:
        fact: PaymentFact = replace(real(payment_id, asked=asked), **false)
        return fact

    return answer


def _course(counter: Counter) -> str:
    found = counter.courses.search("", 1)
    return found[0].uid if found else counter.course().uid


@pytest.mark.parametrize(("method", "name"), [(Method.QR_CODE, "qr_of_payment"),
                                              (LINK, "link_of_payment")])  # fmt: skip
def test_a_misfit_is_booked_only_where_the_gateway_traces_it_to_our_code(
    counter: Counter, method: Method, name: str
) -> None:
    view = counter.shown(method)
    counter.gateway.pay(view.qr_text or "", paise=PART.paise)
    real = getattr(counter.gateway, name)

    def fails(_payment_id: str) -> None:
        raise UnavailableError("down")

    for answer in (lambda _id: None, fails):
        setattr(counter.gateway, name, answer)
        assert not counter.polling.reconcile().is_complete
        assert counter.desk.unapplied.held() == ()
    setattr(counter.gateway, name, real)
    counter.polling.reconcile()
    assert held(counter).amount == PART


# --- applied as a part


def test_a_part_is_applied_with_its_receipt_and_the_rest_stays_due(counter: Counter) -> None:
    counter.desk.settings.put("centre.gstin", "27AAPFU0939F1ZV")
    view = paid_otherwise(counter)
    card = held(counter)
    assert (card.applicable, card.parts) == (PART, 1)
    done = counter.desk.unapplied.apply(card.uid)
    assert (done.paid, done.due, done.held) == (PART, REST, Money(0))
    [enrollment], [due] = rows(counter, "enrollments"), rows(counter, "dues")
    assert (enrollment["state"], due["state"], due["balance"]) == ("active", "open", REST.paise)
    [receipt], [allocation] = rows(counter, "receipts"), rows(counter, "allocations")
    assert (receipt["amount"], allocation["amount"]) == (PART.paise, PART.paise)
    assert [line["due"] for line in receipt["lines"]] == [due["id"]]
    assert allocation["cgst"] == allocation["sgst"] == 38_136
    assert balance(counter) == {"gateway": PART.paise, "fees": -PART.paise}
    assert counter.desk.unapplied.held() == ()
    assert state_of(counter, view) is AttemptState.CANCELLED


def test_applying_again_changes_nothing(counter: Counter) -> None:
    paid_otherwise(counter)
    uid = held(counter).uid
    first = counter.desk.unapplied.apply(uid)
    assert counter.desk.unapplied.apply(uid) == first
    assert len(rows(counter, "receipts")) == 1
    with pytest.raises(AlreadyDecidedError):
        counter.desk.unapplied.refund(uid)


@pytest.mark.parametrize("which", [0, 1])
def test_two_parts_of_a_link_pay_the_fee_together(counter: Counter, which: int) -> None:
    view = paid_otherwise(counter)
    counter.gateway.pay(view.qr_text or "")
    counter.polling.reconcile()
    cards = counter.desk.unapplied.held()
    assert [(each.amount, each.applicable, each.parts) for each in cards] == [
        (PART, FEE, 2), (REST, FEE, 2),
    ]  # fmt: skip
    done = counter.desk.unapplied.apply(cards[which].uid)
    assert (done.paid, done.due) == (FEE, Money(0))
    assert counter.desk.unapplied.apply(cards[1 - which].uid).due == Money(0)
    assert counter.desk.unapplied.held() == ()
    assert [row["state"] for row in rows(counter, "dues")] == ["paid"]
    assert sorted(row["amount"] for row in rows(counter, "receipts")) == [PART.paise, REST.paise]
    taxes = [row["taxable"] + row["cgst"] + row["sgst"] for row in rows(counter, "allocations")]
    assert sum(taxes) == FEE.paise
    assert state_of(counter, view) is not AttemptState.PAID


def test_a_second_part_after_the_first_was_applied_pays_the_rest(counter: Counter) -> None:
    view = paid_otherwise(counter)
    counter.desk.unapplied.apply(held(counter).uid)
    counter.gateway.pay(view.qr_text or "")
    counter.polling.reconcile()
    card = held(counter)
    assert (card.amount, card.applicable, card.parts) == (REST, REST, 1)
    assert counter.desk.unapplied.apply(card.uid).due == Money(0)
    assert [row["state"] for row in rows(counter, "dues")] == ["paid"]


def test_what_the_fee_does_not_take_stays_held_and_goes_back(counter: Counter) -> None:
    paid_otherwise(counter, Method.QR_CODE, FEE.paise + 27_900)
    uid = held(counter).uid
    done = counter.desk.unapplied.apply(uid)
    assert (done.paid, done.due, done.held) == (FEE, Money(0), Money(27_900))
    card = held(counter)
    assert (card.amount, card.came, card.applicable) == (
        Money(27_900), FEE + Money(27_900), None,
    )  # fmt: skip
    with pytest.raises(FeePaidError):
        counter.desk.unapplied.apply(uid)
    counter.desk.unapplied.refund(uid)
    assert [each.amount_paise for each in counter.gateway.refunds.values()] == [27_900]
    assert [row["state"] for row in rows(counter, "enrollments")] == ["active"]
    receipt = counter.context.store.reader.receipts.get(rows(counter, "receipts")[0]["id"])
    assert receipt is not None
    assert (receipt.amount, receipt.refunded, receipt.placement) == (FEE, None, Placement.APPLIED)


def test_less_than_a_rupee_is_never_left_due(counter: Counter) -> None:
    paid_otherwise(counter, Method.QR_CODE, FEE.paise - 50)
    card = held(counter)
    assert card.applicable == FEE - Money(100)
    done = counter.desk.unapplied.apply(card.uid)
    assert (done.due, done.held) == (Money(100), Money(50))


def test_an_applied_part_that_is_refunded_ends_the_enrolment(counter: Counter) -> None:
    paid_otherwise(counter)
    uid = held(counter).uid
    counter.desk.unapplied.apply(uid)
    counter.desk.refunds.refund(uid, None, "leaves")
    assert [row["state"] for row in rows(counter, "enrollments")] == ["cancelled"]
    assert balance(counter) == {}


def test_money_of_the_right_amount_is_not_applied_as_a_part(counter: Counter) -> None:
    view = counter.shown(Method.QR_CODE)
    counter.payments.cancel(view.uid)
    course = counter.courses.search("", 1)[0]
    counter.payments.begin(counter.students.find("R001").uid, course.uid, Method.CASH)
    counter.gateway.codes = {
        key: replace(each, status="active") for key, each in counter.gateway.codes.items()
    }
    counter.pay(view)
    counter.polling.reconcile()
    with pytest.raises(InvalidInputError, match="matches the fee"):
        counter.desk.unapplied.apply(held(counter).uid)


def test_money_of_another_amount_is_not_enrolled(counter: Counter) -> None:
    paid_otherwise(counter)
    with pytest.raises(InvalidInputError, match="Apply the payment or refund it"):
        counter.desk.unapplied.enrol(held(counter).uid)


def test_a_full_course_takes_no_part(counter: Counter) -> None:
    student, course = counter.student(), counter.course(seats=1)
    view = counter.payments.open(
        counter.payments.begin(student.uid, course.uid, Method.QR_CODE).uid
    )
    counter.gateway.pay(view.qr_text or "", paise=PART.paise)
    counter.polling.reconcile()
    other = counter.student("R002", phone="9000000002")
    counter.payments.begin(other.uid, course.uid, Method.CASH)  # the misfit holds no seat
    assert held(counter).applicable is None
    with pytest.raises(NoSeatError):
        counter.desk.unapplied.apply(held(counter).uid)


# --- what comes after it


def test_a_link_of_which_a_part_is_paid_closes_by_itself(counter: Counter) -> None:
    view = paid_otherwise(counter)
    counter.payments.cancel(view.uid)
    [errand] = counter.desk.outbox.commands()
    assert errand.state is CommandState.PENDING
    assert errand.problem == "PartlyPaidError"
    counter.gateway.links = {
        key: replace(each, status="expired") for key, each in counter.gateway.links.items()
    }
    counter.clock.advance(2_000)
    counter.polling.reconcile()
    assert counter.desk.outbox.commands() == ()
    course = counter.courses.search("", 1)[0]
    again = counter.payments.begin(counter.students.find("R001").uid, course.uid, Method.UPI_INTENT)
    assert counter.payments.open(again.uid).state is AttemptState.AWAITING


DAY = 86_400


@pytest.mark.parametrize("is_applied", [False, True])
def test_a_link_that_the_dashboard_keeps_open_is_watched_to_its_end(
    counter: Counter, is_applied: bool
) -> None:
    view = paid_otherwise(counter)
    if is_applied:
        counter.desk.unapplied.apply(held(counter).uid)
    for _day in range(9):
        counter.clock.advance(DAY)
        counter.polling.reconcile()
    last = counter.gateway.pay(view.qr_text or "")
    counter.polling.reconcile()
    assert last in {row["payment_id"] for row in rows(counter, "payments")}
    counter.clock.advance(DAY)
    counter.polling.reconcile()
    assert state_of(counter, view) is AttemptState.LAPSED
    assert counter.desk.outbox.commands() == ()


def test_a_link_whose_reference_was_edited_on_the_dashboard_is_still_ours(
    counter: Counter,
) -> None:
    view = counter.shown(LINK)
    counter.gateway.links = {
        key: replace(each, reference="Batch of May") for key, each in counter.gateway.links.items()
    }
    counter.pay(view)
    counter.polling.reconcile()
    assert state_of(counter, view) is AttemptState.PAID


def test_the_next_code_after_another_amount_is_on_a_fresh_order(counter: Counter) -> None:
    view = paid_otherwise(counter, Method.UPI_INTENT)
    counter.desk.unapplied.refund(held(counter).uid)
    course = counter.courses.search("", 1)[0]
    again = counter.payments.begin(counter.students.find("R001").uid, course.uid, Method.UPI_INTENT)
    shown = counter.payments.open(again.uid)
    assert shown.state is AttemptState.AWAITING
    first = counter.context.store.reader.attempts.get(view.uid)[0]
    assert shown.order_id not in {None, first.order_id}
    counter.pay(shown)
    counter.polling.run()
    assert state_of(counter, shown) is AttemptState.PAID


# --- an account whose payers bear the fee


@pytest.fixture
def payers_bear_the_fee(counter: Counter) -> None:
    counter.desk.settings.put("gateway.fee_bearer", "customer")


FEE_PAISE = 27_848


@pytest.mark.usefixtures("payers_bear_the_fee")
@pytest.mark.parametrize("method", CHANNELS)
@pytest.mark.parametrize("is_inside", [True, False])
def test_the_payers_fee_is_noted_beside_the_payment(
    counter: Counter, method: Method, is_inside: bool
) -> None:
    view = counter.shown(method)
    paise = FEE.paise + (FEE_PAISE if is_inside else 0)
    real = counter.gateway._captured

    def captured(payment_id: str) -> None:
        bearer = {} if is_inside else {"fee_bearer": "customer"}
        counter.gateway._set(payment_id, fee_paise=FEE_PAISE, tax_paise=4_248, **bearer)
        real(payment_id)

    counter.gateway._captured = captured  # type: ignore[method-assign]
    counter.gateway.pay(view.qr_text or "", paise=paise)
    counter.polling.reconcile()
    assert state_of(counter, view) is AttemptState.PAID
    [row] = rows(counter, "payments")
    assert (row["amount"], row["customer_fee"]) == (FEE.paise, FEE_PAISE)
    assert [each["amount"] for each in rows(counter, "receipts")] == [FEE.paise]
    assert balance(counter) == {"gateway": FEE.paise, "fees": -FEE.paise}
    assert counter.desk.unapplied.held() == ()


@pytest.mark.usefixtures("payers_bear_the_fee")
def test_another_amount_still_waits_where_payers_bear_the_fee(counter: Counter) -> None:
    paid_otherwise(counter, Method.QR_CODE, FEE.paise + 1)
    assert held(counter).amount == FEE + Money(1)


# --- after a restore


@pytest.fixture
def backup(counter: Counter) -> Path:
    """Return a backup of a book in use, with the student R001 and without R077."""
    course, other = counter.course(), counter.student("R003", phone="9000000003")
    counter.payments.begin(other.uid, course.uid, Method.CASH)
    counter.student()
    path = counter.context.folder / BACKUPS / "daily-1.sqlite3"
    counter.context.store.backup(path)
    counter.clock.advance(3_600)
    return path


@pytest.mark.parametrize("roll_no", ["R001", "R077"])
@pytest.mark.parametrize(("paise", "currency"), [(PART.paise, "INR"), (12_900, "USD")])
@pytest.mark.parametrize("method", CHANNELS)
def test_a_restored_book_finds_money_of_another_amount(
    counter: Counter, backup: Path, method: Method, paise: int, currency: str, roll_no: str
) -> None:
    view = collected(counter, roll_no, "9000000077", method)
    payment_id = counter.gateway.pay(view.qr_text or "", paise=paise, currency=currency)
    restored(counter, backup)
    counter.polling.reconcile()
    card = held(counter)
    assert (card.payment_id, card.amount, card.currency) == (payment_id, Money(paise), currency)
    is_known = roll_no == "R001"
    assert card.why is (Placement.MISFIT if is_known else Placement.UNMATCHED)
    if currency != "INR":
        assert counter.desk.unapplied.family_dues(card.uid) == ()
        assert {row["currency"] for row in rows(counter, "payments")} == {"INR", "USD"}
    counter.desk.unapplied.refund(card.uid)
    assert [each.amount_paise for each in counter.gateway.refunds.values()] == [paise]
    assert counter.desk.unapplied.held() == ()


def test_after_a_restore_a_list_alone_is_not_believed(counter: Counter, backup: Path) -> None:
    view = collected(counter, "R001", "9000000077", Method.QR_CODE)
    counter.gateway.pay(view.qr_text or "", paise=PART.paise)
    restored(counter, backup)
    real = counter.gateway.fetch_payment
    counter.gateway.fetch_payment = lying(real, {"amount_paise": 1})  # type: ignore[method-assign]
    assert not counter.polling.reconcile().is_complete
    assert counter.desk.unapplied.held() == ()
