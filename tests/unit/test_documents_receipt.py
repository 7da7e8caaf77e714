"""Receipts: mandatory and forbidden content, and that the PDF can be read back."""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from pypdf import PdfReader
from PySide6.QtCore import QSize, QSizeF
from PySide6.QtGui import QImage, QPainter, QTextDocument

from desktop_app.documents import receipt_pdf
from desktop_app.documents.receipt_html import PAPERS, ROLLS, receipt_html
from desktop_app.documents.receipt_pdf import pdf_bytes, write_pdf
from desktop_app.documents.receipt_words import (
    CONTEXT,
    HELD,
    METHODS,
    SPECIMEN_WORDS,
    TEST_WORDS,
    TRAINING_WORDS,
    word,
)  # fmt: skip
from desktop_app.domain.check_code import CentreKey, read_stamp, stamped
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.fees import SAC_COACHING, Quote, QuoteLine
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method, Placement
from desktop_app.domain.tax import tax_of_gross
from desktop_app.domain.tender import Verification
from desktop_app.domain.words import amount_in_words
from desktop_app.services.views.centre import CentreView
from desktop_app.services.views.receipts import BalanceLeft, ReceiptView, TypedProof
from tests.architecture.translations import OF_CONTEXT, all_forms

if TYPE_CHECKING:
    from pypdf import PageObject
    from PySide6.QtWidgets import QApplication

ROOT = Path(__file__).parents[2]
MM_PER_POINT = 25.4 / 72
LESS = "\N{MINUS SIGN}1,000.00"
RECEIPT = ReceiptView(
    uid="r1",
    number="D1/26-27/000123",
    issued_at=datetime(2026, 11, 20, 20, 30, tzinfo=UTC),
    centre=CentreView("Shiksha Classes", "12, MG Road\nBengaluru", "29ABCDE1234F1ZW", "KA"),
    desk_id="D1",
    student_name="Asha Rao",
    roll_no="R001",
    guardian_name="Sunita Rao",
    student_state="KA",
    course_code="PHY-11",
    course_label="Physics XI · Morning",
    sac=SAC_COACHING,
    lines=(
        QuoteLine("Physics XI · Morning", Money(10_000_00)),
        QuoteLine("CGST 9 %", Money(900_00)),
        QuoteLine("SGST 9 %", Money(900_00)),
    ),
    amount=Money(11_800_00),
    words=amount_in_words(Money(11_800_00)),
    gst_rate="18 %",
    method=Method.UPI_INTENT,
    payment_id="pay_Q1w2E3r4T5y6U7",
    order_id="order_Q1w2E3r4T5y6U7",
    rrn="632398320067",
    is_training=False,
    placement=Placement.APPLIED,
)
KEY = CentreKey(b"sixteen bytes !!", datetime(2020, 1, 1, tzinfo=UTC))
STAMP = stamped(KEY, RECEIPT.number, date(2026, 11, 21), RECEIPT.amount)
CASH = replace(RECEIPT, method=Method.CASH, payment_id=None, order_id=None, rrn=None)
HOSTILE = [
    "<img src=file:///etc/hostname>",
    '"><h1>PAID</h1><!--',
    "</style><script>alert(1)</script>",
    "$number ${words} $$ %s {0}",
    "O'Brien & Söhne",
    "राम\u200dकुमार 👩\u200d🎓",
    "x" * 500,
    "&lt;b&gt; &amp; %00 {{7*7}}",
    "@import url(http://127.0.0.1:9/x.css)",
]


def shown(html: str) -> str:
    """Return the text that Qt extracts from the HTML."""
    document = QTextDocument()
    document.setHtml(html)
    return document.toPlainText().replace("\u2028", "\n")


