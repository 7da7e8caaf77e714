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
from tests.integration.reached import shown

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Counter

CHANNELS = [Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK]
LOOKS = ("orders_since", "fetch_order", "fetch_qr", "fetch_link")
PAID = AttemptState.PAID
MANY = 85
"""Payments of many students, between which the desk polls now and then."""


def another(counter: Counter, number: int, method: Method = Method.UPI_INTENT) -> AttemptView:
    """Serve one more parent until the QR is shown."""
    student = counter.student(f"R{number:03d}", phone=f"90000{number:05d}")
    begun = counter.payments.begin(student.uid, counter.courses.find("PHY-11").uid, method)
    return counter.payments.open(begun.uid)


def line_down(counter: Counter, times: int = 6) -> None:
    """Make the next polls fail."""
    for call in (*LOOKS, "ping"):
        counter.gateway.trouble(call, errors.UnavailableError("down"), times=times)


def state(counter: Counter, view: AttemptView) -> AttemptState:
    return counter.payments.view(view.uid).state


# --- A. paid, but the system says pending


@pytest.mark.parametrize("method", CHANNELS)
def test_complaints_01_04_09_a_payment_needs_no_webhook_to_be_seen(
    counter: Counter, method: Method
) -> None:
    view = shown(counter, method)
    counter.pay(view)
    assert counter.polling.run().succeeded
    assert state(counter, view) is PAID


def test_complaint_02_no_payment_stays_pending_when_polls_fail(counter: Counter) -> None:
    counter.course()
    views = [another(counter, number) for number in range(1, 26)]
    for at, view in enumerate(views):
        counter.pay(view)
        if at % 3 == 0:
            line_down(counter, times=2)
            counter.polling.run()
    counter.gateway.troubles.clear()
    counter.polling.run()
    assert {state(counter, view) for view in views} == {PAID}


def test_complaint_03_a_payment_that_is_authorised_after_days_is_picked_up(
    counter: Counter,
) -> None:
    counter.gateway.auto_capture = False
    view = shown(counter, Method.UPI_INTENT)
    counter.payments.expire(view.uid)
    counter.clock.advance(3 * 86_400)
    counter.pay(view)
    counter.polling.reconcile()
    assert state(counter, view) is PAID
    assert counter.payments.view(view.uid).was_late


