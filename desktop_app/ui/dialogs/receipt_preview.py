"""A receipt as it will come out of the printer; from here it is printed or saved as PDF.

Shows only HTML that the desk made, on white paper in every theme, and fetches nothing: no
picture, no link, no file that a name could point to.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QPalette, QTextOption
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QSizePolicy,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from desktop_app.ui import theme
from desktop_app.ui.dialogs.choices import Choices
from desktop_app.ui.dialogs.save_receipt import ask_where
from desktop_app.ui.presenters.receipts import PAPERS, Preview, ReceiptsPresenter
from desktop_app.ui.widgets.banner import StripedBanner
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.card import rule
from desktop_app.ui.widgets.labels import label

_WIDTHS = {"a5": 124, "roll80": 72}
"""What is printed on, in millimetres: the paper without its margins."""
_MM_PER_INCH = 25.4
_MARGIN = 28


class PaperView(QTextBrowser):
    """White paper with a receipt on it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("receiptPaper")
        self.setAccessibleName("Receipt")
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document().setDocumentMargin(_MARGIN)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        paper = QPalette(self.palette())
        paper.setColor(QPalette.ColorRole.Base, theme.QR_LIGHT)
        paper.setColor(QPalette.ColorRole.Text, theme.QR_DARK)
        self.setPalette(paper)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:  # noqa: ARG002 - Qt's signature
        """Fetch nothing, whatever the text says."""
        return None

    def show_receipt(self, html: str, paper: str) -> None:
        """Show a receipt as wide as its paper."""
        inches = _WIDTHS.get(paper, _WIDTHS["a5"]) / _MM_PER_INCH
        bar = self.verticalScrollBar().sizeHint().width()
        self.setFixedWidth(round(inches * self.logicalDpiX()) + 2 * _MARGIN + bar)
        self.setHtml(html)


class ReceiptPreview(QDialog):
    """A receipt, on either paper, with Print in focus.

    Args:
        receipts: reads, prints and saves.
        uid: the receipt's.
        parent: the window it belongs to.
        is_training: whether the banner of training stands on top.
    """

    def __init__(
        self, receipts: ReceiptsPresenter, uid: str, parent: QWidget, *, is_training: bool
    ) -> None:
        super().__init__(parent)
        self.setObjectName("receiptPreview")
        self.setWindowTitle("Receipt")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._receipts = receipts
        self._uid = uid
        self._paper = ""
        self._number = ""
        self.heading = label("Receipt", "section", name="receiptHeading")
        self.copies = label("", "secondary", name="receiptCopies")
        self.paper = PaperView()
        self.print_button = Button("Print", kind="primary", icon="print", name="previewPrintButton")
        self.pdf_button = Button("Save PDF…", name="previewPdfButton")
        self.close_button = Button("Close", name="previewCloseButton")
        self.papers = Choices("previewPaper", "Paper", PAPERS)
        self._lay_out(is_training=is_training)
        self._connect()
        self.resize(700, 700)
        receipts.read(uid)

    def _lay_out(self, *, is_training: bool) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if is_training:
            column.addWidget(
                StripedBanner("dialogTrainingBanner", "TRAINING", "nothing here is real")
            )
        head = QHBoxLayout()
        head.setContentsMargins(theme.MARGIN, 12, theme.MARGIN, 12)
        head.setSpacing(12)
        head.addWidget(self.heading)
        head.addWidget(self.copies)
        head.addStretch(1)
        head.addWidget(self.papers)
        column.addLayout(head)
        column.addWidget(rule())
        middle = QHBoxLayout()
        middle.setContentsMargins(theme.MARGIN, theme.GROUP, theme.MARGIN, theme.GROUP)
        middle.addStretch(1)
        middle.addWidget(self.paper)
        middle.addStretch(1)
        column.addLayout(middle, 1)
        column.addWidget(rule())
        column.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(theme.MARGIN, 12, theme.MARGIN, 12)
        row.setSpacing(theme.GROUP)
        row.addWidget(self.close_button)
        row.addStretch(1)
        row.addWidget(self.pdf_button)
        row.addWidget(self.print_button)
        for button in (self.print_button, self.pdf_button):
            button.setEnabled(False)
        return row

    def _connect(self) -> None:
        self._receipts.ready.connect(self._show)
        self._receipts.failed.connect(self.reject)
        self.print_button.clicked.connect(self._print)
        self.pdf_button.clicked.connect(self._save)
        self.close_button.clicked.connect(self.reject)
        self.papers.chosen.connect(self._use)

    def _use(self, paper: str) -> None:
        self._receipts.read(self._uid, paper)

    def _show(self, preview: Preview) -> None:
        receipt = preview.receipt
        if receipt.uid != self._uid:
            return
        is_first = not self._number
        self._paper, self._number = preview.paper, receipt.number
        self.heading.setText(f"Receipt {receipt.number}")
        self.copies.setText(_copies(receipt.prints))
        self.papers.choose(preview.paper)
        self.paper.show_receipt(preview.html, preview.paper)
        self.print_button.setEnabled(True)
        self.pdf_button.setEnabled(True)
        if is_first:
            self.print_button.setFocus()

    def _print(self) -> None:
        self._receipts.print_receipt(self._uid)
        self.accept()

    def _save(self) -> None:
        dialog = ask_where(self._receipts, self._uid, self._number, self._paper, self)
        dialog.accepted.connect(self.accept)


def _copies(prints: int) -> str:
    if not prints:
        return "not printed yet"
    return "printed once" if prints == 1 else f"printed {prints} times"
