"""The choice of a printer in the settings: found in a worker, kept by name, never lost."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from desktop_app.ui.dialogs.settings import SettingsDialog
from tests.ui.fake_lists import FakeDesk, make_context, sample_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from desktop_app.ui.context import Context


@pytest.fixture
def desk() -> FakeDesk:
    return sample_desk()


@pytest.fixture
def context(qtbot: QtBot) -> Iterator[Context]:
    yield from make_context(qtbot)


def test_printers_are_found_after_the_dialog_shows_and_one_is_kept(
    qtbot: QtBot, context: Context, desk: FakeDesk
) -> None:
    asked_in: list[str] = []

    def names() -> tuple[str, ...]:
        asked_in.append(threading.current_thread().name)
        return ("Counter", "Office & <b>hall</b>")

    desk.settings.put("print.printer", "Old one")
    host = context.notices.parentWidget()
    made = SettingsDialog(desk, context.runner, host, printers=names)  # type: ignore[arg-type]
    made.open()
    box = made.printing.printer
    qtbot.waitUntil(lambda: made.ok_button.isEnabled() and box.count() == 4)
    assert threading.main_thread().name not in asked_in, "a print system may take its time"
    assert [box.itemText(at) for at in range(4)][1:] in (
        ["Old one (not found)", "Counter", "Office & <b>hall</b>"],
        ["Counter", "Office & <b>hall</b>", "Old one (not found)"],
    )
    assert box.value() == "Old one", "what is set stays until somebody chooses"
    assert not made.is_changed
    box.choose("Counter")
    with qtbot.waitSignal(made.saved):
        made.apply_button.click()
    assert desk.settings.texts["print.printer"] == "Counter"
    made.printing.reset()
    assert box.value() == ""
    made.reject()
    made.strip.leave.click()


def test_printers_that_cannot_be_named_leave_the_systems_own(
    qtbot: QtBot, context: Context, desk: FakeDesk
) -> None:
    def names() -> tuple[str, ...]:
        raise OSError("no print system")

    host = context.notices.parentWidget()
    made = SettingsDialog(desk, context.runner, host, printers=names)  # type: ignore[arg-type]
    made.open()
    with qtbot.waitSignal(made.presenter.printers):
        qtbot.waitUntil(made.ok_button.isEnabled)
    assert made.printing.printer.count() == 1
    assert made.printing.printer.value() == ""
    made.reject()
