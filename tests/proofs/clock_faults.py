"""Rows 40-44: clocks that are wrong, jump, stop or change their time zone, on every channel.

Each fault happens at three points of a fee: before it begins, while its code is shown, and after
it was paid.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING
from unittest.mock import patch

from tests.proofs.fault_flows import CallSite, FaultFlow
from tests.proofs.fault_scenario import FaultScenario

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop_app.domain.payment import Method
    from tests.proofs.fault_scenario import SandboxEnvironment
    from tests.proofs.fault_verdict import Verdict

DAY_S, NIGHT_S = 86_400, 8 * 3_600
POINTS = ("before", "shown", "paid")
ZONES = ("Pacific/Kiritimati", "Asia/Kolkata", "Pacific/Pago_Pago")


def _move_wall_clock(seconds: float) -> Callable[[FaultScenario], None]:
    def jump(scenario: FaultScenario) -> None:
        scenario.clock.wall_off_s += seconds

    return jump


def _step_back_while_polling(scenario: FaultScenario) -> None:
    for _ in range(3):
        scenario.clock.wall_off_s -= 600
        scenario.call(lambda: scenario.opened.desk.polling.run(asked=True))
        scenario.judge()


def _change_time_zone(scenario: FaultScenario) -> None:
    now = os.environ.get("TZ", ZONES[0])
    os.environ["TZ"] = ZONES[(ZONES.index(now) + 1) % 3 if now in ZONES else 0]
    if hasattr(time, "tzset"):
        time.tzset()


def _move_gateway_ahead(scenario: FaultScenario) -> None:
    scenario.env.control("clock", {"advance_s": DAY_S})


def _suspend_overnight(*, counts_sleep: bool) -> Callable[[FaultScenario], None]:
    """Pass a night; the monotonic clock includes it on some systems and not on others."""

    def sleep(scenario: FaultScenario) -> None:
        scenario.env.control("clock", {"advance_s": NIGHT_S})
        scenario.clock.wall_off_s += NIGHT_S
        if counts_sleep:
            scenario.clock.monotonic_off_s += NIGHT_S

    return sleep


JUMPS: dict[str, tuple[int, Callable[[FaultScenario], None]]] = {
    "a day ahead": (40, _move_wall_clock(DAY_S)),
    "a day behind": (40, _move_wall_clock(-DAY_S)),
    "backwards while polling": (41, _step_back_while_polling),
    "another time zone": (42, _change_time_zone),
    "gateway a day ahead": (43, _move_gateway_ahead),
    "suspend, counted": (44, _suspend_overnight(counts_sleep=True)),
    "suspend, not counted": (44, _suspend_overnight(counts_sleep=False)),
}


def play_all(
    env: SandboxEnvironment,
    names: tuple[str, ...],
    channels: tuple[Method, ...],
    points: tuple[str, ...] = POINTS,
) -> Iterator[tuple[int, str, Verdict]]:
    """Play the named clock faults; yield row, name and verdict of each."""
    for name in names:
        row, jump = JUMPS[name]
        for channel in channels:
            for point in points:
                with _restored_time_zone(), FaultScenario(env) as scenario:
                    _play(scenario, channel, jump, point)
                    yield row, f"{name}, {point}, {channel.value}", scenario.verdict


def _play(
    scenario: FaultScenario, channel: Method, jump: Callable[[FaultScenario], None], point: str
) -> None:
    flow, student = (
        FaultFlow(scenario, CallSite("clock", "*", "/", channel)),
        scenario.env.students[0],
    )
    if point == "before":
        jump(scenario)
    view = flow.show_code(student)
    if view is None:
        scenario.verdict.record("stuck", f"no code comes up: {scenario.raised[-1:]}")
        return
    if point == "shown":
        jump(scenario)
    flow.pay(view)
    if point == "paid":
        jump(scenario)
    flow.poll()
    flow.finish()


@contextlib.contextmanager
def _restored_time_zone() -> Iterator[None]:
    with patch.dict(os.environ):
        yield
    if hasattr(time, "tzset"):
        time.tzset()
