"""Windows come to the front, notices have a separate place, and shortcuts lead everywhere."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QPushButton, QWidget

from desktop_app.domain.payment import AttemptState
from desktop_app.domain.tender import Method
from desktop_app.services.views.settings import Connectivity
from desktop_app.ui.core.notice import Notice, Tone
from desktop_app.ui.core.window_front import bring_forward
from desktop_app.ui.courses.course_form import CourseForm
from desktop_app.ui.shell.lazy_window import LazyWindow
from desktop_app.ui.shell.pages import PAGES
from desktop_app.ui.students.student_form import StudentForm
from desktop_app.ui.widgets.notice_area import GONE_AFTER_MS, NoticeArea

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.clerk import Clerk

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


def press(clerk: Clerk, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    QTest.keyClick(clerk.window, key, modifier)


def place(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())


@pytest.fixture
def raised(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The windows that were brought above the others, in their order."""
    names: list[str] = []

    def note(window: QWidget) -> None:
        names.append(window.objectName())

    monkeypatch.setattr(LazyWindow, "raise_", note)
    monkeypatch.setattr(LazyWindow, "activateWindow", note)
    return names


def back_at_desk(clerk: Clerk) -> None:
    clerk.window.activateWindow()
    clerk.wait(lambda: clerk.window.isActiveWindow() and QApplication.focusWidget() is not None)


# --- windows


def test_the_parents_phone_comes_to_the_front_beside_the_bill(
    clerk: Clerk, raised: list[str]
) -> None:
    phone = clerk.window.phone
    assert phone is not None
    clerk.collect()
    clerk.wait(phone.isVisible)
    assert raised[-1] == "phoneWindow"
    assert clerk.window.isActiveWindow(), "the keyboard stays at the desk"
    bill = place(clerk.window.parts.counter.side)
    assert place(phone).right() <= bill.left() or place(phone).left() >= bill.right()
    raised.clear()
    clerk.click("phoneButton")
    assert raised == ["phoneWindow", "phoneWindow"], "raised, and given the keyboard"


def test_the_keyboard_is_at_the_desk_again_once_the_phone_has_paid(clerk: Clerk) -> None:
    phone, panel = clerk.window.phone, clerk.window.parts.phone
    assert phone is not None
    assert panel is not None
    clerk.collect()
    clerk.wait(panel.pay_button.isEnabled)
    phone.activateWindow()
    clerk.wait(phone.isActiveWindow)
    panel.pay_button.click()
    clerk.wait(clerk.window.isActiveWindow)
    clerk.wait(lambda: clerk.focus == "printReceiptButton")
    assert phone.isVisible()


def test_the_phone_is_there_while_there_is_a_qr_unless_somebody_closed_it(clerk: Clerk) -> None:
    phone = clerk.window.phone
    assert phone is not None
    for student in ("R001", "R002"):
        clerk.collect(student)
        clerk.wait(phone.isVisible)
        clerk.press(Qt.Key.Key_Escape)
        clerk.wait(lambda: not phone.isVisible())
    clerk.click("phoneButton")
    back_at_desk(clerk)
    clerk.collect("R003")
    clerk.press(Qt.Key.Key_Escape)
    clerk.idle()
    assert phone.isVisible(), "somebody asked for it"
    phone.close()
    back_at_desk(clerk)
    clerk.collect("R003", "CHE-11")
    clerk.idle()
    assert not phone.isVisible(), "somebody closed it"


def test_the_phone_belongs_to_the_window_of_the_bill(clerk: Clerk) -> None:
    """Window systems keep a dialog above its window; on X11 no other kind stays in front."""
    phone = clerk.window.phone
    assert phone is not None
    clerk.collect()
    clerk.wait(phone.isVisible)
    assert phone.windowType() is Qt.WindowType.Dialog
    assert phone.windowHandle().transientParent() is clerk.window.windowHandle()
    assert phone.windowModality() is Qt.WindowModality.NonModal


def test_the_phone_follows_the_bill_until_somebody_moves_it(clerk: Clerk) -> None:
    phone, bill = clerk.window.phone, clerk.window.parts.counter.side
    assert phone is not None
    clerk.window.resize(1100, 700)
    clerk.collect()
    clerk.wait(phone.isVisible)
    clerk.wait(lambda: place(phone).right() <= place(bill).left())
    before = phone.x()
    clerk.window.resize(1000, 700)
    clerk.wait(lambda: phone.x() < before)
    phone.move(phone.x() + 200, phone.y())
    moved = phone.pos()
    clerk.window.resize(1100, 700)
    clerk.bot.wait(60)
    assert phone.pos() == moved


