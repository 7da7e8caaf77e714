"""Money that a person vouches for at the counter: change, limits, references, credit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.domain.cash_limits import CashBarrier, CashLimitError, CashRoom
from desktop_app.domain.courses import make_course
from desktop_app.domain.enrollment import DueKind, DueState
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.fees import Quote
from desktop_app.domain.money import Money, total
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.tax import Tax
from desktop_app.domain.tender import Verification
from desktop_app.services.errors import (
    AmountTooSmallError,
    KnownAtGatewayError,
    OpenAttemptError,
    ReferenceUsedError,
    UnavailableError,
    UnknownPaymentError,
)
from desktop_app.services.payments.counter_begin import take_at_counter
from desktop_app.services.ports.records import DueRecord
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.services.views.payments import PaymentFilter
from tests.integration.test_after_payment import balance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desktop_app.services.views.payments import AttemptView, PaymentRow
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")

DUE = Money(14_160_00)
UTR = "HDFCN52026112000"
RRN = "632412345678"
NEFT = TypedEvidence(reference=UTR, dated=date(2026, 11, 19), last4="4321")


def due_of(counter: Counter, roll_no: str = "R001", code: str = "PHY-11", fee: Money = DUE) -> str:
    """Enrol a student in a course of this price with tax; return the due."""
    known = counter.context.store.reader.students.exactly(roll_no, "")
    student = known[0] if known else counter.student(roll_no, guardian_phone="9811111111")
    course = counter.courses.add(
        make_course(code=code, title=f"Course {code}", fee=fee, gst_bp=1_800, seats=400)
    )
    [due] = counter.desk.enrolments.enrol(student.uid, course.uid).dues
    return due.uid


def take(
    counter: Counter,
    method: Method,
    *dues: str,
    amount: Money | None = None,
    typed: TypedEvidence | None = None,
) -> AttemptView:
    evidence = replace(typed or TypedEvidence(), amount=amount)
    return counter.payments.begin_dues(dict.fromkeys(dues), method, evidence)


def payments(counter: Counter) -> list[PaymentRow]:
    reader = counter.context.store.reader
    return list(reader.payments.page(PaymentFilter(), 0, 50).rows)


def student_uid(counter: Counter, roll_no: str = "R001") -> str:
    return counter.students.find(roll_no).uid


def credit(counter: Counter, roll_no: str = "R001") -> Money:
    return counter.desk.credits.balance(student_uid(counter, roll_no))


def owed(counter: Counter, due_uid: str) -> Money:
    found = [each for each in counter.ledger()["dues"] if each["id"] == due_uid]
    return Money(found[0]["balance"])


def doctor(counter: Counter) -> tuple[str, ...]:
    return counter.context.store.reader.balances.differences()


@pytest.fixture(autouse=True)
def _books_add_up(counter: Counter) -> Iterator[None]:
    yield
    assert doctor(counter) == ()


# --- cash


def test_change_is_given_back_and_is_no_takings(counter: Counter) -> None:
    due = due_of(counter, fee=Money(19_470_00))
    paid = take(counter, Method.CASH, due, typed=TypedEvidence(tendered=Money(20_000_00)))
    found = counter.payments.outcome(paid.uid)
    assert (found.change, found.credit, found.verification) == (
        Money(530_00), Money(0), Verification.COUNTED,
    )  # fmt: skip
    assert balance(counter) == {"cash": 19_470_00, "fees": -19_470_00}


def test_less_than_due_on_the_counter_books_nothing(counter: Counter) -> None:
    due = due_of(counter)
    with pytest.raises(InvalidInputError, match=" short") as short:
        take(counter, Method.CASH, due, typed=TypedEvidence(tendered=Money(14_000_00)))
    assert short.value.field == "tendered"
    assert payments(counter) == []


def test_notes_and_coins_are_counted_where_the_centre_wants_it(counter: Counter) -> None:
    due = due_of(counter, fee=Money(1_150_00))
    counted = TypedEvidence(pieces="2x500 1x200")
    take(counter, Method.CASH, due, amount=Money(150_00), typed=TypedEvidence(pieces="1x200"))
    counter.desk.settings.put("cash.count_each", "on")
    with pytest.raises(InvalidInputError, match="Enter the notes and coins") as caught:
        take(counter, Method.CASH, due, typed=TypedEvidence(tendered=Money(1_000_00)))
    assert caught.value.field == "tendered"
    with pytest.raises(InvalidInputError, match="short"):
        take(counter, Method.CASH, due, typed=TypedEvidence(pieces="1x500"))
    take(counter, Method.CASH, due, typed=counted)
    with counter.context.store.reading() as books:
        kept = [books.tenders.evidence(each.uid) for each in payments(counter)]
    assert [(each.note, each.change) for each in kept if each is not None] == [
        ("2x500 1x200", Money(200_00)), ("1x200", Money(50_00)),
    ]  # fmt: skip


def test_the_next_rupee_up_leaves_the_rest_as_credit(counter: Counter) -> None:
    due = due_of(counter, fee=Money(333_34))
    paid = take(counter, Method.CASH, due, amount=Money(334_00))
    assert credit(counter) == Money(66)
    assert balance(counter) == {"cash": 334_00, "fees": -333_34, "credit": -66}
    [receipt] = counter.payments.outcome(paid.uid).receipts
    assert receipt.amount == Money(334_00)
    lines = counter.receipts.receipt(receipt.uid).lines
    assert lines[-1].label == "Kept as credit"
    assert total(line.amount for line in lines) == Money(334_00)


def test_the_exact_amount_with_paise_is_taken_too(counter: Counter) -> None:
    due = due_of(counter, fee=Money(333_34))
    take(counter, Method.CASH, due)
    assert balance(counter) == {"cash": 333_34, "fees": -333_34}


def test_a_family_pays_under_two_lakh_in_cash_a_day(counter: Counter) -> None:
    first = due_of(counter, fee=Money(1_50_000_00))
    take(counter, Method.CASH, first)
    other = due_of(counter, "R002", "CHE-11", Money(60_000_00))
    with pytest.raises(CashLimitError) as caught:
        take(counter, Method.CASH, other, amount=Money(50_000_00))
    assert "at most ₹49,999.99 more in cash today" in caught.value.message
    assert counter.payments.cash_check({other: None}).most == Money(49_999_99)
    take(counter, Method.CASH, other, amount=Money(49_999_99))
    counter.clock.at = datetime(2026, 11, 20, 18, 29, 59, tzinfo=UTC)  # 23:59:59 in India
    with pytest.raises(CashLimitError):
        take(counter, Method.CASH, other, amount=Money(1_00))
    counter.clock.advance(1)
    take(counter, Method.CASH, other, amount=Money(1_00))


def test_another_family_has_its_own_limit(counter: Counter) -> None:
    take(counter, Method.CASH, due_of(counter, fee=Money(1_90_000_00)))
    counter.student("R009", guardian_phone="9822222222")
    take(counter, Method.CASH, due_of(counter, "R009", "BIO-11", Money(1_90_000_00)))


def test_cash_near_a_limit_is_warned_of(counter: Counter) -> None:
    due = due_of(counter, fee=Money(3_00_000_00))
    less = take(counter, Method.CASH, due, amount=Money(1_49_999_00))
    assert counter.payments.cash_near(less.uid) == ()
    more = take(counter, Method.CASH, due, amount=Money(1_00))
    assert counter.payments.cash_near(more.uid) == (
        CashRoom(Money(49_999_99), CashBarrier.DAY),
        CashRoom(Money(49_999_99), CashBarrier.ENROLLMENT),
    )
    counter.clock.advance(86_400)
    [left] = counter.payments.cash_near(more.uid)
    assert left.barrier is CashBarrier.ENROLLMENT


def test_cash_for_an_enrolment_is_limited_over_all_days(counter: Counter) -> None:
    due = due_of(counter, fee=Money(2_50_000_00))
    for _ in range(3):
        take(counter, Method.CASH, due, amount=Money(60_000_00))
        counter.clock.advance(86_400)
    with pytest.raises(CashLimitError, match=r"₹19,999\.99 more in cash for this course"):
        take(counter, Method.CASH, due, amount=Money(20_000_00))
    take(counter, Method.CASH, due, amount=Money(19_999_99))


def test_a_centre_that_only_warns_of_an_enrolment_may_go_on(counter: Counter) -> None:
    counter.desk.settings.put("cash.per_enrollment", "warn")
    due = due_of(counter, fee=Money(2_50_000_00))
    take(counter, Method.CASH, due, amount=Money(1_80_000_00))
    counter.clock.advance(86_400)
    check = counter.payments.cash_check({due: Money(60_000_00)})
    assert check.most == Money(60_000_00)
    assert [each.is_stopped for each in check.near] == [False]
    take(counter, Method.CASH, due, amount=Money(60_000_00))


def test_a_refund_gives_no_room_for_more_cash(counter: Counter) -> None:
    due = due_of(counter, fee=Money(1_90_000_00))
    take(counter, Method.CASH, due)
    [paid] = payments(counter)
    counter.desk.refunds.refund(paid.uid, Money(90_000_00), "left early")
    with pytest.raises(CashLimitError, match=r"₹9,999\.99"):
        take(counter, Method.CASH, due_of(counter, "R002", "CHE-11", Money(50_000_00)))


def test_cash_on_credit_counts_for_the_day(counter: Counter) -> None:
    due = due_of(counter, fee=Money(1_00_000_00))
    take(counter, Method.CASH, due, amount=Money(1_60_000_00))
    with pytest.raises(CashLimitError, match=r"₹39,999\.99"):
        take(counter, Method.CASH, due_of(counter, "R002", "CHE-11", Money(50_000_00)))


def overpaid(counter: Counter, fee: Money, amount: Money, method: Method = Method.CASH) -> None:
    """Pay more than the fee of another course; the rest is credit, and a day goes by."""
    number = len(counter.ledger()["dues"])
    typed = replace(NEFT, reference=f"{UTR[:-1]}{number}")
    due = due_of(counter, "R001", f"ART-{number}", fee)
    take(counter, method, due, amount=amount, typed=typed if method is Method.NEFT else None)
    counter.clock.advance(86_400)


def test_cash_that_became_credit_counts_for_what_it_pays(counter: Counter) -> None:
    due = due_of(counter, fee=Money(2_50_000_00))
    overpaid(counter, Money(1_000_00), Money(1_51_000_00))
    take(counter, Method.CREDIT, due)
    with pytest.raises(CashLimitError, match=r"₹49,999\.99 more in cash for this course"):
        take(counter, Method.CASH, due, amount=Money(50_000_00))
    take(counter, Method.CASH, due, amount=Money(49_999_99))


def test_cash_on_credit_brings_no_course_over_the_limit(counter: Counter) -> None:
    due = due_of(counter, fee=Money(2_50_000_00))
    take(counter, Method.CASH, due, amount=Money(1_20_000_00))
    counter.clock.advance(86_400)
    overpaid(counter, Money(1_000_00), Money(1_01_000_00))
    with pytest.raises(CashLimitError, match=r"at most ₹79,999\.99 of the credit"):
        take(counter, Method.CREDIT, due)
    take(counter, Method.CREDIT, due, amount=Money(79_999_99))


def test_credit_of_a_transfer_is_no_cash_and_moved_cash_is(counter: Counter) -> None:
    due = due_of(counter, fee=Money(2_50_000_00))
    overpaid(counter, Money(1_000_00), Money(51_000_00), Method.NEFT)
    take(counter, Method.CREDIT, due)
    take(counter, Method.CASH, due, amount=Money(1_60_000_00))
    counter.clock.advance(86_400)
    overpaid(counter, Money(1_000_00), Money(31_000_00))
    brother = due_of(counter, "R002", "CHE-11", Money(2_50_000_00))
    counter.desk.credits.move(
        student_uid(counter), student_uid(counter, "R002"), Money(30_000_00), "brothers"
    )
    take(counter, Method.CREDIT, brother)
    with pytest.raises(CashLimitError, match=r"₹1,69,999\.99 more in cash for this course"):
        take(counter, Method.CASH, brother, amount=Money(1_70_000_00))


def test_limits_may_be_lowered_and_never_raised(counter: Counter) -> None:
    with pytest.raises(InvalidInputError):
        counter.desk.settings.put("cash.day_limit_paise", "20000000")
    counter.desk.settings.put("cash.day_limit_paise", "1000000")
    with pytest.raises(CashLimitError, match=r"₹10,000\.00"):
        take(counter, Method.CASH, due_of(counter))


def deposit_due(counter: Counter, amount: Money) -> str:
    """Ask a student who is enrolled for a security deposit."""
    beside = counter.ledger()["dues"][0]
    context, uid = counter.context, counter.context.ids.new()
    with context.store.writing() as work:
        dues = work.enrollments.dues_of(beside["enrollment"])
        quote = Quote("Security deposit", Tax(amount, Money(0), Money(0), 0), registered=False)
        due = DueRecord(
            uid, beside["enrollment"], DueState.OPEN, quote, sequence=len(dues) + 1,
            head_code="deposit", kind=DueKind.DEPOSIT, treatment="outside",
        )  # fmt: skip
        work.enrollments.add_dues((due,), context.now())
        work.commit()
    return uid


def test_deposits_of_twenty_thousand_are_not_in_cash(counter: Counter) -> None:
    due_of(counter)
    with pytest.raises(CashLimitError, match="deposits of ₹20,000"):
        take(counter, Method.CASH, deposit_due(counter, Money(25_000_00)))
    take(counter, Method.CASH, deposit_due(counter, Money(19_999_00)))
    with pytest.raises(CashLimitError):
        take(counter, Method.CASH, deposit_due(counter, Money(1_00)))
    take(counter, Method.NEFT, deposit_due(counter, Money(1_00)), typed=NEFT)
    [paid] = [each for each in payments(counter) if each.method is Method.CASH]
    with pytest.raises(InvalidInputError, match="returning deposits"):
        counter.desk.refunds.refund(paid.uid, Money(1_000_00), "left")


# --- typed references


def test_a_transfer_is_claimed_and_a_rest_is_credit(counter: Counter) -> None:
    due = due_of(counter)
    paid = take(counter, Method.NEFT, due, amount=Money(14_660_00), typed=NEFT)
    assert paid.state is AttemptState.PAID
    assert counter.payments.outcome(paid.uid).verification is Verification.CLAIMED
    assert balance(counter) == {"claimed": 14_660_00, "fees": -14_160_00, "credit": -500_00}
    [claimed] = counter.desk.claims.claimed()
    assert (claimed.reference, claimed.amount, claimed.is_late) == (UTR, Money(14_660_00), False)
    assert claimed.dated_on == date(2026, 11, 19)


def test_money_that_would_leave_paise_stays_credit(counter: Counter) -> None:
    due = due_of(counter)
    take(counter, Method.NEFT, due, amount=Money(14_159_50), typed=NEFT)
    assert (owed(counter, due), credit(counter)) == (Money(1_00), Money(50))
    with pytest.raises(InvalidInputError, match="too small"):
        take(counter, Method.NEFT, due, amount=Money(50), typed=replace(NEFT, reference="A" * 16))


def test_the_bank_shows_it_later(counter: Counter) -> None:
    take(counter, Method.NEFT, due_of(counter), typed=NEFT)
    [claimed] = counter.desk.claims.claimed()
    counter.desk.claims.match(claimed.uid, date(2026, 11, 20), "statement of 20 Nov, line 4")
    assert counter.desk.claims.claimed() == ()
    assert balance(counter) == {"bank": 14_160_00, "fees": -14_160_00}
    with pytest.raises(InvalidInputError, match="already confirmed"):
        counter.desk.claims.match(claimed.uid, date(2026, 11, 20), "again")
    with pytest.raises(InvalidInputError, match="already confirmed"):
        counter.desk.claims.reverse(claimed.uid, "not there")


def test_what_never_came_is_taken_back_and_the_due_is_open_again(counter: Counter) -> None:
    due = due_of(counter)
    take(counter, Method.NEFT, due, typed=NEFT)
    [claimed] = counter.desk.claims.claimed()
    counter.desk.claims.reverse(claimed.uid, "the bank never showed it")
    assert owed(counter, due) == DUE
    assert balance(counter) == {}
    [enrolment] = counter.ledger()["enrollments"]
    assert enrolment["state"] == "active"  # staff decide about the seat
    [row] = payments(counter)
    assert row.verification is Verification.REVERSED
    take(counter, Method.CASH, due)
    assert balance(counter) == {"cash": 14_160_00, "fees": -14_160_00}


def test_credit_of_money_that_never_came_goes_too(counter: Counter) -> None:
    due = due_of(counter)
    take(counter, Method.NEFT, due, amount=Money(20_000_00), typed=NEFT)
    later = due_of(counter, code="CHE-11", fee=Money(4_000_00))
    take(counter, Method.CREDIT, later)
    [claimed] = counter.desk.claims.claimed()
    counter.desk.claims.reverse(claimed.uid, "never came")
    assert (owed(counter, due), owed(counter, later)) == (DUE, Money(4_000_00))
    assert credit(counter) == Money(0)
    assert balance(counter) == {}


def test_a_reference_counts_once_over_all_ways_of_paying(counter: Counter) -> None:
    take(counter, Method.IMPS, due_of(counter), typed=TypedEvidence(reference=RRN))
    other = due_of(counter, "R002", "CHE-11")
    for method in (Method.IMPS, Method.UPI_STATIC):
        with pytest.raises(ReferenceUsedError) as caught:
            take(counter, method, other, amount=Money(9_000_00),
                 typed=TypedEvidence(reference="6324 1234 5678"))  # fmt: skip
        assert "20 Nov 2026 for Student R001 (receipt D1/26-27/000001)" in caught.value.message
    assert len(payments(counter)) == 1


def test_a_reference_of_the_gateways_is_no_claim(counter: Counter) -> None:
    view = counter.shown()
    counter.pay(view)
    counter.polling.run(asked=True)
    [paid] = payments(counter)
    assert paid.rrn
    with pytest.raises(ReferenceUsedError):
        take(counter, Method.IMPS, due_of(counter, "R002", "CHE-11"),
             typed=TypedEvidence(reference=paid.rrn))  # fmt: skip


def test_the_same_money_from_the_gateway_later_shows_as_a_twin(counter: Counter) -> None:
    view = counter.shown()
    other = due_of(counter, "R002", "CHE-11")
    payment_id = counter.pay(view)
    rrn = counter.gateway.fetch_payment(payment_id).rrn or ""
    take(counter, Method.UPI_STATIC, other, amount=Money(9_000_00),
         typed=TypedEvidence(reference=rrn))  # fmt: skip
    counter.polling.run(asked=True)
    assert len(payments(counter)) == 2  # gateway money is never refused
    [claimed] = counter.desk.claims.claimed()
    assert claimed.twin == payment_id


def test_a_reference_is_looked_for_at_the_gateway_first(counter: Counter) -> None:
    counter.pay(counter.shown())
    [payment] = counter.gateway.payments.values()
    typed = TypedEvidence(reference=payment.rrn or "")
    with pytest.raises(KnownAtGatewayError) as caught:
        counter.desk.lookup.require_unknown(Method.UPI_STATIC, typed)
    assert caught.value.receipt_no == "D1/26-27/000001"  # booked as the gateway's
    counter.desk.lookup.require_unknown(Method.UPI_STATIC, TypedEvidence(reference=RRN))
    counter.gateway.trouble("payments_between", UnavailableError("offline"))
    counter.desk.lookup.require_unknown(Method.UPI_STATIC, TypedEvidence(reference=RRN))


def test_a_slip_is_corrected_and_the_old_reference_stays_taken(counter: Counter) -> None:
    take(counter, Method.NEFT, due_of(counter), typed=NEFT)
    [claimed] = counter.desk.claims.claimed()
    right = "HDFCN52026112001"
    counter.desk.claims.correct(claimed.uid, right)
    assert counter.desk.claims.claimed()[0].reference == right
    other = due_of(counter, "R002", "CHE-11")
    for used in (UTR, right):
        with pytest.raises(ReferenceUsedError):
            take(counter, Method.NEFT, other, typed=TypedEvidence(reference=used))
    counter.desk.claims.match(claimed.uid, date(2026, 11, 20), "line 4")
    with pytest.raises(InvalidInputError, match="already verified or removed"):
        counter.desk.claims.correct(claimed.uid, "HDFCN52026112002")


def test_a_claim_heads_the_inbox_after_three_working_days(counter: Counter) -> None:
    take(counter, Method.NEFT, due_of(counter), typed=NEFT)  # a Friday
    counter.clock.advance(5 * 86_400)
    assert not counter.desk.claims.claimed()[0].is_late
    counter.clock.advance(86_400)
    [late] = counter.desk.claims.claimed()
    assert (late.days, late.is_late) == (4, True)


def test_a_phone_at_the_wall_vouches_for_little(counter: Counter) -> None:
    due = due_of(counter)
    evidence = TypedEvidence(reference=RRN, payer="asha@okaxis")
    with pytest.raises(InvalidInputError, match=r"₹10,000\.00 with the QR on the wall"):
        take(counter, Method.UPI_STATIC, due, typed=evidence)
    take(counter, Method.UPI_STATIC, due, amount=Money(10_000_00), typed=evidence)


def test_the_card_machine_asks_for_its_slip(counter: Counter) -> None:
    due = due_of(counter)
    slip = TypedEvidence(reference=RRN, terminal="TID00017", auth_code="A12345", last4="1111")
    for wrong, field in (
        (replace(slip, terminal=""), "terminal"), (replace(slip, last4="11"), "last4"),
        (replace(slip, reference="1"), "reference"),
    ):  # fmt: skip
        with pytest.raises(InvalidInputError) as caught:
            take(counter, Method.CARD_MACHINE, due, typed=wrong)
        assert caught.value.field == field
    take(counter, Method.CARD_MACHINE, due, typed=slip)
    assert balance(counter) == {"card_machine": 14_160_00, "fees": -14_160_00}
    [claimed] = counter.desk.claims.claimed()
    counter.desk.claims.match(claimed.uid, date(2026, 11, 20), "T+1")
    assert balance(counter) == {"bank": 14_160_00, "fees": -14_160_00}


def test_rtgs_takes_no_small_amount(counter: Counter) -> None:
    evidence = TypedEvidence(reference="HDFCR52026112000001234")
    with pytest.raises(AmountTooSmallError):
        take(counter, Method.RTGS, due_of(counter), typed=evidence)


def test_a_day_in_the_future_is_refused(counter: Counter) -> None:
    with pytest.raises(InvalidInputError, match="future") as caught:
        take(counter, Method.NEFT, due_of(counter), typed=replace(NEFT, dated=date(2026, 11, 21)))
    assert caught.value.field == "dated"


def test_claimed_money_is_not_refunded_before_the_bank_shows_it(counter: Counter) -> None:
    take(counter, Method.NEFT, due_of(counter), typed=NEFT)
    [paid] = payments(counter)
    with pytest.raises(InvalidInputError, match="hasn't confirmed"):
        counter.desk.refunds.refund(paid.uid, None, "left")
    counter.desk.claims.match(paid.uid, date(2026, 11, 20), "line 4")
    counter.desk.refunds.refund(paid.uid, None, "left")
    assert balance(counter) == {}


def test_a_transfer_while_a_qr_is_open_ends_that_first(counter: Counter) -> None:
    due = due_of(counter)
    counter.payments.open(counter.payments.begin_dues({due: None}, Method.UPI_INTENT).uid)
    with pytest.raises(OpenAttemptError):
        take(counter, Method.NEFT, due, typed=NEFT)


def test_nothing_is_claimed_of_other_payments(counter: Counter) -> None:
    take(counter, Method.CASH, due_of(counter))
    [paid] = payments(counter)
    with pytest.raises(UnknownPaymentError):
        counter.desk.claims.reverse(paid.uid, "no such transfer")


# --- credit and opening balances


def test_credit_pays_the_next_due_without_a_payment(counter: Counter) -> None:
    take(counter, Method.NEFT, due_of(counter), amount=Money(14_660_00), typed=NEFT)
    later = due_of(counter, code="CHE-11", fee=Money(500_00))
    used = take(counter, Method.CREDIT, later)
    assert used.state is AttemptState.PAID
    found = counter.payments.outcome(used.uid)
    assert (found.receipts, found.verification) == ((), None)
    assert [each.amount for each in found.parts] == [Money(500_00)]
    assert balance(counter) == {"claimed": 14_660_00, "fees": -14_660_00}
    assert len(payments(counter)) == 1
    with pytest.raises(InvalidInputError, match="no credit"):
        take(counter, Method.CREDIT, due_of(counter, code="BIO-11"))


def test_credit_pays_as_much_as_there_is(counter: Counter) -> None:
    take(counter, Method.CASH, due_of(counter), amount=Money(16_160_00))
    later = due_of(counter, code="CHE-11")
    take(counter, Method.CREDIT, later)
    assert owed(counter, later) == Money(12_160_00)
    assert credit(counter) == Money(0)


def test_more_credit_than_there_is_is_refused_and_nothing_written(counter: Counter) -> None:
    take(counter, Method.CASH, due_of(counter), amount=Money(16_160_00))
    later = due_of(counter, code="CHE-11")
    with pytest.raises(InvalidInputError, match=r"You can use ₹2,000\.00 of credit"):
        take(counter, Method.CREDIT, later, amount=Money(2_001_00))
    assert credit(counter) == Money(2_000_00)


def test_what_credit_can_pay_is_each_students_own(counter: Counter) -> None:
    take(counter, Method.CASH, due_of(counter), amount=Money(15_160_00))
    due_of(counter, "R002", "CHE-11")
    asha, rohan = student_uid(counter), student_uid(counter, "R002")
    usable = counter.desk.credits.usable
    assert usable({asha: Money(400_00), rohan: Money(400_00)}) == (Money(1_000_00), Money(400_00))
    assert usable({asha: Money(5_000_00)}) == (Money(1_000_00), Money(1_000_00))
    assert usable({rohan: Money(400_00)}) == (Money(0), Money(0))


def test_a_draft_that_came_already_is_called_a_draft(counter: Counter) -> None:
    typed = TypedEvidence(reference="000123", bank="SBI", dated=date(2026, 11, 20), payer="Vikram")
    take(counter, Method.DRAFT, due_of(counter), typed=typed)
    with pytest.raises(InvalidInputError, match="already received this draft"):
        take(counter, Method.DRAFT, due_of(counter, code="CHE-11"), typed=typed)


def test_credit_moves_to_a_brother_and_to_no_other_family(counter: Counter) -> None:
    take(counter, Method.CASH, due_of(counter), amount=Money(15_160_00))
    later = due_of(counter, "R002", "CHE-11", Money(1_000_00))
    counter.student("R009", guardian_phone="9822222222")
    asha, rohan = student_uid(counter), student_uid(counter, "R002")
    with pytest.raises(InvalidInputError, match="within a family"):
        counter.desk.credits.move(asha, student_uid(counter, "R009"), Money(1_00), "friends")
    with pytest.raises(InvalidInputError, match=r"₹1,000\.00 of credit"):
        counter.desk.credits.move(asha, rohan, Money(1_000_01), "brother")
    counter.desk.credits.move(asha, rohan, Money(1_000_00), "for her brother")
    take(counter, Method.CREDIT, later)
    assert (credit(counter), credit(counter, "R002")) == (Money(0), Money(0))


def test_a_refund_takes_credit_first_and_none_that_was_used(counter: Counter) -> None:
    take(counter, Method.CASH, due_of(counter), amount=Money(15_160_00))
    [paid] = payments(counter)
    later = due_of(counter, code="CHE-11", fee=Money(600_00))
    take(counter, Method.CREDIT, later)
    with pytest.raises(InvalidInputError, match=r"₹14,560\.00"):
        counter.desk.refunds.refund(paid.uid, Money(15_160_00), "left")
    counter.desk.refunds.refund(paid.uid, Money(400_00), "left")
    assert credit(counter) == Money(0)
    assert balance(counter) == {"cash": 14_760_00, "fees": -14_760_00}


def test_what_was_paid_before_the_desk_began_is_brought_in_once(counter: Counter) -> None:
    due = due_of(counter)
    with pytest.raises(InvalidInputError, match="note"):
        take(counter, Method.OPENING, due, amount=Money(5_000_00))
    note = TypedEvidence(reference="Register p. 12")
    take(counter, Method.OPENING, due, amount=Money(5_000_00), typed=note)
    assert owed(counter, due) == Money(9_160_00)
    assert balance(counter) == {"adjustments": 5_000_00, "fees": -5_000_00}
    assert payments(counter) == []
    with pytest.raises(InvalidInputError, match="already entered an opening balance"):
        take(counter, Method.OPENING, due, amount=Money(1_000_00), typed=note)


# --- a crash between two steps


def test_a_kill_within_the_transaction_leaves_nothing(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = due_of(counter)

    def dies(*given: Any) -> None:
        take_at_counter(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr("desktop_app.services.payments.begin.take_at_counter", dies)
    with pytest.raises(KeyboardInterrupt):
        take(counter, Method.NEFT, due, typed=NEFT)
    monkeypatch.undo()
    counter.restart()
    assert payments(counter) == []
    take(counter, Method.NEFT, due, typed=NEFT)  # its reference is free
    assert len(payments(counter)) == 1
