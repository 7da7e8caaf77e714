"""Payments captured 11 minutes to 5 days after their attempt ended: none may be missed.

Desks on virtual time poll by their own schedule only. A parent's payment fails; the code expires,
is cancelled, is closed at the gateway, or the desk is switched off; then the bank captures the
payment. The control polls every 10 s and stops after 90 s.
"""

from __future__ import annotations

import random
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from desktop_app.domain.money import Money

from .proof_desk import UPI_CHANNELS, create_data_folder, temporary_folder
from .report_figures import Figure, count_figure
from .virtual_desk import VirtualDesk, seed_random
from .virtual_gateway import VirtualGateway
from .virtual_time import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from desktop_app.domain.payment import Method
    from desktop_app.services.views.payments import PollResult

START = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
MINUTE_S, HOUR_S, DAY_S = 60.0, 3_600.0, 86_400.0
SOONEST_S, LATEST_S = 11 * MINUTE_S, 5 * DAY_S
OPENING_HOURS = 10
JUDGED_AFTER_S = 6 * DAY_S
ENDINGS = ("failed", "expired", "closed", "cancelled", "restarted")
PER_DESK = 50
WORKERS = 2
CONTROL_INTERVAL_S, CONTROL_LIMIT_S = 10.0, 90.0


@dataclass
class LateCapture:
    """One late payment: when it was captured and noticed, and whether the control noticed it."""

    channel: Method
    ending: str
    captured_at: float = 0.0
    noticed_at: float | None = None
    seen_by_control: bool = False


