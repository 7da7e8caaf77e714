"""Reads, saves and checks receipts for a page; printing itself is in `printing.py`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_app.ui.core.desktop_services import chat_address, file_actions
from desktop_app.ui.core.error_notices import describe
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.core.notice import Tone
from desktop_app.ui.receipts.preview_model import Preview, ReceiptFormat, receipt_text

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from desktop_app.services.desk import Desk
    from desktop_app.services.views.receipts import ReceiptView
    from desktop_app.ui.core.page import PageContext


class ReceiptsPresenter(QObject):
    """Shows, saves and checks receipts for one page.

    Signals:
        saved: where a PDF was written (`Path`).
        ready: a `Preview` that was asked for.
        failed: why one cannot be read or saved.
        checked: a `CheckedReceipt`.
        unreadable: why what was typed cannot be checked (an error).

    Args:
        context: the window's shared parts.
        window: the parent of dialogs.
    """

    saved = Signal(object)
    ready = Signal(object)
    failed = Signal(object)
    checked = Signal(object)
    unreadable = Signal(object)

    def __init__(self, context: PageContext, window: QWidget) -> None:
        super().__init__(window)
        self.context = context
        self.window = window

    def read(self, uid: str, paper: str = "", language: str = "") -> None:
        """Read a receipt for the preview; without a paper, on the one that is set."""
        read = partial(_read, uid=uid, look=ReceiptFormat(paper, language))
        self.context.runner.local(read, self.ready.emit, failed=self._fail)

    def check(self, typed: str) -> None:
        """Check whether a receipt is genuine by the text of its QR."""
        self.context.runner.local(
            lambda desk: desk.receipts.check(typed),
            self.checked.emit,
            owner=self,
            failed=self.unreadable.emit,
        )

    def save_pdf(self, uid: str, paper: str, path: Path, language: str = "") -> None:
        """Write a receipt as PDF, which counts as a print; without a paper, on the one set."""
        write = partial(_write, uid=uid, look=ReceiptFormat(paper, language), path=path)
        self.context.runner.local(write, self._saved, failed=self._not_saved)

    def print_receipt(self, uid: str, paper: str = "", language: str = "") -> None:
        """Print a receipt."""
        self.context.printer.print_receipt(uid, paper, language)

    def send_text(self, *receipts: ReceiptView) -> None:
        """Open WhatsApp with numbers and amount as text; the clerk chooses the recipient."""
        computer, text = self.context.printer.computer, receipt_text(*receipts)
        if not computer.open_address(chat_address(text)):
            computer.copy(text)
            self.context.notices.say(
                N_("Couldn't open a browser."),
                N_("We copied the message. Paste it into a chat or an email."),
            )

    def _saved(self, path: Path) -> None:
        computer = self.context.printer.computer
        self.context.notices.note(
            N_("Receipt saved as PDF."),
            todo=str(path),
            tone=Tone.GOOD,
            key="printed",
            actions=(
                *file_actions(computer, path),
                (N_("Copy path"), partial(computer.copy, str(path))),
            ),
        )
        self.saved.emit(path)

    def _fail(self, error: Exception) -> None:
        self.context.notices.post(describe(error))
        self.failed.emit(error)

    def _not_saved(self, error: Exception) -> None:
        if isinstance(error, OSError):
            reason = error.strerror or tr(N_("you can't save in this folder"))
            todo = tr(N_("Choose another folder ({reason})."), reason=reason)
        else:
            what, _money, then = describe(error).words()
            todo = f"{what} {then}".strip()
        self.context.notices.note(
            N_("Couldn't save the PDF."),
            money=N_("The payment is recorded. You can save the receipt any time."),
            todo=todo,
            tone=Tone.ATTENTION,
            key="printed",
        )
        self.failed.emit(error)


def _read(desk: Desk, uid: str, look: ReceiptFormat) -> Preview:
    settings = desk.settings.view()
    paper = look.paper or settings.paper
    language = look.language or settings.receipt_language
    html = desk.receipts.html(uid, paper, language)
    return Preview(desk.receipts.receipt(uid), paper, html, language)


def _write(desk: Desk, uid: str, look: ReceiptFormat, path: Path) -> Path:
    paper = look.paper or desk.settings.view().paper
    return desk.receipts.save_pdf(uid, paper, path, look.language)
