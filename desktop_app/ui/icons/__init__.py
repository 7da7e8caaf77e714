"""Our own line icons, loaded from the SVG files beside this module and coloured by the theme.

Only names of files here are icons: nothing a user types ever reaches this module.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap, QPixmapCache

FOLDER = Path(__file__).parent
SIZE = 20


def pixmap(name: str, colour: str, size: int = SIZE, ratio: float = 1.0) -> QPixmap:
    """Draw an icon in one colour (#RRGGBB) at a size in logical pixels."""
    key = f"pravesh {name} {colour} {size} {ratio}"
    drawn = QPixmap()
    if not QPixmapCache.find(key, drawn):
        drawn = _draw(name, colour, size, ratio)
        QPixmapCache.insert(key, drawn)
    return drawn


def _draw(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer

    source = (FOLDER / f"{name}.svg").read_text(encoding="ascii").replace("currentColor", colour)
    drawn = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    QSvgRenderer(QByteArray(source.encode())).render(
        painter, QRectF(0, 0, drawn.width(), drawn.height())
    )
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def icon(name: str, colour: str, disabled: str = "", ratio: float = 1.0, size: int = SIZE) -> QIcon:
    """Make an icon for buttons and actions; a disabled one may have another colour."""
    made = QIcon(pixmap(name, colour, size, ratio))
    if disabled and disabled != colour:
        made.addPixmap(pixmap(name, disabled, size, ratio), QIcon.Mode.Disabled)
    return made


def names() -> tuple[str, ...]:
    """List the icons there are."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.svg")))
