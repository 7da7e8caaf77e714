"""The rows of money in the database: what each query finds and leaves out, what is written once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.domain.enrollment import DueState, EnrollmentState
from desktop_app.domain.errors import IllegalTransitionError
from desktop_app.domain.ledger import Account, Entry, MovementKind
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.refund import RefundState
from desktop_app.services import errors
from desktop_app.services.ports.records import Movement
from tests.integration.reached import paid, shown
from tests.integration.test_held_money import doubled
from tests.integration.test_outbox import DOWN
from tests.integration.test_restored_money import FEE, attempt_of

if TYPE_CHECKING:
    from datetime import datetime

    from desktop_app.services.ports.records import PaymentRecord, RefundRecord
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")
OPEN = [RefundState.INTENT, RefundState.UNKNOWN, RefundState.PENDING]
COUNTED = [*OPEN, RefundState.PROCESSED]


def payment_of(counter: Counter, payment_id: str) -> PaymentRecord:
    with counter.context.store.reading() as books:
        found = books.payments.by_payment_id(payment_id)
    assert found is not None
    return found


def refund_in(
    counter: Counter, payment_id: str, state: RefundState, paise: int = 300
) -> RefundRecord:
    """A refund in a state that its way here would take long to reach."""
    counter.gateway.trouble("refund", DOWN)
    made = counter.desk.refunds.refund(payment_id, Money(paise), "leaves")
    if state is not RefundState.INTENT:
        with counter.context.store.writing() as work:
            assert work.refunds.save(replace(made, state=state), RefundState.INTENT)
            work.commit()
    return replace(made, state=state)


# --- refunds


@pytest.mark.parametrize("state", list(RefundState))
def test_which_refunds_count(counter: Counter, state: RefundState) -> None:
    payment_id = paid(counter)
    payment = payment_of(counter, payment_id)
    made = refund_in(counter, payment_id, state)
    counted = Money(300) if state in COUNTED else Money(0)
    agreed = Money(300) if state in {RefundState.PENDING, RefundState.PROCESSED} else Money(0)
    reader = counter.context.store.reader
    with counter.context.store.reading() as books:
        assert books.refunds.refunded(payment.uid) == counted
        assert books.refunds.returned(payment.uid) == agreed
        assert books.refunds.refundable(payment) == FEE - counted
        assert [each.uid for each, _ in books.refunds.all_open()] == (
            [made.uid] if state in OPEN else []
        )
    assert reader.exceptions.has_open_refunds() == (state in OPEN)
    assert reader.payments.is_posted(payment_id, agreed.paise)
    assert not reader.payments.is_posted(payment_id, agreed.paise + 1)
    assert not reader.payments.is_posted(payment_id, agreed.paise - 1)
    [row] = reader.payments.recent(5)
    assert row.state == ("partly refunded" if counted else "captured")


def test_the_refunds_of_another_payment_do_not_count(counter: Counter) -> None:
    payment_id = paid(counter)
    refund_in(counter, payment_id, RefundState.PROCESSED)
    other = counter.student("R002", phone="9000000002")
    counter.payments.begin(other.uid, counter.courses.find("PHY-11").uid, Method.CASH)
    [cash] = [row for row in counter.ledger()["payments"] if row["payment_id"] is None]
    with counter.context.store.reading() as books:
        payment = books.payments.find(str(cash["id"]))
        assert payment is not None
        assert books.refunds.refunded(payment.uid) == Money(0)
        assert books.refunds.of_payment(payment.uid) == ()
        assert books.refunds.refundable(payment) == FEE


def test_a_refund_is_saved_from_the_state_it_had_only(counter: Counter) -> None:
    payment_id = paid(counter)
    made = refund_in(counter, payment_id, RefundState.INTENT)
    with counter.context.store.writing() as work:
        processed = replace(made, state=RefundState.PROCESSED, refund_id="rfnd_1")
        assert not work.refunds.save(processed, RefundState.UNKNOWN)
        assert work.refunds.save(processed, RefundState.INTENT)
        assert not work.refunds.save(processed, RefundState.INTENT)
        with pytest.raises(IllegalTransitionError):
            work.refunds.save(made, RefundState.PROCESSED)
        found = work.refunds.get(made.uid)
        assert found is not None
        assert found[0] == processed
        assert found[1].payment_id == payment_id
        assert work.refunds.get("no such refund") is None
        work.commit()


def test_the_refunds_of_a_payment_are_oldest_first(counter: Counter) -> None:
    payment_id = paid(counter)
    first = refund_in(counter, payment_id, RefundState.PENDING, 100)
    counter.clock.advance(60)
    second = refund_in(counter, payment_id, RefundState.UNKNOWN, 200)
    with counter.context.store.reading() as books:
        assert [each.uid for each, _ in books.refunds.all_open()] == [first.uid, second.uid]
    assert [each.uid for each in counter.desk.refunds.of(payment_id)] == [first.uid, second.uid]


def test_a_payment_that_went_back_whole_is_refunded(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.desk.refunds.refund(payment_id, None, "leaves")
    assert [row.state for row in counter.context.store.reader.payments.recent(5)] == ["refunded"]


# --- payments


def test_a_payment_is_found_by_either_id(counter: Counter) -> None:
    payment = payment_of(counter, paid(counter))
    with counter.context.store.reading() as books:
        assert books.payments.find(payment.uid) == payment
        assert books.payments.find(payment.payment_id or "") == payment
        assert books.payments.find("another") is None
        assert books.payments.by_payment_id(payment.uid) is None
    reader = counter.context.store.reader.payments
    assert reader.is_known(payment.payment_id or "")
    assert not reader.is_known("pay_another")
    assert not reader.is_posted("pay_another", 0)


def test_a_payment_pays_the_due_it_was_for(counter: Counter) -> None:
    payment = payment_of(counter, paid(counter))
    due = attempt_of(counter, (payment.attempt_uid or "")).due_uid
    with counter.context.store.reading() as books:
        assert books.payments.due_paid_by(payment) == due
    counter.desk.refunds.refund(payment.uid, None, "leaves")
    with counter.context.store.reading() as books:
        assert books.payments.due_paid_by(payment) is None, "it is cancelled"


def test_a_payment_that_came_twice_pays_no_due(counter: Counter) -> None:
    surplus = payment_of(counter, doubled(counter).payment_id or "")
    with counter.context.store.reading() as books:
        assert books.payments.due_paid_by(surplus) is None


CLUES: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"utr": "0001"}, True),
    ({"utr": "9999"}, False),
    ({"phone": "9000000001"}, True),
    ({"phone": "9000000011"}, True),
    ({"phone": "9000000009"}, False),
    ({"amount": FEE}, True),
    ({"amount": Money(1)}, False),
    ({"utr": "0001", "amount": Money(1)}, False),
    ({"late": 0}, True),
    ({"late": 1}, False),
]


def test_every_clue_has_to_fit(counter: Counter) -> None:
    counter.course()
    counter.student("R001", guardian_phone="9000000011")
    course, student = counter.courses.find("PHY-11"), counter.students.find("R001")
    view = counter.payments.open(
        counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT).uid
    )
    payment_id = counter.pay(view)
    counter.gateway._set(payment_id, rrn="123456780001")
    counter.polling.run()
    for clues, is_found in CLUES:
        given = dict(clues)
        since = counter.context.now() + timedelta(microseconds=given.pop("late", 0))
        rows = counter.context.store.reader.payments.matching(
            **{"utr": "", "vpa": "", "phone": "", "amount": None, **given}, since=since
        )
        assert [row.payment_id for row in rows] == [payment_id] * is_found, clues


def test_payments_that_fit_are_found_newest_first(counter: Counter) -> None:
    first = paid(counter)
    counter.clock.advance(60)
    second = counter.student("R002", phone="9000000002")
    counter.payments.begin(second.uid, counter.courses.find("PHY-11").uid, Method.CASH)
    payments = counter.context.store.reader.payments
    rows = payments.matching(
        utr="", vpa="", phone="", amount=FEE, since=counter.context.now() - timedelta(days=1)
    )
    assert [row.roll_no for row in rows] == ["R002", "R001"]
    assert [row.roll_no for row in payments.posted([first, "pay_another"])] == ["R001"]
    assert payments.posted([]) == ()


# --- attempts


def test_a_due_has_one_live_attempt(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    attempt = attempt_of(counter, view.uid)
    again = replace(attempt, uid="second", reference="D1-second", order_id=None, order_receipt=None)
    with pytest.raises(errors.DuplicateError), counter.context.store.writing() as work:
        work.attempts.add(again)
    with counter.context.store.writing() as work:
        ended = replace(again, state=AttemptState.CANCELLED)
        work.attempts.add(ended, "a note")
        assert [each.uid for each in work.attempts.of_due(attempt.parts[0].due_uid)] == [
            attempt.uid,
            "second",
        ]
        assert work.attempts.find("D1-second") == ended
        assert work.attempts.find("D1-third") is None
        with pytest.raises(KeyError):
            work.attempts.get("third")
        work.commit()
    assert events(counter, "second") == [("cancelled", "a note")]


def events(counter: Counter, uid: str) -> list[tuple[str, str]]:
    with counter.context.store.readers.reading() as reading:  # type: ignore[attr-defined]
        rows = reading.execute(
            "SELECT state, note FROM attempt_events WHERE attempt_uid = :uid ORDER BY id",
            {"uid": uid},
        )
        return [(row.state, row.note) for row in rows]


def test_an_attempt_is_saved_from_the_state_it_had_only(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    attempt = attempt_of(counter, view.uid)
    before = events(counter, view.uid)
    ended = replace(attempt, state=AttemptState.EXPIRED)
    with counter.context.store.writing() as work:
        assert not work.attempts.save(ended, AttemptState.ORDERED, "stale")
        assert work.attempts.save(replace(attempt, qr_text="another"), AttemptState.AWAITING)
        assert work.attempts.get(view.uid).qr_text == "another"
        assert work.attempts.save(ended, AttemptState.AWAITING, "its time is over")
        with pytest.raises(IllegalTransitionError):
            work.attempts.save(attempt, AttemptState.EXPIRED)
        assert work.attempts.updated_at(view.uid) == counter.context.now()
        work.commit()
    assert events(counter, view.uid) == [*before, ("expired", "its time is over")]


@pytest.mark.parametrize("method", [Method.QR_CODE, Method.PAYMENT_LINK])
def test_ending_what_may_be_open_leaves_the_command_that_closes_it(
    counter: Counter, method: Method
) -> None:
    attempt = attempt_of(counter, shown(counter, method).uid)
    ends = (AttemptState.EXPIRED, AttemptState.CANCELLED, AttemptState.PAID)
    for is_open, state in product((True, False), ends):
        with counter.context.store.writing() as work:
            stale = replace(attempt, state=AttemptState.CANCELLED)
            assert not work.attempts.save(stale, AttemptState.ORDERED)
            assert work.outbox.get(attempt.uid) is None, "nothing was ended"
            assert work.attempts.save(
                replace(attempt, is_remote_open=is_open, state=state), attempt.state
            )
            command = work.outbox.get(attempt.uid)
            work.nothing_to_write()  # the next case begins from the same rows
        assert (command is not None) == (is_open and state is not AttemptState.PAID), (
            is_open,
            state,
        )
        if command is not None:
            assert (command.remote_id, command.key_id) == (attempt.remote_id, attempt.key_id)


def test_a_failure_is_news_once(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    with counter.context.store.writing() as work:
        assert work.attempts.failure(view.uid) == ""
        assert work.attempts.set_failure(view.uid, "Not enough money")
        assert not work.attempts.set_failure(view.uid, "Not enough money")
        assert work.attempts.failure(view.uid) == "Not enough money"
        assert work.attempts.failure("another") == ""
        work.commit()


def test_an_order_is_one_row_and_can_be_moved_or_dropped(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    attempt = attempt_of(counter, view.uid)
    order_id = attempt.order_id or ""
    reader = counter.context.store.reader.attempts
    assert reader.dues_of_order(order_id) == {attempt.due_uid}
    assert reader.dues_of_order("order_another") == frozenset()
    with counter.context.store.writing() as work:
        work.attempts.add_order(replace(attempt, due_uid="another"), counter.context.now())
        assert [each.uid for each in work.attempts.of_order(order_id)] == [view.uid]
        work.attempts.move_order("order_another", "order_new")
        work.attempts.move_order(order_id, "order_new")
        assert work.attempts.of_order(order_id) == ()
        assert [each.uid for each in work.attempts.of_order("order_new")] == [view.uid]
        work.commit()
    assert reader.dues_of_order("order_new") == {attempt.due_uid}
    assert reader.dues_of_order(order_id) == frozenset()
    assert attempt_of(counter, view.uid).order_receipt == attempt.order_receipt
    with counter.context.store.writing() as work:
        work.attempts.drop_order("order_new")
        work.commit()
    assert attempt_of(counter, view.uid).order_id is None
    assert reader.dues_of_order("order_new") == frozenset()


def test_which_attempts_are_watched(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    attempt = attempt_of(counter, view.uid)
    for state, sent in product(AttemptState, (True, False)):
        with counter.context.store.writing() as work:
            work._connection.execute(  # type: ignore[attr-defined]
                "UPDATE attempts SET state = ?, sent = ? WHERE uid = ?",
                (state.value, sent, view.uid),
            )
            work._seals.add("attempts", view.uid)  # type: ignore[attr-defined]
            work.commit()
        for is_old in (True, False):
            since = attempt.created_at + timedelta(microseconds=is_old)
            check_watched(counter, state, since, is_old=is_old, sent=sent)


def check_watched(
    counter: Counter, state: AttemptState, since: datetime, *, is_old: bool, sent: bool
) -> None:
    """Check which questions find the only attempt."""
    case, reader = (state, is_old, sent), counter.context.store.reader.attempts
    is_live = state.value in {"intent", "unknown", "ordered", "awaiting"}
    has_ended = state.value in {"expired", "cancelled"}
    is_recent = not is_old and state is not AttemptState.REJECTED
    assert bool(reader.live()) == is_live, case
    assert bool(reader.open_since(since)) == (is_live or (has_ended and not is_old and sent)), case
    assert bool(reader.watched(since)) == (sent and (is_live or has_ended or is_recent)), case
    found = reader.awaiting(phone="9000000001", amount=FEE)
    assert (found is not None) == (state is AttemptState.AWAITING), case


OPEN_CLUES = (
    ("", None, True),
    ("9000000001", None, True),
    ("9000000011", None, True),
    ("9000000009", None, False),
    ("", FEE, True),
    ("", Money(1), False),
    ("9000000001", Money(1), False),
)


def test_an_open_attempt_is_found_by_every_clue(counter: Counter) -> None:
    course = counter.course()
    student = counter.student("R001", guardian_phone="9000000011")
    begun = counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    reader = counter.context.store.reader.attempts
    for phone, amount, _ in OPEN_CLUES:
        assert reader.awaiting(phone=phone, amount=amount) is None, "nothing is shown yet"
    counter.payments.open(begun.uid)
    for phone, amount, is_found in OPEN_CLUES:
        row = reader.awaiting(phone=phone, amount=amount)
        assert (None if row is None else row.uid) == (begun.uid if is_found else None), (
            phone,
            amount,
        )


def test_attempts_are_oldest_first(counter: Counter) -> None:
    course = counter.course()
    uids = []
    for number in (3, 1, 2):
        student = counter.student(f"R00{number}", phone=f"900000000{number}")
        uids.append(counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT).uid)
        counter.payments.open(uids[-1])
        counter.clock.advance(60)
    reader = counter.context.store.reader.attempts
    since = counter.context.now() - timedelta(days=1)
    for found in (reader.live(), reader.open_since(since), reader.watched(since)):
        assert [each.uid for each in found] == uids
    newest = reader.awaiting(phone="", amount=None)
    assert newest is not None
    assert newest.uid == uids[-1]
    with pytest.raises(KeyError):
        reader.get("another")


def test_cash_is_not_looked_for_at_the_gateway(counter: Counter) -> None:
    course, student = counter.course(), counter.student()
    counter.payments.begin(student.uid, course.uid, Method.CASH)
    reader = counter.context.store.reader.attempts
    since = counter.context.now() - timedelta(days=1)
    assert reader.watched(since) == ()
    assert reader.awaiting(phone="", amount=None) is None


# --- receipts, the ledger, decisions


def test_numbers_go_up_by_one_and_never_back(counter: Counter) -> None:
    with counter.context.store.writing() as work:
        receipts = work.receipts
        assert receipts.last_sequence("D1", "26-27") == 0
        assert [receipts.next_sequence("D1", "26-27") for _ in range(2)] == [1, 2]
        assert receipts.last_sequence("D1", "26-27") == 2
        assert receipts.last_sequence("D1", "27-28") == 0
        assert receipts.last_sequence("D2", "26-27") == 0
        assert receipts.advance_series("D1", "26-27", 10) == 10
        assert receipts.advance_series("D1", "26-27", 5) == 10
        assert receipts.advance_series("D2", "26-27", 7) == 7
        assert receipts.next_sequence("D1", "26-27") == 11
        assert receipts.next_sequence("D1", "27-28") == 1
        work.commit()


def test_prints_are_counted_by_receipt(counter: Counter) -> None:
    paid(counter)
    reader = counter.context.store.reader.receipts
    receipt = reader.latest()
    assert receipt is not None
    assert receipt.prints == 0
    with counter.context.store.writing() as work:
        work.receipts.add_print(receipt.uid, "a5", counter.context.now())
        work.commit()
    now = reader.get(receipt.uid)
    assert now is not None
    assert (now.prints, now.refunded) == (1, None)
    assert reader.get("another") is None
    assert reader.of_attempt("another") is None


def test_a_movement_that_does_not_sum_is_refused(counter: Counter) -> None:
    payment = payment_of(counter, paid(counter))
    lopsided = (Entry(Account.CASH, Money(2)), Entry(Account.FEES, Money(-1)))
    with counter.context.store.writing() as work:
        with pytest.raises(ValueError, match="sum to zero"):
            work.ledger.add(
                Movement(
                    "m", counter.context.now(), MovementKind.PAYMENT, "p", payment.uid, lopsided
                )
            )
        work.nothing_to_write()


def test_a_decision_is_made_once_about_money_that_is_held(counter: Counter) -> None:
    held = doubled(counter)
    [cash] = [row for row in counter.ledger()["payments"] if row["payment_id"] is None]
    due = attempt_of(counter, str(cash["attempt"])).due_uid
    with counter.context.store.writing() as work:
        with pytest.raises(errors.DuplicateError):
            work.unapplied.decide(str(cash["id"]), "enrolled", due, counter.context.now())
        work.unapplied.decide(held.uid, "enrolled", due, counter.context.now())
        entries = (Entry(Account.TO_RETURN, held.amount), Entry(Account.FEES, -held.amount))
        at, decision = counter.context.now(), MovementKind.DECISION
        work.ledger.add(Movement("m", at, decision, held.uid, held.uid, entries))
        with pytest.raises(errors.DuplicateError):
            work.unapplied.decide(held.uid, "enrolled", due, counter.context.now())
        work.commit()


def test_a_due_and_an_enrolment_advance_once(counter: Counter) -> None:
    attempt = attempt_of(counter, shown(counter, Method.UPI_INTENT).uid)
    with counter.context.store.writing() as work:
        enrolments = work.enrollments
        due, enrolment = attempt.parts[0].due_uid, attempt.enrollment_uid or ""
        assert enrolments.advance_due(due, DueState.OPEN, DueState.PAID)
        assert not enrolments.advance_due(due, DueState.OPEN, DueState.PAID)
        pending, active = EnrollmentState.PENDING, EnrollmentState.ACTIVE
        assert enrolments.advance(enrolment, pending, active)
        assert not enrolments.advance(enrolment, pending, active)
        work.commit()
