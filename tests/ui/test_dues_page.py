"""The page of dues: chips with sums, details, promises, waivers, the family's account, payments."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu

from desktop_app.domain.ageing import month_of
from desktop_app.domain.courses import make_course
from desktop_app.domain.late_fee import LateKind, LateRule, as_text
from desktop_app.domain.money import Money, total
from desktop_app.domain.payment import Method
from desktop_app.domain.promises import PromiseState
from desktop_app.domain.receipt import IST
from desktop_app.domain.students import make_student
from desktop_app.services.ports.records import EnrollmentTerms
from desktop_app.services.views.bills import Cart, CartLine
from desktop_app.services.views.dues import DueChoice, PromiseMark
from desktop_app.ui.accounts.account_dialog import AccountDialog
from desktop_app.ui.accounts.change_form import ChangeForm
from desktop_app.ui.accounts.changes import CHANGES
from desktop_app.ui.accounts.promise_form import PromiseForm
from desktop_app.ui.accounts.texts import promise_day
from desktop_app.ui.core import theme
from desktop_app.ui.core.formatting import NONE, short_rupees
from desktop_app.ui.core.page import BegunPayment, FamilyBill
from desktop_app.ui.dues.page import DuesPage
from desktop_app.ui.dues.rows import DUES
from tests.ui.notice_area import notice_area
from tests.ui.samples import BARE, seed

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QUrl
    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.counter.page import CounterPage
    from tests.ui.clerk import Clerk
    from tests.ui.real_desk import RealDesk
    from tests.ui.samples import Template

A_DAY = LateRule(LateKind.PER_DAY, amount=Money(50_00), grace_days=5, cap=Money(1_500_00))
PARENT = {"guardian_name": "Meera Rao", "guardian_phone": "9000000009"}


def enrol(desk: RealDesk, roll_no: str, days: int, rupees: int, **facts: str) -> str:
    """Enrol a new student for a fee that was due some days ago, late at ₹50 a day."""
    services = desk.services
    student = services.students.add(
        make_student(roll_no=roll_no, **({"name": f"Student {roll_no}"} | facts))
    )
    course = services.courses.add(
        make_course(
            code=f"C{roll_no}", title="Physics XI", batch="", fee=Money(rupees * 100), gst_bp=1_800,
            seats=10,
        )
    )  # fmt: skip
    on = datetime.now(IST).date() - timedelta(days=days)
    made = services.enrolments.enrol(student.uid, course.uid, on)
    with desk.store.writing() as work:
        work.enrollments.add_terms(
            EnrollmentTerms(made.enrollment_uid, "FULL", None, None, "days", None,
                            as_text(A_DAY), "{}", datetime.now(IST))
        )  # fmt: skip
        work.commit()
    return made.dues[0].uid


def owe(desk: RealDesk) -> None:
    """Enrol a family that is late, somebody whose fee is due today and one whose is not yet."""
    enrol(desk, "D1", 40, 10_000, **PARENT)
    enrol(desk, "D2", 8, 5_000, **PARENT)
    enrol(desk, "D3", 0, 3_000)
    enrol(desk, "D4", -9, 2_000)


@pytest.fixture(scope="module")
def owing(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return seed(tmp_path_factory.mktemp("owing"), BARE, owe)


@pytest.fixture
def page(
    qtbot: QtBot, context: PageContext, open_copy: Callable[..., RealDesk], owing: Template
) -> DuesPage:
    desk = open_copy(owing)
    made = DuesPage(context)
    made.setProperty("desk", desk)
    qtbot.addWidget(made)
    made.resize(1278, 678)
    made.show()
    context.runner.open(desk.services)
    made.arrive()
    qtbot.waitUntil(lambda: made.presenter.model.rowCount() == 4)
    qtbot.waitUntil(lambda: made._sums is not None)
    return made


def desk_of(page: DuesPage) -> RealDesk:
    desk: RealDesk = page.property("desk")
    return desk


def said(page: DuesPage) -> str:
    return " ".join(notice_area(page.context).texts())


def cell(page: DuesPage, at: int, title: str) -> str:
    """Return the text of a row under a heading."""
    model = page.presenter.model
    column = next(at for at, each in enumerate(model.columns) if each.title == title)
    return str(model.index(at, column).data())


def names(page: DuesPage) -> list[str]:
    return [row.roll_no for _, row in page.presenter.model.loaded()]


def dialog(qtbot: QtBot, kind: type[AccountDialog]) -> AccountDialog:
    def found() -> list[AccountDialog]:
        return [
            each for each in QApplication.topLevelWidgets()
            if isinstance(each, kind) and each.isVisible()
        ]  # fmt: skip

    qtbot.waitUntil(lambda: bool(found()))
    return found()[0]


def test_chips_have_the_sums_and_list_a_bucket(qtbot: QtBot, page: DuesPage) -> None:
    today = datetime.now(IST).date()
    rows = [row for _, row in page.presenter.model.loaded()]
    months = [
        [row for row in rows if since <= row.due_on <= until]
        for since, until in (month_of(today), month_of(today, 1))
    ]
    sums = [total(each.balance for each in month) for month in months]
    this_month, next_month = (f"  {short_rupees(each)}" if each else "" for each in sums)
    shown = {value: button.text() for value, button in page.chips.buttons.items()
             if not button.isHidden()}  # fmt: skip
    assert shown == {
        "all": "All dues  ₹20,000", "call": "To call",
        "month": f"This month{this_month}", "next_month": f"Next month{next_month}",
        "not_due": "Not due yet  ₹2,000",
        "today": "Due today  ₹3,000", "8-15": "8–15 days  ₹5,000",  # noqa: RUF001
        "31-60": "31–60 days  ₹10,000",  # noqa: RUF001
    }  # fmt: skip
    assert page.count.text() == (
        "4 dues · Overdue ₹18,000 · payment pending ₹0 · not due yet ₹2,000"
    )
    page.chips.buttons["8-15"].click()
    qtbot.waitUntil(lambda: names(page) == ["D2"])
    page.chips.buttons["call"].click()
    qtbot.waitUntil(lambda: names(page) == ["D1"])
    for value, month in zip(("month", "next_month"), months, strict=True):
        page.chips.buttons[value].click()
        qtbot.waitUntil(lambda: names(page) == [each.roll_no for each in month])  # noqa: B023
    page.chips.buttons["call"].click()
    qtbot.waitUntil(lambda: names(page) == ["D1"])
    page.finder.setText("D2")
    qtbot.waitUntil(page.empty.isVisible)
    page.act_on_empty()
    qtbot.waitUntil(lambda: names(page) == ["D1", "D2", "D3", "D4"])


def test_the_details_show_what_the_table_hides(page: DuesPage) -> None:
    assert page.amount.text() == "₹10,000"
    assert page.badge.word.text() == "40 days overdue"
    assert page.facts.text_of("Parent") == "Meera Rao"
    assert page.facts.text_of("Late fee") == "₹1,500"
    assert page.facts.text_of("Phone") == "••••••0009"


def test_a_promise_is_saved_by_keyboard_alone(qtbot: QtBot, page: DuesPage) -> None:
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: page.window().findChild(PromiseForm) is not None)
    form = page.window().findChild(PromiseForm)
    assert isinstance(form, PromiseForm)
    assert form.amount.text() == "10,000.00"
    form.amount.setText("0")
    QTest.keyClick(form.amount, Qt.Key.Key_Return)
    assert "above" in form.fields["amount"].message.text()
    form.amount.setText("4000")
    form.note.setText("after the 5th")
    QTest.keyClick(form.note, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Promise saved: ₹4,000." in said(page))
    qtbot.waitUntil(lambda: page._row is not None and page._row.promise is not None)
    promised = page.facts.text_of("Promise")
    assert promised.startswith("₹4,000 by ")
    assert promised.endswith(" (family)")
    cells = [cell(page, at, "Promise") for at in range(4)]
    assert cells[0].startswith("By ")
    assert "₹" not in "".join(cells), "what a family promised once isn't named on each fee"
    assert (cells[1], cells[2:]) == (cells[0], [NONE, NONE])
    broken = PromiseMark(Money(14_160_00), date(datetime.now(IST).year, 9, 28), PromiseState.BROKEN)
    tag = promise_day(broken)
    assert tag is not None
    assert tag.word == "Broken: 28 Sep"
    [column] = [each for each in DUES if each.title == "Promise"]
    assert page.fontMetrics().horizontalAdvance(tag.word) + 40 <= theme.px(column.width)


def change_form(qtbot: QtBot, page: DuesPage) -> ChangeForm:
    """Return the form of a change once its result is worked out."""

    def found() -> list[ChangeForm]:
        return page.window().findChildren(ChangeForm)

    qtbot.waitUntil(lambda: bool(found()) and found()[0]._result is not None)
    return found()[0]


def test_a_late_fee_is_waived_in_part(qtbot: QtBot, page: DuesPage) -> None:
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_X)
    form = change_form(qtbot, page)
    assert form.amount.text() == "1,500.00"
    form.amount.setText("1500.01")
    form.reason.setText("illness")
    form.save_button.click()
    qtbot.waitUntil(lambda: "₹1,500.00" in form.outcome.words.text())
    form.amount.setText("500")
    qtbot.waitUntil(lambda: form.save_button.text() == "Waive ₹500")
    form.save_button.click()
    qtbot.waitUntil(lambda: page.facts.text_of("Late fee") == "₹1,000")


def test_a_fee_is_written_off_by_keyboard_alone_after_its_result_was_shown(
    qtbot: QtBot, page: DuesPage
) -> None:
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_E)
    menu = page.change_button.findChild(QMenu, "changeMenu")
    assert menu is not None
    assert len([each for each in menu.actions() if each.text()]) == len(CHANGES)
    qtbot.waitUntil(menu.isVisible)
    for _ in range(3):
        QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    form = change_form(qtbot, page)
    assert form.save_button.text() == "Write off ₹10,000"
    assert "the enrolment ends" in form.outcome.words.text()
    assert form.outcome.texts()[-2:] == ["Total", "₹0"]
    QTest.keyClick(form.reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Enter a reason" in form.fields["reason"].message.text())
    QTest.keyClicks(form.reason, "left the city")
    QTest.keyClick(form.reason, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(page) == ["D2", "D3", "D4"])
    qtbot.waitUntil(lambda: "Written off: ₹10,000 for Student D1 · Physics XI." in said(page))


def test_nothing_is_written_whose_result_was_not_shown(qtbot: QtBot, page: DuesPage) -> None:
    page.change("replan")
    form = change_form(qtbot, page)
    form.reason.setText("salary comes later")
    form.parts.setText("2")
    form._pause.stop()  # another letter is being typed
    form.save()
    assert not form.is_busy
    qtbot.waitUntil(lambda: form.outcome.texts().count("₹5,000") == 2)
    desk = desk_of(page).services
    [due] = desk.dues.page(DueChoice("D1")).rows
    desk.payments.begin_dues({due.uid: Money(1_000_00)}, Method.CASH)  # at another window
    form.save()
    qtbot.waitUntil(lambda: "has changed" in form.fields["due"].message.text())
    qtbot.waitUntil(lambda: form.outcome.texts().count("₹4,500") == 2)
    form.save()
    qtbot.waitUntil(lambda: names(page) == ["D2", "D1", "D3", "D4", "D1"])


def test_a_change_that_fits_no_fee_says_so(qtbot: QtBot, page: DuesPage) -> None:
    page.change("restore")
    qtbot.waitUntil(lambda: "No fee was written off." in said(page))


def test_enter_opens_the_account_of_the_family(qtbot: QtBot, page: DuesPage) -> None:
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    account = dialog(qtbot, AccountDialog)
    assert account.name.full_text() == "Meera Rao"
    assert account.members.text() == "Student D1 · D1, Student D2 · D2"
    assert account.balance.text() == "₹15,000"
    assert account.badge.word.text() == "To call"
    assert account.statement.objectName() == "statementView"
    model = account.model
    assert [model.index(row, 6).data() for row in range(model.rowCount())] == [
        "10,000.00", "15,000.00",
    ]  # fmt: skip
    desk_of(page).services.promises.add(
        account.account.student_uid, Money(1_500_000), datetime.now(IST).date()
    )
    account.read_again()
    qtbot.waitUntil(lambda: account.badge.word.text() == "Fees due")
    button = account.findChild(QLabel, "accountNoPromises")
    assert button is not None
    assert button.isHidden()
    account.accept()


def test_the_bill_of_the_family_is_for_the_fees_that_are_selected(page: DuesPage) -> None:
    shown: list[tuple[str, object]] = []
    page.context.calls.show_page.connect(lambda name, argument: shown.append((name, argument)))
    uids = [row.uid for _, row in page.presenter.model.loaded()]
    assert page.collect_button.text().strip() == "Collect   F9"
    page.collect_button.click()
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert page.collect_button.text().strip() == "Collect 2 fees   F9"
    page.bill_button.click()
    student = page.family_student()
    assert shown[1:] == [("counter", FamilyBill(student, tuple(uids[:2])))]
    QTest.keyClick(page.table, Qt.Key.Key_Up)
    assert page.collect_button.text().strip() == "Collect   F9"
    assert shown[0] == ("counter", FamilyBill(page.family_student(), (uids[0],), True))
    desk = desk_of(page).services
    assert len(desk.dues.ask_family_late_fees(page.family_student())) == 2
    rows = desk.dues.page(DueChoice("9000000009")).rows
    assert sorted(row.balance for row in rows if row.kind == "late_fee") == [
        Money(400_00),
        Money(1_500_00),
    ]


def test_a_link_is_for_all_that_is_overdue_of_the_family(qtbot: QtBot, page: DuesPage) -> None:
    shown: list[object] = []
    page.context.calls.show_page.connect(lambda _name, argument: shown.append(argument))
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_L)
    qtbot.waitUntil(lambda: bool(shown))
    [begun] = shown
    assert isinstance(begun, BegunPayment)
    view = begun.view
    assert view.method is Method.PAYMENT_LINK
    assert view.amount == Money(15_000_00 + 1_500_00 + 400_00)
    page.send_link()
    qtbot.waitUntil(lambda: "There's nothing to collect now." in said(page))


def test_a_reminder_names_nobody_and_is_noted(
    qtbot: QtBot, page: DuesPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def open_address(_self: object, url: QUrl) -> bool:
        opened.append(url.toString())
        return True

    monkeypatch.setattr(type(page.context.printer.computer), "open_address", open_address)
    page.actions_of.centre = "Vidya Classes"
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_W)
    qtbot.waitUntil(lambda: bool(opened))
    assert "wa.me/919000000009" in opened[0]
    assert "Fees of ₹15,000 have been due at Vidya Classes since" in unquote(opened[0])
    assert "Student" not in opened[0]
    rows = desk_of(page).services.dues.page
    qtbot.waitUntil(lambda: rows(DueChoice("D1")).rows[0].contacted_at is not None)


def test_letters_are_typed_into_the_search(qtbot: QtBot, page: DuesPage) -> None:
    page.finder.setFocus()
    QTest.keyClicks(page.finder, "rxlw")
    assert page.finder.text() == "rxlw"
    assert page.window().findChild(PromiseForm) is None
    page.finder.clear()
    qtbot.waitUntil(lambda: names(page) == ["D1", "D2", "D3", "D4"])


def test_nothing_due_is_good_news(
    qtbot: QtBot, context: PageContext, open_copy: Callable[..., RealDesk]
) -> None:
    made = DuesPage(context)
    qtbot.addWidget(made)
    made.show()
    context.runner.open(open_copy("bare").services)
    made.arrive()
    qtbot.waitUntil(lambda: made.empty.title.text() == "No fees due")


class Dues:
    """A clerk on the page of dues of three families, with the keyboard alone."""

    def __init__(self, clerk: Clerk) -> None:
        self.clerk = clerk
        self.first = enrol(clerk.desk, "D1", 40, 10_000, **PARENT)
        self.second = enrol(clerk.desk, "D2", 8, 5_000, **PARENT)
        soon = month_of(datetime.now(IST).date(), 1)[0] - datetime.now(IST).date()
        enrol(clerk.desk, "D4", -soon.days, 2_000)
        clerk.press(Qt.Key.Key_D, control=True)
        page = clerk.window.parts.page()
        assert isinstance(page, DuesPage)
        self.page = page
        clerk.wait(lambda: names(page) == ["D1", "D2", "D4"])
        assert clerk.focus == "duesFilter"

    @property
    def counter(self) -> CounterPage:
        return self.clerk.window.parts.counter

    def lines(self) -> list[tuple[str, Money]]:
        cart = self.counter.family.presenter.cart
        return [(each.student_name, each.amount) for each in cart.ticked] if cart else []

    def bill_of(self, *lines: tuple[str, int]) -> None:
        """Wait until the family's bill at the counter has these lines."""
        wanted = [(f"Student {roll_no}", Money(rupees * 100)) for roll_no, rupees in lines]
        self.clerk.wait(
            lambda: sorted(self.lines()) == sorted(wanted) and self.clerk.focus == "familyPicker"
        )

    def list(self, *roll_numbers: str) -> None:
        self.clerk.wait(lambda: names(self.page) == [*roll_numbers])


