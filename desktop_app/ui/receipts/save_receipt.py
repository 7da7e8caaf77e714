"""Asks where to save a receipt's PDF, without blocking; the presenter writes it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.receipts.preview_model import ReceiptFormat, suggested_path

if TYPE_CHECKING:
    from desktop_app.ui.receipts.presenter import ReceiptsPresenter


def ask_where(
    receipts: ReceiptsPresenter,
    uid: str,
    number: str,
    paper: str,
    parent: QWidget,
    language: str = "",
) -> QFileDialog:
    """Open the dialog; the PDF is written once a file is chosen.

    Args:
        receipts: writes the PDF.
        uid: the uid of the receipt.
        number: its number, for the file name.
        paper: one of the papers; empty for the one that is set.
        parent: the window or dialog it belongs to.
        language: `en` or `hi`; empty for the one that is set.
    """
    where = suggested_path(number)
    dialog = QFileDialog(parent, "", str(where.parent), "PDF (*.pdf)")
    bind_text(dialog, "windowTitle", N_("Save receipt as PDF"))
    dialog.setObjectName("saveReceiptDialog")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("pdf")
    dialog.selectFile(where.name)
    dialog.fileSelected.connect(partial(_save, receipts, uid, ReceiptFormat(paper, language)))
    dialog.open()
    return dialog


def _save(receipts: ReceiptsPresenter, uid: str, look: ReceiptFormat, chosen: str) -> None:
    receipts.save_pdf(uid, look.paper, Path(chosen), look.language)
