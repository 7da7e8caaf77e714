"""The card of what was paid: what is still due comes first, and nothing leaves its card."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QLabel, QScrollArea

from desktop_app.domain.bills import BillState, TenderState
from desktop_app.domain.fees import QuoteLine
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.payment import AttemptState
from desktop_app.domain.tender import Method, Verification
from desktop_app.services.views.bills import BillView, LineView, TenderView
from desktop_app.services.views.enrolment import Bill
from desktop_app.services.views.payments import AttemptView, IssuedReceipt
from desktop_app.services.views.receipts import BalanceLeft
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.core.formatting import METHODS, reference_ending
from desktop_app.ui.counter.bill_card import BillCard
from desktop_app.ui.counter.paid_card import PaidCard
from desktop_app.ui.counter.paid_texts import texts_of
from desktop_app.ui.counter.payment_panel import PaymentPanel
from desktop_app.ui.counter.side_panel import SidePanel
from desktop_app.ui.counter.student_fees import Contact, StudentFees
from desktop_app.ui.counter.tender_panel import TenderPanel
from desktop_app.ui.counter.today_card import TodayCard
from desktop_app.ui.widgets.boxes import viewport
from desktop_app.ui.widgets.card import Card
from desktop_app.ui.widgets.labels import ElidedLabel
from tests.ui.cut_off import cut_off
from tests.unit.test_documents_receipt import RECEIPT

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

NOW = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)
CASH, UPI = Money(10_000_00), Money(6_815_00)
WHOLE = Money(16_815_00)
RRN = "604512345678"
VIEW = AttemptView(
    uid="a1", enrollment_uid=None, student_uid="s1", student_name="Karan Zutshi", roll_no="R202",
    course_label="JEE Foundation · Weekend", method=Method.CASH, state=AttemptState.PAID,
    amount=CASH, created_at=NOW,
)  # fmt: skip


def line(roll_no: str, name: str, amount: Money, rest: Money = ZERO, **facts: object) -> LineView:
    made = LineView(
        roll_no, name, roll_no, "JEE Foundation · Weekend · 2/4", "d", None, "", amount,
        amount - rest, rest, is_new=False,
    )  # fmt: skip
    return replace(made, **facts)  # type: ignore[arg-type]


def tender(uid: str, method: Method, amount: Money, sure: Verification) -> TenderView:
    reference = "" if method is Method.CASH else RRN
    return TenderView(uid, method, amount, TenderState.PAID, NOW, reference, sure)


COUNTED = tender("a1", Method.CASH, CASH, Verification.COUNTED)
VERIFIED = tender("a2", Method.AUTO, UPI, Verification.VERIFIED)
NOTED = tender("a2", Method.NEFT, UPI, Verification.CLAIMED)
PART = BillView(
    uid="b", number=3, state=BillState.PART_PAID, payer_name="Meera Zutshi",
    payer_phone="", total=WHOLE, created_at=NOW, offered_at=NOW, hold_until=NOW, closed_at=None,
    lines=(line("R202", "Karan Zutshi", Money(7_965_00)),
           line("R201", "Rohan Zutshi", Money(8_850_00), UPI)),
    tenders=(COUNTED,), receipts=(),
)  # fmt: skip
PAID = replace(
    PART, state=BillState.PAID, closed_at=NOW, tenders=(COUNTED, VERIFIED),
    lines=(line("R202", "Karan Zutshi", Money(7_965_00)),
           line("R201", "Rohan Zutshi", Money(8_850_00))),
    receipts=(IssuedReceipt("r1", "D1T/26-27/000010", "R202", Money(7_965_00)),
              IssuedReceipt("r2", "D1T/26-27/000011", "R201", Money(8_850_00))),
)  # fmt: skip
REST = replace(
    VIEW, uid="a2", enrollment_uid="e2", method=Method.AUTO, amount=UPI, rrn=RRN,
    student_name="Rohan Zutshi", roll_no="R201", receipt_uid="r2", receipt_no="D1T/26-27/000011",
)  # fmt: skip


def test_of_a_part_the_rest_is_the_title_and_not_green() -> None:
    texts = texts_of(VIEW, None, PART)
    assert texts.title == "₹6,815 still due"
    assert not texts.is_sure
    assert texts.who == "Meera Zutshi"
    assert texts.note == "Received now: ₹10,000.00 (Cash)"
    assert texts.number == "No receipt yet"
    assert ("Bill", "B-3 · ₹16,815.00") in texts.facts
    assert ("Cash", "₹10,000.00") in texts.facts
    assert "Open until" in dict(texts.facts), "no new course is on this bill"


def test_a_part_of_a_new_course_names_until_when_its_seat_is_held() -> None:
    lines = (PART.lines[0], replace(PART.lines[1], is_new=True, paid=ZERO))
    assert dict(texts_of(VIEW, None, replace(PART, lines=lines)).facts)["Seats held until"]


def test_a_part_that_somebody_only_noted_is_not_called_received() -> None:
    bill = replace(PART, tenders=(replace(NOTED, attempt_uid="a1"),))
    view = replace(VIEW, method=Method.NEFT, rrn=RRN)
    texts = texts_of(view, None, bill)
    note = "Recorded now, not verified: ₹10,000.00 (NEFT) · UTR ending in 5678"
    assert (texts.title, texts.note) == ("₹6,815 still due", note)


def test_a_rest_that_a_cheque_covers_is_not_asked_for() -> None:
    lines = (PART.lines[0], replace(PART.lines[1], is_covered=True))
    texts = texts_of(VIEW, None, replace(PART, lines=lines))
    assert (texts.title, texts.is_sure) == ("₹10,000 received", False)
    assert ("In clearing", "₹6,815.00") in texts.facts


def test_after_cash_and_a_code_every_child_and_every_receipt_is_named() -> None:
    texts = texts_of(REST, None, PAID)
    assert (texts.title, texts.is_sure) == ("Paid in full", True)
    assert texts.who == "Karan Zutshi, Rohan Zutshi"
    assert (texts.note, texts.number) == ("₹16,815.00", "2 receipts")
    assert texts.facts == (
        ("Karan · R202", "D1T/26-27/000010 · ₹7,965"),
        ("Rohan · R201", "D1T/26-27/000011 · ₹8,850"),
        ("Cash", "₹10,000.00"),
        ("UPI", "₹6,815.00 · UTR ending in 5678"),
        ("Bill", "B-3 · ₹16,815.00"),
    )


def test_a_bill_whose_rest_is_no_longer_due_is_not_called_paid_in_full() -> None:
    ended = replace(PAID.lines[1], paid=Money(850_00), is_ended=True)
    bill = replace(PAID, lines=(PAID.lines[0], replace(ended, is_written_off=True)))
    texts = texts_of(REST, None, bill)
    assert texts.title == "Paid, and the rest is written off"
    assert ("Written off", "₹8,000.00") in texts.facts
    one = texts_of(VIEW, None, replace(bill, tenders=(COUNTED,)))
    assert one.title == texts.title, "nor paid in cash"
    texts = texts_of(REST, None, replace(PAID, lines=(PAID.lines[0], ended)))
    assert texts.title == "Paid, and the rest is no longer due"
    assert ("No longer due", "₹8,000.00") in texts.facts
    noted = texts_of(REST, None, replace(bill, tenders=(COUNTED, NOTED)))
    assert noted.title == "Recorded, partly not verified"


@pytest.mark.parametrize(
    ("tenders", "title"),
    [
        ((COUNTED,), "Paid in cash"),
        ((COUNTED, NOTED), "Recorded, partly not verified"),
        ((replace(NOTED, attempt_uid="a1"),), "Recorded, not verified"),
    ],
)
def test_a_bill_is_green_only_where_all_its_money_is_here(
    tenders: tuple[TenderView, ...], title: str
) -> None:
    view = replace(VIEW, method=tenders[0].method, receipt_uid="r1", receipt_no="1")
    texts = texts_of(view, None, replace(PAID, tenders=tenders))
    assert texts.title == title
    assert texts.is_sure is (title == "Paid in cash")


def test_a_fee_that_is_paid_in_part_shows_its_rest() -> None:
    view = replace(VIEW, enrollment_uid="e1", receipt_uid="r", receipt_no="1")
    part = replace(RECEIPT, left=BalanceLeft(Money(5_900_00), Money(1_900_00)))
    assert texts_of(view, None, None).title == "Paid in cash"
    texts = texts_of(view, part, None)
    assert (texts.title, texts.is_sure) == ("₹1,900 still due", False)
    later = BalanceLeft(Money(5_900_00), ZERO, date(2026, 12, 30), Money(5_900_00))
    texts = texts_of(view, replace(RECEIPT, left=later), None)
    assert (texts.title, texts.is_sure) == ("Paid in cash", True)
    assert dict(texts.facts)["Balance left"] == "₹5,900.00"


@pytest.mark.parametrize(
    ("method", "name"),
    [
        (Method.CARD_MACHINE, "RRN"), (Method.UPI_STATIC, "RRN"), (Method.IMPS, "RRN"),
        (Method.NEFT, "UTR"), (Method.RTGS, "UTR"), (Method.CHEQUE, "Cheque no."),
        (Method.DRAFT, "Draft no."), (Method.AUTO, "UTR"),
    ],
)  # fmt: skip
def test_a_reference_has_the_name_that_is_on_the_slip(method: Method, name: str) -> None:
    assert METHODS[method].reference == name
    assert reference_ending(method, RRN) == f"{name} ending in 5678"
    receipt = replace(RECEIPT, method=method, rrn=RRN)
    assert (name, RRN) in texts_of(replace(VIEW, receipt_uid="r"), receipt, None).facts


def test_the_bill_is_asked_for_once_and_shown_only_with_its_own_payment(qtbot: QtBot) -> None:
    card = PaidCard()
    qtbot.addWidget(card)
    asked: list[object] = []
    card.bill_wanted.connect(asked.append)
    known: list[BillView | None] = []
    for view, bill in ((VIEW, None), (VIEW, PART), (VIEW, None), (REST, None), (REST, PAID)):
        card.show_view(view)
        card.show_bill(bill)
        known.append(card.bill)
    assert known == [None, PART, PART, None, PAID], "its money came after the bill was read"
    assert asked == [VIEW]
    card.show_view(replace(REST, uid="other", receipt_uid="x"))
    assert card.bill is None


# --- every state is whole


@pytest.fixture
def side(qtbot: QtBot) -> SidePanel:
    panel = PaymentPanel()
    side = SidePanel(TodayCard(), BillCard(), panel)
    qtbot.addWidget(side)
    return side


CLAIMED = replace(
    VIEW, method=Method.CARD_MACHINE, rrn=RRN, receipt_uid="r1", receipt_no="D1T/26-27/000010",
    student_name="Karan Zutshi, Rohan Zutshi",
)  # fmt: skip
STATES = {
    "not read": (VIEW, None),
    "part": (VIEW, PART),
    "rest": (REST, PAID),
    "noted": (CLAIMED, replace(PAID, tenders=(replace(NOTED, attempt_uid="a1"),))),
}
SIZES = {"1366x728": QSize(1262, 600), "1097x617": QSize(993, 440)}


def wrong_in(side: SidePanel) -> list[str]:
    """Return what is cut off, and the cards that leave the width of what scrolls them."""
    scroll = side.findChild(QScrollArea)
    assert scroll is not None
    area = viewport(scroll)
    room = area.width()
    return cut_off(side) + [
        f"a card ends at {right} of {room}"
        for card in side.panel.paid_card.findChildren(Card)
        if (right := card.mapTo(area, QPoint(card.width(), 0)).x()) > room
    ]


@pytest.mark.parametrize("percent", [100, 150])
@pytest.mark.looks
def test_nothing_is_cut_and_enter_and_esc_are_named(
    side: SidePanel, qtbot: QtBot, qapp: QApplication, percent: int
) -> None:
    theme.apply(qapp, "light", percent)
    side.show()
    side.bring(side.panel)
    for language, size, name in product(("en", "hi"), SIZES, STATES):
        i18n.set_language(qapp, language)
        view, bill = STATES[name]
        side.panel.show_view(view)
        side.panel.paid_card.show_bill(bill)
        side.fit(SIZES[size].width(), SIZES[size].height())
        side.resize(side.width(), SIZES[size].height())
        with suppress(TimeoutError):
            qtbot.waitUntil(lambda: not wrong_in(side), timeout=2_000)
        assert not wrong_in(side), (language, size, name)
        first, _ = side.panel.paid_card.buttons()
        assert first.text().endswith("Enter")
        assert side.next.isHidden() or side.next.text().endswith("Esc")
        title = side.findChild(QLabel, "paidTitle")
        assert title is not None
        assert title.height() >= title.heightForWidth(title.width()), (language, size, name)


# --- the bill before it


FIVE = Bill(
    student_uid="", student_name="Meera Zutshi", roll_no="", course_uid="", course_label="",
    lines=tuple(QuoteLine(f"Karan · JEE Foundation · Weekend · {at}/5", CASH) for at in range(5)),
    total=Money(CASH.paise * 5), words="", obstacle="", over_upi_limit=False, upi_limit=WHOLE,
    open_attempt_uid=None, is_kept=False,
)  # fmt: skip
FAMILY = Contact("9822055501", "Meera Zutshi", "9822055501")


@pytest.mark.looks
@pytest.mark.parametrize("language", ["en", "hi"])
def test_large_text_on_a_low_screen_leaves_four_lines_of_a_familys_bill(
    side: SidePanel, qtbot: QtBot, qapp: QApplication, language: str
) -> None:
    i18n.set_language(qapp, language)
    theme.apply(qapp, "light", 150)
    tender = TenderPanel()
    side.bill.hold_tender(tender, tender.edit)
    side.show()
    side.bring(side.bill)
    side.bill.show_fees(StudentFees("s1", FAMILY))
    tender.show()
    side.bill.show_cart(FIVE)
    side.fit(1195, 545)  # 1280x720
    side.resize(side.width(), 545)
    table = side.bill.table
    qtbot.waitUntil(lambda: table.visibleRegion().boundingRect().height() >= 4 * table.rowHeight(0))
    assert side.bill.total.isVisible()
    side.fit(1262, 600 * 2)
    side.bill.show_cart(FIVE)
    assert side.bill.contact.isVisible(), "where there is room, the phone number is there"


def test_a_parent_is_not_named_under_the_same_name(qtbot: QtBot) -> None:
    card = BillCard()
    qtbot.addWidget(card)
    guardian = card.contact.findChild(ElidedLabel)
    assert guardian is not None
    card.show_picked("Rohan Zutshi · R201", "")
    card.show_fees(StudentFees("s1", FAMILY))
    assert guardian.full_text() == "c/o Meera Zutshi"
    card.show_picked("Meera Zutshi · R301", "")
    assert guardian.full_text() == ""
    card.show_cart(FIVE)
    assert guardian.full_text() == ""
