"""QR codes as text: two modules per character, dark on light in every terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

QUIET = 4
_BLACK_ON_WHITE = "\x1b[30;107m"
_PLAIN = "\x1b[0m"
_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
_INVERTED = {pair: _BLOCKS[(not pair[0], not pair[1])] for pair in _BLOCKS}


def draw(matrix: Sequence[Sequence[bool]], out: TextIO) -> None:
    """Write a QR code with its quiet zone; on a plain stream the light modules are inked."""
    width = len(matrix) + 2 * QUIET
    blank = [False] * width
    rows = [
        *[blank] * QUIET,
        *([False] * QUIET + list(row) + [False] * QUIET for row in matrix),
        *[blank] * (QUIET + width % 2),
    ]
    coloured = out.isatty()
    blocks = _BLOCKS if coloured else _INVERTED
    for upper, lower in zip(rows[::2], rows[1::2], strict=False):
        line = "".join(blocks[pair] for pair in zip(upper, lower, strict=True))
        out.write(f"{_BLACK_ON_WHITE}{line}{_PLAIN}\n" if coloured else f"{line}\n")
    out.flush()
