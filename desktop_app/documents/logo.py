"""The centre's logo: validated, redrawn as a small PNG, and stored in the data folder.

Only redrawn pixels are stored: nothing else of the original file is kept. A logo is never
fetched from a network, and references in an SVG are not followed.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter

from desktop_app.documents.application import ensure_application
from desktop_app.documents.atomic import replacing
from desktop_app.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from pathlib import Path

FIELD = "centre.logo"
LARGEST_BYTES = 1_000_000
LARGEST_SIDE = 8_000
KEPT_SIDE = 600
"""Enough for 25 mm at 600 dpi."""

_ELSEWHERE = re.compile(r"^(\w{2,}:|//|\\\\)")
_REACHES_OUT = re.compile(
    rb"<!DOCTYPE|<!ENTITY|<\?xml-stylesheet|<(\w+:)?(script|foreignObject|image|feImage|style)\b"
    rb"|@import|href\s*=\s*[\"'](?!#)|url\(\s*[\"']?(?!#)",
    re.IGNORECASE,
)


def keep_logo(picture: Path, folder: Path) -> str:
    """Validate a picture, store it as PNG, and return its file name.

    Raises:
        InvalidInputError: it is not PNG, JPEG or SVG, exceeds 1 MB, or is not on this computer.
        OSError: it cannot be written into the folder.
    """
    content = drawn_logo(picture)
    name = f"logo-{hashlib.sha256(content).hexdigest()[:16]}.png"
    with replacing(folder / name) as scratch:
        scratch.write_bytes(content)
    return name


def drawn_logo(picture: Path) -> bytes:
    """Validate a picture and redraw it as PNG. Raises InvalidInputError like `keep_logo`."""
    drawn = _drawn(_content(picture))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    drawn.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def _content(picture: Path) -> bytes:
    if _ELSEWHERE.match(str(picture)):
        raise InvalidInputError(FIELD, "Choose an image on this PC.")
    try:
        if not picture.is_file():
            raise InvalidInputError(FIELD, "Image not found.")
        with picture.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as problem:
        raise InvalidInputError(FIELD, "We can't read this image. Choose another one.") from problem
    if len(content) > LARGEST_BYTES:
        raise InvalidInputError(FIELD, "This image is larger than 1 MB. Choose a smaller one.")
    return content


def _drawn(content: bytes) -> QImage:
    """Decode by content, regardless of the file's name."""
    ensure_application()
    if content.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff")):
        image = _raster(content)
    elif b"<svg" in content[:4096]:
        image = _vector(content)
    else:
        raise InvalidInputError(FIELD, "Choose a PNG, JPEG or SVG image.")
    if image.isNull():
        raise InvalidInputError(FIELD, "This image is damaged. Choose another one.")
    return image


def _raster(content: bytes) -> QImage:
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.width() > LARGEST_SIDE or size.height() > LARGEST_SIDE:
        raise InvalidInputError(FIELD, "This image has too many pixels. Choose a smaller one.")
    image = reader.read().convertToFormat(QImage.Format.Format_ARGB32)
    if image.width() <= KEPT_SIDE and image.height() <= KEPT_SIDE:
        return image
    return image.scaled(
        QSize(KEPT_SIDE, KEPT_SIDE),
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


def _vector(content: bytes) -> QImage:
    from PySide6.QtSvg import QSvgRenderer  # needed for SVG only

    if _REACHES_OUT.search(content):
        raise InvalidInputError(FIELD, "We can't use this SVG. Save the image as a PNG.")
    renderer = QSvgRenderer(QByteArray(content))
    if not renderer.isValid() or renderer.defaultSize().isEmpty():
        return QImage()
    size = renderer.defaultSize().scaled(KEPT_SIDE, KEPT_SIDE, Qt.AspectRatioMode.KeepAspectRatio)
    image = QImage(size.expandedTo(QSize(1, 1)), QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image
