"""The choice of a printer in the settings: found in a worker, kept by name, never lost."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from desktop_app.ui.core import i18n, theme
from desktop_app.ui.settings.dialog import SettingsDialog
from tests.ui.notice_area import notice_area
from tests.ui.text_sizes import BETWEEN

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from tests.ui.real_desk import RealDesk


def test_printers_are_found_after_the_dialog_shows_and_one_is_kept(
    qtbot: QtBot, context: PageContext, desk: RealDesk
) -> None:
    asked_in: list[str] = []

    def names() -> tuple[str, ...]:
        asked_in.append(threading.current_thread().name)
        return ("Counter", "Office & <b>hall</b>")

    desk.put("print.printer", "Old one")
    host = notice_area(context).parentWidget()
    context.runner.open(desk.services)
    made = SettingsDialog(context.runner, host, printers=names)
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
    assert desk.get("print.printer") == "Counter"
    made.printing.reset()
    assert box.value() == ""
    made.reject()
    made.strip.yes.click()


def test_printers_that_cannot_be_named_leave_the_systems_own(
    qtbot: QtBot, context: PageContext, desk: RealDesk
) -> None:
    def names() -> tuple[str, ...]:
        raise OSError("no print system")

    host = notice_area(context).parentWidget()
    context.runner.open(desk.services)
    made = SettingsDialog(context.runner, host, printers=names)
    made.open()
    qtbot.waitUntil(made.ok_button.isEnabled)
    qtbot.waitUntil(lambda: not context.runner.is_busy)
    assert made.printing.printer.count() == 1
    assert made.printing.printer.value() == ""
    made.reject()


@pytest.mark.looks
@pytest.mark.parametrize(
    ("percent", "width"), [(100, 700), pytest.param(150, 768, marks=BETWEEN), (200, 1024)]
)
@pytest.mark.parametrize("code", ["en", "hi"])
def test_no_page_is_cut_at_the_right_however_long_a_printers_name_is(
    qtbot: QtBot, context: PageContext, desk: RealDesk, qapp: QApplication, code: str, percent: int,
    width: int,
) -> None:  # fmt: skip
    long = "Reception and accounts, first floor, laser, both sides (copy 2)"
    theme.apply(qapp, "light", percent)
    i18n.set_language(qapp, code)
    host = notice_area(context).parentWidget()
    context.runner.open(desk.services)
    made = SettingsDialog(context.runner, host, printers=lambda: (long,))
    made.open()
    try:
        qtbot.waitUntil(lambda: made.ok_button.isEnabled() and made.printing.printer.count() == 2)
        made.resize(width, 600)
        for at, part in enumerate(made.sections.values()):
            made.pages.setCurrentRow(at)
            qapp.processEvents()
            inner = part.widget()
            assert inner is not None
            assert inner.width() <= part.viewport().width(), part.title
        made.printing.printer.choose(long)
        assert made.printing.printer.value() == long
    finally:
        i18n.set_language(qapp, "en")
        theme.apply(qapp, "light", 100)
        made.strip.yes.click()
