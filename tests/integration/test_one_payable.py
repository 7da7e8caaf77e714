"""One payable resource per due: closed and checked before a new one, whatever fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.payment import AttemptState, Method, Placement
from desktop_app.services import errors
from tests.integration.reached import shown

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Counter

CHANNELS = [Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK]
CLOSE = {Method.QR_CODE: "close_qr", Method.PAYMENT_LINK: "cancel_link"}
LOOK = {
    Method.UPI_INTENT: ("orders_since", "fetch_order"),
    Method.QR_CODE: ("fetch_qr",),
    Method.PAYMENT_LINK: ("fetch_link",),
}
FAILURES = [
    errors.UnavailableError("refused"),
    errors.OutcomeUnknownError("lost"),
    errors.RateLimitedError("slow down"),
    errors.UnauthorisedError("Authentication failed"),
    errors.RejectedError("no"),
    errors.NotFoundError("The id provided does not exist"),
    errors.FeatureOffError("off"),
]
CREATES = {"create_order", "create_intent", "create_qr", "create_link"}
AFTER = dict(zip(CHANNELS, (*CHANNELS[1:], CHANNELS[0]), strict=True))
CHANGES = [(old, new) for old in CHANNELS for new in CHANNELS if old is not new]


def changed_to(counter: Counter, view: AttemptView, method: Method) -> AttemptView:
    course = counter.courses.find("PHY-11")
    return counter.payments.begin(view.student_uid, course.uid, method)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize(("old", "new"), [(old, AFTER[old]) for old in CLOSE])
def test_no_second_code_is_created_if_closing_fails(
    counter: Counter, old: Method, new: Method, failure: errors.GatewayError
) -> None:
    view = shown(counter, old)
    counter.gateway.trouble(CLOSE[old], failure)
    begun = changed_to(counter, view, new)
    counter.gateway.calls.clear()
    with pytest.raises(errors.StillOpenError):
        counter.payments.open(begun.uid)
    assert not CREATES & set(counter.gateway.calls)
    [errand] = counter.desk.outbox.commands()
    assert errand.problem == type(failure).__name__
    # the parent pays the old QR: it counts, and the new attempt ends
    counter.pay(view)
    counter.polling.reconcile()
    assert counter.payments.view(view.uid).state is AttemptState.PAID
    assert counter.payments.waiting() == ()


@pytest.mark.parametrize("failure", FAILURES, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize(("old", "new"), AFTER.items())
def test_no_second_code_is_created_if_the_check_fails(
    counter: Counter, old: Method, new: Method, failure: errors.GatewayError
) -> None:
    view = shown(counter, old)
    begun = changed_to(counter, view, new)
    for call in LOOK[old]:
        counter.gateway.trouble(call, failure, times=6)
    counter.gateway.calls.clear()
    with pytest.raises(errors.StillOpenError):
        counter.payments.open(begun.uid)
    assert not CREATES & set(counter.gateway.calls)


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_no_second_code_is_created_if_the_check_finds_a_payment(
    counter: Counter, old: Method, new: Method
) -> None:
    view = shown(counter, old)
    counter.pay(view)
    begun = changed_to(counter, view, new)
    counter.gateway.calls.clear()
    offered = counter.payments.open(begun.uid)
    assert (offered.uid, offered.state) == (view.uid, AttemptState.PAID)
    assert not CREATES & set(counter.gateway.calls)


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_closing_and_checking_come_before_creating(
    counter: Counter, old: Method, new: Method
) -> None:
    view = shown(counter, old)
    begun = changed_to(counter, view, new)
    counter.gateway.calls.clear()
    assert counter.payments.open(begun.uid).state is AttemptState.AWAITING
    calls = counter.gateway.calls
    first_made = min(calls.index(each) for each in CREATES if each in calls)
    assert any(call in LOOK[old] for call in calls[:first_made])
    if old in CLOSE:
        assert calls.index(CLOSE[old]) < first_made
    payable = [each for each in counter.gateway.codes.values() if each.status == "active"]
    payable_links = [each for each in counter.gateway.links.values() if each.status == "created"]
    assert len(payable) + len(payable_links) <= 1


def test_a_code_that_ended_by_itself_bars_nothing(counter: Counter) -> None:
    view = shown(counter, Method.QR_CODE)
    counter.gateway.trouble("close_qr", errors.NotFoundError("who?"))
    counter.payments.cancel(view.uid)
    counter.clock.advance(3 * 3_600)
    begun = changed_to(counter, view, Method.PAYMENT_LINK)
    assert counter.payments.open(begun.uid).state is AttemptState.AWAITING


def test_two_captured_payments_of_one_due_are_both_booked_and_one_is_owed_back(
    counter: Counter,
) -> None:
    first = shown(counter, Method.PAYMENT_LINK)
    counter.gateway.trouble("cancel_link", errors.UnavailableError("down"), times=9)
    counter.payments.cancel(first.uid)
    counter.payments.begin(first.student_uid, counter.courses.find("PHY-11").uid, Method.CASH)
    counter.pay(first)
    counter.polling.reconcile()
    assert len(counter.ledger()["payments"]) == 2
    [held] = counter.desk.unapplied.held()
    assert (held.why, held.reason) == (Placement.SURPLUS, "This fee was already paid.")


# --- no reference is used twice


@pytest.mark.parametrize(
    ("method", "create", "find"),
    [(Method.QR_CODE, "create_qr", "find_qr"), (Method.PAYMENT_LINK, "create_link", "find_link")],
)
def test_a_lost_creation_is_repeated_under_another_reference(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, method: Method, create: str, find: str
) -> None:
    counter.gateway.trouble(create, errors.OutcomeUnknownError("lost"), is_done=True)
    hidden = monkeypatch.context()
    with hidden as patch:
        patch.setattr(counter.gateway, find, lambda *_args: None)
        begun = counter.payments.begin(counter.student().uid, counter.course().uid, method)
        offered = counter.payments.open(begun.uid)
    assert offered.state is AttemptState.AWAITING
    assert offered.uid != begun.uid
    references = [each.reference for each in counter.gateway.codes.values()]
    references += [each.reference for each in counter.gateway.links.values()]
    assert len(set(references)) == len(references) == 2
    counter.clock.advance(60)
    counter.polling.reconcile()
    counter.polling.reconcile()
    statuses = [each.status for each in counter.gateway.codes.values()]
    statuses += [each.status for each in counter.gateway.links.values()]
    assert sorted(statuses) in (["active", "closed"], ["cancelled", "created"])
    counter.pay(offered)
    counter.polling.run()
    assert counter.payments.view(offered.uid).state is AttemptState.PAID


def test_repeatedly_lost_creations_end_in_a_failure(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.gateway.trouble("create_qr", errors.OutcomeUnknownError("lost"), times=20)
    begun = counter.payments.begin(counter.student().uid, counter.course().uid, Method.QR_CODE)
    with pytest.raises(errors.OutcomeUnknownError):
        counter.payments.open(begun.uid)
    assert counter.gateway.calls.count("create_qr") <= 4
