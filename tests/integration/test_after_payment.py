"""After the payment: refunds, late payments, “the parent says paid”, and the audit trail."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from desktop_app.domain.errors import InvalidInputError, NoSeatError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method, Placement
from desktop_app.domain.refund import RefundState
from desktop_app.services import errors
from desktop_app.services.maintenance.audit_verification import AuditVerifier
from desktop_app.services.posting.kept_enrolments import KEPT
from desktop_app.services.views.enrolment import DueFilter
from desktop_app.storage.store import DATABASE, SqlStore
from tests.integration.reached import paid
from tests.proofs.proof_desk import CommitHookStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.integration.conftest import Counter


def balance(counter: Counter) -> dict[str, int]:
    """Return the balance of each ledger account."""
    with cast("SqlStore", counter.context.store).readers.reading() as reading:
        rows = reading.execute(
            "SELECT account, sum(amount_paise) AS paise FROM ledger_entries GROUP BY account"
        )
        return {name: paise for name, paise in rows.all() if paise}


def test_a_refund_in_full_ends_the_enrolment_and_empties_the_drawer(counter: Counter) -> None:
    payment_id = paid(counter)
    done = counter.desk.refunds.refund(payment_id, None, "leaves for another city")
    assert (done.state, done.amount) == (RefundState.PROCESSED, Money(1_180_000))
    ledger = counter.ledger()
    assert [row["state"] for row in ledger["enrollments"]] == ["cancelled"]
    assert [row["state"] for row in ledger["payments"]] == ["refunded"]
    assert balance(counter) == {}
    counter.polling.reconcile()
    assert len(counter.ledger()["refunds"]) == 1, "what the gateway shows is the same refund"


def test_a_refund_in_part_keeps_the_enrolment(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.desk.refunds.refund(payment_id, Money(180_000), "scholarship")
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["active"]
    assert balance(counter) == {"gateway": 1_000_000, "fees": -1_000_000}
    with pytest.raises(InvalidInputError, match=r"₹10,000\.00"):
        counter.desk.refunds.refund(payment_id, Money(1_000_001), "too much")
    counter.desk.refunds.refund(payment_id, None, "the rest")
    with pytest.raises(InvalidInputError, match="You already refunded this payment in full"):
        counter.desk.refunds.refund(payment_id, Money(1), "once more")


def test_which_enrolments_a_refund_ends_is_known_before(counter: Counter) -> None:
    payment_id = paid(counter)
    refunds = counter.desk.refunds
    assert refunds.ending(payment_id, Money(1_179_999)) == ()
    [ending] = refunds.ending(payment_id, Money(1_180_000))
    assert ending.course_label == "Physics XI · Morning"
    refunds.refund(payment_id, Money(180_000), "a part")
    assert refunds.ending(payment_id, Money(999_999)) == ()
    assert refunds.ending(payment_id, Money(1_000_000)) == (ending,)
    refunds.refund(payment_id, None, "the rest")
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["cancelled"]


class PowerOffError(BaseException):
    """Ends the process here."""


@pytest.fixture
def off_at_commit(counter: Counter) -> Iterator[Callable[[int, bool], None]]:
    """Cut the power at a commit of the desk, before or after it was written."""
    store, made = counter.context.store, 0
    assert isinstance(store, SqlStore)

    def cut(number: int, is_after: bool) -> None:
        nonlocal made
        made = 0

        def commit(_work: object, write: Callable[[], None]) -> None:
            nonlocal made
            made += 1
            if made == number and not is_after:
                raise PowerOffError
            write()
            if made == number:
                raise PowerOffError

        counter.context = replace(counter.context, store=CommitHookStore(store, commit))
        counter.restart()

    yield cut
    counter.context = replace(counter.context, store=store)
    counter.restart()


def enrolments(counter: Counter) -> list[str]:
    return [row["state"] for row in counter.ledger()["enrollments"]]


def kept_uids(counter: Counter, payment: str) -> list[str]:
    return [each.uid for each in counter.desk.refunds.ending(payment, Money(1_180_000))]


@pytest.mark.usefixtures("books_hold")
def test_an_enrolment_that_stays_is_made_again_with_the_refund(counter: Counter) -> None:
    payment_id = paid(counter)
    kept = kept_uids(counter, payment_id)
    counter.desk.refunds.refund(payment_id, None, "pays in cash instead", kept=kept)
    assert enrolments(counter) == ["cancelled", "pending"]
    [due] = counter.desk.enrolments.dues(DueFilter())
    assert due.balance == Money(1_180_000)
    counter.polling.reconcile()
    assert enrolments(counter) == ["cancelled", "pending"]


@pytest.mark.usefixtures("books_hold")
def test_an_enrolment_stays_after_a_refund_that_was_asked_for_offline(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.down = errors.UnavailableError("cable")
    kept = kept_uids(counter, payment_id)
    asked = counter.desk.refunds.refund(payment_id, None, "pays in cash", kept=kept)
    assert (asked.state, enrolments(counter)) == (RefundState.INTENT, ["active"])
    counter.restart()
    counter.gateway.down = None
    counter.polling.reconcile()
    assert enrolments(counter) == ["cancelled", "pending"]


@pytest.mark.parametrize("method", [Method.CASH, Method.UPI_INTENT])
@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_power_cut_never_leaves_a_refund_without_the_enrolment_that_stays(
    counter: Counter,
    off_at_commit: Callable[[int, bool], None],
    method: Method,
    number: int,
    *,
    is_after: bool,
) -> None:
    if method is Method.CASH:
        counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
        payment = str(counter.ledger()["payments"][0]["id"])
    else:
        payment = paid(counter, method)
    kept = kept_uids(counter, payment)
    off_at_commit(number, is_after)
    with suppress(PowerOffError):
        counter.desk.refunds.refund(payment, None, "pays otherwise", kept=kept)
        counter.desk.refunds.follow()
    returned = bool(balance(counter) == {})
    assert enrolments(counter) == (["cancelled", "pending"] if returned else ["active"])
    counter.restart()
    with suppress(PowerOffError):
        counter.polling.reconcile()
    counter.polling.reconcile()
    was_asked = bool(counter.ledger()["refunds"])
    assert enrolments(counter) == (["cancelled", "pending"] if was_asked else ["active"])


def test_a_refused_refund_keeps_the_one_enrolment_that_there_is(counter: Counter) -> None:
    payment_id = paid(counter)
    kept = kept_uids(counter, payment_id)
    counter.gateway.trouble("refund", errors.RejectedError("no balance"))
    with pytest.raises(errors.RejectedError):
        counter.desk.refunds.refund(payment_id, None, "pays in cash", kept=kept)
    assert enrolments(counter) == ["active"]
    assert counter.context.store.reader.settings.all().get(KEPT, "{}") == "{}"
    counter.desk.refunds.refund(payment_id, None, "leaves")
    assert enrolments(counter) == ["cancelled"]


@pytest.mark.parametrize("is_done", [True, False])
def test_a_lost_refund_is_asked_for_again_by_its_key(counter: Counter, is_done: bool) -> None:
    payment_id = paid(counter)
    counter.gateway.trouble("refund", errors.OutcomeUnknownError("lost"), is_done=is_done)
    assert counter.desk.refunds.refund(payment_id, None, "leaves").state is RefundState.PROCESSED
    assert len(counter.gateway.refunds) == 1
    assert balance(counter) == {}


def test_a_refund_lost_twice_is_followed_later(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.trouble("refund", errors.OutcomeUnknownError("lost"), times=2)
    with pytest.raises(errors.OutcomeUnknownError):
        counter.desk.refunds.refund(payment_id, None, "leaves")
    with pytest.raises(InvalidInputError):
        counter.desk.refunds.refund(payment_id, None, "what is on its way counts")
    counter.polling.reconcile()
    assert [row["state"] for row in counter.ledger()["refunds"]] == ["processed"]
    assert len(counter.gateway.refunds) == 1


def test_a_pending_refund_is_followed_to_its_end(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.refund_status = "pending"
    assert counter.desk.refunds.refund(payment_id, None, "leaves").state is RefundState.PENDING
    assert balance(counter) == {}
    [(key, fact)] = counter.gateway.refunds.items()
    counter.gateway.refunds[key] = replace(fact, status="failed")
    assert counter.desk.refunds.follow() == (1, 0)
    assert balance(counter) == {"gateway": 1_180_000, "to_return": -1_180_000}
    assert [row["state"] for row in counter.ledger()["refunds"]] == ["failed"]


def test_a_refused_refund_is_not_counted(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.trouble(
        "refund", errors.RejectedError("Your account does not have enough balance")
    )
    with pytest.raises(errors.RejectedError):
        counter.desk.refunds.refund(payment_id, None, "leaves")
    assert [row["state"] for row in counter.ledger()["refunds"]] == ["rejected"]
    assert [row["state"] for row in counter.ledger()["payments"]] == ["captured"]
    assert counter.desk.refunds.refund(payment_id, None, "again").state is RefundState.PROCESSED


def test_cash_goes_back_from_the_drawer(counter: Counter) -> None:
    counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
    uid = str(counter.ledger()["payments"][0]["id"])
    assert counter.desk.refunds.refund(uid, None, "leaves").state is RefundState.PROCESSED
    assert counter.gateway.calls == []
    assert balance(counter) == {}


def test_a_refund_made_on_the_dashboard_is_noticed_once(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.refund_on_dashboard(payment_id, 1_180_000)
    for _ in range(2):
        counter.polling.reconcile()
    assert [row["amount"] for row in counter.ledger()["refunds"]] == [1_180_000]
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["cancelled"]


def test_a_refund_needs_a_payment_and_a_reason(counter: Counter) -> None:
    with pytest.raises(errors.UnknownPaymentError):
        counter.desk.refunds.refund("pay_nobody", None, "leaves")
    payment_id = paid(counter)
    for nothing in ("  ", "no", "-----"):
        with pytest.raises(InvalidInputError, match="Enter a reason in a few words"):
            counter.desk.refunds.refund(payment_id, None, nothing)
    assert counter.ledger()["refunds"] == []


# --- unapplied payments


def late_without_a_seat(counter: Counter) -> tuple[str, str]:
    """Sell the only seat for cash while the first parent's payment is on its way."""
    course = counter.course(seats=1)
    one, two = counter.student("R001"), counter.student("R002", phone="9000000002")
    begun = counter.payments.begin(one.uid, course.uid, Method.UPI_INTENT)
    view = counter.payments.open(begun.uid)
    counter.payments.expire(view.uid)
    counter.payments.begin(two.uid, course.uid, Method.CASH)
    payment_id = counter.pay(view)
    counter.polling.reconcile()
    return payment_id, course.uid


