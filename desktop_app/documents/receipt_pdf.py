"""Receipts as pages: Qt lays out and paints the HTML, because it shapes Hindi correctly.

PDF and printer share the painting. Needs no window; thread-safe. Nothing referenced by the HTML
is ever fetched.
"""

from __future__ import annotations

import re
from math import atan2, degrees, hypot
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QImage,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextDocument,
    QTextFormat,
    QTextFrame,
    QTextOption,
)

from desktop_app.documents.application import ensure_application, hindi_fonts
from desktop_app.documents.atomic import replacing
from desktop_app.documents.paper_sheet import page_words
from desktop_app.documents.receipt_html import receipt_html, warning
from desktop_app.documents.receipt_pictures import CSS_DPI
from desktop_app.documents.slips import drawn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.documents.paper_sheet import PageWords
    from desktop_app.services.views.bills import SlipView
    from desktop_app.services.views.receipts import ReceiptView
    from desktop_app.services.views.tenders import DepositView

_PDF_DPI = 1200
_MM_PER_INCH = 25.4
_SCALES = (1.0, 0.92, 0.84)
"""Sizes to try a page in, as a share of the usual one; smaller type is hard to read on paper."""
_PAGED_SCALES = (0.84, 0.86, 0.88, 0.9, 0.84)
"""Sizes of a document that needs several pages: the first at which no page's end cuts a row."""
_SMALL = 0.45
"""Tables below this share of a page stay together; longer ones go on over pages."""
_FOOT_MM = 6
_FOOT_PT = 7.5
_MUTED = "#565E6B"
_WATERMARK = {"page": "#F6E6C8", "roll": "#C8C8C8"}
"""Rolls print black only: a sparse grey, where a colour would vanish."""
_WATERMARK_PT = 30
_WATERMARK_REACH = 0.82
"""Share of the diagonal that the watermark spans."""

_PICTURE_SIZE = re.compile(r'(<img src="data:[^"]*" width=")(\d+)(" height=")(\d+)(")')
_CHARACTER_MAP = re.compile(rb"begincmap.*?endcmap", re.DOTALL)
_LISTED_TAB = re.compile(rb"([\[ ])<0009>(?=[ \]\n](?:<[0-9A-F]{4}> )*\])")


class _Sheet(NamedTuple):
    """A paper size in millimetres; height is None if it grows with the content."""

    width: float
    height: float | None
    margin: float


_SHEETS = {
    "a4": _Sheet(210, 297, 18),
    "a5": _Sheet(148, 210, 12),
    "roll80": _Sheet(80, None, 4),
    "roll58": _Sheet(58, None, 5),
}


