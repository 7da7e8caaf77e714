"""Attempts: allowed transitions, conclusions from snapshots, and matching of payments."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.errors import IllegalTransitionError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import (
    ATTEMPT_TABLE,
    LIVE_STATES,
    Attempt,
    AttemptState,
    GatewaySnapshot,
    Method,
    PaymentFact,
    Placement,
    mask_vpa,
    match_attempt,
    observe,
    place,
)
from desktop_app.domain.state_machine import advance, may_advance

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ATTEMPT = Attempt(
    uid="a1",
    enrollment_uid="e1",
    due_uid="d1",
    method=Method.UPI_INTENT,
    state=AttemptState.AWAITING,
    amount=Money(1_180_000),
    reference="D1-a1",
    key_id="rzp_test_1",
    created_at=NOW,
    order_id="order_1",
    order_receipt="D1-a1",
    remote_id="pay_1",
)
PAID = PaymentFact(
    payment_id="pay_1",
    order_id="order_1",
    amount_paise=1_180_000,
    currency="INR",
    status="captured",
    captured=True,
    created_at=1_795_000_000,
)


def seen(
    *payments: PaymentFact, settled: bool = True, problem: str | None = None
) -> GatewaySnapshot:
    return GatewaySnapshot(problem, settled, settled, payments)


def test_the_table_of_states_is_that_of_the_design() -> None:
    allowed = {
        (before.value, after.value)
        for before, after in product(AttemptState, AttemptState)
        if before is not after and may_advance(ATTEMPT_TABLE, before, after)
    }
    assert allowed == {
        *product(["intent"], ["ordered", "awaiting", "unknown", "rejected", "cancelled", "paid"]),
        *product(["unknown"], ["ordered", "awaiting", "rejected", "cancelled", "paid"]),
        *product(["ordered"], ["awaiting", "unknown", "expired", "cancelled", "paid"]),
        *product(["awaiting"], ["paid", "expired", "cancelled"]),
        *product(["expired", "cancelled"], ["paid", "lapsed"]),
        *product(["rejected", "lapsed"], ["paid"]),
    }
    assert {state.value for state in LIVE_STATES} == {"intent", "unknown", "ordered", "awaiting"}


def test_paid_is_final_and_reached_from_anywhere_else() -> None:
    for state in AttemptState:
        assert advance(ATTEMPT_TABLE, state, AttemptState.PAID) is AttemptState.PAID
        if state is not AttemptState.PAID:
            with pytest.raises(IllegalTransitionError):
                advance(ATTEMPT_TABLE, AttemptState.PAID, state)


def test_a_captured_payment_of_a_settled_order_is_money() -> None:
    found = observe(ATTEMPT, seen(PAID))
    assert found.money == (PAID,)
    assert found.problem is None


@pytest.mark.parametrize(
    "payment",
    [
        replace(PAID, amount_paise=1_180_001),
        replace(PAID, amount_paise=1_179_999),
        replace(PAID, currency="USD"),
        replace(PAID, order_id="order_2"),
        replace(PAID, order_id=None),
    ],
)
def test_a_payment_of_another_amount_is_not_money(payment: PaymentFact) -> None:
    found = observe(ATTEMPT, seen(payment))
    assert found.money == ()
    assert found.misfits == (payment,) or found.problem is not None


@pytest.mark.parametrize(
    "snapshot",
    [
        seen(PAID, problem="another receipt"),
        seen(PAID, settled=False),
        seen(),
        seen(replace(PAID, status="created", captured=False)),
    ],
)
def test_an_answer_that_contradicts_itself_proves_nothing(snapshot: GatewaySnapshot) -> None:
    found = observe(ATTEMPT, snapshot)
    assert found.money == ()
    assert found.problem is not None


def test_a_failed_payment_does_not_end_an_attempt() -> None:
    failed = replace(PAID, payment_id="pay_0", status="failed", captured=False)
    found = observe(ATTEMPT, seen(failed, settled=False))
    assert (found.failed, found.money, found.problem) == (failed, (), None)
    assert observe(ATTEMPT, seen(failed, PAID)).money == (PAID,)


def test_an_authorised_payment_is_to_be_captured_and_is_not_money_yet() -> None:
    authorised = replace(PAID, status="authorized", captured=False)
    found = observe(ATTEMPT, seen(authorised, settled=False))
    assert found.to_capture == (authorised,)
    assert found.money == ()


def test_a_second_payment_that_went_back_is_seen_as_money_too() -> None:
    second = replace(
        PAID, payment_id="pay_2", status="refunded", amount_refunded_paise=1_180_000,
        created_at=PAID.created_at + 5,
    )  # fmt: skip
    assert observe(ATTEMPT, seen(second, PAID)).money == (PAID, second)


@given(st.permutations([PAID, *(replace(PAID, payment_id=f"pay_{n}") for n in range(2, 6))]))
def test_the_order_of_an_answer_does_not_matter(payments: list[PaymentFact]) -> None:
    assert observe(ATTEMPT, seen(*payments)) == observe(ATTEMPT, seen(*reversed(payments)))


def test_money_belongs_to_the_attempt_whose_payment_id_it_is() -> None:
    later = replace(ATTEMPT, uid="a2", remote_id="pay_2", created_at=NOW + timedelta(minutes=5))
    lost = replace(ATTEMPT, uid="a3", remote_id=None, created_at=NOW + timedelta(minutes=1))
    assert match_attempt(PAID, [ATTEMPT, later, lost]).uid == "a1"
    assert match_attempt(replace(PAID, payment_id="pay_9"), [ATTEMPT, later, lost]).uid == "a3"
    assert match_attempt(replace(PAID, payment_id="pay_9"), [ATTEMPT, later]).uid == "a2"
    with pytest.raises(ValueError, match="attempt"):
        match_attempt(PAID, [])


def test_placing_a_payment() -> None:
    def placed(
        *, is_returned: bool = False, is_due_open: bool = True, has_seat: bool = True
    ) -> str:
        return place(is_returned=is_returned, is_due_open=is_due_open, has_seat=has_seat)

    assert placed() is Placement.APPLIED
    assert placed(has_seat=False) is Placement.NO_SEAT
    assert placed(is_due_open=False) is Placement.SURPLUS
    assert placed(is_returned=True) is Placement.RETURNED
    assert placed(is_returned=True, is_due_open=False, has_seat=False) is Placement.RETURNED


def test_a_vpa_is_masked() -> None:
    assert mask_vpa("parent@okaxis") == "pa••••@okaxis"
    assert mask_vpa("nonsense") is None
    assert mask_vpa(None) is None
