"""A simulated phone camera in front of the screen: tilt, blur, distance, glare, and decoding."""

from __future__ import annotations

import math
import random

import zxingcpp
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTransform

SURROUNDINGS = QColor("#7d7f83")
SPECK_MODULES = (0.5, 1.5)
"""Radius of a speck of glare, in modules."""

CORNER_MODULES = 7

_GREY = QImage.Format.Format_Grayscale8


def read(picture: QImage) -> list[str]:
    """Return the text of every barcode in a picture."""
    grey = picture.convertToFormat(_GREY)
    return [found.text for found in zxingcpp.read_barcodes(_pixels(grey))]


def place_of(picture: QImage) -> QRectF:
    """Return the position of the single code of a clean picture, without its quiet zone."""
    grey = picture.convertToFormat(_GREY)
    (found,) = zxingcpp.read_barcodes(_pixels(grey))
    first, last = found.position.top_left, found.position.bottom_right
    return QRectF(QPointF(first.x, first.y), QPointF(last.x, last.y))


def _pixels(grey: QImage) -> memoryview:
    """Return the pixels of a picture, which the caller must keep alive."""
    return memoryview(grey.constBits()).cast("B", (grey.height(), grey.bytesPerLine()))


def tilted(picture: QImage, degrees: float) -> QImage:
    """Return a picture tilted like one from a hand-held phone."""
    smooth = Qt.TransformationMode.SmoothTransformation
    turned = picture.transformed(QTransform().rotate(degrees), smooth)
    backed = QImage(turned.size(), QImage.Format.Format_RGB32)
    backed.fill(SURROUNDINGS)
    painter = QPainter(backed)
    painter.drawImage(0, 0, turned)
    painter.end()
    return backed


def blurred(picture: QImage, module_px: float, share: float = 0.5) -> QImage:
    """Return a picture blurred over about `share` of a module, like one out of focus."""
    factor = 1 / max(1.0, module_px * share)
    return _scaled(_scaled(picture, factor), 1 / factor)


def from_afar(picture: QImage, module_px: float, camera_px: float = 3.0) -> QImage:
    """Return a picture scaled to a number of camera pixels per module."""
    return _scaled(picture, camera_px / module_px)


def with_glare(picture: QImage, code: QRectF, module_px: float, share: float, seed: int) -> QImage:
    """Return a picture with white specks over this share of a code.

    The three finder corners stay free: no error correction covers them, and in a moving hand the
    next frame shows them again.
    """
    dice = random.Random(seed)  # noqa: S311
    spoilt = picture.convertToFormat(QImage.Format.Format_RGB32)
    wanted = code.width() * code.height() * share
    painter = QPainter(spoilt)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("white"))
    while wanted > 0:
        radius = module_px * dice.uniform(*SPECK_MODULES)
        x = dice.uniform(code.left() + radius, code.right() - radius)
        y = dice.uniform(code.top() + radius, code.bottom() - radius)
        if not _is_in_corner(code, x, y, radius + CORNER_MODULES * module_px):
            painter.drawEllipse(QPointF(x, y), radius, radius)
            wanted -= math.pi * radius * radius
    painter.end()
    return spoilt


def _is_in_corner(code: QRectF, x: float, y: float, reach: float) -> bool:
    corners = (code.topLeft(), code.topRight(), code.bottomLeft())
    return any(abs(x - each.x()) < reach and abs(y - each.y()) < reach for each in corners)


def _scaled(picture: QImage, factor: float) -> QImage:
    return picture.scaled(
        round(picture.width() * factor),
        round(picture.height() * factor),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
