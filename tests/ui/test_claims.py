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
from desktop_app.ui.core.formatting import day_text
from desktop_app.ui.counter.claim_presenter import ClaimForm, query_of, rough_time
from desktop_app.ui.counter.claim_result_card import ANSWERS

if TYPE_CHECKING:
    from desktop_app.domain.payment import PaymentFact
    from desktop_app.ui.counter.claim_drawer import ClaimDrawer
    from tests.ui.clerk import Clerk

KEY = Qt.Key
MORNING = datetime(2026, 11, 20, 11, 0, tzinfo=IST)
CLEAR_AFTER = 10_000


def drawer(clerk: Clerk) -> ClaimDrawer:
    found = clerk.window.parts.counter.claims.says_paid
    assert found is not None
    return found


def try_to_pay(clerk: Clerk, outcome: str) -> PaymentFact:
    """Make a parent try to pay, while no authorised money can be captured, and go back."""
    clerk.desk.gateway.trouble("capture", RateLimitedError("later"), times=CLEAR_AFTER)
    uid = clerk.collect()
    made = clerk.desk.gateway.pay(clerk.desk.code(uid), outcome)
    clerk.press(KEY.Key_Escape)
    return clerk.desk.gateway.payments[made]


def look_for(clerk: Clerk, **told: str) -> str:
    """Type clues into an open drawer, press Enter, and wait for the answer's words."""
    for name, text in told.items():
        line = drawer(clerk).fields[name].editor
        assert isinstance(line, QLineEdit)
        line.setFocus()
        line.clear()
        clerk.type(text)
    clerk.press(KEY.Key_Return)
    clerk.wait(drawer(clerk).answer.isVisible)
    return drawer(clerk).answer.text()


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


def test_it_opens_without_a_payment_and_says_a_wrong_clue_at_its_field(looking: Clerk) -> None:
    looking.click("parentSaysPaidButton")
    assert looking.focus == "saysPaidUtr"
    assert not looking.shown("parentSaysPaidButton")
    looking.press(KEY.Key_Escape)
    assert looking.focus == "studentSearch"
    assert looking.shown("parentSaysPaidButton")
    looking.click("parentSaysPaidButton")
    looking.type("12")
    looking.press(KEY.Key_Return)
    assert "12-digit" in drawer(looking).fields["utr"].message.text()
    looking.press(KEY.Key_Return)
    assert looking.desk.calls.of("lookup.find") == [], "nothing is asked"
    looking.type("34")
    looking.press(KEY.Key_Return)
    looking.wait(lambda: looking.desk.calls.of("lookup.find") == [(LookupQuery(utr="1234"),)])


def test_over_an_open_qr_it_has_the_amount_and_asks_meanwhile(clerk: Clerk) -> None:
    clerk.collect()
    before = clerk.looks_asked()
    clerk.click("parentSaysPaidButton")
    assert clerk.the(QLineEdit, "saysPaidAmount").text() == "11,800.00"
    clerk.wait(lambda: clerk.looks_asked() == before + 1)
    clerk.press(KEY.Key_Escape)
    assert clerk.named("qrView").isVisible()
    assert clerk.named("qrView").property("text")
    clerk.click("parentSaysPaidButton")
    clerk.click("saysPaidBackButton")
    assert not clerk.window.parts.counter.side.has_drawer
    assert clerk.focus == "checkedButton"


def test_an_amount_alone_proves_nothing_and_a_utr_names_the_receipt_and_prints_it(
    clerk: Clerk,
) -> None:
    clerk.desk.pay(clerk.collect())
    clerk.wait(lambda: clerk.state() == "paid")
    clerk.press(KEY.Key_Escape)
    [row] = clerk.desk.payments()
    clerk.click("parentSaysPaidButton")
    words = look_for(clerk, amount="11800")
    assert words.startswith("We received a payment that may match: ₹11,800,")
    assert "A possible match isn't proof." in words
    assert "Asha Rao" not in words
    assert not drawer(clerk).answer.print_button.isVisible()
    words = look_for(clerk, amount="", utr=(row.rrn or "")[-4:])
    assert f"Payment received: ₹11,800 for Asha Rao, {row.at.astimezone(IST):%H:%M}." in words
    assert f"Receipt {clerk.desk.number(1)}" in words
    assert clerk.focus == "printFoundButton"
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.printed() == [clerk.desk.number(1)])


def test_in_progress_says_to_wait_and_not_to_pay_again(clerk: Clerk) -> None:
    begun = try_to_pay(clerk, "authorized")
    known = replace(begun, vpa="asha@okaxis")
    clerk.desk.gateway.payments[begun.payment_id] = known
    clerk.click("parentSaysPaidButton")
    words = look_for(clerk, vpa="asha@okaxis")
    assert "The bank is processing this payment: ₹11,800," in words
    assert "up to 10 minutes" in words
    assert "Don't collect again yet." in words
    assert not drawer(clerk).answer.print_button.isVisible()


def test_an_open_qr_that_nobody_scanned_is_neither_under_way_nor_paid(clerk: Clerk) -> None:
    clerk.collect()
    clerk.click("parentSaysPaidButton")
    clerk.press(KEY.Key_Return)
    clerk.wait(drawer(clerk).answer.isVisible)
    words = drawer(clerk).answer.text()
    assert words.startswith("No payment received yet. The QR is still active.")
    assert "bank is processing" not in words
    assert "collect again" not in words
    words = look_for(clerk, utr="632408184821")
    assert words.startswith("We found no payment with this UTR. The QR is still active.")
    assert "the bank's SMS, not the app's screen" in words
    assert "collect again" not in words
    for button in clerk.window.findChildren(QAbstractButton):
        words = f"{button.text()} {button.toolTip()}".lower()
        assert "mark" not in words, words
        assert "confirm payment" not in words, words


