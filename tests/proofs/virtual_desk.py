"""A desk process on virtual time: the real services on a real file, with the window's pacing.

The pacing is that of `ui/core/poller.py` and `ui/shell/connectivity_presenter.py`, without Qt: poll
when the last poll requires it, reconcile at the start and, every 15 seconds, while the network is
down.
"""

from __future__ import annotations

import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from desktop_app.services.views.settings import Connectivity
from desktop_app.storage.store import DATABASE, SqlStore

from .proof_desk import InterceptedGateway, open_services

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.services.ports.gateway import PaymentGateway
    from desktop_app.services.views.payments import PollResult

    from .proof_desk import DeskServices
    from .virtual_gateway import VirtualGateway
    from .virtual_time import VirtualTime

SOONEST_S = 0.2
POLL_WITHIN_S = 1.0
RETRY_CONNECTION_S = 15.0
"""`SOONEST_S` and `FIRST_S` of the poller, `TRY_AGAIN_TICKS` of the line's presenter."""


class CrashedError(BaseException):
    """The calling process has ended: none of its code runs on, not even its error handling."""


class SequentialIds:
    """The port `IdSource`: ids that sort by the time they were made and repeat in each run."""

    def __init__(self, series: int = 0) -> None:
        self._series = series
        self._last = 0

    def new(self) -> str:
        """Return the next id, 36 characters of text."""
        self._last += 1
        digits = f"{self._series:08x}00007000{0x8000:04x}{self._last:012x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


class VirtualDesk:
    """One desk that is on, off or restarted; polls by its own schedule while it is on.

    Args:
        on_poll: called with the result of every poll.
        on_reconciled: called after every reconcile.
    """

    def __init__(
        self,
        folder: Path,
        gateway: VirtualGateway,
        clock: VirtualTime,
        *,
        series: int = 0,
        on_poll: Callable[[PollResult], None] | None = None,
        on_reconciled: Callable[[], None] | None = None,
    ) -> None:
        self.folder = folder
        self.gateway = gateway
        self.clock = clock
        self.polls = 0
        self._on_poll = on_poll
        self._on_reconciled = on_reconciled
        self._ids = SequentialIds(series)
        self._store = SqlStore(folder / DATABASE, clock.now)
        self._session = 0
        self._next_poll_at: float | None = None
        self._is_polling = False
        self.is_on = False
        self.services = self._process()

    def _process(self) -> DeskServices:
        session = self._session

        def call(_name: str, send: Callable[[], Any]) -> Any:
            """Send a call, unless its process ends before the answer arrives."""
            self._check_process(session)
            try:
                return send()
            finally:
                self._check_process(session)

        gateway = cast("PaymentGateway", InterceptedGateway(self.gateway, call))
        return open_services(self.folder, gateway, self.clock, store=self._store, ids=self._ids)

    def _check_process(self, session: int) -> None:
        if session != self._session:
            raise CrashedError

    def run(self, action: Callable[[], None]) -> None:
        """Do something at the desk if it is on; a crash ends the action."""
        if not self.is_on:
            return
        with suppress(CrashedError):
            action()

    # --- on and off

    def start(self) -> None:
        """Open the desk: reconcile at once, then poll by schedule."""
        self._session += 1
        self.is_on = True
        self._is_polling = False
        self._next_poll_at = None
        self.services = self._process()
        session = self._session
        self.clock.plan(self.clock.at, lambda: self._reconcile(session))
        self.clock.plan(self.clock.at + RETRY_CONNECTION_S, lambda: self._check_connection(session))

    def stop(self) -> None:
        """Close the desk, or let it crash: what only memory holds is lost."""
        self._session += 1
        self.is_on = False

    def close(self) -> None:
        """Close the database."""
        self.stop()
        self._store.close()

    # --- the poller

    def poll_within(self, seconds: float = POLL_WITHIN_S) -> None:
        """Poll within a number of seconds."""
        at = self.clock.at + seconds
        if self._next_poll_at is None or self._next_poll_at > at:
            self._plan_poll(at)

    def _plan_poll(self, at: float) -> None:
        self._next_poll_at = at
        session = self._session
        self.clock.plan(at, lambda: self._poll(session, at))

    def _poll(self, session: int, planned: float) -> None:
        if session != self._session or planned != self._next_poll_at or self._is_polling:
            return
        self._is_polling = True
        self._next_poll_at = None
        try:
            look = self.services.polling.run()
        except CrashedError:
            return
        self._is_polling = False
        self.polls += 1
        if look.next_in_s is not None:
            self._plan_poll(self.clock.at + max(SOONEST_S, look.next_in_s))
        if self._on_poll is not None:
            self._on_poll(look)

    # --- the connection

    def _reconcile(self, session: int) -> None:
        if session != self._session:
            return
        try:
            self.services.polling.reconcile()
        except CrashedError:
            return
        self.poll_within()
        if self._on_reconciled is not None:
            self._on_reconciled()

    def _check_connection(self, session: int) -> None:
        if session != self._session:
            return
        if self.services.connection.state().line is Connectivity.OFFLINE:
            self._reconcile(session)
        self.clock.plan(self.clock.at + RETRY_CONNECTION_S, lambda: self._check_connection(session))

    # --- what audits read

    def rows(self, sql: str) -> list[Any]:
        """Return rows of the newest committed state."""
        with self._store.readers.reading() as reading:
            return reading.execute(sql).all()


def seed_random(seed: int) -> None:
    """Make the draws of the services the same in every run."""
    random.seed(seed)
