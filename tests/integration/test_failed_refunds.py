"""A refund that fails after it ended an enrolment: the payment awaits a decision again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services import errors
from desktop_app.services.maintenance.audit_verification import AuditVerifier
from desktop_app.services.views.payments import PaymentFilter
from tests.proofs.state_machine_desk import StateMachineDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> Iterator[StateMachineDesk]:
    made = StateMachineDesk(tmp_path)
    made.reset()
    made.gateway.refund_status = "pending"
    yield made
    made.close()


def late_without_a_seat(world: StateMachineDesk) -> str:
    """Sell the only seat for cash before the first parent's payment arrives."""
    begun = world.services.payments.begin(world.students[0], world.courses[0], Method.UPI_INTENT)
    view = world.services.payments.open(begun.uid)
    world.services.payments.cancel(view.uid)
    world.services.payments.begin(world.students[1], world.courses[0], Method.CASH)
    world.gateway.pay(view.qr_text or "")
    world.services.polling.reconcile()
    return world.services.unapplied.held()[0].uid


def fail_the_refund(world: StateMachineDesk, uid: str) -> None:
    world.services.refunds.refund(uid, None, "leaves")
    assert world.services.unapplied.held() == ()
    world.gateway.settle_refund(next(reversed(world.gateway.refunds)), "failed")
    world.services.polling.reconcile()


def check_lists(world: StateMachineDesk) -> None:
    """Check that the list of held payments equals the inbox, and that each row is marked."""
    wanted = {each.uid for each in world.services.unapplied.held()}
    reader = world.services.context.store.reader
    page = reader.payments.page(PaymentFilter(state="held"), 0, 50)
    assert {row.uid for row in page.rows} == wanted
    assert page.total == len(wanted)
    every = reader.payments.page(PaymentFilter(), 0, 50).rows
    assert {row.uid for row in every if row.came_back} <= wanted


def test_a_refund_that_failed_is_in_the_list_of_held_payments(world: StateMachineDesk) -> None:
    begun = world.services.payments.begin(world.students[0], world.courses[0], Method.UPI_INTENT)
    world.gateway.pay(world.services.payments.open(begun.uid).qr_text or "")
    world.services.polling.run()
    [[uid]] = world.rows("SELECT uid FROM payments")
    check_lists(world)
    fail_the_refund(world, uid)
    assert [each.uid for each in world.services.unapplied.held()] == [uid]
    check_lists(world)
    [row] = world.services.context.store.reader.payments.page(
        PaymentFilter(state="held"), 0, 50
    ).rows
    assert row.came_back
    world.gateway.refund_status = "processed"
    world.services.unapplied.refund(uid)
    assert world.services.unapplied.held() == ()
    check_lists(world)


def test_money_that_was_enrolled_by_decision_is_held_again(world: StateMachineDesk) -> None:
    uid = late_without_a_seat(world)
    [[cash]] = world.rows("SELECT uid FROM payments WHERE method = 'cash'")
    world.services.refunds.refund(cash, None, "leaves")
    world.services.unapplied.enrol(uid)
    fail_the_refund(world, uid)
    assert [each.uid for each in world.services.unapplied.held()] == [uid]
    check_lists(world)
    world.check_reconciled()


def test_money_that_was_put_against_another_due_is_held_again(world: StateMachineDesk) -> None:
    uid = late_without_a_seat(world)
    world.services.payments.begin(world.students[1], world.courses[1], Method.UPI_INTENT)
    [[due]] = world.rows(
        "SELECT d.uid FROM dues d JOIN enrollments e ON e.uid = d.enrollment_uid "
        f"WHERE d.state = 'open' AND e.student_uid = '{world.students[1]}'"
    )
    world.services.unapplied.put_against(uid, due)
    fail_the_refund(world, uid)
    assert [each.uid for each in world.services.unapplied.held()] == [uid]
    check_lists(world)
    world.services.unapplied.refund(uid)
    check_lists(world)
    world.check_reconciled()


def open_due(world: StateMachineDesk, student: str, course: str) -> str:
    """Enrol a student in a course, not paid yet; return the due."""
    begun = world.services.payments.begin(student, course, Method.UPI_INTENT)
    [[due]] = world.rows(f"SELECT due_uid FROM attempts WHERE uid = '{begun.uid}'")
    return str(due)


