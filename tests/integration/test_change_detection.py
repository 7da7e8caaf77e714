"""Open QR codes and links: one list call per poll, and a fetch only after a change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services import errors

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Counter

LISTS = {Method.QR_CODE: "codes_since", Method.PAYMENT_LINK: "payments_between"}
READS = {Method.QR_CODE: "fetch_qr", Method.PAYMENT_LINK: "fetch_link"}


def open_codes(counter: Counter, method: Method, number: int) -> list[AttemptView]:
    course = counter.course()
    shown = []
    for index in range(number):
        student = counter.student(f"R{index:03d}")
        begun = counter.payments.begin(student.uid, course.uid, method)
        shown.append(counter.payments.open(begun.uid))
    counter.gateway.calls.clear()
    return shown


@pytest.mark.parametrize("method", list(LISTS))
def test_nothing_new_costs_one_request_however_many_are_open(
    counter: Counter, method: Method
) -> None:
    open_codes(counter, method, 5)
    for _ in range(3):
        counter.polling.run()
        counter.clock.advance(2)
    assert counter.gateway.calls == [LISTS[method]] * 3


def test_only_the_paid_qr_code_is_fetched(counter: Counter) -> None:
    shown = open_codes(counter, Method.QR_CODE, 5)
    counter.polling.run()
    counter.pay(shown[2])
    look = counter.polling.run()
    assert [(each.uid, each.state) for each in look.changed] == [(shown[2].uid, AttemptState.PAID)]
    assert counter.gateway.calls.count("fetch_qr") == 1


def test_a_link_is_fetched_when_a_payment_of_its_amount_appears(counter: Counter) -> None:
    [first, second] = open_codes(counter, Method.PAYMENT_LINK, 2)
    counter.pay(first, "failure")
    counter.polling.run()
    assert counter.gateway.calls.count("fetch_link") == 2
    counter.polling.run()
    assert counter.gateway.calls.count("fetch_link") == 2, "seen already"
    counter.pay(second)
    assert [each.uid for each in counter.polling.run().changed] == [second.uid]


@pytest.mark.parametrize("method", list(LISTS))
def test_resources_missing_in_the_lists_are_fetched_in_turn(
    counter: Counter, method: Method
) -> None:
    [view] = open_codes(counter, method, 1)
    counter.polling.run()
    counter.clock.advance(30)
    counter.polling.run()
    assert counter.gateway.calls.count(READS[method]) == 1
    assert counter.payments.view(view.uid).state is AttemptState.AWAITING


@pytest.mark.parametrize("method", list(LISTS))
def test_a_failed_list_call_fails_the_poll(counter: Counter, method: Method) -> None:
    open_codes(counter, method, 2)
    counter.gateway.trouble(LISTS[method], errors.UnavailableError("down"))
    look = counter.polling.run()
    assert (look.succeeded, look.problem) == (False, "UnavailableError")
    assert counter.gateway.calls == [LISTS[method]]


@pytest.mark.parametrize("method", list(LISTS))
def test_a_payment_whose_fetch_failed_is_fetched_at_the_next_poll(
    counter: Counter, method: Method
) -> None:
    [view] = open_codes(counter, method, 1)
    counter.pay(view)
    counter.gateway.trouble(READS[method], errors.UnavailableError("down"), times=2)
    assert not counter.polling.run().succeeded
    counter.gateway.troubles.clear()
    assert [each.state for each in counter.polling.run().changed] == [AttemptState.PAID]


def test_a_closed_code_is_fetched_until_its_payment_appears(counter: Counter) -> None:
    [view] = open_codes(counter, Method.QR_CODE, 1)
    [qr_id] = counter.gateway.codes
    counter.gateway.codes[qr_id] = replace(
        counter.gateway.codes[qr_id], status="closed", close_reason="paid"
    )
    for _ in range(2):
        assert not counter.polling.run().succeeded
    counter.gateway.codes[qr_id] = replace(counter.gateway.codes[qr_id], status="active")
    counter.pay(view)
    assert [each.state for each in counter.polling.run().changed] == [AttemptState.PAID]


def test_a_manual_check_fetches_everything(counter: Counter) -> None:
    open_codes(counter, Method.QR_CODE, 3)
    counter.polling.run(asked=True)
    assert counter.gateway.calls == ["fetch_qr"] * 3
