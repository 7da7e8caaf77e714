"""“The parent says it is paid”: clues in, a proven answer out, and never a way to mark paid."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPushButton

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.receipt import IST
from desktop_app.services.errors import RateLimitedError, StorageError, UnavailableError
from desktop_app.services.sync.payment_lookup import LookupQuery
from desktop_app.services.views.payment_lookup import LookupAnswer, LookupResult
from desktop_app.ui.counter.claim_presenter import ClaimForm, query_of, rough_time
from desktop_app.ui.counter.claim_result_card import ANSWERS

if TYPE_CHECKING:
    from desktop_app.domain.payment import PaymentFact
    from desktop_app.ui.counter.claim_drawer import ClaimDrawer
    from tests.ui.till import Till

KEY = Qt.Key
MORNING = datetime(2026, 11, 20, 11, 0, tzinfo=IST)
CLEAR_AFTER = 10_000


def drawer(till: Till) -> ClaimDrawer:
    found = till.window.parts.counter.claims.says_paid
    assert found is not None
    return found


def try_to_pay(till: Till, outcome: str) -> PaymentFact:
    """Make a parent try to pay, while no authorised money can be captured, and go back."""
    till.desk.gateway.trouble("capture", RateLimitedError("later"), times=CLEAR_AFTER)
    uid = till.collect()
    made = till.desk.gateway.pay(till.desk.code(uid), outcome)
    till.press(KEY.Key_Escape)
    return till.desk.gateway.payments[made]


def look_for(till: Till, **told: str) -> str:
    """Type clues into an open drawer, press Enter, and wait for the answer's words."""
    for name, text in told.items():
        line = drawer(till).fields[name].editor
        assert isinstance(line, QLineEdit)
        line.setFocus()
        line.clear()
        till.type(text)
    till.press(KEY.Key_Return)
    till.wait(drawer(till).answer.isVisible)
    return drawer(till).answer.text()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("10:30", datetime(2026, 11, 20, 10, 30, tzinfo=IST)),
        ("1030", datetime(2026, 11, 20, 10, 30, tzinfo=IST)),
        ("9", datetime(2026, 11, 20, 9, 0, tzinfo=IST)),
        ("11.04", datetime(2026, 11, 20, 11, 4, tzinfo=IST)),
        ("2 pm", datetime(2026, 11, 19, 14, 0, tzinfo=IST)),
        ("12am", datetime(2026, 11, 20, 0, 0, tzinfo=IST)),
        ("12 pm", datetime(2026, 11, 19, 12, 0, tzinfo=IST)),
        ("", None),
        ("   ", None),
    ],
)
def test_a_rough_time_is_the_last_time_it_was_that_late(
    typed: str, expected: datetime | None
) -> None:
    assert rough_time(typed, MORNING) == expected


