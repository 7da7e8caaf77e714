"""F1: this screen's page of the manual, complete, in the language of the window."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QWidget

import desktop_app
from desktop_app.services.maintenance.import_columns import COURSE_COLUMNS, STUDENT_COLUMNS
from desktop_app.ui import manual
from desktop_app.ui.core import i18n, theme
from desktop_app.ui.shell.actions import KEYS
from desktop_app.ui.shell.help_panel import HelpPanel, key_lines, topics
from desktop_app.ui.shell.pages import PAGES
from desktop_app.ui.widgets.buttons import without_key

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.clerk import Clerk

ROOT = Path(__file__).parents[2]
NAMES = [spec.name for spec in PAGES]
_KEY = re.compile(r"\s{2,}(F\d+|Esc|Enter|Alt\+\w)$")
_AMOUNT = re.compile(r"₹[\d,.]+")
_MADE_OF_DATA = {"studentChip", "courseChip", "pendingFeesButton"}
"""Their words are what was chosen, or a number."""


def named(topic: str, code: str = "en") -> str:
    """A page of the manual as plain words."""
    return " ".join(re.sub(r"[*|#]", " ", manual.page(topic, code)).split()).lower()


def words_of(button: QAbstractButton) -> str:
    said = _AMOUNT.sub("", _KEY.sub("", without_key(button.text().strip())))
    return " ".join(said.rstrip("….").split()).lower()


def buttons(page: QWidget) -> list[QAbstractButton]:
    return [
        each
        for each in page.findChildren(QAbstractButton)
        if each.text().strip()
        and not each.objectName().startswith("qt_")
        and each.objectName() not in _MADE_OF_DATA
        and not isinstance(each.parent(), QComboBox)
    ]


def unnamed(clerk: Clerk, code: str) -> list[str]:
    """Return the buttons of each screen that its page does not name."""
    missing = []
    for name in NAMES:
        clerk.window.parts.navigator.go(name)
        clerk.idle()
        found = {words_of(each) for each in buttons(clerk.window.parts.page())}
        assert found, name
        text = named(name, code)
        missing += [f"{name}: {each}" for each in sorted(found) if each not in text]
    return missing


def test_a_page_names_every_button_of_its_screen_as_it_is_called(
    clerk: Clerk, qapp: QApplication
) -> None:
    """In English and in Hindi, with money held and a payment on screen; other windows too."""
    phone = clerk.window.phone
    assert phone is not None
    clerk.desk.held("R007", "MATH-9")
    clerk.collect()
    for code in ("en", "hi"):
        clerk.desk.put("display.language", code)
        clerk.window.parts.controller.read_settings()
        clerk.wait(lambda: i18n.current_language(qapp) == code)  # noqa: B023
        assert unnamed(clerk, code) == []
        text = named("training-phone", code)
        assert {each for each in map(words_of, buttons(phone)) if each not in text} == set()
        assert "f11" in named("customer-display", code)


@pytest.mark.parametrize("code", ["en", "hi"])
def test_every_key_of_the_window_is_told_somewhere_in_the_manual(code: str) -> None:
    told = " ".join(named(topic, code) for topic in manual.topics())
    silent = {"F1", "Ctrl+P", "Ctrl+F", "Ctrl+,", "Ctrl+Q"}  # they say themselves, on top
    ends = {line.partition(" … ")[0] for line, _ in key_lines()}
    ends |= {line.rpartition(" … ")[2] for line, _ in key_lines()}
    assert {key for key in ends if key not in silent and key.lower() not in told} == set()


@pytest.mark.parametrize("topic", manual.topics())
def test_every_page_is_there_in_hindi(topic: str) -> None:
    assert (manual.HOME / "hi" / f"{topic}.md").is_file()
    english, hindi = manual.page(topic, "en"), manual.page(topic, "hi")
    assert len(re.findall(r"^\|", english, re.M)) == len(re.findall(r"^\|", hindi, re.M))


@pytest.mark.parametrize("code", ["en", "hi"])
@pytest.mark.parametrize(
    ("topic", "columns"), [("students", STUDENT_COLUMNS), ("courses", COURSE_COLUMNS)]
)
def test_the_columns_of_a_file_to_import_are_told(
    topic: str, columns: tuple[str, ...], code: str
) -> None:
    page = manual.page(topic, code)
    assert [name for name in columns if f"`{name}`" not in page] == []


def test_f1_opens_this_screens_page_with_every_key_on_top(clerk: Clerk) -> None:
    def panels() -> list[HelpPanel]:
        return [top for top in QApplication.topLevelWidgets() if isinstance(top, HelpPanel)]

    for name in NAMES:
        clerk.window.parts.navigator.go(name)
        clerk.window.parts.actions_by_name["help"].trigger()
        [panel] = panels()
        assert panel.topic.value() == name
        shown = [part.text() for part in panel.findChildren(QLabel)]
        for keys, words in key_lines():
            assert keys in shown, name
            assert str(words) in shown, name
        assert {key.group or key.words for key in KEYS} == {words for _, words in key_lines()}
        title = manual.page(name, "en").splitlines()[0].removeprefix("# ")
        assert panel.page.toPlainText().startswith(title)
        panel.close()
        del panel
        clerk.wait(lambda: not panels())


def test_every_topic_has_its_page_and_every_page_its_topic() -> None:
    assert set(topics()) == set(manual.topics())
    assert set(NAMES) <= set(topics())
    assert manual.page("nothing", "en") == ""


def test_the_counter_is_told_in_hindi_and_what_is_not_falls_back() -> None:
    assert manual.page("counter", "hi").startswith("# काउंटर")
    assert manual.page("customer-display", "ta") == manual.page("customer-display", "en")


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    """A window for the help to belong to."""
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    return made


def test_the_page_follows_the_language(parent: QWidget, qapp: QApplication) -> None:
    panel = HelpPanel(parent, "counter")
    i18n.set_language(qapp, "hi")
    qapp.processEvents()
    assert panel.page.toPlainText().startswith("काउंटर")
    i18n.set_language(qapp, "en")
    qapp.processEvents()
    assert panel.page.toPlainText().startswith("The counter")
    panel.deleteLater()


def test_an_installed_package_carries_its_manual() -> None:
    package = Path(desktop_app.__file__).parent
    assert manual.HOME.is_relative_to(package)
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "*.md" in setup["tool"]["setuptools"]["package-data"]["*"]
    folders = {path.parent for path in manual.HOME.rglob("*.md")}
    assert folders == {manual.HOME / "en", manual.HOME / "hi"}


@pytest.mark.looks
def test_help_fits_its_window(parent: QWidget, qapp: QApplication) -> None:
    panel = HelpPanel(parent, "counter")
    for percent in (100, 200):
        theme.apply(qapp, "light", percent)
        assert panel.minimumSizeHint().width() <= 1366, percent
        assert panel.minimumSizeHint().height() <= 768, percent
    panel.deleteLater()
    theme.apply(qapp, "light", 100)


def opened(parent: QWidget, topic: str = "counter") -> HelpPanel:
    panel = HelpPanel(parent, topic)
    panel.open()
    return panel


def test_a_search_lists_the_pages_that_have_it_and_leads_there(parent: QWidget) -> None:
    panel = opened(parent)
    assert not panel.matches.isVisible()
    panel.search.setText("gstin")
    assert panel.matches.isVisible()
    items = [panel.matches.item(at) for at in range(panel.matches.count())]
    texts = [item.text() for item in items]
    with_it = [name for name in topics() if "gstin" in manual.page(name, "en").casefold()]
    assert [item.data(256) for item in items] == with_it
    assert len(with_it) >= 2
    assert all("gstin" in text.casefold() for text in texts)
    assert not any("|" in text or "*" in text for text in texts)
    at = with_it.index("settings")
    panel.matches.itemActivated.emit(items[at])
    assert panel.topic.value() == "settings"
    assert panel.page.textCursor().selectedText().casefold() == "gstin"
    panel.search.setText("xyzzy")
    assert panel.matches.item(0).text().startswith("No matches")
    panel.search.clear()
    assert not panel.matches.isVisible()
    panel.close()


@pytest.mark.looks
def test_the_text_has_the_whole_panel_where_there_is_no_room_beside_it(
    parent: QWidget, qapp: QApplication, qtbot: QtBot
) -> None:
    theme.apply(qapp, "light", 200)
    try:
        panel = opened(parent)
        panel.resize(930, 492)
        qtbot.wait(20)
        lines = panel.page.viewport().height() / panel.page.fontMetrics().lineSpacing()
        assert lines >= 6
        assert panel.page.width() > 0.9 * panel.width() - 2 * theme.MARGIN
        assert panel.keys_button.isVisible()
        panel.keys_button.click()
        assert not panel.page.isVisible()
        assert any(each.isVisible() for each in panel.findChildren(QLabel, "helpKey"))
        panel.keys_button.click()
        panel.search.setText("refund")
        assert panel.matches.isVisible()
        panel.matches.itemActivated.emit(panel.matches.item(0))
        assert panel.page.isVisible()
        panel.close()
    finally:
        theme.apply(qapp, "light", 100)


@pytest.mark.looks
def test_the_text_of_the_help_has_most_of_its_room(parent: QWidget, qtbot: QtBot) -> None:
    panel = HelpPanel(parent, "counter")
    panel.show()
    qtbot.waitUntil(lambda: panel.page.height() > panel.height() // 2)
    assert panel.page.width() > panel.width() // 2
    keys = [each for each in panel.findChildren(QLabel) if each.objectName() == "helpKey"]
    assert all(each.x() >= 0 and each.text() for each in keys)
    panel.deleteLater()


def test_a_search_leads_to_the_page_that_has_the_words(parent: QWidget) -> None:
    panel = HelpPanel(parent, "counter")
    words = manual.page("customer-display", "en").splitlines()[2].split(".")[0]
    panel.search.setText(words)
    assert panel.topic.value() == "customer-display"
    assert panel.page.textCursor().selectedText() == words
    panel.search.setText("Qqzz")
    assert panel.topic.value() == "customer-display", "where nothing is found, nothing moves"
    panel.deleteLater()
