"""A desk process on virtual time: the real use-cases on a real file, and the window's pacing.

The pacing is that of `ui/core/poller.py` and `ui/shell/connectivity_presenter.py`, without Qt:
look when the last look says so, make a full pass at the start and, every quarter of a minute,
while the line is down.
"""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from desktop_app.documents.desk_documents import DeskDocuments
from desktop_app.services.connectivity import LineWatch
from desktop_app.services.context import Context
from desktop_app.services.enrolment.courses import CourseList
from desktop_app.services.enrolment.students import StudentRoll
from desktop_app.services.refunds.service import Refunding
from desktop_app.services.settings import settings_view
from desktop_app.services.sync.poll_cycle import Collecting
from desktop_app.services.unapplied.service import LateMoney
from desktop_app.services.views.settings import Line
from desktop_app.storage.store import DATABASE, SqlStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.services.ports.gateway import PaymentGateway
    from desktop_app.services.ports.system import Clock
    from desktop_app.services.views.payments import Look

    from .virtual_gateway import VirtualGateway
    from .virtual_time import VirtualTime

SOONEST_S = 0.2
NUDGE_S = 1.0
TRY_LINE_S = 15.0
"""`SOONEST_S` and `FIRST_S` of the poller, `TRY_AGAIN_TICKS` of the line's presenter."""


class CrashedError(BaseException):
    """The process that was calling is gone: nothing of it goes on, not even its error handling."""


class ProcessGateway:
    """The gateway as one desk process holds it: when the process dies, no answer arrives.

    Stands for the port; every attribute is the gateway's own.
    """

    def __init__(self, gateway: VirtualGateway, is_alive: Callable[[], bool]) -> None:
        self._gateway = gateway
        self._is_alive = is_alive

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._gateway, name)
        if not callable(found) or name == "now":
            return found

        def call(*args: Any, **named: Any) -> Any:
            self._check()
            try:
                return found(*args, **named)
            finally:
                self._check()

        return call

    def _check(self) -> None:
        if not self._is_alive():
            raise CrashedError


class CountedIds:
    """The port `IdSource`: ids that sort by the time they were made and are the same each run."""

    def __init__(self, series: int = 0) -> None:
        self._series = series
        self._last = 0

    def new(self) -> str:
        """The next id, 36 characters of text."""
        self._last += 1
        digits = f"{self._series:08x}00007000{0x8000:04x}{self._last:012x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


@dataclass
class DeskParts:
    """The use-cases of one desk process."""

    context: Context
    line: LineWatch
    collecting: Collecting
    refunding: Refunding
    late_money: LateMoney
    students: StudentRoll
    courses: CourseList


def open_parts(
    store: SqlStore, gateway: PaymentGateway, clock: Clock, ids: CountedIds, folder: Path
) -> DeskParts:
    """Put the use-cases together, as a new process does; settings are read once."""
    settings = settings_view(store.reader.settings())
    context = Context(
        store=store,
        gateway=lambda: gateway,
        settings=lambda: settings,
        documents=DeskDocuments(),
        clock=clock,
        ids=ids,
        folder=folder,
        is_training=False,
    )
    line = LineWatch(clock, gateway.now)
    refunding = Refunding(context, line)
    return DeskParts(
        context, line, Collecting(context, line), refunding, LateMoney(context, refunding),
        StudentRoll(context), CourseList(context),
    )  # fmt: skip


class VirtualDesk:
    """One desk: on, off, restarted; looks by its own schedule while it is on.

    Args:
        looked: told every look.
        passed: told after every full pass.
    """

    def __init__(
        self,
        folder: Path,
        gateway: VirtualGateway,
        clock: VirtualTime,
        *,
        series: int = 0,
        looked: Callable[[Look], None] | None = None,
        passed: Callable[[], None] | None = None,
    ) -> None:
        self.folder = folder
        self.gateway = gateway
        self.clock = clock
        self.looks = 0
        self._looked = looked
        self._passed = passed
        self._ids = CountedIds(series)
        self._store = SqlStore(folder / DATABASE, clock.now)
        self._session = 0
        self._next_look: float | None = None
        self._is_looking = False
        self.is_on = False
        self.parts = self._process()

    def _process(self) -> DeskParts:
        session = self._session
        gateway = ProcessGateway(self.gateway, lambda: session == self._session)
        port = cast("PaymentGateway", gateway)
        return open_parts(self._store, port, self.clock, self._ids, self.folder)

    def act(self, action: Callable[[], None]) -> None:
        """Do something at the desk if it is on; where the desk crashes meanwhile, no more of it."""
        if not self.is_on:
            return
        with suppress(CrashedError):
            action()

    # --- on and off

    def start(self) -> None:
        """Open the desk: everything is looked at once, then by schedule."""
        self._session += 1
        self.is_on = True
        self._is_looking = False
        self._next_look = None
        self.parts = self._process()
        session = self._session
        self.clock.plan(self.clock.at, lambda: self._reconcile(session))
        self.clock.plan(self.clock.at + TRY_LINE_S, lambda: self._watch_line(session))

    def stop(self) -> None:
        """Close it, or let it crash: what only memory knows is gone."""
        self._session += 1
        self.is_on = False

    def close(self) -> None:
        """Let go of the database."""
        self.stop()
        self._store.close()

    # --- the poller

    def nudge(self, seconds: float = NUDGE_S) -> None:
        """Look within so many seconds."""
        at = self.clock.at + seconds
        if self._next_look is None or self._next_look > at:
            self._plan_look(at)

    def _plan_look(self, at: float) -> None:
        self._next_look = at
        session = self._session
        self.clock.plan(at, lambda: self._tick(session, at))

    def _tick(self, session: int, planned: float) -> None:
        if session != self._session or planned != self._next_look or self._is_looking:
            return
        self._is_looking = True
        self._next_look = None
        try:
            look = self.parts.collecting.look()
        except CrashedError:
            return
        self._is_looking = False
        self.looks += 1
        if look.next_in_s is not None:
            self._plan_look(self.clock.at + max(SOONEST_S, look.next_in_s))
        if self._looked is not None:
            self._looked(look)

    # --- the line

    def _reconcile(self, session: int) -> None:
        if session != self._session:
            return
        try:
            self.parts.collecting.reconcile()
        except CrashedError:
            return
        self.nudge()
        if self._passed is not None:
            self._passed()

    def _watch_line(self, session: int) -> None:
        if session != self._session:
            return
        if self.parts.line.state().line is Line.OFFLINE:
            self._reconcile(session)
        self.clock.plan(self.clock.at + TRY_LINE_S, lambda: self._watch_line(session))

    # --- what auditors read

    def rows(self, sql: str) -> list[Any]:
        """Read the newest committed state."""
        with self._store.readers.reading() as reading:
            return reading.execute(sql).all()


def same_dice(seed: int) -> None:
    """Make what the use-cases draw the same in every run."""
    random.seed(seed)