class _Literal(QTextDocument):
    """A document that loads only embedded resources."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: N802 - Qt's name
        """Load pictures embedded in the HTML only, whatever a text refers to.

        Return an empty picture for anything else: without an answer, Qt opens the file itself.
        """
        address = name.toString() if isinstance(name, QUrl) else name
        if address.startswith("data:image/png;"):
            return super().loadResource(kind, name)
        empty = QImage(1, 1, QImage.Format.Format_ARGB32)
        empty.fill(Qt.GlobalColor.transparent)
        return empty


def write_pdf(
    receipt: ReceiptView, paper: str, path: Path, language: str = "en", logo: bytes = b""
) -> None:
    """Write a receipt as PDF, atomically. Thread-safe.

    Raises:
        InvalidInputError: unknown paper or language.
        OSError: the file cannot be written; an existing file is unchanged.
    """
    content = pdf_bytes(receipt, paper, language, logo)
    with replacing(path) as scratch:
        scratch.write_bytes(content)


def pdf_bytes(receipt: ReceiptView, paper: str, language: str = "en", logo: bytes = b"") -> bytes:
    """Return a receipt as the content of a PDF file.

    Raises:
        InvalidInputError: unknown paper or language.
    """
    title = f"Receipt {receipt.number}"
    return into_pdf(title, lambda writer: paint(receipt, paper, writer, language, logo))


def into_pdf(title: str, draw: Callable[[QPdfWriter], object]) -> bytes:
    """Return what is drawn as the content of a PDF file."""
    ensure_application()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_PDF_DPI)
    writer.setTitle(title)
    writer.setCreator("Pravesh")
    draw(writer)
    buffer.close()
    return _with_plain_spaces(bytes(buffer.data().data()))


def paint(
    receipt: ReceiptView,
    paper: str,
    device: QPagedPaintDevice,
    language: str = "en",
    logo: bytes = b"",
) -> None:
    """Paint a receipt on one page of a printer or PDF writer, and set the page size.

    Without a Devanagari font, fixed texts are in English.

    Raises:
        InvalidInputError: unknown paper or language.
        OSError: the printer fails.
    """
    ensure_application()
    language = _language_here(language)
    html = receipt_html(receipt, paper, language, logo)
    paint_html(html, paper, device, warning(receipt), page_words(receipt.number, language))


def write_slip(
    slip: SlipView | DepositView, paper: str, path: Path, language: str = "en", logo: bytes = b""
) -> None:
    """Write a slip as PDF, atomically.

    Raises:
        InvalidInputError: unknown paper or language.
        OSError: the file cannot be written; an existing file is unchanged.
    """
    title = drawn(slip, paper, language, logo).title
    content = into_pdf(title, lambda writer: paint_slip(slip, paper, writer, language, logo))
    with replacing(path) as scratch:
        scratch.write_bytes(content)


def paint_slip(
    slip: SlipView | DepositView,
    paper: str,
    device: QPagedPaintDevice,
    language: str = "en",
    logo: bytes = b"",
) -> None:
    """Paint a slip. Raises like `paint`."""
    ensure_application()
    language = _language_here(language)
    made = drawn(slip, paper, language, logo)
    paint_html(made.html, paper, device, made.warning, page_words(made.name, language))


def _language_here(language: str) -> str:
    """Return a language that can be drawn: English without a Devanagari font."""
    return "en" if language == "hi" and not hindi_fonts() else language


def paint_html(
    html: str,
    paper: str,
    device: QPagedPaintDevice,
    across: str = "",
    foot: PageWords | None = None,
) -> None:
    """Paint HTML on a printer or PDF writer, and set the page size.

    A roll is as long as the content. On pages the type shrinks a little before a second one begins.

    Args:
        html: what to paint.
        paper: its paper.
        device: the printer or PDF writer.
        across: the watermark; empty for none.
        foot: the words under each of several pages; none by default.

    Raises:
        OSError: the printer fails.
    """
    sheet = _SHEETS[paper]
    # A printer reports its own resolution only once it has a page.
    device.setPageLayout(_page_layout(sheet, sheet.height or sheet.width))
    dpi = float(device.logicalDpiX())
    document = _document(html, device, _dots(sheet.width - 2 * sheet.margin, dpi))
    if sheet.height is None:
        tall = document.size().height() / dpi * _MM_PER_INCH + 2 * sheet.margin
        device.setPageLayout(_page_layout(sheet, tall))
        sheet = sheet._replace(height=tall)
    painter = QPainter()
    if not painter.begin(device):
        raise OSError("the printer does not accept the page")
    try:
        if paper.startswith("roll"):
            _paint_page(painter, document, sheet, dpi, across)
        else:
            _paint_pages(painter, document, sheet, dpi, across, foot, device.newPage)
    finally:
        is_done = painter.end()
    _check(device, is_done=is_done)


def _check(device: QPagedPaintDevice, *, is_done: bool) -> None:
    """Raise OSError if the printer reports an error; a PDF writer has no state."""
    state = getattr(device, "printerState", None)
    if not is_done or (state is not None and state().name in {"Error", "Aborted"}):
        raise OSError("the printer reports an error")


def _with_plain_spaces(pdf: bytes) -> bytes:
    """Map the space glyph to a space: Qt's character maps call it a tab, which searches miss.

    Qt writes these maps uncompressed; a code is replaced by one of the same length.
    """
    return _CHARACTER_MAP.sub(lambda found: _LISTED_TAB.sub(rb"\1<0020>", found[0]), pdf)


def _dots(millimetres: float, dpi: float) -> float:
    return millimetres / _MM_PER_INCH * dpi


def _document(html: str, device: QPagedPaintDevice, width: float) -> QTextDocument:
    document = _Literal()
    document.setUndoRedoEnabled(False)
    document.documentLayout().setPaintDevice(device)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    document.setDefaultTextOption(option)
    document.setDefaultFont(_font())
    document.setDocumentMargin(0)
    document.setHtml(_at_screen_size(html))
    document.setTextWidth(width)
    return document


def _at_screen_size(html: str) -> str:
    """Scale pictures to keep their size: Qt converts pixels by the screen's dpi, not by 96."""
    screen = QGuiApplication.primaryScreen()
    scale = screen.logicalDotsPerInch() / CSS_DPI
    if round(scale, 2) == 1:
        return html
    return _PICTURE_SIZE.sub(
        lambda found: (
            f"{found[1]}{round(int(found[2]) * scale)}{found[3]}"
            f"{round(int(found[4]) * scale)}{found[5]}"
        ),
        html,
    )


