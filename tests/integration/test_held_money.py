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
    from tests.integration.conftest import Till

pytestmark = pytest.mark.usefixtures("books_hold")

REFUSED = (DomainError, errors.ServiceError)


def doubled(till: Till, roll_no: str = "R001", phone: str = "9000000001") -> UnappliedPayment:
    """Cash was taken for a fee whose code was paid afterwards."""
    course = till.courses.find("PHY-11") if till.courses.search("", 9) else till.course()
    student = till.student(roll_no, phone=phone)
    view = till.payments.open(till.payments.begin(student.uid, course.uid, Method.UPI_INTENT).uid)
    till.payments.cancel(view.uid)
    till.payments.begin(student.uid, course.uid, Method.CASH)
    payment_id = till.pay(view)
    till.polling.reconcile()
    return next(each for each in till.desk.unapplied.held() if each.payment_id == payment_id)


def open_due(
    till: Till, roll_no: str = "R009", *, fee: Money = FEE, phone: str = "9000000001",
    code: str = "BIO-11",
) -> str:  # fmt: skip
    """Begin another fee of a family."""
    course = till.course(code, fee=fee)
    student = till.student(roll_no, phone=phone)
    return attempt_of(
        till, till.payments.begin(student.uid, course.uid, Method.UPI_INTENT).uid
    ).due_uid


def test_what_is_shown_of_it(till: Till) -> None:
    held = doubled(till)
    assert (held.roll_no, held.student_name, held.amount) == ("R001", "Student R001", FEE)
    assert held.course_label == "Physics XI · Morning"
    assert (held.why, held.reason) == (Placement.SURPLUS, "This fee was paid already.")
    assert not held.can_enrol, "its fee is paid"
    fact = till.gateway.payments[held.payment_id or ""]
    assert held.received_at.timestamp() == fact.created_at


def test_late_money_says_so(till: Till) -> None:
    late_without_a_seat(till)
    [held] = till.desk.unapplied.held()
    assert held.reason == "Came late, and the course is full."
    assert held.why is Placement.NO_SEAT


def test_the_oldest_is_first(till: Till) -> None:
    first = doubled(till)
    till.clock.advance(60)
    second = doubled(till, "R002", "9000000002")
    till.gateway._set(second.payment_id or "", created_at=0)
    assert [each.uid for each in till.desk.unapplied.held()] == [first.uid, second.uid]


def test_what_is_left_is_shown(till: Till) -> None:
    held = doubled(till)
    till.desk.refunds.refund(held.uid, Money(400_000), "a part")
    assert [each.amount for each in till.desk.unapplied.held()] == [Money(780_000)]


# --- enrol


def test_enrolling_writes_all_of_it_at_once(till: Till) -> None:
    _payment_id, course_uid = late_without_a_seat(till)
    [held] = till.desk.unapplied.held()
    row = till.courses.detail(course_uid)
    till.courses.change(course_uid, replace(row.course, seats=2))
    live = till.payments.begin(till.students.find("R001").uid, course_uid, Method.UPI_INTENT)
    till.desk.unapplied.enrol(held.uid)
    assert attempt_of(till, live.uid).state is AttemptState.CANCELLED
    due = attempt_of(till, live.uid).due_uid
    with till.context.store.reading() as books:
        assert books.enrollments.due(due).state.value == "paid"
    assert {row["state"] for row in till.ledger()["enrollments"]} == {"active"}
    assert balance(till) == {"cash": FEE.paise, "gateway": FEE.paise, "fees": -2 * FEE.paise}
    assert details(till, "late.settled") == [
        {"how": "enrolled", "enrollment": attempt_of(till, live.uid).enrollment_uid}
    ]
    assert [row["decision"] for row in decisions(till)] == ["enrolled"]
    assert [row["due_uid"] for row in decisions(till)] == [due]


def decisions(till: Till) -> list[dict[str, str]]:
    with till.context.store.readers.reading() as reading:  # type: ignore[attr-defined]
        rows = reading.execute("SELECT decision, due_uid FROM late_decisions")
        return [dict(row._asdict()) for row in rows]


def test_a_paid_fee_cannot_be_enrolled_again(till: Till) -> None:
    held = doubled(till)
    with pytest.raises(REFUSED):
        till.desk.unapplied.enrol(held.uid)
    assert decisions(till) == []


# --- put against another due


def test_putting_against_writes_all_of_it_at_once(till: Till) -> None:
    held = doubled(till)
    due = open_due(till)
    till.desk.unapplied.put_against(held.payment_id or "", due)
    with till.context.store.reading() as books:
        paid = books.enrollments.due(due)
        assert paid.state.value == "paid"
        [attempt] = books.attempts.of_due(due)
    assert attempt.state is AttemptState.CANCELLED
    assert {row["state"] for row in till.ledger()["enrollments"]} == {"active"}
    assert balance(till) == {"cash": FEE.paise, "gateway": FEE.paise, "fees": -2 * FEE.paise}
    [row] = decisions(till)
    assert row == {"decision": "put against another due", "due_uid": due}
    assert till.desk.unapplied.held() == ()


def test_a_due_of_another_amount_takes_nothing(till: Till) -> None:
    held = doubled(till)
    due = open_due(till, fee=Money(500_000))
    assert [each.fits for each in till.desk.unapplied.family_dues(held.uid)] == [False]
    with pytest.raises(REFUSED):
        till.desk.unapplied.put_against(held.uid, due)
    assert decisions(till) == []


