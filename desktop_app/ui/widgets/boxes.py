"""Rows, columns and grids of widgets, and areas that scroll them, each made in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractScrollArea

    Item = QWidget | QLayout
    Part = Item | int | tuple[Item, int | Qt.AlignmentFlag]
    Margins = int | tuple[int, int] | tuple[int, int, int, int]


class Stretch(int):
    """Room that grows, by its stretch factor."""


STRETCH = Stretch(1)


def hbox(
    *parts: Part, inside: QWidget | None = None, gap: int | None = None, margins: Margins = 0
) -> QHBoxLayout:
    """Return a row of parts, from left to right.

    Args:
        parts: widgets and layouts, alone or with a stretch factor or an alignment; a `Stretch`
            for room that grows, a plain number for room of so many pixels.
        inside: the widget whose layout it becomes.
        gap: pixels between the parts; None inherits them.
        margins: pixels around the parts: of all sides, of the sides and the ends, or of the left,
            top, right and bottom.
    """
    row = QHBoxLayout(inside) if inside else QHBoxLayout()
    _set_up(row, parts, gap, margins)
    return row


def vbox(
    *parts: Part, inside: QWidget | None = None, gap: int | None = None, margins: Margins = 0
) -> QVBoxLayout:
    """Return a column of parts, from top to bottom; the arguments are those of `hbox`."""
    column = QVBoxLayout(inside) if inside else QVBoxLayout()
    _set_up(column, parts, gap, margins)
    return column


def fill(layout: QBoxLayout, *parts: Part) -> None:
    """Add parts at the end of a row or a column."""
    for part in parts:
        if isinstance(part, Stretch):
            layout.addStretch(part)
        elif isinstance(part, int):
            layout.addSpacing(part)
        else:
            _add(layout, *(part if isinstance(part, tuple) else (part, 0)))


def turn(row: QBoxLayout, *, is_upright: bool) -> None:
    """Put the parts of a row one above the other, or beside each other again."""
    way = QBoxLayout.Direction
    row.setDirection(way.TopToBottom if is_upright else way.LeftToRight)


def gridbox(across: int, down: int, inside: QWidget | None = None) -> QGridLayout:
    """Return an empty grid without margins.

    Args:
        across: pixels between its columns.
        down: pixels between its rows.
        inside: the widget whose layout it becomes.
    """
    made = QGridLayout(inside) if inside else QGridLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setHorizontalSpacing(across)
    made.setVerticalSpacing(down)
    return made


def scrolling(
    inside: QWidget, *, is_clear: bool = False, area: QScrollArea | None = None
) -> QScrollArea:
    """Return an area without a frame that scrolls a widget and never has the focus.

    Args:
        inside: the widget.
        is_clear: whether it scrolls only up and down, and what is behind it shows through.
        area: the area; None for a new one.
    """
    area = area or QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    if is_clear:
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for each in (inside, viewport(area)):  # a scroll area fills its background
            each.setAutoFillBackground(False)
    return area


def viewport(area: QAbstractScrollArea) -> QWidget:
    """Return the viewport of an area, found by its name.

    The area's own `viewport()` does not name the class of what it returns: to find it, PySide
    makes every class of widgets, which costs a start 9 ms and 1 MB.
    """
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    found = area.findChild(QWidget, "qt_scrollarea_viewport", direct)
    return found or area.viewport()


def tab_before(widget: QWidget, *parts: QWidget) -> None:
    """Put parts before a widget of the same window in the order of Tab."""
    before = widget.previousInFocusChain()
    while before is not None and before.focusPolicy() == Qt.FocusPolicy.NoFocus:
        before = before.previousInFocusChain()  # Qt puts nothing behind what has no keyboard
    for part in parts:
        if before is not None:
            QWidget.setTabOrder(before, part)
        before = part


def _add(layout: QBoxLayout, item: Item, how: int | Qt.AlignmentFlag) -> None:
    if isinstance(item, QLayout):
        layout.addLayout(item, how)
    elif isinstance(how, Qt.AlignmentFlag):
        layout.addWidget(item, 0, how)
    else:
        layout.addWidget(item, how)


def _set_up(layout: QBoxLayout, parts: tuple[Part, ...], gap: int | None, margins: Margins) -> None:
    if isinstance(margins, int):
        layout.setContentsMargins(margins, margins, margins, margins)
    elif len(margins) == 4:  # noqa: PLR2004 - the four sides
        layout.setContentsMargins(*margins)
    else:
        layout.setContentsMargins(*margins, *margins)
    if gap is not None:
        layout.setSpacing(gap)
    fill(layout, *parts)
