"""One answer that cannot be read or recorded stops nobody else's money, and stays visible."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.domain.outbox import CommandState
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services import errors
from desktop_app.services.isolation import note_stuck, stuck_subjects
from desktop_app.services.maintenance.health_checks import HealthChecks
from desktop_app.services.ports.gateway import DisputeFact, RefundFact
from desktop_app.services.posting import refunds as posting
from desktop_app.services.views.maintenance import CheckResult, Health
from desktop_app.storage.payments.attempt_queries import SqlAttemptQueries
from tests.composed_desk import EmptyKeyVault
from tests.integration.test_restore import backup, collected, restored

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Counter

__all__ = ["backup"]

CHANNELS = (Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK)
NEVER = 10**18
"""Unix seconds that no calendar has."""

UNREADABLE = errors.UnreadableError("no sense")


def shown(counter: Counter, number: int, method: Method) -> AttemptView:
    course = counter.courses.find("PHY-11").uid
    student = counter.student(f"R{number:03d}", phone=f"90000000{number:02d}")
    return counter.payments.open(counter.payments.begin(student.uid, course, method).uid)


def check(counter: Counter, name: str) -> CheckResult:
    found = HealthChecks(counter.context, counter.connection, EmptyKeyVault(), ()).run()
    return next(each for each in found if each.name == name)


def states(counter: Counter, views: list[AttemptView]) -> list[AttemptState]:
    return [counter.payments.view(view.uid).state for view in views]


# --- attempts


@pytest.mark.parametrize("method", CHANNELS)
@pytest.mark.parametrize("spoilt", [{"created_at": NEVER}, {"rrn": "\ud800"}, {"fee_paise": 2**80}])
def test_a_payment_that_cannot_be_recorded_stops_no_other(
    counter: Counter, method: Method, spoilt: dict[str, Any]
) -> None:
    counter.course()
    views = [shown(counter, number, CHANNELS[number % 3]) for number in range(6)]
    bad = shown(counter, 9, method)
    for view in views:
        counter.pay(view)
    counter.gateway._set(counter.pay(bad), **spoilt)
    counter.clock.advance(60)
    counter.polling.run(asked=True)
    assert states(counter, views) == [AttemptState.PAID] * 6
    assert counter.payments.view(bad.uid).state is AttemptState.AWAITING
    assert counter.polling.reconcile().unreachable == 1


def test_what_cannot_be_recorded_is_shown_until_it_can(counter: Counter) -> None:
    view = counter.shown(Method.UPI_INTENT)
    paid = counter.pay(view)
    honest = counter.gateway.payments[paid]
    assert check(counter, "stuck").health is Health.GOOD
    counter.gateway._set(paid, created_at=NEVER)
    counter.polling.run()
    found = check(counter, "stuck")
    reference = counter.context.store.reader.attempts.get(view.uid)[0].reference
    assert found.health is Health.BAD
    assert reference in found.finding
    assert "dashboard" in found.advice
    assert counter.polling.stuck() == 1
    counter.restart()
    assert counter.polling.stuck() == 1, "a restart forgets nothing"
    counter.gateway.payments[paid] = honest
    counter.polling.run()
    assert counter.payments.view(view.uid).state is AttemptState.PAID
    assert check(counter, "stuck").health is Health.GOOD


def test_a_stuck_payment_slows_and_hides_no_other_work(counter: Counter) -> None:
    counter.course()
    bad, good = shown(counter, 1, Method.UPI_INTENT), shown(counter, 2, Method.QR_CODE)
    counter.gateway._set(counter.pay(bad), created_at=NEVER)
    counter.gateway.trouble("close_qr", errors.UnavailableError("no line"))
    counter.payments.cancel(good.uid)
    waits = []
    for _look in range(6):
        waits.append(counter.polling.run().next_in_s or 0)
        counter.clock.advance(5)
    assert max(waits) < 10, "the gap does not grow as without a connection"
    assert counter.desk.outbox.commands() == (), "what waits for the gateway was sent"


def test_a_stuck_attempt_past_its_end_gives_its_seat_back_and_stays_watched(
    counter: Counter,
) -> None:
    counter.student()
    course = counter.course(seats=1)
    view = collected(counter, "R001", "9000000001", Method.UPI_INTENT)
    paid = counter.pay(view)
    honest = counter.gateway.payments[paid]
    counter.gateway._set(paid, created_at=NEVER)
    counter.clock.advance(1_000)
    counter.polling.reconcile()
    assert counter.payments.view(view.uid).state is AttemptState.EXPIRED
    other = counter.student("R002", phone="9000000002")
    counter.payments.begin(other.uid, course.uid, Method.CASH)
    counter.gateway.payments[paid] = honest
    counter.polling.reconcile()
    assert [each.payment_id for each in counter.desk.unapplied.held()] == [paid]


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
    counter: Counter, monkeypatch: pytest.MonkeyPatch, failure: errors.StorageError
) -> None:
    counter.pay(counter.shown(Method.UPI_INTENT))

    def fail(*_given: object) -> None:
        raise failure

    monkeypatch.setattr("desktop_app.services.payments.status_check.post_payment", fail)
    with pytest.raises(type(failure)):
        counter.polling.run()
    with pytest.raises(type(failure)):
        counter.polling.reconcile()
    assert counter.polling.stuck() == 0


def test_the_log_of_a_stuck_payment_has_no_personal_data(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    view = counter.shown(Method.UPI_INTENT)
    counter.gateway._set(
        counter.pay(view), rrn="\ud800", vpa="parent@okaxis", contact="+919000000001"
    )
    with caplog.at_level(logging.DEBUG):
        counter.polling.run()
    assert view.uid in caplog.text
    for private in ("parent", "9000000001", view.student_name, "Traceback"):
        assert private not in caplog.text


def test_a_list_that_makes_no_sense_is_read_one_by_one(counter: Counter) -> None:
    counter.course()
    views = [shown(counter, number, CHANNELS[number]) for number in range(3)]
    for view in views:
        counter.pay(view)
    for name in ("orders_since", "codes_since", "payments_between"):
        counter.gateway.trouble(name, UNREADABLE, times=9)
    counter.polling.run()
    assert states(counter, views) == [AttemptState.PAID] * 3


def test_an_entry_that_makes_no_sense_hides_no_other(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.course()
    views = [shown(counter, number, CHANNELS[number]) for number in range(3)]
    for view in views:
        counter.pay(view)
    for name in ("orders_since", "codes_since", "payments_between"):
        whole = getattr(counter.gateway, name)
        monkeypatch.setattr(
            counter.gateway, name,
            lambda *given, whole=whole, **named: (None, *whole(*given, **named)),
        )  # fmt: skip
    counter.polling.run()
    assert states(counter, views) == [AttemptState.PAID] * 3


def test_a_lost_creation_that_cannot_be_looked_up_stops_no_other(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.course()
    counter.gateway.trouble("create_qr", errors.OutcomeUnknownError("lost"), is_done=True, times=9)
    counter.gateway.trouble("find_qr", errors.UnavailableError("no line"), times=9)
    with pytest.raises(errors.GatewayError):
        shown(counter, 1, Method.QR_CODE)
    counter.gateway.troubles.clear()
    good = shown(counter, 2, Method.UPI_INTENT)
    counter.pay(good)
    lost = next(each for each in counter.payments.waiting() if each.uid != good.uid)
    monkeypatch.setattr(counter.gateway, "find_qr", lambda *_given: 1 / 0)
    assert counter.polling.reconcile().unreachable == 1
    assert counter.payments.view(good.uid).state is AttemptState.PAID
    assert stuck_subjects(counter.context) == {lost.uid: "ZeroDivisionError"}


# --- commands, refunds, disputes, payments after a restore


def test_a_command_that_cannot_be_sent_stops_no_other(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.course()
    bad, good = shown(counter, 1, Method.QR_CODE), shown(counter, 2, Method.PAYMENT_LINK)
    for name in ("close_qr", "cancel_link"):
        counter.gateway.trouble(name, errors.UnavailableError("no line"))
    counter.payments.cancel(bad.uid)
    counter.payments.cancel(good.uid)
    close = counter.gateway.close_qr
    monkeypatch.setattr(counter.gateway, "close_qr", lambda _id: 1 / 0)
    assert counter.desk.outbox.run(everything=True) == 1
    [waiting] = counter.desk.outbox.commands()
    assert (waiting.uid, waiting.state, waiting.problem) == (
        bad.uid, CommandState.PENDING, "ZeroDivisionError",
    )  # fmt: skip
    monkeypatch.setattr(counter.gateway, "close_qr", close)
    assert counter.desk.outbox.run(everything=True) == 1
    assert counter.desk.outbox.commands() == ()


def test_an_unreadable_answer_to_one_command_lets_the_next_go(counter: Counter) -> None:
    counter.course()
    bad, good = shown(counter, 1, Method.QR_CODE), shown(counter, 2, Method.PAYMENT_LINK)
    for name in ("close_qr", "cancel_link"):
        counter.gateway.trouble(name, errors.UnavailableError("no line"))
    counter.payments.cancel(bad.uid)
    counter.payments.cancel(good.uid)
    counter.gateway.trouble("close_qr", UNREADABLE)
    assert counter.desk.outbox.run(everything=True) == 1
    assert [each.uid for each in counter.desk.outbox.commands()] == [bad.uid]


def two_paid(counter: Counter) -> list[str]:
    counter.course()
    paid = [counter.pay(shown(counter, number, Method.UPI_INTENT)) for number in range(2)]
    counter.polling.run()
    return paid


def test_a_dispute_that_cannot_be_recorded_stops_no_other(counter: Counter) -> None:
    for number, payment_id in enumerate(two_paid(counter)):
        counter.gateway.disputed[str(number)] = DisputeFact(
            f"disp_{number:08d}", payment_id, 500, 0, "fraud", "open", "chargeback",
            NEVER if number else None,
        )  # fmt: skip
    assert counter.polling.reconcile().unreachable == 1
    assert [each.amount.paise for each in counter.desk.disputes.known()] == [500]
    assert stuck_subjects(counter.context) == {"disp_00000001": "OSError"}


def test_a_refund_that_cannot_be_recorded_stops_no_other(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid = two_paid(counter)
    for number, payment_id in enumerate(paid):
        counter.gateway.refunds[f"k{number}"] = RefundFact(
            f"rfnd_{number:08d}", payment_id, 500, "processed", counter.gateway._now(), None
        )
        counter.gateway._set(payment_id, amount_refunded_paise=500)
    returned: Any = vars(posting)["post_return"]

    def refuse(context: Any, work: Any, payment: Any, amount: Any) -> None:
        if payment.payment_id == paid[1]:
            raise ZeroDivisionError
        returned(context, work, payment, amount)

    monkeypatch.setattr(posting, "post_return", refuse)
    assert not counter.polling.reconcile().is_complete
    [good, bad] = (counter.desk.refunds.of(each) for each in paid)
    assert ([each.amount.paise for each in good], bad) == ([500], ())


def test_a_payment_after_a_restore_that_cannot_be_recorded_stops_no_other(
    counter: Counter, backup: Path
) -> None:
    bad = counter.pay(collected(counter, "R001", "9000000001", Method.UPI_INTENT))
    good = counter.pay(collected(counter, "R002", "9000000002", Method.UPI_INTENT))
    counter.gateway._set(bad, rrn="\ud800")
    restored(counter, backup)
    assert counter.polling.reconcile().unreachable == 1
    booked = {row["payment_id"] for row in counter.ledger()["payments"]}
    assert good in booked
    assert bad not in booked
    assert bad in stuck_subjects(counter.context)


def test_what_a_restore_could_not_read_is_forgotten_once_it_is_posted(
    counter: Counter, backup: Path
) -> None:
    payment_id = counter.pay(collected(counter, "R002", "9000000002", Method.UPI_INTENT))
    restored(counter, backup)
    assert counter.polling.reconcile().is_complete
    note_stuck(counter.context, {payment_id: "UnreadableError"}, ())
    assert counter.polling.reconcile().is_complete
    assert stuck_subjects(counter.context) == {}


@pytest.mark.parametrize("name", ["_disputes", "_external_refunds", "_recovery"])
def test_a_step_that_fails_stops_no_other(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    view = counter.shown(Method.UPI_INTENT)
    counter.pay(view)

    class Broken:
        def run(self) -> None:
            raise ZeroDivisionError

        def notice(self) -> None:
            raise ZeroDivisionError

        def is_due(self) -> bool:
            return True

    assert counter.polling.stuck() == 0
    monkeypatch.setattr(vars(counter.polling)["_made"], name, Broken())
    assert counter.polling.reconcile().unreachable == 1
    assert counter.payments.view(view.uid).state is AttemptState.PAID


# --- attempts of the other keys


def test_an_attempt_of_the_other_keys_ends_by_the_clock_without_a_call(counter: Counter) -> None:
    counter.student()
    course = counter.course(seats=1)
    counter.gateway.key_id = "rzp_test_fake000000001"
    counter.restart()
    view = collected(counter, "R001", "9000000001", Method.QR_CODE)
    counter.gateway.key_id = "rzp_live_fake000000001"
    counter.restart()
    counter.polling.reconcile()
    assert counter.payments.view(view.uid).state is AttemptState.AWAITING, "it may still be paid"
    counter.clock.advance(1_000)
    counter.gateway.calls.clear()
    changed = [each.uid for each in counter.polling.reconcile().changed]
    assert changed == [view.uid]
    assert counter.payments.view(view.uid).state is AttemptState.EXPIRED
    assert {"fetch_qr", "close_qr"}.isdisjoint(counter.gateway.calls)
    other = counter.student("R002", phone="9000000002")
    cash = counter.payments.begin(other.uid, course.uid, Method.CASH)
    assert cash.state is AttemptState.PAID, "its seat is free again"


def test_an_attempt_of_the_other_keys_is_said_and_found_when_they_come_back(
    counter: Counter,
) -> None:
    counter.gateway.key_id = "rzp_test_fake000000001"
    counter.restart()
    view = counter.shown(Method.QR_CODE)
    assert check(counter, "other keys").health is Health.GOOD
    test_key, counter.gateway.key_id = counter.gateway.key_id, "rzp_live_fake000000001"
    counter.restart()
    counter.clock.advance(1_000)
    counter.polling.reconcile()
    found = check(counter, "other keys")
    assert found.health is Health.NOTE
    assert "with other test keys" in found.finding
    counter.pay(view, "authorized")
    counter.gateway._captured(next(reversed(counter.gateway.payments)))
    counter.polling.run()
    assert counter.payments.view(view.uid).state is AttemptState.EXPIRED
    counter.gateway.key_id = test_key
    counter.restart()
    counter.polling.reconcile()
    assert counter.payments.view(view.uid).state is AttemptState.PAID


def test_live_attempts_are_missed_while_test_keys_are_set(counter: Counter) -> None:
    counter.gateway.key_id = "rzp_live_fake000000001"
    counter.restart()
    counter.shown(Method.UPI_INTENT)
    counter.gateway.key_id = "rzp_test_fake000000001"
    counter.restart()
    counter.clock.advance(1_000)
    assert counter.polling.reconcile().unreachable == 1
    assert counter.payments.waiting() == ()


def test_a_command_of_the_other_keys_waits_for_them(counter: Counter) -> None:
    view = counter.shown(Method.QR_CODE)
    counter.gateway.key_id = "rzp_test_fake000000001"
    counter.restart()
    counter.payments.cancel(view.uid)
    assert "close_qr" not in counter.gateway.calls
    [waiting] = counter.desk.outbox.commands()
    assert waiting.state is CommandState.PENDING
    counter.gateway.key_id = "rzp_live_fake000000001"
    counter.restart()
    assert counter.desk.outbox.run(everything=True) == 1


# --- each second line of defence by itself


def paid_elsewhere(counter: Counter) -> tuple[AttemptView, str, AttemptView, str]:
    """Pay one due's order; return it with another due's, whose order says that it is paid too."""
    counter.course()
    counter.course("CHE-12")
    view = shown(counter, 1, Method.UPI_INTENT)
    other = counter.payments.open(
        counter.payments.begin(
            view.student_uid, counter.courses.find("CHE-12").uid, Method.UPI_INTENT
        ).uid
    )
    paid = counter.pay(view)
    return view, paid, other, other.order_id or ""


def test_a_listed_payment_that_the_gateway_shows_on_another_due_of_ours_is_not_believed(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list, and the fetched payment too, name an order of ours: that of another due."""
    _view, paid, other, order_id = paid_elsewhere(counter)
    due = counter.context.store.reader.attempts.get(other.uid)[0].due_uid
    elsewhere = "order_of_another_due"
    counter.gateway.orders[order_id] = replace(
        counter.gateway.orders[order_id], status="paid", amount_due_paise=0,
        amount_paid_paise=counter.gateway.orders[order_id].amount_paise,
    )  # fmt: skip
    payment_id = "pay_stranger0001"
    stranger = replace(counter.gateway.payments[paid], payment_id=payment_id, order_id=order_id)
    counter.gateway.payments[payment_id] = stranger
    monkeypatch.setattr(
        SqlAttemptQueries, "dues_of_order",
        lambda _self, order: {elsewhere if order == order_id else due},
    )  # fmt: skip
    counter.polling.run()
    assert counter.payments.view(other.uid).state is AttemptState.AWAITING
    monkeypatch.undo()
    counter.polling.run()
    assert counter.payments.view(other.uid).state is AttemptState.PAID, "the due alone decided"


