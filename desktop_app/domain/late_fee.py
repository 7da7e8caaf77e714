"""Late fees: a calculation on an overdue due, until the desk asks for it.

The days count from the due date to the day in India on which the money came, not to the day on
which the desk learned of it. Late fees include their tax.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from desktop_app.domain.allocation import LEAST_DUE
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import (
    BASIS_POINTS,
    ZERO,
    Money,
    format_plain,
    fraction_of,
    parse_rupees,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

MOST_GRACE_DAYS = 365
MONTH_DAYS = 30
"""A month or a part of it, as `percent_month` counts."""


class LateKind(StrEnum):
    """How a late fee grows."""

    NONE = "none"
    FLAT = "flat"
    PER_DAY = "per_day"
    PERCENT_ONCE = "percent_once"
    PERCENT_MONTH = "percent_month"
    SLABS = "slabs"
    """An amount by how long it is late; see `LateRule.slabs`."""


class CountsFrom(StrEnum):
    """The day from which late days count, once the days of grace have passed."""

    DUE = "due"
    GRACE_END = "grace_end"


@dataclass(frozen=True, slots=True)
class LateRule:
    """A late-fee rule.

    Attributes:
        amount: once (`flat`) or a day (`per_day`).
        bp: basis points of the balance at the due date, once or a month.
        grace_days: late days that cost nothing.
        cap: the most in all; None for no such limit.
        cap_bp: the most in all, in basis points of the balance; None for no such limit.
        slabs: the first late day of each slab and its amount, ascending by day.
    """

    kind: LateKind = LateKind.NONE
    amount: Money = ZERO
    bp: int = 0
    grace_days: int = 0
    cap: Money | None = None
    cap_bp: int | None = None
    slabs: tuple[tuple[int, Money], ...] = ()
    counts_from: CountsFrom = CountsFrom.DUE


NO_LATE_FEE = LateRule()


def late_fee(days: int, balance: Money, rule: LateRule) -> Money:
    """Return the late fee of a due, tax included.

    Less than a rupee is not asked: no due is less than that.

    Args:
        days: from the due date to the day on which the money came; zero or less is in time.
        balance: what was open of the due at its due date.
        rule: as frozen at enrolment.
    """
    if days <= max(0, rule.grace_days):
        return ZERO
    counted = days if rule.counts_from is CountsFrom.DUE else days - rule.grace_days
    fee = min([_uncapped(counted, balance, rule), *_caps(balance, rule)])
    return fee if fee >= LEAST_DUE else ZERO


def late_fee_on(due_on: date, paid_on: date, balance: Money, rule: LateRule) -> Money:
    """Return the late fee of a due that is settled on a day; both are days in India."""
    return late_fee((paid_on - due_on).days, balance, rule)


def late_fee_left(
    rule: LateRule, days: int, balance: Money, *, asked: Money, waived: Money
) -> Money:
    """Return what of a late fee was neither asked for before nor waived.

    The late fee of a due that stays open grows further after it was asked for. The rest of it is
    another late fee, or nothing where it is below a rupee.

    Args:
        rule: as frozen at enrolment.
        days: from the due date to the day on which the money came.
        balance: what was open of the due at its due date.
        asked: the late fees that follow the due, as they were asked for.
        waived: what was waived before it was asked for.
    """
    whole = late_fee(days, balance, rule)
    left = whole - min(whole, asked + waived)
    return left if left >= LEAST_DUE else ZERO


def _uncapped(days: int, balance: Money, rule: LateRule) -> Money:
    match rule.kind:
        case LateKind.NONE:
            return ZERO
        case LateKind.FLAT:
            return rule.amount
        case LateKind.PER_DAY:
            return Money(rule.amount.paise * days)
        case LateKind.PERCENT_ONCE:
            return fraction_of(balance, rule.bp, BASIS_POINTS)
        case LateKind.PERCENT_MONTH:
            months = -(-days // MONTH_DAYS)
            return fraction_of(balance, rule.bp * months, BASIS_POINTS)
        case LateKind.SLABS:
            reached = [amount for first, amount in rule.slabs if first <= days]
            return reached[-1] if reached else ZERO
        case other:
            assert_never(other)


def _caps(balance: Money, rule: LateRule) -> list[Money]:
    caps = [] if rule.cap is None else [rule.cap]
    if rule.cap_bp is not None:
        caps.append(fraction_of(balance, rule.cap_bp, BASIS_POINTS))
    return caps


def check_rule(rule: LateRule) -> LateRule:
    """Return a typed rule that can be calculated.

    Raises:
        InvalidInputError: a value is missing, negative or out of range; `field` names it.
    """
    if not 0 <= rule.grace_days <= MOST_GRACE_DAYS:
        raise InvalidInputError(
            "grace_days", "Enter 0 to {most} days without a late fee.", most=MOST_GRACE_DAYS
        )
    if rule.kind in {LateKind.FLAT, LateKind.PER_DAY} and rule.amount < LEAST_DUE:
        raise InvalidInputError("amount", "Enter a late fee of at least ₹1.")
    is_percent = rule.kind in {LateKind.PERCENT_ONCE, LateKind.PERCENT_MONTH}
    if is_percent and not 0 < rule.bp <= BASIS_POINTS:
        raise InvalidInputError("bp", "Enter a late fee above 0 % and up to 100 %.")
    if rule.cap is not None and rule.cap <= ZERO:
        raise InvalidInputError("cap", "Enter a limit above ₹0, or leave the field empty.")
    if rule.cap_bp is not None and not 0 < rule.cap_bp <= BASIS_POINTS:
        raise InvalidInputError("cap_bp", "Enter a limit above 0 % and up to 100 %.")
    if rule.kind is LateKind.SLABS:
        _check_slabs(rule.slabs)
    return rule


def _check_slabs(slabs: tuple[tuple[int, Money], ...]) -> None:
    firsts = [first for first, _ in slabs]
    if not slabs or firsts[0] < 1 or sorted(set(firsts)) != firsts:
        raise InvalidInputError(
            "slabs", "Enter the first day of each late-fee slab, earliest first."
        )
    if any(amount < LEAST_DUE for _, amount in slabs):
        raise InvalidInputError("slabs", "Enter a late fee of at least ₹1 for each slab.")


def parse_slabs(text: str) -> tuple[tuple[int, Money], ...]:
    """Parse typed slabs: `8=200, 16=500` is ₹200 from the 8th late day, ₹500 from the 16th.

    Raises:
        InvalidInputError: it is written otherwise.
    """
    slabs = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        first, _, rupees = part.partition("=")
        day = first.strip()
        if not (day.isascii() and day.isdecimal() and rupees.strip()):
            raise InvalidInputError(
                "slabs", "Enter pairs of days late and late fee, e.g. 8=200, 16=500."
            )
        try:
            slabs.append((int(day), parse_rupees(rupees)))
        except InvalidInputError as error:
            raise error.about("slabs") from error
    return tuple(slabs)


def slabs_text(slabs: Iterable[tuple[int, Money]]) -> str:
    """Return slabs as they are typed."""
    return ", ".join(
        f"{first}={format_plain(amount).replace(',', '').removesuffix('.00')}"
        for first, amount in slabs
    )


def as_text(rule: LateRule) -> str:
    """Return a rule as JSON, as the terms of an enrolment keep it."""
    return json.dumps(
        {
            "kind": rule.kind.value,
            "amount": rule.amount.paise,
            "bp": rule.bp,
            "grace_days": rule.grace_days,
            "cap": None if rule.cap is None else rule.cap.paise,
            "cap_bp": rule.cap_bp,
            "slabs": slabs_as_lists(rule.slabs),
            "counts_from": rule.counts_from.value,
        }
    )


def from_text(text: str) -> LateRule:
    """Return a rule from its JSON; no late fee for an empty text."""
    if not text:
        return NO_LATE_FEE
    kept: Mapping[str, object] = json.loads(text)
    cap, cap_bp = kept["cap"], kept["cap_bp"]
    return LateRule(
        kind=LateKind(str(kept["kind"])),
        amount=Money(_whole(kept["amount"])),
        bp=_whole(kept["bp"]),
        grace_days=_whole(kept["grace_days"]),
        cap=None if cap is None else Money(_whole(cap)),
        cap_bp=None if cap_bp is None else _whole(cap_bp),
        slabs=slabs_from_lists(kept["slabs"]),
        counts_from=CountsFrom(str(kept["counts_from"])),
    )


def slabs_as_lists(slabs: tuple[tuple[int, Money], ...]) -> list[list[int]]:
    """Return slabs as lists of day and paise, for JSON."""
    return [[first, amount.paise] for first, amount in slabs]


def slabs_from_lists(kept: object) -> tuple[tuple[int, Money], ...]:
    """Return slabs from lists of day and paise."""
    assert isinstance(kept, list)  # noqa: S101 - the desk itself wrote it
    return tuple((_whole(first), Money(_whole(paise))) for first, paise in kept)


def _whole(value: object) -> int:
    if type(value) is not int:
        raise ValueError(f"a late-fee rule holds {value!r} in place of a whole number")
    return value
