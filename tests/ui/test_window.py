"""The window's contract: names, keys, accessibility, banners, closing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from desktop_app.services.errors import (
    DatabaseCorruptError,
    DatabaseLockedError,
    DatabaseNewerError,
    DiskFullError,
    NoKeysError,
    ReadOnlyFolderError,
)
from desktop_app.ui.settings.page import SettingsPage
from desktop_app.ui.shell.actions import KEYS, RESERVED
from desktop_app.ui.shell.closing_question import ClosingQuestion
from desktop_app.ui.shell.main_window import MainWindow
from desktop_app.ui.shell.pages import PAGES
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.clerk import Clerk
    from tests.ui.real_desk import RealDesk

INSIDE = (
    "studentSearch studentResults newStudentButton courseSearch courseResults cartTable totalLabel "
    "methodSelect collectButton qrView amountLabel paymentState countdownLabel cancelPaymentButton "
    "newPaymentButton waitingTray receiptView printReceiptButton offlineBanner retryLineButton "
    "keepToCollectButton parentSaysPaidButton lateInbox trainingBanner noticeArea"
).split()
KEY = Qt.Key


@pytest.fixture
def unshown(qtbot: QtBot) -> MainWindow:
    made = MainWindow(training=True)
    qtbot.addWidget(made)
    qtbot.addWidget(made.display)
    if made.phone is not None:
        qtbot.addWidget(made.phone)
    return made


def test_every_control_is_there_before_the_window_is_shown(unshown: MainWindow) -> None:
    assert [name for name in INSIDE if unshown.findChild(QWidget, name) is None] == []


def test_display_and_phone_are_windows_of_their_own(unshown: MainWindow) -> None:
    tops = {top.objectName(): top for top in QApplication.topLevelWidgets()}
    assert {"mainWindow", "customerDisplay", "phoneWindow"} <= set(tops)
    assert unshown.phone is not None
    for name in ("phonePayButton", "phoneDeclineButton"):
        assert unshown.phone.findChild(QWidget, name) is not None


def test_kinds_of_controls(looking: Clerk) -> None:
    for name in ("studentSearch", "courseSearch"):
        assert isinstance(looking.named(name), QLineEdit)
    for name in ("totalLabel", "amountLabel", "paymentState", "countdownLabel"):
        assert isinstance(looking.named(name), QLabel)


def test_nothing_but_the_window_is_shown_by_building_it(looking: Clerk) -> None:
    shown = [top.objectName() for top in QApplication.topLevelWidgets() if top.isVisible()]
    assert shown == ["mainWindow"]


def test_no_key_is_given_twice(looking: Clerk) -> None:
    keys = [
        key.toString()
        for action in looking.window.findChildren(QAction)
        for key in action.shortcuts()
    ]
    assert len(keys) == len(set(keys))
    assert set(keys) == {each for key in KEYS for each in (key.key, key.also) if each}
    assert not set(keys) & set(RESERVED)


def test_every_key_is_in_its_tooltip(looking: Clerk) -> None:
    for name, action in looking.window.parts.actions_by_name.items():
        assert action.shortcut().toString() in action.toolTip(), name


def test_everything_that_takes_the_focus_has_an_accessible_name(clerk: Clerk) -> None:
    clerk.collect()
    for spec in PAGES[:5]:
        clerk.window.parts.navigator.go(spec.name)
        clerk.bot.wait(30)
    for widget in clerk.window.findChildren(QWidget):
        if isinstance(widget, QAbstractButton | QLineEdit | QComboBox) and not inner(widget):
            is_empty = isinstance(widget, QAbstractButton) and not widget.text()
            if is_empty and widget.isHidden():
                continue
            assert widget.accessibleName(), (type(widget).__name__, widget.objectName())


def inner(widget: QWidget) -> bool:
    """Whether Qt made it as a part of another control."""
    return widget.objectName().startswith("qt_") or isinstance(widget.parent(), QComboBox)


def test_tab_reaches_every_control_of_the_counter(looking: Clerk) -> None:
    looking.pick()
    reached: list[str] = []
    widget: QWidget | None = looking.named("studentSearch")
    for _ in range(400):
        assert widget is not None
        reached.append(widget.objectName())
        widget = widget.nextInFocusChain()
        if widget is looking.named("studentSearch"):
            break
    for name in ("courseSearch", "methodSelect", "collectButton"):
        assert name in reached
    wanted = ["studentSearch", "courseSearch", "methodSelect", "collectButton"]
    assert [name for name in reached if name in wanted] == wanted


@pytest.mark.looks
def test_the_fee_form_fits_a_small_screen(clerk: Clerk) -> None:
    clerk.collect()
    clerk.cut_line()
    clerk.wait(lambda: clerk.shown("offlineBanner"))
    clerk.bot.wait(50)
    panel = clerk.window.parts.counter.panel
    bottom = clerk.named("cancelPaymentButton")
    for part in (clerk.named("qrView"), clerk.named("amountLabel"), bottom):
        corner = part.mapTo(clerk.window, part.rect().bottomRight())
        assert clerk.window.rect().contains(corner), part.objectName()
    assert panel.minimumSizeHint().width() <= panel.width()


def test_what_was_typed_before_the_desk_was_open_is_answered(
    real_desk: RealDesk, window: MainWindow, qtbot: QtBot
) -> None:
    window.student_box.setText("R002")
    window.parts.counter.student.take()
    window.attach(real_desk.services)
    qtbot.waitUntil(lambda: window.parts.counter.presenter.student is not None)
    student = window.parts.counter.presenter.student
    assert student is not None
    assert student.roll_no == "R002"


def test_a_desk_that_cannot_open_says_what_to_do_names_its_folder_and_can_be_closed(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.where = lambda: "/home/asha/Pravesh"
    said: set[str] = set()
    kinds = (
        ValueError, DatabaseNewerError, DatabaseLockedError, DiskFullError, ReadOnlyFolderError,
        DatabaseCorruptError,
    )  # fmt: skip
    for kind in kinds:
        window.fail(kind("secret detail"))
        assert window.parts.message.isVisible()
        words = window.parts.message.accessibleName()
        assert "secret detail" not in words
        assert "Traceback" not in words
        assert len(words) > 40, kind
        said.add(words)
    assert len(said) == len(kinds), "each has words of its own"
    shown = [each.text() for each in window.parts.message.findChildren(QLabel)]
    assert any("/home/asha/Pravesh" in each for each in shown)
    button = window.findChild(QPushButton, "closeDeskButton")
    assert button.isVisible()
    assert button.hasFocus()
    with qtbot.waitSignal(window.closed, timeout=10_000):
        button.click()


def test_closing_is_immediate_when_nothing_is_open(clerk: Clerk) -> None:
    clerk.window.close()
    clerk.wait(lambda: not clerk.window.isVisible())
    assert clerk.notices() == ""


def test_closing_with_an_open_payment_asks_once_in_the_middle_and_stays(clerk: Clerk) -> None:
    clerk.collect()
    clerk.window.close()
    clerk.window.close()
    question = closing_question(clerk)
    assert question.isModal()
    assert question.stay_button.isDefault()
    off = question.frameGeometry().center() - clerk.window.frameGeometry().center()
    assert off.manhattanLength() <= 40
    assert clerk.window.isVisible()
    assert "1 payment is pending." in [each.text() for each in question.findChildren(QLabel)]
    clerk.press(KEY.Key_Return)
    clerk.wait(lambda: not question_is_up())
    assert clerk.window.isVisible()
    clerk.window.close()
    question = closing_question(clerk)
    clerk.press(KEY.Key_Escape)
    clerk.wait(lambda: not question_is_up())
    assert clerk.window.isVisible()
    clerk.window.close()
    closing_question(clerk).close_button.click()
    clerk.wait(lambda: not clerk.window.isVisible())


def press(clerk: Clerk, words: str) -> None:
    for button in clerk.named("noticeArea").findChildren(QPushButton):
        if button.text() == words:
            button.click()
            return
    raise AssertionError(words)


def closing_question(clerk: Clerk) -> ClosingQuestion:
    clerk.wait(question_is_up)
    tops = [top for top in QApplication.topLevelWidgets() if top.isVisible()]
    [found] = [each for each in tops if isinstance(each, ClosingQuestion)]
    clerk.wait(found.stay_button.hasFocus)
    return found


def question_is_up() -> bool:
    tops = QApplication.topLevelWidgets()
    return any(isinstance(top, ClosingQuestion) and top.isVisible() for top in tops)


def test_a_test_key_or_training_is_named_in_the_status_bar(looking: Clerk) -> None:
    looking.wait(lambda: looking.text("statusMode") == "PRACTICE")
    assert looking.shown("trainingBanner")
    assert "PRACTICE MODE" in looking.window.windowTitle()


def test_the_status_bar_tells_line_backup_and_waiting(clerk: Clerk) -> None:
    clerk.wait(lambda: clerk.text("statusLine").startswith("Online, checked"))
    clerk.wait(lambda: clerk.text("statusBackup") == "Backup today 09:00")
    clerk.collect()
    clerk.wait(lambda: clerk.text("statusWaiting") == "1 pending")


def test_help_lists_every_key_of_the_window(looking: Clerk) -> None:
    looking.press(KEY.Key_F1)
    panel = next(top for top in QApplication.topLevelWidgets() if top.objectName() == "helpPanel")
    shown = {part.text() for part in panel.findChildren(QLabel)}
    assert {each.key for each in KEYS if each.group is None} <= shown
    assert {"Ctrl+1 … Ctrl+8", "Alt+1 … Alt+3", "Alt+4 … Alt+9"} <= shown
    panel.close()


def test_without_a_printer_the_receipt_becomes_a_pdf_and_f7_prints_it_again(clerk: Clerk) -> None:
    clerk.press(KEY.Key_F7)
    clerk.wait(lambda: "No receipts yet" in clerk.notices())
    clerk.desk.pay(clerk.collect())
    clerk.wait(lambda: clerk.focus == "printReceiptButton")
    number = clerk.desk.number(1)
    clerk.press(KEY.Key_P, control=True)
    clerk.wait((clerk.folder / "receipts" / f"{number.replace('/', '-')}.pdf").exists)
    clerk.idle()
    clerk.press(KEY.Key_F7)
    clerk.wait(lambda: clerk.printed() == [number] * 2)


def test_a_button_without_a_parent_is_never_shown() -> None:
    from desktop_app.ui.widgets.empty_state import EmptyState

    before = [top for top in QApplication.topLevelWidgets() if top.isVisible()]
    made = EmptyState("students", "Nobody", "", "Add")
    assert [top for top in QApplication.topLevelWidgets() if top.isVisible()] == before
    made.deleteLater()
    label("x").deleteLater()


def test_without_keys_the_banner_leads_to_the_settings(clerk: Clerk) -> None:
    clerk.cut_line(NoKeysError("no keys"))
    clerk.wait(lambda: clerk.shown("offlineBanner"))
    assert not clerk.shown("retryLineButton")
    clerk.click("lineSettingsButton")
    page = clerk.window.parts.page()
    assert isinstance(page, SettingsPage)
    assert page.current() == "gateway", "the banner leads to the keys themselves"
    assert clerk.text("statusLine") == "UPI not set up"
    clerk.cut_line()
    clerk.wait(lambda: clerk.shown("retryLineButton"))
    assert not clerk.shown("lineSettingsButton")


def test_a_desk_without_courses_says_so(clerk: Clerk) -> None:
    for row in clerk.desk.services.courses.search(""):
        clerk.desk.services.courses.withdraw(row.uid)
    clerk.window.parts.counter.course.search_again()
    clerk.wait(lambda: not clerk.window.parts.counter.course.results.rows())
    course = clerk.window.parts.counter.course.results
    assert "No courses yet" in course.empty_words()
    clerk.press(KEY.Key_F3)
    clerk.type("zz")
    clerk.wait(lambda: course.property("query") == "zz")
    assert "No matching course" in course.empty_words()


def test_closing_during_a_backup_says_what_it_waits_for(clerk: Clerk) -> None:
    from threading import Event

    from desktop_app.ui.core.jobs import Lane

    may_end = Event()
    runner = clerk.window.parts.runner
    runner.submit(Lane.LOCAL, lambda: may_end.wait(5), owner=clerk.window)
    clerk.window.close()
    message = clerk.window.parts.message
    clerk.wait(message.isVisible)
    assert "Finishing a backup or another task" in message.accessibleName()
    assert "Nothing is lost." in message.accessibleName()
    assert message.close_button.isHidden()
    may_end.set()
    clerk.wait(lambda: not clerk.window.isVisible())
