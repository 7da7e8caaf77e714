"""Rows 40-44: clocks that are wrong, jump, stand still or change their zone, on every channel.

At each of three points of a fee: before it is begun, while its code is up, after it was paid.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING
from unittest.mock import patch

from tests.proofs.fault_flows import Flow, Site
from tests.proofs.fault_scenario import Scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from desktop_app.domain.payment import Method
    from tests.proofs.fault_scenario import Town
    from tests.proofs.fault_verdict import Verdict
    from tests.proofs.network_faults import Line

DAY_S, NIGHT_S = 86_400, 8 * 3_600
POINTS = ("before", "shown", "paid")
ZONES = ("Pacific/Kiritimati", "Asia/Kolkata", "Pacific/Pago_Pago")


def _wall(seconds: float) -> Callable[[Scene], None]:
    def jump(scene: Scene) -> None:
        scene.clock.wall_off_s += seconds

    return jump


def _backwards_again_and_again(scene: Scene) -> None:
    for _ in range(3):
        scene.clock.wall_off_s -= 600
        scene.ask(lambda: scene.opened.desk.collecting.look(asked=True))
        scene.judge()


def _other_zone(scene: Scene) -> None:
    now = os.environ.get("TZ", ZONES[0])
    os.environ["TZ"] = ZONES[(ZONES.index(now) + 1) % 3 if now in ZONES else 0]
    if hasattr(time, "tzset"):
        time.tzset()


def _gateway_ahead(scene: Scene) -> None:
    scene.town.control("clock", {"advance_s": DAY_S})


def _suspend(*, counts_sleep: bool) -> Callable[[Scene], None]:
    """The night passes; monotonic clocks leap over it on some systems and not on others."""

    def sleep(scene: Scene) -> None:
        scene.town.control("clock", {"advance_s": NIGHT_S})
        scene.clock.wall_off_s += NIGHT_S
        if counts_sleep:
            scene.clock.monotonic_off_s += NIGHT_S

    return sleep


JUMPS: dict[str, tuple[int, Callable[[Scene], None]]] = {
    "a day ahead": (40, _wall(DAY_S)),
    "a day behind": (40, _wall(-DAY_S)),
    "backwards while polling": (41, _backwards_again_and_again),
    "another time zone": (42, _other_zone),
    "gateway a day ahead": (43, _gateway_ahead),
    "suspend, counted": (44, _suspend(counts_sleep=True)),
    "suspend, not counted": (44, _suspend(counts_sleep=False)),
}


def play_all(
    town: Town,
    line: Line,
    names: tuple[str, ...],
    channels: tuple[Method, ...],
    points: tuple[str, ...] = POINTS,
) -> Iterator[tuple[int, str, Verdict]]:
    """Play them; give row, name and verdict of each."""
    for name in names:
        row, jump = JUMPS[name]
        for channel in channels:
            for point in points:
                with _zone_kept(), Scene(town, line) as scene:
                    _play(scene, channel, jump, point)
                    yield row, f"{name}, {point}, {channel.value}", scene.verdict


def _play(scene: Scene, channel: Method, jump: Callable[[Scene], None], point: str) -> None:
    flow, student = Flow(scene, Site("clock", "*", "/", channel)), scene.town.students[0]
    if point == "before":
        jump(scene)
    view = flow.shown(student)
    if view is None:
        scene.verdict.note("stuck", f"no code comes up: {scene.raised[-1:]}")
        return
    if point == "shown":
        jump(scene)
    flow.pay(view)
    if point == "paid":
        jump(scene)
    flow.look()
    flow.go_on()


@contextlib.contextmanager
def _zone_kept() -> Iterator[None]:
    with patch.dict(os.environ):
        yield
    if hasattr(time, "tzset"):
        time.tzset()
