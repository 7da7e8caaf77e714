"""Printing: every printer that fails leaves the sale, a PDF and a way on; one layout everywhere."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader
from PySide6.QtGui import QPdfWriter

from desktop_app.documents.desk_documents import DeskDocuments
from desktop_app.domain.check_code import stamped
from desktop_app.domain.receipt import day_in_india
from desktop_app.services.errors import ServiceError
from desktop_app.ui.receipts.printers import SystemPrinters, fitting_paper
from desktop_app.ui.receipts.printing import Printed, ReceiptPrinter
from desktop_app.ui.widgets.buttons import Button
from tests.ui.notice_area import notice_area
from tests.ui.played_ports import RECEIPT_KEY

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QPagedPaintDevice
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from tests.ui.real_desk import RealDesk


@dataclass
class Shop:
    """Printers of a test: one, none, out of reach, or hanging."""

    folder: Path
    name: str = "Counter printer"
    error: OSError | None = None
    takes: str = ""
    others: tuple[str, ...] = ()
    hangs: threading.Event = field(default_factory=threading.Event)
    opened: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hangs.set()

    def default(self) -> str:
        return self.name

    def names(self) -> tuple[str, ...]:
        return tuple(name for name in (self.name, *self.others) if name)

    def open(self, name: str) -> QPagedPaintDevice:
        self.opened.append(name)
        self.hangs.wait(20)
        if self.error:
            raise self.error
        return QPdfWriter(str(self.folder / "paper.pdf"))

    def paper(self, name: str, wanted: str) -> str:
        return self.takes or wanted


class Recorder:
    def __init__(self) -> None:
        self.files: list[str] = []

    def open_file(self, path: Path) -> None:
        self.files.append(path.name)

    def open_folder(self, path: Path) -> None:
        self.files.append(f"folder of {path.name}")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@pytest.fixture
def printer(context: PageContext, desk: RealDesk, shop: Shop, tmp_path: Path) -> ReceiptPrinter:
    made = ReceiptPrinter(context.runner, context.notices, shop, Recorder())  # type: ignore[arg-type]
    context.runner.open(desk.services)
    made.folder = tmp_path / "receipts"
    return made


def printed(printer: ReceiptPrinter, qtbot: QtBot, desk: RealDesk) -> Printed:
    with qtbot.waitSignal(printer.printed) as caught:
        printer.print_receipt(desk.uid())
    done = caught.args[0]
    assert isinstance(done, Printed)
    return done


def stem(desk: RealDesk) -> str:
    """The name of the file of the newest receipt."""
    return desk.receipt(desk.uid()).number.replace("/", "-")


def press(context: PageContext, words: str) -> None:
    """Press a button of the notice."""
    next(button for button in _buttons(context) if button.text() == words).click()


def test_a_receipt_goes_to_the_printer(
    printer: ReceiptPrinter, qtbot: QtBot, desk: RealDesk, context: PageContext, shop: Shop
) -> None:
    assert printed(printer, qtbot, desk).printer == "Counter printer"
    assert desk.prints() == [(desk.uid(), "a5")]
    assert notice_area(context).texts() == ("Receipt sent to Counter printer.",)


def test_a_receipt_goes_to_the_printer_that_is_set(
    printer: ReceiptPrinter, qtbot: QtBot, desk: RealDesk, context: PageContext, shop: Shop
) -> None:
    shop.others = ("Office: 1st floor",)
    desk.put("print.printer", "Office: 1st floor")
    assert printed(printer, qtbot, desk).printer == "Office: 1st floor"
    assert shop.opened == ["Office: 1st floor"]
    with qtbot.waitSignal(printer.tested):
        printer.print_test_page(printer="")  # the system's own, as chosen on the settings' page
    assert shop.opened == ["Office: 1st floor", "Counter printer"]


def test_a_printer_that_is_gone_gives_its_place_to_the_systems_own_and_is_named(
    printer: ReceiptPrinter, qtbot: QtBot, desk: RealDesk, context: PageContext, shop: Shop
) -> None:
    desk.put("print.printer", "Office")
    done = printed(printer, qtbot, desk)
    assert (done.printer, done.gone) == ("Counter printer", "Office")
    assert desk.prints() == [(desk.uid(), "a5")], "the sale has its receipt"
    (text,) = notice_area(context).texts()
    assert text.startswith("Couldn't find Office. We used Counter printer instead.")
    assert "Settings" in text


def test_without_any_printer_a_printer_that_is_set_is_no_trouble(
    printer: ReceiptPrinter, qtbot: QtBot, desk: RealDesk, shop: Shop
) -> None:
    shop.name = ""
    desk.put("print.printer", "Office")
    done = printed(printer, qtbot, desk)
    assert (done.printer, done.problem) == ("", "")
    assert done.path is not None
    assert shop.opened == []


def test_the_paper_is_the_one_the_printer_holds(
    printer: ReceiptPrinter, qtbot: QtBot, desk: RealDesk, shop: Shop
) -> None:
    shop.takes = "roll80"
    printed(printer, qtbot, desk)
    with qtbot.waitSignal(printer.printed):
        printer.print_receipt(desk.uid(), "roll58")  # chosen by hand: it stays
    assert desk.prints() == [(desk.uid(), "roll80"), (desk.uid(), "roll58")]


def test_out_of_reach_the_receipt_is_kept_and_there_are_three_ways_on(
    printer: ReceiptPrinter, qtbot: QtBot, desk: RealDesk, context: PageContext, shop: Shop
) -> None:
    shop.error = OSError("no such printer")
    gone = printed(printer, qtbot, desk)
    assert gone.path is not None
    assert gone.path.name == f"{stem(desk)} (not printed).pdf"
    assert gone.path.read_bytes().startswith(b"%PDF")
    assert desk.prints() == []  # nobody has a copy yet: the next one is no duplicate
    (text,) = notice_area(context).texts()
    assert text.startswith(
        "Couldn't reach the printer. We recorded the payment and saved the receipt as"
    )
    for words in ("Retry", "Save PDF", "Continue"):
        assert words in [button.text() for button in _buttons(context)]


def _buttons(context: PageContext) -> list[Button]:
    return list(notice_area(context).findChildren(Button))


def test_retry_prints_and_takes_the_waiting_copy_away(
    printer: ReceiptPrinter, qtbot: QtBot, desk: RealDesk, context: PageContext, shop: Shop
) -> None:
    shop.error = OSError("no such printer")
    gone = printed(printer, qtbot, desk)
    shop.error = None
    with qtbot.waitSignal(printer.printed):
        press(context, "Retry")
    assert desk.prints() == [(desk.uid(), "a5")]
    assert gone.path is not None
    assert not gone.path.exists()


def test_save_pdf_counts_the_copy_and_shows_where_it_is(
    printer: ReceiptPrinter, qtbot: QtBot, desk: RealDesk, context: PageContext, shop: Shop
) -> None:
    shop.error = OSError("no such printer")
    gone = printed(printer, qtbot, desk)
    press(context, "Save PDF")
    qtbot.waitUntil(lambda: desk.prints() == [(desk.uid(), "pdf-a5")])
    qtbot.waitUntil(lambda: "Receipt saved as PDF." in " ".join(notice_area(context).texts()))
    press(context, "Open folder")
    assert gone.path is not None
    assert printer.computer.files == [f"folder of {gone.path.name}"]  # type: ignore[attr-defined]


def test_continue_leaves_everything_as_it_is(
    printer: ReceiptPrinter, qtbot: QtBot, desk: RealDesk, context: PageContext, shop: Shop
) -> None:
    shop.error = OSError("no such printer")
    gone = printed(printer, qtbot, desk)
    press(context, "Continue")
    qtbot.waitUntil(lambda: not notice_area(context).texts())
    assert desk.prints() == []
    assert gone.path is not None
    assert gone.path.exists()


def test_when_not_even_a_pdf_can_be_kept_it_still_says_so(
    printer: ReceiptPrinter, qtbot: QtBot, desk: RealDesk, context: PageContext, shop: Shop
) -> None:
    shop.error = OSError("no such printer")
    desk.calls.refuse("receipts.keep_copy", OSError("disk full"))
    assert printed(printer, qtbot, desk).path is None
    assert "The payment is recorded" in notice_area(context).texts()[0]


def test_no_printer_at_all_saves_a_pdf_and_counts_it(
    printer: ReceiptPrinter, qtbot: QtBot, desk: RealDesk, context: PageContext, shop: Shop
) -> None:
    shop.name = ""
    saved = printed(printer, qtbot, desk)
    assert saved.path is not None
    assert saved.path.name == f"{stem(desk)}.pdf"
    assert [each[:2] for each in desk.calls.of("receipts.save_pdf")] == [(desk.uid(), "a5")]
    assert notice_area(context).texts()[0].startswith("No printer found. We saved the receipt")
    press(context, "Open PDF")
    assert printer.computer.files == [f"{stem(desk)}.pdf"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["Counter printer", ""])
def test_the_receipts_of_one_payment_are_in_one_notice(
    printer: ReceiptPrinter,
    qtbot: QtBot,
    desk: RealDesk,
    context: PageContext,
    shop: Shop,
    name: str,
) -> None:
    shop.name = name
    printer.print_receipts((desk.uid(0), desk.uid(1)))
    words = f"2 receipts sent to {name}."
    if not name:
        words = f"No printer found. We saved 2 receipts as PDFs. {printer.folder}"
    qtbot.waitUntil(lambda: notice_area(context).texts() == (words,))
    qtbot.waitUntil(lambda: "Open PDF" not in [each.text() for each in _buttons(context)])
    printer.print_receipt(desk.uid(1))
    alone = "Receipt sent to" if name else "No printer found. We saved the receipt"
    qtbot.waitUntil(lambda: notice_area(context).texts()[0].startswith(alone))


def test_what_is_said_of_a_saved_receipt_leaves_with_the_parent(
    printer: ReceiptPrinter, qtbot: QtBot, desk: RealDesk, context: PageContext, shop: Shop
) -> None:
    shop.name = ""
    printed(printer, qtbot, desk)
    assert notice_area(context).texts()
    printer.forget_saved()
    assert notice_area(context).texts() == ()
    shop.name, shop.error = "Counter printer", OSError("off")
    printed(printer, qtbot, desk)
    printer.forget_saved()
    assert notice_area(context).texts(), "a printer out of reach needs somebody to decide"


def test_a_printer_that_hangs_is_told_and_stops_nothing(
    printer: ReceiptPrinter, qtbot: QtBot, desk: RealDesk, context: PageContext, shop: Shop
) -> None:
    shop.hangs.clear()
    printer._slow.setInterval(1)
    printer.print_receipt(desk.uid())
    qtbot.waitUntil(lambda: "is taking longer than usual" in " ".join(notice_area(context).texts()))
    printer.print_receipt(desk.uid())  # a second press while it hangs
    with qtbot.waitSignal(printer.printed):
        shop.hangs.set()
    assert desk.prints() == [(desk.uid(), "a5")]
    assert notice_area(context).texts() == ("Receipt sent to Counter printer.",)


def test_a_receipt_that_cannot_be_read_is_told(
    printer: ReceiptPrinter, qtbot: QtBot, desk: RealDesk, context: PageContext
) -> None:
    desk.calls.refuse("receipts.print_on", ServiceError("we found no receipt with this id"))
    desk.calls.play("receipts.latest", lambda: None)
    printer.print_receipt(desk.uid())
    qtbot.waitUntil(lambda: bool(notice_area(context).texts()))
    assert "Couldn't print the receipt" in notice_area(context).texts()[0]
    printer.print_latest()
    qtbot.waitUntil(lambda: "No receipts yet." in notice_area(context).texts()[-1])


@pytest.mark.parametrize("name", ["Counter printer", ""])
def test_a_test_page(
    printer: ReceiptPrinter,
    qtbot: QtBot,
    desk: RealDesk,
    context: PageContext,
    shop: Shop,
    name: str,
) -> None:
    shop.name = name
    with qtbot.waitSignal(printer.tested) as caught:
        printer.print_test_page()
    called = "receipts.print_specimen" if name else "receipts.save_specimen"
    assert [each[0] for each in desk.calls.of(called)] == ["a5"]
    assert desk.prints() == []
    assert (caught.args[0].path is None) is bool(name)
    assert "est page" in notice_area(context).texts()[0]


def test_a_test_page_on_a_printer_out_of_reach(
    printer: ReceiptPrinter, qtbot: QtBot, context: PageContext, shop: Shop
) -> None:
    shop.error = OSError("off")
    with qtbot.waitSignal(printer.tested) as caught:
        printer.print_test_page("Another")
    assert caught.args[0].problem == "off"
    assert shop.opened == ["Another"]
    assert "Couldn't reach the printer." in notice_area(context).texts()[0]


def test_without_any_print_system_nothing_breaks() -> None:
    printers = SystemPrinters()
    assert printers.default() == ""
    with pytest.raises(OSError, match="out of reach"):
        printers.open("No such printer")


@pytest.mark.parametrize(
    ("wanted", "held", "known", "paper"),
    [
        ("a5", 0, [], "a5"),
        ("a5", 210, [210, 148, 105], "a5"),
        ("a5", 216, [216, 279], "a4"),
        ("a5", 80, [80], "roll80"),
        ("a4", 79.5, [79.5, 58], "roll80"),
        ("a4", 57.5, [57.5], "roll58"),
        ("roll80", 210, [210, 148], "a4"),
        ("roll80", 148, [148], "a5"),
        ("roll58", 80, [80, 58], "roll58"),
        ("roll80", 82, [82], "roll80"),
    ],
)
def test_a_paper_is_chosen_by_what_the_printer_knows(
    wanted: str, held: float, known: list[float], paper: str
) -> None:
    assert fitting_paper(wanted, held, known) == paper


@pytest.mark.parametrize(
    ("paper", "width_mm"), [("a4", 210), ("a5", 148), ("roll80", 80), ("roll58", 58)]
)
def test_a_real_printer_gets_the_page_of_the_pdf(
    tmp_path: Path, qapp: QApplication, desk: RealDesk, paper: str, width_mm: int
) -> None:
    """Qt's own printer, printing into a file: right paper, watermark, Hindi, the check QR."""
    from PySide6.QtPrintSupport import QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    path = tmp_path / "printed.pdf"
    printer.setOutputFileName(str(path))
    issued = desk.receipt(desk.uid())
    stamp = stamped(RECEIPT_KEY, issued.number, day_in_india(issued.issued_at), issued.amount)
    receipt = replace(issued, is_training=True, stamp=stamp)
    DeskDocuments().paint(receipt, paper, "hi", printer)
    reader = PdfReader(path)
    (page,) = reader.pages
    assert round(float(page.mediabox.width) * 25.4 / 72) == width_mm
    if paper.startswith("roll"):
        assert 100 < float(page.mediabox.height) * 25.4 / 72 < 260  # as long as what is on it
    text = " ".join(page.extract_text().split())
    assert text.count("NOT A RECEIPT") >= (3 if paper.startswith("roll") else 2)
    assert receipt.number in text
    assert "11,800.00" in text
    assert len(page.images) == 1


def test_what_is_no_printer_is_refused(desk: RealDesk) -> None:
    receipt = desk.receipt(desk.uid())
    with pytest.raises(TypeError, match="printer"):
        DeskDocuments().paint(receipt, "a5", "en", object())


@pytest.mark.qt_log_ignore("QPainter::begin")
def test_a_printer_that_does_not_begin_is_out_of_reach(tmp_path: Path, desk: RealDesk) -> None:
    receipt = desk.receipt(desk.uid())
    nowhere = QPdfWriter(str(tmp_path / "missing" / "x.pdf"))
    with pytest.raises(OSError, match="does not accept"):
        DeskDocuments().paint(receipt, "a5", "en", nowhere)
