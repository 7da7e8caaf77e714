"""The api's `Affairs`: what comes after a payment, put together from its use-cases.

It imports them when they are first asked for, so that a start is none the slower. It decides
nothing itself.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from desktop_app.services.refunds.view import refund_view

if TYPE_CHECKING:
    from desktop_app.domain.money import Money
    from desktop_app.services.connectivity import ConnectionMonitor
    from desktop_app.services.context import Context
    from desktop_app.services.refunds.service import RefundService
    from desktop_app.services.sync.payment_lookup import LookupQuery, PaymentLookup
    from desktop_app.services.sync.poll_cycle import Collecting
    from desktop_app.services.unapplied.service import UnappliedPayments
    from desktop_app.services.views.outbox import ErrandView
    from desktop_app.services.views.payment_lookup import LookupResult
    from desktop_app.services.views.refunds import DisputeView, RefundView
    from desktop_app.services.views.unapplied import FamilyDue, UnappliedPayment


class DeskAffairs:
    """Held money, refunds, disputes, errands, and finding."""

    def __init__(
        self,
        context: Context,
        line: ConnectionMonitor,
        collecting: Collecting,
        refunding: RefundService,
    ) -> None:
        self._context = context
        self._line = line
        self._collecting = collecting
        self._refunding = refunding

    @cached_property
    def _late(self) -> UnappliedPayments:
        from desktop_app.services.unapplied.service import UnappliedPayments  # noqa: PLC0415 - when asked for

        return UnappliedPayments(self._context, self._refunding)

    @cached_property
    def _finding(self) -> PaymentLookup:
        from desktop_app.services.sync.payment_lookup import PaymentLookup  # noqa: PLC0415 - when asked for

        return PaymentLookup(self._context, self._line, self._collecting)

    # --- held money

    def held(self) -> tuple[UnappliedPayment, ...]:
        """Everything that waits for a decision in the late-money inbox, oldest first."""
        return self._late.held()

    def enrol_held(self, held_uid: str) -> None:
        """Let held money pay the fee it was asked for."""
        self._late.enrol(held_uid)

    def family_dues(self, held_uid: str) -> tuple[FamilyDue, ...]:
        """Open dues of the same family, by phone, that held money could pay."""
        return self._late.family_dues(held_uid)

    def put_against(self, held_uid: str, due_uid: str) -> None:
        """Let held money pay another due of the family."""
        self._late.put_against(held_uid, due_uid)

    def return_held(self, held_uid: str) -> RefundView:
        """Refund held money in full."""
        return refund_view(self._late.refund(held_uid))

    # --- refunds

    def refund(self, payment_uid: str, amount: Money | None, reason: str) -> RefundView:
        """Return a payment's money, all that is left where no amount is named."""
        return refund_view(self._refunding.refund(payment_uid, amount, reason))

    def refunds(self, payment_uid: str) -> tuple[RefundView, ...]:
        """Every refund of a payment, oldest first."""
        return tuple(refund_view(each) for each in self._refunding.of(payment_uid))

    def refundable(self, payment_uid: str) -> Money:
        """What may still go back; zero when it went back in full."""
        return self._refunding.left(payment_uid)

    # --- finding

    def find(self, clues: LookupQuery) -> LookupResult:
        """Answer “the parent says paid”."""
        return self._finding.find(clues)

    # --- errands and disputes

    def errands(self) -> tuple[ErrandView, ...]:
        """What must still be said to Razorpay."""
        from desktop_app.services.views.outbox import DEAD_SHOWN  # noqa: PLC0415 - when asked for

        return self._context.store.reader.outbox.views(self._context.now() - DEAD_SHOWN)

    def run_errands(self) -> int:
        """Try every errand now; return how many were done."""
        return self._refunding.outbox.run(everything=True)

    def disputes(self) -> tuple[DisputeView, ...]:
        """Disputes that were noticed at Razorpay, newest first."""
        return self._context.store.reader.exceptions.disputes()
