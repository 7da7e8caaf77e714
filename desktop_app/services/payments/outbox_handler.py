"""Sends the commands that close QR codes and cancel links.

A handler writes only in the unit of work it is given; the dispatcher decides when to send.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.outbox import CommandKind, CommandState
from desktop_app.services.errors import GatewayError, NotFoundError, RejectedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.context import Context
    from desktop_app.services.ports.records import OutboxCommand
    from desktop_app.services.ports.storage import UnitOfWork

_CLOSED = {"closed", "paid", "cancelled", "expired"}


class CloseHandler:
    """Closes QR codes and cancels links."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def ask(self, command: OutboxCommand) -> Callable[[UnitOfWork], CommandState]:
        """Close it; a refusal counts as done where it proves to be closed or paid."""
        gateway = self._context.gateway()
        is_code = command.kind is CommandKind.CLOSE_QR
        close = gateway.close_qr if is_code else gateway.cancel_link
        try:
            close(command.remote_id)
        except NotFoundError:
            raise
        except RejectedError:
            if self._status(command) not in _CLOSED:
                raise
        return lambda work: self._closed(work, command)

    def _status(self, command: OutboxCommand) -> str:
        gateway = self._context.gateway()
        if command.kind is CommandKind.CLOSE_QR:
            return gateway.fetch_qr(command.remote_id, asked=True)[0].status
        return gateway.fetch_link(command.remote_id, asked=True)[0].status

    @staticmethod
    def _closed(work: UnitOfWork, command: OutboxCommand) -> CommandState:
        attempt = work.attempts.get(command.uid)
        work.attempts.save(replace(attempt, is_remote_open=False), attempt.state)
        return CommandState.DONE

    def failed(self, work: UnitOfWork, command: OutboxCommand, error: GatewayError) -> CommandState:
        """Return the next state: a refusal is final, other failures are retried."""
        del work, command
        return CommandState.DEAD if isinstance(error, RejectedError) else CommandState.PENDING
