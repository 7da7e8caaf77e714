"""A receipt as a PDF: Qt lays the HTML out and writes it, since it shapes Hindi correctly.

Needs no window: where no application exists yet, it makes one that never touches a display.
"""

from __future__ import annotations

import re
import sys
from math import atan2, degrees, hypot
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QSizeF
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
    QTextOption,
)

from desktop_app.documents.atomic import replacing
from desktop_app.documents.receipt_html import TRAINING_WORDS, receipt_html

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.services.views import ReceiptView

_DPI = 1200
_MM_PER_INCH = 25.4
_SCALES = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6, 0.5)
_WATERMARK = "#F6E6C8"
_WATERMARK_PT = 30
_WATERMARK_REACH = 0.82
"""How much of the diagonal the words take."""

_CHARACTER_MAP = re.compile(rb"begincmap.*?endcmap", re.DOTALL)
_LISTED_TAB = re.compile(rb"([\[ ])<0009>(?=[ \]\n](?:<[0-9A-F]{4}> )*\])")

_made: list[QGuiApplication] = []
"""The application made here; it must outlive every document."""
_making = Lock()


class _Sheet(NamedTuple):
    """A paper, in millimetres; its height is None where it grows with what is on it."""

    width: float
    height: float | None
    margin: float


_SHEETS = {"a5": _Sheet(148, 210, 12), "roll80": _Sheet(80, None, 4)}


def write_pdf(receipt: ReceiptView, paper: str, path: Path) -> None:
    """Write a receipt as PDF on `a5` or `roll80`, whole or not at all. Any thread may call it.

    Raises:
        InvalidInputError: another paper.
        OSError: the file cannot be written; what was there before is untouched.
    """
    content = pdf_bytes(receipt, paper)
    with replacing(path) as scratch:
        scratch.write_bytes(content)


def pdf_bytes(receipt: ReceiptView, paper: str) -> bytes:
    """Render a receipt as the content of a PDF file.

    Raises:
        InvalidInputError: another paper.
    """
    html = receipt_html(receipt, paper)
    _need_application()
    sheet = _SHEETS[paper]
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DPI)
    writer.setTitle(f"Receipt {receipt.number}")
    writer.setCreator("Pravesh")
    document = _document(html, writer, _device(sheet.width - 2 * sheet.margin))
    writer.setPageLayout(_page_layout(sheet, document.size().height()))
    painter = QPainter(writer)
    try:
        _paint(painter, document, sheet, is_training=receipt.is_training)
    finally:
        painter.end()
    buffer.close()
    return _with_plain_spaces(bytes(buffer.data().data()))


def _with_plain_spaces(pdf: bytes) -> bytes:
    """Let the space glyph read as a space: Qt's character maps call it a tab, which no one finds.

    Qt writes these maps uncompressed; a code is replaced by one of the same length.
    """
    return _CHARACTER_MAP.sub(
        lambda found: _LISTED_TAB.sub(rb"\1<0020>", found[0]),
        pdf,
    )


def _need_application() -> None:
    """Make an application where there is none: printing a document without one aborts."""
    with _making:
        if QGuiApplication.instance() is None:
            quiet = ["-platform", "offscreen"] if sys.platform.startswith("linux") else []
            _made.append(QGuiApplication(["pravesh", *quiet]))


def _device(millimetres: float) -> float:
    return millimetres / _MM_PER_INCH * _DPI


def _document(html: str, writer: QPdfWriter, width: float) -> QTextDocument:
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.documentLayout().setPaintDevice(writer)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    document.setDefaultTextOption(option)
    document.setDefaultFont(_font())
    document.setDocumentMargin(0)
    document.setHtml(html)
    document.setTextWidth(width)
    return document


def _font() -> QFont:
    """Take the system's face: naming one by hand would break the fall-back for Devanagari."""
    font = QFont()
    font.setPointSizeF(9.5)
    font.setFeature(QFont.Tag("tnum"), 1)
    for ligatures in ("liga", "clig", "dlig"):
        font.setFeature(QFont.Tag(ligatures), 0)  # "ﬃ" would hide an "ffi" from every search
    return font


def _page_layout(sheet: _Sheet, height: float) -> QPageLayout:
    tall = sheet.height or height / _DPI * _MM_PER_INCH + 2 * sheet.margin
    size = QPageSize(
        QSizeF(sheet.width, tall),
        QPageSize.Unit.Millimeter,
        "",
        QPageSize.SizeMatchPolicy.ExactMatch,
    )
    return QPageLayout(
        size, QPageLayout.Orientation.Portrait, QMarginsF(), QPageLayout.Unit.Millimeter
    )


def _paint(painter: QPainter, document: QTextDocument, sheet: _Sheet, *, is_training: bool) -> None:
    if is_training and sheet.height:
        _paint_watermark(painter, QSizeF(_device(sheet.width), _device(sheet.height)))
    painter.translate(QPointF(_device(sheet.margin), _device(sheet.margin)))
    if sheet.height:
        scale = _fit(document, sheet, sheet.height)
        painter.scale(scale, scale)
    document.drawContents(painter)


def _fit(document: QTextDocument, sheet: _Sheet, height: float) -> float:
    """Lay a document out so small that it fits on one page; return the scale to draw it at."""
    scale = 1.0
    for scale in _SCALES:
        document.setTextWidth(_device(sheet.width - 2 * sheet.margin) / scale)
        if document.size().height() * scale <= _device(height - 2 * sheet.margin):
            break
    return scale


def _paint_watermark(painter: QPainter, page: QSizeF) -> None:
    """Write across the whole page, corner to corner, what this paper is not."""
    painter.save()
    font = _font()
    font.setBold(True)
    font.setPointSizeF(_WATERMARK_PT)
    painter.setFont(font)
    painter.setPen(QColor(_WATERMARK))
    painter.translate(page.width() / 2, page.height() / 2)
    painter.rotate(-degrees(atan2(page.height(), page.width())))
    reach = hypot(page.width(), page.height())
    across = painter.fontMetrics().horizontalAdvance(TRAINING_WORDS)
    painter.scale(*[_WATERMARK_REACH * reach / across] * 2)
    painter.drawText(QPointF(-across / 2, painter.fontMetrics().capHeight() / 2), TRAINING_WORDS)
    painter.restore()
