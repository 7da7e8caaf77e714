"""Complaints of users of other fee desks, groups A, B, C and E: shown not to happen here.

The number in a test's name is the complaint's in `resources/docs/never-lost.md`, which names its
source. Groups D, F and G concern the screen and are in `resources/docs/ux.md`.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.errors import AlreadyEnrolledError
from desktop_app.domain.payment import AttemptState, Method, Placement
from desktop_app.services import errors
from desktop_app.services.connectivity import ConnectionMonitor
from desktop_app.storage.store import DATABASE
from tests.composed_desk import compose_desk

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Till

CHANNELS = [Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK]
LOOKS = ("orders_since", "fetch_order", "fetch_qr", "fetch_link")
PAID = AttemptState.PAID


def another(till: Till, number: int, method: Method = Method.UPI_INTENT) -> AttemptView:
    """Serve one more parent until the QR is shown."""
    student = till.student(f"R{number:03d}", phone=f"90000{number:05d}")
    begun = till.payments.begin(student.uid, till.courses.find("PHY-11").uid, method)
    return till.payments.open(begun.uid)


def line_down(till: Till, times: int = 6) -> None:
    """Make the next polls fail."""
    for call in (*LOOKS, "ping"):
        till.gateway.trouble(call, errors.UnavailableError("down"), times=times)


def state(till: Till, view: AttemptView) -> AttemptState:
    return till.payments.view(view.uid).state


# --- A. paid, but the system says pending


@pytest.mark.parametrize("method", CHANNELS)
def test_complaints_01_04_09_a_payment_needs_no_webhook_to_be_seen(
    till: Till, method: Method
) -> None:
    view = till.shown(method)
    till.pay(view)
    assert till.polling.run().succeeded
    assert state(till, view) is PAID


def test_complaint_02_no_payment_stays_pending_when_polls_fail(till: Till) -> None:
    till.course()
    views = [another(till, number) for number in range(1, 26)]
    for at, view in enumerate(views):
        till.pay(view)
        if at % 3 == 0:
            line_down(till, times=2)
            till.polling.run()
    till.gateway.troubles.clear()
    till.polling.run()
    assert {state(till, view) for view in views} == {PAID}


def test_complaint_03_a_payment_that_is_authorised_after_days_is_picked_up(till: Till) -> None:
    till.gateway.auto_capture = False
    view = till.shown(Method.UPI_INTENT)
    till.payments.expire(view.uid)
    till.clock.advance(3 * 86_400)
    till.pay(view)
    till.polling.reconcile()
    assert state(till, view) is PAID
    assert till.payments.view(view.uid).was_late


def test_complaint_05_paid_is_shown_by_the_first_poll_after_the_capture(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    assert till.polling.run().changed == ()
    till.pay(view)
    assert [each.state for each in till.polling.run().changed] == [PAID]


@pytest.mark.parametrize("method", CHANNELS)
def test_complaints_06_10_a_timer_that_runs_out_while_the_parent_pays_ends_as_paid(
    till: Till, method: Method
) -> None:
    view = till.shown(method)
    till.pay(view)
    till.clock.advance(view.lifetime_s or 0)
    assert till.payments.expire(view.uid).state is PAID


def test_complaint_07_what_is_charged_always_has_a_row(till: Till) -> None:
    till.gateway.trouble("create_intent", errors.OutcomeUnknownError("lost"), is_done=True, times=9)
    begun = till.payments.begin(till.student().uid, till.course().uid, Method.UPI_INTENT)
    with suppress(errors.GatewayError):
        till.payments.open(begun.uid)
    till.gateway.troubles.clear()
    till.gateway.pay(next(iter(till.gateway.payable)))  # somebody paid by the lost link
    till.restart()
    till.polling.reconcile()
    assert state(till, begun) is PAID
    assert [row["state"] for row in till.ledger()["enrollments"]] == ["active"]


def test_complaint_08_of_305_captured_payments_each_has_one_enrolment(till: Till) -> None:
    till.course()
    for number in range(1, 306):
        till.pay(another(till, number))
        if number % 20 == 0:
            till.polling.run()
    till.polling.run()
    ledger = till.ledger()
    assert len(ledger["payments"]) == len(ledger["receipts"]) == 305
    assert [row["state"] for row in ledger["enrollments"]] == ["active"] * 305
    assert len({row["payment_id"] for row in ledger["payments"]}) == 305


def test_complaint_11_leaving_a_payment_never_fails_it(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    till.pay(view)
    till.restart()  # the window was closed and reopened
    assert [each.uid for each in till.payments.waiting()] == [view.uid]
    till.polling.run()
    assert state(till, view) is PAID


def test_complaint_12_a_pending_upi_payment_waits_until_it_is_decided(till: Till) -> None:
    till.gateway.auto_capture = False
    view = till.shown(Method.UPI_INTENT)
    till.gateway.trouble("capture", errors.UnavailableError("down"))
    till.pay(view)
    till.polling.run()
    assert state(till, view) is AttemptState.AWAITING
    till.polling.run()
    assert state(till, view) is PAID


def test_complaint_13_the_utr_is_on_the_payment_and_on_its_receipt(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    till.pay(view)
    [paid] = till.polling.run().changed
    assert paid.rrn
    assert paid.rrn in till.receipts.html(paid.receipt_uid or "", "a5")


# --- B. paid twice, two records for one payment


def test_complaint_14_asking_twice_within_a_second_makes_one_order(till: Till) -> None:
    student, course = till.student(), till.course()
    for _ in range(2):
        begun = till.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
        till.payments.open(begun.uid)
    assert len(till.gateway.orders) == len(till.gateway.payments) == 1


def test_complaints_15_17_a_payment_id_is_stored_once(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    till.pay(view)
    for _ in range(4):
        till.polling.run()
        till.polling.reconcile()
    assert len(till.ledger()["payments"]) == 1
    with (
        closing(sqlite3.connect(till.context.folder / DATABASE)) as raw,
        pytest.raises(sqlite3.IntegrityError, match="UNIQUE"),
    ):
        raw.execute("CREATE TEMP TABLE copied AS SELECT * FROM payments")
        raw.execute("UPDATE copied SET uid = 'another'")
        columns = [row[1] for row in raw.execute("PRAGMA table_info(payments)") if row[1] != "id"]
        names = ", ".join(columns)
        raw.execute(f"INSERT INTO payments ({names}) SELECT {names} FROM copied")


def test_complaint_16_two_simultaneous_polls_book_once(till: Till) -> None:
    till.course()
    views = [another(till, number) for number in range(1, 9)]
    for view in views:
        till.pay(view)
    at_once(2, lambda _at: till.polling.run())
    assert len(till.ledger()["payments"]) == len(till.ledger()["receipts"]) == 8


def test_complaint_18_eight_cashiers_at_once_give_eight_different_numbers(till: Till) -> None:
    course = till.course()
    students = [till.student(f"R{n:03d}", phone=f"90000{n:05d}") for n in range(1, 17)]

    def take_two(at: int) -> None:
        for student in students[at * 2 : at * 2 + 2]:
            till.payments.begin(student.uid, course.uid, Method.CASH)

    at_once(8, take_two)
    numbers = sorted(str(row["number"]) for row in till.ledger()["receipts"])
    assert numbers == [f"D1/26-27/{n:06d}" for n in range(1, 17)]


def test_complaint_19_what_was_kept_while_offline_is_sent_once(till: Till) -> None:
    student, course = till.student(), till.course()
    for _ in range(2):
        till.gateway.trouble("create_order", errors.UnavailableError("down"))
        begun = till.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
        with pytest.raises(errors.UnavailableError):
            till.payments.open(begun.uid)
    for _ in range(2):
        begun = till.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
        till.payments.open(begun.uid)
    assert len(till.gateway.orders) == 1


def test_complaint_20_two_processes_on_one_folder_make_one_order(till: Till) -> None:
    student, course = till.student(), till.course()
    other = compose_desk(till.context, ConnectionMonitor(till.clock)).payments
    uids = {
        each.begin(student.uid, course.uid, Method.UPI_INTENT).uid
        for each in (till.payments, other)
    }
    assert len(uids) == 1
    for each in (till.payments, other):
        each.open(next(iter(uids)))
    assert len(till.gateway.orders) == 1
    assert len(till.ledger()["attempts"]) == 1


# --- C. the QR expired or changed, but the money came


@pytest.mark.parametrize("method", [Method.UPI_INTENT, Method.PAYMENT_LINK])
@pytest.mark.parametrize("after", [timedelta(minutes=11), timedelta(days=5)])
def test_complaints_21_22_a_paid_expired_code_still_enrols(
    till: Till, method: Method, after: timedelta
) -> None:
    view = till.shown(method)
    till.payments.expire(view.uid)
    till.clock.advance(after.total_seconds())
    till.pay(view)  # from a screenshot of the QR
    till.polling.reconcile()
    paid = till.payments.view(view.uid)
    assert (paid.state, paid.was_late) == (PAID, True)


def test_complaint_23_an_old_request_is_not_marked_by_a_newer_ones_money(till: Till) -> None:
    first = till.shown(Method.UPI_INTENT)
    till.payments.expire(first.uid)
    begun = till.payments.begin(
        first.student_uid, till.courses.find("PHY-11").uid, Method.UPI_INTENT
    )
    second = till.payments.open(begun.uid)
    till.pay(second)
    till.polling.reconcile()
    assert (state(till, second), state(till, first)) == (PAID, AttemptState.EXPIRED)


def test_complaint_25_money_after_the_last_place_waits_for_a_decision(till: Till) -> None:
    course = till.course(seats=1)
    view = another(till, 1)
    till.payments.expire(view.uid)
    till.payments.begin(
        till.student("R002", phone="9000000002").uid, course.uid, Method.CASH
    )  # the last seat
    till.pay(view)
    till.polling.reconcile()
    [held] = till.desk.unapplied.held()
    assert not held.can_enrol
    assert {row.placement for row in till.receipts.recent()} == {Placement.DUE, Placement.NO_SEAT}


def test_complaint_25_what_was_paid_too_much_is_listed_and_pays_another_due(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    course = till.courses.find("PHY-11")
    till.payments.cancel(view.uid)
    till.payments.begin(view.student_uid, course.uid, Method.CASH)
    till.pay(view)
    till.polling.reconcile()
    [held] = till.desk.unapplied.held()
    other = till.courses.add(replace(course.course, code="CHE-11", title="Chemistry XI"))
    begun = till.payments.begin(view.student_uid, other.uid, Method.UPI_INTENT)
    with till.context.store.reading() as books:
        due = books.enrollments.due_of(begun.enrollment_uid)
    till.desk.unapplied.put_against(held.uid, due.uid)
    assert till.desk.unapplied.held() == ()
    assert sorted(str(row["state"]) for row in till.ledger()["enrollments"]) == ["active"] * 2


# --- E. offline


def test_complaints_32_34_37_cash_taken_offline_survives_as_paid(till: Till) -> None:
    line_down(till)
    paid = till.payments.begin(till.student().uid, till.course().uid, Method.CASH)
    till.restart()
    till.polling.run()
    assert state(till, paid) is PAID
    assert till.payments.cancel(paid.uid).state is PAID
    with pytest.raises(AlreadyEnrolledError):
        till.payments.begin(paid.student_uid, till.courses.find("PHY-11").uid, Method.CASH)
    assert [row["state"] for row in till.ledger()["enrollments"]] == ["active"]


def test_complaint_33_no_receipt_exists_without_its_payment(till: Till) -> None:
    till.payments.begin(till.student().uid, till.course().uid, Method.CASH)
    with closing(sqlite3.connect(till.context.folder / DATABASE)) as raw:
        raw.execute("PRAGMA foreign_keys = ON")
        for gone in ("DELETE FROM payments", "DELETE FROM receipts", "DELETE FROM ledger_entries"):
            with pytest.raises(sqlite3.IntegrityError):
                raw.execute(gone)


def test_complaint_35_a_fee_kept_to_collect_stays_with_its_student(till: Till) -> None:
    student, course = till.student(), till.course()
    till.gateway.trouble("create_order", errors.UnavailableError("down"))
    begun = till.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    with pytest.raises(errors.UnavailableError):
        till.payments.open(begun.uid)
    till.restart()
    assert till.payments.quote(student.uid, course.uid).is_kept
    assert [row["student"] for row in till.ledger()["enrollments"]] == ["R001"]


def test_complaint_36_search_enrolment_cash_and_reprints_work_offline(till: Till) -> None:
    line_down(till, times=99)
    student, course = till.student(name="Asha Rao"), till.course()
    assert [hit.uid for hit in till.students.search("asha")] == [student.uid]
    till.payments.begin(student.uid, course.uid, Method.CASH)
    latest = till.receipts.latest()
    assert latest is not None
    assert latest.number in till.receipts.html(latest.uid, "roll80")
    assert till.gateway.calls == []


def at_once(count: int, work: object) -> None:
    """Run the same work in several threads that start together; re-raise any error."""
    assert callable(work)
    barrier = threading.Barrier(count)
    raised: list[BaseException] = []

    def run(at: int) -> None:
        barrier.wait()
        try:
            work(at)
        except BaseException as error:  # noqa: BLE001 - reported to the test
            raised.append(error)

    threads = [threading.Thread(target=run, args=(at,)) for at in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]
