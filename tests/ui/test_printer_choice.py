"""The choice of a printer in the settings: found in a worker, kept by name, never lost."""

from __future__ import annotations

import threading
from itertools import product
from typing import TYPE_CHECKING

import pytest

from desktop_app.ui.core import i18n, theme
from desktop_app.ui.settings.page import SettingsPage
from tests.ui.text_sizes import BETWEEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from tests.ui.real_desk import RealDesk


@pytest.fixture
def opened(
    qtbot: QtBot, context: PageContext, desk: RealDesk, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[], tuple[str, ...]]], SettingsPage]:
    """Opens the settings with a way to list the printers, and waits for it."""

    def open_it(names: Callable[[], tuple[str, ...]]) -> SettingsPage:
        monkeypatch.setattr(context.printer, "names", names)
        context.runner.open(desk.services)
        made = SettingsPage(context)
        qtbot.addWidget(made)
        made.arrive()
        qtbot.waitUntil(lambda: not context.runner.is_busy)
        return made

    return open_it


def test_printers_are_found_in_a_worker_and_one_is_kept(
    qtbot: QtBot, opened: Callable[..., SettingsPage], desk: RealDesk
) -> None:
    asked_in: list[str] = []

    def names() -> tuple[str, ...]:
        asked_in.append(threading.current_thread().name)
        return ("Counter", "Office & <b>hall</b>")

    desk.put("print.printer", "Old one")
    made = opened(names)
    box = made.printing.printer
    qtbot.waitUntil(lambda: box.count() == 4)
    assert threading.main_thread().name not in asked_in, "a print system may take its time"
    assert [box.itemText(at) for at in range(4)][1:] in (
        ["Old one (not found)", "Counter", "Office & <b>hall</b>"],
        ["Counter", "Office & <b>hall</b>", "Old one (not found)"],
    )
    assert box.value() == "Old one", "what is set stays until somebody chooses"
    assert desk.get("print.printer") == "Old one"
    box.choose("Counter")
    qtbot.waitUntil(lambda: desk.get("print.printer") == "Counter")
    qtbot.waitUntil(lambda: not made.context.runner.is_busy)


def test_printers_that_cannot_be_named_leave_the_systems_own(
    opened: Callable[..., SettingsPage],
) -> None:
    def names() -> tuple[str, ...]:
        raise OSError("no print system")

    made = opened(names)
    assert made.printing.printer.count() == 1
    assert made.printing.printer.value() == ""


@pytest.mark.looks
@pytest.mark.parametrize(
    "sizes", [((100, 700), (200, 1024)), pytest.param(((150, 768),), marks=BETWEEN)]
)
def test_no_section_is_cut_at_the_right_however_long_a_printers_name_is(
    qtbot: QtBot, opened: Callable[..., SettingsPage], qapp: QApplication,
    sizes: tuple[tuple[int, int], ...],
) -> None:  # fmt: skip
    long = "Reception and accounts, first floor, laser, both sides (copy 2)"
    made = opened(lambda: (long,))
    made.setUpdatesEnabled(False)
    made.show()
    for (percent, width), code in product(sizes, ("en", "hi")):
        theme.apply(qapp, "light", percent)
        i18n.set_language(qapp, code)
        made.resize(width, 600)
        for name, part in made.sections.items():
            made.show_section(name)
            qapp.processEvents()
            inner = part.widget()
            assert inner is not None
            assert inner.width() <= part.viewport().width(), (part.title, percent, code)
    made.printing.printer.choose(long)
    assert made.printing.printer.value() == long
    qtbot.waitUntil(lambda: not made.context.runner.is_busy)