@pytest.mark.parametrize("paper", PAPERS)
def test_a_receipt_has_all_mandatory_facts(qapp: QApplication, paper: str) -> None:
    text = shown(receipt_html(RECEIPT, paper))
    for expected in (
        "Shiksha Classes", "12, MG Road", "GSTIN 29ABCDE1234F1ZW", "Receipt", "D1/26-27/000123",
        "21-11-2026 02:00", "Asha Rao", "R001", "Sunita Rao", "Physics XI · Morning",
        "SAC 999293", "10,000.00", "CGST 9 %", "900.00", "SGST 9 %", "11,800.00",
        "Eleven thousand eight hundred rupees only", "UPI", "632398320067",
        "pay_Q1w2E3r4T5y6U7", "D1",
    ):  # fmt: skip
        assert expected in text
    for unexpected in ("DUPLICATE", "PRACTICE", "held", "State:", "None", "$", "order_"):
        assert unexpected not in text


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("language", ["en", "hi"])
def test_a_supply_to_another_state_shows_igst_alone(
    qapp: QApplication, paper: str, language: str
) -> None:
    tax = tax_of_gross(RECEIPT.amount, 1_800, is_interstate=True)
    receipt = replace(RECEIPT, lines=Quote("Physics XI", tax, registered=True).lines)
    text = shown(receipt_html(receipt, paper, language))
    for expected in ("SAC 999293", "10,000.00", "IGST 18 %", "1,800.00", "11,800.00"):
        assert expected in text
    for unexpected in ("CGST", "SGST", "900.00"):
        assert unexpected not in text


@pytest.mark.parametrize("paper", PAPERS)
def test_no_text_of_a_hindi_receipt_is_too_small_to_read(paper: str) -> None:
    def smallest(language: str) -> float:
        html = receipt_html(RECEIPT, paper, language)
        return min(float(size) for size in re.findall(r"font-size: ([\d.]+)pt", html))

    assert smallest("hi") >= 7.7
    assert smallest("hi") >= 9.0 * smallest("en") / 8.5 or paper.startswith("roll")


@pytest.mark.parametrize("language", ["en", "hi"])
def test_the_centres_phone_is_on_the_receipt(qapp: QApplication, language: str) -> None:
    centre = replace(RECEIPT.centre, phone="9845012345")
    text = shown(receipt_html(replace(RECEIPT, centre=centre), "a5", language))
    assert "98450 12345" in text


@pytest.mark.parametrize("paper", PAPERS)
def test_an_unregistered_centre_names_no_tax(qapp: QApplication, paper: str) -> None:
    receipt = replace(
        CASH,
        centre=CentreView(),
        lines=(QuoteLine("Physics XI", Money(11_800_00)),),
        gst_rate="",
        guardian_name="",
    )
    text = shown(receipt_html(receipt, paper))
    assert "Fee desk" in text
    assert "Cash" in text
    for unexpected in ("GSTIN", "SAC", "CGST", "UTR", "Payment id", "Parent"):
        assert unexpected not in text


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(
    ("paise", "state", "expected"),
    [
        (50_000_00, "KA", "State: KA, code 29"),
        (50_000_00, "??", "??"),
        (49_999_99, "KA", None),
        (50_000_00, "", None),
    ],
)
def test_the_buyers_state_from_fifty_thousand_on(
    qapp: QApplication, paper: str, paise: int, state: str, expected: str | None
) -> None:
    text = shown(receipt_html(replace(RECEIPT, amount=Money(paise), student_state=state), paper))
    assert (expected in text) if expected else ("State:" not in text)


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"prints": 1}, "DUPLICATE 1"),
        ({"prints": 12}, "DUPLICATE 12"),
        ({"prints": 2, "copied_at": RECEIPT.issued_at}, "DUPLICATE 2, 21-11-2026"),
        ({"refunded": RECEIPT.amount}, "\nREFUNDED ₹11,800.00"),
        ({"refunded": Money(50_000)}, "PARTLY REFUNDED ₹500.00"),
        ({"refund_asked": Money(50_000)}, "REFUND REQUESTED ₹500.00"),
        ({"refund_sent": Money(50_000)}, "REFUND ON ITS WAY ₹500.00"),
        ({"refund_failed": Money(50_000)}, "REFUND FAILED, NOT RETURNED ₹500.00"),
        ({"is_specimen": True}, "TEST PAGE - NOT A RECEIPT"),
        ({"is_training": True}, TRAINING_WORDS),
        ({"stamp": STAMP}, STAMP.spelled),
        ({"placement": Placement.SURPLUS}, "holding this amount and will refund it"),
        ({"placement": Placement.NO_SEAT}, "The course was full"),
        ({"placement": Placement.RETURNED}, "have refunded this amount"),
    ],
)
def test_marks_and_warnings_are_printed(
    qapp: QApplication, paper: str, change: dict[str, object], expected: str
) -> None:
    assert expected in shown(receipt_html(replace(RECEIPT, **change), paper))  # type: ignore[arg-type]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("text", HOSTILE)
