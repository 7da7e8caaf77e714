"""Sixty hostile names through every place of the window: literal, nothing painted, nothing fetched.

A name that is rendered would paint its own colour, by markup or by a picture on the disk; each
place is grabbed and searched for that colour. Sockets to anywhere but here fail the test anyhow.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel, QTextEdit, QWidget

from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.students import Student
from desktop_app.ui.core.i18n import N_
from desktop_app.ui.shell.pages import PAGES
from desktop_app.ui.shell.payment_tray import Chip
from tests.ui.hostile_names import COLOUR, NAMES, PICTURE
from tests.ui.painted import is_painted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desktop_app.services.views.payments import AttemptView
    from tests.ui.clerk import Clerk

pytestmark = pytest.mark.looks
BATCH = 20
PLAIN = Qt.TextFormat.PlainText


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """The names, with a picture of the colour that really lies on the disk."""
    path: Path = tmp_path_factory.mktemp("pictures") / "x.png"
    picture = QImage(64, 64, QImage.Format.Format_RGB32)
    picture.fill(QColor(COLOUR))
    assert picture.save(str(path))
    return tuple(name.replace(PICTURE, path.as_posix()) for name in NAMES)


def complaints(widget: QWidget, where: str) -> Iterator[str]:
    """Everything that is wrong with what a widget shows."""
    for each in widget.findChildren(QWidget):
        if "<" in each.toolTip():
            yield f"{where}: a tooltip that renders: {each.toolTip()[:30]!r}"
        if isinstance(each, QTextEdit) and each.acceptRichText():
            yield f"{where}: a text field that renders: {each.objectName()}"
        if isinstance(each, QLabel) and each.text() and each.textFormat() != PLAIN:
            yield f"{where}: a label that renders: {each.objectName()} {each.text()[:30]!r}"
    if is_painted(widget, COLOUR):
        yield f"{where}: the colour is on the screen"


def shown_with(clerk: Clerk, name: str, state: AttemptState) -> AttemptView:
    """Put a payment with this name everywhere where payments are shown."""
    view = replace(
        clerk.desk.attempts()[0],
        student_name=name,
        course_label=name,
        failure=name,
        state=state,
        receipt_no="D1/26-27/000001" if state is AttemptState.PAID else None,
    )
    parts = clerk.window.parts
    parts.counter.panel.show_view(view)
    parts.display.show_view(view)
    chip = Chip("x", state.value, name, "₹11,800", N_("Not paid yet"), "waiting", "accent", "4:12")
    parts.tray.show_chips((chip,))
    return view


def is_answered(clerk: Clerk, text: str) -> bool:
    return bool(clerk.window.parts.counter.student.results.property("query") == text)


def test_the_probe_sees_the_colour(clerk: Clerk) -> None:
    spot = QLabel(clerk.window.parts.counter.side)
    spot.setStyleSheet(f"background: {COLOUR}")
    spot.resize(3, 3)
    assert not is_painted(clerk.window, COLOUR)
    spot.show()
    assert is_painted(clerk.window, COLOUR)
    spot.deleteLater()


def test_on_the_payment_the_tray_and_the_display(clerk: Clerk, names: tuple[str, ...]) -> None:
    clerk.collect()
    clerk.window.display.resize(683, 384)  # what would be painted shows in a small one too
    clerk.window.display.show()
    wrong: list[str] = []
    parts = clerk.window.parts
    changed = parts.counter.side, parts.tray
    for name in names:
        as_qt_keeps_it = name.removeprefix("\ufeff")
        for state in (AttemptState.AWAITING, AttemptState.PAID):
            shown_with(clerk, name, state)
            labels = [label for part in changed for label in part.findChildren(QLabel)]
            if not any(as_qt_keeps_it in each.accessibleName() for each in labels):
                wrong.append(f"not shown as it is: {name[:30]!r}")
            for part in (*changed, parts.display):
                where = f"{part.objectName()}, {state}, {name[:30]!r}"
                wrong += complaints(part, where)
    for window in (clerk.window, clerk.window.display):
        wrong += complaints(window, window.objectName())
    clerk.window.display.hide()
    assert not wrong


def test_in_the_searches_and_the_lists(clerk: Clerk, names: tuple[str, ...]) -> None:
    wrong: list[str] = []
    counter = clerk.window.parts.counter
    for begin in range(0, len(names), BATCH):
        batch = names[begin : begin + BATCH]
        people = [
            Student(f"H{begin}-{at}", name, "9000000001", guardian_name=name)
            for at, name in enumerate(batch, 1)
        ]
        clerk.desk.enter(people)
        clerk.window.parts.navigator.go("counter")
        counter.student.box.setText(f"H{begin}-")
        clerk.wait(partial(is_answered, clerk, f"H{begin}-"))
        assert counter.student.results.property("count") == len(batch)
        wrong += complaints(clerk.window, f"search {begin}")
        for person in people:
            clerk.desk.paid(person.roll_no, "MATH-9", Method.CASH)
        counter.presenter.read_recent()
        for spec in PAGES[1:]:
            clerk.window.parts.navigator.go(spec.name)
            clerk.bot.wait(120)
            wrong += complaints(clerk.window, f"page {spec.name}, {begin}")
        counter.student.box.clear()
    assert not wrong
