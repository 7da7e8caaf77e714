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
from desktop_app.ui.core import theme
from desktop_app.ui.settings.dialog import SettingsDialog
from desktop_app.ui.shell.actions import KEYS, RESERVED
from desktop_app.ui.shell.main_window import MainWindow
from desktop_app.ui.shell.pages import PAGES
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.real_desk import RealDesk
    from tests.ui.till import Till

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
    for name in ("phonePayButton", "phoneDeclineButton"):
        assert tops["phoneWindow"].findChild(QWidget, name) is not None


def test_kinds_of_controls(till: Till) -> None:
    for name in ("studentSearch", "courseSearch"):
        assert isinstance(till.named(name), QLineEdit)
    for name in ("totalLabel", "amountLabel", "paymentState", "countdownLabel"):
        assert isinstance(till.named(name), QLabel)


def test_nothing_but_the_window_is_shown_by_building_it(till: Till) -> None:
    shown = [top.objectName() for top in QApplication.topLevelWidgets() if top.isVisible()]
    assert shown == ["mainWindow"]


def test_no_key_is_given_twice(till: Till) -> None:
    keys = [
        action.shortcut().toString()
        for action in till.window.findChildren(QAction)
        if not action.shortcut().isEmpty()
    ]
    assert len(keys) == len(set(keys))
    assert set(keys) == {key.key for key in KEYS}
    assert not set(keys) & set(RESERVED)


def test_every_key_is_in_its_tooltip(till: Till) -> None:
    for name, action in till.window.parts.actions_by_name.items():
        assert action.shortcut().toString() in action.toolTip(), name


def test_everything_that_takes_the_focus_has_an_accessible_name(till: Till) -> None:
    till.collect()
    for spec in PAGES[:5]:
        till.window.parts.navigator.go(spec.name)
        till.bot.wait(30)
    for widget in till.window.findChildren(QWidget):
        if isinstance(widget, QAbstractButton | QLineEdit | QComboBox) and not inner(widget):
            is_empty = isinstance(widget, QAbstractButton) and not widget.text()
            if is_empty and widget.isHidden():
                continue
            assert widget.accessibleName(), (type(widget).__name__, widget.objectName())


def inner(widget: QWidget) -> bool:
    """Whether Qt made it as a part of another control."""
    return widget.objectName().startswith("qt_") or isinstance(widget.parent(), QComboBox)


def test_tab_reaches_every_control_of_the_counter(till: Till) -> None:
    till.pick()
    reached: list[str] = []
    widget: QWidget | None = till.named("studentSearch")
    for _ in range(400):
        assert widget is not None
        reached.append(widget.objectName())
        widget = widget.nextInFocusChain()
        if widget is till.named("studentSearch"):
            break
    for name in ("courseSearch", "methodSelect", "collectButton"):
        assert name in reached
    wanted = ["studentSearch", "courseSearch", "methodSelect", "collectButton"]
    assert [name for name in reached if name in wanted] == wanted


@pytest.mark.looks
def test_the_fee_form_fits_a_small_screen(till: Till) -> None:
    till.collect()
    till.cut_line()
    till.wait(lambda: till.shown("offlineBanner"))
    till.bot.wait(50)
    panel = till.window.parts.counter.panel
    bottom = till.named("cancelPaymentButton")
    for part in (till.named("qrView"), till.named("amountLabel"), bottom):
        corner = part.mapTo(till.window, part.rect().bottomRight())
        assert till.window.rect().contains(corner), part.objectName()
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


