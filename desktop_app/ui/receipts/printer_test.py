"""Prints a test page for a dialog and reports the result. Touches no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop_app.ui.core.i18n import N_, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.ui.core.page import Printing
    from desktop_app.ui.receipts.printing import Printed


class PrinterTest(QObject):
    """Prints a test page and reports the result in words.

    Args:
        printer: prints.
        parent: the dialog that asks; nothing is reported once it is gone.
    """

    def __init__(self, printer: Printing, parent: QObject) -> None:
        super().__init__(parent)
        self._printer = printer
        self._report: Callable[[str], None] | None = None
        printer.tested.connect(self._tested)

    def __call__(
        self, paper: str, report: Callable[[str], None], printer: str | None = None
    ) -> None:
        """Print on a paper; `report` is called with the result as a sentence.

        Args:
            paper: the paper to print on.
            report: shows a sentence.
            printer: None for the one that is set, empty for the system's own.
        """
        self._report = report
        report(tr(N_("Printing…")))
        self._printer.print_test_page(printer, paper)

    def _tested(self, printed: Printed) -> None:
        report, self._report = self._report, None
        if report is None:
            return
        if printed.problem:
            report(tr(N_("Couldn't reach the printer.")))
        elif printed.path is None and printed.gone:
            words = N_("Couldn't find {gone}. We used {printer} instead.")
            report(tr(words, gone=printed.gone, printer=printed.printer))
        elif printed.path is None:
            report(tr(N_("Test page sent to {printer}."), printer=printed.printer))
        else:
            report(tr(N_("No printer found. We saved the page as {path}."), path=printed.path))
