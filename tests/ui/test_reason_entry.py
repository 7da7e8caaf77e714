"""The reason of a decision: typed, or chosen from the centre's list with F4."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from shiboken6 import isValid

import desktop_app.ui
from desktop_app.domain.reasons import SHIPPED, ReasonKind, setting_of
from desktop_app.services.settings.table import SETTINGS
from desktop_app.ui.core.i18n import N_, set_language
from desktop_app.ui.forms.note_form import Note, NoteForm
from desktop_app.ui.forms.reason_entry import ReasonEntry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication, QMenu

    from tests.ui.clerk import Clerk

KEY = Qt.Key
ASKED = Note(N_("Remove this payment?"), N_("Remove"), N_("Yes"), {}, reason=ReasonKind.CLAIM)


@pytest.fixture
def form(looking: Clerk) -> Iterator[NoteForm]:
    made = NoteForm(
        looking.window.parts.context.runner, looking.window, ASKED, lambda _desk, typed: typed.text
    )
    made.show()
    yield made
    looking.idle()
    if isValid(made):
        made.settle()
        made.reject()
    key = setting_of(ReasonKind.CLAIM)
    if looking.desk.get(key) not in (None, SETTINGS[key].default):
        looking.desk.real.settings.put(key, SETTINGS[key].default)


def entry_of(form: NoteForm) -> ReasonEntry:
    found = form.fields["reason"].editor
    assert isinstance(found, ReasonEntry)
    return found


def opened(looking: Clerk, entry: ReasonEntry) -> QMenu:
    """Press F4, and wait for the list."""
    QTest.keyClick(entry, KEY.Key_F4)
    looking.wait(lambda: entry.menu is not None and entry.menu.isVisible())
    assert entry.menu is not None
    return entry.menu


def test_f4_opens_the_list_and_enter_takes_a_reason(looking: Clerk, form: NoteForm) -> None:
    entry = entry_of(form)
    menu = opened(looking, entry)
    assert tuple(each.text() for each in menu.actions()) == SHIPPED[ReasonKind.CLAIM]
    QTest.keyClick(menu, KEY.Key_Down)
    QTest.keyClick(menu, KEY.Key_Return)
    looking.wait(lambda: entry.text() == SHIPPED[ReasonKind.CLAIM][1])
    saved: list[object] = []
    form.saved.connect(saved.append)
    form.save_button.click()
    looking.wait(lambda: saved == [SHIPPED[ReasonKind.CLAIM][1]])


def test_a_centre_s_list_is_offered_and_other_words_may_be_typed(
    looking: Clerk, form: NoteForm
) -> None:
    entry = entry_of(form)
    own = "R & D error, bank closed the account"
    looking.desk.real.settings.put(setting_of(ReasonKind.CLAIM), own)
    menu = opened(looking, entry)
    assert [each.text() for each in menu.actions()] == ["R && D error", "bank closed the account"]
    QTest.keyClick(menu, KEY.Key_Return)
    looking.wait(lambda: entry.text() == "R & D error")
    entry.setText("the mother called")
    assert form.value("reason") == "the mother called"


def test_an_empty_list_opens_nothing(looking: Clerk, form: NoteForm) -> None:
    entry = entry_of(form)
    read: list[object] = []
    looking.desk.real.settings.put(setting_of(ReasonKind.CLAIM), "")
    QTest.keyClick(entry, KEY.Key_Down)
    looking.window.parts.context.runner.local(lambda desk: desk.settings.names(), read.append)
    looking.wait(lambda: bool(read))  # read after the list was
    assert entry.menu is None


def test_reasons_that_ship_are_in_the_language_of_the_window(
    qapp: QApplication, looking: Clerk, form: NoteForm
) -> None:
    entry = entry_of(form)
    looking.desk.real.settings.put(setting_of(ReasonKind.CLAIM), "Entered twice, cheque came")
    set_language(qapp, "hi")
    try:
        menu = opened(looking, entry)
        assert [each.text() for each in menu.actions()] == ["दो बार दर्ज हुआ", "cheque came"]
    finally:
        set_language(qapp, "en")


def test_every_reason_of_the_window_has_its_list() -> None:
    """One widget asks for reasons; a plain line would have no list."""
    plain = re.compile(r"add_line\(\s*\"reason\"|note=N_\(\"&Reason\"\)")
    sources = Path(desktop_app.ui.__file__).parent.rglob("*.py")
    found = [path.name for path in sources if plain.search(path.read_text(encoding="utf-8"))]
    assert found == []