def test_typed_text_is_printed_literally(qapp: QApplication, paper: str, text: str) -> None:
    receipt = replace(
        CASH,
        student_name=text,
        guardian_name=text,
        roll_no=text,
        course_label=text,
        course_code=text,
        centre=CentreView(text, text, "", "", text),
        lines=(QuoteLine(text, CASH.amount),),
    )
    html = receipt_html(receipt, paper)
    assert text in shown(html)
    assert html.count(escape(text)) >= 5
    assert "<img" not in html
    assert "<script" not in html


def test_another_paper_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        receipt_html(RECEIPT, "../a5")


@pytest.mark.parametrize("method", list(Method))
def test_every_method_has_a_word(method: Method) -> None:
    assert "PAID BY" in receipt_html(replace(RECEIPT, method=method), "a5")


@pytest.mark.parametrize("paper", PAPERS)
def test_the_pdf_can_be_searched(qapp: QApplication, tmp_path: Path, paper: str) -> None:
    path = tmp_path / "receipt.pdf"
    write_pdf(RECEIPT, paper, path)
    reader = PdfReader(path)
    text = reader.pages[0].extract_text()
    for expected in ("D1/26-27/000123", "11,800.00", "Asha Rao", "632398320067", "Physics XI"):
        assert expected in text
    assert len(reader.pages) == 1
    assert reader.metadata is not None
    assert reader.metadata.title == "Receipt D1/26-27/000123"
    assert [each.name for each in tmp_path.iterdir()] == ["receipt.pdf"]


def test_no_ligature_hides_a_name_from_searches(qapp: QApplication) -> None:
    reader = PdfReader(BytesIO(pdf_bytes(replace(CASH, student_name="Sofia Officer Shfl"), "a5")))
    assert "Sofia Officer Shfl" in reader.pages[0].extract_text()


def size_mm(receipt: ReceiptView, paper: str) -> tuple[int, int]:
    box = PdfReader(BytesIO(pdf_bytes(receipt, paper))).pages[0].mediabox
    return round(float(box.width) * MM_PER_POINT), round(float(box.height) * MM_PER_POINT)


def test_papers_have_their_size(qapp: QApplication) -> None:
    assert size_mm(RECEIPT, "a5") == (148, 210)
    assert size_mm(RECEIPT, "a4") == (210, 297)


@pytest.mark.parametrize(("paper", "width"), [("roll80", 80), ("roll58", 58)])
def test_a_roll_is_as_long_as_its_content(qapp: QApplication, paper: str, width: int) -> None:
    short, longer = size_mm(CASH, paper), size_mm(replace(RECEIPT, prints=1), paper)
    assert short[0] == longer[0] == width
    assert short[1] < longer[1] < size_mm(replace(RECEIPT, prints=1, stamp=STAMP), paper)[1]


