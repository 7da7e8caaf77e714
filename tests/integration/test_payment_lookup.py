"""“The parent says paid”: an answer never says more than the evidence does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from desktop_app.cli import find
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method, mask_vpa
from desktop_app.services import errors
from desktop_app.services.sync import payment_lookup
from desktop_app.services.sync.payment_lookup import LookupQuery
from desktop_app.services.views.payment_lookup import LookupAnswer, LookupResult
from tests.integration.conftest import FEE
from tests.integration.reached import shown

if TYPE_CHECKING:
    from tests.integration.conftest import Counter

CHANNELS = [Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK]
PATEL, PARENT = "patel@okaxis", "parent@okaxis"
UTR = "632408184821"


def look(counter: Counter, **clues: object) -> LookupResult:
    return counter.desk.lookup.find(LookupQuery(**clues))  # type: ignore[arg-type]


def paid_by(counter: Counter, vpa: str, *, roll_no: str = "R001", phone: str = "9000000001") -> str:
    """Collect a fee from a payer; return the gateway's id of the payment."""
    student = counter.student(roll_no, phone=phone)
    course = counter.course() if roll_no == "R001" else counter.courses.find("PHY-11")
    begun = counter.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    payment_id = counter.pay(counter.payments.open(begun.uid))
    counter.gateway._set(payment_id, vpa=vpa, contact=f"+91{phone}")
    counter.polling.run()
    return payment_id


def elsewhere(counter: Counter, paise: int = FEE.paise, **facts: object) -> str:
    """Capture a payment of the account that no desk of ours asked for."""
    payment_id = counter.gateway._new_payment(None, paise)
    counter.gateway._captured(payment_id)
    counter.gateway._set(payment_id, **facts)
    return payment_id


# --- a masked VPA is shared


def test_another_payer_with_the_same_mask_is_not_named(counter: Counter) -> None:
    assert mask_vpa(PATEL) == mask_vpa(PARENT)
    paid_by(counter, PATEL)
    found = look(counter, vpa=PARENT)
    assert (found.answer, found.missing) == (LookupAnswer.NOT_FOUND, "vpa")
    assert (found.receipt_no, found.student_name, found.payment_id) == (None, "", None)


def test_a_full_vpa_is_confirmed_at_the_gateway(counter: Counter) -> None:
    paid_by(counter, PATEL)
    payment_id = paid_by(counter, PARENT, roll_no="R002", phone="9000000002")
    found = look(counter, vpa=PARENT.upper())
    assert (found.answer, found.payment_id) == (LookupAnswer.CREDITED, payment_id)
    assert (found.student_name, found.receipt_no) == ("Student R002", "D1/26-27/000002")


def test_a_vpa_that_cannot_be_confirmed_is_only_possible_and_names_nobody(counter: Counter) -> None:
    paid_by(counter, PATEL)
    counter.gateway.down = errors.UnavailableError("cable")
    found = look(counter, vpa=PARENT)
    assert (found.answer, found.likely) == (LookupAnswer.POSSIBLE, LookupAnswer.CREDITED)
    assert found.amount == FEE
    assert (found.receipt_no, found.receipt_uid, found.payment_id) == (None, None, None)
    assert found.student_name == ""
    with pytest.raises(errors.UnavailableError):
        look(counter, vpa="nobody@okaxis")


def test_a_utr_is_exact_whatever_the_mask(counter: Counter) -> None:
    rrn = counter.gateway.payments[paid_by(counter, PATEL)].rrn or ""
    counter.gateway.calls.clear()
    assert look(counter, utr=rrn, vpa=PATEL).answer is LookupAnswer.CREDITED
    assert "payments_between" not in counter.gateway.calls, "our own books are enough"
    assert look(counter, utr=rrn[-6:]).answer is LookupAnswer.CREDITED


