"""What the window may ask about money after it was paid, or said to be paid.

The same rules as in `api.py`: every method blocks; *local* ones go to the READ lane, *gateway*
ones to the GATEWAY lane and may raise any `GatewayError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from desktop_app.domain.money import Money
    from desktop_app.services.sync.payment_lookup import LookupQuery
    from desktop_app.services.views.outbox import ErrandView
    from desktop_app.services.views.payment_lookup import LookupResult
    from desktop_app.services.views.refunds import DisputeView, RefundView
    from desktop_app.services.views.unapplied import FamilyDue, UnappliedPayment


class Affairs(Protocol):
    """Held money, refunds, disputes, what is still to be said to the gateway, and finding."""

    def held(self) -> tuple[UnappliedPayment, ...]:
        """Everything that waits for a decision in the late-money inbox, oldest first (local)."""
        ...

    def enrol_held(self, held_uid: str) -> None:
        """Let held money pay the fee it was asked for (local).

        Raises:
            UnknownPaymentError: it was decided already.
            NoSeatError: the course is full, or the fee was paid otherwise.
        """
        ...

    def family_dues(self, held_uid: str) -> tuple[FamilyDue, ...]:
        """Open dues of the same family, by phone, that held money could pay (local)."""
        ...

    def put_against(self, held_uid: str, due_uid: str) -> None:
        """Let held money pay another due of the family (local).

        Raises:
            UnknownPaymentError: it was decided already.
            InvalidInputError: the due was paid meanwhile, or is of another amount.
            NoSeatError: its course is full.
        """
        ...

    def return_held(self, held_uid: str) -> RefundView:
        """Refund held money in full (gateway)."""
        ...

    def refund(self, payment_uid: str, amount: Money | None, reason: str) -> RefundView:
        """Return a payment's money, all that is left where no amount is named (gateway).

        When the line is down the refund is written and waits: see `errands`.

        Raises:
            UnknownPaymentError, InvalidInputError: nothing was sent.
        """
        ...

    def refunds(self, payment_uid: str) -> tuple[RefundView, ...]:
        """Every refund of a payment, oldest first (local)."""
        ...

    def refundable(self, payment_uid: str) -> Money:
        """What may still go back, in paise; zero when it went back in full (local)."""
        ...

    def find(self, clues: LookupQuery) -> LookupResult:
        """Answer “the parent says paid” (gateway).

        Raises:
            InvalidInputError: no clue, or too short a UTR.
            GatewayError: Razorpay could not be asked, and our own books do not know it.
        """
        ...

    def errands(self) -> tuple[ErrandView, ...]:
        """What must still be said to Razorpay: closes, cancels, refunds (local)."""
        ...

    def run_errands(self) -> int:
        """Try every errand now; return how many were done (gateway, never raises GatewayError)."""
        ...

    def disputes(self) -> tuple[DisputeView, ...]:
        """Disputes that were noticed at Razorpay, newest first (local)."""
        ...
