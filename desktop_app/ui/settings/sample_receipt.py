"""A sample receipt that follows what is typed, as large as there is room for. Prints nothing."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QTimer
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFont,
    QPainter,
    QPalette,
    QPen,
    QTextDocument,
)
from PySide6.QtWidgets import QWidget

from desktop_app.services.settings.table import LOGO
from desktop_app.ui.core import design_tokens, theme
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.receipts.paper_view import paper_px
from desktop_app.ui.widgets.boxes import vbox
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QPaintEvent

    from desktop_app.services.desk import Desk
    from desktop_app.ui.core.jobs import JobRunner

PAUSE_MS = 120
"""After this long without another letter the sample is drawn again."""
MARGIN_PX = 24
FACE_PX = 13
LARGEST = 1.1
"""A sample is no larger than this many times the printed receipt."""


class SampleReceipt(QWidget):
    """A sample receipt under its caption.

    Args:
        runner: renders it.
    """

    def __init__(self, runner: JobRunner) -> None:
        super().__init__()
        self.setObjectName("sampleReceipt")
        self._runner = runner
        self._texts: dict[str, str] = {}
        self._wait = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._wait.timeout.connect(self._render)
        self.paper = SheetOfPaper()
        vbox(
            label(N_("Sample receipt"), "secondary"), (self.paper, 1), inside=self, gap=theme.GAP,
            margins=(0, 20, theme.MARGIN, 20),
        )  # fmt: skip

    def show_texts(self, texts: Mapping[str, str]) -> None:
        """Show the receipt with settings that are not kept yet, by key; soon."""
        if texts and dict(texts) != self._texts:
            self._texts = dict(texts)
            self._wait.start()

    def _render(self) -> None:
        self._runner.local(
            partial(_sample, self._texts), self._show, failed=_leave, replaces="sample"
        )

    def _show(self, sample: tuple[str, str]) -> None:
        self.paper.show_html(*sample)


class SheetOfPaper(QWidget):
    """White paper with a document, scaled so that all of it is seen."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("samplePaper")
        bind_text(self, "accessibleName", N_("Sample receipt"))
        self._page = QTextDocument(self)
        self._page.setDocumentMargin(MARGIN_PX)
        self.html = ""

    def show_html(self, html: str, paper: str) -> None:
        """Show a document on a paper."""
        self.html = html
        face = QFont(self.font())
        face.setPixelSize(FACE_PX)
        self._page.setDefaultFont(face)
        self._page.setTextWidth(paper_px(paper, MARGIN_PX))
        self._page.setHtml(html)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the document, white in every theme."""
        size = self._page.size()
        if not self.html or size.isEmpty():
            return
        factor = min(self.width() / size.width(), self.height() / size.height(), LARGEST)
        sheet = QRectF(0, 0, size.width() * factor, size.height() * factor)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().dark().color(), 1))
        painter.setBrush(design_tokens.QR_LIGHT)
        painter.drawRect(sheet.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.scale(factor, factor)
        ink = QAbstractTextDocumentLayout.PaintContext()
        ink.palette.setColor(QPalette.ColorRole.Text, design_tokens.QR_DARK)
        self._page.documentLayout().draw(painter, ink)


def _sample(texts: Mapping[str, str], desk: Desk) -> tuple[str, str]:
    """Return the sample's HTML and its paper; a logo may be a path that is not kept yet."""
    logo = texts.get(LOGO, "")
    picture = Path(logo) if "/" in logo or "\\" in logo else None
    html = desk.receipts.sample_html(texts, picture)
    return html, texts.get("receipt.paper") or desk.settings.view().paper


def _leave(_error: Exception) -> None:
    """Leave the sample as it was: the field itself shows what is wrong."""
