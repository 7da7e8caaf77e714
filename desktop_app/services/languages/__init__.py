"""Languages of the window: English in the source, every other one a file `<code>.po` in here.

`python -m tests.languages` brings the `.po` files up to date with the source and compiles each to
the `.mo` that the program reads. Poedit compiles what it saves, too.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from gettext import GNUTranslations

HOME = Path(__file__).parent
SOURCE = "en"
NAME = "X-Native-Name"
"""The field of a file's header with the language's own name."""


def offered() -> Mapping[str, str]:
    """Return the code of every language and its own name, English first."""
    return {SOURCE: "English", **{path.stem: _name(path) for path in sorted(HOME.glob("*.mo"))}}


def read(code: str) -> GNUTranslations:
    """Read the translations of a language.

    Raises:
        OSError: there is no such file.
    """
    from gettext import GNUTranslations  # English does without

    with (HOME / f"{code}.mo").open("rb") as file:
        return GNUTranslations(file)


def _name(path: Path) -> str:
    """Read a language's own name from the header, which is the first translation of a file."""
    content = path.read_bytes()
    order = "<" if content.startswith(b"\xde\x12\x04\x95") else ">"
    (table,) = struct.unpack_from(f"{order}I", content, 16)
    length, start = struct.unpack_from(f"{order}2I", content, table)
    for line in content[start : start + length].decode().splitlines():
        field, _, value = line.partition(": ")
        if field == NAME:
            return value
    return path.stem
