"""The poller: as the desk asks, hours for what is watched, and at once when the line is back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from desktop_app.services.views.changes import Changes
from desktop_app.services.views.payments import PollResult
from desktop_app.services.views.settings import ConnectionState, Connectivity
from desktop_app.ui.core.jobs import JobRunner
from desktop_app.ui.core.poller import AFTER_ERROR_S, Poller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from tests.ui.clerk import Clerk

NOW = datetime(2026, 11, 20, 5, 12, tzinfo=UTC)
LOOK = PollResult((), (), ConnectionState(Connectivity.ONLINE, NOW, NOW), None, succeeded=True)


@dataclass
class Collecting:
    """Answers looks with what a test wants next."""

    next_in_s: float | None = None
    error: Exception | None = None
    looks: list[bool] = field(default_factory=list)
    answering: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.answering.set()

    def run(self, *, asked: bool = False) -> PollResult:
        self.looks.append(asked)
        self.answering.wait(10)
        if self.error is not None:
            raise self.error
        return replace(LOOK, next_in_s=self.next_in_s)


@dataclass
class OnlyCollecting:
    polling: Collecting
    take_changes: type[Changes] = Changes


@pytest.fixture
def runner(qapp: QApplication) -> Iterator[JobRunner]:
    made = JobRunner()
    yield made
    made.close(wait=True)


def started(runner: JobRunner, collecting: Collecting, pace: float = 1.0) -> Poller:
    desk: Any = OnlyCollecting(collecting)
    runner.open(desk)
    return Poller(runner, pace=pace)


def test_the_watched_are_looked_at_again_in_hours(qtbot: QtBot, runner: JobRunner) -> None:
    collecting = Collecting(next_in_s=2 * 3600.0)
    poller = started(runner, collecting)
    with qtbot.waitSignal(poller.looked):
        poller.nudge(0.0)
    assert poller.due_in_s == pytest.approx(7200, abs=5)
    poller.stop()
    assert poller.due_in_s is None


def test_nothing_open_plans_nothing_until_the_next_nudge(qtbot: QtBot, runner: JobRunner) -> None:
    poller = started(runner, Collecting())
    with qtbot.waitSignal(poller.looked):
        poller.nudge(0.0)
    assert poller.due_in_s is None
    poller.nudge(30.0)
    assert poller.due_in_s == pytest.approx(30, abs=1)
    poller.stop()


def test_a_nudge_brings_a_look_forward_and_never_puts_it_off(
    qtbot: QtBot, runner: JobRunner
) -> None:
    poller = started(runner, Collecting(next_in_s=600.0))
    with qtbot.waitSignal(poller.looked):
        poller.nudge(0.0)
    poller.nudge(5.0)
    assert poller.due_in_s == pytest.approx(5, abs=1)
    poller.nudge(60.0)
    assert poller.due_in_s == pytest.approx(5, abs=1)
    poller.stop()


def test_a_look_that_began_before_a_nudge_does_not_put_it_off(
    qtbot: QtBot, runner: JobRunner
) -> None:
    """It has not seen what became payable since, and would have it looked at in hours."""
    collecting = Collecting(next_in_s=600.0)
    collecting.answering.clear()
    poller = started(runner, collecting)
    poller.nudge(0.0)
    qtbot.waitUntil(lambda: len(collecting.looks) == 1)
    poller.nudge(1.0)
    with qtbot.waitSignal(poller.looked):
        collecting.answering.set()
    assert poller.due_in_s == pytest.approx(1, abs=1)
    poller.stop()


def test_what_is_due_during_a_look_is_looked_at_after_it(qtbot: QtBot, runner: JobRunner) -> None:
    collecting = Collecting()
    collecting.answering.clear()
    poller = started(runner, collecting)
    poller.nudge(0.0)
    qtbot.waitUntil(lambda: len(collecting.looks) == 1)
    poller.nudge(0.0)
    qtbot.wait(50)
    collecting.answering.set()
    qtbot.waitUntil(lambda: len(collecting.looks) == 2)
    poller.stop()


def test_pace_makes_everything_so_many_times_faster(qtbot: QtBot, runner: JobRunner) -> None:
    poller = started(runner, Collecting(next_in_s=600.0), pace=60.0)
    with qtbot.waitSignal(poller.looked):
        poller.nudge(3.0)
    assert poller.due_in_s == pytest.approx(10, abs=1)
    poller.stop()


@pytest.mark.parametrize("asked", [True, False])
def test_an_error_never_ends_the_polling(qtbot: QtBot, runner: JobRunner, asked: bool) -> None:
    poller = started(runner, Collecting(error=ValueError("bug")))
    with qtbot.waitSignal(poller.failed):
        if asked:
            poller.ask()
        else:
            poller.nudge(0.0)
    assert poller.due_in_s == pytest.approx(AFTER_ERROR_S, abs=1)
    assert not poller.is_asking
    poller.stop()


def test_asking_again_while_asking_asks_once(qtbot: QtBot, runner: JobRunner) -> None:
    collecting = Collecting()
    poller = started(runner, collecting)
    with qtbot.waitSignal(poller.looked):
        for _ in range(5):
            poller.ask()
    assert collecting.looks == [True]
    poller.stop()


def test_when_the_line_is_back_what_is_open_is_looked_at_at_once(clerk: Clerk) -> None:
    clerk.collect()
    clerk.window.parts.poller.pace = 0.01
    clerk.cut_line()
    clerk.wait(lambda: clerk.shown("offlineBanner"))
    clerk.wait(lambda: (clerk.window.parts.poller.due_in_s or 0) > 50)
    before = clerk.desk.calls.count("polling.run")
    clerk.mend_line()
    clerk.wait(lambda: clerk.desk.calls.count("polling.run") > before)
    clerk.wait(lambda: not clerk.shown("offlineBanner"))


def test_what_was_kept_is_offered_when_the_line_is_back(clerk: Clerk) -> None:
    clerk.cut_line()
    clerk.wait(lambda: clerk.shown("offlineBanner"))
    clerk.pick()
    clerk.click("keepToCollectButton")
    clerk.wait(lambda: "Fee due: ₹11,800" in clerk.notices())
    clerk.mend_line()
    clerk.wait(lambda: "1 payment has no QR yet: Asha Rao" in clerk.notices())
    assert "Asha Rao, ₹11,800" in clerk.notices()
    assert clerk.opened() == 0


def test_a_look_from_before_the_line_was_cut_does_not_show_it_as_up(clerk: Clerk) -> None:
    clerk.cut_line()
    clerk.wait(lambda: clerk.shown("offlineBanner"))
    clerk.window.parts.poller.looked.emit(LOOK)
    assert clerk.shown("offlineBanner")
    assert clerk.window.parts.counter.bill.is_keeping
