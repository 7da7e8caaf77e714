"""Whether a widget shows any pixel of a colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QImage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

BITS = 32
"""A line of a mask ends with a whole number of so many; what is behind its picture is anything."""


def is_painted(widget: QWidget, colour: str) -> bool:
    """Whether any pixel has the colour."""
    picture = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    whole_words = -(-picture.width() // BITS) * BITS
    mask = picture.copy(0, 0, whole_words, picture.height()).createMaskFromColor(
        QColor(colour).rgb()
    )
    return bool(bytes(mask.constBits()).strip(b"\0"))
