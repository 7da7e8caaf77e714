"""Sends refunds from the outbox."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.outbox import CommandState
from desktop_app.domain.refund import RefundState
from desktop_app.services import errors
from desktop_app.services.posting.kept_enrolments import forget_kept
from desktop_app.services.posting.refunds import ENDINGS, settle_refund

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.domain.money import Money
    from desktop_app.services.context import Context
    from desktop_app.services.ports.gateway import RefundFact
    from desktop_app.services.ports.records import OutboxCommand
    from desktop_app.services.ports.storage import UnitOfWork


class RefundHandler:
    """Sends refunds, each under its own key."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def ask(self, command: OutboxCommand) -> Callable[[UnitOfWork], CommandState]:
        """Look whether the refund was made already, and send it where it was not.

        The first time too: the book may have been restored since, and Razorpay keeps a key for an
        unknown time. Money of an unknown fee has one command: where its refund has failed and a
        person asks again, another one is made, under another key.
        """
        amount, may_ask_again = self._asked(command)
        mine = self._made_before(command)
        made = mine[-1] if mine else None
        if made is None or (may_ask_again and made.status == "failed"):
            made = self._send(command, amount, len(mine))
        return lambda work: self._take(work, command, made)

    def _send(self, command: OutboxCommand, amount: Money, earlier: int) -> RefundFact:
        """Send it; a refused one may have been made in between, by another window too."""
        gateway, key = self._context.gateway(), command.uid.replace("-", "")
        key = f"{key}-{earlier}" if earlier else key
        try:
            return gateway.refund(command.remote_id, amount, key=key, reference=command.uid)
        except errors.RejectedError:
            try:
                made = self._made_before(command)[earlier:]
            except errors.GatewayError:
                if command.tries > 1:
                    raise
                made = []
            if not made:
                raise
            return made[-1]

    def _asked(self, command: OutboxCommand) -> tuple[Money, bool]:
        """Return the amount, and whether another refund may follow one that failed."""
        with self._context.store.reading() as work:
            found = work.refunds.get(command.uid)
            if found is not None:
                return found[0].amount, False
            stray = work.unmatched.find(command.uid)
        if stray is None:
            raise errors.UnknownPaymentError("the refund's row is gone")
        return stray.amount, command.tries <= 1

    def _made_before(self, command: OutboxCommand) -> list[RefundFact]:
        """Return the refunds under this command's reference, oldest first."""
        try:
            shown = self._context.gateway().refunds_of(command.remote_id)
        except errors.RejectedError as refusal:
            if command.tries <= 1:
                return []  # nothing is known to be sent, and sending shows what is wrong
            raise errors.LookUpRefusedError(refusal.description) from refusal
        mine = [each for each in shown if each.reference == command.uid]
        return sorted(mine, key=lambda each: (each.created_at, each.refund_id))

    def _take(self, work: UnitOfWork, command: OutboxCommand, made: RefundFact) -> CommandState:
        found = work.refunds.get(command.uid)
        state = ENDINGS[made.status]
        if found is None:
            return self._take_stray(work, command.uid, state, made.refund_id)
        refund, paid = found
        settle_refund(self._context, work, refund, paid, state, made.refund_id)
        return CommandState.DONE

    def _take_stray(
        self, work: UnitOfWork, uid: str, state: RefundState, refund_id: str
    ) -> CommandState:
        """Return the next state: unmatched money is followed until it went back or failed."""
        if state is RefundState.PENDING:
            return CommandState.PENDING
        is_back = state is RefundState.PROCESSED
        if is_back:
            work.unmatched.settle(uid, "returned")
        action = "stray.returned" if is_back else "stray.refund_failed"
        self._context.audit(work, action, uid, {"refund_id": refund_id})
        return CommandState.DONE if is_back else CommandState.DEAD

    def failed(
        self, work: UnitOfWork, command: OutboxCommand, error: errors.GatewayError
    ) -> CommandState:
        """Return the next state: a refusal is final, wrong keys too before anything was sent."""
        is_first = command.tries <= 1
        is_refused = isinstance(error, errors.RejectedError) and not isinstance(
            error, errors.LookUpRefusedError
        )
        is_final = is_refused or (is_first and isinstance(error, errors.UnauthorisedError))
        found = work.refunds.get(command.uid)
        if found is None:
            return CommandState.DEAD if is_final else CommandState.PENDING
        refund, _paid = found
        if is_final:
            self._mark(work, command.uid, RefundState.REJECTED, str(error)[:200])
            return CommandState.DEAD
        if isinstance(error, errors.OutcomeUnknownError) and refund.state is RefundState.INTENT:
            self._mark(work, command.uid, RefundState.UNKNOWN, "")
        return CommandState.PENDING

    def _mark(self, work: UnitOfWork, uid: str, state: RefundState, note: str) -> None:
        found = work.refunds.get(uid)
        if found is None or found[0].state not in {RefundState.INTENT, RefundState.UNKNOWN}:
            return
        work.refunds.save(replace(found[0], state=state), found[0].state)
        if state is RefundState.REJECTED:
            forget_kept(work, uid)
        self._context.audit(work, f"refund.{state.value}", uid, {"note": note})
