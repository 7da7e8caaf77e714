"""Kinds of concessions: those that ship; a centre's own, and edited ones, are in the database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from desktop_app.domain.concessions import (
    Concession,
    ConcessionGroup,
    ConcessionMeasure,
    ConcessionSpread,
)
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import BASIS_POINTS, ZERO, Money, parse_percent, percent_text
from desktop_app.domain.text import optional_line, require_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

SIBLING = "sibling"
OTHER = "other"
"""The kind of what is typed at the counter, as a percentage or an amount."""
PROMO = "promo"
"""The kind of what a code takes off."""
FULL_MARKS = 10_000
"""Marks are kept in hundredths of a percent."""


@dataclass(frozen=True, slots=True)
class Band:
    """The percentage for marks from a least number on, both in basis points."""

    least: int
    bp: int


@dataclass(frozen=True, slots=True)
class ConcessionKind:
    """A kind of concession.

    Attributes:
        value: basis points, or paise; zero where it is typed each time, or follows the marks.
        heads: the codes of the fee heads that it reduces.
        needs_proof: whether a note of the proof is asked for: an employee's id, a mark sheet.
        ignores_cap: whether it is given beyond the limit of all concessions together.
        most: no more than this is given.
        valid_from, valid_to: the first and the last day in India on which a bill may have it.
        bands: what marks are worth, from low to high; empty where marks do not matter.
    """

    code: str
    title: str
    title_hi: str
    group: ConcessionGroup
    measure: ConcessionMeasure = ConcessionMeasure.PERCENT
    value: int = 0
    heads: frozenset[str] = frozenset({"tuition"})
    needs_proof: bool = False
    ignores_cap: bool = False
    most: Money | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    spread: ConcessionSpread = ConcessionSpread.PROPORTIONAL
    bands: tuple[Band, ...] = ()

    @property
    def is_typed(self) -> bool:
        """Whether its value is typed each time."""
        return not self.value and not self.bands

    def is_valid(self, on: date) -> bool:
        """Return whether a bill that is offered on a day may have it."""
        return (self.valid_from or on) <= on <= (self.valid_to or on)

    def concession(
        self, value: int | None = None, measure: ConcessionMeasure | None = None
    ) -> Concession:
        """Return it as it counts in a sum, with another value where one is given."""
        return Concession(
            self.code,
            self.group,
            measure or self.measure,
            self.value if value is None else value,
            self.heads,
            self.most,
            self.ignores_cap,
        )

    def for_marks(self, marks: int) -> int:
        """Return the basis points for marks, in hundredths of a percent.

        Raises:
            InvalidInputError: the marks are no percentage, or below the lowest band.
        """
        if not 0 <= marks <= FULL_MARKS:
            raise InvalidInputError("marks", "Enter marks between 0 and 100 %.")
        reached = [band.bp for band in self.bands if marks >= band.least]
        if not reached:
            least = self.bands[0].least if self.bands else FULL_MARKS
            raise InvalidInputError(
                "marks",
                "This concession requires marks of at least {least} %.",
                least=percent_text(least),
            )
        return reached[-1]


SHIPPED: tuple[ConcessionKind, ...] = (
    ConcessionKind(SIBLING, "Sibling", "भाई-बहन", ConcessionGroup.FAMILY, value=1_000),
    ConcessionKind(
        "staff", "Staff child", "स्टाफ़ का बच्चा", ConcessionGroup.FAMILY, value=2_500,
        needs_proof=True,
    ),
    ConcessionKind(
        "merit", "Merit", "मेरिट", ConcessionGroup.MERIT, needs_proof=True,
        bands=(Band(8_000, 1_000), Band(9_000, 1_500), Band(9_500, 2_500)),
    ),
    ConcessionKind(
        "early", "Early bird", "अर्ली बर्ड", ConcessionGroup.EARLY,
        ConcessionMeasure.AMOUNT, 1_000_00,
    ),
    ConcessionKind(OTHER, "Other", "दूसरी छूट", ConcessionGroup.OTHER),
)  # fmt: skip
"""In the order in which they are offered."""


def kinds_by_code(own: Iterable[ConcessionKind] = ()) -> Mapping[str, ConcessionKind]:
    """Return the kinds that ship, replaced and followed by those of the centre."""
    return {kind.code: kind for kind in (*SHIPPED, *own)}


def make_kind(kind: ConcessionKind) -> ConcessionKind:
    """Return a typed kind in normal form.

    Raises:
        InvalidInputError: a value does not fit; `field` names it.
    """
    code = require_line("code", "Code", kind.code, 40).lower()
    if code == PROMO:
        raise InvalidInputError(
            "code", "This code is reserved for promo codes. Choose another one."
        )
    title = require_line("title", "Title", kind.title, 80)
    title_hi = optional_line("title_hi", "Hindi title", kind.title_hi, 80) or title
    _check_value(kind)
    _check_bands(kind)
    if kind.most is not None and kind.most <= ZERO:
        raise InvalidInputError("max", "Enter an amount above ₹0, or leave the field empty.")
    if kind.valid_from and kind.valid_to and kind.valid_to < kind.valid_from:
        raise InvalidInputError("valid_to", "The last day can't be before the first day.")
    return replace(kind, code=code, title=title, title_hi=title_hi)


def _check_value(kind: ConcessionKind) -> None:
    most = BASIS_POINTS if kind.measure is ConcessionMeasure.PERCENT else None
    if kind.value < 0 or (most is not None and kind.value > most):
        raise InvalidInputError("value", "Enter a rate above 0 % and up to 100 %.")
    if not kind.value and kind.measure is ConcessionMeasure.FIXED_PRICE:
        raise InvalidInputError("value", "Enter an amount above ₹0.")


def _check_bands(kind: ConcessionKind) -> None:
    if not kind.bands:
        return
    if kind.measure is not ConcessionMeasure.PERCENT or kind.value:
        raise InvalidInputError(
            "bands", "Leave “Value in % or rupees” empty for a concession based on marks."
        )
    least = [band.least for band in kind.bands]
    is_rising = all(low < high for low, high in pairwise(least))
    fits = all(0 <= band.least <= FULL_MARKS and 0 < band.bp <= BASIS_POINTS for band in kind.bands)
    if not (is_rising and fits):
        raise InvalidInputError(
            "bands", "Enter pairs of marks and concession in %, e.g. 80=10, 90=15."
        )


def parse_bands(text: str) -> tuple[Band, ...]:
    """Parse typed bands: `80=10, 90=15` is 10 % from 80 % marks on, 15 % from 90 %.

    Raises:
        InvalidInputError: it is written otherwise.
    """
    bands = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        least, _, bp = part.partition("=")
        bands.append(Band(parse_percent("bands", least), parse_percent("bands", bp)))
    return tuple(bands)


def bands_text(bands: Iterable[Band]) -> str:
    """Return bands as they are typed."""
    return ", ".join(f"{percent_text(band.least)}={percent_text(band.bp)}" for band in bands)


def check_proof(kind: ConcessionKind, note: str) -> str:
    """Return the cleaned note of a proof.

    Raises:
        InvalidInputError: the kind needs a proof, and none is noted.
    """
    line = optional_line("proof", "Proof", note)
    if kind.needs_proof and not line:
        raise InvalidInputError("proof", "Enter the proof, e.g. an employee ID or mark sheet.")
    return line
