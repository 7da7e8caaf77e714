"""Runs blocking work off the GUI thread and delivers the answers back to it.

Two lanes of worker threads: LOCAL for the database and files, GATEWAY for what crosses the
network. `local` and `gateway` run an operation on the desk: a callable that takes the open desk.
Operations submitted before the desk is open wait for it. Answers arrive in the GUI thread through
one signal, and not at all once the owner is gone. This module never touches a widget and never
interrupts work that has begun.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import ThreadPoolExecutor

    from desktop_app.services.desk import Desk

Answer = TypeVar("Answer")


class Lane(Enum):
    """Where work runs."""

    LOCAL = "local"
    """Local work: the database, files."""
    GATEWAY = "gateway"
    """Calls over the network. They are never cut off: money may move."""


WORKERS = {Lane.LOCAL: 3, Lane.GATEWAY: 4}
KEPT_FOR_PEOPLE = 1
"""Gateway workers that polling and other unasked work may not take."""


class CancelToken:
    """Marks an answer as no longer wanted.

    Cancelled local work that has not begun is dropped; gateway work always runs to its end, and
    only its answer is dropped.
    """

    def __init__(self) -> None:
        self._is_cancelled = False

    @property
    def is_cancelled(self) -> bool:
        """Whether the answer is no longer wanted."""
        return self._is_cancelled

    def cancel(self) -> None:
        """Drop the answer."""
        self._is_cancelled = True


@dataclass(eq=False)
class _Job:
    lane: Lane
    work: Callable[[], Any]
    owner: QObject
    on_done: Callable[[Any], None] | None
    on_error: Callable[[Exception], None] | None
    is_asked: bool
    key: tuple[int, str] | None = None
    token: CancelToken = field(default_factory=CancelToken)
    answer: Any = None
    error: Exception | None = None


class JobRunner(QObject):
    """Runs work in lanes and delivers the answers in the GUI thread.

    Signals:
        failed: an error of work that was submitted without `on_error`.
        idle: no gateway work is left running or queued.
        changed: an operation wrote something (`Changes`), whether or not it is answered.
    """

    failed = Signal(object)
    idle = Signal()
    changed = Signal(object)
    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pools: dict[Lane, ThreadPoolExecutor] = {}
        self._queued: deque[_Job] = deque()
        self._unasked = 0
        self._running: dict[Lane, int] = dict.fromkeys(Lane, 0)
        self._is_open = True
        self.desk: Desk | None = None
        """The open desk, for facts that need no I/O; None until `open`."""
        self._until_open: deque[_Job] = deque()
        self._has_first = False
        self._newest: dict[tuple[int, str], CancelToken] = {}
        self._ended.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def submit(
        self,
        lane: Lane,
        work: Callable[[], Answer],
        *,
        owner: QObject,
        on_done: Callable[[Answer], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
        asked: bool = True,
    ) -> CancelToken:
        """Run `work` in a lane's thread; call from the GUI thread.

        Args:
            lane: where it runs.
            work: takes nothing and touches no widget; what it needs was gathered before.
            owner: nothing is delivered once it is destroyed.
            on_done: a method of the owner, called in the GUI thread with the answer.
            on_error: the same with the error; without it `failed` is emitted.
            asked: whether a person waits for it; unasked work leaves one gateway worker free.

        Returns:
            A token that drops the answer. Already cancelled after `close`.
        """
        job = _Job(lane, work, owner, on_done, on_error, asked)
        if not self._is_open:
            job.token.cancel()
            return job.token
        self._queued.append(job)
        self._start_queued()
        return job.token

    def open(self, desk: Desk) -> None:
        """Set the open desk and start the operations that waited for it, oldest first.

        The oldest runs alone until it is answered: it is the search that a person has typed by
        now, and what the others import would slow it down.
        """
        self.desk = desk
        if self._is_open:
            self._has_first = any(job.lane is Lane.LOCAL for job in self._until_open)
            self._queued.extend(self._until_open)
        self._until_open.clear()
        self._start_queued()

    def local(
        self,
        operation: Callable[[Desk], Answer],
        done: Callable[[Answer], None] | None = None,
        *,
        owner: QObject | None = None,
        failed: Callable[[Exception], None] | None = None,
        replaces: str = "",
    ) -> CancelToken:
        """Run a local operation on the desk; call from the GUI thread.

        Args:
            operation: takes the open desk and touches no widget.
            done: called in the GUI thread with the answer.
            owner: nothing is delivered once it is destroyed; by default the object whose method
                `done` or `failed` is.
            failed: called with the error; without it the error becomes a notice.
            replaces: of the owner's operations with the same name only the newest is answered; it
                takes the turn of one that waits.
        """
        return self._operate(Lane.LOCAL, operation, done, owner, failed, replaces)

    def gateway(
        self,
        operation: Callable[[Desk], Answer],
        done: Callable[[Answer], None] | None = None,
        *,
        owner: QObject | None = None,
        failed: Callable[[Exception], None] | None = None,
        replaces: str = "",
        asked: bool = True,
    ) -> CancelToken:
        """Run an operation that calls the gateway; like `local`.

        Args:
            operation: as for `local`; always runs to its end, since money may move.
            done: as for `local`.
            owner: as for `local`.
            failed: as for `local`.
            replaces: as for `local`.
            asked: whether a person waits for it; unasked work leaves one gateway worker free.
        """
        return self._operate(Lane.GATEWAY, operation, done, owner, failed, replaces, asked=asked)

    def _operate(
        self,
        lane: Lane,
        operation: Callable[[Desk], Answer],
        done: Callable[[Answer], None] | None,
        owner: QObject | None,
        failed: Callable[[Exception], None] | None,
        replaces: str,
        *,
        asked: bool = True,
    ) -> CancelToken:
        def work() -> Answer:
            if self.desk is None:
                raise RuntimeError("the desk is not open")
            return operation(self.desk)

        owner = owner or _owner_of(done) or _owner_of(failed) or self
        job = _Job(lane, work, owner, done, failed, asked)
        older: CancelToken | None = None
        if replaces:
            job.key = id(owner), replaces
            older = self._newest.get(job.key)
            self._newest[job.key] = job.token
        if older is not None:
            older.cancel()
        if not self._is_open:
            job.token.cancel()
        elif self.desk is None:
            _enqueue(self._until_open, job, older)
        else:
            _enqueue(self._queued, job, older)
            self._start_queued()
        return job.token

    @property
    def is_gateway_busy(self) -> bool:
        """Whether gateway work is running or queued."""
        return self._running[Lane.GATEWAY] > 0 or any(
            job.lane is Lane.GATEWAY for job in self._queued
        )

    @property
    def is_busy(self) -> bool:
        """Whether any work is running or queued."""
        return bool(self._queued) or any(self._running.values())

    def refuse(self) -> None:
        """Refuse new work; what runs or is queued for the gateway continues."""
        self._is_open = False
        self._until_open.clear()
        self._queued = deque(job for job in self._queued if job.lane is Lane.GATEWAY)

    def close(self, *, wait: bool = False) -> None:
        """End the threads when their work ends; wait for them only with `wait`."""
        self.refuse()
        for pool in self._pools.values():
            pool.shutdown(wait=wait, cancel_futures=True)
        self._pools.clear()

    def _start_queued(self) -> None:
        waiting: deque[_Job] = deque()
        while self._queued:
            job = self._queued.popleft()
            if job.token.is_cancelled and job.lane is Lane.LOCAL:
                continue
            if self._has_room(job):
                self._start(job)
            else:
                waiting.append(job)
        self._queued = waiting

    def _has_room(self, job: _Job) -> bool:
        workers = 1 if self._has_first and job.lane is Lane.LOCAL else WORKERS[job.lane]
        if self._running[job.lane] >= workers:
            return False
        most = WORKERS[Lane.GATEWAY] - KEPT_FOR_PEOPLE
        return job.lane is Lane.LOCAL or job.is_asked or self._unasked < most

    def _start(self, job: _Job) -> None:
        self._running[job.lane] += 1
        if job.lane is Lane.GATEWAY and not job.is_asked:
            self._unasked += 1
        self._pool(job.lane).submit(_run, job, self._ended)

    def _pool(self, lane: Lane) -> ThreadPoolExecutor:
        if lane not in self._pools:
            from concurrent.futures import ThreadPoolExecutor

            self._pools[lane] = ThreadPoolExecutor(
                WORKERS[lane], thread_name_prefix=f"pravesh-{lane.value}"
            )
        return self._pools[lane]

    def _deliver(self, job: _Job) -> None:
        self._running[job.lane] -= 1
        if job.lane is Lane.GATEWAY and not job.is_asked:
            self._unasked -= 1
        if job.key is not None and self._newest.get(job.key) is job.token:
            del self._newest[job.key]
        changes = self.desk.take_changes() if self.desk is not None else None
        was_first = self._has_first and job.lane is Lane.LOCAL
        try:
            if not job.token.is_cancelled and isValid(job.owner):
                self._answer(job)
        finally:
            if was_first:
                self._has_first = False
            self._start_queued()  # after the answer, which it would slow down
            if changes:  # after the answer: what that asks for is waited for, lists are not
                self.changed.emit(changes)
        if not self.is_gateway_busy:
            self.idle.emit()

    def _answer(self, job: _Job) -> None:
        if job.error is None:
            if job.on_done is not None:
                job.on_done(job.answer)
        elif job.on_error is not None:
            job.on_error(job.error)
        else:
            self.failed.emit(job.error)


def _enqueue(queue: deque[_Job], job: _Job, older: CancelToken | None) -> None:
    """Put a job at the end, or in the place of the older one that it replaces."""
    for place, queued in enumerate(queue):
        if queued.token is older:
            queue[place] = job
            return
    queue.append(job)


def _owner_of(method: Callable[..., None] | None) -> QObject | None:
    """Return the QObject whose method a callback is; None for functions and signals."""
    while isinstance(method, partial):
        method = method.func
    owner = getattr(method, "__self__", None)
    return owner if isinstance(owner, QObject) else None


def _run(job: _Job, ended: Any) -> None:
    try:
        job.answer = job.work()
    except Exception as error:  # noqa: BLE001 - every error is the submitter's to handle
        job.error = error
    try:
        ended.emit(job)
    except RuntimeError:
        return  # the runner is gone: the program is ending
