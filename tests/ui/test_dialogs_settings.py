"""The settings dialog: pages, all or nothing, keys masked with Replace, checks and backups."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from desktop_app.services.errors import (
    DiskFullError,
    StorageError,
    UnauthorisedError,
    UnavailableError,
)
from desktop_app.services.settings import SETTINGS
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.receipts import printer_test
from desktop_app.ui.receipts.printing import Printed
from desktop_app.ui.settings.dialog import SettingsDialog
from desktop_app.ui.settings.editors import LogoBox
from desktop_app.ui.settings.setup import NewKeys, state_of_gstin
from desktop_app.ui.widgets.select import Select
from tests.ui.notice_area import notice_area
from tests.ui.text_sizes import TEXT_SIZES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from tests.ui.real_desk import RealDesk

KEY_ID = "rzp_live_Abcd1234Efgh56"


@pytest.fixture
def desk(open_copy: Callable[..., RealDesk]) -> RealDesk:
    """A desk with live keys at a centre on a busy day."""
    made = open_copy("busy")
    made.vault.keys = (KEY_ID, "old")
    return made


@pytest.fixture
def dialog(
    qtbot: QtBot, context: PageContext, desk: RealDesk, tmp_path: Path
) -> Iterator[SettingsDialog]:
    window = QWidget()
    qtbot.addWidget(window)
    context.runner.open(desk.services)
    made = SettingsDialog(context.runner, window, folder=tmp_path)
    made.open()
    qtbot.waitUntil(made.ok_button.isEnabled)
    yield made
    window.close()


def line(dialog: SettingsDialog, key: str) -> QLineEdit:
    editor = dialog.fields[key].editor
    assert isinstance(editor, QLineEdit)
    return editor


def choose(dialog: SettingsDialog, key: str, value: str) -> None:
    editor = dialog.fields[key].editor
    assert isinstance(editor, Select)
    editor.choose(value)


def test_it_shows_what_is_set_and_never_the_keys(dialog: SettingsDialog) -> None:
    assert line(dialog, "centre.name").text() == "Shiksha Classes"
    assert line(dialog, "upi.limit_paise").text() == "1,00,000"
    assert dialog.sections["centre"].value("centre.state") == "KA"
    assert KEY_ID not in " ".join(each.text() for each in dialog.findChildren(QLabel))
    assert "rzp_live_••••gh56" in dialog.gateway.masked.text()
    assert dialog.gateway.keys.secret.echoMode() is QLineEdit.EchoMode.Password


def test_only_what_changed_is_kept(qtbot: QtBot, dialog: SettingsDialog, desk: RealDesk) -> None:
    line(dialog, "upi.limit_paise").setText("₹5,00,000")
    choose(dialog, "receipt.paper", "roll80")
    with qtbot.waitSignal(dialog.saved):
        dialog.ok_button.click()
    put = [("receipt.paper", "roll80"), ("upi.limit_paise", "50000000")]
    assert sorted(map(str, desk.calls.of("settings.put"))) == sorted(map(str, put))


@pytest.mark.parametrize(
    ("key", "typed", "complaint"),
    [
        ("upi.limit_paise", "5,00,001", "limit"),
        ("upi.limit_paise", "0", "more than zero"),
        ("centre.gstin", "29ABCDE1234F1Z5", "last character"),
        ("desk.id", "D-1", "one to three"),
        ("desk.id", "D1T", "end with T"),
        ("centre.name", " ", "missing"),
        ("centre.address", "x" * 301, "longer than 300"),
    ],
)
def test_wrong_values_complain_in_place(
    dialog: SettingsDialog, key: str, typed: str, complaint: str
) -> None:
    line(dialog, key).setText(typed)
    dialog.ok_button.click()
    assert complaint in dialog.fields[key].message.text()
    assert dialog.isVisible()


def test_an_id_from_before_it_was_refused_stops_no_other_change(
    qtbot: QtBot, dialog: SettingsDialog, desk: RealDesk
) -> None:
    section = dialog.sections["desk"]
    line(dialog, "desk.id").setText("D1T")
    section.settle()
    line(dialog, "upi.limit_paise").setText("₹5,00,000")
    with qtbot.waitSignal(dialog.saved):
        dialog.ok_button.click()
    assert desk.get("upi.limit_paise") == "50000000"


def test_cancel_really_cancels(qtbot: QtBot, dialog: SettingsDialog, desk: RealDesk) -> None:
    line(dialog, "centre.name").setText("Other")
    dialog.cancel_button.click()
    assert dialog.strip.is_asking
    with qtbot.waitSignal(dialog.rejected):
        dialog.strip.yes.click()
    assert desk.get("centre.name") == "Shiksha Classes"


def test_new_keys_are_tried_before_they_are_kept(
    qtbot: QtBot, dialog: SettingsDialog, desk: RealDesk
) -> None:
    dialog.gateway.replace_button.click()
    dialog.gateway.keys.key_id.setText("rzp_live_New12345New123")
    dialog.gateway.keys.secret.setText("fresh")
    assert dialog.is_changed
    with qtbot.waitSignal(dialog.saved):
        dialog.ok_button.click()
    assert desk.calls.of("settings.check_keys") == [("rzp_live_New12345New123", "fresh")]
    assert desk.vault.keys == ("rzp_live_New12345New123", "fresh")


@pytest.mark.parametrize("error", [UnauthorisedError("401"), UnavailableError("no route")])
def test_keys_that_fail_are_kept_only_when_nobody_could_be_asked(
    qtbot: QtBot, dialog: SettingsDialog, desk: RealDesk, error: Exception
) -> None:
    desk.gateway.down = error
    dialog.gateway.replace_button.click()
    dialog.gateway.keys.key_id.setText("rzp_live_New12345New123")
    dialog.ok_button.click()
    assert "missing" in dialog.gateway.keys.fields["key_secret"].message.text()
    dialog.gateway.keys.secret.setText("fresh")
    with qtbot.waitSignal(dialog.gateway.keys.tried):
        dialog.ok_button.click()
    if isinstance(error, UnavailableError):
        qtbot.waitUntil(lambda: desk.vault.keys == ("rzp_live_New12345New123", "fresh"))
    else:
        assert desk.vault.keys == (KEY_ID, "old")
        assert dialog.ok_button.isEnabled()


def test_a_check_by_hand_keeps_nothing(
    qtbot: QtBot, dialog: SettingsDialog, desk: RealDesk
) -> None:
    dialog.gateway.replace_button.click()
    dialog.gateway.keys.key_id.setText("rzp_live_New12345New123")
    dialog.gateway.keys.secret.setText("fresh")
    with qtbot.waitSignal(dialog.gateway.keys.tried):
        dialog.gateway.keys.check_button.click()
    assert "real money" in dialog.gateway.keys.finding.text()
    assert desk.vault.keys == (KEY_ID, "old")
    with qtbot.waitSignal(dialog.saved):
        dialog.ok_button.click()
    assert desk.calls.count("settings.check_keys") == 1


@pytest.mark.parametrize("source", ["environment", "training"])
def test_keys_from_elsewhere_cannot_be_replaced(
    qtbot: QtBot, context: PageContext, desk: RealDesk, source: str, tmp_path: Path
) -> None:
    desk.vault.source = source
    window = QWidget()
    qtbot.addWidget(window)
    context.runner.open(desk.services)
    made = SettingsDialog(context.runner, window, folder=tmp_path)
    made.open()
    qtbot.waitUntil(made.ok_button.isEnabled)
    assert not made.gateway.replace_button.isEnabled()
    made.reject()


def test_a_database_that_fails_is_said(
    qtbot: QtBot, dialog: SettingsDialog, desk: RealDesk
) -> None:
    desk.calls.refuse("settings.put", StorageError("disk"))
    line(dialog, "centre.name").setText("Other")
    dialog.ok_button.click()
    qtbot.waitUntil(dialog.strip.isVisible)
    assert "database does not work" in dialog.strip.words.text()


def test_secrets_do_not_show_in_logs() -> None:
    assert "s3cret" not in repr(NewKeys("id", "s3cret"))


def test_other_settings_pass_as_they_are() -> None:
    assert SETTINGS["display.theme"].from_screen("dark") == "dark"
    assert state_of_gstin("") == ""
    assert state_of_gstin("26ABCDE1234F1Z5") == ""


def test_the_page_of_a_wrong_value_comes_to_the_front(dialog: SettingsDialog) -> None:
    line(dialog, "centre.gstin").setText("123")
    dialog.show_page("display")
    dialog.apply_button.click()
    assert dialog.current() == "centre"
    assert "15 characters" in dialog.fields["centre.gstin"].message.text()


def test_a_value_is_checked_as_soon_as_it_is_left(dialog: SettingsDialog) -> None:
    editor = line(dialog, "centre.gstin")
    editor.setText("29ABCDE1234F1Z5")
    editor.editingFinished.emit()
    assert "last character" in dialog.fields["centre.gstin"].message.text()
    editor.setText("29ABCDE1234F1ZW")
    assert "last character" not in dialog.fields["centre.gstin"].message.text()


def test_apply_keeps_and_stays(qtbot: QtBot, dialog: SettingsDialog, desk: RealDesk) -> None:
    assert not dialog.apply_button.isEnabled()
    line(dialog, "centre.name").setText("Vidya")
    assert dialog.apply_button.isEnabled()
    with qtbot.waitSignal(dialog.saved):
        dialog.apply_button.click()
    qtbot.waitUntil(lambda: not dialog.apply_button.isEnabled())
    assert desk.get("centre.name") == "Vidya"
    assert dialog.isVisible()
    assert not dialog.is_changed


def test_a_page_goes_back_to_what_it_was_at_first_only_by_ok(
    qtbot: QtBot, dialog: SettingsDialog, desk: RealDesk
) -> None:
    display = dialog.sections["display"]
    choose(dialog, "display.theme", "dark")
    with qtbot.waitSignal(dialog.saved):
        dialog.apply_button.click()
    dialog.show_page("display")
    qtbot.waitUntil(dialog.reset_button.isEnabled)
    dialog.reset_button.click()
    assert display.value("display.theme") == "system"
    assert desk.get("display.theme") == "dark"
    with qtbot.waitSignal(dialog.saved):
        dialog.ok_button.click()
    assert desk.get("display.theme") == "system"
    dialog.show_page("centre")
    assert dialog.reset_button.isHidden()


def test_everything_is_checked_in_words(
    qtbot: QtBot, dialog: SettingsDialog, desk: RealDesk
) -> None:
    desk.gateway.skew_s = 540
    dialog.show_page("gateway")
    dialog.gateway.check_button.click()
    qtbot.waitUntil(dialog.gateway.check_button.isEnabled)
    shown = " ".join(each.text() for each in dialog.gateway.checks.findChildren(QLabel))
    assert "Good Database The database is sound." in shown
    assert "Wrong Clock The PC's clock is 9 minutes off. Set date and time" in shown
    assert dialog.gateway.check_button.isEnabled()


def test_a_check_that_fails_says_so(qtbot: QtBot, dialog: SettingsDialog, desk: RealDesk) -> None:
    desk.calls.refuse("health.run", StorageError("x"))
    dialog.gateway.check_button.click()
    qtbot.waitUntil(dialog.gateway.check_button.isEnabled)
    assert "database does not work" in dialog.gateway.asking.text()


def test_a_backup_is_made_beside_the_others(
    qtbot: QtBot, dialog: SettingsDialog, desk: RealDesk, tmp_path: Path
) -> None:
    dialog.show_page("backup")
    assert dialog.backup.last.text().startswith("Backup today")
    dialog.backup.now_button.click()
    qtbot.waitUntil(dialog.backup.now_button.isEnabled)
    assert [each.suffix for each in (tmp_path / "backups").iterdir()] == [".sqlite3"]
    assert "24 payments" in dialog.backup.finding.text()
    desk.calls.refuse("backups.make", DiskFullError("x"))
    dialog.backup.now_button.click()
    qtbot.waitUntil(dialog.backup.now_button.isEnabled)
    assert "disk is full" in dialog.backup.finding.text()


def test_a_picture_is_chosen_seen_and_removed(
    qtbot: QtBot, dialog: SettingsDialog, desk: RealDesk, tmp_path: Path
) -> None:
    picture = tmp_path / "our logo.png"
    image = QImage(40, 20, QImage.Format.Format_RGB32)
    image.fill(0x3A3FB8)
    assert image.save(str(picture))
    logo = dialog.fields["centre.logo"].editor
    assert isinstance(logo, LogoBox)
    logo.take(str(picture))
    assert not logo.picture.pixmap().isNull()
    assert dialog.is_changed
    with qtbot.waitSignal(dialog.saved):
        dialog.apply_button.click()
    qtbot.waitUntil(lambda: not dialog.apply_button.isEnabled())
    assert (desk.folder / (desk.get("centre.logo") or "")).is_file()
    logo.remove_button.click()
    with qtbot.waitSignal(dialog.saved):
        dialog.ok_button.click()
    assert desk.get("centre.logo") == ""


def test_diagnostics_hold_no_secret_phone_or_name(
    dialog: SettingsDialog, tmp_path: Path, qapp: QApplication
) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "pravesh.log").write_text(
        f"INFO desktop_app: key {KEY_ID} secret=hush4U phone 9845012345 asha@okicici\n",
        encoding="utf-8",
    )
    dialog.about.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    for canary in (KEY_ID, "hush4U", "9845012345", "asha@okicici", "Shiksha", "29ABCDE1234F1ZW"):
        assert canary not in copied
    assert "Pravesh: " in copied
    assert "Qt: " in copied
    assert "keys: live, keyring" in copied


def test_licences_name_qt_and_the_lgpl(dialog: SettingsDialog) -> None:
    words = dialog.about.licences.toPlainText()
    for part in ("Qt", "LGPL v3", "SQLAlchemy", "razorpay", "Flask", "openpyxl"):
        assert part in words


def test_pages_and_fields_follow_the_language(dialog: SettingsDialog, qapp: QApplication) -> None:
    hindi = i18n.catalogue("hi")
    i18n.set_language(qapp, "hi")
    qapp.processEvents()
    try:
        assert dialog.pages.item(0).text() == hindi["Centre and GST"]
        assert dialog.cancel_button.text() == hindi["Cancel"]
        assert dialog.fields["centre.address"].caption.text() == hindi["&Address on receipts"]
    finally:
        i18n.set_language(qapp, "en")
        qapp.processEvents()
    assert dialog.pages.item(0).text() == "Centre and GST"


@pytest.mark.looks
@pytest.mark.parametrize("percent", TEXT_SIZES)
def test_no_page_is_cut_at_any_text_size(
    qtbot: QtBot, dialog: SettingsDialog, qapp: QApplication, percent: int
) -> None:
    theme.apply(qapp, "light", percent)
    try:
        dialog.resize(min(theme.px(900), 1366 - 32), min(theme.px(664), 768 - 48))
        for at, part in enumerate(dialog.sections.values()):
            dialog.pages.setCurrentRow(at)
            qtbot.wait(1)
            inner = part.widget()
            assert inner is not None
            assert inner.minimumSizeHint().width() <= part.viewport().width(), part.title
    finally:
        theme.apply(qapp, "light", 100)


class Printer(QObject):
    """Takes test pages; a test says how each went."""

    tested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.papers: list[tuple[str | None, str]] = []

    def print_test_page(self, printer: str | None = None, paper: str = "") -> None:
        self.papers.append((printer, paper))


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        (Printed("", printer="HP 1020"), "Test page sent to HP 1020."),
        (Printed("", path=Path("home") / "test.pdf"), "saved as home"),
        (Printed("", printer="HP 1020", problem="off"), "Couldn't reach the printer."),
    ],
)
def test_a_test_page_is_told_where_it_was_asked_for(
    qtbot: QtBot, context: PageContext, desk: RealDesk, printed: Printed, words: str
) -> None:
    printer = Printer()
    host = notice_area(context).parentWidget()
    assert host is not None
    specimen = printer_test.PrinterTest(printer, host)  # type: ignore[arg-type]
    context.runner.open(desk.services)
    made = SettingsDialog(context.runner, host, print_test=specimen)
    made.open()
    qtbot.waitUntil(made.ok_button.isEnabled)
    choose(made, "receipt.paper", "roll58")
    made.printing.test_page.button.click()
    assert printer.papers == [("", "roll58")]
    assert made.printing.test_page.finding.text() == "Printing…"
    printer.tested.emit(printed)
    assert words in made.printing.test_page.finding.text()
    printer.tested.emit(printed)
    made.reject()
    made.strip.yes.click()


def test_access_keys_are_given_once_on_each_page(dialog: SettingsDialog) -> None:
    for part in dialog.sections.values():
        words = [each.text() for each in part.findChildren(QLabel) if each.buddy() is not None]
        words += [each.text() for each in part.findChildren(QPushButton)]
        keys = [found[1].lower() for each in words if (found := re.search(r"&(\w)", each))]
        assert len(keys) == len(set(keys)), (part.title, keys)
