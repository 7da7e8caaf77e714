"""Promo codes: how they are written, and whether one may be used now.

A code is the same in capitals and small letters, with spaces around it, and in the full-width
letters of some keyboards. Its days are days in India; both the first and the last count.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from desktop_app.domain.concessions import Concession, ConcessionGroup, ConcessionMeasure
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import BASIS_POINTS, ZERO, Money
from desktop_app.domain.text import optional_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

FIELD = "promo"
LEAST_LETTERS, MOST_LETTERS = 4, 20
MADE_LETTERS = 8
CLEAR = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""The letters of made codes: no 0 and O, no 1 and I, which look alike on paper."""
MOST_WRONG, MINUTE_S, PAUSE_S = 5, 60.0, 30.0
_CODE = re.compile(rf"[A-Z0-9-]{{{LEAST_LETTERS},{MOST_LETTERS}}}")


class PromoRefusal(StrEnum):
    """Why a code may not be used."""

    UNKNOWN = "unknown"
    ARCHIVED = "archived"
    NOT_BEGUN = "not_begun"
    EXPIRED = "expired"
    OTHER_COURSE = "other_course"
    UNDER_MINIMUM = "under_minimum"
    NOT_FIRST = "not_first"
    NOT_COMBINABLE = "not_combinable"
    USED_UP = "used_up"
    FAMILY_USED_UP = "family_used_up"
    USED_ALREADY = "used_already"


class PromoRefusedError(InvalidInputError):
    """A code may not be used; the sentence says why."""

    def __init__(self, refusal: PromoRefusal, template: str, **values: object) -> None:
        super().__init__(FIELD, template, **values)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class PromoCode:
    """A code that takes something off a price.

    Attributes:
        measure: percent, or an amount.
        value: basis points, or paise.
        courses: the codes of the courses it is for; empty for all.
        heads: the fee heads that it reduces.
        valid_from, valid_to: the first and the last day in India; None without one.
        most_uses: how many enrolments may use it; None for any number.
        most_per_family: how many of one family.
        least_bill: the least list price, tax included.
        first_enrollment_only: whether it is for students who are new to the centre.
        is_combinable: whether other concessions may be given beside it.
    """

    code: str
    measure: ConcessionMeasure
    value: int
    courses: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset({"tuition"})
    valid_from: date | None = None
    valid_to: date | None = None
    most_uses: int | None = None
    most_per_family: int | None = None
    least_bill: Money = ZERO
    first_enrollment_only: bool = False
    is_combinable: bool = True
    note: str = ""

    @property
    def concession(self) -> Concession:
        """The concession of the code, as it counts in a sum."""
        return Concession(
            f"{FIELD}:{self.code}", ConcessionGroup.PROMO, self.measure, self.value, self.heads
        )


@dataclass(frozen=True, slots=True)
class PromoUse:
    """A bill that wants to use a code.

    Attributes:
        on: the day in India on which the bill is offered.
        course_code: the course.
        bill: its list price, tax included.
        is_first: whether the student never had another enrolment.
        has_others: whether other concessions are given beside it.
        uses: how many enrolments hold or have used the code.
        family_uses: how many of these are of the same family.
        held_since: the time of a bill that holds a use and is not paid, as it is shown.
    """

    on: date
    course_code: str
    bill: Money
    is_first: bool = True
    has_others: bool = False
    uses: int = 0
    family_uses: int = 0
    held_since: str = ""


