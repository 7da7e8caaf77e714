"""Cheques: handed in, deposited, credited or returned; money only once the bank has credited it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader
from PySide6.QtGui import QTextDocument

from desktop_app.cli.exits import Exit, explain
from desktop_app.documents.paper_sheet import LANGUAGES, PAPERS
from desktop_app.documents.receipt_html import receipt_html
from desktop_app.documents.receipt_words import (
    HELD,
    SLIPS,
    UNSURE,
    UNSURE_PARTS,
    UNSURE_TENDERS,
    word,
)
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.instruments import BounceReason, InstrumentState
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.tender import Verification
from desktop_app.services.errors import ChequeCoversError, ChequeMovedError, UnknownPaymentError
from desktop_app.services.views.evidence import TypedEvidence
from tests.integration.test_after_payment import balance
from tests.integration.test_counter_tenders import (
    DUE,
    credit,
    doctor,
    due_of,
    owed,
    payments,
    take,
)
from tests.proofs.proof_desk import open_services
from tests.together import together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

    from desktop_app.services.views.tenders import ChequeRow
    from tests.integration.conftest import Counter

pytestmark = pytest.mark.usefixtures("books_hold")

CHEQUE = TypedEvidence(
    reference="000123", bank="HDFC Bank", dated=date(2026, 11, 20), payer="Vikram Rao",
    last4="4321",
)  # fmt: skip
DAY = 86_400
FUNDS = BounceReason.FUNDS.value


@pytest.fixture(autouse=True)
def _books_add_up(counter: Counter) -> Iterator[None]:
    yield
    assert doctor(counter) == ()


def handed_in(counter: Counter, due: str, typed: TypedEvidence = CHEQUE) -> ChequeRow:
    view = take(counter, Method.CHEQUE, due, amount=typed.amount, typed=typed)
    return counter.desk.cheques.one(view.uid)


def deposited(counter: Counter, due: str, typed: TypedEvidence = CHEQUE) -> ChequeRow:
    cheque = handed_in(counter, due, typed)
    slip = counter.desk.cheques.deposit([cheque.uid], "HDFC 4321")
    return slip.cheques[-1]


def test_a_cheque_covers_its_due_and_is_no_payment(counter: Counter) -> None:
    due = due_of(counter)
    cheque = handed_in(counter, due)
    assert (cheque.state, cheque.slip_no, cheque.amount) == (
        InstrumentState.IN_HAND, "KD1/26-27/000001", DUE,
    )  # fmt: skip
    assert (balance(counter), payments(counter)) == ({}, [])
    assert owed(counter, due) == DUE
    assert counter.payments.waiting() == ()  # nothing is shown, and nothing is asked for
    [enrolment] = counter.ledger()["enrollments"]
    assert enrolment["state"] == "active"
    assert counter.context.store.reader.receipts.latest() is None
    for method in (Method.UPI_INTENT, Method.CASH):
        with pytest.raises(ChequeCoversError) as caught:
            counter.payments.begin_dues({due: None}, method)
        assert caught.value.slip_no == cheque.slip_no
    with pytest.raises(ChequeCoversError):  # nor is it made payable by QR
        counter.payments.open(cheque.attempt_uid)


def test_a_seat_may_wait_for_clearance(counter: Counter) -> None:
    counter.desk.settings.put("cheque.activates", "clearance")
    cheque = deposited(counter, due_of(counter))
    assert counter.ledger()["enrollments"][0]["state"] == "pending"
    counter.desk.cheques.clear(cheque.uid)
    assert counter.ledger()["enrollments"][0]["state"] == "active"


def test_it_is_paid_when_the_bank_has_credited_it(counter: Counter) -> None:
    due = due_of(counter)
    cheque = deposited(counter, due)
    counter.clock.advance(2 * DAY)
    cleared = counter.desk.cheques.clear(cheque.uid, date(2026, 11, 21))
    assert (cleared.state, cleared.receipt_no) == (InstrumentState.CLEARED, "D1/26-27/000001")
    assert owed(counter, due) == Money(0)
    assert balance(counter) == {"bank": 14_160_00, "fees": -14_160_00}
    [paid] = payments(counter)
    assert paid.verification is Verification.REALISED
    with pytest.raises(ChequeMovedError):
        counter.desk.cheques.clear(cheque.uid)
    assert len(payments(counter)) == 1


def test_a_cheque_of_more_than_is_due_leaves_credit(counter: Counter) -> None:
    due = due_of(counter)
    cheque = deposited(counter, due, replace(CHEQUE, amount=Money(15_000_00)))
    counter.desk.cheques.clear(cheque.uid)
    assert (owed(counter, due), credit(counter)) == (Money(0), Money(840_00))


def test_a_part_by_cheque_leaves_the_rest_open(counter: Counter) -> None:
    due = due_of(counter)
    cheque = deposited(counter, due, replace(CHEQUE, amount=Money(9_160_00)))
    counter.desk.cheques.clear(cheque.uid)
    assert owed(counter, due) == Money(5_000_00)


def test_what_was_paid_otherwise_meanwhile_becomes_credit(counter: Counter) -> None:
    due = due_of(counter)
    late = counter.payments.open(counter.payments.begin_dues({due: None}, Method.UPI_INTENT).uid)
    counter.payments.cancel(late.uid)
    cheque = deposited(counter, due)
    counter.pay(late)
    counter.polling.reconcile()
    counter.desk.cheques.clear(cheque.uid)
    assert (owed(counter, due), credit(counter)) == (Money(0), DUE)
    assert balance(counter) == {
        "gateway": 14_160_00, "bank": 14_160_00, "fees": -14_160_00, "credit": -14_160_00,
    }  # fmt: skip


def test_a_bounce_opens_the_due_again_on_its_old_date(counter: Counter) -> None:
    due = due_of(counter)
    cheque = deposited(counter, due)
    counter.clock.advance(3 * DAY)
    bounced = counter.desk.cheques.bounce(cheque.uid, FUNDS, date(2026, 11, 23))
    assert (bounced.state, bounced.reason) == (InstrumentState.BOUNCED, FUNDS)
    assert (bounced.notice_by, bounced.is_criminal) == (date(2026, 12, 23), True)
    assert balance(counter) == {}
    [row] = [each for each in counter.ledger()["dues"] if each["id"] == due]
    assert (row["state"], row["due_on"], row["balance"]) == ("open", "2026-11-20", 14_160_00)
    assert counter.ledger()["enrollments"][0]["state"] == "active"
    counter.payments.open(counter.payments.begin_dues({due: None}, Method.UPI_INTENT).uid)


def test_one_that_bounced_is_deposited_again_and_covers_again(counter: Counter) -> None:
    due = due_of(counter)
    cheque = deposited(counter, due)
    counter.desk.cheques.bounce(cheque.uid, FUNDS)
    slip = counter.desk.cheques.deposit([cheque.uid])
    assert slip.number == 2
    with pytest.raises(ChequeCoversError):
        counter.payments.begin_dues({due: None}, Method.CASH)
    counter.desk.cheques.clear(cheque.uid)
    assert owed(counter, due) == Money(0)
    assert balance(counter) == {"bank": 14_160_00, "fees": -14_160_00}


def test_the_bank_may_return_it_late(counter: Counter) -> None:
    due = due_of(counter)
    cheque = deposited(counter, due)
    counter.desk.cheques.clear(cheque.uid)
    counter.desk.cheques.bounce(cheque.uid, "signature differs")
    assert owed(counter, due) == DUE
    assert balance(counter) == {}
    [row] = payments(counter)
    assert row.verification is Verification.BOUNCED
    counter.desk.cheques.deposit([cheque.uid])
    counter.desk.cheques.clear(cheque.uid)
    assert owed(counter, due) == Money(0)
    assert [each.verification for each in payments(counter)] == [
        Verification.REALISED, Verification.BOUNCED,
    ]  # fmt: skip


def test_one_that_the_bank_returned_late_may_find_its_due_paid(counter: Counter) -> None:
    due = due_of(counter)
    cheque = deposited(counter, due)
    counter.desk.cheques.clear(cheque.uid)
    counter.desk.cheques.bounce(cheque.uid, FUNDS)
    counter.payments.begin_dues({due: None}, Method.CASH)
    counter.desk.cheques.deposit([cheque.uid])
    assert counter.context.store.reader.balances.differences() == ()


def test_it_is_given_back_before_a_qr_is_made(counter: Counter) -> None:
    due = due_of(counter)
    cheque = handed_in(counter, due)
    with pytest.raises(InvalidInputError, match="reason"):
        counter.desk.cheques.give_back(cheque.uid, " ")
    back = counter.desk.cheques.give_back(cheque.slip_no, "pays by UPI")
    assert (back.state, back.reason) == (InstrumentState.RETURNED, "pays by UPI")
    view = counter.payments.begin_dues({due: None}, Method.UPI_INTENT)
    assert counter.payments.open(view.uid).state is AttemptState.AWAITING
    with pytest.raises(ChequeMovedError):
        counter.desk.cheques.deposit([cheque.uid])


@pytest.mark.parametrize("how", ["lose", "expire"])
def test_one_that_is_lost_or_stale_covers_nothing(counter: Counter, how: str) -> None:
    due = due_of(counter)
    cheque = handed_in(counter, due)
    if how == "lose":
        assert counter.desk.cheques.lose(cheque.uid, "not found").state is InstrumentState.LOST
    else:
        assert counter.desk.cheques.expire(cheque.uid).state is InstrumentState.STALE
    take(counter, Method.CASH, due)


def test_the_same_cheque_is_taken_once(counter: Counter) -> None:
    first = handed_in(counter, due_of(counter))
    other = due_of(counter, "R002", "CHE-11")
    for typed in (CHEQUE, replace(CHEQUE, bank="hdfc bank"), replace(CHEQUE, micr="302240002")):
        with pytest.raises(InvalidInputError, match=f"slip {first.slip_no}"):
            handed_in(counter, other, typed)
    handed_in(counter, other, replace(CHEQUE, bank="SBI"))


def test_one_that_was_given_back_may_come_again(counter: Counter) -> None:
    due = due_of(counter)
    counter.desk.cheques.give_back(handed_in(counter, due).uid, "wrong date")
    assert handed_in(counter, due).slip_no == "KD1/26-27/000002"


def test_a_post_dated_cheque_is_not_deposited_before_its_date(counter: Counter) -> None:
    cheque = handed_in(counter, due_of(counter), replace(CHEQUE, dated=date(2026, 12, 1)))
    assert cheque.is_held
    with pytest.raises(InvalidInputError, match="01 Dec 2026"):
        counter.desk.cheques.deposit([cheque.uid])
    counter.clock.advance(11 * DAY)
    counter.desk.cheques.deposit([cheque.uid])


def test_an_old_one_is_neither_taken_nor_deposited(counter: Counter) -> None:
    due = due_of(counter)
    with pytest.raises(InvalidInputError, match="3 months"):
        handed_in(counter, due, replace(CHEQUE, dated=date(2026, 8, 19)))
    cheque = handed_in(counter, due)
    counter.clock.advance(93 * DAY)
    with pytest.raises(InvalidInputError, match="3 months"):
        counter.desk.cheques.deposit([cheque.uid])


def test_a_slip_holds_the_cheques_of_one_trip_to_the_bank(counter: Counter) -> None:
    one = handed_in(counter, due_of(counter))
    two = handed_in(counter, due_of(counter, "R002", "CHE-11"), replace(CHEQUE, reference="000124"))
    slip = counter.desk.cheques.deposit([one.uid, two.uid], "HDFC 4321")
    assert (slip.number, slip.total, len(slip.cheques)) == (1, Money(28_320_00), 2)
    assert slip.words.startswith("Rupees Twenty-eight thousand") or "twenty" in slip.words.lower()
    with pytest.raises(ChequeMovedError):
        counter.desk.cheques.deposit([one.uid])
    with pytest.raises(InvalidInputError, match="Choose"):
        counter.desk.cheques.deposit([])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paper", PAPERS)
def test_a_deposit_slip_is_on_paper_for_the_bank(
    qapp: QApplication, counter: Counter, tmp_path: Path, paper: str, language: str
) -> None:
    one = handed_in(counter, due_of(counter))
    two = handed_in(counter, due_of(counter, "R002", "CHE-11"), replace(CHEQUE, reference="000124"))
    slip = counter.desk.cheques.deposit([one.uid, two.uid], "HDFC <4321>")
    document = QTextDocument()
    document.setHtml(counter.receipts.slip_html(slip.uid, paper, language))
    text = document.toPlainText()
    for expected in (
        "000123 · HDFC Bank", "000124 · HDFC Bank", "20-11-2026", "Vikram Rao", "14,160.00",
        "28,320.00", "HDFC <4321>", {"en": "Total of 2", "hi": "2 का जोड़"}[language],
        {"en": "Twenty-eight thousand", "hi": "अट्ठाईस हज़ार"}[language],
    ):  # fmt: skip
        assert expected in text
    path = counter.receipts.save_slip(slip.uid, paper, tmp_path / "slip.pdf", language)
    found = PdfReader(path)
    assert found.metadata is not None
    assert (len(found.pages), found.metadata.title) == (1, "Deposit slip 1")
    assert counter.receipts.latest() is None, "it is no receipt"


def test_nothing_clears_that_was_not_deposited(counter: Counter) -> None:
    cheque = handed_in(counter, due_of(counter))
    for step in (counter.desk.cheques.clear, lambda uid: counter.desk.cheques.bounce(uid, FUNDS)):
        with pytest.raises(InvalidInputError):
            step(cheque.uid)
    with pytest.raises(UnknownPaymentError):
        counter.desk.cheques.clear("nobody")
    with pytest.raises(InvalidInputError, match="future"):
        counter.desk.cheques.deposit([cheque.uid], on=date(2026, 11, 21))


def test_a_family_whose_cheques_came_back_brings_no_more(counter: Counter) -> None:
    due = due_of(counter)
    cheque = deposited(counter, due)
    counter.desk.cheques.bounce(cheque.uid, FUNDS)
    counter.desk.cheques.deposit([cheque.uid])
    counter.desk.cheques.bounce(cheque.uid, FUNDS)
    other = due_of(counter, "R002", "CHE-11")
    with pytest.raises(InvalidInputError, match="2 of this family's cheques"):
        handed_in(counter, other, replace(CHEQUE, reference="000999"))
    take(counter, Method.DRAFT, other, typed=replace(CHEQUE, reference="000999"))


def test_a_bounce_may_cost_a_charge_without_gst(counter: Counter) -> None:
    counter.desk.settings.put("cheque.bounce_charge_paise", "35000")
    cheque = deposited(counter, due_of(counter))
    counter.desk.cheques.bounce(cheque.uid, FUNDS)
    [charge] = [each for each in counter.ledger()["dues"] if each["head"] == "bounce"]
    assert (charge["amount"], charge["balance"]) == (350_00, 350_00)
    take(counter, Method.CASH, charge["id"])
    [allocated] = counter.ledger()["allocations"]
    assert (allocated["taxable"], allocated["cgst"]) == (350_00, 0)


def test_every_word_of_what_was_handed_in_has_its_hindi() -> None:
    words = [each for slip in SLIPS.values() for each in slip]
    words += [*HELD.values(), *UNSURE.values(), *UNSURE_PARTS.values(), *UNSURE_TENDERS.values()]
    assert [each for each in (*words, "Signed by") if word(each, "hi") == each] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(
    ("method", "words"),
    [
        (Method.CHEQUE, {"en": ("Cheque received", "Cheque no."), "hi": ("चेक मिला", "चेक नं.")}),
        (
            Method.DRAFT,
            {"en": ("Demand draft received", "Draft no."), "hi": ("डिमांड ड्राफ़्ट मिला", "ड्राफ़्ट नं.")},
        ),
    ],
)
def test_what_was_handed_in_is_named_on_its_paper(
    counter: Counter, method: Method, words: dict[str, tuple[str, str]], paper: str, language: str
) -> None:
    begun = take(counter, method, due_of(counter), typed=CHEQUE)
    slip = counter.desk.cheques.one(begun.uid)
    text = receipt_html(counter.receipts.receipt(slip.uid), paper, language)
    title, number = words[language]
    assert title in text
    assert number.casefold() in text.casefold()
    if method is Method.DRAFT:
        assert "cheque" not in text.casefold()
        assert "चेक नं." not in text


def test_a_centre_may_book_cheques_on_receipt(counter: Counter) -> None:
    counter.desk.settings.put("cheque.books_on", "receipt")
    due = due_of(counter)
    cheque = handed_in(counter, due)
    assert cheque.receipt_no == "D1/26-27/000001"
    assert balance(counter) == {"cheques": 14_160_00, "fees": -14_160_00}
    [row] = payments(counter)
    assert row.verification is Verification.IN_CLEARING
    counter.desk.cheques.deposit([cheque.uid])
    counter.desk.cheques.clear(cheque.uid)
    assert balance(counter) == {"bank": 14_160_00, "fees": -14_160_00}
    assert payments(counter)[0].verification is Verification.REALISED
    counter.desk.cheques.bounce(cheque.uid, FUNDS)
    assert (balance(counter), owed(counter, due)) == ({}, DUE)


def test_a_bounce_of_one_booked_on_receipt_reverses_it(counter: Counter) -> None:
    counter.desk.settings.put("cheque.books_on", "receipt")
    due = due_of(counter)
    cheque = deposited(counter, due)
    counter.desk.cheques.bounce(cheque.uid, FUNDS)
    assert (balance(counter), owed(counter, due)) == ({}, DUE)
    assert payments(counter)[0].verification is Verification.BOUNCED


def test_a_kill_before_the_commit_leaves_the_cheque_deposited(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = due_of(counter)
    cheque = deposited(counter, due)
    monkeypatch.setattr(
        "desktop_app.storage.payments.instrument_repository.SqlInstrumentRepository.save", _dies
    )
    with pytest.raises(KeyboardInterrupt):
        counter.desk.cheques.clear(cheque.uid)
    monkeypatch.undo()
    counter.restart()
    assert counter.desk.cheques.one(cheque.uid).state is InstrumentState.DEPOSITED
    assert payments(counter) == []
    counter.desk.cheques.clear(cheque.uid)
    assert owed(counter, due) == Money(0)


def _dies(*_given: object) -> bool:
    raise KeyboardInterrupt


# --- two windows move one cheque


def moved(counter: Counter, cheque: ChequeRow, state: InstrumentState) -> None:
    """Bring a cheque in hand to a state, as another window does."""
    desk = counter.desk.cheques
    if state in {InstrumentState.DEPOSITED, InstrumentState.CLEARED, InstrumentState.BOUNCED}:
        desk.deposit([cheque.uid])
    match state:
        case InstrumentState.CLEARED:
            desk.clear(cheque.uid)
        case InstrumentState.BOUNCED:
            desk.bounce(cheque.uid, FUNDS)
        case InstrumentState.RETURNED:
            desk.give_back(cheque.uid, "pays by UPI")
        case InstrumentState.LOST:
            desk.lose(cheque.uid, "not found")
        case InstrumentState.STALE:
            desk.expire(cheque.uid)
        case _:
            pass


@pytest.mark.parametrize("state", set(InstrumentState) - {InstrumentState.IN_HAND})
def test_a_step_that_another_window_overtook_is_refused_with_what_it_did(
    counter: Counter, state: InstrumentState
) -> None:
    cheque, desk = handed_in(counter, due_of(counter)), counter.desk.cheques
    moved(counter, cheque, state)
    steps: dict[InstrumentState, Callable[[], object]] = {
        InstrumentState.DEPOSITED: lambda: desk.deposit([cheque.uid]),
        InstrumentState.CLEARED: lambda: desk.clear(cheque.uid),
        InstrumentState.BOUNCED: lambda: desk.bounce(
            cheque.uid, FUNDS, seen=InstrumentState.DEPOSITED
        ),
        InstrumentState.RETURNED: lambda: desk.give_back(cheque.uid, "pays by UPI"),
        InstrumentState.LOST: lambda: desk.lose(cheque.uid, "not found"),
    }
    before = counter.ledger()
    for following, step in steps.items():
        if following is not state and following in _OPEN.get(state, ()):
            continue
        with pytest.raises(ChequeMovedError) as caught:
            step()
        assert (caught.value.number, caught.value.state) == ("000123", state)
        code, words = explain(caught.value)
        assert code is Exit.REFUSED
        assert words.startswith("Cheque 000123 is already ")
        assert "paid" in words or "payment" in words
        assert words.endswith("Nothing changed. See `pravesh cheque list`.")
    assert counter.ledger() == before


_OPEN = {
    InstrumentState.DEPOSITED: {InstrumentState.CLEARED, InstrumentState.BOUNCED},
    InstrumentState.BOUNCED: {InstrumentState.DEPOSITED, InstrumentState.RETURNED},
}
"""The steps that a state still allows to one who saw an earlier one."""


def test_of_credited_and_returned_at_once_the_first_counts(counter: Counter) -> None:
    cheque, other = deposited(counter, due_of(counter)), open_services(
        counter.context.folder, counter.gateway, counter.clock, registry=counter.registry
    )  # fmt: skip
    seen = InstrumentState.DEPOSITED
    came = together(
        lambda: counter.desk.cheques.clear(cheque.uid),
        lambda: other.desk.cheques.bounce(cheque.uid, FUNDS, seen=seen),
    )
    other.close()
    assert came == ["ChequeMovedError", "done"]
    state = counter.desk.cheques.one(cheque.uid).state
    assert len(payments(counter)) == (1 if state is InstrumentState.CLEARED else 0)


def test_of_two_deposits_at_once_one_slip_has_the_cheque(counter: Counter) -> None:
    cheque, other = handed_in(counter, due_of(counter)), open_services(
        counter.context.folder, counter.gateway, counter.clock, registry=counter.registry
    )  # fmt: skip
    came = together(
        *(partial(each.cheques.deposit, [cheque.uid]) for each in (counter.desk, other.desk))
    )
    other.close()
    assert came == ["ChequeMovedError", "done"]
    slip = counter.desk.cheques.one(cheque.uid).deposit_slip_uid
    assert [each.uid for each in counter.desk.cheques.slip(slip or "").cheques] == [cheque.uid]
