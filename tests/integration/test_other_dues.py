"""The rest of a counter tender pays other dues of the student, where the payer wants that."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.domain.allocation import allocate
from desktop_app.domain.cash_limits import CashLimitError
from desktop_app.domain.courses import make_course
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.domain.payment import AttemptDue, AttemptState, Method
from desktop_app.services.errors import DueClosedError
from desktop_app.services.views.bills import Cart, CartLine
from desktop_app.services.views.evidence import TypedEvidence
from tests.integration.test_counter_tenders import NEFT, credit, owed, student_uid, take
from tests.integration.test_late_fees import due_since

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")

FEE = Money(1_000_00)
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _books_add_up(counter: Counter) -> object:
    yield
    assert counter.context.store.reader.balances.differences() == ()


def due_on(counter: Counter, code: str, days: int, fee: Money = FEE, roll_no: str = "R001") -> str:
    """Enrol a student in a course whose fee is due so many days from today; return the due."""
    known = counter.context.store.reader.students.exactly(roll_no, "")
    student = known[0] if known else counter.student(roll_no, guardian_phone="9811111111")
    course = counter.courses.add(
        make_course(code=code, title=f"Course {code}", fee=fee, gst_bp=1_800, seats=400)
    )
    day = TODAY + timedelta(days=days)
    [due] = counter.desk.enrolments.enrol(student.uid, course.uid, on=day).dues
    return due.uid


def shown(
    counter: Counter, rest: Money, *chosen: str, roll_nos: tuple[str, ...] = ("R001",)
) -> tuple[AttemptDue, ...]:
    """Return what the preview shows for a rest."""
    found = counter.desk.credits.others([student_uid(counter, each) for each in roll_nos], chosen)
    parts = allocate(rest, {each.uid: each.balance for each in found}).parts
    return tuple(AttemptDue(uid, part) for uid, part in parts.items())


def fill(
    counter: Counter, due: str, amount: Money, method: Method = Method.CASH,
    typed: TypedEvidence | None = None,
) -> AttemptView:  # fmt: skip
    """Pay an amount for a due, and let the rest pay the student's other fees."""
    others = shown(counter, amount - Money(owed(counter, due).paise), due)
    evidence = replace(typed or TypedEvidence(), others=others)
    return take(counter, method, due, amount=amount, typed=evidence)


def paid_parts(counter: Counter, attempt: AttemptView) -> dict[str, Money]:
    return {each.due_uid: each.amount for each in counter.payments.outcome(attempt.uid).parts}


def test_the_rest_pays_what_fell_due_first_and_the_receipt_names_it(counter: Counter) -> None:
    last = due_on(counter, "BIO", 30)
    chosen = due_on(counter, "PHY", 10)
    first = due_on(counter, "CHE", -5)
    paid = fill(counter, chosen, Money(2_400_00))
    assert paid_parts(counter, paid) == {chosen: FEE, first: FEE, last: Money(400_00)}
    assert credit(counter) == ZERO
    [receipt] = counter.payments.outcome(paid.uid).receipts
    lines = counter.receipts.receipt(receipt.uid).lines
    words = " ".join(line.label for line in lines)
    assert all(f"Course {code}" in words for code in ("PHY", "CHE", "BIO"))
    assert receipt.amount == total(line.amount for line in lines) == Money(2_400_00)


def test_what_the_other_fees_leave_is_credit(counter: Counter) -> None:
    chosen, other = due_on(counter, "PHY", 0), due_on(counter, "CHE", 5)
    paid = fill(counter, chosen, Money(2_300_00), Method.NEFT, NEFT)
    assert paid_parts(counter, paid) == {chosen: FEE, other: FEE}
    assert credit(counter) == Money(300_00)


def test_without_the_payer_s_word_the_rest_is_credit(counter: Counter) -> None:
    chosen, other = due_on(counter, "PHY", 0), due_on(counter, "CHE", -5)
    take(counter, Method.CASH, chosen, amount=Money(1_500_00))
    assert (owed(counter, other), credit(counter)) == (FEE, Money(500_00))


