"""The QR matrix: correct modules, read back by a real decoder, without Pillow."""

from __future__ import annotations

import subprocess
import sys

import pytest
import zxingcpp

from desktop_app.documents.qr import qr_matrix

UPI = "upi://pay?pa=centre@okaxis&pn=Shiksha%20Classes&am=11800.00&cu=INR&tr=ATT0001"
QUIET = 4
SCALE = 4


@pytest.mark.parametrize("text", [UPI, "https://rzp.io/i/abc", "आशा", "x" * 2000])
def test_a_decoder_reads_the_text_back(text: str) -> None:
    matrix = qr_matrix(text)
    assert {len(row) for row in matrix} == {len(matrix)}
    side = (len(matrix) + 2 * QUIET) * SCALE
    pixels = bytearray(b"\xff" * side * side)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            for line in range((y + QUIET) * SCALE, (y + QUIET + 1) * SCALE):
                start = line * side + (x + QUIET) * SCALE
                pixels[start : start + SCALE] = (b"\x00" if dark else b"\xff") * SCALE
    picture = memoryview(bytes(pixels)).cast("B", shape=[side, side])
    found = zxingcpp.read_barcodes(picture)
    assert [each.text for each in found] == [text]


def test_error_correction_is_m_and_there_is_no_border() -> None:
    matrix = qr_matrix("HELLO")
    assert len(matrix) == 21
    assert matrix[0][:7] == (True,) * 7
    # Format bits: M is 00, masked with 10101 in the two bits beside the finder.
    assert (matrix[8][0], matrix[8][1]) == (True, False)


@pytest.mark.parametrize("text", ["", "x" * 3000])
def test_text_too_long_for_a_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"text"):
        qr_matrix(text)


def test_neither_pillow_nor_qt_is_imported() -> None:
    program = (
        "import sys; from desktop_app.documents.qr import qr_matrix; "
        "assert 'qrcode' not in sys.modules; qr_matrix('x'); "
        "assert not {'PIL', 'PySide6'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)
