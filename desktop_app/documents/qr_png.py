"""QR codes as black and white PNG images, embedded in HTML.

Knows nothing about receipts.
"""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_SIGNATURE_AND_HEADER = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


def qr_png(matrix: Sequence[Sequence[bool]], *, quiet: int = 4, module: int = 8) -> bytes:
    """Return a QR code as PNG, one bit per pixel.

    Args:
        matrix: rows of modules, True is dark.
        quiet: width of the quiet zone, in modules.
        module: pixels per module, so that scaling keeps sharp edges.
    """
    import png

    side = (len(matrix) + 2 * quiet) * module
    margin = "1" * quiet * module
    blank = [_packed("1" * side)] * quiet * module
    rows = list(blank)
    for line in matrix:
        pixels = "".join("10"[dark] * module for dark in line)
        rows += [_packed(margin + pixels + margin)] * module
    written = io.BytesIO()
    png.Writer(side, side, greyscale=True, bitdepth=1).write_packed(written, rows + blank)
    return written.getvalue()


def _packed(pixels: str) -> bytes:
    """Return a row of pixels, 1 is white, eight in a byte."""
    width = -(-len(pixels) // 8)
    return (int(pixels, 2) << 8 * width - len(pixels)).to_bytes(width, "big")


def png_size(picture: bytes) -> tuple[int, int] | None:
    """Return the width and height of a PNG in pixels; None when it is not a PNG."""
    if not picture.startswith(_SIGNATURE_AND_HEADER):
        return None
    width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
    return (width, height) if width and height else None


def data_url(picture: bytes) -> str:
    """Return a PNG as a data URL, which needs no file and no network."""
    return "data:image/png;base64," + base64.b64encode(picture).decode("ascii")
