"""Fees of the picked student: what is due comes first, and who owes nothing is shown as paid."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from desktop_app.domain.payment import Method
from desktop_app.services.errors import StorageError
from desktop_app.ui.widgets.result_list import ResultList

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tests.ui.clerk import Clerk
    from tests.ui.real_desk import RealDesk

KEY = Qt.Key


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


def test_the_fee_that_is_due_is_first_and_enter_bills_it(clerk: Clerk) -> None:
    enrol(clerk, "R001", "PHY-12")
    pick_student(clerk, "R001")
    assert listed(clerk)[0] == "PHY-12 ₹12,980 due"
    assert listed(clerk)[1] == "CHE-11 ₹11,799.99", "the others follow as ever"
    assert len(listed(clerk)) == 5, "no course is listed twice"
    assert selected(clerk) == "PHY-12"
    assert clerk.text("alsoDueButton") == "&Due: ₹12,980 for Physics XII · Evening"
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.text("totalLabel") == "₹12,980.00")
    assert not clerk.shown("alsoDueButton"), "nothing else is due"


def test_the_rest_of_a_fee_is_due_by_its_balance(clerk: Clerk) -> None:
    from desktop_app.domain.money import Money
    from desktop_app.ui.counter.rows import course_rows
    from desktop_app.ui.counter.student_fees import StudentFee, StudentFees

    course = clerk.desk.course("PHY-11")
    fees = StudentFees("x", due=(StudentFee(course, "Physics XI", Money(500000)),))
    answer = clerk.window.parts.counter.found.courses
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


def test_enter_and_f9_before_an_empty_answer_collect_nothing_later(clerk: Clerk) -> None:
    clerk.desk.calls.hold("students.detail")
    clerk.type("R001")
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.focus == "courseSearch")
    clerk.press(KEY.Key_Return)
    clerk.press(KEY.Key_F9)
    clerk.desk.calls.go_on()
    clerk.idle()
    clerk.press(KEY.Key_Down)
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.window.parts.counter.presenter.bill is not None)
    clerk.idle()
    assert clerk.begun() == 0


def test_a_narrow_due_button_keeps_its_access_key_in_hindi(
    desk: RealDesk, qtbot: QtBot, qapp: QApplication
) -> None:
    from desktop_app.domain.money import Money
    from desktop_app.ui.core import i18n
    from desktop_app.ui.counter.due_button import DueButton
    from desktop_app.ui.counter.student_fees import StudentFee

    button = DueButton()
    qtbot.addWidget(button)
    fee = StudentFee(desk.course("PHY-11"), "Physics XI · Morning " * 9, Money(500000))
    i18n.set_language(qapp, "hi")
    try:
        button.resize(260, 40)
        button.show_fees([fee], is_besides=True)
        assert button.text().endswith("… (&D)")
        assert button.fontMetrics().horizontalAdvance(button.text()) < button.width()
    finally:
        i18n.set_language(qapp, "en")


def test_a_fee_due_for_another_course_is_named_and_one_press_takes_it(clerk: Clerk) -> None:
    enrol(clerk, "R001", "PHY-12")
    clerk.pick("R001", "CHE-11")
    clerk.wait(lambda: clerk.shown("alsoDueButton"))
    assert clerk.text("alsoDueButton") == "Also &due: ₹12,980 for Physics XII · Evening"
    clerk.click("alsoDueButton")
    clerk.wait(lambda: clerk.text("totalLabel") == "₹12,980.00")
    assert not clerk.shown("alsoDueButton")
    assert clerk.text("courseChip").startswith("Physics XII · Evening")


def test_two_fees_are_listed_by_the_day_they_fell_due_and_lead_to_each_other(clerk: Clerk) -> None:
    from datetime import date

    student = clerk.desk.student("R001")
    for code, day in (("CHE-11", date(2026, 2, 1)), ("PHY-12", date(2026, 1, 1))):
        clerk.desk.real.enrolments.enrol(student.uid, clerk.desk.course(code).uid, day)
    pick_student(clerk, "R001")
    assert [each.split()[0] for each in listed(clerk)[:2]] == ["PHY-12", "CHE-11"]
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: "Chemistry XI" in clerk.text("alsoDueButton"))
    clerk.click("alsoDueButton")
    clerk.wait(lambda: "Physics XII" in clerk.text("alsoDueButton"))


def test_who_owes_nothing_is_shown_as_paid_with_the_receipt_and_what_comes_next(
    clerk: Clerk,
) -> None:
    clerk.desk.paid("R001", "PHY-11", Method.CASH)
    number = clerk.desk.number(1)
    pick_student(clerk, "R001")
    assert clerk.text("paidBefore").startswith(f"Paid · {number} · ")
    assert clerk.text("paidFor") == "Physics XI · Morning"
    assert listed(clerk)[0] == "PHY-11 Paid"
    assert selected(clerk) == "", "another course is taken by nobody but the clerk"
    assert not clerk.shown("collectButton")
    assert not clerk.shown("alsoDueButton")
    clerk.the(QPushButton, "printAgainButton").click()
    clerk.wait(lambda: clerk.printed() == [number])
    clerk.the(QPushButton, "otherCourseButton").click()
    assert clerk.focus == "courseSearch"
    clerk.type("CHE")
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.text("totalLabel") == "₹11,799.99")
    assert not clerk.shown("paidBefore")
    assert clerk.shown("collectButton")


def test_a_paid_fee_on_the_bill_offers_another_course_too(clerk: Clerk) -> None:
    clerk.desk.paid("R001", "PHY-11", Method.CASH)
    clerk.press(KEY.Key_F2)
    clerk.type("R001")
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.focus == "courseSearch")
    clerk.type("PHY-11")
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.shown("printAgainButton") and not clerk.shown("paidFor"))
    clerk.wait(lambda: clerk.focus == "printAgainButton")
    clerk.click("otherCourseButton")
    assert clerk.focus == "courseSearch"


def test_a_fee_of_an_archived_course_is_collected_like_another(clerk: Clerk) -> None:
    enrol(clerk, "R001", "PHY-12")
    clerk.desk.real.courses.withdraw(clerk.desk.course("PHY-12").uid)
    pick_student(clerk, "R001")
    assert not clerk.shown("paidBefore")
    assert listed(clerk)[0] == "PHY-12 ₹12,980 due"
    assert selected(clerk) == "PHY-12"
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.text("totalLabel") == "₹12,980.00")


def test_who_is_new_sees_the_courses_as_they_are(clerk: Clerk) -> None:
    pick_student(clerk, "R002")
    assert not any(" due" in each or "Paid" in each for each in listed(clerk))
    assert selected(clerk) == ""
    assert clerk.shown("collectButton")


def test_nothing_of_one_student_stays_for_the_next(clerk: Clerk) -> None:
    enrol(clerk, "R001", "PHY-12")
    pick_student(clerk, "R001")
    clerk.press(KEY.Key_Escape)
    clerk.idle()
    assert not any(" due" in each for each in listed(clerk))
    clerk.desk.calls.hold("students.detail")
    clerk.type("R002")
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.focus == "courseSearch")
    assert not clerk.shown("alsoDueButton")
    clerk.desk.calls.go_on()


def test_without_an_answer_the_courses_can_still_be_picked(clerk: Clerk) -> None:
    clerk.desk.calls.refuse("students.detail", StorageError("busy"))
    pick_student(clerk, "R001")
    clerk.press(KEY.Key_Down)
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: clerk.window.parts.counter.presenter.course is not None)


def test_a_payment_made_meanwhile_is_seen_on_the_card(clerk: Clerk) -> None:
    enrol(clerk, "R001", "PHY-12")
    pick_student(clerk, "R001")
    clerk.desk.paid("R001", "PHY-12", Method.CASH)
    clerk.window.parts.runner.local(lambda desk: desk.receipts.latest())
    clerk.wait(lambda: clerk.shown("paidBefore"))
    assert listed(clerk)[0] == "PHY-12 Paid"
    words = [each.text() for each in clerk.window.parts.counter.bill.findChildren(QLabel)]
    assert "Press Enter to show the fee due." not in words


@pytest.mark.parametrize("others", [0, 1])
def test_enter_in_an_empty_box_takes_the_only_course(clerk: Clerk, others: int) -> None:
    offered = ("PHY-11", "PHY-12")[: 1 + others]
    for row in clerk.desk.real.courses.search(""):
        if row.course.code not in offered:
            clerk.desk.real.courses.withdraw(row.uid)
    clerk.window.parts.counter.course.search_again()
    clerk.idle()
    pick_student(clerk, "R001")
    clerk.press(KEY.Key_Return)
    clerk.idle()
    course = clerk.window.parts.counter.presenter.course
    assert (course is not None) is not bool(others)


def test_a_search_marks_what_is_due_and_keeps_its_order(clerk: Clerk) -> None:
    enrol(clerk, "R001", "PHY-12")
    pick_student(clerk, "R001")
    clerk.type("phy")
    clerk.wait(lambda: clerk.named("courseResults").property("query") == "phy")
    assert listed(clerk) == ["PHY-11 ₹11,800.00", "PHY-12 ₹12,980 due"]
