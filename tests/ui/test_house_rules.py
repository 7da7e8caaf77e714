"""Rules that every screen keeps: access keys, sizes to press, nothing cut at any text size.

They walk whatever the window holds, so that a new control is held to them by being there.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress
from itertools import pairwise, product
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QWidget,
)

from desktop_app.ui.core import i18n, theme
from desktop_app.ui.shell.pages import PAGES
from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.search_box import SearchBox
from tests.ui.text_sizes import SIZES_TOGETHER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.ui.clerk import Clerk

pytestmark = pytest.mark.looks
LEAST_PX, PRIMARY_PX = 24, 44
BODY_PX = theme.BODY_PX
NAMES = [spec.name for spec in PAGES]
_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


def speak(clerk: Clerk, qapp: QApplication, language: str, percent: int = 100) -> None:
    """Set the language and the text size of the desk, and wait until the window has them."""
    clerk.desk.put("display.language", language)
    clerk.desk.put("display.text_size", str(percent))
    clerk.window.parts.controller.read_settings()
    clerk.wait(lambda: i18n.current_language(qapp) == language and theme.scale() == percent / 100)


def go(clerk: Clerk, page: str) -> QWidget:
    clerk.window.parts.navigator.go(page)
    clerk.bot.wait(60)
    return clerk.window.parts.page()


def make_pages(clerk: Clerk) -> None:
    """Make every page before a walk through them, and style them together."""
    with theme.undressed():
        for name in NAMES:
            clerk.window.parts.pages.page(name)


def shown(root: QWidget, kind: type[QWidget], among: list[QWidget] | None = None) -> list[QWidget]:
    """Return what is visible of a kind; `among` is what a look found to be visible at all."""
    if among is not None:
        return [each for each in among if isinstance(each, kind)]
    return [each for each in root.findChildren(kind) if each.isVisible()]


def own(widget: QWidget) -> bool:
    """Whether it is ours to size, not a part that Qt made of a table or box."""
    inside = widget.parentWidget()
    return not widget.objectName().startswith("qt_") and not isinstance(
        inside, QAbstractItemView | QComboBox | QLineEdit
    )


# --- access keys


def access_keys(root: QWidget) -> list[str]:
    found = []
    for each in (*shown(root, QAbstractButton), *shown(root, QLabel)):
        if not each.isEnabled() or (isinstance(each, QLabel) and each.buddy() is None):
            continue
        key = QKeySequence.mnemonic(str(each.property("text"))).toString()
        if key:
            found.append(key)
    return found


def typed_by_hand(keys: list[str]) -> list[str]:
    """Return the access keys that an Indian keyboard cannot type."""
    return [key for key in keys if not re.fullmatch(r"Alt\+[A-Z0-9]", key)]


def too_small(root: QWidget) -> list[tuple[str, int]]:
    """Return the buttons that are lower than what is easily pressed."""
    return [
        (button.objectName(), button.height())
        for button in shown(root, QPushButton)
        if button.height() < (PRIMARY_PX if button.property("kind") == "primary" else LEAST_PX)
    ]


def broken_rules(root: QWidget) -> Iterator[str]:
    """Yield the access keys that are given twice or not typed here, and buttons too small."""
    keys = access_keys(root)
    yield from (f"{key} is given twice" for key, times in Counter(keys).items() if times > 1)
    yield from (f"{key} is on no keyboard here" for key in typed_by_hand(keys))
    yield from (f"{name} is {height} px high" for name, height in too_small(root))


# --- sizes


def test_the_amount_is_the_largest_text_and_cancel_keeps_away_from_collect(clerk: Clerk) -> None:
    clerk.pick()
    collect = clerk.named("collectButton")
    assert collect.isVisible()
    assert not clerk.named("cancelPaymentButton").isVisible()
    clerk.window.parts.counter.collect()
    clerk.wait(lambda: clerk.named("qrView").property("text"))
    assert not collect.isVisible()
    amount = clerk.the(QLabel, "amountLabel").font().pixelSize()
    assert amount >= 3 * BODY_PX
    others = [
        each.font().pixelSize()
        for each in clerk.window.findChildren(QLabel)
        if each.isVisible() and each.text() and each.objectName() != "amountLabel"
    ]
    assert max(others) < amount


# --- text sizes


def cut(root: QWidget, seen: list[QWidget] | None = None) -> Iterator[str]:
    """Whatever shows less than it says: buttons and one-line labels without their width."""
    for button in shown(root, QPushButton, seen):
        if own(button) and button.width() < button.minimumSizeHint().width():
            yield f"button {button.objectName()} {button.property('text')!r}"
    for label in shown(root, QLabel, seen):
        is_elided = label.accessibleName() and label.accessibleName() != label.property("text")
        if is_elided or label.property("wordWrap") or not label.property("text"):
            continue
        if not own(label) or label.property("picture"):
            continue
        if label.width() < label.minimumSizeHint().width() - 1:
            yield f"label {label.objectName()} {label.property('text')!r}"


def overlaps(root: QWidget, seen: list[QWidget] | None = None) -> Iterator[str]:
    """Neighbours that lie on each other."""
    for parent in (root, *shown(root, QWidget, seen)):
        layout = parent.layout()
        if layout is None or isinstance(parent, QAbstractItemView | QScrollArea | QStackedWidget):
            continue
        # no item is asked for: the wrapper of a deleted spacer would stand for what comes after it
        inside = parent.findChildren(QWidget, options=_DIRECT)
        laid = (each for each in inside if each.isVisible() and layout.indexOf(each) >= 0)
        there = sorted(laid, key=layout.indexOf)
        for one, other in pairwise(there):
            both = one.geometry() & other.geometry()
            if both.width() > 1 and both.height() > 1:
                yield f"{one.objectName() or type(one)} on {other.objectName() or type(other)}"


def outside(root: QWidget, seen: list[QWidget] | None = None) -> Iterator[str]:
    """Whatever can be pressed and reaches out of the window, and out of no scroll area."""
    for widget in shown(root, QPushButton, seen):
        if any(isinstance(each, QScrollArea) for each in ancestors(widget)):
            continue
        corner = widget.mapTo(root, QPoint(widget.width(), widget.height()))
        if corner.x() > root.width() + 1 or corner.y() > root.height() + 1:
            yield f"{widget.objectName()} {widget.property('text')!r} ends at {corner}"


def ancestors(widget: QWidget) -> Iterator[QWidget]:
    parent = widget.parentWidget()
    while parent is not None:
        yield parent
        parent = parent.parentWidget()


def covered(clerk: Clerk, box: SearchBox) -> Iterator[str]:
    """Yield what a search box shows under its key's name or its icon."""
    if box.objectName() == "courseSearch":
        clerk.window.parts.counter.course.focus()
        clerk.bot.wait(20)
    key = box.findChild(QLabel, f"{box.objectName()}Key")
    assert key is not None
    padding = box.contentsRect().width() - box.textMargins().right()
    if not key.isHidden() and padding > key.x():
        yield f"{box.objectName()}: a hint reaches under {key.text()}"
    icon = box.findChild(IconLabel)
    assert icon is not None
    box.clear()
    begins = box.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle).left()
    if begins < icon.geometry().right():
        yield f"{box.objectName()}: what is typed begins under the icon"


