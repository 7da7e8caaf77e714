"""Items of a settlement, and the share of each in it, in paise.

Must not settle anything; settlement_job.py does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .account import ONLINE
from .entities import Adjustment, Dispute, InstantSettlement, Payment, Refund

if TYPE_CHECKING:
    from .entity_store import EntityStore

SettlementItem = Payment | Refund | Dispute | InstantSettlement | Adjustment


def channel_of(item: SettlementItem, store: EntityStore) -> str:
    """Return the channel whose balance an item changes: its payment's, if it has one."""
    if isinstance(item, Payment | Adjustment):
        return item.channel
    if isinstance(item, InstantSettlement):
        return ONLINE
    payment = store.payments.get(item.payment_id)
    return ONLINE if payment is None else payment.channel


def net_paise(item: SettlementItem) -> int:
    """Return an item's share of a settlement in paise, below zero for a debit."""
    if isinstance(item, Payment):
        return item.amount - fee_deducted(item)
    if isinstance(item, Adjustment):
        return item.amount
    return -(item.amount_deducted if isinstance(item, Dispute) else item.amount)


def fee_deducted(payment: Payment) -> int:
    """Return the fee that is deducted from a payment: none if its payer paid it beside."""
    return 0 if _is_fee_beside(payment) else payment.fee or 0


def tax_deducted(payment: Payment) -> int:
    """Return the GST in the fee that is deducted."""
    return 0 if _is_fee_beside(payment) else payment.tax or 0


def _is_fee_beside(payment: Payment) -> bool:
    return payment.fee_bearer == "customer" and not payment.added_fee
