"""The recipe "a setting" of resources/docs/how-to-add.md, followed with a throw-away one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop_app.cli.main import run
from desktop_app.domain.text import require_line
from desktop_app.services.settings.table import SETTINGS, Setting, WizardField, settings_view
from desktop_app.ui.settings.page import SettingsPage
from desktop_app.ui.settings.wizard import SetupWizard
from tests.architecture.manual import WRITTEN, unlisted_settings
from tests.architecture.translations import missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from tests.ui.real_desk import RealDesk

KEY = "desk.place"
SETTING = Setting(
    KEY, "hall", partial(require_line, "value", "The place", longest=20), "desk",
    "&Place of the desk", "Where parents find it.", is_wide=True,
    wizard=WizardField("desk", "&Place"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SETTINGS, KEY, SETTING)


@pytest.fixture
def desk(bare_desk: RealDesk) -> RealDesk:
    return bare_desk


@pytest.fixture
def context(context: PageContext, desk: RealDesk) -> PageContext:
    """The context of pages, with the desk open."""
    context.runner.open(desk.services)
    return context


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QWidget]:
    made = QWidget()
    qtbot.addWidget(made)
    yield made
    made.close()


def line(within: QWidget) -> QLineEdit:
    found = within.findChild(QLineEdit, "deskPlaceField")
    assert isinstance(found, QLineEdit)
    return found


def test_it_is_typed_checked_kept_undone_and_reset_on_the_page(
    qtbot: QtBot, context: PageContext, desk: RealDesk, window: QWidget
) -> None:
    page = SettingsPage(context)
    page.setParent(window)
    page.arrive()
    page.show_section("desk")
    qtbot.waitUntil(lambda: line(page).text() == "hall")
    assert line(page).accessibleName() == "Place of the desk"
    line(page).setText(" ")
    line(page).editingFinished.emit()
    assert page.fields[KEY].message.text() == "The place is missing."
    line(page).setText("first  floor")
    line(page).editingFinished.emit()
    qtbot.waitUntil(lambda: desk.get(KEY) == "first floor")
    qtbot.waitUntil(lambda: line(page).text() == "first floor")
    qtbot.waitUntil(lambda: not context.runner.is_busy)
    page.undo()
    qtbot.waitUntil(lambda: desk.get(KEY) == "hall")
    qtbot.waitUntil(lambda: not context.runner.is_busy)
    page.bar.reset_button.click()
    qtbot.waitUntil(lambda: not context.runner.is_busy)
    assert line(page).text() == "hall"


def test_it_is_in_the_first_set_up(
    qtbot: QtBot, context: PageContext, desk: RealDesk, window: QWidget
) -> None:
    wizard = SetupWizard(context.runner, window)
    wizard.open()
    qtbot.waitUntil(lambda: not context.runner.is_busy)
    line(wizard.desk_step).setText("gate")
    with qtbot.waitSignal(wizard.accepted):
        wizard.accept()
    assert desk.get(KEY) == "gate"


def test_the_command_line_lists_gets_and_checks_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["--data-dir", str(tmp_path)]
    assert run(["settings", "get", KEY, *folder]) == 0
    assert capsys.readouterr().out == "hall\n"
    assert run(["settings", "set", KEY, "x" * 21, *folder]) == 5
    assert "longer than 20 characters" in capsys.readouterr().err
    assert run(["settings", "set", KEY, "gate", *folder]) == 0
    assert capsys.readouterr().out == f"{KEY} = gate\n"
    assert run(["settings", *folder]) == 0
    assert KEY in capsys.readouterr().out


def test_code_reads_it() -> None:
    assert settings_view({}).texts[KEY] == "hall"
    assert settings_view({KEY: "gate"}).texts[KEY] == "gate"


def test_its_translations_are_demanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts of settings are read from their table; those in the source are no matter here."""
    monkeypatch.setattr("tests.architecture.translations.ROOT", tmp_path)
    wanted = {"&Place of the desk", "Where parents find it.", "&Place"}
    assert set(missing("hi")) == wanted


def test_the_manual_demands_its_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert unlisted_settings() == (KEY,)
    page = (WRITTEN / "command-line.md").read_text(encoding="utf-8")
    row = f"| `{KEY}` | where parents find the desk | `hall` |\n"
    (tmp_path / "command-line.md").write_text(f"{page}{row}", encoding="utf-8")
    monkeypatch.setattr("tests.architecture.manual.WRITTEN", tmp_path)
    assert unlisted_settings() == ()
