"""Rows 50-53: hours of a degraded network on virtual time, while parents arrive.

The gateway is the virtual one behind a link whose state follows the clock. Nothing waits: five
hours pass in seconds.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from desktop_app.domain.payment import AttemptState
from desktop_app.services.errors import OutcomeUnknownError, UnavailableError
from tests.clock import TestClock
from tests.exported_rows import exported
from tests.proofs.fault_verdict import Verdict
from tests.proofs.gateway_facts import WRITING_CALLS, count_references
from tests.proofs.proof_desk import (
    EXPECTED_ERRORS,
    UPI_CHANNELS,
    InterceptedGateway,
    create_data_folder,
    open_services,
    temporary_folder,
)
from tests.proofs.virtual_gateway import VirtualGateway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desktop_app.domain.payment import Method
    from desktop_app.services.ports.gateway import PaymentGateway
    from desktop_app.services.views.payments import AttemptView
    from tests.proofs.proof_desk import DeskServices

IsUp = Callable[[float, random.Random], bool]
CODE_LIFETIME_S = 900
SHORT_S = 180


@dataclass(frozen=True)
class NetworkProfile:
    """One row: its length, when the network is up, and the seconds of a round trip."""

    row: int
    name: str
    seconds: int
    is_up: IsUp
    trip_s: float = 0.2


def _outage(at: float, _rng: random.Random) -> bool:
    return not 600 <= at < 600 + 95 * 60


def _short_outage(at: float, _rng: random.Random) -> bool:
    return not 30 <= at < SHORT_S - 60


PROFILES = (
    NetworkProfile(50, "80 % success", 5 * 3_600, lambda _at, rng: rng.random() < 0.8),
    NetworkProfile(51, "95 minutes of outage", 2 * 3_600 + 600, _outage),
    NetworkProfile(52, "a line that flaps", 3_600, lambda at, _rng: int(at) % 2 == 0),
    NetworkProfile(53, "2 s round trips", 3_600, lambda _at, _rng: True, trip_s=2.0),
)


class DegradedLink:
    """The network between desk and gateway: each call takes its time, and may fail.

    A write that fails is done in half of the cases; its caller cannot know.
    """

    def __init__(self, clock: TestClock, profile: NetworkProfile, rng: random.Random) -> None:
        self._clock = clock
        self._profile = profile
        self._rng = rng
        self._began = clock.ticks
        self.is_restored = False
        self.failed_calls = 0

    def transmit(self, name: str, call: Callable[[], Any]) -> Any:
        """Make a call of the port, or raise what the desk's client would raise."""
        at = self._clock.ticks - self._began
        self._clock.advance(self._profile.trip_s)
        if self.is_restored or self._profile.is_up(at, self._rng):
            return call()
        self.failed_calls += 1
        if name not in WRITING_CALLS:
            raise UnavailableError("no answer")
        if self._rng.random() < 0.5:
            call()
        raise OutcomeUnknownError("no answer")


@dataclass
class DegradedDay:
    """The state of one day at the desk."""

    services: DeskServices
    link: DegradedLink
    gateway: VirtualGateway
    clock: TestClock
    rng: random.Random
    students: list[str]
    course: str
    patience_s: float = CODE_LIFETIME_S - 60
    verdict: Verdict = field(default_factory=Verdict)
    to_pay: list[tuple[float, str]] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    def arrive(self) -> None:
        """Serve the next parent."""
        student, method = self.students.pop(), self.rng.choice(UPI_CHANNELS)
        self.waiting.append(student)
        self.press_collect(student, method)

    def press_collect(self, student: str, method: Method) -> None:
        """Press collect; the parent pays some time after a code is shown."""
        try:
            begun = self.services.payments.begin(student, self.course, method)
            view: AttemptView = self.services.payments.open(begun.uid)
        except EXPECTED_ERRORS:
            return
        if view.state is AttemptState.AWAITING and view.qr_text:
            after = self.rng.uniform(15, self.patience_s)
            self.to_pay.append((self.clock.ticks + after, view.qr_text))

    def pay_what_is_due(self) -> None:
        """Make the payments that are due, whatever the state of the desk's network."""
        due = [each for each in self.to_pay if each[0] <= self.clock.ticks]
        for each in due:
            self.to_pay.remove(each)
            if self.gateway.is_payable(each[1]):
                self.gateway.pay(each[1])

    def check(self) -> None:
        """Check that the ledger holds no payment that the gateway did not capture."""
        for row in exported(self.services.store, "payments"):
            real = self.gateway.payments.get(str(row["payment_id"]))
            if real is None or not real.captured or real.amount_paise != row["amount"]:
                self.verdict.record("false_paid", f"{row['payment_id']} was never captured")

    def close(self) -> None:
        """Restore the network, reconcile once, and check that both sides agree to the paisa."""
        self.link.is_restored = True
        self.clock.advance(40)
        self.services.polling.reconcile()
        self.check()
        booked = {row["payment_id"] for row in exported(self.services.store, "payments")}
        for key, real in self.gateway.payments.items():
            if real.captured and key not in booked:
                self.verdict.record("lost", f"{key} was captured and is not in the ledger")
        for name, times in count_references(self.gateway).items():
            for _ in range(times - 1):
                self.verdict.record("duplicate", f"{name} was made twice")


