"""The first set-up: at most five steps, keys tried live, nothing kept before the last answer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money
from desktop_app.domain.reference import make_reference
from desktop_app.services.errors import NoKeyringError, UnauthorisedError, UnavailableError
from desktop_app.services.maintenance.health_checks import HealthChecks
from desktop_app.services.views.maintenance import CheckResult, Health
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.core.desktop_services import DesktopServices
from desktop_app.ui.courses.course_form import CourseForm
from desktop_app.ui.settings import wizard as first_set_up
from desktop_app.ui.settings.wizard import SetupWizard
from tests.architecture.translations import catalogue
from tests.ui.notice_area import notice_area

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.settings.wizard_steps import Step
    from tests.ui.clerk import Clerk
    from tests.ui.real_desk import RealDesk

KEY_ID = "rzp_test_Abcd1234Efgh56"


@pytest.fixture
def desk(open_copy: Callable[..., RealDesk]) -> RealDesk:
    """A desk that was never set up."""
    return open_copy("new")


@pytest.fixture
def wizard(qtbot: QtBot, context: PageContext, desk: RealDesk) -> SetupWizard:
    return open_wizard(qtbot, context, desk)


def open_wizard(qtbot: QtBot, context: PageContext, desk: RealDesk) -> SetupWizard:
    window = notice_area(context).parentWidget()
    context.runner.open(desk.services)
    made = SetupWizard(context.runner, window, training=desk.context.is_training)
    made.open()
    qtbot.waitUntil(lambda: not context.runner.is_busy)
    return made


def go_to_centre(wizard: SetupWizard) -> None:
    assert current(wizard) is wizard.language
    wizard.next()


def go_to_keys(wizard: SetupWizard) -> None:
    go_to_centre(wizard)
    line(wizard.centre, "centre.name").setText("Shiksha Classes")
    wizard.next()
    wizard.next()
    assert current(wizard) is wizard.keys_step


def line(step: Step, key: str) -> QLineEdit:
    editor = step.fields[key].editor
    assert isinstance(editor, QLineEdit)
    return editor


def press(wizard: SetupWizard, name: str) -> None:
    button = wizard.findChild(QPushButton, name)
    assert isinstance(button, QPushButton)
    button.click()


def current(wizard: SetupWizard) -> object:
    return wizard.currentPage()


def type_keys(wizard: SetupWizard) -> None:
    wizard.keys_step.keys.key_id.setText(f" {KEY_ID} ")
    wizard.keys_step.keys.secret.setText("s3cret")


def test_the_whole_way_with_keys(qtbot: QtBot, wizard: SetupWizard, desk: RealDesk) -> None:
    assert len(wizard.pageIds()) <= 5
    line(wizard.centre, "centre.address").setText("12, MG Road, Bengaluru")
    go_to_keys(wizard)
    type_keys(wizard)
    wizard.next()
    qtbot.waitUntil(lambda: wizard.currentPage() is wizard.ready)
    assert desk.calls.of("settings.check_keys") == [(KEY_ID, "s3cret")]
    assert "Shiksha Classes" in wizard.ready.facts.text()
    assert "test keys (no real money)" in wizard.ready.facts.text()
    assert desk.get("centre.name") is None
    with qtbot.waitSignal(wizard.accepted):
        wizard._finish.click()
        wizard.accept()
    assert desk.get("centre.name") == "Shiksha Classes"
    assert desk.get("setup.done") == "yes"
    assert desk.vault.keys == (KEY_ID, "s3cret")


def test_without_keys_the_desk_takes_cash(
    qtbot: QtBot, wizard: SetupWizard, desk: RealDesk
) -> None:
    go_to_keys(wizard)
    wizard.next()
    assert "cash only" in wizard.ready.facts.text()
    with qtbot.waitSignal(wizard.accepted):
        wizard.accept()
    assert desk.vault.keys is None
    assert desk.get("setup.done") == "yes"


WRONG = (
    ("centre.name", "", "missing"),
    ("centre.gstin", "29ABCDE1234F1Z5", "has a typo"),
    ("centre.gstin", "123", "15 characters"),
    ("centre.email", "office@", "Enter an email"),
)


def test_a_wrong_centre_keeps_one_on_the_step(wizard: SetupWizard) -> None:
    go_to_centre(wizard)
    for field, typed, complaint in WRONG:
        line(wizard.centre, "centre.name").setText("Shiksha")
        line(wizard.centre, field).setText(typed)
        wizard.next()
        assert current(wizard) is wizard.centre
        assert complaint in wizard.centre.fields[field].message.text()
        line(wizard.centre, field).clear()


def test_a_gstin_is_checked_at_once_and_tells_the_state(wizard: SetupWizard) -> None:
    step = wizard.centre
    line(step, "centre.gstin").setText("29ABCDE1234F1Z5")
    line(step, "centre.gstin").editingFinished.emit()
    assert "has a typo" in step.fields["centre.gstin"].message.text()
    line(step, "centre.gstin").setText("29abcde1234f1zw")
    line(step, "centre.gstin").editingFinished.emit()
    assert "has a typo" not in step.fields["centre.gstin"].message.text()
    assert step.form.value("centre.state") == "KA"


def test_the_desk_id_shows_its_receipt_numbers(wizard: SetupWizard) -> None:
    go_to_centre(wizard)
    line(wizard.centre, "centre.name").setText("Shiksha")
    wizard.next()
    line(wizard.desk_step, "desk.id").setText("b2")
    assert "B2/" in wizard.desk_step.fields["desk.id"].message.text()
    line(wizard.desk_step, "desk.id").setText("TOOLONG")
    wizard.next()
    assert current(wizard) is wizard.desk_step
    assert "1 to 3" in wizard.desk_step.fields["desk.id"].message.text()


def test_refused_keys_are_not_kept_and_those_of_another_kind_complain_beside_the_field(
    qtbot: QtBot, wizard: SetupWizard, desk: RealDesk
) -> None:
    desk.gateway.down = UnauthorisedError("401")
    go_to_keys(wizard)
    type_keys(wizard)
    keys = wizard.keys_step.keys
    wizard.next()
    qtbot.waitUntil(lambda: "rejected the API keys" in keys.finding.text())
    assert current(wizard) is wizard.keys_step
    assert "s3cret" not in keys.finding.text()
    error = InvalidInputError("key_id", "A live key is not used here.")
    desk.calls.refuse("settings.check_keys", error)
    keys.check_button.click()
    message = keys.fields["key_id"].message
    qtbot.waitUntil(lambda: message.text() == "A live key is not used here.")


def test_offline_keys_can_be_kept_and_checked_later(
    qtbot: QtBot, wizard: SetupWizard, desk: RealDesk
) -> None:
    desk.gateway.down = UnavailableError("no route")
    go_to_keys(wizard)
    type_keys(wizard)
    wizard.next()
    qtbot.waitUntil(lambda: wizard.currentPage() is wizard.ready)


def test_half_a_key_is_not_tried(wizard: SetupWizard, desk: RealDesk) -> None:
    go_to_keys(wizard)
    fields = wizard.keys_step.keys
    fields.key_id.setText(KEY_ID)
    fields.check_button.click()
    assert "Enter the key secret" in fields.fields["key_secret"].message.text()
    fields.forget()
    fields.secret.setText("x")
    fields.check_button.click()
    assert "Enter the key ID" in fields.fields["key_id"].message.text()
    assert desk.calls.of("settings.check_keys") == []


def test_typing_makes_a_check_void(qtbot: QtBot, wizard: SetupWizard) -> None:
    go_to_keys(wizard)
    type_keys(wizard)
    fields = wizard.keys_step.keys
    with qtbot.waitSignal(fields.tried):
        fields.check_button.click()
    assert "No real money" in fields.finding.text()
    fields.secret.setText("other")
    assert not fields.is_tried
    assert fields.finding.text() == ""


def test_no_keyring_is_said_and_nothing_closes(
    qtbot: QtBot, wizard: SetupWizard, desk: RealDesk
) -> None:
    desk.vault.error = NoKeyringError("none")
    go_to_keys(wizard)
    type_keys(wizard)
    wizard.next()
    qtbot.waitUntil(lambda: wizard.currentPage() is wizard.ready)
    wizard.accept()
    qtbot.waitUntil(wizard.ready.problem.isVisible)
    assert "no secure storage" in wizard.ready.problem.text()
    assert wizard.isVisible()


def test_the_language_is_tried_at_once_and_put_back_by_skipping(
    qtbot: QtBot, qapp: QApplication, wizard: SetupWizard, desk: RealDesk
) -> None:
    press(wizard, "wizardLanguageHiButton")
    press(wizard, "wizardSize150Button")
    assert i18n.current_language(qapp) == "hi"
    assert theme.scale() == 1.5
    qapp.processEvents()
    assert wizard._next.text() == catalogue("hi")["Next"]
    wizard._skip.click()
    with qtbot.waitSignal(wizard.rejected):
        wizard._skip.click()
    assert i18n.current_language(qapp) == "en"
    assert theme.scale() == 1.0
    assert desk.get("display.language") is None


def test_the_language_is_kept_at_the_end(
    qtbot: QtBot, qapp: QApplication, wizard: SetupWizard, desk: RealDesk
) -> None:
    press(wizard, "wizardLanguageHiButton")
    go_to_keys(wizard)
    wizard.next()
    with qtbot.waitSignal(wizard.accepted):
        wizard.accept()
    assert desk.get("display.language") == "hi"
    assert desk.get("display.text_size") == "100"
    i18n.set_language(qapp, "en")


def test_a_test_page_is_printed_on_the_paper_that_is_chosen(
    qtbot: QtBot, context: PageContext, desk: RealDesk
) -> None:
    asked: list[str] = []

    def print_test(paper: str, tell: Callable[[str], None], printer: str) -> None:
        asked.append(f"{paper} {printer}")
        tell("It went to the printer.")

    window = notice_area(context).parentWidget()
    context.runner.open(desk.services)
    wizard = SetupWizard(context.runner, window, print_test=print_test)
    wizard.open()
    qtbot.waitUntil(lambda: not context.runner.is_busy)
    press(wizard, "wizardPaperRoll80Button")
    wizard.desk_step.test_page.button.click()
    assert asked == ["roll80 "]
    assert wizard.desk_step.test_page.finding.text() == "It went to the printer."


def test_the_last_step_asks_what_comes_first_and_offers_no_skipping(
    qtbot: QtBot, wizard: SetupWizard, desk: RealDesk
) -> None:
    go_to_keys(wizard)
    wizard.next()
    assert current(wizard) is wizard.ready
    assert not wizard._skip.isVisible()
    shown = [each.accessibleName() for each in wizard.ready.choices.values() if each.isVisible()]
    assert shown == ["Import students", "Add a course", "Practise first"]
    assert wizard.ready.choices["course"].hasFocus()
    assert desk.get("setup.done") is None
    QTest.keyClick(wizard, Qt.Key.Key_Escape)
    assert wizard.isVisible()
    assert "Nothing is saved yet" in wizard.ready.problem.text()
    with qtbot.waitSignal(wizard.leads_to) as told:
        QTest.keyClick(wizard.ready.choices["course"], Qt.Key.Key_Return)
    assert told.args == ["course"]
    assert desk.get("setup.done") == "yes"


def test_a_real_set_up_says_nothing_of_practice_receipts(
    qapp: QApplication, wizard: SetupWizard
) -> None:
    for language in ("en", "hi"):
        i18n.set_language(qapp, language)
        words = [each.text() for each in wizard.desk_step.findChildren(QLabel)]
        assert any("ID" in each for each in words), language
        assert not [each for each in words if "ractice" in each or "अभ्यास" in each], language
    i18n.set_language(qapp, "en")


def test_practice_is_not_offered_where_everything_is_practice(
    qtbot: QtBot, context: PageContext, open_copy: Callable[..., RealDesk]
) -> None:
    wizard = open_wizard(qtbot, context, open_copy("new", training=True))
    assert wizard.ready.choices["practice"].isHidden()
    assert not wizard.ready.choices["course"].isHidden()


class Computer(DesktopServices):
    """Records which practice was started."""

    def __init__(self, *, works: bool) -> None:
        self.works = works
        self.practised: list[Path] = []

    def start_practice(self, folder: Path) -> bool:
        self.practised.append(folder)
        return self.works


@pytest.mark.parametrize("works", [True, False])
def test_practise_first_keeps_the_set_up_and_starts_practice_mode_beside_it(
    qtbot: QtBot, clerk: Clerk, monkeypatch: pytest.MonkeyPatch, works: bool
) -> None:
    computer = Computer(works=works)
    context = clerk.window.parts.context
    monkeypatch.setattr(context.printer, "computer", computer)
    wizard = first_set_up.open_wizard(context, clerk.window)
    qtbot.waitUntil(lambda: not context.runner.is_busy)
    with qtbot.waitSignal(wizard.leads_to):
        wizard.ready.choices["practice"].click()
    assert computer.practised == [clerk.desk.folder]
    assert ("couldn't start practice mode" in clerk.notices()) is not works
    assert clerk.desk.get("setup.done") == "yes"


def test_add_a_course_leads_over_the_form_to_the_counter(qtbot: QtBot, clerk: Clerk) -> None:
    clerk.window.parts.navigator.go("inbox")
    context = clerk.window.parts.context
    wizard = first_set_up.open_wizard(context, clerk.window)
    qtbot.waitUntil(lambda: not context.runner.is_busy)
    with qtbot.waitSignal(wizard.leads_to):
        wizard.ready.choices["course"].click()
    form = clerk.the(CourseForm, "courseForm")
    form.title.setText("Biology XI")
    form.code.setText("BIO-11")
    form.fee.setText("9,000")
    form.save_button.click()
    clerk.wait(lambda: clerk.window.parts.pages.current_name() == "counter")
    assert "Course saved: Biology XI, ₹9,000." in clerk.notices()


def test_import_students_asks_for_the_file_on_the_students_page(qtbot: QtBot, clerk: Clerk) -> None:
    context = clerk.window.parts.context
    wizard = first_set_up.open_wizard(context, clerk.window)
    qtbot.waitUntil(lambda: not context.runner.is_busy)
    with qtbot.waitSignal(wizard.leads_to):
        wizard.ready.choices["students"].click()
    assert clerk.window.parts.pages.current_name() == "students"
    assert clerk.window.findChild(QWidget, "importDialog") is not None


def test_a_program_of_its_own_is_started_with_the_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[tuple[str, list[str]]] = []

    def start(program: str, words: list[str]) -> tuple[bool, int]:
        started.append((program, words))
        return True, 1

    monkeypatch.setattr("PySide6.QtCore.QProcess.startDetached", start)
    assert DesktopServices().start_practice(tmp_path)
    assert started == [
        (sys.executable, ["-m", "desktop_app", "--training", "--data-dir", str(tmp_path)])
    ]


def test_the_sample_receipt_fills_in_while_the_centre_is_typed(
    qtbot: QtBot, wizard: SetupWizard
) -> None:
    go_to_centre(wizard)
    wizard.resize(1200, 640)
    sample = wizard.centre.sample
    assert sample is not None
    qtbot.waitUntil(sample.isVisible)
    line(wizard.centre, "centre.name").setText("Nav")
    qtbot.waitUntil(lambda: "Nav" in sample.paper.html)
    line(wizard.centre, "centre.name").setText("Navodaya")
    line(wizard.centre, "centre.phone").setText("9845012345")
    qtbot.waitUntil(lambda: "Navodaya" in sample.paper.html)
    assert "98450 12345" in sample.paper.html


def test_skipping_keeps_nothing_and_asks_once(
    qtbot: QtBot, wizard: SetupWizard, desk: RealDesk
) -> None:
    line(wizard.centre, "centre.name").setText("Typed")
    QTest.keyClick(wizard, Qt.Key.Key_Escape)
    assert wizard.isVisible()
    assert "Discard" in wizard._skip.text()
    with qtbot.waitSignal(wizard.rejected):
        wizard._skip.click()
    assert desk.get("setup.done") is None
    assert desk.get("centre.name") is None


def test_closing_the_window_asks_too_and_untouched_it_closes_at_once(
    qtbot: QtBot, wizard: SetupWizard
) -> None:
    line(wizard.centre, "centre.name").setText("Typed")
    wizard.close()
    assert wizard.isVisible()
    wizard.next()
    assert wizard._skip.accessibleName() == "Skip for now"
    line(wizard.centre, "centre.name").clear()
    with qtbot.waitSignal(wizard.rejected):
        wizard._skip.click()


@pytest.mark.parametrize(
    ("training", "source", "words"),
    [
        (True, "training", "doesn't need API keys"),
        (False, "environment", "come from this PC's environment variables"),
        (False, "keyring", "only to replace"),
    ],
)
def test_keys_that_are_there_already(
    qtbot: QtBot,
    context: PageContext,
    open_copy: Callable[..., RealDesk],
    training: bool,
    source: str,
    words: str,
) -> None:
    desk = open_copy("new", training=training)
    desk.vault.keys, desk.vault.source = (KEY_ID, "old"), source
    wizard = open_wizard(qtbot, context, desk)
    go_to_keys(wizard)
    assert words in wizard.keys_step.note.text()
    assert wizard.keys_step.keys.isVisible() == (source == "keyring")
    wizard.next()
    assert current(wizard) is wizard.ready
    banner = wizard.findChild(QWidget, "dialogTrainingBanner")
    assert (banner is not None) == training


def test_labels_are_plain_and_fields_named(wizard: SetupWizard) -> None:
    for each in wizard.findChildren(QLabel):
        assert each.textFormat() is not Qt.TextFormat.RichText
    for step in wizard.steps():
        for field in step.fields.values():
            assert field.editor.objectName()
            assert field.editor.accessibleName()


def test_a_data_folder_that_is_not_safe_is_named_on_the_first_step(
    qtbot: QtBot, context: PageContext, desk: RealDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_cloud = CheckResult("folder", Health.BAD, "{service} …", "", {"service": "Dropbox"})
    monkeypatch.setattr(HealthChecks, "folder", lambda _self: at_cloud)
    wizard = open_wizard(qtbot, context, desk)
    assert "Dropbox" in wizard.language.warning.text()
    assert "own disk" in wizard.language.warning.text()
    assert not wizard.language.warning.isHidden()
    here = CheckResult("folder", Health.GOOD, "The data folder is on this PC.")
    monkeypatch.setattr(HealthChecks, "folder", lambda _self: here)
    assert open_wizard(qtbot, context, desk).language.warning.isHidden()


def order_of_another_desk(desk: RealDesk, code: str) -> None:
    """Add an order that another desk of the account has made."""
    desk.gateway.create_order(
        reference=make_reference(code, "another book", str(uuid4())), amount=Money(100), notes={},
        unique=False,
    )  # fmt: skip


@pytest.mark.parametrize(("code", "is_kept"), [("D1", False), ("D1A", False), ("K7", True)])
def test_a_code_that_another_desk_of_the_account_has_is_replaced(
    wizard: SetupWizard, qtbot: QtBot, desk: RealDesk, code: str, is_kept: bool
) -> None:
    order_of_another_desk(desk, code)
    go_to_keys(wizard)
    type_keys(wizard)
    wizard.next()
    qtbot.waitUntil(lambda: current(wizard) is wizard.ready)
    qtbot.waitUntil(lambda: not wizard._runner.is_busy)
    own = line(wizard.desk_step, "desk.id").text()
    assert (own == "D1") is is_kept
    summary = wizard.ready.facts.text()
    assert ("already uses the ID" in summary) is not is_kept
    assert f"Desk {own} ·" in summary


def test_without_an_answer_the_code_is_kept(
    wizard: SetupWizard, qtbot: QtBot, desk: RealDesk
) -> None:
    order_of_another_desk(desk, "D1")
    desk.gateway.down = UnavailableError("offline")
    go_to_keys(wizard)
    type_keys(wizard)
    wizard.next()
    qtbot.waitUntil(lambda: current(wizard) is wizard.ready)
    qtbot.waitUntil(lambda: not wizard._runner.is_busy)
    assert line(wizard.desk_step, "desk.id").text() == "D1"