@pytest.mark.parametrize("is_there", [False, True])
@pytest.mark.parametrize("height", [768, 617, 540])
def test_the_phone_never_opens_over_the_waiting_payments(
    clerk: Clerk, height: int, is_there: bool
) -> None:
    phone, tray = clerk.window.phone, clerk.window.parts.tray
    assert phone is not None
    clerk.window.resize(1300, height)
    if is_there:
        tray.show_pending(3)
        clerk.bot.wait(30)
    clerk.click("phoneButton")
    tray.show_pending(3)
    clerk.wait(tray.isVisible)
    clerk.bot.wait(30)
    assert place(phone).bottom() < place(tray).top()
    assert QGuiApplication.primaryScreen().availableGeometry().contains(place(phone))
    phone.close()
    clerk.window.resize(1300, 520)
    clerk.bot.wait(30)
    clerk.click("phoneButton")
    clerk.bot.wait(30)
    assert place(phone).bottom() < place(tray).top(), "nor when it opens again in a lower window"


def test_the_phone_is_inside_the_screen(clerk: Clerk) -> None:
    clerk.click("phoneButton")
    phone = clerk.window.phone
    assert phone is not None
    room = QGuiApplication.primaryScreen().availableGeometry()
    assert room.contains(place(phone))


def test_f11_on_one_screen_says_that_it_is_a_window_and_raises_it(
    clerk: Clerk, raised: list[str]
) -> None:
    clerk.press(Qt.Key.Key_F11)
    assert raised == ["customerDisplay"], "in front, and the keyboard stays at the desk"
    assert "The customer display is open in a window." in clerk.notices()
    QTest.keyClick(clerk.window.display, Qt.Key.Key_F11)
    assert not clerk.window.display.isVisible()
    clerk.press(Qt.Key.Key_F11)
    clerk.press(Qt.Key.Key_F11)
    assert clerk.notices() == "", "it is no longer open"


def test_a_minimised_window_comes_back(qtbot: QtBot) -> None:
    made = QWidget()
    qtbot.addWidget(made)
    made.showMinimized()
    bring_forward(made)
    assert not made.isMinimized()
    assert made.isVisible()


@pytest.mark.parametrize("is_behind", [True, False])
def test_money_that_arrives_while_the_desk_is_behind_others_alerts(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch, *, is_behind: bool
) -> None:
    uid = clerk.collect()
    alerts: list[QWidget] = []
    monkeypatch.setattr(QApplication, "alert", alerts.append)
    if is_behind:
        monkeypatch.setattr(QApplication, "activeWindow", lambda: None)
    clerk.desk.pay(uid)
    clerk.wait(lambda: clerk.state() == "paid")
    assert alerts == ([clerk.window] if is_behind else [])


# --- notices


@pytest.fixture
def area(clerk: Clerk) -> NoticeArea:
    clerk.started()
    return clerk.window.parts.notices


def visible(area: NoticeArea) -> list[str]:
    return [card.text() for card in area._cards if card.isVisible()]


def test_one_notice_is_shown_at_a_time_and_the_others_are_counted(area: NoticeArea) -> None:
    for words in ("One.", "Two.", "Three."):
        area.post(Notice(words, tone=Tone.ATTENTION))
    assert visible(area) == ["Three."]
    more = area.findChild(QPushButton, "noticeOthersButton")
    assert isinstance(more, QPushButton)
    front = area._front
    assert front is not None
    assert front.others.text() == "2 more"
    front.others.click()
    assert visible(area) == ["Two."]


def test_success_and_information_leave_by_themselves_one_after_the_other(
    clerk: Clerk, area: NoticeArea
) -> None:
    assert GONE_AFTER_MS == 6000
    area._leaving.setInterval(60)
    area.post(Notice("It failed.", tone=Tone.WRONG))
    area.post(Notice("It is noted.", tone=Tone.PLAIN))
    area.post(Notice("It went well.", tone=Tone.GOOD))
    clerk.wait(lambda: visible(area) == ["It is noted."])
    clerk.wait(lambda: visible(area) == ["It failed."])
    clerk.bot.wait(150)
    assert visible(area) == ["It failed."]


def test_a_notice_that_is_being_read_stays(clerk: Clerk, area: NoticeArea) -> None:
    area._leaving.setInterval(40)
    area.note("Paid.", tone=Tone.GOOD, actions=(("Show", lambda: None),))
    [button] = [each for each in area.findChildren(QPushButton) if each.text() == "Show"]
    button.setFocus()
    clerk.bot.wait(150)
    assert visible(area) == ["Paid."]
    clerk.press(Qt.Key.Key_F2)
    clerk.wait(lambda: visible(area) == [])


def test_a_warning_about_a_payment_leaves_when_it_is_settled(
    clerk: Clerk, area: NoticeArea
) -> None:
    uid = clerk.collect()
    area.note("No second QR was made.", tone=Tone.ATTENTION, about=uid)
    area.note("Another warning.", tone=Tone.ATTENTION, about="another")
    clerk.desk.pay(uid)
    clerk.wait(lambda: clerk.state() == "paid")
    assert area.texts() == ("Another warning.",)