@pytest.mark.parametrize("changed", [{"payment_id": "pay_another00001"}, {"order_id": None}])
def test_a_fetched_payment_of_another_id_or_order_is_not_believed(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]
) -> None:
    """On a QR code, whose payments have no order, only these comparisons see it."""
    view = counter.shown(Method.QR_CODE)
    paid = counter.pay(view)
    if "order_id" in changed:
        changed = {"order_id": "order_another001"}
    fetch = counter.gateway.fetch_payment
    monkeypatch.setattr(
        counter.gateway, "fetch_payment", lambda each, **_named: replace(fetch(each), **changed)
    )
    counter.polling.run()
    assert counter.payments.view(view.uid).state is AttemptState.AWAITING
    monkeypatch.undo()
    counter.polling.run()
    assert counter.payments.view(view.uid).state is AttemptState.PAID
    assert counter.ledger()["payments"][0]["payment_id"] == paid


def test_a_code_of_another_amount_is_not_believed_though_its_payment_fits(counter: Counter) -> None:
    view = counter.shown(Method.QR_CODE)
    counter.pay(view)
    qr_id = counter.context.store.reader.attempts.get(view.uid)[0].remote_id or ""
    honest = counter.gateway.codes[qr_id]
    counter.gateway.codes[qr_id] = replace(honest, amount_paise=(honest.amount_paise or 0) - 1)
    counter.polling.reconcile()
    assert counter.payments.view(view.uid).state is AttemptState.AWAITING
    counter.gateway.codes[qr_id] = honest
    counter.polling.reconcile()
    assert counter.payments.view(view.uid).state is AttemptState.PAID


def test_a_link_that_says_paid_without_the_full_sum_is_not_believed(counter: Counter) -> None:
    view = counter.shown(Method.PAYMENT_LINK)
    counter.pay(view)
    link_id = counter.context.store.reader.attempts.get(view.uid)[0].remote_id or ""
    honest = counter.gateway.links[link_id]
    counter.gateway.links[link_id] = replace(
        honest, status="paid", amount_paid_paise=honest.amount_paise - 1
    )
    counter.polling.reconcile()
    assert counter.payments.view(view.uid).state is AttemptState.AWAITING
    counter.gateway.links[link_id] = honest
    counter.polling.reconcile()
    assert counter.payments.view(view.uid).state is AttemptState.PAID