def test_late_money_waits_for_a_seat_and_then_enrols(counter: Counter) -> None:
    payment_id, course_uid = late_without_a_seat(counter)
    [held] = counter.desk.unapplied.held()
    assert (held.payment_id, held.can_enrol) == (payment_id, False)
    with pytest.raises(NoSeatError):
        counter.desk.unapplied.enrol(held.uid)
    row = counter.courses.detail(course_uid)
    counter.courses.change(course_uid, replace(row.course, seats=2))
    assert counter.desk.unapplied.held()[0].can_enrol
    counter.desk.unapplied.enrol(payment_id)
    assert counter.desk.unapplied.held() == ()
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["active", "active"]
    assert balance(counter) == {"cash": 1_180_000, "gateway": 1_180_000, "fees": -2_360_000}
    with pytest.raises(errors.UnknownPaymentError):
        counter.desk.unapplied.enrol(held.uid)


def test_late_money_is_refunded_on_demand(counter: Counter) -> None:
    late_without_a_seat(counter)
    counter.desk.unapplied.refund(counter.desk.unapplied.held()[0].uid)
    assert counter.desk.unapplied.held() == ()
    assert balance(counter) == {"cash": 1_180_000, "fees": -1_180_000}


def test_doubled_money_is_put_against_another_due_of_the_same_amount(counter: Counter) -> None:
    view = counter.shown(Method.UPI_INTENT)
    course = counter.courses.find("PHY-11")
    counter.payments.cancel(view.uid)
    counter.payments.begin(view.student_uid, course.uid, Method.CASH)
    counter.pay(view)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    sister = counter.student("R002", phone="9000000002")
    counter.gateway.trouble("create_order", errors.UnavailableError("down"))
    begun = counter.payments.begin(sister.uid, course.uid, Method.UPI_INTENT)
    with pytest.raises(errors.UnavailableError):
        counter.payments.open(begun.uid)
    with counter.context.store.reading() as books:
        due = books.enrollments.due_of(begun.enrollment_uid or "")
    counter.desk.unapplied.put_against(held.uid, due.uid)
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["active", "active"]
    assert counter.desk.unapplied.held() == ()


