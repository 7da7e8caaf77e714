"""Black and white pictures as PNG, written without any library: QR codes inside HTML.

Knows nothing of receipts; it never reads a picture.
"""

from __future__ import annotations

import base64
import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY = 0


def qr_png(matrix: Sequence[Sequence[bool]], *, quiet: int = 4, module: int = 8) -> bytes:
    """Draw the modules of a QR code, one bit a pixel.

    Args:
        matrix: rows of modules, True is dark.
        quiet: white modules around.
        module: pixels a module, so that scaling it leaves sharp edges.
    """
    side = (len(matrix) + 2 * quiet) * module
    blank = _packed([False] * side)
    rows = [blank] * (quiet * module)
    for line in matrix:
        pixels = [dark for dark in line for _ in range(module)]
        row = _packed([False] * quiet * module + pixels + [False] * quiet * module)
        rows.extend([row] * module)
    rows.extend([blank] * (quiet * module))
    header = struct.pack(">IIBBBBB", side, side, 1, _GREY, 0, 0, 0)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(b"".join(rows), 9)),
            _chunk(b"IEND", b""),
        )
    )


def png_size(picture: bytes) -> tuple[int, int] | None:
    """Read a PNG's width and height in pixels; None for what is no PNG."""
    if not picture.startswith(_SIGNATURE) or picture[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", picture[16:24])
    return (width, height) if width and height else None


def data_url(picture: bytes) -> str:
    """Write a PNG as an address that needs no file and no network."""
    return "data:image/png;base64," + base64.b64encode(picture).decode("ascii")


def _packed(dark: Sequence[bool]) -> bytes:
    """A row of pixels behind its filter byte; a set bit is white."""
    bits = "".join("0" if each else "1" for each in dark)
    bits += "1" * (-len(bits) % 8)
    return b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")


def _chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))
