"""The system's printers: names, paper, a page to paint on.

Qt's printing is loaded with the first receipt that is printed. Every call may block: print systems
ask the network. Nothing here knows the contents of a receipt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection

    from PySide6.QtGui import QPagedPaintDevice

WIDTHS_MM = {"a4": 210.0, "a5": 148.0, "roll80": 80.0, "roll58": 58.0}
_NARROW_MM = 66.0
"""Between a roll of 58 mm and one of 80 mm."""
_ROLL_MM = 110.0
"""Between a roll of 80 mm and the smallest page that receipts are printed on."""
_SLACK_MM = 3.0


class Printers(Protocol):
    """The printers that printing needs; tests have their own."""

    def default(self) -> str:
        """Return the name of the system's default printer; empty without one."""
        ...

    def names(self) -> tuple[str, ...]:
        """Return the names of all printers."""
        ...

    def open(self, name: str) -> QPagedPaintDevice:
        """Return a printer to paint on. Raises OSError when it is out of reach."""
        ...

    def paper(self, name: str, wanted: str) -> str:
        """Return the paper to print on: the wanted one where the printer takes it."""
        ...


class SystemPrinters:
    """The printers of this computer."""

    def default(self) -> str:
        """Return the name of the system's default printer, or of its only one."""
        from PySide6.QtPrintSupport import QPrinterInfo

        name = QPrinterInfo.defaultPrinterName()
        if name:
            return name
        names = QPrinterInfo.availablePrinterNames()
        return names[0] if len(names) == 1 else ""

    def names(self) -> tuple[str, ...]:
        """Return the names of all printers that the system knows."""
        from PySide6.QtPrintSupport import QPrinterInfo

        return tuple(QPrinterInfo.availablePrinterNames())

    def open(self, name: str) -> QPagedPaintDevice:
        """Return a printer to paint on. Raises OSError when it is out of reach."""
        from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

        found = QPrinterInfo.printerInfo(name)
        if found.isNull() or found.state() is QPrinter.PrinterState.Error:
            raise OSError(f"{name} is out of reach")
        printer = QPrinter(found, QPrinter.PrinterMode.HighResolution)
        if not printer.isValid():
            raise OSError(f"{name} is out of reach")
        return printer

    def paper(self, name: str, wanted: str) -> str:
        """Return the paper to print on."""
        from PySide6.QtGui import QPageSize
        from PySide6.QtPrintSupport import QPrinterInfo

        found = QPrinterInfo.printerInfo(name)
        in_mm = QPageSize.Unit.Millimeter
        held = found.defaultPageSize().size(in_mm).width()
        known = {page.size(in_mm).width() for page in found.supportedPageSizes()}
        return fitting_paper(wanted, held, known)


def fitting_paper(wanted: str, held: float, known: Collection[float]) -> str:
    """Return the paper to print on by the widths that a printer reports.

    Args:
        wanted: the one that is set.
        held: the width of the loaded paper, in millimetres; 0 if not reported.
        known: all widths that it takes, in millimetres; none if not reported.

    Returns:
        The wanted one where the printer takes it; else the one nearest to the loaded paper.
    """
    width = WIDTHS_MM[wanted]
    if held <= 0 or any(abs(each - width) <= _SLACK_MM for each in (held, *known)):
        return wanted
    if held <= _NARROW_MM:
        return "roll58"
    if held <= _ROLL_MM:
        return "roll80"
    return "a5" if abs(held - WIDTHS_MM["a5"]) <= _SLACK_MM else "a4"