def play(
    profile: NetworkProfile, *, patience_s: float = CODE_LIFETIME_S - 60, seed: int = 1
) -> tuple[Verdict, int, int]:
    """Play one row; parents pay within `patience_s`.

    Returns:
        The verdict, how many fees were begun, and how many calls failed.
    """
    clock = TestClock()
    with temporary_folder() as folder:
        length = profile.seconds
        students = length // 100 + (10 if length > SHORT_S else 4)
        day = _open_day(profile, clock, folder, random.Random(seed), students=students)
        day.patience_s = patience_s
        try:
            until = clock.ticks + length
            next_parent, next_poll = clock.ticks, clock.ticks
            while clock.ticks < until:
                if clock.ticks >= next_parent and day.students:
                    day.arrive()
                    next_parent = clock.ticks + day.rng.expovariate(1 / 150)
                if clock.ticks >= next_poll:
                    look = day.services.polling.run()
                    next_poll = clock.ticks + (look.next_in_s or 5.0)
                    _retry_or_cancel(day)
                day.pay_what_is_due()
                clock.advance(max(0.2, min(next_parent, next_poll) - clock.ticks))
                day.check()
            day.close()
            return day.verdict, len(day.waiting), day.link.failed_calls
        finally:
            day.services.close()


def _retry_or_cancel(day: DegradedDay) -> None:
    """Sometimes try again for a parent who has no code yet, or cancel a code."""
    if not day.waiting or day.rng.random() > 0.05:
        return
    student = day.rng.choice(day.waiting)
    live = [each for each in day.services.payments.waiting() if each.student_uid == student]
    if live and day.rng.random() < 0.3:
        day.services.payments.cancel(live[0].uid)
    else:
        day.press_collect(student, live[0].method if live else day.rng.choice(UPI_CHANNELS))


def _open_day(
    profile: NetworkProfile, clock: TestClock, folder: Path, rng: random.Random, *, students: int
) -> DegradedDay:
    gateway = VirtualGateway(clock, unique_receipt=False)
    link = DegradedLink(clock, profile, rng)
    create_data_folder(folder)
    port = cast("PaymentGateway", InterceptedGateway(gateway, link.transmit))
    services = open_services(folder, port, clock)
    known = [services.student(f"R{n:03d}") for n in range(students)]
    return DegradedDay(services, link, gateway, clock, rng, known, services.course())


def _shortened(profile: NetworkProfile) -> NetworkProfile:
    is_up = _short_outage if profile.is_up is _outage else profile.is_up
    return replace(profile, seconds=SHORT_S, is_up=is_up)


def play_all(*, short: bool) -> Iterator[tuple[int, str, Verdict]]:
    """Play every row; three minutes of each in the short form, the outage within them."""
    for profile in PROFILES:
        verdict, begun, failed_calls = (
            play(_shortened(profile), patience_s=SHORT_S / 2) if short else play(profile)
        )
        was_degraded = profile.trip_s > 1 or failed_calls > 0
        if not begun or not was_degraded:
            verdict.record("wrong_class", "nothing happened in these hours")
        yield profile.row, f"{profile.name}: {begun} fees, {failed_calls} calls struck", verdict
