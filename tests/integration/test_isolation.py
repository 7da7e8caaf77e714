"""One answer that cannot be read or recorded stops nobody else's money, and stays visible."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.domain.outbox import CommandState
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services import errors
from desktop_app.services.isolation import stuck_subjects
from desktop_app.services.maintenance.health_checks import HealthChecks
from desktop_app.services.ports.gateway import DisputeFact, RefundFact
from desktop_app.services.posting import payments as posting
from desktop_app.services.views.maintenance import CheckResult, Health
from tests.composed_desk import EmptyKeyVault
from tests.integration.test_restore import backup, collected, restored

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Till

__all__ = ["backup"]

CHANNELS = (Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK)
NEVER = 10**18
"""Unix seconds that no calendar has."""

UNREADABLE = errors.UnreadableError("no sense")


def shown(till: Till, number: int, method: Method) -> AttemptView:
    course = till.courses.find("PHY-11").uid
    student = till.student(f"R{number:03d}", phone=f"90000000{number:02d}")
    return till.payments.open(till.payments.begin(student.uid, course, method).uid)


def check(till: Till, name: str) -> CheckResult:
    found = HealthChecks(till.context, till.connection, EmptyKeyVault(), ()).run()
    return next(each for each in found if each.name == name)


def states(till: Till, views: list[AttemptView]) -> list[AttemptState]:
    return [till.payments.view(view.uid).state for view in views]


# --- attempts


@pytest.mark.parametrize("method", CHANNELS)
@pytest.mark.parametrize("spoilt", [{"created_at": NEVER}, {"rrn": "\ud800"}, {"fee_paise": 2**80}])
def test_a_payment_that_cannot_be_recorded_stops_no_other(
    till: Till, method: Method, spoilt: dict[str, Any]
) -> None:
    till.course()
    views = [shown(till, number, CHANNELS[number % 3]) for number in range(6)]
    bad = shown(till, 9, method)
    for view in views:
        till.pay(view)
    till.gateway._set(till.pay(bad), **spoilt)
    till.clock.advance(60)
    till.polling.run(asked=True)
    assert states(till, views) == [AttemptState.PAID] * 6
    assert till.payments.view(bad.uid).state is AttemptState.AWAITING
    assert till.polling.reconcile().unreachable == 1


def test_what_cannot_be_recorded_is_shown_until_it_can(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    paid = till.pay(view)
    honest = till.gateway.payments[paid]
    assert check(till, "stuck").health is Health.GOOD
    till.gateway._set(paid, created_at=NEVER)
    till.polling.run()
    found = check(till, "stuck")
    reference = till.context.store.reader.attempts.get(view.uid)[0].reference
    assert found.health is Health.BAD
    assert reference in found.finding
    assert "dashboard" in found.advice
    assert till.polling.stuck() == 1
    till.restart()
    assert till.polling.stuck() == 1, "a restart forgets nothing"
    till.gateway.payments[paid] = honest
    till.polling.run()
    assert till.payments.view(view.uid).state is AttemptState.PAID
    assert check(till, "stuck").health is Health.GOOD


def test_a_stuck_payment_slows_and_hides_no_other_work(till: Till) -> None:
    till.course()
    bad, good = shown(till, 1, Method.UPI_INTENT), shown(till, 2, Method.QR_CODE)
    till.gateway._set(till.pay(bad), created_at=NEVER)
    till.gateway.trouble("close_qr", errors.UnavailableError("no line"))
    till.payments.cancel(good.uid)
    waits = []
    for _look in range(6):
        waits.append(till.polling.run().next_in_s or 0)
        till.clock.advance(5)
    assert max(waits) < 10, "the gap does not grow as without a connection"
    assert till.desk.outbox.commands() == (), "what waits for the gateway was sent"


def test_a_stuck_attempt_past_its_end_gives_its_seat_back_and_stays_watched(till: Till) -> None:
    till.student()
    course = till.course(seats=1)
    view = collected(till, "R001", "9000000001", Method.UPI_INTENT)
    paid = till.pay(view)
    honest = till.gateway.payments[paid]
    till.gateway._set(paid, created_at=NEVER)
    till.clock.advance(1_000)
    till.polling.reconcile()
    assert till.payments.view(view.uid).state is AttemptState.EXPIRED
    other = till.student("R002", phone="9000000002")
    till.payments.begin(other.uid, course.uid, Method.CASH)
    till.gateway.payments[paid] = honest
    till.polling.reconcile()
    assert [each.payment_id for each in till.desk.unapplied.held()] == [paid]


@pytest.mark.parametrize(
    "failure",
    [
        errors.DatabaseCorruptError("damaged"),
        errors.DiskFullError("full"),
        errors.DatabaseLockedError("locked"),
        errors.ReadOnlyFolderError("read-only"),
    ],
)
def test_a_failing_database_is_nobodys_single_problem(
    till: Till, monkeypatch: pytest.MonkeyPatch, failure: errors.StorageError
) -> None:
    till.pay(till.shown(Method.UPI_INTENT))

    def fail(*_given: object) -> None:
        raise failure

    monkeypatch.setattr("desktop_app.services.payments.status_check.post_payment", fail)
    with pytest.raises(type(failure)):
        till.polling.run()
    with pytest.raises(type(failure)):
        till.polling.reconcile()
    assert till.polling.stuck() == 0


def test_the_log_of_a_stuck_payment_has_no_personal_data(
    till: Till, caplog: pytest.LogCaptureFixture
) -> None:
    view = till.shown(Method.UPI_INTENT)
    till.gateway._set(till.pay(view), rrn="\ud800", vpa="parent@okaxis", contact="+919000000001")
    with caplog.at_level(logging.DEBUG):
        till.polling.run()
    assert view.uid in caplog.text
    for private in ("parent", "9000000001", view.student_name, "Traceback"):
        assert private not in caplog.text


def test_a_list_that_makes_no_sense_is_read_one_by_one(till: Till) -> None:
    till.course()
    views = [shown(till, number, CHANNELS[number]) for number in range(3)]
    for view in views:
        till.pay(view)
    for name in ("orders_since", "codes_since", "payments_between"):
        till.gateway.trouble(name, UNREADABLE, times=9)
    till.polling.run()
    assert states(till, views) == [AttemptState.PAID] * 3


def test_an_entry_that_makes_no_sense_hides_no_other(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.course()
    views = [shown(till, number, CHANNELS[number]) for number in range(3)]
    for view in views:
        till.pay(view)
    for name in ("orders_since", "codes_since", "payments_between"):
        whole = getattr(till.gateway, name)
        monkeypatch.setattr(
            till.gateway, name,
            lambda *given, whole=whole, **named: (None, *whole(*given, **named)),
        )  # fmt: skip
    till.polling.run()
    assert states(till, views) == [AttemptState.PAID] * 3


def test_a_lost_creation_that_cannot_be_looked_up_stops_no_other(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.course()
    till.gateway.trouble("create_qr", errors.OutcomeUnknownError("lost"), is_done=True, times=9)
    till.gateway.trouble("find_qr", errors.UnavailableError("no line"), times=9)
    with pytest.raises(errors.GatewayError):
        shown(till, 1, Method.QR_CODE)
    till.gateway.troubles.clear()
    good = shown(till, 2, Method.UPI_INTENT)
    till.pay(good)
    lost = next(each for each in till.payments.waiting() if each.uid != good.uid)
    monkeypatch.setattr(till.gateway, "find_qr", lambda *_given: 1 / 0)
    assert till.polling.reconcile().unreachable == 1
    assert till.payments.view(good.uid).state is AttemptState.PAID
    assert stuck_subjects(till.context) == {lost.uid: "ZeroDivisionError"}


# --- commands, refunds, disputes, payments after a restore


def test_a_command_that_cannot_be_sent_stops_no_other(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.course()
    bad, good = shown(till, 1, Method.QR_CODE), shown(till, 2, Method.PAYMENT_LINK)
    for name in ("close_qr", "cancel_link"):
        till.gateway.trouble(name, errors.UnavailableError("no line"))
    till.payments.cancel(bad.uid)
    till.payments.cancel(good.uid)
    close = till.gateway.close_qr
    monkeypatch.setattr(till.gateway, "close_qr", lambda _id: 1 / 0)
    assert till.desk.outbox.run(everything=True) == 1
    [waiting] = till.desk.outbox.commands()
    assert (waiting.uid, waiting.state, waiting.problem) == (
        bad.uid, CommandState.PENDING, "ZeroDivisionError",
    )  # fmt: skip
    monkeypatch.setattr(till.gateway, "close_qr", close)
    assert till.desk.outbox.run(everything=True) == 1
    assert till.desk.outbox.commands() == ()


def test_an_unreadable_answer_to_one_command_lets_the_next_go(till: Till) -> None:
    till.course()
    bad, good = shown(till, 1, Method.QR_CODE), shown(till, 2, Method.PAYMENT_LINK)
    for name in ("close_qr", "cancel_link"):
        till.gateway.trouble(name, errors.UnavailableError("no line"))
    till.payments.cancel(bad.uid)
    till.payments.cancel(good.uid)
    till.gateway.trouble("close_qr", UNREADABLE)
    assert till.desk.outbox.run(everything=True) == 1
    assert [each.uid for each in till.desk.outbox.commands()] == [bad.uid]


def two_paid(till: Till) -> list[str]:
    till.course()
    paid = [till.pay(shown(till, number, Method.UPI_INTENT)) for number in range(2)]
    till.polling.run()
    return paid


def test_a_dispute_that_cannot_be_recorded_stops_no_other(till: Till) -> None:
    for number, payment_id in enumerate(two_paid(till)):
        till.gateway.disputed[str(number)] = DisputeFact(
            f"disp_{number:08d}", payment_id, 500, 0, "fraud", "open", "chargeback",
            NEVER if number else None,
        )  # fmt: skip
    assert till.polling.reconcile().unreachable == 1
    assert [each.amount.paise for each in till.desk.disputes.known()] == [500]
    assert stuck_subjects(till.context) == {"disp_00000001": "OSError"}


def test_a_refund_that_cannot_be_recorded_stops_no_other(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid = two_paid(till)
    for number, payment_id in enumerate(paid):
        till.gateway.refunds[f"k{number}"] = RefundFact(
            f"rfnd_{number:08d}", payment_id, 500, "processed", till.gateway._now(), None
        )
        till.gateway._set(payment_id, amount_refunded_paise=500)
    returned: Any = vars(posting)["post_return"]

    def refuse(context: Any, work: Any, payment: Any, amount: Any) -> None:
        if payment.payment_id == paid[1]:
            raise ZeroDivisionError
        returned(context, work, payment, amount)

    monkeypatch.setattr(posting, "post_return", refuse)
    assert not till.polling.reconcile().is_complete
    [good, bad] = (till.desk.refunds.of(each) for each in paid)
    assert ([each.amount.paise for each in good], bad) == ([500], ())


def test_a_payment_after_a_restore_that_cannot_be_recorded_stops_no_other(
    till: Till, backup: Path
) -> None:
    bad = till.pay(collected(till, "R001", "9000000001", Method.UPI_INTENT))
    good = till.pay(collected(till, "R002", "9000000002", Method.UPI_INTENT))
    till.gateway._set(bad, rrn="\ud800")
    restored(till, backup)
    assert till.polling.reconcile().unreachable == 1
    booked = {row["payment_id"] for row in till.ledger()["payments"]}
    assert good in booked
    assert bad not in booked
    assert bad in stuck_subjects(till.context)


@pytest.mark.parametrize("name", ["_disputes", "_external_refunds", "_recovery"])
def test_a_step_that_fails_stops_no_other(
    till: Till, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    view = till.shown(Method.UPI_INTENT)
    till.pay(view)

    class Broken:
        def run(self) -> None:
            raise ZeroDivisionError

        def notice(self) -> None:
            raise ZeroDivisionError

        def is_due(self) -> bool:
            return True

    assert till.polling.stuck() == 0
    monkeypatch.setattr(vars(till.polling)["_made"], name, Broken())
    assert till.polling.reconcile().unreachable == 1
    assert till.payments.view(view.uid).state is AttemptState.PAID


# --- attempts of the other keys


def test_an_attempt_of_the_other_keys_ends_by_the_clock_without_a_call(till: Till) -> None:
    till.student()
    course = till.course(seats=1)
    view = collected(till, "R001", "9000000001", Method.QR_CODE)
    till.gateway.key_id = "rzp_live_fake000000001"
    till.restart()
    till.polling.reconcile()
    assert till.payments.view(view.uid).state is AttemptState.AWAITING, "it may still be paid"
    till.clock.advance(1_000)
    till.gateway.calls.clear()
    changed = [each.uid for each in till.polling.reconcile().changed]
    assert changed == [view.uid]
    assert till.payments.view(view.uid).state is AttemptState.EXPIRED
    assert {"fetch_qr", "close_qr"}.isdisjoint(till.gateway.calls)
    other = till.student("R002", phone="9000000002")
    cash = till.payments.begin(other.uid, course.uid, Method.CASH)
    assert cash.state is AttemptState.PAID, "its seat is free again"


def test_an_attempt_of_the_other_keys_is_said_and_found_when_they_come_back(till: Till) -> None:
    view = till.shown(Method.QR_CODE)
    assert check(till, "other keys").health is Health.GOOD
    test_key, till.gateway.key_id = till.gateway.key_id, "rzp_live_fake000000001"
    till.restart()
    till.clock.advance(1_000)
    till.polling.reconcile()
    found = check(till, "other keys")
    assert found.health is Health.NOTE
    assert "begun with test keys" in found.finding
    till.pay(view, "authorized")
    till.gateway._captured(next(reversed(till.gateway.payments)))
    till.polling.run()
    assert till.payments.view(view.uid).state is AttemptState.EXPIRED
    till.gateway.key_id = test_key
    till.restart()
    till.polling.reconcile()
    assert till.payments.view(view.uid).state is AttemptState.PAID


def test_live_attempts_are_missed_while_test_keys_are_set(till: Till) -> None:
    till.gateway.key_id = "rzp_live_fake000000001"
    till.restart()
    till.shown(Method.UPI_INTENT)
    till.gateway.key_id = "rzp_test_fake000000001"
    till.restart()
    till.clock.advance(1_000)
    assert till.polling.reconcile().unreachable == 1
    assert till.payments.waiting() == ()


def test_a_command_of_the_other_keys_waits_for_them(till: Till) -> None:
    view = till.shown(Method.QR_CODE)
    till.gateway.key_id = "rzp_live_fake000000001"
    till.restart()
    till.payments.cancel(view.uid)
    assert "close_qr" not in till.gateway.calls
    [waiting] = till.desk.outbox.commands()
    assert waiting.state is CommandState.PENDING
    till.gateway.key_id = "rzp_test_fake000000001"
    till.restart()
    assert till.desk.outbox.run(everything=True) == 1


# --- each second line of defence by itself


def paid_elsewhere(till: Till) -> tuple[AttemptView, str, AttemptView, str]:
    """Pay one due's order; return it with another due's, whose order says that it is paid too."""
    till.course()
    till.course("CHE-12")
    view = shown(till, 1, Method.UPI_INTENT)
    other = till.payments.open(
        till.payments.begin(
            view.student_uid, till.courses.find("CHE-12").uid, Method.UPI_INTENT
        ).uid
    )
    paid = till.pay(view)
    return view, paid, other, other.order_id or ""


def test_a_listed_payment_that_the_gateway_shows_on_another_due_of_ours_is_not_believed(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list, and the fetched payment too, name an order of ours: that of another due."""
    _view, paid, other, order_id = paid_elsewhere(till)
    due = till.context.store.reader.attempts.get(other.uid)[0].due_uid
    elsewhere = "order_of_another_due"
    till.gateway.orders[order_id] = replace(
        till.gateway.orders[order_id], status="paid", amount_due_paise=0,
        amount_paid_paise=till.gateway.orders[order_id].amount_paise,
    )  # fmt: skip
    payment_id = "pay_stranger0001"
    stranger = replace(till.gateway.payments[paid], payment_id=payment_id, order_id=order_id)
    till.gateway.payments[payment_id] = stranger
    reader = till.context.store.reader.attempts
    monkeypatch.setattr(
        type(reader), "due_of_order",
        lambda _self, order: elsewhere if order == order_id else due,
    )  # fmt: skip
    till.polling.run()
    assert till.payments.view(other.uid).state is AttemptState.AWAITING
    monkeypatch.undo()
    till.polling.run()
    assert till.payments.view(other.uid).state is AttemptState.PAID, "the due alone decided"


