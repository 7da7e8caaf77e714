"""A family at the counter, with the keyboard alone: F12, ticks, parts, courses, tenders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableWidget

from desktop_app.domain.bills import BillState
from desktop_app.domain.concessions import ConcessionMeasure
from desktop_app.domain.courses import make_course
from desktop_app.domain.instruments import InstrumentState
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.promo_codes import PromoCode
from desktop_app.domain.receipt import IST
from desktop_app.domain.students import make_student
from desktop_app.services.views.bills import Cart, CartLine
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.services.views.fees import ConcessionWish
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.counter.family_list import FamilyList
from desktop_app.ui.counter.held_bills import BillList
from desktop_app.ui.shell.sittings import Sittings
from desktop_app.ui.students.student_form import StudentForm
from desktop_app.ui.widgets.buttons import Button
from tests.ui.samples import COUNTER, seed

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QUrl
    from PySide6.QtWidgets import QApplication

    from desktop_app.services.views.bills import BillView
    from tests.ui.clerk import Clerk
    from tests.ui.real_desk import RealDesk
    from tests.ui.samples import Template

KEY = Qt.Key
TUITION, OTHER, BOOKS = Money(14_160_00), Money(12_500_00), Money(2_000_00)
TOTAL = "₹28,660.00"


@dataclass
class Family:
    """Asha and Rohan with three fees due (V3.1), and a clerk with Asha picked."""

    clerk: Clerk
    asha: str
    rohan: str
    dues: list[str]

    @property
    def fees(self) -> FamilyList:
        return self.clerk.the(FamilyList, "familyPicker")

    def rows(self) -> list[str]:
        return [row.spoken() for row in self.fees.rows()]

    def open(self) -> None:
        self.clerk.press(KEY.Key_F2)
        self.clerk.type("F001")
        self.clerk.press(KEY.Key_Return)
        self.clerk.wait(lambda: self.clerk.picked() == "F001")
        self.clerk.press(KEY.Key_F12)
        self.clerk.wait(lambda: self.clerk.window.parts.counter.family.presenter.is_open)
        self.clerk.idle()

    def key(self, key: Qt.Key) -> None:
        self.clerk.press(key)
        self.clerk.idle()

    def type(self, text: str) -> None:
        QTest.keyClicks(self.clerk.focused, text)
        self.clerk.idle()

    def total(self) -> str:
        return self.clerk.text("totalLabel")

    def lines(self) -> list[tuple[str, str]]:
        table = self.clerk.the(QTableWidget, "cartTable")
        return [
            (table.item(row, 0).text(), table.item(row, 1).text())  # type: ignore[union-attr]
            for row in range(table.rowCount())
        ]

    def bill(self) -> BillView:
        bill = self.clerk.window.parts.counter.family.presenter.bill
        assert bill is not None
        return self.clerk.desk.real.carts.view(bill.uid)


@dataclass
class FamilyHome:
    """A database with the family, and what its records are called."""

    template: Template
    people: list[str]
    dues: list[str]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> FamilyHome:
    people: list[str] = []
    dues: list[str] = []

    def enrol(desk: RealDesk) -> None:
        real, phone = desk.real, "9000000077"
        for roll, name in (("F001", "Asha Nair"), ("F002", "Rohan Nair")):
            student = make_student(
                roll_no=roll, name=name, guardian_phone=phone, guardian_name="Meera Nair"
            )
            people.append(real.students.add(student).uid)
        asha, rohan = people
        for uid, code, fee in (
            (asha, "TUI", TUITION),
            (rohan, "CHE", OTHER),
            (rohan, "BKS", BOOKS),
        ):
            course = real.courses.add(make_course(code=code, title=code, fee=fee, seats=2))
            dues.append(real.enrolments.enrol(uid, course.uid).dues[0].uid)
        real.courses.add(make_course(code="ZOO", title="Zoology", fee=Money(1_000_00), seats=1))

    return FamilyHome(seed(tmp_path_factory.mktemp("family"), COUNTER, enrol), people, dues)


@pytest.fixture
def real_desk(open_copy: Callable[..., RealDesk], home: FamilyHome) -> RealDesk:
    return open_copy(home.template, training=True)


@pytest.fixture
def family(clerk: Clerk, home: FamilyHome) -> Family:
    asha, rohan = home.people
    return Family(clerk, asha, rohan, home.dues)


def test_f12_shows_everything_that_is_due_and_f9_collects_it(family: Family) -> None:
    family.open()
    assert family.total() == TOTAL
    assert family.lines() == [
        ("Asha · TUI", "14,160.00"), ("Rohan · CHE", "12,500.00"), ("Rohan · BKS", "2,000.00"),
    ]  # fmt: skip
    assert family.clerk.focus == "familyPicker"
    family.clerk.press(KEY.Key_F9)
    family.clerk.wait(lambda: family.clerk.named("qrView").property("text"))
    view = family.clerk.window.parts.payment.view
    assert view is not None
    assert view.amount == Money(28_660_00)
    family.clerk.desk.gateway.pay(view.qr_text or "")
    family.clerk.wait(lambda: family.clerk.state() == "paid")
    assert family.bill().state is BillState.PAID
    family.clerk.press(KEY.Key_Return)
    family.clerk.wait(lambda: len(family.clerk.printed()) == 2)
    family.clerk.wait(lambda: family.clerk.focus == "studentSearch")
    assert not family.clerk.shown("familyPicker")


def test_space_ticks_and_star_takes_a_part(family: Family) -> None:
    family.open()
    family.key(KEY.Key_Space)
    assert family.total() == "₹14,500.00"
    family.key(KEY.Key_Space)
    assert family.total() == TOTAL
    family.type("*")
    assert family.clerk.focus == "partEdit"
    family.type("100")
    family.key(KEY.Key_Return)
    assert "Enter at least ₹500.00" in family.clerk.focused.accessibleDescription()
    family.clerk.focused.selectAll()  # type: ignore[attr-defined]
    family.type("5000")
    family.key(KEY.Key_Return)
    assert family.total() == "₹19,500.00"
    assert "part of ₹14,160.00" in family.rows()[1]
    family.clerk.window.parts.counter.bill.ways.choose(Method.CASH)
    family.key(KEY.Key_F9)
    family.clerk.wait(lambda: family.clerk.state() == "paid")
    assert family.bill().lines[0].amount == Money(5_000_00)


def test_plus_adds_a_course_and_del_takes_it_off(family: Family) -> None:
    family.open()
    family.type("+")
    assert family.clerk.focus == "familyCourseSearch"
    family.type("ZOO")
    family.key(KEY.Key_Return)
    family.clerk.wait(lambda: family.total() == "₹29,660.00")
    assert ("Asha · Zoology", "1,000.00") in family.lines()
    assert not family.clerk.desk.real.courses.find("ZOO").seats_taken, "a draft holds no seat"
    row = next(at for at, each in enumerate(family.rows()) if "Zoology" in each)
    family.fees.select(row)
    family.key(KEY.Key_Delete)
    assert family.total() == TOTAL
    assert "Removed from the bill: Zoology" in family.clerk.notices()


def test_a_course_that_was_chosen_comes_on_the_family_bill(family: Family) -> None:
    family.clerk.pick("F001", "ZOO")
    family.key(KEY.Key_F12)
    family.clerk.wait(lambda: family.total() == "₹29,660.00")
    assert ("Asha · Zoology", "1,000.00") in family.lines()
    place = family.fees.place()
    assert place is not None
    cart = family.clerk.window.parts.counter.family.presenter.cart
    assert cart is not None
    assert cart.entries[place.at or 0].label.startswith("Zoology")
    family.key(KEY.Key_Escape)
    family.clerk.wait(lambda: len(family.clerk.desk.real.carts.held()) == 1)


def test_a_family_continues_its_open_bill_which_names_a_course_that_it_does_not_take(
    family: Family,
) -> None:
    desk = family.clerk.desk.real
    cart = Cart((CartLine(family.asha, due_uid=family.dues[0]),))
    desk.carts.offer(cart, Method.CASH, Money(10_000_00))
    family.open()
    family.clerk.wait(lambda: family.total() == "₹4,160.00")
    assert family.clerk.text("familyName").startswith("B-1")
    family.key(KEY.Key_Escape)
    family.clerk.pick("F001", "ZOO")
    family.key(KEY.Key_F12)
    family.clerk.wait(lambda: "Zoology isn't on this bill" in family.clerk.notices())
    assert family.total() == "₹4,160.00"


def test_a_brother_is_added_inside_the_family_and_nobody_of_another_phone(family: Family) -> None:
    family.open()
    family.clerk.named("addSiblingButton").click()  # type: ignore[attr-defined]
    form = family.clerk.the(StudentForm, "studentForm")
    family.clerk.wait(form.isVisible)
    form.fill(name="Hari Nair", roll_no="F004", guardian_phone="9000000078")
    form.save_button.click()
    family.clerk.wait(lambda: "but not to this family" in family.clerk.notices())
    assert family.total() == TOTAL
    assert not family.clerk.shown("familyCourseSearch")
    family.clerk.idle()
    family.clerk.press(KEY.Key_N, control=True)
    form = family.clerk.the(StudentForm, "studentForm")
    family.clerk.wait(form.isVisible)
    assert (form.guardian_name.text(), form.guardian_phone.text()) == ("Meera Nair", "9000000077")
    form.fill(name="Kabir Nair", roll_no="F003")
    form.save_button.click()
    family.clerk.wait(lambda: family.clerk.focus == "familyCourseSearch")
    family.type("ZOO")
    family.key(KEY.Key_Return)
    family.clerk.wait(lambda: ("Kabir · Zoology", "1,000.00") in family.lines())
    assert family.total() == "₹29,660.00"


def test_tab_goes_from_the_fees_to_the_amount_and_the_ways_of_paying(family: Family) -> None:
    family.open()
    seen = [family.clerk.focus]
    while seen[-1] != "tenderButton" and len(seen) < 20:
        family.clerk.press(KEY.Key_Tab)
        seen.append(family.clerk.focus)
    assert seen[:2] == ["familyPicker", "addLineButton"]
    at = seen.index("tenderNow")
    assert seen[at : at + 4] == ["tenderNow", "autoSegment", "methodSelect", "collectButton"]
    assert seen.index("addSiblingButton") < at
    family.clerk.named("tenderNow").setFocus()
    family.clerk.press(KEY.Key_Tab)
    family.clerk.press(KEY.Key_Right)
    family.clerk.press(KEY.Key_Right)
    ways = family.clerk.window.parts.counter.bill.ways
    assert ways.chosen() is Method.CASH
    family.clerk.press(KEY.Key_1)
    assert ways.chosen() is Method.AUTO


@pytest.mark.looks
def test_what_stays_due_is_whole_at_large_text_on_a_low_screen(
    family: Family, clerk: Clerk, qapp: QApplication
) -> None:
    clerk.window.resize(QSize(1264, 632))
    theme.apply(qapp, "light", 150)
    i18n.set_language(qapp, "hi")
    family.open()
    tender = clerk.window.parts.counter.family.tender
    tender.edit.setFocus()
    tender.edit.selectAll()
    family.type("10000")

    def is_whole() -> bool:
        message, editor = tender.field.message, tender.edit
        is_below = message.y() > editor.geometry().bottom()
        return is_below and message.height() >= message.heightForWidth(message.width())

    clerk.wait(is_whole)
    assert clerk.shown("totalLabel")


def test_keys_say_what_is_missing_and_a_cart_that_nobody_touched_is_not_kept(
    family: Family,
) -> None:
    family.clerk.press(KEY.Key_F12)
    assert "Select a student first (F2)." in family.clerk.notices()
    family.open()
    family.key(KEY.Key_F4)
    assert "Select a new course first." in family.clerk.notices()
    tender = family.clerk.named("tenderNow")
    tender.setFocus()
    tender.selectAll()  # type: ignore[attr-defined]
    family.type("40000")
    family.key(KEY.Key_F8)
    words = "Only ₹28,660 is due. You entered ₹40,000."
    family.clerk.wait(lambda: tender.accessibleDescription() == words)
    assert "no fee to collect" not in family.clerk.notices(), "it is said beside the amount alone"
    assert family.clerk.window.parts.counter.tenders.form is None
    family.fees.setFocus()
    family.key(KEY.Key_Escape)
    assert not family.clerk.shown("familyPicker")
    assert family.clerk.desk.real.carts.held() == ()


def test_credit_of_one_child_pays_its_own_fee_of_the_bill(family: Family) -> None:
    desk = family.clerk.desk.real
    desk.payments.begin_dues(
        {family.dues[2]: None}, Method.CASH, TypedEvidence(amount=BOOKS + Money(500_00))
    )
    family.open()
    family.clerk.wait(lambda: family.clerk.text("tenderButton").startswith("Credit ₹500"))
    tenders = family.clerk.window.parts.counter.tenders
    tenders.open()
    family.clerk.wait(lambda: tenders.form is not None and tenders.form.isVisible())
    form = tenders.form
    assert form is not None
    form.ways.buttons["credit"].click()
    form.save_button.click()
    family.clerk.wait(lambda: family.total() == "₹26,160.00")
    family.clerk.wait(lambda: family.clerk.window.parts.counter.family.presenter.bill)
    lines = {line.student_uid: line.paid for line in family.bill().lines}
    assert lines == {family.asha: Money(0), family.rohan: Money(500_00)}


def test_a_full_course_is_marked_and_nothing_is_written(family: Family) -> None:
    family.open()
    family.type("+")
    family.type("ZOO")
    family.key(KEY.Key_Return)
    family.clerk.wait(lambda: family.total() == "₹29,660.00")
    desk = family.clerk.desk.real
    other = desk.students.add(make_student(roll_no="F009", name="Other"))
    desk.payments.begin(other.uid, desk.courses.find("ZOO").uid, Method.CASH)
    family.key(KEY.Key_F9)
    family.clerk.wait(lambda: any("course is full" in each for each in family.rows()))
    assert family.total() == "₹29,660.00"
    assert desk.carts.held() == ()


def test_cash_and_then_a_code_by_the_keyboard(family: Family) -> None:
    family.open()
    tender = family.clerk.named("tenderNow")
    tender.setFocus()
    tender.selectAll()  # type: ignore[attr-defined]
    family.type("10000")
    assert "₹18,660" in tender.accessibleDescription()
    family.clerk.window.parts.counter.bill.ways.choose(Method.CASH)
    tender.selectAll()  # type: ignore[attr-defined]
    family.type("10000")
    family.key(KEY.Key_F9)
    family.clerk.wait(lambda: family.clerk.focus == "printReceiptButton")
    assert family.clerk.text("printReceiptButton").startswith("Continue"), "no receipt yet"
    family.key(KEY.Key_Return)
    family.clerk.wait(lambda: family.total() == "₹18,660.00")
    assert family.clerk.shown("familyPicker")
    assert family.lines()[-1] == ("Paid so far", "−10,000.00")  # noqa: RUF001
    family.clerk.window.parts.counter.bill.ways.choose(Method.AUTO)
    family.clerk.press(KEY.Key_F9)
    family.clerk.wait(lambda: family.clerk.named("qrView").property("text"))
    view = family.clerk.window.parts.payment.view
    assert view is not None
    assert view.amount == Money(18_660_00)
    family.clerk.desk.gateway.pay(view.qr_text or "")
    family.clerk.wait(lambda: family.clerk.focus == "printReceiptButton")
    family.clerk.wait(lambda: family.clerk.text("printReceiptButton").startswith("Print"))
    family.key(KEY.Key_Return)
    family.clerk.wait(lambda: len(family.clerk.printed()) == 2)
    family.clerk.wait(lambda: family.clerk.focus == "studentSearch")
    assert [each.state for each in family.clerk.desk.real.carts.found("")] == [BillState.PAID]


def test_a_cart_that_is_left_waits_in_held_bills(family: Family) -> None:
    family.open()
    family.key(KEY.Key_Space)
    family.key(KEY.Key_Escape)
    assert family.clerk.focus == "studentSearch"
    [held] = family.clerk.desk.real.carts.held()
    assert (held.state, held.total) == (BillState.DRAFT, Money(14_500_00))
    family.clerk.press(KEY.Key_H, control=True)
    family.clerk.idle()
    assert "Meera Nair" in family.clerk.the(BillList, "heldBills").rows()[0].spoken()
    family.key(KEY.Key_Return)
    family.clerk.wait(lambda: family.total() == "₹14,500.00")
    family.key(KEY.Key_Escape)
    family.clerk.press(KEY.Key_H, control=True)
    family.clerk.idle()
    family.clerk.named("heldBills").setFocus()
    family.key(KEY.Key_Delete)
    assert family.clerk.desk.real.carts.held() == ()


def test_a_bill_that_was_left_part_paid_stays_in_sight(family: Family) -> None:
    clerk, desk = family.clerk, family.clerk.desk.real
    cart = Cart((CartLine(family.asha, due_uid=family.dues[0]),))
    desk.carts.offer(cart, Method.CASH, Money(10_000_00))
    clerk.window.parts.counter.presenter.read_recent()
    for name in ("heldChip", "heldBillsButton"):
        clerk.wait(lambda: "1 held bill · 1 partly paid" in clerk.text(name))  # noqa: B023
        clerk.click(name)
        clerk.wait(lambda: clerk.focus == "billSearch")
        clerk.press(KEY.Key_Escape)
        clerk.wait(lambda: clerk.focus == "studentSearch")
    clerk.type("F001")
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.window.findChild(Button, "continueBillButton") is not None)
    assert clerk.text("continueBillButton") == "Bill B-1: ₹4,160 still due   F12"
    clerk.named("continueBillButton").setFocus()
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: family.total() == "₹4,160.00")
    assert not clerk.shown("continueBillButton"), "it is on screen now"
    assert "open until" in clerk.text("familyAbout"), "no seat is held of who is enrolled"


def test_the_order_page_shows_a_bill_and_prints_its_slip_and_receipts(family: Family) -> None:
    desk = family.clerk.desk.real
    lines = tuple(
        CartLine(student, due_uid=due)
        for student, due in zip((family.asha, family.rohan), family.dues, strict=False)
    )
    desk.carts.offer(Cart(lines), Method.CASH)
    family.clerk.press(KEY.Key_H, control=True)
    family.clerk.idle()
    family.type("B-1")
    family.clerk.idle()
    family.key(KEY.Key_Return)
    family.clerk.wait(lambda: family.clerk.shown("orderPage"))
    assert family.clerk.text("orderState") == "paid"
    assert family.clerk.focus == "printOrderButton"
    family.clerk.click("printSlipButton")
    family.clerk.wait(lambda: "family slip as a PDF" in family.clerk.notices())
    assert family.clerk.printed() == [], "a slip is no receipt"
    family.clerk.named("printOrderButton").setFocus()
    family.key(KEY.Key_Return)
    family.clerk.wait(lambda: len(family.clerk.printed()) == 2)
    family.key(KEY.Key_Escape)
    assert not family.clerk.shown("orderPage")
    assert family.clerk.focus == "billSearch"


def test_cash_instead_of_a_code_ends_the_code_first(family: Family) -> None:
    family.open()
    family.clerk.press(KEY.Key_F9)
    family.clerk.wait(lambda: family.clerk.named("qrView").property("text"))
    view = family.clerk.window.parts.payment.view
    assert view is not None
    family.clerk.window.parts.counter.panel.buttons.other_way.emit()
    family.clerk.wait(lambda: family.total() == TOTAL and family.clerk.shown("familyPicker"))
    family.clerk.window.parts.counter.bill.ways.choose(Method.CASH)
    family.key(KEY.Key_F9)
    family.clerk.wait(lambda: family.clerk.state() == "paid")
    assert family.clerk.desk.real.payments.view(view.uid).state is AttemptState.CANCELLED
    assert family.bill().state is BillState.PAID


def test_a_code_on_a_new_course_comes_off_when_the_bill_gets_too_small(family: Family) -> None:
    family.clerk.desk.real.promos.add(
        PromoCode("FAM300", ConcessionMeasure.AMOUNT, 300_00, least_bill=Money(20_000_00))
    )
    family.open()
    family.type("+")
    family.type("ZOO")
    family.key(KEY.Key_Return)
    family.clerk.wait(lambda: family.total() == "₹29,660.00")
    row = next(at for at, each in enumerate(family.rows()) if "Zoology" in each)
    family.fees.select(row)
    place = family.fees.place()
    assert place is not None
    assert place.at is not None
    desk = family.clerk.window.parts.counter.family
    desk._set_wishes(place.at, (ConcessionWish(promo="FAM300"),))
    family.clerk.wait(lambda: family.total() == "₹29,360.00")
    assert "₹300.00 off" in family.rows()[row]
    for other in (1, 4, 5):  # untick the fees that are due
        if "Zoology" not in family.rows()[other]:
            family.fees.select(other)
            family.key(KEY.Key_Space)
    family.clerk.wait(lambda: family.total() == "₹1,000.00")
    assert "FAM300" in family.clerk.notices()


def test_f8_takes_a_cheque_for_a_part_of_the_bill_and_the_rest_goes_on(family: Family) -> None:
    family.open()
    family.fees.setFocus()
    counter = family.clerk.window.parts.counter
    family.clerk.press(KEY.Key_F8)
    family.clerk.wait(lambda: counter.tenders.form is not None and counter.tenders.form.isVisible())
    form = counter.tenders.form
    assert form is not None
    assert form.amount.text() == "28,660.00"
    form.ways.buttons["cheque"].click()
    form.amount.setText("14160")
    form.reference.setText("000123")
    form.bank.setText("HDFC Bank")
    form.save_button.click()
    presenter = counter.family.presenter
    family.clerk.wait(lambda: presenter.bill is not None and presenter.due == OTHER + BOOKS)
    family.clerk.wait(lambda: family.total() == "₹14,500.00")
    assert "cheque received" in family.rows()[0]
    family.clerk.wait(lambda: "Cheque for ₹14,160 received" in family.clerk.notices())
    family.key(KEY.Key_Escape)
    assert [each.state for each in family.clerk.desk.real.carts.held()] == [BillState.OFFERED]


def test_f8_takes_cash_for_a_part_of_the_bill_and_says_nothing_of_credit(family: Family) -> None:
    family.open()
    family.fees.setFocus()
    counter = family.clerk.window.parts.counter
    family.clerk.press(KEY.Key_F8)
    family.clerk.wait(lambda: counter.tenders.form is not None and counter.tenders.form.isVisible())
    form = counter.tenders.form
    assert form is not None
    form.ways.buttons["cash"].click()
    form.amount.setText("10000")
    form.save_button.click()
    family.clerk.wait(lambda: family.clerk.state() == "paid")
    assert "of credit" not in family.clerk.notices()
    assert [each.state for each in family.clerk.desk.real.carts.held()] == [BillState.PART_PAID]


def test_a_held_bill_comes_back_with_its_concession(family: Family) -> None:
    family.open()
    counter = family.clerk.window.parts.counter
    zoology = family.clerk.desk.real.courses.find("ZOO")
    wish = ConcessionWish(value=500, reason="scholarship")
    line = CartLine(family.rohan, course_uid=zoology.uid, wishes=(wish,))
    uid = family.clerk.desk.real.carts.hold(Cart((line,)), Money(950_00))
    counter.family.presenter.open_bill(uid)
    family.clerk.wait(lambda: family.total() == "₹950.00")
    assert any("₹50.00 off" in row for row in family.rows())


def test_every_receipt_of_a_payment_is_sent_and_printed_when_it_comes_from_the_tray(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = family.clerk.window.parts.counter
    sent: list[QUrl] = []
    computer = counter.context.printer.computer

    def open_address(address: QUrl) -> bool:
        sent.append(address)
        return True

    monkeypatch.setattr(computer, "open_address", open_address)
    lines = tuple(
        CartLine(student, due_uid=due)
        for student, due in zip((family.asha, family.rohan), family.dues, strict=False)
    )
    offered = family.clerk.desk.real.carts.offer(Cart(lines), Method.CASH)
    counter.show_attempt(offered.attempt)
    family.clerk.wait(lambda: counter.panel.paid_card.labels()[3].text() == "2 receipts")
    numbers = sorted(each.number for each in offered.bill.receipts)
    send = family.clerk.named("sendReceiptButton")
    family.clerk.wait(send.isEnabled)
    send.click()  # type: ignore[attr-defined]
    family.clerk.wait(lambda: len(sent) == 1)
    message = unquote(sent[0].toString())
    assert "₹26,660 received" in message
    assert f"receipts {numbers[0]}, {numbers[1]}." in message
    counter.print_current()
    family.clerk.wait(lambda: sorted(family.clerk.printed()) == numbers)
    assert len(numbers) == 2


def test_print_before_the_bill_is_read_prints_all_its_receipts(family: Family) -> None:
    counter, desk = family.clerk.window.parts.counter, family.clerk.desk.real
    lines = tuple(
        CartLine(student, due_uid=due)
        for student, due in zip((family.asha, family.rohan), family.dues, strict=False)
    )
    bill = desk.carts.offer(Cart(lines), Method.CASH, TUITION).bill
    typed = TypedEvidence(reference="000123", bank="HDFC Bank", dated=datetime.now(IST).date())
    cheque = desk.carts.tender(bill.uid, Method.CHEQUE, typed=typed).attempt
    [handed_in] = desk.cheques.listed([InstrumentState.IN_HAND])
    desk.cheques.deposit([handed_in.uid], "HDFC")
    desk.cheques.clear(handed_in.uid)
    counter.show_attempt(desk.payments.view(cheque.uid))
    counter.print_current()
    numbers = sorted(each.number for each in desk.carts.view(bill.uid).receipts)
    family.clerk.wait(family.clerk.printed)
    family.clerk.idle()
    assert sorted(family.clerk.printed()) == numbers
    assert len(numbers) == 2


def test_a_bill_whose_time_is_over_offers_its_receipts(family: Family) -> None:
    desk, window = family.clerk.desk.real, family.clerk.window
    cart = Cart((CartLine(family.asha, due_uid=family.dues[0]),))
    bill = desk.carts.offer(cart, Method.CASH, Money(10_000_00)).bill
    family.clerk.desk.clock.advance(31 * 60)
    Sittings(window.runner, window.parts.context, window).look()
    family.clerk.wait(lambda: "Bill B-1 is closed. Paid: ₹10,000." in family.clerk.notices())
    [print_] = [
        each for each in window.parts.notices.findChildren(Button)
        if each.accessibleName() == "Print receipts"
    ]  # fmt: skip
    print_.click()
    [receipt] = desk.carts.view(bill.uid).receipts
    family.clerk.wait(lambda: family.clerk.printed() == [receipt.number])
