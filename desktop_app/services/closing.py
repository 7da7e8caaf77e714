"""Giving an attempt up: close what can be closed, look once more, and only then let it go."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services.errors import GatewayError, RejectedError

if TYPE_CHECKING:
    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context
    from desktop_app.services.line import LineWatch
    from desktop_app.services.looking import Looking


class Closing:
    """Ends attempts. An order cannot be closed: it stays watched."""

    def __init__(self, context: Context, line: LineWatch, looking: Looking) -> None:
        self._context = context
        self._line = line
        self._looking = looking

    def give_up(self, uid: str, state: AttemptState) -> bool:
        """End a live attempt as `expired` or `cancelled`, unless its money is there.

        Returns:
            Whether the last look at the gateway succeeded.
        """
        attempt = self._context.store.reader.attempt(uid)[0]
        if not attempt.is_live:
            return True
        self.close_remote(attempt)
        seen = self._looking.look_at([attempt], asked=True)
        with self._context.store.writing() as work:
            now = work.attempts.get(uid)
            if now.is_live:
                ends_as = state if now.state is not AttemptState.UNKNOWN else AttemptState.CANCELLED
                if now.state is AttemptState.INTENT:
                    ends_as = AttemptState.CANCELLED
                work.attempts.save(replace(now, state=ends_as), now.state)
                self._context.audit(work, f"attempt.{ends_as.value}", uid)
            work.commit()
        is_lost = attempt.state is AttemptState.UNKNOWN
        return not seen.unseen and not is_lost

    def close_remote(self, attempt: Attempt) -> None:
        """Close a QR code or link that may still be open; what cannot be closed stays watched."""
        if not attempt.is_remote_open or not attempt.remote_id:
            return
        gateway = self._context.gateway()
        close = gateway.close_qr if attempt.method is Method.QR_CODE else gateway.cancel_link
        try:
            with self._line.noting():
                close(attempt.remote_id)
        except RejectedError:
            # Refused: it is closed, or was just paid. The look that follows tells.
            pass
        except GatewayError:
            return
        with self._context.store.writing() as work:
            now = work.attempts.get(attempt.uid)
            work.attempts.save(replace(now, is_remote_open=False), now.state)
            work.commit()
