"""Seconds from payment to notice, with one open order and with ten, beside two common schedules.

All three serve the same payers on virtual time over the same network. The desk follows its real
schedule (the interval that a poll returns, the poller's floor, the window's early poll after a code
is shown, the request budget). The controls poll each order every 10 s for 90 s, as Odoo does, and
every 5 s. Creations count as requests for all.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.gateway.rate_limiter import RateLimiter

from .proof_desk import create_data_folder, temporary_folder
from .report_figures import Figure
from .virtual_desk import VirtualDesk, seed_random
from .virtual_gateway import MinuteLimit, VirtualGateway, busiest_minute, round_trip_s
from .virtual_time import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from desktop_app.services.views.payments import PollResult

LIMIT = 60
"""The account's requests per minute, for the desk and for the controls."""

OPEN_AT_ONCE = 10
SPREAD_S = 60.0
APART_S = 400.0
CREATES = 2
ONE_TARGET = 0.20
TEN_TARGET_S = 2.0
REQUESTS_TARGET = 1.6
START = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SimulatedPayer:
    """A parent: when the desk starts collecting, and seconds from the shown QR to the payment."""

    begins_at: float
    pays_after_s: float


@dataclass
class PollingResult:
    """Seconds from payment to notice, and the requests that a way of polling made."""

    waits: list[float] = field(default_factory=list)
    payers: int = 0
    requests: int = 0
    busiest: int = 0
    refused: int = 0

    @property
    def requests_per_payment(self) -> float:
        """Return the requests per payment."""
        return self.requests / self.payers

    def wait_percentile(self, percent: int) -> float:
        """Return a percentile of the waits in seconds; payments never noticed count as infinite."""
        waits = sorted(self.waits + [float("inf")] * (self.payers - len(self.waits)))
        return waits[min(len(waits) - 1, len(waits) * percent // 100)]


def draw_payers(groups: int, at_once: int, seed: int) -> list[SimulatedPayer]:
    """Draw parents in groups; most pay within half a minute, all before Odoo's schedule stops."""
    rng = random.Random(seed)
    made: list[SimulatedPayer] = []
    for group in range(groups):
        starts = sorted(rng.uniform(0, SPREAD_S) for _ in range(at_once))
        made += [
            SimulatedPayer(
                group * APART_S + start, min(80.0, max(6.0, rng.lognormvariate(3.1, 0.5)))
            )
            for start in starts
        ]
    return made


# --- the desk


class DeskPolling:
    """The real services on their own schedule."""

    def __init__(self, folder: Path, seed: int, method: Method = Method.UPI_INTENT) -> None:
        seed_random(seed)
        rng = random.Random(seed)
        self.time = VirtualTime(START)
        self.gateway = VirtualGateway(
            self.time,
            latency=lambda: round_trip_s(rng),
            budget=RateLimiter(LIMIT, self.time),
            limit=MinuteLimit(LIMIT),
        )
        create_data_folder(folder)
        self.desk = VirtualDesk(folder, self.gateway, self.time, on_poll=self._on_poll)
        self.method = method
        self.paid_at: dict[str, float] = {}
        self.outcome = PollingResult()

    def run(self, traces: Sequence[SimulatedPayer]) -> PollingResult:
        """Serve all payers."""
        services = self.desk.services
        course = services.course("PHY", fee=Money(118_000), seats=None)
        students = [services.student(f"R{n:05d}") for n in range(len(traces))]
        self.desk.start()
        begin = self.time.at + 60
        for student, payer in zip(students, traces, strict=True):
            serve = partial(self._serve, student, course, payer)
            self.time.plan(begin + payer.begins_at, serve)
        self.time.run_until(begin + traces[-1].begins_at + APART_S)
        self.desk.close()
        self.outcome.payers = len(traces)
        self.outcome.requests = len(self.gateway.requests)
        self.outcome.busiest = busiest_minute(self.gateway.requests)
        self.outcome.refused = self.gateway.refused
        return self.outcome

    def _serve(self, student: str, course: str, payer: SimulatedPayer) -> None:
        begun = self.desk.services.payments.begin(student, course, self.method)
        view = self.desk.services.payments.open(begun.uid)
        self.desk.poll_within()

        def pay() -> None:
            self.paid_at[view.uid] = self.time.at
            self.gateway.pay(view.qr_text or "")

        self.time.plan(self.time.at + payer.pays_after_s, pay, may_sleep=False)

    def _on_poll(self, look: PollResult) -> None:
        for view in look.changed:
            if view.state is AttemptState.PAID:
                self.outcome.waits.append(self.time.at - self.paid_at.pop(view.uid))


# --- the controls


@dataclass(frozen=True, slots=True)
class PollingInterval:
    """A fixed schedule per order: the seconds between requests, and when it stops."""

    period_s: float
    gives_up_s: float


class IntervalPolling:
    """Polls each order on a fixed schedule; the orders share only the account's limit."""

    def __init__(self, loop: PollingInterval, seed: int) -> None:
        self.loop = loop
        self.rng = random.Random(seed)
        self.time = VirtualTime(START)
        self.outcome = PollingResult()
        self._limit = MinuteLimit(LIMIT)
        self._asked: list[float] = []

    def run(self, traces: Sequence[SimulatedPayer]) -> PollingResult:
        """Serve all payers."""
        for payer in traces:
            at = self.time.at + payer.begins_at
            self.time.plan(at, partial(self._show, payer), may_sleep=False)
        self.time.run_until(self.time.at + traces[-1].begins_at + 2 * APART_S)
        self.outcome.payers = len(traces)
        self.outcome.requests = len(self._asked)
        self.outcome.busiest = busiest_minute(self._asked)
        return self.outcome

    def _show(self, payer: SimulatedPayer) -> None:
        for _create in range(CREATES):
            self._request()
        shown_at = self.time.at + CREATES * round_trip_s(self.rng)
        first = shown_at + self.loop.period_s
        self.time.plan(first, partial(self._ask, payer, shown_at), may_sleep=False)

    def _ask(self, payer: SimulatedPayer, shown_at: float) -> None:
        now = self.time.at
        if now - shown_at > self.loop.gives_up_s:
            return
        paid_at = shown_at + payer.pays_after_s
        if self._request() and paid_at <= now:
            self.outcome.waits.append(now + round_trip_s(self.rng) / 2 - paid_at)
            return
        again = partial(self._ask, payer, shown_at)
        self.time.plan(now + self.loop.period_s, again, may_sleep=False)

    def _request(self) -> bool:
        """Make a request; return False when the account's limit is reached."""
        self._asked.append(self.time.at)
        is_answered = self._limit.admits(self.time.at)
        self.outcome.refused += not is_answered
        return is_answered


def poll_at_interval(
    traces: Sequence[SimulatedPayer], loop: PollingInterval, seed: int
) -> PollingResult:
    """Return the result of a fixed schedule for the same payers."""
    return IntervalPolling(loop, seed).run(traces)


ODOO_INTERVAL = PollingInterval(10.0, 90.0)
FIVE_SECOND_INTERVAL = PollingInterval(5.0, 900.0)


def prove(*, long: bool) -> Iterable[Figure]:
    """Measure one open order, then ten."""
    yield from _prove_one(400 if long else 15)
    yield from _prove_ten(100 if long else 3)


def _prove_one(rounds: int) -> Iterable[Figure]:
    traces = draw_payers(rounds, 1, seed=11)
    with temporary_folder() as folder:
        ours = DeskPolling(folder, seed=12).run(traces)
    odoo = poll_at_interval(traces, ODOO_INTERVAL, seed=12)
    ratio = ours.wait_percentile(50) / odoo.wait_percentile(50)
    yield Figure(
        "confirmation.one.median",
        f"{ours.wait_percentile(50):.2f} s ({ratio:.3f}x, 95th {ours.wait_percentile(95):.2f} s, "
        f"{ours.requests_per_payment:.1f} requests)",
        f"≤ {ONE_TARGET:.2f}x",
        ratio <= ONE_TARGET and len(ours.waits) == rounds,
        f"{odoo.wait_percentile(50):.2f} s (95th {odoo.wait_percentile(95):.2f} s, "
        f"{odoo.requests_per_payment:.1f} requests)",
        odoo.wait_percentile(50) > ours.wait_percentile(50),
    )


def _prove_ten(groups: int) -> Iterable[Figure]:
    traces = draw_payers(groups, OPEN_AT_ONCE, seed=21)
    with temporary_folder() as folder:
        ours = DeskPolling(folder, seed=22).run(traces)
    odoo = poll_at_interval(traces, ODOO_INTERVAL, seed=22)
    each = poll_at_interval(traces, FIVE_SECOND_INTERVAL, seed=22)
    yield Figure(
        "confirmation.ten.95th",
        f"{ours.wait_percentile(95):.2f} s (median {ours.wait_percentile(50):.2f} s)",
        f"≤ {TEN_TARGET_S} s",
        ours.wait_percentile(95) <= TEN_TARGET_S and len(ours.waits) == len(traces),
        f"{each.wait_percentile(95):.2f} s every 5 s each, {odoo.wait_percentile(95):.2f} s Odoo",
        each.wait_percentile(95) > ours.wait_percentile(95),
    )
    yield Figure(
        "confirmation.ten.busiest_minute",
        f"{ours.busiest}, {ours.refused} refused with 429",
        f"≤ {LIMIT}, 0 refused",
        ours.busiest <= LIMIT and ours.refused == 0,
        f"{each.busiest}, {each.refused} refused",
        each.refused > 0,
    )
    ratio = ours.requests_per_payment / odoo.requests_per_payment
    yield Figure(
        "confirmation.ten.requests_a_payment",
        f"{ours.requests_per_payment:.2f} ({ratio:.2f}x)",
        f"≤ {REQUESTS_TARGET}x",
        ratio <= REQUESTS_TARGET,
        f"{odoo.requests_per_payment:.2f} Odoo, {each.requests_per_payment:.2f} every 5 s each",
    )
