"""Work leaves the GUI thread and its answers come back to it, or nowhere once nobody waits."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import QObject, QTimer

from desktop_app.services.views.changes import Changes
from desktop_app.ui.core import jobs
from desktop_app.ui.core.jobs import JobRunner, Lane
from desktop_app.ui.shell.shutdown import Shutdown, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from desktop_app.services.desk import Desk


class Listener(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.answers: list[object] = []
        self.threads: list[str] = []

    def done(self, answer: object) -> None:
        self.answers.append(answer)
        self.threads.append(threading.current_thread().name)


class Noted:
    """A desk that only notes what its writes changed."""

    def __init__(self) -> None:
        self.changes = Changes()

    def take_changes(self) -> Changes:
        taken, self.changes = self.changes, Changes()
        return taken


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[JobRunner]:
    made = JobRunner()
    yield made
    made.close(wait=True)


def test_work_runs_elsewhere_and_answers_here(runner: JobRunner, qtbot: QtBot) -> None:
    owner = Listener()
    names: list[str] = []
    runner.submit(
        Lane.LOCAL,
        lambda: names.append(threading.current_thread().name),
        owner=owner,
        on_done=owner.done,
    )
    qtbot.waitUntil(lambda: bool(owner.answers))
    assert names[0].startswith("pravesh-local")
    assert owner.threads == ["MainThread"]


def test_errors_come_back_too(runner: JobRunner, qtbot: QtBot) -> None:
    owner = Listener()
    runner.submit(Lane.LOCAL, partial(int, "x"), owner=owner, on_error=owner.done)
    qtbot.waitUntil(lambda: bool(owner.answers))
    assert isinstance(owner.answers[0], ValueError)


def test_an_error_nobody_handles_is_told(runner: JobRunner, qtbot: QtBot) -> None:
    with qtbot.waitSignal(runner.failed) as failed:
        runner.submit(Lane.LOCAL, partial(int, "x"), owner=runner)
    assert failed.args is not None
    assert isinstance(failed.args[0], ValueError)


def test_nothing_is_delivered_once_the_owner_is_gone(runner: JobRunner, qtbot: QtBot) -> None:
    owner, go = Listener(), threading.Event()
    runner.submit(Lane.LOCAL, go.wait, owner=owner, on_done=owner.done)
    answers = owner.answers
    owner.deleteLater()
    qtbot.wait(20)
    go.set()
    qtbot.waitUntil(lambda: not runner.is_busy)
    assert answers == []


def test_a_cancelled_answer_is_dropped(runner: JobRunner, qtbot: QtBot) -> None:
    owner, go = Listener(), threading.Event()
    token = runner.submit(Lane.LOCAL, go.wait, owner=owner, on_done=owner.done)
    token.cancel()
    go.set()
    qtbot.waitUntil(lambda: not runner.is_busy)
    assert owner.answers == []


def test_cancelled_reads_that_wait_are_not_run(runner: JobRunner, qtbot: QtBot) -> None:
    owner, go, ran = Listener(), threading.Event(), []
    for _ in range(3):
        runner.submit(Lane.LOCAL, go.wait, owner=owner)
    token = runner.submit(Lane.LOCAL, lambda: ran.append(1), owner=owner)
    token.cancel()
    go.set()
    qtbot.waitUntil(lambda: not runner.is_busy)
    assert ran == []


def test_cancelled_gateway_work_still_runs(runner: JobRunner, qtbot: QtBot) -> None:
    owner, go, ran = Listener(), threading.Event(), []
    for _ in range(4):
        runner.submit(Lane.GATEWAY, go.wait, owner=owner)
    runner.submit(Lane.GATEWAY, lambda: ran.append(1), owner=owner).cancel()
    go.set()
    qtbot.waitUntil(lambda: not runner.is_busy)
    assert ran == [1]


def test_one_gateway_worker_is_kept_for_people(runner: JobRunner, qtbot: QtBot) -> None:
    owner, go = Listener(), threading.Event()
    for _ in range(6):
        runner.submit(Lane.GATEWAY, go.wait, owner=owner, asked=False)
    runner.submit(Lane.GATEWAY, lambda: "asked", owner=owner, on_done=owner.done)
    qtbot.waitUntil(lambda: owner.answers == ["asked"])
    go.set()
    qtbot.waitUntil(lambda: not runner.is_busy)


def test_closing_waits_for_gateway_work(runner: JobRunner, qtbot: QtBot) -> None:
    owner, go = Listener(), threading.Event()
    closed: list[str] = []
    runner.submit(Lane.GATEWAY, go.wait, owner=owner, on_done=owner.done)
    shutdown = Shutdown(runner, lambda: closed.append("desk"))
    shutdown.start()
    assert shutdown.stage is Stage.DRAINING
    assert runner.submit(Lane.LOCAL, lambda: 1, owner=owner).is_cancelled
    QTimer.singleShot(50, go.set)
    with qtbot.waitSignal(shutdown.finished) as finished:
        pass
    assert finished.args == [False]
    assert owner.answers == [True]
    assert closed == ["desk"]


def test_a_worker_that_hangs_is_left_behind(
    runner: JobRunner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop_app.ui.shell.shutdown.LONGEST_WAIT_MS", 100)
    owner, go = Listener(), threading.Event()
    runner.submit(Lane.GATEWAY, go.wait, owner=owner)
    shutdown = Shutdown(runner, lambda: None)
    with qtbot.waitSignal(shutdown.finished) as finished:
        shutdown.start()
    assert finished.args == [True]
    go.set()
    qtbot.waitUntil(lambda: not runner.is_busy)


def test_no_thread_outlives_its_runner(qtbot: QtBot) -> None:
    made, owner = JobRunner(), Listener()
    for lane in Lane:
        made.submit(lane, lambda: 1, owner=owner, on_done=owner.done)
    qtbot.waitUntil(lambda: len(owner.answers) == 2)
    made.close(wait=True)
    assert not [t for t in threading.enumerate() if t.name.startswith("pravesh-")]


def test_operations_wait_for_the_desk(runner: JobRunner, qtbot: QtBot) -> None:
    owner = Listener()
    runner.local(lambda desk: desk, owner.done)
    qtbot.wait(20)
    assert owner.answers == []
    desk = cast("Desk", Noted())
    runner.open(desk)
    runner.gateway(lambda desk: ("asked", desk), owner.done)
    qtbot.waitUntil(lambda: len(owner.answers) == 2)
    assert owner.answers in ([desk, ("asked", desk)], [("asked", desk), desk])


def test_only_the_newest_of_a_name_is_answered(runner: JobRunner, qtbot: QtBot) -> None:
    owner, other = Listener(), Listener()
    for at in range(3):
        runner.local(lambda _desk, at=at: at, owner.done, replaces="search")  # type: ignore[misc]
    runner.local(lambda _desk: "mine", other.done, replaces="search")
    runner.open(cast("Desk", Noted()))
    qtbot.waitUntil(lambda: bool(owner.answers and other.answers))
    qtbot.wait(20)
    assert (owner.answers, other.answers) == ([2], ["mine"])


def test_the_newest_of_a_name_takes_the_turn_of_the_one_it_replaces(
    runner: JobRunner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(jobs.WORKERS, Lane.LOCAL, 1)
    ran: list[str] = []
    for name in ("recent", "search", "totals", "search"):
        runner.local(lambda _desk, name=name: ran.append(name), owner=runner, replaces=name)  # type: ignore[misc]
    runner.open(cast("Desk", Noted()))
    qtbot.waitUntil(lambda: len(ran) == 3)
    assert ran == ["recent", "search", "totals"]


def test_the_oldest_operation_that_waited_is_answered_before_the_others_begin(
    runner: JobRunner, qtbot: QtBot
) -> None:
    seen: list[str] = []
    for name in ("search", "recent", "totals"):
        runner.local(
            lambda _desk, name=name: seen.append(f"{name} runs"),  # type: ignore[misc]
            lambda _answer, name=name: seen.append(f"{name} answered"),  # type: ignore[misc]
        )
    runner.open(cast("Desk", Noted()))
    qtbot.waitUntil(lambda: len(seen) == 6)
    assert seen[:2] == ["search runs", "search answered"]


def test_the_others_begin_although_the_oldest_failed(runner: JobRunner, qtbot: QtBot) -> None:
    owner = Listener()
    runner.local(lambda _desk: int("x"), owner.done, failed=owner.done)
    runner.local(lambda _desk: "recent", owner.done)
    runner.open(cast("Desk", Noted()))
    qtbot.waitUntil(lambda: len(owner.answers) == 2)
    assert owner.answers[1] == "recent"


def test_an_operation_that_fails_is_told_unless_its_owner_handles_it(
    runner: JobRunner, qtbot: QtBot
) -> None:
    owner = Listener()
    runner.open(cast("Desk", Noted()))
    with qtbot.waitSignal(runner.failed) as told:
        runner.local(lambda _desk: int("x"), owner.done)
    assert isinstance(told.args[0], ValueError)
    runner.local(lambda _desk: int("x"), owner.done, failed=owner.done)
    qtbot.waitUntil(lambda: bool(owner.answers))
    assert isinstance(owner.answers[0], ValueError)


def test_an_operation_before_the_desk_is_dropped_when_the_window_closes(
    runner: JobRunner, qtbot: QtBot
) -> None:
    owner = Listener()
    runner.local(lambda _desk: 1, owner.done)
    runner.refuse()
    runner.open(cast("Desk", Noted()))
    qtbot.wait(20)
    assert owner.answers == []
    assert runner.local(lambda _desk: 1, owner.done).is_cancelled


def test_what_a_write_changed_is_told_once_and_after_its_answer(
    runner: JobRunner, qtbot: QtBot
) -> None:
    owner, desk = Listener(), Noted()
    runner.changed.connect(owner.done)
    runner.open(cast("Desk", desk))

    def write(_desk: Desk) -> str:
        desk.changes = Changes(students=True)
        return "written"

    runner.local(write, owner.done)
    qtbot.waitUntil(lambda: len(owner.answers) == 2)
    assert owner.answers == ["written", Changes(students=True)]
    runner.local(lambda _desk: "read", owner.done)
    qtbot.waitUntil(lambda: len(owner.answers) == 3)
    assert owner.answers[2] == "read"


def test_a_write_whose_answer_nobody_wants_still_tells_what_it_changed(
    runner: JobRunner, qtbot: QtBot
) -> None:
    owner, desk = Listener(), Noted()
    runner.open(cast("Desk", desk))

    def write(_desk: Desk) -> None:
        desk.changes = Changes(payments=True)
        raise ValueError

    token = runner.gateway(write, owner.done)
    token.cancel()
    with qtbot.waitSignal(runner.changed) as told:
        pass
    assert told.args == [Changes(payments=True)]
    assert owner.answers == []
