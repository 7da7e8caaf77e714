"""Carts through refunds, failures and disputes: what is owed to a payer is in the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services.ports.gateway import DisputeFact
from tests.integration.reached import paid
from tests.integration.test_after_payment import balance
from tests.integration.test_misfits import FEE, held
from tests.integration.test_money_rows import payment_of
from tests.integration.test_refund_entities import returned_twice
from tests.integration.test_second_shape_attacks import adds_up, found, overpaid
from tests.integration.test_several_dues import BOOKS, OTHER, TOTAL, TUITION, Cart, cart, enrolled

if TYPE_CHECKING:
    from tests.integration.conftest import Counter

__all__ = ["adds_up", "cart"]
pytestmark = pytest.mark.usefixtures("adds_up")
PART = Money(500_000)


def owed(counter: Counter) -> int:
    """Return what the inbox shows, which is what the ledger says is owed."""
    shown = sum(each.amount.paise for each in counter.desk.unapplied.held())
    assert shown == -balance(counter).get("to_return", 0)
    return shown


def end(counter: Counter, status: str) -> None:
    """End every refund at the gateway."""
    for key in counter.gateway.refunds:
        counter.gateway.settle_refund(key, status)
        counter.polling.reconcile()
        assert found(counter) == ""


def test_a_due_taken_back_and_paid_anew_leaves_its_failed_refund_held(
    counter: Counter, cart: Cart
) -> None:
    payment_id = counter.pay(cart.shown())
    counter.polling.run()
    counter.gateway.refund_status = "pending"
    counter.desk.refunds.refund(payment_id, BOOKS + Money(100_000), "less")
    assert cart.states() == ["paid", "paid", "cancelled"]
    student, course = counter.students.find("R002"), counter.courses.find("BKS")
    counter.payments.begin(student.uid, course.uid, Method.CASH)
    end(counter, "failed")
    assert owed(counter) == BOOKS.paise
    assert balance(counter)["fees"] == -TOTAL.paise


def test_a_refund_that_ends_an_enrolment_ends_the_code_that_covers_its_due(
    counter: Counter, cart: Cart
) -> None:
    cart.begin(Method.CASH, {cart.asha: PART})
    in_cash = str(counter.ledger()["payments"][0]["id"])
    view = cart.shown()
    counter.desk.refunds.refund(in_cash, None, "leaves")
    assert counter.payments.view(view.uid).state is AttemptState.CANCELLED
    assert cart.states() == ["cancelled", "open", "open"]
    counter.pay(view)
    counter.polling.reconcile()
    counter.desk.unapplied.apply(held(counter).uid)
    assert cart.states() == ["cancelled", "paid", "paid"]
    assert owed(counter) == (TUITION - PART).paise


def test_a_due_of_two_payments_lives_while_one_of_them_is_kept(
    counter: Counter, cart: Cart
) -> None:
    first = counter.pay(cart.shown(asked={cart.asha: PART}))
    counter.polling.run()
    second = counter.pay(cart.shown())
    counter.polling.run()
    counter.desk.refunds.refund(first, None, "paid in cash instead")
    assert cart.states() == ["paid"] * 3
    counter.desk.refunds.refund(second, None, "leave")
    assert cart.states() == ["cancelled"] * 3
    assert balance(counter) == {}


def test_every_refund_of_a_part_paid_due_may_fail_after_it_was_cancelled(
    counter: Counter, cart: Cart
) -> None:
    counter.gateway.refund_status = "pending"
    paid = []
    for part in (PART, Money(300_000)):
        paid.append(counter.pay(cart.shown(asked={cart.asha: part})))
        counter.polling.run()
    counter.desk.refunds.refund(paid[0], PART - Money(50), "one")
    for each in paid:
        counter.desk.refunds.refund(each, None, "the rest")
    assert cart.states() == ["cancelled", "open", "open"]
    end(counter, "failed")
    assert owed(counter) == 800_000


def test_a_part_that_seemed_to_be_gone_takes_nothing_of_the_other_part(
    counter: Counter, cart: Cart
) -> None:
    payment_id = counter.pay(cart.shown(asked={cart.asha: PART}))
    counter.polling.run()
    cart.begin(Method.CASH, {cart.asha: None})
    assert returned_twice(counter, payment_of(counter, payment_id)) == Money(0)
    assert balance(counter) == {"cash": 916_000, "fees": -916_000}
    assert cart.states() == ["paid", "open", "open"]


def test_surplus_whose_refund_failed_still_pays_what_is_open_of_its_cart(
    counter: Counter, cart: Cart
) -> None:
    view = cart.shown()
    counter.payments.cancel(view.uid)
    cart.begin(Method.CASH, {cart.asha: None})
    counter.pay(view)
    counter.polling.reconcile()
    counter.gateway.refund_status = "pending"
    counter.desk.unapplied.refund(held(counter).uid)
    assert owed(counter) == 0
    end(counter, "failed")
    counter.desk.unapplied.apply(held(counter).uid)
    assert cart.states() == ["paid"] * 3
    assert owed(counter) == TUITION.paise


def test_of_two_siblings_one_gets_the_only_free_seat(counter: Counter, cart: Cart) -> None:
    counter.course("LAST", fee=BOOKS, seats=2)
    counter.student("R003")
    asha, rohan, other = (enrolled(counter, each, "LAST") for each in ("R001", "R002", "R003"))
    view = cart.shown(asked={asha: None, rohan: None})
    counter.payments.cancel(view.uid)
    cart.begin(Method.CASH, {other: None})
    counter.pay(view)
    counter.polling.reconcile()
    counter.desk.unapplied.apply(held(counter).uid)
    assert owed(counter) == BOOKS.paise
    counter.desk.unapplied.refund(held(counter).uid)
    assert owed(counter) == 0
    course = counter.courses.find("LAST")
    assert counter.courses.detail(course.uid).seats_left == 0


def test_a_dashboard_refund_takes_held_money_first_and_gives_all_back(counter: Counter) -> None:
    overpaid(counter, 320_000)
    payment_id = str(counter.ledger()["payments"][0]["payment_id"])
    counter.gateway.refund_on_dashboard(payment_id, 420_000, "pending")
    counter.polling.reconcile()
    assert balance(counter) == {"gateway": 1_080_000, "fees": -1_080_000}
    end(counter, "failed")
    assert owed(counter) == 320_000
    assert balance(counter)["fees"] == -FEE.paise


def dispute(counter: Counter, payment_id: str, deducted: int, status: str) -> None:
    counter.gateway.disputed["disp_1"] = DisputeFact(
        dispute_id="disp_1", payment_id=payment_id, amount_paise=500_000, deducted_paise=deducted,
        status=status, phase="chargeback", reason_code="x", respond_by=None,
    )  # fmt: skip
    counter.clock.advance(7 * 3_600)
    counter.polling.reconcile()
    assert found(counter) == ""


def test_what_a_won_dispute_brings_back_of_a_refunded_fee_can_be_refunded(
    counter: Counter,
) -> None:
    payment_id = paid(counter)
    dispute(counter, payment_id, 500_000, "lost")
    counter.desk.refunds.refund(payment_id, None, "leaves")
    assert balance(counter) == {"disputed": 500_000, "fees": -500_000}
    dispute(counter, payment_id, 0, "won")
    counter.desk.refunds.refund(payment_id, None, "the rest")
    assert balance(counter) == {}
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["cancelled"]


def test_of_held_money_a_lost_dispute_leaves_only_what_is_there(counter: Counter) -> None:
    overpaid(counter, 320_000)
    payment_id = str(counter.ledger()["payments"][0]["payment_id"])
    counter.desk.refunds.refund(payment_id, FEE - Money(400_000), "less")
    dispute(counter, payment_id, 500_000, "lost")
    left = [each.amount for each in counter.desk.unapplied.held()]
    assert sum(each.paise for each in left) <= balance(counter).get("gateway", 0)
    for each in counter.desk.unapplied.held():
        counter.desk.unapplied.refund(each.uid)
    assert counter.desk.unapplied.held() == ()
    assert balance(counter).get("gateway", 0) >= 0


@pytest.mark.parametrize("method", [Method.QR_CODE, Method.PAYMENT_LINK])
def test_a_cart_paid_in_dollars_is_followed_to_the_end_of_its_refund(
    counter: Counter, cart: Cart, method: Method
) -> None:
    payment_id = counter.gateway.pay(cart.shown(method).qr_text or "", paise=12_900, currency="USD")
    counter.polling.reconcile()
    counter.gateway.refund_on_dashboard(payment_id, 12_900, "pending")
    counter.polling.reconcile()
    assert counter.desk.unapplied.held() == ()
    end(counter, "failed")
    assert (held(counter).amount, held(counter).currency) == (Money(12_900), "USD")
    assert cart.balances() == [TUITION.paise, OTHER.paise, BOOKS.paise]


def late_for_the_last_seat(counter: Counter, asked: dict[str, Money | None]) -> str:
    """Pay dues late, of which one is of a full course; return the payment that holds its seat."""
    view = counter.payments.open(counter.payments.begin_dues(asked, Method.UPI_INTENT).uid)
    counter.payments.cancel(view.uid)
    counter.student("R003")
    counter.payments.begin_dues({enrolled(counter, "R003", "LAST"): None}, Method.CASH)
    counter.pay(view)
    counter.polling.reconcile()
    return str(counter.ledger()["payments"][0]["id"])


def test_late_money_for_a_part_of_a_due_enrols_once_a_seat_is_free(
    counter: Counter, cart: Cart
) -> None:
    counter.course("LAST", fee=TUITION, seats=1)
    mine = enrolled(counter, "R001", "LAST")
    other = late_for_the_last_seat(counter, {mine: PART})
    assert not held(counter).can_enrol
    counter.desk.refunds.refund(other, None, "leaves")
    assert held(counter).can_enrol
    counter.desk.unapplied.enrol(held(counter).uid)
    left = [row["balance"] for row in counter.ledger()["dues"] if row["id"] == mine]
    assert left == [(TUITION - PART).paise]
    assert owed(counter) == 0


def test_enrolling_by_late_money_never_leaves_less_than_a_rupee_due(
    counter: Counter, cart: Cart
) -> None:
    counter.course("LAST", fee=BOOKS, seats=1)
    mine = enrolled(counter, "R001", "LAST")
    other = late_for_the_last_seat(counter, {cart.asha: PART, mine: None})
    cart.begin(Method.CASH, {cart.asha: TUITION - PART - Money(50)})
    counter.desk.refunds.refund(other, None, "leaves")
    assert not held(counter).can_enrol
    with pytest.raises(InvalidInputError, match="less than ₹1"):
        counter.desk.unapplied.enrol(held(counter).uid)
    assert cart.balances()[0] == (PART + Money(50)).paise
