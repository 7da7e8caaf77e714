"""Payments of which nothing could be sent enrol nobody; what is paid, kept or printed stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services import errors
from desktop_app.services.maintenance.audit_verification import AuditVerifier
from tests.integration.reached import shown

if TYPE_CHECKING:
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")


def failed(counter: Counter, error: Exception, call: str = "create_order") -> str:
    """Begin a payment that cannot be opened, and return its uid."""
    counter.gateway.trouble(call, error, times=9)
    begun = counter.payments.begin(counter.student().uid, counter.course().uid, Method.UPI_INTENT)
    with pytest.raises(type(error)):
        counter.payments.open(begun.uid)
    return begun.uid


@pytest.mark.parametrize("method", [Method.AUTO, Method.QR_CODE, Method.PAYMENT_LINK])
def test_without_keys_nothing_is_written(counter: Counter, method: Method) -> None:
    counter.gateway.key_id = ""
    student, course = counter.student(), counter.course()
    with pytest.raises(errors.NoKeysError):
        counter.payments.begin(student.uid, course.uid, method)
    with pytest.raises(errors.NoKeysError):
        counter.payments.keep(student.uid, course.uid, method)
    ledger = counter.ledger()
    assert (ledger["enrollments"], ledger["dues"], ledger["attempts"]) == ([], [], [])
    paid = counter.payments.begin(student.uid, course.uid, Method.CASH)
    assert paid.state is AttemptState.PAID


@pytest.mark.parametrize(
    "error", [errors.UnavailableError("cable"), errors.UnauthorisedError("401")]
)
def test_a_payment_that_was_never_sent_leaves_nobody_enrolled(
    counter: Counter, error: Exception
) -> None:
    uid = failed(counter, error)
    assert counter.payments.undo_unsent(uid)
    ledger = counter.ledger()
    assert [row["state"] for row in ledger["enrollments"]] == ["cancelled"]
    assert [row["state"] for row in ledger["dues"]] == ["cancelled"]
    assert counter.receipts.totals(None).pending == 0
    counter.gateway.troubles.clear()
    again = counter.payments.begin(
        counter.students.find("R001").uid, counter.courses.find("PHY-11").uid, Method.CASH
    )
    assert again.state is AttemptState.PAID
    assert not counter.payments.undo_unsent(uid)
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["cancelled", "active"]


def test_a_payment_that_may_exist_keeps_its_enrolment(counter: Counter) -> None:
    uid = failed(counter, errors.OutcomeUnknownError("lost"))
    assert counter.payments.view(uid).state is AttemptState.UNKNOWN
    assert not counter.payments.undo_unsent(uid)
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["pending"]


def test_an_order_that_was_made_keeps_its_enrolment(counter: Counter) -> None:
    uid = failed(counter, errors.UnavailableError("cable"), "create_intent")
    assert not counter.payments.undo_unsent(uid)
    counter.payments.cancel(uid)
    assert not counter.payments.undo_unsent(uid)
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["pending"]


def test_a_fee_kept_on_purpose_stays_when_it_cannot_be_sent(counter: Counter) -> None:
    kept = counter.payments.keep(counter.student().uid, counter.course().uid, Method.UPI_INTENT)
    counter.gateway.trouble("create_order", errors.UnavailableError("cable"), times=9)
    with pytest.raises(errors.UnavailableError):
        counter.payments.open(kept.uid)
    assert not counter.payments.undo_unsent(kept.uid)
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["pending"]
    assert counter.receipts.totals(None).pending == 1


def test_an_enrolment_from_before_stays_when_a_payment_cannot_be_sent(counter: Counter) -> None:
    student, course = counter.student(), counter.course()
    counter.desk.enrolments.enrol(student.uid, course.uid)
    counter.gateway.trouble("create_order", errors.UnavailableError("cable"), times=9)
    begun = counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    with pytest.raises(errors.UnavailableError):
        counter.payments.open(begun.uid)
    assert not counter.payments.undo_unsent(begun.uid)
    assert [row["state"] for row in counter.ledger()["enrollments"]] == ["pending"]


def test_a_fee_that_is_being_collected_is_not_pending(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    assert counter.receipts.totals(None).pending == 0
    counter.payments.cancel(view.uid)
    assert counter.receipts.totals(None).pending == 1


def test_the_bill_of_a_paid_fee_names_its_receipt(counter: Counter) -> None:
    student, course = counter.student(), counter.course()
    before = counter.payments.quote(student.uid, course.uid)
    assert (before.is_paid, before.paid) == (False, None)
    paid = counter.payments.begin(student.uid, course.uid, Method.CASH)
    bill = counter.payments.quote(student.uid, course.uid)
    assert bill.is_paid
    assert bill.paid is not None
    assert (bill.paid.receipt_no, bill.paid.receipt_uid) == (paid.receipt_no, paid.receipt_uid)
    assert bill.paid.at == counter.receipts.receipt(paid.receipt_uid or "").issued_at


def test_the_bill_of_a_fee_paid_in_part_is_not_paid(counter: Counter) -> None:
    student, course = counter.student(), counter.course()
    [due] = counter.desk.enrolments.enrol(student.uid, course.uid).dues
    counter.payments.begin_dues({due.uid: Money(500_000)}, Method.CASH)
    bill = counter.payments.quote(student.uid, course.uid)
    assert (bill.is_enrolled, bill.is_paid, bill.still_due.paise) == (True, False, 680_000)


def test_a_pdf_makes_no_paper_a_duplicate(
    counter: Counter, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("papers")
    paid = counter.payments.begin(counter.student().uid, counter.course().uid, Method.CASH)
    uid = paid.receipt_uid or ""
    counter.receipts.save_pdf(uid, "a5", elsewhere / "one.pdf")
    counter.receipts.save_pdf(uid, "a5", elsewhere / "two.pdf")
    assert counter.receipts.receipt(uid).prints == 0
    assert "DUPLICATE" not in counter.receipts.html(uid, "a5")
    counter.receipts.note_printed(uid, "roll80")
    assert counter.receipts.receipt(uid).prints == 1
    assert "DUPLICATE 1" in counter.receipts.html(uid, "a5")
    assert AuditVerifier(counter.context).verify() is None