def test_failed_names_the_day_by_which_the_bank_returns_it(clerk: Clerk) -> None:
    failed = try_to_pay(clerk, "failure")
    known = replace(failed, vpa="asha@okaxis")
    clerk.desk.gateway.payments[failed.payment_id] = known
    clerk.click("parentSaysPaidButton")
    words = look_for(clerk, vpa="asha@okaxis")
    back_by = datetime.fromtimestamp(known.created_at, UTC) + timedelta(days=5)
    assert "The fee isn't paid" in words
    assert f"the bank should return it by {day_text(back_by)}" in words


def test_a_payment_that_is_not_of_this_desk_is_said_so(clerk: Clerk) -> None:
    paid = try_to_pay(clerk, "failure")
    stray = replace(
        paid, payment_id="pay_stray", order_id=None, status="captured", captured=True,
        rrn="632408184821",
    )  # fmt: skip
    clerk.desk.gateway.payments["pay_stray"] = stray
    clerk.click("parentSaysPaidButton")
    words = look_for(clerk, utr="4821")
    assert "Razorpay has a matching payment that this desk didn't record" in words
    assert "pay_stray" not in words


def test_what_is_not_found_is_said_by_how_far_it_was_looked_for(clerk: Clerk) -> None:
    clerk.click("parentSaysPaidButton")
    words = look_for(clerk, phone="98450 12345")
    assert "the bank's SMS, not the app's screen" in words
    clerk.press(KEY.Key_Escape)
    clerk.desk.gateway.down = UnavailableError("cable")
    clerk.click("parentSaysPaidButton")
    words = look_for(clerk, utr="4821")
    assert "We found no matching payment on this desk. We couldn't check with Razorpay" in words
    assert "Search again once you're online" in words
    clerk.desk.calls.refuse("lookup.find", StorageError("disk"))
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: "can't use its database" in clerk.notices())


def test_waiting_for_an_answer_can_be_stopped(clerk: Clerk) -> None:
    clerk.desk.gateway.hang()
    clerk.click("parentSaysPaidButton")
    clerk.type("4821")
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: "Searching" in clerk.the(QPushButton, "lookForItButton").text())
    clerk.press(KEY.Key_Return)
    assert "Search " in clerk.the(QPushButton, "lookForItButton").text()
    clerk.desk.gateway.answer()
    clerk.bot.wait(50)
    assert not drawer(clerk).answer.isVisible()


def test_what_the_search_booked_is_seen_by_the_window(clerk: Clerk) -> None:
    """Looking for it books what it finds on open attempts: no later look reports it again."""
    clerk.window.parts.poller.stop()
    paid = clerk.desk.gateway.payments[clerk.desk.pay(clerk.collect())]
    clerk.click("parentSaysPaidButton")
    clerk.type((paid.rrn or "")[-4:])
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.state() == "paid")
    clerk.wait(lambda: clerk.focus == "printReceiptButton")


def test_f9_does_nothing_behind_the_drawer(clerk: Clerk) -> None:
    clerk.pick()
    clerk.click("parentSaysPaidButton")
    clerk.press(KEY.Key_F9)
    clerk.idle()
    assert clerk.begun() == 0
    clerk.press(KEY.Key_Escape)
    clerk.press(KEY.Key_F9)
    clerk.wait(lambda: clerk.begun() == 1)


@pytest.mark.looks
def test_a_complaint_moves_no_field_beside_it(clerk: Clerk) -> None:
    clerk.click("parentSaysPaidButton")
    panel = drawer(clerk)
    utr, amount = panel.fields["utr"], panel.fields["amount"]
    panel.complain(InvalidInputError("utr", "Enter the 12-digit UTR or its last 4 digits."))
    clerk.wait(lambda: utr.height() > amount.height())
    assert utr.y() == amount.y()
    assert utr.editor.y() == amount.editor.y()


def test_every_answer_has_words_that_end_as_sentences(looking: Clerk) -> None:
    looking.click("parentSaysPaidButton")
    for answer, about in ANSWERS:
        is_likely = answer == LookupAnswer.POSSIBLE
        found = LookupResult(
            LookupAnswer(answer),
            amount=Money(1_180_000),
            likely=LookupAnswer(about) if is_likely else None,
            missing="" if is_likely else about,
        )
        drawer(looking).show_found(found)
        words = drawer(looking).answer.text()
        assert words.endswith("."), (answer, about)
        assert "{" not in words, (answer, about)
        is_proven = answer == LookupAnswer.IN_PROGRESS
        assert ("Don't collect again" in words) == is_proven, "only proof holds a looking back"


def test_every_answer_that_can_be_given_is_in_the_table() -> None:
    given = {(each.value, "") for each in LookupAnswer if each is not LookupAnswer.POSSIBLE}
    given |= {(LookupAnswer.NOT_FOUND.value, each) for each in ("utr", "vpa", "phone")}
    likely = (LookupAnswer.CREDITED, LookupAnswer.IN_PROGRESS, LookupAnswer.FAILED)
    given |= {(LookupAnswer.POSSIBLE.value, each.value) for each in likely}
    assert given == set(ANSWERS)