def _font() -> QFont:
    """Return the system's font: naming one would break the fallback for Devanagari."""
    font = QFont()
    font.setPointSizeF(9.5)
    font.setFeature(QFont.Tag("tnum"), 1)
    for ligatures in ("liga", "clig", "dlig"):
        font.setFeature(QFont.Tag(ligatures), 0)  # "ﬃ" would hide an "ffi" from every search
    return font


def _page_layout(sheet: _Sheet, tall: float) -> QPageLayout:
    size = QPageSize(
        QSizeF(sheet.width, tall),
        QPageSize.Unit.Millimeter,
        "",
        QPageSize.SizeMatchPolicy.ExactMatch,
    )
    layout = QPageLayout(
        size, QPageLayout.Orientation.Portrait, QMarginsF(), QPageLayout.Unit.Millimeter
    )
    layout.setMode(QPageLayout.Mode.FullPageMode)
    return layout


def _paint_page(
    painter: QPainter,
    document: QTextDocument,
    sheet: _Sheet,
    dpi: float,
    across: str,
    scale: float = 1.0,
    *,
    kind: str = "roll",
) -> None:
    """Paint a document that fits on the sheet."""
    if across:
        room = QSizeF(_dots(sheet.width, dpi), _dots(sheet.height or 0.0, dpi))
        page = _above_code(document, room, _dots(sheet.margin, dpi), scale)
        _paint_watermark(painter, page, across, _WATERMARK[kind])
    painter.translate(QPointF(_dots(sheet.margin, dpi), _dots(sheet.margin, dpi)))
    painter.scale(scale, scale)
    document.drawContents(painter)


def _paint_pages(
    painter: QPainter,
    document: QTextDocument,
    sheet: _Sheet,
    dpi: float,
    across: str,
    foot: PageWords | None,
    turn: Callable[[], object],
) -> None:
    """Paint a document on one page, or on as many as it needs in a type that can be read."""
    fitting = _fit(document, sheet, dpi)
    if fitting is not None:
        _paint_page(painter, document, sheet, dpi, across, fitting, kind="page")
        return
    scale = _divide(document, sheet._replace(height=(sheet.height or 0.0) - _FOOT_MM), dpi)
    room = document.pageSize()
    count = document.pageCount()
    for page in range(count):
        if page:
            turn()
        painter.save()
        top = page * room.height()
        margin = _dots(sheet.margin, dpi)
        if across:
            whole = QSizeF(_dots(sheet.width, dpi), _dots(sheet.height or 0.0, dpi))
            free = _above_code(document, whole, margin, scale, top)
            _paint_watermark(painter, free, across, _WATERMARK["page"])
        painter.translate(QPointF(margin, margin))
        painter.scale(scale, scale)
        painter.translate(0, -top)
        document.drawContents(painter, QRectF(QPointF(0, top), room))
        painter.restore()
        if foot is not None:
            _paint_foot(painter, sheet, dpi, foot(page + 1, count))


