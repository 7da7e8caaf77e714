"""Each answer to a command: done, sent again, refused for good, or not known yet."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.money import Money
from desktop_app.domain.outbox import CommandState
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.polling import LONGEST_ERRAND_GAP_S, errand_gap
from desktop_app.domain.refund import RefundState
from desktop_app.services import errors
from desktop_app.services.outbox.dispatcher import LEASE_S
from tests.integration.test_outbox import (
    CLOSE,
    DOWN,
    PAYABLE,
    errand_of_a_refund,
    fail_refund,
    paid,
    put,
)

if TYPE_CHECKING:
    from desktop_app.services.ports.records import OutboxCommand, RefundRecord
    from tests.integration.conftest import Till

pytestmark = pytest.mark.usefixtures("books_hold")

LOST = errors.OutcomeUnknownError("lost")
REFUSED = errors.RejectedError("not enough balance")


def refund_of(till: Till, payment_id: str) -> RefundRecord:
    [found] = till.desk.refunds.of(payment_id)
    return found


def command(till: Till) -> OutboxCommand:
    [found] = till.context.store.reader.outbox.undelivered()
    return found


def audit(till: Till) -> list[dict[str, str]]:
    with till.context.store.readers.reading() as reading:  # type: ignore[attr-defined]
        rows = reading.execute("SELECT action, subject, detail FROM audit_entries ORDER BY id")
        return [dict(row._asdict()) for row in rows]


# --- after a lost answer


def test_a_refusal_after_a_lost_answer_is_a_refusal(till: Till) -> None:
    payment_id = paid(till)
    till.gateway.trouble("refund", LOST)
    till.gateway.trouble("refund", REFUSED)
    with pytest.raises(errors.RejectedError, match="not enough balance"):
        till.desk.refunds.refund(payment_id, None, "leaves")
    assert refund_of(till, payment_id).state is RefundState.REJECTED
    assert till.desk.refunds.basis(payment_id).left == Money(1_180_000)


@pytest.mark.parametrize("second", [DOWN, errors.UnauthorisedError("no"), REFUSED])
def test_after_a_lost_answer_a_failed_look_up_leaves_it_unknown(
    till: Till, monkeypatch: pytest.MonkeyPatch, second: errors.GatewayError
) -> None:
    payment_id = paid(till)
    fail_refund(till, monkeypatch, LOST, second, is_done=True)
    with pytest.raises(errors.OutcomeUnknownError, match="lost"):
        till.desk.refunds.refund(payment_id, None, "leaves")
    assert refund_of(till, payment_id).state is RefundState.UNKNOWN
    assert till.desk.refunds.basis(payment_id).left == Money(0), "it may have been made"
    assert till.desk.outbox.run(everything=True) == 1
    assert refund_of(till, payment_id).state is RefundState.PROCESSED
    assert len(till.gateway.refunds) == 1


def test_a_lost_refund_is_found_by_its_note_and_not_sent_again(till: Till) -> None:
    payment_id = paid(till)
    till.gateway.trouble("refund", LOST, is_done=True)
    till.gateway.calls.clear()
    assert till.desk.refunds.refund(payment_id, None, "leaves").state is RefundState.PROCESSED
    assert till.gateway.calls.count("refund") == 1
    assert till.gateway.calls == ["refunds_of", "refund", "refunds_of"]


def test_only_the_refund_with_our_note_is_taken_for_ours(till: Till) -> None:
    payment_id = paid(till)
    till.gateway.refund(payment_id, Money(500), key="dashboard", reference="somebody else's")
    till.gateway.trouble("refund", LOST)
    made = till.desk.refunds.refund(payment_id, Money(500), "leaves")
    assert made.state is RefundState.PROCESSED
    assert len(till.gateway.refunds) == 2


def test_the_first_try_is_looked_up_too(till: Till) -> None:
    """The book may be a restored one, which does not know that it was sent."""
    payment_id = paid(till)
    till.gateway.calls.clear()
    till.desk.refunds.refund(payment_id, None, "leaves")
    assert till.gateway.calls == ["refunds_of", "refund"]


def test_a_first_look_that_is_refused_leaves_the_answer_to_the_refund(till: Till) -> None:
    payment_id = paid(till)
    till.gateway.trouble("refunds_of", REFUSED)
    assert till.desk.refunds.refund(payment_id, None, "leaves").state is RefundState.PROCESSED


# --- refused


def test_a_first_refusal_that_cannot_be_looked_into_is_a_refusal(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = paid(till)
    fail_refund(till, monkeypatch, REFUSED, DOWN)
    with pytest.raises(errors.RejectedError):
        till.desk.refunds.refund(payment_id, None, "leaves")
    assert refund_of(till, payment_id).state is RefundState.REJECTED


def test_a_later_refusal_that_cannot_be_looked_into_is_asked_again(till: Till) -> None:
    """An earlier try may have been done: the refusal may be because of it."""
    payment_id = paid(till)
    till.gateway.trouble("refund", DOWN)
    till.desk.refunds.refund(payment_id, None, "leaves")
    found = till.gateway.refunds_of
    answers = [(), DOWN]

    def once_then_down(payment_id: str) -> object:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    till.gateway.refunds_of = once_then_down  # type: ignore[method-assign,assignment]
    till.gateway.trouble("refund", REFUSED)
    assert till.desk.outbox.run(everything=True) == 0
    assert refund_of(till, payment_id).state is RefundState.INTENT
    assert command(till).state is CommandState.PENDING
    till.gateway.refunds_of = found  # type: ignore[method-assign]
    assert till.desk.outbox.run(everything=True) == 1


def test_a_refusal_is_audited_with_its_words(till: Till) -> None:
    payment_id = paid(till)
    till.gateway.trouble("refund", errors.RejectedError("x" * 300))
    with pytest.raises(errors.RejectedError):
        till.desk.refunds.refund(payment_id, None, "leaves")
    [rejected] = [row for row in audit(till) if row["action"] == "refund.rejected"]
    assert json.loads(rejected["detail"])["note"] == "x" * 200


def test_wrong_keys_at_a_later_try_keep_it_waiting(till: Till) -> None:
    errand = errand_of_a_refund(till)
    till.gateway.trouble("refund", errors.UnauthorisedError("no"))
    assert till.desk.outbox.run(everything=True) == 0
    now = command(till)
    assert (now.state, now.tries, now.problem) == (CommandState.PENDING, 2, "UnauthorisedError")
    assert errand.uid == now.uid


# --- pending, processed, failed


@pytest.mark.parametrize("status", ["pending", "processed", "failed"])
def test_the_gateways_word_for_a_refund_is_its_state(till: Till, status: str) -> None:
    payment_id = paid(till)
    till.gateway.refund_status = status
    made = till.desk.refunds.refund(payment_id, Money(500), "leaves")
    assert made.state.value == status
    assert made.refund_id is not None
    assert made.refund_id.startswith("rfnd_")
    assert till.desk.outbox.commands() == (), "a pending one is followed, not sent again"
    left = 1_180_000 if status == "failed" else 1_179_500
    assert till.desk.refunds.basis(payment_id).left == Money(left)


def test_a_pending_refund_is_followed_and_an_unanswered_look_is_unseen(till: Till) -> None:
    payment_id = paid(till)
    till.gateway.refund_status = "pending"
    made = till.desk.refunds.refund(payment_id, None, "leaves")
    assert till.desk.refunds.follow() == (0, 0), "still pending"
    till.gateway.trouble("refunds_of", DOWN)
    assert till.desk.refunds.follow() == (0, 1)
    till.gateway.settle_refund(made.uid.replace("-", ""), "processed")
    assert till.desk.refunds.follow() == (1, 0)
    assert till.desk.refunds.follow() == (0, 0)
    assert refund_of(till, payment_id).state is RefundState.PROCESSED


def test_a_refund_that_waits_is_unseen_until_it_is_sent(till: Till) -> None:
    payment_id = paid(till)
    till.gateway.trouble("refund", DOWN, times=2)
    till.desk.refunds.refund(payment_id, None, "leaves")
    assert till.desk.refunds.follow() == (0, 1)
    till.desk.refunds.follow()
    assert refund_of(till, payment_id).state is RefundState.PROCESSED


# --- closing


@pytest.mark.parametrize("method", PAYABLE)
@pytest.mark.parametrize("status", ["closed", "paid", "cancelled", "expired", "active"])
def test_a_refused_close_is_done_where_it_is_over(till: Till, method: Method, status: str) -> None:
    view = till.shown(method)
    till.gateway.trouble(CLOSE[method], REFUSED)
    for kind in (till.gateway.codes, till.gateway.links):
        for key, each in kind.items():
            kind[key] = replace(each, status=status)  # type: ignore[assignment]
    till.payments.cancel(view.uid)
    states = [each.state for each in till.desk.outbox.commands()]
    assert states == ([CommandState.DEAD] if status == "active" else [])
    with till.context.store.reading() as books:
        assert books.attempts.get(view.uid).is_remote_open == (status == "active")


@pytest.mark.parametrize("method", PAYABLE)
def test_a_refused_close_that_cannot_be_looked_at_is_asked_again(
    till: Till, method: Method
) -> None:
    view = till.shown(method)
    till.gateway.trouble(CLOSE[method], REFUSED)
    till.gateway.trouble("fetch_qr" if method is Method.QR_CODE else "fetch_link", DOWN, times=9)
    till.payments.cancel(view.uid)
    assert [each.state for each in till.desk.outbox.commands()] == [CommandState.PENDING]


@pytest.mark.parametrize("method", PAYABLE)
def test_what_is_closed_is_not_closed_again(till: Till, method: Method) -> None:
    view = till.shown(method)
    till.payments.cancel(view.uid)
    with till.context.store.reading() as books:
        attempt = books.attempts.get(view.uid)
    assert not attempt.is_remote_open
    assert attempt.state is AttemptState.CANCELLED


# --- the dispatcher


def test_an_unknown_command_is_not_sent(till: Till) -> None:
    assert till.desk.outbox.deliver("no such command") is False
    assert till.gateway.calls == []


def test_a_command_that_was_done_leaves_no_problem_and_counts_its_tries(till: Till) -> None:
    errand = errand_of_a_refund(till)
    assert errand.problem == "UnavailableError"
    assert till.desk.outbox.deliver(errand.uid) is True
    with till.context.store.reading() as books:
        now = books.outbox.get(errand.uid)
    assert now is not None
    assert (now.state, now.problem, now.tries) == (CommandState.DONE, "", 2)


def test_a_failed_command_waits_for_its_gap(till: Till) -> None:
    errand = errand_of_a_refund(till)
    till.gateway.trouble("refund", DOWN)
    assert till.desk.outbox.run() == 0
    now = command(till)
    assert (now.due_at - till.context.now()).total_seconds() == errand_gap(2)
    assert till.desk.outbox.next_in_s() == errand_gap(2)
    assert errand.uid == now.uid


def test_without_commands_nothing_is_due(till: Till) -> None:
    assert till.desk.outbox.next_in_s() is None
    assert till.desk.outbox.run(everything=True) == 0


def test_a_run_sends_at_most_what_is_asked(till: Till) -> None:
    payment_id = paid(till)
    for _ in range(3):
        till.gateway.trouble("refund", DOWN)
        till.desk.refunds.refund(payment_id, Money(100), "leaves")
    assert till.desk.outbox.run(everything=True, most=2) == 2
    assert till.desk.outbox.run(everything=True) == 1


def test_a_refused_command_does_not_stop_the_next(till: Till) -> None:
    payment_id = paid(till)
    for _ in range(2):
        till.gateway.trouble("refund", DOWN)
        till.desk.refunds.refund(payment_id, Money(100), "leaves")
    till.gateway.trouble("refund", REFUSED)
    assert till.desk.outbox.run(everything=True) == 1
    assert {each.state for each in till.desk.refunds.of(payment_id)} == {
        RefundState.REJECTED,
        RefundState.PROCESSED,
    }


@pytest.mark.parametrize("failure", [DOWN, errors.RateLimitedError("x")])
def test_without_a_connection_the_rest_is_not_tried(
    till: Till, failure: errors.GatewayError
) -> None:
    payment_id = paid(till)
    for _ in range(2):
        till.gateway.trouble("refund", DOWN)
        till.desk.refunds.refund(payment_id, Money(100), "leaves")
    till.gateway.calls.clear()
    till.gateway.trouble("refund", failure)
    assert till.desk.outbox.run(everything=True) == 0
    assert till.gateway.calls.count("refund") == 1


def test_a_dead_command_is_audited(till: Till) -> None:
    view = till.shown(Method.QR_CODE)
    till.gateway.trouble("close_qr", errors.NotFoundError("who?"))
    till.payments.cancel(view.uid)
    [dead] = till.desk.outbox.commands()
    assert (dead.state, dead.problem, dead.tries) == (CommandState.DEAD, "NotFoundError", 1)
    actions = [row["action"] for row in audit(till)]
    assert actions.count("errand.dead") == 1


def test_the_lease_of_a_sender_that_is_gone_ends(till: Till) -> None:
    errand = errand_of_a_refund(till)
    put(till, errand, CommandState.SENDING)
    till.clock.advance(LEASE_S - 1)
    assert till.desk.outbox.run() == 0
    assert till.desk.outbox.next_in_s() == 1
    till.clock.advance(1)
    assert till.desk.outbox.run() == 1


def test_a_far_future_does_not_delay_a_command(till: Till) -> None:
    errand = errand_of_a_refund(till)
    till.clock.advance(-(LONGEST_ERRAND_GAP_S * 2 + errand_gap(1) + 2))
    assert till.desk.outbox.next_in_s() == 0
    assert till.desk.outbox.deliver(errand.uid)


def test_a_person_waits_ten_seconds_at_most(till: Till) -> None:
    errand = errand_of_a_refund(till)
    put(till, errand, CommandState.SENDING)
    till.clock.slept.clear()
    till.desk.outbox.await_sender(errand.uid)
    assert sum(till.clock.slept) == pytest.approx(10)
    till.clock.slept.clear()
    till.desk.outbox.await_sender("another")
    assert till.clock.slept == []