def test_two_payments_that_fit_equally_are_only_possible(counter: Counter) -> None:
    """One payer paid for two children: which of both is meant nobody has said."""
    paid_by(counter, PARENT)
    paid_by(counter, PARENT, roll_no="R002")
    for clues in ({"vpa": PARENT}, {"phone": "9000000001"}):
        found = look(counter, **clues)
        assert (found.answer, found.receipt_no) == (LookupAnswer.POSSIBLE, None), clues
    one, two = (str(row["rrn"]) for row in counter.ledger()["payments"])
    assert look(counter, phone="9000000001", utr=one).student_name == "Student R001"
    assert look(counter, phone="9000000001", utr=two).student_name == "Student R002"


# --- an amount and a time are hints


def test_an_amount_alone_names_nobody(counter: Counter) -> None:
    paid_by(counter, PATEL)
    for clues in ({"amount": FEE}, {"amount": FEE, "around": counter.clock.now()}):
        found = look(counter, **clues)
        assert (found.answer, found.likely) == (LookupAnswer.POSSIBLE, LookupAnswer.CREDITED)
        assert (found.receipt_no, found.student_name, found.payment_id) == (None, "", None)


def test_an_amount_that_only_others_of_the_account_took_is_not_of_this_desk(
    counter: Counter,
) -> None:
    elsewhere(counter)
    found = look(counter, amount=FEE)
    assert found.answer is LookupAnswer.ELSEWHERE
    assert found.amount == FEE
    assert (found.receipt_no, found.student_name, found.payment_id) == (None, "", None)


def test_a_utr_of_the_account_that_is_not_of_this_desk_is_said_so(counter: Counter) -> None:
    payment_id = elsewhere(counter, rrn=UTR)
    found = look(counter, utr=UTR[-4:])
    assert (found.answer, found.payment_id) == (LookupAnswer.ELSEWHERE, payment_id)
    assert (found.receipt_no, found.student_name) == (None, "")


@pytest.mark.parametrize(
    ("outcome", "likely"),
    [("authorized", LookupAnswer.IN_PROGRESS), ("failure", LookupAnswer.FAILED)],
)
def test_a_state_that_only_the_amount_points_to_is_possible(
    counter: Counter, outcome: str, likely: LookupAnswer
) -> None:
    view = shown(counter, Method.UPI_INTENT)
    counter.gateway.trouble("capture", errors.RateLimitedError("later"), times=99)
    counter.pay(view, outcome)
    counter.payments.cancel(view.uid)
    found = look(counter, amount=view.amount)
    assert (found.answer, found.likely) == (LookupAnswer.POSSIBLE, likely)
    assert found.student_name == ""


# --- a code that nobody scanned


@pytest.mark.parametrize("method", CHANNELS)
def test_an_open_code_that_nobody_scanned_is_not_under_way(
    counter: Counter, method: Method
) -> None:
    view = shown(counter, method)
    for clues in (
        {"amount": FEE, "attempt": view.uid},
        {"amount": FEE},
        {"phone": "9000000001"},
        {"phone": "9000000001", "amount": FEE, "attempt": view.uid},
    ):
        found = look(counter, **clues)
        assert (found.answer, found.is_open) == (LookupAnswer.AWAITING, True), clues
    assert look(counter, phone="9000000001").student_name == "Student R001"
    assert look(counter, amount=FEE).student_name == "", "an amount is no name"


@pytest.mark.parametrize("method", CHANNELS)
@pytest.mark.parametrize(
    ("clues", "missing"),
    [({"utr": UTR}, "utr"), ({"vpa": PARENT}, "vpa"), ({"utr": UTR, "vpa": PARENT}, "utr")],
)
def test_what_was_typed_and_nothing_has_is_said_though_a_code_is_open(
    counter: Counter, method: Method, clues: dict[str, str], missing: str
) -> None:
    view = shown(counter, method)
    found = look(counter, amount=FEE, attempt=view.uid, **clues)
    assert (found.answer, found.missing) == (LookupAnswer.NOT_FOUND, missing)
    assert found.is_open
    counter.payments.cancel(view.uid)
    assert not look(counter, amount=FEE, attempt=view.uid, **clues).is_open


@pytest.mark.parametrize("clues", [{"utr": UTR}, {"vpa": PARENT}, {"utr": UTR, "amount": FEE}])
def test_a_code_that_nothing_ties_to_the_parent_is_not_called_open(
    counter: Counter, clues: dict[str, object]
) -> None:
    shown(counter, Method.QR_CODE)
    found = look(counter, **clues)
    assert (found.answer, found.is_open) == (LookupAnswer.NOT_FOUND, False)


