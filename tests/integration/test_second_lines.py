"""Second lines of defence, each tested with the first one out of the way."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.outbox import CommandState
from desktop_app.domain.payment import Method
from desktop_app.domain.refund import RefundState
from desktop_app.services.errors import DueCoveredError, RejectedError
from desktop_app.services.payments import other_dues
from desktop_app.services.ports.gateway import DisputeFact
from desktop_app.services.posting.refunds import settle_refund
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.storage.store import BACKUPS
from tests.integration.reached import paid
from tests.integration.test_after_payment import balance
from tests.integration.test_counter_tenders import owed, take
from tests.integration.test_other_dues import FEE, due_on, shown
from tests.integration.test_restore import collected, restored

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.services.ports.records import PaymentRecord, RefundRecord
    from tests.integration.conftest import Counter

FULL, PART = 1_180_000, 180_000


@pytest.fixture
def backup(counter: Counter) -> Path:
    """Return a backup of a book in use, without the student R077."""
    course, cash = counter.course(), counter.student("R003", phone="9000000003")
    counter.payments.begin(cash.uid, course.uid, Method.CASH)
    path = counter.context.folder / BACKUPS / "daily-1.sqlite3"
    counter.context.store.backup(path)
    counter.clock.advance(3_600)
    return path


# --- money of a fee that a restored book does not know


def test_what_went_back_of_money_without_its_fee_is_not_held(
    counter: Counter, backup: Path
) -> None:
    payment_id = counter.pay(collected(counter, "R077", "9000000077", Method.UPI_INTENT))
    counter.gateway.refund_on_dashboard(payment_id, PART)
    restored(counter, backup)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    assert held.amount == Money(FULL - PART)
    student = counter.student("R077", phone="9000000077")
    begun = counter.payments.begin(
        student.uid, counter.courses.find("PHY-11").uid, Method.UPI_INTENT
    )
    with counter.context.store.reading() as books:
        due = books.enrollments.due_of(begun.enrollment_uid or "")
    with pytest.raises(InvalidInputError, match=r"has only ₹10,000\.00 left"):
        counter.desk.unapplied.put_against(held.uid, due.uid)
    counter.desk.unapplied.refund(held.uid)
    asked = [each for each in counter.gateway.refunds.values() if each.reference]
    assert [each.amount_paise for each in asked] == [FULL - PART]


def test_money_without_its_fee_that_all_went_back_is_not_held(
    counter: Counter, backup: Path
) -> None:
    payment_id = counter.pay(collected(counter, "R077", "9000000077", Method.UPI_INTENT))
    counter.gateway.refund_on_dashboard(payment_id, FULL)
    restored(counter, backup)
    counter.polling.reconcile()
    assert counter.desk.unapplied.held() == ()


def test_a_restored_book_finds_what_is_older_than_the_newest_hundred_payments(
    counter: Counter, backup: Path
) -> None:
    payment_id = counter.pay(collected(counter, "R077", "9000000077", Method.UPI_INTENT))
    for _ in range(100):
        web = counter.gateway._new_payment(None, 500)
        counter.gateway._captured(web)
    shown = counter.gateway.payments_between(0, 2**40)
    assert len(shown) == 100
    assert payment_id not in {each.payment_id for each in shown}, "it is on the second page"
    restored(counter, backup)
    counter.polling.reconcile()
    assert [each.payment_id for each in counter.desk.unapplied.held()] == [payment_id]


# --- two windows that follow one refund


def pending_refund(counter: Counter) -> tuple[RefundRecord, PaymentRecord]:
    """Return a refund as two windows have read it, and its payment."""
    payment_id = paid(counter)
    counter.gateway.refund_status = "pending"
    counter.desk.refunds.refund(payment_id, None, "leaves")
    with counter.context.store.reading() as books:
        [open_] = books.refunds.all_open()
    return open_


def test_a_refund_is_saved_only_from_the_state_that_was_read(counter: Counter) -> None:
    refund, _paid = pending_refund(counter)
    failed = replace(refund, state=RefundState.FAILED)
    with counter.context.store.writing() as work:
        assert work.refunds.save(failed, RefundState.PENDING)
        assert not work.refunds.save(failed, RefundState.PENDING), "it is not pending any more"
        work.commit()


@pytest.mark.parametrize("state", [RefundState.FAILED, RefundState.PROCESSED])
def test_two_windows_that_see_a_refund_end_book_it_once(
    counter: Counter, state: RefundState
) -> None:
    refund, payment = pending_refund(counter)
    for _window in range(2):
        with counter.context.store.writing() as work:
            settle_refund(counter.context, work, refund, payment, state, refund.refund_id)
            work.commit()
    is_failed = state is RefundState.FAILED
    assert balance(counter) == ({"gateway": FULL, "to_return": -FULL} if is_failed else {})
    actions = [link.entry.action for link in counter.context.store.reader.audit.links()]
    assert actions.count(f"refund.{state}") == 1


def test_two_windows_that_hear_one_refund_accepted_book_its_return_once(counter: Counter) -> None:
    refund, payment = pending_refund(counter)
    asked = replace(refund, state=RefundState.INTENT)
    with counter.context.store.writing() as work:
        settle_refund(counter.context, work, asked, payment, RefundState.PENDING, refund.refund_id)
        work.nothing_to_write()
    assert balance(counter) == {}, "the return of ₹11,800 is booked once"


# --- a dispute that is won after money was taken


def test_a_dispute_that_is_won_gives_the_money_back(counter: Counter) -> None:
    payment_id = paid(counter)
    lost = DisputeFact(
        "disp_1", payment_id, FULL, FULL, "chargeback", "lost", "chargeback", None
    )  # fmt: skip
    counter.gateway.disputed["disp_1"] = lost
    counter.desk.disputes.notice()
    taken = balance(counter)
    assert "gateway" not in taken, "Razorpay took it"
    assert counter.desk.refunds.basis(payment_id).left == Money(0)
    counter.gateway.disputed["disp_1"] = replace(lost, status="won", deducted_paise=0)
    counter.desk.disputes.notice()
    assert balance(counter) == {"gateway": FULL, "fees": -FULL}
    assert counter.desk.refunds.basis(payment_id).left == Money(FULL)
    counter.desk.disputes.notice()
    assert balance(counter) == {"gateway": FULL, "fees": -FULL}, "once"


# --- a command that is over


@pytest.mark.parametrize("state", [CommandState.DONE, CommandState.DEAD])
def test_a_command_that_is_over_is_never_sent_again(counter: Counter, state: CommandState) -> None:
    """Its key and the look-up would stop a second refund; here both have forgotten the first."""
    payment_id = paid(counter)
    if state is CommandState.DEAD:
        counter.gateway.trouble("refund", RejectedError("not enough balance"))
    with suppress(RejectedError):
        counter.desk.refunds.refund(payment_id, Money(PART), "a part")
    [refund] = counter.desk.refunds.of(payment_id)
    with counter.context.store.reading() as books:
        command = books.outbox.get(refund.uid)
    assert command is not None
    assert command.state is state
    counter.gateway.refunds.clear()
    counter.gateway.calls.clear()
    assert not counter.desk.outbox.deliver(refund.uid)
    assert counter.gateway.calls == []
    assert counter.gateway.refunds == {}


# --- the rest of a payment that would pay a fee which a QR asks for


def test_a_rest_pays_no_fee_that_is_in_another_payment(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen, other = due_on(counter, "PHY", 0), due_on(counter, "CHE", 0)
    offered = shown(counter, Money(500_00), chosen)
    assert [each.due_uid for each in offered] == [other]
    qr = counter.payments.open(counter.payments.begin_dues({other: None}, Method.UPI_INTENT).uid)
    monkeypatch.setattr(other_dues, "_is_in_payment", lambda _work, _due: False)
    typed = TypedEvidence(others=offered)
    with pytest.raises(DueCoveredError):
        take(counter, Method.CASH, chosen, amount=FEE + Money(500_00), typed=typed)
    assert (owed(counter, chosen), owed(counter, other)) == (FEE, FEE)
    counter.pay(qr)
    counter.polling.reconcile()
    assert (owed(counter, other), balance(counter)["gateway"]) == (Money(0), FEE.paise)
