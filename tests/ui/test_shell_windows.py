"""Windows come to the front, and notices have a separate place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QPushButton, QWidget

from desktop_app.services.views.settings import Connectivity
from desktop_app.ui.core.notice import Notice, Tone
from desktop_app.ui.core.window_front import bring_forward
from desktop_app.ui.shell.lazy_window import LazyWindow
from desktop_app.ui.shell.pages import PAGES

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from desktop_app.ui.widgets.notice_area import NoticeArea
    from tests.ui.clerk import Clerk

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


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


def test_the_phone_belongs_to_the_window_of_the_bill_and_returns_the_keyboard(clerk: Clerk) -> None:
    """Window systems keep a dialog above its window; on X11 no other kind stays in front."""
    phone, panel = clerk.window.phone, clerk.window.parts.phone
    assert phone is not None
    assert panel is not None
    clerk.collect()
    clerk.wait(phone.isVisible)
    assert phone.windowType() is Qt.WindowType.Dialog
    assert phone.windowHandle().transientParent() is clerk.window.windowHandle()
    assert phone.windowModality() is Qt.WindowModality.NonModal
    clerk.wait(panel.pay_button.isEnabled)
    phone.activateWindow()
    clerk.wait(phone.isActiveWindow)
    panel.pay_button.click()
    clerk.wait(clerk.window.isActiveWindow)
    clerk.wait(lambda: clerk.focus == "printReceiptButton")
    assert phone.isVisible()


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


def test_the_phone_opens_on_the_screen_and_never_over_the_waiting_payments(clerk: Clerk) -> None:
    phone, tray = clerk.window.phone, clerk.window.parts.tray
    assert phone is not None
    clerk.idle()
    for height, is_there in ((768, False), (617, True), (540, False), (540, True)):
        where = f"{height} px, {'with' if is_there else 'without'} payments that wait"
        tray.show_pending(3 if is_there else 0)
        clerk.window.resize(1300, height)
        clerk.bot.wait(30)
        assert tray.isVisible() is is_there, where
        clerk.click("phoneButton")
        tray.show_pending(3)
        clerk.wait(tray.isVisible)
        clerk.bot.wait(30)
        assert place(phone).bottom() < place(tray).top(), where
        assert QGuiApplication.primaryScreen().availableGeometry().contains(place(phone)), where
        phone.close()
        clerk.window.resize(1300, 520)
        clerk.bot.wait(30)
        clerk.click("phoneButton")
        clerk.bot.wait(30)
        assert place(phone).bottom() < place(tray).top(), f"{where}, again in a lower window"
        phone.close()
        back_at_desk(clerk)


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


def test_money_that_arrives_while_the_desk_is_behind_others_alerts(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerts: list[QWidget] = []
    monkeypatch.setattr(QApplication, "alert", alerts.append)
    clerk.desk.pay(clerk.collect())
    clerk.wait(lambda: clerk.state() == "paid")
    assert alerts == []
    clerk.press(Qt.Key.Key_Escape)
    uid = clerk.collect("R002", "CHE-11")
    monkeypatch.setattr(QApplication, "activeWindow", lambda: None)
    clerk.desk.pay(uid)
    clerk.wait(lambda: clerk.state() == "paid")
    assert alerts == [clerk.window]


# --- notices


@pytest.fixture
def area(clerk: Clerk) -> NoticeArea:
    clerk.started()
    return clerk.window.parts.notices


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
