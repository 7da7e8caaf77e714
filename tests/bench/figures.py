"""Results of benchmarks: one line per figure, and whether its target is met. Measures nothing."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        ours: the desk's measurement, in `unit`.
        control: the control's measurement in the same run; None if the figure is a count.
        target: the limit of the ratio or count.
        at_least: whether the target is a minimum instead.
    """

    name: str
    ours: float
    target: float
    control: float | None = None
    unit: str = "ms"
    at_least: bool = False

    @property
    def measured(self) -> float:
        """The ratio to the control, or the count itself."""
        if self.control is None:
            return self.ours
        return self.ours / self.control if self.control else float("inf")

    @property
    def holds(self) -> bool:
        """Whether the target is met."""
        if self.at_least:
            return self.measured >= self.target
        return self.measured <= self.target

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        if self.control is None:
            control, ratio, target = "none", "none", f"{sign}{self.target:g}{self.unit}"
        else:
            control, ratio = f"{self.control:.5g}{self.unit}", f"{self.measured:.3f}"
            target = f"{sign}{self.target:g}"
        verdict = "" if self.holds else " MISSED"
        return (
            f"{self.name}: ours={self.ours:.5g}{self.unit} control={control} "
            f"ratio={ratio} target={target}{verdict}"
        )


def milliseconds(work: Callable[[], object]) -> float:
    """Time one call."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that so many percent of the values do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def alternate(
    ours: Callable[[], float], control: Callable[[], float], rounds: int
) -> tuple[float, float]:
    """Measure both in turn, so that noise affects both alike; return the medians."""
    pairs = [(ours(), control()) for _ in range(rounds)]
    return statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs)
