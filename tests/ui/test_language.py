"""The window in another language: switched while it runs, whole, Qt's own words included."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QLineEdit,
    QTableWidget,
    QWidget,
    QWizard,
)
from shiboken6 import delete, isValid

from desktop_app.domain import concession_kinds, fee_heads
from desktop_app.domain.errors import InvalidInputError
from desktop_app.services import languages
from desktop_app.services.errors import DatabaseCorruptError, UnavailableError
from desktop_app.services.views.changes import Changes
from desktop_app.ui.core import i18n
from desktop_app.ui.counter.claim_drawer import ClaimDrawer
from desktop_app.ui.courses.course_form import CourseForm
from desktop_app.ui.courses.plan_heads import HeadsEditor
from desktop_app.ui.payments.head_filter import HeadFilter
from desktop_app.ui.payments.refund_dialog import RefundDialog
from desktop_app.ui.receipts.check_receipt import CheckReceipt
from desktop_app.ui.receipts.presenter import ReceiptsPresenter
from desktop_app.ui.settings.page import SettingsPage
from desktop_app.ui.settings.wizard import SetupWizard
from desktop_app.ui.shell.crash_screen import CrashScreen
from desktop_app.ui.shell.help_panel import HelpPanel
from desktop_app.ui.shell.pages import PAGES
from desktop_app.ui.students.student_form import StudentForm
from tests.architecture.translations import catalogue
from tests.ui import pseudo
from tests.ui.notice_area import notice_area

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from tests.ui.clerk import Clerk
    from tests.ui.real_desk import RealDesk

DATA = frozenset({
    # what the sample's people, courses and centre are called
    "Asha Raote", "Asha Rao", "Meena Rao", "Sunil Raote", "D'Souza, Iqbal \"Raj\"", "आशा राव",
    "Venkatanarasimharajuvaripeta Lakshmi Satyanarayana Subrahmanyam", "Ravi Kumar",
    "<b>PAID</b> <img src=file:///etc/passwd>", "Suresh Kumar", "Meena Sharma", "Anil Sharma",
    "PHY-11", "PHY-12", "CHE-11", "MATH-9", "NEET-R", "Physics XII", "Physics XI", "Chemistry XI",
    "Mathematics IX", "NEET repeater, two years, with hostel", "Morning", "Evening", "Weekend",
    "Full day", "Vidya Coaching Centre", "MG Road, Bengaluru", "29ABCDE1234F1ZW",
    "Shiksha Classes", "12, MG Road", "Bengaluru", "rzp_test_", "rzp_live_",
    # languages by their own names, keys by the names on them, what is the same everywhere
    "English", "हिन्दी", "भाषा", "Ctrl+", "Alt+", "Esc", "Enter", "Pravesh",
    # amounts in words, taxes, the payee's note, detail for support
    "Eleven thousand eight hundred rupees only", "CGST", "SGST", "Fee", "UnavailableError: x",
    # the parent's display shows each text in both languages
    "Welcome · स्वागत है", "Pay fees here by UPI or cash",
    "फ़ीस यहाँ UPI या कैश से भरें", "Time left", "Paid. Thank you.", "Scan with any UPI app",
    "किसी भी UPI ऐप से स्कैन करें", "· बचा समय", "ग्यारह हज़ार आठ सौ रुपये मात्र", "Asha",
})  # fmt: skip
SHAPES = re.compile(r"R\d{3}|D1T?/\d\d-\d\d/\d{6}|pay_\w+|UTR|PDF|UPI|••••\w{4}|/\S+/backups")


@pytest.fixture
def strange(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[QApplication]:
    """The application in a language that marks what was translated; settings do not change it."""
    monkeypatch.setattr(i18n, "set_language", _say_nothing)
    i18n.install_translator(qapp, pseudo.Pseudo(qapp), "xx")
    qapp.processEvents()
    yield qapp
    i18n.install_translator(qapp, None, "en")
    qapp.processEvents()


def _say_nothing(app: QApplication, code: str) -> None:
    """Leave the language as it is."""


@pytest.fixture
def hindi(qapp: QApplication) -> Iterator[dict[str, str]]:
    """The application in Hindi, and its words."""
    i18n.set_language(qapp, "hi")
    qapp.processEvents()
    yield catalogue("hi")
    i18n.set_language(qapp, "en")
    qapp.processEvents()


def left_out(*roots: QWidget) -> list[str]:
    """Every place that still speaks English."""
    found = []
    for root in roots:
        for place, text in pseudo.texts(root):
            rest = pseudo.forgotten(text, DATA, SHAPES)
            if rest and text not in pseudo.NAMES:
                found.append(f"{place}: {rest}")
    return sorted(set(found))


def visit_all(clerk: Clerk) -> None:
    for spec in PAGES:
        clerk.window.parts.navigator.go(spec.name)
        clerk.bot.wait(30)


def windows(clerk: Clerk) -> tuple[QWidget, ...]:
    extra = (clerk.window.display, clerk.window.phone)
    return (clerk.window, *(each for each in extra if each is not None))


def test_every_text_of_the_window_is_translated(clerk: Clerk, strange: QApplication) -> None:
    """Its pages, what the status bar explains, a crash, help, and a desk that cannot open."""
    visit_all(clerk)
    assert left_out(*windows(clerk)) == []
    clerk.wait(lambda: clerk.shown("statusBackup"))
    parts = clerk.window.parts
    for what in ("mode", "line", "backup", "waiting", "look"):
        parts.health.explain(what)
        assert left_out(parts.notices) == [], what
    crash = CrashScreen(ValueError("x"), None, clerk.window)
    crash.add(ValueError("y"))
    panel = HelpPanel(clerk.window, "counter")
    assert left_out(crash, panel) == []
    crash.deleteLater()
    panel.deleteLater()
    clerk.window.fail(DatabaseCorruptError("x"))
    assert left_out(parts.message) == []


def test_every_text_follows_a_switch(
    clerk: Clerk, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(i18n, "set_language", _say_nothing)
    clerk.collect()
    visit_all(clerk)
    clerk.window.parts.health.explain("mode")
    clerk.window.parts.notices.tell(UnavailableError("x"))
    i18n.install_translator(qapp, pseudo.Pseudo(qapp), "xx")
    qapp.processEvents()
    try:
        found = left_out(*windows(clerk))
        assert found == [], "\n".join(found)
    finally:
        i18n.install_translator(qapp, None, "en")
        qapp.processEvents()
    plain = [text for root in windows(clerk) for _, text in pseudo.texts(root)]
    assert not any(pseudo.OPEN in text for text in plain)


def settings_page(qtbot: QtBot, context: PageContext, desk: RealDesk) -> SettingsPage:
    desk.vault.keys = ("rzp_test_Abcd1234Efgh56", "a secret")
    desk.gateway.skew_s = 540
    context.runner.open(desk.services)
    made = SettingsPage(context)
    qtbot.addWidget(made)
    made.arrive()
    qtbot.waitUntil(lambda: not context.runner.is_busy)
    made.gateway.check_button.click()
    qtbot.waitUntil(made.gateway.check_button.isEnabled)
    return made


def test_the_settings_are_translated(
    qtbot: QtBot, context: PageContext, bare_desk: RealDesk, strange: QApplication
) -> None:
    made = settings_page(qtbot, context, bare_desk)
    made.about.licences.clear()  # names and licences are the same everywhere
    complaint = InvalidInputError("centre.name", "{label} is missing.", label="The centre's name")
    made.sections["centre"].complain(complaint)
    found = [each for each in left_out(made) if "Select centreState" not in each]
    assert [each for each in found if "centreStateField" not in each] == []


def test_names_that_are_kept_in_both_languages_follow_a_switch(
    qtbot: QtBot, context: PageContext, bare_desk: RealDesk, qapp: QApplication
) -> None:
    kinds = settings_page(qtbot, context, bare_desk).findChild(QTableWidget, "kindTable")
    heads, plan = HeadFilter(), HeadsEditor()
    plan.offer(fee_heads.SHIPPED)
    for each in (heads, plan):
        qtbot.addWidget(each)
    offered = plan.findChild(QComboBox, "planHead1")
    assert kinds is not None
    assert offered is not None
    cells = kinds.model()
    qtbot.waitUntil(lambda: cells.rowCount() == len(concession_kinds.SHIPPED))

    def shown() -> tuple[list[str], ...]:
        return (
            [cells.index(at, 0).data() for at in range(cells.rowCount())],
            [heads.itemText(at) for at in range(1, heads.count())],
            [offered.itemText(at) for at in range(offered.count())],
        )

    def titles(field: str) -> tuple[list[str], ...]:
        own = [getattr(each, field) for each in fee_heads.SHIPPED]
        return [getattr(each, field) for each in concession_kinds.SHIPPED], own, own

    assert shown() == titles("title")
    i18n.set_language(qapp, "hi")
    qapp.processEvents()
    try:
        assert shown() == titles("title_hi")
    finally:
        i18n.set_language(qapp, "en")
        qapp.processEvents()
    assert shown() == titles("title")


def test_the_wizard_is_translated(
    qtbot: QtBot, context: PageContext, bare_desk: RealDesk, strange: QApplication
) -> None:
    host = notice_area(context).parentWidget()
    context.runner.open(bare_desk.services)
    made = SetupWizard(context.runner, host)
    made.open()
    qtbot.waitUntil(lambda: not context.runner.is_busy)
    made.next()
    for _ in range(3):
        made.next()
    assert made.currentPage() is made.ready
    assert [each for each in left_out(made) if "centreStateField" not in each] == []
    made.reject()
    made.reject()


def forms(context: PageContext, desk: RealDesk, host: QWidget) -> list[QWidget]:
    row = desk.row(0)
    detail = desk.real.students.detail(desk.student("R001").uid)
    course = desk.course("PHY-11")
    runner = context.runner
    receipts = ReceiptsPresenter(context, host)
    context.runner.open(desk.services)
    return [
        StudentForm(runner, host, "Asha"),
        StudentForm(runner, host, "", detail),
        CourseForm(runner, host),
        CourseForm(runner, host, course),
        RefundDialog(runner, host, row=row, left=row.amount),
        CheckReceipt(receipts, host),
        ClaimDrawer(),
    ]


def test_every_form_is_translated(
    qtbot: QtBot, context: PageContext, desk: RealDesk, strange: QApplication
) -> None:
    host = notice_area(context).parentWidget()
    assert host is not None
    for made in forms(context, desk, host):
        left = [each for each in left_out(made) if "stateField" not in each]
        assert left == [], type(made).__name__
        made.deleteLater()


def test_a_switch_needs_no_restart_and_comes_back(looking: Clerk, qapp: QApplication) -> None:
    english = [text for _, text in pseudo.texts(looking.window.navigation)]
    looking.desk.put("display.language", "hi")
    looking.window.parts.calls.changed.emit(Changes(settings=True))
    looking.wait(lambda: i18n.current_language(qapp) == "hi")
    words = catalogue("hi")
    looking.wait(lambda: looking.the(QWidget, "studentsNav").property("text") == words["Students"])
    assert looking.text("statusMode") == words["PRACTICE"]
    looking.desk.put("display.language", "en")
    looking.window.parts.calls.changed.emit(Changes(settings=True))
    looking.wait(lambda: i18n.current_language(qapp) == "en")
    looking.wait(lambda: looking.text("statusMode") == "PRACTICE")
    assert [text for _, text in pseudo.texts(looking.window.navigation)] == english


def test_dialog_buttons_of_qt_speak_hindi(hindi: dict[str, str], qtbot: QtBot) -> None:
    box = QDialogButtonBox()
    qtbot.addWidget(box)
    kinds = QDialogButtonBox.StandardButton
    wanted = {
        kinds.Ok: "OK", kinds.Cancel: "Cancel", kinds.Save: "Save", kinds.Yes: "&Yes",
        kinds.No: "&No", kinds.Close: "Close",
    }  # fmt: skip
    for kind, words in wanted.items():
        assert box.addButton(kind).text() == hindi[words]


def test_the_menu_of_a_line_speaks_hindi(hindi: dict[str, str], qtbot: QtBot) -> None:
    line = QLineEdit()
    qtbot.addWidget(line)
    menu = line.createStandardContextMenu()
    said = {action.text().partition("\t")[0] for action in menu.actions() if action.text()}
    asked = {"&Undo", "&Redo", "Cu&t", "&Copy", "&Paste", "Delete", "Select All"}
    assert said == {hindi[each] for each in asked}
    menu.deleteLater()


def test_every_word_that_qt_asks_for_has_its_hindi(qtbot: QtBot, qapp: QApplication) -> None:
    class Recording(i18n.Catalogue):
        def translate(
            self,
            context: str,
            sourceText: str,  # noqa: N803 - Qt's signature
            disambiguation: str | None = None,
            n: int = -1,
        ) -> str:
            asked.add((context, sourceText))
            return None  # type: ignore[return-value]

    asked: set[tuple[str, str]] = set()
    recording = Recording(languages.read("hi"), qapp)
    qapp.installTranslator(recording)
    box = QDialogButtonBox()
    wizard = QWizard()
    for widget in (box, wizard):
        qtbot.addWidget(widget)
    for kind in (QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Discard):
        box.addButton(kind)
    wizard.setOption(QWizard.WizardOption.HaveHelpButton)
    wizard.restart()
    QLineEdit(box).createStandardContextMenu().deleteLater()
    qapp.removeTranslator(recording)
    words = {text for context, text in asked if context not in {i18n.KEY_NAMES, i18n.CONTEXT}}
    assert len(words) > 8
    assert words - {"QT_LAYOUT_DIRECTION"} <= set(catalogue("hi"))


def test_names_of_keys_are_those_on_the_keyboard(hindi: dict[str, str]) -> None:
    assert "Print" in hindi
    assert QApplication.translate(i18n.KEY_NAMES, "Print") == "Print"


def test_nothing_changes_for_the_language_that_is_spoken(qapp: QApplication) -> None:
    class Watch(QObject):
        changes = 0

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            self.changes += event.type() == QEvent.Type.LanguageChange
            return False

    watch = Watch()
    qapp.installEventFilter(watch)
    i18n.set_language(qapp, i18n.current_language(qapp))
    qapp.processEvents()
    qapp.removeEventFilter(watch)
    assert watch.changes == 0


def test_a_widget_that_another_deletes_during_the_switch_is_passed_over(
    qapp: QApplication,
) -> None:
    class Twin(QWidget):
        other: Twin | None = None
        called: ClassVar[list[str]] = []

        def retranslate(self) -> None:
            self.called.append(i18n.current_language(qapp))
            if self.other is not None and isValid(self.other):
                delete(self.other)

    twins = Twin(), Twin()
    twins[0].other, twins[1].other = twins[1], twins[0]
    i18n.set_language(qapp, "hi")
    i18n.set_language(qapp, "en")
    for left in filter(isValid, twins):
        delete(left)
    assert Twin.called == ["hi", "en"]
