"""Outbox commands reach the gateway eventually, exactly once, whatever interrupts them."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.bootstrap import Options, open_desk
from desktop_app.domain.money import Money
from desktop_app.domain.outbox import CommandKind, CommandState
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.polling import ERRAND_GAPS_S, retry_gap
from desktop_app.domain.refund import RefundState
from desktop_app.services import errors
from desktop_app.services.outbox.dispatcher import LEASE_S, OutboxDispatcher
from desktop_app.services.ports.records import UnmatchedRecord
from desktop_app.services.recovery.rollback_detection import record_restore
from desktop_app.services.refunds.service import RefundService
from desktop_app.storage.store import DATABASE
from tests.integration.reached import paid, shown
from tests.integration.test_after_payment import restore_into

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.services.ports.gateway import RefundFact
    from desktop_app.services.ports.records import OutboxCommand
    from tests.integration.conftest import Counter

DOWN = errors.UnavailableError("refused")
CLOSE = {Method.QR_CODE: "close_qr", Method.PAYMENT_LINK: "cancel_link"}
PAYABLE = list(CLOSE)


def paid_id(counter: Counter) -> str:
    """The gateway's id of the one payment there is."""
    [payment_id] = counter.gateway.payments
    return payment_id


def is_closed(counter: Counter) -> bool:
    codes = all(each.status == "closed" for each in counter.gateway.codes.values())
    return codes and all(each.status == "cancelled" for each in counter.gateway.links.values())


@pytest.mark.parametrize("method", PAYABLE)
@pytest.mark.parametrize("failure", [DOWN, errors.OutcomeUnknownError("lost")])
def test_a_failed_close_is_retried_with_growing_gaps(
    counter: Counter, method: Method, failure: errors.GatewayError
) -> None:
    view = shown(counter, method)
    counter.gateway.trouble(CLOSE[method], failure, times=3)
    counter.payments.cancel(view.uid)
    [errand] = counter.desk.outbox.commands()
    assert (errand.kind.value, errand.state) == (CLOSE[method], CommandState.PENDING)
    assert (errand.tries, errand.problem) == (1, type(failure).__name__)
    assert errand.about.startswith("Student R001 · Physics XI")
    outbox = counter.desk.outbox
    assert outbox.run() == 0, "not due yet"
    for tries in (1, 2):
        counter.clock.advance(retry_gap(tries) + 1)
        assert outbox.run() == 0
    counter.clock.advance(retry_gap(3) + 1)
    assert outbox.run() == 1
    assert counter.desk.outbox.commands() == ()
    assert is_closed(counter)
    assert counter.gateway.calls.count(CLOSE[method]) == 4


def test_gaps_only_grow() -> None:
    assert [retry_gap(tries) for tries in range(1, 7)] == list(ERRAND_GAPS_S)
    assert list(ERRAND_GAPS_S) == sorted(ERRAND_GAPS_S)
    assert retry_gap(1_000) == ERRAND_GAPS_S[-1]


@pytest.mark.parametrize("method", PAYABLE)
def test_a_command_survives_a_crash_while_it_is_sent(counter: Counter, method: Method) -> None:
    view = shown(counter, method)
    counter.gateway.trouble(CLOSE[method], KeyboardInterrupt("killed"), is_done=True)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        counter.payments.cancel(view.uid)
    assert [each.state for each in counter.desk.outbox.commands()] == [CommandState.SENDING]
    counter.restart()
    counter.polling.reconcile()
    assert counter.desk.outbox.commands() == ()
    assert counter.payments.view(view.uid).state is not AttemptState.AWAITING


@pytest.mark.parametrize("method", PAYABLE)
def test_closing_a_closed_code_counts_as_done(counter: Counter, method: Method) -> None:
    view = shown(counter, method)
    refused = errors.RejectedError("it is closed already")
    counter.gateway.trouble(CLOSE[method], refused, is_done=True)
    counter.payments.cancel(view.uid)
    assert counter.desk.outbox.commands() == ()


@pytest.mark.parametrize("method", PAYABLE)
@pytest.mark.parametrize("refusal", [errors.RejectedError("no"), errors.NotFoundError("who?")])
def test_a_final_refusal_is_dead_and_seen(
    counter: Counter, method: Method, refusal: errors.RejectedError
) -> None:
    view = shown(counter, method)
    counter.gateway.trouble(CLOSE[method], refusal)
    counter.payments.cancel(view.uid)
    assert [(each.state, each.problem) for each in counter.desk.outbox.commands()] == [
        (CommandState.DEAD, type(refusal).__name__)
    ]
    counter.gateway.calls.clear()
    assert counter.desk.outbox.run(everything=True) == 0
    assert CLOSE[method] not in counter.gateway.calls
    counter.clock.advance(40 * 86_400)
    assert counter.desk.outbox.commands() == (), "it is not shown for ever"


