"""Whatever shows less than it says, or lies where it cannot be seen: for tests of sizes."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QTextEdit,
    QWidget,
)

from desktop_app.ui.widgets.icon_label import IconLabel
from desktop_app.ui.widgets.labels import ElidedLabel

KINDS = (QPushButton, QLabel, QLineEdit, QComboBox, QTextEdit)
SLACK = 1


def cut_off(root: QWidget) -> list[str]:
    """Return the controls of a window of which something is not seen, with their texts."""
    found = []
    for widget in root.findChildren(QWidget):
        if not isinstance(widget, KINDS) or not widget.isVisible() or not _is_own(widget):
            continue
        why = _is_short(widget) or _is_outside(widget, root)
        if why:
            text = widget.property("text") or widget.property("accessibleName")
            found.append(f"{type(widget).__name__} {widget.objectName()} {text!r}: {why}")
    return found


def _is_own(widget: QWidget) -> bool:
    """Return whether it is ours to size, not a part that Qt made of a table or a box."""
    inside = widget.parentWidget()
    return not widget.objectName().startswith("qt_") and not isinstance(
        inside, QAbstractItemView | QComboBox | QLineEdit | QTextEdit
    )


def _is_short(widget: QWidget) -> str:
    if isinstance(widget, QPushButton):
        wanted = widget.minimumSizeHint()
        if widget.width() < wanted.width() or widget.height() < wanted.height() - SLACK:
            return f"{widget.width()}x{widget.height()} of {wanted.width()}x{wanted.height()}"
    if not isinstance(widget, QLabel) or isinstance(widget, ElidedLabel | IconLabel):
        return ""
    if not widget.text():
        return ""
    if widget.wordWrap():
        high = widget.heightForWidth(widget.width())
        return f"{widget.height()} of {high} high" if widget.height() < high - SLACK else ""
    wide = widget.sizeHint().width()
    return f"{widget.width()} of {wide} wide" if widget.width() < wide - SLACK else ""


def _is_outside(widget: QWidget, root: QWidget) -> str:
    """Return where a control leaves its window, or the width of an area that scrolls it."""
    child = widget
    parent: QWidget | None = widget.parentWidget()
    seen = QRect(QPoint(0, 0), widget.size())
    while parent is not None and child is not root:
        seen.moveTopLeft(child.mapToParent(seen.topLeft()))
        area = parent.parentWidget()
        if isinstance(area, QScrollArea):
            if seen.left() < -SLACK or seen.right() > parent.width() + SLACK:
                return f"{seen.left()}..{seen.right()} in an area {parent.width()} wide"
            child = area
            seen = QRect(QPoint(0, 0), child.size())
            parent = child.parentWidget()
            continue
        if not parent.rect().adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(seen):
            return f"{seen} in {parent.rect()} of {type(parent).__name__} {parent.objectName()}"
        child, parent = parent, parent.parentWidget()
    return ""
