"""Money that pays no due: what is shown of it, and each of the three decisions, row by row."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.errors import DomainError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method, Placement
from desktop_app.domain.refund import RefundState
from desktop_app.services import errors
from desktop_app.services.ports.gateway import DisputeFact
from tests.integration.test_after_payment import balance, late_without_a_seat
from tests.integration.test_outbox_answers import audit
from tests.integration.test_restored_money import FEE, attempt_of, details

if TYPE_CHECKING:
    from desktop_app.services.views.unapplied import UnappliedPayment
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")

REFUSED = (DomainError, errors.ServiceError)


def doubled(counter: Counter, roll_no: str = "R001", phone: str = "9000000001") -> UnappliedPayment:
    """Cash was taken for a fee whose code was paid afterwards."""
    course = counter.courses.find("PHY-11") if counter.courses.search("", 9) else counter.course()
    student = counter.student(roll_no, phone=phone)
    view = counter.payments.open(
        counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT).uid
    )
    counter.payments.cancel(view.uid)
    counter.payments.begin(student.uid, course.uid, Method.CASH)
    payment_id = counter.pay(view)
    counter.polling.reconcile()
    return next(each for each in counter.desk.unapplied.held() if each.payment_id == payment_id)


def open_due(
    counter: Counter, roll_no: str = "R009", *, fee: Money = FEE, phone: str = "9000000001",
    code: str = "BIO-11",
) -> str:  # fmt: skip
    """Begin another fee of a family."""
    course = counter.course(code, fee=fee)
    student = counter.student(roll_no, phone=phone)
    return (
        attempt_of(counter, counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT).uid)
        .parts[0]
        .due_uid
    )


def test_what_is_shown_of_it(counter: Counter) -> None:
    held = doubled(counter)
    assert (held.roll_no, held.student_name, held.amount) == ("R001", "Student R001", FEE)
    assert held.course_label == "Physics XI · Morning"
    assert (held.why, held.reason) == (Placement.SURPLUS, "This fee was already paid.")
    assert not held.can_enrol, "its fee is paid"
    fact = counter.gateway.payments[held.payment_id or ""]
    assert held.received_at.timestamp() == fact.created_at


def test_late_money_says_so(counter: Counter) -> None:
    late_without_a_seat(counter)
    [held] = counter.desk.unapplied.held()
    assert held.reason == "The payment arrived late and the course is full."
    assert held.why is Placement.NO_SEAT


def test_the_oldest_is_first(counter: Counter) -> None:
    first = doubled(counter)
    counter.clock.advance(60)
    second = doubled(counter, "R002", "9000000002")
    counter.gateway._set(second.payment_id or "", created_at=0)
    assert [each.uid for each in counter.desk.unapplied.held()] == [first.uid, second.uid]


def test_what_is_left_is_shown(counter: Counter) -> None:
    held = doubled(counter)
    counter.desk.refunds.refund(held.uid, Money(400_000), "a part")
    assert [each.amount for each in counter.desk.unapplied.held()] == [Money(780_000)]


# --- enrol


def test_enrolling_writes_all_of_it_at_once(counter: Counter) -> None:
    _payment_id, course_uid = late_without_a_seat(counter)
    [held] = counter.desk.unapplied.held()
    row = counter.courses.detail(course_uid)
    counter.courses.change(course_uid, replace(row.course, seats=2))
    live = counter.payments.begin(counter.students.find("R001").uid, course_uid, Method.UPI_INTENT)
    counter.desk.unapplied.enrol(held.uid)
    assert attempt_of(counter, live.uid).state is AttemptState.CANCELLED
    due = attempt_of(counter, live.uid).parts[0].due_uid
    with counter.context.store.reading() as books:
        assert books.enrollments.due(due).state.value == "paid"
    assert {row["state"] for row in counter.ledger()["enrollments"]} == {"active"}
    assert balance(counter) == {"cash": FEE.paise, "gateway": FEE.paise, "fees": -2 * FEE.paise}
    assert details(counter, "late.settled") == [
        {"how": "enrolled", "enrollment": attempt_of(counter, live.uid).enrollment_uid}
    ]
    assert [row["decision"] for row in decisions(counter)] == ["enrolled"]
    assert [row["due_uid"] for row in decisions(counter)] == [due]


def decisions(counter: Counter) -> list[dict[str, str]]:
    with counter.context.store.readers.reading() as reading:  # type: ignore[attr-defined]
        rows = reading.execute("SELECT decision, due_uid FROM late_decisions")
        return [dict(row._asdict()) for row in rows]


def test_a_paid_fee_cannot_be_enrolled_again(counter: Counter) -> None:
    held = doubled(counter)
    with pytest.raises(REFUSED):
        counter.desk.unapplied.enrol(held.uid)
    assert decisions(counter) == []


# --- put against another due


def test_putting_against_writes_all_of_it_at_once(counter: Counter) -> None:
    held = doubled(counter)
    due = open_due(counter)
    counter.desk.unapplied.put_against(held.payment_id or "", due)
    with counter.context.store.reading() as books:
        paid = books.enrollments.due(due)
        assert paid.state.value == "paid"
        [attempt] = books.attempts.of_due(due)
    assert attempt.state is AttemptState.CANCELLED
    assert {row["state"] for row in counter.ledger()["enrollments"]} == {"active"}
    assert balance(counter) == {"cash": FEE.paise, "gateway": FEE.paise, "fees": -2 * FEE.paise}
    [row] = decisions(counter)
    assert row == {"decision": "put against another due", "due_uid": due}
    assert counter.desk.unapplied.held() == ()


def test_a_due_of_another_amount_takes_nothing(counter: Counter) -> None:
    held = doubled(counter)
    due = open_due(counter, fee=Money(500_000))
    assert [each.fits for each in counter.desk.unapplied.family_dues(held.uid)] == [False]
    with pytest.raises(REFUSED):
        counter.desk.unapplied.put_against(held.uid, due)
    assert decisions(counter) == []


def test_a_due_that_is_paid_takes_nothing(counter: Counter) -> None:
    held = doubled(counter)
    due = open_due(counter)
    course, student = counter.courses.find("BIO-11"), counter.students.find("R009")
    counter.payments.begin(student.uid, course.uid, Method.CASH)
    with pytest.raises(REFUSED):
        counter.desk.unapplied.put_against(held.uid, due)
    assert decisions(counter) == []


def test_after_a_part_went_back_the_rest_pays_a_due_of_the_rest(counter: Counter) -> None:
    held = doubled(counter)
    counter.desk.refunds.refund(held.uid, Money(400_000), "a part")
    due = open_due(counter, fee=Money(780_000))
    assert [each.fits for each in counter.desk.unapplied.family_dues(held.uid)] == [True]
    counter.desk.unapplied.put_against(held.uid, due)
    assert balance(counter) == {
        "cash": FEE.paise, "gateway": 780_000, "fees": -FEE.paise - 780_000,
    }  # fmt: skip


# --- the family's dues


def test_the_dues_of_all_who_share_a_phone_are_offered(counter: Counter) -> None:
    held = doubled(counter)
    own = open_due(counter, "R010", code="AAA-1")
    guardian = counter.student("R011", phone="9000000011", guardian_phone="9000000001")
    stranger = counter.student("R012", phone="9000000012")
    course = counter.course("BBB-1")
    for student in (guardian, stranger):
        counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    offered = counter.desk.unapplied.family_dues(held.uid)
    assert sorted(each.roll_no for each in offered) == ["R010", "R011"]
    assert all(each.fits and each.has_seat for each in offered)
    assert own in {each.due_uid for each in offered}


def test_the_due_it_was_asked_for_is_not_offered(counter: Counter) -> None:
    late_without_a_seat(counter)
    [held] = counter.desk.unapplied.held()
    assert counter.desk.unapplied.family_dues(held.uid) == ()


# --- refund


def test_refunding_gives_the_reason_and_all_that_is_left(counter: Counter) -> None:
    held = doubled(counter)
    made = counter.desk.unapplied.refund(held.payment_id or "")
    assert (made.state, made.amount) == (RefundState.PROCESSED, FEE)
    assert made.reason == "This fee was already paid."
    assert counter.desk.unapplied.held() == ()
    assert [row["action"] for row in audit(counter)].count("refund.asked") == 1
    assert details(counter, "refund.asked")[0]["amount"] == FEE.paise
    assert details(counter, "refund.asked")[0]["reason"] == "This fee was already paid."
    assert balance(counter) == {"cash": FEE.paise, "fees": -FEE.paise}
    with pytest.raises(REFUSED):
        counter.desk.unapplied.refund(held.uid)


# --- a dispute


def test_a_dispute_is_known_once_and_posted_by_what_changed(counter: Counter) -> None:
    view = counter.shown(Method.UPI_INTENT)
    payment_id = counter.pay(view)
    counter.polling.run()
    watch = counter.desk.disputes

    def shown(deducted: int, status: str, **changes: object) -> int:
        """Look; return how many entries of the trail the look wrote."""
        before = len([row for row in audit(counter) if row["action"].startswith("dispute")])
        values: dict[str, object] = {
            "dispute_id": "disp_1", "payment_id": payment_id, "amount_paise": 500_000,
            "deducted_paise": deducted, "reason_code": "goods", "status": status,
            "phase": "chargeback", "respond_by": 1_795_500_000,
        }  # fmt: skip
        counter.gateway.disputed["disp_1"] = DisputeFact(**{**values, **changes})  # type: ignore[arg-type]
        watch.notice()
        now = len([row for row in audit(counter) if row["action"].startswith("dispute")])
        return now - before

    assert shown(0, "open") == 1
    assert shown(0, "open") == 0
    assert balance(counter) == {"gateway": FEE.paise, "fees": -FEE.paise}
    assert shown(500_000, "lost") == 1
    assert balance(counter) == {
        "gateway": FEE.paise - 500_000, "disputed": 500_000, "fees": -FEE.paise,
    }  # fmt: skip
    assert shown(500_000, "lost") == 0
    assert shown(200_000, "won") == 1
    assert balance(counter) == {
        "gateway": FEE.paise - 200_000, "disputed": 200_000, "fees": -FEE.paise,
    }  # fmt: skip
    assert shown(0, "won", amount_paise=1, reason_code="x", respond_by=None) == 1
    assert balance(counter) == {"gateway": FEE.paise, "fees": -FEE.paise}
    [known] = watch.known()
    assert (known.dispute_id, known.payment_id, known.status) == ("disp_1", payment_id, "won")
    assert known.amount == Money(500_000), "as it was noticed first"
    assert known.respond_by is None
    assert [row["action"] for row in audit(counter) if row["action"].startswith("dispute")] == [
        "dispute.noticed", "dispute.changed", "dispute.changed", "dispute.changed",
    ]  # fmt: skip
    assert details(counter, "dispute.changed")[0] == {
        "payment": counter.ledger()["payments"][0]["id"],
        "amount": 500_000,
        "deducted": 500_000,
        "status": "lost",
    }


def test_a_dispute_of_money_of_others_is_none_of_ours(counter: Counter) -> None:
    counter.gateway.disputed["disp_2"] = DisputeFact(
        "disp_2", "pay_of_a_shop", 1, 1, "goods", "lost", "chargeback", None
    )
    assert counter.desk.disputes.notice() == 0
    assert counter.desk.disputes.known() == ()
    counter.gateway.trouble("disputes", errors.UnavailableError("down"))
    assert counter.desk.disputes.notice() == 0


def test_disputes_are_looked_for_every_six_hours(counter: Counter) -> None:
    watch = counter.desk.disputes
    assert watch.is_due()
    watch.notice()
    assert not watch.is_due()
    counter.clock.advance(6 * 3_600 - 1)
    assert not watch.is_due()
    counter.clock.advance(1)
    assert watch.is_due()
