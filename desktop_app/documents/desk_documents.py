"""The port `Documents`: receipts and sheets, each part imported when first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from desktop_app.services.views import ReceiptView


class DeskDocuments:
    """What the desk hands over."""

    def receipt_html(self, receipt: ReceiptView, paper: str) -> str:
        """Render as HTML for `a5` or `roll80`."""
        from desktop_app.documents.receipt_html import receipt_html  # noqa: PLC0415

        return receipt_html(receipt, paper)

    def write_pdf(self, receipt: ReceiptView, paper: str, path: Path) -> Path:
        """Write as PDF, atomically."""
        from desktop_app.documents.receipt_pdf import write_pdf  # noqa: PLC0415 - brings Qt

        write_pdf(receipt, paper, path)
        return path

    def write_rows(
        self, path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> int:
        """Write a sheet as .csv or .xlsx by the path's suffix; return the rows written."""
        from desktop_app.documents.sheets import write_rows  # noqa: PLC0415

        return write_rows(path, header, rows)  # type: ignore[arg-type]

    def read_rows(self, path: Path) -> tuple[tuple[str, ...], Iterator[tuple[int, dict[str, str]]]]:
        """Read a CSV file: its header, and each row with its line number."""
        from desktop_app.documents.sheets import read_rows  # noqa: PLC0415

        return read_rows(path)
