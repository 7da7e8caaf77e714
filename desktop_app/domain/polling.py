"""Polling schedule, as pure functions. Errors lengthen the gap but never stop polling."""

from __future__ import annotations

FRESH_GAP_S = 0.9
"""Gap between polls while a parent usually pays; the shortest of all."""

WATCH_DAYS = 6
WATCH_S = WATCH_DAYS * 86_400
_STEPS = (
    (10.0, 1.16),
    (35.0, FRESH_GAP_S),
    (60.0, 1.8),
    (120.0, 2.0),
    (300.0, 5.0),
    (900.0, 60.0),
    (86_400.0, 600.0),
    (float(WATCH_S), 21_600.0),
)
"""(age of the youngest open code in seconds, gap to the next poll in seconds).

The shortest gap comes after ten seconds: few parents have scanned and paid by then, and in a queue
the next code is opened, so that what is saved is needed for it.
"""

MINUTE_S = 60.0
ORDER_COSTS, CODE_COSTS = 2, 3
"""Requests per fee besides polls: an order and an intent; a code, and reading it once paid."""

_LOOKING_SHARE = 0.9
_LEAST_SHARE = 0.1
"""Shares of the requests per minute: the most for polls and openings, the least for polls."""

_BUSY_OPENINGS = 9
"""Openings per minute to assume once more than one code is open."""

_FIRST_MINUTE_POLLS = 51
"""Polls in the first minute of a code, rounded up: the most that one code needs in any minute."""

_LONGEST_ERROR_GAP_S = 60.0
_MOST_DOUBLINGS = 6
_JITTER = 0.11


def gap_after(
    age_s: float, *, failures: int = 0, dice: float = 0.5, at_least: float = 0.0
) -> float | None:
    """Return the seconds until the next poll at a given age; None when watching has ended.

    Args:
        age_s: seconds since the code was shown, by the gateway's clock.
        failures: consecutive failed polls; each doubles the gap, up to a minute.
        dice: a random number in [0, 1) that spreads polls by about a tenth either way.
        at_least: the shortest gap that the request budget allows, in seconds.
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
LONGEST_RETRY_GAP_S = ERRAND_GAPS_S[-1]


def retry_gap(tries: int) -> float:
    """Return the seconds until an outbox command that failed this often is retried."""
    return ERRAND_GAPS_S[min(max(tries, 1), len(ERRAND_GAPS_S)) - 1]


def affordable_gap(
    per_minute: int, *, live: int, opened: int, cost: int, each: int = ORDER_COSTS
) -> float:
    """Return the seconds between polls that a budget allows without waiting for a slot.

    A poll that waits for a slot comes many seconds late; polls spread evenly over the remaining
    slots each come only a little later. The first code in a minute fits as it is: its many early
    polls come before its few later ones, and no other code's are among them.

    Args:
        per_minute: the most requests in any minute.
        live: number of open codes.
        opened: fees made payable in the last minute.
        cost: requests per poll.
        each: requests per fee besides polls.
    """
    openings = max(opened, _BUSY_OPENINGS) if live > 1 else opened
    left = per_minute * _LOOKING_SHARE - each * openings
    if live <= 1 and opened <= 1 and left >= _FIRST_MINUTE_POLLS * cost:
        return 0.0
    return MINUTE_S * cost / max(left, per_minute * _LEAST_SHARE)


def is_watched(age_s: float) -> bool:
    """Return whether an attempt of this age is still watched (six days, by the gateway's clock)."""
    return age_s < WATCH_S