# --- the audit trail


def test_the_trail_holds_and_notices_edits_gaps_and_yesterdays_file(
    counter: Counter, tmp_path: Path
) -> None:
    auditing = AuditVerifier(counter.context)
    paid(counter)
    yesterday = tmp_path / "yesterday.sqlite3"
    counter.context.store.backup(yesterday)
    paid_again = counter.payments.begin(
        counter.student("R009", phone="9000000009").uid,
        counter.courses.find("PHY-11").uid,
        Method.CASH,
    )
    assert paid_again.receipt_no
    assert auditing.verify() is None
    assert auditing.verify() is None
    path = counter.context.folder / DATABASE
    kept = tmp_path / "kept.sqlite3"
    counter.context.store.backup(kept)
    for damage, said in (
        ("UPDATE audit_entries SET detail = replace(detail, '1180000', '1')", "was changed"),
        ("UPDATE audit_entries SET action = 'nothing' WHERE id = 3", "row 3 was changed"),
        ("DELETE FROM audit_entries WHERE id = 2", "row 2 is missing"),
        ("DELETE FROM audit_entries WHERE id > 3", "are gone"),
    ):
        with closing(sqlite3.connect(path)) as raw:
            for verb in ("update", "delete"):
                raw.execute(f"DROP TRIGGER IF EXISTS audit_entries_no_{verb}")
            raw.execute(damage)
            raw.commit()
        assert said in (auditing.verify() or "")
        restore_into(counter, kept)
        assert auditing.verify() is None
    restore_into(counter, yesterday)
    assert "older file" in (auditing.verify() or "")