@pytest.mark.parametrize(
    ("order", "heads"),
    [("principal_first", ["tuition", "late_fee"]), ("late_fee_first", ["late_fee", "tuition"])],
)
def test_the_order_of_late_fees_is_the_centre_s(
    counter: Counter, order: str, heads: list[str]
) -> None:
    counter.desk.settings.put("late_fees.order", order)
    late = due_since(counter, 6)
    counter.desk.dues.ask_late_fees([late.uid])
    chosen = due_on(counter, "CHE", 0)
    found = counter.desk.credits.others([student_uid(counter)], [chosen])
    assert [each.head for each in found] == heads
    paid = fill(counter, chosen, Money(1_200_00))
    assert paid_parts(counter, paid) == {chosen: FEE, found[0].uid: Money(200_00)}


def test_a_due_in_another_payment_is_not_touched(counter: Counter) -> None:
    chosen, open_, shared = (due_on(counter, code, 0) for code in ("PHY", "CHE", "BIO"))
    live = counter.payments.begin_dues({shared: None}, Method.AUTO)
    assert [each.due_uid for each in shown(counter, Money(5_000_00), chosen)] == [open_]
    forced = TypedEvidence(others=(AttemptDue(shared, FEE),))
    with pytest.raises(InvalidInputError, match="other fees have changed"):
        take(counter, Method.CASH, chosen, amount=Money(2_000_00), typed=forced)
    assert counter.payments.view(live.uid).state is AttemptState.INTENT
    assert (owed(counter, chosen), owed(counter, shared)) == (FEE, FEE)


def test_a_cheque_covers_the_other_fees_until_the_bank_credits_it(counter: Counter) -> None:
    chosen, other = due_on(counter, "PHY", 0), due_on(counter, "CHE", -5)
    cheque = TypedEvidence(
        reference="000123", bank="HDFC Bank", dated=TODAY, payer="Ravi Rao", last4="4321"
    )
    taken = fill(counter, chosen, Money(2_000_00), Method.CHEQUE, cheque)
    assert taken.state is AttemptState.AWAITING
    assert (owed(counter, other), credit(counter)) == (FEE, ZERO)
    assert shown(counter, FEE, chosen) == ()
    cheque_uid = counter.desk.cheques.one(taken.uid).uid
    counter.desk.cheques.deposit([cheque_uid])
    counter.desk.cheques.clear(cheque_uid)
    assert {each.amount for each in counter.payments.outcome(taken.uid).parts} == {FEE}
    assert (owed(counter, chosen), owed(counter, other)) == (ZERO, ZERO)


@pytest.mark.parametrize("amount", [1_000_00, 1_500_00, 2_500_00])
def test_the_rest_pays_only_what_was_shown(counter: Counter, amount: int) -> None:
    chosen, other = due_on(counter, "PHY", 0), due_on(counter, "CHE", -5)
    typed = TypedEvidence(others=(AttemptDue(other, Money(600_00)),))
    with pytest.raises(InvalidInputError, match="other fees have changed"):
        take(counter, Method.CASH, chosen, amount=Money(amount), typed=typed)
    assert (owed(counter, chosen), owed(counter, other)) == (FEE, FEE)


def test_a_fee_paid_since_the_preview_is_refused_and_nothing_is_written(counter: Counter) -> None:
    chosen, other = due_on(counter, "PHY", 0), due_on(counter, "CHE", -5)
    others = shown(counter, FEE, chosen)
    take(counter, Method.CASH, other)
    with pytest.raises(DueClosedError):
        take(counter, Method.CASH, chosen, amount=Money(2_000_00),
             typed=TypedEvidence(others=others))  # fmt: skip
    assert (owed(counter, chosen), credit(counter)) == (FEE, ZERO)


def test_a_chosen_fee_is_not_another_one(counter: Counter) -> None:
    chosen = due_on(counter, "PHY", 0)
    typed = TypedEvidence(others=(AttemptDue(chosen, FEE),))
    with pytest.raises(InvalidInputError, match="other fees have changed"):
        take(counter, Method.CASH, chosen, amount=Money(2_000_00), typed=typed)


@pytest.mark.parametrize("method", [Method.AUTO, Method.CREDIT, Method.OPENING])
def test_only_money_taken_at_the_desk_pays_other_fees(counter: Counter, method: Method) -> None:
    chosen, other = due_on(counter, "PHY", 0), due_on(counter, "CHE", -5)
    typed = TypedEvidence(others=(AttemptDue(other, FEE),))
    with pytest.raises(InvalidInputError, match="taken at the counter"):
        take(counter, method, chosen, amount=Money(2_000_00), typed=typed)


