"""Fees of the picked student: what is due comes first, and who owes nothing is shown as paid."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from desktop_app.domain.payment import Method
from desktop_app.domain.students import make_student
from desktop_app.services.errors import StorageError
from desktop_app.ui.widgets.result_list import ResultList

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tests.ui.clerk import Clerk
    from tests.ui.real_desk import RealDesk

KEY = Qt.Key


@pytest.fixture(scope="module")
def lasting(lasting: Clerk) -> Clerk:
    """A counter with a student for each test, and room for all of them in a course."""
    rolls = [f"S{at:02}" for at in range(1, 12)]
    lasting.desk.enter(make_student(roll_no=each, name="Kiran Bhat") for each in rolls)
    lasting.desk.change_course("PHY-12", seats=99)
    return lasting


def enrol(clerk: Clerk, roll: str, *codes: str) -> None:
    for code in codes:
        student, course = clerk.desk.student(roll), clerk.desk.course(code)
        clerk.desk.real.enrolments.enrol(student.uid, course.uid)


def pick_student(clerk: Clerk, roll: str) -> None:
    clerk.press(KEY.Key_F2)
    clerk.type(roll)
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.focus == "courseSearch")
    clerk.idle()


def listed(clerk: Clerk) -> list[str]:
    """The code and the last cell of each course in the list."""
    rows = clerk.the(ResultList, "courseResults").rows()
    return [f"{row.cells[0].text} {row.cells[-1].text}" for row in rows]


def selected(clerk: Clerk) -> str:
    row = clerk.the(ResultList, "courseResults").current()
    return row.cells[0].text if row is not None else ""


def test_the_fee_that_is_due_is_first_and_enter_bills_it(looking: Clerk) -> None:
    enrol(looking, "S01", "PHY-12")
    pick_student(looking, "S01")
    assert listed(looking)[0] == "PHY-12 ₹12,980 due"
    assert listed(looking)[1] == "CHE-11 ₹11,799.99", "the others follow as ever"
    assert len(listed(looking)) == 5, "no course is listed twice"
    assert selected(looking) == "PHY-12"
    assert looking.text("alsoDueButton") == "&Due: ₹12,980 for Physics XII · Evening"
    looking.press(KEY.Key_Return)
    looking.wait(lambda: looking.text("totalLabel") == "₹12,980.00")
    assert not looking.shown("alsoDueButton"), "nothing else is due"


def test_the_rest_of_a_fee_is_due_by_its_balance(looking: Clerk) -> None:
    from desktop_app.domain.money import Money
    from desktop_app.ui.counter.rows import course_rows
    from desktop_app.ui.counter.student_fees import StudentFee, StudentFees

    course = looking.desk.course("PHY-11")
    fees = StudentFees("x", due=(StudentFee(course, "Physics XI", Money(500000)),))
    answer = looking.window.parts.counter.found.courses
    assert answer is not None
    assert course_rows(answer, fees)[0].cells[-1].text == "₹5,000 due"


def test_who_has_a_part_paid_bill_is_not_shown_as_paid() -> None:
    from desktop_app.domain.bills import BillState
    from desktop_app.domain.money import Money
    from desktop_app.domain.receipt import IST
    from desktop_app.services.views.bills import BillSummary
    from desktop_app.ui.counter.student_fees import StudentFees

    now, sums = datetime.now(IST), (Money(9_000_00), Money(1_000_00))
    bill = BillSummary("b", 4, BillState.PART_PAID, "Meera Nair", *sums, 2, now, None)
    fees = StudentFees("x", paid=("a paid fee",))  # type: ignore[arg-type]
    assert fees.is_settled
    assert not fees._replace(bill=bill).is_settled


def test_two_quick_enters_wait_for_what_is_due(clerk: Clerk) -> None:
    enrol(clerk, "R001", "PHY-12")
    clerk.desk.calls.hold("students.detail")
    clerk.type("R001")
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.focus == "courseSearch")
    clerk.press(KEY.Key_Return)
    clerk.press(KEY.Key_F9)
    clerk.bot.wait(50)
    assert clerk.window.parts.counter.presenter.course is None
    clerk.desk.calls.go_on()
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    assert clerk.text("amountLabel") == "₹12,980.00"


def test_enter_and_f9_before_an_empty_answer_collect_nothing_later(looking: Clerk) -> None:
    looking.desk.calls.hold("students.detail")
    looking.type("S03")
    looking.press(KEY.Key_Return)
    looking.wait(lambda: looking.focus == "courseSearch")
    looking.press(KEY.Key_Return)
    looking.press(KEY.Key_F9)
    looking.desk.calls.go_on()
    looking.idle()
    looking.press(KEY.Key_Down)
    looking.press(KEY.Key_Return)
    looking.wait(lambda: looking.window.parts.counter.presenter.bill is not None)
    looking.idle()
    assert looking.begun() == 0


def test_a_narrow_due_button_keeps_its_access_key_in_hindi(
    real_desk: RealDesk, qtbot: QtBot, qapp: QApplication
) -> None:
    from desktop_app.domain.money import Money
    from desktop_app.ui.core import i18n
    from desktop_app.ui.counter.due_button import DueButton
    from desktop_app.ui.counter.student_fees import StudentFee

    button = DueButton()
    qtbot.addWidget(button)
    fee = StudentFee(real_desk.course("PHY-11"), "Physics XI · Morning " * 9, Money(500000))
    i18n.set_language(qapp, "hi")
    try:
        button.resize(260, 40)
        button.show_fees([fee], is_besides=True)
        assert button.text().endswith("… (&D)")
        assert button.fontMetrics().horizontalAdvance(button.text()) < button.width()
    finally:
        i18n.set_language(qapp, "en")


def test_a_fee_due_for_another_course_is_named_and_one_press_takes_it(looking: Clerk) -> None:
    enrol(looking, "S04", "PHY-12")
    looking.pick("S04", "CHE-11")
    looking.wait(lambda: looking.shown("alsoDueButton"))
    assert looking.text("alsoDueButton") == "Also &due: ₹12,980 for Physics XII · Evening"
    looking.click("alsoDueButton")
    looking.wait(lambda: looking.text("totalLabel") == "₹12,980.00")
    assert not looking.shown("alsoDueButton")
    assert looking.text("courseChip").startswith("Physics XII · Evening")


def test_two_fees_are_listed_by_the_day_they_fell_due_and_lead_to_each_other(
    looking: Clerk,
) -> None:
    from datetime import date

    student = looking.desk.student("S05")
    for code, day in (("CHE-11", date(2026, 2, 1)), ("PHY-12", date(2026, 1, 1))):
        looking.desk.real.enrolments.enrol(student.uid, looking.desk.course(code).uid, day)
    pick_student(looking, "S05")
    assert [each.split()[0] for each in listed(looking)[:2]] == ["PHY-12", "CHE-11"]
    looking.press(KEY.Key_Return)
    looking.wait(lambda: "Chemistry XI" in looking.text("alsoDueButton"))
    looking.click("alsoDueButton")
    looking.wait(lambda: "Physics XII" in looking.text("alsoDueButton"))


def test_who_owes_nothing_is_shown_as_paid_with_the_receipt_and_what_comes_next(
    looking: Clerk,
) -> None:
    paid = looking.desk.paid("S06", "PHY-11", Method.CASH)
    number = looking.desk.receipt(paid.receipt_uid or "").number
    pick_student(looking, "S06")
    assert looking.text("paidBefore").startswith(f"Paid · {number} · ")
    assert looking.text("paidFor") == "Physics XI · Morning"
    assert listed(looking)[0] == "PHY-11 Paid"
    assert selected(looking) == "", "another course is taken by nobody but the clerk"
    assert not looking.shown("collectButton")
    assert not looking.shown("alsoDueButton")
    looking.the(QPushButton, "printAgainButton").click()
    looking.wait(lambda: looking.printed() == [number])
    looking.the(QPushButton, "otherCourseButton").click()
    assert looking.focus == "courseSearch"
    looking.type("CHE")
    looking.press(KEY.Key_Return)
    looking.wait(lambda: looking.text("totalLabel") == "₹11,799.99")
    assert not looking.shown("paidBefore")
    assert looking.shown("collectButton")


def test_a_paid_fee_on_the_bill_offers_another_course_too(looking: Clerk) -> None:
    looking.desk.paid("S07", "PHY-11", Method.CASH)
    looking.press(KEY.Key_F2)
    looking.type("S07")
    looking.press(KEY.Key_Return)
    looking.wait(lambda: looking.focus == "courseSearch")
    looking.type("PHY-11")
    looking.press(KEY.Key_Return)
    looking.wait(lambda: looking.shown("printAgainButton") and not looking.shown("paidFor"))
    looking.wait(lambda: looking.focus == "printAgainButton")
    looking.click("otherCourseButton")
    assert looking.focus == "courseSearch"


def test_a_fee_of_an_archived_course_is_collected_like_another(clerk: Clerk) -> None:
    enrol(clerk, "R001", "PHY-12")
    clerk.desk.real.courses.withdraw(clerk.desk.course("PHY-12").uid)
    pick_student(clerk, "R001")
    assert not clerk.shown("paidBefore")
    assert listed(clerk)[0] == "PHY-12 ₹12,980 due"
    assert selected(clerk) == "PHY-12"
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.text("totalLabel") == "₹12,980.00")


def test_who_is_new_sees_the_courses_as_they_are(looking: Clerk) -> None:
    pick_student(looking, "R002")
    assert not any(" due" in each or "Paid" in each for each in listed(looking))
    assert selected(looking) == ""
    assert looking.shown("collectButton")


def test_nothing_of_one_student_stays_for_the_next(looking: Clerk) -> None:
    enrol(looking, "S08", "PHY-12")
    pick_student(looking, "S08")
    looking.press(KEY.Key_Escape)
    looking.idle()
    assert not any(" due" in each for each in listed(looking))
    looking.desk.calls.hold("students.detail")
    looking.type("R002")
    looking.press(KEY.Key_Return)
    looking.wait(lambda: looking.focus == "courseSearch")
    assert not looking.shown("alsoDueButton")
    looking.desk.calls.go_on()


def test_without_an_answer_the_courses_can_still_be_picked(looking: Clerk) -> None:
    looking.desk.calls.refuse("students.detail", StorageError("busy"))
    pick_student(looking, "S09")
    looking.press(KEY.Key_Down)
    looking.press(KEY.Key_Return)
    looking.wait(lambda: looking.window.parts.counter.presenter.course is not None)


def test_a_payment_made_meanwhile_is_seen_on_the_card(looking: Clerk) -> None:
    enrol(looking, "S10", "PHY-12")
    pick_student(looking, "S10")
    looking.desk.paid("S10", "PHY-12", Method.CASH)
    looking.window.parts.runner.local(lambda desk: desk.receipts.latest())
    looking.wait(lambda: looking.shown("paidBefore"))
    assert listed(looking)[0] == "PHY-12 Paid"
    words = [each.text() for each in looking.window.parts.counter.bill.findChildren(QLabel)]
    assert "Press Enter to show the fee due." not in words


def test_enter_in_an_empty_box_takes_the_only_course(clerk: Clerk) -> None:
    counter, courses = clerk.window.parts.counter, clerk.desk.real.courses
    for roll_no, offered in (("R001", {"PHY-11", "PHY-12"}), ("R002", {"PHY-11"})):
        for row in courses.search(""):
            if row.course.code not in offered:
                courses.withdraw(row.uid)
        counter.course.search_again()
        clerk.idle()
        pick_student(clerk, roll_no)
        clerk.press(KEY.Key_Return)
        clerk.idle()
        assert (counter.presenter.course is not None) is (len(offered) == 1)
        clerk.press(KEY.Key_Escape)


def test_a_search_marks_what_is_due_and_keeps_its_order(looking: Clerk) -> None:
    enrol(looking, "S11", "PHY-12")
    pick_student(looking, "S11")
    looking.type("phy")
    looking.wait(lambda: looking.named("courseResults").property("query") == "phy")
    assert listed(looking) == ["PHY-11 ₹11,800.00", "PHY-12 ₹12,980 due"]
