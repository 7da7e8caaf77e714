"""The api's `Affairs`: what comes after a payment, put together from its use-cases.

It imports them when they are first asked for, so that a start is none the slower. It decides
nothing itself.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.domain.money import Money
    from desktop_app.services.affairs_views import (
        DisputeView,
        ErrandView,
        FamilyDue,
        Found,
        HeldMoney,
        RefundView,
    )
    from desktop_app.services.collecting import Collecting
    from desktop_app.services.context import Context
    from desktop_app.services.finding import Clues, Finding
    from desktop_app.services.late_money import LateMoney
    from desktop_app.services.line import LineWatch
    from desktop_app.services.records import RefundRecord
    from desktop_app.services.refunding import Refunding


class DeskAffairs:
    """Held money, refunds, disputes, errands, and finding."""

    def __init__(self, context: Context, line: LineWatch, collecting: Collecting) -> None:
        self._context = context
        self._line = line
        self._collecting = collecting

    @cached_property
    def _refunding(self) -> Refunding:
        from desktop_app.services.refunding import Refunding  # noqa: PLC0415 - when asked for

        return Refunding(self._context, self._line)

    @cached_property
    def _late(self) -> LateMoney:
        from desktop_app.services.late_money import LateMoney  # noqa: PLC0415 - when asked for

        return LateMoney(self._context, self._refunding)

    @cached_property
    def _finding(self) -> Finding:
        from desktop_app.services.finding import Finding  # noqa: PLC0415 - when asked for

        return Finding(self._context, self._line, self._collecting)

    # --- held money

    def held(self) -> tuple[HeldMoney, ...]:
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

    def find(self, clues: Clues) -> Found:
        """Answer “the parent says paid”."""
        return self._finding.find(clues)

    # --- errands and disputes

    def errands(self) -> tuple[ErrandView, ...]:
        """What must still be said to Razorpay."""
        from desktop_app.services.affairs_views import DEAD_SHOWN  # noqa: PLC0415 - when asked for

        return self._context.store.reader.errands(self._context.now() - DEAD_SHOWN)

    def run_errands(self) -> int:
        """Try every errand now; return how many were done."""
        return self._refunding.outbox.run(everything=True)

    def disputes(self) -> tuple[DisputeView, ...]:
        """Disputes that were noticed at Razorpay, newest first."""
        return self._context.store.reader.disputes()


def refund_view(refund: RefundRecord) -> RefundView:
    """Show a refund."""
    from desktop_app.services.affairs_views import RefundView  # noqa: PLC0415 - when asked for

    return RefundView(
        uid=refund.uid,
        payment_uid=refund.payment_uid,
        amount=refund.amount,
        state=refund.state,
        reason=refund.reason,
        origin=refund.origin,
        refund_id=refund.refund_id,
        noticed_at=refund.noticed_at,
    )
