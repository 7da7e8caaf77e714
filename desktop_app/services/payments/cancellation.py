"""Cancel or expire an attempt: close it at the gateway, check it once more, then end it.

The command that closes it is written first and sent by the outbox, which repeats it until it is
done. Its handler writes only in the unit of work it is given.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.channels import channel_of
from desktop_app.domain.outbox import CommandState
from desktop_app.domain.payment import AttemptState
from desktop_app.domain.tenders.registry import tender_of
from desktop_app.services.errors import GatewayError, NotFoundError, RejectedError
from desktop_app.services.payments.channels.base import ClosableChannel
from desktop_app.services.payments.channels.registry import make_channels
from desktop_app.services.payments.counter_begin import refuse_covered_by_cheque
from desktop_app.services.posting.parts import parts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.domain.outbox import CommandKind
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context
    from desktop_app.services.outbox.dispatcher import OutboxDispatcher
    from desktop_app.services.payments.status_check import StatusChecker
    from desktop_app.services.ports.records import OutboxCommand
    from desktop_app.services.ports.storage import UnitOfWork


class Cancellation:
    """Ends attempts. An order cannot be closed: it stays watched."""

    def __init__(self, context: Context, checker: StatusChecker, outbox: OutboxDispatcher) -> None:
        self._context = context
        self._checker = checker
        self._outbox = outbox

    def give_up(self, uid: str, state: AttemptState) -> bool:
        """End a live attempt as `expired` or `cancelled`, unless its money is there.

        Returns:
            Whether the last check at the gateway succeeded, and no payment waits for its capture.

        Raises:
            ChequeCoversError: it is that of a cheque, which ends only with the cheque.
        """
        attempt = self._context.store.reader.attempts.get(uid)[0]
        if not attempt.is_live:
            return True
        self._refuse_cheque(attempt)
        self.close_remote(attempt)
        seen = self._checker.check([attempt], asked=True, ends_closed=False)
        with self._context.store.writing() as work:
            now = work.attempts.get(uid)
            if now.is_live:
                ends_as = state if now.state is not AttemptState.UNKNOWN else AttemptState.CANCELLED
                if now.state is AttemptState.INTENT:
                    ends_as = AttemptState.CANCELLED
                work.attempts.save(replace(now, state=ends_as), now.state)
                self._context.audit(work, f"attempt.{ends_as.value}", uid)
                work.commit()
            else:
                work.nothing_to_write()
        is_lost = attempt.state is AttemptState.UNKNOWN
        return not (seen.unseen or is_lost or self._checker.has_seen(uid))

    def _refuse_cheque(self, attempt: Attempt) -> None:
        """Refuse to end what a cheque covers while the desk or the bank has it."""
        if tender_of(attempt.method).instrument is not None:
            with self._context.store.reading() as books:
                refuse_covered_by_cheque(books, parts_of(books, attempt)[0], attempt)

    def close_remote(self, attempt: Attempt) -> bool:
        """Close a QR code or link that may still be open; one that cannot be closed stays watched.

        The command is written before it is sent, and retried until it is done.

        Returns:
            Whether it is certainly closed.
        """
        if not attempt.is_remote_open or not attempt.remote_id:
            return True
        with self._context.store.writing() as work:
            work.outbox.close(attempt)
            work.outbox.revive(attempt.uid)  # somebody waits for it: a refusal may be over
            work.commit()
        self._outbox.await_sender(attempt.uid)
        with suppress(GatewayError):
            self._outbox.deliver(attempt.uid)
        return not self._context.store.reader.attempts.get(attempt.uid)[0].is_remote_open


class CloseHandler:
    """Sends the command that closes what a channel has shown."""

    def __init__(self, channel: ClosableChannel) -> None:
        self._channel = channel

    def ask(self, command: OutboxCommand) -> Callable[[UnitOfWork], CommandState]:
        """Close it; a refusal counts as done where it proves to be closed or paid."""
        try:
            self._channel.close(command.remote_id)
        except NotFoundError:
            raise
        except RejectedError:
            if not self._channel.is_closed(command.remote_id):
                raise
        return lambda work: self._closed(work, command)

    @staticmethod
    def _closed(work: UnitOfWork, command: OutboxCommand) -> CommandState:
        attempt = work.attempts.get(command.uid)
        work.attempts.save(replace(attempt, is_remote_open=False), attempt.state)
        return CommandState.DONE

    def failed(self, work: UnitOfWork, command: OutboxCommand, error: GatewayError) -> CommandState:
        """Return the next state: a refusal is final, other failures are retried."""
        del work, command
        return CommandState.DEAD if isinstance(error, RejectedError) else CommandState.PENDING


def close_handlers(context: Context) -> dict[CommandKind, CloseHandler]:
    """Return the handlers of the commands by which channels are closed."""
    handlers: dict[CommandKind, CloseHandler] = {}
    for method, channel in make_channels(context).items():
        traits = channel_of(method)
        if isinstance(channel, ClosableChannel) and traits is not None and traits.closed_by:
            handlers.setdefault(traits.closed_by, CloseHandler(channel))
    return handlers