def restore_into(counter: Counter, source: Path) -> None:
    """Replace the open database by another, as someone with access to the folder could."""
    from desktop_app.storage.store import SqlStore

    store = counter.context.store
    assert isinstance(store, SqlStore)
    store.close()
    for suffix in ("-wal", "-shm"):
        (counter.context.folder / f"{DATABASE}{suffix}").unlink(missing_ok=True)
    shutil.copy(source, counter.context.folder / DATABASE)


# --- decided unapplied payments, and their refund


def held_without_a_seat(counter: Counter) -> str:
    """Hold a late payment of R001 for a course whose last seat R002 took; return its uid."""
    course = counter.course(seats=1)
    begun = counter.payments.begin(counter.student().uid, course.uid, Method.UPI_INTENT)
    view = counter.payments.open(begun.uid)
    counter.payments.expire(view.uid)
    other = counter.student("R002", phone="9000000002")
    counter.payments.begin(other.uid, course.uid, Method.CASH)
    counter.pay(view)
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    return held.uid


def test_refunding_a_late_enrolment_frees_its_seat(counter: Counter) -> None:
    uid = held_without_a_seat(counter)
    course = counter.courses.find("PHY-11")
    counter.courses.change(course.uid, replace(course.course, seats=2))
    counter.desk.unapplied.enrol(uid)
    assert counter.courses.find("PHY-11").seats_left == 0
    counter.desk.refunds.refund(uid, None, "leaves")
    assert counter.courses.find("PHY-11").seats_left == 1
    assert balance(counter) == {"cash": 1_180_000, "fees": -1_180_000}


def test_refunding_a_payment_reopens_the_due_it_was_applied_to(counter: Counter) -> None:
    uid = held_without_a_seat(counter)
    sister = counter.student("R003", phone="9000000001")
    chemistry = counter.course("CHE-11")
    counter.payments.begin(sister.uid, chemistry.uid, Method.UPI_INTENT)
    [due] = counter.desk.unapplied.family_dues(uid)
    assert (due.roll_no, due.fits) == ("R003", True)
    counter.desk.unapplied.put_against(uid, due.due_uid)
    states = {str(row["student"]): row["state"] for row in counter.ledger()["enrollments"]}
    assert states == {"R001": "pending", "R002": "active", "R003": "active"}
    counter.desk.refunds.refund(uid, None, "leaves")
    states = {str(row["student"]): row["state"] for row in counter.ledger()["enrollments"]}
    assert states == {"R001": "pending", "R002": "active", "R003": "cancelled"}
    assert balance(counter) == {"cash": 1_180_000, "fees": -1_180_000}


