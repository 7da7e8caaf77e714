"""The settings page: the form itself, applied at once with Undo, keys masked with Replace."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.services.errors import (
    DiskFullError,
    StorageError,
    UnauthorisedError,
    UnavailableError,
)
from desktop_app.services.maintenance.health_checks import HealthChecks
from desktop_app.services.settings.table import SECTIONS, SETTINGS
from desktop_app.services.views.maintenance import CheckResult, Health
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.receipts.printing import Printed
from desktop_app.ui.settings.check_list import SUBJECTS
from desktop_app.ui.settings.editors import LogoBox
from desktop_app.ui.settings.page import SettingsPage
from desktop_app.ui.settings.setup import NewKeys, state_of_gstin
from desktop_app.ui.widgets.select import Select
from tests.architecture.translations import catalogue
from tests.ui.page_context import make_context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop_app.ui.core.page import PageContext
    from tests.ui.real_desk import RealDesk
    from tests.ui.samples import Template

KEY_ID = "rzp_live_Abcd1234Efgh56"
NEW_ID = "rzp_live_New12345New123"
SIZE = 1290, 660


class Host(QWidget):
    """A window with a data folder."""

    data_dir: Path


@pytest.fixture
def desk(open_copy: Callable[..., RealDesk]) -> RealDesk:
    """A desk with live keys at a centre on a busy day."""
    made = open_copy("busy")
    made.vault.keys = (KEY_ID, "old")
    return made


@pytest.fixture
def page(
    qtbot: QtBot, context: PageContext, desk: RealDesk, tmp_path: Path
) -> Iterator[SettingsPage]:
    yield from opened(qtbot, context, desk, tmp_path)


def opened(
    bot: QtBot, context: PageContext, desk: RealDesk, folder: Path
) -> Iterator[SettingsPage]:
    window = Host()
    window.data_dir = folder
    bot.addWidget(window)
    context.runner.open(desk.services)
    made = SettingsPage(context)
    QVBoxLayout(window).addWidget(made)
    window.resize(*SIZE)
    window.show()
    made.arrive()
    settle(bot, made)
    yield made
    del window


@pytest.fixture(scope="module")
def lasting(
    request: pytest.FixtureRequest, qapp: QApplication,
    templates: Callable[[str], Template], tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[SettingsPage, RealDesk]]:  # fmt: skip
    """A page for all tests that keep nothing."""
    bot, folder = QtBot(request), tmp_path_factory.mktemp("desk")
    desk = templates("busy").open(folder, training=False)
    desk.vault.keys = (KEY_ID, "old")
    for context in make_context(bot):
        for page in opened(bot, context, desk, folder):
            yield page, desk
    desk.close()


@pytest.fixture
def seen(qtbot: QtBot, lasting: tuple[SettingsPage, RealDesk]) -> Iterator[SettingsPage]:
    """The page of all tests that keep nothing, as it is when somebody comes to it."""
    page, desk = lasting
    settle(qtbot, page)
    page.show()
    page.window().resize(*SIZE)
    page.show_section("centre")
    yield page
    settle(qtbot, page)
    assert desk.calls.of("settings.put") == []


def settle(qtbot: QtBot, page: SettingsPage) -> None:
    """Wait until everything is kept and read again."""
    qtbot.waitUntil(lambda: not page.context.runner.is_busy and bool(page._texts))


def line(page: SettingsPage, key: str) -> QLineEdit:
    editor = page.fields[key].editor
    assert isinstance(editor, QLineEdit)
    return editor


def enter(page: SettingsPage, key: str, text: str) -> None:
    """Type and leave a field."""
    line(page, key).setText(text)
    line(page, key).editingFinished.emit()


def choose(page: SettingsPage, key: str, value: str) -> None:
    editor = page.fields[key].editor
    assert isinstance(editor, Select)
    editor.choose(value)


def words(page: SettingsPage) -> str:
    return page.bar.words.full_text()


@pytest.mark.looks
def test_each_theme_has_a_picture_in_its_colours(seen: SettingsPage) -> None:
    box = seen.fields["display.theme"].editor
    assert isinstance(box, Select)
    for value in ("light", "dark", "contrast"):
        look, size = theme.resolve(value), box.iconSize()
        drawn = box.itemIcon(box.findData(value)).pixmap(size).toImage()
        middle = (int(drawn.width() * 0.6), int(drawn.height() * 0.7))
        corner = (int(drawn.width() * 0.18), int(drawn.height() * 0.9))
        assert drawn.pixelColor(*middle) == QColor(look.accent), value
        assert drawn.pixelColor(*corner) == QColor(look.canvas), value
    assert not box.itemIcon(box.findData("system")).isNull()


def test_it_shows_what_is_set_and_never_the_keys(seen: SettingsPage) -> None:
    assert line(seen, "centre.name").text() == "Shiksha Classes"
    assert line(seen, "upi.limit_paise").text() == "1,00,000"
    assert line(seen, "payment.expiry_s").text() == "15"
    assert seen.sections["centre"].value("centre.state") == "KA"
    assert KEY_ID not in " ".join(each.text() for each in seen.findChildren(QLabel))
    assert "rzp_live_••••gh56" in seen.gateway.masked.text()
    assert seen.gateway.keys.secret.echoMode() is QLineEdit.EchoMode.Password
    assert words(seen) == ""


def test_a_choice_is_kept_at_once_and_can_be_undone(
    qtbot: QtBot, page: SettingsPage, desk: RealDesk
) -> None:
    choose(page, "receipt.paper", "roll80")
    settle(qtbot, page)
    assert desk.calls.of("settings.put") == [("receipt.paper", "roll80")]
    assert words(page) == "Saved: Receipt paper"
    assert page.bar.undo_button.isVisible()
    page.bar.undo_button.click()
    settle(qtbot, page)
    assert desk.get("receipt.paper") == "a5"
    assert page.sections["printing"].value("receipt.paper") == "a5"
    assert words(page) == "Undone: Receipt paper"
    assert not page.bar.undo_button.isVisible()


def test_what_was_typed_is_kept_when_it_is_left(
    qtbot: QtBot, page: SettingsPage, desk: RealDesk
) -> None:
    line(page, "centre.name").setText("Vidya")
    assert desk.calls.of("settings.put") == []
    enter(page, "upi.limit_paise", "₹5,00,000")
    enter(page, "payment.expiry_s", "20")
    settle(qtbot, page)
    assert desk.get("upi.limit_paise") == "50000000"
    assert desk.get("payment.expiry_s") == "1200"
    assert line(page, "upi.limit_paise").text() == "5,00,000"
    assert line(page, "centre.name").text() == "Vidya", "reading again leaves what is being typed"
    page.undo()
    page.undo()
    settle(qtbot, page)
    assert (desk.get("payment.expiry_s"), desk.get("upi.limit_paise")) == ("900", "10000000")


def test_quick_changes_are_kept_in_their_order(
    qtbot: QtBot, page: SettingsPage, desk: RealDesk
) -> None:
    for value in ("dark", "light", "contrast", "dark", "light"):
        choose(page, "display.theme", value)
    settle(qtbot, page)
    assert desk.get("display.theme") == "light"
    kept = [value for _key, value in desk.calls.of("settings.put")]
    assert kept == ["dark", "light", "contrast", "dark", "light"]


WRONG = (
    ("upi.limit_paise", "5,00,001", "or less"),
    ("upi.limit_paise", "0", "above ₹0"),
    ("payment.expiry_s", "121", "whole number of minutes"),
    ("centre.gstin", "29ABCDE1234F1Z5", "has a typo"),
    ("centre.phone", "12345", "10-digit"),
    ("desk.id", "D-1", "1 to 3"),
    ("desk.id", "D1T", "end with T"),
    ("centre.name", " ", "missing"),
    ("centre.address", "x" * 301, "longer than 300"),
)


def test_wrong_values_complain_in_place_and_are_not_kept(
    page: SettingsPage, desk: RealDesk
) -> None:
    for key, typed, complaint in WRONG:
        enter(page, key, typed)
        assert complaint in page.fields[key].message.text()
        assert desk.calls.of("settings.put") == []
        line(page, key).setText("1")
        assert complaint not in page.fields[key].message.text()


def test_an_id_from_before_it_was_refused_stops_no_other_change(
    qtbot: QtBot, page: SettingsPage, desk: RealDesk
) -> None:
    line(page, "desk.id").setText("D1T")
    page.sections["desk"].settle("desk.id")
    line(page, "desk.id").editingFinished.emit()
    assert page.fields["desk.id"].message.isHidden()
    enter(page, "upi.limit_paise", "₹5,00,000")
    settle(qtbot, page)
    assert desk.get("upi.limit_paise") == "50000000"


def test_restoring_defaults_is_one_step_that_can_be_undone(
    qtbot: QtBot, page: SettingsPage, desk: RealDesk
) -> None:
    choose(page, "display.theme", "dark")
    choose(page, "display.sound", "off")
    settle(qtbot, page)
    page.show_section("display")
    page.bar.reset_button.click()
    settle(qtbot, page)
    assert (desk.get("display.theme"), desk.get("display.sound")) == ("system", "on")
    page.undo()
    settle(qtbot, page)
    assert (desk.get("display.theme"), desk.get("display.sound")) == ("dark", "off")
    page.show_section("centre")
    assert page.bar.reset_button.isHidden()


def test_a_database_that_fails_is_said_and_the_field_shows_what_is_kept(
    qtbot: QtBot, page: SettingsPage, desk: RealDesk
) -> None:
    desk.calls.refuse("settings.put", StorageError("disk"))
    choose(page, "receipt.paper", "a4")
    settle(qtbot, page)
    assert "database" in words(page)
    assert page.sections["printing"].value("receipt.paper") == "a5"
    assert not page.bar.undo_button.isVisible()


def test_the_wheel_over_a_list_chooses_nothing(seen: SettingsPage) -> None:
    seen.show_section("printing")
    editor = seen.fields["receipt.paper"].editor
    before = seen.sections["printing"].value("receipt.paper")
    no_point, down = QPointF(5, 5), QPoint(0, -120)
    turned = QWheelEvent(
        no_point, no_point, QPoint(), down, Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(editor, turned)
    assert seen.sections["printing"].value("receipt.paper") == before
    assert not turned.isAccepted()


# --- keys


def type_keys(page: SettingsPage) -> None:
    page.show_section("gateway")
    page.gateway.replace_button.click()
    page.gateway.keys.key_id.setText(NEW_ID)
    page.gateway.keys.secret.setText("fresh")


def test_new_keys_are_tried_before_they_are_kept(
    qtbot: QtBot, page: SettingsPage, desk: RealDesk
) -> None:
    type_keys(page)
    assert desk.vault.keys == (KEY_ID, "old")
    page.gateway.save_button.click()
    qtbot.waitUntil(lambda: desk.vault.keys == (NEW_ID, "fresh"))
    settle(qtbot, page)
    assert desk.calls.of("settings.check_keys") == [(NEW_ID, "fresh")]
    assert page.gateway.keys_finding.text() == "We saved your API keys. Razorpay accepts them."
    assert page.gateway.keys.isHidden()
    assert page.gateway.keys.secret.text() == ""
    assert "w123" in page.gateway.masked.text()


def test_half_a_key_is_not_tried(
    seen: SettingsPage, lasting: tuple[SettingsPage, RealDesk]
) -> None:
    type_keys(seen)
    seen.gateway.keys.secret.clear()
    seen.gateway.save_button.click()
    assert "Enter the key secret" in seen.gateway.keys.fields["key_secret"].message.text()
    assert lasting[1].calls.of("settings.check_keys") == []
    assert seen.gateway.save_button.isEnabled()
    seen.gateway.cancel_button.click()


def test_keys_that_razorpay_refuses_are_not_kept_but_unchecked_ones_are_and_it_says_so(
    qtbot: QtBot, page: SettingsPage, desk: RealDesk
) -> None:
    desk.gateway.down = UnauthorisedError("401")
    type_keys(page)
    with qtbot.waitSignal(page.gateway.keys.tried):
        page.gateway.save_button.click()
    assert desk.vault.keys == (KEY_ID, "old")
    assert page.gateway.keys.isVisible()
    assert page.gateway.save_button.isEnabled()
    desk.gateway.down = UnavailableError("no route")
    page.gateway.save_button.click()
    qtbot.waitUntil(lambda: desk.vault.keys == (NEW_ID, "fresh"))
    settle(qtbot, page)
    assert "not checked" in page.gateway.keys_finding.text()


def test_keys_that_were_not_saved_are_forgotten_with_the_page(seen: SettingsPage) -> None:
    type_keys(seen)
    seen.hide()
    assert seen.gateway.keys.is_empty
    assert seen.gateway.keys.isHidden()


def test_keys_from_elsewhere_cannot_be_replaced(
    qtbot: QtBot, page: SettingsPage, desk: RealDesk
) -> None:
    for source in ("environment", "keyring", "training"):
        desk.vault.source = source
        page.arrive()
        settle(qtbot, page)
        assert page.gateway.replace_button.isEnabled() is (source == "keyring"), source


def test_secrets_do_not_show_in_logs() -> None:
    assert "s3cret" not in repr(NewKeys("id", "s3cret"))


def test_other_settings_pass_as_they_are() -> None:
    assert SETTINGS["display.theme"].from_screen("dark") == "dark"
    assert state_of_gstin("") == ""
    assert state_of_gstin("26ABCDE1234F1Z5") == ""


# --- checks, backup, about


def test_everything_is_checked_in_words(qtbot: QtBot, page: SettingsPage, desk: RealDesk) -> None:
    desk.gateway.skew_s = 540
    page.open("check")
    assert page.current() == "gateway"
    qtbot.waitUntil(page.gateway.check_button.isEnabled)
    shown = " ".join(each.text() for each in page.gateway.checks.findChildren(QLabel))
    assert "Database OK" in shown
    assert "Clock Problem" in shown
    assert "Set this PC's date and time" in shown


def test_every_finding_has_a_name_of_its_own_words(
    seen: SettingsPage, lasting: tuple[SettingsPage, RealDesk]
) -> None:
    found = {result.name for result in lasting[1].services.health.run()}
    raw = re.findall(r'CheckResult\(\s*"([a-z_ ]+)"', _sources())
    assert found | set(raw) <= SUBJECTS.keys()
    seen.gateway.checks.show_results((CheckResult("errands", Health.GOOD, "x"),))
    shown = [each.text() for each in seen.gateway.checks.findChildren(QLabel)]
    assert "Requests to Razorpay" in shown
    assert "errands" not in shown


def _sources() -> str:
    home = Path(HealthChecks.__init__.__code__.co_filename).parents[2]
    return "".join(each.read_text(encoding="utf-8") for each in home.rglob("*.py"))


def test_a_check_that_fails_says_so(qtbot: QtBot, page: SettingsPage, desk: RealDesk) -> None:
    desk.calls.refuse("health.run", StorageError("x"))
    page.gateway.check_button.click()
    qtbot.waitUntil(page.gateway.check_button.isEnabled)
    assert "database" in page.gateway.asking.text()


def test_a_backup_is_made_beside_the_others(
    qtbot: QtBot, page: SettingsPage, desk: RealDesk, tmp_path: Path
) -> None:
    page.show_section("backup")
    assert page.backup.last.text().startswith("Backup today")
    page.backup.now_button.click()
    qtbot.waitUntil(page.backup.now_button.isEnabled)
    assert [each.suffix for each in (tmp_path / "backups").iterdir()] == [".sqlite3"]
    assert "payments: 24" in page.backup.finding.text()
    desk.calls.refuse("backups.make", DiskFullError("x"))
    page.backup.now_button.click()
    qtbot.waitUntil(page.backup.now_button.isEnabled)
    assert "disk is full" in page.backup.finding.text()


def test_a_logo_is_chosen_seen_removed_and_put_back(
    qtbot: QtBot, page: SettingsPage, desk: RealDesk, tmp_path: Path
) -> None:
    picture = tmp_path / "our logo.png"
    image = QImage(40, 20, QImage.Format.Format_RGB32)
    image.fill(0x3A3FB8)
    assert image.save(str(picture))
    logo = page.fields["centre.logo"].editor
    assert isinstance(logo, LogoBox)
    logo.take(str(picture))
    assert not logo.picture.pixmap().isNull()
    settle(qtbot, page)
    kept = desk.get("centre.logo") or ""
    assert (desk.folder / kept).is_file()
    logo.remove_button.click()
    settle(qtbot, page)
    assert desk.get("centre.logo") == ""
    page.undo()
    settle(qtbot, page)
    assert desk.get("centre.logo") == kept


def test_diagnostics_hold_no_secret_phone_or_name(seen: SettingsPage) -> None:
    window = seen.window()
    assert isinstance(window, Host)
    logs = window.data_dir / "logs"
    logs.mkdir()
    (logs / "pravesh.log").write_text(
        f"INFO desktop_app: key {KEY_ID} secret=hush4U phone 9845012345 asha@okicici\n",
        encoding="utf-8",
    )
    seen.about.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    for canary in (KEY_ID, "hush4U", "9845012345", "asha@okicici", "Shiksha", "29ABCDE1234F1ZW"):
        assert canary not in copied
    assert "Pravesh: " in copied
    assert "Qt: " in copied
    assert "keys: live, keyring" in copied


def test_licences_name_qt_the_lgpl_and_the_font(seen: SettingsPage) -> None:
    words = seen.about.licences.toPlainText()
    for part in (
        "Qt",
        "LGPL v3",
        "SQLAlchemy",
        "razorpay",
        "Flask",
        "openpyxl",
        "Noto Sans Devanagari",
    ):
        assert part in words


# --- the sample receipt


def test_the_sample_receipt_follows_what_is_typed(qtbot: QtBot, page: SettingsPage) -> None:
    paper = page.sample.paper
    assert page.sample.isVisible()
    qtbot.waitUntil(lambda: "Shiksha Classes" in paper.html)
    line(page, "centre.name").setText("Vidya <b>Mandir</b>")
    line(page, "centre.phone").setText("98450 12345")
    qtbot.waitUntil(lambda: "Vidya &lt;b&gt;Mandir" in paper.html)
    assert "Phone 98450 12345" in paper.html
    choose(page, "receipt.language", "hi")
    qtbot.waitUntil(lambda: "रसीद" in paper.html)
    page.show_section("gateway")
    assert not page.sample.isVisible()


def test_a_narrow_page_lists_its_sections_in_a_drop_down(seen: SettingsPage) -> None:
    seen.window().resize(560, 500)
    assert seen.pages.isHidden()
    assert not seen.section_box.isHidden()
    seen.section_box.choose("backup")
    assert seen.current() == "backup"
    assert seen.stack.currentWidget() is seen.backup


def test_sections_and_fields_follow_the_language(seen: SettingsPage, qapp: QApplication) -> None:
    hindi = catalogue("hi")
    i18n.set_language(qapp, "hi")
    qapp.processEvents()
    try:
        assert seen.pages.item(0).text() == hindi["Centre and GST"]
        assert seen.fields["centre.address"].caption.text() == hindi["&Address"]
    finally:
        i18n.set_language(qapp, "en")
        qapp.processEvents()
    assert seen.pages.item(0).text() == "Centre and GST"


class Printer(QObject):
    """Takes test pages; a test says how each went."""

    tested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.papers: list[tuple[str | None, str]] = []

    def print_test_page(self, printer: str | None = None, paper: str = "") -> None:
        self.papers.append((printer, paper))

    def names(self) -> tuple[str, ...]:
        return ()


PRINTED = (
    (Printed("", printer="HP 1020"), "Test page sent to HP 1020."),
    (Printed("", path=Path("home") / "test.pdf"), "the page as home"),
    (Printed("", printer="HP 1020", problem="off"), "Couldn't reach the printer."),
)


def test_a_test_page_is_told_where_it_was_asked_for(
    qtbot: QtBot, context: PageContext, desk: RealDesk
) -> None:
    printer = Printer()
    object.__setattr__(context, "printer", printer)
    context.runner.open(desk.services)
    made = SettingsPage(context)
    qtbot.addWidget(made)
    made.arrive()
    settle(qtbot, made)
    choose(made, "receipt.paper", "roll58")
    for printed, said in PRINTED:
        printer.papers.clear()
        made.printing.test_page.button.click()
        assert printer.papers == [("", "roll58")]
        assert made.printing.test_page.finding.text() == "Printing…"
        printer.tested.emit(printed)
        assert said in made.printing.test_page.finding.text()
        printer.tested.emit(printed)
    settle(qtbot, made)


def test_access_keys_are_given_once_in_each_section(seen: SettingsPage) -> None:
    for name in SECTIONS:
        part = seen.sections[name]
        found = [each.text() for each in part.findChildren(QLabel) if each.buddy() is not None]
        found += [each.text() for each in part.findChildren(QPushButton)]
        keys = [key[1].lower() for each in found if (key := re.search(r"&(\w)", each))]
        assert len(keys) == len(set(keys)), (part.title, keys)