@pytest.mark.parametrize(
    "error",
    [
        DatabaseCorruptError("secret detail"),
        DatabaseNewerError("secret detail"),
        DatabaseLockedError("secret detail"),
        DiskFullError("secret detail"),
        ReadOnlyFolderError("secret detail"),
        ValueError("secret detail"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_desk_that_cannot_open_says_what_to_do(window: MainWindow, error: Exception) -> None:
    window.fail(error)
    said = window.parts.message.accessibleName()
    assert window.parts.message.isVisible()
    assert "secret detail" not in said
    assert "Traceback" not in said
    assert len(said) > 40


def test_closing_is_immediate_when_nothing_is_open(till: Till) -> None:
    till.window.close()
    till.wait(lambda: not till.window.isVisible())
    assert till.notices() == ""


def test_closing_with_an_open_payment_says_so_and_stays(till: Till) -> None:
    till.collect()
    till.window.close()
    assert till.window.isVisible()
    assert "1 payment is still waiting" in till.notices()
    press(till, "Stay")
    assert till.notices() == ""
    till.window.close()
    press(till, "Close anyway")
    till.wait(lambda: not till.window.isVisible())


def press(till: Till, words: str) -> None:
    for button in till.named("noticeArea").findChildren(QPushButton):
        if button.text() == words:
            button.click()
            return
    raise AssertionError(words)


def test_a_test_key_or_training_is_named_in_the_status_bar(till: Till) -> None:
    till.wait(lambda: till.text("statusMode") == "TRAINING")
    assert till.shown("trainingBanner")
    assert "TRAINING" in till.window.windowTitle()


def test_the_status_bar_tells_line_backup_and_waiting(till: Till) -> None:
    till.wait(lambda: till.text("statusLine").startswith("Online, checked"))
    till.wait(lambda: till.text("statusBackup") == "Backup today 09:00")
    till.collect()
    till.wait(lambda: till.text("statusWaiting") == "1 waiting")


def test_help_lists_every_key_of_the_window(till: Till) -> None:
    till.press(KEY.Key_F1)
    panel = next(top for top in QApplication.topLevelWidgets() if top.objectName() == "helpPanel")
    shown = {part.text() for part in panel.findChildren(QLabel)}
    assert {key.key for key in KEYS} <= shown
    panel.close()


def test_the_last_receipt_is_printed_again_by_f7(till: Till) -> None:
    till.press(KEY.Key_F7)
    till.wait(lambda: "no receipt yet" in till.notices())
    till.desk.pay(till.collect())
    till.wait(lambda: till.state() == "paid")
    till.press(KEY.Key_F7)
    till.wait(lambda: till.printed() == [till.desk.number(1)])


def test_without_a_printer_the_receipt_becomes_a_pdf(till: Till) -> None:
    till.desk.pay(till.collect())
    till.wait(lambda: till.focus == "printReceiptButton")
    till.press(KEY.Key_P, control=True)
    till.wait((till.folder / "receipts" / f"{till.desk.number(1).replace('/', '-')}.pdf").exists)


@pytest.mark.looks
@pytest.mark.parametrize("name", ["light", "dark", "contrast-light", "contrast-dark"])
def test_themes_change_while_the_window_is_open(till: Till, name: str, qapp: QApplication) -> None:
    till.collect()
    till.window.parts.poller.stop()
    till.started()
    theme.apply(qapp, name)
    till.bot.wait(30)
    assert theme.tokens().name == name
    assert not till.window.grab().isNull()


def test_a_button_without_a_parent_is_never_shown() -> None:
    from desktop_app.ui.widgets.empty_state import EmptyState

    made = EmptyState("students", "Nobody", "", "Add")
    assert [top for top in QApplication.topLevelWidgets() if top.isVisible()] == []
    made.deleteLater()
    label("x").deleteLater()


def test_without_keys_the_banner_leads_to_the_settings(till: Till) -> None:
    till.cut_line(NoKeysError("no keys"))
    till.wait(lambda: till.shown("offlineBanner"))
    assert not till.shown("retryLineButton")
    till.click("lineSettingsButton")
    assert till.window.parts.page().title == "Settings"
    dialog = till.the(SettingsDialog, "settingsDialog")
    till.wait(dialog.ok_button.isEnabled)
    assert dialog.current() == "gateway", "the banner leads to the keys themselves"
    with till.bot.waitSignal(dialog.destroyed):
        dialog.reject()
    assert till.text("statusLine") == "UPI waits for keys"
    till.cut_line()
    till.wait(lambda: till.shown("retryLineButton"))
    assert not till.shown("lineSettingsButton")


def test_a_desk_that_cannot_be_opened_names_its_folder_and_can_be_closed(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.where = lambda: "/home/asha/Pravesh"
    window.fail(DatabaseCorruptError("x"))
    words = [each.text() for each in window.parts.message.findChildren(QLabel)]
    assert any("/home/asha/Pravesh" in each for each in words)
    button = window.findChild(QPushButton, "closeDeskButton")
    assert button.isVisible()
    assert button.hasFocus()
    with qtbot.waitSignal(window.closed, timeout=10_000):
        button.click()


def test_a_desk_without_courses_says_so(till: Till) -> None:
    for row in till.desk.services.courses.search(""):
        till.desk.services.courses.withdraw(row.uid)
    till.window.parts.counter.course.search_again()
    till.wait(lambda: not till.window.parts.counter.course.results.rows())
    course = till.window.parts.counter.course.results
    assert "no courses yet" in course.empty_words()
    till.press(KEY.Key_F3)
    till.type("zz")
    till.wait(lambda: course.property("query") == "zz")
    assert "No course matches" in course.empty_words()


def test_closing_during_a_backup_says_what_it_waits_for(till: Till) -> None:
    from threading import Event

    from desktop_app.ui.core.jobs import Lane

    may_end = Event()
    runner = till.window.parts.runner
    runner.submit(Lane.LOCAL, lambda: may_end.wait(5), owner=till.window)
    till.window.close()
    message = till.window.parts.message
    till.wait(message.isVisible)
    assert "A backup or another job is being finished" in message.accessibleName()
    assert "Nothing is lost." in message.accessibleName()
    assert message.close_button.isHidden()
    may_end.set()
    till.wait(lambda: not till.window.isVisible())
