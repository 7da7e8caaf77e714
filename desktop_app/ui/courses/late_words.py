"""A late-fee rule in a few words, for lists."""

from __future__ import annotations

from typing import assert_never

from desktop_app.domain.late_fee import LateKind, LateRule
from desktop_app.domain.plan_checks import format_share
from desktop_app.ui.core.formatting import short_rupees
from desktop_app.ui.core.i18n import N_, tr


def rule_words(rule: LateRule) -> str:
    """Return a rule as `₹50 a day after 5 days, at most ₹1,500`."""
    if rule.kind is LateKind.SLABS:
        each = N_("{amount} from day {day}")
        words = ", ".join(
            tr(each, amount=short_rupees(amount), day=first) for first, amount in rule.slabs
        )
        return _capped(words, rule)
    words = tr(_growth(rule), amount=short_rupees(rule.amount), percent=format_share(rule.bp))
    if rule.grace_days:
        after = N_("{late} after {count} day", "{late} after {count} days")
        words = tr(after, late=words, count=rule.grace_days)
    return _capped(words, rule)


def _capped(words: str, rule: LateRule) -> str:
    if rule.cap is None:
        return words
    return tr(N_("{late}, up to {cap}"), late=words, cap=short_rupees(rule.cap))


def _growth(rule: LateRule) -> N_:
    match rule.kind:
        case LateKind.NONE:
            return N_("No late fee")
        case LateKind.FLAT:
            return N_("{amount} once")
        case LateKind.PER_DAY:
            return N_("{amount} a day")
        case LateKind.PERCENT_ONCE:
            return N_("{percent} % once")
        case LateKind.PERCENT_MONTH:
            return N_("{percent} % a month")
        case LateKind.SLABS:
            return N_("By days late")
        case other:
            assert_never(other)
