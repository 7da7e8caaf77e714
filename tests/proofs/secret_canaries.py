"""Marked secrets and personal data, and a scanner that finds them in any encoding.

Also scans archives and compressed streams. Knows nothing of the desk.
"""

from __future__ import annotations

import base64
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from pypdf import PdfReader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHORTEST_PIECE = 8
"""Shorter pieces of base64 would be found by chance."""

_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_ESCAPED = re.compile(rb"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True, slots=True)
class Canary:
    """A marked text that is planted and searched for.

    Attributes:
        kind: what it is, like `secret` or `phone`.
        text: its plain form.
    """

    kind: str
    text: str

    def forms(self) -> Iterator[tuple[str, bytes]]:
        """Yield the name and the bytes of every form that is searched for."""
        raw = self.text.encode()
        yield "raw", raw
        yield "reversed", raw[::-1]
        yield "hex", raw.hex().encode()
        yield "HEX", raw.hex().upper().encode()
        yield "utf-16", self.text.encode("utf-16-le")
        for shift in range(3):
            yield f"base64 +{shift}", _base64_at(raw, shift)
        yield "percent", "".join(f"%{byte:02X}" for byte in raw).encode()
        if quote(self.text, safe="") != self.text:
            yield "URL", quote(self.text, safe="").encode()

    def planted_texts(self) -> Iterator[tuple[str, bytes]]:
        """Yield the name of each form and a text that contains the form as real data would."""
        raw = self.text.encode()
        for name, form in self.forms():
            if name.startswith("base64"):
                shift = int(name[-1])
                yield name, base64.b64encode(b"x" * shift + raw + b"tail")
            else:
                yield name, b"some words " + form + b" and more"


def _base64_at(raw: bytes, shift: int) -> bytes:
    """Return the part of base64 that does not depend on the text before and after."""
    coded = base64.b64encode(b"\0" * shift + raw)
    start = (0, 2, 3)[shift]
    whole = (shift + len(raw)) * 8 // 6
    return coded[start:whole]


def found_in(data: bytes, canaries: tuple[Canary, ...]) -> list[tuple[Canary, str]]:
    """Return the canaries found in bytes, with the name of the form."""
    return [
        (canary, name)
        for canary in canaries
        for name, form in canary.forms()
        if len(form) >= SHORTEST_PIECE and form in data
    ]


def unpack(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a file and all that is packed inside it."""
    yield name, data
    if b"\\u" in data:
        yield f"{name} (unescaped)", _ESCAPED.sub(lambda m: chr(int(m[1], 16)).encode(), data)
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for inner in archive.namelist():
                yield from unpack(f"{name}/{inner}", archive.read(inner))
    elif data.startswith(b"%PDF"):
        for number, match in enumerate(_STREAM.finditer(data)):
            try:
                yield f"{name}#{number}", zlib.decompressobj().decompress(match[1])
            except zlib.error:
                continue  # a picture or a font, not deflated
        for number, page in enumerate(PdfReader(io.BytesIO(data)).pages):
            yield f"{name}, page {number + 1}", page.extract_text().encode()


def scan_file(path: Path, canaries: tuple[Canary, ...]) -> list[tuple[str, Canary, str]]:
    """Return the canaries found in a file, packed parts included."""
    return scan(path.name, path.read_bytes(), canaries)


def scan(name: str, data: bytes, canaries: tuple[Canary, ...]) -> list[tuple[str, Canary, str]]:
    """Return the canaries found in named bytes, packed parts included."""
    return [
        (inner, canary, form)
        for inner, piece in unpack(name, data)
        for canary, form in found_in(piece, canaries)
    ]