def test_a_due_that_is_paid_takes_nothing(till: Till) -> None:
    held = doubled(till)
    due = open_due(till)
    course, student = till.courses.find("BIO-11"), till.students.find("R009")
    till.payments.begin(student.uid, course.uid, Method.CASH)
    with pytest.raises(REFUSED):
        till.desk.unapplied.put_against(held.uid, due)
    assert decisions(till) == []


def test_after_a_part_went_back_the_rest_pays_a_due_of_the_rest(till: Till) -> None:
    held = doubled(till)
    till.desk.refunds.refund(held.uid, Money(400_000), "a part")
    due = open_due(till, fee=Money(780_000))
    assert [each.fits for each in till.desk.unapplied.family_dues(held.uid)] == [True]
    till.desk.unapplied.put_against(held.uid, due)
    assert balance(till) == {
        "cash": FEE.paise, "gateway": 780_000, "fees": -FEE.paise - 780_000,
    }  # fmt: skip


# --- the family's dues


def test_the_dues_of_all_who_share_a_phone_are_offered(till: Till) -> None:
    held = doubled(till)
    own = open_due(till, "R010", code="AAA-1")
    guardian = till.student("R011", phone="9000000011", guardian_phone="9000000001")
    stranger = till.student("R012", phone="9000000012")
    course = till.course("BBB-1")
    for student in (guardian, stranger):
        till.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    offered = till.desk.unapplied.family_dues(held.uid)
    assert sorted(each.roll_no for each in offered) == ["R010", "R011"]
    assert all(each.fits and each.has_seat for each in offered)
    assert own in {each.due_uid for each in offered}


def test_the_due_it_was_asked_for_is_not_offered(till: Till) -> None:
    late_without_a_seat(till)
    [held] = till.desk.unapplied.held()
    assert till.desk.unapplied.family_dues(held.uid) == ()


# --- refund


def test_refunding_gives_the_reason_and_all_that_is_left(till: Till) -> None:
    held = doubled(till)
    made = till.desk.unapplied.refund(held.payment_id or "")
    assert (made.state, made.amount) == (RefundState.PROCESSED, FEE)
    assert made.reason == "This fee was paid already."
    assert till.desk.unapplied.held() == ()
    assert [row["action"] for row in audit(till)].count("refund.asked") == 1
    assert details(till, "refund.asked")[0]["amount"] == FEE.paise
    assert details(till, "refund.asked")[0]["reason"] == "This fee was paid already."
    assert balance(till) == {"cash": FEE.paise, "fees": -FEE.paise}
    with pytest.raises(REFUSED):
        till.desk.unapplied.refund(held.uid)


# --- a dispute


def test_a_dispute_is_known_once_and_posted_by_what_changed(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    payment_id = till.pay(view)
    till.polling.run()
    watch = till.desk.disputes

    def shown(deducted: int, status: str, **changes: object) -> int:
        """Look; return how many entries of the trail the look wrote."""
        before = len([row for row in audit(till) if row["action"].startswith("dispute")])
        values: dict[str, object] = {
            "dispute_id": "disp_1", "payment_id": payment_id, "amount_paise": 500_000,
            "deducted_paise": deducted, "reason_code": "goods", "status": status,
            "phase": "chargeback", "respond_by": 1_795_500_000,
        }  # fmt: skip
        till.gateway.disputed["disp_1"] = DisputeFact(**{**values, **changes})  # type: ignore[arg-type]
        watch.notice()
        now = len([row for row in audit(till) if row["action"].startswith("dispute")])
        return now - before

    assert shown(0, "open") == 1
    assert shown(0, "open") == 0
    assert balance(till) == {"gateway": FEE.paise, "fees": -FEE.paise}
    assert shown(500_000, "lost") == 1
    assert balance(till) == {
        "gateway": FEE.paise - 500_000, "disputed": 500_000, "fees": -FEE.paise,
    }  # fmt: skip
    assert shown(500_000, "lost") == 0
    assert shown(200_000, "won") == 1
    assert balance(till) == {
        "gateway": FEE.paise - 200_000, "disputed": 200_000, "fees": -FEE.paise,
    }  # fmt: skip
    assert shown(0, "won", amount_paise=1, reason_code="x", respond_by=None) == 1
    assert balance(till) == {"gateway": FEE.paise, "fees": -FEE.paise}
    [known] = watch.known()
    assert (known.dispute_id, known.payment_id, known.status) == ("disp_1", payment_id, "won")
    assert known.amount == Money(500_000), "as it was noticed first"
    assert known.respond_by is None
    assert [row["action"] for row in audit(till) if row["action"].startswith("dispute")] == [
        "dispute.noticed", "dispute.changed", "dispute.changed", "dispute.changed",
    ]  # fmt: skip
    assert details(till, "dispute.changed")[0] == {
        "payment": till.ledger()["payments"][0]["id"],
        "amount": 500_000,
        "deducted": 500_000,
        "status": "lost",
    }


def test_a_dispute_of_money_of_others_is_none_of_ours(till: Till) -> None:
    till.gateway.disputed["disp_2"] = DisputeFact(
        "disp_2", "pay_of_a_shop", 1, 1, "goods", "lost", "chargeback", None
    )
    assert till.desk.disputes.notice() == 0
    assert till.desk.disputes.known() == ()
    till.gateway.trouble("disputes", errors.UnavailableError("down"))
    assert till.desk.disputes.notice() == 0


def test_disputes_are_looked_for_every_six_hours(till: Till) -> None:
    watch = till.desk.disputes
    assert watch.is_due()
    watch.notice()
    assert not watch.is_due()
    till.clock.advance(6 * 3_600 - 1)
    assert not watch.is_due()
    till.clock.advance(1)
    assert watch.is_due()