@pytest.mark.parametrize("paper", PAPERS)
def test_training_says_so_in_the_pdf(qapp: QApplication, paper: str) -> None:
    receipt = replace(RECEIPT, is_training=True)
    text = PdfReader(BytesIO(pdf_bytes(receipt, paper))).pages[0].extract_text()
    assert text.replace("\n", " ").count("PRACTICE") >= (3 if paper in ROLLS else 2)


def test_the_longest_names_are_whole(qapp: QApplication) -> None:
    receipt = replace(
        RECEIPT,
        student_name="W" * 200,
        guardian_name="M" * 200,
        course_label="word " * 40,
        centre=replace(RECEIPT.centre, name="C" * 200, address="line\n" * 8),
        lines=(QuoteLine("L" * 280, Money(11_800_00)),),
        placement=Placement.NO_SEAT,
    )
    pages = PdfReader(BytesIO(pdf_bytes(receipt, "a5"))).pages
    text = "".join(page.extract_text() for page in pages)
    assert len(pages) == 2
    assert text.count("W") >= 200
    assert "11,800.00" in text


def read(page: PageObject) -> tuple[str, float]:
    """Return the text of a page, and its smallest type in points."""
    sizes: list[float] = []

    def note(text: str, at: list[float], of: list[float], _font: object, size: float) -> None:
        if text.strip():
            sizes.append(abs(size * of[3] * at[3]))

    text = page.extract_text(visitor_text=note)
    return text, min(sizes)


@pytest.mark.parametrize(("paper", "language", "count", "pages"), [
    ("a4", "en", 3, 1), ("a4", "hi", 12, 1), ("a4", "en", 40, 2), ("a4", "hi", 40, 2),
    ("a5", "en", 3, 1), ("a5", "hi", 6, 1), ("a5", "en", 12, 2), ("a5", "hi", 12, 2),
    ("roll80", "en", 20, 1), ("roll58", "hi", 40, 1),
])  # fmt: skip
def test_lines_that_do_not_fit_go_on_another_page_in_a_type_that_can_be_read(
    qapp: QApplication, paper: str, language: str, count: int, pages: int
) -> None:
    receipt = with_lines(count)
    found = PdfReader(BytesIO(pdf_bytes(receipt, paper, language))).pages
    assert len(found) == pages
    texts, sizes = zip(*map(read, found), strict=True)
    assert min(sizes) >= 5.5
    for number in range(1, count - 1):
        assert len(re.findall(rf"\s{number}/{count}\s", "\n".join(texts))) == 1
    for page, text in enumerate(texts, start=1):
        said = {"en": f"page {page} of {pages}", "hi": f" {page}/{pages}"}[language]
        assert ("D1/26-27/000123 · " in text and said in text) is (pages > 1)
    facts = [text for text in texts if "42,480.00" in text]
    assert len(facts) == 1
    assert "28-11-2026" in facts[0], "the facts stay together"


def with_lines(count: int) -> ReceiptView:
    """Return a receipt of so many lines, those of its tax among them."""
    name = "Foundation Integrated Programme · Weekend evening · Instalment"
    lines = tuple(
        QuoteLine(f"{name} {number}/{count}", Money(1_000_00)) for number in range(1, count - 1)
    )
    left = BalanceLeft(Money(42_480_00), Money(5_000_00), date(2026, 12, 31), Money(14_160_00))
    return replace(
        RECEIPT,
        lines=(*lines, *RECEIPT.lines[1:]),
        amount=Money(11_800_00),
        left=left,
        taxable=Money(10_000_00),
        verification=Verification.CLAIMED,
        stamp=STAMP,
        proof=TypedProof("State Bank of India, Talwandi", date(2026, 11, 28)),
    )


