"""When to ask the gateway again: a pure schedule. Errors lengthen the gap, they never end it."""

from __future__ import annotations

FRESH_GAP_S = 1.35
WATCH_DAYS = 6
WATCH_S = WATCH_DAYS * 86_400
_STEPS = (
    (60.0, FRESH_GAP_S),
    (120.0, 2.0),
    (300.0, 5.0),
    (900.0, 60.0),
    (86_400.0, 600.0),
    (float(WATCH_S), 21_600.0),
)
"""(age of the youngest open code in seconds, gap to the next look in seconds)."""

MINUTE_S = 60.0
ORDER_COSTS, CODE_COSTS = 2, 3
"""Requests of a fee besides the looks: an order and an intent; a code, and reading it once paid."""

_LOOKING_SHARE = 0.9
_LEAST_SHARE = 0.1
"""Of the requests a minute: the most that looks and openings take together, the least for looks."""

_BUSY_OPENINGS = 9
"""Openings a minute that are reckoned with as soon as more than one code is up."""

_LONGEST_ERROR_GAP_S = 60.0
_MOST_DOUBLINGS = 6
_JITTER = 0.11


def gap_after(
    age_s: float, *, failures: int = 0, dice: float = 0.5, at_least: float = 0.0
) -> float | None:
    """Seconds until the next look at something of an age; None when watching has ended.

    Args:
        age_s: seconds since the code was shown, by the gateway's clock.
        failures: looks in a row that failed; each doubles the gap, up to a minute.
        dice: a random number in [0, 1) that spreads the looks by about a tenth either way.
        at_least: the shortest gap that the budget of requests affords, in seconds.
    """
    base = next((gap for until, gap in _STEPS if age_s < until), None)
    if base is None:
        return None
    base = max(base, at_least)
    if failures:
        backed_off = base * 2 ** min(failures, _MOST_DOUBLINGS)
        base = max(base, min(_LONGEST_ERROR_GAP_S, backed_off))
    return base * (1 + _JITTER * (2 * dice - 1))


ERRAND_GAPS_S = (5.0, 20.0, 60.0, 300.0, 900.0, 3_600.0)
LONGEST_ERRAND_GAP_S = ERRAND_GAPS_S[-1]


def errand_gap(tries: int) -> float:
    """Seconds until an errand that failed so many times is tried again."""
    return ERRAND_GAPS_S[min(max(tries, 1), len(ERRAND_GAPS_S)) - 1]


def affordable_gap(
    per_minute: int, *, live: int, opened: int, cost: int, each: int = ORDER_COSTS
) -> float:
    """Seconds between looks that a budget affords, so that none has to wait for a slot.

    A look that stalls for lack of slots comes many seconds late; looks spread evenly over what is
    left come a little later each.

    Args:
        per_minute: the most requests in any minute.
        live: codes that are up.
        opened: fees made payable in the last minute.
        cost: requests that one look takes.
        each: requests that one fee takes besides the looks.
    """
    openings = max(opened, _BUSY_OPENINGS) if live > 1 else opened
    left = per_minute * _LOOKING_SHARE - each * openings
    return MINUTE_S * cost / max(left, per_minute * _LEAST_SHARE)


def is_watched(age_s: float) -> bool:
    """Tell whether something of this age is still looked at (six days, by the gateway's clock)."""
    return age_s < WATCH_S
