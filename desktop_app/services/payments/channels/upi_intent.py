"""UPI by intent: our order, and on it a payment whose link is drawn as the QR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.payment import Method
from desktop_app.services import errors
from desktop_app.services.connectivity import gateway_now
from desktop_app.services.payments.channels.base import check_amount, notes_of
from desktop_app.services.payments.channels.own_order import OwnOrderChannel
from desktop_app.services.payments.create_once import MOST_TRIES, SpentOrderError

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.domain.payment import Attempt
    from desktop_app.services.ports.gateway import IntentFact, Payer

_PAUSE_S = 2.0


class _OrderPaidError(Exception):
    """The order takes no further payment."""


class UpiIntentChannel(OwnOrderChannel):
    """Shows the UPI link of a payment that the desk itself began."""

    method = Method.UPI_INTENT

    def open(self, attempt: Attempt, look: Callable[[Attempt], None], *, is_new: bool) -> None:
        """Create the order where there is none, and an intent on it.

        Raises:
            GatewayError, MissingPhoneError: the attempt's state is stored.
        """
        payer = self._attempts.payer(attempt)
        if not payer.contact:
            self._attempts.give_up(attempt.uid, "no phone number")
            raise errors.MissingPhoneError("UPI needs a phone number of the student or guardian")
        is_own_order = attempt.order_id is None
        attempt = self._with_order(attempt, is_new=is_new)
        if not attempt.is_live:
            return
        try:
            made = self._make_intent(attempt, payer, look)
        except errors.NotFoundError:
            if not is_own_order:
                raise
            attempt = self._ordered_again(attempt)
            made = self._make_intent(attempt, payer, look)
        if made is None:
            return
        now = int(gateway_now(self._context))
        self._attempts.awaiting(
            attempt,
            remote_id=made.payment_id,
            qr_text=made.link,
            created_at=attempt.gateway_created_at or now,
            expires_at=now + self._context.settings().expiry_s,
            is_remote_open=False,
        )

    def _make_intent(
        self, attempt: Attempt, payer: Payer, look: Callable[[Attempt], None]
    ) -> IntentFact | None:
        """Make the intent; a lost one was never shown, so another may follow on the same order.

        Returns:
            None where the due was paid in between.

        Raises:
            SpentOrderError: the order takes no payment, and a check found none that pays the due.
        """
        for tries_left in range(MOST_TRIES - 1, -1, -1):
            is_spent = False
            try:
                return self._try_intent(attempt, payer)
            except (errors.OutcomeUnknownError, errors.RateLimitedError):
                if not tries_left:
                    raise
                self._context.clock.sleep(_PAUSE_S)
            except _OrderPaidError:
                is_spent = True
            look(attempt)
            if not self._attempts.load(attempt.uid).is_live:
                return None
            if is_spent:
                raise SpentOrderError
        raise errors.OutcomeUnknownError("never reached")

    def _try_intent(self, attempt: Attempt, payer: Payer) -> IntentFact:
        """Try once."""
        try:
            made = self._context.gateway().create_intent(
                order_id=attempt.order_id or "",
                amount=attempt.amount,
                payer=payer,
                description=self._attempts.label(attempt),
                notes=notes_of(self._context, attempt),
            )
            check_amount(made.link, attempt)
        except (errors.FeatureOffError, errors.NotFoundError):
            raise
        except errors.RejectedError as refusal:
            if refusal.reason == "order_already_paid":
                raise _OrderPaidError from refusal
            self._attempts.give_up(attempt.uid, refusal.reason or "refused")
            raise
        return made
