"""The recipes "a text" and "an error" of resources/docs/how-to-add.md, with throw-away ones."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import polib
import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop_app.cli import exits
from desktop_app.cli.main import run
from desktop_app.services import errors, languages
from desktop_app.services.maintenance.exporting import Exports
from desktop_app.ui.core import error_notices, i18n
from desktop_app.ui.core.error_notices import ErrorText, describe
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.widgets.labels import label
from tests.architecture import translations
from tests.languages.catalogues import load, save
from tests.ui.notice_area import notice_area
from tests.ui.test_notices import kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from desktop_app.services.desk import Desk
    from desktop_app.ui.core.page import PageContext
    from tests.ui.real_desk import RealDesk

GATE = "The gate closes at {time}."
TICKET, TICKETS = "{count} ticket", "{count} tickets"
DOOR = "The door is locked."
KEY = "Fetch the key."
HINDI = {
    GATE: "गेट {time} बजे बंद होता है।",
    DOOR: "दरवाज़ा बंद है।",
    KEY: "चाबी लाएँ।",
}


class Board(QWidget):
    """A bound text, and one composed from data."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = label("", "page")
        bind_text(self.gate, "text", N_(GATE), time="9:00")
        self.tickets = QLabel()
        column = QVBoxLayout(self)
        column.addWidget(self.gate)
        column.addWidget(self.tickets)
        self.retranslate()

    def retranslate(self) -> None:
        """Count the tickets in the current language."""
        self.tickets.setText(f"{tr(N_(TICKET, TICKETS), count=2)} · R001")


class DoorLockedError(errors.ServiceError):
    """The door is locked."""


ROW = ErrorText(N_(DOOR), N_(KEY))


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of the folder of languages that can be added to."""
    copy = tmp_path / "languages"
    shutil.copytree(languages.HOME, copy)
    monkeypatch.setattr(languages, "HOME", copy)
    return copy


def translate() -> None:
    """Add the Hindi of the throw-away texts to its file."""
    hindi = load("hi")
    for text, translation in HINDI.items():
        hindi.append(polib.POEntry(msgid=text, msgstr=translation))
    forms = {0: "{count} टिकट", 1: "{count} टिकटें"}
    hindi.append(polib.POEntry(msgid=TICKET, msgid_plural=TICKETS, msgstr_plural=forms))
    save(hindi, "hi")


@pytest.fixture
def translated(home: Path) -> None:
    translate()


@pytest.fixture
def speak(qapp: QApplication) -> Iterator[Callable[[str], None]]:
    yield lambda language: i18n.set_language(qapp, language)
    i18n.set_language(qapp, "en")


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The row of the window and that of the command line."""
    monkeypatch.setitem(error_notices.TABLE, DoorLockedError, ROW)
    words = (exits.Exit.UNKNOWN, "The door is locked: {error} Fetch the key.")
    monkeypatch.setitem(exits.TABLE, DoorLockedError, words)


# --- a text


def test_a_text_without_translation_is_missed(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = tmp_path / "program" / "ui" / "board.py"
    source.parent.mkdir(parents=True)
    source.write_text(f'WORDS = N_("{GATE}")\nOTHER = N_("{TICKET}", "{TICKETS}")\n')
    monkeypatch.setattr(translations, "ROOT", tmp_path / "program")
    assert translations.missing("hi") == {GATE: "ui/board.py:1", TICKET: "ui/board.py:2"}
    translate()
    assert translations.missing("hi") == {}


def test_a_text_follows_the_language(
    qtbot: QtBot, translated: None, speak: Callable[[str], None]
) -> None:
    board = Board()
    qtbot.addWidget(board)
    assert (board.gate.text(), board.tickets.text()) == (
        "The gate closes at 9:00.", "2 tickets · R001",
    )  # fmt: skip
    speak("hi")
    assert (board.gate.text(), board.tickets.text()) == (
        "गेट 9:00 बजे बंद होता है।", "2 टिकटें · R001",
    )  # fmt: skip
    speak("en")
    assert board.gate.text() == "The gate closes at 9:00."


def test_a_count_selects_the_form(translated: None, speak: Callable[[str], None]) -> None:
    for language, count, shown in (
        ("en", 0, "0 tickets"),
        ("en", 1, "1 ticket"),
        ("en", "1,234", "1,234 tickets"),
        ("hi", 0, "0 टिकट"),
        ("hi", 1, "1 टिकट"),
        ("hi", 2, "2 टिकटें"),
        ("hi", "1,234", "1,234 टिकटें"),
    ):
        speak(language)
        assert tr(N_(TICKET, TICKETS), count=count) == shown


# --- an error


def test_its_row_is_demanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DoorLockedError, "__module__", errors.__name__)
    monkeypatch.setattr(errors, "DoorLockedError", DoorLockedError, raising=False)
    assert set(kinds()) - set(error_notices.TABLE) == {DoorLockedError}
    monkeypatch.setitem(error_notices.TABLE, DoorLockedError, ROW)
    assert set(kinds()) <= set(error_notices.TABLE)


def test_without_rows_it_has_the_words_of_its_ancestor() -> None:
    notice = describe(DoorLockedError("door 3"))
    assert (notice.what, notice.money) == ("Couldn't complete this action.", "No money moved.")
    assert "door 3" not in notice.text()
    assert exits.explain(DoorLockedError("door 3")) == (5, "Door 3. Nothing was sent.")


def test_the_window_shows_it_in_both_languages(
    qtbot: QtBot,
    context: PageContext,
    bare_desk: RealDesk,
    rows: None,
    translated: None,
    speak: Callable[[str], None],
) -> None:
    def fail(_desk: Desk) -> None:
        raise DoorLockedError("door 3")

    context.runner.open(bare_desk.services)
    area = notice_area(context)
    context.runner.local(fail, lambda _done: None, owner=context.calls)
    qtbot.waitUntil(lambda: area.texts() != ())
    assert area.texts() == ("The door is locked. No money moved. Fetch the key.",)
    speak("hi")
    [shown] = area.texts()
    assert shown.startswith("दरवाज़ा बंद है। ")
    assert shown.endswith(" चाबी लाएँ।")


def test_the_command_line_shows_it_with_its_exit_code(
    rows: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: object, **_named: object) -> int:
        raise DoorLockedError("door 3")

    monkeypatch.setattr(Exports, "write", fail)
    words = ["export", "students", str(tmp_path / "out.csv"), "--data-dir", str(tmp_path)]
    assert run(words) == exits.Exit.UNKNOWN
    assert capsys.readouterr().err == "The door is locked: door 3. Fetch the key.\n"
