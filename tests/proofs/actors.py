"""Parents, staff and network conditions of a simulated centre, drawn from one random generator.

Nothing here knows the services: actors are plans, `simulated_centre` carries them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.payment import Method
from desktop_app.services import errors
from tests.fake_gateway import Trouble

from .gateway_facts import WRITING_CALLS
from .virtual_gateway import round_trip_s

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

HOUR_S = 3_600.0
OPENING_HOURS = 10
ARRIVALS = 24
FAMILIES = 0.12
"""The share of arrivals that are several parents at once."""

METHOD_WEIGHTS = (
    (Method.UPI_INTENT, 30),
    (Method.QR_CODE, 22),
    (Method.PAYMENT_LINK, 12),
    (Method.AUTO, 11),
    (Method.CASH, 25),
)
BEHAVIOURS = (
    ("at_once", 62),
    ("fails_first", 9),
    ("late", 8),
    ("captured_late", 6),
    ("twice", 6),
    ("never", 9),
)


@dataclass(frozen=True, slots=True)
class Parent:
    """One parent who comes to the desk.

    Attributes:
        after_s: seconds after opening.
        method: the way of paying that the parent chooses.
        behaviour: a name from `BEHAVIOURS`, for payments by phone.
        pays_after_s: seconds from the code being shown to the payment, or to the failed attempt.
        late_s: seconds from then to the late capture.
        patience_s: seconds until staff replace the code by something else; None for never.
    """

    after_s: float
    method: Method
    behaviour: str
    pays_after_s: float
    late_s: float
    patience_s: float | None


def arrivals(rng: random.Random) -> Iterator[Parent]:
    """Yield a day's parents: a peak in the morning, a higher one in the evening, some families."""
    for _ in range(rng.randint(ARRIVALS - 8, ARRIVALS + 8)):
        peak = rng.choices(((1.2, 0.7), (8.0, 0.9), (5.0, 3.0)), (35, 45, 20))[0]
        at = min(OPENING_HOURS - 0.5, max(0.05, rng.gauss(*peak))) * HOUR_S
        size = rng.randint(2, 5) if rng.random() < FAMILIES else 1
        for each in range(size):
            yield _parent(rng, at + each * rng.uniform(5, 25))


def _parent(rng: random.Random, at: float) -> Parent:
    return Parent(
        after_s=at,
        method=rng.choices(
            [each[0] for each in METHOD_WEIGHTS], [each[1] for each in METHOD_WEIGHTS]
        )[0],
        behaviour=rng.choices([each[0] for each in BEHAVIOURS], [each[1] for each in BEHAVIOURS])[
            0
        ],
        pays_after_s=min(240.0, max(4.0, rng.lognormvariate(3.1, 0.6))),
        late_s=660 * (3 * 86_400 / 660) ** rng.random(),
        patience_s=rng.uniform(100, 400) if rng.random() < 0.25 else None,
    )


class NetworkConditions:
    """The network on one day: mostly up, some answers lost, sometimes an outage or a slow hour."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._down: list[tuple[float, float]] = []
        self._slow: list[tuple[float, float]] = []

    def plan_day(self, morning: float) -> None:
        """Draw when the network is down and slow on a day that opens at a unix time in seconds."""
        self._down, self._slow = [], []
        if self._rng.random() < 0.35:
            self._down.append(self._spell(morning, self._rng.uniform(2, 95) * 60))
        if self._rng.random() < 0.3:
            self._slow.append(self._spell(morning, self._rng.uniform(10, 60) * 60))

    def _spell(self, morning: float, length_s: float) -> tuple[float, float]:
        begins = morning + self._rng.uniform(0, OPENING_HOURS - 1) * HOUR_S
        return begins, begins + length_s

    def clear(self) -> None:
        """Remove every outage and slow hour."""
        self._down, self._slow = [], []

    def latency(self, now: float) -> float:
        """Draw the seconds that the next request takes."""
        usual = round_trip_s(self._rng)
        return usual * 10 if _within(self._slow, now) else usual

    def trouble(self, name: str, now: float, *, is_fine: bool) -> Trouble | None:
        """Draw what happens to the next call; None when it succeeds."""
        is_write = name in WRITING_CALLS
        if _within(self._down, now):
            if is_write and self._rng.random() < 0.3:
                return Trouble(errors.OutcomeUnknownError("time-out"))
            return Trouble(errors.UnavailableError("no route"))
        if is_fine or self._rng.random() > 0.015:
            return None
        if is_write:
            done = self._rng.random() < 0.6
            return Trouble(errors.OutcomeUnknownError("answer lost"), done)
        kinds = (errors.UnavailableError, errors.RateLimitedError)
        return Trouble(self._rng.choice(kinds)("trouble"))


def _within(spells: list[tuple[float, float]], now: float) -> bool:
    return any(begins <= now < ends for begins, ends in spells)
