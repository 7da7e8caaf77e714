"""Receipts of fees in parts: their lines, what is left to pay, and money that is not sure yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from desktop_app.documents.receipt_html import LANGUAGES, PAPERS, receipt_html
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.domain.plans import FeePlan, PlanHead, PlanKind, PlanPart, Spread
from desktop_app.domain.tender import Verification
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.services.views.fees import ConcessionWish
from desktop_app.services.views.receipts import BalanceLeft, TypedProof

if TYPE_CHECKING:
    from desktop_app.services.ports.records import DueRecord
    from desktop_app.services.views.receipts import ReceiptView
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")
FEE = Money(56_640_00)
PART = Money(14_160_00)


@pytest.fixture
def centre(counter: Counter) -> Counter:
    """A centre with GST whose course is paid in four parts, with books beside the first one."""
    counter.desk.settings.put("centre.gstin", "27AAPFU0939F1ZV")
    counter.student("R001", name="Asha Rao", guardian_phone="9000000009")
    counter.student("R002", name="Rohan Rao", guardian_phone="9000000009")
    counter.course("PHY", fee=FEE)
    counter.course("CHE", fee=Money(11_800_00))
    return counter


def planned(counter: Counter, *heads: PlanHead) -> None:
    """Divide the course into four parts: one today, and one every ninety days."""
    rows = tuple(PlanPart(due_after_days=days) for days in (0, 90, 180, 270))
    plan = FeePlan("EQ4", "4 parts", PlanKind.DATES, 4, is_default=True, rows=rows, heads=heads)
    counter.desk.plans.add(counter.courses.find("PHY").uid, plan)


def enrolled(counter: Counter, roll_no: str, code: str) -> list[str]:
    """Enrol without a payment; return the dues."""
    student, course = counter.students.find(roll_no), counter.courses.find(code)
    return [due.uid for due in counter.desk.enrolments.enrol(student.uid, course.uid).dues]


def due_of(counter: Counter, uid: str) -> DueRecord:
    with counter.context.store.reading() as books:
        return books.enrollments.due(uid)


def newest(counter: Counter) -> ReceiptView:
    found = counter.receipts.latest()
    assert found is not None
    return found


def shown(receipt: ReceiptView, language: str = "en") -> str:
    return receipt_html(receipt, "a5", language)


def test_an_instalment_names_its_head_and_number_and_what_is_left(centre: Counter) -> None:
    planned(centre, PlanHead("books", Money(2_000_00), spread=Spread.FIRST))
    dues = enrolled(centre, "R001", "PHY")
    centre.payments.begin_dues(dict.fromkeys(dues[:2]), Method.CASH)
    receipt = newest(centre)
    assert [line.named("en") for line in receipt.lines] == [
        "Physics XI · Morning · Instalment 1/4", "Books · Physics XI · Morning", "CGST 9 %",
        "SGST 9 %",
    ]  # fmt: skip
    assert [line.named("hi") for line in receipt.lines][:2] == [
        "Physics XI · Morning · क़िस्त 1/4", "किताबें · Physics XI · Morning",
    ]  # fmt: skip
    assert receipt.amount == PART + Money(2_000_00)
    assert receipt.taxable == Money(12_000_00), "books are not taxed"
    following = (centre.clock.now() + timedelta(days=90)).date()
    left = BalanceLeft(Money(42_480_00), Money(0), following, PART)
    assert receipt.left == left
    text = shown(receipt)
    for expected in ("42,480.00", "14,160.00", f"{following:%d-%m-%Y}", "Balance left".upper()):
        assert expected in text
    assert "DUE NOW" not in text


def test_a_part_of_an_overdue_instalment_says_what_is_due_now(centre: Counter) -> None:
    planned(centre)
    first, *_ = enrolled(centre, "R001", "PHY")
    centre.clock.advance(100 * 86_400)
    centre.payments.begin_dues({first: Money(5_000_00)}, Method.CASH)
    left = newest(centre).left
    assert left is not None
    assert (left.amount, left.due_now) == (Money(51_640_00), Money(23_320_00))
    assert "DUE NOW" in shown(newest(centre))
    assert "अभी बकाया" in shown(newest(centre), "hi")


def test_the_last_instalment_leaves_nothing(centre: Counter) -> None:
    planned(centre)
    dues = enrolled(centre, "R001", "PHY")
    centre.payments.begin_dues(dict.fromkeys(dues), Method.CASH)
    left = newest(centre).left
    assert left == BalanceLeft(Money(0), Money(0))


def test_one_fee_paid_in_full_reads_as_ever(centre: Counter) -> None:
    student, course = centre.students.find("R001"), centre.courses.find("CHE")
    centre.payments.begin(student.uid, course.uid, Method.CASH)
    receipt = newest(centre)
    assert (receipt.left, receipt.taxable, receipt.verification, receipt.proof) == (None,) * 4
    text = shown(receipt)
    assert receipt.lines[0].label == "Physics XI · Morning"
    for unexpected in ("BALANCE", "DUE NOW", "NEXT", "CASH GIVEN"):
        assert unexpected not in text


def test_a_concession_shows_list_price_concession_and_taxable_value(centre: Counter) -> None:
    planned(centre, PlanHead("books", Money(2_000_00), spread=Spread.FIRST))
    dues = enrolled(centre, "R001", "PHY")
    enrollment = due_of(centre, dues[0]).enrollment_uid
    wish = ConcessionWish("other", value=1_000, reason="agreed with the family")
    centre.desk.concessions.concede(enrollment, [wish])
    centre.payments.begin_dues(dict.fromkeys(dues[:2]), Method.CASH)
    receipt = newest(centre)
    amounts = [line.amount.paise for line in receipt.lines]
    assert amounts == [12_000_00, -1_200_00, 2_000_00, 972_00, 972_00]
    assert sum(amounts) == receipt.amount.paise
    text = shown(receipt)
    assert "10,800.00" in text, "taxable value without the books"
    assert "Taxable value" in text


def test_cash_on_the_counter_and_its_change_are_on_the_receipt(centre: Counter) -> None:
    student, course = centre.students.find("R001"), centre.courses.find("CHE")
    typed = TypedEvidence(tendered=Money(12_000_00))
    centre.payments.begin(student.uid, course.uid, Method.CASH, typed=typed)
    text = shown(newest(centre))
    assert "12,000.00" in text
    assert "200.00" in text
    assert "CHANGE" in text


def test_claimed_money_is_subject_to_verification_until_the_bank_shows_it(
    centre: Counter,
) -> None:
    student, course = centre.students.find("R001"), centre.courses.find("CHE")
    typed = TypedEvidence(reference="HDFCN52026112812", bank="HDFC Bank", last4="1234")
    centre.payments.begin(student.uid, course.uid, Method.NEFT, typed=typed)
    receipt = newest(centre)
    assert receipt.verification is Verification.CLAIMED
    for paper in PAPERS:
        assert "Subject to verification" in receipt_html(receipt, paper)
        assert "वेरिफ़िकेशन" in receipt_html(receipt, paper, "hi")
    assert "HDFCN52026112812" in shown(receipt)
    [claim] = centre.desk.claims.claimed()
    centre.desk.claims.match(claim.uid, centre.clock.now().date(), "bank statement")
    assert "Subject to verification" not in shown(newest(centre))


def test_claimed_money_that_never_came_cancels_its_receipt(centre: Counter) -> None:
    student, course = centre.students.find("R001"), centre.courses.find("CHE")
    typed = TypedEvidence(reference="HDFCN52026112812", bank="HDFC Bank", last4="1234")
    centre.payments.begin(student.uid, course.uid, Method.NEFT, typed=typed)
    [claim] = centre.desk.claims.claimed()
    centre.desk.claims.reverse(claim.uid, "not in the bank's statement")
    assert newest(centre).verification is Verification.REVERSED
    assert "CANCELLED" in shown(newest(centre))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paper", PAPERS)
def test_a_cheque_is_named_by_its_number(centre: Counter, paper: str, language: str) -> None:
    student, course = centre.students.find("R001"), centre.courses.find("CHE")
    centre.payments.begin(student.uid, course.uid, Method.CASH)
    proof = TypedProof("HDFC Bank", date(2026, 11, 10))
    receipt = replace(newest(centre), method=Method.CHEQUE, rrn="000123", proof=proof)
    text = receipt_html(receipt, paper, language)
    assert "UTR" not in text
    for expected in ("000123", "HDFC Bank", "10-11-2026"):
        assert expected in text
