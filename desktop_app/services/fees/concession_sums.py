"""The sum of an enrolment's concessions, given and wanted, and their part of each due."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop_app.domain.concession_kinds import PROMO
from desktop_app.domain.concessions import (
    PAISA,
    Concession,
    ConcessionGroup,
    ConcessionMeasure,
    ConcessionSpread,
    HeadPrice,
    give,
    spread,
)
from desktop_app.domain.enrollment import DueState
from desktop_app.domain.money import ZERO, Money, split, total
from desktop_app.domain.tax import tax_of_gross

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desktop_app.services.ports.fees import ConcessionDue, ConcessionRecord, PromoRecord


@dataclass(frozen=True, slots=True)
class Wanted:
    """A concession that was checked and may be given.

    Attributes:
        code: the code of the kind; of a promo code, the code.
    """

    concession: Concession
    code: str
    title: str
    title_hi: str
    spread: ConcessionSpread = ConcessionSpread.PROPORTIONAL
    reason: str = ""
    proof: str = ""
    promo: PromoRecord | None = None

    @property
    def kind_code(self) -> str:
        """The code of the kind that the record names."""
        return PROMO if self.promo is not None else self.code


@dataclass(frozen=True, slots=True)
class Basis:
    """An enrolment as concessions see it: what it asks for, and what was given before."""

    dues: tuple[ConcessionDue, ...]
    given: tuple[ConcessionRecord, ...] = ()
    unit: Money = PAISA

    def prices(self, heads: frozenset[str] | None = None) -> Mapping[str, HeadPrice]:
        """Return the list price of each of some heads, as it is quoted."""
        gross: dict[str, Money] = {}
        traits: dict[str, ConcessionDue] = {}
        for due in self.dues:
            if heads is not None and due.head_code not in heads:
                continue
            gross[due.head_code] = gross.get(due.head_code, ZERO) + due.price
            traits[due.head_code] = due
        return {
            head: HeadPrice(
                tax_of_gross(amount, traits[head].rate_bp).taxable
                if traits[head].is_net
                else amount,
                traits[head].rate_bp,
                traits[head].is_net,
            )
            for head, amount in gross.items()
        }


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """One of the wanted concessions, with what it gives.

    Attributes:
        amount: as the price is quoted.
        parts: what it takes off each due, tax included, by uid.
    """

    wanted: Wanted
    asked: Money
    amount: Money
    parts: Mapping[str, Money]

    @property
    def off(self) -> Money:
        """The amount that it takes off all dues together."""
        return total(self.parts.values())


@dataclass(frozen=True, slots=True)
class Sums:
    """The sum of all concessions of an enrolment.

    Attributes:
        asked: of all that count, given before or wanted, before any limit.
        given: of all.
        new: those that are wanted.
        is_over_open: whether less is given because so much is paid already.
    """

    prices: Mapping[str, HeadPrice]
    asked: Money
    given: Money
    new: tuple[WorkedOut, ...]
    is_over_open: bool = False

    @property
    def parts(self) -> Mapping[str, Money]:
        """The amount that the new ones take off each due, tax included, by uid."""
        found: dict[str, Money] = {}
        for each in self.new:
            for uid, part in each.parts.items():
                found[uid] = found.get(uid, ZERO) + part
        return found


def work_out(basis: Basis, wanted: Sequence[Wanted], cap_bp: int) -> Sums:
    """Return what wanted concessions give beside those given before.

    The sum of all is that of `give`, whatever came first: each new one gets the difference.

    Args:
        basis: the enrolment.
        wanted: the concessions, with different keys.
        cap_bp: the limit of all together.
    """
    counted = [as_concession(each) for each in basis.given]
    counted += [each.concession for each in wanted]
    prices = basis.prices(frozenset[str]().union(*(each.heads for each in counted)))
    after = give(counted, prices, cap_bp, basis.unit)
    given_before = total(each.amount for each in basis.given)
    extra = max(ZERO, after.given - given_before)
    weights = [after.parts[each.concession.key].paise for each in wanted]
    amounts = split(extra, weights) if any(weights) else (ZERO,) * len(wanted)
    room = _Room(basis, prices)
    new = tuple(
        WorkedOut(each, each.concession.worth(prices, basis.unit), *room.take(each, amount))
        for each, amount in sorted(
            zip(wanted, amounts, strict=True), key=lambda pair: pair[0].concession.key
        )
    )
    given = given_before + total(each.amount for each in new)
    return Sums(prices, after.asked, given, new, is_over_open=room.is_short)


@dataclass
class _Room:
    """The open rest of the dues while concessions are taken off, one after another."""

    basis: Basis
    prices: Mapping[str, HeadPrice]
    taken: dict[str, Money] = field(default_factory=dict)
    is_short: bool = False

    def __post_init__(self) -> None:
        self.so_far: dict[str, Money] = {}
        for record in self.basis.given:
            divided = as_concession(record).divided(record.amount, self.prices)
            for head, part in divided.items():
                self.so_far[head] = self.so_far.get(head, ZERO) + part

    def take(self, wanted: Wanted, amount: Money) -> tuple[Money, Mapping[str, Money]]:
        """Return how much is given of an amount, and its part of each due."""
        if not amount:
            return ZERO, {}
        given, parts = ZERO, dict[str, Money]()
        for head, part in wanted.concession.divided(amount, self.prices).items():
            of_head = self._take_of_head(head, part, wanted.spread)
            fits = total(of_head.values()) == self._off(head, part)
            given += part if fits else self._as_quoted(head, total(of_head.values()))
            self.so_far[head] = self.so_far.get(head, ZERO) + part
            parts |= of_head
        return given, {uid: part for uid, part in parts.items() if part}

    def _off(self, head: str, part: Money) -> Money:
        before = self.so_far.get(head, ZERO)
        return self.prices[head].off_the_bill(before, before + part)

    def _take_of_head(self, head: str, part: Money, how: ConcessionSpread) -> Mapping[str, Money]:
        dues = [
            due
            for due in self.basis.dues
            if due.head_code == head and due.state is DueState.OPEN and due.balance > ZERO
        ]
        balances = [due.balance - self.taken.get(due.uid, ZERO) for due in dues]
        wanted = self._off(head, part)
        self.is_short |= wanted > total(balances)
        parts = spread(min(wanted, total(balances)), balances, self.basis.unit, how)
        for due, off in zip(dues, parts, strict=True):
            self.taken[due.uid] = self.taken.get(due.uid, ZERO) + off
        return {due.uid: off for due, off in zip(dues, parts, strict=True)}

    def _as_quoted(self, head: str, off: Money) -> Money:
        """Return what was taken off with its tax as the price is quoted."""
        price = self.prices[head]
        return tax_of_gross(off, price.rate_bp).taxable if price.is_net else off


def short_of(basis: Basis, cap_bp: int) -> tuple[ConcessionRecord, ...]:
    """Return the concessions that gave less than they are worth now, beside the others."""
    counted = [as_concession(each) for each in basis.given]
    prices = basis.prices(frozenset[str]().union(*(each.heads for each in counted)))
    sums = give(counted, prices, cap_bp, basis.unit)
    return tuple(each for each in basis.given if sums.parts[each.uid] > each.amount)


def terms_of(wanted: Wanted) -> str:
    """Return how a concession counts, as its record keeps it."""
    concession = wanted.concession
    return json.dumps(
        {
            "group": concession.group.value,
            "measure": concession.measure.value,
            "value": concession.value,
            "heads": sorted(concession.heads),
            "most": None if concession.most is None else concession.most.paise,
            "ignores_cap": concession.ignores_cap,
            "spread": wanted.spread.value,
            "title": wanted.title,
            "title_hi": wanted.title_hi,
        },
        ensure_ascii=False,
    )


def titles_of(record: ConcessionRecord) -> tuple[str, str]:
    """Return the titles of a concession when it was given, in English and in Hindi."""
    terms = json.loads(record.terms)
    return terms["title"], terms["title_hi"]


def spread_of(record: ConcessionRecord) -> ConcessionSpread:
    """Return which dues a concession was taken off."""
    return ConcessionSpread(json.loads(record.terms)["spread"])


def as_concession(record: ConcessionRecord) -> Concession:
    """Return a concession as it counts in the sum, by the terms of its day."""
    terms = json.loads(record.terms)
    return Concession(
        key=record.uid,
        group=ConcessionGroup(terms["group"]),
        measure=ConcessionMeasure(terms["measure"]),
        value=terms["value"],
        heads=frozenset(terms["heads"]),
        most=None if terms["most"] is None else Money(terms["most"]),
        ignores_cap=terms["ignores_cap"],
    )
