"""White paper with a receipt, in every theme. Never fetches what a text refers to."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextOption
from PySide6.QtWidgets import QSizePolicy, QTextBrowser

from desktop_app.ui.core import design_tokens, theme
from desktop_app.ui.core.i18n import N_, bind_text

_WIDTHS = {"a4": 174, "a5": 124, "roll80": 72, "roll58": 48}
"""Printed width in millimetres: the paper without its margins."""
_DPI = 96
"""Pixels per inch that the pictures in the receipt are made for; the paper uses the same."""
_MM_PER_INCH = 25.4
_MARGIN = 28
_PAPER = "QTextBrowser { background: %s; color: %s; border: 1px solid palette(dark); }"


class PaperView(QTextBrowser):
    """White paper with a receipt."""

    def __init__(self) -> None:
        super().__init__()
        self._wide = 0
        self.setObjectName("receiptPaper")
        bind_text(self, "accessibleName", N_("Receipt"))
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setLineWrapMode(QTextBrowser.LineWrapMode.FixedPixelWidth)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.document().setDocumentMargin(_MARGIN)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        # The theme's style sheet overrides a palette.
        self.setStyleSheet(_PAPER % (design_tokens.QR_LIGHT.name(), design_tokens.QR_DARK.name()))

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: ARG002 - Qt's signature
        """Return an empty picture for every address: for None Qt opens the file itself.

        Qt decodes pictures inside the HTML without it.
        """
        address = name.toString() if isinstance(name, QUrl) else name
        return None if address.startswith("data:image/png;") else _nothing()

    def show_receipt(self, html: str, paper: str) -> None:
        """Show a receipt as wide as its paper."""
        wide = paper_px(paper, _MARGIN)
        bar = self.verticalScrollBar().sizeHint().width()
        self._wide = wide + bar + 2 * self.frameWidth() + theme.GAP
        self.setLineWrapColumnOrWidth(wide)
        self.setMaximumWidth(self._wide)
        self.updateGeometry()
        self.setHtml(html)

    def sizeHint(self) -> Any:
        """Return the size with the paper's width."""
        hint = super().sizeHint()
        hint.setWidth(self._wide or hint.width())
        return hint


def paper_px(paper: str, margin: int = 0) -> int:
    """Return the width of a paper in pixels of a receipt's pictures, its margins included."""
    return round(_WIDTHS.get(paper, _WIDTHS["a5"]) / _MM_PER_INCH * _DPI) + 2 * margin


def _nothing() -> QImage:
    empty = QImage(1, 1, QImage.Format.Format_ARGB32)
    empty.fill(Qt.GlobalColor.transparent)
    return empty