@pytest.mark.parametrize("paper", PAPERS)
def test_a_receipt_in_hindi(qapp: QApplication, paper: str) -> None:
    receipt = replace(RECEIPT, stamp=STAMP, prints=1, copied_at=RECEIPT.issued_at)
    text = shown(receipt_html(receipt, paper, "hi"))
    for expected in (
        "रसीद", "ग्यारह हज़ार आठ सौ रुपये मात्र", "रोल नंबर R001", "पिता/माता: Sunita Rao",
        "CGST 9 %", "11,800.00", "21-11-2026", "चेक कोड", "DUPLICATE 1 · डुप्लिकेट",
    ):  # fmt: skip
        assert expected in text
    for unexpected in ("Eleven", "Receipt", "Parent", "Roll no", "Paid by", "$"):
        assert unexpected not in text


def test_every_text_of_a_receipt_has_its_hindi_with_its_values() -> None:
    told = (TRAINING_WORDS, TEST_WORDS, SPECIMEN_WORDS, *METHODS.values(), *HELD.values())
    same = {"UPI", "NEFT", "RTGS", "IMPS"}
    assert {text for text in told if word(text, "hi") == text} == same
    texts = {key.partition(OF_CONTEXT)[2]: forms for key, forms in all_forms("hi").items()
             if key.startswith(f"{CONTEXT}{OF_CONTEXT}")}  # fmt: skip
    assert set(told) <= set(texts)
    for english, [hindi] in texts.items():
        fields = [set(re.findall(r"\{\w+\}", each)) for each in (english, hindi)]
        assert fields[0] == fields[1]


def test_tax_across_a_border_is_shown_as_it_was_charged(qapp: QApplication) -> None:
    lines = (RECEIPT.lines[0], QuoteLine("IGST 18 %", Money(1_800_00)))
    text = shown(receipt_html(replace(RECEIPT, lines=lines), "a5"))
    assert "IGST 18 %" in text
    assert "CGST" not in text


@pytest.mark.parametrize("paper", PAPERS)
def test_the_qr_on_the_page_can_be_scanned(qapp: QApplication, paper: str) -> None:
    receipt = replace(RECEIPT, stamp=STAMP, is_training=True)
    page = rasterised(receipt, paper, dpi=203)
    found = [each.text for each in zxingcpp.read_barcodes(page)]
    assert found == [STAMP.text]
    assert read_stamp(found[0]) == STAMP


def rasterised(receipt: ReceiptView, paper: str, dpi: int) -> memoryview:
    """Return the grey pixels that a printer of a given resolution would print."""
    document = QTextDocument()
    document.setHtml(receipt_html(receipt, paper))
    document.setTextWidth(420)
    scale = dpi / 96
    size = QSize(int(440 * scale), int(document.size().height() * scale))
    image = QImage(size, QImage.Format.Format_Grayscale8)
    image.fill(255)
    painter = QPainter(image)
    painter.scale(scale, scale)
    document.drawContents(painter)
    painter.end()
    kept = bytes(image.constBits())  # the picture's memory is freed with it
    return memoryview(kept).cast("B", shape=[image.height(), image.bytesPerLine()])


