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

if TYPE_CHECKING:
    from tests.integration.conftest import Till

CHANNELS = [Method.UPI_INTENT, Method.QR_CODE, Method.PAYMENT_LINK]
PATEL, PARENT = "patel@okaxis", "parent@okaxis"
UTR = "632408184821"


def look(till: Till, **clues: object) -> LookupResult:
    return till.desk.lookup.find(LookupQuery(**clues))  # type: ignore[arg-type]


def paid_by(till: Till, vpa: str, *, roll_no: str = "R001", phone: str = "9000000001") -> str:
    """Collect a fee from a payer; return the gateway's id of the payment."""
    student = till.student(roll_no, phone=phone)
    course = till.course() if roll_no == "R001" else till.courses.find("PHY-11")
    begun = till.payments.begin(student.uid, course.uid, Method.UPI_INTENT)
    payment_id = till.pay(till.payments.open(begun.uid))
    till.gateway._set(payment_id, vpa=vpa, contact=f"+91{phone}")
    till.polling.run()
    return payment_id


def elsewhere(till: Till, paise: int = FEE.paise, **facts: object) -> str:
    """Capture a payment of the account that no desk of ours asked for."""
    payment_id = till.gateway._new_payment(None, paise)
    till.gateway._captured(payment_id)
    till.gateway._set(payment_id, **facts)
    return payment_id


# --- a masked VPA is shared


def test_another_payer_with_the_same_mask_is_not_named(till: Till) -> None:
    assert mask_vpa(PATEL) == mask_vpa(PARENT)
    paid_by(till, PATEL)
    found = look(till, vpa=PARENT)
    assert (found.answer, found.missing) == (LookupAnswer.NOT_FOUND, "vpa")
    assert (found.receipt_no, found.student_name, found.payment_id) == (None, "", None)


def test_a_full_vpa_is_confirmed_at_the_gateway(till: Till) -> None:
    paid_by(till, PATEL)
    payment_id = paid_by(till, PARENT, roll_no="R002", phone="9000000002")
    found = look(till, vpa=PARENT.upper())
    assert (found.answer, found.payment_id) == (LookupAnswer.CREDITED, payment_id)
    assert (found.student_name, found.receipt_no) == ("Student R002", "D1/26-27/000002")


def test_a_vpa_that_cannot_be_confirmed_is_only_possible_and_names_nobody(till: Till) -> None:
    paid_by(till, PATEL)
    till.gateway.down = errors.UnavailableError("cable")
    found = look(till, vpa=PARENT)
    assert (found.answer, found.likely) == (LookupAnswer.POSSIBLE, LookupAnswer.CREDITED)
    assert found.amount == FEE
    assert (found.receipt_no, found.receipt_uid, found.payment_id) == (None, None, None)
    assert found.student_name == ""
    with pytest.raises(errors.UnavailableError):
        look(till, vpa="nobody@okaxis")


def test_a_utr_is_exact_whatever_the_mask(till: Till) -> None:
    rrn = till.gateway.payments[paid_by(till, PATEL)].rrn or ""
    till.gateway.calls.clear()
    assert look(till, utr=rrn, vpa=PATEL).answer is LookupAnswer.CREDITED
    assert "payments_between" not in till.gateway.calls, "our own books are enough"
    assert look(till, utr=rrn[-6:]).answer is LookupAnswer.CREDITED


def test_two_payments_that_fit_equally_are_only_possible(till: Till) -> None:
    """One payer paid for two children: which of both is meant nobody has said."""
    paid_by(till, PARENT)
    paid_by(till, PARENT, roll_no="R002")
    for clues in ({"vpa": PARENT}, {"phone": "9000000001"}):
        found = look(till, **clues)
        assert (found.answer, found.receipt_no) == (LookupAnswer.POSSIBLE, None), clues
    one, two = (str(row["rrn"]) for row in till.ledger()["payments"])
    assert look(till, phone="9000000001", utr=one).student_name == "Student R001"
    assert look(till, phone="9000000001", utr=two).student_name == "Student R002"


# --- an amount and a time are hints


def test_an_amount_alone_names_nobody(till: Till) -> None:
    paid_by(till, PATEL)
    for clues in ({"amount": FEE}, {"amount": FEE, "around": till.clock.now()}):
        found = look(till, **clues)
        assert (found.answer, found.likely) == (LookupAnswer.POSSIBLE, LookupAnswer.CREDITED)
        assert (found.receipt_no, found.student_name, found.payment_id) == (None, "", None)


def test_an_amount_that_only_others_of_the_account_took_is_not_of_this_desk(till: Till) -> None:
    elsewhere(till)
    found = look(till, amount=FEE)
    assert found.answer is LookupAnswer.ELSEWHERE
    assert found.amount == FEE
    assert (found.receipt_no, found.student_name, found.payment_id) == (None, "", None)


