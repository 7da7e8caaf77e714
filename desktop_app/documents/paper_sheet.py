"""Base of receipts and family slips as HTML: papers, type sizes, words, the centre's lines.

Pages (`a4`, `a5`) have two columns, rolls (`roll80`, `roll58`) one. Typed text is escaped.
"""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from desktop_app.documents.printable_text import printable
from desktop_app.documents.receipt_words import word
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import Money, format_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from desktop_app.services.views.centre import CentreView

    PageWords = Callable[[int, int], str]

PAPERS = ("a4", "a5", "roll80", "roll58")
LANGUAGES = ("en", "hi")
ROLLS = ("roll80", "roll58")
_TYPE_SCALE = {"a4": 1.2, "a5": 1.0, "roll80": 1.0, "roll58": 0.86}
_LEAST_HINDI_PT = 9.0
"""Devanagari has no capitals: a heading as small as in English is barely readable."""
_POINTS = re.compile(r"(\d+(?:\.\d+)?)pt")


class PaperSheet:
    """One document for a paper and language.

    Raises:
        InvalidInputError: unknown paper or language.
    """

    def __init__(self, paper: str, language: str) -> None:
        if paper not in PAPERS:
            raise InvalidInputError("paper", "Choose A4, A5, 80 mm or 58 mm paper.")
        if language not in LANGUAGES:
            raise InvalidInputError("language", "Choose English or Hindi for receipts.")
        self.paper = paper
        self.language = language
        self.on_roll = paper in ROLLS

    @property
    def kind(self) -> str:
        """The kind of its templates: `roll` or `page`."""
        return "roll" if self.on_roll else "page"

    def css(self) -> str:
        """Return the style sheet, in the type sizes of the paper."""
        scale = _TYPE_SCALE[self.paper]
        least = _LEAST_HINDI_PT if self.language == "hi" else 0.0
        css = _POINTS.sub(
            lambda found: f"{max(float(found[1]), least) * scale:.4g}pt",
            template(f"receipt_{self.kind}.css"),
        )
        # Letter spacing breaks the bar that joins the letters of a Hindi word.
        return css.replace("letter-spacing: 1px;", "") if self.language == "hi" else css

    def say(self, text: str, **values: object) -> str:
        """Return a fixed text in the language, escaped."""
        return escape(word(text, self.language, **values))

    def fill(self, text: str, **values: str) -> str:
        """Return a translated text with typed values, each escaped and inserted literally."""
        return word(text, self.language, **{name: printable(v) for name, v in values.items()})

    def muted(self, lines: list[str], *, centred: bool = False) -> str:
        """Return paragraphs of small grey type; the lines must be escaped."""
        align = ' align="center"' if centred else ""
        return "".join(f'<p class="muted"{align}>{line}</p>' for line in lines)

    def centre_lines(self, centre: CentreView) -> list[str]:
        """Return the lines under the centre's name."""
        lines = [printable(line) for line in centre.address.splitlines()]
        phone = centre.phone and self.fill(
            "Phone {phone}", phone=f"{centre.phone[:5]} {centre.phone[5:]}"
        )
        lines = [line for line in (*lines, phone, printable(centre.email)) if line]
        if centre.gstin:
            lines.append(f"GSTIN {printable(centre.gstin)}")
        return lines

    def band(self, words: str) -> str:
        """Return the band of a paper that is not a receipt; empty without words."""
        if not words:
            return ""
        return (
            '<table class="training" width="100%" cellspacing="0" cellpadding="6">'
            f'<tr><td class="band" align="center">{self.say(words)}</td></tr></table>'
        )

    def rows(self, rows: Iterable[tuple[str, Money]]) -> str:
        """Return rows of a label and an amount; the labels must be escaped."""
        made: list[str] = []
        for at, (label, amount) in enumerate(rows):
            kind = "line" if at == 0 or not self.on_roll else "more"
            made.append(
                f'<tr><td class="{kind}">{label}</td>'
                f'<td class="{kind}" align="right" valign="top">{amount_cell(amount)}</td></tr>'
            )
        return "\n".join(made)


def template(name: str) -> str:
    """Return a template or style sheet by its file name."""
    return files("desktop_app.documents").joinpath("templates", name).read_text("utf-8")


def amount_cell(amount: Money) -> str:
    """Return an amount that does not break over lines, with a minus as wide as a digit."""
    text = format_plain(amount).replace("-", "\N{MINUS SIGN}")
    return f'<span style="white-space: nowrap">{text}</span>'


def day_cell(day: date) -> str:
    """Return a date that does not break over lines."""
    return f'<span style="white-space: nowrap">{day:%d-%m-%Y}</span>'


def page_words(name: str, language: str) -> PageWords:
    """Return what the foot of each of several pages says.

    Args:
        name: the document's number.
        language: `en` or `hi`.
    """

    def said(page: int, count: int) -> str:
        words = "{name} · page {page} of {count}"
        return word(words, language, name=name, page=page, count=count)

    return said
