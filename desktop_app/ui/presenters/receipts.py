"""Receipts on screen and as files: opens the preview, saves PDFs. Decides nothing about receipts.

Printing itself is `printing.py`'s work.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal

from desktop_app.ui.jobs import Lane
from desktop_app.ui.notices import Notice, Tone, describe

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop_app.services.api import Desk
    from desktop_app.services.views import ReceiptView
    from desktop_app.ui.context import Context
    from desktop_app.ui.dialogs.receipt_preview import ReceiptPreview

PAPERS = (("a5", "A5 page"), ("roll80", "80 mm roll"))


@dataclass(frozen=True, slots=True)
class Preview:
    """A receipt ready to be looked at."""

    receipt: ReceiptView
    paper: str
    html: str


class ReceiptsPresenter(QObject):
    """Shows and saves receipts for one page.

    Signals:
        saved: where a PDF was written (`Path`).
        ready: a `Preview` that was asked for.
        failed: an error.

    Args:
        context: the window's shared parts.
        window: what dialogs belong to.
    """

    saved = Signal(object)
    ready = Signal(object)
    failed = Signal(object)

    def __init__(self, context: Context, window: QWidget) -> None:
        super().__init__(window)
        self.context = context
        self._window = window
        self._desk: Desk | None = None

    def attach(self, desk: Desk) -> None:
        """Take the open desk."""
        self._desk = desk

    def show(self, uid: str) -> ReceiptPreview | None:
        """Open the preview of a receipt."""
        if self._desk is None or not uid:
            return None
        from desktop_app.ui.dialogs.receipt_preview import ReceiptPreview  # noqa: PLC0415

        dialog = ReceiptPreview(self, uid, self._window, is_training=self._desk.is_training)
        dialog.open()
        return dialog

    def read(self, uid: str, paper: str = "") -> None:
        """Read a receipt for the preview; without a paper, on the one that is set."""
        if self._desk is not None:
            self.context.runner.submit(
                Lane.READ,
                partial(_read, self._desk, uid, paper),
                owner=self,
                on_done=self.ready.emit,
                on_error=self._fail,
            )

    def save_pdf(self, uid: str, paper: str, path: Path) -> None:
        """Write a receipt as PDF; it counts as printed. Without a paper, on the one set."""
        if self._desk is not None:
            self.context.runner.submit(
                Lane.READ,
                partial(_write, self._desk, uid, paper, path),
                owner=self,
                on_done=self._saved,
                on_error=self._not_saved,
            )

    def print_receipt(self, uid: str) -> None:
        """Put a receipt on paper."""
        self.context.printer.print_receipt(uid)

    def _saved(self, path: Path) -> None:
        self.context.notices.post(
            Notice(
                what="Receipt saved as PDF.",
                todo=str(path),
                tone=Tone.GOOD,
                key="printed",
                stays=False,
            )
        )
        self.saved.emit(path)

    def _fail(self, error: Exception) -> None:
        self.context.notices.post(describe(error))
        self.failed.emit(error)

    def _not_saved(self, error: Exception) -> None:
        words = describe(error)
        if isinstance(error, OSError):
            reason = error.strerror or "the folder cannot be written to"
            todo = f"Choose another folder ({reason})."
        else:
            todo = f"{words.what} {words.todo}"
        self.context.notices.post(
            Notice(
                what="The PDF could not be saved.",
                money="The payment is recorded; the receipt can be saved again any time.",
                todo=todo,
                tone=Tone.ATTENTION,
                key="printed",
            )
        )
        self.failed.emit(error)


def suggested_path(number: str) -> Path:
    """Propose where a receipt's PDF goes: the documents folder, named by its number."""
    where = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(where) / f"Receipt {number.replace('/', '-')}.pdf"


def _read(desk: Desk, uid: str, paper: str) -> Preview:
    paper = paper or desk.settings.view().paper
    return Preview(desk.receipts.receipt(uid), paper, desk.receipts.html(uid, paper))


def _write(desk: Desk, uid: str, paper: str, path: Path) -> Path:
    return desk.receipts.save_pdf(uid, paper or desk.settings.view().paper, path)
