"""Forms: complaints beside the field, money and days as people type them, no lost typing."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from desktop_app.domain.courses import Course
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.students import STATES
from desktop_app.services.errors import DiskFullError
from desktop_app.ui.core import theme
from desktop_app.ui.courses.course_form import CourseForm
from desktop_app.ui.forms.entries import (
    STATE_NAMES,
    day_typed,
    parse_day,
    parse_percent,
    parse_seats,
    percent_typed,
)
from desktop_app.ui.students.student_form import StudentForm

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop_app.services.views.enrolment import CourseRow
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.forms.form import FormDialog
    from tests.ui.real_desk import RealDesk


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def student_form(
    context: PageContext, desk: RealDesk, window: QWidget, typed: str = ""
) -> StudentForm:
    context.runner.open(desk.services)
    form = StudentForm(context.runner, window, typed)
    form.open()
    return form


def course_form(
    context: PageContext, desk: RealDesk, window: QWidget, row: CourseRow | None = None
) -> CourseForm:
    context.runner.open(desk.services)
    form = CourseForm(context.runner, window, row)
    form.open()
    return form


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("Rahul", "name"),
        ("98450 12345", "phone"),
        ("+91-98450", "phone"),
        ("R123", "roll_no"),
        ("Rahul 2", "name"),
        ("12", "name"),
    ],
)
def test_what_was_searched_for_is_filled_in_and_is_no_change(
    qtbot: QtBot, context: PageContext, desk: RealDesk, window: QWidget, typed: str, field: str
) -> None:
    form = student_form(context, desk, window, typed)
    assert form.value(field) == typed
    if field != "roll_no":
        qtbot.waitUntil(lambda: form.roll_no.text() == "R011")
    assert not form.is_changed, "what was filled in for the clerk is no typing to lose"
    with qtbot.waitSignal(form.rejected):
        QTest.keyClick(form, Qt.Key.Key_Escape)


def test_a_suggestion_is_no_change(
    qtbot: QtBot, context: PageContext, desk: RealDesk, window: QWidget
) -> None:
    form = student_form(context, desk, window)
    qtbot.waitUntil(lambda: form.roll_no.text() == "R011")
    assert not form.is_changed
    with qtbot.waitSignal(form.rejected):
        QTest.keyClick(form, Qt.Key.Key_Escape)


def test_enter_saves_a_new_student(
    qtbot: QtBot, context: PageContext, desk: RealDesk, window: QWidget
) -> None:
    form = student_form(context, desk, window, "Rahul")
    qtbot.waitUntil(lambda: bool(form.roll_no.text()))
    form.guardian_phone.setText("+91 98450 12345")
    form.date_of_birth.setText("14/3/2007")
    form.state.setCurrentIndex(form.state.findData("MH"))
    with qtbot.waitSignal(form.saved) as saved:
        QTest.keyClick(form.name, Qt.Key.Key_Return)
    assert saved.args is not None
    assert saved.args[0].name == "Rahul"
    kept = desk.real.students.detail(saved.args[0].uid).student
    assert (kept.guardian_phone, kept.state) == ("9845012345", "MH")
    assert kept.date_of_birth == date(2007, 3, 14)


@pytest.mark.looks
@pytest.mark.parametrize(
    ("field", "typed", "complaint"),
    [
        ("name", "", "missing"),
        ("roll_no", "", "missing"),
        ("phone", "98450123", "10-digit"),
        ("guardian_phone", "abc", "10-digit"),
        ("email", "a@b", "Enter an email"),
        ("date_of_birth", "31-02-2007", "14-03-2007"),
        ("roll_no", "R001", "Another student"),
        ("name", "x" * 201, "longer than 200"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    qtbot: QtBot,
    context: PageContext,
    desk: RealDesk,
    window: QWidget,
    field: str,
    typed: str,
    complaint: str,
) -> None:
    form = student_form(context, desk, window, "Rahul")
    qtbot.waitUntil(lambda: bool(form.roll_no.text()))
    editor = form.fields[field].editor
    assert isinstance(editor, QLineEdit)
    editor.setText(typed)
    form.save_button.click()
    message = form.fields[field].message
    qtbot.waitUntil(lambda: complaint in message.text())
    assert form.focusWidget() is editor
    assert message.geometry().top() >= editor.geometry().bottom()
    editor.setText("better")
    assert complaint not in message.text()
    form._throw_away()


def test_a_second_press_makes_no_second_student(
    qtbot: QtBot, context: PageContext, desk: RealDesk, window: QWidget
) -> None:
    form = student_form(context, desk, window, "Rahul")
    qtbot.waitUntil(lambda: bool(form.roll_no.text()))
    form._save_asked()
    form._save_asked()
    form.reject()
    assert form.isVisible()
    with qtbot.waitSignal(form.saved):
        pass
    assert desk.calls.count("students.add") == 1


def test_a_full_disk_is_said_in_the_form(
    qtbot: QtBot, context: PageContext, desk: RealDesk, window: QWidget
) -> None:
    form = student_form(context, desk, window, "Rahul")
    qtbot.waitUntil(lambda: bool(form.roll_no.text()))
    desk.calls.refuse("students.add", DiskFullError("no space"))
    form.save_button.click()
    qtbot.waitUntil(form.strip.isVisible)
    assert "disk is full" in form.strip.words.text()
    assert form.name.text() == "Rahul"
    assert form.save_button.isEnabled()
    form._throw_away()


def test_esc_never_loses_typing_without_asking(
    qtbot: QtBot, context: PageContext, desk: RealDesk, window: QWidget
) -> None:
    form = student_form(context, desk, window, "Rahul")
    QTest.keyClicks(form.name, " V")
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert form.strip.is_asking
    assert form.focusWidget() is form.strip.no
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert form.isVisible()
    assert form.strip.isHidden()
    form.close()
    assert form.isVisible()
    assert form.focusWidget() is form.strip.no
    form.strip.no.click()
    assert not form.strip.isVisible()
    form.cancel_button.click()
    with qtbot.waitSignal(form.rejected):
        form.strip.yes.click()
    assert desk.calls.count("students.add") == 0


def test_a_course_shows_what_a_student_pays_while_typing(
    qtbot: QtBot, context: PageContext, desk: RealDesk, window: QWidget
) -> None:
    form = course_form(context, desk, window)
    qtbot.waitUntil(lambda: form._is_registered is not None)
    form.fee.setText("₹ 10,000")
    form.tax_inclusive.setCurrentIndex(1)
    assert form.total.text() == "₹11,800.00"
    assert form.preview.text() == "Fee 10,000.00 + CGST 9 % 900.00 + SGST 9 % 900.00"
    form.fee.setText("10,000.555")
    assert form.total.text() == ""
    assert form.preview.text() == "Enter the fee to see the total."
    form._throw_away()


def test_the_code_follows_the_title_until_somebody_enters_another(
    context: PageContext, desk: RealDesk, window: QWidget
) -> None:
    form = course_form(context, desk, window)
    QTest.keyClicks(form.title, "Physics XI")
    QTest.keyClick(form.title, Qt.Key.Key_Return)
    assert form.code.text() == "PHY-11"
    assert form.focusWidget() is form.fee, "the only thing that is missing"
    form.code.setText("P11")
    QTest.keyClicks(form.title, "I")
    QTest.keyClick(form.title, Qt.Key.Key_Return)
    assert form.code.text() == "P11"
    form._throw_away()


@pytest.mark.parametrize(("typed", "field"), [("Rohan", "name"), ("Rohan Meena", "phone")])
def test_after_a_whole_name_the_phone_is_asked_for(
    context: PageContext, desk: RealDesk, window: QWidget, typed: str, field: str
) -> None:
    form = student_form(context, desk, window, typed)
    assert form.focusWidget() is form.fields[field].editor
    form._throw_away()


def test_without_a_gstin_no_tax_is_promised(
    qtbot: QtBot, context: PageContext, desk: RealDesk, window: QWidget
) -> None:
    desk.put("centre.gstin", "")
    form = course_form(context, desk, window)
    qtbot.waitUntil(lambda: "you don't charge GST" in form.preview.text())
    form.fee.setText("10000")
    qtbot.waitUntil(lambda: "you don't charge GST" in form.preview.text())
    assert form.total.text() == "₹10,000.00"
    form._throw_away()


@pytest.mark.looks
def test_the_price_is_no_small_print(
    qapp: QApplication, context: PageContext, desk: RealDesk, window: QWidget
) -> None:
    theme.apply(qapp, "light")
    form = course_form(context, desk, window)
    form.fee.setText("10000")
    total = form.total.font()
    assert total.pixelSize() >= 24
    assert total.weight() >= 600
    form._throw_away()


def test_optional_fields_are_folded_until_they_are_asked_for(
    context: PageContext, desk: RealDesk, window: QWidget
) -> None:
    form = student_form(context, desk, window)
    optional = [form.fields[key] for key in ("email", "date_of_birth", "state")]
    assert all(each.isHidden() for each in optional)
    form.more_button.click()
    assert all(each.isVisible() for each in optional)
    assert form.more_button.isHidden()
    assert form.focusWidget() is form.email
    form._throw_away()


def test_what_is_filled_or_wrong_is_never_folded_away(
    qtbot: QtBot, context: PageContext, desk: RealDesk, window: QWidget
) -> None:
    form = student_form(context, desk, window)
    form.name.setText("Asha")
    form.roll_no.setText("R900")
    form.date_of_birth.setText("31-02-2007")
    form.save_button.click()
    assert form.fields["date_of_birth"].isVisible()
    assert "14-03-2007" in form.fields["date_of_birth"].message.text()
    form._throw_away()
    detail = desk.real.students.detail(desk.student("R001").uid)
    assert detail.student.state
    changed = StudentForm(context.runner, window, "", detail)
    changed.open()
    assert changed.fields["state"].isVisible()
    changed._throw_away()


def test_a_date_is_chosen_from_a_calendar_by_keys(
    qtbot: QtBot, context: PageContext, desk: RealDesk, window: QWidget
) -> None:
    form = student_form(context, desk, window)
    form.unfold()
    form.date_of_birth.setText("14-03-2007")
    QTest.keyClick(form.date_of_birth, Qt.Key.Key_F4)
    calendar = form.date_of_birth.calendar
    assert calendar is not None
    qtbot.waitUntil(calendar.isVisible)
    assert calendar.selectedDate().toString("yyyy-MM-dd") == "2007-03-14"
    calendar.activated.emit(QDate(2008, 2, 29))
    assert form.date_of_birth.text() == "29-02-2008"
    assert not calendar.isVisible()
    form.date_of_birth.clear()
    form.date_of_birth.opener.trigger()
    assert calendar.selectedDate().year() < QDate.currentDate().year() - 10
    calendar.window().hide()
    form._throw_away()


@pytest.mark.parametrize(
    ("field", "typed", "complaint"),
    [
        ("fee", "", "Enter the amount"),
        ("fee", "-5", "can't be negative"),
        ("fee", "1.005", "2 digits"),
        ("fee", "99,99,99,99,999", "or less"),
        ("gst_rate", "abc", "percentage"),
        ("gst_rate", "2.555", "2 decimal places"),
        ("gst_rate", "101", "between 0 and 100"),
        ("seats", "many", "whole number"),
        ("seats", "-1", "Enter 0 to"),
        ("starts_on", "tomorrow", "14-03-2007"),
        ("title", "", "missing"),
        ("code", "PHY-12", "Another course"),
    ],
)
def test_a_courses_fields_complain_for_themselves(
    qtbot: QtBot,
    context: PageContext,
    desk: RealDesk,
    window: QWidget,
    field: str,
    typed: str,
    complaint: str,
) -> None:
    form = course_form(context, desk, window)
    for each, text in (("title", "Biology"), ("code", "BIO"), ("fee", "9000"), (field, typed)):
        editor = form.fields[each].editor
        assert isinstance(editor, QLineEdit)
        editor.setText(text)
    form.save_button.click()
    qtbot.waitUntil(lambda: complaint in form.fields[field].message.text())
    form._throw_away()


def test_changing_a_course_keeps_what_was_not_touched(
    qtbot: QtBot, context: PageContext, desk: RealDesk, window: QWidget
) -> None:
    before = Course("X1", "Old", "Eve", Money(12_345_67), 250, False, 7, date(2026, 12, 1))
    desk.offer(before)
    form = course_form(context, desk, window, desk.course("X1"))
    assert not form.is_changed
    assert form.fee.text() == "12,345.67"
    assert form.gst_rate.text() == "2.5"
    with qtbot.waitSignal(form.saved):
        form.save_button.click()
    assert desk.calls.count("courses.change") == 1
    assert desk.course("X1").course == before


def test_a_free_course_is_a_course(
    qtbot: QtBot, context: PageContext, desk: RealDesk, window: QWidget
) -> None:
    form = course_form(context, desk, window)
    for line, text in ((form.title, "Trial"), (form.code, "T"), (form.fee, "0")):
        line.setText(text)
    with qtbot.waitSignal(form.saved):
        form.save_button.click()
    assert desk.course("T").course.seats is None


@pytest.mark.parametrize("which", ["student", "course"])
def test_every_field_is_reachable_and_named(
    context: PageContext, training_desk: RealDesk, window: QWidget, which: str
) -> None:
    make = student_form if which == "student" else course_form
    form: FormDialog = make(context, training_desk, window)
    mnemonics: list[str] = []
    for field in form.fields.values():
        assert field.editor.objectName()
        assert field.editor.accessibleName()
        assert field.caption.buddy() is field.editor
        found = re.findall(r"&(\w)", field.caption.text())
        assert len(found) == 1
        mnemonics += [each.lower() for each in found]
    assert len(mnemonics) == len(set(mnemonics))
    for button in (form.save_button, form.cancel_button, form.strip.no, form.strip.yes):
        assert button.objectName()
        assert "&" not in button.text()
    assert form.findChild(QWidget, "dialogTrainingBanner") is not None
    assert all(
        each.textFormat() is Qt.TextFormat.PlainText
        for each in form.findChildren(QLabel)
        if each.text()
    )
    form._throw_away()


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("14-03-2007", date(2007, 3, 14)),
        ("1/2/2007", date(2007, 2, 1)),
        ("2007-03-14", date(2007, 3, 14)),
        ("  ", None),
    ],
)
def test_days_as_they_are_typed(typed: str, day: date | None) -> None:
    assert parse_day(typed, "f") == day
    assert parse_day(day_typed(day), "f") == day


@pytest.mark.parametrize("typed", ["31-02-2007", "14-03-07", "soon", "2007-13-01", "0-0-0000"])
def test_days_that_do_not_exist(typed: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_day(typed, "starts_on")
    assert caught.value.field == "starts_on"


@pytest.mark.parametrize(
    ("typed", "points"), [("18", 1800), ("18 %", 1800), ("2.5", 250), ("", 0), ("0.01", 1)]
)
def test_percentages(typed: str, points: int) -> None:
    assert parse_percent(typed, "f") == points
    assert parse_percent(percent_typed(points), "f") == points


@pytest.mark.parametrize("typed", ["NaN", "Infinity", "1e400", "1.234", "x", "1,8"])
def test_no_percentages(typed: str) -> None:
    with pytest.raises(InvalidInputError):
        parse_percent(typed, "f")


def test_seats() -> None:
    assert parse_seats("", "f") is None
    assert parse_seats("1,000", "f") == 1000
    with pytest.raises(InvalidInputError):
        parse_seats("9" * 20, "f")


def test_every_state_has_a_name() -> None:
    assert set(STATE_NAMES) == set(STATES)


def test_what_was_typed_is_undone_and_done_again_field_by_field(
    qtbot: QtBot, context: PageContext, desk: RealDesk, window: QWidget
) -> None:
    form = student_form(context, desk, window)
    qtbot.waitUntil(lambda: form.roll_no.text() == "R011")
    assert not form.undo_button.isVisible()
    QTest.keyClicks(form.name, "Asha")
    QTest.keyClicks(form.phone, "98")
    form.state.setCurrentIndex(form.state.findData("MH"))
    undo = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(form.state, Qt.Key.Key_Z, undo)
    assert (form.value("state"), form.phone.text()) == ("", "98")
    QTest.keyClick(form.phone, Qt.Key.Key_Z, undo)
    assert (form.phone.text(), form.name.text()) == ("", "Asha")
    form.undo_button.click()
    assert form.name.text() == ""
    assert not form.is_changed
    assert not form.undo_button.isVisible()
    for _ in range(3):
        QTest.keyClick(form.name, Qt.Key.Key_Y, undo)
    assert (form.name.text(), form.phone.text(), form.value("state")) == ("Asha", "98", "MH")
    assert form.roll_no.text() == "R011"
    form._throw_away()


def test_a_pause_begins_a_new_step(context: PageContext, desk: RealDesk, window: QWidget) -> None:
    form = course_form(context, desk, window)
    QTest.keyClicks(form.title, "Physics")
    form.history._pause.timeout.emit()
    QTest.keyClicks(form.title, " XI")
    form.history.stack.undo()
    assert form.title.text() == "Physics"
    assert "Title" in form.undo_button.accessibleDescription()
    form._throw_away()