@pytest.fixture
def dues(clerk: Clerk) -> Dues:
    return Dues(clerk)


def test_a_fee_of_the_next_month_is_found_and_collected_with_the_keyboard_alone(
    dues: Dues,
) -> None:
    clerk = dues.clerk
    clerk.press(Qt.Key.Key_Tab)
    for _ in range(3):
        clerk.press(Qt.Key.Key_Right)
    assert clerk.focus == "agingChipNextMonth"
    dues.list("D4")
    clerk.press(Qt.Key.Key_Return)
    assert clerk.focus == "duesTable"
    clerk.press(Qt.Key.Key_F9)
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    view = clerk.window.parts.payment.view
    assert view is not None
    assert (view.amount, view.roll_no) == (Money(2_000_00), "D4")
    clerk.desk.gateway.pay(view.qr_text or "")
    clerk.wait(lambda: clerk.state() == "paid")


@pytest.mark.looks
def test_tab_goes_through_the_page_in_order_and_each_stop_shows_it(dues: Dues) -> None:
    clerk, stops = dues.clerk, list[str]()
    while dues.page.isAncestorOf(clerk.focused) and clerk.focus not in stops:
        stop = clerk.focused
        stops.append(clerk.focus)
        focused = stop.grab().toImage()
        stop.clearFocus()
        assert stop.grab().toImage() != focused, stop.objectName()
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        clerk.press(Qt.Key.Key_Tab)
    assert stops == [
        "duesFilter", "agingChipAll", "duesTable", "duesAccountButton", "duesPromiseButton",
        "duesChatButton", "duesLinkButton", "duesChangeButton", "duesCollectButton",
        "duesBillButton", "duesExportButton",
    ]  # fmt: skip


