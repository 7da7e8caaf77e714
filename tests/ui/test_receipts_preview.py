"""The preview of a receipt: both papers, print in focus, nothing fetched, white in every theme."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, QUrl, QUrlQuery
from PySide6.QtGui import QColor, QImage, QTextDocument
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.services.errors import ServiceError
from desktop_app.ui.core import design_tokens, i18n, theme
from desktop_app.ui.core.desktop_services import chat_address
from desktop_app.ui.core.window_front import FRAME
from desktop_app.ui.receipts import preview as preview_module
from desktop_app.ui.receipts.presenter import ReceiptsPresenter
from desktop_app.ui.receipts.preview import ReceiptPreview, open_preview
from desktop_app.ui.receipts.preview_model import suggested_path
from tests.ui.notice_area import notice_area

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from desktop_app.ui.core.page import PageContext
    from tests.ui.real_desk import RealDesk

pytestmark = pytest.mark.looks


@pytest.fixture
def desk(training_desk: RealDesk) -> RealDesk:
    return training_desk


@pytest.fixture
def number(desk: RealDesk) -> str:
    """The number of the newest receipt."""
    return desk.receipt(desk.uid()).number


@pytest.fixture
def preview(qtbot: QtBot, context: PageContext, desk: RealDesk) -> ReceiptPreview:
    window = QWidget()
    qtbot.addWidget(window)
    receipts = ReceiptsPresenter(context, window)
    context.runner.open(desk.services)
    dialog = open_preview(receipts, desk.uid())
    assert dialog is not None
    qtbot.waitUntil(dialog.print_button.isEnabled)
    return dialog


def _whole(room: QRect, _window: QWidget) -> QRect:
    return room


def test_it_is_never_taller_than_the_screen(
    preview: ReceiptPreview, qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview.hide()
    rooms = QSize(1366, 728), QSize(1097, 617), QSize(960, 540)
    for percent, room in product((100, 150, 200), rooms):
        if theme.scale() != percent / 100:
            theme.apply(qapp, "light", percent)
        monkeypatch.setattr(preview_module, "room_for", partial(_whole, QRect(QPoint(), room)))
        made = ReceiptPreview(preview._receipts, preview._uid, preview._receipts.window)
        made.setUpdatesEnabled(False)
        made.show()
        qtbot.waitUntil(made.print_button.isEnabled)
        assert made.height() <= room.height() - FRAME.height(), (percent, room)
        assert made.width() <= room.width(), (percent, room)
        place = QRect(made.print_button.mapTo(made, QPoint()), made.print_button.size())
        assert made.rect().contains(place), (percent, room)
        made.close()
        made.deleteLater()


def test_it_shows_the_receipt_on_the_paper_that_is_set(
    preview: ReceiptPreview, number: str
) -> None:
    text = preview.paper.toPlainText()
    for expected in ("Shiksha Classes", number, "11,800.00", "Asha Rao"):
        assert expected in text
    assert preview.papers.value() == "a5"
    assert preview.copies.text() == "not printed yet"
    assert preview.findChild(QWidget, "dialogTrainingBanner") is not None


def test_the_roll_is_narrower(preview: ReceiptPreview, qtbot: QtBot, desk: RealDesk) -> None:
    wide = preview.paper.width()
    desk.real.receipts.note_printed(desk.uid(), "a5")
    preview.papers.buttons["roll58"].click()
    qtbot.waitUntil(lambda: preview.copies.text() == "printed once")
    desk.real.receipts.note_printed(desk.uid(), "a5")
    preview.papers.buttons["roll80"].click()
    qtbot.waitUntil(lambda: preview.copies.text() == "printed 2 times")
    assert preview.paper.width() < wide
    assert "DUPLICATE 2" in preview.paper.toPlainText()


def test_paper_is_white_in_every_theme(preview: ReceiptPreview, qapp: QApplication) -> None:
    for name in ("dark", "contrast-dark", "light"):
        theme.apply(qapp, name)
        seen = preview.paper.viewport().grab().toImage()
        for x in (3, seen.width() // 2, seen.width() - 3):
            assert seen.pixelColor(x, 3) == design_tokens.QR_LIGHT, name
        grey = seen.convertToFormat(QImage.Format.Format_Grayscale8)
        data, wide = bytes(grey.constBits()), grey.bytesPerLine()
        lines = (data[at : at + grey.width()] for at in range(0, len(data), 2 * wide))
        dark = [tone < 60 for line in lines for tone in line[::2]]
        assert 0 < sum(dark) < len(dark) / 4, name  # ink, and not much of it


def test_nothing_is_fetched(preview: ReceiptPreview) -> None:
    kind = QTextDocument.ResourceType.ImageResource
    answer = preview.paper.loadResource(kind.value, QUrl("file:///etc/hostname"))
    assert answer.size() == QSize(1, 1)
    assert not preview.paper.openLinks()


def test_no_file_is_painted_whatever_the_html_says(preview: ReceiptPreview, tmp_path: Path) -> None:
    picture = tmp_path / "secret.png"
    image = QImage(200, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("magenta"))
    assert image.save(str(picture))
    for address in (picture.as_uri(), str(picture), picture.name):
        preview.paper.show_receipt(
            f'<p>kept</p><img src="{address}" width="200" height="200">'
            f'<table background="{address}"><tr><td>kept</td></tr></table>',
            "a5",
        )
        seen = preview.paper.viewport().grab().toImage()
        painted = {
            seen.pixelColor(x, y).name()
            for x in range(0, seen.width(), 4)
            for y in range(0, seen.height(), 4)
        }
        assert "#ff00ff" not in painted
        assert "#ffffff" in painted


def test_print_prints_what_is_shown_and_closes(
    preview: ReceiptPreview, context: PageContext, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot,
    desk: RealDesk,
) -> None:  # fmt: skip
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(context.printer, "print_receipt", lambda *what: asked.append(what))
    preview.languages.buttons["hi"].click()
    preview.papers.buttons["roll58"].click()
    qtbot.waitUntil(lambda: (preview._paper, preview._language) == ("roll58", "hi"))
    with qtbot.waitSignal(preview.accepted):
        preview.print_button.click()
    assert asked == [(desk.uid(), "roll58", "hi")]


def test_a_paper_that_nobody_chose_is_left_to_the_printer(
    preview: ReceiptPreview, context: PageContext, monkeypatch: pytest.MonkeyPatch, desk: RealDesk
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(context.printer, "print_receipt", lambda *what: asked.append(what))
    preview.print_button.click()
    assert asked == [(desk.uid(), "", "en")]


def test_all_papers_and_both_languages_are_offered(preview: ReceiptPreview, qtbot: QtBot) -> None:
    assert list(preview.papers.buttons) == ["a4", "a5", "roll80", "roll58"]
    widths = []
    for paper in preview.papers.buttons:
        with qtbot.waitSignal(preview._receipts.ready):
            preview.papers.buttons[paper].click()
        widths.append(preview.paper.maximumWidth())
    assert widths == sorted(widths, reverse=True)
    preview.languages.buttons["hi"].click()
    qtbot.waitUntil(lambda: "रसीद" in preview.paper.toPlainText())
    assert "Received from" not in preview.paper.toPlainText()


def test_it_speaks_hindi_at_once(
    preview: ReceiptPreview, qapp: QApplication, qtbot: QtBot, number: str
) -> None:
    i18n.set_language(qapp, "hi")
    try:
        qtbot.waitUntil(lambda: preview.heading.text() == f"रसीद {number}")
        assert preview.copies.text() == "अभी प्रिंट नहीं हुई"
        assert preview.windowTitle() == "रसीद"
    finally:
        i18n.set_language(qapp, "en")
    qtbot.waitUntil(lambda: preview.heading.text() == f"Receipt {number}")


def test_whatsapp_gets_number_and_amount_and_no_phone(
    preview: ReceiptPreview, context: PageContext, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    copied: list[str] = []

    def browse(address: QUrl) -> bool:
        opened.append(address)
        return len(opened) == 1

    monkeypatch.setattr(context.printer.computer, "open_address", browse)
    monkeypatch.setattr(context.printer.computer, "copy", copied.append)
    preview.tell_button.click()
    assert copied == []
    address = opened[0]
    assert address.scheme() == "https"
    assert address.host() == "wa.me"
    assert address.path() == "/"
    text = QUrlQuery(address).queryItemValue("text", QUrl.ComponentFormattingOption.FullyDecoded)
    assert text.startswith("Shiksha Classes: ₹11,800 received on ")
    assert text.endswith(f"receipt {number}. Thank you.")
    preview.tell_button.click()  # now without a browser
    assert copied == [text]
    assert "We copied the message" in notice_area(context).texts()[0]


@pytest.mark.parametrize("name", ["A & B #1?x=1%41+ tuition", "</a>\u202e", "शिक्षा"])
def test_a_message_holds_any_name(name: str) -> None:
    address = chat_address(f"{name}: paid")
    query = QUrlQuery(address)
    assert [key for key, _ in query.queryItems()] == ["text"]
    assert parse_qs(address.query(QUrl.ComponentFormattingOption.FullyEncoded)) == {
        "text": [f"{name}: paid"]
    }


def test_saving_as_pdf_takes_the_paper_shown(
    preview: ReceiptPreview, qtbot: QtBot, desk: RealDesk, tmp_path: Path
) -> None:
    preview.papers.buttons["roll80"].click()
    qtbot.waitUntil(lambda: preview._paper == "roll80")
    preview.pdf_button.click()
    dialog = preview.findChild(QFileDialog, "saveReceiptDialog")
    assert isinstance(dialog, QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "out.pdf"))
    qtbot.waitUntil((tmp_path / "out.pdf").exists)
    assert desk.calls.of("receipts.save_pdf")[0][1] == "roll80"
    dialog.reject()
    preview.close_button.click()


def test_another_receipt_of_the_same_page_is_not_shown_here(
    preview: ReceiptPreview, qtbot: QtBot, desk: RealDesk, number: str
) -> None:
    with qtbot.waitSignal(preview._receipts.ready):
        preview._receipts.read(desk.uid(1))
    assert number in preview.heading.text()


def test_a_receipt_that_cannot_be_read_closes_and_says_so(
    preview: ReceiptPreview, qtbot: QtBot, desk: RealDesk, context: PageContext
) -> None:
    desk.calls.refuse("receipts.html", ServiceError("we found no receipt with this id"))
    with qtbot.waitSignal(preview.rejected):
        preview.papers.buttons["roll80"].click()
    assert notice_area(context).texts()


def test_a_file_name_has_no_slashes() -> None:
    assert suggested_path("D1/26-27/000001").name == "Receipt D1-26-27-000001.pdf"