class LateCaptureDesk:
    """One desk through six days, with a number of late payments.

    Args:
        nights: whether it is switched off after ten hours, and on again the next morning.
    """

    def __init__(self, folder: Path, seed: int, *, nights: bool) -> None:
        seed_random(seed)
        self.rng = random.Random(seed)
        self.time = VirtualTime(START)
        self.gateway = VirtualGateway(self.time)
        create_data_folder(folder)
        self.desk = VirtualDesk(
            folder,
            self.gateway,
            self.time,
            on_poll=self._on_poll,
            on_reconciled=self._note_bookings,
        )
        self.nights = nights
        self.payments: dict[str, LateCapture] = {}

    def run(self, number: int, first: int) -> list[LateCapture]:
        """Run a number of late payments; return the outcome of each."""
        services = self.desk.services
        course = services.course("PHY", fee=Money(118_000), seats=None)
        self.desk.start()
        self._plan_nights()
        for index in range(number):
            student = services.student(f"R{index:04d}")
            case = first + index
            late = LateCapture(UPI_CHANNELS[case % 3], ENDINGS[case // 3 % 5])
            at = self.time.at + self.rng.uniform(60, (OPENING_HOURS - 1) * HOUR_S)
            self.time.plan(at, partial(self._serve, student, course, late))
        self.time.run_until(START.timestamp() + JUDGED_AFTER_S)
        self._note_bookings()
        self.desk.close()
        return list(self.payments.values())

    def _plan_nights(self) -> None:
        """Plan a pause at noon on each day, and with `nights` also each night."""
        for day in range(6):
            morning = START.timestamp() + day * DAY_S
            noon = morning + self.rng.uniform(3, 6) * HOUR_S
            self.time.plan(noon, self._switch_off)
            self.time.plan(noon + self.rng.uniform(0.1, 2) * HOUR_S, self._switch_on)
            if self.nights:
                self.time.plan(morning + OPENING_HOURS * HOUR_S, self._switch_off)
                self.time.plan(morning + DAY_S, self._switch_on)

    def _switch_off(self) -> None:
        self.desk.stop()

    def _switch_on(self) -> None:
        if not self.desk.is_on:
            self.desk.start()

    # --- one payment

    def _serve(self, student: str, course: str, late: LateCapture) -> None:
        if not self.desk.is_on:
            self.time.plan(self.time.at + 10 * MINUTE_S, lambda: self._serve(student, course, late))
            return
        begun = self.desk.services.payments.begin(student, course, late.channel)
        view = self.desk.services.payments.open(begun.uid)
        self.desk.poll_within()
        shown_at = self.time.at
        payment_id = ""

        def fail() -> None:
            nonlocal payment_id
            payment_id = self.gateway.pay(view.qr_text or "", "failure")
            self.payments[payment_id] = late
            self._plan_control_polls(payment_id, shown_at, late)

        self.time.plan(shown_at + self.rng.uniform(5, 80), fail, may_sleep=False)
        ended_at = shown_at + self.rng.uniform(100, 600)
        self.time.plan(ended_at, lambda: self._end_attempt(view.uid, payment_id, late))
        captured_at = ended_at + self._draw_delay_s()
        self.time.plan(captured_at, lambda: self._capture(payment_id, late), may_sleep=False)

    def _draw_delay_s(self) -> float:
        """Draw a delay from minutes to days, each scale equally often."""
        low, high = SOONEST_S, LATEST_S
        return float(low * (high / low) ** self.rng.random())

    def _end_attempt(self, attempt: str, payment_id: str, late: LateCapture) -> None:
        """End the attempt as the case requires."""
        if late.ending == "restarted":
            self.desk.stop()
            self.time.plan(self.time.at + self.rng.uniform(0.2, 3) * HOUR_S, self._switch_on)
        elif late.ending == "closed":
            self._close_at_the_gateway(payment_id)
        elif self.desk.is_on and late.ending == "cancelled":
            self.desk.services.payments.cancel(attempt)
        elif self.desk.is_on and late.ending == "expired":
            self.time.plan(self.time.at + 900.0, lambda: self._expire(attempt))

    def _expire(self, attempt: str) -> None:
        if self.desk.is_on:
            self.desk.services.payments.expire(attempt)

    def _close_at_the_gateway(self, payment_id: str) -> None:
        """Close the code on the dashboard; an order cannot be closed."""
        target = self.gateway.payable.get(payment_id, "")
        if target in self.gateway.codes:
            self.gateway.close_qr(target)
        for link in list(self.gateway.links.values()):
            if link.order_id == self.gateway.payments[payment_id].order_id:
                self.gateway.cancel_link(link.link_id)

    def _capture(self, payment_id: str, late: LateCapture) -> None:
        late.captured_at = self.time.at
        self.gateway.capture_late(payment_id, goes_back=None if self.rng.random() < 0.5 else False)

    # --- who notices

    def _on_poll(self, look: PollResult) -> None:
        if look.changed:
            self._note_bookings()

    def _note_bookings(self) -> None:
        for (payment_id,) in self.desk.rows("SELECT payment_id FROM payments"):
            late = self.payments.get(payment_id)
            if late is not None and late.noticed_at is None:
                late.noticed_at = self.time.at

    def _plan_control_polls(self, payment_id: str, shown_at: float, late: LateCapture) -> None:
        """Plan the control: the same payment, polled every 10 s for 90 s."""
        at = shown_at + CONTROL_INTERVAL_S
        while at <= shown_at + CONTROL_LIMIT_S:
            if at > self.time.at:
                self.time.plan(at, lambda: self._poll_as_control(payment_id, late), may_sleep=False)
            at += CONTROL_INTERVAL_S

    def _poll_as_control(self, payment_id: str, late: LateCapture) -> None:
        late.seen_by_control = late.seen_by_control or self.gateway.payments[payment_id].captured


def run_one_desk(desk: int, number: int) -> list[LateCapture]:
    """Run late payments on one desk; every other desk is switched off at night."""
    with temporary_folder() as folder:
        desk_run = LateCaptureDesk(folder, seed=700 + desk, nights=desk % 2 == 0)
        return desk_run.run(number, desk * PER_DESK)


def run_desks(number: int) -> list[LateCapture]:
    """Run late payments on desks of fifty, two desks at a time."""
    if number <= PER_DESK:
        return run_one_desk(0, number)
    desks = range(number // PER_DESK)
    with ProcessPoolExecutor(WORKERS) as pool:
        found = list(pool.map(run_one_desk, desks, [PER_DESK] * len(desks)))
    return [late for each in found for late in each]


def prove(*, long: bool) -> Iterable[Figure]:
    """Count what the desk and the control missed; measure how long noticing took."""
    number = 1_000 if long else 12
    found = run_desks(number)
    captured = [each for each in found if each.captured_at]
    missed = [each for each in captured if each.noticed_at is None]
    seen_by_control = sum(not each.seen_by_control for each in captured)
    yield count_figure("late.captured", len(captured), wanted=number)
    yield count_figure("late.missed", len(missed), control=seen_by_control)
    waits = sorted(
        (each.noticed_at - each.captured_at) / MINUTE_S
        for each in captured
        if each.noticed_at is not None
    )
    at = [waits[min(len(waits) - 1, len(waits) * percent // 100)] for percent in (50, 90, 95, 100)]
    yield Figure(
        "late.noticed_after",
        f"median {at[0]:.0f} min, 90 % {at[1]:.0f} min, 95 % {at[2]:.0f} min, last {at[3]:.0f} min",
        "any time before day 6, nights off included",
        holds=len(waits) == number,
        control="never",
    )