def test_f12_ticks_the_selected_fee_and_its_late_fee_alone(dues: Dues) -> None:
    dues.clerk.press(Qt.Key.Key_F12)
    dues.bill_of(("D1", 10_000), ("D1", 1_500))
    place = dues.counter.family.panel.list.place()
    assert place is not None
    assert place.at == 0
    assert dues.clerk.text("totalLabel") == "₹11,500.00"
    dues.counter.go_back()
    assert dues.counter.family.presenter.bill is None
    assert not dues.clerk.desk.real.carts.held()


def test_f9_right_after_typing_is_for_what_was_typed(dues: Dues) -> None:
    clerk = dues.clerk
    QTest.keyClicks(clerk.focused, "D4")
    clerk.press(Qt.Key.Key_F9)  # the new rows are not read yet
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    view = clerk.window.parts.payment.view
    assert view is not None
    assert view.roll_no == "D4"


def test_several_selected_fees_of_a_family_are_on_one_bill(dues: Dues) -> None:
    clerk = dues.clerk
    dues.page.table.setFocus()
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(dues.page.table, Qt.Key.Key_Down, shift)
    clerk.press(Qt.Key.Key_F9)  # more than one line: the bill is seen before it is collected
    dues.bill_of(("D1", 10_000), ("D1", 1_500), ("D2", 5_000), ("D2", 400))
    assert not dues.counter.is_paying