@pytest.mark.parametrize("typed", ["25", "10:75", "soon", "13 pm", "1:2:3", "-1"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        rough_time(typed, MORNING)
    assert caught.value.field == "when"


def test_clues_are_made_of_what_was_typed() -> None:
    told = ClaimForm(" 6324 0818 4821 ", "Asha@okaxis", "+91 98450 12345", "11,800", "10:30")
    clues = query_of(told, MORNING)
    assert clues.utr == "632408184821"
    assert clues.vpa == "Asha@okaxis"
    assert clues.phone == "9845012345"
    assert clues.amount == Money(1_180_000)
    assert clues.around == datetime(2026, 11, 20, 10, 30, tzinfo=IST)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (ClaimForm(), "utr"),
        (ClaimForm(when="10:30"), "utr"),
        (ClaimForm(utr="123"), "utr"),
        (ClaimForm(utr="12a4"), "utr"),
        (ClaimForm(utr="1234567890123"), "utr"),
        (ClaimForm(vpa="asha"), "vpa"),
        (ClaimForm(phone="12"), "phone"),
        (ClaimForm(amount="12.345"), "amount"),
        (ClaimForm(utr="4821", when="late"), "when"),
    ],
)
def test_what_cannot_be_a_clue_is_said_at_its_field(told: ClaimForm, field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        query_of(told, MORNING)
    assert caught.value.field == field


def test_it_opens_from_the_bill_without_a_payment(till: Till) -> None:
    till.click("parentSaysPaidButton")
    assert till.focus == "saysPaidUtr"
    assert not till.shown("parentSaysPaidButton")
    till.press(KEY.Key_Escape)
    assert till.focus == "studentSearch"
    assert till.shown("parentSaysPaidButton")


def test_its_own_button_closes_it_too(till: Till) -> None:
    till.collect()
    till.click("parentSaysPaidButton")
    till.click("saysPaidBackButton")
    assert not till.window.parts.counter.side.has_drawer
    assert till.focus == "checkedButton"


def test_it_opens_over_a_payment_with_its_amount_and_asks_meanwhile(till: Till) -> None:
    till.collect()
    before = till.looks_asked()
    till.click("parentSaysPaidButton")
    assert till.the(QLineEdit, "saysPaidAmount").text() == "11,800.00"
    till.wait(lambda: till.looks_asked() == before + 1)
    till.press(KEY.Key_Escape)
    assert till.named("qrView").isVisible()
    assert till.named("qrView").property("text")


def test_credited_names_the_receipt_and_prints_it(till: Till) -> None:
    till.desk.pay(till.collect())
    till.wait(lambda: till.state() == "paid")
    till.press(KEY.Key_Escape)
    [row] = till.desk.payments()
    till.click("parentSaysPaidButton")
    words = look_for(till, utr=(row.rrn or "")[-4:])
    assert f"Payment received: ₹11,800.00 for Asha Rao, {row.at.astimezone(IST):%H:%M}." in words
    assert f"Receipt {till.desk.number(1)}" in words
    assert till.focus == "printFoundButton"
    till.press(KEY.Key_Return)
    till.wait(lambda: till.printed() == [till.desk.number(1)])


def test_in_progress_says_to_wait_and_not_to_pay_again(till: Till) -> None:
    begun = try_to_pay(till, "authorized")
    known = replace(begun, vpa="asha@okaxis")
    till.desk.gateway.payments[begun.payment_id] = known
    till.click("parentSaysPaidButton")
    words = look_for(till, vpa="asha@okaxis")
    assert "The bank is processing this payment: ₹11,800.00" in words
    assert "within 10 minutes" in words
    assert "Don't collect again yet." in words
    assert not drawer(till).answer.print_button.isVisible()


def test_an_open_qr_that_nobody_scanned_is_not_called_under_way(till: Till) -> None:
    till.collect()
    till.click("parentSaysPaidButton")
    till.press(KEY.Key_Return)
    till.wait(drawer(till).answer.isVisible)
    words = drawer(till).answer.text()
    assert words.startswith("No payment received yet. The QR is still open.")
    assert "bank is processing" not in words
    assert "collect again" not in words


def test_a_utr_that_nothing_has_is_said_over_an_open_qr(till: Till) -> None:
    till.collect()
    till.click("parentSaysPaidButton")
    words = look_for(till, utr="632408184821")
    assert words.startswith("We found no payment with this UTR. The QR is still open.")
    assert "the bank's SMS, not the app's screen" in words
    assert "collect again" not in words


def test_an_amount_alone_proves_nothing_and_names_nobody(till: Till) -> None:
    till.desk.pay(till.collect())
    till.wait(lambda: till.state() == "paid")
    till.press(KEY.Key_Escape)
    till.click("parentSaysPaidButton")
    words = look_for(till, amount="11800")
    assert words.startswith("We received a payment that may be this one: ₹11,800.00")
    assert "This isn't proof." in words
    assert "Asha Rao" not in words
    assert not drawer(till).answer.print_button.isVisible()


def test_failed_names_the_day_by_which_the_bank_returns_it(till: Till) -> None:
    failed = try_to_pay(till, "failure")
    known = replace(failed, vpa="asha@okaxis")
    till.desk.gateway.payments[failed.payment_id] = known
    till.click("parentSaysPaidButton")
    words = look_for(till, vpa="asha@okaxis")
    back_by = datetime.fromtimestamp(known.created_at, UTC) + timedelta(days=5)
    assert "The fee isn't paid" in words
    assert f"the bank returns it by {back_by:%d-%m-%Y}" in words


def test_not_found_asks_for_the_sms_of_the_bank(till: Till) -> None:
    till.click("parentSaysPaidButton")
    words = look_for(till, phone="98450 12345")
    assert "the bank's SMS, not the app's screen" in words


def test_a_payment_that_is_not_of_this_desk_is_said_so(till: Till) -> None:
    paid = try_to_pay(till, "failure")
    stray = replace(
        paid, payment_id="pay_stray", order_id=None, status="captured", captured=True,
        rrn="632408184821",
    )  # fmt: skip
    till.desk.gateway.payments["pay_stray"] = stray
    till.click("parentSaysPaidButton")
    words = look_for(till, utr="4821")
    assert "Razorpay has such a payment, but it isn't recorded at this desk" in words
    assert "pay_stray" not in words


def test_offline_it_has_searched_its_own_books_and_says_so(till: Till) -> None:
    till.desk.gateway.down = UnavailableError("cable")
    till.click("parentSaysPaidButton")
    words = look_for(till, utr="4821")
    assert "isn't recorded at this desk, and we couldn't check with Razorpay" in words
    assert "it will show here once you're online" in words


def test_other_errors_are_told_as_everywhere(till: Till) -> None:
    till.desk.calls.refuse("lookup.find", StorageError("disk"))
    till.click("parentSaysPaidButton")
    till.type("4821")
    till.press(KEY.Key_Return)
    till.wait(lambda: "database does not work" in till.notices())


def test_a_wrong_clue_is_said_at_its_field_and_nothing_is_asked(till: Till) -> None:
    till.click("parentSaysPaidButton")
    till.type("12")
    till.press(KEY.Key_Return)
    assert "12 digits" in drawer(till).fields["utr"].message.text()
    till.press(KEY.Key_Return)
    assert till.desk.calls.of("lookup.find") == []
    till.type("34")
    till.press(KEY.Key_Return)
    till.wait(lambda: till.desk.calls.of("lookup.find") == [(LookupQuery(utr="1234"),)])


def test_waiting_for_an_answer_can_be_stopped(till: Till) -> None:
    till.desk.gateway.hang()
    till.click("parentSaysPaidButton")
    till.type("4821")
    till.press(KEY.Key_Return)
    till.wait(lambda: "Searching" in till.the(QPushButton, "lookForItButton").text())
    till.press(KEY.Key_Return)
    assert "Search " in till.the(QPushButton, "lookForItButton").text()
    till.desk.gateway.answer()
    till.bot.wait(50)
    assert not drawer(till).answer.isVisible()


def test_what_the_search_booked_is_seen_by_the_window(till: Till) -> None:
    """Looking for it books what it finds on open attempts: no later look reports it again."""
    till.window.parts.poller.stop()
    paid = till.desk.gateway.payments[till.desk.pay(till.collect())]
    till.click("parentSaysPaidButton")
    till.type((paid.rrn or "")[-4:])
    till.press(KEY.Key_Return)
    till.wait(lambda: till.state() == "paid")
    till.wait(lambda: till.focus == "printReceiptButton")


def test_f9_does_nothing_behind_the_drawer(till: Till) -> None:
    till.pick()
    till.click("parentSaysPaidButton")
    till.press(KEY.Key_F9)
    till.bot.wait(30)
    assert till.begun() == 0


def test_nothing_marks_a_payment_as_paid(till: Till) -> None:
    till.collect()
    till.click("parentSaysPaidButton")
    for button in till.window.findChildren(QAbstractButton):
        words = f"{button.text()} {button.toolTip()}".lower()
        assert "mark" not in words, words
        assert "confirm payment" not in words, words


@pytest.mark.looks
def test_a_complaint_moves_no_field_beside_it(till: Till) -> None:
    till.click("parentSaysPaidButton")
    panel = drawer(till)
    utr, amount = panel.fields["utr"], panel.fields["amount"]
    panel.complain(InvalidInputError("utr", "A UTR has 12 digits; its last four are enough."))
    till.wait(lambda: utr.height() > amount.height())
    assert utr.y() == amount.y()
    assert utr.editor.y() == amount.editor.y()


@pytest.mark.parametrize("key", ANSWERS, ids=" ".join)
def test_every_answer_has_words_that_end_as_sentences(till: Till, key: tuple[str, str]) -> None:
    answer, about = key
    is_likely = answer == LookupAnswer.POSSIBLE
    found = LookupResult(
        LookupAnswer(answer),
        amount=Money(1_180_000),
        likely=LookupAnswer(about) if is_likely else None,
        missing="" if is_likely else about,
    )
    till.click("parentSaysPaidButton")
    drawer(till).show_found(found)
    words = drawer(till).answer.text()
    assert words.endswith(".")
    assert "{" not in words
    is_proven = answer == LookupAnswer.IN_PROGRESS
    assert ("Don't collect again" in words) == is_proven, "only what is proven holds a clerk back"


def test_every_answer_that_can_be_given_is_in_the_table() -> None:
    given = {(each.value, "") for each in LookupAnswer if each is not LookupAnswer.POSSIBLE}
    given |= {(LookupAnswer.NOT_FOUND.value, each) for each in ("utr", "vpa", "phone")}
    likely = (LookupAnswer.CREDITED, LookupAnswer.IN_PROGRESS, LookupAnswer.FAILED)
    given |= {(LookupAnswer.POSSIBLE.value, each.value) for each in likely}
    assert given == set(ANSWERS)