def _divide(document: QTextDocument, sheet: _Sheet, dpi: float) -> float:
    """Divide a document into pages; return the scale to draw it at."""
    scale = _PAGED_SCALES[0]
    for scale in _PAGED_SCALES:
        document.setPageSize(_room(sheet, dpi) / scale)
        height = document.pageSize().height()
        _keep_together(document, height)
        if not _cuts_a_row(document, height):
            break
    return scale


def _cuts_a_row(document: QTextDocument, height: float) -> bool:
    """Return whether a page's end is within a text, as of a row with two lines."""
    layout, block = document.documentLayout(), document.begin()
    while block.isValid():
        place = layout.blockBoundingRect(block)
        if place.top() // height != (place.bottom() - 1) // height:
            return True
        block = block.next()
    return False


def _keep_together(document: QTextDocument, height: float) -> None:
    """Begin a page before each small table that a page's end would cut."""
    layout = document.documentLayout()
    for frame in document.rootFrame().childFrames():
        _break_before(frame, wanted=False)
        place = layout.frameBoundingRect(frame)
        is_cut = place.top() // height != (place.bottom() - 1) // height
        if is_cut and place.height() < _SMALL * height:
            _break_before(frame, wanted=True)


def _break_before(frame: QTextFrame, *, wanted: bool) -> None:
    """Begin a page before a table, or not."""
    flag = QTextFormat.PageBreakFlag
    made = frame.frameFormat()
    made.setPageBreakPolicy(flag.PageBreak_AlwaysBefore if wanted else flag.PageBreak_Auto)
    frame.setFrameFormat(made)


def _paint_foot(painter: QPainter, sheet: _Sheet, dpi: float, words: str) -> None:
    """Paint the line at the foot of one of several pages."""
    painter.save()
    font = _font()
    font.setPointSizeF(_FOOT_PT)
    painter.setFont(font)
    painter.setPen(QColor(_MUTED))
    room = _room(sheet, dpi)
    place = QRectF(QPointF(_dots(sheet.margin, dpi), _dots(sheet.margin, dpi)), room)
    painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, words)
    painter.restore()


def _room(sheet: _Sheet, dpi: float) -> QSizeF:
    """Return the size of a sheet within its margins, in dots."""
    return QSizeF(
        _dots(sheet.width - 2 * sheet.margin, dpi),
        _dots((sheet.height or 0.0) - 2 * sheet.margin, dpi),
    )


def _fit(document: QTextDocument, sheet: _Sheet, dpi: float) -> float | None:
    """Shrink a document to fit on one page; return the scale to draw it at, None if it doesn't."""
    room = _room(sheet, dpi)
    for scale in _SCALES:
        document.setTextWidth(room.width() / scale)
        if document.size().height() * scale <= room.height():
            return scale
    return None


def _above_code(
    document: QTextDocument, page: QSizeF, margin: float, scale: float, top: float = 0.0
) -> QSizeF:
    """Return what of a page is above its check code, which would cut the watermark.

    Args:
        document: what is painted.
        page: the whole sheet.
        margin: of the sheet.
        scale: that the document is painted at.
        top: where in the document the page begins.
    """
    layout, block = document.documentLayout(), document.lastBlock()
    while block.isValid():
        place = layout.blockBoundingRect(block).top() - top
        if place < page.height() / scale / 2:
            break
        if "\N{OBJECT REPLACEMENT CHARACTER}" in block.text() and place * scale < page.height():
            return QSizeF(page.width(), margin + place * scale)
        block = block.previous()
    return page


def _paint_watermark(painter: QPainter, page: QSizeF, words: str, colour: str) -> None:
    """Paint the watermark from corner to corner of the page."""
    painter.save()
    font = _font()
    font.setBold(True)
    font.setPointSizeF(_WATERMARK_PT)
    painter.setFont(font)
    painter.setPen(QColor(colour))
    painter.translate(page.width() / 2, page.height() / 2)
    painter.rotate(-degrees(atan2(page.height(), page.width())))
    reach = hypot(page.width(), page.height())
    across = painter.fontMetrics().horizontalAdvance(words)
    painter.scale(*[_WATERMARK_REACH * reach / across] * 2)
    painter.drawText(QPointF(-across / 2, painter.fontMetrics().capHeight() / 2), words)
    painter.restore()
