"""Open QR codes and links: one list call per poll, and a fetch only after a change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services import errors

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Till

LISTS = {Method.QR_CODE: "codes_since", Method.PAYMENT_LINK: "payments_between"}
READS = {Method.QR_CODE: "fetch_qr", Method.PAYMENT_LINK: "fetch_link"}


def open_codes(till: Till, method: Method, number: int) -> list[AttemptView]:
    course = till.course()
    shown = []
    for index in range(number):
        student = till.student(f"R{index:03d}")
        begun = till.payments.begin(student.uid, course.uid, method)
        shown.append(till.payments.open(begun.uid))
    till.gateway.calls.clear()
    return shown


@pytest.mark.parametrize("method", list(LISTS))
def test_nothing_new_costs_one_request_however_many_are_open(till: Till, method: Method) -> None:
    open_codes(till, method, 5)
    for _ in range(3):
        till.polling.run()
        till.clock.advance(2)
    assert till.gateway.calls == [LISTS[method]] * 3


def test_only_the_paid_qr_code_is_fetched(till: Till) -> None:
    shown = open_codes(till, Method.QR_CODE, 5)
    till.polling.run()
    till.pay(shown[2])
    look = till.polling.run()
    assert [(each.uid, each.state) for each in look.changed] == [(shown[2].uid, AttemptState.PAID)]
    assert till.gateway.calls.count("fetch_qr") == 1


def test_a_link_is_fetched_when_a_payment_of_its_amount_appears(till: Till) -> None:
    [first, second] = open_codes(till, Method.PAYMENT_LINK, 2)
    till.pay(first, "failure")
    till.polling.run()
    assert till.gateway.calls.count("fetch_link") == 2
    till.polling.run()
    assert till.gateway.calls.count("fetch_link") == 2, "seen already"
    till.pay(second)
    assert [each.uid for each in till.polling.run().changed] == [second.uid]


@pytest.mark.parametrize("method", list(LISTS))
def test_resources_missing_in_the_lists_are_fetched_in_turn(till: Till, method: Method) -> None:
    [view] = open_codes(till, method, 1)
    till.polling.run()
    till.clock.advance(30)
    till.polling.run()
    assert till.gateway.calls.count(READS[method]) == 1
    assert till.payments.view(view.uid).state is AttemptState.AWAITING


@pytest.mark.parametrize("method", list(LISTS))
def test_a_failed_list_call_fails_the_poll(till: Till, method: Method) -> None:
    open_codes(till, method, 2)
    till.gateway.trouble(LISTS[method], errors.UnavailableError("down"))
    look = till.polling.run()
    assert (look.succeeded, look.problem) == (False, "UnavailableError")
    assert till.gateway.calls == [LISTS[method]]


@pytest.mark.parametrize("method", list(LISTS))
def test_a_payment_whose_fetch_failed_is_fetched_at_the_next_poll(
    till: Till, method: Method
) -> None:
    [view] = open_codes(till, method, 1)
    till.pay(view)
    till.gateway.trouble(READS[method], errors.UnavailableError("down"), times=2)
    assert not till.polling.run().succeeded
    till.gateway.troubles.clear()
    assert [each.state for each in till.polling.run().changed] == [AttemptState.PAID]


def test_a_closed_code_is_fetched_until_its_payment_appears(till: Till) -> None:
    [view] = open_codes(till, Method.QR_CODE, 1)
    [qr_id] = till.gateway.codes
    till.gateway.codes[qr_id] = replace(
        till.gateway.codes[qr_id], status="closed", close_reason="paid"
    )
    for _ in range(2):
        assert not till.polling.run().succeeded
    till.gateway.codes[qr_id] = replace(till.gateway.codes[qr_id], status="active")
    till.pay(view)
    assert [each.state for each in till.polling.run().changed] == [AttemptState.PAID]


def test_a_manual_check_fetches_everything(till: Till) -> None:
    open_codes(till, Method.QR_CODE, 3)
    till.polling.run(asked=True)
    assert till.gateway.calls == ["fetch_qr"] * 3