@pytest.mark.parametrize("failure", [DOWN, errors.RateLimitedError("slow down")])
def test_a_refund_without_a_connection_waits_and_is_sent_once(
    counter: Counter, failure: errors.GatewayError
) -> None:
    payment_id = paid(counter)
    counter.gateway.trouble("refund", failure)
    view = counter.desk.refunds.refund(payment_id, None, "leaves")
    assert view.state is RefundState.INTENT
    [errand] = counter.desk.outbox.commands()
    assert (errand.kind, errand.amount) == (CommandKind.REFUND, view.amount)
    assert counter.desk.refunds.basis(payment_id).left.paise == 0, "what waits counts"
    counter.restart()
    counter.polling.reconcile()
    assert [each.state for each in counter.desk.refunds.of(payment_id)] == [RefundState.PROCESSED]
    assert len(counter.gateway.refunds) == 1
    assert counter.desk.outbox.commands() == ()


@pytest.mark.parametrize("is_done", [True, False])
def test_a_refund_cut_off_by_a_crash_is_made_once(counter: Counter, is_done: bool) -> None:
    payment_id = paid(counter)
    counter.gateway.trouble("refund", KeyboardInterrupt("killed"), is_done=is_done)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        counter.desk.refunds.refund(payment_id, None, "leaves")
    forget_keys(counter)
    counter.restart()
    counter.polling.reconcile()
    assert [each.state for each in counter.desk.refunds.of(payment_id)] == [RefundState.PROCESSED]
    assert len(counter.gateway.refunds) == 1, "found by its note, though the key was forgotten"


def fail_refund(
    counter: Counter,
    monkeypatch: pytest.MonkeyPatch,
    error: errors.GatewayError,
    look_up: errors.GatewayError,
    *,
    is_done: bool = False,
) -> None:
    """Fail the next refund, which is looked up before, and then the look-up that follows it."""
    refund = counter.gateway.refund

    def fail(*given: Any, **named: Any) -> None:
        monkeypatch.setattr(counter.gateway, "refund", refund)
        counter.gateway.trouble("refunds_of", look_up)
        if is_done:
            refund(*given, **named)
        raise error

    monkeypatch.setattr(counter.gateway, "refund", fail)


def forget_keys(counter: Counter) -> None:
    """Make the gateway forget every idempotency key, as it may after some time."""
    made = counter.gateway.refunds
    counter.gateway.refunds = {f"forgotten {key}": fact for key, fact in made.items()}


def test_a_restored_refund_that_was_never_tried_is_looked_up_before_it_is_sent(
    counter: Counter, tmp_path: Path
) -> None:
    payment_id = paid(counter)
    counter.gateway.trouble("refund", DOWN)
    counter.desk.refunds.refund(payment_id, None, "leaves")
    yesterday = tmp_path / "kept" / "yesterday.sqlite3"
    counter.context.store.backup(yesterday)
    with closing(sqlite3.connect(yesterday)) as raw:
        raw.execute("UPDATE errands SET tries = 0, state = 'pending'")
        raw.commit()
    counter.polling.reconcile()
    assert len(counter.gateway.refunds) == 1, "it was sent after the backup"
    forget_keys(counter)
    restore_into(counter, yesterday)
    counter.restart()
    counter.polling.reconcile()
    assert len(counter.gateway.refunds) == 1, "and is not sent again"
    assert [each.state for each in counter.desk.refunds.of(payment_id)] == [RefundState.PROCESSED]


def test_a_restored_refund_is_never_taken_for_certainly_unsent(counter: Counter) -> None:
    """Wrong keys end a refund that was never tried, which is not known after a restore."""
    payment_id = paid(counter)
    counter.gateway.trouble("refund", DOWN)
    counter.desk.refunds.refund(payment_id, None, "leaves")
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as raw:
        raw.execute("UPDATE errands SET tries = 0, state = 'pending'")
        raw.commit()
    record_restore(counter.context.store, counter.clock.now(), training=False, claimed={})
    [command] = counter.context.store.reader.outbox.undelivered()
    assert command.tries == 1
    counter.gateway.trouble("refunds_of", errors.UnauthorisedError("old keys"))
    with pytest.raises(errors.UnauthorisedError):
        counter.desk.outbox.deliver(command.uid)
    assert [each.state for each in counter.desk.refunds.of(payment_id)] == [RefundState.INTENT]
    assert counter.desk.refunds.basis(payment_id).left.paise == 0, (
        "what may be gone is not to be had"
    )


