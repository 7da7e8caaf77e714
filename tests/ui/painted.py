"""Whether a widget shows any pixel of a colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QImage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def is_painted(widget: QWidget, colour: str) -> bool:
    """Whether any pixel has the colour."""
    picture = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = bytes(picture.constBits())
    wanted = QColor(colour)
    needle = bytes((wanted.blue(), wanted.green(), wanted.red(), 255))
    at = pixels.find(needle)
    while at >= 0 and at % 4:
        at = pixels.find(needle, at + 1)
    return at >= 0
