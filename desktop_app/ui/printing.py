"""Puts receipts on paper, or into a PDF where there is no printer: a sale is never lost to one.

Everything runs in the READ lane, since print systems can hang. It decides nothing about receipts:
their text and how often they were printed belong to the desk.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSizeF, QUrl, Signal

from desktop_app.ui.jobs import JobRunner, Lane, call
from desktop_app.ui.widgets.notice_area import Notice, NoticeArea, Tone

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

    from desktop_app.services.api import Desk

A5 = "a5"
ROLL_MM = (80.0, 200.0)


@dataclass(frozen=True, slots=True)
class Printed:
    """Where a receipt went: a printer's name, or a PDF's path."""

    uid: str
    printer: str = ""
    path: Path | None = None


class ReceiptPrinter(QObject):
    """Prints receipts and says how it went.

    Signals:
        printed: a `Printed`.
    """

    printed = Signal(object)

    def __init__(self, runner: JobRunner, notices: NoticeArea) -> None:
        super().__init__(notices)
        self._runner = runner
        self._notices = notices
        self._desk: Desk | None = None
        self._folder: Path | None = None
        self._under_way: set[str] = set()

    def attach(self, desk: Desk, folder: Path | None) -> None:
        """Take the open desk and the folder for PDFs; None is the user's documents."""
        self._desk, self._folder = desk, folder

    def print_receipt(self, uid: str) -> None:
        """Print a receipt; while it is under way a second call is ignored."""
        if self._desk is None or not uid or uid in self._under_way:
            return
        self._under_way.add(uid)
        self._runner.submit(
            Lane.READ,
            call(_print, self._desk, uid, self._folder),
            owner=self,
            on_done=self._done,
            on_error=self._failed,
        )

    def print_latest(self) -> None:
        """Print the receipt that was issued last (F7)."""
        if self._desk is not None:
            self._runner.submit(
                Lane.READ, call(_latest, self._desk), owner=self, on_done=self._print_found
            )

    def _print_found(self, uid: str | None) -> None:
        if uid is None:
            self._notices.say("There is no receipt yet.", "The first one comes with a payment.")
        else:
            self.print_receipt(uid)

    def _done(self, printed: Printed) -> None:
        self._under_way.discard(printed.uid)
        if printed.path is None:
            self._notices.say(f"Receipt sent to {printed.printer}.", tone=Tone.GOOD)
        else:
            self._notices.post(
                Notice(
                    what="No printer was found: the receipt was saved as a PDF.",
                    todo=str(printed.path),
                    tone=Tone.ATTENTION,
                    key="printed",
                    actions=(("Open PDF", call(_open, printed.path)),),
                )
            )
        self.printed.emit(printed)

    def _failed(self, error: Exception) -> None:
        self._under_way.clear()
        from desktop_app.ui.notices import describe  # noqa: PLC0415 - not needed to start

        notice = describe(error)
        self._notices.post(
            Notice(
                what="The receipt could not be printed.",
                money="The payment is recorded; the receipt can be printed again any time.",
                todo=f"{notice.what} {notice.todo}",
                tone=Tone.ATTENTION,
                key="printed",
            )
        )


def _open(path: Path) -> None:
    from PySide6.QtGui import QDesktopServices  # noqa: PLC0415 - needed once in a while

    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _latest(desk: Desk) -> str | None:
    receipt = desk.receipts.latest()
    return receipt.uid if receipt is not None else None


def _print(desk: Desk, uid: str, folder: Path | None) -> Printed:
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo  # noqa: PLC0415 - slow to load

    paper = desk.settings.view().paper
    name = QPrinterInfo.defaultPrinterName()
    if not name:
        number = desk.receipts.receipt(uid).number.replace("/", "-")
        path = (folder or _documents()) / f"{number}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        return Printed(uid, path=desk.receipts.save_pdf(uid, paper, path))
    printer = QPrinter(QPrinterInfo.printerInfo(name))
    _lay_out(printer, desk.receipts.html(uid, paper), paper)
    desk.receipts.note_printed(uid, paper)
    return Printed(uid, printer=name)


def _lay_out(printer: QPrinter, html: str, paper: str) -> None:
    from PySide6.QtGui import QPageSize, QTextDocument  # noqa: PLC0415 - only for printing

    size = (
        QPageSize(QPageSize.PageSizeId.A5)
        if paper == A5
        else QPageSize(QSizeF(*ROLL_MM), QPageSize.Unit.Millimeter)
    )
    printer.setPageSize(size)
    document = QTextDocument()
    document.setHtml(html)
    document.documentLayout().setPaintDevice(printer)
    document.setPageSize(QSizeF(printer.pageRect(printer.Unit.DevicePixel).size()))
    document.print_(printer)
    if printer.printerState() == printer.PrinterState.Error:
        raise OSError("the printer reports an error")


def _documents() -> Path:
    from PySide6.QtCore import QStandardPaths  # noqa: PLC0415 - only without a data folder

    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