@pytest.mark.parametrize("changed", [{"payment_id": "pay_another00001"}, {"order_id": None}])
def test_a_fetched_payment_of_another_id_or_order_is_not_believed(
    till: Till, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]
) -> None:
    """On a QR code, whose payments have no order, only these comparisons see it."""
    view = till.shown(Method.QR_CODE)
    paid = till.pay(view)
    if "order_id" in changed:
        changed = {"order_id": "order_another001"}
    fetch = till.gateway.fetch_payment
    monkeypatch.setattr(
        till.gateway, "fetch_payment", lambda each, **_named: replace(fetch(each), **changed)
    )
    till.polling.run()
    assert till.payments.view(view.uid).state is AttemptState.AWAITING
    monkeypatch.undo()
    till.polling.run()
    assert till.payments.view(view.uid).state is AttemptState.PAID
    assert till.ledger()["payments"][0]["payment_id"] == paid


def test_a_code_of_another_amount_is_not_believed_though_its_payment_fits(till: Till) -> None:
    view = till.shown(Method.QR_CODE)
    till.pay(view)
    qr_id = till.context.store.reader.attempts.get(view.uid)[0].remote_id or ""
    honest = till.gateway.codes[qr_id]
    till.gateway.codes[qr_id] = replace(honest, amount_paise=(honest.amount_paise or 0) - 1)
    till.polling.reconcile()
    assert till.payments.view(view.uid).state is AttemptState.AWAITING
    till.gateway.codes[qr_id] = honest
    till.polling.reconcile()
    assert till.payments.view(view.uid).state is AttemptState.PAID


def test_a_link_that_says_paid_without_the_full_sum_is_not_believed(till: Till) -> None:
    view = till.shown(Method.PAYMENT_LINK)
    till.pay(view)
    link_id = till.context.store.reader.attempts.get(view.uid)[0].remote_id or ""
    honest = till.gateway.links[link_id]
    till.gateway.links[link_id] = replace(
        honest, status="paid", amount_paid_paise=honest.amount_paise - 1
    )
    till.polling.reconcile()
    assert till.payments.view(view.uid).state is AttemptState.AWAITING
    till.gateway.links[link_id] = honest
    till.polling.reconcile()
    assert till.payments.view(view.uid).state is AttemptState.PAID
