"""The port `Documents`: receipts and spreadsheets, each part imported on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from desktop_app.services.views.bills import SlipView
    from desktop_app.services.views.receipts import ReceiptView
    from desktop_app.services.views.tenders import DepositView


class DeskDocuments:
    """Creates the desk's documents.

    Args:
        folder: the data folder, which holds the centre's logo; None for no logo.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def receipt_html(
        self, receipt: ReceiptView, paper: str, language: str = "en", picture: Path | None = None
    ) -> str:
        """Render a receipt as HTML for a paper size; `picture` is a logo not kept yet."""
        from desktop_app.documents.receipt_html import receipt_html

        if picture is None:
            return receipt_html(receipt, paper, language, self._logo(receipt))
        from desktop_app.documents.logo import drawn_logo  # imports Qt

        return receipt_html(receipt, paper, language, drawn_logo(picture))

    def write_pdf(self, receipt: ReceiptView, paper: str, language: str, path: Path) -> Path:
        """Write a receipt as PDF, atomically."""
        from desktop_app.documents.receipt_pdf import write_pdf  # imports Qt

        write_pdf(receipt, paper, path, language, self._logo(receipt))
        return path

    def paint(self, receipt: ReceiptView, paper: str, language: str, device: object) -> None:
        """Paint a receipt on a printer. Raises OSError if the printer fails."""
        from PySide6.QtGui import QPagedPaintDevice  # imports Qt

        from desktop_app.documents.receipt_pdf import paint

        if not isinstance(device, QPagedPaintDevice):
            raise TypeError("a receipt is painted on a printer or a PDF writer")
        paint(receipt, paper, device, language, self._logo(receipt))

    def slip_html(self, slip: SlipView | DepositView, paper: str, language: str) -> str:
        """Render a slip as HTML for a paper size."""
        from desktop_app.documents.slips import drawn

        return drawn(slip, paper, language, self._logo(slip)).html

    def write_slip(
        self, slip: SlipView | DepositView, paper: str, language: str, path: Path
    ) -> Path:
        """Write a slip as PDF, atomically."""
        from desktop_app.documents.receipt_pdf import write_slip  # imports Qt

        write_slip(slip, paper, path, language, self._logo(slip))
        return path

    def paint_slip(
        self, slip: SlipView | DepositView, paper: str, language: str, device: object
    ) -> None:
        """Paint a slip on a printer. Raises OSError if the printer fails."""
        from PySide6.QtGui import QPagedPaintDevice  # imports Qt

        from desktop_app.documents.receipt_pdf import paint_slip

        if not isinstance(device, QPagedPaintDevice):
            raise TypeError("a slip is painted on a printer or a PDF writer")
        paint_slip(slip, paper, device, language, self._logo(slip))

    def keep_logo(self, picture: Path) -> str:
        """Validate a logo and store it in the data folder as PNG."""
        from desktop_app.documents.logo import keep_logo  # imports Qt

        if self._folder is None:
            raise InvalidInputError("centre.logo", "You can't add a logo here.")
        return keep_logo(picture, self._folder)

    def _logo(self, shown: ReceiptView | SlipView | DepositView) -> bytes:
        """Read the logo of a document's centre; empty if it is gone."""
        name = shown.centre.logo
        if self._folder is None or not name or "/" in name or "\\" in name:
            return b""
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            return b""

    def write_rows(
        self,
        path: Path,
        header: Sequence[str],
        rows: Iterable[Sequence[object]],
        about: Sequence[Sequence[str]] = (),
    ) -> int:
        """Write a .csv or .xlsx by the path's suffix; return the number of rows."""
        from desktop_app.documents.sheets import write_rows

        return write_rows(path, header, rows, about)  # type: ignore[arg-type]

    def read_rows(
        self, path: Path, known: Collection[str] = ()
    ) -> tuple[tuple[str, ...], Iterator[tuple[int, dict[str, str]]]]:
        """Read a CSV file: its header, and each row with its line number."""
        from desktop_app.documents.sheets import read_rows

        return read_rows(path, known=known)
