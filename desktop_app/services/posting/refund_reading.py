"""Reads the refunds of a payment as the gateway lists them, each with its id and state.

Called with no transaction open. A list alone is not believed: it may be old, or wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.refund import adds_up
from desktop_app.services.errors import UnreadableError

if TYPE_CHECKING:
    from desktop_app.domain.payment import PaymentFact
    from desktop_app.services.context import Context
    from desktop_app.services.ports.gateway import RefundFact

_FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RefundReading:
    """The refunds of a payment that may be posted.

    Attributes:
        facts: the refunds; none where two lists in a row differ.
        is_even: whether they add up to what the payment itself shows as refunded.
    """

    facts: tuple[RefundFact, ...] = ()
    is_even: bool = True


NO_REFUNDS = RefundReading()


def read_refunds(
    context: Context, payment: PaymentFact, shown: tuple[RefundFact, ...] | None = None
) -> RefundReading:
    """Read the refunds of a payment (gateway).

    The list is believed where the payment's own sum confirms it, otherwise where a second list is
    the same: the sum was read at another moment and may be the older one.

    Args:
        context: the ports.
        payment: the payment as it was just read.
        shown: its list of refunds, where that was just read too.

    Raises:
        GatewayError: they cannot be read now.
    """
    first = _list_of(context, payment) if shown is None else shown
    if _confirms(payment, first):
        return RefundReading(first)
    again = _list_of(context, payment)
    if _confirms(payment, again):
        return RefundReading(again)
    return RefundReading(again if again == first else (), is_even=False)


def _list_of(context: Context, payment: PaymentFact) -> tuple[RefundFact, ...]:
    shown = context.gateway().refunds_of(payment.payment_id)
    if any(each.payment_id != payment.payment_id for each in shown):
        raise UnreadableError("a list of refunds holds one of another payment")
    if _sum_of(shown) > payment.amount_paise + (payment.customer_fee_paise or 0):
        raise UnreadableError("more is shown as refunded than was paid")
    return shown


def _sum_of(facts: tuple[RefundFact, ...], *, failed: bool = False) -> int:
    return sum(each.amount_paise for each in facts if (each.status == _FAILED) is failed)


def _confirms(payment: PaymentFact, facts: tuple[RefundFact, ...]) -> bool:
    return adds_up(
        payment.amount_refunded_paise,
        live_paise=_sum_of(facts),
        failed_paise=_sum_of(facts, failed=True),
    )
