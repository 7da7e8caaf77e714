"""User text is shown as it is: no label, button, tooltip or list renders markup, on any page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QTextEdit, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.ui.clerk import Clerk

HOSTILE = (
    '<img src="file:///etc/passwd">',
    "<h1>PAID</h1>",
    "<a href='http://127.0.0.1:9/x'>pay</a>",
    "&lt;b&gt; &amp; co",
    "\u202eDIAP\u202c Rao",
    "आशा राव 😀",
    "x" * 200,
)


@pytest.fixture(autouse=True)
def nothing_left_open(qapp: QApplication) -> Iterator[None]:
    """Each test closes every window that it opened."""
    before = shown()
    yield
    assert shown() <= before


def shown() -> set[QWidget]:
    return {top for top in QApplication.topLevelWidgets() if top.isVisible()}


def test_a_name_is_literal_from_search_to_receipt(clerk: Clerk) -> None:
    counter = clerk.window.parts.counter
    for at, name in enumerate(HOSTILE, 1):
        clerk.desk.rename(f"R00{at}", name)
        clerk.desk.pay(clerk.collect(f"R00{at}", "PHY-11"))
        clerk.wait(lambda: clerk.state() == "paid")
        assert any(name[:8] in part.text() for part in counter.panel.paid_card.labels()), name
        check(clerk.window)
        clerk.press(Qt.Key.Key_Escape)
    clerk.wait(lambda: len(counter.recent.rows()) > 1)
    for page in ("students", "payments", "counter"):
        clerk.window.parts.navigator.go(page)
        clerk.bot.wait(50)
    for top in (clerk.window, clerk.window.display, clerk.window.phone):
        if top is not None:
            check(top)


def check(top: QWidget) -> None:
    for part in top.findChildren(QLabel):
        assert part.textFormat() == Qt.TextFormat.PlainText or not part.text(), part.text()
    for widget in top.findChildren(QWidget):
        assert "<" not in widget.toolTip(), widget.toolTip()
    assert top.findChildren(QTextEdit) == []
