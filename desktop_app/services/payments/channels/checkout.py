"""Razorpay's checkout on a page of the desk's own: our order, which the page makes payments on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.payment import Method
from desktop_app.services.connectivity import gateway_now
from desktop_app.services.payments.channels.own_order import BY, OwnOrderChannel
from desktop_app.services.payments.create_once import SpentOrderError

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.domain.payment import Attempt


class CheckoutChannel(OwnOrderChannel):
    """Has nothing to show but the order; its page is served while the desk runs."""

    method = Method.CHECKOUT
    order_notes = {BY: Method.CHECKOUT.value}  # noqa: RUF012 - never changed

    def open(self, attempt: Attempt, look: Callable[[Attempt], None], *, is_new: bool) -> None:
        """Create the order where there is none; from then on the page can be opened.

        Raises:
            SpentOrderError: the dues' order was paid, and its money pays nothing.
        """
        del look
        if attempt.order_id is not None and self._is_spent(attempt.order_id):
            raise SpentOrderError
        attempt = self._with_order(attempt, is_new=is_new)
        if not attempt.is_live:
            return
        now = int(gateway_now(self._context))
        self._attempts.awaiting(
            attempt,
            remote_id=attempt.order_id or "",
            qr_text=None,
            created_at=attempt.gateway_created_at or now,
            expires_at=now + self._context.settings().expiry_s,
            is_remote_open=False,
        )

    def _is_spent(self, order_id: str) -> bool:
        with self._context.store.reading() as books:
            return books.payments.is_on_order(order_id)
