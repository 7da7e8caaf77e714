"""Results of a search at the counter: whom Enter takes, the letters found, similar names."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLineEdit

from desktop_app.domain.students import make_student
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_, set_language
from desktop_app.ui.counter.rows import AddStudent
from desktop_app.ui.students.student_form import StudentForm
from desktop_app.ui.widgets.result_list import Cell, ResultList, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from tests.ui.clerk import Clerk

ENTER, DOWN = Qt.Key.Key_Return, Qt.Key.Key_Down
PEOPLE = (
    ("K001", "Sana Kulkarni", "9820011111", "Neha Kulkarni", "9820022222"),
    ("K002", "Sneha Iyer", "9820033333", "", ""),
    ("K003", "कविता यादव", "", "", ""),
    ("K004", "Laxmi Choudhary", "", "", ""),
    ("K005", "Twin Gupta", "9820044444", "Dev Gupta", "9820055555"),
    ("K006", "Twin Gupta", "", "Dev Gupta", "9820055555"),
)


@pytest.fixture(scope="module")
def lasting(lasting: Clerk) -> Clerk:
    """The counter of a centre with some students more, which all tests here search."""
    lasting.desk.enter(
        make_student(
            roll_no=roll, name=name, phone=phone, guardian_name=guardian, guardian_phone=theirs
        )
        for roll, name, phone, guardian, theirs in PEOPLE
    )
    return lasting


@pytest.fixture
def counter(looking: Clerk) -> Clerk:
    return looking


def results(clerk: Clerk) -> ResultList:
    return clerk.the(ResultList, "studentResults")


def enter(clerk: Clerk, typed: str) -> None:
    """Fill the search box at once, whatever the keyboard."""
    clerk.the(QLineEdit, "studentSearch").setText(typed)


def rows_for(clerk: Clerk, typed: str) -> tuple[Row, ...]:
    enter(clerk, typed)
    clerk.wait(lambda: results(clerk).property("query") == typed)
    return results(clerk).rows()


def bold(cell: Cell) -> list[str]:
    return [cell.text[start:end] for start, end in cell.found]


def test_what_a_student_owes_is_in_the_row(counter: Clerk) -> None:
    desk = counter.desk
    uid, course = desk.student("K002").uid, desk.course("PHY-11").uid
    desk.services.enrolments.enrol(uid, course)
    [row] = rows_for(counter, "sneha iyer")
    due = row.cells[-1]
    assert (due.text, due.tone, due.is_pill) == ("₹11,800 due", "attention", True)
    assert "₹11,800 due" in row.spoken()
    [nothing] = rows_for(counter, "sana kulkarni")
    assert nothing.cells[-1].text == ""


def test_the_students_of_an_empty_box_have_a_caption(counter: Clerk) -> None:
    counter.wait(lambda: counter.shown("studentResultsCaption"))
    assert counter.text("studentResultsCaption") == "Recent students"
    rows_for(counter, "sana")
    assert not counter.shown("studentResultsCaption")
    rows_for(counter, "")
    assert counter.shown("studentResultsCaption")


@pytest.mark.looks
def test_the_due_pill_is_drawn_on_its_ground(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    due = Cell("₹11,800 due", "attention", is_right=True, is_whole=True, is_pill=True)
    made = ResultList("list", N_("Students found"), (1.0, 0.2))
    qtbot.addWidget(made)
    made.resize(600, 100)
    made.show_rows((Row((Cell("Asha"), due), None),), query="a", count=1)
    made.show()
    image = made.grab().toImage()
    soft = QColor(theme.tokens().attention_soft)
    ground = [x for x in range(image.width()) if image.pixelColor(x, 18) == soft]
    wide = made.fontMetrics().horizontalAdvance(due.text)
    assert len(ground) > 16
    assert max(ground) - min(ground) >= wide * 0.8 + 16
    assert max(ground) < image.width()


def test_enter_on_a_guardians_name_never_picks_the_child(counter: Clerk) -> None:
    first, *_ = rows_for(counter, "neha")
    assert first.cells[0].text == "Sana Kulkarni"
    assert results(counter).current() is None
    counter.press(ENTER)
    assert counter.window.parts.counter.presenter.student is None
    assert results(counter).current() == first, "the clerk is to choose"
    counter.press(ENTER)
    counter.wait(lambda: counter.picked() == "K001")


def test_enter_waiting_for_the_answer_picks_no_guardian_either(counter: Clerk) -> None:
    counter.desk.calls.hold("students.search")
    counter.type("neha")
    counter.press(ENTER)
    counter.desk.calls.go_on()
    counter.wait(lambda: results(counter).current() is not None)
    assert counter.window.parts.counter.presenter.student is None


def test_enter_on_dev_picks_dev_where_he_is(counter: Clerk) -> None:
    counter.desk.enter([make_student(roll_no="K009", name="Dev Mishra")])
    counter.type("dev")
    counter.press(ENTER)
    counter.wait(lambda: counter.picked() == "K009")


NAMED = {
    "sana": "K001",
    "kulk": "K001",
    "k001": "K001",
    "11111": "K001",
    "kavita": "K003",
    "लक्ष्मी": "K004",
    "chaudhari": "K004",
}


def test_enter_picks_whom_the_text_names(counter: Clerk) -> None:
    for typed, roll_no in NAMED.items():
        counter.window.parts.counter.next_student()
        assert counter.picked() == ""
        enter(counter, typed)
        counter.press(ENTER)
        counter.wait(partial(is_picked, counter, roll_no))


def is_picked(clerk: Clerk, roll_no: str) -> bool:
    return clerk.picked() == roll_no


def test_enter_picks_nobody_who_may_be_another(counter: Clerk) -> None:
    for typed in ("22222", "kavitha", "twin gupta", "9820055555", "eha", "44444 99", "neha kul"):
        rows_for(counter, typed)
        counter.press(ENTER)
        counter.bot.wait(30)
        assert counter.window.parts.counter.presenter.student is None, typed
        form = QApplication.activeModalWidget()
        if isinstance(form, StudentForm):  # Enter took the offer to add somebody
            form.reject()
        counter.window.parts.counter.next_student()


def test_two_presses_choose_the_second_of_two_alike(counter: Clerk) -> None:
    first, second, *_ = rows_for(counter, "twin gupta")
    assert {first.cells[1].text, second.cells[1].text} == {"K005", "K006"}
    counter.press(DOWN)
    counter.press(DOWN)
    counter.press(ENTER)
    counter.wait(lambda: counter.picked() == second.cells[1].text)


def test_the_letters_that_matched_are_bold(counter: Clerk) -> None:
    name, roll, phone, words, _due = rows_for(counter, "sana k")[0].cells
    assert (bold(name), name.is_bold) == (["Sana", "K"], False)
    assert bold(roll) == bold(phone) == bold(words) == []
    name, _, _, words, _due = rows_for(counter, "neh")[0].cells
    assert (bold(name), words.text, bold(words)) == ([], "c/o Neha Kulkarni", ["Neh"])
    phone = rows_for(counter, "22222")[0].cells[2]
    assert (phone.text, bold(phone)) == ("••••••2222", ["2222"]), "the number that matched"
    assert bold(rows_for(counter, "K00")[0].cells[1]) == ["K00"]
    assert bold(rows_for(counter, "kavita")[0].cells[0]) == ["कविता"]
    assert rows_for(counter, "")[0].cells[0].is_bold


@pytest.mark.looks
def test_bold_letters_are_wider_than_the_others(qtbot: QtBot) -> None:
    view = ResultList("list", N_("Students found"), (1.0, 1.0, 1.0, 1.0))
    qtbot.addWidget(view)
    plain, found = Cell("c/o Neha Kulkarni", is_whole=True), Cell(
        "c/o Neha Kulkarni", is_whole=True, found=((4, 8),)
    )  # fmt: skip
    view.show_rows((Row((plain,) * 4, None),), query="x", count=1)
    narrow = view.grab().toImage()
    view.show_rows((Row((found,) * 4, None),), query="x", count=1)
    assert view.grab().toImage() != narrow


def test_another_of_the_name_is_not_offered_under_the_one_who_has_it(counter: Clerk) -> None:
    for typed in ("Asha", "asha rao", "kavita", "लक्ष्मी", "K00", "9820011111", "22222"):
        offered = [row for row in rows_for(counter, typed) if isinstance(row.payload, AddStudent)]
        assert offered == [], typed


def test_a_new_student_is_offered_with_whom_it_may_be(counter: Clerk) -> None:
    *_, offer = rows_for(counter, "Kavitha")
    assert isinstance(offer.payload, AddStudent)
    assert [cell.text for cell in offer.cells] == [
        "Add “Kavitha” as a new student", "Similar: कविता यादव · K003", "Ctrl+N",
    ]  # fmt: skip
    *_, offer = rows_for(counter, "Neha")
    assert [cell.text for cell in offer.cells] == ["Add “Neha” as a new student", "Ctrl+N"]
    (offer,) = rows_for(counter, "Rahul")
    assert [cell.text for cell in offer.cells] == ["Add “Rahul” as a new student", "Enter"]


def test_the_offer_leaves_room_for_all_it_says(counter: Clerk) -> None:
    *_, offer = rows_for(counter, "Kavitha")
    view = results(counter)
    spans = view.spans(offer, view.viewport().width())
    assert sum(spans) <= view.viewport().width()
    assert all(span >= view._wanted(cell) for span, cell in zip(spans, offer.cells, strict=True))


@pytest.fixture
def hindi(qapp: QApplication) -> Iterator[None]:
    set_language(qapp, "hi")
    yield
    set_language(qapp, "en")


def test_the_guardian_is_found_in_hindi_words_too(counter: Clerk, hindi: None) -> None:
    words = rows_for(counter, "neh")[0].cells[3]
    assert (words.text, bold(words)) == ("पिता/माता: Neha Kulkarni", ["Neh"])


def test_the_form_for_a_new_student_names_those_who_are_similar(
    counter: Clerk, qtbot: QtBot
) -> None:
    form = StudentForm(counter.window.parts.runner, counter.window, "Kavita")
    form.open()
    message = form.fields["name"].message
    qtbot.waitUntil(lambda: message.text() == "Similar: कविता यादव · K003")
    form.name.setText("Twin Gupta")
    qtbot.waitUntil(lambda: message.text() == "Similar: Twin Gupta · K006, Twin Gupta · K005")
    form.name.setText("Somebody Else")
    qtbot.waitUntil(lambda: not message.text())
    form.settle()
    form.reject()


def test_a_students_own_form_names_nobody(counter: Clerk) -> None:
    hit = counter.desk.student("K003")
    detail = counter.desk.real.students.detail(hit.uid)
    form = StudentForm(counter.window.parts.runner, counter.window, detail=detail)
    form.open()
    form.name.setText("Kavita Yadav")
    counter.bot.wait(50)
    assert counter.desk.calls.of("students.similar") == []
    form.settle()
    form.reject()


def test_what_was_typed_is_bold_in_courses(counter: Clerk) -> None:
    view = counter.the(ResultList, "courseResults")
    counter.press(Qt.Key.Key_F3)
    counter.type("mor phy")
    counter.wait(lambda: view.property("query") == "mor phy")
    code, title, batch, *_ = view.rows()[0].cells
    assert (bold(code), bold(title), bold(batch)) == (["PHY"], ["Phy"], ["Mor"])