def test_a_restored_refund_of_money_without_its_fee_is_looked_up_after_a_refusal(
    counter: Counter,
) -> None:
    """A person who asks again for what was refused keeps its row: it may have been sent since."""
    stray = hold_stray(counter)
    counter.gateway.trouble("refund", errors.RejectedError("not enough balance"))
    with pytest.raises(errors.RejectedError):
        counter.desk.unapplied.refund(stray.uid)
    reference = counter.context.store.reader.outbox.views(counter.clock.now() - timedelta(days=1))[
        0
    ].uid
    counter.gateway.refund(stray.payment_id, stray.amount, key="another copy", reference=reference)
    assert counter.desk.unapplied.refund(stray.uid).state is RefundState.PROCESSED
    assert len(counter.gateway.refunds) == 1


def hold_stray(counter: Counter) -> UnmatchedRecord:
    """Hold captured money on an order of ours that the book does not know."""
    order = counter.gateway.create_order(
        reference="D1-" + "a" * 32, amount=Money(500), notes={}, unique=False
    )
    payment_id = counter.gateway._new_payment(order.order_id, 500)
    counter.gateway._captured(payment_id)
    stray = UnmatchedRecord(
        counter.context.ids.new(), payment_id, order.order_id, order.receipt or "",
        counter.gateway.key_id, None, None, "", Method.UPI_INTENT, Money(500), "held",
        counter.clock.now(),
    )  # fmt: skip
    with counter.context.store.writing() as work:
        work.unmatched.add(stray)
        work.commit()
    return stray


