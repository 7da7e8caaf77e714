"""Design tokens: the colours of each theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtGui import QColor

if TYPE_CHECKING:
    from collections.abc import Mapping


class Tokens(NamedTuple):
    """One theme's colours as #RRGGBB, and the width of its borders in pixels.

    Attributes:
        raised: a row or button under the pointer.
        line: separators; `edge`: borders of what can be typed into or pressed (3:1).
        *_soft: the background of a state's colour.
    """

    name: str
    is_dark: bool
    canvas: str
    surface: str
    raised: str
    ink: str
    ink_2: str
    line: str
    edge: str
    accent: str
    on_accent: str
    accent_soft: str
    paid: str
    paid_soft: str
    attention: str
    attention_soft: str
    wrong: str
    wrong_soft: str
    border: int = 1


LIGHT = Tokens(
    name="light", is_dark=False, canvas="#F6F5F1", surface="#FFFFFF", raised="#F1EFE9",
    ink="#1D2129", ink_2="#565E6B", line="#DEDBD3", edge="#878C96",
    accent="#3A3FB8", on_accent="#FFFFFF", accent_soft="#EBECFA",
    paid="#1B7F45", paid_soft="#EAF6EE", attention="#8A5200", attention_soft="#FFF3DC",
    wrong="#B3261E", wrong_soft="#FCEEEC",
)  # fmt: skip


DARK = Tokens(
    name="dark", is_dark=True, canvas="#14161A", surface="#1C1F26", raised="#262A33",
    ink="#ECEEF2", ink_2="#A6ADBA", line="#2D323C", edge="#707887",
    accent="#9AA0FF", on_accent="#14161A", accent_soft="#2A2D4A",
    paid="#5CCB86", paid_soft="#17301F", attention="#F2B84B", attention_soft="#33270F",
    wrong="#FF8A80", wrong_soft="#3A1D1C",
)  # fmt: skip


CONTRAST_LIGHT = Tokens(
    name="contrast-light", is_dark=False, canvas="#FFFFFF", surface="#FFFFFF", raised="#E6E6E6",
    ink="#000000", ink_2="#000000", line="#000000", edge="#000000",
    accent="#0B0B8C", on_accent="#FFFFFF", accent_soft="#E0E0FF",
    paid="#00501F", paid_soft="#FFFFFF", attention="#5C3300", attention_soft="#FFFFFF",
    wrong="#8A0000", wrong_soft="#FFFFFF", border=2,
)  # fmt: skip


CONTRAST_DARK = Tokens(
    name="contrast-dark", is_dark=True, canvas="#000000", surface="#000000", raised="#2B2B2B",
    ink="#FFFFFF", ink_2="#FFFFFF", line="#FFFFFF", edge="#FFFFFF",
    accent="#C6C9FF", on_accent="#000000", accent_soft="#26264D",
    paid="#7CFFAC", paid_soft="#000000", attention="#FFD27A", attention_soft="#000000",
    wrong="#FFB3AC", wrong_soft="#000000", border=2,
)  # fmt: skip


THEMES: Mapping[str, Tokens] = {
    tokens.name: tokens for tokens in (LIGHT, DARK, CONTRAST_LIGHT, CONTRAST_DARK)
}


QR_DARK = QColor(0, 0, 0)


QR_LIGHT = QColor(255, 255, 255)