def enrolled_by_decision_and_back(world: StateMachineDesk) -> str:
    """Return money that was enrolled by a decision, refunded, and came back."""
    uid = late_without_a_seat(world)
    [[cash]] = world.rows("SELECT uid FROM payments WHERE method = 'cash'")
    world.services.refunds.refund(cash, None, "leaves")
    world.services.unapplied.enrol(uid)
    fail_the_refund(world, uid)
    return uid


def decisions(world: StateMachineDesk, uid: str) -> list[tuple[int, str]]:
    found = world.rows(
        f"SELECT number, decision FROM late_decisions WHERE payment_uid = '{uid}' ORDER BY number"
    )
    return [(number, decision) for number, decision in found]


def test_money_that_came_back_after_a_decision_is_placed_again(world: StateMachineDesk) -> None:
    uid = enrolled_by_decision_and_back(world)
    due = open_due(world, world.students[0], world.courses[1])
    world.services.unapplied.put_against(uid, due)
    assert world.services.unapplied.held() == ()
    assert decisions(world, uid) == [(1, "enrolled"), (2, "put against another due")]
    with world.services.context.store.reading() as books:
        payment = books.payments.find(uid)
        assert payment is not None
        assert books.payments.due_paid_by(payment) == due
    check_lists(world)
    every = world.services.context.store.reader.payments.page(PaymentFilter(), 0, 50).rows
    assert sorted(row.decision for row in every) == ["", "put against another due"]
    world.check_reconciled()
    assert AuditVerifier(world.services.context).verify() is None


def test_money_comes_back_from_each_of_its_fees(world: StateMachineDesk) -> None:
    uid = enrolled_by_decision_and_back(world)
    world.services.unapplied.put_against(uid, open_due(world, world.students[0], world.courses[1]))
    fail_the_refund(world, uid)
    assert [each.uid for each in world.services.unapplied.held()] == [uid]
    check_lists(world)
    world.services.unapplied.put_against(uid, open_due(world, world.students[0], world.courses[0]))
    assert world.services.unapplied.held() == ()
    assert [number for number, _ in decisions(world, uid)] == [1, 2, 3]
    check_lists(world)
    world.gateway.refund_status = "processed"
    world.services.refunds.refund(uid, None, "leaves for good")
    assert world.services.unapplied.held() == ()
    assert not world.rows("SELECT account FROM ledger_entries GROUP BY account "
                          "HAVING sum(amount_paise) != 0")  # fmt: skip
    world.check_reconciled()
    assert AuditVerifier(world.services.context).verify() is None


def test_money_that_came_back_after_a_decision_is_refunded(world: StateMachineDesk) -> None:
    uid = enrolled_by_decision_and_back(world)
    world.gateway.refund_status = "processed"
    world.services.unapplied.refund(uid)
    assert world.services.unapplied.held() == ()
    check_lists(world)
    world.check_reconciled()


def test_only_held_money_is_decided_about(world: StateMachineDesk) -> None:
    uid = late_without_a_seat(world)
    [[cash]] = world.rows("SELECT uid FROM payments WHERE method = 'cash'")
    world.services.refunds.refund(cash, None, "leaves")
    world.services.unapplied.enrol(uid)
    [[due]] = world.rows("SELECT due_uid FROM late_decisions")
    store = world.services.context.store
    for each in (uid, cash):
        with pytest.raises(errors.DuplicateError), store.writing() as work:
            work.unapplied.decide(each, "enrolled", due, world.services.context.now())
    assert decisions(world, uid) == [(1, "enrolled")]


def test_a_refund_still_on_its_way_does_not_end_the_enrolment(world: StateMachineDesk) -> None:
    world.gateway.refund_status = "processed"
    begun = world.services.payments.begin(world.students[0], world.courses[0], Method.UPI_INTENT)
    payment_id = world.gateway.pay(world.services.payments.open(begun.uid).qr_text or "")
    world.services.polling.run()
    world.gateway.trouble("refund", errors.OutcomeUnknownError("lost"), times=2)
    with pytest.raises(errors.OutcomeUnknownError):
        world.services.refunds.refund(payment_id, Money(100), "a rupee")
    world.services.refunds.refund(payment_id, None, "the rest")
    assert world.rows("SELECT state FROM enrollments") == [("active",)]
    world.check_reconciled()
    assert world.rows("SELECT state FROM enrollments") == [("cancelled",)]
    assert world.rows("SELECT DISTINCT sum(amount_paise) FROM ledger_entries GROUP BY account") == [
        (0,)
    ]
