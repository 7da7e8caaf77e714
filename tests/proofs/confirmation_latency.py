"""From paying to noticed, one open order and ten, beside Odoo's schedule and per-order polling.

All see the same payers on virtual time, over the same line. Ours is the real schedule (what `look`
says, the poller's floor, the window's nudge after opening, the budget of requests); the controls
ask every 10 s up to 90 s, and every 5 s, an order each. Creates are counted for everybody.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.domain.students import make_student
from desktop_app.gateway.rate_limiter import RequestBudget

from .proof_desk import lay_out, scratch
from .report_figures import Figure
from .virtual_desk import VirtualDesk, same_dice
from .virtual_gateway import VirtualGateway
from .virtual_time import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from desktop_app.services.views.payments import Look

LIMIT = 60
"""The account's requests a minute, in force for everybody."""

MINUTE_S = 60.0
OPEN_AT_ONCE = 10
SPREAD_S = 60.0
APART_S = 400.0
CREATES = 2
ONE_TARGET = 0.20
TEN_TARGET_S = 2.0
REQUESTS_TARGET = 1.6
START = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Payer:
    """A parent: when the desk starts collecting, and how long after the QR is up they pay."""

    begins_at: float
    pays_after_s: float


@dataclass
class Outcome:
    """How a way of asking did: seconds from paid to noticed, and what it asked."""

    waits: list[float] = field(default_factory=list)
    payers: int = 0
    requests: int = 0
    busiest: int = 0
    refused: int = 0

    @property
    def each(self) -> float:
        """Requests a payment."""
        return self.requests / self.payers

    def at(self, percent: int) -> float:
        """A percentile of the waits; those never noticed count as for ever."""
        waits = sorted(self.waits + [float("inf")] * (self.payers - len(self.waits)))
        return waits[min(len(waits) - 1, len(waits) * percent // 100)]


def payers(groups: int, at_once: int, seed: int) -> list[Payer]:
    """Parents in groups; most pay in half a minute, nobody after Odoo's minute and a half."""
    dice = random.Random(seed)
    made: list[Payer] = []
    for group in range(groups):
        starts = sorted(dice.uniform(0, SPREAD_S) for _ in range(at_once))
        made += [
            Payer(group * APART_S + start, min(80.0, max(6.0, dice.lognormvariate(3.1, 0.5))))
            for start in starts
        ]
    return made


def latency(dice: random.Random) -> float:
    """Seconds a request takes there and back on an ordinary line."""
    return min(1.5, dice.lognormvariate(-1.7, 0.4))


# --- ours


class Ours:
    """The real use-cases on their own schedule."""

    def __init__(self, folder: Path, seed: int, method: Method = Method.UPI_INTENT) -> None:
        same_dice(seed)
        dice = random.Random(seed)
        self.time = VirtualTime(START)
        self.gateway = VirtualGateway(
            self.time,
            latency=lambda: latency(dice),
            budget=RequestBudget(LIMIT, self.time),
            limit=LIMIT,
        )
        lay_out(folder)
        self.desk = VirtualDesk(folder, self.gateway, self.time, looked=self._looked)
        self.method = method
        self.paid_at: dict[str, float] = {}
        self.outcome = Outcome()

    def run(self, traces: Sequence[Payer]) -> Outcome:
        """Serve them all."""
        parts = self.desk.parts
        course = parts.courses.add(make_course(code="PHY", title="Physics", fee=Money(118_000)))
        students = [
            parts.students.add(
                make_student(roll_no=f"R{n:05d}", name=f"Student {n}", phone="9000000001")
            ).uid
            for n in range(len(traces))
        ]
        self.desk.start()
        begin = self.time.at + 60
        for student, payer in zip(students, traces, strict=True):
            serve = partial(self._serve, student, course.uid, payer)
            self.time.plan(begin + payer.begins_at, serve)
        self.time.run_until(begin + traces[-1].begins_at + APART_S)
        self.desk.close()
        self.outcome.payers = len(traces)
        self.outcome.requests = len(self.gateway.requests)
        self.outcome.busiest = self.gateway.busiest_minute()
        self.outcome.refused = self.gateway.refused
        return self.outcome

    def _serve(self, student: str, course: str, payer: Payer) -> None:
        begun = self.desk.parts.collecting.begin(student, course, self.method)
        view = self.desk.parts.collecting.open(begun.uid)
        self.desk.nudge()

        def pay() -> None:
            self.paid_at[view.uid] = self.time.at
            self.gateway.pay(view.qr_text or "")

        self.time.plan(self.time.at + payer.pays_after_s, pay, waits=False)

    def _looked(self, look: Look) -> None:
        for view in look.changed:
            if view.state is AttemptState.PAID:
                self.outcome.waits.append(self.time.at - self.paid_at.pop(view.uid))


# --- the controls


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop an order: asks every so often, up to an end."""

    period_s: float
    gives_up_s: float


class Loops:
    """Loops of their own on the same payers; nobody shares anything but the account."""

    def __init__(self, loop: Loop, seed: int) -> None:
        self.loop = loop
        self.dice = random.Random(seed)
        self.time = VirtualTime(START)
        self.outcome = Outcome()
        self._answered: deque[float] = deque()
        self._asked: list[float] = []

    def run(self, traces: Sequence[Payer]) -> Outcome:
        """Serve them all."""
        for payer in traces:
            at = self.time.at + payer.begins_at
            self.time.plan(at, partial(self._show, payer), waits=False)
        self.time.run_until(self.time.at + traces[-1].begins_at + 2 * APART_S)
        self.outcome.payers = len(traces)
        self.outcome.requests = len(self._asked)
        self.outcome.busiest = busiest(self._asked)
        return self.outcome

    def _show(self, payer: Payer) -> None:
        for _create in range(CREATES):
            self._is_answered()
        shown_at = self.time.at + CREATES * latency(self.dice)
        first = shown_at + self.loop.period_s
        self.time.plan(first, partial(self._ask, payer, shown_at), waits=False)

    def _ask(self, payer: Payer, shown_at: float) -> None:
        now = self.time.at
        if now - shown_at > self.loop.gives_up_s:
            return
        paid_at = shown_at + payer.pays_after_s
        if self._is_answered() and paid_at <= now:
            self.outcome.waits.append(now + latency(self.dice) / 2 - paid_at)
            return
        again = partial(self._ask, payer, shown_at)
        self.time.plan(now + self.loop.period_s, again, waits=False)

    def _is_answered(self) -> bool:
        """Ask once; False where the account's limit is reached."""
        now = self.time.at
        self._asked.append(now)
        while self._answered and now - self._answered[0] >= MINUTE_S:
            self._answered.popleft()
        if len(self._answered) >= LIMIT:
            self.outcome.refused += 1
            return False
        self._answered.append(now)
        return True


def looped(traces: Sequence[Payer], loop: Loop, seed: int) -> Outcome:
    """How loops of their own do on the same payers."""
    return Loops(loop, seed).run(traces)


def busiest(asked: Sequence[float]) -> int:
    """The most in any sixty seconds."""
    most = oldest = 0
    for newest, at in enumerate(asked):
        while at - asked[oldest] >= MINUTE_S:
            oldest += 1
        most = max(most, newest - oldest + 1)
    return most


ODOO = Loop(10.0, 90.0)
EACH_5_S = Loop(5.0, 900.0)


def prove(*, long: bool) -> Iterable[Figure]:
    """Measure one open order, then ten."""
    yield from _one(400 if long else 60)
    yield from _ten(100 if long else 12)


def _one(rounds: int) -> Iterable[Figure]:
    traces = payers(rounds, 1, seed=11)
    with scratch() as folder:
        ours = Ours(folder, seed=12).run(traces)
    odoo = looped(traces, ODOO, seed=12)
    ratio = ours.at(50) / odoo.at(50)
    yield Figure(
        "confirmation.one.median",
        f"{ours.at(50):.2f} s ({ratio:.3f}x, 95th {ours.at(95):.2f} s, {ours.each:.1f} requests)",
        f"≤ {ONE_TARGET:.2f}x",
        ratio <= ONE_TARGET and len(ours.waits) == rounds,
        f"{odoo.at(50):.2f} s (95th {odoo.at(95):.2f} s, {odoo.each:.1f} requests)",
        odoo.at(50) > ours.at(50),
    )


def _ten(groups: int) -> Iterable[Figure]:
    traces = payers(groups, OPEN_AT_ONCE, seed=21)
    with scratch() as folder:
        ours = Ours(folder, seed=22).run(traces)
    odoo = looped(traces, ODOO, seed=22)
    each = looped(traces, EACH_5_S, seed=22)
    yield Figure(
        "confirmation.ten.95th",
        f"{ours.at(95):.2f} s (median {ours.at(50):.2f} s)",
        f"≤ {TEN_TARGET_S} s",
        ours.at(95) <= TEN_TARGET_S and len(ours.waits) == len(traces),
        f"{each.at(95):.2f} s every 5 s each, {odoo.at(95):.2f} s Odoo",
        each.at(95) > ours.at(95),
    )
    yield Figure(
        "confirmation.ten.busiest_minute",
        f"{ours.busiest}, {ours.refused} refused with 429",
        f"≤ {LIMIT}, 0 refused",
        ours.busiest <= LIMIT and ours.refused == 0,
        f"{each.busiest}, {each.refused} refused",
        each.refused > 0,
    )
    ratio = ours.each / odoo.each
    yield Figure(
        "confirmation.ten.requests_a_payment",
        f"{ours.each:.2f} ({ratio:.2f}x)",
        f"≤ {REQUESTS_TARGET}x",
        ratio <= REQUESTS_TARGET,
        f"{odoo.each:.2f} Odoo, {each.each:.2f} every 5 s each",
    )