def test_links_in_names_are_not_loaded(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No picture in a receipt's HTML is loaded, be it a file or a URL."""
    secret = tmp_path / "secret.png"
    painted = QImage(40, 40, QImage.Format.Format_RGB32)
    painted.fill(0xFF00FF)
    assert painted.save(str(secret))
    for address in (secret.as_uri(), str(secret), "http://127.0.0.1:9/x.png", "qrc:/x.png"):
        html = f'<p>kept</p><img src="{address}" width="40" height="40">'
        monkeypatch.setattr("desktop_app.documents.receipt_pdf.receipt_html", lambda *_a, h=html: h)
        pictures = PdfReader(BytesIO(pdf_bytes(CASH, "a5"))).pages[0]["/Resources"]["/XObject"]  # type: ignore[index]
        assert all(each.get_object()["/Width"] == 1 for each in pictures.values())
        monkeypatch.undo()
    receipt = replace(CASH, student_name=f"<img src={secret.as_uri()}>", guardian_name="")
    pdf = pdf_bytes(receipt, "a5")
    page = PdfReader(BytesIO(pdf)).pages[0]
    assert not page.images
    assert "<img src=file:" in page.extract_text()


def test_lines_of_several_fees_name_a_taxable_value_only_where_one_is() -> None:
    fees = (QuoteLine("Books", Money(10_000_00)), QuoteLine("Hostel", Money(1_800_00)))
    exempt = replace(RECEIPT, lines=fees, sac="", gst_rate="")
    assert "Taxable value" not in receipt_html(exempt, "a5")
    assert "SAC" not in receipt_html(exempt, "a5")
    taxed = replace(RECEIPT, lines=(*RECEIPT.lines, fees[0]))
    assert "SAC 999293" in receipt_html(taxed, "a5")
    assert "Taxable value" not in receipt_html(taxed, "a5"), "which of them is, is not said"
    assert "Taxable value" in receipt_html(RECEIPT, "a5")


def test_a_right_to_left_name_is_isolated() -> None:
    html = receipt_html(replace(RECEIPT, guardian_name="محمد\u202e\u0007 عرفان"), "a5")
    assert "Parent: \u2068محمد عرفان\u2069" in html


@pytest.mark.parametrize(
    ("paper", "language"), [("a4", "en"), ("a5", "hi"), ("roll80", "hi"), ("roll58", "en")]
)
def test_hostile_text_leaves_pages_that_can_be_read(
    qapp: QApplication, paper: str, language: str
) -> None:
    text = "\u202eevil\u2066 <img src=file:///etc/hostname>\0\x1b[31m\u200b" + "अ" * 200
    receipt = replace(
        CASH,
        student_name=text,
        guardian_name=text,
        course_label=text,
        centre=CentreView(text, f"{text}\n{text}", "29ABCDE1234F1ZW", "KA", text),
        lines=(QuoteLine(text, CASH.amount),),
        stamp=STAMP,
        prints=3,
    )
    html = receipt_html(receipt, paper, language)
    assert not set(html) & set("\u202e\u2066\u200b\0\x1b")
    pages = PdfReader(BytesIO(pdf_bytes(receipt, paper, language))).pages
    assert len(pages) <= (1 if paper in ROLLS else 5)
    assert "11,800.00" in "".join(page.extract_text() for page in pages)
    assert sum(len(page.images) for page in pages) in (1, 2)  # the check QR, on one page or cut


def test_without_a_font_for_hindi_a_receipt_is_in_english(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop_app.documents.receipt_pdf.hindi_fonts", list)
    text = PdfReader(BytesIO(pdf_bytes(CASH, "a5", "hi"))).pages[0].extract_text()
    assert "Eleven thousand eight hundred" in text
    assert "रसीद" not in text


def test_hindi_in_a_pdf_is_text_and_not_only_shapes(qapp: QApplication) -> None:
    """Shaped clusters do not map back to single letters; the words' first letters do."""
    pages = PdfReader(BytesIO(pdf_bytes(CASH, "a5", "hi"))).pages
    text = pages[0].extract_text()
    for letters in ("र", "स", "द", "कल", "म"):
        assert any(each in text for each in letters)
    fonts = pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    for font in fonts.values():
        inner = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(inner.get_object())  # embedded: readable anywhere


def test_hindi_is_drawn_with_a_devanagari_font(qapp: QApplication) -> None:
    reader = PdfReader(BytesIO(pdf_bytes(replace(CASH, student_name="आशा राव"), "a5")))
    fonts = reader.pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    assert len(fonts) >= 2
    assert "आ" in reader.pages[0].extract_text()


def test_many_threads_may_write_at_once(qapp: QApplication, tmp_path: Path) -> None:
    def work(number: int) -> str:
        path = tmp_path / f"{number}.pdf"
        write_pdf(replace(RECEIPT, number=f"D1/26-27/{number:06d}"), PAPERS[number % 4], path)
        return PdfReader(path).pages[0].extract_text()

    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(work, range(8)))
    assert all(f"D1/26-27/{number:06d}" in text for number, text in enumerate(texts))


def test_a_missing_folder_leaves_no_file(qapp: QApplication, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        write_pdf(RECEIPT, "a5", tmp_path / "missing" / "receipt.pdf")


def test_without_a_display_it_still_works(tmp_path: Path) -> None:
    program = (
        "import pickle, sys\n"
        "from pathlib import Path\n"
        "from desktop_app.documents.receipt_pdf import write_pdf\n"
        "receipt = pickle.loads(bytes.fromhex(sys.argv[2]))\n"
        "write_pdf(receipt, 'a5', Path(sys.argv[1]))\n"
        "write_pdf(receipt, 'roll80', Path(sys.argv[1]))\n"
    )
    path = tmp_path / "out.pdf"
    bare = {k: v for k, v in os.environ.items() if k not in _DISPLAYS}
    done = subprocess.run(
        [sys.executable, "-c", program, str(path), pickle.dumps(RECEIPT).hex()],
        env=bare,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert path.read_bytes().startswith(b"%PDF")


_DISPLAYS = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("language", ["en", "hi"])
def test_a_receipt_shows_list_price_concession_and_taxable_value(paper: str, language: str) -> None:
    lines = (
        QuoteLine("Physics XI · Morning", Money(10_000_00)),
        QuoteLine("Concession: Sibling", Money(-1_000_00), "छूट: भाई-बहन"),
        QuoteLine("CGST 9 %", Money(810_00)),
        QuoteLine("SGST 9 %", Money(810_00)),
    )
    text = shown(receipt_html(replace(RECEIPT, lines=lines), paper, language))
    said = "छूट: भाई-बहन" if language == "hi" else "Concession: Sibling"
    assert text.index("10,000.00") < text.index(said) < text.index(LESS)
    assert text.index(LESS) < text.index("9,000.00") < text.index("810.00")
    assert text.count("9,000.00") == 1


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("paper", ["a4", "a5"])
def test_the_second_column_begins_at_one_place(paper: str) -> None:
    html = receipt_html(replace(RECEIPT, stamp=STAMP), paper)
    caption = r'<td(?: class="fact")? width="(\d+)%" valign="top"><p class="caption"'
    tables = [re.findall(caption, row)
              for row in re.findall(r"<tr>.*?</tr>", html, re.DOTALL)]  # fmt: skip
    rows = [row for row in tables if row]
    assert len(rows) >= 3, "the student, and what is known of the payment"
    assert {tuple(row) for row in rows} <= {("52", "48"), ("52",)}


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("paper", PAPERS)
def test_the_check_code_does_not_cut_the_watermark(
    paper: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[QSizeF] = []
    drawn = receipt_pdf._paint_watermark

    def note(painter: QPainter, page: QSizeF, words: str, colour: str) -> None:
        pages.append(page)
        drawn(painter, page, words, colour)

    monkeypatch.setattr(receipt_pdf, "_paint_watermark", note)
    training = replace(RECEIPT, is_training=True)
    pdf_bytes(replace(training, stamp=STAMP), paper, language)
    content = pdf_bytes(training, paper, language)
    above, whole = pages
    box = PdfReader(BytesIO(content)).pages[0].mediabox
    assert abs(whole.height() / whole.width() - box.height / box.width) < 0.01
    assert above.width() == whole.width()
    if paper not in ROLLS:  # a roll grows with its code
        assert 0.5 < above.height() / whole.height() < 0.95


@pytest.mark.parametrize(
    ("method", "name"),
    [
        (Method.CARD_MACHINE, "RRN"), (Method.NEFT, "UTR"), (Method.CHEQUE, "Cheque no."),
        (Method.UPI_INTENT, "UTR / RRN"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("qapp")
def test_a_reference_has_the_name_that_the_bank_gives_it(method: Method, name: str) -> None:
    text = shown(receipt_html(replace(RECEIPT, method=method), "roll80"))
    assert name in text.split("\n")
