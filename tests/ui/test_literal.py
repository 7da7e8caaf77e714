"""User text is shown as it is: no label, button, tooltip or list renders markup, on any page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QTextEdit, QWidget

if TYPE_CHECKING:
    from tests.ui.till import Till

HOSTILE = (
    '<img src="file:///etc/passwd">',
    "<h1>PAID</h1>",
    "<a href='http://127.0.0.1:9/x'>pay</a>",
    "&lt;b&gt; &amp; co",
    "\u202eDIAP\u202c Rao",
    "आशा राव 😀",
    "x" * 200,
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_literal_from_search_to_receipt(till: Till, name: str) -> None:
    till.desk.rename("R001", name)
    till.desk.pay(till.collect("R001", "PHY-11"))
    till.wait(lambda: till.state() == "paid")
    till.press(Qt.Key.Key_Escape)
    till.wait(lambda: len(till.window.parts.counter.recent.rows()) == 1)
    for page in ("students", "payments", "counter"):
        till.window.parts.navigator.go(page)
        till.bot.wait(50)
    tops = [till.window, till.window.display, till.window.phone]
    for top in tops:
        if top is not None:
            check(top)
    card = till.window.parts.counter.panel.paid_card
    assert any(name[:8] in part.text() for part in card.labels())


def check(top: QWidget) -> None:
    for part in top.findChildren(QLabel):
        assert part.textFormat() == Qt.TextFormat.PlainText or not part.text(), part.text()
    for widget in top.findChildren(QWidget):
        assert "<" not in widget.toolTip(), widget.toolTip()
    assert top.findChildren(QTextEdit) == []


def test_no_window_was_left_open() -> None:
    shown = [top.objectName() for top in QApplication.topLevelWidgets() if top.isVisible()]
    assert shown == []