@pytest.mark.looks
def test_a_notice_lies_over_no_list_and_no_button(clerk: Clerk, area: NoticeArea) -> None:
    for page in PAGES:
        clerk.window.parts.navigator.go(page.name)
        area.post(Notice("A warning.", todo="Do something about it. " * 4, tone=Tone.WRONG))
        clerk.bot.wait(60)
        here = clerk.window.parts.page()
        others = [*here.findChildren(QAbstractItemView), *here.findChildren(QPushButton)]
        for each in others:
            if each.isVisible() and not area.isAncestorOf(each):
                shown = place(each) & place(here)  # a list scrolls out of sight, too
                assert not shown.intersects(place(area)), (page.name, each.objectName())


@pytest.mark.looks
def test_no_button_of_the_bill_moves_when_a_notice_comes(clerk: Clerk, area: NoticeArea) -> None:
    clerk.collect()
    clerk.bot.wait(60)
    button = clerk.named("newPaymentButton")
    before = place(button)
    area.post(Notice("A warning.", todo="Do something about it. " * 4, tone=Tone.WRONG))
    clerk.bot.wait(60)
    assert area.isVisible()
    assert place(button) == before


# --- the strip


@pytest.mark.looks
def test_no_page_moves_when_the_connection_goes(clerk: Clerk) -> None:
    clerk.started()
    parts = clerk.window.parts
    parts.line.stop()
    parts.poller.stop()
    before = place(parts.counter)
    state = clerk.desk.services.connection.state()
    for line in (Connectivity.OFFLINE, Connectivity.NO_KEYS, Connectivity.ONLINE):
        parts.news._show_line(replace(state, line=line))
        clerk.bot.wait(40)
        assert clerk.shown("offlineBanner") is (line is not Connectivity.ONLINE)
        assert place(parts.counter) == before, line


# --- keys


def test_ctrl_and_a_figure_lead_to_the_page_at_that_place(clerk: Clerk) -> None:
    places = [*enumerate(PAGES, 1)]
    for number, spec in (*places[1:], places[0]):  # the first one is there already
        press(clerk, Qt.Key(Qt.Key.Key_0 + number), CTRL)
        assert clerk.window.parts.pages.current_name() == spec.name
        assert f"Ctrl+{number}" in clerk.named(f"{spec.name}Nav").toolTip()


def test_alt_and_a_figure_choose_the_way_of_paying(clerk: Clerk) -> None:
    clerk.pick()
    for key, method in (
        (Qt.Key.Key_2, Method.PAYMENT_LINK),
        (Qt.Key.Key_3, Method.CASH),
        (Qt.Key.Key_1, Method.AUTO),
    ):
        press(clerk, key, ALT)
        assert clerk.window.parts.counter.bill.chosen_method() is method


def test_alt_4_leads_to_the_first_payment_of_the_tray(clerk: Clerk) -> None:
    first = clerk.collect("R001", "MATH-9")
    clerk.press(Qt.Key.Key_Escape)
    second = clerk.collect("R002", "MATH-9")
    clerk.press(Qt.Key.Key_Escape)
    for key, uid, name in ((Qt.Key.Key_4, first, "Alt+4"), (Qt.Key.Key_5, second, "Alt+5")):
        press(clerk, key, ALT)
        view = clerk.window.parts.payment.view
        assert view is not None
        assert view.uid == uid
        assert view.state is AttemptState.AWAITING
        chips = clerk.window.parts.tray.chips()
        [chip] = [each for each in chips if each.property("attempt") == uid]
        assert name in chip.toolTip()
    press(clerk, Qt.Key.Key_9, ALT)
    view = clerk.window.parts.payment.view
    assert view is not None
    assert view.uid == second, "there is no sixth payment"


def opened(kind: type[QWidget]) -> list[QWidget]:
    tops = QApplication.topLevelWidgets()
    return [each for each in tops if isinstance(each, kind) and each.isVisible()]


def test_ctrl_n_adds_what_the_page_lists(clerk: Clerk) -> None:
    clerk.window.parts.navigator.go("courses")
    press(clerk, Qt.Key.Key_N, CTRL)
    [course] = opened(CourseForm)
    assert isinstance(course, CourseForm)
    course.reject()
    clerk.window.parts.navigator.go("students")
    press(clerk, Qt.Key.Key_N, CTRL)
    [student] = opened(StudentForm)
    assert isinstance(student, StudentForm)
    student.reject()


def test_ctrl_n_takes_along_only_a_name_that_matched_nobody(clerk: Clerk) -> None:
    for typed, filled in (("Rahul Verma", "Rahul Verma"), ("Asha", "")):
        clerk.press(Qt.Key.Key_F2)
        clerk.type(typed)
        clerk.wait(partial(is_answered, clerk, typed))
        clerk.window.parts.navigator.go("courses")
        clerk.window.parts.navigator.go("counter")
        press(clerk, Qt.Key.Key_N, CTRL)
        [form] = opened(StudentForm)
        assert isinstance(form, StudentForm)
        assert form.name.text() == filled
        assert not form.is_changed, "what was filled in is no change"
        form.reject()
        assert opened(StudentForm) == []
        back_at_desk(clerk)


def is_answered(clerk: Clerk, typed: str) -> bool:
    return bool(clerk.named("studentResults").property("query") == typed)