def test_a_refund_that_is_refused_later_is_held_again(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    counter.payments.cancel(view.uid)
    counter.payments.begin(view.student_uid, counter.courses.find("PHY-11").uid, Method.CASH)
    counter.pay(view)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    counter.gateway.trouble("refund", DOWN)
    assert counter.desk.unapplied.refund(held.uid).state is RefundState.INTENT
    assert counter.desk.unapplied.held() == ()
    counter.gateway.trouble("refund", errors.RejectedError("not enough balance"))
    counter.polling.reconcile()
    assert [each.uid for each in counter.desk.unapplied.held()] == [held.uid]
    assert [each.state for each in counter.desk.outbox.commands()] == [CommandState.DEAD]
    assert counter.desk.unapplied.refund(held.uid).state is RefundState.PROCESSED


def test_wrong_keys_refuse_a_refund_and_do_not_lose_one_that_waits(counter: Counter) -> None:
    payment_id = paid(counter)
    wrong = errors.UnauthorisedError("Authentication failed")
    counter.gateway.trouble("refund", wrong)
    with pytest.raises(errors.UnauthorisedError):
        counter.desk.refunds.refund(payment_id, None, "leaves")
    assert [each.state for each in counter.desk.refunds.of(payment_id)] == [RefundState.REJECTED]
    counter.gateway.trouble("refund", DOWN)
    counter.desk.refunds.refund(payment_id, None, "leaves")
    counter.gateway.trouble("refunds_of", wrong)
    assert counter.desk.outbox.run(everything=True) == 0
    states = [each.state for each in counter.desk.refunds.of(payment_id)]
    assert states == [RefundState.REJECTED, RefundState.INTENT]
    assert counter.desk.outbox.run(everything=True) == 1


def test_commands_of_the_other_mode_wait_for_their_keys(counter: Counter) -> None:
    view = shown(counter, Method.QR_CODE)
    counter.gateway.trouble("close_qr", DOWN)
    counter.payments.cancel(view.uid)
    counter.gateway.key_id = "rzp_test_fake000000001"
    assert counter.desk.outbox.run(everything=True) == 0
    counter.gateway.key_id = "rzp_live_fake000000001"
    assert counter.desk.outbox.run(everything=True) == 1


def test_a_clock_set_back_does_not_delay_commands(counter: Counter) -> None:
    view = shown(counter, Method.QR_CODE)
    counter.gateway.trouble("close_qr", DOWN)
    counter.payments.cancel(view.uid)
    counter.clock.advance(-2 * 86_400)
    assert counter.desk.outbox.run() == 1


@pytest.mark.parametrize("method", PAYABLE)
def test_ending_an_attempt_stores_its_command_in_the_same_commit(
    counter: Counter, method: Method
) -> None:
    view = shown(counter, method)
    with counter.context.store.writing() as work:
        attempt = work.attempts.get(view.uid)
        work.attempts.save(replace(attempt, state=AttemptState.CANCELLED), attempt.state)
        work.commit()
    assert [each.state for each in counter.desk.outbox.commands()] == [CommandState.PENDING]
    counter.polling.reconcile()
    assert is_closed(counter)


# --- one of each


def errand_of_a_refund(counter: Counter) -> OutboxCommand:
    """A refund that waits for the line; its errand."""
    counter.gateway.trouble("refund", DOWN)
    counter.desk.refunds.refund(paid(counter), None, "leaves")
    [errand] = counter.context.store.reader.outbox.undelivered()
    counter.clock.advance(retry_gap(1) + 1)
    counter.gateway.calls.clear()
    return errand


def put(counter: Counter, errand: OutboxCommand, state: CommandState) -> None:
    with counter.context.store.writing() as work:
        work.outbox.save(replace(errand, state=state))
        work.commit()


def test_one_that_is_being_sent_is_refused(counter: Counter) -> None:
    errand = errand_of_a_refund(counter)
    put(counter, errand, CommandState.SENDING)
    assert not counter.desk.outbox.deliver(errand.uid)
    assert counter.desk.outbox.run(everything=True) == 0
    assert counter.gateway.calls == []
    wait = counter.desk.outbox.next_in_s()
    assert wait is not None
    assert 0 < wait <= LEASE_S
    counter.clock.advance(LEASE_S + 1)
    assert counter.desk.outbox.run() == 1, "its sender is gone"
    assert len(counter.gateway.refunds) == 1


@pytest.mark.parametrize("state", [CommandState.DONE, CommandState.DEAD])
def test_one_that_is_over_is_refused(counter: Counter, state: CommandState) -> None:
    errand = errand_of_a_refund(counter)
    put(counter, errand, state)
    assert not counter.desk.outbox.deliver(errand.uid)
    assert counter.gateway.calls == []


def test_two_threads_that_deliver_one_refund_make_one_call(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    errand = errand_of_a_refund(counter)
    is_sending, may_answer = threading.Event(), threading.Event()
    refund = counter.gateway.refund

    def slow(*args: Any, **named: Any) -> RefundFact:
        is_sending.set()
        assert may_answer.wait(10)
        return refund(*args, **named)

    monkeypatch.setattr(counter.gateway, "refund", slow)
    outbox = counter.desk.outbox
    with ThreadPoolExecutor(2) as threads:
        poller = threads.submit(outbox.run, everything=True)
        assert is_sending.wait(10)
        clerk = threads.submit(outbox.deliver, errand.uid)
        assert clerk.result(10) is False
        may_answer.set()
        assert poller.result(10) == 1
    assert counter.gateway.calls.count("refund") == 1
    assert [each.state for each in counter.desk.refunds.of(paid_id(counter))] == [
        RefundState.PROCESSED
    ]


def test_two_threads_at_the_same_moment_make_one_call(counter: Counter) -> None:
    errand = errand_of_a_refund(counter)
    start = threading.Barrier(2)

    def deliver() -> bool:
        start.wait(10)
        return counter.desk.outbox.deliver(errand.uid)

    with ThreadPoolExecutor(2) as threads:
        answers = [each.result(10) for each in [threads.submit(deliver) for _ in range(2)]]
    assert sorted(answers) == [False, True]
    assert counter.gateway.calls.count("refund") == 1


def test_a_person_waits_for_the_one_that_is_being_sent(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    errand = errand_of_a_refund(counter)
    put(counter, errand, CommandState.SENDING)
    sleep = counter.clock.sleep

    def answered_meanwhile(seconds: float) -> None:
        sleep(seconds)
        put(counter, errand, CommandState.PENDING)

    monkeypatch.setattr(counter.clock, "sleep", answered_meanwhile)
    counter.desk.outbox.deliver_patiently(errand.uid)
    assert len(counter.clock.slept) == 1
    assert [each.state for each in counter.desk.refunds.of(paid_id(counter))] == [
        RefundState.PROCESSED
    ]


def test_a_desk_has_one_outbox_and_one_refund_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    for kind in (OutboxDispatcher, RefundService):
        make = kind.__init__

        def counted(self: Any, *args: Any, make: Any = make, **named: Any) -> None:
            made.append(type(self).__name__)
            make(self, *args, **named)

        monkeypatch.setattr(kind, "__init__", counted)
    opened = open_desk(Options(data_dir=tmp_path / "desk", gateway_url="http://127.0.0.1:9"))
    try:
        opened.desk.payments.waiting()
        opened.desk.outbox.run(everything=True)
        with pytest.raises(errors.UnknownPaymentError):
            opened.desk.refunds.basis("pay_unknown")
        opened.desk.polling.run()
    finally:
        opened.close()
    assert sorted(made) == ["OutboxDispatcher", "RefundService"]
