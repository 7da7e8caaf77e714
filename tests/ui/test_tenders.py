"""Tenders by the keyboard: the panel at the counter, the page of cheques, claimed money."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton

from desktop_app.domain.courses import make_course
from desktop_app.domain.instruments import InstrumentState
from desktop_app.domain.money import Money, format_rupees
from desktop_app.domain.payment import Method
from desktop_app.domain.receipt import IST
from desktop_app.domain.tender import InstrumentKind, Verification
from desktop_app.services.views.enrolment import CoveringCheque, DueFilter
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.services.views.payments import PaymentFilter
from desktop_app.ui.cheques import steps
from desktop_app.ui.cheques.page import ChequesPage
from desktop_app.ui.core.formatting import short_rupees
from desktop_app.ui.counter.bill_lines import covered_of
from desktop_app.ui.counter.days import short_date
from desktop_app.ui.counter.tender_form import TenderForm
from desktop_app.ui.forms.note_form import NoteForm
from desktop_app.ui.inbox.claimed_card import ClaimedCard

if TYPE_CHECKING:
    from tests.ui.clerk import Clerk

KEY = Qt.Key
LATER = date(2027, 1, 15)
UTR = "HDFCN52026113000"


def panel(clerk: Clerk) -> TenderForm:
    clerk.press(KEY.Key_F8)
    clerk.wait(lambda: isinstance(clerk.window.parts.counter.tenders.form, TenderForm))
    form = clerk.window.parts.counter.tenders.form
    assert form is not None
    clerk.wait(form.isVisible)
    return form


def choose(clerk: Clerk, form: TenderForm, letter: Qt.Key) -> None:
    form.ways.buttons["cash"].setFocus()
    clerk.press(letter)


def put(form: TenderForm, name: str, text: str) -> None:
    found = form.findChild(QLineEdit, name)
    assert found is not None
    found.setText(text)


def paid(clerk: Clerk) -> list[Verification | None]:
    page = clerk.desk.real.receipts.payments(PaymentFilter())
    return [row.verification for row in page.rows]


def test_cash_shows_its_change_and_enter_records_it_once_it_is_enough(clerk: Clerk) -> None:
    clerk.pick()
    form = panel(clerk)
    assert form.tendered.hasFocus()
    clerk.type("100")
    clerk.press(KEY.Key_Return)
    assert " short. Ask for" in form.fields["tendered"].message.text()
    assert paid(clerk) == []
    due = form._due
    form.tendered.clear()
    form.tendered.setFocus()
    clerk.type(str(due.paise // 100 + 30))
    change = form.findChild(QLabel, "changeLabel")
    assert change is not None
    assert change.text() == "Change ₹30"
    form.tendered.setText(f"{due.paise // 500_00}x500 1x500")  # counted one by one
    counted = (due.paise // 500_00 + 1) * 500_00
    assert change.text() == f"Change {short_rupees(Money(counted) - due)}"
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.named("printReceiptButton").isVisible())
    assert paid(clerk) == [Verification.COUNTED]
    assert clerk.desk.real.credits.balance(clerk.desk.student("R001").uid) == Money(0)


def test_cash_near_what_the_law_allows_is_warned_of_once(clerk: Clerk) -> None:
    clerk.desk.real.settings.put("cash.warn_paise", "100000")
    clerk.pick()
    form = panel(clerk)
    due = form._due
    clerk.press(KEY.Key_Return)
    left = format_rupees(Money(1_99_999_99) - due)
    words = f"You can take at most {left} more in cash from this family today."
    clerk.wait(lambda: words in clerk.notices())


def test_the_change_may_be_kept_as_credit(clerk: Clerk) -> None:
    clerk.pick()
    form = panel(clerk)
    clerk.type(str(form._due.paise // 100 + 30))
    assert form.keep.text().endswith("Keep ₹30 as credit")
    form.keep.click()
    clerk.press(KEY.Key_Return)
    student = clerk.desk.student("R001").uid
    clerk.wait(lambda: clerk.desk.real.credits.balance(student) == Money(30_00))


def test_what_a_part_payment_leaves_is_collected_next_or_forgotten(clerk: Clerk) -> None:
    clerk.pick("R002", "CHE-11")
    form = panel(clerk)
    put(form, "tenderAmount", "3000")
    form.save_button.click()
    clerk.wait(lambda: "is still due from" in clerk.notices())
    clerk.wait(lambda: QApplication.focusWidget() is clerk.named("printReceiptButton"))
    clerk.press(KEY.Key_Escape)
    clerk.pick()
    assert "is still due from" not in clerk.notices(), "the next parent is served"
    form = panel(clerk)
    due = form._due
    put(form, "tenderAmount", "3000")
    form.save_button.click()
    rest = due - Money(3000_00)
    words = f"{short_rupees(rest)} is still due from Asha Rao."
    clerk.wait(lambda: words in clerk.notices())
    clerk.wait(lambda: QApplication.focusWidget() is clerk.named("printReceiptButton"))
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.focus == "studentSearch")
    assert words in clerk.notices(), "the receipt is printed first"
    offered = clerk.window.parts.notices.findChildren(QPushButton)
    next(each for each in offered if "Collect the &rest" in each.text()).click()
    clerk.wait(lambda: clerk.text("totalLabel") == format_rupees(rest))
    clerk.wait(lambda: words not in clerk.notices())


def test_change_is_named_until_somebody_else_is_served(clerk: Clerk) -> None:
    clerk.pick()
    form = panel(clerk)
    put(form, "tenderAmount", "3000")
    form.tendered.setText("3500")
    form.save_button.click()
    clerk.wait(lambda: "₹500 in change" in clerk.notices())
    clerk.wait(lambda: QApplication.focusWidget() is clerk.named("printReceiptButton"))
    clerk.press(KEY.Key_Escape)
    for roll_no, is_named in (("R001", True), ("R002", False)):
        clerk.press(KEY.Key_F2)
        clerk.type(roll_no)
        clerk.press(KEY.Key_Return)
        clerk.wait(lambda: clerk.focus == "courseSearch")
        assert ("₹500 in change" in clerk.notices()) is is_named


def test_a_transfer_is_noted_and_its_receipt_says_so(clerk: Clerk) -> None:
    clerk.pick()
    form = panel(clerk)
    choose(clerk, form, KEY.Key_B)
    put(form, "utrEdit", "HDFC")
    form.save_button.click()
    clerk.wait(lambda: "16 letters" in form.fields["reference"].message.text())
    assert not form.unusual.isVisible(), "four letters are no reference"
    put(form, "utrEdit", UTR)
    form.save_button.click()
    clerk.wait(lambda: paid(clerk) == [Verification.CLAIMED])
    clerk.wait(lambda: clerk.named("printReceiptButton").isVisible())
    view = clerk.window.parts.payment.view
    assert view is not None
    html = clerk.desk.real.receipts.html(view.receipt_uid or "", "a5")
    assert "Subject to verification" in html
    assert "Recorded, not verified" in [each.text() for each in clerk.window.findChildren(QLabel)]


def test_a_number_of_another_shape_is_recorded_once_it_is_confirmed(clerk: Clerk) -> None:
    clerk.pick()
    form = panel(clerk)
    choose(clerk, form, KEY.Key_B)
    put(form, "utrEdit", "SBIN 526 001")
    clerk.press(KEY.Key_Return)
    clerk.wait(form.unusual.isVisible)
    assert paid(clerk) == []
    put(form, "utrEdit", "SBIN 526 002")
    assert not form.unusual.isVisible(), "another number is confirmed by itself"
    clerk.press(KEY.Key_Return)
    clerk.wait(form.unusual.isVisible)
    form.unusual.click()
    clerk.wait(lambda: paid(clerk) == [Verification.CLAIMED])


def test_a_cheque_is_no_payment_and_has_a_slip(clerk: Clerk) -> None:
    clerk.pick()
    form = panel(clerk)
    choose(clerk, form, KEY.Key_Q)
    put(form, "utrEdit", "000123")
    put(form, "bankField", "HDFC Bank")
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.desk.real.cheques.listed(list(InstrumentState)))
    [cheque] = clerk.desk.real.cheques.listed(list(InstrumentState))
    assert paid(clerk) == []
    clerk.wait(lambda: "studentSearch" in clerk.focus)
    slip = clerk.desk.real.receipts.html(cheque.uid, "a5")
    assert "subject to realisation" in slip
    assert cheque.slip_no in slip
    clerk.pick()
    warning = f"A cheque for ₹11,800 covers this fee (slip {cheque.slip_no})."
    last = short_date(cheque.stale_from - timedelta(days=1))
    clerk.wait(lambda: clerk.text("billWarning") == f"{warning} Deposit it by {last}.")
    assert not clerk.shown("collectButton")
    assert not clerk.shown("tenderButton")
    clerk.wait(lambda: clerk.focus == "otherCourseButton")
    clerk.desk.real.cheques.deposit([cheque.uid], "hdfc")
    clerk.press(KEY.Key_F2)
    clerk.pick()
    said = f"{warning} The bank hasn't credited it yet."
    clerk.wait(lambda: clerk.text("billWarning") == said)
    made = CoveringCheque(
        InstrumentKind.DRAFT, InstrumentState.IN_HAND, cheque.amount, "S", LATER, LATER
    )
    assert covered_of(made).startswith("A demand draft for ₹11,800 covers this fee (slip S).")
    assert covered_of(made).endswith(f"You can deposit it from {short_date(LATER)}.")


@pytest.fixture
def cheques(clerk: Clerk) -> ChequesPage:
    """A cheque in hand, and the page of cheques."""
    due = clerk.desk.real.enrolments.enrol(
        clerk.desk.student("R001").uid, clerk.desk.course("PHY-11").uid
    ).dues[0]
    today = datetime.now(IST).date()
    typed = TypedEvidence(reference="000123", bank="HDFC Bank", dated=today, payer="Vikram Rao")
    clerk.desk.real.payments.begin_dues({due.uid: None}, Method.CHEQUE, typed)
    clerk.window.parts.context.calls.show_page.emit("cheques", None)
    page: ChequesPage | None = clerk.window.findChild(ChequesPage)
    assert page is not None
    clerk.wait(lambda: page._row is not None)
    return page


def answer(clerk: Clerk, text: str = "") -> None:
    clerk.wait(lambda: clerk.window.findChild(NoteForm) is not None)
    form = clerk.window.findChild(NoteForm)
    assert form is not None
    if text:
        form.findChildren(QLineEdit)[0].setText(text)
    form.save_button.click()
    clerk.wait(lambda: clerk.window.findChild(NoteForm) is None)
    clerk.idle()


def state(clerk: Clerk) -> InstrumentState:
    [cheque] = clerk.desk.real.cheques.listed(list(InstrumentState))
    return cheque.state


def test_d_c_and_b_take_a_cheque_to_its_end(clerk: Clerk, cheques: ChequesPage) -> None:
    assert not cheques.clear_button.isVisible()
    cheques.table.setFocus()
    clerk.press(KEY.Key_D)
    answer(clerk)
    assert state(clerk) is InstrumentState.DEPOSITED
    clerk.wait(lambda: "Deposit slip 1: " in clerk.notices())
    cheques.tabs.buttons["deposited"].click()
    clerk.wait(cheques.clear_button.isVisible)
    cheques.table.setFocus()
    clerk.press(KEY.Key_S)
    clerk.wait(lambda: "deposit slip as a PDF" in clerk.notices())
    clerk.press(KEY.Key_C)
    answer(clerk)
    assert state(clerk) is InstrumentState.CLEARED
    assert paid(clerk) == [Verification.REALISED]
    cheques.tabs.buttons["all"].click()
    clerk.wait(cheques.bounce_button.isVisible)
    cheques.table.setFocus()
    clerk.press(KEY.Key_B)
    answer(clerk)
    assert state(clerk) is InstrumentState.BOUNCED
    assert paid(clerk) == [Verification.BOUNCED]


def test_the_bank_s_reason_is_in_the_words_of_the_form() -> None:
    assert [steps.reason_text(each) for each in ("funds insufficient", "drawer's death")] == [
        "Funds insufficient", "Drawer's death",
    ]  # fmt: skip
    assert steps.reason_text("torn in two") == "torn in two"


def test_a_cheque_that_another_window_moved_is_said_and_the_list_follows(
    clerk: Clerk, cheques: ChequesPage
) -> None:
    desk = clerk.desk.real.cheques
    [cheque] = desk.listed([InstrumentState.IN_HAND])
    cheques.return_button.click()
    clerk.wait(lambda: clerk.window.findChild(NoteForm) is not None)
    form = clerk.window.findChild(NoteForm)
    assert form is not None
    desk.lose(cheque.uid, "not found")
    form.fields["reason"].editor.setText("pays by UPI")
    form.save_button.click()
    clerk.wait(form.strip.isVisible)
    said = form.strip.words.text()
    assert said.startswith(f"Someone already marked cheque {cheque.number} as lost.")
    assert "doesn't count as paid" in said
    form.settle()
    form.reject()
    clerk.wait(lambda: cheques.table.model().rowCount() == 0)
    assert state(clerk) is InstrumentState.LOST


def test_a_cheque_is_returned_with_a_reason(clerk: Clerk, cheques: ChequesPage) -> None:
    cheques.return_button.click()
    clerk.wait(lambda: clerk.window.findChild(NoteForm) is not None)
    form = clerk.window.findChild(NoteForm)
    assert form is not None
    form.save_button.click()
    clerk.wait(lambda: "Enter a reason" in form.fields["reason"].message.text())
    answer(clerk, "pays by UPI")
    assert state(clerk) is InstrumentState.RETURNED


DECISIONS = (
    ("R001", "claimedMatchButton", "line 4", Verification.MATCHED),
    ("R002", "claimedReverseButton", "never came", Verification.REVERSED),
)


def claimed(clerk: Clerk, roll_no: str, reference: str) -> ClaimedCard:
    """A transfer that the bank has not shown, and its card in the inbox."""
    student, course = clerk.desk.student(roll_no), clerk.desk.course("PHY-11")
    due = clerk.desk.real.enrolments.enrol(student.uid, course.uid).dues[0]
    evidence = TypedEvidence(reference=reference)
    clerk.desk.real.payments.begin_dues({due.uid: None}, Method.NEFT, evidence)
    clerk.window.parts.navigator.go("counter")
    clerk.window.parts.context.calls.show_page.emit("inbox", None)
    clerk.wait(lambda: clerk.window.findChild(ClaimedCard) is not None)
    card = clerk.window.findChild(ClaimedCard)
    assert isinstance(card, ClaimedCard)
    return card


def test_claimed_money_is_decided_in_the_inbox(clerk: Clerk) -> None:
    for at, (roll_no, button, text, after) in enumerate(DECISIONS):
        found = claimed(clerk, roll_no, f"{UTR[:-1]}{at}").findChild(QPushButton, button)
        assert found is not None
        found.click()
        answer(clerk, text)
        assert paid(clerk)[0] == after
        clerk.wait(lambda: clerk.window.findChild(ClaimedCard) is None)


def test_an_unusual_number_is_confirmed_when_a_claim_is_corrected(clerk: Clerk) -> None:
    card = claimed(clerk, "R001", UTR)
    card.correct_button.click()
    clerk.wait(lambda: clerk.window.findChild(NoteForm) is not None)
    form = clerk.window.findChild(NoteForm)
    assert form is not None
    form.fill(reference="IBL12345")
    assert not form.unusual.isVisible()
    form.save_button.click()
    clerk.wait(form.unusual.isVisible)
    assert form.fields["reference"].message.text()
    form.unusual.click()
    clerk.wait(lambda: clerk.window.findChild(NoteForm) is None)
    clerk.wait(lambda: "IBL12345" in card.reference.text())


def test_f8_without_a_bill_says_what_is_missing_and_takes_the_due_of_who_is_picked(
    clerk: Clerk,
) -> None:
    clerk.press(KEY.Key_F8)
    clerk.idle()
    assert QApplication.activeModalWidget() is None
    assert "There's no fee to collect." in clerk.notices()
    student, counter = clerk.desk.student("R001"), clerk.window.parts.counter
    clerk.press(KEY.Key_F2)
    clerk.type("R001")
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.focus == "courseSearch")
    clerk.idle()
    clerk.press(KEY.Key_F8)
    clerk.wait(lambda: "Select a course (F3)." in clerk.notices())
    clerk.desk.real.enrolments.enrol(student.uid, clerk.desk.course("PHY-12").uid)
    counter.presenter.read_fees()
    clerk.wait(lambda: clerk.shown("alsoDueButton"))
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: counter.presenter.bill is not None)
    clerk.idle()
    assert clerk.begun() == 0, "the bill is seen before anything is collected"
    clerk.click("courseChip")
    clerk.wait(lambda: clerk.focus == "courseSearch")
    clerk.press(KEY.Key_F8)
    clerk.wait(lambda: counter.tenders.form is not None)
    assert counter.tenders.form is not None
    assert counter.tenders.form._due == Money(12_980_00)


def test_the_rest_pays_other_fees_where_the_payer_wants_that(clerk: Clerk) -> None:
    other = clerk.desk.real.courses.add(
        make_course(code="OLD", title="Olympiad", fee=Money(2_000_00), gst_bp=1_800, seats=9)
    )
    student = clerk.desk.student("R001").uid
    [old] = clerk.desk.real.enrolments.enrol(student, other.uid).dues
    clerk.pick()
    form = panel(clerk)
    put(form, "tenderAmount", str(form._due.paise // 100))
    assert not form.others.isVisible()
    put(form, "tenderAmount", str(form._due.paise // 100 + 2_300))
    assert form.others.box.isVisible()
    assert form.change.text() == "₹2,300 becomes credit."
    assert form.others.box.shortcut() == QKeySequence("Alt+F")
    form.others.box.click()
    assert form.others.preview.text() == f"Pays ₹2,000 of {old.label}"
    assert form.change.text() == "₹300 becomes credit."
    form.tendered.setText(str(form._due.paise // 100 + 2_500))
    assert form.change.text() == "Change ₹200 · ₹300 becomes credit."
    form.save_button.click()
    clerk.wait(lambda: clerk.desk.real.credits.balance(student) == Money(300_00))
    assert clerk.desk.real.enrolments.dues(DueFilter(student_uid=student)) == ()