def test_a_utr_of_the_account_that_is_not_of_this_desk_is_said_so(till: Till) -> None:
    payment_id = elsewhere(till, rrn=UTR)
    found = look(till, utr=UTR[-4:])
    assert (found.answer, found.payment_id) == (LookupAnswer.ELSEWHERE, payment_id)
    assert (found.receipt_no, found.student_name) == (None, "")


@pytest.mark.parametrize(
    ("outcome", "likely"),
    [("authorized", LookupAnswer.IN_PROGRESS), ("failure", LookupAnswer.FAILED)],
)
def test_a_state_that_only_the_amount_points_to_is_possible(
    till: Till, outcome: str, likely: LookupAnswer
) -> None:
    view = till.shown(Method.UPI_INTENT)
    till.gateway.trouble("capture", errors.RateLimitedError("later"), times=99)
    till.pay(view, outcome)
    till.payments.cancel(view.uid)
    found = look(till, amount=view.amount)
    assert (found.answer, found.likely) == (LookupAnswer.POSSIBLE, likely)
    assert found.student_name == ""


# --- a code that nobody scanned


@pytest.mark.parametrize("method", CHANNELS)
def test_an_open_code_that_nobody_scanned_is_not_under_way(till: Till, method: Method) -> None:
    view = till.shown(method)
    for clues in (
        {"amount": FEE, "attempt": view.uid},
        {"amount": FEE},
        {"phone": "9000000001"},
        {"phone": "9000000001", "amount": FEE, "attempt": view.uid},
    ):
        found = look(till, **clues)
        assert (found.answer, found.is_open) == (LookupAnswer.AWAITING, True), clues
    assert look(till, phone="9000000001").student_name == "Student R001"
    assert look(till, amount=FEE).student_name == "", "an amount is no name"


@pytest.mark.parametrize("method", CHANNELS)
@pytest.mark.parametrize(
    ("clues", "missing"),
    [({"utr": UTR}, "utr"), ({"vpa": PARENT}, "vpa"), ({"utr": UTR, "vpa": PARENT}, "utr")],
)
def test_what_was_typed_and_nothing_has_is_said_though_a_code_is_open(
    till: Till, method: Method, clues: dict[str, str], missing: str
) -> None:
    view = till.shown(method)
    found = look(till, amount=FEE, attempt=view.uid, **clues)
    assert (found.answer, found.missing) == (LookupAnswer.NOT_FOUND, missing)
    assert found.is_open
    till.payments.cancel(view.uid)
    assert not look(till, amount=FEE, attempt=view.uid, **clues).is_open


@pytest.mark.parametrize("clues", [{"utr": UTR}, {"vpa": PARENT}, {"utr": UTR, "amount": FEE}])
def test_a_code_that_nothing_ties_to_the_parent_is_not_called_open(
    till: Till, clues: dict[str, object]
) -> None:
    till.shown(Method.QR_CODE)
    found = look(till, **clues)
    assert (found.answer, found.is_open) == (LookupAnswer.NOT_FOUND, False)


def test_clues_that_no_payment_has_together_blame_none_of_them(till: Till) -> None:
    rrn = till.gateway.payments[paid_by(till, PATEL)].rrn or ""
    found = look(till, utr=rrn, amount=Money(5))
    assert (found.answer, found.missing) == (LookupAnswer.NOT_FOUND, "")


def test_an_unknown_phone_is_not_found(till: Till) -> None:
    till.shown(Method.QR_CODE)
    found = look(till, phone="9000000009")
    assert (found.answer, found.missing) == (LookupAnswer.NOT_FOUND, "phone")
    assert not found.is_open


@pytest.mark.parametrize("method", CHANNELS)
def test_a_code_that_ended_is_neither_open_nor_under_way(till: Till, method: Method) -> None:
    view = till.shown(method)
    till.payments.cancel(view.uid)
    for clues in ({"amount": FEE}, {"amount": FEE, "attempt": view.uid}):
        found = look(till, **clues)
        assert (found.answer, found.is_open) == (LookupAnswer.NOT_FOUND, False), clues


