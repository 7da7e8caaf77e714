"""Translation files agree with the source and with what the program reads; a new one is a file."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import polib
import pytest

from desktop_app.services import languages
from desktop_app.services.settings.table import SETTINGS
from desktop_app.ui.core import i18n
from desktop_app.ui.core.i18n import N_, tr
from tests.architecture.translations import all_forms
from tests.languages import __main__ as command
from tests.languages.catalogues import (
    begun,
    codes,
    compile_file,
    key_of,
    known_texts,
    load,
    path_of,
    save,
    updated,
)  # fmt: skip
from tests.languages.sources import QT, Source, sources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

RUN = "run python -m tests.languages"
THREE = (
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) "
    "? 1 : 2);"
)
PAY, SEAT, SEATS, NEVER = "Pay {amount}", "{count} seat", "{count} seats", "Seldom"


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of the folder of languages."""
    copy = tmp_path / "languages"
    shutil.copytree(languages.HOME, copy)
    monkeypatch.setattr(languages, "HOME", copy)
    return copy


@pytest.fixture
def window(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    i18n.set_language(qapp, "en")


@pytest.mark.parametrize("code", codes())
def test_a_file_has_exactly_the_texts_of_the_source(code: str) -> None:
    known = known_texts()
    of_qt = [text for (_, text), is_qt in known.items() if is_qt]
    now = updated(load(code), sources(known), of_qt)
    assert f"{str(now).rstrip()}\n" == path_of(code).read_text(encoding="utf-8"), RUN


@pytest.mark.parametrize("code", codes())
def test_what_the_program_reads_is_what_was_translated(code: str, home: Path) -> None:
    before = all_forms(code)
    compile_file(code)
    assert all_forms(code) == before, RUN


@pytest.mark.parametrize("code", codes())
def test_every_text_says_where_it_is_shown(code: str) -> None:
    for entry in load(code):
        assert entry.comment.startswith("Shown in: "), entry.msgid
        assert entry.occurrences or QT in entry.comment, entry.msgid
        assert not entry.fuzzy


def test_a_third_language_is_one_file(home: Path, window: QApplication) -> None:
    new = begun("xx", "Trzeci", THREE)
    new.append(polib.POEntry(msgid=PAY, msgstr="Zapłać {amount}"))
    forms = {0: "{count} miejsce", 1: "{count} miejsca", 2: "{count} miejsc"}
    new.append(polib.POEntry(msgid=SEAT, msgid_plural=SEATS, msgstr_plural=forms))
    save(new, "xx")
    assert {path.name for path in home.glob("xx.*")} == {"xx.po", "xx.mo"}
    assert dict(languages.offered()) == {"en": "English", "hi": "हिन्दी", "xx": "Trzeci"}
    i18n.set_language(window, "xx")
    assert tr(N_(PAY), amount="₹5") == "Zapłać ₹5"
    seats = N_(SEAT, SEATS)
    shown = [tr(seats, count=count) for count in (1, 3, 5, "1,234")]
    assert shown == ["1 miejsce", "3 miejsca", "5 miejsc", "1,234 miejsca"]
    assert tr(N_(NEVER)) == NEVER


def test_settings_offer_every_language() -> None:
    offered = {code: name for name, code in SETTINGS["display.language"].choices}
    assert offered == dict(languages.offered())


def test_the_command_begins_a_language(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["languages", "ta", "தமிழ்"])
    assert command.main() == 1, "nothing is translated yet"
    tamil = load("ta")
    begun_now = [key_of(entry) for entry in tamil]
    assert begun_now == [key_of(entry) for entry in load("hi")]
    assert all(not entry.translated() for entry in tamil)
    assert languages.offered()["ta"] == "தமிழ்"
    assert capsys.readouterr().out.count("ta: ") == len(begun_now)


def test_a_corrected_translation_reaches_the_window(home: Path, window: QApplication) -> None:
    hindi = load("hi")
    entry = hindi.find("Pay")
    assert entry is not None
    entry.msgstr = "दीजिए"
    save(hindi, "hi")
    i18n.set_language(window, "hi")
    assert tr(N_("Pay")) == "दीजिए"


def test_an_update_keeps_translations_drops_what_is_gone_and_adds_what_is_new() -> None:
    old = begun("hi", "हिन्दी")
    old.append(polib.POEntry(msgid="Kept", msgstr="रहा"))
    old.append(polib.POEntry(msgid="Gone", msgstr="गया"))
    old.append(polib.POEntry(msgid="One", msgstr="एक"))
    old.append(polib.POEntry(msgid="Many", msgstr="कई"))
    found = {
        ("", text): Source(text, many, ("ui/inbox/page.py",))
        for text, many in (("Kept", ""), ("New", ""), ("One", "Many"))
    }
    new = {entry.msgid: entry for entry in updated(old, found, ["OK"])}
    assert set(new) == {"Kept", "New", "One", "OK"}
    assert new["Kept"].msgstr == "रहा"
    assert new["New"].msgstr == ""
    assert new["One"].msgstr_plural == {0: "एक", 1: "कई"}
    assert new["Kept"].comment == "Shown in: inbox"
    assert new["OK"].comment == f"Shown in: {QT}"


def test_a_name_in_the_header_is_read_in_either_byte_order(home: Path) -> None:
    content = load("hi").to_binary()
    words = [content[at : at + 4] for at in range(0, 28, 4)]
    assert words[0] == b"\xde\x12\x04\x95"
    tables = int.from_bytes(words[3], "little")
    count = int.from_bytes(words[2], "little")
    swapped = bytearray(content)
    for at in (*range(0, 28, 4), *range(tables, tables + 16 * count, 4)):
        swapped[at : at + 4] = content[at : at + 4][::-1]
    (home / "hi.mo").write_bytes(bytes(swapped))
    assert languages.offered()["hi"] == "हिन्दी"
    assert languages.read("hi").gettext("Pay") == load("hi").find("Pay").msgstr


def test_english_reads_no_translations(
    window: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(code: str) -> None:
        raise AssertionError(code)

    monkeypatch.setattr(languages, "read", refuse)
    i18n.set_language(window, "en")
    assert tr(N_("Pay")) == "Pay"
