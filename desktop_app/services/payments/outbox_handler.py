"""How each kind of errand is said to the gateway, and what its answer means at the desk.

Couriers write only in the unit of work they are handed; when to send is the outbox's to know.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.outbox import CommandKind, CommandState
from desktop_app.services.errors import (
    GatewayError,
    NotFoundError,
    RejectedError,
)

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

    def ask(self, errand: OutboxCommand) -> Callable[[UnitOfWork], CommandState]:
        """Close it; a refusal is taken for done where the thing turns out to be closed or paid."""
        gateway = self._context.gateway()
        is_code = errand.kind is CommandKind.CLOSE_QR
        close = gateway.close_qr if is_code else gateway.cancel_link
        try:
            close(errand.remote_id)
        except NotFoundError:
            raise
        except RejectedError:
            if self._status(errand) not in _CLOSED:
                raise
        return lambda work: self._closed(work, errand)

    def _status(self, errand: OutboxCommand) -> str:
        gateway = self._context.gateway()
        if errand.kind is CommandKind.CLOSE_QR:
            return gateway.fetch_qr(errand.remote_id, asked=True)[0].status
        return gateway.fetch_link(errand.remote_id, asked=True)[0].status

    @staticmethod
    def _closed(work: UnitOfWork, errand: OutboxCommand) -> CommandState:
        attempt = work.attempts.get(errand.uid)
        work.attempts.save(replace(attempt, is_remote_open=False), attempt.state)
        return CommandState.DONE

    def failed(self, work: UnitOfWork, errand: OutboxCommand, error: GatewayError) -> CommandState:
        """A refusal is final; what could not be said is said again."""
        del work, errand
        return CommandState.DEAD if isinstance(error, RejectedError) else CommandState.PENDING
