"""Small parts of the window: names that are cut, crosses, rings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from desktop_app.domain.tender import Method
from desktop_app.ui.core import theme
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.counter.column import CROSS, PickedChip
from desktop_app.ui.counter.today_card import TodayCard
from desktop_app.ui.widgets.labels import ElidedLabel, NameLabel

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tests.ui.clerk import Clerk

pytestmark = pytest.mark.looks
LONG = "Venkatanarasimharajuvaripeta Lakshmi Satyanarayana <b>Subrahmanyam</b>"


def made_label(qtbot: QtBot, kind: type[ElidedLabel], text: str, width: int) -> ElidedLabel:
    made = kind(text, "name")
    qtbot.addWidget(made)
    made.resize(width, 30)
    made.show()
    return made


def test_a_text_that_is_cut_is_whole_in_its_tooltip(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    made = made_label(qtbot, ElidedLabel, LONG, 200)
    assert made.text().endswith("…")
    assert made.toolTip().replace("\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", "<") == LONG
    assert "<" not in made.toolTip()
    made.resize(2_000, 30)
    assert (made.text(), made.toolTip()) == (LONG, "")


def test_today_claims_nothing_before_its_sums_are_known(qtbot: QtBot) -> None:
    card = TodayCard()
    qtbot.addWidget(card)
    assert card.nothing.isHidden()
    assert not any(each.isVisibleTo(card) for each in card._sums.values())


@pytest.mark.parametrize("width", [120, 300, 420, 2_000])
def test_a_name_has_two_lines_before_it_is_cut(
    qtbot: QtBot, qapp: QApplication, width: int
) -> None:
    theme.apply(qapp, "light")
    made = made_label(qtbot, NameLabel, LONG, width)
    lines = made.text().split("\n")
    assert len(lines) == (1 if width == 2_000 else 2)
    assert all(made.fontMetrics().horizontalAdvance(line) <= width for line in lines)
    assert made.sizeHint().height() >= len(lines) * made.fontMetrics().height()
    is_cut = "".join(lines).replace(" ", "") != LONG.replace(" ", "")
    assert bool(made.toolTip()) is is_cut


def test_a_long_name_is_whole_on_the_paid_card(clerk: Clerk) -> None:
    name = "Venkatanarasimharajuvaripeta Lakshmi"
    clerk.desk.rename("R001", name)
    uid = clerk.collect()
    clerk.desk.pay(uid)
    clerk.wait(lambda: clerk.state() == "paid")
    label = clerk.the(NameLabel, "paidName")
    clerk.wait(lambda: label.text().split() == name.split())
    assert label.height() >= label.sizeHint().height()


@pytest.mark.parametrize("percent", [100, 150])
def test_the_cross_of_a_chip_is_large_and_beside_the_words(
    qtbot: QtBot, qapp: QApplication, percent: int
) -> None:
    theme.apply(qapp, "light", percent)
    try:
        chip = PickedChip("studentChip", "person", N_("Choose another student (F2)"))
        qtbot.addWidget(chip)
        chip.show_picked("Asha Rao · R001")
        chip.fit(400)
        chip.show()
        chip.adjustSize()
        side = theme.px(CROSS)
        assert side >= 24
        image = chip.grab().toImage()
        left = chip.width() - side - theme.px(theme.GAP)
        ink = QColor(theme.tokens().ink_2)
        dark = [
            (x, y)
            for x in range(left, left + side)
            for y in range(image.height())
            if abs(image.pixelColor(x, y).lightness() - ink.lightness()) < 40
        ]
        wide = max(x for x, _ in dark) - min(x for x, _ in dark)
        assert wide >= side * 0.45
        words = chip.fontMetrics().horizontalAdvance(chip.text())
        assert chip.width() >= words + chip.iconSize().width() + side
    finally:
        theme.apply(qapp, "light")


def border(segment: QPushButton) -> list[int]:
    """Return where the accent is in the middle of a segment's upper edge."""
    accent, image = QColor(theme.tokens().accent), segment.grab().toImage()
    return [y for y in range(8) if image.pixelColor(image.width() // 2, y) == accent]


def test_a_method_chosen_by_its_key_has_a_ring(clerk: Clerk) -> None:
    clerk.pick()
    for key, method in (
        (Qt.Key.Key_1, Method.AUTO),
        (Qt.Key.Key_2, Method.PAYMENT_LINK),
        (Qt.Key.Key_3, Method.CASH),
    ):
        QTest.keyClick(clerk.focused, key, Qt.KeyboardModifier.AltModifier)
        segment = clerk.the(QPushButton, f"{method}Segment")
        clerk.wait(segment.hasFocus)
        with_focus = border(segment)
        clerk.named("collectButton").setFocus()
        assert with_focus != border(segment)
        assert len(with_focus) >= 3
        gap = set(range(with_focus[0], with_focus[-1] + 1)) - set(with_focus)
        assert gap, "a double line: shape, not only its width"
