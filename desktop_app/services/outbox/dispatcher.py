"""The outbox: commands for the gateway are written with the decision and sent after it.

A command is retried until it is done or refused permanently, with growing gaps, at start and when
the connection comes back. One that is being sent is left to its sender: another thread, or another
process beside this one. One that a crash cut off is sent again: closing and cancelling change
nothing the second time, and a refund is identified by its key.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from desktop_app.domain.key_mode import mode_of
from desktop_app.domain.outbox import CommandState
from desktop_app.domain.polling import LONGEST_RETRY_GAP_S, retry_gap
from desktop_app.services import errors
from desktop_app.services.isolation import passing_over
from desktop_app.services.views.outbox import DEAD_SHOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from desktop_app.domain.outbox import CommandKind
    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import OutboxCommand
    from desktop_app.services.ports.storage import UnitOfWork
    from desktop_app.services.views.outbox import OutboxCommandView

LEASE_S = 180.0
"""Seconds after which another sender is taken for gone: all its calls and waits need fewer."""

_LOOKS = 40
_LOOK_S = 0.25

_OVER = {CommandState.DONE, CommandState.DEAD}


class OutboxHandler(Protocol):
    """Sends one kind of command."""

    def ask(self, command: OutboxCommand) -> Callable[[UnitOfWork], CommandState]:
        """Send a command; return what writes the answer and returns the command's next state.

        Raises GatewayError.
        """

    def failed(
        self, work: UnitOfWork, command: OutboxCommand, error: errors.GatewayError
    ) -> CommandState:
        """Write what a failure means for the command's subject; return the next state."""


class OutboxDispatcher:
    """Delivers commands. One in a process.

    Commands that are being sent when it is made were cut off by a crash.
    """

    def __init__(self, context: Context, handlers: Mapping[CommandKind, OutboxHandler]) -> None:
        self._context = context
        self._handlers = handlers
        self._cut_off = {
            command.uid
            for command in context.store.reader.outbox.undelivered()
            if command.state is CommandState.SENDING
        }

    def commands(self) -> tuple[OutboxCommandView, ...]:
        """Return what must still be sent to Razorpay: closes, cancels, refunds (local)."""
        return self._context.store.reader.outbox.views(self._context.now() - DEAD_SHOWN)

    def deliver(self, uid: str) -> bool:
        """Send one command now, unless it is being sent or over; return whether this call did it.

        An unexpected error puts it back, with the error's name: it stops no other command.

        Raises:
            GatewayError: it was not done; the consequences are stored.
        """
        sending = self._take(uid)
        if sending is None:
            return False
        stuck: dict[str, str] = {}
        state = CommandState.PENDING
        with passing_over(stuck, uid):
            state = self._send(sending)
        if stuck:
            again = self._again_at(sending)
            with self._context.store.writing() as work:
                work.outbox.save(replace(sending, state=state, due_at=again, problem=stuck[uid]))
                work.commit()
        return state is CommandState.DONE

    def _send(self, sending: OutboxCommand) -> CommandState:
        handler = self._handlers[sending.kind]
        try:
            write = handler.ask(sending)
        except errors.GatewayError as error:
            self._failed(handler, sending, error)
            raise
        again = self._again_at(sending)
        with self._context.store.writing() as work:
            state = write(work)
            work.outbox.save(replace(sending, state=state, due_at=again, problem=""))
            work.commit()
        return state

    def deliver_patiently(self, uid: str) -> None:
        """Send one for a person: after a lost answer once more; without a connection it waits.

        Waits for another sender first.

        Raises:
            RejectedError, UnauthorisedError: it was refused.
            OutcomeUnknownError: it may or may not have been done; it is sent again.
        """
        self.await_sender(uid)
        try:
            self.deliver(uid)
        except (errors.UnavailableError, errors.RateLimitedError):
            return
        except errors.OutcomeUnknownError as lost:
            self._after_lost(uid, lost)
        except errors.LookUpRefusedError as refusal:
            raise errors.OutcomeUnknownError(str(refusal)) from refusal

    def await_sender(self, uid: str) -> None:
        """Wait at most ten seconds for a command that is being sent."""
        for _look in range(_LOOKS):
            found = self._context.store.reader.outbox.undelivered()
            if not any(each.uid == uid and self._is_being_sent(each) for each in found):
                return
            self._context.clock.sleep(_LOOK_S)

    def _is_being_sent(self, command: OutboxCommand) -> bool:
        return command.state is CommandState.SENDING and self._wait_s(command) > 0

    def _after_lost(self, uid: str, lost: errors.OutcomeUnknownError) -> None:
        try:
            self.deliver(uid)
        except errors.LookUpRefusedError:
            raise lost from None
        except errors.RejectedError:
            raise
        except errors.GatewayError:
            raise lost from None

    def _take(self, uid: str) -> OutboxCommand | None:
        with self._context.store.writing() as work:
            command = work.outbox.get(uid)
            if command is None or not self._may_send(command):
                work.nothing_to_write()
                return None
            sending = replace(command, state=CommandState.SENDING, tries=command.tries + 1)
            work.outbox.save(sending)
            self._cut_off.discard(uid)
            work.commit()
        return sending

    def _may_send(self, command: OutboxCommand) -> bool:
        """Whether it is open, sent by nobody else, and of the mode of the present keys."""
        is_mine = mode_of(command.key_id) == mode_of(self._context.gateway().key_id)
        return is_mine and command.state not in _OVER and not self._is_being_sent(command)

    def _failed(
        self, handler: OutboxHandler, command: OutboxCommand, error: errors.GatewayError
    ) -> None:
        again = self._again_at(command)
        with self._context.store.writing() as work:
            state = handler.failed(work, command, error)
            problem = type(error).__name__
            work.outbox.save(replace(command, state=state, due_at=again, problem=problem))
            if state is CommandState.DEAD:
                detail = {"kind": command.kind.value, "problem": problem}
                self._context.audit(work, "errand.dead", command.uid, detail)
            work.commit()

    def _again_at(self, command: OutboxCommand) -> datetime:
        return self._context.now() + timedelta(seconds=retry_gap(command.tries))

    def run(self, *, everything: bool = False, most: int | None = None) -> int:
        """Send the commands that are due, or all open ones (gateway); return how many were done.

        The first that fails for lack of a connection ends the run; another failure is the
        command's own. Never raises GatewayError.
        """
        done = 0
        for command in self._open(everything=everything)[:most]:
            try:
                done += self.deliver(command.uid)
            except errors.UnreadableError:
                continue
            except (errors.UnavailableError, errors.UnauthorisedError, errors.RateLimitedError):
                break
            except errors.GatewayError:
                continue
        return done

    def next_in_s(self) -> float | None:
        """Return the seconds until the next command is due; None without one."""
        waits = [self._wait_s(command) for command in self._open(everything=True)]
        return min(waits, default=None)

    def _open(self, *, everything: bool) -> list[OutboxCommand]:
        mode = mode_of(self._context.gateway().key_id)
        found = self._context.store.reader.outbox.undelivered()
        mine = [each for each in found if mode_of(each.key_id) == mode]
        return mine if everything else [each for each in mine if self._wait_s(each) <= 0]

    def _wait_s(self, command: OutboxCommand) -> float:
        """Return the seconds until a command is due; a clock set back does not delay it."""
        due_at = command.due_at
        if command.state is CommandState.SENDING and command.uid not in self._cut_off:
            due_at = command.updated_at + timedelta(seconds=LEASE_S)
        wait = (due_at - self._context.now()).total_seconds()
        return 0.0 if wait > LONGEST_RETRY_GAP_S * 2 else max(0.0, wait)