def test_complaint_05_paid_is_shown_by_the_first_poll_after_the_capture(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    assert counter.polling.run().changed == ()
    counter.pay(view)
    assert [each.state for each in counter.polling.run().changed] == [PAID]


@pytest.mark.parametrize("method", CHANNELS)
def test_complaints_06_10_a_timer_that_runs_out_while_the_parent_pays_ends_as_paid(
    counter: Counter, method: Method
) -> None:
    view = shown(counter, method)
    counter.pay(view)
    counter.clock.advance(view.lifetime_s or 0)
    assert counter.payments.expire(view.uid).state is PAID


def test_complaint_07_what_is_charged_always_has_a_row(counter: Counter) -> None:
    counter.gateway.trouble(
        "create_intent", errors.OutcomeUnknownError("lost"), is_done=True, times=9
    )
    begun = counter.payments.begin(counter.student().uid, counter.course().uid, Method.UPI_INTENT)
    with suppress(errors.GatewayError):
        counter.payments.open(begun.uid)
    counter.gateway.troubles.clear()
    counter.gateway.pay(next(iter(counter.gateway.payable)))  # somebody paid by the lost link
    counter.restart()
    counter.polling.reconcile()
    assert state(counter, begun) is PAID
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["active"]


def test_complaint_08_each_of_many_captured_payments_has_one_enrolment(counter: Counter) -> None:
    counter.course()
    for number in range(1, MANY + 1):
        counter.pay(another(counter, number))
        if number % 20 == 0:
            counter.polling.run()
    counter.polling.run()
    ledger = counter.ledger()
    assert len(ledger["payments"]) == len(ledger["receipts"]) == MANY
    assert [row["state"] for row in ledger["enrollments"]] == ["active"] * MANY
    assert len({row["payment_id"] for row in ledger["payments"]}) == MANY


def test_complaint_11_leaving_a_payment_never_fails_it(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    counter.pay(view)
    counter.restart()  # the window was closed and reopened
    assert [each.uid for each in counter.payments.waiting()] == [view.uid]
    counter.polling.run()
    assert state(counter, view) is PAID


def test_complaint_12_a_pending_upi_payment_waits_until_it_is_decided(counter: Counter) -> None:
    counter.gateway.auto_capture = False
    view = shown(counter, Method.UPI_INTENT)
    counter.gateway.trouble("capture", errors.UnavailableError("down"))
    counter.pay(view)
    counter.polling.run()
    assert state(counter, view) is AttemptState.AWAITING
    counter.polling.run()
    assert state(counter, view) is PAID


def test_complaint_13_the_utr_is_on_the_payment_and_on_its_receipt(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    counter.pay(view)
    [paid] = counter.polling.run().changed
    assert paid.rrn
    assert paid.rrn in counter.receipts.html(paid.receipt_uid or "", "a5")


# --- B. paid twice, two records for one payment


def test_complaint_14_asking_twice_within_a_second_makes_one_order(counter: Counter) -> None:
    student, course = counter.student(), counter.course()
    for _ in range(2):
        begun = counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
        counter.payments.open(begun.uid)
    assert len(counter.gateway.orders) == len(counter.gateway.payments) == 1


def test_complaints_15_17_a_payment_id_is_stored_once(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    counter.pay(view)
    for _ in range(4):
        counter.polling.run()
        counter.polling.reconcile()
    assert len(counter.ledger()["payments"]) == 1
    with (
        closing(sqlite3.connect(counter.context.folder / DATABASE)) as raw,
        pytest.raises(sqlite3.IntegrityError, match="UNIQUE"),
    ):
        raw.execute("CREATE TEMP TABLE copied AS SELECT * FROM payments")
        raw.execute("UPDATE copied SET uid = 'another'")
        columns = [row[1] for row in raw.execute("PRAGMA table_info(payments)") if row[1] != "id"]
        names = ", ".join(columns)
        raw.execute(f"INSERT INTO payments ({names}) SELECT {names} FROM copied")


def test_complaint_16_two_simultaneous_polls_book_once(counter: Counter) -> None:
    counter.course()
    views = [another(counter, number) for number in range(1, 9)]
    for view in views:
        counter.pay(view)
    at_once(2, lambda _at: counter.polling.run())
    assert len(counter.ledger()["payments"]) == len(counter.ledger()["receipts"]) == 8


def test_complaint_18_eight_cashiers_at_once_give_eight_different_numbers(counter: Counter) -> None:
    course = counter.course()
    students = [counter.student(f"R{n:03d}", phone=f"90000{n:05d}") for n in range(1, 17)]

    def take_two(at: int) -> None:
        for student in students[at * 2 : at * 2 + 2]:
            counter.payments.begin(student.uid, course.uid, Method.CASH)

    at_once(8, take_two)
    numbers = sorted(str(row["number"]) for row in counter.ledger()["receipts"])
    assert numbers == [f"D1/26-27/{n:06d}" for n in range(1, 17)]


def test_complaint_19_what_was_kept_while_offline_is_sent_once(counter: Counter) -> None:
    student, course = counter.student(), counter.course()
    for _ in range(2):
        counter.gateway.trouble("create_order", errors.UnavailableError("down"))
        begun = counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
        with pytest.raises(errors.UnavailableError):
            counter.payments.open(begun.uid)
    for _ in range(2):
        begun = counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
        counter.payments.open(begun.uid)
    assert len(counter.gateway.orders) == 1


def test_complaint_20_two_processes_on_one_folder_make_one_order(counter: Counter) -> None:
    student, course = counter.student(), counter.course()
    other = compose_desk(counter.context, ConnectionMonitor(counter.clock)).payments
    uids = {
        each.begin(student.uid, course.uid, Method.UPI_INTENT).uid
        for each in (counter.payments, other)
    }
    assert len(uids) == 1
    for each in (counter.payments, other):
        each.open(next(iter(uids)))
    assert len(counter.gateway.orders) == 1
    assert len(counter.ledger()["attempts"]) == 1


# --- C. the QR expired or changed, but the money came


@pytest.mark.parametrize("method", [Method.UPI_INTENT, Method.PAYMENT_LINK])
@pytest.mark.parametrize("after", [timedelta(minutes=11), timedelta(days=5)])
def test_complaints_21_22_a_paid_expired_code_still_enrols(
    counter: Counter, method: Method, after: timedelta
) -> None:
    view = shown(counter, method)
    counter.payments.expire(view.uid)
    counter.clock.advance(after.total_seconds())
    counter.pay(view)  # from a screenshot of the QR
    counter.polling.reconcile()
    paid = counter.payments.view(view.uid)
    assert (paid.state, paid.was_late) == (PAID, True)


def test_complaint_23_an_old_request_is_not_marked_by_a_newer_ones_money(counter: Counter) -> None:
    first = shown(counter, Method.UPI_INTENT)
    counter.payments.expire(first.uid)
    begun = counter.payments.begin(
        first.student_uid, counter.courses.find("PHY-11").uid, Method.UPI_INTENT
    )
    second = counter.payments.open(begun.uid)
    counter.pay(second)
    counter.polling.reconcile()
    assert (state(counter, second), state(counter, first)) == (PAID, AttemptState.EXPIRED)


def test_complaint_25_money_after_the_last_place_waits_for_a_decision(counter: Counter) -> None:
    course = counter.course(seats=1)
    view = another(counter, 1)
    counter.payments.expire(view.uid)
    counter.payments.begin(
        counter.student("R002", phone="9000000002").uid, course.uid, Method.CASH
    )  # the last seat
    counter.pay(view)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    assert not held.can_enrol
    assert {row.placement for row in counter.receipts.recent()} == {
        Placement.APPLIED,
        Placement.NO_SEAT,
    }


def test_complaint_25_what_was_paid_too_much_is_listed_and_pays_another_due(
    counter: Counter,
) -> None:
    view = shown(counter, Method.UPI_INTENT)
    course = counter.courses.find("PHY-11")
    counter.payments.cancel(view.uid)
    counter.payments.begin(view.student_uid, course.uid, Method.CASH)
    counter.pay(view)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    other = counter.courses.add(replace(course.course, code="CHE-11", title="Chemistry XI"))
    begun = counter.payments.begin(view.student_uid, other.uid, Method.UPI_INTENT)
    with counter.context.store.reading() as books:
        due = books.enrollments.due_of(begun.enrollment_uid or "")
    counter.desk.unapplied.put_against(held.uid, due.uid)
    assert counter.desk.unapplied.held() == ()
    assert sorted(str(row["state"]) for row in counter.ledger()["enrollments"]) == ["active"] * 2


# --- E. offline


def test_complaints_32_34_37_cash_taken_offline_survives_as_paid(counter: Counter) -> None:
    line_down(counter)
    paid = counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
    counter.restart()
    counter.polling.run()
    assert state(counter, paid) is PAID
    assert counter.payments.cancel(paid.uid).state is PAID
    with pytest.raises(AlreadyEnrolledError):
        counter.payments.begin(paid.student_uid, counter.courses.find("PHY-11").uid, Method.CASH)
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["active"]


def test_complaint_33_no_receipt_exists_without_its_payment(counter: Counter) -> None:
    counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as raw:
        raw.execute("PRAGMA foreign_keys = ON")
        for gone in ("DELETE FROM payments", "DELETE FROM receipts", "DELETE FROM ledger_entries"):
            with pytest.raises(sqlite3.IntegrityError):
                raw.execute(gone)


def test_complaint_35_a_fee_kept_to_collect_stays_with_its_student(counter: Counter) -> None:
    student, course = counter.student(), counter.course()
    counter.gateway.trouble("create_order", errors.UnavailableError("down"))
    begun = counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    with pytest.raises(errors.UnavailableError):
        counter.payments.open(begun.uid)
    counter.restart()
    assert counter.payments.quote(student.uid, course.uid).is_kept
    assert [row["student"] for row in counter.ledger()["enrollments"]] == ["R001"]


def test_complaint_36_search_enrolment_cash_and_reprints_work_offline(counter: Counter) -> None:
    line_down(counter, times=99)
    student, course = counter.student(name="Asha Rao"), counter.course()
    assert [hit.uid for hit in counter.students.search("asha")] == [student.uid]
    counter.payments.begin(student.uid, course.uid, Method.CASH)
    latest = counter.receipts.latest()
    assert latest is not None
    assert latest.number in counter.receipts.html(latest.uid, "roll80")
    assert counter.gateway.calls == []


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