def test_a_sibling_s_fee_is_paid_only_on_a_bill_of_both(counter: Counter) -> None:
    mine, more = due_on(counter, "PHY", 0), due_on(counter, "CHE", 5)
    hers = due_on(counter, "BIO", 0, roll_no="R002")
    hers_later = due_on(counter, "MAT", 9, roll_no="R002")
    typed = TypedEvidence(others=(AttemptDue(hers, FEE),))
    with pytest.raises(InvalidInputError, match="students on this bill"):
        take(counter, Method.CASH, mine, amount=Money(2_000_00), typed=typed)
    both = ("R001", "R002")
    one, two = (student_uid(counter, each) for each in both)
    cart = Cart((CartLine(one, due_uid=mine), CartLine(two, due_uid=hers)))
    others = shown(counter, Money(2_100_00), mine, hers, roll_nos=both)
    assert [each.due_uid for each in others] == [more, hers_later]
    evidence = TypedEvidence(amount=Money(4_100_00), others=others)
    offered = counter.desk.carts.offer(cart, Method.CASH, typed=evidence)
    assert paid_parts(counter, offered.attempt) == dict.fromkeys(
        (mine, hers, more, hers_later), FEE
    )
    assert offered.bill.rest == ZERO
    receipts = counter.payments.outcome(offered.attempt.uid).receipts
    assert sorted(each.amount.paise for each in receipts) == [2_000_00, 2_100_00]
    assert credit(counter) == Money(100_00)


def test_a_new_course_leaves_its_rest_to_an_older_fee(counter: Counter) -> None:
    other = due_on(counter, "CHE", -5)
    course = counter.course("NEW", fee=FEE)
    others = shown(counter, Money(300_00))
    typed = TypedEvidence(amount=Money(1_300_00), others=others)
    paid = counter.payments.begin(student_uid(counter), course.uid, Method.CASH, None, typed=typed)
    assert paid_parts(counter, paid)[other] == Money(300_00)
    assert credit(counter) == ZERO


def test_cash_for_the_other_fees_counts_for_the_limits(counter: Counter) -> None:
    chosen = due_on(counter, "PHY", 0)
    other = due_on(counter, "CHE", 0, Money(3_00_000_00))
    with pytest.raises(CashLimitError):
        fill(counter, chosen, Money(2_10_000_00))
    assert owed(counter, other) == Money(3_00_000_00)


def test_a_course_without_a_seat_is_not_offered(counter: Counter) -> None:
    chosen = due_on(counter, "PHY", 0)
    course = counter.course("FULL", fee=FEE, seats=1)
    counter.desk.enrolments.enrol(student_uid(counter), course.uid)
    assert len(shown(counter, FEE, chosen)) == 1
    taker = counter.student("R009", phone="9822222222")
    counter.payments.begin(taker.uid, course.uid, Method.CASH, None)
    assert shown(counter, FEE, chosen) == ()


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    fees=st.lists(st.integers(1_00, 3_000_00), min_size=1, max_size=4),
    over=st.integers(1, 9_000_00),
)
def test_what_came_is_on_dues_or_credit(counter: Counter, fees: list[int], over: int) -> None:
    roll_no = f"H{len(counter.ledger()['dues'])}"
    chosen = due_on(counter, f"{roll_no}-X", 0, roll_no=roll_no)
    dues = [
        due_on(counter, f"{roll_no}-{at}", at, Money(fee), roll_no=roll_no)
        for at, fee in enumerate(fees)
    ]
    amount = FEE + Money(over)
    others = shown(counter, Money(over), chosen, roll_nos=(roll_no,))
    reference = f"HDFCN5{len(counter.ledger()['dues']):010}"
    typed = replace(NEFT, reference=reference, others=others)
    paid = take(counter, Method.NEFT, chosen, amount=amount, typed=typed)
    parts = paid_parts(counter, paid)
    assert total(parts.values()) + credit(counter, roll_no) == amount
    for due, fee in zip(dues, fees, strict=True):
        assert owed(counter, due) == Money(fee) - parts.get(due, ZERO)
        assert owed(counter, due) == ZERO or owed(counter, due) >= Money(1_00)
