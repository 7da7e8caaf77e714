"""The settings dialog: everything on one page, all or nothing, keys masked with Replace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from desktop_app.services.errors import StorageError, UnauthorisedError, UnavailableError
from desktop_app.ui.dialogs.settings import SettingsDialog
from desktop_app.ui.presenters.settings import NewKeys, checked_text, state_of_gstin
from tests.ui.fake_lists import FakeDesk, make_context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from desktop_app.ui.context import Context

KEY_ID = "rzp_live_Abcd1234Efgh56"


@pytest.fixture
def desk() -> FakeDesk:
    made = FakeDesk()
    made.settings.key_id = KEY_ID
    return made


@pytest.fixture
def context(qtbot: QtBot) -> Iterator[Context]:
    yield from make_context(qtbot)


@pytest.fixture
def dialog(qtbot: QtBot, context: Context, desk: FakeDesk) -> Iterator[SettingsDialog]:
    window = QWidget()
    qtbot.addWidget(window)
    made = SettingsDialog(desk, context.runner, window)  # type: ignore[arg-type]
    made.open()
    qtbot.waitUntil(made.save_button.isEnabled)
    yield made
    window.close()


def line(dialog: SettingsDialog, key: str) -> QLineEdit:
    editor = dialog.fields[key].editor
    assert isinstance(editor, QLineEdit)
    return editor


def test_it_shows_what_is_set_and_never_the_keys(dialog: SettingsDialog) -> None:
    assert line(dialog, "centre.name").text() == "Shiksha Classes"
    assert line(dialog, "upi.limit_paise").text() == "1,00,000"
    assert dialog.value("centre.state") == "KA"
    assert KEY_ID not in " ".join(each.text() for each in dialog.findChildren(QLabel))
    assert "rzp_live_••••gh56" in dialog.masked.text()
    assert dialog.keys.secret.echoMode() is QLineEdit.EchoMode.Password


def test_only_what_changed_is_kept(qtbot: QtBot, dialog: SettingsDialog, desk: FakeDesk) -> None:
    put: list[tuple[str, str]] = []
    desk.settings.put = lambda key, value: put.append((key, value))  # type: ignore[method-assign]
    line(dialog, "upi.limit_paise").setText("₹5,00,000")
    dialog.paper.setCurrentIndex(1)
    with qtbot.waitSignal(dialog.saved):
        dialog.save_button.click()
    assert sorted(put) == [("receipt.paper", "roll80"), ("upi.limit_paise", "50000000")]


@pytest.mark.parametrize(
    ("key", "typed", "complaint"),
    [
        ("upi.limit_paise", "5,00,001", "limit"),
        ("upi.limit_paise", "0", "more than zero"),
        ("centre.gstin", "29ABCDE1234F1Z5", "last character"),
        ("desk.id", "D-1", "one to three"),
        ("centre.name", " ", "missing"),
        ("centre.address", "x" * 301, "longer than 300"),
    ],
)
def test_wrong_values_complain_in_place(
    dialog: SettingsDialog, key: str, typed: str, complaint: str
) -> None:
    line(dialog, key).setText(typed)
    dialog.save_button.click()
    assert complaint in dialog.fields[key].message.text()
    assert dialog.isVisible()


def test_cancel_really_cancels(qtbot: QtBot, dialog: SettingsDialog, desk: FakeDesk) -> None:
    line(dialog, "centre.name").setText("Other")
    dialog.cancel_button.click()
    assert dialog.strip.is_asking
    with qtbot.waitSignal(dialog.rejected):
        dialog.strip.leave.click()
    assert desk.settings.texts["centre.name"] == "Shiksha Classes"


def test_new_keys_are_tried_before_they_are_kept(
    qtbot: QtBot, dialog: SettingsDialog, desk: FakeDesk
) -> None:
    dialog.replace_button.click()
    dialog.keys.key_id.setText("rzp_live_New12345New123")
    dialog.keys.secret.setText("fresh")
    assert dialog.is_changed
    with qtbot.waitSignal(dialog.saved):
        dialog.save_button.click()
    assert desk.settings.checked == [("rzp_live_New12345New123", "fresh")]
    assert desk.settings.secret == "fresh"


@pytest.mark.parametrize("error", [UnauthorisedError("401"), UnavailableError("no route")])
def test_keys_that_fail_are_kept_only_when_nobody_could_be_asked(
    qtbot: QtBot, dialog: SettingsDialog, desk: FakeDesk, error: Exception
) -> None:
    desk.settings.error = error
    dialog.replace_button.click()
    dialog.keys.key_id.setText("rzp_live_New12345New123")
    dialog.save_button.click()
    assert "missing" in dialog.keys.fields["key_secret"].message.text()
    dialog.keys.secret.setText("fresh")
    with qtbot.waitSignal(dialog.keys.tried):
        dialog.save_button.click()
    if isinstance(error, UnavailableError):
        qtbot.waitUntil(lambda: desk.settings.secret == "fresh")
    else:
        assert desk.settings.secret == ""
        assert dialog.save_button.isEnabled()


def test_a_check_by_hand_keeps_nothing(
    qtbot: QtBot, dialog: SettingsDialog, desk: FakeDesk
) -> None:
    dialog.replace_button.click()
    dialog.keys.key_id.setText("rzp_live_New12345New123")
    dialog.keys.secret.setText("fresh")
    with qtbot.waitSignal(dialog.keys.tried):
        dialog.keys.check_button.click()
    assert "real money" in dialog.keys.finding.text()
    assert desk.settings.secret == ""
    with qtbot.waitSignal(dialog.saved):
        dialog.save_button.click()
    assert len(desk.settings.checked) == 1


@pytest.mark.parametrize("source", ["environment", "training"])
def test_keys_from_elsewhere_cannot_be_replaced(
    qtbot: QtBot, context: Context, desk: FakeDesk, source: str
) -> None:
    desk.settings.source = source
    window = QWidget()
    qtbot.addWidget(window)
    made = SettingsDialog(desk, context.runner, window)  # type: ignore[arg-type]
    made.open()
    qtbot.waitUntil(made.save_button.isEnabled)
    assert not made.replace_button.isEnabled()
    made.reject()


def test_a_database_that_fails_is_said(
    qtbot: QtBot, dialog: SettingsDialog, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(key: str, value: str) -> None:
        raise StorageError(key)

    monkeypatch.setattr(desk.settings, "put", fail)
    line(dialog, "centre.name").setText("Other")
    dialog.save_button.click()
    qtbot.waitUntil(dialog.strip.isVisible)
    assert "database does not work" in dialog.strip.words.text()


def test_secrets_do_not_show_in_logs() -> None:
    assert "s3cret" not in repr(NewKeys("id", "s3cret"))


def test_other_settings_pass_as_they_are() -> None:
    assert checked_text("display.theme", "dark") == "dark"
    assert state_of_gstin("") == ""
    assert state_of_gstin("26ABCDE1234F1Z5") == ""