def test_a_code_whose_time_is_over_is_not_open(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    till.clock.advance(2 * 3_600)
    assert not look(till, amount=FEE, attempt=view.uid).is_open


# --- the code on screen is exact


def test_the_payment_on_screen_is_credited_by_its_own_code(till: Till) -> None:
    """Other parents paid the same amount before; the code on screen identifies this one."""
    paid_by(till, PATEL)
    student = till.student("R002", phone="9000000002")
    begun = till.payments.begin(student.uid, till.courses.find("PHY-11").uid, Method.QR_CODE)
    view = till.payments.open(begun.uid)
    assert look(till, amount=FEE, attempt=view.uid).answer is LookupAnswer.AWAITING
    till.pay(view)
    found = look(till, amount=FEE, attempt=view.uid)
    assert (found.answer, found.student_name) == (LookupAnswer.CREDITED, "Student R002")


def test_another_amount_is_not_the_payment_on_screen(till: Till) -> None:
    view = till.shown(Method.QR_CODE)
    found = look(till, amount=Money(500), attempt=view.uid)
    assert (found.answer, found.is_open) == (LookupAnswer.NOT_FOUND, False)


@pytest.mark.parametrize("facts", [{"status": "authorized"}, {"vpa": PARENT}, {"rrn": UTR}])
def test_only_a_payer_puts_the_code_on_screen_under_way(till: Till, facts: dict[str, str]) -> None:
    view = till.shown(Method.UPI_INTENT)
    till.gateway.trouble("capture", errors.RateLimitedError("later"), times=99)
    till.gateway._set(till.gateway.payable[view.qr_text or ""], **facts)
    for clues in ({}, {"utr": "999999999999"}):
        found = look(till, amount=FEE, attempt=view.uid, **clues)
        assert (found.answer, found.amount) == (LookupAnswer.IN_PROGRESS, FEE), clues


def test_a_failed_try_on_the_code_on_screen_says_so_and_that_it_is_open(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    till.pay(view, "failure")
    found = look(till, amount=FEE, attempt=view.uid)
    assert (found.answer, found.is_open) == (LookupAnswer.FAILED, True)
    assert found.back_by == (till.clock.now() + timedelta(days=5)).date()


def test_a_failed_payment_of_a_known_payer_is_failed(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    till.gateway._set(till.pay(view, "failure"), vpa=PARENT)
    assert look(till, vpa=PARENT).answer is LookupAnswer.FAILED
    till.gateway._set(till.pay(view), vpa=PARENT)
    assert look(till, vpa=PARENT).answer is LookupAnswer.CREDITED


def test_a_payment_on_our_order_that_cannot_be_recorded_is_not_called_another_desks(
    till: Till,
) -> None:
    view = till.shown(Method.UPI_INTENT)
    payment_id = till.gateway.payable[view.qr_text or ""]
    till.gateway._captured(payment_id)
    till.gateway._set(payment_id, amount_paise=FEE.paise - 100, rrn=UTR)
    assert look(till, utr=UTR).answer is LookupAnswer.UNCHECKED
    assert look(till, amount=FEE, attempt=view.uid).answer is LookupAnswer.UNCHECKED


def test_more_payments_than_can_be_read_are_not_called_none(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payment_lookup, "MOST_PAGES", 1)
    for _ in range(100):
        elsewhere(till, 500)
    assert look(till, utr=UTR).answer is LookupAnswer.UNCHECKED
    assert look(till, amount=FEE).answer is LookupAnswer.UNCHECKED
    monkeypatch.setattr(payment_lookup, "MOST_PAGES", 2)
    assert look(till, utr=UTR).answer is LookupAnswer.NOT_FOUND


# --- the query, the books, the command line


def test_a_search_needs_a_clue(till: Till) -> None:
    for clues in (LookupQuery(), LookupQuery(utr="12"), LookupQuery(utr="abcd")):
        with pytest.raises(InvalidInputError):
            till.desk.lookup.find(clues)


def test_the_own_database_answers_without_a_connection(till: Till) -> None:
    paid_by(till, PATEL)
    till.gateway.down = errors.UnavailableError("down")
    with pytest.raises(errors.UnavailableError):
        till.context.gateway().ping()
    till.gateway.calls.clear()
    assert look(till, phone="9000000001").answer is LookupAnswer.CREDITED
    assert till.gateway.calls == [], "nobody waits for a line that is down"
    with pytest.raises(errors.UnavailableError):
        look(till, phone="9000000009")


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
    assert ("received: print" in text.lower() or text.startswith("The bank")) == is_proven


@pytest.mark.parametrize("missing", ["utr", "vpa", "phone", ""])
def test_the_command_line_names_what_was_not_found(missing: str) -> None:
    text = find._text(LookupResult(LookupAnswer.NOT_FOUND, missing=missing, is_open=True))
    assert text.startswith(find._MISSING[missing])
    assert text.endswith("The QR is still open.")


# --- what is returned by itself, and what cannot be read


def test_a_payment_that_returns_by_itself_does_not_hold_the_clerk_back(till: Till) -> None:
    view = till.shown(Method.UPI_INTENT)
    till.payments.cancel(view.uid)
    till.payments.begin(view.student_uid, till.courses.find("PHY-11").uid, Method.CASH)
    payment_id = till.pay(view, "authorized")
    till.gateway._set(payment_id, vpa=PARENT)
    till.polling.reconcile()
    assert [each.payment_id for each in till.desk.unapplied.returning()] == [payment_id]
    assert look(till, vpa=PARENT).answer is LookupAnswer.FAILED
    assert look(till, amount=FEE, attempt=view.uid).answer is LookupAnswer.FAILED


def test_a_payment_that_cannot_be_read_may_be_the_one(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(till.gateway, "payments_between", lambda *_given, **_named: (None,))
    assert look(till, utr=UTR).answer is LookupAnswer.UNCHECKED
    assert look(till, amount=FEE).answer is LookupAnswer.UNCHECKED
