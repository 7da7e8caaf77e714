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
from desktop_app.services.errors import RejectedError
from desktop_app.services.ports.gateway import DisputeFact
from desktop_app.services.posting.refunds import settle_refund
from desktop_app.storage.store import BACKUPS
from tests.integration.test_after_payment import balance, paid
from tests.integration.test_restore import collected, restored

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.services.ports.records import PaymentRecord, RefundRecord
    from tests.integration.conftest import Till

FULL, PART = 1_180_000, 180_000


@pytest.fixture
def backup(till: Till) -> Path:
    """Return a backup without the student R077."""
    till.course()
    path = till.context.folder / BACKUPS / "daily-1.sqlite3"
    till.context.store.backup(path)
    till.clock.advance(3_600)
    return path


# --- money of a fee that a restored book does not know


def test_what_went_back_of_money_without_its_fee_is_not_held(till: Till, backup: Path) -> None:
    payment_id = till.pay(collected(till, "R077", "9000000077", Method.UPI_INTENT))
    till.gateway._set(payment_id, amount_refunded_paise=PART)
    restored(till, backup)
    till.polling.reconcile()
    [held] = till.desk.unapplied.held()
    assert held.amount == Money(FULL - PART)
    student = till.student("R077", phone="9000000077")
    begun = till.payments.begin(student.uid, till.courses.find("PHY-11").uid, Method.UPI_INTENT)
    with till.context.store.reading() as books:
        due = books.enrollments.due_of(begun.enrollment_uid)
    with pytest.raises(InvalidInputError, match=r"₹10,000\.00 of the payment is left"):
        till.desk.unapplied.put_against(held.uid, due.uid)
    till.desk.unapplied.refund(held.uid)
    assert [each.amount_paise for each in till.gateway.refunds.values()] == [FULL - PART]


def test_money_without_its_fee_that_all_went_back_is_not_held(till: Till, backup: Path) -> None:
    payment_id = till.pay(collected(till, "R077", "9000000077", Method.UPI_INTENT))
    till.gateway._set(payment_id, amount_refunded_paise=FULL, status="refunded")
    restored(till, backup)
    till.polling.reconcile()
    assert till.desk.unapplied.held() == ()


def test_a_restored_book_finds_what_is_older_than_the_newest_hundred_payments(
    till: Till, backup: Path
) -> None:
    payment_id = till.pay(collected(till, "R077", "9000000077", Method.UPI_INTENT))
    for _ in range(100):
        web = till.gateway._new_payment(None, 500)
        till.gateway._captured(web)
    shown = till.gateway.payments_between(0, 2**40)
    assert len(shown) == 100
    assert payment_id not in {each.payment_id for each in shown}, "it is on the second page"
    restored(till, backup)
    till.polling.reconcile()
    assert [each.payment_id for each in till.desk.unapplied.held()] == [payment_id]


# --- two windows that follow one refund


def pending_refund(till: Till) -> tuple[RefundRecord, PaymentRecord]:
    """Return a refund as two windows have read it, and its payment."""
    payment_id = paid(till)
    till.gateway.refund_status = "pending"
    till.desk.refunds.refund(payment_id, None, "leaves")
    with till.context.store.reading() as books:
        [open_] = books.refunds.all_open()
    return open_


def test_a_refund_is_saved_only_from_the_state_that_was_read(till: Till) -> None:
    refund, _paid = pending_refund(till)
    failed = replace(refund, state=RefundState.FAILED)
    with till.context.store.writing() as work:
        assert work.refunds.save(failed, RefundState.PENDING)
        assert not work.refunds.save(failed, RefundState.PENDING), "it is not pending any more"
        work.commit()


@pytest.mark.parametrize("state", [RefundState.FAILED, RefundState.PROCESSED])
def test_two_windows_that_see_a_refund_end_book_it_once(till: Till, state: RefundState) -> None:
    refund, payment = pending_refund(till)
    for _window in range(2):
        with till.context.store.writing() as work:
            settle_refund(till.context, work, refund, payment, state, refund.refund_id)
            work.commit()
    is_failed = state is RefundState.FAILED
    assert balance(till) == ({"gateway": FULL, "to_return": -FULL} if is_failed else {})
    actions = [link.entry.action for link in till.context.store.reader.audit.links()]
    assert actions.count(f"refund.{state}") == 1


def test_two_windows_that_hear_one_refund_accepted_book_its_return_once(till: Till) -> None:
    refund, payment = pending_refund(till)
    asked = replace(refund, state=RefundState.INTENT)
    with till.context.store.writing() as work:
        settle_refund(till.context, work, asked, payment, RefundState.PENDING, refund.refund_id)
        work.nothing_to_write()
    assert balance(till) == {}, "the return of ₹11,800 is booked once"


# --- a dispute that is won after money was taken


def test_a_dispute_that_is_won_gives_the_money_back(till: Till) -> None:
    payment_id = paid(till)
    lost = DisputeFact(
        "disp_1", payment_id, FULL, FULL, "chargeback", "lost", "chargeback", None
    )  # fmt: skip
    till.gateway.disputed["disp_1"] = lost
    till.desk.disputes.notice()
    taken = balance(till)
    assert "gateway" not in taken, "Razorpay took it"
    assert till.desk.refunds.basis(payment_id).left == Money(0)
    till.gateway.disputed["disp_1"] = replace(lost, status="won", deducted_paise=0)
    till.desk.disputes.notice()
    assert balance(till) == {"gateway": FULL, "fees": -FULL}
    assert till.desk.refunds.basis(payment_id).left == Money(FULL)
    till.desk.disputes.notice()
    assert balance(till) == {"gateway": FULL, "fees": -FULL}, "once"


# --- a command that is over


@pytest.mark.parametrize("state", [CommandState.DONE, CommandState.DEAD])
def test_a_command_that_is_over_is_never_sent_again(till: Till, state: CommandState) -> None:
    """Its key and the look-up would stop a second refund; here both have forgotten the first."""
    payment_id = paid(till)
    if state is CommandState.DEAD:
        till.gateway.trouble("refund", RejectedError("not enough balance"))
    with suppress(RejectedError):
        till.desk.refunds.refund(payment_id, Money(PART), "a part")
    [refund] = till.desk.refunds.of(payment_id)
    with till.context.store.reading() as books:
        command = books.outbox.get(refund.uid)
    assert command is not None
    assert command.state is state
    till.gateway.refunds.clear()
    till.gateway.calls.clear()
    assert not till.desk.outbox.deliver(refund.uid)
    assert till.gateway.calls == []
    assert till.gateway.refunds == {}
