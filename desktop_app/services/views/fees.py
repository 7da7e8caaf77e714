"""Read models of concessions and promo codes."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, NamedTuple

from desktop_app.domain.concession_kinds import OTHER
from desktop_app.domain.concessions import ConcessionMeasure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from desktop_app.domain.concession_kinds import ConcessionKind
    from desktop_app.domain.fees import QuoteLine
    from desktop_app.domain.money import Money
    from desktop_app.domain.promo_codes import PromoCode
    from desktop_app.services.views.enrolment import DueRow
    from desktop_app.services.views.plans import LaterPart


@dataclass(frozen=True, slots=True)
class ConcessionWish:
    """A concession as it was chosen at the counter: a kind, or a promo code.

    Attributes:
        kind: the code of the kind.
        value: basis points or paise, for a kind whose value is typed each time.
        measure: which of the two that is.
        marks: in hundredths of a percent, for a kind that follows marks.
        promo: a promo code as typed; then there is no kind.
    """

    kind: str = OTHER
    value: int | None = None
    measure: ConcessionMeasure = ConcessionMeasure.PERCENT
    marks: int | None = None
    reason: str = ""
    proof: str = ""
    promo: str = ""


def wishes_text(wishes: Sequence[ConcessionWish]) -> str:
    """Return wishes as text to keep with a draft; empty for none."""
    return json.dumps([asdict(each) for each in wishes], ensure_ascii=False) if wishes else ""


def wishes_of(text: str) -> tuple[ConcessionWish, ...]:
    """Return the wishes that `wishes_text` wrote."""
    kept = json.loads(text) if text else ()
    return tuple(
        ConcessionWish(**each | {"measure": ConcessionMeasure(each["measure"])}) for each in kept
    )


class ConcessionOffer(NamedTuple):
    """A kind that may be given, with what it would take off the list price.

    Attributes:
        worth: None where its value is typed, or follows marks.
        is_suggested: whether it fits this student: a brother or sister is enrolled.
        is_refused: whether it may not be given: nobody of the family is enrolled.
    """

    kind: ConcessionKind
    worth: Money | None
    is_suggested: bool = False
    is_refused: bool = False


class GivenPart(NamedTuple):
    """One concession with what it gives, as the price is quoted.

    Attributes:
        code: the code of the kind, or the promo code.
        title: what it is called, in English and in Hindi; those of a code are the code.
        asked: what it is worth by itself.
    """

    code: str
    title: str
    title_hi: str
    amount: Money
    asked: Money


@dataclass(frozen=True, slots=True)
class ConcessionPreview:
    """The sum of concessions before they are given, together with those given earlier.

    Attributes:
        price: the list price of what they reduce, as the price is quoted.
        is_net: whether that is without tax.
        asked: what they are worth before any limit.
        given: what is given.
        parts: what each gives, those given before first.
        listed: all that the enrolment asks for without them, tax included.
        off: what they take off that.
        now: how much is collected next, and `lines` the bill's lines of it.
        later: the instalments after that.
        cap_bp: the limit of all together.
        is_over_open: whether less is given because so much is paid already.
    """

    price: Money
    is_net: bool
    asked: Money
    given: Money
    parts: tuple[GivenPart, ...]
    listed: Money
    off: Money
    paid: Money
    now: Money
    lines: tuple[QuoteLine, ...]
    later: tuple[LaterPart, ...]
    cap_bp: int
    is_over_open: bool = False

    @property
    def total(self) -> Money:
        """The amount that is left to pay."""
        return self.listed - self.off - self.paid

    @property
    def is_limited(self) -> bool:
        """Whether less is given than was asked."""
        return self.given < self.asked


@dataclass(frozen=True, slots=True)
class ConcededView:
    """Concessions that were just given.

    Attributes:
        asked: what they are worth before any limit, as the price is quoted.
        given: what was given in fact.
        off: what that takes off the dues, tax included.
        dues: the open dues that are left.
        parts: what was taken off each due, by uid.
        cap_bp: the limit of all together.
        is_free: whether nothing is left to pay, and the student is enrolled.
    """

    enrollment_uid: str
    asked: Money
    given: Money
    off: Money
    dues: tuple[DueRow, ...]
    parts: Mapping[str, Money]
    cap_bp: int
    is_free: bool = False


@dataclass(frozen=True, slots=True)
class ConcessionRow:
    """A concession of an enrolment, in a list.

    Attributes:
        amount: as the price is quoted.
        off: what it takes off the dues, tax included.
        is_fixed: whether it can no longer be taken back: something it reduces is paid.
    """

    uid: str
    code: str
    title: str
    title_hi: str
    amount: Money
    off: Money
    reason: str
    proof: str
    created_at: datetime
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class PromoRow:
    """A promo code in a list.

    Attributes:
        used: how many enrolments paid with it.
        held: how many bills hold it that are not paid.
    """

    uid: str
    promo: PromoCode
    used: int
    held: int
    is_archived: bool
    created_at: datetime

    @property
    def left(self) -> int | None:
        """How often it can still be used; None for any number."""
        most = self.promo.most_uses
        return None if most is None else max(0, most - self.used - self.held)
