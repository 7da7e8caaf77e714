"""One-time paths: a secret of 128 bits for each attempt, which ends with it."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.ports.system import Notify

BYTES = 16
RESULT_S = 900.0
"""How long the result stays in sight once the attempt has ended; nothing can be done there."""


@dataclass(slots=True)
class Ticket:
    """The page of one attempt.

    Attributes:
        language: the one that was chosen on the page; empty for the desk's.
        ended_at: when the attempt was first seen ended; None while it is not.
    """

    code: str
    attempt_uid: str
    notify: Notify
    language: str = ""
    ended_at: float | None = None


class Tickets:
    """The pages that are open.

    Args:
        now: a monotonic clock in seconds.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._by_code: dict[str, Ticket] = {}

    def issue(self, attempt_uid: str, notify: Notify) -> Ticket:
        """Return the page of an attempt: the one it has, or a fresh one."""
        with self._lock:
            self._drop_old()
            for ticket in self._by_code.values():
                if ticket.attempt_uid == attempt_uid:
                    ticket.notify = notify
                    return ticket
            made = Ticket(secrets.token_urlsafe(BYTES), attempt_uid, notify)
            self._by_code[made.code] = made
            return made

    def find(self, code: str) -> Ticket | None:
        """Return the page with this code; None where there is none, or its time is over."""
        with self._lock:
            self._drop_old()
            return self._by_code.get(code)

    def end(self, ticket: Ticket) -> None:
        """Note that the attempt has ended: its result is shown for a while."""
        with self._lock:
            if ticket.ended_at is None:
                ticket.ended_at = self._now()

    def _drop_old(self) -> None:
        now = self._now()
        self._by_code = {
            code: ticket
            for code, ticket in self._by_code.items()
            if ticket.ended_at is None or now - ticket.ended_at < RESULT_S
        }