def test_a_due_of_a_full_course_takes_no_held_money(counter: Counter) -> None:
    uid = held_without_a_seat(counter)
    sister = counter.student("R003", phone="9000000001")
    small = counter.course("CHE-11", seats=1)
    begun = counter.payments.begin(sister.uid, small.uid, Method.UPI_INTENT)
    counter.payments.cancel(begun.uid)
    counter.payments.begin(
        counter.student("R004", phone="9000000004").uid, small.uid, Method.CASH
    )  # fmt: skip
    assert counter.desk.unapplied.family_dues(uid) == ()
    with counter.context.store.reading() as books:
        due = books.enrollments.due_of(begun.enrollment_uid or "")
    with pytest.raises(NoSeatError):
        counter.desk.unapplied.put_against(uid, due.uid)


# --- rows of money edited in the file


EDITS = [
    "UPDATE payments SET amount_paise = amount_paise - 100",
    "UPDATE payments SET rrn = '000000000000'",
    "UPDATE receipts SET content = replace(content, 'Physics', 'Dancing')",
    "UPDATE ledger_entries SET amount_paise = amount_paise * 2",
    "DELETE FROM ledger_entries WHERE id = 1",
    "UPDATE ledger_entries SET account = 'cash' WHERE id = 1",
    "UPDATE refunds SET state = 'failed'",
    "DELETE FROM refunds",
    "UPDATE enrollments SET state = 'cancelled'",
    "UPDATE dues SET amount_paise = 5, taxable_paise = 5, cgst_paise = 0, sgst_paise = 0",
    "UPDATE attempts SET state = 'lapsed'",
    "UPDATE receipt_series SET last = 0",
    "DELETE FROM audit_entries WHERE id > (SELECT max(id) - 2 FROM audit_entries)",
]


@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_of_a_row_of_money_is_found(counter: Counter, edit: str) -> None:
    counter.desk.refunds.refund(paid(counter), Money(100), "scholarship")
    auditing = AuditVerifier(counter.context)
    assert auditing.verify() is None
    with closing(sqlite3.connect(counter.context.folder / DATABASE)) as raw:
        triggers = [
            row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ]
        for name in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        assert raw.execute(edit).rowcount
        raw.commit()
    assert auditing.verify() is not None


def test_the_anchor_follows_each_commit(counter: Counter, tmp_path: Path) -> None:
    auditing = AuditVerifier(counter.context)
    paid(counter)
    yesterday = tmp_path / "kept" / "yesterday.sqlite3"
    counter.context.store.backup(yesterday)
    counter.payments.begin(
        counter.student("R009", phone="9000000009").uid,
        counter.courses.find("PHY-11").uid,
        Method.CASH,
    )
    restore_into(counter, yesterday)
    assert "older file" in (auditing.verify() or "")


def test_a_refund_in_full_that_fails_after_all_waits_for_a_decision(counter: Counter) -> None:
    payment_id = paid(counter)
    counter.gateway.refund_status = "pending"
    counter.desk.refunds.refund(payment_id, None, "leaves")
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["cancelled"]
    assert counter.desk.unapplied.held() == ()
    [(key, fact)] = counter.gateway.refunds.items()
    counter.gateway.refunds[key] = replace(fact, status="failed")
    counter.gateway._set(payment_id, amount_refunded_paise=0, status="captured")
    counter.polling.reconcile()
    [held] = counter.desk.unapplied.held()
    assert (held.why, held.amount, held.can_enrol) == (Placement.APPLIED, Money(1_180_000), False)
    assert balance(counter) == {"gateway": 1_180_000, "to_return": -1_180_000}
    begun = counter.payments.begin(
        counter.student("R003", phone="9000000001").uid,
        counter.courses.find("PHY-11").uid,
        Method.UPI_INTENT,
    )
    [due] = counter.desk.unapplied.family_dues(held.uid)
    counter.desk.unapplied.put_against(held.uid, due.due_uid)
    assert balance(counter) == {"gateway": 1_180_000, "fees": -1_180_000}
    assert counter.desk.unapplied.held() == ()
    counter.gateway.refund_status = "processed"
    counter.desk.refunds.refund(payment_id, None, "leaves too")
    assert balance(counter) == {}
    assert counter.payments.view(begun.uid).state.value == "cancelled"
    assert {row["state"] for row in counter.ledger()["enrollments"]} == {"cancelled"}