def normalise_code(text: str) -> str:
    """Return a typed or scanned code as it is kept: trimmed, in plain capital letters."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def make_code(choose: Callable[[str], str]) -> str:
    """Return a new code of letters and digits that cannot be confused.

    Args:
        choose: picks one of these letters so that nobody can guess it, as `secrets.choice` does.
    """
    return "".join(choose(CLEAR) for _ in range(MADE_LETTERS))


def make_promo(promo: PromoCode) -> PromoCode:
    """Return a typed code in normal form.

    Raises:
        InvalidInputError: a value does not fit; `field` names it.
    """
    code = normalise_code(promo.code)
    if not _CODE.fullmatch(code):
        raise InvalidInputError("code", "Enter 4 to 20 letters, digits or hyphens, e.g. JEE10.")
    _check_value(promo.measure, promo.value)
    if promo.valid_from and promo.valid_to and promo.valid_to < promo.valid_from:
        raise InvalidInputError("valid_to", "The last day can't be before the first day.")
    for field, count in (("max_uses", promo.most_uses), ("max_per_family", promo.most_per_family)):
        if count is not None and count < 1:
            raise InvalidInputError(field, "Enter 1 or more, or leave the field empty.")
    if promo.least_bill < ZERO:
        raise InvalidInputError("min_bill", "The amount can't be negative.")
    return PromoCode(
        code=code,
        measure=promo.measure,
        value=promo.value,
        courses=frozenset(map(str.upper, promo.courses)),
        heads=promo.heads,
        valid_from=promo.valid_from,
        valid_to=promo.valid_to,
        most_uses=promo.most_uses,
        most_per_family=promo.most_per_family,
        least_bill=promo.least_bill,
        first_enrollment_only=promo.first_enrollment_only,
        is_combinable=promo.is_combinable,
        note=optional_line("note", "Note", promo.note),
    )


def _check_value(measure: ConcessionMeasure, value: int) -> None:
    if measure is ConcessionMeasure.PERCENT and not 0 < value <= BASIS_POINTS:
        raise InvalidInputError("value", "Enter a rate above 0 % and up to 100 %.")
    if measure is not ConcessionMeasure.PERCENT and value <= 0:
        raise InvalidInputError("value", "Enter an amount above ₹0.")


class WrongCodes:
    """Wrong codes of a box: so many in a minute close it for a while, against guessing."""

    def __init__(self) -> None:
        self._at: list[float] = []
        self._closed_until = 0.0

    def note(self, at: float) -> None:
        """Note a wrong code at a time in seconds that never goes back."""
        self._at = [each for each in self._at if at - each < MINUTE_S]
        self._at.append(at)
        if len(self._at) >= MOST_WRONG:
            self._closed_until = at + PAUSE_S
            self._at.clear()

    def pause_left(self, at: float) -> float:
        """Return for how many seconds the box is still closed; 0 where it is open."""
        return max(0.0, self._closed_until - at)


def refuse_unknown(code: str) -> PromoRefusedError:
    """Return the refusal of a code that nobody made."""
    return PromoRefusedError(PromoRefusal.UNKNOWN, "There's no promo code {code}.", code=code)


def refuse_archived(code: str) -> PromoRefusedError:
    """Return the refusal of a code that is archived."""
    return PromoRefusedError(PromoRefusal.ARCHIVED, "Promo code {code} is archived.", code=code)


def refuse_twice(code: str) -> PromoRefusedError:
    """Return the refusal of a code that the enrolment has already."""
    return PromoRefusedError(
        PromoRefusal.USED_ALREADY, "Promo code {code} is already used for this course.", code=code
    )


def check_use(promo: PromoCode, use: PromoUse) -> None:
    """Check whether a code may be used.

    Raises:
        PromoRefusedError: it may not; the refusal says why.
    """
    _check_days(promo, use)
    _check_bill(promo, use)
    _check_uses(promo, use)


def _check_days(promo: PromoCode, use: PromoUse) -> None:
    if promo.valid_from and use.on < promo.valid_from:
        raise PromoRefusedError(
            PromoRefusal.NOT_BEGUN,
            "Promo code {code} starts on {day}.",
            code=promo.code,
            day=promo.valid_from,
        )
    if promo.valid_to and use.on > promo.valid_to:
        raise PromoRefusedError(
            PromoRefusal.EXPIRED,
            "Promo code {code} ended on {day}.",
            code=promo.code,
            day=promo.valid_to,
        )


def _check_bill(promo: PromoCode, use: PromoUse) -> None:
    if promo.courses and use.course_code.upper() not in promo.courses:
        raise PromoRefusedError(
            PromoRefusal.OTHER_COURSE,
            "Promo code {code} isn't valid for this course.",
            code=promo.code,
        )
    if use.bill < promo.least_bill:
        raise PromoRefusedError(
            PromoRefusal.UNDER_MINIMUM,
            "Promo code {code} needs a fee of at least {least}.",
            code=promo.code,
            least=promo.least_bill,
        )
    if promo.first_enrollment_only and not use.is_first:
        raise PromoRefusedError(
            PromoRefusal.NOT_FIRST, "Promo code {code} is for new students only.", code=promo.code
        )
    if use.has_others and not promo.is_combinable:
        raise PromoRefusedError(
            PromoRefusal.NOT_COMBINABLE,
            "You can't combine promo code {code} with another concession.",
            code=promo.code,
        )


def _check_uses(promo: PromoCode, use: PromoUse) -> None:
    if promo.most_uses is not None and use.uses >= promo.most_uses:
        if use.held_since:
            raise PromoRefusedError(
                PromoRefusal.USED_UP,
                "Promo code {code} has reached its limit. The last use is on an unpaid bill from "
                "{time}.",
                code=promo.code,
                time=use.held_since,
            )
        raise PromoRefusedError(
            PromoRefusal.USED_UP, "Promo code {code} has reached its limit.", code=promo.code
        )
    if promo.most_per_family is not None and use.family_uses >= promo.most_per_family:
        raise PromoRefusedError(
            PromoRefusal.FAMILY_USED_UP,
            "This family has already used promo code {code}.",
            code=promo.code,
        )