def test_clues_that_no_payment_has_together_blame_none_of_them(counter: Counter) -> None:
    rrn = counter.gateway.payments[paid_by(counter, PATEL)].rrn or ""
    found = look(counter, utr=rrn, amount=Money(5))
    assert (found.answer, found.missing) == (LookupAnswer.NOT_FOUND, "")


def test_an_unknown_phone_is_not_found(counter: Counter) -> None:
    shown(counter, Method.QR_CODE)
    found = look(counter, phone="9000000009")
    assert (found.answer, found.missing) == (LookupAnswer.NOT_FOUND, "phone")
    assert not found.is_open


@pytest.mark.parametrize("method", CHANNELS)
def test_a_code_that_ended_is_neither_open_nor_under_way(counter: Counter, method: Method) -> None:
    view = shown(counter, method)
    counter.payments.cancel(view.uid)
    for clues in ({"amount": FEE}, {"amount": FEE, "attempt": view.uid}):
        found = look(counter, **clues)
        assert (found.answer, found.is_open) == (LookupAnswer.NOT_FOUND, False), clues


def test_a_code_whose_time_is_over_is_not_open(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    counter.clock.advance(2 * 3_600)
    assert not look(counter, amount=FEE, attempt=view.uid).is_open


# --- the code on screen is exact


def test_the_payment_on_screen_is_credited_by_its_own_code(counter: Counter) -> None:
    """Other parents paid the same amount before; the code on screen identifies this one."""
    paid_by(counter, PATEL)
    student = counter.student("R002", phone="9000000002")
    begun = counter.payments.begin(student.uid, counter.courses.find("PHY-11").uid, Method.QR_CODE)
    view = counter.payments.open(begun.uid)
    assert look(counter, amount=FEE, attempt=view.uid).answer is LookupAnswer.AWAITING
    counter.pay(view)
    found = look(counter, amount=FEE, attempt=view.uid)
    assert (found.answer, found.student_name) == (LookupAnswer.CREDITED, "Student R002")


def test_another_amount_is_not_the_payment_on_screen(counter: Counter) -> None:
    view = shown(counter, Method.QR_CODE)
    found = look(counter, amount=Money(500), attempt=view.uid)
    assert (found.answer, found.is_open) == (LookupAnswer.NOT_FOUND, False)


@pytest.mark.parametrize("facts", [{"status": "authorized"}, {"vpa": PARENT}, {"rrn": UTR}])
def test_only_a_payer_puts_the_code_on_screen_under_way(
    counter: Counter, facts: dict[str, str]
) -> None:
    view = shown(counter, Method.UPI_INTENT)
    counter.gateway.trouble("capture", errors.RateLimitedError("later"), times=99)
    counter.gateway._set(counter.gateway.payable[view.qr_text or ""], **facts)
    for clues in ({}, {"utr": "999999999999"}):
        found = look(counter, amount=FEE, attempt=view.uid, **clues)
        assert (found.answer, found.amount) == (LookupAnswer.IN_PROGRESS, FEE), clues


def test_a_failed_try_on_the_code_on_screen_says_so_and_that_it_is_open(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    counter.pay(view, "failure")
    found = look(counter, amount=FEE, attempt=view.uid)
    assert (found.answer, found.is_open) == (LookupAnswer.FAILED, True)
    assert found.back_by == (counter.clock.now() + timedelta(days=5)).date()


def test_a_failed_payment_of_a_known_payer_is_failed(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    counter.gateway._set(counter.pay(view, "failure"), vpa=PARENT)
    assert look(counter, vpa=PARENT).answer is LookupAnswer.FAILED
    counter.gateway._set(counter.pay(view), vpa=PARENT)
    assert look(counter, vpa=PARENT).answer is LookupAnswer.CREDITED


def test_a_payment_on_our_order_that_cannot_be_recorded_is_not_called_another_desks(
    counter: Counter,
) -> None:
    view = shown(counter, Method.UPI_INTENT)
    payment_id = counter.gateway.payable[view.qr_text or ""]
    counter.gateway._captured(payment_id)
    counter.gateway._set(payment_id, rrn=UTR)
    order_id = counter.gateway.payments[payment_id].order_id or ""
    counter.gateway.orders[order_id] = replace(
        counter.gateway.orders[order_id], status="attempted", amount_paid_paise=0,
        amount_due_paise=FEE.paise,
    )  # fmt: skip
    assert look(counter, utr=UTR).answer is LookupAnswer.UNCHECKED
    assert look(counter, amount=FEE, attempt=view.uid).answer is LookupAnswer.UNCHECKED


def test_more_payments_than_can_be_read_are_not_called_none(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payment_lookup, "MOST_PAGES", 1)
    for _ in range(100):
        elsewhere(counter, 500)
    assert look(counter, utr=UTR).answer is LookupAnswer.UNCHECKED
    assert look(counter, amount=FEE).answer is LookupAnswer.UNCHECKED
    monkeypatch.setattr(payment_lookup, "MOST_PAGES", 2)
    assert look(counter, utr=UTR).answer is LookupAnswer.NOT_FOUND


# --- the query, the books, the command line


def test_a_search_needs_a_clue(counter: Counter) -> None:
    for clues in (LookupQuery(), LookupQuery(utr="12"), LookupQuery(utr="abcd")):
        with pytest.raises(InvalidInputError):
            counter.desk.lookup.find(clues)


def test_the_own_database_answers_without_a_connection(counter: Counter) -> None:
    paid_by(counter, PATEL)
    counter.gateway.down = errors.UnavailableError("down")
    with pytest.raises(errors.UnavailableError):
        counter.context.gateway().ping()
    counter.gateway.calls.clear()
    assert look(counter, phone="9000000001").answer is LookupAnswer.CREDITED
    assert counter.gateway.calls == [], "nobody waits for a line that is down"
    with pytest.raises(errors.UnavailableError):
        look(counter, phone="9000000009")


@pytest.mark.parametrize("answer", LookupAnswer)
def test_the_command_line_has_words_for_every_answer(answer: LookupAnswer) -> None:
    found = LookupResult(answer, amount=FEE)
    if answer is LookupAnswer.POSSIBLE:
        found = replace(found, likely=LookupAnswer.CREDITED)
    text = find._text(found)
    assert text.endswith(".")
    assert "{" not in text
    shown = json.loads(json.dumps(find._as_json(found)))
    assert shown["answer"] == answer.value
    is_proven = answer in {LookupAnswer.CREDITED, LookupAnswer.IN_PROGRESS}
    assert text.startswith(("Payment received", "The bank")) == is_proven


@pytest.mark.parametrize("missing", ["utr", "vpa", "phone", ""])
def test_the_command_line_names_what_was_not_found(missing: str) -> None:
    text = find._text(LookupResult(LookupAnswer.NOT_FOUND, missing=missing, is_open=True))
    assert text.startswith(find._MISSING[missing])
    assert text.endswith("The QR is still active.")


# --- what is returned by itself, and what cannot be read


def test_a_payment_that_returns_by_itself_does_not_hold_the_clerk_back(counter: Counter) -> None:
    view = shown(counter, Method.UPI_INTENT)
    counter.payments.cancel(view.uid)
    counter.payments.begin(view.student_uid, counter.courses.find("PHY-11").uid, Method.CASH)
    payment_id = counter.pay(view, "authorized")
    counter.gateway._set(payment_id, vpa=PARENT)
    counter.polling.reconcile()
    assert [each.payment_id for each in counter.desk.unapplied.returning()] == [payment_id]
    assert look(counter, vpa=PARENT).answer is LookupAnswer.FAILED
    assert look(counter, amount=FEE, attempt=view.uid).answer is LookupAnswer.FAILED


def test_a_payment_that_cannot_be_read_may_be_the_one(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counter.gateway, "payments_between", lambda *_given, **_named: (None,))
    assert look(counter, utr=UTR).answer is LookupAnswer.UNCHECKED
    assert look(counter, amount=FEE).answer is LookupAnswer.UNCHECKED