def misplaced(clerk: Clerk) -> list[str]:
    """Return what is cut, overlaps or reaches out once the rows are there."""
    found: list[str] = []

    def is_good() -> bool:
        looks, seen = (cut, overlaps, outside), shown(clerk.window, QWidget)
        found[:] = [
            f"{look.__name__}: {each}" for look in looks for each in look(clerk.window, seen)
        ]
        return not found

    with suppress(clerk.bot.TimeoutError):  # rows that come late lay a page out again
        clerk.bot.waitUntil(is_good)
    return found


@pytest.mark.parametrize("percents", SIZES_TOGETHER)
@pytest.mark.timeout(180)
def test_every_page_keeps_the_rules_at_any_text_size(
    clerk: Clerk, qapp: QApplication, percents: tuple[int, ...]
) -> None:
    """Walk through the pages without a payment, and with one on the counter.

    Nothing is cut or covered; a search box's hint ends before the key's name, and begins after the
    icon; access keys are given once and buttons are large enough.
    """
    size = QSize(1366, 768)
    clerk.window.resize(size)
    make_pages(clerk)
    wrong: list[str] = []
    uid = ""
    for percent, language in product(percents, ("en", "hi")):
        clerk.window.parts.navigator.go("counter")
        clerk.window.parts.counter.next_student()
        speak(clerk, qapp, language, percent)
        seen: set[str] = set()
        for page in NAMES:
            go(clerk, page)
            for box in clerk.window.parts.page().findChildren(SearchBox):
                seen.add(box.objectName())
                wrong += covered(clerk, box)
            rules = broken_rules(clerk.window)
            wrong += [f"{page} {language} {percent} %: {each}" for each in rules]
        assert len(seen) >= 5, seen
        clerk.window.parts.navigator.go("counter")
        if uid:
            clerk.window.parts.navigator.show_attempt(uid)
        uid = uid or clerk.collect()
        assert access_keys(clerk.window)
        for page in NAMES:
            go(clerk, page)
            found = (*misplaced(clerk), *broken_rules(clerk.window))
            wrong += [f"{page}, paying, {language} {percent} %: {each}" for each in found]
        assert clerk.window.size() == size, "the text does not push the window's edges out"
    assert not wrong, "\n".join(wrong)
