"""The outbox: what must be said to the gateway is written with the decision and sent after it.

An errand is tried until it is done or refused for good, with growing gaps, at start and when the
line comes back. One that is being sent is left to its sender: another thread, or another process
beside this one. One that a crash cut off is asked again: closing and cancelling change nothing
the second time, and a refund is known by its key.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from desktop_app.domain.key_mode import mode_of
from desktop_app.domain.outbox import CommandState
from desktop_app.domain.polling import LONGEST_ERRAND_GAP_S, errand_gap
from desktop_app.services.errors import (
    GatewayError,
    LookUpRefusedError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    UnauthorisedError,
    UnavailableError,
)
from desktop_app.services.views.outbox import DEAD_SHOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from desktop_app.domain.outbox import CommandKind
    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import OutboxCommand
    from desktop_app.services.ports.storage import UnitOfWork
    from desktop_app.services.views.outbox import ErrandView

LEASE_S = 180.0
"""How long another sender may need, all its calls and waits for the rate limit; then it is gone."""

_LOOKS = 40
_LOOK_S = 0.25

_OVER = {CommandState.DONE, CommandState.DEAD}


class OutboxHandler(Protocol):
    """Says one kind of errand to the gateway."""

    def ask(self, errand: OutboxCommand) -> Callable[[UnitOfWork], CommandState]:
        """Say it; return what writes the answer and tells where the errand stands after it.

        Raises GatewayError.
        """
        ...

    def failed(self, work: UnitOfWork, errand: OutboxCommand, error: GatewayError) -> CommandState:
        """Write what a failure means for the errand's subject; return where the errand stands."""
        ...


class OutboxDispatcher:
    """Delivers errands. One in a process: what is being sent as it is made, a crash cut off."""

    def __init__(self, context: Context, handlers: Mapping[CommandKind, OutboxHandler]) -> None:
        self._context = context
        self._handlers = handlers
        self._cut_off = {
            errand.uid
            for errand in context.store.reader.open_errands()
            if errand.state is CommandState.SENDING
        }

    def commands(self) -> tuple[ErrandView, ...]:
        """Return what must still be sent to Razorpay: closes, cancels, refunds (local)."""
        return self._context.store.reader.errands(self._context.now() - DEAD_SHOWN)

    def deliver(self, uid: str) -> bool:
        """Try one errand now, unless it is being sent or over; return whether it is done by this.

        Raises:
            GatewayError: it was not done; what follows of it is stored.
        """
        sending = self._take(uid)
        if sending is None:
            return False
        handler = self._handlers[sending.kind]
        try:
            write = handler.ask(sending)
        except GatewayError as error:
            self._failed(handler, sending, error)
            raise
        again = self._again_at(sending)
        with self._context.store.writing() as work:
            state = write(work)
            work.outbox.save(replace(sending, state=state, due_at=again, problem=""))
            work.commit()
        return state is CommandState.DONE

    def deliver_patiently(self, uid: str) -> None:
        """Try one for a person: after a lost answer once more; without a line it waits.

        Where another sends it just now, that is waited for.

        Raises:
            RejectedError, UnauthorisedError: it was refused.
            OutcomeUnknownError: it may or may not have been done; it is asked again.
        """
        self.await_sender(uid)
        try:
            self.deliver(uid)
        except (UnavailableError, RateLimitedError):
            return
        except OutcomeUnknownError as lost:
            self._after_lost(uid, lost)
        except LookUpRefusedError as refusal:
            raise OutcomeUnknownError(str(refusal)) from refusal

    def await_sender(self, uid: str) -> None:
        """Wait ten seconds at most for one that is being sent."""
        for _look in range(_LOOKS):
            found = self._context.store.reader.open_errands()
            if not any(each.uid == uid and self._is_being_sent(each) for each in found):
                return
            self._context.clock.sleep(_LOOK_S)

    def _is_being_sent(self, errand: OutboxCommand) -> bool:
        return errand.state is CommandState.SENDING and self._wait_s(errand) > 0

    def _after_lost(self, uid: str, lost: OutcomeUnknownError) -> None:
        try:
            self.deliver(uid)
        except LookUpRefusedError:
            raise lost from None
        except RejectedError:
            raise
        except GatewayError:
            raise lost from None

    def _take(self, uid: str) -> OutboxCommand | None:
        with self._context.store.writing() as work:
            errand = work.outbox.get(uid)
            if errand is None or errand.state in _OVER or self._is_being_sent(errand):
                work.nothing_to_write()
                return None
            sending = replace(errand, state=CommandState.SENDING, tries=errand.tries + 1)
            work.outbox.save(sending)
            self._cut_off.discard(uid)
            work.commit()
        return sending

    def _failed(self, handler: OutboxHandler, errand: OutboxCommand, error: GatewayError) -> None:
        again = self._again_at(errand)
        with self._context.store.writing() as work:
            state = handler.failed(work, errand, error)
            problem = type(error).__name__
            work.outbox.save(replace(errand, state=state, due_at=again, problem=problem))
            if state is CommandState.DEAD:
                detail = {"kind": errand.kind.value, "problem": problem}
                self._context.audit(work, "errand.dead", errand.uid, detail)
            work.commit()

    def _again_at(self, errand: OutboxCommand) -> datetime:
        return self._context.now() + timedelta(seconds=errand_gap(errand.tries))

    def run(self, *, everything: bool = False, most: int | None = None) -> int:
        """Try what is due, or all that is open; return how many were done.

        The first that the line does not carry ends the run: the others wait with it.
        """
        done = 0
        for errand in self._open(everything=everything)[:most]:
            try:
                done += self.deliver(errand.uid)
            except (UnavailableError, UnauthorisedError, RateLimitedError):
                break
            except GatewayError:
                continue
        return done

    def next_in_s(self) -> float | None:
        """Seconds until the next errand is due; None when none waits."""
        waits = [self._wait_s(errand) for errand in self._open(everything=True)]
        return min(waits, default=None)

    def _open(self, *, everything: bool) -> list[OutboxCommand]:
        mode = mode_of(self._context.gateway().key_id)
        found = self._context.store.reader.open_errands()
        mine = [each for each in found if mode_of(each.key_id) == mode]
        return mine if everything else [each for each in mine if self._wait_s(each) <= 0]

    def _wait_s(self, errand: OutboxCommand) -> float:
        """Seconds until it is due; a clock that was put back does not keep it waiting."""
        due_at = errand.due_at
        if errand.state is CommandState.SENDING and errand.uid not in self._cut_off:
            due_at = errand.touched_at + timedelta(seconds=LEASE_S)
        wait = (due_at - self._context.now()).total_seconds()
        return 0.0 if wait > LONGEST_ERRAND_GAP_S * 2 else max(0.0, wait)
