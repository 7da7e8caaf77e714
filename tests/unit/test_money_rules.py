"""Rules of money, one by one: what may go back, how it is posted, what an answer proves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import InvalidMoneyError
from desktop_app.domain.fees import quote
from desktop_app.domain.ledger import Account, disputed, receiving, returning, reversed_
from desktop_app.domain.money import Money
from desktop_app.domain.payment import (
    Method,
    Placement,
    less_customer_fee,
    match_attempt,
    observe,
    place,
    verify,
)
from desktop_app.domain.refund import (
    OPEN_REFUNDS,
    REFUND_TABLE,
    RefundState,
    adds_up,
    checked_amount,
    refundable,
)
from desktop_app.domain.state_machine import may_advance
from desktop_app.domain.tax import Tax
from tests.unit.test_payment import ATTEMPT, NOW, PAID, seen

if TYPE_CHECKING:
    from desktop_app.domain.ledger import Entry

AUTHORISED = replace(PAID, payment_id="pay_3", status="authorized", captured=False)
FAILED = replace(PAID, payment_id="pay_4", status="failed", captured=False)


# --- refunds


def test_the_states_of_a_refund_lead_to_one_end() -> None:
    allowed = {
        (before.value, after.value)
        for before, after in product(RefundState, RefundState)
        if before is not after and may_advance(REFUND_TABLE, before, after)
    }
    endings = ["pending", "processed", "failed", "rejected"]
    assert allowed == {
        *product(["intent"], ["unknown", *endings]),
        *product(["unknown"], endings),
        *product(["pending"], ["processed", "failed"]),
        *product(["processed"], ["failed"]),
    }


def test_what_is_not_final_is_followed() -> None:
    assert [each.value for each in OPEN_REFUNDS] == ["intent", "unknown", "pending"]


@pytest.mark.parametrize(("counted", "left"), [(0, 100), (99, 1), (100, 0), (101, 0)])
def test_what_is_left_is_never_negative(counted: int, left: int) -> None:
    assert refundable(Money(100), Money(counted)) == Money(left)


def test_a_refund_is_more_than_nothing_and_at_most_what_is_left() -> None:
    left = Money(500)
    assert checked_amount(None, left) == left
    for paise in (1, 499, 500):
        assert checked_amount(Money(paise), left) == Money(paise)
    for paise in (0, -1, 501):
        with pytest.raises(InvalidMoneyError):
            checked_amount(Money(paise), left)
    for asked in (None, Money(1), Money(0)):
        with pytest.raises(InvalidMoneyError, match="already refunded"):
            checked_amount(asked, Money(0))


@pytest.mark.parametrize(
    ("shown", "live", "failed", "even"),
    [(0, 0, 0, True), (700, 700, 0, True), (700, 500, 200, True), (500, 500, 200, True),
     (700, 699, 0, False), (0, 1, 0, False), (200, 500, 200, False)],
)  # fmt: skip
def test_the_refunded_sum_of_a_payment_checks_its_refunds(
    shown: int, live: int, failed: int, even: bool
) -> None:
    assert adds_up(shown, live_paise=live, failed_paise=failed) is even


# --- the ledger


def moved(entries: tuple[Entry, ...]) -> dict[str, int]:
    return {each.account.value: each.amount.paise for each in entries}


def test_each_movement_names_where_the_money_is_and_whose_it_is() -> None:
    paid = Money(700)
    assert moved(receiving(paid, Account.CASH, owed_back=False)) == {"cash": 700, "fees": -700}
    assert moved(receiving(paid, Account.GATEWAY, owed_back=True)) == {
        "gateway": 700,
        "to_return": -700,
    }
    assert moved(returning(paid, Account.CASH, from_fees=paid)) == {"fees": 700, "cash": -700}
    assert moved(returning(paid, Account.GATEWAY, from_fees=Money(0))) == {
        "to_return": 700,
        "gateway": -700,
    }
    assert moved(returning(paid, Account.CASH, from_fees=Money(300))) == {
        "fees": 300,
        "to_return": 400,
        "cash": -700,
    }
    assert moved(reversed_(returning(paid, Account.CASH, from_fees=paid))) == {
        "fees": -700,
        "cash": 700,
    }
    assert moved(disputed(paid)) == {"disputed": 700, "gateway": -700}
    assert moved(disputed(-paid)) == {"disputed": -700, "gateway": 700}


# --- fees


def test_the_parts_of_a_tax_are_added() -> None:
    tax = Tax(Money(1_000), Money(90), Money(91), 1_800, igst=Money(7))
    assert tax.amount == Money(188)
    assert tax.total == Money(1_188)


def test_without_a_gstin_the_rate_is_nothing_and_no_tax_is_shown() -> None:
    course = make_course(code="C", title="Physics XI", fee=Money(100), gst_bp=1_800)
    found = quote(course, registered=False)
    assert (found.tax.rate_bp, found.registered, found.label) == (0, False, "Physics XI")
    assert quote(course, registered=True).registered


def test_each_half_of_a_tax_is_rounded_by_itself() -> None:
    course = make_course(code="C", title="P", fee=Money(1_050), gst_bp=1_800, tax_inclusive=False)
    tax = quote(course, registered=True).tax
    assert (tax.cgst.paise, tax.sgst.paise) == (95, 95)


# --- what an answer proves


@pytest.mark.parametrize("method", list(Method))
def test_only_a_payment_of_an_own_order_has_to_name_it(method: Method) -> None:
    attempt = replace(ATTEMPT, method=method)
    doubt = verify(attempt, replace(PAID, order_id="order_2"))
    assert (doubt is not None) == (method in {Method.UPI_INTENT, Method.CHECKOUT})
    assert verify(attempt, PAID) is None


def test_a_payment_that_was_refunded_since_is_money_though_its_order_is_not_paid() -> None:
    back = replace(PAID, status="refunded", amount_refunded_paise=PAID.amount_paise)
    found = observe(ATTEMPT, seen(back, settled=False))
    assert (found.money, found.problem) == ((back,), None)


def test_another_amount_among_right_ones_keeps_the_right_one() -> None:
    other = replace(PAID, payment_id="pay_2", amount_paise=1)
    found = observe(ATTEMPT, seen(other, PAID))
    assert (found.money, found.misfits, found.problem) == ((PAID,), (other,), None)


def test_a_payment_on_another_order_is_neither_money_nor_a_misfit() -> None:
    for fact in (replace(PAID, order_id="order_9"), replace(PAID, order_id="x", amount_paise=1)):
        found = observe(ATTEMPT, seen(fact))
        assert (found.money, found.misfits) == ((), ())
        assert found.problem == "the payment names another order"


def test_sums_that_contradict_each_other_settle_nothing_but_another_amount() -> None:
    odd = replace(seen(PAID, AUTHORISED), sums_problem="odd sums")
    found = observe(ATTEMPT, odd)
    assert (found.money, found.to_capture, found.problem) == ((), (), "odd sums")
    other = replace(PAID, amount_paise=1)
    found = observe(ATTEMPT, replace(seen(other), sums_problem="odd sums"))
    assert (found.misfits, found.problem) == ((other,), None)


def test_a_misfit_comes_before_what_its_due_takes() -> None:
    for is_open in (True, False):
        found = place(is_returned=False, is_due_open=is_open, has_seat=True, fits=False)
        assert found is Placement.MISFIT
    found = place(is_returned=True, is_due_open=True, has_seat=True, fits=False)
    assert found is Placement.RETURNED


@pytest.mark.parametrize(
    ("amount", "fee", "bearer", "is_less"),
    [
        (1_180_100, 100, None, True),
        (1_180_100, 99, "customer", False),
        (1_180_000, 100, "customer", True),
        (1_180_000, 100, "platform", False),
        (1_180_000, None, None, False),
        (1_180_100, None, "customer", False),
    ],
)
def test_the_fee_that_a_payer_bears_is_no_part_of_the_amount(
    amount: int, fee: int | None, bearer: str | None, is_less: bool
) -> None:
    fact = replace(PAID, amount_paise=amount, fee_paise=fee, fee_bearer=bearer)
    found = less_customer_fee(ATTEMPT, fact)
    assert (found != fact) == is_less
    if is_less:
        assert (found.amount_paise, found.customer_fee_paise, found.fee_paise) == (
            1_180_000, fee, None,
        )  # fmt: skip
    dollars = replace(fact, currency="USD")
    assert less_customer_fee(ATTEMPT, dollars) == dollars


def test_only_what_is_authorised_and_fits_is_to_be_captured() -> None:
    others = [
        replace(AUTHORISED, payment_id="pay_5", amount_paise=1),
        replace(AUTHORISED, payment_id="pay_6", status="created"),
        FAILED,
    ]
    assert observe(ATTEMPT, seen(*others, AUTHORISED, settled=False)).to_capture == (AUTHORISED,)
    assert observe(ATTEMPT, seen(PAID, AUTHORISED)).to_capture == (AUTHORISED,)


def test_the_newest_failed_payment_is_shown() -> None:
    newer = replace(FAILED, payment_id="pay_0", created_at=FAILED.created_at + 1)
    for order in ((FAILED, newer), (newer, FAILED)):
        assert observe(ATTEMPT, seen(*order, PAID, settled=True)).failed == newer


def test_an_order_that_is_paid_by_nothing_shown_leaves_a_doubt() -> None:
    assert observe(ATTEMPT, seen(settled=True)).problem is not None
    assert observe(ATTEMPT, seen(settled=False)).problem is None
    other = replace(PAID, amount_paise=1)
    assert observe(ATTEMPT, seen(other, settled=True)).problem is None


def test_money_that_went_back_in_part_is_still_money() -> None:
    paise = PAID.amount_paise
    returned = {left: replace(PAID, amount_refunded_paise=paise - left) for left in (1, 0, -1)}
    assert [each.is_returned for each in returned.values()] == [False, True, True]


def test_an_unknown_payment_belongs_to_the_newest_attempt_that_lost_its_own() -> None:
    lost = [
        replace(ATTEMPT, uid=uid, remote_id=None, created_at=NOW + timedelta(minutes=minutes))
        for uid, minutes in (("b", 1), ("c", 2), ("a", 2))
    ]
    assert match_attempt(replace(PAID, payment_id="pay_9"), [*lost, ATTEMPT]).uid == "c"
