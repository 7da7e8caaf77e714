"""Each answer to a command: done, sent again, refused for good, or not known yet."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.money import Money
from desktop_app.domain.outbox import CommandState
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.polling import LONGEST_RETRY_GAP_S, retry_gap
from desktop_app.domain.refund import RefundState
from desktop_app.services import errors
from desktop_app.services.outbox.dispatcher import LEASE_S
from tests.integration.reached import paid, shown
from tests.integration.test_outbox import (
    CLOSE,
    DOWN,
    PAYABLE,
    errand_of_a_refund,
    fail_refund,
    put,
)

if TYPE_CHECKING:
    from desktop_app.services.ports.records import OutboxCommand, RefundRecord
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")

LOST = errors.OutcomeUnknownError("lost")
REFUSED = errors.RejectedError("not enough balance")


def refund_of(counter: Counter, payment_id: str) -> RefundRecord:
    [found] = counter.desk.refunds.of(payment_id)
    return found


def command(counter: Counter) -> OutboxCommand:
    [found] = counter.context.store.reader.outbox.undelivered()
    return found


def audit(counter: Counter) -> list[dict[str, str]]:
    with counter.context.store.readers.reading() as reading:  # type: ignore[attr-defined]
        rows = reading.execute("SELECT action, subject, detail FROM audit_entries ORDER BY id")
        return [dict(row._asdict()) for row in rows]


# --- after a lost answer


def test_a_refusal_after_a_lost_answer_is_a_refusal(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.trouble("refund", LOST)
    counter.gateway.trouble("refund", REFUSED)
    with pytest.raises(errors.RejectedError, match="not enough balance"):
        counter.desk.refunds.refund(payment_id, None, "leaves")
    assert refund_of(counter, payment_id).state is RefundState.REJECTED
    assert counter.desk.refunds.basis(payment_id).left == Money(1_180_000)


@pytest.mark.parametrize("second", [DOWN, errors.UnauthorisedError("no"), REFUSED])
def test_after_a_lost_answer_a_failed_look_up_leaves_it_unknown(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, second: errors.GatewayError
) -> None:
    payment_id = paid(counter)
    fail_refund(counter, monkeypatch, LOST, second, is_done=True)
    with pytest.raises(errors.OutcomeUnknownError, match="lost"):
        counter.desk.refunds.refund(payment_id, None, "leaves")
    assert refund_of(counter, payment_id).state is RefundState.UNKNOWN
    assert counter.desk.refunds.basis(payment_id).left == Money(0), "it may have been made"
    assert counter.desk.outbox.run(everything=True) == 1
    assert refund_of(counter, payment_id).state is RefundState.PROCESSED
    assert len(counter.gateway.refunds) == 1


def test_a_lost_refund_is_found_by_its_note_and_not_sent_again(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.trouble("refund", LOST, is_done=True)
    counter.gateway.calls.clear()
    assert counter.desk.refunds.refund(payment_id, None, "leaves").state is RefundState.PROCESSED
    assert counter.gateway.calls.count("refund") == 1
    assert counter.gateway.calls == ["refunds_of", "refund", "refunds_of"]


def test_only_the_refund_with_our_note_is_taken_for_ours(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.refund(payment_id, Money(500), key="dashboard", reference="somebody else's")
    counter.gateway.trouble("refund", LOST)
    made = counter.desk.refunds.refund(payment_id, Money(500), "leaves")
    assert made.state is RefundState.PROCESSED
    assert len(counter.gateway.refunds) == 2


def test_the_first_try_is_looked_up_too(counter: Counter) -> None:
    """The book may be a restored one, which does not know that it was sent."""
    payment_id = paid(counter)
    counter.gateway.calls.clear()
    counter.desk.refunds.refund(payment_id, None, "leaves")
    assert counter.gateway.calls == ["refunds_of", "refund"]


def test_a_first_look_that_is_refused_leaves_the_answer_to_the_refund(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.trouble("refunds_of", REFUSED)
    assert counter.desk.refunds.refund(payment_id, None, "leaves").state is RefundState.PROCESSED


# --- refused


def test_a_first_refusal_that_cannot_be_looked_into_is_a_refusal(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = paid(counter)
    fail_refund(counter, monkeypatch, REFUSED, DOWN)
    with pytest.raises(errors.RejectedError):
        counter.desk.refunds.refund(payment_id, None, "leaves")
    assert refund_of(counter, payment_id).state is RefundState.REJECTED


def test_a_later_refusal_that_cannot_be_looked_into_is_asked_again(counter: Counter) -> None:
    """An earlier try may have been done: the refusal may be because of it."""
    payment_id = paid(counter)
    counter.gateway.trouble("refund", DOWN)
    counter.desk.refunds.refund(payment_id, None, "leaves")
    found = counter.gateway.refunds_of
    answers = [(), DOWN]

    def once_then_down(payment_id: str) -> object:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    counter.gateway.refunds_of = once_then_down  # type: ignore[method-assign,assignment]
    counter.gateway.trouble("refund", REFUSED)
    assert counter.desk.outbox.run(everything=True) == 0
    assert refund_of(counter, payment_id).state is RefundState.INTENT
    assert command(counter).state is CommandState.PENDING
    counter.gateway.refunds_of = found  # type: ignore[method-assign]
    assert counter.desk.outbox.run(everything=True) == 1


def test_a_refusal_is_audited_with_its_words(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.trouble("refund", errors.RejectedError("x" * 300))
    with pytest.raises(errors.RejectedError):
        counter.desk.refunds.refund(payment_id, None, "leaves")
    [rejected] = [row for row in audit(counter) if row["action"] == "refund.rejected"]
    assert json.loads(rejected["detail"])["note"] == "x" * 200


def test_wrong_keys_at_a_later_try_keep_it_waiting(counter: Counter) -> None:
    errand = errand_of_a_refund(counter)
    counter.gateway.trouble("refund", errors.UnauthorisedError("no"))
    assert counter.desk.outbox.run(everything=True) == 0
    now = command(counter)
    assert (now.state, now.tries, now.problem) == (CommandState.PENDING, 2, "UnauthorisedError")
    assert errand.uid == now.uid


# --- pending, processed, failed


@pytest.mark.parametrize("status", ["pending", "processed", "failed"])
def test_the_gateways_word_for_a_refund_is_its_state(counter: Counter, status: str) -> None:
    payment_id = paid(counter)
    counter.gateway.refund_status = status
    made = counter.desk.refunds.refund(payment_id, Money(500), "leaves")
    assert made.state.value == status
    assert made.refund_id is not None
    assert made.refund_id.startswith("rfnd_")
    assert counter.desk.outbox.commands() == (), "a pending one is followed, not sent again"
    left = 1_180_000 if status == "failed" else 1_179_500
    assert counter.desk.refunds.basis(payment_id).left == Money(left)


def test_a_refund_that_stays_unknown_is_noted_once(counter: Counter) -> None:
    payment_id = paid(counter)
    lost = errors.OutcomeUnknownError("lost")
    counter.gateway.trouble("refund", lost, times=20)
    with pytest.raises(errors.OutcomeUnknownError):
        counter.desk.refunds.refund(payment_id, None, "leaves")
    for _try in range(2):
        counter.clock.advance(86_400)
        counter.desk.outbox.run(everything=True)
    assert refund_of(counter, payment_id).state is RefundState.UNKNOWN
    noted = [row["action"] for row in audit(counter) if row["action"] == "refund.unknown"]
    assert len(noted) == 1


def test_a_pending_refund_is_followed_and_an_unanswered_look_is_unseen(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.refund_status = "pending"
    made = counter.desk.refunds.refund(payment_id, None, "leaves")
    assert counter.desk.refunds.follow() == (0, 0), "still pending"
    counter.gateway.trouble("refunds_of", DOWN)
    assert counter.desk.refunds.follow() == (0, 1)
    counter.gateway.settle_refund(made.uid.replace("-", ""), "processed")
    assert counter.desk.refunds.follow() == (1, 0)
    assert counter.desk.refunds.follow() == (0, 0)
    assert refund_of(counter, payment_id).state is RefundState.PROCESSED


def test_a_refund_that_waits_is_unseen_until_it_is_sent(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.trouble("refund", DOWN, times=2)
    counter.desk.refunds.refund(payment_id, None, "leaves")
    assert counter.desk.refunds.follow() == (0, 1)
    counter.desk.refunds.follow()
    assert refund_of(counter, payment_id).state is RefundState.PROCESSED


# --- closing


@pytest.mark.parametrize("method", PAYABLE)
@pytest.mark.parametrize("status", ["closed", "paid", "cancelled", "expired", "active"])
def test_a_refused_close_is_done_where_it_is_over(
    counter: Counter, method: Method, status: str
) -> None:
    view = shown(counter, method)
    counter.gateway.trouble(CLOSE[method], REFUSED)
    for kind in (counter.gateway.codes, counter.gateway.links):
        for key, each in kind.items():
            kind[key] = replace(each, status=status)  # type: ignore[assignment]
    counter.payments.cancel(view.uid)
    states = [each.state for each in counter.desk.outbox.commands()]
    assert states == ([CommandState.DEAD] if status == "active" else [])
    with counter.context.store.reading() as books:
        assert books.attempts.get(view.uid).is_remote_open == (status == "active")


@pytest.mark.parametrize("method", PAYABLE)
def test_a_refused_close_that_cannot_be_looked_at_is_asked_again(
    counter: Counter, method: Method
) -> None:
    view = shown(counter, method)
    counter.gateway.trouble(CLOSE[method], REFUSED)
    counter.gateway.trouble("fetch_qr" if method is Method.QR_CODE else "fetch_link", DOWN, times=9)
    counter.payments.cancel(view.uid)
    assert [each.state for each in counter.desk.outbox.commands()] == [CommandState.PENDING]


@pytest.mark.parametrize("method", PAYABLE)
def test_what_is_closed_is_not_closed_again(counter: Counter, method: Method) -> None:
    view = shown(counter, method)
    counter.payments.cancel(view.uid)
    with counter.context.store.reading() as books:
        attempt = books.attempts.get(view.uid)
    assert not attempt.is_remote_open
    assert attempt.state is AttemptState.CANCELLED


# --- the dispatcher


def test_an_unknown_command_is_not_sent(counter: Counter) -> None:
    assert counter.desk.outbox.deliver("no such command") is False
    assert counter.gateway.calls == []


def test_a_command_that_was_done_leaves_no_problem_and_counts_its_tries(counter: Counter) -> None:
    errand = errand_of_a_refund(counter)
    assert errand.problem == "UnavailableError"
    assert counter.desk.outbox.deliver(errand.uid) is True
    with counter.context.store.reading() as books:
        now = books.outbox.get(errand.uid)
    assert now is not None
    assert (now.state, now.problem, now.tries) == (CommandState.DONE, "", 2)


def test_a_failed_command_waits_for_its_gap(counter: Counter) -> None:
    errand = errand_of_a_refund(counter)
    counter.gateway.trouble("refund", DOWN)
    assert counter.desk.outbox.run() == 0
    now = command(counter)
    assert (now.due_at - counter.context.now()).total_seconds() == retry_gap(2)
    assert counter.desk.outbox.next_in_s() == retry_gap(2)
    assert errand.uid == now.uid


def test_without_commands_nothing_is_due(counter: Counter) -> None:
    assert counter.desk.outbox.next_in_s() is None
    assert counter.desk.outbox.run(everything=True) == 0


def test_a_run_sends_at_most_what_is_asked(counter: Counter) -> None:
    payment_id = paid(counter)
    for _ in range(3):
        counter.gateway.trouble("refund", DOWN)
        counter.desk.refunds.refund(payment_id, Money(100), "leaves")
    assert counter.desk.outbox.run(everything=True, most=2) == 2
    assert counter.desk.outbox.run(everything=True) == 1


def test_a_refused_command_does_not_stop_the_next(counter: Counter) -> None:
    payment_id = paid(counter)
    for _ in range(2):
        counter.gateway.trouble("refund", DOWN)
        counter.desk.refunds.refund(payment_id, Money(100), "leaves")
    counter.gateway.trouble("refund", REFUSED)
    assert counter.desk.outbox.run(everything=True) == 1
    assert {each.state for each in counter.desk.refunds.of(payment_id)} == {
        RefundState.REJECTED,
        RefundState.PROCESSED,
    }


@pytest.mark.parametrize("failure", [DOWN, errors.RateLimitedError("x")])
def test_without_a_connection_the_rest_is_not_tried(
    counter: Counter, failure: errors.GatewayError
) -> None:
    payment_id = paid(counter)
    for _ in range(2):
        counter.gateway.trouble("refund", DOWN)
        counter.desk.refunds.refund(payment_id, Money(100), "leaves")
    counter.gateway.calls.clear()
    counter.gateway.trouble("refund", failure)
    assert counter.desk.outbox.run(everything=True) == 0
    assert counter.gateway.calls.count("refund") == 1


def test_a_dead_command_is_audited(counter: Counter) -> None:
    view = shown(counter, Method.QR_CODE)
    counter.gateway.trouble("close_qr", errors.NotFoundError("who?"))
    counter.payments.cancel(view.uid)
    [dead] = counter.desk.outbox.commands()
    assert (dead.state, dead.problem, dead.tries) == (CommandState.DEAD, "NotFoundError", 1)
    actions = [row["action"] for row in audit(counter)]
    assert actions.count("errand.dead") == 1


def test_the_lease_of_a_sender_that_is_gone_ends(counter: Counter) -> None:
    errand = errand_of_a_refund(counter)
    put(counter, errand, CommandState.SENDING)
    counter.clock.advance(LEASE_S - 1)
    assert counter.desk.outbox.run() == 0
    assert counter.desk.outbox.next_in_s() == 1
    counter.clock.advance(1)
    assert counter.desk.outbox.run() == 1


def test_a_far_future_does_not_delay_a_command(counter: Counter) -> None:
    errand = errand_of_a_refund(counter)
    counter.clock.advance(-(LONGEST_RETRY_GAP_S * 2 + retry_gap(1) + 2))
    assert counter.desk.outbox.next_in_s() == 0
    assert counter.desk.outbox.deliver(errand.uid)


def test_a_person_waits_ten_seconds_at_most(counter: Counter) -> None:
    errand = errand_of_a_refund(counter)
    put(counter, errand, CommandState.SENDING)
    counter.clock.slept.clear()
    counter.desk.outbox.await_sender(errand.uid)
    assert sum(counter.clock.slept) == pytest.approx(10)
    counter.clock.slept.clear()
    counter.desk.outbox.await_sender("another")
    assert counter.clock.slept == []
