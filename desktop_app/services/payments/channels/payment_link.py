"""A payment link that sends no message; its address is drawn as the QR."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.payment import INR, GatewaySnapshot, Method
from desktop_app.domain.reference import attempt_in_notes
from desktop_app.services import errors
from desktop_app.services.connectivity import gateway_now
from desktop_app.services.payments.channels.base import (
    CLOSED,
    ClosableChannel,
    Origin,
    Resource,
    first_problem,
    notes_of,
    where_there_is,
)
from desktop_app.services.payments.create_once import Recipe

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.domain.payment import Attempt, PaymentFact
    from desktop_app.services.ports.gateway import LinkFact

PARTLY_PAID = "partially_paid"
"""The status of a link of which a part is paid: the gateway refuses to cancel it."""

SHORTEST_LINK_S = 16 * 60
"""Razorpay requires a link to live fifteen minutes; one more for clocks and queues."""


class PaymentLinkChannel(ClosableChannel):
    """Shows the address of a page on which any means of payment works."""

    method = Method.PAYMENT_LINK

    def open(self, attempt: Attempt, look: Callable[[Attempt], None], *, is_new: bool) -> None:
        """Create the link; it is shown for the set time, which may be shorter than its life."""
        del look
        life = self._context.settings().expiry_s
        expire_by = self._gateway_time(attempt, is_new=is_new) + max(life, SHORTEST_LINK_S)
        made = self._creator.once(attempt, self._recipe(attempt, expire_by), is_new=is_new)
        self._attempts.awaiting(
            self._attempts.load(attempt.uid),
            remote_id=made.link_id,
            qr_text=made.short_url,
            created_at=made.created_at,
            expires_at=int(gateway_now(self._context)) + life,
            is_remote_open=True,
        )

    def _recipe(self, attempt: Attempt, expire_by: int) -> Recipe[LinkFact]:
        gateway = self._context.gateway()
        asked = (attempt.reference, attempt.amount.paise, INR)
        return Recipe(
            create=lambda: gateway.create_link(
                reference=attempt.reference,
                amount=attempt.amount,
                description=self._attempts.label(attempt),
                payer=self._attempts.payer(attempt),
                expire_by=expire_by,
                notes=notes_of(self._context, attempt),
            ),
            find=lambda: gateway.find_link(attempt.reference),
            fits=lambda made: (made.reference, made.amount_paise, made.currency) == asked,
        )

    def find(self, attempt: Attempt) -> Resource | None:
        """Find the link of a lost answer."""
        link = self._context.gateway().find_link(attempt.reference)
        return None if link is None else Resource(link.created_at, remote_id=link.link_id)

    def fetch(self, attempt: Attempt, *, asked: bool) -> GatewaySnapshot:
        """Read the link and the payments on its order."""
        link, payments = self._context.gateway().fetch_link(attempt.remote_id or "", asked=asked)
        is_one_order = all(payment.order_id == link.order_id for payment in payments)
        return GatewaySnapshot(
            header_problem=first_problem(
                (link.link_id == attempt.remote_id, "another link was shown"),
                (_is_of(attempt, link), "the link has another reference"),
                (link.amount_paise == attempt.amount.paise, "the link is for another amount"),
                (link.currency == INR, f"the link is in {link.currency}"),
                (is_one_order, "a payment names another order than the link"),
            ),
            is_settled=link.status == "paid" and link.amount_paid_paise >= attempt.amount.paise,
            is_closed=link.status in CLOSED,
            payments=payments,
        )

    def trace(self, payment: PaymentFact) -> Origin | None:
        """Find the link by the payment, which names the link's order."""
        if payment.order_id is None:
            return None
        link = where_there_is(self._context.gateway().link_of_payment, payment)
        if link is None:
            return None
        return Origin(
            method=self.method,
            reference=link.reference or "",
            order_id=None,
            remote_id=link.link_id,
            amount_paise=link.amount_paise,
            created_at=link.created_at,
            notes=link.notes or {},
        )

    def close(self, remote_id: str) -> None:
        """Cancel the link; one of which a part is paid can only be waited for."""
        try:
            self._context.gateway().cancel_link(remote_id)
        except errors.RejectedError as refusal:
            link = self._context.gateway().fetch_link(remote_id, asked=True)[0]
            if link.status == PARTLY_PAID:
                raise errors.PartlyPaidError("the link closes at its end") from refusal
            raise

    def is_closed(self, remote_id: str) -> bool:
        """Read the link's status."""
        return self._context.gateway().fetch_link(remote_id, asked=True)[0].status in CLOSED


def _is_of(attempt: Attempt, link: LinkFact) -> bool:
    """Whether a link names an attempt: its reference may be edited on the dashboard."""
    named = attempt_in_notes(link.reference, link.notes)
    return link.reference == attempt.reference or named == attempt.uid
