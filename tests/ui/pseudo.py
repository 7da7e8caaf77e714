"""A language in which every translated text is in ⟦ ⟧: any other was forgotten.

Looks at a tree of widgets as a person and a screen reader do: texts, tooltips, names, placeholders,
headers, items, actions, titles.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QTextEdit,
    QWidget,
)

from desktop_app.domain import concession_kinds, fee_heads
from desktop_app.ui.core.i18n import KEY_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QAbstractItemModel

OPEN, CLOSE = "⟦", "⟧"
_WRAPPED = re.compile(r"⟦[^⟦⟧]*⟧")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
NAMES = frozenset(each.title for each in fee_heads.SHIPPED) | frozenset(
    each.title for each in concession_kinds.SHIPPED
)
"""Names that are kept in both languages beside each other, not in the catalogue."""
_MARKS = ("toolTip", "accessibleName", "accessibleDescription", "windowTitle")


class Pseudo(QTranslator):
    """Wraps everything that is asked for."""

    def isEmpty(self) -> bool:  # noqa: N802 - Qt's name
        return False

    def translate(
        self,
        context: str,
        sourceText: str,  # noqa: N803 - Qt's signature
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str:
        if context == KEY_NAMES or not sourceText or sourceText == "QT_LAYOUT_DIRECTION":
            return None  # type: ignore[return-value]
        return f"{OPEN}{sourceText}{CLOSE}"


def bare(text: str) -> str:
    """Return the part of a text that is not wrapped; wrapped texts may be nested."""
    while True:
        rest = _WRAPPED.sub(" ", text)
        if rest == text:
            return rest
        text = rest


def forgotten(text: str, data: frozenset[str], shapes: re.Pattern[str]) -> str:
    """The letters of a text that are neither wrapped nor data; empty when all is well.

    Args:
        data: texts that are the same in every language.
        shapes: what numbers and ids look like.
    """
    rest = bare(text.replace("&&", "\0").replace("&", ""))
    for known in sorted(data, key=len, reverse=True):
        rest = rest.replace(known, " ")
    rest = shapes.sub(" ", rest)
    return rest.strip() if _LETTERS.search(rest) else ""


def texts(root: QWidget) -> Iterator[tuple[str, str]]:
    """Everything that a tree of widgets says, and where it says it."""
    for widget in (root, *root.findChildren(QWidget)):
        if _is_inner(widget):
            continue
        place = f"{type(widget).__name__} {widget.objectName()}"
        for mark in _MARKS:
            yield f"{place}.{mark}", str(widget.property(mark) or "")
        yield from ((f"{place}.text", each) for each in _own(widget))
    for action in root.findChildren(QAction):
        yield f"action {action.objectName()}.text", action.text()
        yield f"action {action.objectName()}.tip", action.toolTip()


def _own(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    elif isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit):
        yield widget.placeholderText()
    elif isinstance(widget, QComboBox):
        yield from (widget.itemText(at) for at in range(widget.count()))
    elif isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView):
        yield from _model(widget.model(), has_header=isinstance(widget, QTableView))


def _model(model: QAbstractItemModel | None, *, has_header: bool) -> Iterator[str]:
    if model is None:
        return
    columns = model.columnCount() if has_header else 1
    if has_header:
        for at in range(columns):
            yield str(model.headerData(at, Qt.Orientation.Horizontal) or "")
    for row in range(min(model.rowCount(), 12)):
        for column in range(columns):
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole,
                         Qt.ItemDataRole.AccessibleTextRole):  # fmt: skip
                yield str(model.index(row, column).data(role) or "")


def _is_inner(widget: QWidget) -> bool:
    """Whether Qt made it as a part of another control."""
    parent = widget.parentWidget()
    return widget.objectName().startswith("qt_") or isinstance(parent, QComboBox)
