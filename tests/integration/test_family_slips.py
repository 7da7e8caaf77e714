"""Family slips: a bill's payments and receipts on one paper, which is no receipt itself."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader
from PySide6.QtGui import QTextDocument

from desktop_app.documents.paper_sheet import LANGUAGES, PAPERS
from desktop_app.domain.payment import Method
from desktop_app.services.errors import ServiceError
from tests.integration.test_carts import CASH, Family, family

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QApplication

__all__ = ["family"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("paper", PAPERS)
def test_a_slip_lists_lines_payments_and_receipts_without_a_number(
    qapp: QApplication, family: Family, paper: str, language: str
) -> None:
    bill = family.offer(Method.CASH).bill
    receipts = family.carts.view(bill.uid).receipts
    before = family.counter.receipts.latest()
    document = QTextDocument()
    document.setHtml(family.counter.receipts.slip_html(bill.uid, paper, language))
    text = document.toPlainText()
    assert len(receipts) == 2
    for expected in (
        "Asha Rao", "Rohan Rao", "14,160.00", "12,500.00", "2,000.00", "28,660.00", "14,500.00",
        "Meera Rao", *(each.number for each in receipts),
    ):  # fmt: skip
        assert expected in text
    assert {"en": "NOT A RECEIPT", "hi": "यह रसीद नहीं है"}[language] in text
    assert family.counter.receipts.latest() == before, "it takes no number"


def test_a_slip_of_a_part_says_what_is_left(qapp: QApplication, family: Family) -> None:
    bill = family.offer(Method.CASH, CASH).bill
    html = family.counter.receipts.slip_html(bill.uid)
    assert "18,660.00" in html
    assert "Rohan" not in html, "nothing is paid of his fees"


def test_a_bill_without_a_receipt_has_no_slip(family: Family) -> None:
    bill = family.offer(Method.UPI_INTENT).bill
    with pytest.raises(ServiceError):
        family.counter.receipts.slip_html(bill.uid)
    with pytest.raises(ServiceError):
        family.counter.receipts.slip_html("nothing")


def test_a_slip_is_saved_as_pdf(qapp: QApplication, family: Family, tmp_path: Path) -> None:
    bill = family.offer(Method.CASH).bill
    path = family.counter.receipts.save_slip(bill.uid, "a5", tmp_path / "slip.pdf")
    [page] = PdfReader(BytesIO(path.read_bytes())).pages
    assert "28,660.00" in page.extract_text()