def test_what_cannot_be_ticked_is_said(dues: Dues) -> None:
    clerk = dues.clerk
    dues.page.table.setFocus()
    for _ in range(2):
        QTest.keyClick(dues.page.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    clerk.press(Qt.Key.Key_F12)
    dues.bill_of(("D4", 2_000))
    clerk.wait(lambda: "2 selected fees aren't ticked." in clerk.notices())


def test_an_open_bill_of_the_family_is_shown_instead(dues: Dues) -> None:
    clerk = dues.clerk
    desk = clerk.desk.real
    family = desk.carts.family(dues.page.family_student())
    [other] = [each for each in family.dues if each.uid == dues.second]
    cart = Cart((CartLine(other.student_uid, other.uid),))
    desk.carts.offer(cart, Method.CASH, Money(1_000_00), Money(5_000_00))
    clerk.press(Qt.Key.Key_F9)
    clerk.wait(lambda: "This family has a bill that isn't fully paid." in clerk.notices())
    clerk.wait(lambda: dues.counter.family.presenter.bill is not None)
    assert not dues.counter.is_paying


def test_cash_is_never_recorded_by_one_key(dues: Dues) -> None:
    clerk = dues.clerk
    dues.counter.bill.ways.choose(Method.CASH)
    clerk.press(Qt.Key.Key_Down)
    clerk.press(Qt.Key.Key_Down)
    clerk.wait(lambda: dues.page.student.full_text() == "Student D4 · D4")
    clerk.press(Qt.Key.Key_F9)
    dues.bill_of(("D4", 2_000))
    clerk.idle()
    assert not dues.counter.is_paying
    assert not clerk.desk.calls.of("carts.offer")
