"""Detection of text file encodings, without guesses that would silently garble names."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = {
    b"PK\x03\x04": "This is an Excel workbook (.xlsx). Save it as “CSV UTF-8” and import that.",
    b"\xd0\xcf\x11\xe0": "This is an old Excel workbook (.xls). Save it as “CSV UTF-8” first.",
    b"%PDF": "This is a PDF. Import a CSV file instead.",
}
_UNKNOWN = "We can't read this file's text. Save it as “CSV UTF-8” and try again."


def find_encoding(path: Path) -> str:
    """Return the encoding of a text file: UTF-8, UTF-16, else Windows-1252.

    Raises:
        InvalidInputError: it is not text, or in another encoding.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    for signature, advice in _NOT_TEXT.items():
        if head.startswith(signature):
            raise InvalidInputError("file", advice)
    for encoding in _candidates(head):
        if _decodes(path, encoding):
            return encoding
    raise InvalidInputError("file", _UNKNOWN)


def _candidates(head: bytes) -> tuple[str, ...]:
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return (encoding,)
    if b"\x00" in head:
        # Latin letters in UTF-16 have a zero in every second byte, which reveals the byte order.
        little = head[1::2].count(0) >= head[::2].count(0)
        return ("utf-16-le" if little else "utf-16-be",)
    return ("utf-8", "cp1252")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if "\x00" in decoder.decode(chunk):
                    return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
