"""One payable resource per due: closed and checked before a new one, whatever fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.payment import AttemptState, Method, Placement
from desktop_app.services import errors

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Till

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


def changed_to(till: Till, view: AttemptView, method: Method) -> AttemptView:
    course = till.courses.find("PHY-11")
    return till.payments.begin(view.student_uid, course.uid, method)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize(("old", "new"), [(old, AFTER[old]) for old in CLOSE])
def test_no_second_code_is_created_if_closing_fails(
    till: Till, old: Method, new: Method, failure: errors.GatewayError
) -> None:
    view = till.shown(old)
    till.gateway.trouble(CLOSE[old], failure)
    begun = changed_to(till, view, new)
    till.gateway.calls.clear()
    with pytest.raises(errors.StillOpenError):
        till.payments.open(begun.uid)
    assert not CREATES & set(till.gateway.calls)
    [errand] = till.desk.outbox.commands()
    assert errand.problem == type(failure).__name__
    # the parent pays the old QR: it counts, and the new attempt ends
    till.pay(view)
    till.polling.reconcile()
    assert till.payments.view(view.uid).state is AttemptState.PAID
    assert till.payments.waiting() == ()


@pytest.mark.parametrize("failure", FAILURES, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize(("old", "new"), AFTER.items())
def test_no_second_code_is_created_if_the_check_fails(
    till: Till, old: Method, new: Method, failure: errors.GatewayError
) -> None:
    view = till.shown(old)
    begun = changed_to(till, view, new)
    for call in LOOK[old]:
        till.gateway.trouble(call, failure, times=6)
    till.gateway.calls.clear()
    with pytest.raises(errors.StillOpenError):
        till.payments.open(begun.uid)
    assert not CREATES & set(till.gateway.calls)


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_no_second_code_is_created_if_the_check_finds_a_payment(
    till: Till, old: Method, new: Method
) -> None:
    view = till.shown(old)
    till.pay(view)
    begun = changed_to(till, view, new)
    till.gateway.calls.clear()
    shown = till.payments.open(begun.uid)
    assert (shown.uid, shown.state) == (view.uid, AttemptState.PAID)
    assert not CREATES & set(till.gateway.calls)


@pytest.mark.parametrize(("old", "new"), CHANGES)
def test_closing_and_checking_come_before_creating(till: Till, old: Method, new: Method) -> None:
    view = till.shown(old)
    begun = changed_to(till, view, new)
    till.gateway.calls.clear()
    assert till.payments.open(begun.uid).state is AttemptState.AWAITING
    calls = till.gateway.calls
    first_made = min(calls.index(each) for each in CREATES if each in calls)
    assert any(call in LOOK[old] for call in calls[:first_made])
    if old in CLOSE:
        assert calls.index(CLOSE[old]) < first_made
    payable = [each for each in till.gateway.codes.values() if each.status == "active"]
    payable_links = [each for each in till.gateway.links.values() if each.status == "created"]
    assert len(payable) + len(payable_links) <= 1


def test_a_code_that_ended_by_itself_bars_nothing(till: Till) -> None:
    view = till.shown(Method.QR_CODE)
    till.gateway.trouble("close_qr", errors.NotFoundError("who?"))
    till.payments.cancel(view.uid)
    till.clock.advance(3 * 3_600)
    begun = changed_to(till, view, Method.PAYMENT_LINK)
    assert till.payments.open(begun.uid).state is AttemptState.AWAITING


def test_two_captured_payments_of_one_due_are_both_booked_and_one_is_owed_back(
    till: Till,
) -> None:
    first = till.shown(Method.PAYMENT_LINK)
    till.gateway.trouble("cancel_link", errors.UnavailableError("down"), times=9)
    till.payments.cancel(first.uid)
    till.payments.begin(first.student_uid, till.courses.find("PHY-11").uid, Method.CASH)
    till.pay(first)
    till.polling.reconcile()
    assert len(till.ledger()["payments"]) == 2
    [held] = till.desk.unapplied.held()
    assert (held.why, held.reason) == (Placement.SURPLUS, "This fee was paid already.")


# --- no reference is used twice


@pytest.mark.parametrize(
    ("method", "create", "find"),
    [(Method.QR_CODE, "create_qr", "find_qr"), (Method.PAYMENT_LINK, "create_link", "find_link")],
)
def test_a_lost_creation_is_repeated_under_another_reference(
    till: Till, monkeypatch: pytest.MonkeyPatch, method: Method, create: str, find: str
) -> None:
    till.gateway.trouble(create, errors.OutcomeUnknownError("lost"), is_done=True)
    hidden = monkeypatch.context()
    with hidden as patch:
        patch.setattr(till.gateway, find, lambda *_args: None)
        begun = till.payments.begin(till.student().uid, till.course().uid, method)
        shown = till.payments.open(begun.uid)
    assert shown.state is AttemptState.AWAITING
    assert shown.uid != begun.uid
    references = [each.reference for each in till.gateway.codes.values()]
    references += [each.reference for each in till.gateway.links.values()]
    assert len(set(references)) == len(references) == 2
    till.clock.advance(60)
    till.polling.reconcile()
    till.polling.reconcile()
    statuses = [each.status for each in till.gateway.codes.values()]
    statuses += [each.status for each in till.gateway.links.values()]
    assert sorted(statuses) in (["active", "closed"], ["cancelled", "created"])
    till.pay(shown)
    till.polling.run()
    assert till.payments.view(shown.uid).state is AttemptState.PAID


def test_repeatedly_lost_creations_end_in_a_failure(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.gateway.trouble("create_qr", errors.OutcomeUnknownError("lost"), times=20)
    begun = till.payments.begin(till.student().uid, till.course().uid, Method.QR_CODE)
    with pytest.raises(errors.OutcomeUnknownError):
        till.payments.open(begun.uid)
    assert till.gateway.calls.count("create_qr") <= 4
